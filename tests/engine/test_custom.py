"""Operations that users define: by Python functions, and by formulas."""
import copy
import math
import pickle

import mpmath
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Dual, Value, grad, gradients, hessian, jvp, operation, record
from references.custom import cube, wave
from references.programs.own_operations import (
    DEFINITIONS, EDGES, MODERATE, alike, defined, eager, of_functions, points,
)


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


# ---- by formulas

every = pytest.mark.parametrize("name", DEFINITIONS)


@every
def test_value_and_derivatives_are_those_of_the_same_python_functions(name):
    own, other = defined(name), of_functions(name)
    assert own.operands == ("x", "y", "z")[: len(own.operands)] or len(own.operands) == 4
    samples = points(len(own.operands))
    for found, expected in zip(eager(own, samples), eager(other, samples), strict=True):
        alike(found, expected)


@every
def test_second_derivatives_and_dual_numbers_are_those_of_the_same_python_functions(name):
    own, other = defined(name), of_functions(name)
    count = len(own.operands)
    places = tuple(range(count))
    for sample in np.random.default_rng(0).normal(size=(5, count)).tolist():
        for mode in "forward", "reverse":
            alike(grad(own, places, mode=mode)(*sample), grad(other, places, mode=mode)(*sample))
        alike(hessian(own, places)(*sample), hessian(other, places)(*sample))
        alike(jvp(own, sample, [1.0] * count), jvp(other, sample, [1.0] * count))
        nested = [Dual(Dual(x, 1.0), 1.0) for x in sample]
        seconds = [each(*nested).tangent for each in (own, other)]
        alike(*[getattr(each, "tangent", 0.0) for each in seconds])


def test_the_derivative_that_is_given_is_the_one_that_is_computed_to_any_order():
    own = operation("other(x) = 5 * x", "f + 1")            # f″ = f′ = f + 1
    for mode in "forward", "reverse":
        f = own
        for _ in range(4):
            f = grad(f, mode=mode)
            assert f(2.0) == 11.0


def test_one_of_formulas_is_one_node_and_takes_numbers_arrays_and_no_more_operands():
    own = defined("softsign")
    x = Value(-3.0, "x")
    y = own(x)
    assert (y.op, y.parents, y.data, y.local_grads) == ("softsign", (x,), -0.75, (0.0625,))
    assert own(-3) == -0.75 and own(np.array([1.0, -3.0])).tolist() == [0.5, -0.75]
    assert [z.data for z in own(np.array([Value(1.0), Value(-3.0)]))] == [0.5, -0.75]
    with pytest.raises(TypeError, match="softsign takes 1 operands, got 2"):
        own(1.0, 2.0)
    with pytest.raises(TypeError, match="str '1'"):
        own("1")


def test_one_of_formulas_says_what_it_is():
    own = operation("softsign(q) = q/(1+abs(q))", "1/(1 + abs(q))**2")
    assert own.__name__ == "softsign" and own.__doc__ == "softsign(q) = q / (1 + abs(q))"
    assert own.texts == ("softsign(q) = q / (1 + abs(q))", "1 / (1 + abs(q)) ** 2")
    assert repr(own) == "<Operation softsign(q) = q / (1 + abs(q))>"


def test_operations_of_the_same_texts_are_equal_and_copies_keep_theirs():
    own = defined("of two")
    assert own == defined("of two") != defined("softsign") and hash(own) == hash(defined("of two"))
    assert operation("g(x) = x**2") == operation("g(x) = x**2", "2*x") != operation("g(x) = x**2", "x*2")
    assert own != at.sin and own != 3
    f = own(Value(1.0), Value(2.0)) + 1.0
    for twin in (copy.deepcopy(f), pickle.loads(pickle.dumps(f)), copy.copy(f)):
        assert twin.operands[0].operation == own and twin.data == f.data
    assert gradients(pickle.loads(pickle.dumps(own))(x := Value(1.0), 2.0), x) == gradients(own(x, 2.0), x)


