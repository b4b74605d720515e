"""Verdicts on one derivative, given what was found."""
import math
from dataclasses import replace

import pytest

from autograd_tiny.transforms.finite_differences import Difference
from autograd_tiny.transforms.gradient_verdict import Case, contradicts, verdict

SMOOTH = Difference("smooth", 2.0, 1e-10, 2.0, 2.0, gap=1e-8, scale=2.0)
RIGHT = Case(2.0, 2.0, None, SMOOTH, rounding=1e-15, is_used=True, suspects="")


@pytest.mark.parametrize(("changes", "words"), [
    ({}, "agree"), ({"claimed": 2.0}, "agree"), ({"claimed": 2.0 + 1e-6}, "the claim is wrong"),
    ({"reverse": 2.0 + 2e-6, "forward": 2.0 + 2e-6}, "a path is missing from the graph"),
    ({"forward": 2.0 + 1e-6}, "reverse and forward mode part"), ({"suspects": "f"}, "the derivative of f is wrong"),
    ({"reverse": math.nan, "forward": math.nan}, "the derivative is not finite"),
    ({"difference": Difference("jump")}, "the function jumps here"),
    ({"difference": Difference("nowhere")}, "the function is not finite here"),
])
def test_verdicts(changes, words):
    passed, found = verdict(replace(RIGHT, **changes))
    assert found == words and passed == (words == "agree")


@pytest.mark.parametrize("changes", [{"error": 2e-6}, {"gap": 0.01}])
def test_only_narrow_bounds_confirm(changes):
    passed, words = verdict(replace(RIGHT, difference=replace(SMOOTH, **changes)))
    assert passed and words.startswith("undecided")


def test_a_derivative_of_zero_is_confirmed_if_it_is_rounding_and_there_is_a_path():
    zero = replace(RIGHT, reverse=1e-16, forward=-2e-16, difference=replace(SMOOTH, derivative=3e-16, error=1e-15))
    assert verdict(zero) == (True, "agree")
    assert verdict(replace(zero, is_used=False))[1].startswith("undecided")
    assert verdict(replace(zero, rounding=1e-19))[0] is False              # then the two modes should be the same
    assert verdict(replace(zero, difference=replace(SMOOTH, derivative=0.0, error=1e-9)))[1].startswith("undecided")


def test_at_a_kink_every_derivative_in_between_will_do():
    kink = Difference("kink", error=1e-9, left=-1.0, right=1.0)
    for derivative in (-1.0, 0.0, 0.3, 1.0 + 1e-8):
        assert verdict(replace(RIGHT, reverse=derivative, forward=1.0, difference=kink))[0]
    passed, words = verdict(replace(RIGHT, difference=kink))
    assert not passed and words == "kink: -1 from the left, 1 from the right: not between them"


def test_differences_that_do_not_settle_contradict_nothing():
    assert not contradicts(Difference("smooth", 1e8, 6e7), 0.0)
    assert contradicts(Difference("smooth", 1e8, 4e7), 0.0)
    assert not contradicts(Difference("smooth", 1e8, 6e7), math.inf)
    assert not contradicts(Difference("edge"), 5.0) and not contradicts(Difference("jump"), 5.0)
