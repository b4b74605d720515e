"""check, hint and solution of a chapter: whatever is handed in gets an answer, and never a traceback."""
import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.course import exercises


def test_a_right_answer_is_true_and_a_wrong_one_false():
    check, *_ = exercises(1)
    assert check(2, 6) and str(check(2, 6)) == "Exercise 2: right."
    assert not check(2, 3) and "used twice" in str(check(2, 3))


def test_rounded_answers_and_numpys_numbers_count():
    check, *_ = exercises(1)
    assert check(2, np.float64(6.0)) and check(2, np.array(6.0))
    assert check(1, np.array([7, 15.001, 2])) and check(1, (7, 15, 2))


@pytest.mark.parametrize("nothing", [(), (1,), (1, ...)])
def test_an_exercise_waits_for_its_answer(nothing):
    verdict = exercises(1).check(*nothing)
    assert not verdict and ("waits" in str(verdict) or "number of an exercise" in str(verdict))


@pytest.mark.parametrize("number", [0, 6, -1, 1.0, "1", None, True, [1], Value(1.0)])
def test_numbers_of_no_exercise_are_named(number):
    check, hint, solution = exercises(1)
    for said in check(number, 6), hint(number), solution(number), hint(), solution(), check():
        assert "from 1 to 5" in str(said)


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")

    __eq__ = __len__ = __iter__ = __float__


STRANGE = [
    None, "6", "", True, float("nan"), float("inf"), Value(6.0), [6], [], {}, {1: 2}, print, int, object(), Hostile,
    np.zeros((3, 3)), np.array(["a"]), np.array([None, 1, 2]), 1j, b"6", range(3), [Value(1.0)] * 3, [[1], 2, 3],
    10**400, lambda: 1 / 0, lambda *a: None, lambda *a: ..., lambda *a: "text", lambda *a: a, "\x1b[31m" * 100,
]


@pytest.mark.parametrize("answer", STRANGE, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("number", range(1, 6))
def test_strange_answers_get_a_hint(number, answer):
    verdict = exercises(1).check(number, answer)
    assert not verdict and f"Exercise {number}" in str(verdict) and "\x1b" not in str(verdict)


def test_an_object_that_refuses_everything_gets_a_hint():
    assert not exercises(1).check(2, Hostile()) and not exercises(1).check(1, Hostile())


def test_hints_become_more_and_more_telling():
    _, hint, solution = exercises(1)
    assert [str(hint(2))[:11] for _ in range(4)] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert "solution(2)" in str(hint(2)) and "```python" in solution(2)._repr_markdown_()


def test_wrong_answers_get_hints_from_the_second_one_on():
    check, *_ = exercises(1)
    assert "Hint" not in str(check(2, 3))
    assert "Hint 1 of 3" in str(check(2, 3)) and "Hint 2 of 3" in str(check(2, 4))
    assert "Hint" not in str(check(3, 3))


@pytest.mark.parametrize("chapter", [0, 99, "1", 1.0, None, True])
def test_chapters_that_are_not_there(chapter):
    with pytest.raises(ValueError, match=r"chapter: a number from 1 to 13"):
        exercises(chapter)