@pytest.mark.parametrize("text", [
    "softsign(x) = x / (1 + abs(x))", "wave(x) = sin(x)**2 * exp(-x / 3)", "root(x) = sqrt(1 + x**4) - x**-2",
    "hinge(x) = relu(1 - x)**2", "soft(x) = log(1 + exp(2*x)) / 2", "tails(x) = tanh(tanh(x) * 3) - cosh(x)**-1",
])
def test_derivatives_that_follow_from_the_formula_are_those_of_fifty_digits(text):
    """And are differentiated again: the third one, too."""
    own = operation(text)
    names = {name: getattr(mpmath, name) for name in ("sin", "exp", "sqrt", "log", "tanh", "cosh")}
    names |= {"abs": abs, "relu": lambda x: max(x, 0)}
    with mpmath.workdps(50):
        exact = eval(f"lambda x: {own.value}", names)
        for x in (0.3, -0.7, 1.9, -2.5):
            for order in (1, 2, 3):
                f = own
                for _ in range(order):
                    f = grad(f)
                assert f(x) == pytest.approx(float(mpmath.diff(exact, x, order)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("text", [
    "softsign(x) = x / (1 + abs(x))", "logistic(x) = 1 / (1 + exp(-x))", "cube(x) = x**3",
    "hinge(x) = maximum(x, 0)**2", "angle(x) = atan(x) * 2 - x", "odd(x) = sign(x) * sqrt(abs(x))",
    "peak(x) = exp(-x*x)",
])
def test_derivatives_that_follow_from_the_formula_are_those_of_the_same_python_function(text):
    """At special points, too: what reverse mode gives for the steps of the function."""
    own = operation(text)
    names = {name: getattr(at, name) for name in ("abs", "exp", "maximum", "atan", "sign", "sqrt")}
    plain = eval(f"lambda x: {own.value}", names)
    for x in EDGES:
        node, value = own(Value(x)), Value(x)
        steps = plain(value)
        alike([node.data, *node.local_grads], [steps.data, gradients(steps, value)], 1e-11)


def test_the_branch_that_is_not_chosen_does_not_matter_to_the_derivative():
    """As functions of Python they give 0 * inf, which is not a number."""
    sinc = operation("sinc(x) = where(abs(x) < 1e-4, 1 - x*x/6, sin(x) / x)")
    assert [sinc(Value(x)).local_grads[0] for x in (0.0, 1e-5)] == [0.0, pytest.approx(-1e-5 / 3)]
    assert operation("g(x) = relu(sqrt(x))")(Value(0.0)).local_grads == (0.0,)
    assert operation("g(x) = where(x > 0, sqrt(x), 0)")(Value(0.0)).local_grads == (0.0,)
    assert operation("g(x) = minimum(log(x), -800)")(Value(0.0)).local_grads == (math.inf,)
    assert operation("g(x) = maximum(log(x), -800)")(Value(0.0)).local_grads == (0.0,)
    assert operation("g(x) = clip(1 / x, -1, 1)")(Value(0.0)).local_grads == (0.0,)


def test_one_of_formulas_that_is_flat_sends_nothing_on():
    x = Value(0.0)
    y = at.sqrt(x)
    defined("flat")(y).backward()
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_a_derivative_that_is_wrong_is_found_by_check_gradients():
    report = at.check_gradients(operation("cube(x) = x**3", "2*x"), 2.0)
    assert report.rows[0].verdict == "the derivative of cube is wrong"
    for name in ("softsign", "of the value", "with branches"):
        assert at.check_gradients(defined(name), 0.3).passed


def test_numbers_that_are_integers_are_floats():
    """In Python 0 has one sign only, and 2**53 + 1 is no float."""
    negative = operation("g(x) = x + -0")
    assert math.copysign(1.0, negative(-0.0)) == math.copysign(1.0, negative(Value(-0.0)).data) == -1.0
    assert operation("g(x) = x * 9007199254740993")(1.0) == 9007199254740992.0
    assert operation("g(x) = x * 10**200 * 10**200")(1.0) == math.inf
    assert operation("g(x) = 1/3*x")(3.0) == 1.0


def test_defaults_of_functions_are_filled_in():
    own = operation("g(x) = leaky_relu(x) + elu(x) + round(x)")
    for x in MODERATE:
        alike(own(x), at.leaky_relu(x) + at.elu(x) + at.round(x))


@pytest.mark.parametrize(("given", "error", "said"), [
    (("g(x, y) = x + y", "1"), TypeError, "g takes 2 operands and needs a derivative for each, or none, got 1"),
    (("g(x) = x", "1", "2"), TypeError, "g takes 1 operands .* got 2"),
    (("g(x) = x", lambda x, f: 1.0), TypeError, "derivatives of an operation that is defined by a text are texts"),
    ((lambda x, f: 1.0, "2*x"), TypeError, "a derivative for each operand, a function; got"),
    (("g(x) = x", "y"), ValueError, "a formula of g has the name y, and its names are x, f"),
    (("g(x) = f"), ValueError, "a formula of g has the name f, and its names are x"),
    (("3*x**2",), ValueError, "an operation is defined as in .*softsign.*got '3\\*x\\*\\*2'"),
])
def test_formulas_that_cannot_work(given, error, said):
    with pytest.raises(error, match=said):
        operation(*given) if isinstance(given, tuple) else operation(given)
