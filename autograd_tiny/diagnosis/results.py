"""What a diagnosis gives: plain numbers and texts."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Histogram:
    """How often numbers lie between two edges: counts[i] of them from edges[i] to edges[i + 1]."""

    counts: list[int]
    edges: list[float]


@dataclass(frozen=True)
class LayerReport:
    """What was measured of a layer. A number is None where there is nothing to measure, or it isn't finite.

    units: their names, or their numbers from 1. activation: what makes them, "linear" for weighted sums.
    mean, std, zeros: of their outputs, and how many of these are 0, as a share. saturated: the share of
    those of sigmoids and tanhs with a slope below SATURATED. dead: the ReLUs that are 0 for all samples.
    alike: whether all units, two at least, give the same outputs and get the same gradients.
    arriving: the size (the root mean square) of the gradient of a sample's loss by the net inputs.
    parameters, frozen: how many. weight, gradient: the size of those that are not frozen, and of the gradient
    of the mean loss by them; ratio: of the two. update: the size of an update, as a part of the weights'.
    without_gradient: how many have a gradient of exactly 0 for all samples.
    activations: a histogram of the outputs. log_gradients: of log10 of the sizes of what arrives, but for
    zeros, with the same edges in all layers.
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
    """An illness: how bad ("severe", "warning", "note"), of which kind, where, the numbers, what to try."""

    severity: str
    kind: str
    where: str
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}. Try: {self.advice}"


@dataclass(frozen=True)
class Measured:
    """What `measure` found. findings: causes first, and then the worst.

    model: what it is. loss: the mean over the samples, None if it isn't finite; guessing: the loss of the
    best answer that does not look at X, where that is known. samples: how many were looked at, of how many.
    parameters: how many; frozen, unreached: names of tensors and how many of their parameters.
    optimizer: what the updates are those of, "" without one. slow: why there is no tape, "" if there is.
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
        """All of it as plain numbers, strings, lists and dicts."""
        return asdict(self)
