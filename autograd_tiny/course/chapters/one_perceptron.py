"""Judges of chapter 6, one perceptron."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ...engine.functions import tanh
from ...transforms.functional import grad
from ..answers import UnfitError, all_close, close, function, is_value, number, numbers, result

AND = {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1}
CORNERS = {(-1, -1): 0, (1, 1): 0, (-1, 1): 1, (1, -1): 1}
COLOURS = ("orange", "turquoise")


def and_without_training(answer: object) -> str | None:
    """w0 + w1 x + w2 y is above 0 at (1, 1) only."""
    w0, w1, w2 = numbers(answer, 3, "the three weights")
    nets = {point: w0 + w1 * point[0] + w2 * point[1] for point in AND}
    if _is_right(nets, AND):
        return None
    if not any((w0, w1, w2)):
        return "With all weights 0 there is no line: the output is ½ everywhere."
    if _is_right({(x, y): w2 + w0 * x + w1 * y for x, y in AND}, AND):
        return "These weights would be right in another order: w₀, which is multiplied by 1, comes first."
    if _is_right({point: -net for point, net in nets.items()}, AND):
        return "The line is right, but the sides are exchanged: change the sign of all weights."
    return _first_wrong(nets, AND, ("0", "1"))


def _is_right(nets: dict[tuple[int, int], float], targets: dict[tuple[int, int], int]) -> bool:
    return all(net > 0 if targets[point] else net < 0 for point, net in nets.items())


def _first_wrong(nets: dict[tuple[int, int], float], targets: dict[tuple[int, int], int], names: Sequence[str]) -> str:
    point, net = next((p, z) for p, z in nets.items() if (z <= 0 if targets[p] else z >= 0))
    at = f"At {point} the net input is {net:.4g}"
    if net == 0:
        return f"{at}: the point lies on the boundary itself, and the output is ½."
    return f"{at}, so the unit says {names[net > 0]}, where {names[targets[point]]} is right."


def one_update(answer: object) -> str | None:
    """(0.5, -1, 2) - 0.1 (1, 2, 1)."""
    found = numbers(answer, 3, "the three weights")
    if all_close(found, [0.4, -1.2, 1.9]):
        return None
    if all_close(found, [0.5, -1, 2]):
        return "The weights stay only if the unit is right. At (2, 1) its net input is 0.5."
    if all_close(found, [0.6, -0.8, 2.1]):
        return "The unit said 1 where 0 is right: t - a is negative, and z has to become smaller."
    if all_close(found, [-0.5, -3, 1]):
        return "That is a step with the rate 1. Here it is 0.1."
    if all_close(found, [0.5, -1.2, 1.9]):
        return "w₀ moves too: its input is always 1."
    if all_close(found, [0.4, -1.1, 1.9]):
        return "Each weight moves by its own input times the rate, and the inputs are not all 1."
    return "Compute z first, then a, then t - a. Each weight moves by 0.1 · (t - a) times its input."


def twice_as_sure(answer: object) -> str | None:
    """81/82."""
    found = number(answer)
    if close(found, 81 / 82, 1e-3):
        return None
    if close(found, 1.8):
        return "The net input is doubled. The output is not: it stays below 1."
    if close(found, 0.9):
        return "The line stays where it is, and so does an output of ½. All others move away from ½."
    if close(found, 0.99):
        return "Not quite: it is not 1 - h that is squared, but the odds (1 - h)/h."
    if close(found, 0.81):
        return "That is h². The unit becomes more sure, so its output moves towards 1."
    if close(found, 0.95):
        return "The distance to 1 is not just halved. Find z from σ(z) = 0.9, and double that."
    if close(found, 0.858, 3e-3):
        return "That is σ(1.8). Double the net input, and not the output."
    return "Find the z with σ(z) = 0.9. What is σ(2z)?"


def another_unit(answer: object) -> str | None:
    """2 (h - t) (1 - h²) x_k, as the engine computes it."""
    gradient = function(answer, "gradient(w, x, t)")
    for w, x, t in [([0.2, -0.5, 0.3], [1.0, 0.4, -2.0], 1.0), ([1.0, 0.5, -0.25], [1.0, -1.5, 0.5], -1.0)]:
        given = result(gradient, list(w), list(x), t)
        found = numbers(given, 3, "from gradient(w, x, t) three numbers")
        net = sum(weight * each for weight, each in zip(w, x, strict=True))
        along = grad(lambda z, t=t: (tanh(z) - t) ** 2)(net)
        if not all_close(found, [along * each for each in x], 1e-6):
            return f"At w = {w}, x = {x}, t = {t:g}: " + _fault_of_gradient(found, x, net, t, along)
    return None


def _fault_of_gradient(found: list[float], x: list[float], net: float, t: float, along: float) -> str:
    h = float(tanh(net))
    factor = found[0] / along           # x[0] is 1
    if all_close(found, [along] * 3, 1e-6):
        return "the gradient is the same for all weights. Each has an input of its own."
    if not all_close(found, [factor * along * each for each in x], 1e-6):
        return "the three numbers are not in the ratio of the three inputs, by which the weighted sum multiplies."
    if close(factor, -1):
        return "the signs are those of a step downhill. The gradient points uphill: h comes before t in (h - t)."
    if close(factor, 0.5):
        return "a factor of 2 is missing, from the square."
    if close(factor, h * (1 - h) / (1 - h**2)):
        return "h (1 - h) belongs to the sigmoid. What is the derivative of tanh?"
    if close(factor, 1 / (1 - h**2)):
        return "the error is followed back to h only. The factor that tanh gives is missing."
    if close(factor, (1 - net**2) / (1 - h**2)):
        return "the derivative of tanh is 1 - h², with the output h, and not with the net input."
    if close(factor, (1 - h) / (1 - h**2)):
        return "the derivative of tanh is 1 - h², and not 1 - h."
    return f"it gives {found[0]:.4g} for w₀, and {along:.4g} is right. Multiply what the square, tanh and the sum give."


def fewer_than_four(answer: object) -> str | None:
    """Three points on a line, the middle one of the other class."""
    if isinstance(answer, str) or is_value(answer) or not hasattr(answer, "__len__"):
        raise UnfitError("a list of three points (x, y, class) is expected.")
    points = [numbers(each, 3, "for a point x, y and its class") for each in answer]  # type: ignore[attr-defined]
    if any(each[2] not in (0, 1) for each in points):
        raise UnfitError("the third number of a point is its class, 0 or 1.")
    if len(points) != 3:
        return f"These are {len(points)} points. Three are enough."
    if any(a[:2] == b[:2] for a, b in combinations(points, 2)):
        return "Two of the points are at the same place. Find three different ones."
    if len({each[2] for each in points}) == 1:
        return "They are all of one class: any line that leaves them on one side will do."
    (ax, ay, _), (bx, by, _), (cx, cy, _) = points
    if not close((bx - ax) * (cy - ay), (by - ay) * (cx - ax), 1e-9, 1e-12):
        return "The points form a triangle, and a line can cut off any of its corners from the other two."
    first, middle, last = sorted(points)
    if first[2] == last[2] != middle[2]:
        return None
    return "They are on one line, but on the way along it the class changes only once: cut there."


def a_fourth_input(answer: object) -> str | None:
    """w0 + w1 x + w2 y + w3 x y is above 0 at (-1, 1) and (1, -1) only."""
    w0, w1, w2, w3 = numbers(answer, 4, "the four weights")
    nets = {(x, y): w0 + w1 * x + w2 * y + w3 * x * y for x, y in CORNERS}
    if _is_right(nets, CORNERS):
        return None
    if w3 == 0:
        return "Without the product this is a line again, and no line has all four right."
    if _is_right({point: -net for point, net in nets.items()}, CORNERS):
        return "The sides are exchanged: orange is where the product is positive."
    return _first_wrong(nets, CORNERS, COLOURS)


JUDGES = (and_without_training, one_update, twice_as_sure, another_unit, fewer_than_four, a_fourth_input)
