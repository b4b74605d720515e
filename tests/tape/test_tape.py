"""The tape: numbers and gradients as in eager code, which Values get a gradient, and the other methods."""
import copy
import math
import pickle
import random

import numpy as np
import pytest
from references.tapes import METHODS, WRONG, Wave, batch, close, state, wave

import autograd_tiny as at
from autograd_tiny import Tape, Value, engine_kind, gradients, nn, no_grad, operation, record

pytestmark = pytest.mark.usefixtures("each_simd")

INF, NAN = math.inf, math.nan


# ---- worked examples

def test_the_first_example_of_the_package():
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    tape = record((a + b) * (b + c), [a, b, c])
    assert tape([[-1.0, 3.0, 4.0]]).tolist() == [14.0]
    assert tape.input_gradients([[-1.0, 3.0, 4.0]]).tolist() == [[7.0, 9.0, 2.0]]
    assert tape.inputs == ("a", "b", "c") and tape.parameters == ()


def test_the_same_with_parameters():
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    tape = record((a + b) * (b + c), c)
    assert tape.parameters == (a, b) and tape.inputs == ("c",)
    assert tape.backward([4.0]) == 14.0
    assert (a.grad, b.grad, c.grad) == (7.0, 9.0, 0.0)
    assert a.reached and b.reached and not c.reached


def test_a_recorded_network_against_the_batch_in_eager_code():
    """Hinge loss of 100 points and L2, as in micrograd's demo: under the mean, the L2 term counts once."""
    model = nn.MLP(2, [8, 8, 1], rng=random.Random(1))
    points = batch(100)
    labels = np.where(points[:, 0] * points[:, 1] > 0, 1.0, -1.0)
    squares = lambda: 1e-4 * at.sum([p * p for p in model.parameters()])  # noqa: E731

    x, target = [Value(0.0), Value(0.0)], Value(1.0)
    tape = record(at.relu(1 - target * model(x)) + squares(), [x, target])
    xs = np.column_stack([points, labels])

    losses = [at.relu(1 - y * model(p)) for p, y in zip(points.tolist(), labels.tolist(), strict=True)]
    loss = at.mean(losses) + squares()
    loss.backward()
    expected = [p.grad for p in model.parameters()]
    model.zero_grad()

    assert tape.backward(xs) == pytest.approx(loss.data, rel=1e-13)
    close([p.grad for p in model.parameters()], expected)
    close(tape(xs), [each.data + squares().data for each in losses])
    assert set(tape.parameters) == set(model.parameters())


def test_training_with_the_tape_ends_where_eager_training_ends():
    data = np.column_stack([batch(20), batch(20, 1, seed=1)])
    losses = []
    for recorded in (False, True):
        model = nn.MLP(2, [4, 1], rng=random.Random(3))
        x, y = [Value(0.0), Value(0.0)], Value(0.0)
        tape = record((model(x) - y) ** 2, [x, y])
        for _ in range(20):
            model.zero_grad()
            if recorded:
                loss = tape.backward(data)
            else:
                mean = at.mean([(model(row[:2]) - row[2]) ** 2 for row in data.tolist()])
                mean.backward()
                loss = mean.data
            for p in model.parameters():
                p.data -= 0.05 * p.grad
        losses.append(loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-10)


def test_a_tape_of_a_derivative():
    x = Value(0.4, "x")
    derivative = gradients(at.sin(x) * x**3, x, create_graph=True)
    tape = record(derivative, x)
    xs = [0.4, 1.3, -2.0]
    close(tape(xs), [math.cos(t) * t**3 + math.sin(t) * 3 * t**2 for t in xs])
    close(tape.input_gradients(xs)[:, 0],
          [-math.sin(t) * t**3 + 6 * math.cos(t) * t**2 + 6 * math.sin(t) * t for t in xs])


# ---- backward and value_and_grad

@pytest.mark.parametrize("weights", [[1.0, -2.0, 0.5], np.array([0.0, 0.0, 3.0]), (1, 2, 3)])
def test_weights_are_not_normalised(weights):
    its, xs = Wave(), batch(3)
    expected = np.asarray(weights) @ its.eager(xs)
    assert its.tape.backward(xs, weights) == pytest.approx(expected[0], rel=1e-13)
    close([its.w.grad, its.b.grad], expected[3:])


