use std::os::raw::{c_char, c_void};

use super::*;

extern "C" {
    pub fn fo1_status_name(status: fo1_status) -> *const c_char;
    pub fn fo1_last_error() -> *const c_char;
    pub fn fo1_last_status() -> fo1_status;
    pub fn fo1_set_last_error(message: *const c_char);
    pub fn fo1_version() -> *const c_char;
    pub fn fo1_abi_version() -> u32;
    pub fn fo1_set_log(level: i32, callback: fo1_log_callback, user: *mut c_void) -> fo1_status;

    pub fn fo1_cancel_create(out: *mut *mut fo1_cancel) -> fo1_status;
    pub fn fo1_cancel_trigger(cancel: *mut fo1_cancel) -> fo1_status;
    pub fn fo1_cancel_triggered(cancel: *const fo1_cancel) -> i32;
    pub fn fo1_cancel_free(cancel: *mut fo1_cancel);

    pub fn fo1_pixels_init(pixels: *mut fo1_pixels, struct_size: usize) -> fo1_status;
    pub fn fo1_image_from_pixels(out: *mut *mut fo1_image, pixels: *const fo1_pixels)
        -> fo1_status;
    pub fn fo1_image_decode(
        out: *mut *mut fo1_image,
        bytes: *const c_void,
        size: usize,
    ) -> fo1_status;
    pub fn fo1_image_load(out: *mut *mut fo1_image, path: *const c_char) -> fo1_status;
    pub fn fo1_image_width(image: *const fo1_image) -> i32;
    pub fn fo1_image_height(image: *const fo1_image) -> i32;
    pub fn fo1_image_rgb(image: *const fo1_image) -> *const u8;
    pub fn fo1_image_free(image: *mut fo1_image);

    pub fn fo1_regions_create(out: *mut *mut fo1_regions) -> fo1_status;
    pub fn fo1_regions_add(
        regions: *mut fo1_regions,
        count: usize,
        boxes: *const f64,
        scores: *const f64,
        labels: *const *const c_char,
    ) -> fo1_status;
    pub fn fo1_regions_from_json(out: *mut *mut fo1_regions, json: *const c_char) -> fo1_status;
    pub fn fo1_regions_unite(
        out: *mut *mut fo1_regions,
        lists: *const *const fo1_regions,
        count: usize,
        max_iou: f64,
        most: i64,
    ) -> fo1_status;
    pub fn fo1_regions_count(regions: *const fo1_regions) -> usize;
    pub fn fo1_regions_get(
        out: *mut fo1_region,
        regions: *const fo1_regions,
        index: usize,
    ) -> fo1_status;
    pub fn fo1_regions_source(regions: *const fo1_regions) -> *const c_char;
    pub fn fo1_regions_json(regions: *mut fo1_regions, image: *const fo1_image) -> *const c_char;
    pub fn fo1_regions_draw(
        regions: *const fo1_regions,
        image: *const fo1_image,
        path: *const c_char,
    ) -> fo1_status;
    pub fn fo1_regions_free(regions: *mut fo1_regions);

    pub fn fo1_load_options_init(options: *mut fo1_load_options, struct_size: usize) -> fo1_status;
    pub fn fo1_model_load(
        out: *mut *mut fo1_model,
        folder: *const c_char,
        options: *const fo1_load_options,
    ) -> fo1_status;
    pub fn fo1_model_folder(model: *const fo1_model) -> *const c_char;
    pub fn fo1_model_has_regions(model: *const fo1_model) -> i32;
    pub fn fo1_model_region_limit(model: *const fo1_model) -> i64;
    pub fn fo1_model_proposer(out: *mut *mut fo1_proposer, model: *const fo1_model) -> fo1_status;
    pub fn fo1_model_free(model: *mut fo1_model);

    pub fn fo1_proposer_load(
        out: *mut *mut fo1_proposer,
        choice: *const c_char,
        options: *const fo1_load_options,
    ) -> fo1_status;
    pub fn fo1_proposer_from_callback(
        out: *mut *mut fo1_proposer,
        name: *const c_char,
        callback: fo1_propose_callback,
        user: *mut c_void,
    ) -> fo1_status;
    pub fn fo1_proposer_name(proposer: *const fo1_proposer) -> *const c_char;
    pub fn fo1_proposer_reads_labels(proposer: *const fo1_proposer) -> i32;
    pub fn fo1_proposer_prompt_count(proposer: *const fo1_proposer) -> usize;
    pub fn fo1_proposer_prompt(proposer: *const fo1_proposer, index: usize) -> *const c_char;
    pub fn fo1_proposer_save_wording(proposer: *const fo1_proposer) -> fo1_status;
    pub fn fo1_proposer_free(proposer: *mut fo1_proposer);

    pub fn fo1_propose_options_init(
        options: *mut fo1_propose_options,
        struct_size: usize,
    ) -> fo1_status;
    pub fn fo1_propose(
        out: *mut *mut fo1_regions,
        proposer: *const fo1_proposer,
        image: *const fo1_image,
        options: *const fo1_propose_options,
    ) -> fo1_status;

    pub fn fo1_scene_options_init(
        options: *mut fo1_scene_options,
        struct_size: usize,
    ) -> fo1_status;
    pub fn fo1_scene_create(
        out: *mut *mut fo1_scene,
        model: *const fo1_model,
        image: *const fo1_image,
        regions: *const fo1_regions,
        options: *const fo1_scene_options,
    ) -> fo1_status;
    pub fn fo1_scene_set_regions(
        scene: *mut fo1_scene,
        regions: *const fo1_regions,
        options: *const fo1_scene_options,
    ) -> fo1_status;
    pub fn fo1_scene_regions(out: *mut *mut fo1_regions, scene: *const fo1_scene) -> fo1_status;
    pub fn fo1_scene_stage_counts(
        out: *mut fo1_stage_counts,
        scene: *const fo1_scene,
    ) -> fo1_status;
    pub fn fo1_scene_free(scene: *mut fo1_scene);

    pub fn fo1_ask_options_init(options: *mut fo1_ask_options, struct_size: usize) -> fo1_status;
    pub fn fo1_detect(
        out: *mut *mut fo1_result,
        scene: *mut fo1_scene,
        labels: *const *const c_char,
        label_count: usize,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_ground(
        out: *mut *mut fo1_result,
        scene: *mut fo1_scene,
        phrase: *const c_char,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_count(
        out: *mut *mut fo1_result,
        scene: *mut fo1_scene,
        name: *const c_char,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_ocr(
        out: *mut *mut fo1_result,
        scene: *mut fo1_scene,
        regions: *const i64,
        region_count: usize,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_run(
        out: *mut *mut fo1_result,
        scene: *mut fo1_scene,
        task: *const c_char,
        query: *const *const c_char,
        query_count: usize,
        regions: *const i64,
        region_count: usize,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_chat(
        out: *mut *mut fo1_result,
        model: *const fo1_model,
        messages_json: *const c_char,
        root: *const c_char,
        options: *const fo1_ask_options,
    ) -> fo1_status;
    pub fn fo1_trace(
        out: *mut *mut fo1_result,
        model: *const fo1_model,
        messages_json: *const c_char,
        root: *const c_char,
        path: *const c_char,
        options: *const fo1_ask_options,
    ) -> fo1_status;

    pub fn fo1_result_json(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_task(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_text(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_prompt(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_finish(result: *const fo1_result) -> i32;
    pub fn fo1_result_detection_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_detection(
        out: *mut fo1_detection,
        result: *const fo1_result,
        index: usize,
    ) -> fo1_status;
    pub fn fo1_result_count(out: *mut i64, result: *const fo1_result) -> fo1_status;
    pub fn fo1_result_region_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_regions(result: *const fo1_result) -> *const i64;
    pub fn fo1_result_region_text_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_region_text(
        out: *mut fo1_region_text,
        result: *const fo1_result,
        index: usize,
    ) -> fo1_status;
    pub fn fo1_result_span_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_span(
        out: *mut fo1_span,
        result: *const fo1_result,
        index: usize,
    ) -> fo1_status;
    pub fn fo1_result_reasoning(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_answer(result: *const fo1_result) -> *const c_char;
    pub fn fo1_result_dropped_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_dropped(
        out: *mut fo1_dropped,
        result: *const fo1_result,
        index: usize,
    ) -> fo1_status;
    pub fn fo1_result_tokens(out: *mut fo1_token_counts, result: *const fo1_result) -> fo1_status;
    pub fn fo1_result_timing_count(result: *const fo1_result) -> usize;
    pub fn fo1_result_timing_stage(result: *const fo1_result, index: usize) -> *const c_char;
    pub fn fo1_result_timing_ms(result: *const fo1_result, index: usize) -> f64;
    pub fn fo1_result_draw(
        result: *const fo1_result,
        image: *const fo1_image,
        regions: *const fo1_regions,
        path: *const c_char,
    ) -> fo1_status;
    pub fn fo1_result_free(result: *mut fo1_result);

    pub fn fo1_annotations_create(
        out: *mut *mut fo1_annotations,
        labels: *const *const c_char,
        label_count: usize,
    ) -> fo1_status;
    pub fn fo1_annotations_add(
        annotations: *mut fo1_annotations,
        result: *const fo1_result,
        path: *const c_char,
    ) -> fo1_status;
    pub fn fo1_annotations_label_count(annotations: *const fo1_annotations) -> usize;
    pub fn fo1_annotations_label(
        annotations: *const fo1_annotations,
        index: usize,
    ) -> *const c_char;
    pub fn fo1_annotations_coco(annotations: *mut fo1_annotations) -> *const c_char;
    pub fn fo1_annotations_yolo(annotations: *mut fo1_annotations, image: usize) -> *const c_char;
    pub fn fo1_annotations_yolo_data(annotations: *mut fo1_annotations) -> *const c_char;
    pub fn fo1_annotations_labelme(
        annotations: *mut fo1_annotations,
        image: usize,
        image_path: *const c_char,
    ) -> *const c_char;
    pub fn fo1_annotations_free(annotations: *mut fo1_annotations);

    pub fn fo1_inspect(out: *mut *mut fo1_report, folder: *const c_char) -> fo1_status;
    pub fn fo1_self_check(
        out: *mut *mut fo1_report,
        folder: *const c_char,
        options: *const fo1_load_options,
    ) -> fo1_status;
    pub fn fo1_report_json(report: *const fo1_report) -> *const c_char;
    pub fn fo1_report_problem_count(report: *const fo1_report) -> usize;
    pub fn fo1_report_problem(report: *const fo1_report, index: usize) -> *const c_char;
    pub fn fo1_report_memory(report: *const fo1_report, dtype: *const c_char) -> i64;
    pub fn fo1_report_free(report: *mut fo1_report);

    pub fn fo1_tokenizer_load(
        out: *mut *mut fo1_tokenizer,
        model_folder: *const c_char,
    ) -> fo1_status;
    pub fn fo1_tokenizer_encode(
        ids: *mut i64,
        capacity: usize,
        count: *mut usize,
        tokenizer: *const fo1_tokenizer,
        text: *const c_char,
    ) -> fo1_status;
    pub fn fo1_tokenizer_decode(
        text: *mut c_char,
        capacity: usize,
        size: *mut usize,
        tokenizer: *const fo1_tokenizer,
        ids: *const i64,
        id_count: usize,
        skip_special: i32,
    ) -> fo1_status;
    pub fn fo1_tokenizer_free(tokenizer: *mut fo1_tokenizer);
}
