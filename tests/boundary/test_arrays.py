"""NumPy's functions, called with Values, dual numbers, arrays of these, and with plain numbers beside them.

Each gives what it gives for floats, with the right derivative, or an error that says what to write.
"""
import itertools
import math

import numpy as np
import pytest
from scipy import special

import autograd_tiny as at
from autograd_tiny import Dual, Value, grad

NAMES = sorted({name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)})
POINTS = {
    1: [(0.6,), (-0.7,), (1.3,), (2.6,), (math.inf,), (math.nan,)],
    2: [(0.6, 0.4), (-1.7, 0.4), (2.6, 1.2), (3.0, -2.2)],
}
UFUNCS = sorted(
    (each for each in {getattr(np, name) for name in NAMES} if each.nin in POINTS and each.signature is None),
    key=lambda ufunc: ufunc.__name__,
)
NO_FORM = "does not take Values here: write"


def of_floats(ufunc, xs):
    """What NumPy gives for floats: a tuple of results; None where it refuses floats too."""
    try:
        with np.errstate(all="ignore"):
            found = ufunc(*xs)
    except TypeError:
        return None
    return found if isinstance(found, tuple) else (found,)


def numbers(found):
    """The floats in a result, also of dual numbers and in arrays."""
    if isinstance(found, np.ndarray):
        return [x for each in found.ravel().tolist() for x in numbers(each)]
    return [found.data if isinstance(found, Value | Dual) else found]


def same(found, expected):
    """Equal up to rounding; where NumPy decides, its loop over objects may give an operand that is true or false."""
    pairs = zip(found, expected, strict=True)
    return all(
        bool(x) == y if isinstance(y, np.bool) else x == pytest.approx(y, rel=1e-14, abs=0, nan_ok=True)
        for x, y in pairs
    )


def outcome(ufunc, operands):
    """The results, or None after an error that says what to write."""
    try:
        with np.errstate(all="ignore"):
            found = ufunc(*operands)
    except TypeError as error:
        assert NO_FORM in str(error) or "would lose its" in str(error)
        return None
    return found if isinstance(found, tuple) else (found,)


def mixtures(xs, kind):
    """The operands as numbers of this kind, and mixed with plain ones in every place."""
    yield [kind(x) for x in xs]
    if len(xs) == 2:
        for plain in float, np.float64, np.float32, lambda x: np.array([x]), lambda x: [x]:
            yield [plain(xs[0]), kind(xs[1])]
            yield [kind(xs[0]), plain(xs[1])]


@pytest.mark.parametrize("kind", [Value, Dual])
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_each_gives_what_it_gives_for_floats_or_says_what_to_write(ufunc, kind):
    for xs in POINTS[ufunc.nin]:
        xs = tuple(float(np.float32(x)) for x in xs)
        expected = of_floats(ufunc, xs)
        for operands in mixtures(xs, kind):
            found = outcome(ufunc, operands)
            if expected is None:
                assert found is None or ufunc is np.fmod
            elif found is not None:
                assert same([x for each in found for x in numbers(each)], expected), (operands, found)


SMOOTH = [u for u in UFUNCS if u.nout == 1 and isinstance((of_floats(u, POINTS[u.nin][0]) or (None,))[0], float)]


