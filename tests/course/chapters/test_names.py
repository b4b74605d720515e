"""Chapter 10: its solutions pass, and likely wrong answers get the hint that helps."""
from itertools import count
from math import log

import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import Value
from autograd_tiny.course import exercises

CHAPTER = "names"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def means(rows, number):
    return [sum(column) / number for column in zip(*rows, strict=True)]


def over_all(places):
    return [means(places, len(places)) for _ in places]


def without_its_own(places):
    return [places[0], *(means(places[:t], t) for t in range(1, len(places)))]


def sums(places):
    return [means(places[: t + 1], 1) for t in range(len(places))]


def the_last_two(places):
    return [places[0], *(means(places[t - 1 : t + 1], 2) for t in range(1, len(places)))]


def running(places):
    """Each list is averaged with the mean before it: the later places weigh more."""
    found = [places[0]]
    for place in places[1:]:
        found.append(means([found[-1], place], 2))
    return found


def of_data(places):
    return [means([[each.data for each in row] for row in places[: t + 1]], t + 1) for t in range(len(places))]


def shifted(places):
    return [[entry + 1 for entry in means(places[: t + 1], t + 1)] for t in range(len(places))]


def one_number(places):
    return [sum(map(sum, places[: t + 1])) / (t + 1) for t in range(len(places))]


def in_columns(places):
    return [list(column) for column in zip(*places, strict=True)]


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [([0.25] * 4 + [0] * 6, "five questions"), ([1] * 5 + [0] * 5, "share one loss"),
         ([0.1] * 10, "dots that fill"), ([0, 1, 14, 14, 1, 0, 0, 0, 0, 0], "letters"),
         ([1 / 6] * 6 + [0] * 4, "6 places"), ([0.5, 0.5, 0.5] + [0] * 7, "sum to 1.5"),
         ([0] * 5 + [0.2] * 5, "come first"), ([0.2] * 5, "got 5")],
        [(0, "is chance"), (log(27), "knows nothing"), (2, "in bits"), (0.25, "minus the logarithm"),
         (-log(4), "a minus in front"), (log(27) - log(4), "What loss remains"), (1, "Which probability")],
        [([0.5, 0.3, 0.2], "temperature 1"), ([0.25, 0.09, 0.04], "sum to 1"), ([1, 0.6, 0.4], "The logarithms"),
         ([0.415, 0.322, 0.263], "temperature 2"), ([0.451, 0.302, 0.247], "themselves"), ([0.9, 0.9, 0.9], "to 2.7"),
         ([0.7, 0.2, 0.1], "take e")],
        [(6, "plain mean"), (7, "swapped"), (4, "not all of it"), (20, "do not sum to 1"),
         (4 * log(3), "Softmax comes"), (5.4641, "query is missing"), (3, "Three steps")],
        [(over_all, "Place 1 looks ahead: its derivative by place 2 is 0.25"), (without_its_own, "look at itself"),
         (sums, "That is a sum"), (the_last_two, "does not look at place 1"), (running, "The weights of place 3"),
         (of_data, "not with their .data"),
         (lambda places: [[0.0] * 3, *without_its_own(places)[1:]], "At place 1 there are numbers"),
         (shifted, "the mean so far is"), (one_number, "something else in it"),
         (in_columns, "got 3 lists of the lengths 4, 4, 4"), (lambda places: places, "Place 2 does not look at"),
         (lambda places: 3, "got int 3"),
         (lambda places: None, "returns nothing"), (means([[1.0]], 1), "a function so_far")],
        [(4096, "with `SIZE = 16`"), (8192, "Not all parts double"), (16384, "one side that stays"),
         (12288, "are missing"), (10240, "128 with 32"), (11264, "four layers"), (13472, "the tables"),
         (14016, "The places"), (1, "No layer has a bias")],
    ])


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("answer", [None, "b", Value(1.0), [], [[1], [2]], object(), lambda: 1, len, float, {}, list])
def test_anything_else_gets_a_sentence(number, answer):
    verdict = exercises(10).check(number, answer)
    assert not verdict and str(verdict).startswith(f"Exercise {number}: ")


def test_generators_are_judged_like_lists_also_endless_ones():
    check = exercises(10).check
    assert check(5, lambda places: (iter(means(places[: t + 1], t + 1)) for t in range(len(places))))
    assert "got 100 lists" in str(check(5, lambda places: (places[0] for _ in count())))
