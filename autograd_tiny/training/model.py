"""Models as fit sees them: functions of a list of inputs, which may be modules and may have parameters."""
from __future__ import annotations

from typing import Any

from .. import optim
from ..engine.state import switched
from ..boundary.arguments import describe, instance, takes
from ..nn.activations import ACTIVATIONS, linear
from ..nn.embedding import Embedding
from ..nn.layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential, keep_all
from ..nn.losses import L1, L2, LOSSES
from ..nn.module import Module
from ..nn.network import Network

BUILT_IN = {Neuron, Layer, MLP, Sequential, Activation, Maxout, Dropout, Network, Embedding}


# ---- arguments

def check_model(model: Any) -> None:
    """TypeError unless it is an object that can be called with the inputs of a sample."""
    if not callable(instance("model", model)):
        raise TypeError(f"model: a Module, or a function of a list of inputs, is expected, got {describe(model)}")
    if not takes(model, 1):
        raise TypeError(f"model: {describe(model)} is called with one argument, the list of inputs, but takes others")


def optimizer_for(
    model: Any, optimizer: str | optim.Optimizer, lr: float | None = None
) -> optim.Optimizer:
    """The optimiser itself, or one by its name for the parameters of the model, with the rate lr if given."""
    if isinstance(optimizer, optim.Optimizer):
        if lr is not None:
            raise ValueError("lr: goes with the name of an optimizer; an Optimizer has its own, optimizer.lr")
        return optimizer
    if not isinstance(instance("optimizer", optimizer), str):
        raise TypeError(f"optimizer: a name or one of autograd_tiny.optim is expected, got {describe(optimizer)}")
    if not hasattr(model, "parameters"):
        raise TypeError(
            f"model: training changes its parameters(), but {describe(model)} has none; pass an Optimizer of them"
        )
    found = optim.named(optimizer, model.parameters())
    if lr is not None:
        found.lr = lr
    return found


# ---- modules

def modules_of(model: Any) -> list[Module]:
    """A model and all modules inside it; [] for one that is not a module."""
    if not isinstance(model, Module):
        return []
    return [model, *(inner for _, part in model.parts() for inner in modules_of(part))]


def is_built_in(part: Any) -> bool:
    """Whether a module, loss or penalty is of this package, so that its tape needs no check: see `record`."""
    if isinstance(part, Module):
        functions = [getattr(part, "activation", linear), *getattr(part, "activations", {}).values()]
        return type(part) in BUILT_IN and all(function in ACTIVATIONS.values() for function in functions)
    return type(part) in (L1, L2) or any(part is spec.loss for spec in LOSSES.values())


def training_mode(modules: list[Module]) -> switched:
    """A block in which the modules are in training mode, for its thread or task only."""
    return switched(modes=({id(module): module for module in modules}, True))


def evaluation_mode(modules: list[Module]) -> switched:
    """A block in which the modules are in evaluation mode, and no Dropout is active, even if it is none of them."""
    return switched(modes=({id(module): module for module in modules}, False), dropout_factors=keep_all)
