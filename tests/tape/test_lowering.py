"""Lowering: a program is as short as the numbers allow, however the function was written."""
import math
import random

import numpy as np
import pytest
from references.tapes import close, leaves

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, record
from autograd_tiny.tape.grouping import Plan

SUMS_OF_PRODUCTS = {
    "dot": lambda w, x, b: at.dot(w, x, b),
    "a chain": lambda w, x, b: w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3] + b,
    "a chain from the right": lambda w, x, b: b + (w[0] * x[0] + (w[1] * x[1] + (w[2] * x[2] + x[3] * w[3]))),
    "pairs": lambda w, x, b: (w[0] * x[0] + w[1] * x[1]) + (w[2] * x[2] + w[3] * x[3]) + b,
    "sum": lambda w, x, b: at.sum([*(u * v for u, v in zip(w, x, strict=True)), b]),
    "Python's sum": lambda w, x, b: sum(u * v for u, v in zip(w, x, strict=True)) + b,
    "Python's sum from the bias": lambda w, x, b: sum((u * v for u, v in zip(w, x, strict=True)), b),
    "inputs first": lambda w, x, b: x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3] + b,
    "+=": lambda w, x, b: in_a_loop(w, x, b),
    "nn.Neuron": lambda w, x, b: neuron(w, b)(x),
    "NumPy's @": lambda w, x, b: np.array(w) @ np.array(x) + b,
}


def in_a_loop(w, x, b):
    total = b
    for u, v in zip(w, x, strict=True):
        total += u * v
    return total


def neuron(w, b):
    made = nn.Neuron(len(w), nonlin=False)
    made.w, made.b = w, b
    return made


# ---- dead code, constants, common subexpressions

def test_dead_code_is_not_on_the_tape():
    def lean(x):
        return at.sin(x) * x

    def fat(x):
        unused = at.gelu(x * 7.0)
        at.atan2(unused, x)
        return at.sin(x) * x

    tapes = record(lean, 0.5), record(fat, 0.5)
    assert len(tapes[0]) == len(tapes[1])
    assert "gelu" not in tapes[1].listing() and "atan2" not in tapes[1].listing()


def test_constants_are_folded():
    x = Value(0.5, "x")
    constant = Value(3.0, requires_grad=False)
    by_hand = record(x * (2.0 * math.exp(3.0)), x)
    folded = record(x * (at.exp(constant) * 2.0), x)
    assert len(folded) == len(by_hand) and "exp" not in folded.listing()
    assert folded([1.5]).tolist() == by_hand([1.5]).tolist()
    assert folded.parameters == ()


def test_common_subexpressions_are_shared():
    x, w = leaves("x", "w")
    middle = at.tanh(x * w)
    shared = record(at.exp(middle) + at.sin(middle), x)
    repeated = record(at.exp(at.tanh(x * w)) + at.sin(at.tanh(x * w)), x)
    assert len(shared) == len(repeated)
    assert repeated.listing().count("tanh") == shared.listing().count("tanh")
    assert shared([0.1, 2.0]).tolist() == repeated([0.1, 2.0]).tolist()


def test_equal_numbers_with_different_signs_are_not_shared():
    x = Value(1.0)
    tape = record([x / Value(0.0, requires_grad=False), x / Value(-0.0, requires_grad=False)], x)
    assert tape([1.0]).tolist() == [[math.inf, -math.inf]]


def test_operations_that_differ_are_not_shared():
    x = Value(0.5)
    tape = record([at.leaky_relu(x, 0.1), at.leaky_relu(x, 0.2), x / 3.0, 3.0 / x, x - 1.0, 1.0 - x], x)
    found = tape([-2.0])[0]
    assert found.tolist() == pytest.approx([-0.2, -0.4, -2.0 / 3.0, -1.5, -3.0, 3.0], rel=1e-15)


def test_an_operation_of_one_operand_is_one_instruction():
    x = Value(0.5)
    assert [len(record(f(x), x)) for f in (at.tanh, at.exp, at.relu)] == [1, 1, 1]
    assert len(record(at.sin(at.cos(x)), x)) == 2


def test_constants_are_taken_as_they_are_now():
    x, c = Value(1.0, "x"), Value(2.0, requires_grad=False)
    f = x * c + c * c
    c.data = 5.0
    assert record(f, x)([1.0]).tolist() == [30.0]


@pytest.mark.parametrize(("f", "lines"), [
    (lambda x: x**2, ["v0 = x * x"]), (lambda x: x**3, ["v0 = x * x", "v1 = v0 * x"]), (lambda x: 1.0 * x, []),
    (lambda x: at.mean([x, at.exp(x)]), ["v0 = exp(x)", "v1 = x + v0", "v2 = v1 / 2"]),
])
def test_cheaper_instructions(f, lines):
    x = Value(1.5, "x")
    assert [line.strip() for line in record(f(x), x).listing().splitlines() if " = " in line] == lines


# ---- sums of products

