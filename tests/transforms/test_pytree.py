"""Pytrees: arguments and derivatives in any nesting of containers and arrays."""
import math
import subprocess
import sys
from collections import Counter, namedtuple
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from references.transforms import VECTOR, both_modes, close, fails

import autograd_tiny as at
from autograd_tiny import Dual, Value, derivative, grad, hessian, hvp, jacfwd, jacobian, jvp, value_and_grad, vjp
from autograd_tiny.transforms.pytree import flatten, map_values, size

Point = namedtuple("Point", "x y")
MATRIX = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1]])
ARRAY_FUNCTIONS = [       # the function, its argument, and its derivative
    (lambda x: np.exp(x), VECTOR, np.diag(np.exp(VECTOR))),
    (lambda x: np.dot(x, x), VECTOR, 2 * VECTOR),
    (lambda x: MATRIX @ x, VECTOR, MATRIX),
    (lambda x: x @ MATRIX.T, VECTOR, MATRIX),
    (lambda x: x.sum(), MATRIX, np.ones((2, 3))),
    (lambda x: np.sum(x, axis=0), MATRIX, np.einsum("ij,k->ikj", np.eye(3), np.ones(2))),
    (lambda x: np.mean(x), MATRIX, np.full((2, 3), 1 / 6)),
    (lambda x: x.mean(axis=1), MATRIX, np.einsum("ij,k->ijk", np.eye(2), np.full(3, 1 / 3))),
    (lambda x: x[1:] - x[:-1], VECTOR, np.eye(3)[1:] - np.eye(3)[:-1]),
    (lambda x: x[::-1].reshape(3, 1), VECTOR, np.eye(3)[::-1].reshape(3, 1, 3)),
    (lambda x: np.linalg.norm(x), VECTOR, VECTOR / np.linalg.norm(VECTOR)),
    (lambda x: np.maximum(x, 0.0), VECTOR, np.diag([1.0, 0.0, 1.0])),
    (lambda x: at.maximum(x, 0.0), VECTOR, np.diag([1.0, 0.0, 1.0])),
    (lambda x: np.clip(x, -1.0, 1.0), VECTOR, np.diag([1.0, 0.0, 0.0])),
    (lambda x: np.where(x > 0, x**2, -x), VECTOR, np.diag([1.0, -1.0, 4.0])),
    (lambda x: np.prod(x), VECTOR, np.array([-3.0, 1.0, -0.75])),
    (lambda x: np.outer(x, x)[0], VECTOR, VECTOR[0] * np.eye(3) + np.outer(VECTOR, np.eye(3)[0])),
    (lambda x: np.concatenate([x, [1.0], x]), VECTOR, np.vstack([np.eye(3), np.zeros((1, 3)), np.eye(3)])),
    (lambda x: (x.T @ np.eye(2)).T, MATRIX, np.eye(6).reshape(2, 3, 2, 3)),
    (lambda x: x * x, np.array(3.0), np.array(6.0)),
    (lambda x: np.sin(x), np.float64(3.0), math.cos(3.0)),
    (lambda x: np.array([x, 2.0 * x]), 3.0, np.array([1.0, 2.0])),
    (lambda x: np.cumsum(x), VECTOR, np.tril(np.ones((3, 3)))),
    (lambda x: x.astype(object) * np.arange(3), VECTOR, np.diag([0.0, 1.0, 2.0])),
]


# ---- flatten and unflatten

PYTREES = [
    3.0, [1.0, (2.0, [])], {"b": [1.0], "a": np.array([[2.0, 3.0]])}, Point(1.0, {"z": ()}), np.zeros((2, 0)),
    np.array(7.0),
]


@pytest.mark.parametrize("x", PYTREES, ids=repr)
def test_unflatten_is_the_inverse_of_flatten(x):
    numbers, structure = flatten(x, "x")
    assert all(type(number) is float for number in numbers)
    assert repr(structure.unflatten(numbers)) == repr(x) and structure.matches(structure)
    assert len(structure.names("x")) == len(numbers) == sum(map(size, structure.leaf_shapes))


def test_names_of_numbers():
    x = {"w": np.ones((1, 2)), "b": [3.0, np.array(4.0)]}
    assert flatten(x, "x")[1].names("x") == ["x['b'][0]", "x['b'][1]", "x['w'][0, 0]", "x['w'][0, 1]"]