@pytest.mark.parametrize("ufunc", SMOOTH, ids=lambda ufunc: ufunc.__name__)
def test_each_has_its_derivative_by_each_operand(ufunc):
    for xs in POINTS[ufunc.nin][:4]:
        value = of_floats(ufunc, xs)[0]
        for k in range(ufunc.nin):
            if not math.isfinite(value):
                continue
            h = 1e-6
            above, below = ([x + s * h * (i == k) for i, x in enumerate(xs)] for s in (1, -1))
            expected = (of_floats(ufunc, above)[0] - of_floats(ufunc, below)[0]) / (2 * h)

            def f(x, k=k, xs=xs):
                return ufunc(*[x if i == k else y for i, y in enumerate(xs)])

            for mode in "forward", "reverse":
                try:
                    assert grad(f, mode=mode)(xs[k]) == pytest.approx(expected, rel=1e-6, abs=1e-8)
                except TypeError as error:
                    assert NO_FORM in str(error) and ufunc.__name__ not in at.engine.functions.__all__


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_over_arrays_each_is_right_or_the_transform_says_what_to_write(ufunc):
    for xs in POINTS[ufunc.nin][:4]:
        expected = of_floats(ufunc, xs)
        if expected is None or len(expected) > 1 or not math.isfinite(expected[0]):
            continue
        for arrays in range(1, 2**ufunc.nin):

            def f(*operands, arrays=arrays):
                chosen = [np.array([x]) if arrays >> i & 1 else x for i, x in enumerate(operands)]
                return ufunc(*chosen)[0] * 1.0

            plain = [i for i in range(ufunc.nin) if not arrays >> i & 1]

            def with_plain_scalars(*operands, plain=plain, f=f, xs=xs):
                return f(*[xs[i] if i in plain else x for i, x in enumerate(operands)])

            for fun in f, with_plain_scalars:
                try:
                    value, _ = at.value_and_grad(fun, tuple(range(ufunc.nin)))(*xs)
                except TypeError as error:
                    assert NO_FORM in str(error) or "would lose its" in str(error), error
                else:
                    assert same([value], expected)


def test_the_error_names_the_function_to_write():
    for name in "hypot", "arctan2":
        with pytest.raises(TypeError, match=rf"NumPy's {name} .*: write autograd_tiny\.{name}, which takes arrays too"):
            grad(lambda x, name=name: np.sum(getattr(np, name)(1.0, x)))(np.ones(2))
    for f in np.cov, lambda x: np.interp(0.3, [0.0, 1.0], x), lambda x: np.allclose(x, x), np.fft.fft, np.gradient:
        with pytest.raises(TypeError, match=r"NumPy's (cov|interp|allclose|fft|gradient) does not take Values here"):
            grad(f)(np.ones(2))


def test_an_error_of_the_function_itself_stays_as_it_is():
    with pytest.raises(AttributeError, match="no attribute 'foo'"):
        grad(lambda x: x.foo)(1.0)
    with pytest.raises(TypeError, match="must be real number, not str"):
        grad(lambda x: math.sin("x"))(1.0)
    with pytest.raises(TypeError, match="would lose its gradient"):
        grad(lambda x: math.sin(x))(1.0)


# ---- what NumPy's own code does with Values