def test_one_weight_for_all_samples():
    its, xs = Wave(), batch(20)
    assert its.tape.backward(xs, 2.0) == pytest.approx(2.0 * its.tape(xs).sum(), rel=1e-13)


def test_backward_accumulates_gradients():
    its, xs = Wave(), batch(50)
    its.tape.backward(xs)
    once = its.w.grad, its.b.grad
    its.tape.backward(xs)
    assert (its.w.grad, its.b.grad) == (2 * once[0], 2 * once[1])
    eager = wave(Value(0.1), Value(0.2), *its.parameters)
    by_eager = gradients(eager, its.parameters)
    eager.backward()
    close([its.w.grad, its.b.grad], np.multiply(2, once) + by_eager)


@pytest.mark.parametrize("output", [0, 1])
def test_backward_without_accumulation_replaces_gradients(output):
    its, xs = Wave(outputs=2), batch(20)
    expected = its.tape.value_and_grad(xs, output=output)[1].tolist()
    for p in its.parameters:
        p.grad = 100.0
    its.tape.backward(xs, output=output, accumulate=False)
    assert [p.grad for p in its.tape.parameters] == expected


def test_zero_grad():
    its = Wave()
    its.tape.backward(batch(20))
    its.tape.zero_grad()
    assert [p.grad for p in its.parameters] == [0.0, 0.0]


@pytest.mark.parametrize("size", [1, 5, 300])
@pytest.mark.parametrize("output", [0, 1])
def test_value_and_grad_returns_the_numbers_of_backward_and_changes_no_value(size, output):
    its, xs = Wave(outputs=2), batch(size)
    before = state(*its.parameters)
    value, gradient = its.tape.value_and_grad(xs, output=output)
    assert state(*its.parameters) == before
    assert its.tape.backward(xs, output=output) == value
    assert [p.grad for p in its.tape.parameters] == gradient.tolist()


def test_value_and_grad_at_other_numbers():
    its, other, xs = Wave(), Wave(), batch(20)
    for p, x in zip(other.parameters, (1.5, -2.5), strict=True):
        p.data = x
    at_other = its.tape.value_and_grad(xs, at=[1.5, -2.5])
    assert repr(at_other) == repr(other.tape.value_and_grad(xs))
    assert its.tape.backward(xs) != at_other[0]
    for bad in ([1.0], [[1.0, 2.0]], ["a", "b"], [None, 1.0]):
        with pytest.raises(WRONG, match="at"):
            its.tape.value_and_grad(xs, at=bad)


def test_a_returned_gradient_does_not_change_later():
    its, xs = Wave(), batch(20)
    _, first = its.tape.value_and_grad(xs)
    kept = first.copy()
    its.tape.value_and_grad(2.0 * xs)
    its.tape.backward(3.0 * xs)
    assert first.tolist() == kept.tolist()


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_value_and_grad_without_checks(size, outputs):
    its, xs = Wave(outputs), batch(size)
    before = state(*its.parameters)
    for weights in (1.0 / size, 2.0, batch(size, 1)[:, 0].copy()):
        for at_numbers in (None, np.array([1.5, -2.5])):
            for threads in (1, 2):
                expected = its.tape.value_and_grad(xs, weights, at=at_numbers, threads=threads)
                found = its.tape.value_and_grad_unchecked(xs, weights, at_numbers, threads)
                assert repr(found) == repr(expected)
    assert state(*its.parameters) == before


def test_values_and_input_gradients_together():
    its, xs = Wave(), batch(20)
    values, derivatives = its.tape.values_and_input_gradients(xs)
    close(values, its.tape(xs), 1e-15)
    assert derivatives.tolist() == its.tape.input_gradients(xs).tolist()


def test_parameters_are_read_at_each_call():
    its, xs = Wave(), batch(5)
    for w in (0.7, -3.0, 0.0):
        its.w.data = w
        close(its.tape(xs), its.eager(xs)[:, 0])