def test_structures_that_match():
    pairs = [([1.0, 2.0], (1.0, 2.0)), (1.0, np.array(2.0)), ({"a": 1.0, "b": 2.0}, {"b": 3.0, "a": 4.0})]
    for x, y in pairs:
        assert flatten(x, "x")[1].matches(flatten(y, "y")[1])
    ones = np.ones(2)
    for x, y in [([1.0], 1.0), ([1.0], [1.0, 2.0]), ({"a": 1.0}, {"b": 1.0}), (ones, [1.0, 1.0]), (ones, ones[:1])]:
        assert not flatten(x, "x")[1].matches(flatten(y, "y")[1])


@pytest.mark.parametrize(("x", "words"), [
    (1.0, "a number"), (np.ones((2, 3)), "an array of shape (2, 3)"), ([], "a sequence of length 0"),
    ([1.0, 2.0], "a sequence of length 2 (a number)"), ({"a": 1.0}, "1 item under 'a'"),
    ({"a": 1.0, 3: 2.0}, "2 items under 'a', 3"),
])
def test_structures_in_words(x, words):
    assert flatten(x, "x")[1].describe() == words


def test_values_in_a_pytree_are_mapped_and_everything_else_is_kept():
    x = [Value(1.0), {"text": "a", "dual": Dual(2.0, 1.0)}, np.array([Value(3.0), None]), Point(1, Value(4.0))]
    found = map_values(lambda v: v.data, x)
    assert found[:2] == [1.0, {"text": "a", "dual": 2.0}]
    assert found[2].tolist() == [3.0, None] and found[3] == Point(1, 4.0)
    untouched = [1.0, {"text": "a"}]
    assert map_values(lambda v: v.data, untouched) is untouched


# ---- through the transforms

@both_modes
def test_the_answer_has_the_structure_of_the_argument(mode):
    def total(x):
        if isinstance(x, dict):
            return sum(map(total, x.values()))
        if isinstance(x, list | tuple):
            return sum(map(total, x))
        return np.sum(x * x)

    params = {
        "w": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "b": [0.5, (1, 2.5)], 3: Point(7.0, {"z": 8.0}),
        "empty": [np.zeros((0, 2)), {}, ()], "zero-d": np.array(9.0), "deep": np.ones((2, 1, 2, 1)),
    }
    found = grad(total, mode=mode)(params)

    def compare(given, got):
        if isinstance(given, dict):
            assert type(got) is dict and list(got) == list(given)
            for key in given:
                compare(given[key], got[key])
        elif isinstance(given, list | tuple):
            assert type(got) is type(given) and len(got) == len(given)
            list(map(compare, given, got))
        elif isinstance(given, np.ndarray):
            assert got.dtype == np.float64 and got.shape == given.shape and np.all(got == 2 * given)
        else:
            assert type(got) is float and got == 2 * given

    compare(params, found)


@both_modes
@pytest.mark.parametrize("x", [3, True, 3.0, np.float64(3.0), np.float32(3.0), np.int64(3)])
def test_numbers_of_all_types(x, mode):
    found = grad(lambda x: x**2, mode=mode)(x)
    assert type(found) is float and found == 2.0 * x


@both_modes
def test_functions_get_the_containers_that_were_passed(mode):
    seen = []
    grad(lambda x: seen.append(x) or 1.0, mode=mode)({"p": Point([1.0, np.ones((2, 2))], ()), "n": 2})
    x = seen[-1]
    assert type(x["p"]) is Point and type(x["p"].x) is list and x["p"].y == ()
    assert x["p"].x[1].shape == (2, 2) and isinstance(x["n"], Value | Dual) and x["n"].data == 2.0


@both_modes
def test_jacobians_of_structures(mode):
    """The result's structure outside, the argument's inside."""
    w, b = np.array([[1.0], [2.0]]), 3.0
    found = jacobian(lambda p: {"r": p[0] * p[1], "s": (p[1] ** 2, 1.0)}, mode=mode)((w, b))
    assert list(found) == ["r", "s"] and [type(x) for x in (found["r"], found["s"])] == [tuple, tuple]
    assert found["r"][0].shape == (2, 1, 2, 1) and found["r"][1].shape == (2, 1)
    close(found["r"][0].reshape(2, 2), 3.0 * np.eye(2))
    close(found["r"][1], w)
    (by_w, by_b), (nothing, zero) = found["s"]
    assert by_b == 6.0 and zero == 0.0 and not by_w.any() and not nothing.any() and nothing.shape == (2, 1)
    assert jacobian(lambda x, y: [x * y, x], (0, 1), mode=mode)(2.0, 3.0) == [(3.0, 2.0), (1.0, 0.0)]


