//! Closures, limits, threads, detectors of one's own.

mod common;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{found, image, model, regions, scene, FOUND, LABELS};
use fo1::{
    AskOptions, CancelHandle, Error, ErrorKind, Finish, Flow, Image, LoadOptions, LogLevel, Model,
    Propose, ProposeOptions, Proposer, Region, Regions, Scene, SceneOptions,
};

#[test]
fn pieces_are_the_text() {
    let mut text = String::new();
    let mut stages = Vec::new();
    let options = AskOptions::new()
        .on_token(|piece| {
            text += piece;
            Flow::Continue
        })
        .on_progress(|progress| {
            stages.push(progress.stage.to_owned());
            Flow::Continue
        });
    let answer = scene().detect_with(&LABELS, &options).unwrap();
    drop(options);
    assert_eq!(text, answer.text);
    assert!(stages.iter().any(|stage| stage == "prefill"), "{stages:?}");
    assert_eq!(stages.last().map(String::as_str), Some("generate"));
}

#[test]
fn closures_stop_and_cancel() {
    let mut scene = scene();
    let at_third = |flow: Flow| {
        let mut pieces = 0;
        AskOptions::new().on_token(move |_| {
            pieces += 1;
            if pieces == 3 {
                flow
            } else {
                Flow::Continue
            }
        })
    };
    let stopped = scene.detect_with(&LABELS, &at_third(Flow::Stop)).unwrap();
    assert_eq!(stopped.finish, Finish::Cancelled);
    assert!(!stopped.text.is_empty() && stopped.tokens.generated < 10);
    let error = scene.detect_with(&LABELS, &at_third(Flow::Cancel)).unwrap_err();
    assert_eq!(error.code(), ErrorKind::Cancelled, "{error}");

    let never = LoadOptions::new().on_progress(|_| Flow::Cancel);
    let error = Model::load_with(common::model_folder(), &never).unwrap_err();
    assert_eq!(error.code(), ErrorKind::Cancelled, "{error}");
    assert_eq!(found(&scene.detect(&LABELS).unwrap()), FOUND);
}

/// The message of the panic that `call` ends with.
fn panic_of<T>(call: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(call)).err().expect("a panic");
    panic.downcast_ref::<&str>().expect("a text").to_string()
}

#[test]
fn a_panic_goes_on_after_the_call() {
    let mut scene = scene();
    let token = AskOptions::new().on_token(|_| panic!("of a piece"));
    assert_eq!(panic_of(|| scene.detect_with(&LABELS, &token)), "of a piece");
    let progress = AskOptions::new().on_progress(|_| panic!("of progress"));
    assert_eq!(panic_of(|| scene.detect_with(&LABELS, &progress)), "of progress");
    let finder = Proposer::from_fn("panic", |_, _| panic!("of a detector")).unwrap();
    assert_eq!(panic_of(|| finder.propose(&image())), "of a detector");
    assert_eq!(found(&scene.detect(&LABELS).unwrap()), FOUND);
}

#[test]
fn a_closure_may_ask_another_scene() {
    let (mut outer, mut inner) = (scene(), scene());
    let mut texts = Vec::new();
    let options = AskOptions::new().on_token(|_| {
        if texts.is_empty() {
            texts.push(inner.detect(&LABELS).unwrap().text);
        }
        Flow::Continue
    });
    let answer = outer.detect_with(&LABELS, &options).unwrap();
    drop(options);
    assert_eq!(texts, [answer.text]);
}

#[test]
fn another_thread_cancels() {
    let cancel = CancelHandle::new().unwrap();
    let remote = cancel.clone();
    let mut scene = scene();
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiting = thread::spawn(move || {
        receiver.recv().unwrap();
        remote.trigger();
    });
    let options = AskOptions::new().cancel(&cancel).on_token(|_| {
        sender.send(()).ok();
        while !cancel.is_triggered() {
            thread::yield_now();
        }
        Flow::Continue
    });
    let answer = scene.detect_with(&LABELS, &options).unwrap();
    waiting.join().unwrap();
    assert_eq!(answer.finish, Finish::Cancelled);
    let error = scene.detect_with(&LABELS, &AskOptions::new().cancel(&cancel)).unwrap_err();
    assert_eq!(error.code(), ErrorKind::Cancelled, "{error}");
}

#[test]
fn deadlines() {
    for time in [Duration::ZERO, Duration::from_nanos(1)] {
        let options = SceneOptions::new().deadline(time);
        let error = model().scene_with(&image(), &regions(), &options).unwrap_err();
        assert_eq!(error.code(), ErrorKind::Deadline, "{error}");
    }
    let options = AskOptions::new().deadline(Duration::from_secs(3600));
    assert_eq!(found(&scene().detect_with(&LABELS, &options).unwrap()), FOUND);
}

