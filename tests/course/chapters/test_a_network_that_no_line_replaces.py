"""Chapter 7: its solutions pass, and likely wrong answers get the hint that helps."""
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny.course import exercises

CHAPTER = "a_network_that_no_line_replaces"
MINI_BATCH = 4


def test_solutions_pass():
    judge_solutions(CHAPTER)


def updates(clear=True, size=len, sign=1.0, each=False):
    """A function that makes an update, with or without a mistake."""
    def update(model, points, targets, rate):
        def move():
            for weight in model.parameters():
                weight.data -= sign * rate * weight.grad

        for point, target in zip(points, targets, strict=True):
            if clear == "each" or (clear is True and (each or point is points[0])):
                model.zero_grad()
            ((model(point) - target) ** 2 / size(points)).backward()
            if each:
                move()
        if not each:
            move()

    return update


def one(points):
    return 1


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(52, "has a bias"), (60, "output is a unit"), (67, "no biases"), (13, "number of units"), (64, "four weights"),
         (41, "do not look at the inputs")],
        [([0] * 9, "no difference"), ([20, 20, -10] * 3, "*or*"), ([4, 4, -2, 4, 4, -6, 4, -4, -2], "undecided"),
         ([20, 20, -10, 20, 20, -30, -20, 20, 10], "turn an answer around"),
         ([20, 20, -30, 20, 20, -30, 20, 20, -10], "At (0, 1)")],
        [(300, "form a batch"), (312.5, "round up"), (16, "one epoch"), (20_000, "after each example"),
         (20, "at once")],
        [(updates(size=one), "not their sum"), (updates(clear=False), "still in `.grad`"),
         (updates(sign=-1.0), "uphill"), (updates(each=True), "after each example"),
         (updates(each=True, size=one), "after each example"), (updates(clear="each"), "last example alone"),
         (lambda *batch: None, "No weight has moved"), (lambda model, *batch: model.zero_grad(), "No weight has moved"),
         (lambda model: None, "raises TypeError"), (lambda *batch: ..., "fill in the dots")],
        [([0.5, 5, 50], "larger still"), ([0.5] * 3, "100 times as far"), ([0.005, 0.05, 0.5], "other way round"),
         ([0.05, 0.05, 0.005], "One at a time")],
        [(2.35e15, "factor 2"), (1.18e17, "without the learning rate"), (8.5e-16, "how far one update goes"),
         (37, "a time"), (40, "So few"), (-1.18e15, "subtracted")],
    ])


def test_a_mini_batch_may_be_one_sum_or_one_backward_for_each_example():
    def with_one_backward(model, points, targets, rate):
        errors = [(model(point) - target) ** 2 for point, target in zip(points, targets, strict=True)]
        model.zero_grad()
        (sum(errors) / len(errors)).backward()
        for weight in model.parameters():
            weight.data -= rate * weight.grad

    def clearing_at_the_end(model, points, targets, rate):
        updates(clear=False)(model, points, targets, rate)
        model.zero_grad()
        return model

    assert exercises(7).check(MINI_BATCH, with_one_backward) and exercises(7).check(MINI_BATCH, clearing_at_the_end)


@pytest.mark.parametrize("strange", [
    None, "update", [1], float("nan"), lambda *a: 1 / 0, lambda model, points, *a: points.clear(), print, [1e308] * 9,
    lambda model, *a: setattr(model.parameters()[0], "data", float("nan")), [10**400] * 9, [[1] * 9],
])
@pytest.mark.parametrize("number", range(1, 7))
def test_strange_answers_get_a_hint(number, strange):
    verdict = exercises(7).check(number, strange)
    assert not verdict and f"Exercise {number}" in str(verdict)
