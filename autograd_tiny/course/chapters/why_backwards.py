"""Judges of chapter 2, why backwards."""
from __future__ import annotations

import re

from ...transforms.dual import Dual
from ..answers import UnfitError, all_close, close, function, is_value, number, numbers, result

USED_IN = {"h": "", "z": "h", "y": "z", "w": "z", "x": "yh"}        # the results that a value was used in


def asked_four_times(answer: object) -> str | None:
    """18: two calls of backward() add 9 each."""
    found = number(answer)
    if close(found, 18):
        return None
    if close(found, 36):
        return "gradients writes nothing into .grad: only two of the four calls do."
    if close(found, 9):
        return "The second backward() adds to what the first has left; it doesn't overwrite it."
    if close(found, 27):
        return "Two of the calls write into .grad, and each adds the same number. Which ones are they?"
    if close(found, 0):
        return "That is b.grad as long as only gradients was called."
    return "∂f/∂b is 9. How many of the four calls add it to b.grad?"


def a_quotient_of_dual_numbers(answer: object) -> str | None:
    """(p/q, (ṗ - (p/q) q̇) / q), as Dual computes it."""
    divide = function(answer, "quotient(p, q)")
    for p, q in [((6.0, 1.0), (2.0, 3.0)), ((3.0, 5.0), (-4.0, 0.5))]:
        given = result(divide, p, q)
        if isinstance(given, Dual):
            return "The pairs are pairs of plain numbers. How does Dual do it?"
        found, right = numbers(given, 2, "from quotient(p, q) two numbers"), Dual(*p) / Dual(*q)
        fault = _fault_of_quotient(p, q, found, [right.primal, right.tangent])
        if fault is not None:
            return f"quotient({p}, {q}) gives ({found[0]:.6g}, {found[1]:.6g}). {fault}"
    return None


def _fault_of_quotient(
    p: tuple[float, float], q: tuple[float, float], found: list[float], right: list[float],
) -> str | None:
    if all_close(found, right):
        return None
    if all_close(found[::-1], right):
        return "The number comes first, then its derivative."
    if not close(found[0], right[0]):
        return f"The number itself is {right[0]:g}: p divided by q."
    (number_p, rate_p), (number_q, rate_q) = p, q
    if close(found[1], -right[1]):
        return "The derivative has the wrong sign: p makes the quotient larger, q makes it smaller."
    if close(found[1], right[1] * number_q):
        return f"The derivative is {number_q:g} times too large: solving for ṙ divides all of it by q."
    if close(found[1], (rate_p * number_q + number_p * rate_q) / number_q**2):
        return "When q grows, the quotient becomes smaller: its derivative has a minus there."
    if close(found[1], rate_p / number_q):
        return "That is right only if q does not change. Here q has a derivative too."
    if close(found[1], rate_p / rate_q):
        return "A quotient of the derivatives is no derivative of the quotient."
    return f"The derivative is {right[1]:g}. Use the product rule on p = r·q."


def in_which_order(answer: object) -> str | None:
    """Any order in which each value comes after all results that it was used in."""
    names = _letters(answer)
    passed: set[str] = set()
    for name in names:
        missing = [result for result in USED_IN[name] if result not in passed]
        if missing and names[-1] == "h":
            return "That is the order of computing. Adjoints come from h."
        if missing:
            later = missing[0]
            return f"{name} passes on before {later}, in which it was used: what {later} gives it comes too late."
        passed.add(name)
    return None


def _letters(answer: object) -> list[str]:
    """The five names in the order of an answer, without the inputs, which have nothing to pass on."""
    if isinstance(answer, str):
        answer = re.findall(r"\w", answer)
    if is_value(answer) or not isinstance(answer, list | tuple) or not all(isinstance(each, str) for each in answer):
        raise UnfitError('five letters in a list are expected, such as ["h", "x", …].')
    found = [each.strip().lower() for each in answer]
    names = [each for each in found if each not in {"a", "b", "c"}]
    if sorted(names) != sorted(USED_IN):
        raise UnfitError(f"each of h, w, x, y and z is expected once, got {', '.join(found)[:40]}.")
    return names


def passes_counted(answer: object) -> str | None:
    """19 and 5, then 4 and 5."""
    found = numbers(answer, 4)
    right = [19.0, 5.0, 4.0, 5.0]
    if all_close(found, right):
        return None
    if all_close(found, [5, 19, 5, 4]):
        return "Forward and reverse are exchanged: a forward pass answers for one input, a reverse pass for one output."
    if close(found[1], 1) or close(found[3], 1):
        return "One reverse pass answers for one output. How many outputs are there without np.sum?"
    if close(found[0], 1) or close(found[2], 1):
        return "One forward pass answers for one input. How many numbers are inputs?"
    if close(found[0], 2) or close(found[2], 2):
        return "An array of three numbers is three inputs, and so is a list: passes go by numbers, not by arguments."
    if close(found[2], 19):
        return "A fixed x is no input: no derivatives with respect to its numbers are asked for."
    if close(found[2], 3):
        return "p holds more than the weights."
    wrong = next(k for k in range(4) if not close(found[k], right[k]))
    mode, case = ("forward", "reverse")[wrong % 2], ("first", "second")[wrong // 2]
    return f"Count the {'outputs' if wrong % 2 else 'inputs'} in the {case} case: {mode} mode takes a pass for each."


def from_the_left_from_the_right(answer: object) -> str | None:
    """110,000 and 10,100,000."""
    left, right = numbers(answer, 2)
    if all_close([left, right], [110_000, 10_100_000], 1e-6):
        return None
    if all_close([left, right], [10_100_000, 110_000], 1e-6):
        return "The two are exchanged: (A B) C begins with the row A."
    if close(left, 10_000) or close(right, 10_000_000, 1e-6):
        way = "(A B) C" if close(left, 10_000) else "A (B C)"
        return f"For {way} that is the first multiplication alone. The count of the second one is to be added."
    if close(left, 1e9, 1e-6) or close(right, 1e12, 1e-6) or close(left, right, 1e-6):
        return "The counts of the two multiplications add up, and they are not the same on both ways."
    if close(left, 110_000, 1e-6):
        return "The first count is right. For the second, B C takes 100 · 100 · 1000, and its result is 100 × 1000."
    if close(right, 10_100_000, 1e-6):
        return "The second count is right. For the first, A B takes 1 · 100 · 100, and its result is one row."
    return "Write down the shape of each first result, A B and B C. Then count both multiplications of each way."


def no_next_step(answer: object) -> str | None:
    """x₂ = 1/200, where the upper entry of the Hessian, 2 - 400 x₂, is 0."""
    found = number(answer)
    if close(found, 0.005):
        return None
    if close(found, 0):
        return "At (0, 0) the Hessian has 2 and 200 on its diagonal, and there is a next step."
    if close(found, -0.005):
        return "There the upper entry is 4. The sign is the other one."
    if close(found, 200) or close(found, 0.5) or close(found, 50):
        return f"There the upper entry is {2 - 400 * found:g}. For which x₂ is 2 - 400 x₂ = 0?"
    return f"At (0, {found:g}) the upper entry of the Hessian is {2 - 400 * found:.6g}. Where would it be 0?"


JUDGES = (
    asked_four_times, a_quotient_of_dual_numbers, in_which_order, passes_counted, from_the_left_from_the_right,
    no_next_step,
)
