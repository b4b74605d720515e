"""nn.from_torch: a PyTorch module as a module of this package, with the same numbers.

state_dicts.py makes networks of weights alone.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..boundary.arguments import describe
from ..boundary.libraries import missing
from ..boundary.text import quoted, shortened
from ..engine.functions import log_softmax, softmax
from .activations import ACTIVATIONS, ActivationFunction
from .dense import Dense, array_of, network_of
from .embedding import Embedding
from .layers import Dropout, flatten
from .module import Module

ACTIVATIONS_OF = {                      # modules without arguments that change their numbers
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu", "Mish": "mish", "LogSigmoid": "log_sigmoid",
}
KNOWN = (
    "Linear", *ACTIVATIONS_OF, "LeakyReLU", "ELU", "Softplus", "GELU", "Softmax", "LogSoftmax", "Dropout", "Embedding",
    "Flatten", "Identity", "Sequential",
)


def from_torch(module: Any) -> Any:
    """A network that PyTorch has trained as a module of this package, to be drawn, explained and diagnosed.

    An activation behind a Linear becomes that of the Layer. The numbers of float32 weights are the same in float64.

    Args:
        module: A torch.nn.Linear, Embedding, Dropout, Flatten, Identity or activation, or a Sequential of these or of
            Sequentials. Softplus is the exact one, where PyTorch's is linear from 20 on: a difference of 2e-9.

    Returns:
        An MLP where the layers are one, otherwise a Layer, an Activation or a Sequential; in evaluation mode if the
        module is. Its parameters are new ones.

    Raises:
        ImportError: PyTorch is missing.
        TypeError: It is no module of PyTorch, or a module in it is of another class; the message names it.
        ValueError: A module has an argument, or a hook, that has no counterpart here.
    """
    try:
        import torch
    except ImportError as error:
        raise missing("torch", "a network of PyTorch") from error
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"module: a torch.nn.Module is expected, got {describe(module)}")
    parts = [_converted(torch.nn, path, each) for path, each in _leaves(torch.nn, "", module)]
    return network_of([part for part in parts if part is not None]).train(module.training)


def _leaves(torch_nn: Any, path: str, module: Any) -> Iterator[tuple[str, Any]]:
    """The modules in sequence with their names, without Sequentials."""
    if type(module) is torch_nn.Sequential:
        for name, part in module._modules.items():              # also one that is there twice, as a ReLU may be
            yield from _leaves(torch_nn, f"{path}.{name}" if path else name, part)
    else:
        yield path, module


def _converted(torch_nn: Any, path: str, module: Any) -> Any:
    """A Dense, an activation or a module of this package; None for one that changes nothing."""
    name, kind = f"the module {quoted(path)}" if path else "the module", type(module).__name__
    if type(module) is not getattr(torch_nn, kind, None) or kind not in KNOWN:
        raise TypeError(
            f"{name} is of the class {shortened(type(module).__qualname__)}, which has no counterpart here; there are "
            f"those of torch.nn called {', '.join(KNOWN)}. "
            "Of a network of your own class, pass its layers in order: from_torch(torch.nn.Sequential(net.a, net.b))"
        )
    if module._forward_hooks or module._forward_pre_hooks:
        raise _refused(name, "a hook")
    if kind in ACTIVATIONS_OF:
        return ACTIVATIONS[ACTIVATIONS_OF[kind]]
    return CONVERTERS[kind](module, name)


def _refused(name: str, what: str) -> ValueError:
    return ValueError(f"{name} has {what}, which has no counterpart here")


# ---- modules

def _linear(module: Any, name: str) -> Dense:
    bias = None if module.bias is None else array_of(module.bias)
    return Dense(array_of(module.weight), bias)


def _leaky_relu(module: Any, name: str) -> ActivationFunction:
    return _with(ACTIVATIONS["leaky_relu"], "negative_slope", module.negative_slope, 0.01)


def _elu(module: Any, name: str) -> ActivationFunction:
    return _with(ACTIVATIONS["elu"], "alpha", module.alpha, 1.0)


def _with(function: ActivationFunction, parameter: str, number: float, default: float) -> ActivationFunction:
    """The activation with another number for its parameter."""
    if number == default:
        return function
    other = partial(function, **{parameter: float(number)})
    other.__name__ = f"{function.__name__}({number:g})"  # type: ignore[attr-defined]
    return other


def _softplus(module: Any, name: str) -> ActivationFunction:
    if module.beta != 1:
        raise _refused(name, f"beta={module.beta:g}")
    return ACTIVATIONS["softplus"]


def _gelu(module: Any, name: str) -> ActivationFunction:
    if module.approximate != "none":
        raise _refused(name, f"approximate={module.approximate!r}")
    return ACTIVATIONS["gelu"]


def _softmax(module: Any, name: str) -> Callable[[Any], Any]:
    if module.dim not in (None, 1, -1):
        raise _refused(name, f"dim={module.dim}")
    return softmax if type(module).__name__ == "Softmax" else log_softmax


def _dropout(module: Any, name: str) -> Module:
    if module.p >= 1:
        raise _refused(name, f"p={module.p:g}")
    return Dropout(module.p)


def _embedding(module: Any, name: str) -> Module:
    if module.max_norm is not None:
        raise _refused(name, f"max_norm={module.max_norm:g}")
    table = array_of(module.weight)
    embedding = Embedding(*table.shape, init="zeros")
    embedding.load_state_dict({"weight": table})
    return embedding


def _flatten(module: Any, name: str) -> Callable[[Any], Any]:
    if module.start_dim != 1 or module.end_dim != -1:
        raise _refused(name, f"start_dim={module.start_dim} and end_dim={module.end_dim}")
    return flatten


CONVERTERS: dict[str, Callable[[Any, str], Any]] = {
    "Linear": _linear, "LeakyReLU": _leaky_relu, "ELU": _elu, "Softplus": _softplus, "GELU": _gelu, "Softmax": _softmax,
    "LogSoftmax": _softmax, "Dropout": _dropout, "Embedding": _embedding, "Flatten": _flatten,
    "Identity": lambda module, name: None,
}
