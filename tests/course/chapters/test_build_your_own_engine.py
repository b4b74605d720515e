"""Chapter 3: its solutions pass, and likely wrong answers get the hint that helps."""
from pathlib import Path

from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import textbook

CHAPTER = "build_your_own_engine"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def recursive(node, found=None):
    found = [] if found is None else found
    if node not in found:
        for operand in node._prev:
            recursive(operand, found)
        found.append(node)
    return found


def breadth_first(node):
    found = [node]
    for value in found:
        found += [operand for operand in dict.fromkeys(value._prev) if operand not in found]
    return found


def reversed_breadth_first(node):
    return breadth_first(node)[::-1]


def twice(node):
    return [each for operand in node._prev for each in twice(operand)] + [node]


def with_exp(step):
    """The textbook's class, with another line in the derivative of exp."""
    source = Path(textbook.__file__).read_text("utf-8")
    right = "self.grad += out.data * out.grad"
    assert source.count(right) == 1
    names = {"__name__": "textbook"}
    exec(source.replace(right, step), names)
    return names["Value"]


def without_exp():
    names = {"__name__": "textbook"}
    exec(Path(textbook.__file__).read_text("utf-8"), names)
    del names["Value"].exp
    return names["Value"]


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [([12, 4], "wrong order"), ([8, 12], "sum of two"), ([12, 12], "only the last"), ([2, 12], "What does u set"),
         ([4, 6], "b³")],
        [(recursive, "RecursionError"), (breadth_first, "comes first"), (twice, "more than once"),
         (lambda node: [node], "1 of the 3"), (reversed_breadth_first, "before one of its operands")],
        [(with_exp("self.grad = out.data * out.grad"), "overwrites"),
         (with_exp("self.grad += self.data * out.grad"), "`exp`"), (with_exp("self.grad += out.data"), "`exp`"),
         (without_exp(), "no method exp")],
        [(lambda s: 1 - s * s, "tanh"), (lambda s: s * (s - 1), "rises"), (lambda s: 1 - s, "two factors"),
         (lambda s: 2 * s * (1 - s), "already")],
        [([18, 36], "other way"), ([18, 18], "not 0"), ([36, 6], "the same in all"), ([54, 18], "3, then 6")],
    ])
