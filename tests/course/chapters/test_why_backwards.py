"""Chapter 2: its solutions pass, and likely wrong answers get the hint that helps."""
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import Value
from autograd_tiny.course import exercises

CHAPTER = "why_backwards"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(36, "only two of the four"), (9, "adds to what the first"), (27, "Which ones"), (0, "only gradients")],
        [(lambda p, q: (p[0] / q[0], p[1] / q[0]), "q has a derivative"),
         (lambda p, q: (p[0] / q[0], (p[1] * q[0] - p[0] * q[1]) / q[0]), "divides all of it"),
         (lambda p, q: (p[0] / q[0], (p[0] * q[1] - p[1] * q[0]) / q[0] ** 2), "wrong sign"),
         (lambda p, q: (p[0] / q[0], (p[1] * q[0] + p[0] * q[1]) / q[0] ** 2), "has a minus"),
         (lambda p, q: (p[0] * q[0], p[1] * q[0]), "p divided by q")],
        [(["x", "w", "y", "z", "h"], "order of computing"), (["h", "x", "z", "y", "w"], "x passes on before y"),
         (["h", "y", "z", "w", "x"], "y passes on before z"), (["z", "h", "y", "w", "x"], "z passes on before h")],
        [([5, 19, 5, 4], "exchanged"), ([19, 1, 4, 1], "How many outputs"), ([19, 5, 19, 5], "is no input"),
         ([2, 5, 1, 5], "one input"), ([19, 5, 2, 5], "three inputs"), ([19, 5, 3, 5], "more than the weights")],
        [([10_100_000, 110_000], "exchanged"), ([10_000, 10_000_000], "first multiplication"),
         ([110_000, 10_000_000], "For A (B C) that is the first multiplication alone"),
         ([110_000, 110_000], "not the same"), ([110_000, 10_010_000], "B C takes"), ([20_000, 10_100_000], "one row")],
        [(0, "there is a next step"), (-0.005, "other one"), (200, "For which"), (1, "Where would it be 0")],
    ])


@pytest.mark.parametrize("order", ["h z w y x", ["h", "z", "y", "x", "w"], ("h", "z", "y", "w", "x", "c", "a", "b")])
def test_every_order_after_the_results_is_right(order):
    assert exercises(2).check(3, order)


@pytest.mark.parametrize("answer", [
    lambda p, q: (p[0] / q[0], p[1] / q[1]), lambda p, q: 3, lambda p, q: (Value(1.0), 2), lambda p: p,
    lambda p, q: None, Value(1.0), 2,
])
def test_a_quotient_that_raises_or_is_no_pair_gets_a_hint(answer):
    verdict = exercises(2).check(2, answer)
    assert not verdict and str(verdict).startswith("Exercise 2: ")


@pytest.mark.parametrize("answer", [None, 3, "h z y", ["h", "h", "z", "y", "x"], [1, 2, 3, 4, 5], Value(1.0), {"h": 1}])
def test_an_order_of_other_things_than_the_five_letters_gets_a_hint(answer):
    verdict = exercises(2).check(3, answer)
    assert not verdict and "h" in str(verdict)
