"""Chapter 1: its solutions pass, and likely wrong answers get the hint that helps."""
from references.course.exercises import judge_mistakes, judge_solutions

CHAPTER = "the_first_gradient"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [([7, 9, 2], "b² is missing"), ([7, 12, 2], "derivative of b²"), ([7, 8, 2], "one is missing"),
         ([13, 15, 2], "neither a nor c")],
        [(3, "used twice"), (9, "at a branch one adds"), (2, "counts the edges")],
        [(12.92, "true value"), (-1.1, "after the change"), (16.5, "other sign"), (14.7, "Both")],
        [([-1, 3, 4], "as at the start"), ([2, 5, 6], "subtracted"), ([-8, -3, 5], "on the error"),
         ([-1, 2.5, 4], "more steps")],
        [(lambda g, x, h: (g(x + h) - g(x)) / h, "one side"),
         (lambda g, x, h: (g(x) - g(x - h)) / h, "one side"), (lambda g, x, h: (g(x + h) - g(x - h)) / h, "2h apart"),
         (lambda g, x, h: g(x + h) - g(x - h), "divided by a distance"),
         (lambda g, x, h: (g(x - h) - g(x + h)) / (2 * h), "sign")],
    ])