def test_two_parameters_may_hold_the_same_number_at_first():
    u, v, x = Value(1.0, "u"), Value(1.0, "v"), Value(2.0, "x")
    tape = record(u * x - v * x, x)
    v.data = 3.0
    assert tape([2.0]).tolist() == [-4.0]


def test_special_numbers_come_through():
    x, y = Value(1.0), Value(1.0)
    tape = record([x + y, x * y, at.exp(x), at.log(x), 1 / x, at.maximum(x, y)], [x, y])
    with np.errstate(all="raise"):
        found = tape([[INF, 1.0], [NAN, 1.0], [0.0, INF], [-0.0, 5e-324], [1e200, 1e200]])
        for method in METHODS.values():
            method(tape, [[0.0, NAN], [INF, -INF]])
    np.testing.assert_allclose(found, [
        [INF, INF, INF, INF, 0.0, INF],
        [NAN, NAN, NAN, NAN, NAN, NAN],
        [INF, NAN, 1.0, -INF, INF, INF],
        [5e-324, -0.0, 1.0, -INF, -INF, 5e-324],
        [2e200, INF, INF, math.log(1e200), 1e-200, 1e200],
    ], rtol=1e-15, atol=0)


def test_a_deep_graph_and_a_long_sum():
    """No recursion, in recording and in replay."""
    x, w = Value(0.5, "x"), Value(0.3, "w")
    deep = long = x * w
    for i in range(5000):
        deep = at.sin(deep) + x
        long = long + x * float(i)
    tape = record([deep, long], x)
    expected = [deep.data, long.data]
    close(tape([0.5])[0] / expected, [1.0, 1.0])
    close(tape.jacobian([0.5])[0, :, 0] / [gradients(f, x) for f in (deep, long)], [1.0, 1.0], 1e-9)


# ---- shapes

def test_one_output_and_several():
    one, two = Wave().tape, Wave(outputs=2).tape
    xs = batch(7)
    assert one(xs).shape == (7,) and two(xs).shape == (7, 2)
    assert one.jacobian(xs).shape == (7, 2) and two.jacobian(xs).shape == (7, 2, 2)
    for tape in (one, two):
        assert tape.input_gradients(xs).shape == (7, 2)
        assert [a.shape for a in tape.jvp(xs, xs)] == [tape(xs).shape] * 2
        assert {a.dtype for a in (tape(xs), tape.jacobian(xs), tape.input_gradients(xs))} == {np.dtype(float)}
    assert two(xs)[:, 0].tolist() == pytest.approx(one(xs).tolist(), rel=1e-13)


@pytest.mark.parametrize("made", [list, tuple, lambda xs: np.array(xs, object)])
def test_outputs_and_inputs_in_any_sequence(made):
    x, y = Value(1.0, "x"), Value(2.0, "y")
    tape = record(made([x * y, x + y, x, x * y]), made([x, y]))
    assert tape([[3.0, 5.0]]).tolist() == [[15.0, 8.0, 3.0, 15.0]]
    assert tape.jacobian([[3.0, 5.0]]).tolist() == [[[5.0, 3.0], [1.0, 1.0], [1.0, 0.0], [5.0, 3.0]]]


def test_inputs_in_any_nesting():
    a, b, c, d = (Value(1.0, name) for name in "abcd")
    tape = record(a + 10 * b + 100 * c + 1000 * d, [[a, [b]], np.array([[c], [d]], object)])
    assert tape.inputs == ("a", "b", "c", "d")
    assert tape([[1.0, 2.0, 3.0, 4.0]]).tolist() == [4321.0]


def test_inputs_have_names_also_without_labels():
    x, y = Value(1.0), Value(2.0, "speed")
    names = record(x * y, [x, y]).inputs
    assert type(names) is tuple and names[1] == "speed"
    assert all(type(name) is str and name for name in names) and len(set(names)) == 2


# ---- which Values get a gradient

