"""Answers: what is one, and what the reader is told where it is none."""
import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.course.answers import (
    UnfitError, choice, close, differs_at, function, misplaced, number, numbers, result, text,
)


@pytest.mark.parametrize("answer", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0)])
def test_numbers_of_all_kinds(answer):
    assert number(answer) == 2.0


class Tensor:
    """A number as PyTorch has it: an array, with data and grad as a Value has them."""

    shape, grad = (), None

    def __init__(self, number):
        self.data = number

    def item(self):
        return self.data


def test_a_tensor_is_a_number():
    assert number(Tensor(2.0)) == 2.0 and numbers([Tensor(1.0), 2], 2) == [1.0, 2.0]
    assert differs_at(lambda x: Tensor(2 * x), lambda x: 2 * x, [(1.0,), (2.0,)]) is None


@pytest.mark.parametrize("right", [1.0049, 1.3863, 9.9951, 0.25**8, -0.0010047])
def test_three_digits_are_enough_and_two_are_not(right):
    assert close(float(f"{right:.3g}"), right)
    assert not close(float(f"{right * 1.1:.2g}"), right)


def test_what_is_expected_is_told_without_a_stray_comma():
    with pytest.raises(UnfitError, match="two numbers, x and y: for each of them a number is expected"):
        numbers(["x", "y"], 2, "two numbers, x and y,")


@pytest.mark.parametrize(("answer", "words"), [
    (Value(2.0), ".data"), ("2", "quotation marks"), (abs, "call it"), (True, "number"), (float("nan"), "nan"),
    ([2], "list"), (10**400, "no float"),
])
def test_what_is_no_number(answer, words):
    with pytest.raises(UnfitError, match=words):
        number(answer)


@pytest.mark.parametrize(("answer", "words"), [
    ([1, 2], "got 2"), (5, "got"), ("123", "got"), (np.zeros((3, 1)), r"\(3, 1\)"), ([1, Value(2.0), 3], ".data"),
])
def test_what_are_no_three_numbers(answer, words):
    with pytest.raises(UnfitError, match=words):
        numbers(answer, 3)


def test_texts_and_choices():
    assert text("  A  Leaf ", "a name") == "a leaf" and choice("B", "abc") == choice("b)", "abc") == "b"
    for wrong in "d", "ab", "", 1, None:
        with pytest.raises(UnfitError, match=r'"a"'):
            choice(wrong, "abc")


def test_letters_of_several_cases_are_judged_together():
    remarks = {"2a": "No, case 2 is another."}
    assert misplaced("abc", "abc", "abcd", remarks, "case") is None
    assert misplaced(["A", "b, c"], "abc", "abcd", remarks, "case") is None
    said = misplaced("aac", "abc", "abcd", remarks, "case")
    assert said == "2 of 3 are right. One of the others: No, case 2 is another."
    assert misplaced("dac", "abc", "abcd", {}, "case") == "1 of 3 are right. Look again at case 1."
    for wrong in "ab", "abcd", "abx", 1, None, ["a", 2, "c"], ("a", "b"):
        with pytest.raises(UnfitError, match="3 letters"):
            misplaced(wrong, "abc", "abcd", remarks, "case")


def test_functions_are_called_and_their_faults_named():
    assert result(function(abs, "f(x)"), -2) == 2
    with pytest.raises(UnfitError, match="without calling it"):
        function(3.0, "f(x)")
    with pytest.raises(UnfitError, match="raises ZeroDivisionError"):
        result(lambda x: 1 / x, 0)
    with pytest.raises(UnfitError, match="returns nothing"):
        result(lambda x: None, 0)


def test_endless_functions_are_ended(monkeypatch):
    monkeypatch.setattr("autograd_tiny.course.answers.SECONDS", 0.2)

    def endless(x):
        while True:
            x += 1

    with pytest.raises(UnfitError, match="does not end"):
        result(endless, 0)


def test_a_function_is_compared_at_points():
    points = [(x,) for x in (0.0, 1.0, 2.0)]
    assert differs_at(lambda x: x * x, lambda x: x**2, points) is None
    assert differs_at(lambda x: 2 * x, lambda x: x**2, points) == ((1.0,), 2.0, 1.0)
    assert differs_at(lambda x: Value(x) * x, lambda x: x**2, points) is None
    assert close(0.1234, 0.12345) and not close(0.12, 0.123)