X, Y = np.array([0.3, -0.7, 1.2, 0.5]), np.array([0.1, 0.9, -0.4, 2.0])
FUNCTIONS = [
    "np.mean([x[0], x[1] + 2])", "np.std([x[0], 2 * x[1]]) + np.var([x[0], x[2]])", "np.linalg.norm([x[0], x[1]])",
    "np.linalg.norm(x, 3)", "np.linalg.norm(x, 1)", "np.linalg.norm(x, np.inf)", "np.linalg.norm(x.reshape(2, 2))",
    "np.sum(np.sinc(x))", "np.sinc(x[0])", "np.var(x)", "np.std(x, ddof=1)", "np.var(x[0]) + x[1]", "np.median(x)",
    "np.percentile(x, 30)", "np.quantile(x, 0.7)", "np.sum(np.percentile(x, [30, 50]))",
    "np.sum(np.cross(x[:3], y[:3]))", "np.trapezoid(x) if hasattr(np, 'trapezoid') else np.trapz(x)",
    "np.polyval(x, 1.5)", "np.sum(np.diff(x) ** 2)", "np.einsum('i,i->', x, y)", "np.sum(np.convolve(x, y))",
    "np.average(x, weights=y)", "np.sum(np.cumprod(x))", "np.sum(np.sort(x) * y)",
    "np.sum(np.square(x)) + np.sum(np.reciprocal(x))", "np.sum(np.fabs(x))", "np.sum(np.deg2rad(x) * np.rad2deg(x))",
    "np.sum(np.radians(x) + np.degrees(x))", "np.sum(np.where(x > 0, x, y * x))",
    "np.linalg.matrix_power(x.reshape(2, 2), 3).sum()", "np.trace(np.kron(x.reshape(2, 2), x.reshape(2, 2)))",
    "np.sum(np.asmatrix(x) * x[0])", "np.sum(x[0] * np.asmatrix(x))",
    "np.sum(np.ma.array(x, mask=[0, 1, 0, 0]) * x[0])", "np.ma.array(x, mask=[0, 1, 0, 0]).mean()",
    "np.ma.exp(np.ma.array(x, mask=[0, 1, 0, 0])).sum()", "np.sum(np.linspace(x[0], x[1], 5))",
    "np.clip(x[0], 0.0, 1.0) + np.clip(x[2], 0.0, 1.0)", "np.float64(2.0) ** x[0]", "np.hypot(1.0, x[0])",
    "np.sum(np.hypot(y, x[0]))", "np.add.reduce(x)", "np.sum(np.multiply.outer(x, x[0]))",
    "np.sum(np.float64(3.0) * x[0] + np.float32(2.0) - x[1])", "np.maximum(0.0, x[1]) + np.maximum(x[0], 0.0)",
    "np.sum(np.around(x * y, 1) * x)", "np.sum(np.floor(x) * x + np.ceil(x) * y + np.trunc(x) * x)",
    "np.sum(np.fix(x) * y * x)", "np.sum(np.mod(x, 0.37) + x // 0.29 * x)", "np.sum(np.unwrap(3.0 * x))",
    "np.fmod(5.0, x[0]) + np.mod(5.0, x[0]) + np.divmod(x[2], 0.5)[1]", "np.logaddexp(0.0, x[0]) + np.exp2(x[1])",
    "np.sum(np.exp2(x))",
]


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("text", FUNCTIONS)
def test_its_functions_have_the_value_and_the_derivatives_that_they_should(text, mode):
    f = eval(f"lambda x, y=Y: {text}", {"np": np, "Y": Y})
    value, gradient = at.value_and_grad(f, mode=mode)(X)
    assert value == pytest.approx(float(f(X)), rel=1e-13)
    differences = [(f(X + h) - f(X - h)) / 2e-6 for h in 1e-6 * np.eye(4)]
    np.testing.assert_allclose(gradient, np.array(differences, float), rtol=1e-6, atol=1e-8)


def test_special_functions_of_scipy_are_the_operations():
    names = {"expit": "sigmoid", "log_expit": "log_sigmoid", "ndtr": "norm_cdf", "gammaln": "lgamma", "psi": "digamma"}
    for name in ("erf", "erfc", "erfinv", "cbrt", "expm1", "log1p", *names):
        ours, theirs = names.get(name, name), getattr(special, name)
        assert theirs(Value(0.3)).op == ours and theirs(Value(0.3)).data == pytest.approx(theirs(0.3), rel=1e-14)
    assert special.xlogy(0.5, Value(2.0)).op == "xlogy"
    with pytest.raises(TypeError, match=r"NumPy's spherical_jn|NumPy's jv does not take Values here"):
        special.jv(1.0, Value(2.0))


# ---- numbers of NumPy's beside Values

def test_numbers_of_numpy_give_the_same_node_as_floats():
    v = Value(0.5)
    for plain in np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0):
        for node in plain * v, plain + v, plain - v, plain / v, plain**v, np.multiply(plain, v):
            assert type(node) is Value and node.operands[0] == 2.0 and type(node.operands[0]) in (int, float)
    assert not np.float64(2.0) < v and np.float64(0.5) == v and np.isscalar(v)


