"""Models as `fit` sees them: functions of a list of inputs, which may be modules and may have parameters."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from .. import optim
from ..boundary.arguments import describe
from ..nn.activations import ACTIVATIONS, linear
from ..nn.layers import (
    MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential, dropout_factors, keep_all,
)
from ..nn.losses import L1, L2, LOSSES
from ..nn.module import Module
from ..nn.network import Network
from .data import Array
from .per_sample import WORTH_A_TAPE, Rowwise

OURS = {Neuron, Layer, MLP, Sequential, Activation, Maxout, Dropout, Network}


def probe(model: Any, modules: list[Module], row: Array) -> tuple[int | None, list[Dropout]]:
    """How many outputs a model has, None for one that is not in a list; and which Dropouts ask."""
    asked: list[Dropout] = []

    def factor(dropout: Dropout) -> float:
        asked.append(dropout)
        return 1.0

    check_model(model)
    with mode(modules, True), dropout_factors(factor):
        outputs = model(row.tolist())
    return (len(outputs) if hasattr(outputs, "__len__") else None), asked


def check_model(model: Any) -> None:
    """TypeError for what can't be called."""
    if isinstance(model, type):
        name = model.__name__
        raise TypeError(f"model: an object is expected, got the class {name}: write {name}(…)")
    if not callable(model):
        raise TypeError(f"model: a Module, or a function of a list of inputs, is expected, got {describe(model)}")


def optimizer_for(
    model: Any, optimizer: str | optim.Optimizer, lr: float | None = None
) -> optim.Optimizer:
    """The optimiser that was asked for, with lr if that is given. TypeError, ValueError for what is none."""
    if isinstance(optimizer, optim.Optimizer):
        if lr is not None:
            raise ValueError("lr: goes with the name of an optimizer; an Optimizer has its own, optimizer.lr")
        return optimizer
    if not isinstance(optimizer, str):
        raise TypeError(f"optimizer: a name or one of autograd_tiny.optim is expected, got {describe(optimizer)}")
    if not hasattr(model, "parameters"):
        raise TypeError(f"model: its parameters() are what training changes, but {describe(model)} has none")
    found = optim.named(optimizer, model.parameters())
    if lr is not None:
        found.lr = lr
    return found


def forward_of(
    model: Any, modules: list[Module], x: Array, samples: int, check: bool = True
) -> Rowwise:
    """A model in use, over rows of inputs."""
    parameters = None
    if samples >= WORTH_A_TAPE and hasattr(model, "parameters"):
        parameters = model.parameters()
    check = check and not all(map(is_known, modules or [model]))
    with mode(modules, False):
        return Rowwise(model, x[0], [x.shape[1]], parameters, samples, check)


def is_known(part: Any) -> bool:
    """Whether it is a module, a loss or a penalty of ours: these do the same everywhere, as a tape has to.

    What others write is run a second time when it is recorded, to see whether it does; see `record`.
    """
    if isinstance(part, Module):
        functions = [getattr(part, "activation", linear), *getattr(part, "activations", {}).values()]
        return type(part) in OURS and all(function in ACTIVATIONS.values() for function in functions)
    return type(part) in (L1, L2) or any(part is spec.loss for spec in LOSSES.values())


def modules_of(model: Any) -> list[Module]:
    """A model, and all modules that it is made of."""
    if not isinstance(model, Module):
        return []
    return [model, *(inside for _, part in model.parts() for inside in modules_of(part))]


@contextmanager
def mode(modules: list[Module], training: bool) -> Iterator[None]:
    """In this block modules are in training, or in use; afterwards each is as it was.

    In use no Dropout does anything, also one that is not among the modules.
    """
    before = [module.training for module in modules]
    try:
        for module in modules:
            object.__setattr__(module, "training", training)
        with nullcontext() if training else dropout_factors(keep_all):
            yield
    finally:
        for module, was in zip(modules, before, strict=True):
            object.__setattr__(module, "training", was)