def test_an_input_that_is_not_used_has_a_zero_column():
    x, y, z = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "z")
    tape = record([x * z, z], [x, y, z])
    xs = [[2.0, NAN, 5.0], [INF, 0.0, 7.0]]
    assert tape.inputs == ("x", "y", "z")
    assert tape(xs).tolist() == [[10.0, 5.0], [INF, 7.0]]
    assert tape.input_gradients(xs).tolist() == [[5.0, 0.0, 2.0], [7.0, 0.0, INF]]
    assert tape.jacobian(xs)[:, 1].tolist() == [[0.0, 0.0, 1.0]] * 2


def test_inputs_and_parameters_as_outputs():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    tape = record([x, w, w * 3.0, x * w], x)
    assert tape([5.0, 6.0]).tolist() == [[5.0, 2.0, 6.0, 10.0], [6.0, 2.0, 6.0, 12.0]]
    assert tape.jacobian([5.0])[0, :, 0].tolist() == [1.0, 0.0, 0.0, 2.0]
    assert [tape.backward([5.0, 6.0], output=k) for k in range(4)] == [5.5, 2.0, 6.0, 11.0]
    assert w.grad == 1.0 + 3.0 + 5.5
    assert record(x, x)([4.0]).tolist() == [4.0]


def test_each_output_reaches_its_own_parameters():
    x, u, v = Value(1.0, "x"), Value(2.0, "u"), Value(3.0, "v")
    tape = record([u * x, v * x], x)
    tape.backward([7.0], output=1)
    assert (u.grad, u.reached) == (0.0, False) and (v.grad, v.reached) == (7.0, True)


def test_inputs_get_no_grad():
    its = Wave()
    before = state(its.x, its.y)
    for method in METHODS.values():
        method(its.tape, batch(3))
    assert state(its.x, its.y) == before


@pytest.mark.parametrize("name", [name for name in METHODS if name != "backward"])
def test_only_backward_changes_parameters(name):
    its = Wave()
    before = state(*its.parameters)
    METHODS[name](its.tape, batch(3))
    assert state(*its.parameters) == before


def test_inputs_that_require_no_gradient():
    """Targets are made so; the derivative with respect to them exists all the same."""
    x, target = Value(1.0, requires_grad=False), Value(0.0, requires_grad=False)
    w = Value(2.0)
    tape = record((w * x - target) ** 2, [x, target])
    assert tape.input_gradients([[3.0, 1.0]]).tolist() == [[20.0, -10.0]]
    tape.backward([[3.0, 1.0]])
    assert w.grad == 30.0


def test_a_value_may_be_a_parameter_here_and_an_input_there():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    first, second = record(w * x, x), record(w * w + x, w)
    assert first.parameters == (w,) and second.parameters == (x,)
    assert second([5.0]).tolist() == [28.0] and first([1.0]).tolist() == [2.0]
    w.data, x.data = 10.0, 1.0
    assert second([5.0]).tolist() == [26.0] and first([1.0]).tolist() == [10.0]
    first.backward([4.0])
    second.backward([4.0])
    assert (w.grad, x.grad) == (4.0, 1.0)


def test_two_tapes_share_their_parameters():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    first, second = record(w * x, x), record(at.exp(w) - x, x)
    first.backward([4.0])
    second.backward([4.0])
    assert w.grad == pytest.approx(4.0 + math.exp(2.0), rel=1e-14)


def test_the_graph_that_was_recorded_stays_usable():
    its = Wave()
    f = wave(its.x, its.y, its.w, its.b)
    expected = gradients(f, [its.x, its.y, its.w, its.b])
    tape = record(f, [its.x, its.y])
    tape([[9.0, 9.0]])
    assert gradients(f, [its.x, its.y, its.w, its.b]) == expected
    assert its.x.data == 0.3


def test_inside_no_grad():
    its, xs = Wave(), batch(3)
    with no_grad():
        loss = its.tape.backward(xs)
    assert loss == pytest.approx(its.eager(xs)[:, 0].mean()) and its.w.grad != 0.0


def test_frozen_parameters_keep_their_gradient_whatever_is_asked():
    x, a, b = Value(1.0), Value(2.0), Value(3.0)
    tape = record([a * x, b * x + a], x)
    a.grad, b.grad, a.requires_grad = 5.0, 7.0, False
    tape.backward([1.0], output=1, accumulate=False)
    assert (a.grad, b.grad) == (5.0, 1.0)
    tape.backward([1.0], output=0, accumulate=False)
    assert (a.grad, b.grad) == (5.0, 0.0)


