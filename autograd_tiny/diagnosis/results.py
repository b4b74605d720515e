"""The results of `measure`, as plain numbers, strings and lists."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..boundary.text import one_line, printable


@dataclass(frozen=True)
class Histogram:
    """A histogram: counts[i] numbers lie between edges[i] and edges[i + 1]."""

    counts: list[int]
    edges: list[float]


@dataclass(frozen=True)
class LayerReport:
    """The statistics of one layer, over all samples that were measured.

    A number is None where there is nothing to measure, or where it is not finite. Sizes are root mean squares.

    Attributes:
        name: The path of the module that computes the layer, such as "layer1"; "model" for a function.
        units: The names of its units, or their numbers from 1.
        activation: The activation functions of its units: "linear" for weighted sums; "custom (sigmoid, mul)" for one
            of several operations and without a name.
        mean: The mean of the outputs.
        std: Their standard deviation.
        zeros: The share of outputs that are 0.
        saturated: The share of the outputs of sigmoids and tanhs where the derivative is below SATURATED times
            its maximum.
        dead: The ReLU units whose output is 0 for all samples.
        alike: Whether all units, at least two, have the same outputs and the same gradients.
        arriving: The size of the gradient of a sample's loss with respect to the net inputs.
        parameters: The number of parameters.
        frozen: How many of them require no gradient.
        weight: The size of the parameters that are not frozen.
        gradient: The size of the gradient of the mean loss with respect to them.
        ratio: gradient / weight.
        update: The size of the next update, divided by weight.
        without_gradient: The number of parameters whose gradient is exactly 0 for all samples.
        activations: A histogram of the outputs.
        log_gradients: A histogram of log10 of the absolute gradients with respect to the net inputs, without
            zeros; its edges are the same in all layers.
    """

    name: str
    units: list[str]
    activation: str
    mean: float | None
    std: float | None
    zeros: float | None
    saturated: float | None
    dead: list[str] | None
    alike: bool
    arriving: float | None
    parameters: int
    frozen: int
    weight: float | None
    gradient: float | None
    ratio: float | None
    update: float | None
    without_gradient: int
    activations: Histogram | None
    log_gradients: Histogram | None


@dataclass(frozen=True)
class Finding:
    """A problem that the measurements show.

    Attributes:
        severity: "severe", "warning" or "note".
        kind: The kind of problem, such as "dead" or "vanishing"; findings.py has them all.
        where: The layers, the tensors, "X", "the loss" or the sample that it concerns.
        text: The problem, with its numbers.
        advice: A remedy to try.
    """

    severity: str
    kind: str
    where: str
    text: str
    advice: str

    def __str__(self) -> str:
        return printable(one_line(f"{self.where}: {self.text}. Try: {self.advice}"))


@dataclass(frozen=True)
class Measured:
    """The results of `measure`.

    Attributes:
        model: A description of the model.
        loss_name: The name of the loss.
        loss: The mean loss over the samples; None if it is not finite.
        guessing: The mean loss of the best constant prediction; None where it is not known.
        samples: The number of samples that were measured.
        given: The number of rows of X.
        parameters: The number of parameters.
        frozen: The tensors with parameters that require no gradient, each with the number of these.
        unreached: The tensors with parameters that the loss does not depend on, each with the number of these.
        optimizer: The optimizer whose updates were measured; "" without one.
        slow: Why no tape could be recorded; "" if one was.
        layers: A LayerReport for each layer, in the order of the computation.
        findings: The problems, causes before consequences, then by severity.
    """

    model: str
    loss_name: str
    loss: float | None
    guessing: float | None
    samples: int
    given: int
    parameters: int
    frozen: list[str]
    unreached: list[str]
    optimizer: str
    slow: str
    layers: list[LayerReport]
    findings: list[Finding]

    def to_dict(self) -> dict[str, Any]:
        """The results as nested dicts and lists of plain numbers and strings, ready for JSON."""
        return asdict(self)
