"""Selection on tapes: an operand that was not selected gets exactly 0, whatever arrives, in every mode and executor."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from references.operations import same, stated
from references.selections import WITH_INFINITE_DERIVATIVES, Nested, flat_uses, nested
from references.tapes import executors

import autograd_tiny as at
from autograd_tiny import Tape, Value, gradients, record

INF, NAN = math.inf, math.nan
Changed = Callable[[Tape], Tape]


def recorded(case: Nested, inputs: Sequence[int]) -> tuple[Tape, list[Value]]:
    leaves = [Value(x) for x in case.numbers]
    found = [leaves[k] for k in inputs] or [Value(1.0)]
    return record(case.build(leaves), found, [x for x in leaves if x not in found]), leaves


@executors
@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_by_inputs(name: str, on: Changed) -> None:
    for case in nested(name):
        everything = range(len(case.numbers))
        tape = on(recorded(case, everything)[0])
        for size in (1, 11):
            xs = np.tile(case.numbers, (size, 1))
            found = tape.input_gradients(xs)
            assert np.array_equal(tape.jacobian(xs), found, equal_nan=True)
            for k in case.selection.unselected:
                assert (found[:, k] == 0.0).all(), (case.title, k, found)
                along = tape.jvp(xs, np.eye(len(everything))[k])[1]
                assert (along == 0.0).all(), (case.title, k, along)
            for k in set(range(len(case.selection.numbers))) - {*case.selection.unselected}:
                expected = stated(name, case.operands)[1 + case.place]
                assert all(same(x, expected) for x in found[:, k].tolist()), (case.title, k, found)


@executors
@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_by_parameters_computed_once_or_for_each_sample(name: str, on: Changed) -> None:
    for case in nested(name):
        everything = range(len(case.numbers))
        for inputs in ([], everything[: len(case.selection.numbers)], case.selection.unselected[:1]):
            tape, leaves = recorded(case, inputs)
            on(tape)
            for size in (1, 11):
                xs = np.tile([case.numbers[k] for k in inputs] or [1.0], (size, 1))
                gradient = dict(zip(tape.parameters, tape.value_and_grad(xs)[1].tolist(), strict=True))
                for k in {*case.selection.unselected} - {*inputs}:
                    assert gradient[leaves[k]] == 0.0, (case.title, inputs, k)


@executors
@pytest.mark.parametrize("make", [
    lambda x, w: at.log(at.relu(x)) * w,
    lambda x, w: 1.0 / at.clip(x, 0.0, 10.0) + w,
    lambda x, w: at.sqrt(at.maximum(x, 0.0) * w),
    lambda x, w: at.log(at.relu(w * x + 1.0) * 2.0 + at.relu(w * x + 1.0)),     # one relu, in a sum
    lambda x, w: at.dot([w, 2.0, w], [at.log(at.relu(x)), x * 0.0, at.sqrt(at.relu(x))]),
])
def test_it_survives_sums_of_products_that_are_fused(make: Callable[..., Value], on: Changed) -> None:
    x, w = Value(-2.0), Value(3.0)
    tape = on(record(make(x, w), x))
    for size in (1, 2, 130):
        assert (tape.input_gradients([-2.0] * size) == 0.0).all()
        assert (tape.jvp([-2.0] * size, [1.0])[1] == 0.0).all()


@executors
def test_whole_layers_of_neurons(on: Changed) -> None:
    """Their products are those of matrices; nothing of a sample that selects leaks into another."""
    x = [Value(1.0), Value(2.0)]
    w = [Value(0.5 + 0.1 * k) for k in range(40)]
    hidden = [at.sqrt(at.relu(w[2 * k] * x[0] + w[2 * k + 1] * x[1])) for k in range(10)]
    tape = on(record([at.dot(w[20 + 10 * k : 30 + 10 * k], hidden) for k in range(2)], x))
    xs = np.array([[1.0, 2.0], [-1.0, -2.0], [3.0, 1.0]] * 50)
    gradients_of_inputs = tape.jacobian(xs)
    assert np.isfinite(gradients_of_inputs).all() and (gradients_of_inputs[1::3] == 0.0).all()
    assert np.isfinite(tape.value_and_grad(xs)[1]).all()
    for k in range(2):
        np.testing.assert_allclose(tape.jvp(xs, np.eye(2)[k])[1], gradients_of_inputs[:, :, k], rtol=1e-13)


@executors
@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_no_gradient_flows_through_a_derivative_that_is_0_everywhere(name: str, on: Changed) -> None:
    for case in flat_uses(name):
        n = len(case.numbers)
        for inputs in (range(n), range(1), range(0)):
            leaves = [Value(x) for x in case.numbers]
            found = [leaves[k] for k in inputs] or [Value(1.0)]
            tape = on(record(case.build(leaves), found, [x for x in leaves if x not in found]))
            for size in (1, 11):
                xs = np.tile([case.numbers[k] for k in inputs] or [1.0], (size, 1))
                assert tape.value_and_grad(xs)[1] == pytest.approx(3.0), (case.title, inputs)
                if inputs:
                    assert (tape.input_gradients(xs) == 3.0).all(), case.title
                    assert (tape.jvp(xs, np.eye(len(found))[0])[1] == 3.0).all(), case.title


@executors
def test_layers_of_which_comparisons_alone_use_a_part(on: Changed) -> None:
    """The units of one layer: a gradient flows to some of them, and none to the others."""
    x = [Value(1.0), Value(2.0)]
    w = [Value(0.5 - 0.1 * k) for k in range(20)]
    units = [at.dot(w[2 * k : 2 * k + 2], x) for k in range(10)]
    flat = at.sum([at.greater(at.sqrt(unit * 0.0), 1.0) for unit in units[:5]])
    output = at.sum([unit * unit for unit in units[5:]]) + flat
    tape = on(record(output, x))
    xs = np.array([[1.0, 2.0], [-1.0, -2.0], [3.0, 1.0]] * 50)
    expected = gradients(output, [*x, *w])
    np.testing.assert_allclose(tape.input_gradients(xs)[0], expected[:2], rtol=1e-13)
    np.testing.assert_allclose(tape.value_and_grad(xs[:1])[1], [expected[2 + w.index(p)] for p in tape.parameters])
    tape.backward(xs[:1])
    assert [p.reached for p in w] == [False] * 10 + [True] * 10


# ---- tapes of derivatives

@executors
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_tapes_of_first_and_second_derivatives(name: str, order: int, on: Changed) -> None:
    for case in nested(name)[:: 3 if order == 2 else 1]:
        k = case.selection.unselected[0]
        leaves = [Value(x) for x in case.numbers]
        found = case.build(leaves)
        for _ in range(order):
            found = gradients(found, leaves[k], create_graph=True)
        if found.requires_grad:
            tape = on(record(found, leaves))
            for size in (1, 9):
                assert (tape(np.tile(case.numbers, (size, 1))) == 0.0).all(), (case.title, k)
        assert found.data == 0.0, (case.title, k)


@executors
@pytest.mark.parametrize("make", [
    lambda x: at.log(at.relu(x)), lambda x: 1.0 / at.clip(x, 0.0, 10.0), lambda x: at.sqrt(at.maximum(x, 0.0)),
    lambda x: at.max([x, 0.0]) ** 0.5, lambda x: at.log(at.where(at.greater(x, 0.0), x, 0.0)),
])
def test_derivatives_recorded_on_one_side_and_replayed_on_the_other(
    make: Callable[[Value], Value], on: Changed
) -> None:
    x = Value(2.0)
    first = gradients(make(x), x, create_graph=True)
    tape = on(record([first, gradients(first, x, create_graph=True)], x))
    for size in (1, 9):
        assert (tape([-1.0] * size) == 0.0).all()
        assert (tape([2.0] * size) != 0.0).all()


# ---- where a product is meant, 0 · inf is nan

@executors
@pytest.mark.parametrize(("make", "number"), [
    (lambda x: at.where(at.greater(x, 0.0), at.sqrt(x), x), 0.0),       # 0 reaches sqrt, whose derivative is infinite
    (lambda x: at.sqrt(x * 0.0), 1.0),
    (lambda x: at.sqrt(at.abs(x)), 0.0),
    (lambda x: at.log(at.leaky_relu(x, 0.0)), -1.0),
    (lambda x: at.log(at.elu(x, 0.0)), -1.0),
])
def test_where_nothing_selects_nan_stays(make: Callable[..., Value], number: float, on: Changed) -> None:
    x = Value(number)
    tape = on(record(make(x), x))
    for size in (1, 9):
        assert np.isnan(tape.input_gradients([number] * size)).all()
    assert math.isnan(gradients(make(x), x))


# ---- forward: a number that does not change along a direction sends nothing

@executors
def test_a_direction_along_which_an_infinite_derivative_does_not_matter(on: Changed) -> None:
    x, y, w = Value(1.0), Value(1.0), Value(2.0)
    tape = on(record([at.sqrt(x) + y * w, x * y, at.sqrt(x) * y, at.sqrt(x * 0.0) + y], [x, y]))
    for size in (1, 9):
        found = tape.jvp([[0.0, 3.0]] * size, [0.0, 1.0])[1]
        assert found.tolist() == [[2.0, 0.0, 0.0, 1.0]] * size
        found = tape.jvp([[0.0, 3.0]] * size, [-0.0, 1.0])[1]
        assert found.tolist() == [[2.0, 0.0, 0.0, 1.0]] * size
        assert np.isnan(tape.jvp([[0.0, 3.0]] * size, [1.0, 0.0])[1][:, 3]).all()     # here 0 is a product


@executors
@pytest.mark.parametrize("size", [1, 9])
def test_infinite_weights_do_not_reach_inputs_that_do_not_change(size: int, on: Changed) -> None:
    x = [Value(0.0), Value(1.0)]
    w = [Value(INF), Value(2.0), Value(-INF), Value(-3.0)]
    tape = on(record([at.dot(w[:2], x), at.dot(w[2:], x)], x))
    assert tape.jvp([[0.0, 1.0]] * size, [0.0, 1.0])[1].tolist() == [[2.0, -3.0]] * size
    assert tape.jvp([[0.0, 1.0]] * size, [1.0, 0.0])[1].tolist() == [[INF, -INF]] * size


@executors
def test_constants_have_no_tangent_in_operations_of_many_operands(on: Changed) -> None:
    x, w = Value(2.0), Value(3.0)
    tape = on(record(at.prod([x, w, 0.5]), x))
    assert tape.jvp([INF, 2.0], [1.0])[1].tolist() == [1.5, 1.5]
    assert tape.input_gradients([INF, 2.0]).ravel().tolist() == [1.5, 1.5]


@executors
def test_no_tangent_comes_out_as_a_positive_zero(on: Changed) -> None:
    x, y = Value(1.0), Value(2.0)
    tape = on(record([x, y, at.relu(x), x * -1.0, at.greater(x, y), at.sum([x, y])], [x, y]))
    for size in (1, 9):
        found = tape.jvp([[-1.0, 2.0]] * size, [0.0, 0.0])[1]
        assert not found.any() and not np.signbit(found).any()
