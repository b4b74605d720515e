"""Tapes as ONNX models: the groups of a plan on blocks (batch, k), a column for each instruction of a group.

What does not depend on the sample is a number in the file: parameters are written as they are now. A layer becomes a
Gemm with a matrix of them. The operands of a group are columns of earlier blocks: a whole block where they are that, a
slice, or columns that are gathered. calculus/onnx/ says which operators compute an operation.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import add
from os import PathLike
from typing import Any

import numpy as np

from ...calculus.c_kernels import TAKES
from ...calculus.onnx.functions import index_of, value_of
from ...calculus.onnx.graph import Graph
from ...calculus.onnx.symbols import Symbol, applied, as_number, reduced
from ...calculus.operations import POLYGAMMA
from ..grouping import DOTS, Group, Index, Plan
from ..numpy_executor import Array
from .names import identifier
from .source import Source, check_operations, with_constants

NUMBERS = re.compile(r"(\d+)")
FEW = 4                                 # products, which are added one by one instead of in a stack


def save(path: str | PathLike[str], source: Source, opset: int | None, overwrite: bool) -> None:
    """Write a tape to an ONNX file; see Tape.to_onnx."""
    check_operations(source.program, "ONNX")
    graph = Graph(source.dtype, opset)
    plan = Plan(with_constants(source.program, source.numbers()))
    y = _Writer(graph, plan, _Names(source.labels)).outputs()
    count = len(source.program.outputs)
    shape = [count] if source.several else []
    if not source.several:
        y = graph.add("Squeeze", y, graph.constant(np.array([1])))
    graph.save(path, len(source.inputs), y, shape, {"inputs": list(source.inputs)}, overwrite)


class _Names:
    """Names for the arrays of parameters in the file, made of the parameters' labels."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels

    def of(self, scalars: Index, fallback: str) -> str:
        """For an array of scalars: their label, without the numbers in it that differ.

        layer1.neuron1.w[0], layer1.neuron2.w[0], … give layer1_neuron_w. The fallback where labels differ otherwise,
        and "" where not all are parameters.
        """
        places = scalars.ravel().tolist()
        if max(places) >= len(self._labels):                    # the parameters are the first scalars
            return ""
        labels = [NUMBERS.split(self._labels[place]) for place in places]
        first = labels[0]
        if any(label[::2] != first[::2] for label in labels):
            return fallback
        parts = zip(*labels, strict=True)
        same = "".join([part[0] if k % 2 == 0 or len({*part}) == 1 else "" for k, part in enumerate(parts)])
        return identifier(same, (), fallback)


