//! Pictures, regions, and what is refused.

mod common;

use common::{image, model, model_folder, regions, sample, scene, scratch, LABELS};
use fo1::{
    AskOptions, Error, ErrorKind, Image, LoadOptions, Model, PixelFormat, Pixels, Region, Regions,
    Result,
};

fn refused<T>(result: Result<T>, code: ErrorKind, part: &str) {
    let error: Error = result.err().expect("an error");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.message().contains(part), "{error}");
    let as_error: &dyn std::error::Error = &error;
    assert_eq!(as_error.to_string(), format!("{}: {}", code.name(), error.message()));
}

#[test]
fn errors_say_what_where_and_why() {
    refused(Model::load("/no/such/folder"), ErrorKind::NotFound, "/no/such/folder");
    refused(Image::open(sample("shapes.json")), ErrorKind::CorruptFile, "shapes.json");
    refused(Image::decode(b"no picture"), ErrorKind::CorruptFile, "");
    refused(Image::decode(b""), ErrorKind::CorruptFile, "");
    let none: [&str; 0] = [];
    refused(scene().detect(&none), ErrorKind::InvalidArgument, "");
    refused(scene().run("dance", &none, &[]), ErrorKind::InvalidArgument, "dance");
    refused(scene().ocr(&[7]), ErrorKind::InvalidArgument, "7");
    refused(model().proposer(), ErrorKind::NotFound, "no proposal network");
    let small = LoadOptions::new().memory_limit(1000);
    refused(Model::load_with(model_folder(), &small), ErrorKind::OutOfMemory, "");
    let odd = LoadOptions::new().dtype("int3");
    refused(Model::load_with(model_folder(), &odd), ErrorKind::InvalidArgument, "int3");
    assert_eq!(ErrorKind::OutOfMemory.name(), "out_of_memory");
    assert_eq!(ErrorKind::Other(99).name(), "unknown");
}

#[test]
fn zero_bytes_in_texts_are_errors() {
    let zero = "zero byte at position 1";
    refused(Model::load("a\0b"), ErrorKind::InvalidArgument, zero);
    refused(Image::open("a\0b"), ErrorKind::InvalidArgument, zero);
    refused(Regions::from_json("[\0]"), ErrorKind::InvalidArgument, zero);
    let mut scene = scene();
    refused(scene.detect(&["cat", "a\0b"]), ErrorKind::InvalidArgument, zero);
    refused(scene.ground("a\0"), ErrorKind::InvalidArgument, zero);
    let labelled = Region { label: "a\0b".into(), ..Region::from([0.0, 0.0, 1.0, 1.0]) };
    refused(Regions::from_regions(&[labelled]), ErrorKind::InvalidArgument, zero);
    let options = LoadOptions::new().device("c\0pu");
    refused(Model::load_with(model_folder(), &options), ErrorKind::InvalidArgument, zero);
}

#[test]
fn pictures_of_any_format() {
    let packed = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];
    let image = Image::from_rgb(&packed, 2, 2).unwrap();
    assert_eq!((image.width(), image.height(), image.rgb()), (2, 2, &packed[..]));

    let bgra = [30, 20, 10, 0, 60, 50, 40, 255, 1, 1, 1, 90, 80, 70, 0, 120, 110, 100, 9];
    let bgra: Vec<u8> = [&bgra[..8], &[0; 3], &bgra[11..]].concat(); // rows 11 bytes apart
    let pixels = Pixels { stride: 11, ..Pixels::packed(PixelFormat::Bgra, &bgra, 2, 2) };
    assert_eq!(Image::from_pixels(pixels).unwrap().rgb(), packed);

    let grey = Image::from_pixels(Pixels::packed(PixelFormat::Grey, &[7, 9], 2, 1)).unwrap();
    assert_eq!(grey.rgb(), [7, 7, 7, 9, 9, 9]);

    let black = [16, 16, 16, 16, 128, 128];
    let joined = Pixels::packed(PixelFormat::Nv12, &black, 2, 2);
    assert_eq!(Image::from_pixels(joined).unwrap().rgb(), [0; 12]);
    let apart = Pixels { data: &black[..4], chroma: Some(&black[4..]), ..joined };
    assert_eq!(Image::from_pixels(apart).unwrap().rgb(), [0; 12]);

    let decoded = Image::decode(&std::fs::read(sample("shapes.png")).unwrap()).unwrap();
    assert_eq!(decoded.rgb(), common::image().rgb());
    let copied = Image::from_rgb(decoded.rgb(), 256, 256).unwrap();
    assert_eq!(copied.rgb(), decoded.rgb());
}

