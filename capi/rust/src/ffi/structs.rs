use std::os::raw::{c_char, c_void};

use super::*;

#[repr(C)]
pub struct fo1_pixels {
    pub struct_size: u32,
    pub format: i32,
    pub width: i32,
    pub height: i32,
    pub data: *const u8,
    pub stride: i64,
    pub chroma: *const u8,
    pub chroma_stride: i64,
}

#[repr(C)]
pub struct fo1_region {
    pub struct_size: u32,
    pub reserved: u32,
    pub bounds: [f64; 4], // `box` in the header, a keyword here
    pub score: f64,
    pub label: *const c_char,
}

#[repr(C)]
pub struct fo1_load_options {
    pub struct_size: u32,
    pub threads: i32,
    pub device: *const c_char,
    pub dtype: *const c_char,
    pub proposals: *const c_char,
    pub memory_limit: i64,
    pub deadline_seconds: f64,
    pub cancel: *const fo1_cancel,
    pub on_progress: fo1_progress_callback,
    pub user: *mut c_void,
    pub lora: *const c_char,
}

#[repr(C)]
pub struct fo1_propose_options {
    pub struct_size: u32,
    pub reserved: u32,
    pub labels: *const *const c_char,
    pub label_count: usize,
    pub prompts: *const *const c_char,
    pub prompt_count: usize,
    pub min_score: f64,
    pub max_iou: f64,
    pub most: i64,
    pub min_side: f64,
    pub tile_side: i64,
    pub tile_overlap: f64,
    pub deadline_seconds: f64,
    pub cancel: *const fo1_cancel,
    pub on_progress: fo1_progress_callback,
    pub user: *mut c_void,
}

#[repr(C)]
pub struct fo1_scene_options {
    pub struct_size: u32,
    pub propose: i32,
    pub proposer: *const fo1_proposer,
    pub propose_options: *const fo1_propose_options,
    pub deadline_seconds: f64,
    pub cancel: *const fo1_cancel,
    pub on_progress: fo1_progress_callback,
    pub user: *mut c_void,
}

#[repr(C)]
pub struct fo1_stage_counts {
    pub struct_size: u32,
    pub reserved: u32,
    pub encode_primary: i64,
    pub encode_auxiliary: i64,
    pub encode_regions: i64,
    pub prefill_prefix: i64,
    pub prefill_question: i64,
}

#[repr(C)]
pub struct fo1_ask_options {
    pub struct_size: u32,
    pub all_regions: i32,
    pub max_new_tokens: i64,
    pub temperature: f64,
    pub top_p: f64,
    pub top_k: i64,
    pub seed: u64,
    pub deadline_seconds: f64,
    pub cancel: *const fo1_cancel,
    pub on_progress: fo1_progress_callback,
    pub on_token: fo1_token_callback,
    pub user: *mut c_void,
}

#[repr(C)]
pub struct fo1_detection {
    pub struct_size: u32,
    pub reserved: u32,
    pub label: *const c_char,
    pub region: i64,
    pub bounds: [f64; 4],
    pub score: f64,
    pub confidence: f64,
    pub proposal_score: f64,
}

#[repr(C)]
pub struct fo1_region_text {
    pub struct_size: u32,
    pub reserved: u32,
    pub region: i64,
    pub text: *const c_char,
}

#[repr(C)]
pub struct fo1_span {
    pub struct_size: u32,
    pub reserved: u32,
    pub text: *const c_char,
    pub regions: *const i64,
    pub region_count: usize,
}

#[repr(C)]
pub struct fo1_dropped {
    pub struct_size: u32,
    pub reserved: u32,
    pub region: i64,
    pub reason: *const c_char,
}

#[repr(C)]
pub struct fo1_token_counts {
    pub struct_size: u32,
    pub reserved: u32,
    pub image: i64,
    pub region: i64,
    pub text: i64,
    pub generated: i64,
}
