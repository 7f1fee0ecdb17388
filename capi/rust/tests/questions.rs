//! Scenes, questions, answers.

mod common;

use common::{found, image, model, model_folder, regions, scene, scratch, FOUND, LABELS};
use fo1::{Annotations, AskOptions, ErrorKind, Finish, Regions, Tokenizer};

#[test]
fn detections_are_those_of_the_sample() {
    let answer = scene().detect(&LABELS).unwrap();
    assert_eq!(found(&answer), FOUND);
    assert_eq!(answer.task, "detect");
    assert_eq!(answer.finish, Finish::Stop);
    assert_eq!(answer.regions, [6, 2, 4, 3]);
    let first = &answer.detections[0];
    assert_eq!(first.bounds, [129.0, 2.0, 177.0, 49.0]);
    assert!(first.score > 0.9 && first.confidence == first.score);
    assert_eq!(first.proposal_score, None);
    assert_eq!((answer.count, answer.reasoning.as_deref()), (None, None));
    assert!(answer.text.contains("<region6>"), "{}", answer.text);
    assert!(answer.prompt.contains("blue square"));
    assert_eq!(answer.tokens.region, 7);
    assert!(answer.tokens.generated > 0 && answer.tokens.image > 0 && answer.tokens.text > 0);
    assert!(answer.timings_ms.iter().any(|(stage, ms)| stage == "generate" && *ms > 0.0));
    assert!(answer.to_json().contains("\"schema\""));
}

#[test]
fn scores_of_proposals_are_multiplied() {
    let mut given = regions().to_vec().unwrap();
    given.iter_mut().for_each(|region| region.score = Some(0.5));
    let list = Regions::from_regions(&given).unwrap();
    let answer = model().scene(&image(), &list).unwrap().detect(&LABELS).unwrap();
    assert_eq!(found(&answer), FOUND);
    for found in answer.detections {
        assert_eq!(found.proposal_score, Some(0.5));
        assert!((found.score - 0.5 * found.confidence).abs() < 1e-12);
    }
}

#[test]
fn every_question_has_its_task() {
    let mut scene = scene();
    let short = AskOptions::new().max_new_tokens(4);
    assert_eq!(scene.ground_with("the red circle", &short).unwrap().task, "ground");
    assert_eq!(scene.count_with("blue square", &short).unwrap().task, "count");
    assert_eq!(scene.ocr_with(&[1, 2], &short).unwrap().task, "ocr");
    let none: [&str; 0] = [];
    assert_eq!(scene.run_with("caption", &none, &[0], &short).unwrap().task, "caption");
    let asked = scene.run_with("ask", &["What is it?"], &[], &short).unwrap();
    assert_eq!((asked.task.as_str(), asked.finish), ("ask", Finish::Length));
    assert_eq!(asked.tokens.generated, 4);
    assert!(asked.answer.is_some());
}

#[test]
fn a_scene_keeps_what_it_has_computed() {
    let mut scene = scene();
    scene.detect(&LABELS).unwrap();
    let few = Regions::from_regions(&regions().to_vec().unwrap()[2..]).unwrap();
    scene.set_regions(&few).unwrap();
    assert_eq!(scene.regions().unwrap().to_vec().unwrap(), few.to_vec().unwrap());
    let answer = scene.detect(&LABELS).unwrap();
    assert_eq!(answer.text, model().scene(&image(), &few).unwrap().detect(&LABELS).unwrap().text);
    let counts = scene.stage_counts().unwrap();
    assert_eq!((counts.encode_primary, counts.encode_auxiliary), (1, 1));
    assert_eq!((counts.encode_regions, counts.prefill_question), (2, 2));
}

#[test]
fn options_reach_the_model() {
    let mut scene = scene();
    let mut texts = Vec::new();
    for seed in [1, 1, 2, 3, 4] {
        let warm = AskOptions::new().temperature(50.0).top_k(1000).top_p(0.999).seed(seed);
        texts.push(scene.detect_with(&LABELS, &warm.max_new_tokens(12)).unwrap().text);
    }
    assert_eq!(texts[0], texts[1]);
    assert!(texts[1..].iter().any(|text| *text != texts[0]), "{texts:?}");
    let all = AskOptions::new().all_regions(true);
    assert_eq!(found(&scene.detect_with(&LABELS, &all).unwrap()), FOUND);
}

