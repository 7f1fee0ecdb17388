"""Keyword arguments of loading, proposing and asking, and the structs they become."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import byref
from typing import Any, Callable, Optional, TypeVar, Union

from . import _convert, _structs
from ._call import Call
from ._library import lib
from .limits import Limits, Reply

S = TypeVar("S", bound=_structs.Struct)


class LoadOptions(Limits, total=False):
    """How a model or a proposer is loaded."""

    device: str
    """"cpu" (default), "cuda", "cuda:1"."""
    dtype: str
    """"float32" (default, the reference), "bfloat16", "float16"."""
    threads: int
    """CPU threads, process-wide; 0 (default): LibTorch's own choice."""
    proposals: Optional[str]
    """Where regions come from when a scene is given none. None (default): the network in the model folder, if any;
    "none"; "upn:FOLDER", "opn:FOLDER"."""
    memory_limit: int
    """Bytes: a model whose estimate is higher raises `OutOfMemory`; 0 (default): no limit."""
    lora: Optional[_convert.StrPath]
    """Folder of an adapter in PEFT's form (adapter_config.json, adapter_model.safetensors) that is added to a model's
    weights. None (default): none."""


class ProposeOptions(Limits, total=False):
    """What a proposer looks for, and what it keeps."""

    labels: Union[str, Sequence[str]]
    """What to look for, where the proposer reads labels. Default: anything."""
    prompts: Union[str, Sequence[str]]
    """Or names of what it offers: `Proposer.prompts`. Default: the first."""
    min_score: Optional[float]
    """0..1. Default: the proposer's own, as for the next two."""
    max_iou: Optional[float]
    """A box that overlaps a better one more than this goes; 0: none goes."""
    most: Optional[int]
    """Boxes kept, the best; 0: all."""
    min_side: float
    """Pixels: boxes with a shorter side go. Default: 0."""
    tile_side: int
    """Also look at square pieces of this side, in pixels: finds small things in large pictures. Default: off."""
    tile_overlap: float
    """Part of a piece that its neighbour covers too, 0..0.9. Default: 0.25."""


class AskOptions(Limits, total=False):
    """How a question is answered."""

    all_regions: bool
    """Ask about more regions than a prompt holds, in several passes. Default: False."""
    max_new_tokens: int
    """Longest answer; 0 (default): the model's generation_config.json, else 1024."""
    temperature: float
    """0 (default): greedy, the most likely token."""
    top_p: float
    """Keep the most likely tokens up to this probability. Default: 1, all."""
    top_k: int
    """Keep at most so many; 0 (default): all."""
    seed: int
    """The same seed, the same answer."""
    on_token: Optional[Callable[[str], Reply]]
    """Called with each piece of the answer's text as it becomes certain; may be empty."""


_ASK = ("all_regions", "max_new_tokens", "temperature", "top_p", "top_k", "seed")


def call_of(given: Any, on_token: Optional[Callable[[str], Reply]] = None) -> Call:
    """A call with the limits among keyword arguments."""
    return Call(given.get("deadline"), given.get("cancel"), given.get("on_progress"), on_token)


def refuse_unknown(given: Any, kind: type[Any]) -> None:
    """Raises what Python raises for a keyword argument that a function does not have."""
    for name in given:
        if name not in kind.__annotations__:
            raise TypeError(f"got an unexpected keyword argument {name!r}: expected those of fo1.{kind.__name__}")


def defaults(kind: type[S], init: Any) -> S:
    """A struct as its init function fills it."""
    options = kind()
    init(byref(options), ctypes.sizeof(options))
    return options


def load_options(given: LoadOptions) -> tuple[_structs.LoadOptions, Call]:
    refuse_unknown(given, LoadOptions)
    options = defaults(_structs.LoadOptions, lib.fo1_load_options_init)
    options.set("threads", given.get("threads", 0))
    options.set("memory_limit", given.get("memory_limit", 0))
    for name in ("device", "dtype", "proposals"):
        value = given.get(name)
        if value is not None:
            setattr(options, name, _convert.text(str(value), name))
    if given.get("lora") is not None:
        options.lora = _convert.path(given["lora"], "lora")
    call = call_of(given)
    call.limit(options)
    return options, call


def propose_options(given: ProposeOptions) -> tuple[_structs.ProposeOptions, Call]:
    refuse_unknown(given, ProposeOptions)
    options = defaults(_structs.ProposeOptions, lib.fo1_propose_options_init)
    options.labels, options.label_count = _convert.texts(given.get("labels", ()), "labels")
    options.prompts, options.prompt_count = _convert.texts(given.get("prompts", ()), "prompts")
    for name in ("min_score", "max_iou", "most", "min_side", "tile_side", "tile_overlap"):
        value = given.get(name)
        if value is not None:
            options.set(name, value)
    call = call_of(given)
    call.limit(options)
    return options, call


def ask_options(given: AskOptions) -> tuple[_structs.AskOptions, Call]:
    refuse_unknown(given, AskOptions)
    options = defaults(_structs.AskOptions, lib.fo1_ask_options_init)
    for name in _ASK:
        if name in given:
            options.set(name, given[name])  # type: ignore[literal-required]
    call = call_of(given, given.get("on_token"))
    call.limit(options)
    return options, call
