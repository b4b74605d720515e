"""Judges of chapter 11, what goes wrong."""
from __future__ import annotations

from collections.abc import Sequence
from math import exp, isclose
from random import Random
from typing import Any

from ... import nn, optim
from ...show.playground.data_sets import DATA_SETS
from ...boundary.late_numpy import np
from ..answers import UnfitError, close, differs_at, function, misplaced, number, numbers, result

LOSS = "binary_cross_entropy"


def without_a_look_at_x(answer: object) -> str | None:
    """The entropy of labels of which 30 % are of class 1."""
    found = number(answer)
    if close(found, 0.610864):
        return None
    if close(found, 0.693147):
        return "That is the loss of saying one half. Three in ten have the disease: another p suits them better."
    if close(found, 0.356675) or close(found, 1.203973):
        return "That is the loss of the samples of one class. The mean is over both, each with its share."
    if close(found, 0.3):
        return "0.3 is the best p. What is the mean loss of a model that says it?"
    if close(found, 0.881291) or close(found, 0.265295):
        return "That is the entropy with another logarithm. The loss takes the natural one."
    return "Take the mean of −ln p over 30 samples of class 1 and of −ln(1 − p) over 70 of class 0."


def _sigmoid(z: float) -> float:
    return 1.0 / (1.0 + exp(-z))


def _kept(x: float, w: float, k: int) -> float:
    gradient = 1.0
    for _ in range(k):
        x = _sigmoid(w * x)
        gradient *= w * x * (1.0 - x)
    return gradient


def through_k_sigmoids(answer: object) -> str | None:
    """The derivative through a chain of sigmoids, at some points."""
    kept = function(answer, "kept(x, w, k)")
    found = differs_at(kept, _kept, [(0.0, 1.0, 1), (0.3, 2.0, 1), (0.5, 1.0, 2), (-0.4, -3.0, 3), (0.2, 4.0, 6)])
    if found is None:
        return None
    (x, w, k), given, right = found
    at = f"kept({x:g}, {w:g}, {k}) is {given:.4g}, and {right:.4g} is right."
    outputs = [x]
    for _ in range(k):
        outputs.append(_sigmoid(w * outputs[-1]))
    if isclose(given, 0.25**k) or isclose(given, (0.25 * w) ** k):
        return f"{at} A quarter is the most that a sigmoid's derivative can be: at which net input?"
    if isclose(given, outputs[-1]):
        return f"{at} That is the output of the last unit, and not its derivative."
    if isclose(given, right / w**k):
        return f"{at} On its way through a unit the gradient is also multiplied by the weight."
    if isclose(given, _kept(x, w, 1) ** k):
        return f"{at} The units have different net inputs, so each has a derivative of its own."
    if isclose(given, _kept(outputs[-2], w, 1)):
        return f"{at} That is the derivative of the last unit alone: go back through all of them, to x."
    return f"{at} Multiply the factors w · σ′(w · a) of all units, each at its own a."


def the_step_that_kills(answer: object) -> str | None:
    """The learning rate from which on both net inputs are 0 or less after one step."""
    found = number(answer)
    if close(found, 2 / 13, 5e-3):
        return None
    if close(found, 1 / 8):
        return "From 1/8 on the sample x = 1 is off. Is x = 2 off then, too? A dead unit is off for all."
    if close(found, 1 / 5):
        return "The bias moves as well: its gradient is not 0."
    if close(found, 1 / 13):
        return "That goes with the sum of the squared errors. The loss is their mean."
    if close(found, 4 / 13):
        return "The derivative of a² is 2a: the 2 and the division by two samples cancel."
    if close(found, 1 / 3) or close(found, 2 / 3):
        return "The weight moves as well, and not the bias alone."
    return "Write the two net inputs after the step as functions of η. Where does the later one become 0?"


