"""Random programs and their derivatives of orders 1, 2 and 3: tapes of gradients against eager code and dual numbers.

Eager code computes the same derivatives with graphs of gradients. How far roundings may carry two such results apart is
followed through the eager graph: each result adds a few ulp of its own to what its operands pass on.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from references.operations import ROWS, comfortable, perform, same
from references.programs.random_graphs import Program, on_leaves
from references.programs.random_tapes import (
    FUNCTIONS, SUMS, Judge, Recorded, examples, is_near, operands_of, points, seeds, special_points, tame, terms,
    wild,
)
from references.selections import WITH_INFINITE_DERIVATIVES, nested
from references.tapes import batch, close, executors

import autograd_tiny as at
from autograd_tiny import Tape, Value, gradients, record, topological_order
from autograd_tiny.transforms import functional

ULP = 2.0**-52
Changed = Callable[[Tape], Tape]


def spread(output: Value) -> float:
    """How far roundings of 4 ulp in each result of a graph can move its output, to first order."""
    spreads: dict[int, float] = {}
    for node in topological_order(output):
        own = abs(node.data)
        if node.op in SUMS or node.operation.name in SUMS:
            numbers = [x.data if type(x) is Value else x for x in node.operands]
            own = sum(map(abs, terms(node.operation.name, numbers)))
        passed = sum(
            abs(local) * spreads[id(x)]
            for x, local in zip(node.operands, node.local_grads, strict=True) if type(x) is Value and local
        )
        spreads[id(node)] = passed + (4 * ULP * own if node.operands else 0.0)
    return spreads[id(output)]


def check(found: float, eager: Value) -> None:
    if same(found, eager.data):
        return
    limit = 1e3 * spread(eager) + 1e-300
    if math.isfinite(limit) and limit < 1e-3 * max(1.0, abs(eager.data)):
        assert abs(found - eager.data) <= limit, (found, eager.data, limit)


def test_the_judge_knows_the_spread_of_a_difference() -> None:
    x = Value(1e8)
    assert spread((x * x + 1.0) - x * x) > 1.0
    assert spread(x * x) < 1e2


# ---- order 1: the judge of tapes

@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@examples
@given(st.data())
def test_a_tape_of_the_gradient(programs: Any, make: Callable[..., Any], data: st.DataObject) -> None:
    program = data.draw(programs)
    samples = make(program, data.draw(seeds), 5)
    tape = Recorded(program, range(len(program.leaves))).tape.gradient()
    last = len(program.leaves) + len(program.steps) - 1
    for point, row in zip(samples.tolist(), tape(samples), strict=True):
        judge = Judge(program, point)
        for leaf, derivative in enumerate(row):
            judge.gradient(last, leaf, derivative)


# ---- orders 1, 2 and 3: against eager code, and against dual numbers

@examples
@given(tame, seeds)
def test_three_orders_against_eager_code(program: Program, seed: int) -> None:
    n = len(program.leaves)
    tape = Recorded(program, range(n)).tape
    first = tape.gradient()
    second = first.gradient(seed % n)
    third = second.gradient(seed // 7 % n)
    leaves = [Value(x) for x in program.leaves]
    eager = gradients(on_leaves(program, leaves)[-1], leaves, create_graph=True)
    eager_second = gradients(eager[seed % n], leaves, create_graph=True)
    eager_third = gradients(eager_second[seed // 7 % n], leaves, create_graph=True)
    for order, graph in ((first, eager), (second, eager_second), (third, eager_third)):
        for found, expected in zip(order([program.leaves])[0], graph, strict=True):
            check(found, expected)
    hessian = tape.hessian([program.leaves])[0]
    for found, expected in zip(hessian[seed % n], eager_second, strict=True):
        check(found, expected)


@examples
@given(tame, seeds)
def test_two_orders_against_dual_numbers(program: Program, seed: int) -> None:
    n = len(program.leaves)
    tape = Recorded(program, range(n)).tape
    direction = np.random.default_rng(seed).normal(size=n).tolist()
    leaves = [Value(x) for x in program.leaves]

    def f(*xs: Any) -> Any:
        return on_leaves(program, xs)[-1]

    def along(*xs: Any) -> Any:
        return functional.jvp(f, xs, (*direction,))[1]

    def twice(*xs: Any) -> Any:
        return functional.jvp(along, xs, (*direction,))[1]

    scale = max(1.0, *map(abs, direction)) ** 2
    graph = [
        at.dot(direction, gradients(each, leaves, create_graph=True))
        for each in gradients(on_leaves(program, leaves)[-1], leaves, create_graph=True)
    ]
    limit = 1e3 * scale * sum(map(spread, graph)) + 1e-300
    if limit < 1e-3:
        products = tape.hvp([program.leaves], direction)[0]
        assert abs(float(products @ direction) - twice(*program.leaves)) <= limit


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_the_functional_derivatives(name: str) -> None:
    f, n = FUNCTIONS[name]
    samples, vectors = batch(6, n, seed=3), batch(6, n, seed=4)
    tape = record(f, [0.3 + 0.2 * i for i in range(n)])
    as_array = lambda x: np.array(f(list(x)))  # noqa: E731
    hessian = tape.hessian(samples)
    several = len(tape.program.outputs) > 1
    cotangents = batch(6, len(tape.program.outputs), seed=5) if several else batch(6, 1, seed=5)[:, 0]
    values, products = tape.vjp(samples, cotangents)
    close(values, tape(samples))
    for i, x in enumerate(samples):
        _, pull_back = functional.vjp(as_array, x)
        close(products[i], pull_back(np.asarray(cotangents[i]) if several else cotangents[i])[0])
        expected = functional.hessian(as_array)(x)
        close(hessian[i], expected)
        for k in range(len(tape.program.outputs)):
            matrix = expected[k] if several else expected
            close(tape.hvp(samples[i : i + 1], vectors[i], output=k)[0], matrix @ vectors[i])


# ---- every row of the calculus

@pytest.mark.parametrize("name", ROWS)
def test_the_gradient_of_each_row_at_its_edges(name: str) -> None:
    for count, rows in operands_of(name).items():
        leaves = [Value(0.4 + 0.1 * i) for i in range(count)]
        derivatives = record(perform(name, leaves), leaves).gradient()(rows).tolist()
        for xs, found in zip(rows, derivatives, strict=True):
            node = perform(name, [Value(x) for x in xs])
            for derivative, eager in zip(found, node.local_grads, strict=True):
                assert is_near(name, derivative, eager, xs, {}) or abs(derivative - eager) <= 1e-9 * abs(eager), (
                    xs, derivative, eager,
                )


@pytest.mark.parametrize("name", ROWS)
def test_the_second_and_third_derivatives_of_each_row(name: str) -> None:
    for xs in comfortable(name):
        leaves = [Value(x) for x in xs]
        first = gradients(perform(name, leaves), leaves, create_graph=True)
        tape = record(perform(name, leaves), leaves).gradient()
        for k, each in enumerate(first):
            second = gradients(each, leaves, create_graph=True) if each.requires_grad else [Value(0.0)] * len(xs)
            found = tape.gradient(k)
            for j, (derivative, eager) in enumerate(zip(found([xs])[0], second, strict=True)):
                check(derivative, eager)
                third = gradients(eager, leaves) if eager.requires_grad else [0.0] * len(xs)
                close(found.gradient(j)([xs])[0], third, 1e-9)


# ---- selections: exactly 0 for what was not selected, at every order

@executors
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_what_was_not_selected_gets_exactly_0(name: str, order: int, on: Changed) -> None:
    for case in nested(name)[:: 1 if order == 1 else 5]:
        k = case.selection.unselected[0]
        leaves = [Value(x) for x in case.numbers]
        tape = record(case.build(leaves), leaves)
        for _ in range(order - 1):
            tape = only(tape.gradient(), k)
        found = on(tape.gradient())
        for size in (1, 9):
            assert (found(np.tile(case.numbers, (size, 1)))[:, k] == 0.0).all(), (case.title, k)


def only(tape: Tape, output: int) -> Tape:
    """A tape of one of the outputs."""
    return Tape(tape.program.of_output(output), tape.parameters, tape.inputs, [], False)


@executors
@pytest.mark.parametrize("make", [
    lambda x: at.log(at.relu(x)), lambda x: 1.0 / at.clip(x, 0.0, 10.0), lambda x: at.sqrt(at.maximum(x, 0.0)),
    lambda x: at.max([x, 0.0]) ** 0.5, lambda x: at.log(at.where(at.greater(x, 0.0), x, 0.0)),
])
def test_the_sides_of_a_selection_at_three_orders(make: Callable[[Value], Value], on: Changed) -> None:
    x = Value(2.0)
    first = record(make(x), x).gradient()
    for tape in (first, first.gradient(), first.gradient().gradient()):
        on(tape)
        for size in (1, 9):
            assert (tape([-1.0] * size) == 0.0).all()
            assert (tape([2.0] * size) != 0.0).all()


@pytest.mark.parametrize(("make", "number"), [
    (lambda x: at.where(at.greater(x, 0.0), at.sqrt(x), x), 0.0),
    (lambda x: at.sqrt(x * 0.0), 1.0), (lambda x: at.sqrt(at.abs(x)), 0.0),
    (lambda x: at.log(at.leaky_relu(x, 0.0)), -1.0), (lambda x: at.log(at.elu(x, 0.0)), -1.0),
])
def test_where_nothing_selects_nan_stays(make: Callable[..., Value], number: float) -> None:
    x = Value(number)
    assert math.isnan(record(make(x), x).gradient()([number])[0, 0])
    assert math.isnan(gradients(make(x), x))


def test_sequences_of_tapes_are_tapes() -> None:
    x, w = Value(0.5, "x"), Value(2.0, "w")
    tape = record(at.sin(w * x), x)
    third: Sequence[Tape] = [tape]
    for _ in range(4):
        third = [*third, third[-1].gradient()]
    expected = [math.sin(1.0), 2 * math.cos(1.0), -4 * math.sin(1.0), -8 * math.cos(1.0), 16 * math.sin(1.0)]
    close([float(np.ravel(each([0.5]))[0]) for each in third], expected)
    w.data = 1.0
    close(float(third[2]([0.5])[0, 0]), -math.sin(0.5))