# ---- operations of one's own

def test_operations_of_users():
    @operation(lambda x, f: 3 * x**2)
    def cube(x):
        return x**3

    x, w = Value(1.0), Value(2.0)
    tape = record(at.sin(cube(x * w)), x)
    xs = [0.1, -0.5, 1.2]
    close(tape(xs), [math.sin(8 * t**3) for t in xs])
    close(tape.input_gradients(xs)[:, 0], [math.cos(8 * t**3) * 24 * t**2 for t in xs])
    tape.backward(xs, [1.0, 2.0, 3.0])
    close(w.grad, sum(k * math.cos(8 * t**3) * 12 * t**3 for k, t in zip((1, 2, 3), xs, strict=True)))


def test_an_operation_that_fails_in_the_middle_changes_nothing():
    class BrokenError(Exception):
        pass

    def derivative(x, f):
        if x < 0:
            raise BrokenError
        return 1.0

    @operation(derivative)
    def fragile(x):
        if x > 100:
            raise BrokenError
        return x

    w, x = Value(2.0), Value(1.0)
    tape = record(fragile(x * w) * w, x)
    tape.backward([1.0, 2.0])
    before = state(w)
    for xs in ([1.0] * 300 + [200.0], [1.0] * 300 + [-1.0]):
        with pytest.raises(BrokenError):
            tape.backward(xs)
        assert state(w) == before
    assert tape.backward([1.0]) == 4.0


# ---- descriptions and copies

def test_it_is_a_tape():
    its = Wave()
    assert type(its.tape) is Tape and its.tape.parameters == its.parameters
    assert its.tape.backend == {"native": "native", "pure": "numpy"}[engine_kind()]
    assert "Tape" in repr(its.tape) and str(len(its.tape)) in repr(its.tape)


def test_a_tape_can_be_pickled_and_copied():
    its, xs = Wave(outputs=2), batch(20)
    for other in (pickle.loads(pickle.dumps(its.tape)), copy.deepcopy(its.tape)):
        assert other(xs).tolist() == its.tape(xs).tolist() and other.listing() == its.tape.listing()
        assert not {*map(id, other.parameters)} & {*map(id, its.tape.parameters)}
    assert copy.copy(its.tape).parameters == its.tape.parameters


def test_the_package_of_the_tape_has_its_public_names():
    import autograd_tiny.tape as package

    assert package.Tape is Tape and package.record is record


# ---- what the executors rely on can't be exchanged

@pytest.mark.parametrize("name", ["parameters", "inputs", "program"])
def test_the_parts_of_a_tape_cannot_be_assigned(name):
    tape = Wave().tape
    tape(batch(2))
    with pytest.raises(AttributeError, match=name):
        setattr(tape, name, getattr(tape, name) * 2 if name != "program" else None)
    assert len(tape.parameters) == 2 and tape(batch(2)).shape == (2,)


def test_a_tape_made_by_hand_with_other_parameters_does_not_run():
    tape = Wave().tape
    for parameters in ((), tape.parameters * 50, (1.5, 1.5)):
        other = Tape(tape.program, parameters, tape.inputs, ["w", "b"], False)
        for run in (other, other.backward, other.value_and_grad):
            with pytest.raises(WRONG):
                run(batch(3))


# ---- higher derivatives

def test_the_shapes_of_higher_derivatives():
    one = record(lambda x, y: x * y, 1.0, 2.0)
    several = record(lambda x, y: [x * y, x * x, y**3], 1.0, 2.0)
    xs = batch(4)
    assert one.gradient()(xs).shape == several.gradient(2)(xs).shape == (4, 2)
    assert one.hessian(xs).shape == (4, 2, 2) and several.hessian(xs).shape == (4, 3, 2, 2)
    assert one.hvp(xs, xs).shape == several.hvp(xs, [1.0, 0.0], output=1).shape == (4, 2)
    assert [each.shape for each in one.vjp(xs, np.ones(4))] == [(4,), (4, 2)]
    assert [each.shape for each in several.vjp(xs, np.ones((4, 3)))] == [(4, 3), (4, 2)]
    assert one.hessian([[1.0, 2.0]]).tolist() == [[[0.0, 1.0], [1.0, 0.0]]]
    assert several.hessian([[1.0, 2.0]])[0, 2].tolist() == [[0.0, 0.0], [0.0, 12.0]]
    assert several.gradient(1).gradient().inputs == ("x", "y")