@pytest.mark.parametrize("written", SUMS_OF_PRODUCTS.values(), ids=SUMS_OF_PRODUCTS)
def test_a_sum_of_products_is_one_instruction_however_it_is_written(written):
    w, x, (b,) = leaves(*"stuv"), leaves(*"abcd"), leaves("bias")
    tape = record(written(w, x, b), x)
    assert len(tape) == len(record(at.dot(w, x, b), x)) == 1
    assert set(tape.parameters) == {*w, b}
    sample = [1.0, -2.0, 3.0, 0.5]
    assert tape([sample])[0] == pytest.approx(at.dot(w, sample, b).data, rel=1e-15)
    assert tape.input_gradients([sample]).tolist() == [[v.data for v in w]]
    tape.backward([sample])
    assert [v.grad for v in (*w, b)] == [*sample, 1.0]


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_a_sum_of_any_length_is_one_instruction(n):
    w, x = [Value(0.1) for _ in range(n)], [Value(1.0) for _ in range(n)]
    chain = w[0] * x[0]
    for u, v in zip(w[1:], x[1:], strict=True):
        chain = chain + u * v
    assert len(record(chain, x)) == 1
    assert len(record(at.relu(chain), x)) == 2


def test_a_part_of_a_sum_that_is_used_elsewhere_too():
    x, y, w = leaves("x", "y", "w")
    part = x * w + y
    tape = record(at.sin(part) + (part + x * y), [x, y])
    xs = [[0.3, 2.0], [-1.0, 0.7]]
    expected = [math.sin(a * w.data + b) + a * w.data + b + a * b for a, b in xs]
    assert tape(xs).tolist() == pytest.approx(expected, rel=1e-14)
    s = [math.cos(a * w.data + b) + 1 for a, b in xs]
    derivatives = [[w.data * k + b, k + a] for k, (a, b) in zip(s, xs, strict=True)]
    np.testing.assert_allclose(tape.input_gradients(xs), derivatives, rtol=1e-14)


def test_subtractions_and_signs_in_a_sum():
    x, y, w = leaves("x", "y", "w")
    tape = record(w * x - y * x - (x - 3.0 * y) + -y * 2.0, [x, y])
    assert tape([[2.0, 5.0]])[0] == pytest.approx(w.data * 2 - 10 - (2 - 15) - 10, rel=1e-15)
    np.testing.assert_allclose(tape.input_gradients([[2.0, 5.0]]), [[w.data - 5 - 1, -2 + 3 - 2]], rtol=1e-15)


@pytest.mark.parametrize("f", [
    lambda x, w: 1.0 / (-(x - w)), lambda x, w: at.atan2(-(x - w), -1.0), lambda x, w: 1.0 / (x - (w - 1.0)),
    lambda x, w: 1.0 / (-(x * w - w)), lambda x, w: 1.0 / (0.0 * x - (w - w * x)),
])
def test_a_zero_keeps_its_sign_under_a_minus(f):
    x, w = Value(1.0), Value(1.0)
    tape = record(f(x, w), x)
    assert repr(tape([1.0]).tolist()) == repr([f(Value(1.0), w).data])


def test_terms_that_do_not_depend_on_the_sample_are_hoisted():
    x, v, w, b = leaves("x", "v", "w", "b")
    lines = record(x * w + v * v + (b + 2.0), x).listing().splitlines()
    assert lines[2:-1] == ["once in a run:", "    v0 = v*v + b + 2", "for every sample:", "    v1 = w*x + v0"]


# ---- neurons beside which something is added

def residual(x, w, form):
    """Neurons of ten weights, each with a number of the sample added to its net input."""
    dots = [at.dot(row, x) if form < 2 else sum(a * b for a, b in zip(row, x, strict=True)) for row in w]
    if form == 0:
        return [each + y for each, y in zip(dots, x, strict=True)]
    return [y * 0.5 - each * -1.0 + x[0] if form == 1 else y + each for each, y in zip(dots, x, strict=True)]


@pytest.mark.parametrize("form", range(3))
def test_neurons_with_residual_connections_remain_a_layer(form):
    rng = random.Random(0)
    w = [[Value(rng.gauss(0, 1)) for _ in range(10)] for _ in range(10)]
    flat = [p for row in w for p in row]
    tape = record(lambda x: residual(x, w, form), [0.1 * k for k in range(10)], parameters=flat)
    layers = [group for group in Plan(tape.program).groups()[1] if group.layer >= 0]
    assert [(group.length, group.weights) for group in layers] == [(10, 10)]
    leaves = [Value(0.3 * k - 1.0) for k in range(10)]
    eager = residual(leaves, w, form)
    close(tape([x.data for x in leaves])[0], [y.data for y in eager])
    for k in (0, 7):
        close(tape.input_gradients([x.data for x in leaves], k)[0], gradients(eager[k], leaves))
        close(tape.value_and_grad([x.data for x in leaves], output=k)[1], gradients(eager[k], flat))


def test_a_few_products_take_what_is_added_to_them():
    w = [Value(0.5), Value(2.0)]
    assert len(record(lambda x, y: w[0] * x + w[1] * y + x, 1.0, 2.0)) == 1
