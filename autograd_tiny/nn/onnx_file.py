"""nn.to_onnx: a network as an ONNX model, in which layers are Gemm and activations ONNX's own operators.

calculus/onnx/ writes the graph. A tape writes whatever it has recorded in the same way: see tape/export/onnx_file.py.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from typing import Any, NamedTuple

from ..boundary.arguments import describe
from ..boundary.late_numpy import np
from ..boundary.text import quoted, shortened
from ..calculus.onnx.functions import index_of, value_of
from ..calculus.onnx.graph import Graph
from ..calculus.onnx.symbols import Symbol, applied
from ..calculus.operations import operation_named
from ..engine.functions import log_softmax, softmax
from .activations import ACTIVATIONS, ActivationFunction, linear, name_of
from .embedding import Embedding
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential, _Function, flatten
from .module import Module
from .network import Network
from .parameters import array_of


class Own(NamedTuple):
    """An operator of ONNX for an activation.

    Attributes:
        operator: Its name.
        opset: The first that has it.
        on_doubles: Whether onnxruntime has it for doubles.
        slope: Its attribute for the parameter of the activation, if there is one.
    """

    operator: str
    opset: int = 1
    on_doubles: bool = False
    slope: str = ""


OPERATORS = {
    "relu": Own("Relu", on_doubles=True), "sigmoid": Own("Sigmoid", on_doubles=True),
    "tanh": Own("Tanh", on_doubles=True), "leaky_relu": Own("LeakyRelu", slope="alpha"),
    "elu": Own("Elu", slope="alpha"), "softplus": Own("Softplus"), "gelu": Own("Gelu", opset=20),
    "mish": Own("Mish", opset=18),
}


def to_onnx(
    model: Module, path: str | PathLike[str], *, opset: int | None = None, dtype: Any = "float64",
    overwrite: bool = False,
) -> None:
    """Write a network as an ONNX model, which many runtimes load.

    The model has one input X (batch, inputs), for any number of samples, and one output Y of the shape that
    `predict` returns. Layers are Gemm operators with the names of state_dict for their parameters, and activations
    ONNX's own operators: in float64 only Relu, Sigmoid and Tanh, as onnxruntime has no others on doubles, and
    compositions of simpler ones for the rest. Dropout is left out, as in evaluation mode.

    Args:
        model: A Neuron, Layer, MLP, Maxout, Network, Activation or a Sequential of these, of softmax and log_softmax;
            it may begin with an Embedding that `flatten` follows.
        path: Of the file, "f.onnx".
        opset: The version of ONNX's operators, 13 or later; by default 20.
        dtype: "float64" or "float32".
        overwrite: Whether a file may be replaced that is no model of this package.

    Raises:
        TypeError: The model has a module or an activation of your own: record it, and write the tape. Or an argument
            has a wrong type.
        ValueError: The path does not end with .onnx; the opset is too old, or one that the library does not know; the
            dtype is another one; or the layers don't fit together.
        ImportError: The library onnx is missing.
        FileExistsError: There is another file of that name.
        OSError: There is no such folder, or writing fails.
    """
    if not isinstance(model, Module):
        raise TypeError(f"model: a Module is expected, got {describe(model)}")
    graph = Graph(dtype, opset)
    inputs = _inputs_of(_leaves(model))
    y = _applied(model, Symbol(graph, "X", True, inputs), "")
    if y.depth:
        raise ValueError("the model ends with an Embedding: put nn.flatten behind it")
    name = graph.add("Squeeze", y.name, graph.constant(np.array([1]))) if y.width == 1 else y.name
    shape = [y.width] if y.width > 1 else []
    names = model.inputs if isinstance(model, Network) else [f"x{k}" for k in range(inputs)]
    graph.save(path, inputs, name, shape, {"inputs": [*names]}, overwrite)


def _leaves(module: Module) -> list[Module]:
    """The modules in sequence, without those that hold them."""
    if isinstance(module, MLP | Sequential):
        return [leaf for part in module.layers for leaf in _leaves(part)]
    return [module]


def _inputs_of(modules: Sequence[Module]) -> int:
    """How many numbers a sample has. TypeError if no module says it."""
    columns = 1
    for module in modules:
        if isinstance(module, Embedding):
            columns = len(module.weight[0])
        elif isinstance(module, Neuron):
            return len(module.w)
        elif isinstance(module, Layer | Maxout):
            layer = module if isinstance(module, Layer) else module.pieces[0]
            return len(layer.neurons[0].w) // columns
        elif isinstance(module, Network):
            return len(module.inputs)
    raise TypeError("the model has no layer that says how many inputs there are: record it, and write the tape")


def _applied(module: Module, x: Symbol, path: str) -> Symbol:
    """The outputs of a module."""
    writer = WRITERS.get(type(module).forward)
    if writer is None:
        raise TypeError(
            f"{shortened(path or 'the model')} is a module of your own, {shortened(type(module).__name__)}: "
            "record the model as a function, and write the tape with its to_onnx"
        )
    return writer(module, x, path)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# ---- each module

def _sequence(module: Any, x: Symbol, path: str) -> Symbol:
    for k, layer in enumerate(module.layers, 1):
        x = _applied(layer, x, _below(path, f"layer{k}"))
    return x


def _layer(layer: Layer, x: Symbol, path: str) -> Symbol:
    return _neurons(layer.neurons, x, path)


def _neuron(neuron: Neuron, x: Symbol, path: str) -> Symbol:
    return _neurons([neuron], x, path)


def _neurons(neurons: Sequence[Neuron], x: Symbol, path: str) -> Symbol:
    """A Gemm, and the activation, which is the same for all."""
    first, name = neurons[0], path or "the model"
    if any(type(each).forward is not Neuron.forward or each.activation is not first.activation for each in neurons):
        raise TypeError(f"{name} has neurons of different kinds: record the model, and write the tape")
    if len({len(each.w) for each in neurons}) > 1 or len(first.w) != x.width or x.depth:
        got = f"{x.width} rows of an Embedding: put nn.flatten between" if x.depth else str(x.width)
        raise ValueError(f"{shortened(name)} takes {len(first.w)} inputs, got {got}")
    bias = [0.0 if each.b is None else each.b.data for each in neurons]
    has_bias = any(each.b is not None for each in neurons)
    net_inputs = _gemm(x, array_of([each.w for each in neurons]), bias if has_bias else None, path)
    return _activated(first.activation, net_inputs, name)


def _gemm(x: Symbol, weights: Any, bias: Sequence[float] | None, path: str) -> Symbol:
    graph = x.graph
    given = [x.name, graph.parameter(_below(path, "w"), weights)]
    if bias is not None:
        given.append(graph.parameter(_below(path, "b"), np.array(bias)))
    return Symbol(graph, graph.add("Gemm", *given, transB=1), True, len(weights))


def _activated(function: ActivationFunction, x: Symbol, name: str) -> Symbol:
    """An activation function of each number."""
    known, arguments = _known(function, name)
    if known == "linear":
        return x
    own = OPERATORS.get(known)
    on_floats = x.graph.dtype == np.float32
    if own is not None and (on_floats or own.on_doubles) and x.graph.opset >= own.opset:
        return applied(own.operator, x, **({own.slope: arguments[0]} if own.slope else {}))
    if known == "silu" and on_floats:           # as it is usually written; on doubles onnxruntime may then fail
        return x * applied("Sigmoid", x)
    symbol: Symbol = value_of(operation_named(known), [x, *arguments])
    return symbol


def _known(function: Any, name: str) -> tuple[str, list[float]]:
    """The name of an activation, and its parameters. TypeError for one of the user's own."""
    given: dict[str, Any] = {}
    if isinstance(function, partial) and not function.args:
        function, given = function.func, function.keywords
    for known, each in ACTIVATIONS.items():
        if each is function:
            if each is linear:
                return known, []
            row = operation_named(known)
            defaults = dict(each.split("=") for each in row.parameters[1:])
            return known, [float(given.get(key, default)) for key, default in defaults.items()]
    raise TypeError(
        f"{shortened(name)} has an activation of your own, {name_of(function)}: record the model as a function, and "
        "write the tape with its to_onnx"
    )


