"""Tensors of a graph as formulas see them: numbers with operators, each of which adds a node.

A block (batch, k) has a column for each of k instructions that are computed together, a block (1, k) is the same for
all samples, and a stack (batch, k, n) has n operands of each. A comparison gives a truth: booleans, which become 1 and
0 where a number is expected.
"""
from __future__ import annotations

from typing import Any, TypeAlias

from ...boundary.late_numpy import np
from .graph import Graph


class Symbol:
    """A tensor.

    Attributes:
        graph, name: Where it is computed.
        batched: Whether axis 0 is the batch; if not, its length is 1.
        width: Columns: the length of axis 1.
        depth: The length of axis 2; 0 if there is none.
        is_truth: Whether it holds booleans.
    """

    __slots__ = ("batched", "depth", "graph", "is_truth", "name", "width")

    def __init__(
        self, graph: Graph, name: str, batched: bool, width: int, depth: int = 0, is_truth: bool = False
    ) -> None:
        self.graph, self.name, self.batched, self.width, self.depth = graph, name, batched, width, depth
        self.is_truth = is_truth

    def __add__(self, other: Number) -> Symbol:
        return applied("Add", self, other)

    def __radd__(self, other: float) -> Symbol:
        return applied("Add", other, self)

    def __sub__(self, other: Number) -> Symbol:
        return applied("Sub", self, other)

    def __rsub__(self, other: float) -> Symbol:
        return applied("Sub", other, self)

    def __mul__(self, other: Number) -> Symbol:
        if self.is_truth and isinstance(other, Symbol) and other.is_truth:
            return truth_of("And", self, other)
        return applied("Mul", self, other)

    def __rmul__(self, other: float) -> Symbol:
        return applied("Mul", other, self)

    def __truediv__(self, other: Number) -> Symbol:
        return applied("Div", self, other)

    def __rtruediv__(self, other: float) -> Symbol:
        return applied("Div", other, self)

    def __neg__(self) -> Symbol:
        return applied("Neg", self)

    def __gt__(self, other: Number) -> Symbol:
        return truth_of("Greater", self, other)

    def __ge__(self, other: Number) -> Symbol:
        return truth_of("GreaterOrEqual", self, other)

    def __lt__(self, other: Number) -> Symbol:
        return truth_of("Less", self, other)

    def __le__(self, other: Number) -> Symbol:
        return truth_of("LessOrEqual", self, other)

    def reshaped(self, *, depth: int) -> Symbol:
        """A block (batch, k · depth) as a stack (batch, k, depth), or for depth 0 a stack as a block."""
        if depth == self.depth:
            return self
        width = self.width // depth if depth else self.width * self.depth
        shape = self.graph.constant(np.array([0, width, depth] if depth else [0, width]))      # 0: as it is
        return Symbol(self.graph, self.graph.add("Reshape", self.name, shape), self.batched, width, depth)


Number: TypeAlias = Symbol | float


def graph_of(*operands: Number) -> Graph:
    """The graph of the symbols among operands, of which there is one at least."""
    return next(each.graph for each in operands if isinstance(each, Symbol))


def as_number(operand: Number, graph: Graph) -> Symbol:
    """A symbol of numbers: 1 and 0 for a truth, a constant for a float."""
    if not isinstance(operand, Symbol):
        return Symbol(graph, graph.constant(np.float64(operand)), False, 1)
    if not operand.is_truth:
        return operand
    kind = 11 if graph.dtype == np.float64 else 1           # of ONNX: TensorProto.DOUBLE, TensorProto.FLOAT
    return _like([operand], graph.add("Cast", operand.name, to=kind))


def all_symbols(*operands: Number) -> list[Symbol]:
    """Operands as symbols of numbers. One at least is a symbol."""
    graph = graph_of(*operands)
    return [as_number(each, graph) for each in operands]


def applied(operator: str, *operands: Number, **attributes: Any) -> Symbol:
    """The result of an operator on numbers, which are broadcast."""
    symbols = all_symbols(*operands)
    return _like(symbols, symbols[0].graph.add(operator, *(each.name for each in symbols), **attributes))


def truth_of(operator: str, *operands: Number) -> Symbol:
    """The result of a comparison, or of a logical operator on truths."""
    graph = graph_of(*operands)
    of_truths = operator in ("And", "Or", "Not")
    symbols = [each if of_truths and isinstance(each, Symbol) else as_number(each, graph) for each in operands]
    return _like(symbols, graph.add(operator, *(each.name for each in symbols)), is_truth=True)


def chosen(condition: Symbol, x: Number, y: Number) -> Symbol:
    """x where the condition is true, or not 0, and else y. In onnxruntime, an x of -0 may become 0."""
    graph = condition.graph
    is_true = condition if condition.is_truth else truth_of("Not", truth_of("Equal", condition, 0.0))
    symbols = [is_true, as_number(x, graph), as_number(y, graph)]
    return _like(symbols, graph.add("Where", *(each.name for each in symbols)))


def reduced(operator: str, stack: Symbol) -> Symbol:
    """A stack (batch, k, n) reduced to (batch, k, 1)."""
    graph = stack.graph
    if operator == "ReduceSum" or graph.opset >= 18:
        name = graph.add(operator, stack.name, graph.constant(np.array([2])), keepdims=1)
    else:
        name = graph.add(operator, stack.name, axes=(2,), keepdims=1)
    return Symbol(graph, name, stack.batched, stack.width, 1)


def _like(symbols: list[Symbol], name: str, is_truth: bool = False) -> Symbol:
    """A symbol of the shape to which these are broadcast."""
    batched = any(each.batched for each in symbols)
    width, depth = max(each.width for each in symbols), max(each.depth for each in symbols)
    return Symbol(symbols[0].graph, name, batched, width, depth, is_truth)