def test_maximum_of_numbers_shares_the_gradient_at_a_tie():
    assert grad(np.maximum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert math.isnan(np.maximum(Value(math.nan), 1.0).data)


def test_out_takes_arrays_only():
    v, out = Value(2.0), np.empty((), object)
    assert np.add(v, v, out=out) is out and out[()].data == 4.0
    for plain in 1.0, v:
        with pytest.raises(TypeError, match=r"NumPy's add: out= is an array, got Value Value\(2.0\)"):
            np.add(v, plain, v)


def test_a_predicate_that_decides_is_refused_on_a_tape():
    for f in (lambda x: x if np.isfinite(x) else 0.0 * x), (lambda x: x * 2.0 if np.signbit(x) else x):
        with pytest.raises(TypeError, match="a tape would repeat that decision"):
            at.record(f, 1.0)


def test_a_tape_records_what_numpy_calls_with_numbers():
    tape = at.record(lambda x, y: np.hypot(1.0, x) * np.maximum(x, y) + np.float64(3.0) * np.square(y), 1.0, 2.0)
    assert tape([[3.0, 4.0]])[0] == pytest.approx(math.hypot(1.0, 3.0) * 4.0 + 48.0)


def test_functions_of_numpy_that_want_its_own_numbers_halfway_say_so_as_the_documentation_has_it():
    xs = np.array([Value(1.0), Value(2.0), Value(4.0)])
    for function in np.cov, np.corrcoef:
        with pytest.raises(AttributeError, match="'float' object has no attribute 'shape'"):
            function(xs)
    with pytest.raises(TypeError, match="no callable sin method"):
        np.sinc(np.array([Value(0.0)]))
    with pytest.raises(TypeError, match="NumPy's sinc does not take Values here"):
        grad(lambda x: np.sinc(x)[0])(np.zeros(1))
    found = grad(lambda x: np.sinc(x)[0])(np.array([0.5]))
    np.testing.assert_allclose(found, [-4 / np.pi], rtol=1e-14)                 # by hand


def test_numpys_functions_that_skip_nan_skip_the_values_that_are_nan():
    """NumPy finds them by x != x."""
    numbers = np.array([[1.0, np.nan, 3.0], [np.nan, 5.0, 6.5]])
    values = np.array([[Value(x) for x in row] for row in numbers])
    names = "nansum", "nanmean", "nanmax", "nanmin", "nanprod", "nanvar", "nanstd", "nanmedian", "nancumsum"
    for name, axis in itertools.product(names, (None, 0, 1)):
        if name == "nanmedian" and axis is not None:
            continue                            # there NumPy has code for floats only, and says so
        expected = getattr(np, name)(numbers, axis=axis)
        with np.errstate(all="ignore"):          # of the derivative of the square root at 0, natively
            found = getattr(np, name)(values, axis=axis)
        read = [x.data if type(x) is Value else x for x in np.ravel(found).tolist()]
        np.testing.assert_allclose(read, np.ravel(expected), rtol=1e-15)
    with np.errstate(invalid="ignore"):         # NumPy 2.5 sees in comparisons of Python's that nan was met
        assert np.nanargmax(values) == 5 and np.nanargmin(values) == 0
        np.nanmean(values).backward()
    assert [x.grad for x in values.flat] == [0.25, 0.0, 0.25, 0.0, 0.25, 0.25]
    for mode in "reverse", "forward":
        with np.errstate(invalid="ignore"):
            found = grad(np.nanmean, mode=mode)(numbers)
        np.testing.assert_array_equal(found, [[0.25, 0.0, 0.25], [0.0, 0.25, 0.25]])


def test_a_tape_refuses_to_skip_the_samples_of_today_that_are_nan():
    with pytest.raises(TypeError, match="a tape would repeat that decision"):
        at.record(lambda x: np.nansum(np.array(x)), [1.0, 2.0])


def test_a_value_that_is_nan_is_not_equal_to_itself_and_is_found_in_containers_nevertheless():
    x, y = Value(math.nan), Value(1.0)
    assert x != x and (x == x) is False and y == y
    assert x in [y, x] and x in {x} and {x: 1}[x] == 1 and [y, x].index(x) == 1 and [x] == [x]
    dual = at.Dual(math.nan, 1.0)
    assert dual != dual and dual in [dual]