def test_equal_dicts_match_in_whatever_order_they_were_made():
    f = lambda p: p["a"] * p["b"] ** 2  # noqa: E731
    assert jvp(f, ({"a": 2.0, "b": 3.0},), ({"b": 0.0, "a": 1.0},)) == (18.0, 9.0)
    _, pull_back = vjp(lambda x: {"a": x, "b": x**2}, 3.0)
    assert pull_back({"b": 1.0, "a": 0.0}) == (6.0,)
    assert hvp(f, {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0}) == {"a": 0.0, "b": 6.0}


def test_hessians_of_structures():
    found = hessian(lambda p: p["a"] ** 2 * at.sum(p["b"]))({"a": 2.0, "b": np.ones((2, 1))})
    assert found["a"]["a"] == 4.0 and found["b"]["b"].shape == (2, 1, 2, 1) and not found["b"]["b"].any()
    assert np.all(found["a"]["b"] == 4.0) and np.all(found["b"]["a"] == np.full((2, 1), 4.0))


@both_modes
def test_empty_arguments_and_results(mode):
    assert grad(lambda x: at.sum(x), mode=mode)([]) == []
    assert grad(lambda x: 3.0, mode=mode)({}) == {}
    assert jacobian(lambda x: x[:0], mode=mode)(VECTOR).shape == (0, 3)
    assert jacobian(lambda x: x, mode=mode)(np.zeros((0, 2))).shape == (0, 2, 0, 2)


def test_a_number_may_go_along_with_an_array_of_no_dimensions():
    value, change = jvp(lambda x: x * x, (np.array(3.0),), (1.0,))
    assert (value, change) == (9.0, 6.0)


@both_modes
def test_arguments_that_cannot_be_differentiated_by(mode):
    for transform in (grad, value_and_grad, jacobian):
        take = lambda x, transform=transform: lambda: transform(lambda x: 1.0, mode=mode)(x)  # noqa: E731
        fails(TypeError, "argument 0 of <lambda>.*got str 'a'", take("a"), take([1.0, "a"]))
        fails(TypeError, "argument 0 of <lambda>.*got None", take(None), take((1.0, None)))
        fails(TypeError, r"array of integers \(int64\).*x\.astype\(float\)", take(np.arange(3)),
              take([np.arange(3)]))
        fails(TypeError, "array of integers", take(np.array([True])), take(np.array(3)))
        fails(TypeError, "got complex", take(np.array([1j])), take(1j), take(np.complex128(1j)))
        fails(TypeError, "got str", take(np.array(["a"])), take(np.array([1.0, "a"], object)))
        fails(TypeError, "argument 0 of <lambda> is a matrix", take(np.ones((1, 1)).view(np.matrix)))
        masked = np.ma.array([1.0, 2.0], mask=[0, 1])
        fails(ValueError, "argument 0 of <lambda> has masked numbers: leave these", take(masked), take([np.ma.masked]))
        fails(ValueError, "argument 0 of <lambda>: a number in it is too large for a float", take(10**400),
              take({"a": -(10**400)}), take(np.array([10**400], object)))
        for circle in (cycle := [1.0], nested := {"a": [1.0]}):
            cycle.append(circle), nested["a"].append(circle)
            fails(ValueError, "argument 0 of <lambda> contains itself, or is nested too deeply", take(circle))


def test_containers_that_add_what_they_are_updated_with():
    counted = Counter(a=2.0, b=3.0)
    assert grad(lambda c: c["a"] ** 2 * c["b"])(counted) == {"a": 12.0, "b": 4.0} and counted == {"a": 2.0, "b": 3.0}
    assert flatten(np.ma.array([1.0, 2.0]), "x")[0] == [1.0, 2.0]           # nothing is masked


# ---- arrays

