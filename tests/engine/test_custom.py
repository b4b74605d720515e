"""Operations that users define."""
import copy
import math
import pickle

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, grad, gradients, hessian, operation, record
from references.custom import cube, wave


def test_one_node_with_its_derivatives():
    x, y = Value(0.5), Value(2.0)
    f = wave(x, y)
    assert f.data == math.sin(0.5) * 2.0 and f.parents == (x, y) and f.op == "wave"
    f.backward()
    assert (x.grad, y.grad) == (math.cos(0.5) * 2.0, math.sin(0.5))
    assert wave(x, 3.0).operands == (x, 3.0)
    assert cube.__name__ == "cube" and cube.__doc__ == "x to the third."


def test_it_takes_numbers_and_arrays():
    assert cube(2) == 8.0
    assert list(cube(np.array([1.0, 2.0]))) == [1.0, 8.0]
    assert cube(np.array([Value(2.0)]))[0].data == 8.0


def test_higher_derivatives():
    x = Value(2.0)
    first = gradients(cube(x), x, create_graph=True)
    second = gradients(first, x, create_graph=True)
    assert (first.data, second.data, gradients(second, x)) == (12.0, 12.0, 6.0)


def test_operands_may_have_any_name():
    double = operation(lambda xs, f: 2.0 + 0.0 * xs)(lambda xs: 2 * xs)
    x = Value(3.0)
    assert gradients(double(x), x, create_graph=True).data == 2.0


def test_copies_find_the_operation_again():
    f = cube(Value(2.0)) + 1
    for twin in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert twin.operands[0].operation is cube


def test_a_derivative_for_each_operand():
    with pytest.raises(TypeError, match=r"takes 2 operands.*got 1"):
        operation(lambda x, y, f: 1.0)(lambda x, y: x + y)
    with pytest.raises(TypeError, match="cube takes 1 operands, got 2"):
        cube(1.0, 2.0)


@pytest.mark.parametrize("define, said", [
    (lambda: operation(), "a derivative for each operand, a function; got none"),
    (lambda: operation(3.0), "got float 3.0"),
    (lambda: operation(lambda x, f: 1.0)(3.0), "above a Python function of the operands, got float 3.0"),
    (lambda: operation(lambda x: 1.0)(lambda x: x), "a function of x and its value f"),
    (lambda: operation(lambda x, f: 1.0)(lambda x=2.0: x), "without defaults.*'x=2.0'"),
    (lambda: operation(lambda x, f: 1.0)(lambda *x: x), r"in a fixed number; got '\*x'"),
])
def test_definitions_that_cannot_work(define, said):
    with pytest.raises(TypeError, match=said):
        define()


def test_answers_that_are_no_numbers():
    @operation(lambda x, f: "slope")
    def strange(x):
        return x

    with pytest.raises(TypeError, match="strange: a derivative must be a number, got str 'slope'"):
        strange(Value(1.0))
    with pytest.raises(TypeError, match="str 'x'"):
        cube("x")


@operation(lambda x, y, f: y * x ** (y - 1), lambda x, y, f: f / x)
def power(x, y):
    return x**y


def test_its_python_arithmetic_follows_ieee_754():
    """As that of Values does: Python itself would raise, or return a complex number."""
    with np.errstate(all="ignore"):
        for x, y in (0.0, -1.0), (1e200, 2.0), (-1.0, 0.5), (0.0, 1.0), (-0.0, -1.0):
            expected = np.float64(x) ** y
            derivatives = y * np.float64(x) ** (y - 1), expected / np.float64(x)
            assert np.array_equal(power(x, y), expected, equal_nan=True)
            assert np.array_equal(power(np.array([x]), y), [expected], equal_nan=True)
            a, b = Value(x), Value(y)
            assert np.array_equal(power(a, b).data, expected, equal_nan=True)
            assert np.array_equal(power(a, b).local_grads, derivatives, equal_nan=True)
            tape = record(power, 1.0, 2.0)
            assert np.array_equal(tape([[x, y]]), [expected], equal_nan=True)
            assert np.array_equal(tape.input_gradients([[x, y]])[0], derivatives, equal_nan=True)
            assert np.array_equal(grad(power, (0, 1))(x, y), derivatives, equal_nan=True)


def test_derivatives_that_were_taken_away_afterwards():
    @operation(lambda x, y, z, f: 1.0, lambda x, y, z, f: 2.0, lambda x, y, z, f: 3.0)
    def third(x, y, z):
        return x

    third.derivative_functions = third.derivative_functions[:1]
    with pytest.raises(ValueError, match="3 local derivatives, one for each operand"):
        third(Value(1.0), Value(2.0), Value(3.0))


# ---- derivatives that use other numbers than the operands and f

def saving(shape):
    """An operation x³ whose derivative uses a number that the function saved."""
    saved = {}

    @operation(shape(saved))
    def saves(x):
        saved["slope"] = 3.0 * x * x
        return x * x * x

    return saves


HIDDEN = {
    "saved": lambda: saving(lambda saved: lambda x, f: saved["slope"]),
    "saved, times a formula": lambda: saving(lambda saved: lambda x, f: saved["slope"] * x / x),
    "taken by data": lambda: operation(lambda x, f: math.cos(getattr(x, "data", x)))(lambda x: math.sin(x)),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_hidden_numbers_are_refused_where_an_operation_is_differentiated_twice(kind):
    """The first derivative is right, and the second was 0, as in PyTorch."""
    f = HIDDEN[kind]()
    x = Value(0.5)
    y = f(x)
    y.backward()
    first = x.grad
    assert first == grad(f)(0.5) == grad(f, mode="forward")(0.5)
    for attempt in (
        lambda: gradients(y, x, create_graph=True), lambda: grad(grad(f))(0.5), lambda: hessian(f)(0.5),
        lambda: grad(grad(f, mode="forward"), mode="forward")(0.5),
    ):
        with pytest.raises(RuntimeError, match="cannot be differentiated twice: its derivative with respect to x"):
            attempt()
    assert gradients(y, x) == first and grad(f)(0.5) == first


def test_what_the_function_saved_is_there_as_before():
    f = saving(lambda saved: lambda x, f: saved["slope"])
    f(0.5)
    with pytest.raises(RuntimeError, match="differentiated twice"):
        grad(grad(f))(0.5)
    assert f.derivative_functions[0](0.5, 0.125) == 0.75


def test_derivatives_that_are_constant_or_defined_nowhere_else_stay():
    @operation(lambda x, y, f: 2.0, lambda x, y, f: y)
    def linear(x, y):
        return 2.0 * x + y * y / 2.0

    @operation(lambda x, f: 1.0 * (x > 0.0))
    def hinge(x):
        return max(x, 0.0)

    @operation(lambda x, f: at.cos(x))
    def only_here(x):
        if x != 0.5:
            raise ValueError("not defined")
        return math.sin(x)

    assert hessian(lambda x, y: linear(x, y), (0, 1))(1.0, 3.0) == ((0.0, 0.0), (0.0, 1.0))
    assert grad(grad(hinge))(2.0) == 0.0
    assert grad(grad(only_here))(0.5) == pytest.approx(-math.sin(0.5))
    assert grad(grad(cube))(2.0) == 12.0 and grad(grad(cube))(math.nan) != 0.0
