"""The few numbers, and the histograms, that say what a layer does over all samples."""
from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from .. import vectors
from ..training.data import Array, all_finite
from .arguments import Subject
from .layers import FoundLayer
from .measurements import Numbers
from .results import Histogram, LayerReport

# A sigmoid or tanh is saturated where its slope is below this part of its largest: beyond ±4.4 and ±2.2.
SATURATED = 0.05
SLOPES = {"sigmoid": lambda a: 4.0 * a * (1.0 - a), "tanh": lambda a: 1.0 - a * a}    # of the largest
BINS = 20
DECADES = 12                    # in a histogram of gradients; what is smaller still is in its first bin


def reports(subject: Subject, numbers: Numbers) -> list[LayerReport]:
    """What there is to say of each layer."""
    sizes, update = vectors.read(subject.parameters), subject.update(numbers.gradient)
    scale = _log_scale([arriving for _, _, arriving in numbers.layers])
    found = []
    for layer, outputs, arriving in numbers.layers:
        places = np.array([subject.places[parameter] for parameter in layer.parameters], int)
        moving = places[subject.trainable[places]]
        weight, gradient = _size(sizes[moving]), _size(numbers.gradient[moving])
        change = None if update is None else _size(update[moving])
        found.append(LayerReport(
            name=layer.name, activation=", ".join(dict.fromkeys(layer.activations)),
            **_of_outputs(layer, outputs), alike=_are_alike(outputs) and _are_alike(arriving),
            arriving=_size(arriving), parameters=len(places), frozen=len(places) - len(moving),
            weight=weight, gradient=gradient, ratio=_ratio(gradient, weight), update=_ratio(change, weight),
            without_gradient=int(numbers.silent[moving].sum()),
            activations=_histogram(_there(outputs)), log_gradients=_histogram(_logs(arriving), scale),
        ))
    return found


def _there(array: Array) -> Array:
    """What is there, as one row; nothing if not all of it is finite."""
    numbers = array[~np.isnan(array)]
    return numbers if all_finite(numbers) else numbers[:0]


def _size(array: Array) -> float | None:
    """The root mean square, without overflow on the way."""
    numbers = np.abs(_there(array))
    largest = float(numbers.max(initial=0.0))
    if not numbers.size or largest == 0.0:
        return 0.0 if numbers.size else None
    return largest * float(np.sqrt(np.mean((numbers / largest) ** 2)))


def _ratio(a: float | None, b: float | None) -> float | None:
    found = a / b if a is not None and b else None
    return found if found is not None and isfinite(found) else None


def _of_outputs(layer: FoundLayer, outputs: Array) -> dict[str, Any]:
    """units, mean, std, zeros, saturated and dead of a LayerReport."""
    names = [unit.label or str(k) for k, unit in enumerate(layer.units, 1)]
    numbers = _there(outputs)
    if not numbers.size:
        return {"units": names} | dict.fromkeys(("mean", "std", "zeros", "saturated", "dead"))
    mean = float((numbers / numbers.size).sum())            # the sum of all would overflow sooner
    units = list(zip(names, layer.activations, map(_there, outputs.T), strict=True))
    flat = [SLOPES[made_by](given) < SATURATED for _, made_by, given in units if made_by in SLOPES]
    dead = [name for name, made_by, given in units if made_by == "relu" and not given.any()]
    return {
        "units": names, "mean": mean, "std": _size(numbers - mean), "zeros": float(np.mean(numbers == 0.0)),
        "saturated": float(np.concatenate(flat).mean()) if flat else None,
        "dead": dead if "relu" in layer.activations else None,
    }


def _are_alike(array: Array) -> bool:
    """Whether all columns are the same, two at least."""
    return array.shape[1] > 1 and bool((array == array[:, :1]).all())


def _histogram(numbers: Array, ends: tuple[float, float] | None = None) -> Histogram | None:
    """Of numbers in a row. ends: of the first and the last bin, which take in what lies beyond them."""
    if not numbers.size or not isfinite(np.ptp(numbers)):
        return None
    low, high = ends or (float(numbers.min()), float(numbers.max()))
    least = 1e-6 * max(abs(low), abs(high), 1e-300)
    if high - low < least:                      # too near to each other for bins between them
        low, high = low - least, high + least
    counts, edges = np.histogram(np.clip(numbers, low, high), BINS, (low, high))
    return Histogram(counts.tolist(), edges.tolist())


def _logs(array: Array) -> Array:
    """log10 of the sizes, but for zeros."""
    numbers = np.abs(_there(array))
    return np.asarray(np.log10(numbers[numbers > 0.0]))


def _log_scale(arrays: Sequence[Array]) -> tuple[float, float] | None:
    """One for all layers, so that it shows where gradients become smaller: from the least to the largest."""
    logs = np.concatenate([np.empty(0), *map(_logs, arrays)])
    if not logs.size:
        return None
    return max(float(logs.min()), float(logs.max()) - DECADES), float(logs.max())
