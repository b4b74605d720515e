"""nn.from_torch: a PyTorch module as a module of this package, with the same numbers.

state_dicts.py makes networks of weights alone.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ..boundary.arguments import describe
from ..boundary.foreign import numbers_of
from ..boundary.libraries import missing
from ..boundary.text import quoted, shortened
from ..engine.functions import log_softmax, softmax
from .activations import ACTIVATIONS, ActivationFunction
from .dense import Dense, network_of
from .embedding import Embedding
from .layers import Dropout, Layer, flatten
from .module import Module

ACTIVATIONS_OF = {                      # modules without arguments that change their numbers
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu", "Mish": "mish", "LogSigmoid": "log_sigmoid",
}
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")      # of tensors, too
KNOWN = (
    "Linear", *ACTIVATIONS_OF, "LeakyReLU", "ELU", "Softplus", "GELU", "Softmax", "LogSoftmax", "Dropout", "Embedding",
    "Flatten", "Identity", "Sequential",
)


def from_torch(module: Any) -> Any:
    """A network that PyTorch has trained as a module of this package, to be drawn, explained and diagnosed.

    An activation behind a Linear becomes that of the Layer. Weights of any precision, nan among them too, are the same
    numbers in float64. Modules that share a parameter share it here, and a frozen one is frozen.

    Args:
        module: A torch.nn.Linear, Embedding, Dropout, Flatten, Identity or activation, or a Sequential of these or of
            Sequentials. Softplus is the exact one, where PyTorch's is linear from 20 on: a difference of 2e-9.

    Returns:
        An MLP where the layers are one, otherwise a Layer, an Activation or a Sequential. Each module is in training or
        evaluation mode as it was. Its parameters are new ones.

    Raises:
        ImportError: PyTorch is missing.
        TypeError: It is no module of PyTorch, or a module in it, which the message names, is of another class or has
            weights that are no real numbers.
        ValueError: A module has an argument, or a hook, that has no counterpart here, or does not fit the one before.
    """
    try:
        import torch
    except ImportError as error:
        raise missing("torch", "a network of PyTorch", "torch") from error
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"module: a torch.nn.Module is expected, got {describe(module)}")
    modules = [*_leaves(torch.nn, "", module)]
    parts = [_converted(torch.nn, name, each) for name, each in modules]
    _check_fit([name for name, _ in modules], parts)
    model = network_of([part for part in parts if part is not None]).train(module.training)
    for part, (_, each) in zip(parts, modules, strict=True):
        if isinstance(part, Module):
            part.training = each.training
    _tie(model, [(name, each) for name, each in modules if hasattr(each, "weight")])
    return model


def _leaves(torch_nn: Any, path: str, module: Any) -> Iterator[tuple[str, Any]]:
    """The modules in sequence, each with its name for messages, without Sequentials."""
    name = f"the module {quoted(path)}" if path else "the module"
    if isinstance(module, torch_nn.Module):
        _check_plain(module, name)
    if type(module) is torch_nn.Sequential:
        for name, part in module._modules.items():              # also one that is there twice, as a ReLU may be
            yield from _leaves(torch_nn, f"{path}.{name}" if path else name, part)
    else:
        yield name, module


def _check_plain(module: Any, name: str) -> None:
    """ValueError if it computes something else than modules of its class do."""
    if hasattr(module, "parametrizations"):
        raise ValueError(
            f"{name} has a parametrization, which has no counterpart here: "
            "torch.nn.utils.parametrize.remove_parametrizations puts its numbers in place"
        )
    if any(getattr(each, hooks, None) for each in (module, *module.parameters(recurse=False)) for hooks in HOOKS):
        raise _refused(name, "a hook")
    if "forward" in vars(module):
        raise _refused(name, "a forward of its own")


def _converted(torch_nn: Any, name: str, module: Any) -> Any:
    """A Dense, an activation or a module of this package; None for one that changes nothing."""
    kind = type(module).__name__
    if type(module) is not getattr(torch_nn, kind, None) or kind not in KNOWN:
        known_as = f"{type(module).__module__}." if kind in KNOWN else ""
        raise TypeError(
            f"{name} is of the class {known_as}{shortened(type(module).__qualname__)}, which has no counterpart here; "
            f"there are those of torch.nn called {', '.join(KNOWN)}. "
            "Of a network of your own class, pass its layers in order: from_torch(torch.nn.Sequential(net.a, net.b))"
        )
    if kind in ACTIVATIONS_OF:
        return ACTIVATIONS[ACTIVATIONS_OF[kind]]
    return CONVERTERS[kind](module, name)


def _refused(name: str, what: str) -> ValueError:
    return ValueError(f"{name} has {what}, which has no counterpart here")


def _check_fit(names: Sequence[str], parts: Sequence[Any]) -> None:
    """ValueError unless each part takes what the one before returns: numbers, or after an Embedding rows of them."""
    width, before, are_rows = None, "", False
    for name, part in zip(names, parts, strict=True):
        if part is flatten:
            are_rows = False
        elif part is not None and are_rows:
            raise ValueError(f"{name} takes one list of numbers, but {before} returns rows: put a Flatten behind that")
        elif part in (softmax, log_softmax) and width == 1:
            raise ValueError(f"{name} takes one number, of which its result is always the same: leave it out")
        elif isinstance(part, Embedding):
            if before:
                raise ValueError(f"{name} takes indices, but stands behind {before}")
            before, are_rows = name, True
        elif isinstance(part, Dense):
            outputs, inputs = part.weights.shape
            if width not in (None, inputs):
                raise ValueError(f"{name} takes {inputs} inputs, but {before} has {width} outputs")
            width, before = outputs, name


def _tie(model: Any, modules: Sequence[tuple[str, Any]]) -> None:
    """Give layers the same Values where the modules, in the same order, have the same parameters; freeze the frozen."""
    known: dict[int, Any] = {}
    uses = Counter(id(module.weight) for _, module in modules)
    parts = [part for part in getattr(model, "layers", [model]) if isinstance(part, Layer | Embedding)]
    for part, (name, module) in zip(parts, modules, strict=True):
        if isinstance(part, Embedding):
            part.weight = rows = known.setdefault(id(module.weight), part.weight)
            if module.padding_idx is not None:                  # a row that has no gradient, in this module
                if uses[id(module.weight)] > 1:
                    raise _refused(name, f"padding_idx={module.padding_idx} and shares its weight")
                _freeze(rows[module.padding_idx])
        else:
            rows = known.setdefault(id(module.weight), [neuron.w for neuron in part.neurons])
            for neuron, row in zip(part.neurons, rows, strict=True):
                neuron.w = row
            if module.bias is not None:
                biases = known.setdefault(id(module.bias), [neuron.b for neuron in part.neurons])
                for neuron, bias in zip(part.neurons, biases, strict=True):
                    neuron.b = bias
                if not module.bias.requires_grad:
                    _freeze(biases)
        if not module.weight.requires_grad:
            _freeze([x for row in rows for x in row])


def _freeze(values: Sequence[Any]) -> None:
    for each in values:
        each.requires_grad = False


# ---- modules

def _linear(module: Any, name: str) -> Dense:
    weights = numbers_of(module.weight, f"the weight of {name}")
    bias = None if module.bias is None else numbers_of(module.bias, f"the bias of {name}")
    if weights.ndim != 2 or 0 in weights.shape:
        raise _refused(name, f"a weight of shape {weights.shape}")
    if bias is not None and bias.shape != (len(weights),):
        raise _refused(name, f"a bias of shape {bias.shape}")
    return Dense(weights, bias)


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
    if module.threshold < 20:
        raise _refused(name, f"threshold={module.threshold:g}")
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
    if module.scale_grad_by_freq:
        raise _refused(name, "scale_grad_by_freq=True")
    table = numbers_of(module.weight, f"the weight of {name}")
    if 0 in table.shape:
        raise _refused(name, f"a weight of shape {table.shape}")
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
