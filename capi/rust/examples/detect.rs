//! The smallest program: what is where in a picture.
//!
//! `cargo run --example detect -- MODEL_FOLDER IMAGE BOXES.json LABEL...`

use fo1::{Image, Model, Regions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, picture, boxes, labels) = match arguments.as_slice() {
        [folder, picture, boxes, labels @ ..] if !labels.is_empty() => {
            (folder, picture, boxes, labels)
        }
        _ => return Err("usage: detect MODEL_FOLDER IMAGE BOXES.json LABEL...".into()),
    };
    let model = Model::load(folder)?; // once
    let image = Image::open(picture)?;
    let regions = Regions::from_json(&std::fs::read_to_string(boxes)?)?;
    let mut scene = model.scene(&image, &regions)?; // encoded once, asked often
    for found in scene.detect(labels)?.detections {
        let [x1, y1, x2, y2] = found.bounds;
        println!("{} at {x1},{y1} - {x2},{y2} score {:.3}", found.label, found.score);
    }
    Ok(())
}
