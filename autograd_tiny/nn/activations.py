"""Activation functions by name: nn.ACTIVATIONS, and lookups in both directions.

They are the functions whose rows in calculus/operations.py say `activation`, and `linear`. layers.py and network.py use
them.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..boundary.arguments import describe
from ..boundary.text import quoted, shortened
from ..calculus.operations import OPERATIONS
from ..engine import functions

ActivationFunction: TypeAlias = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """The identity: x itself."""
    return x


ACTIVATIONS: dict[str, ActivationFunction] = {"linear": linear} | {
    row.name: getattr(functions, row.name) for row in OPERATIONS if row.activation
}
"""The activation functions by name, each a function of one Value: "linear", "relu", "tanh" and more.

`list(nn.ACTIVATIONS)` has the names, and `nn.ACTIVATIONS["tanh"](x)` calls one. A layer or a network takes a name of
these, or a function of your own.
"""


def activation_function(given: str | ActivationFunction) -> ActivationFunction:
    """The function of a name in ACTIVATIONS, or the function itself. ValueError, TypeError for anything else."""
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            raise ValueError(f"activation {quoted(given)} is not known; there are {', '.join(ACTIVATIONS)}")
        return ACTIVATIONS[given]
    if not callable(given):
        hint = "; nonlin=False is written as a keyword" if isinstance(given, bool) else ""
        raise TypeError(f"activation: a name or a function is expected, got {describe(given)}{hint}")
    return given


def name_of(function: ActivationFunction) -> str:
    """The name of any activation, for display."""
    return shortened(getattr(function, "__name__", type(function).__name__))


def registered_name(function: ActivationFunction) -> str:
    """The name in ACTIVATIONS, for files. TypeError for a function that is not there."""
    for name, known in ACTIVATIONS.items():
        if known is function:
            return name
    raise TypeError(f"the activation {name_of(function)} is one of your own, and a file can't hold its code")
