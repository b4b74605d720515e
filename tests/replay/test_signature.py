"""Arguments of a jitted function: which are static, which are pytrees of numbers, and how others are refused."""
import collections
import math
from dataclasses import dataclass

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, grad, hessian, jit, vjp
from autograd_tiny.replay.jit import MOST


# ---- static arguments

def test_static_arguments():
    def f(x, n, mode="sum"):
        return (sum if mode == "sum" else max)([x**k for k in range(n)])

    g = jit(f, static=(1, "mode"))
    assert g(2.0, 3) == g(2.0, n=3) == 7.0 and g(2.0, 4) == 15.0 and g(2.0, 4, mode="sum") == 15.0
    assert grad(g)(2.0, 3) == 5.0 and hessian(g)(2.0, 4) == 14.0
    assert jit(lambda f, x: f(x), static=0)(at.sin, 1.0) == math.sin(1.0)
    assert vjp(jit(lambda x, n: x**2, static=1), 2.0, 3)[0] == 4.0
    assert jit(lambda x, n: x * n, static=[1])(2.0, True) == 2.0


def test_static_arguments_are_told_apart_by_their_types():
    g = jit(lambda x, kind: x * (2.0 if kind is True else 3.0), static=1)
    assert (g(1.0, True), g(1.0, 1), g(1.0, True)) == (2.0, 3.0, 2.0)


@pytest.mark.parametrize(("one", "other"), [
    (0.0, -0.0), ((1.0,), (1,)), ((1,), (True,)), (((0.0, "a"),), ((-0.0, "a"),)), (frozenset([1]), frozenset([1.0])),
])
def test_static_arguments_are_told_apart_where_they_are_equal(one, other):
    g = jit(lambda x, kind: x * len(repr(kind)), static=1)
    assert [g(1.0, each) for each in (one, other, one)] == [len(repr(each)) for each in (one, other, one)]


def test_methods():
    class Scaled:
        def __init__(self, factor):
            self.factor = factor

        @jit(static=0)
        def times(self, x):
            return self.factor * x**2

        @classmethod
        @jit(static="cls")
        def of_class(cls, x):
            return len(cls.__name__) * x

        @staticmethod
        @jit
        def of_none(x):
            return -x

        @jit
        def forgotten(self, x):
            return self.factor * x

    two, five = Scaled(2.0), Scaled(5.0)
    assert two.times(3.0) == 18.0 and five.times(3.0) == 45.0 and Scaled.times(two, 1.0) == 2.0
    assert grad(two.times)(3.0) == 12.0 and grad(Scaled.times, 1)(five, 3.0) == 30.0
    assert jit(two.times)(3.0) == 18.0 and grad(jit(two.times))(3.0) == 12.0
    assert two.of_class(3.0) == 18.0 and Scaled.of_class(1.0) == 6.0 and two.of_none(3.0) == -3.0
    with pytest.raises(TypeError, match=r"argument 0 of forgotten: .* got Scaled \(jit\(f, static='self'\) takes it"):
        two.forgotten(1.0)


@pytest.mark.parametrize("static", [
    1, -1, "n", (1,), [1], {1}, frozenset(["n"]), ("n", 1), (1, 1), range(1, 2), np.int64(1), -1, {"n": 0}.keys(),
])
def test_an_argument_is_named_or_counted_from_either_end(static):
    assert jit(lambda x, n: sum([x] * n), static=static)(2.0, 3) == 6.0


@pytest.mark.parametrize(("static", "error", "words"), [
    (2, ValueError, "static=2, but f takes 2 arguments by position, counted from 0"),
    (-3, ValueError, "static=-3, but f takes 2 arguments"), ((1, 9), ValueError, "static=9, but"),
    ("y", ValueError, "static='y', but the parameters of f are: x, n"), ("", ValueError, "static='', but"),
    (True, TypeError, "got bool True"), (False, TypeError, "got bool False"), (1.0, TypeError, "got float 1.0"),
    (None, TypeError, "got None"), ([1, 1.5], TypeError, "got float 1.5"), (b"n", TypeError, "got bytes"),
    ({"n": 1}, TypeError, "got dict"), (np.array([1]), TypeError, "got ndarray"),
    (iter([1]), TypeError, "static is the"),
])
def test_what_names_no_argument_is_refused_at_once(static, error, words):
    def f(x, n):
        return x

    with pytest.raises(error, match=words):
        jit(f, static=static)