def test_tapes_without_samples_have_derivatives_without_samples():
    tape = record(lambda x, y: x * y, 1.0, 2.0)
    empty = np.empty((0, 2))
    assert tape.gradient()(empty).shape == (0, 2) and tape.hessian(empty).shape == (0, 2, 2)
    assert tape.vjp(empty, np.empty(0))[1].shape == tape.hvp(empty, [1.0, 1.0]).shape == (0, 2)


def test_a_vjp_of_one_vector_for_all_samples():
    tape = record(lambda x, y: [x * y, x], 1.0, 2.0)
    xs = batch(5)
    close(tape.vjp(xs, [2.0, -1.0])[1], np.stack([2 * xs[:, 1] - 1, 2 * xs[:, 0]], axis=1))


def test_second_derivatives_of_parameters_that_change():
    w = Value(2.0, "w")
    tape = record(lambda x: w * x * x, 1.0)
    assert tape.hessian([1.0]).tolist() == [[[4.0]]] and tape.hvp([1.0], [3.0]).tolist() == [[12.0]]
    w.data = 5.0
    assert tape.hessian([1.0]).tolist() == [[[10.0]]] and tape.hvp([1.0], [3.0]).tolist() == [[30.0]]
    assert w.grad == 0.0


@pytest.mark.parametrize("call", [
    lambda tape: tape.gradient(2), lambda tape: tape.gradient(-1), lambda tape: tape.gradient("a"),
    lambda tape: tape.hvp([[1.0, 2.0]], [1.0, 1.0], output=2), lambda tape: tape.hvp([[1.0, 2.0]], [1.0, 1.0, 1.0]),
    lambda tape: tape.vjp([[1.0, 2.0]], [1.0]), lambda tape: tape.vjp([[1.0, 2.0]], [["a", "b"]]),
    lambda tape: tape.hessian([[1.0, 2.0]], threads=0), lambda tape: tape.hessian([[1.0]]),
    lambda tape: tape.hvp([[1.0, 2.0]], [1.0, 1.0], output=[1]),
])
def test_arguments_of_higher_derivatives_that_do_not_fit(call):
    tape = record(lambda x, y: [x * y, x], 1.0, 2.0)
    with pytest.raises(WRONG):
        call(tape)
    assert not tape._derivatives


def test_higher_derivatives_that_are_not_finite():
    tape = record(lambda x: at.sqrt(x), 1.0)
    assert tape.hessian([0.0])[0, 0, 0] == -INF
    for call in (lambda: tape.hessian([0.0], check_finite=True), lambda: tape.vjp([0.0], [1.0], check_finite=True),
                 lambda: tape.hvp([0.0], [1.0], check_finite=True)):
        with pytest.raises(FloatingPointError):
            call()


def test_the_jacobian_and_the_hessian_of_one_output():
    tape = record(lambda x, y: [x * y, at.sin(x) * y**2, 3.0], 0.5, 0.5)
    xs = batch(5, 2)
    for method in (tape.jacobian, tape.hessian):
        whole = method(xs)
        np.testing.assert_array_equal(method(xs, "all"), whole)
        for k in range(3):
            np.testing.assert_array_equal(method(xs, k), whole[:, k])
            np.testing.assert_array_equal(method(xs, output=k, threads=2), whole[:, k])
        for wrong in (3, -1, True, "every", None, 0.0):
            with pytest.raises(ValueError, match="but the tape has the outputs 0 to 2"):
                method(xs, wrong)
    one = record(lambda x: x**3, 2.0)
    assert one.jacobian([2.0], 0).tolist() == one.jacobian([2.0]).tolist() == [[12.0]]
    assert one.hessian([2.0], 0).tolist() == one.hessian([2.0]).tolist() == [[[12.0]]]