@both_modes
@pytest.mark.parametrize("number", range(len(ARRAY_FUNCTIONS)))
def test_numpy_functions_over_arrays(number, mode):
    f, x, expected = ARRAY_FUNCTIONS[number]
    found = jacobian(f, mode=mode)(x)
    assert np.shape(found) == np.shape(f(x)) + np.shape(x)
    assert np.asarray(found).dtype == np.float64
    close(found, expected)
    _, change = jvp(f, (x,), (np.ones_like(x) if isinstance(x, np.ndarray) else 1.0,))
    close(change, np.asarray(expected).reshape(*np.shape(f(x)), -1).sum(axis=-1))


def test_arrays_of_floats_where_weights_are_numpy_scalars():
    weights = np.array([2.0, 3.0])
    found = jacfwd(lambda x: [x[0] * weights[0], x[1] * weights[1]])(np.ones(2))
    assert [each.dtype for each in found] == [np.float64, np.float64]


def test_single_precision_weights_do_not_cost_digits():
    weight = np.float32(0.1)
    f = lambda x: x * weight * math.pi  # noqa: E731
    assert float(derivative(f)(3.0)) == pytest.approx(grad(f)(3.0), rel=1e-14)


def test_extended_precision_arrays_become_floats():
    assert jacfwd(lambda x: x * x)(np.ones(2, np.longdouble)).dtype == np.float64


@pytest.mark.parametrize("f", [
    at.maximum, at.hypot, at.atan2, lambda a, x: at.where(a > 1.5, a, x),
])
def test_functions_of_an_array_of_floats_and_the_variable(f):
    array = np.array([1.0, 2.0])
    expected = grad(lambda x: np.sum(f(array, x)))(1.5)
    assert grad(lambda x: np.sum(f(array, x)), mode="forward")(1.5) == pytest.approx(expected)


@both_modes
def test_functions_of_numpy_that_take_conjugates(mode):
    x = np.array([[1.0, 2.0], [4.0, 8.0]])
    close(grad(np.var, mode=mode)(x), 2 * (x - x.mean()) / 4)
    close(grad(lambda x: np.sum(np.linalg.norm(x, axis=1)), mode=mode)(x),
          x / np.linalg.norm(x, axis=1, keepdims=True))


# ---- dataclasses

@dataclass(frozen=True)
class Line:
    slope: float
    bias: list[float]
    name: str = field(default="line", metadata={"static": True})
    steepness: float = field(init=False)

    def __post_init__(self):
        if self.slope < 0:
            raise ValueError("the slope must not be negative")
        object.__setattr__(self, "steepness", 2.0 * self.slope)


@dataclass
class Pair:
    first: Any
    second: np.ndarray


LINE = Line(3.0, [1.0, 2.0], "mine")


@both_modes
def test_derivatives_by_a_dataclass_are_one_of_the_same_kind(mode):
    found = grad(lambda p: p.steepness * p.bias[0] - p.slope**2 * p.bias[1], mode=mode)(LINE)
    assert type(found) is Line and (found.slope, found.bias, found.name) == (2.0 - 12.0, [6.0, -9.0], "mine")
    assert found.steepness is None and LINE.steepness == 6.0
    pair = grad(lambda p: p.first.slope * p.second.sum(), mode=mode)(Pair(LINE, np.ones(2)))
    assert type(pair) is Pair and pair.first.slope == 2.0 and pair.second.tolist() == [3.0, 3.0]


def test_dataclasses_in_every_transform():
    value, tangent = jvp(lambda p: p.slope * p.bias[0], (LINE,), (Line(1.0, [0.5, 0.0]),))
    assert (value, tangent) == (3.0, 2.5)
    assert hessian(lambda p: p.slope * p.bias[0])(LINE).slope.bias == [1.0, 0.0]
    assert hvp(lambda p: p.slope * p.bias[0], LINE, LINE).bias == [3.0, 0.0]

    def scaled(p):
        return Line(p.slope * p.slope, [p.bias[0]])

    value, pull_back = vjp(scaled, LINE)
    assert (value.slope, value.steepness) == (9.0, 18.0) and pull_back(Line(1.0, [0.0]))[0].slope == 6.0
    assert jacobian(scaled)(LINE).slope.slope == 6.0 and jvp(scaled, (LINE,), (LINE,))[1].slope == 18.0
    tape = at.record(lambda p: p.first[0] * p.second.sum(), Pair([2.0], np.ones(2)))
    assert tape.inputs == ("p.first[0]", "p.second[0]", "p.second[1]") and tape([[3.0, 1.0, 2.0]]) == [9.0]