def test_functions_of_any_number_of_arguments():
    def f(x, *rest, mode="a", **options):
        return x * (rest[1] if mode == "a" else 1.0)

    assert jit(f, static=2)(2.0, 1.0, 5) == 10.0                # one of the rest
    assert jit(f, static="other")(2.0, 1.0, 5.0, other="any") == 10.0
    with pytest.raises(ValueError, match="static=-1 counts from the end, but f takes any number of arguments: count"):
        jit(f, static=-1)
    # a name that is no place: the third argument stays data
    assert grad(jit(f, static="mode"), 2)(2.0, 1.0, 5.0, mode="a") == 2.0
    assert jit(math.hypot, static=7).fun is math.hypot          # it has no signature


def test_a_value_is_never_static():
    w = Value(2.0)
    for static in (w, (w, 1.0), at.Dual(2.0, 1.0)):
        found = jit(lambda w, x: (w[0] if isinstance(w, tuple) else w) * x, static=0)(static, 3.0)
        assert found.data == 6.0 and not isinstance(found, float)
    inner = jit(lambda n, x: n * x, static=0)
    assert jit(lambda n, x: inner(n, x))(2.0, 3.0) == 6.0 and grad(lambda x: inner(x, x))(3.0) == 6.0


@pytest.mark.parametrize("given", [[1], {}, np.ones(2), (1, [2])], ids=repr)
def test_static_arguments_are_hashable(given):
    with pytest.raises(TypeError, match=r"argument 1 of f is static and must be hashable, .*: pass a tuple"):
        f = jit(lambda x, n: x, static="n")
        f.fun.__name__ = "f"
        f(1.0, given)


def test_the_warning_names_the_static_argument_that_takes_many_values():
    f = jit(lambda x, n, mode: x * n, static=("n", "mode"))
    with pytest.warns(RuntimeWarning, match="for many values of its static argument n, and keeps 16 recordings: a "):
        for n in range(MOST + 1):
            f(1.0, n, "ab"[n % 2])
    g = jit(lambda x, mode: at.sum(x), static="mode")           # here the shapes are many
    with pytest.warns(RuntimeWarning, match="for 17 structures of its arguments"):
        for n in range(MOST + 1):
            g([1.0] * (n + 1), "ab"[n % 2])


# ---- arguments that are data

@dataclass
class Maybe:
    x: float
    y: object = None


def cyclic(kind):
    found = kind()
    found.append(found) if kind is list else found.update(a=found)
    return found


def deep(levels):
    found = 1.0
    for _ in range(levels):
        found = [found]
    return found


NUMBERS = "a number, or a list, tuple, dict, dataclass or array of numbers is expected, got "
ARRAY = "an array of numbers is expected, got "
REFUSED = {
    "masked": (np.ma.array([1.0, 2.0], mask=[0, 1]), ValueError, "has masked numbers: leave these samples out"),
    "masked integers": (np.ma.array([1, 2], mask=[0, 1]), ValueError, "has masked numbers"),
    "a masked number": ([1.0, np.ma.masked], ValueError, "has masked numbers"),
    "a matrix": (np.ones((1, 1)).view(np.matrix), TypeError, "is a matrix"),
    "a list in itself": (cyclic(list), ValueError, "contains itself, or is nested too deeply"),
    "a dict in itself": (cyclic(dict), ValueError, "contains itself, or is nested too deeply"),
    "deep": (deep(100_000), ValueError, "contains itself, or is nested too deeply"),
    "a large int": (10**400, ValueError, "a number in it is too large for a float"),
    "a large int in a list": ([1.0, 10**400], ValueError, "a number in it is too large for a float"),
    "a large int in an array": (np.array([10**400], object), ValueError, "a number in it is too large for a float"),
    "None": (None, TypeError, NUMBERS + "None"), "None in a dataclass": (Maybe(1.0), TypeError, NUMBERS + "None"),
    "a set": ({1.0}, TypeError, NUMBERS + "set"), "a frozenset": (frozenset([1.0]), TypeError, NUMBERS + "frozenset"),
    "text": ("ab", TypeError, NUMBERS + "str"), "a range": (range(3), TypeError, NUMBERS + "range"),
    "a generator": ((x for x in [1.0]), TypeError, NUMBERS + "generator"), "a function": (print, TypeError, NUMBERS),
    "complex": (1j, TypeError, NUMBERS + "complex"), "an object": (object(), TypeError, NUMBERS + "object"),
    "an array of text": (np.array(["a"]), TypeError, ARRAY + "str 'a'"),
    "records": (np.array([(1.0, 2)], [("a", float), ("b", int)]), TypeError, ARRAY + "tuple"),
    "None in an array": (np.array([1.0, None]), TypeError, ARRAY + "None"),
    "lists in an array": (np.array([[1.0], [1.0, 2.0]], object), TypeError, ARRAY + "list"),
    "dates": (np.array(["2020-01-01"], "M8[D]"), TypeError, ARRAY),
}


