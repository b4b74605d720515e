"""Weights in files: safetensors, which hold arrays and text and nothing that could be executed."""
from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any, cast

import numpy as np

from ..boundary.arguments import describe
from ..boundary.files import replacing
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential
from .module import Module
from .network import Network

CLASSES = {each.__name__: each for each in (Neuron, Layer, MLP, Activation, Maxout, Dropout, Network)}
FORMAT = "autograd_tiny"
INSTALL = 'saving takes the library safetensors: pip install "autograd_tiny[save]"'


def save(model: Module, path: str | PathLike[str]) -> None:
    """Write the parameters of a model, and how it is built, to a safetensors file.

    The arrays are those of state_dict, in float64. Of a class of your own, or with an activation of your own,
    the file has the parameters only: make the model, and `load(path, into=model)`. ImportError without the
    library safetensors.
    """
    _check_module(model, "model")
    write(path, model.state_dict(), {"architecture": _architecture_text(model)})


def load(path: str | PathLike[str], into: Module | None = None) -> Any:
    """The model in a file that `save` wrote; or its numbers put into a model, which is returned.

    ValueError for a file that is damaged or of another kind, for one without an architecture, and for numbers
    that do not fit the model: it says which. Nothing has changed then. Nothing in the file is executed.
    """
    if into is not None:
        _check_module(into, "into")
    arrays, about = read(path)
    try:
        model = _built(path, about, arrays) if into is None else into
        model.load_state_dict(arrays)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from None
    except RecursionError:
        raise ValueError(f"{path}: its modules are nested too deep") from None
    return model


def write(path: str | PathLike[str], arrays: Mapping[str, Any], about: Mapping[str, str]) -> None:
    """A safetensors file of arrays, and of text about them."""
    library = _library()
    whole = {name: np.array(array, order="C") for name, array in arrays.items()}
    contents = library.numpy.save(whole, metadata={"format": FORMAT, **about})
    with replacing(path) as unfinished:
        unfinished.write_bytes(contents)


def read(path: str | PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The arrays in a safetensors file, and the text about them. ValueError if it is none."""
    library = _library()
    with open(path, "rb"):                      # so that a file that is not there is Python's own error
        pass
    try:
        with library.safe_open(path, framework="numpy") as file:
            names = list(file.keys())
            return {name: file.get_tensor(name) for name in names}, dict(file.metadata() or {})
    except (library.SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path} is damaged, or no safetensors file: {error}") from None


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(INSTALL) from None
    return safetensors


def _check_module(model: Any, what: str) -> None:
    if not isinstance(model, Module):
        raise TypeError(f"{what}: a Module is expected, got {describe(model)}")


def _architecture_text(model: Module) -> str:
    """How a model is built; "" where that can't be said, or would make another one."""
    try:
        plan = _architecture(model)
        again = _build(plan, _Zeros(len(model.parameters())))
    except (TypeError, ValueError, RecursionError):
        return ""
    is_same = _alike(again, model) and len(again.parameters()) == len(model.parameters())
    return json.dumps(plan) if is_same else ""


def _alike(again: Any, model: Any) -> bool:
    """Whether two modules are made of the same parts: some may have been changed after they were made."""
    if type(again) is not type(model) or (hasattr(model, "config") and again.config() != model.config()):
        return False
    parts, others = again.parts(), model.parts()
    return len(parts) == len(others) and all(
        _alike(part, other) for (_, part), (_, other) in zip(parts, others, strict=True)
    )


def _architecture(module: Any) -> Any:
    """What to build, as lists and dicts. TypeError for a class of somebody's own."""
    if type(module) is Sequential:
        return {"class": "Sequential", "layers": [_architecture(each) for each in module.layers]}
    if CLASSES.get(type(module).__name__) is not type(module):
        raise TypeError(f"{type(module).__name__} is a class of your own")
    return {"class": type(module).__name__, "arguments": module.config()}


def _built(path: str | PathLike[str], about: Mapping[str, str], arrays: Mapping[str, Any]) -> Module:
    if about.get("format") != FORMAT:
        raise ValueError("it was not saved by autograd_tiny; load(path, into=model) takes its arrays by name")
    if not about.get("architecture"):
        raise ValueError("it has parameters, but not how the model is built: load(path, into=model)")
    try:
        return _build(json.loads(about["architecture"]), _Zeros(sum(map(np.size, arrays.values()))))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"its architecture is damaged: {error}") from None


def _build(plan: Any, init: _Zeros) -> Module:
    if plan["class"] == "Sequential":
        return Sequential(*[_build(each, init) for each in plan["layers"]])
    if plan["class"] not in CLASSES:
        raise ValueError(f"a class {plan['class']!r} is not known; there are {', '.join(CLASSES)}")
    made: Any = CLASSES[plan["class"]]
    arguments = dict(plan["arguments"])
    if len(arguments.get("edges", ())) > init.left:
        raise ValueError("it has more parameters than the file has numbers")
    start = {} if made in (Activation, Dropout) else {"init": init, "bias_init": init}
    found: Any = made(**arguments, **start)
    its = found.config()
    for name, given in arguments.items():
        if name not in its or its[name] != given:
            raise ValueError(f"{plan['class']} with {name} = {describe(given)}")
    return cast(Module, found)


class _Zeros:
    """An initialiser for numbers that are read afterwards: no more of them than the file holds."""

    def __init__(self, most: int) -> None:
        self.left = most

    def __call__(self, rng: Any, fan_in: int, fan_out: int) -> float:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it has more parameters than the file has numbers")
        return 0.0