#[test]
fn handles_keep_what_they_need() {
    let mut scene = {
        let model = fo1::Model::load(model_folder()).unwrap();
        model.scene(&image(), &regions()).unwrap()
    };
    let answer = scene.detect(&LABELS).unwrap();
    drop(scene);
    assert_eq!(found(&answer.clone()), FOUND);
    let path = scratch("answer.png");
    answer.draw(&image(), &regions(), &path).unwrap();
    assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn answers_for_other_programs() {
    let answer = scene().detect(&LABELS).unwrap();
    let mut set = Annotations::new(&["blue square"]).unwrap();
    set.add(&answer, "images/shapes.png").unwrap();
    assert_eq!(set.labels(), ["blue square", "red circle", "yellow triangle"]);
    assert_eq!(set.yolo(0).unwrap().lines().count(), 4);
    assert!(set.yolo_data().unwrap().contains("yellow triangle"));
    assert!(set.coco().unwrap().contains("images/shapes.png"));
    assert!(set.labelme(0, "../shapes.png").unwrap().contains("../shapes.png"));
    assert_eq!(set.yolo(1).unwrap_err().code(), ErrorKind::InvalidArgument);
}

#[test]
fn conversations() {
    let model = model();
    let image = common::sample("shapes.png");
    let message = format!(
        r#"[{{"role": "user", "content": [
             {{"type": "image_url", "image_url": {{"url": "{}"}}}},
             {{"type": "text", "text": "Hello?"}}],
            "bbox_list": [[129, 2, 177, 49]]}}]"#,
        image.file_name().unwrap().to_str().unwrap()
    );
    let root = image.parent().unwrap();
    let short = AskOptions::new().max_new_tokens(3);
    let answer = model.chat_with(&message, root, &short).unwrap();
    assert_eq!(answer.tokens.generated, 3);
    assert!(answer.prompt.contains("Hello?"));
    let path = scratch("trace.safetensors");
    assert_eq!(model.trace(&message, root, &path, &short).unwrap().text, answer.text);
    assert!(std::fs::metadata(path).unwrap().len() > 1000);
}

#[test]
fn models_tell_about_themselves() {
    let model = model();
    assert_eq!(model.folder(), model_folder());
    assert!(model.has_regions());
    assert_eq!(model.region_limit(), 100);
    assert_eq!(fo1::abi_version() >> 16, 1);
    assert_eq!(fo1::version().split('.').count(), 3);
}

#[test]
fn tokens_there_and_back() {
    let tokenizer = Tokenizer::load(model_folder()).unwrap();
    let ids = tokenizer.encode("a blue square<|im_end|>").unwrap();
    assert!(ids.len() > 2);
    assert_eq!(tokenizer.decode(&ids, false).unwrap(), "a blue square<|im_end|>");
    assert_eq!(tokenizer.decode(&ids, true).unwrap(), "a blue square");
    assert_eq!(tokenizer.encode("").unwrap(), []);
    assert_eq!(tokenizer.decode(&[], false).unwrap(), "");
}

#[test]
fn folders_are_inspected() {
    let report = fo1::inspect(model_folder()).unwrap();
    assert_eq!(report.problems(), Vec::<String>::new());
    assert!(report.to_json().starts_with('{'));
    let (float, half) = (report.memory("float32").unwrap(), report.memory("bfloat16").unwrap());
    assert!(0 < half && half < float);
    let error = report.memory("int8").unwrap_err();
    assert!(error.message().contains("int8"), "{error}");
    let checked = fo1::self_check(model_folder(), &fo1::LoadOptions::new()).unwrap();
    assert_eq!(checked.problems(), Vec::<String>::new());
}