@pytest.mark.parametrize(("given", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_an_argument_that_is_no_pytree_of_numbers_is_named(given, error, words):
    f = jit(lambda x, y=0.0: x)
    f.fun.__name__ = "f"
    for call, place in (
        (lambda: f(given), 0), (lambda: f(1.0, given), 1), (lambda: f(1.0, y=given), "y"), (lambda: f(1.0, [given]), 1),
        (lambda: grad(f)(given), 0),
    ):
        with pytest.raises(error, match=f"^argument {place} of f.*{words}") as caught:
            call()
        if error is TypeError and "matrix" not in words:
            assert f"(jit(f, static='{'y' if place else 'x'}') takes it as it is)" in str(caught.value)
    assert f(2.0) == 2.0 and len(f._replays) == 1


@pytest.mark.parametrize(("given", "found"), [
    (np.ma.array([1.0, 2.0]), [1.0, 2.0]), (np.array([True, False]), [1.0, 0.0]), (np.array(2.0), 2.0), (True, 1.0),
    (np.array([1, 2.5], object), [1.0, 2.5]), (collections.Counter(a=2), {"a": 2.0}), ([], []), (np.zeros((0, 3)), []),
    (collections.OrderedDict(b=1.0, a=2.0), {"b": 1.0, "a": 2.0}), (collections.defaultdict(int, a=1.0), {"a": 1.0}),
    (deep(100), deep(100)), (math.nan, math.nan), ([math.inf, -0.0], [math.inf, -0.0]),
], ids=repr)
def test_other_containers_and_arrays_are_taken(given, found):
    x = jit(lambda x: [x, 1.0])(given)[0]
    assert repr(x.tolist() if isinstance(x, np.ndarray) else dict(x) if isinstance(x, dict) else x) == repr(found)


def test_numbers_of_all_kinds():
    g = jit(lambda x: x * 2.0)
    for x in (2.0, 2, np.float64(2.0), np.float32(2.0), True, np.int64(2)):
        assert g(x) == 2.0 * float(x) and type(g(x)) is float
    assert len(g._replays) == 1
    for x in (np.array([1.0, 2.0]), np.array([1, 2]), np.array([1.0, 2.0], np.float32), np.array([1.0, 2.0], object)):
        assert g(x).tolist() == [2.0, 4.0] and g(x).dtype == float
    assert g(np.arange(6.0).reshape(2, 3).T).tolist() == (np.arange(6.0).reshape(2, 3).T * 2).tolist()
    assert g(np.arange(8.0)[::2]).tolist() == [0.0, 4.0, 8.0, 12.0]


def test_series_of_pandas():
    pd = pytest.importorskip("pandas")
    f = jit(lambda s: s["a"] ** 2 * s["b"])
    s = pd.Series([3.0, 2.0], index=["a", "b"])
    assert f(s) == 18.0
    assert grad(f)(s).to_dict() == {"a": 12.0, "b": 9.0}
    assert f(pd.Series([3.0, 2.0], index=["b", "a"])) == 12.0
    assert hessian(f)(s).tolist() == [[4.0, 6.0], [6.0, 0.0]]


def test_keys_of_dicts_are_told_apart_by_their_types():
    f = jit(lambda d: d)
    assert [*map(repr, (f({1: 2.0}), f({True: 2.0}), f({1.0: 2.0})))] == ["{1: 2.0}", "{True: 2.0}", "{1.0: 2.0}"]
