"""Chapter 8: its solutions pass, and likely wrong answers get the hint that helps."""
from math import exp
from statistics import mean

import numpy as np
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import nn
from autograd_tiny.course import exercises

CHAPTER = "a_classifier"
PENCIL, ANY_TARGETS, SQUARED, SOFTMAX, *_ = range(1, 7)


def test_solutions_pass():
    judge_solutions(CHAPTER)


def each_of(formula):
    """gradient(z, y) from a formula of p and y for each output."""
    return lambda z, y: [formula(p, t, y) for p, t in zip(nn.softmax(z), y, strict=True)]


def naive(z):
    return [exp(each) / sum(map(exp, z)) for each in z]


def shifted(z, by, divided_by):
    exponentials = [exp(each - by(z)) for each in z]
    return [each / divided_by(exponentials) for each in exponentials]


def test_likely_wrong_answers_get_the_hint_that_helps():
    p, q = 7 / 64, -2 / 64
    judge_mistakes(CHAPTER, [
        [([8, p, q, -7 / 8, 2 / 8], "The sign: a larger p₀"), ([-8, 1 / 8, q, -7 / 8, 2 / 8], "p₀ itself"),
         ([-8, p, 2 / 64, -7 / 8, 2 / 8], "p₀ loses"), ([-8, p, q, 1 / 8, 2 / 8], "target of the true class"),
         ([-8, p, q, 7 / 8, 2 / 8], "product of the first two"), ([-8, p, q, -7 / 8, -2 / 8], "first and the third"),
         ([1 / 8, p, q, -7 / 8, 2 / 8], "derivative of -ln")],
        [(each_of(lambda p, t, y: p - t), "step 3"), (each_of(lambda p, t, y: t - p), "is right"),
         (each_of(lambda p, t, y: sum(y) * (p - t)), "one of the two terms"),
         (each_of(lambda p, t, y: t - p * sum(y)), "The sign"), (each_of(lambda p, t, y: -t / p), "step 1"),
         (each_of(lambda p, t, y: p), "is right")],
        [(each_of(lambda p, t, y: 2 * (p - t)), "step 1"), (each_of(lambda p, t, y: p - t), "cross-entropy"),
         (each_of(lambda p, t, y: 2 * (p - t) * p * (1 - p)), "own probability"),
         (lambda z, y: [each / 2 for each in squared(z, y)], "factor 2"), (each_of(lambda p, t, y: 0.0), "is right")],
        [(naive, "raises OverflowError"), (lambda z: shifted(z, mean, sum), "raises OverflowError"),
         (lambda z: shifted(z, max, lambda e: 1.0), "Divide them by their sum"),
         (lambda z: np.log(shifted(z, lambda z: 0.0, sum)), "logarithms"),
         (lambda z: [exp(each - max(z)) / sum(map(exp, z)) for each in z], "by the same amount"),
         (lambda z: [each / sum(z) for each in z], "is right"), (lambda z: shifted(z, min, sum), "OverflowError")],
        [(1.0986, "ln 3"), (1.5, "base 2"), (0.693, "the loss of a cat"), (0.3466, "the cats"), (0.5, "wrong answers"),
         (-1.04, "not below"), (0.9, "by its share")],
        [(14.55, "square root"), (1500, "√5"), (60, "more images"), (3000, "solve for n")],
    ])


def squared(z, y):
    p = np.array(nn.softmax(z))
    return 2 * (p * (p - y) - p * (p @ (p - y)))


@pytest.mark.parametrize("answer", [
    lambda z, y: np.array(nn.softmax(z)) * sum(y) - y,
    lambda z, y: tuple(p * sum(y) - t for p, t in zip(naive(z), y, strict=True)),
])
def test_a_gradient_may_be_an_array_or_a_tuple(answer):
    assert exercises(8).check(ANY_TARGETS, answer)


def test_the_squared_error_with_numpy():
    assert exercises(8).check(SQUARED, squared)


def test_softmax_may_be_that_of_numpy_with_the_largest_subtracted():
    def softmax(z):
        exponentials = np.exp(z - np.max(z))
        return exponentials / exponentials.sum()

    assert exercises(8).check(SOFTMAX, softmax)


@pytest.mark.parametrize("strange", [
    None, "gradient", [1], float("nan"), lambda *a: 1 / 0, lambda z, y=(): z.clear(), print, lambda z, y=(): z * 2,
    lambda z, y=(): [float("nan")] * len(z), lambda z, y=(): "text", lambda z, y=(): nn.softmax, [10**400] * 5,
])
@pytest.mark.parametrize("number", range(1, 7))
def test_strange_answers_get_a_hint(number, strange):
    verdict = exercises(8).check(number, strange)
    assert not verdict and f"Exercise {number}" in str(verdict)
