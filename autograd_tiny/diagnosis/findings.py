"""The illnesses of a model: from which numbers on they are found, and what to try."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

import numpy as np

from ..debug.nonfinite import where_it_began
from ..training.data import Array, all_finite
from .arguments import Subject
from .measurements import Numbers, in_full
from .results import Finding, LayerReport
from .summary import SATURATED, SLOPES

# More than half: then most of what comes back through the layer is lost, as in Glorot and Bengio (2010).
SATURATED_SHARE = 0.5
# Networks that learn well have a few ReLUs that are 0 for all samples; A. Karpathy's notes for CS231n speak
# of up to 40 % where the learning rate is too high.
DEAD_SHARE = 0.2
FEW = 20                # samples: a ReLU that is 0 for all of so few may well be alive
# The gradient is a hundred times smaller, or larger, at the first layer than at the last: with one learning
# rate for both, one of them does not learn.
VANISHING, EXPLODING = 1e-2, 1e2
# CS231n: an update should change the weights by about a thousandth of their size. A hundred times less is far
# off; a hundred times more would be too, but small networks with a ratio of 0.1 were seen to learn well.
USUAL_UPDATE, LOW_UPDATE, HIGH_UPDATE = 1e-3, 1e-5, 0.15
# Inputs with a mean of 0 and a spread of 1 are what initialisers count on (Y. LeCun and others, Efficient
# BackProp, 1998, section 4.3); and ten times off.
UNSCALED = 10.0
# A model that has not learned yet may be several times worse than the best answer without a look at X.
WORSE_THAN_GUESSING = 10.0

SEVERITIES = "severe", "warning", "note"
CAUSES = "nonfinite", "inputs not scaled", "learning rate too high"     # what others may come from


def findings_of(
    subject: Subject, numbers: Numbers, layers: Sequence[LayerReport], loss: float, guessing: float | None
) -> list[Finding]:
    """All of them, causes first, and then the worst. loss, guessing: as in Measured."""
    found = [*_worse_than_guessing(layers, loss, guessing)]
    silent = ""                                 # a layer before that gives nothing but 0
    for layer in layers:
        found += _alike_or_dead(layer, len(subject.x), silent)
        silent = layer.name if layer.dead and len(layer.dead) == len(layer.units) else ""
    found += _saturated(layers[:-1])            # outputs may well be 0 or 1, where they are right
    found += _vanishing_or_exploding(layers)
    if subject.optimizer is not None:
        found += _learning_rate(layers, subject.optimizer.lr)
    found += _unreached(subject.names(~numbers.reached), numbers.reached)
    found += _no_gradient(layers, subject.x)
    found += _unscaled(subject.x, layers, found)
    found += _nonfinite(subject, numbers)
    return sorted(found, key=lambda each: (each.kind not in CAUSES, SEVERITIES.index(each.severity)))


def _worse_than_guessing(
    layers: Sequence[LayerReport], loss: float, guessing: float | None
) -> Iterator[Finding]:
    if guessing and loss > WORSE_THAN_GUESSING * guessing:
        spread = layers[-1].std if layers else None
        outputs = f"; the outputs have a standard deviation of {spread:.3g}" if spread is not None else ""
        yield Finding(
            "warning", "worse than guessing", "the loss",
            f"it is {loss:.3g}, {_times(loss / guessing)} that of the best answer without a look at X"
            f"{outputs}",
            "if the model is not trained yet, begin with smaller outputs: inputs with a mean of 0 and a "
            "spread of 1, smaller initial weights (xavier_uniform); else look for a learning rate too high"
        )


# ---- units

def _alike_or_dead(layer: LayerReport, samples: int, silent: str) -> Iterator[Finding]:
    dead = layer.dead or []
    share = len(dead) / len(layer.units)
    copies = layer.alike and layer.parameters and layer.mean is not None
    if copies and (share < 1.0 or layer.weight == 0.0):     # units that have died are alike, too
        yield Finding(
            "severe", "alike", layer.name,
            f"all {len(layer.units)} units give the same numbers and get the same gradients, so that they "
            "stay copies of one another", "begin with random weights: init=\"xavier_uniform\""
        )
    elif share >= DEAD_SHARE and silent:
        yield Finding(
            "note", "dead", layer.name,
            f"{len(dead)} of {len(layer.units)} ReLU units are 0 for all samples, and {silent} gives only 0",
            f"cure {silent} first"
        )
    elif share >= DEAD_SHARE and samples >= FEW:
        which = f": {_shown(dead, 8)}" if share < 1.0 else ""
        yield Finding(
            "severe" if share >= 0.5 else "warning", "dead", layer.name,
            f"{len(dead)} of {len(layer.units)} ReLU units are 0 for all {samples:,} samples (dead){which}",
            "lower the learning rate, initialise with he_normal and biases of 0, or use leaky_relu: no "
            "gradient reaches the weights of a dead unit"
        )


def _saturated(layers: Sequence[LayerReport]) -> Iterator[Finding]:
    ill = [layer for layer in layers if (layer.saturated or 0.0) > SATURATED_SHARE]
    if ill:
        shares = _shown([f"{layer.saturated:.0%} of {layer.activation} in {layer.name}" for layer in ill])
        yield Finding(
            "warning", "saturated", _shown([layer.name for layer in ill]),
            f"most outputs are saturated: {shares}. There the slope is below {SATURATED:.0%} of its largest, "
            "and hardly any gradient comes through",
            "make the inputs or the initial weights smaller (xavier_uniform), or use relu"
        )


def _unscaled(x: Array, layers: Sequence[LayerReport], found: Sequence[Finding]) -> Iterator[Finding]:
    """Columns of X that are far from a mean of 0 and a spread of 1, where the first layer suffers."""
    means, spreads = x.mean(axis=0, dtype=float), x.std(axis=0, dtype=float)
    worst = np.maximum(np.abs(means), spreads)
    harm = {"saturated", "dead", "learning rate too high"}
    suffers = any(each.kind in harm and layers[0].name in each.where.split(", ") for each in found)
    if suffers and worst.max() > UNSCALED:
        k = int(worst.argmax())
        yield Finding(
            "warning", "inputs not scaled", "X",
            f"{(worst > UNSCALED).sum()} of {len(worst)} columns are far from a mean of 0 and a spread of 1: "
            f"column {k} has a mean of {means[k]:.3g} and a standard deviation of {spreads[k]:.3g}, and goes "
            f"into {layers[0].name}", "scale them: (X - X.mean(axis=0)) / X.std(axis=0)"
        )


# ---- gradients

def _vanishing_or_exploding(layers: Sequence[LayerReport]) -> Iterator[Finding]:
    """What arrives at the first layer against what arrives at the last."""
    sizes = [(layer.name, layer.arriving) for layer in layers if layer.parameters and layer.arriving]
    if not sizes:
        return
    (first, at_first), (last, at_last) = sizes[0], sizes[-1]
    way = f"from {last} back to {first}"
    said = f"{way} the gradient by the net inputs goes from {at_last:.2g} to {at_first:.2g}"
    if at_first / at_last < VANISHING:
        squashing = any(name in layer.activation for name in SLOPES for layer in layers)
        yield Finding(
            "severe", "vanishing", first, f"{said}, {_times(at_last / at_first)} smaller: it vanishes",
            "use relu instead of sigmoid or tanh, initialise with xavier_uniform (he_normal for relu), or "
            "take fewer layers" if squashing else "initialise with he_normal, or take fewer layers"
        )
    elif at_first / at_last > EXPLODING:
        yield Finding(
            "severe", "exploding", first, f"{said}, {_times(at_first / at_last)} larger: it explodes",
            "initialise with he_normal or xavier_uniform, so that weights are smaller in wide layers; "
            "clip_norm=1.0 bounds the steps"
        )


def _learning_rate(layers: Sequence[LayerReport], lr: float) -> Iterator[Finding]:
    """Too high or too low: from update-to-weight ratios."""
    ratios = {layer.name: layer.update for layer in layers if layer.update}
    if not ratios:
        return
    name = max(ratios, key=ratios.__getitem__)
    high = [other for other in ratios if ratios[other] > HIGH_UPDATE and other != name]
    changed = f"an update changes the weights by {ratios[name]:.2g} of their size"
    better = f"lr={lr:g}: {lr * USUAL_UPDATE / ratios[name]:.1g} would change them by {USUAL_UPDATE:g}"
    if ratios[name] > HIGH_UPDATE:
        too = f" (and more than {HIGH_UPDATE:.0%} in {_shown(high)})" if high else ""
        yield Finding(
            "severe" if ratios[name] > 1.0 else "warning", "learning rate too high", name,
            f"{changed}{too}; about {USUAL_UPDATE:g} is usual", f"a lower learning rate than {better}"
        )
    elif ratios[name] < LOW_UPDATE:
        yield Finding(
            "note", "learning rate too low", name,
            f"{changed}, and those of other layers by less; about {USUAL_UPDATE:g} is usual",
            f"unless training is at its end, a higher learning rate than {better}"
        )


def _unreached(names: Sequence[str], reached: Array) -> Iterator[Finding]:
    if names:
        yield Finding(
            "warning" if reached.any() else "severe", "unreached", _shown(names),
            f"the loss does not depend on {(~reached).sum():,} of {len(reached):,} parameters",
            "use them in forward, or leave them out; .data, item(), detach() and no_grad() cut a graph"
        )


def _no_gradient(layers: Sequence[LayerReport], x: Array) -> Iterator[Finding]:
    """Parameters that the loss does not change with, where nothing else that was found explains it."""
    explained = not (x != 0).any(axis=0).all()          # a column of zeros
    for layer in layers:
        moving = layer.parameters - layer.frozen
        explained = bool(explained or layer.dead or layer.zeros or layer.saturated)
        if layer.without_gradient == moving > 0 and len(layer.dead or ()) < len(layer.units):
            yield Finding(
                "severe", "no gradient", layer.name,
                f"the gradient by all {moving:,} parameters is exactly 0 for all {len(x):,} samples",
                "look at what comes after it: dead or saturated units, weights of 0, sign, floor or "
                "comparisons let nothing through"
            )
        elif layer.without_gradient and not explained and layer.gradient is not None:
            yield Finding(
                "note", "no gradient", layer.name,
                f"the gradient by {layer.without_gradient:,} of {moving:,} parameters is exactly 0 for all "
                "samples", "look at whether these parameters matter to the outputs"
            )
        explained = bool(layer.dead)                    # which gives zeros to the next layer


def _nonfinite(subject: Subject, numbers: Numbers) -> Iterator[Finding]:
    """Where it began, in the first sample that has it in its graph."""
    bad = ~np.isfinite(numbers.losses)
    what = "the loss" if bad.any() else "a number in it or a gradient"
    for _, outputs, arriving in numbers.layers:
        bad |= np.isinf(outputs).any(axis=1) | np.isinf(arriving).any(axis=1)
    if not bad.any() and all_finite(numbers.gradient[subject.trainable]):
        return
    for k in np.flatnonzero(bad).tolist() or range(len(bad)):
        began = where_it_began(in_full(subject, k).loss)
        if began:
            yield Finding(
                "severe", "nonfinite", f"sample {subject.which[k]}",
                f"{what} is not finite for {bad.sum():,} of {len(bad):,} samples. It began {began}",
                "keep arguments of log, sqrt, exp and / where these are finite; make the model anew if a "
                "parameter is not finite, with a lower learning rate"
            )
            return


# ---- in words

def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor < 1e6 else f"10^{log10(factor):.0f} times"


def _shown(names: Sequence[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
