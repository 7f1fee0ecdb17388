"""The functions of fo1_c.h: what each returns and takes. tests/test_header.py compares them."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any

from . import _structs as s


class Status(c_int32):
    """A result that raises unless it is 0."""


Handle = c_void_p
Out = POINTER(c_void_p)
_P = POINTER
_question = (_P(s.AskOptions),)

ABI_MAJOR, ABI_MINOR = 1, 0  # of the header that this was written for

FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "fo1_status_name": (c_char_p, (c_int32,)),
    "fo1_last_error": (c_char_p, ()),
    "fo1_last_status": (c_int32, ()),  # a value: what it tells of is past
    "fo1_set_last_error": (None, (c_char_p,)),
    "fo1_version": (c_char_p, ()),
    "fo1_abi_version": (c_uint32, ()),
    "fo1_set_log": (Status, (c_int32, s.LogCallback, c_void_p)),
    # limits
    "fo1_cancel_create": (Status, (Out,)),
    "fo1_cancel_trigger": (Status, (Handle,)),
    "fo1_cancel_triggered": (c_int32, (Handle,)),
    "fo1_cancel_free": (None, (Handle,)),
    # images
    "fo1_pixels_init": (Status, (_P(s.Pixels), c_size_t)),
    "fo1_image_from_pixels": (Status, (Out, _P(s.Pixels))),
    "fo1_image_decode": (Status, (Out, c_void_p, c_size_t)),
    "fo1_image_load": (Status, (Out, c_char_p)),
    "fo1_image_width": (c_int32, (Handle,)),
    "fo1_image_height": (c_int32, (Handle,)),
    "fo1_image_rgb": (s.Bytes, (Handle,)),
    "fo1_image_free": (None, (Handle,)),
    # regions
    "fo1_regions_create": (Status, (Out,)),
    "fo1_regions_add": (Status, (Handle, c_size_t, s.Doubles, s.Doubles, s.Texts)),
    "fo1_regions_from_json": (Status, (Out, c_char_p)),
    "fo1_regions_unite": (Status, (Out, Out, c_size_t, c_double, c_int64)),
    "fo1_regions_count": (c_size_t, (Handle,)),
    "fo1_regions_get": (Status, (_P(s.Region), Handle, c_size_t)),
    "fo1_regions_source": (c_char_p, (Handle,)),
    "fo1_regions_json": (c_char_p, (Handle, Handle)),
    "fo1_regions_draw": (Status, (Handle, Handle, c_char_p)),
    "fo1_regions_free": (None, (Handle,)),
    # models
    "fo1_load_options_init": (Status, (_P(s.LoadOptions), c_size_t)),
    "fo1_model_load": (Status, (Out, c_char_p, _P(s.LoadOptions))),
    "fo1_model_folder": (c_char_p, (Handle,)),
    "fo1_model_has_regions": (c_int32, (Handle,)),
    "fo1_model_region_limit": (c_int64, (Handle,)),
    "fo1_model_proposer": (Status, (Out, Handle)),
    "fo1_model_free": (None, (Handle,)),
    # proposers
    "fo1_proposer_load": (Status, (Out, c_char_p, _P(s.LoadOptions))),
    "fo1_proposer_from_callback": (Status, (Out, c_char_p, s.ProposeCallback, c_void_p)),
    "fo1_proposer_name": (c_char_p, (Handle,)),
    "fo1_proposer_reads_labels": (c_int32, (Handle,)),
    "fo1_proposer_prompt_count": (c_size_t, (Handle,)),
    "fo1_proposer_prompt": (c_char_p, (Handle, c_size_t)),
    "fo1_proposer_save_wording": (Status, (Handle,)),
    "fo1_proposer_free": (None, (Handle,)),
    "fo1_propose_options_init": (Status, (_P(s.ProposeOptions), c_size_t)),
    "fo1_propose": (Status, (Out, Handle, Handle, _P(s.ProposeOptions))),
    # scenes
    "fo1_scene_options_init": (Status, (_P(s.SceneOptions), c_size_t)),
    "fo1_scene_create": (Status, (Out, Handle, Handle, Handle, _P(s.SceneOptions))),
    "fo1_scene_set_regions": (Status, (Handle, Handle, _P(s.SceneOptions))),
    "fo1_scene_regions": (Status, (Out, Handle)),
    "fo1_scene_stage_counts": (Status, (_P(s.StageCounts), Handle)),
    "fo1_scene_free": (None, (Handle,)),
    # questions
    "fo1_ask_options_init": (Status, (_P(s.AskOptions), c_size_t)),
    "fo1_detect": (Status, (Out, Handle, s.Texts, c_size_t, *_question)),
    "fo1_ground": (Status, (Out, Handle, c_char_p, *_question)),
    "fo1_count": (Status, (Out, Handle, c_char_p, *_question)),
    "fo1_ocr": (Status, (Out, Handle, s.Indexes, c_size_t, *_question)),
    "fo1_run": (Status, (Out, Handle, c_char_p, s.Texts, c_size_t, s.Indexes, c_size_t, *_question)),
    "fo1_chat": (Status, (Out, Handle, c_char_p, c_char_p, *_question)),
    "fo1_trace": (Status, (Out, Handle, c_char_p, c_char_p, c_char_p, *_question)),
    # results
    "fo1_result_json": (c_char_p, (Handle,)),
    "fo1_result_task": (c_char_p, (Handle,)),
    "fo1_result_text": (c_char_p, (Handle,)),
    "fo1_result_prompt": (c_char_p, (Handle,)),
    "fo1_result_finish": (c_int32, (Handle,)),
    "fo1_result_detection_count": (c_size_t, (Handle,)),
    "fo1_result_detection": (Status, (_P(s.Detection), Handle, c_size_t)),
    "fo1_result_count": (Status, (_P(c_int64), Handle)),
    "fo1_result_region_count": (c_size_t, (Handle,)),
    "fo1_result_regions": (s.Indexes, (Handle,)),
    "fo1_result_region_text_count": (c_size_t, (Handle,)),
    "fo1_result_region_text": (Status, (_P(s.RegionText), Handle, c_size_t)),
    "fo1_result_span_count": (c_size_t, (Handle,)),
    "fo1_result_span": (Status, (_P(s.Span), Handle, c_size_t)),
    "fo1_result_reasoning": (c_char_p, (Handle,)),
    "fo1_result_answer": (c_char_p, (Handle,)),
    "fo1_result_dropped_count": (c_size_t, (Handle,)),
    "fo1_result_dropped": (Status, (_P(s.Dropped), Handle, c_size_t)),
    "fo1_result_tokens": (Status, (_P(s.TokenCounts), Handle)),
    "fo1_result_timing_count": (c_size_t, (Handle,)),
    "fo1_result_timing_stage": (c_char_p, (Handle, c_size_t)),
    "fo1_result_timing_ms": (c_double, (Handle, c_size_t)),
    "fo1_result_draw": (Status, (Handle, Handle, Handle, c_char_p)),
    "fo1_result_free": (None, (Handle,)),
    # annotations
    "fo1_annotations_create": (Status, (Out, s.Texts, c_size_t)),
    "fo1_annotations_add": (Status, (Handle, Handle, c_char_p)),
    "fo1_annotations_label_count": (c_size_t, (Handle,)),
    "fo1_annotations_label": (c_char_p, (Handle, c_size_t)),
    "fo1_annotations_coco": (c_char_p, (Handle,)),
    "fo1_annotations_yolo": (c_char_p, (Handle, c_size_t)),
    "fo1_annotations_yolo_data": (c_char_p, (Handle,)),
    "fo1_annotations_labelme": (c_char_p, (Handle, c_size_t, c_char_p)),
    "fo1_annotations_free": (None, (Handle,)),
    # folders
    "fo1_inspect": (Status, (Out, c_char_p)),
    "fo1_self_check": (Status, (Out, c_char_p, _P(s.LoadOptions))),
    "fo1_report_json": (c_char_p, (Handle,)),
    "fo1_report_problem_count": (c_size_t, (Handle,)),
    "fo1_report_problem": (c_char_p, (Handle, c_size_t)),
    "fo1_report_memory": (c_int64, (Handle, c_char_p)),
    "fo1_report_free": (None, (Handle,)),
    # tokenizers
    "fo1_tokenizer_load": (Status, (Out, c_char_p)),
    "fo1_tokenizer_encode": (Status, (s.Indexes, c_size_t, _P(c_size_t), Handle, c_char_p)),
    "fo1_tokenizer_decode": (Status, (c_char_p, c_size_t, _P(c_size_t), Handle, s.Indexes, c_size_t, c_int32)),
    "fo1_tokenizer_free": (None, (Handle,)),
}


def declare(library: ctypes.CDLL, check: Any) -> None:
    """Gives every function its types; those that return a status go through `check`."""
    for name, (result, parameters) in FUNCTIONS.items():
        function = getattr(library, name)
        function.argtypes = parameters
        function.restype = c_int32 if result is Status else result
        if result is Status:
            function.errcheck = check