def layer_after_layer(answer: object) -> str | None:
    """1.5 to the power of ten, and He's rule."""
    growth, deviation = numbers(answer, 2, "the two numbers, the growth and the standard deviation,")
    if not close(growth, 1.5**10, 0.02):
        if close(growth, 2.25**10, 0.02):
            return "That is the growth of the mean square. The size is its root."
        if close(growth, 4.5**5, 0.02) or close(growth, 4.5**10, 0.02):
            return "Relu makes half of the numbers 0, which leaves half of the mean square in each layer."
        if close(growth, 1.5):
            return "1.5 is the growth in one layer. There are ten."
        if close(growth, 15):
            return "Ten layers with the factor 1.5 multiply: they do not add up."
        return f"The growth is not {growth:.4g}. By which factor does one layer change the size?"
    if close(deviation, 0.2, 0.01):
        return None
    if close(deviation, 0.04, 0.01):
        return "The growth is right. 0.04 is the variance: its root is the standard deviation."
    if close(deviation, 0.5**0.5 / 5, 0.01):
        return "The growth is right. √(1/n) keeps the size of weighted sums; relu then takes half of the mean square."
    return "The growth is right. For the standard deviation solve s · √(n/2) = 1 with n = 50."


REMARKS = {
    "1d": "Nothing in patient 1 is saturated. The gradient is lost on its way through the layers.",
    "1b": "The updates of patient 1 are not short in all layers: the largest is 0.034, and 0.001 is usual.",
    "2c": "Patient 2 is a relu network of which 98 % of the outputs are 0.",
    "2b": "The update of patient 2 is usual. But 98 % zeros are not.",
    "3c": "At the first layer of patient 3 arrives a quarter of what arrives at the last. That is healthy.",
    "4c": "The gradient of patient 4 is lost in one layer: look at its share of saturated outputs.",
    "4e": "Dead units are relus. Those of patient 4 are tanhs, and none of them is 0.",
    "5f": "At the first layer of patient 5 arrives less than at the last. It is the loss that explodes.",
}


def five_patients(answer: object) -> str | None:
    """The illness of each of five networks."""
    return misplaced(answer, "cebda", "abcdef", REMARKS, "patient")


def _people() -> tuple[Any, list[float]]:
    """Moons as years and money, and their labels."""
    moons = DATA_SETS["moons"](200, 0.15, Random(0))
    return np.array([[40 + 15 * a, 30_000 + 8_000 * b] for a, b, _ in moons]), [float(label) for *_, label in moons]


def mend_it(answer: object) -> str | None:
    """A deep network and its inputs: diagnose finds nothing, and it learns."""
    mended = function(answer, "mended(people)")
    people, y = _people()
    found = result(mended, people.copy())
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise UnfitError("mended(people) returns two things: `return inputs, model`.")
    inputs, model = found
    if type(model) is not nn.MLP:
        raise UnfitError("the second thing that mended(people) returns is an nn.MLP.")
    if [len(layer.neurons) for layer in model.layers] != [16] * 6 + [1]:
        return "The network keeps its six hidden layers of 16 units and its one output: fewer layers are no cure here."

    def diagnosis() -> Any:
        from ...show.report.report import diagnose      # with NumPy, which the other judges need not

        return diagnose(model, inputs, y, LOSS, "sgd", lr=0.1)

    findings = result(diagnosis).findings
    if findings:
        first = findings[0]
        more = f" ({len(findings)} findings in all.)" if len(findings) > 1 else ""
        return f"diagnose finds: {first.kind}, {first.where}: {first.text}.{more}"
    if _accuracy(model, inputs, y) < 0.8:
        return "diagnose finds nothing, but it does not learn: do the inputs still say who is who?"
    return None


def _accuracy(model: nn.MLP, inputs: Sequence[Any], y: Sequence[float]) -> float:
    from ...training.fit import fit

    optimizer = optim.SGD(model.parameters(), lr=0.1)
    history = fit(
        model, inputs, y, LOSS, optimizer, epochs=30, batch_size=20, metrics=["accuracy"], seed=0, progress=False
    )
    return float(history["accuracy"][-1])


JUDGES = (
    without_a_look_at_x, through_k_sigmoids, the_step_that_kills, layer_after_layer, five_patients, mend_it,
)
