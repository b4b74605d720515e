"""Checks of arguments: plain types come out, and errors name the argument."""
import math
from fractions import Fraction

import numpy as np
import pytest

from autograd_tiny.boundary.arguments import (
    boolean, callable_with, describe, instance, integer, nonnegative, takes,
)


@pytest.mark.parametrize(("given", "text"), [
    (None, "None"), ("3", "str '3'"), (2.5, "float 2.5"), ([1, 2], "list [1, 2]"),
    (np.eye(2), "ndarray array([[1., 0.],"), ("a\x1b[31m\ud800", r"str 'a\x1b[31m\ud800'"),
])
def test_an_argument_is_described_by_its_type_and_the_first_line_of_its_repr(given, text):
    assert describe(given) == text


class Own:
    def method(self):
        yield


class Broken:
    def __repr__(self):
        raise KeyError("no repr")


@pytest.mark.parametrize(("given", "text"), [
    (describe, "function describe"), (lambda x: x, "function <lambda>"), (math.sin, "builtin_function_or_method sin"),
    (Own, "type Own"), (Own(), "Own"), (Own().method, "method Own.method"), (Own().method(), "generator Own.method"),
    (object(), "object"), (Broken(), "Broken"), (type("\x1b[2J", (), {})(), "\ufffd[2J"),
])
def test_functions_and_objects_without_a_repr_are_described_by_their_names(given, text):
    assert describe(given) == text


def test_a_long_repr_is_cut():
    assert describe("x" * 100_000) == f"str '{'x' * 28}…{'x' * 29}'"


@pytest.mark.parametrize("given", [0, 3, 0.5, np.float32(0.5), np.int64(3), Fraction(1, 2), 1e308])
def test_a_real_number_becomes_a_float(given):
    found = nonnegative("lr", given)
    assert type(found) is float and found == given


@pytest.mark.parametrize(("given", "error", "message"), [
    (True, TypeError, "lr: a number is expected, got bool True"),
    ("3", TypeError, "lr: a number is expected, got str '3'"),
    (1j, TypeError, "lr: a number is expected, got complex"),
    (-1, ValueError, "lr: a finite number, 0 or more, is expected, got -1.0"),
    (math.nan, ValueError, "got nan"), (math.inf, ValueError, "got inf"), (10**400, ValueError, "got inf"),
])
def test_other_arguments_than_nonnegative_numbers_are_refused(given, error, message):
    with pytest.raises(error, match=message):
        nonnegative("lr", given)


def test_a_bound_is_not_allowed_itself():
    assert nonnegative("beta", 0.999, below=1.0) == 0.999
    with pytest.raises(ValueError, match=r"beta: a number in \[0, 1\) is expected, got 1.0"):
        nonnegative("beta", 1, below=1.0)


@pytest.mark.parametrize("given", [1, np.int8(1), np.uint64(1)])
def test_an_integer_becomes_an_int(given):
    assert type(integer("epochs", given)) is int and integer("epochs", given) == 1
    assert integer("patience", 0, least=0) == 0


@pytest.mark.parametrize(("given", "error", "message"), [
    (1.0, TypeError, "epochs: an integer is expected, got float 1.0"), (True, TypeError, "got bool True"),
    (0, ValueError, "epochs: an integer of 1 or more is expected, got 0"),
])
def test_other_arguments_than_integers_are_refused(given, error, message):
    with pytest.raises(error, match=message):
        integer("epochs", given)


def test_a_boolean_is_one_of_python_or_numpy():
    assert boolean("bias", np.True_) is True and boolean("bias", False) is False
    for given in (1, "True", None):
        with pytest.raises(TypeError, match="bias: True or False is expected"):
            boolean("bias", given)


@pytest.mark.parametrize(("function", "count", "answer"), [
    (lambda x: x, 1, True), (lambda x: x, 2, False), (lambda *xs: xs, 5, True), (lambda x, y=1: x, 1, True),
    (lambda x, *, y: x, 1, False), (Own().method, 0, True), (Own().method, 1, False), (print, 3, True),
    (math.hypot, 2, True), (len, 2, False), (3, 1, False),
])
def test_whether_a_function_takes_so_many_arguments(function, count, answer):
    assert takes(function, count) is answer


def test_a_function_of_the_right_form_comes_out():
    function = lambda x, y: x  # noqa: E731
    assert callable_with("loss", function, "outputs", "target") is function and instance("loss", function) is function


@pytest.mark.parametrize(("given", "said"), [
    (3, "loss: a function (outputs, target) is expected, got int 3"),
    (Own, "loss: an object is expected, got the class Own: write Own(…)"),
    (len, "loss: builtin_function_or_method len is called as a function (outputs, target), but takes other arguments"),
])
def test_other_things_are_refused_in_words(given, said):
    with pytest.raises(TypeError) as raised:
        callable_with("loss", given, "outputs", "target")
    assert str(raised.value) == said
