"""Problems that the measurements of a model show: the thresholds, with their sources, and a remedy for each.

Each function below is one check: it takes the LayerReports of summary.py and yields findings.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..debug.nonfinite import describe_origin
from ..training.data import Array, all_finite
from .arguments import Arguments
from .measurements import Measurements, graph_of_sample
from .results import Finding, LayerReport
from .thresholds import (
    CAUSES, DEAD_SHARE, EXPLODING, FEW_SAMPLES, HIGH_UPDATE, LOW_UPDATE, RELATIVE_DERIVATIVES, SATURATED,
    SATURATED_SHARE, UNSCALED, USUAL_UPDATE, VANISHING, WORSE_THAN_GUESSING,
)
from .wording import WORDINGS, listed, times

SEVERITIES = "severe", "warning", "note"


def findings_of(
    arguments: Arguments, measurements: Measurements, layers: Sequence[LayerReport], loss: float,
    guessing: float | None,
) -> list[Finding]:
    """The findings of all checks: causes before consequences, then by severity.

    Args:
        arguments: The model, its samples and its optimiser.
        measurements: What was measured in it.
        layers: The statistics of each layer.
        loss: The mean loss.
        guessing: The mean loss of the best constant prediction, None if it is unknown.
    """
    findings = [*_worse_than_guessing(layers, loss, guessing), *_alike_or_dead(layers, len(arguments.x))]
    findings += _probabilities_as_logits(arguments, layers)
    findings += _saturated(layers[:-1])         # outputs of 0 and 1 may be right
    findings += _vanishing_or_exploding(layers)
    if arguments.optimizer is not None:
        findings += _learning_rate(layers, arguments.optimizer.lr)
    findings += _unreached(arguments.tensor_names(~measurements.reached), measurements.reached)
    findings += _no_gradient(layers, arguments.x, measurements.losses)
    findings += _unscaled(arguments.x, layers, findings)
    findings += _nonfinite(arguments, measurements)
    return sorted(findings, key=lambda each: (each.kind not in CAUSES, SEVERITIES.index(each.severity)))


def _worse_than_guessing(
    layers: Sequence[LayerReport], loss: float, guessing: float | None
) -> Iterator[Finding]:
    if guessing and loss > WORSE_THAN_GUESSING * guessing:
        spread = layers[-1].std if layers else None
        wording = WORDINGS["worse_than_guessing" + ("_by_outputs" if spread is not None else "")]
        yield wording.finding("warning", "the loss", loss=loss, times=times(loss / guessing), spread=spread)


def _probabilities_as_logits(arguments: Arguments, layers: Sequence[LayerReport]) -> Iterator[Finding]:
    if arguments.squashed:
        yield WORDINGS["probabilities_as_logits"].finding(
            "severe", layers[-1].name if layers else "model", squashed=arguments.squashed,
            loss_name=arguments.loss_name,
        )


# ---- units

def _alike_or_dead(layers: Sequence[LayerReport], samples: int) -> Iterator[Finding]:
    zero_layer = ""                             # the layer before, if all of its outputs are 0
    for layer in layers:
        dead = layer.dead or []
        share = len(dead) / len(layer.units)
        are_copies = layer.alike and layer.parameters and layer.mean is not None
        if are_copies and (share < 1.0 or layer.weight == 0.0):     # dead units are alike, too
            yield WORDINGS["alike"].finding("severe", layer.name, units=len(layer.units))
        elif share >= DEAD_SHARE and (zero_layer or samples >= FEW_SAMPLES):
            yield _dead(layer, dead, samples, zero_layer)
        zero_layer = layer.name if share == 1.0 else ""


def _dead(layer: LayerReport, dead: Sequence[str], samples: int, zero_layer: str) -> Finding:
    units = len(layer.units)
    if zero_layer:
        return WORDINGS["dead_behind_zeros"].finding(
            "note", layer.name, dead=len(dead), units=units, zero_layer=zero_layer
        )
    return WORDINGS["dead"].finding(
        "severe" if len(dead) / units >= 0.5 else "warning", layer.name, dead=len(dead), units=units,
        samples=f"{samples:,}", which=f": {listed(dead, 8)}" if len(dead) < units else "",
    )


def _saturated(layers: Sequence[LayerReport]) -> Iterator[Finding]:
    saturated = [layer for layer in layers if (layer.saturated or 0.0) > SATURATED_SHARE]
    if saturated:
        shares = listed([f"{layer.saturated:.0%} of {layer.activation} in {layer.name}" for layer in saturated])
        yield WORDINGS["saturated"].finding(
            "warning", listed([layer.name for layer in saturated]), shares=shares, limit=SATURATED
        )


def _unscaled(x: Array, layers: Sequence[LayerReport], findings: Sequence[Finding]) -> Iterator[Finding]:
    """Columns of X far from a mean of 0 and a standard deviation of 1, if the first layer has problems."""
    means, deviations = x.mean(axis=0, dtype=float), x.std(axis=0, dtype=float)
    worst = np.maximum(np.abs(means), deviations)
    consequences = {"saturated", "dead", "learning rate too high"}
    is_harmed = any(each.kind in consequences and layers[0].name in each.where.split(", ") for each in findings)
    if is_harmed and worst.max() > UNSCALED:
        k = int(worst.argmax())
        yield WORDINGS["inputs_not_scaled"].finding(
            "warning", "X", count=(worst > UNSCALED).sum(), columns=len(worst), worst=k, mean=means[k],
            deviation=deviations[k], first=layers[0].name,
        )


# ---- gradients

def _vanishing_or_exploding(layers: Sequence[LayerReport]) -> Iterator[Finding]:
    """The gradient that arrives at the first layer against that at the last."""
    sizes = [(layer.name, layer.arriving) for layer in layers if layer.parameters and layer.arriving]
    if not sizes:
        return
    (first, at_first), (last, at_last) = sizes[0], sizes[-1]
    values = {"first": first, "last": last, "at_first": at_first, "at_last": at_last}
    if at_first / at_last < VANISHING:
        is_squashed = any(RELATIVE_DERIVATIVES.keys() & layer.activation.split(", ") for layer in layers)
        wording = WORDINGS["vanishing_squashed" if is_squashed else "vanishing"]
        yield wording.finding("severe", first, **values, times=times(at_last / at_first))
    elif at_first / at_last > EXPLODING:
        yield WORDINGS["exploding"].finding("severe", first, **values, times=times(at_first / at_last))


def _learning_rate(layers: Sequence[LayerReport], lr: float) -> Iterator[Finding]:
    """A learning rate that is too high or too low, judged by the ratios of updates to weights."""
    ratios = {layer.name: layer.update for layer in layers if layer.update}
    if not ratios:
        return
    name = max(ratios, key=ratios.__getitem__)
    high = [other for other in ratios if ratios[other] > HIGH_UPDATE and other != name]
    values = {"ratio": ratios[name], "usual": USUAL_UPDATE, "lr": lr, "better": lr * USUAL_UPDATE / ratios[name]}
    if ratios[name] > HIGH_UPDATE:
        wording = WORDINGS["learning_rate_high" + ("_in_others" if high else "")]
        severity = "severe" if ratios[name] > 1.0 else "warning"
        yield wording.finding(severity, name, **values, limit=HIGH_UPDATE, others=listed(high))
    elif ratios[name] < LOW_UPDATE:
        yield WORDINGS["learning_rate_low"].finding("note", name, **values)


def _unreached(names: Sequence[str], reached: Array) -> Iterator[Finding]:
    if names:
        yield Finding(
            "warning" if reached.any() else "severe", "unreached", listed(names),
            f"the loss does not depend on {(~reached).sum():,} of {len(reached):,} parameters",
            "use them in forward, or remove them; .data, item(), detach() and no_grad() cut the graph"
        )


def _no_gradient(layers: Sequence[LayerReport], x: Array, losses: Array) -> Iterator[Finding]:
    """Parameters whose gradient is 0 for all samples, unless another problem explains it."""
    if not losses.any():                                # nothing is left to learn, as with a hinge loss at its end
        return
    is_explained = not (x != 0).any(axis=0).all()       # a column of zeros
    for layer in layers:
        trained = layer.parameters - layer.frozen
        is_explained = bool(is_explained or layer.dead or layer.zeros or layer.saturated)
        if layer.without_gradient == trained > 0 and len(layer.dead or ()) < len(layer.units):
            yield Finding(
                "severe", "no gradient", layer.name,
                f"the gradient with respect to all {trained:,} parameters is exactly 0 for all {len(x):,} samples",
                "check the operations after this layer: dead or saturated units, weights of 0, sign, floor and "
                "comparisons pass no gradient on"
            )
        elif layer.without_gradient and not is_explained and layer.gradient is not None:
            yield Finding(
                "note", "no gradient", layer.name,
                f"the gradient with respect to {layer.without_gradient:,} of {trained:,} parameters is exactly 0 "
                "for all samples", "check whether the outputs depend on these parameters"
            )
        is_explained = bool(layer.dead)                 # these give zeros to the next layer


def _nonfinite(arguments: Arguments, measurements: Measurements) -> Iterator[Finding]:
    """Where the first nan or infinity appears, in the first sample whose graph has one."""
    bad = ~np.isfinite(measurements.losses)
    subject = "the loss" if bad.any() else "a value or a gradient in its graph"
    for _, outputs, arriving in measurements.layers:
        bad |= np.isinf(outputs).any(axis=1) | np.isinf(arriving).any(axis=1)
    if not bad.any() and all_finite(measurements.gradient[arguments.trainable]):
        return
    for k in np.flatnonzero(bad).tolist() or range(len(bad)):
        origin = describe_origin(graph_of_sample(arguments, k).loss)
        if origin:
            yield Finding(
                "severe", "nonfinite", f"sample {arguments.sample_numbers[k]}",
                f"{subject} is not finite for {bad.sum():,} of {len(bad):,} samples. It began {origin}",
                "keep the arguments of log, sqrt, exp and / where the results are finite; if a parameter is not "
                "finite, initialise the model again and lower the learning rate"
            )
            return
