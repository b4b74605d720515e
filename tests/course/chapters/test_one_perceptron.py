"""Chapter 6: its solutions pass, and likely wrong answers get the hint that helps."""
from math import exp, tanh

import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import Value
from autograd_tiny.course import exercises

CHAPTER = "one_perceptron"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def net(w, x):
    return sum(weight * each for weight, each in zip(w, x, strict=True))


def scaled(factor):
    """Gradients of a unit, where `factor` of its output, its net input and the target stands before the inputs."""
    return lambda w, x, t: [factor(tanh(net(w, x)), net(w, x), t) * each for each in x]


def with_a_sigmoid(w, x, t):
    h = 1 / (1 + exp(-net(w, x)))
    return [2 * (h - t) * h * (1 - h) * each for each in x]


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [([-0.5, 1, 1], "says 1, where 0"), ([-1, 1, 1], "on the boundary"), ([1, 1, -1.5], "comes first"),
         ([1.5, -1, -1], "sides are exchanged"), ([0, 0, 0], "no line"), ([-3, 1, 1], "says 0, where 1")],
        [([0.5, -1, 2], "only if the unit is right"), ([0.6, -0.8, 2.1], "t - a is negative"),
         ([-0.5, -3, 1], "the rate 1"), ([0.5, -1.2, 1.9], "w₀ moves too"), ([0.4, -1.1, 1.9], "not all 1")],
        [(1.8, "below 1"), (0.9, "move away from ½"), (0.99, "odds"), (0.81, "h²"), (0.95, "just halved"),
         (0.858, "not the output")],
        [(scaled(lambda h, z, t: 2 * (t - h) * (1 - h**2)), "uphill"),
         (scaled(lambda h, z, t: (h - t) * (1 - h**2)), "factor of 2"),
         (scaled(lambda h, z, t: 2 * (h - t) * h * (1 - h)), "belongs to the sigmoid"),
         (scaled(lambda h, z, t: 2 * (h - t)), "tanh gives is missing"),
         (scaled(lambda h, z, t: 2 * (h - t) * (1 - z**2)), "not with the net input"),
         (scaled(lambda h, z, t: 2 * (h - t) * (1 - h)), "not 1 - h"),
         (lambda w, x, t: [2 * (tanh(net(w, x)) - t) * (1 - tanh(net(w, x)) ** 2)] * 3, "an input of its own"),
         (lambda w, x, t: [2 * (tanh(net(w, x)) - t) * each for each in w], "ratio of the three inputs"),
         (with_a_sigmoid, "is right")],
        [([(0, 0, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1)], "Three are enough"),
         ([(0, 0, 0), (1, 0, 1), (0, 1, 0)], "triangle"), ([(0, 0, 0), (1, 1, 0), (2, 2, 1)], "only once"),
         ([(0, 0, 0), (0, 0, 1), (1, 1, 0)], "same place"), ([(0, 0, 1), (1, 1, 1), (2, 2, 1)], "one class")],
        [([0, 1, 1, 0], "line again"), ([0, 0, 0, 1], "exchanged"), ([-1, 0, 0, -1], "on the boundary"),
         ([0, -3, 0, -1], "says turquoise, where orange"),
         ([-3, 0, 0, -1], "says orange, where turquoise")],
    ])


@pytest.mark.parametrize("points", [
    [(2, 0, 1), (0, 0, 1), (1, 0, 0)], [(0, 3, 0), (0, -1, 0), (0, 0.1, 1)],
    [(0.1, 0.3, 1), (0.3, 0.9, 1), (0.2, 0.6, 0)],
])
def test_any_three_points_on_a_line_with_the_other_class_between_are_right(points):
    assert exercises(6).check(5, points)


@pytest.mark.parametrize(("number", "answer"), [
    (4, lambda w, x, t: None), (4, lambda w, x, t: [Value(1.0)] * 3), (4, 3), (5, [1, 2, 3]), (5, [(0, 0, "red")] * 3),
    (5, [(0, 0, 2), (1, 1, 0), (2, 2, 0)]), (5, None), (5, "abc"), (1, [Value(1.0)] * 3), (6, [1, 2, 3]),
])
def test_an_answer_of_another_kind_gets_a_hint(number, answer):
    verdict = exercises(6).check(number, answer)
    assert not verdict and "raises" not in str(verdict)
