"""Operations of users on executors: in steps, native and NumPy's, with the numbers of the engine."""
import math

import numpy as np
import pytest
from references.programs.own_operations import (
    DEFINITIONS, alike, defined, eager, eager_hessian, of_functions, points, tape_of,
)
from references.tapes import all_methods, batch, close, executors

import autograd_tiny as at
from autograd_tiny import Value, gradients, operation, record
from autograd_tiny.calculus.operations import LINKED
from autograd_tiny.engine.custom import FormulaOperation
from autograd_tiny.tape.steps import in_steps

pytestmark = pytest.mark.usefixtures("each_simd")
every = pytest.mark.parametrize("name", DEFINITIONS)


@executors
@every
def test_values_and_derivatives_at_special_points_are_those_of_the_engine(name, on):
    own = defined(name)
    tape, samples = on(tape_of(own)), points(len(own.operands))
    values, derivatives = eager(own, samples)
    alike(tape(samples), values)
    found = tape.values_and_input_gradients(samples)
    alike(found[0], values)
    alike(found[1], derivatives)
    for k in range(len(own.operands)):
        direction = np.eye(len(own.operands))[k]
        alike(tape.jvp(samples, direction)[1], derivatives[:, k])


@executors
@every
def test_derivatives_by_parameters_that_are_operands(name, on):
    own = defined(name)
    sample = np.linspace(0.3, 0.9, len(own.operands))
    parameters = [Value(x, f"w{k}") for k, x in enumerate(sample)]
    x = Value(1.0, "x")
    tape = on(record(own(*parameters) * x, [x], parameters))
    value, gradient = tape.value_and_grad([[2.0], [4.0]])
    values, derivatives = eager(own, sample[np.newaxis])
    alike(value, 3.0 * values[0])
    alike(gradient, 3.0 * derivatives[0])


@every
def test_higher_derivatives_are_those_of_the_engine(name):
    own = defined(name)
    tape = tape_of(own)
    for sample in batch(4, len(own.operands)):
        expected = eager_hessian(own, sample)
        alike(tape.hessian([sample])[0], expected)
        alike(tape.gradient().jacobian([sample])[0], expected)


def test_a_tape_runs_natively_and_one_of_python_functions_does_not():
    kinds = {tape_of(defined(name)).backend for name in DEFINITIONS}
    assert kinds == {record(at.sin, 0.5).backend}
    assert tape_of(of_functions("softsign")).backend == "numpy"


def test_the_operation_stays_what_it_is_for_everybody_but_executors():
    tape = tape_of(defined("softsign"))
    assert "v0 = softsign(x0)" in tape.listing() and len(tape) == 1
    steps = in_steps(tape.program)
    assert [operation.name for operation, _ in steps.instructions] == ["abs", "add", "div", "mul", "div", "linked"]
    assert in_steps(steps) is steps
    assert not any(type(each.operation) is FormulaOperation for each in steps.instructions)


def test_nothing_in_a_formula_is_rearranged():
    """Sums of a tape are, elsewhere; here their order may be what a formula is about."""
    rounding = operation("to_integer(x) = (x + 6755399441055744) - 6755399441055744", "1")
    tape = record(rounding, 0.3)
    assert tape([[2.5], [3.5], [-0.7]]).tolist() == [2.0, 4.0, -1.0]
    rest = operation("rest(x, y) = x - ((x + y) - y)", "0", "0")
    assert record(rest, 0.3, 0.2)([[0.1, 1e16]]).tolist() == [rest(0.1, 1e16)] == [0.1]


def test_equal_steps_are_computed_once():
    own = operation("g(x, y) = exp(x) * exp(x) + exp(y)", "2 * exp(x) * exp(x)", "exp(y)")
    steps = in_steps(record(lambda x, y: own(x, y) + own(y, x), 0.1, 0.2).program)
    assert [operation.name for operation, _ in steps.instructions].count("exp") == 2


@executors
def test_operands_that_are_the_same_constant_or_of_another_rate(on):
    two = operation("g(x, y) = x * y**2 + sin(x)", "y**2 + cos(x)", "2 * x * y")
    first = operation("first(x, y) = exp(x)", "exp(x)", "0")
    w = Value(0.7, "w")

    def f(x):
        return two(x, x) + two(2.0, x) * two(x, 3.0) + first(w, x) * x + first(2.0, x) + two(w, w) + first(w, w)

    tape = on(record(f, 0.3))
    for number in (0.4, -1.5):
        x = Value(number)
        value = f(x)
        close(tape([[number]]), [value.data])
        expected = gradients(value, [x, w])
        close(tape.input_gradients([[number]]), [[expected[0]]])
        close(tape.value_and_grad([[number]])[1], [expected[1]])


@executors
@pytest.mark.parametrize("text", ["first(x, y) = exp(x)", "none(x, y) = floor(x)"])
def test_a_result_that_no_operand_of_the_sample_decides_is_a_number_of_the_sample_still(text, on):
    """The other products of a dot are so, too, and executors rely on it."""
    own = operation(text)
    w, b = Value(0.7, "w"), Value(0.1, "b")
    tape = on(record(lambda x, y: own(w, x) * w + y * b + own(w, y) * y, 0.3, 0.2))
    xs = np.array([[0.5, -2.0], [1.5, 0.25]])
    value = own(0.7, 0.0)
    close(tape(xs), value * 0.7 + xs[:, 1] * 0.1 + value * xs[:, 1])


def test_what_is_flat_gets_nothing_whatever_arrives():
    own, w = defined("of one among two"), Value(0.0, "w")
    tape = record(lambda x: at.sqrt(own(0.5, at.sqrt(w)) - own(0.5, 1.0) + x), 0.0)
    assert tape.value_and_grad([[0.0]])[1].tolist() == [0.0]


@executors
@all_methods
def test_in_single_precision_a_formula_is_computed_in_double_and_rounded(method, on):
    """exp(100) is no float32, and the value is."""
    own = operation("logistic(x, y) = exp(x) / (1 + exp(x)) + y", "1 / (1 + exp(x)) * (f - y)", "1")
    tape = on(record(lambda x, y: own(x, y) * y, 0.3, 0.2).astype("float32"))
    assert tape([[100.0, 0.5]]).tolist() == [0.75]
    double = record(lambda x, y: own(x, y) * y, 0.3, 0.2)
    xs = batch(10)
    np.testing.assert_allclose(method(tape, xs), method(double, xs), rtol=1e-5, atol=1e-6)


@executors
def test_a_network_with_an_activation_of_ones_own_is_that_with_the_function(on):
    own = defined("softsign")
    networks = []
    for activation in own, lambda x: x / (1 + at.abs(x)):
        model = at.nn.Sequential(at.nn.Layer(2, 16, activation), at.nn.Layer(16, 1, "linear"))
        for k, parameter in enumerate(model.parameters()):
            parameter.data = math.sin(k)
        networks.append(record(model, [0.1, 0.2]))
    xs = batch(200)
    found, expected = (tape.value_and_grad(xs) for tape in (on(networks[0]), networks[1]))
    close(found[0], expected[0])
    close(found[1], expected[1], 1e-13)


def test_the_row_of_links_is_no_operation_of_the_calculus():
    with pytest.raises(LookupError, match="no operation is named 'linked'"):
        at.calculus.operations.operation_named("linked")
    assert LINKED.flat == (True, False, True)
