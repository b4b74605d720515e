"""Judges of chapter 12, what goes wrong silently."""
from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, log1p

from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ...boundary.arguments import describe
from ..answers import all_close, close, function, misplaced, number, numbers, result



def without_the_probability(answer: object) -> str | None:
    """Binary cross-entropy of a logit: its value and its gradient, also far from 0."""
    loss_of = function(answer, "loss_of(z, t)")
    for logit in 0.3, -2.0, 5.0, 40.0, 1000.0, -40.0, -1000.0, 0.0:
        for t in 0, 1:
            z = Value(logit)
            loss = result(loss_of, z, t)
            if not isinstance(loss, Value):
                return f"loss_of(z, {t}) returns {describe(loss)}: without a Value there is no gradient."
            if (fault := _fault(logit, t, z, loss)) is not None:
                return f"At z = {logit:g} with t = {t} {fault}"
    return None


def _fault(logit: float, t: int, z: Value, loss: Value) -> str | None:
    """What is wrong with a loss and its gradient, as the second half of a sentence."""
    expected = max(logit, 0.0) + log1p(exp(-abs(logit))) - t * logit
    if not isfinite(loss.data):
        cause = "a number on the way overflows" if abs(logit) > 700 else "σ(z) or 1 − σ(z) is exactly 0 in the machine"
        return f"the loss is {loss.data:g}, and {expected:.4g} is right: {cause}."
    if not close(loss.data, expected, 1e-9, 1e-12):
        if close(loss.data, expected + (2 * t - 1) * logit, 1e-9):
            return "the loss is that of the other label."
        if close(loss.data, -expected, 1e-9):
            return "the loss has the wrong sign: it is never negative."
        if abs(logit) >= 40.0 and loss.data < expected:
            return f"the loss is {loss.data:.4g}, and {expected:.4g} is right: a clipped probability grows no more."
        return f"the loss is {loss.data:.6g}, and {expected:.6g} is right."
    found, right = gradients(loss, [z])[0], _sigmoid(logit) - t
    if isfinite(found) and close(found, right, 1e-9, 1e-12):
        return None
    said = f"the loss is right, but its gradient is {found:.4g}, and {right:.4g} is right:"
    if logit == 0.0:
        return f"{said} max, relu and abs have kinks there, and each takes a derivative by convention."
    if found == 0.0:
        return f"{said} something has left the graph, or was clipped, and nothing leads back to z."
    return f"{said} some step on the way has no derivative there."


def _sigmoid(z: float) -> float:
    return 1.0 / (1.0 + exp(-z)) if z >= 0 else exp(z) / (1.0 + exp(z))


def out_of_reach(answer: object) -> str | None:
    """The parameters of a layer whose outputs are taken out of the graph, and of a unit that nobody looks at."""
    found = number(answer)
    if close(found, 33):
        return None
    if close(found, 24):
        return "24 are those of the gate. In another line a unit is left out."
    if close(found, 9):
        return "9 are those of the unit that the head does not see. In another line a whole layer is cut off."
    if close(found, 24 + 8) or close(found, 16 + 9) or close(found, 16 + 8):
        return "Each unit has a bias, too."
    if close(found, 88 - 33):
        return "That is how many parameters the loss does depend on."
    if close(found, 24 + 24 + 9) or close(found, 24 + 24):
        return "The first layer is reached: its units stay in the graph, and only the gates are plain numbers."
    if close(found, 88):
        return "Not all: the head, at least, is reached. Follow the graph from there back to the inputs."
    return "Go through forward from its last line to its first, and ask of each layer whether the loss depends on it."


Line = tuple[float, float]
Points = Sequence[tuple[float, float]]


def _slopes(points: Points, w: float, b: float) -> Line:
    errors = [(2 * (w * x + b - y), x) for x, y in points]
    return sum(error * x for error, x in errors), sum(error for error, _ in errors)


def _line(points: Points, rate: float, steps: int, *, adds: bool = False, stale: bool = False) -> Line:
    """w and b after gradient descent, right, or with one of the two mistakes or both."""
    w = b = sum_w = sum_b = 0.0
    for _ in range(steps):
        from_w, from_b = _slopes(points, *((0.0, 0.0) if stale else (w, b)))
        sum_w, sum_b = (sum_w + from_w, sum_b + from_b) if adds else (from_w, from_b)
        w, b = w - rate * sum_w, b - rate * sum_b
    return w, b