#[test]
fn slices_hold_what_their_sizes_say() {
    let bytes = [0u8; 64];
    let short = |pixels: Pixels<'_>| {
        refused(Image::from_pixels(pixels), ErrorKind::InvalidArgument, "needs");
    };
    let rgb = |size: usize| Pixels::packed(PixelFormat::Rgb, &bytes[..size], 2, 2);
    short(rgb(11));
    short(Pixels { stride: 7, ..rgb(12) }); // 13: the last row has no padding
    assert!(Image::from_pixels(Pixels { stride: 7, ..rgb(13) }).is_ok());
    short(Pixels { stride: usize::MAX, ..rgb(64) });
    short(Pixels { width: usize::MAX / 3, ..rgb(64) });
    short(Pixels { width: 1 << 31, height: 1 << 31, ..rgb(64) });

    let nv12 = |size: usize| Pixels::packed(PixelFormat::Nv12, &bytes[..size], 4, 4);
    short(nv12(23));
    assert!(Image::from_pixels(nv12(24)).is_ok());
    short(Pixels { stride: 5, ..nv12(28) });
    assert!(Image::from_pixels(Pixels { stride: 5, ..nv12(29) }).is_ok());
    short(Pixels { chroma_stride: 6, ..nv12(25) });
    assert!(Image::from_pixels(Pixels { chroma_stride: 6, ..nv12(26) }).is_ok());
    short(Pixels { chroma: Some(&bytes[..7]), ..nv12(16) });
    assert!(Image::from_pixels(Pixels { chroma: Some(&bytes[..8]), ..nv12(16) }).is_ok());
    short(Pixels { chroma: Some(&bytes[..8]), ..nv12(15) });

    let refused_by_library = |pixels: Pixels<'_>, part: &str| {
        refused(Image::from_pixels(pixels), ErrorKind::InvalidArgument, part);
    };
    refused_by_library(Pixels { stride: 1, ..rgb(64) }, "stride");
    refused_by_library(Pixels { width: 0, ..rgb(64) }, "positive");
    refused_by_library(Pixels { width: 3, height: 3, ..nv12(64) }, "even");
    let wide = Pixels { width: 1 << 33, height: 0, ..rgb(0) };
    refused_by_library(wide, "too large");
}

#[test]
fn lists_of_regions() {
    let mut list = Regions::from_boxes(&[[0.0, 1.0, 2.0, 3.0]]).unwrap();
    let more = Region { bounds: [4.0, 5.0, 6.0, 7.0], score: Some(0.5), label: "thing".into() };
    list.add(std::slice::from_ref(&more)).unwrap();
    let all = list.to_vec().unwrap();
    assert_eq!(all, [Region::from([0.0, 1.0, 2.0, 3.0]), more]);
    assert_eq!((list.len(), list.is_empty(), list.source().as_str()), (2, false, "given"));
    assert!(Regions::new().unwrap().is_empty());

    let json = list.to_json(&image()).unwrap();
    assert_eq!(Regions::from_json(&json).unwrap().to_vec().unwrap(), all);
    let united = Regions::unite(&[&list, &regions()], 0.5, 3).unwrap();
    assert_eq!(united.len(), 9); // the caller's all stay
    assert!(Regions::unite(&[], 0.5, 0).unwrap().is_empty());

    refused(list.get(2), ErrorKind::InvalidArgument, "index 2 of 2");
    refused(list.add_boxes(&[[0.0, 0.0, f64::NAN, 1.0]]), ErrorKind::InvalidArgument, "finite");
    let surer = Region { score: Some(1.5), ..all[0].clone() };
    refused(list.add(&[all[1].clone(), surer]), ErrorKind::InvalidArgument, "scores[1]");
    assert_eq!(list.len(), 2);

    let path = scratch("regions.png");
    list.draw(&image(), &path).unwrap();
    assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"));
    refused(list.draw(&image(), "regions.gif"), ErrorKind::InvalidArgument, "regions.gif");
}

#[test]
fn a_bad_option_is_named() {
    let mut scene = scene();
    let hot = AskOptions::new().temperature(-1.0);
    refused(scene.detect_with(&LABELS, &hot), ErrorKind::InvalidArgument, "temperature");
}
