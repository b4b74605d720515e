"""Chapter 5: its solutions pass, and likely wrong answers get the hint that helps."""
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import fit, optim
from autograd_tiny.course import exercises

CHAPTER = "a_network_learns"


def training(*, sign=-1, zero=True, size=4, scale=1.0, reported=lambda errors: errors, half=1.0):
    """An answer to exercise 3, with a mistake."""

    def train(net, inputs, targets, lr, epochs):
        errors = []
        for _ in range(epochs):
            total = 0.0
            for first in range(0, len(inputs), size):
                for p in net.parameters():
                    p.grad = 0.0 if zero else p.grad
                pairs = list(zip(inputs, targets, strict=True))[first : first + size]
                error = sum(half * (net(x) - target) ** 2 for x, target in pairs)
                error.backward()
                for p in net.parameters():
                    p.data += sign * scale * lr * p.grad
                total += error.data
            errors.append(total)
        return reported(errors)

    return train


def test_solutions_pass():
    judge_solutions(CHAPTER)


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(0.5, "A longer step"), (20, "A shorter one".lower()), (40, "far past"), (-3, "uphill"), (0, "no step")],
        [(0.01157, "weights alone"), (11.57, "one too few"), (1e7, "seconds"), (2778, "hours"), (0.317, "years"),
         (1.596, "other way round"), (0.1157, "Count again"), (1.5e-9, "where you add"), (50, "Points: 10")],
        [(training(sign=1), "The error grows"), (training(zero=False), "the second is not"),
         (training(size=1), "after each example"), (training(scale=0.25), "a sum, not a mean"),
         (training(half=0.5), "no factor ½"), (training(scale=0.0), "No parameter has moved"),
         (training(reported=lambda errors: [each / 4 for each in errors]), "their means"),
         (training(reported=lambda errors: [*errors[1:], 0.0]), "those after it"),
         (training(reported=lambda errors: [0.0] * len(errors)), "errors are not"),
         (training(scale=2.0), "Which of the four"), (training(reported=lambda errors: errors[:1]), "got 1")],
        [(155, "other 8"), (156.25, "Steps are whole"), (157, "into the next epoch"), (32, "five"),
         (5000, "per sample"), (5, "per batch"), (1000, "How many batches")],
        [("a", "examples differ"), ("B", "shorter alike"), ("c", "not 0")],
        [([0.0841, 0.0841], "mostly nearer"), ([0.0841, 2 / 848], "variance; its"), ([0.0841, 0.02804], "not c/3"),
         ([0.0841, 1.0], "is c²/3"), ([0.0486, 0.0841], "First c"), ([0.08693, 0.0486], "n_out is 10"),
         ([0.28474, 0.0486], "second of the two"), ([0.08748, 0.0486], "n_out is missing"),
         ([0.3062, 0.0486], "n_in is"), ([6 / 848, 0.0486], "square root"), ([0.0486, 0.0486], "has a 6"),
         ([1.0, 0.0486], "c is the square root")],
    ])


@pytest.mark.parametrize("rate", [11.5, 12, 12.4])
def test_rates_near_the_best_one_count(rate):
    assert exercises(5).check(1, rate)


def test_fit_is_the_training_that_exercise_3_asks_for():
    def train(net, inputs, targets, lr, epochs):
        rule = optim.SGD(net.parameters(), lr=lr)
        history = fit(net, inputs, targets, "squared_error", rule, epochs, None, reduction="sum", progress=False)
        return list(history["loss"])

    assert exercises(5).check(3, train)


def test_training_that_never_ends_or_raises_an_error_gets_a_hint():
    check, *_ = exercises(5)
    assert "raises KeyError" in str(check(3, lambda *_: {}["missing"]))
    assert "returns nothing" in str(check(3, lambda *_: None))


def test_a_function_that_empties_its_lists_spoils_nothing():
    check, *_ = exercises(5)
    assert not check(3, lambda net, inputs, targets, lr, epochs: inputs.clear())
    assert check(3, training())
