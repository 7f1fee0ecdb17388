//! The declarations against the header and its record of sizes and offsets.

use super::*;
use std::collections::BTreeSet;
use std::mem::{size_of, MaybeUninit};
use std::ptr::addr_of;

/// A struct as `capi/ABI.md` writes it: `name size: field offset ...`.
macro_rules! layout {
    ($name:ident $($field:ident)*) => {{
        let place = MaybeUninit::<$name>::uninit();
        let start = place.as_ptr();
        let mut text = format!("{} {}:", stringify!($name), size_of::<$name>());
        $(
            // SAFETY: only the address is taken, within the struct.
            let field = unsafe { addr_of!((*start).$field) } as usize;
            text += &format!(" {} {}", stringify!($field), field - start as usize);
        )*
        text.replace(" bounds ", " box ")
    }};
}

#[test]
#[rustfmt::skip]
fn structs_are_laid_out_as_recorded() {
    let structs = [
        layout!(fo1_pixels struct_size format width height data stride chroma chroma_stride),
        layout!(fo1_region struct_size reserved bounds score label),
        layout!(fo1_load_options struct_size threads device dtype proposals memory_limit deadline_seconds cancel
            on_progress user lora),
        layout!(fo1_propose_options struct_size reserved labels label_count prompts prompt_count min_score max_iou most
            min_side tile_side tile_overlap deadline_seconds cancel on_progress user),
        layout!(fo1_scene_options struct_size propose proposer propose_options deadline_seconds cancel on_progress user),
        layout!(fo1_stage_counts struct_size reserved encode_primary encode_auxiliary encode_regions prefill_prefix
            prefill_question),
        layout!(fo1_ask_options struct_size all_regions max_new_tokens temperature top_p top_k seed deadline_seconds
            cancel on_progress on_token user),
        layout!(fo1_detection struct_size reserved label region bounds score confidence proposal_score),
        layout!(fo1_region_text struct_size reserved region text),
        layout!(fo1_span struct_size reserved text regions region_count),
        layout!(fo1_dropped struct_size reserved region reason),
        layout!(fo1_token_counts struct_size reserved image region text generated),
    ];
    let record = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ABI.md"));
    let recorded: Vec<&str> = record
        .split_once("```structs\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(block, _)| block.lines().collect())
        .expect("a block of structs");
    assert_eq!(structs.to_vec(), recorded);
}

#[test]
fn every_function_of_the_header_is_declared() {
    let header = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fo1_c.h"));
    let functions = names_after(header, "FO1_C_API");
    assert!(functions.len() > 80, "{functions:?}");
    assert_eq!(functions, names_after(include_str!("functions.rs"), "pub fn"));
}

/// The name before the first bracket after each `word`.
fn names_after<'a>(text: &'a str, word: &str) -> BTreeSet<&'a str> {
    text.split(word)
        .skip(1)
        .filter_map(|rest| rest.split('(').next())
        .filter_map(|words| words.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next())
        .filter(|name| name.starts_with("fo1_"))
        .collect()
}