def _activation(module: Activation, x: Symbol, path: str) -> Symbol:
    return _activated(module.activation, x, path or "the model")


def _maxout(module: Maxout, x: Symbol, path: str) -> Symbol:
    pieces = [_applied(piece, x, _below(path, f"piece{k}")) for k, piece in enumerate(module.pieces, 1)]
    return applied("Max", *pieces)


def _dropout(module: Dropout, x: Symbol, path: str) -> Symbol:
    return x


def _function(module: _Function, x: Symbol, path: str) -> Symbol:
    if module.function is flatten:
        return x.reshaped(depth=0)
    if module.function not in (softmax, log_softmax):
        raise TypeError(
            f"{shortened(path or 'the model')} is a function of your own, {name_of(module.function)}: record the model "
            "as a function, and write the tape with its to_onnx"
        )
    return applied("Softmax" if module.function is softmax else "LogSoftmax", x, axis=-1)


def _network(network: Network, x: Symbol, path: str) -> Symbol:
    """Unit by unit, in topological order."""
    computed = {name: _column(x, k) for k, name in enumerate(network.inputs)}
    for k, unit in enumerate(network.units, 1):
        sources = [a for a, b in network.w if b == unit]
        weights = np.array([[network.w[source, unit].data for source in sources]])
        bias = [network.b[unit].data] if unit in network.b else None
        net_input = _gemm(_joined([computed[a] for a in sources]), weights, bias, _below(path, f"unit{k}"))
        computed[unit] = _activated(network.activations[unit], net_input, f"the unit {quoted(unit)}")
    return _joined([computed[name] for name in network.outputs])


def _column(x: Symbol, k: int) -> Symbol:
    return Symbol(x.graph, x.graph.add("Gather", x.name, x.graph.constant(np.array([k])), axis=1), True, 1)


def _joined(columns: Sequence[Symbol]) -> Symbol:
    if len(columns) == 1:
        return columns[0]
    graph = columns[0].graph
    return Symbol(graph, graph.add("Concat", *(each.name for each in columns), axis=1), True, len(columns))


def _embedding(module: Embedding, x: Symbol, path: str) -> Symbol:
    """Rows of the table. An index that is no integer, or that no row has, is one that runtimes refuse."""
    graph, table = x.graph, array_of(module.weight)
    rows = graph.parameter(_below(path, "weight"), table)
    name = graph.add("Gather", rows, index_of(x, len(table)).name, axis=0)
    return Symbol(graph, name, True, x.width, table.shape[1])


WRITERS: dict[Callable[..., Any], Callable[..., Symbol]] = {
    Neuron.forward: _neuron, Layer.forward: _layer, MLP.forward: _sequence, Sequential.forward: _sequence,
    Activation.forward: _activation, Maxout.forward: _maxout, Dropout.forward: _dropout, Network.forward: _network,
    Embedding.forward: _embedding, _Function.forward: _function,
}
