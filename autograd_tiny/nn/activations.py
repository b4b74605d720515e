"""What a unit does with its net input: the activations by name."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..boundary.arguments import describe
from ..engine import functions

Function: TypeAlias = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """x itself."""
    return x


ACTIVATIONS: dict[str, Function] = {"linear": linear} | {
    name: getattr(functions, name)
    for name in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh")
}


def activation(given: str | Function) -> Function:
    """The function of a name, or the function itself. ValueError, TypeError for anything else."""
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            raise ValueError(f"activation {given!r} is not known; there are {', '.join(ACTIVATIONS)}")
        return ACTIVATIONS[given]
    if not callable(given):
        hint = "; nonlin=False is written as a keyword" if isinstance(given, bool) else ""
        raise TypeError(f"activation: a name or a function is expected, got {describe(given)}{hint}")
    return given


def name_of(function: Function) -> str:
    """What an activation is called."""
    return str(getattr(function, "__name__", type(function).__name__))


def known_name(function: Function) -> str:
    """The name by which a file can say it; TypeError for a function that ACTIVATIONS does not have."""
    for name, known in ACTIVATIONS.items():
        if known is function:
            return name
    raise TypeError(f"the activation {name_of(function)} is one of your own, and a file can't hold its code")
