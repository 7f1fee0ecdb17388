//! The sample picture, and the tiny model that knows what is in it.
#![allow(dead_code)] // each test program uses a part

use std::path::PathBuf;
use std::sync::Mutex;

use fo1::{Answer, Image, LoadOptions, Model, Regions, Scene};

pub const LABELS: [&str; 3] = ["red circle", "blue square", "yellow triangle"];

fn place(variable: &str, usual: &str) -> PathBuf {
    let usual = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(usual);
    std::env::var_os(variable).map_or(usual, PathBuf::from)
}

pub fn model_folder() -> PathBuf {
    place("FO1_TEST_MODEL", "models/tiny")
}

pub fn sample(name: &str) -> PathBuf {
    place("FO1_TEST_SAMPLES", "models/samples").join(name)
}

/// Of the tiny proposal network and the pictures that it was recorded with.
pub fn network(name: &str) -> PathBuf {
    place("FO1_TEST_DATA", "tests/data").join("upn").join(name)
}

/// A file of this test, in a folder that builds clear away.
pub fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Loaded once for a program of tests.
pub fn model() -> Model {
    static MODEL: Mutex<Option<Model>> = Mutex::new(None);
    let load = || Model::load_with(model_folder(), &LoadOptions::new().threads(1)).unwrap();
    MODEL.lock().unwrap().get_or_insert_with(load).clone()
}

pub fn image() -> Image {
    Image::open(sample("shapes.png")).unwrap()
}

pub fn regions() -> Regions {
    Regions::from_json(&std::fs::read_to_string(sample("shapes.json")).unwrap()).unwrap()
}

pub fn scene() -> Scene {
    model().scene(&image(), &regions()).unwrap()
}

/// (label, region) of each detection.
pub fn found(answer: &Answer) -> Vec<(&str, i64)> {
    answer.detections.iter().map(|found| (found.label.as_str(), found.region)).collect()
}

/// What is right for [`LABELS`].
pub const FOUND: [(&str, i64); 4] =
    [("red circle", 6), ("blue square", 2), ("blue square", 4), ("yellow triangle", 3)];
