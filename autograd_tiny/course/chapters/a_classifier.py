"""Judges of chapter 8, a classifier."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log

from ... import nn
from ...engine.functions import sum as total
from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ..answers import all_close, close, function, number, numbers, result

Numbers = Sequence[float]
Gradient = Callable[[Numbers, Numbers], list[float]]
EXACT = 1e-6


def with_a_pencil(answer: object) -> str | None:
    """Derivatives of -ln p₀ at p = (1/8, 2/8, 5/8)."""
    by_p0, own, other, by_z0, by_z1 = numbers(answer, 5)
    if not close(by_p0, -8):
        fault = "" if not close(by_p0, 8) else "The sign: a larger p₀ makes the loss smaller. "
        return f"{fault}∂L/∂p₀ is the derivative of -ln p₀ at p₀ = 1/8."
    if not close(own, 7 / 64):
        p0 = "That is p₀ itself: " if close(own, 1 / 8) else ""
        return f"∂p₀/∂z₀: {p0}z₀ stands in the numerator and in the sum. Two paths, two summands."
    if not close(other, -2 / 64):
        sign = "The sign: what the other logit gains, p₀ loses. " if close(other, 2 / 64) else ""
        return f"{sign}∂p₀/∂z₁: z₁ stands only in the sum below, so there is one path."
    if close(by_z0, 1 / 8):
        return "∂L/∂z₀ is p₀ minus its target, and the target of the true class is 1."
    if not close(by_z0, -7 / 8):
        return "The first three are right. ∂L/∂z₀ is the product of the first two."
    if not close(by_z1, 2 / 8):
        return "The first four are right. ∂L/∂z₁ is the product of the first and the third."
    return None


def for_any_targets(answer: object) -> str | None:
    """The gradient of -Σ y ln softmax(z), for targets of any sum."""
    def right(z: Numbers, y: Numbers) -> list[float]:
        return by_engine(lambda p: [-t * each.log() for each, t in zip(p, y, strict=True)], z)

    def forgotten(z: Numbers, y: Numbers) -> list[float]:
        return [p - t for p, t in zip(softmax(z), y, strict=True)]

    return judged(answer, right, {
        "This is p - y, which is right only where the targets sum to 1: what did step 3 make of their sum?": forgotten,
        "The sum belongs to one of the two terms only: which of them came from the sum over all k?":
            lambda z, y: [sum(y) * each for each in forgotten(z, y)],
        "The sign: a step goes *against* this gradient, so it is negative where the logit should grow.":
            lambda z, y: [-each for each in right(z, y)],
        "This is step 1, the derivative with respect to the probabilities. Step 2 leads on to the logits.":
            lambda z, y: [-t / p for p, t in zip(softmax(z), y, strict=True)],
    }, [([2.0, 1.0, 0.5], [0.0, 0.0, 1.0]), ([2.0, 1.0, 0.5], [0.0, 1.0, 1.0]), ([0.3, -1.2], [0.0, 3.0])])


def without_the_logarithm(answer: object) -> str | None:
    """The gradient of Σ (softmax(z) - y)²."""
    def right(z: Numbers, y: Numbers) -> list[float]:
        return by_engine(lambda p: [(each - t) ** 2 for each, t in zip(p, y, strict=True)], z)

    def outer(z: Numbers, y: Numbers) -> list[float]:
        return [2 * (p - t) for p, t in zip(softmax(z), y, strict=True)]

    return judged(answer, right, {
        "This is step 1, the derivative with respect to the probabilities. Step 2 leads on to the logits.": outer,
        "This has only the path through its own probability. A logit changes the others, too: a sum over all k.":
            lambda z, y: [each * p * (1 - p) for each, p in zip(outer(z, y), softmax(z), strict=True)],
        "This is the gradient of the cross-entropy. Step 1 is another one here, and nothing cancels.":
            lambda z, y: [each / 2 for each in outer(z, y)],
        "Nearly: the derivative of a square has the factor 2.": lambda z, y: [each / 2 for each in right(z, y)],
    }, [([2.0, 1.0, 0.5], [0.0, 0.0, 1.0]), ([0.3, -1.2], [1.0, 0.0]), ([0.0, 20.0], [1.0, 0.0])])


def judged(
    answer: object, right: Gradient, mistakes: dict[str, Gradient], points: list[tuple[list[float], list[float]]]
) -> str | None:
    """The judgement on a reader's function gradient(z, y): a known mistake, or the first point where it is wrong."""
    gradient = function(answer, "gradient(z, y)")
    found = [numbers(result(gradient, list(z), list(y)), len(z), f"from {len(z)} logits a list of {len(z)} numbers")
             for z, y in points]

    def agrees(other: Gradient) -> bool:
        return all(all_close(mine, other(*point), EXACT, 1e-12) for mine, point in zip(found, points, strict=True))

    if agrees(right):
        return None
    for hint, mistake in mistakes.items():
        if agrees(mistake):
            return hint
    z, y, mine, expected = next(
        (z, y, mine, right(z, y)) for mine, (z, y) in zip(found, points, strict=True)
        if not all_close(mine, right(z, y), EXACT, 1e-12)
    )
    at = f"At z = {z} with y = {[round(each) for each in y]}"
    return f"{at} it gives {_rounded(mine)}, and {_rounded(expected)} is right."