#[test]
fn one_model_serves_many_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let (model, image) = (model(), image());
    shared(&model);
    shared(&image);
    sent(&scene());
    let texts: Vec<String> = thread::scope(|scope| {
        let ask = || {
            let mut scene: Scene = model.scene(&image, &regions()).unwrap();
            let first = scene.detect(&LABELS).unwrap().text;
            assert_eq!(scene.detect(&LABELS).unwrap().text, first);
            first
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    let mut moved = scene();
    let text = thread::spawn(move || moved.detect(&LABELS).unwrap().text).join().unwrap();
    assert_eq!(text, texts[0]);
}

#[test]
fn a_detector_of_ones_own() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let boxes = regions().to_vec().unwrap();
    let finder = Proposer::from_fn("mine", move |image: &Image, wanted| {
        assert_eq!((image.width(), image.height(), image.rgb().len()), (256, 256, 196_608));
        counter.fetch_add(1, Ordering::Relaxed);
        match wanted.labels.first() {
            Some(label) => Ok(boxes.iter().take(label.len()).cloned().collect()),
            None => Ok(boxes.clone()),
        }
    })
    .unwrap();
    assert_eq!((finder.name().as_str(), finder.prompts()), ("mine", Vec::new()));
    let list = finder.propose(&image()).unwrap();
    assert_eq!((list.len(), list.source().as_str()), (7, "mine"));
    let three = ProposeOptions::new().labels(&["cat"]);
    assert_eq!(finder.propose_with(&image(), &three).unwrap().len(), 3);

    let options = SceneOptions::new().proposer(&finder.clone());
    let mut scene = model().scene_with(&image(), None, &options).unwrap();
    assert_eq!(found(&scene.detect(&LABELS).unwrap()), FOUND);
    let given = Regions::from_boxes(&[[0.0, 0.0, 9.0, 9.0]]).unwrap();
    let both = SceneOptions::new().proposer(&finder).propose(Propose::Also);
    let united = model().scene_with(&image(), &given, &both).unwrap().regions().unwrap();
    assert_eq!(united.len(), 8);
    let never = SceneOptions::new().proposer(&finder).propose(Propose::Never);
    assert!(model().scene_with(&image(), None, &never).unwrap().regions().unwrap().is_empty());
    scene.set_regions_with(&given, &both).unwrap();
    assert_eq!(scene.regions().unwrap().len(), 8);
    assert_eq!(calls.load(Ordering::Relaxed), 5);
    drop((options, both, never, finder));
    assert_eq!(Arc::strong_count(&calls), 1); // the closure went with the last clone
}

#[test]
fn a_proposal_network() {
    let choice = format!("upn:{}", common::network("tiny").display());
    let options = LoadOptions::new().threads(1).proposals(choice.as_str());
    let model = Model::load_with(common::model_folder(), &options).unwrap();
    let network = Proposer::load(&choice).unwrap();
    assert_eq!((network.name().as_str(), network.reads_labels()), ("upn", false));
    assert_eq!(network.prompts(), ["fine", "coarse"]);
    assert_eq!(network.save_wording().unwrap_err().code(), ErrorKind::Unsupported);

    let image = Image::open(common::network("images/strip_300x30.png")).unwrap();
    let all = ProposeOptions::new().min_score(0.0).max_iou(0.0).most(0);
    let everything = network.propose_with(&image, &all).unwrap().to_vec().unwrap();
    let best = ProposeOptions::new().most(3).min_score(0.0).max_iou(0.0).prompts(&["fine"]);
    let mut stages = Vec::new();
    let best = best.on_progress(|progress| {
        stages.push(progress.stage.to_owned());
        Flow::Continue
    });
    let kept = network.propose_with(&image, &best).unwrap().to_vec().unwrap();
    drop(best);
    assert_eq!(kept, everything[..3]);
    assert!(everything.len() > 10 && kept.iter().all(|region| region.score.is_some()));
    assert!(!stages.is_empty() && stages.iter().all(|stage| stage == "propose"), "{stages:?}");

    let found = model.proposer().unwrap().propose(&image).unwrap().to_vec().unwrap();
    assert_eq!(model.scene(&image, None).unwrap().regions().unwrap().to_vec().unwrap(), found);
}

#[test]
fn an_error_of_a_detector_is_the_error_of_the_search() {
    let own = Error::new(ErrorKind::Unsupported, "only by day");
    let returned = own.clone();
    let finder = Proposer::from_fn("picky", move |_, _| Err(returned.clone())).unwrap();
    assert_eq!(finder.propose(&image()).unwrap_err(), own);
    let options = SceneOptions::new().proposer(&finder);
    assert_eq!(model().scene_with(&image(), None, &options).unwrap_err(), own);
    let bad = |_: &Image, _: &fo1::Wanted| Ok(vec![Region::from([f64::NAN; 4])]);
    let error = Proposer::from_fn("bad", bad).unwrap().propose(&image()).unwrap_err();
    assert!(error.message().contains("finite"), "{error}");
}

#[test]
fn messages_go_to_a_closure() {
    let messages = Arc::new(Mutex::new(Vec::new()));
    let sink = messages.clone();
    fo1::set_log(LogLevel::Debug, move |level, message| {
        sink.lock().unwrap().push((level, message.to_owned()));
        if level > LogLevel::Error {
            panic!("not heard of again");
        }
    })
    .unwrap();
    Model::load(common::model_folder()).unwrap();
    fo1::log_to_stderr(LogLevel::Off).unwrap();
    assert!(!messages.lock().unwrap().is_empty());
    assert_eq!(Arc::strong_count(&messages), 1);
}
