"""Chapter 4: its solutions pass, and likely wrong answers get the hint that helps."""
from math import exp, tanh

from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny.course import exercises

CHAPTER = "backpropagation_by_hand"


def slopes_with(by_w11, by_w21=lambda common, h1: common * h1, hidden=tanh):
    """An answer to exercise 3 from formulas for its parts."""

    def slopes(w11, w21):
        h1, h2 = hidden(0.5 * w11), hidden(0.5 * 0.2)
        o1 = 1 / (1 + exp(-(h1 * w21 + h2 * 0.4)))
        common = (o1 - 0.3) * o1 * (1 - o1)
        return by_w11(common, h1, w21), by_w21(common, h1)

    return slopes


def right(common, h1, w21):
    return common * w21 * (1 - h1 * h1) * 0.5


def sigmoid(z):
    return 1 / (1 + exp(-z))


def back_with(of_unit):
    return lambda delta, rows, h: [of_unit(delta, rows, h, k) for k in range(len(h))]


def column(delta, rows, k):
    return sum(d * row[k] for d, row in zip(delta, rows, strict=True))


def along(row, delta):
    return sum(w * d for w, d in zip(row, delta, strict=False))


def test_solutions_pass():
    judge_solutions(CHAPTER)


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(-0.0566, "o - t, and not t - o"), (0.0476, "∂E/∂w6"), (-0.03195, "∂E/∂w7"), (0.1237, "first two factors"),
         (0.2265, "in the middle"), (0.1133, "half"), (-0.00699, "inputs and targets of before"),
         (-0.000567, "still 0.5"), (0.06, "compare each")],
        [(0.02426, "through o1"), (-0.00921, "through o2"), (-0.01505, "sign"), (0.0606, "of the sigmoid of h2"),
         (-0.007525, "other input"), (0.0638, "leads to h1"), (0.0669, "not from h2"), (0.001416, "of before"),
         (-0.02677, "crosses a weight"), (1.0, "Compute δ")],
        [(slopes_with(lambda common, h1, w21: common * w21 * h1 * (1 - h1) * 0.5), "another function of h1"),
         (slopes_with(lambda common, h1, w21: common * 0.5), "the tutorial's lacked"),
         (slopes_with(lambda common, h1, w21: common * (1 - h1 * h1) * 0.5), "crosses w21"),
         (slopes_with(lambda common, h1, w21: common * w21 * 0.5), "of the hidden unit is missing"),
         (slopes_with(lambda common, h1, w21: common * w21 * (1 - h1 * h1)), "last factor"),
         (slopes_with(lambda common, h1, w21: 0.0), "Five factors"),
         (slopes_with(right, hidden=sigmoid), "is h1 a tanh"),
         (slopes_with(lambda *a: -right(*a), lambda common, h1: -common * h1), "other sign"),
         (slopes_with(lambda *a: 2 * right(*a), lambda common, h1: 2 * common * h1), "*half* the squared"),
         (lambda w11, w21: slopes_with(right)(w11, w21)[::-1], "other order")],
        [([1, 7], "How many ways"), ([4, 7], "lead from an input"), ([2, 5], "crossing it takes more"),
         ([2, 6], "as well"), ([2, 14], "both together"), ([7, 2], "First the number"), ([3, 7], "Draw"),
         ([2, 9], "for each arrow")],
        [([784, 30, 30, 10, 30], "a row for each unit"), ([30, 784, 10, 30, 10], "of the outputs"),
         ([30, 784, 10, 30, 784], "number of inputs"), ([10, 30, 30, 784, 30], "belongs to layer 2"),
         ([30, 784, 10, 784, 30], "how many come out"), ([30, 784, 10, 30, 300], "matrices are right")],
        [(back_with(lambda delta, rows, h, k: along(rows[k], delta) * h[k] * (1 - h[k])), "column"),
         (back_with(lambda delta, rows, h, k: column(delta, rows, k)), "is missing"),
         (back_with(lambda delta, rows, h, k: column(delta, rows, k) * (1 - h[k] ** 2)), "derivative of tanh"),
         (back_with(lambda delta, rows, h, k: column(delta, rows, k) * h[k]), "two factors"),
         (back_with(lambda delta, rows, h, k: sum(row[k] for row in rows) * h[k] * (1 - h[k])), "add up the weights"),
         (back_with(lambda delta, rows, h, k: 1.0), "the first number")],
    ])


def test_four_digits_on_the_way_are_enough():
    check, *_ = exercises(4)
    assert check(1, 0.0566) and check(1, 0.05664) and check(2, 0.015) and check(2, 0.01504)


def test_a_function_for_square_layers_only_is_told_what_it_should_return():
    def square(delta, rows, h):
        return [column(delta, rows, k) * h[k] * (1 - h[k]) for k in range(len(delta))]

    verdict = exercises(4).check(6, square)
    assert not verdict and "with 3 units before, 3 numbers are expected, got 1" in str(verdict)


def test_a_function_that_changes_its_lists_is_judged_by_those_that_it_got():
    def emptying(delta, rows, h):
        found = [column(delta, rows, k) * h[k] * (1 - h[k]) for k in range(len(h))]
        delta.clear(), rows.clear(), h.clear()
        return found

    assert exercises(4).check(6, emptying)