def a_loop_that_runs(answer: object) -> str | None:
    """Gradient descent for a line, step by step."""
    fitted = function(answer, "fitted(points, rate, steps)")
    on_line, others = [(-1.0, -1.0), (0.0, 1.0), (1.0, 3.0)], [(1.0, 2.0), (2.0, 2.5), (4.0, 1.0)]
    for points, rate, steps in (on_line, 0.1, 1), (on_line, 0.1, 3), (others, 0.01, 4), (on_line, 0.1, 60):
        found = numbers(result(fitted, list(points), rate, steps), 2, "from fitted(…) the two numbers w and b")
        if not all_close(found, _line(points, rate, steps), 1e-6):
            return f"After {steps} step{'s' * (steps > 1)} with the rate {rate:g} {_cause(found, points, rate, steps)}"
    return None


def _cause(found: Sequence[float], points: Points, rate: float, steps: int) -> str:
    right = _line(points, rate, steps)
    if all_close(found, _line(points, rate, steps, adds=True, stale=True), 1e-6):
        return "the line is that of the loop in the exercise: both mistakes are still in it."
    if all_close(found, _line(points, rate, steps, adds=True), 1e-6):
        return "gradients of earlier steps are still in .grad. The other mistake is mended."
    if all_close(found, _line(points, rate, steps, stale=True), 1e-6):
        return "every step went along the first gradient: the loss must be computed anew. The other mistake is mended."
    if all_close(found, _line(points, -rate, steps), 1e-6):
        return "the line has gone uphill: a step goes against the gradient."
    if all_close(found, _line(points, rate / len(points), steps), 1e-6):
        return "the steps are those of the mean of the squared errors. The exercise takes their sum."
    if all_close(found, (0.0, 0.0)):
        return "w and b are still 0: are the gradients set to 0 before backward(), and not after it?"
    return f"w and b are {found[0]:.4g} and {found[1]:.4g}, and {right[0]:.4g} and {right[1]:.4g} are right."


def a_softmax_too_many(answer: object) -> str | None:
    """The loss of the outputs 1, 0, … 0 of ten classes, taken for logits."""
    found = number(answer)
    if close(found, 1.461178):
        return None
    if close(found, 0, absolute=1e-6):
        return "0 would need a logit that leads the others by far. How far can a probability lead?"
    if close(found, 2.302585):
        return "That is the loss of a network that knows nothing. This one knows, and can say a part of it."
    if close(found, 0.313262):
        return "That is the number for two classes. Nine others have a share here."
    if close(found, 0.231971):
        return "That is the probability of the right class after both softmaxes. The loss is its negative logarithm."
    if close(found, 1.371951):
        return "There are nine other classes, and not eight: ten in all."
    if close(found, 1.543040):
        return "The right class is one of the ten: nine others are added to it."
    return "Take the best outputs that a softmax can give, and compute the cross-entropy as if they were logits."


REMARKS = {
    "1e": "Complaint 1 says that the outputs do tell the classes apart: the data are right.",
    "1b": "The outputs of complaint 1 have learned, so the gradient reaches them.",
    "2f": "A rate that is too high would be cured by a tenth of it, and complaint 2 was not.",
    "3d": "Two sigmoids could not learn ten samples by heart, and `diagnose` names them: that is not complaint 3.",
    "3b": "`diagnose` would name parameters that the loss does not reach, and in complaint 3 it finds nothing.",
    "4f": "The first loss of complaint 4 is small and finite. Between it and the second there is one gradient.",
    "5c": "Gradients of earlier steps move the weights too far, and those of complaint 5 have not moved at all.",
    "5f": "A rate that is too high moves the weights too far, and those of complaint 5 have not moved at all.",
}


def five_complaints(answer: object) -> str | None:
    """The mistake behind each of five complaints."""
    return misplaced(answer, "dceab", "abcdef", REMARKS, "complaint")


JUDGES = without_the_probability, out_of_reach, a_loop_that_runs, a_softmax_too_many, five_complaints
