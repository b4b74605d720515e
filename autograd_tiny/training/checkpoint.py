"""Checkpoints: a model, its optimiser, its schedule and a random generator in one file, so that training continues.

The file is a safetensors file as those of nn.save, arrays and JSON, and nothing that could be executed. The arrays are
called model.… and optimizer.…; what is no array in a state_dict stands in the JSON.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np

from .. import optim
from ..boundary.arguments import describe
from ..boundary.text import one_line
from ..nn.module import Module
from ..nn.serialization import CHECKPOINT, FORMAT, architecture_text, named_below, read, write


def save_checkpoint(
    path: str | PathLike[str], model: Module, optimizer: optim.Optimizer | None = None,
    schedule: optim.LRScheduler | None = None, rng: np.random.Generator | None = None,
) -> None:
    """Write all that a training needs to continue to a safetensors file.

    nn.load reads the model alone from it.

    Args:
        path: The file. One that exists is replaced as a whole, or left as it is if writing fails.
        model: The model.
        optimizer: Its optimiser.
        schedule: The schedule of the learning rate. The function of a LambdaLR is not written.
        rng: The generator that `fit` gets as its seed, of the kind that np.random.default_rng makes.

    Raises:
        TypeError: An argument of another type.
        ValueError: The schedule belongs to another optimiser.
        ImportError: The library safetensors is missing.
    """
    states = {name: part.state_dict() for name, part in _parts(model, optimizer, schedule, rng).items()}
    arrays = {f"model.{name}": array for name, array in states.pop("model").items()}
    plain: dict[str, dict[str, Any]] = {}
    for part, state in states.items():
        is_array = {name: isinstance(entry, np.ndarray) for name, entry in state.items()}
        arrays |= {f"{part}.{name}": entry for name, entry in state.items() if is_array[name]}
        plain[part] = {name: entry for name, entry in state.items() if not is_array[name]}
    write(path, arrays, {"kind": CHECKPOINT, "architecture": architecture_text(model), "states": json.dumps(plain)})


def load_checkpoint(
    path: str | PathLike[str], model: Module, optimizer: optim.Optimizer | None = None,
    schedule: optim.LRScheduler | None = None, rng: np.random.Generator | None = None,
) -> None:
    """Continue from a checkpoint: the arguments get the states that they had. Nothing in the file is executed.

    Args:
        path: A file that `save_checkpoint` wrote.
        model: A model with parameters of the same names and shapes.
        optimizer: An optimiser of the same class, for its parameters in the same groups; None to leave it out.
        schedule: A schedule of the same class and arguments; None to leave it out.
        rng: A generator; None to leave it out.

    Raises:
        TypeError: An argument of another type.
        ValueError: The file is damaged or no checkpoint, it lacks one of the arguments, or does not fit it. Nothing
            has changed then.
        ImportError: The library safetensors is missing.
    """
    parts = _parts(model, optimizer, schedule, rng)
    arrays, metadata = read(path)
    before: list[tuple[Any, Any]] = []
    try:
        states = _states_in(arrays, metadata)
        for name, part in parts.items():
            if name not in states:
                raise ValueError(f"it was saved without {name}")
            before.append((part, part.state_dict()))
            part.load_state_dict(states[name])
    except BaseException as error:
        for part, state in reversed(before):
            part.load_state_dict(state)
        if isinstance(error, ValueError | TypeError):
            raise ValueError(f"{one_line(path)}: {error}") from None
        raise


def _parts(model: Any, optimizer: Any, schedule: Any, rng: Any) -> dict[str, Any]:
    """The arguments that are there, checked, by name; each has state_dict and load_state_dict."""
    given = {"model": model, "optimizer": optimizer, "schedule": schedule, "rng": rng}
    kinds = {
        "model": Module, "optimizer": optim.Optimizer, "schedule": optim.LRScheduler, "rng": np.random.Generator,
    }
    for name, part in given.items():
        if not isinstance(part, kinds[name]) and (part is not None or name == "model"):
            raise TypeError(f"{name}: one of class {kinds[name].__name__} is expected, got {describe(part)}")
    if optimizer is not None and schedule is not None and schedule.optimizer is not optimizer:
        raise ValueError("schedule: it belongs to another optimiser than the one given")
    if rng is not None:
        given["rng"] = _Generator(rng)
    return {name: part for name, part in given.items() if part is not None}


def _states_in(arrays: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    """The state of each part in the file. ValueError if it is no checkpoint."""
    if metadata.get("format") != FORMAT or metadata.get("kind") != CHECKPOINT:
        raise ValueError("it is no checkpoint: save_checkpoint writes one, and nn.load reads a model")
    try:
        plain = json.loads(metadata["states"])
        states = {part: {**named_below(part, arrays), **state} for part, state in plain.items()}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"its states are damaged: {error}") from None
    return {"model": named_below("model", arrays), **states}


class _Generator:
    """The state of a PCG64, which is five integers. That of other bit generators could make them read out of bounds."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.bits = generator.bit_generator
        if type(self.bits) is not np.random.PCG64:
            raise TypeError(f"rng: a generator of np.random.default_rng is expected, got {type(self.bits).__name__}")

    def state_dict(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(self.bits.state)
        return state

    def load_state_dict(self, state: Any) -> None:
        try:
            self.bits.state = state
        except (KeyError, OverflowError) as error:
            raise ValueError(f"the state of rng is damaged: {error}") from None
        if self.bits.state != state:            # NumPy rounds floats
            raise ValueError("the state of rng is damaged")
