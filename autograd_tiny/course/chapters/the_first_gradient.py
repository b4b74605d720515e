"""Judges of chapter 1, the first gradient."""
from __future__ import annotations

from ..answers import all_close, close, differs_at, function, number, numbers


def a_third_path(answer: object) -> str | None:
    """The gradient of (a + b)(b + c) + b² at (-1, 3, 4)."""
    a, b, c = numbers(answer, 3)
    if not all_close([a, c], [7, 2]):
        return "b² contains neither a nor c: their gradients are those of (a + b)(b + c)."
    if close(b, 15):
        return None
    if close(b, 9):
        return "9 is what two of the paths from b give; the one through b² is missing."
    if close(b, 12) or close(b, 18):
        return "Two of the paths from b give 9. What is the derivative of b² at b = 3?"
    if close(b, 13) or close(b, 8):
        return "There are three paths from b to f, and one is missing in your sum."
    if close(b, 6):
        return "6 is what the path through b² gives; gradients add at branches."
    return "The gradients of a and c are right. For b, add what each of its three paths gives."


def the_other_factor(answer: object) -> str | None:
    """The derivative of b·b at 3."""
    found = number(answer)
    if close(found, 6):
        return None
    if close(found, 3):
        return "That is what one of the two edges gives. b is used twice."
    if close(found, 9):
        return "9 is f itself, or the product of both edges. Along a path one multiplies, at a branch one adds."
    if close(found, 2):
        return "2 counts the edges. What does each of them give at b = 3?"
    return "Look at the two edges from b into the product, one after the other."


def a_forecast(answer: object) -> str | None:
    """14 + 7·0.1 - 9·0.2."""
    found = number(answer)
    if abs(found - 12.9) < 5e-3:
        return None
    if close(found, 12.92, 1e-4):
        return "That is the true value of f. The gradient forecasts another one."
    if close(found, -1.1):
        return "That is by how much f changes. The forecast is f itself after the change."
    if close(found, 16.5):
        return "b shrinks: its contribution has the other sign."
    if close(found, 14.7) or close(found, 12.2):
        return "Both inputs move, and both contributions count."
    return "Begin with 14, and add for each input its gradient times its change."


def to_rest_at_5(answer: object) -> str | None:
    """Numbers a, b, c with (a + b)(b + c) = 5, to three digits."""
    a, b, c = numbers(answer, 3, "the three numbers a, b, c")
    f = (a + b) * (b + c)
    if abs(f - 5) < 5e-3:
        return None
    at = f"At your numbers f = {f:.6g}"
    if close(f, 14):
        return f"{at}, as at the start: are the numbers of the Values changed in your loop?"
    if f > 14:
        return f"{at}, more than at the start: a step goes against the gradient, so it is subtracted, and it is small."
    if f < 0:
        return f"{at}: it went past 5. Call backward() on the error (f - 5)², and not on f."
    return f"{at}: more steps are needed, or each `.grad` must be set to 0 after a step."


def steps_on_both_sides(answer: object) -> str | None:
    """The central difference, at parabolas and a cubic."""
    slope = function(answer, "slope(g, x, h)")

    def parabola(x: float) -> float:
        return 3 * x * x - 4 * x + 1

    def exact(g: object, x: float, h: float) -> float:
        return 6 * x - 4

    found = differs_at(slope, exact, [(parabola, 2.0, 0.5), (parabola, -1.0, 0.1), (parabola, 0.5, 2.0)])
    if found is None:
        return None
    (_, x, h), given, right = found
    at = f"For g = 3x² - 4x + 1 at x = {x:g} with h = {h:g} it gives {given:.6g}, and {right:g} is exact."
    if close(given, 2 * right):
        return f"{at} The two points are 2h apart."
    if close(given, right + 3 * h) or close(given, right - 3 * h):
        return f"{at} This looks on one side only."
    if close(given, -right):
        return f"{at} The sign: the later point comes first in a rise."
    if close(given, 2 * h * right):
        return f"{at} A slope is a rise divided by a distance."
    if close(given, h * right * 2 * h / 2):
        return f"{at} Divide by 2h, in brackets: / 2 * h divides by 2 and multiplies by h."
    return f"{at} It takes g at x - h and at x + h, and the distance between these points."


JUDGES = (a_third_path, the_other_factor, a_forecast, to_rest_at_5, steps_on_both_sides)