class _Writer:
    """Writes the groups of a plan into a graph."""

    def __init__(self, graph: Graph, plan: Plan, names: _Names) -> None:
        self.graph, self.plan, self.names = graph, plan, names
        self._matrices: dict[tuple[Any, ...], str] = {}
        self.scalars = plan.constants
        self.copies = self.scalars[plan.copied]
        self.blocks: list[Symbol | None] = [Symbol(graph, "X", True, plan.inputs), None]       # None: of scalars
        self.begins = [0, plan.inputs]
        end = plan.inputs + len(self.copies)
        for group in plan.groups()[1]:
            self.blocks.append(self._block(group))
            self.begins.append(end)
            end += group.length

    def outputs(self) -> str:
        """The name of the tensor (batch, outputs)."""
        return self._columns(self.plan.outputs).name

    def _block(self, group: Group) -> Symbol:
        """The results of a group, (batch, length)."""
        operands = self.plan.operands(group)
        if group.opcode == TAKES:
            block = self._takes(group, operands)
        elif group.opcode != DOTS:
            block = self._elementwise(group, operands)
        else:
            is_neuron = group.length == 1 and group.size == 2 * group.weights + 1 > 3
            block = self._layer(group, operands) if group.layer >= 0 or is_neuron else self._dots(group, operands)
        return self._spread(block, group.length)

    # ---- the kinds of groups

    def _elementwise(self, group: Group, operands: Index) -> Symbol:
        operation = self.plan.operations[group.opcode]
        if operation.is_nary:
            found = value_of(operation, [self._stack(operands)])
            return as_number(found, self.graph).reshaped(depth=0)
        if operation is POLYGAMMA and group.length > 1:         # their orders may be different numbers
            columns = [
                self._spread(as_number(value_of(operation, self._each(column)), self.graph), 1)
                for column in np.hsplit(operands, group.length)
            ]
            return self._joined(columns)
        return as_number(value_of(operation, self._each(operands)), self.graph)

    def _each(self, operands: Index) -> list[Any]:
        return [self._operand(places) for places in operands]

    def _layer(self, group: Group, operands: Index) -> Symbol:
        """A product of matrices: dots of weights with the same rows, or one dot of them."""
        n = group.weights
        weights, rows, bias = operands[:n].T, operands[n : 2 * n, 0], operands[2 * n]
        inputs = [self._columns(rows).name, self._matrix(weights, "w")]
        if not _is_neutral(self.scalars[bias]):
            inputs.append(self._matrix(bias, "b"))
        return Symbol(self.graph, self.graph.add("Gemm", *inputs, transB=1), True, group.length)

    def _matrix(self, scalars: Index, fallback: str) -> str:
        """The name of an initializer in the shape of the places of its numbers; one for all uses of the same ones."""
        key = scalars.shape, scalars.tobytes()
        if key not in self._matrices:
            name, numbers = self.names.of(scalars, fallback), self.scalars[scalars]
            self._matrices[key] = self.graph.parameter(name, numbers) if name else self.graph.constant(numbers)
        return self._matrices[key]

    def _dots(self, group: Group, operands: Index) -> Symbol:
        """Sums of products: of weights with rows, and of left with right factors, which are rows."""
        n, half = group.weights, group.size // 2
        weights, left, rows, right, (bias,) = np.split(operands, [n, half, half + n, 2 * half])
        sums = self._weighted(self.scalars[weights], rows) if n else []
        if half - n > FEW:
            sums.append(_sum_of_stack(applied("Mul", self._stack(left), self._stack(right))))
        else:
            sums += [self._operand(x) * self._operand(y) for x, y in zip(left, right, strict=True)]
        if not _is_neutral(self.scalars[bias]):
            sums.insert(0, self._operand_of(self.scalars[bias]))
        total: Symbol = reduce(add, sums)
        return total

    def _weighted(self, weights: Array, rows: Index) -> list[Any]:
        """Weights times rows: the terms of their sum."""
        if len(weights) <= FEW:
            return [_scaled(self._operand_of(w), self._operand(x)) for w, x in zip(weights, rows, strict=True)]
        factors = Symbol(self.graph, self.graph.constant(weights.T[np.newaxis]), False, *weights.T.shape)
        return [_sum_of_stack(applied("Mul", self._stack(rows), factors))]

    def _takes(self, group: Group, operands: Index) -> Symbol:
        """Values at an index: of scalars, or of rows. A wrong index is one that runtimes refuse."""
        *taken, places = operands
        n, values = len(taken), np.array(taken)
        index = index_of(as_number(self._operand(places), self.graph), n)
        add_node = self.graph.add
        if group.weights:
            table = self._matrix(values, "table")
            if index.width == 1:
                index_name = add_node("Squeeze", index.name, self.graph.constant(np.array([1])))
                return Symbol(self.graph, add_node("Gather", table, index_name, axis=0), True, group.length)
            name = add_node("GatherElements", table, index.name, axis=0)
            return Symbol(self.graph, name, True, group.length)
        stack = self._stack(values)
        wide = self._spread(index, group.length)
        last = add_node("Unsqueeze", wide.name, self.graph.constant(np.array([2])))
        name = add_node("GatherElements", stack.name, last, axis=2)
        return Symbol(self.graph, name, True, group.length, 1).reshaped(depth=0)

    # ---- operands

    def _operand(self, places: Index) -> Any:
        """An operand of each instruction: columns, one column for all if they have the same, or constants."""
        first = int(places[0])
        if self._is_scalar(places).all():
            return self._operand_of(self.copies[places - self.plan.inputs])
        return self._columns(places[:1] if (places == first).all() else places)

    def _operand_of(self, numbers: Array) -> Any:
        """Constants: a float if all are the same."""
        bits = numbers.view(np.int64)
        if (bits == bits[0]).all():
            return float(numbers[0])
        return Symbol(self.graph, self.graph.constant(numbers[np.newaxis]), False, len(numbers))

    def _is_scalar(self, places: Index) -> Any:
        return (places >= self.plan.inputs) & (places < self.plan.inputs + len(self.copies))

    def _stack(self, places: Index) -> Symbol:
        """Operands (size, length) as (batch, length, size)."""
        return self._columns(places.T.ravel()).reshaped(depth=len(places))

    def _columns(self, places: Index) -> Symbol:
        """The numbers in these rows of the plan, as columns (batch, places)."""
        of = np.searchsorted(self.begins, places, side="right") - 1
        used = np.unique(of).tolist()
        if len(used) == 1:
            return self._from(used[0], places)
        runs = np.flatnonzero(np.diff(of)) + 1
        if len(runs) < 2 * len(used):                           # the blocks come one after the other, nearly
            parts = np.split(places, runs)
            blocks = of[[0, *runs]].tolist()
            return self._joined([self._from(block, part) for block, part in zip(blocks, parts, strict=True)])
        wanted = [np.unique(places[of == block]) for block in used]
        joined = self._joined([self._from(block, part) for block, part in zip(used, wanted, strict=True)])
        order = np.searchsorted(np.concatenate(wanted), places)
        return self._selected(joined, order)

    def _from(self, block: int, places: Index) -> Symbol:
        """Columns of one block."""
        symbol, columns = self.blocks[block], places - self.begins[block]
        if symbol is None:
            array = self.copies[columns][np.newaxis]
            return self._spread(Symbol(self.graph, self.graph.constant(array), False, len(columns)), len(columns))
        return self._selected(symbol, columns)

    def _selected(self, block: Symbol, columns: Index) -> Symbol:
        """Columns of a block: all, a slice, or columns that are gathered."""
        first, count, constant = int(columns[0]), len(columns), self.graph.constant
        if (columns == first + np.arange(count)).all():
            if count == block.width:
                return block
            limits = [constant(np.array([each])) for each in (first, first + count, 1)]
            return Symbol(self.graph, self.graph.add("Slice", block.name, *limits), True, count)
        return Symbol(self.graph, self.graph.add("Gather", block.name, constant(columns), axis=1), True, count)

    def _joined(self, blocks: Sequence[Symbol]) -> Symbol:
        if len(blocks) == 1:
            return blocks[0]
        name = self.graph.add("Concat", *(each.name for each in blocks), axis=1)
        return Symbol(self.graph, name, True, sum(each.width for each in blocks))

    def _spread(self, block: Symbol, width: int) -> Symbol:
        """A block that has all samples and columns."""
        if block.batched and block.width == width:
            return block
        batch = self.graph.add("Shape", "X")
        batch = self.graph.add("Gather", batch, self.graph.constant(np.array([0])), axis=0)
        shape = self.graph.add("Concat", batch, self.graph.constant(np.array([width])), axis=0)
        return Symbol(self.graph, self.graph.add("Expand", block.name, shape), True, width)


def _scaled(weight: Any, x: Any) -> Any:
    """weight · x; x itself for a weight of 1, and -x for -1."""
    if isinstance(weight, float) and abs(weight) == 1.0 and isinstance(x, Symbol):
        return x if weight > 0.0 else -x
    return weight * x


def _is_neutral(numbers: Array) -> bool:
    """Whether adding them changes nothing, not even -0: they are -0 themselves."""
    return bool(((numbers == 0.0) & np.signbit(numbers)).all())


def _sum_of_stack(stack: Symbol) -> Symbol:
    return reduced("ReduceSum", stack).reshaped(depth=0)