def test_a_dataclass_that_changes_what_it_is_given_is_not_changed_twice():
    @dataclass
    class Half:
        theta: float

        def __post_init__(self):
            self.theta = self.theta / 2

    @dataclass
    class Square(Half):
        area: float = field(init=False)

        def __post_init__(self):
            super().__post_init__()
            self.area = self.theta**2

    assert value_and_grad(lambda x: x.theta**2)(Half(6.0)) == (9.0, Half(12.0))
    fails(TypeError, "Square changes its field theta when it is made, and computes area too",
          lambda: grad(lambda x: x.area)(Square(6.0)))


def test_a_dataclass_of_values_gives_values():
    found = grad(lambda p: p.slope**3)(Line(Value(2.0), [1.0]))
    assert type(found.slope) is Value and found.slope.data == 12.0
    value, aux = value_and_grad(lambda p: (p.slope, p), has_aux=True)(LINE)[0]
    assert value == 3.0 and aux == LINE


def test_a_field_that_is_no_number_is_named():
    @dataclass
    class Model:
        weight: float
        activation: str

    by_model = grad(lambda m: m.weight)
    fails(TypeError, r"argument 0 of <lambda>, field activation: .* got str 'tanh' \(mark such a field by metadata=",
          lambda: by_model(Model(1.0, "tanh")))
    fails(TypeError, "got type", lambda: by_model(Model))


# ---- Series and DataFrames of pandas

@both_modes
def test_derivatives_by_a_series_have_its_labels(mode):
    s = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"], name="weights")
    found = grad(lambda s: s["a"] ** 2 * s.b + np.exp(s).iloc[2] + (s * s).sum(), mode=mode)(s)
    pd.testing.assert_series_equal(found, pd.Series([6.0, 5.0, 6.0 + math.e**3], s.index, name="weights"))
    assert grad(lambda s: at.sum(at.exp(s)) + at.mean(s), mode=mode)(s)["b"] == pytest.approx(math.e**2 + 1 / 3)


def test_series_and_frames_in_every_transform():
    s = pd.Series([1.0, 2.0], index=["a", "b"])
    value, change = jvp(lambda s: s * s, (s,), (s,))
    assert value.to_dict() == {"a": 1.0, "b": 4.0} and change.to_dict() == {"a": 2.0, "b": 8.0}
    assert jvp(lambda s: s * s, (s,), (np.ones(2),))[1].to_dict() == {"a": 2.0, "b": 4.0}
    fails(ValueError, r"with the labels \[\['a', 'b'\]\].*got .*\[\['b', 'a'\]\]",
          lambda: jvp(lambda s: s * s, (s,), (s[["b", "a"]],)))
    assert vjp(lambda s: s * s, s)[1](s)[0].to_dict() == {"a": 2.0, "b": 8.0}
    assert jacobian(lambda s: s * s["a"])(s).tolist() == [[2.0, 0.0], [2.0, 1.0]]
    assert hessian(lambda s: s["a"] * s["b"])(s).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert at.record(lambda s: s["a"] * s["b"], s).inputs == ("s['a']", "s['b']")
    frame = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["x", "y"], index=[7, 8])
    found = grad(lambda d: (d["x"] * d["y"]).sum())(frame)
    pd.testing.assert_frame_equal(found, pd.DataFrame([[2.0, 1.0], [4.0, 3.0]], frame.index, frame.columns))
    assert flatten(frame, "d")[1].names("d") == ["d[7, 'x']", "d[7, 'y']", "d[8, 'x']", "d[8, 'y']"]
    values = grad(lambda s: (s * s).sum())(pd.Series([Value(1.0), Value(2.0)], ["a", "b"]))
    assert type(values["b"]) is Value and values["b"].data == 4.0


def test_series_without_derivatives_are_refused():
    total = lambda s: s.sum()  # noqa: E731
    fails(TypeError, r"an array of integers \(int64\)", lambda: grad(total)(pd.Series([1, 2])))
    fails(TypeError, "got str 'x' in it", lambda: grad(total)(pd.Series(["x", "y"], dtype=object)))
    fails(TypeError, r"pandas' mean does not take Values here: write autograd_tiny\.mean",
          lambda: grad(lambda s: s.mean())(pd.Series([1.0, 2.0])))


def test_pandas_is_not_loaded_for_this():
    code = "import sys, autograd_tiny as at; at.grad(at.sum)([1.0]); print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
