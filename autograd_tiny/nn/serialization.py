"""nn.save and nn.load: a model as a safetensors file, and back.

The format holds arrays and text, and nothing that could be executed. The arrays are those of state_dict; the text
describes the architecture in JSON: the class of each module and the arguments that its config() returns.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any, cast

from ..boundary.arguments import describe
from ..boundary.files import file_name, write_file
from ..boundary.late_numpy import np
from ..boundary.libraries import missing
from ..boundary.text import one_line, quoted, shortened
from .embedding import Embedding
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential
from .module import Module
from .network import Network

MOST_LEVELS = 50                # of modules in modules: each parameter is labelled with its path
CLASSES = {each.__name__: each for each in (
    Neuron, Layer, MLP, Activation, Maxout, Dropout, Network, Embedding,
)}
FORMAT = "autograd_tiny"
CHECKPOINT = "checkpoint"       # the kind of a file that holds more than a model: see training/checkpoint.py


def save(model: Module, path: str | PathLike[str]) -> None:
    """Write the parameters and the architecture of a model to a safetensors file.

    The architecture is left out if the model has a class or an activation of your own, or was changed after it was
    made so that its arguments would not rebuild it. Then make the model yourself, and use `load(path, into=model)`.

    Args:
        model: The model; its arrays are those of state_dict, in float64.
        path: The file. An existing one is replaced as a whole, or left as it is if writing fails.

    Raises:
        TypeError: The model is not a Module.
        ImportError: The library safetensors is missing.
    """
    _check_module(model, "model")
    write(path, model.state_dict(), {"architecture": architecture_text(model)})


def load(path: str | PathLike[str], into: Module | None = None) -> Any:
    """Read a model from a safetensors file. Nothing in the file is executed.

    Args:
        path: A file that `save` or `save_checkpoint` wrote. With `into`, any safetensors file with arrays of the
            right names.
        into: A model that takes the arrays as its parameters; None to build the model of the file.

    Returns:
        The model: the one built, or `into`.

    Raises:
        ValueError: The file is damaged or of another format, it has no architecture, or its arrays do not fit the
            model. `into` has not changed then.
        TypeError: `into` is not a Module.
        ImportError: The library safetensors is missing.
    """
    if into is not None:
        _check_module(into, "into")
    arrays, metadata = read(path)
    if metadata.get("kind") == CHECKPOINT:
        arrays = named_below("model", arrays)
    try:
        model = _model_from(metadata, arrays) if into is None else into
        model.load_state_dict(arrays)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{one_line(path)}: {error}") from None
    except RecursionError:
        raise ValueError(f"{one_line(path)}: its modules are nested too deep") from None
    return model


# ---- the file

def write(path: str | PathLike[str], arrays: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    """Write arrays and text to a safetensors file."""
    library = _library()
    for name in arrays:
        if name == "__metadata__" or name.encode("utf-8", "replace").decode() != name:
            raise ValueError(f"a safetensors file can hold no parameter called {quoted(name)}: rename it")
    contiguous = {name: np.array(array, order="C") for name, array in arrays.items()}
    write_file(path, library.numpy.save(contiguous, metadata={"format": FORMAT, **metadata}))


def read(path: str | PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The arrays and the text of a safetensors file. ValueError for any other file."""
    library = _library()
    path = file_name(path)
    with open(path, "rb"):                      # so that a missing file raises Python's own error
        pass
    try:
        with library.safe_open(path, framework="numpy") as file:
            names = list(file.keys())
            return {name: file.get_tensor(name) for name in names}, dict(file.metadata() or {})
    except (library.SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{one_line(path)} is damaged, or no safetensors file: {shortened(error)}") from None


def named_below(part: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays whose names begin with that of a part of a checkpoint, by the rest of their names."""
    return {name.removeprefix(f"{part}."): array for name, array in arrays.items() if name.startswith(f"{part}.")}


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise missing("safetensors", "a model in a file", "save") from error
    return safetensors


def _check_module(model: Any, argument: str) -> None:
    if not isinstance(model, Module):
        raise TypeError(f"{argument}: a Module is expected, got {describe(model)}")


# ---- the architecture, written

def architecture_text(model: Module) -> str:
    """The architecture in JSON; "" if there is none, or if it would not rebuild this model."""
    try:
        plan = _architecture(model)
        rebuilt = _build(plan, _LimitedZeros(len(model.parameters())))
    except (TypeError, ValueError, RecursionError):
        return ""
    is_same = _same_architecture(rebuilt, model) and len(rebuilt.parameters()) == len(model.parameters())
    return json.dumps(plan) if is_same else ""


def _architecture(module: Any) -> Any:
    """The architecture as lists and dicts. TypeError for a class that is not in CLASSES."""
    if type(module) is Sequential:
        return {"class": "Sequential", "layers": [_architecture(each) for each in module.layers]}
    if CLASSES.get(type(module).__name__) is not type(module):
        raise TypeError(f"{type(module).__name__} is a class of your own")
    return {"class": type(module).__name__, "arguments": module.config()}


def _same_architecture(rebuilt: Any, model: Any) -> bool:
    """Whether two modules have equal parts, which they may not if one was changed after it was made."""
    if type(rebuilt) is not type(model) or (hasattr(model, "config") and rebuilt.config() != model.config()):
        return False
    parts, others = rebuilt.parts(), model.parts()
    return len(parts) == len(others) and all(
        _same_architecture(part, other) for (_, part), (_, other) in zip(parts, others, strict=True)
    )


# ---- the architecture, read

def _model_from(metadata: Mapping[str, str], arrays: Mapping[str, Any]) -> Module:
    if metadata.get("format") != FORMAT:
        raise ValueError("it was not saved by autograd_tiny; load(path, into=model) takes its arrays by name")
    if not metadata.get("architecture"):
        raise ValueError("it has parameters, but not how the model is built: load(path, into=model)")
    try:
        return _build(json.loads(metadata["architecture"]), _LimitedZeros(sum(map(np.size, arrays.values()))))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"its architecture is damaged: {shortened(error, 200)}") from None


def _build(plan: Any, init: _LimitedZeros, path: tuple[str, ...] = ()) -> Module:
    """The module of a plan, with the name and the labels that it has at this path of a larger one."""
    if len(path) > MOST_LEVELS:
        raise ValueError(f"its modules are nested more than {MOST_LEVELS} levels deep")
    if plan["class"] == "Sequential":
        module: Module = Sequential()
        # past __setattr__, which would label all parameters anew at each level
        vars(module)["layers"] = [
            _build(each, init, (*path, f"layer{k}")) for k, each in enumerate(plan["layers"], 1)
        ]
    else:
        module = _build_single(plan, init)
        for name, parameter in module.named_parameters():
            parameter.label = ".".join((*path, name))
    if path:
        vars(module)["name"] = path[-1]
    return module


def _build_single(plan: Any, init: _LimitedZeros) -> Module:
    """A module of one of the CLASSES."""
    if plan["class"] not in CLASSES:
        raise ValueError(f"a class {quoted(plan['class'])} is not known; there are {', '.join(CLASSES)}")
    module_class: Any = CLASSES[plan["class"]]
    arguments = dict(plan["arguments"])
    if len(arguments.get("edges", ())) > init.left:
        raise ValueError("it has more parameters than the file has numbers")
    initial = {} if module_class in (Activation, Dropout) else {"init": init, "bias_init": init}
    if module_class is Embedding:
        del initial["bias_init"]
    module: Any = module_class(**arguments, **initial)
    config = module.config()
    for name, given in arguments.items():
        if name not in config or config[name] != given:
            raise ValueError(f"{plan['class']} with {shortened(name)} = {describe(given)}")
    return cast(Module, module)


class _LimitedZeros:
    """An initialiser that returns 0 a limited number of times: no file gets more parameters than it has numbers."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def __call__(self, rng: Any, fan_in: int, fan_out: int) -> float:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it has more parameters than the file has numbers")
        return 0.0