def by_engine(loss_of: Callable[[list[Value]], list[Value]], z: Numbers) -> list[float]:
    """The gradient of the sum of some terms in the probabilities, with respect to the logits."""
    logits = [Value(each) for each in z]
    return list(gradients(total(loss_of(nn.softmax(logits))), logits))


def softmax(z: Numbers) -> list[float]:
    return [each.data for each in nn.softmax([Value(each) for each in z])]


def _rounded(found: Numbers) -> str:
    return "[" + ", ".join(f"{each:.4g}" for each in found) + "]"


def a_softmax(answer: object) -> str | None:
    """Probabilities from logits of any size."""
    mine = function(answer, "softmax(z)")
    for z in [2.0, 1.0, 0.5], [0.0], [1000.0, 999.0, 0.0], [-1000.0, -1001.0], [2000.0, 0.0, 0.0, 0.0]:
        found = numbers(result(mine, list(z)), len(z), f"from {len(z)} logits a list of {len(z)} numbers")
        right = softmax(z)
        if all_close(found, right, EXACT, 1e-12):
            continue
        at = f"At {z} it gives {_rounded(found)}"
        largest = max(right)
        if all(close(a, log(b), EXACT) for a, b in zip(found, right, strict=True) if b > 0):
            return f"{at}: these are the logarithms of the probabilities."
        if all_close(found, [each / largest for each in right], EXACT, 1e-12):
            return f"{at}: the exponentials are harmless now. Divide them by their sum, too."
        if not close(sum(found), 1.0, EXACT):
            return f"{at}, which sums to {sum(found):.4g}: numerator and sum must be shifted by the same amount."
        return f"{at}, and {_rounded(right)} is right."
    return None


def the_same_answer(answer: object) -> str | None:
    """The entropy of the shares 1/2, 1/4, 1/4."""
    found = number(answer)
    if close(found, 1.5 * log(2)):
        return None
    if close(found, log(3)):
        return "That is ln 3, a third for each class. It does better by giving more to the class that is more frequent."
    if close(found, 1.5):
        return "Nearly: these are logarithms to the base 2. The loss has the natural one."
    if close(found, log(2)):
        return "That is the loss of a cat. For the other half of the images it is larger: take the mean."
    if close(found, 0.5 * log(2)):
        return "That is what the cats contribute. The dogs and the frogs contribute, too."
    if close(found, 0.5):
        return "That is the share of wrong answers. The loss is the mean of -ln of the true class's probability."
    if found < 0:
        return "A probability is 1 at most, so its logarithm is not above 0, and the loss, with a minus, not below."
    return "The mean of -ln p over the images: each class counts by its share. Which p are best?"


def how_many_images(answer: object) -> str | None:
    """0.97 · 0.03 / 0.002²."""
    found = number(answer)
    if close(found, 7275, 1e-2) or close(found, 7500, EXACT):
        return None
    if close(found, 0.97 * 0.03 / 0.002, 1e-2):
        return "The square root is still missing: the deviation is squared before it divides."
    if close(found, 1500, 2e-2):
        return "Five times as many images make the deviation smaller by √5, not by 5."
    if found < 300:
        return "Fewer than before? A smaller deviation takes more images."
    return "Set √(0.97 · 0.03 / n) equal to 0.002, and solve for n."


JUDGES = (with_a_pencil, for_any_targets, without_the_logarithm, a_softmax, the_same_answer, how_many_images)
