"""The measurements of each layer, reduced to a few statistics and two histograms: its LayerReport."""
from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from .. import vectors
from ..training.data import Array, all_finite
from .arguments import Arguments
from .layers import FoundLayer
from .measurements import Measurements
from .results import Histogram, LayerReport
from .thresholds import RELATIVE_DERIVATIVES, SATURATED

BINS = 20
DECADES = 12                    # of a histogram of gradients; smaller ones are in its first bin


def layer_reports(arguments: Arguments, measurements: Measurements) -> list[LayerReport]:
    """A LayerReport for each layer."""
    parameters, update = vectors.read(arguments.parameters), arguments.next_update(measurements.gradient)
    log_range = _common_log_range([arriving for _, _, arriving in measurements.layers])
    reports = []
    for layer, outputs, arriving in measurements.layers:
        indices = np.array([arguments.index_of[parameter] for parameter in layer.parameters], int)
        trained = indices[arguments.trainable[indices]]
        weight, gradient = _rms(parameters[trained]), _rms(measurements.gradient[trained])
        change = None if update is None else _rms(update[trained])
        reports.append(LayerReport(
            name=layer.name, activation=", ".join(dict.fromkeys(layer.activations)),
            **_output_statistics(layer, outputs), alike=_are_columns_equal(outputs) and _are_columns_equal(arriving),
            arriving=_rms(arriving), parameters=len(indices), frozen=len(indices) - len(trained),
            weight=weight, gradient=gradient, ratio=_ratio(gradient, weight), update=_ratio(change, weight),
            without_gradient=int(measurements.zero_gradient[trained].sum()),
            activations=_histogram(_finite(outputs)), log_gradients=_histogram(_log_sizes(arriving), log_range),
        ))
    return reports


def _finite(array: Array) -> Array:
    """The numbers in one dimension, without nan, which stands for absent units; none if one is infinite."""
    numbers = array[~np.isnan(array)]
    return numbers if all_finite(numbers) else numbers[:0]


def _rms(array: Array) -> float | None:
    """The root mean square, without overflow on the way."""
    numbers = np.abs(_finite(array))
    largest = float(numbers.max(initial=0.0))
    if not numbers.size or largest == 0.0:
        return 0.0 if numbers.size else None
    return largest * float(np.sqrt(np.mean((numbers / largest) ** 2)))


def _ratio(a: float | None, b: float | None) -> float | None:
    ratio = a / b if a is not None and b else None
    return ratio if ratio is not None and isfinite(ratio) else None


def _output_statistics(layer: FoundLayer, outputs: Array) -> dict[str, Any]:
    """The fields units, mean, std, zeros, saturated and dead of a LayerReport."""
    names = [unit.label or str(k) for k, unit in enumerate(layer.units, 1)]
    numbers = _finite(outputs)
    if not numbers.size:
        return {"units": names} | dict.fromkeys(("mean", "std", "zeros", "saturated", "dead"))
    mean = float((numbers / numbers.size).sum())            # the sum would overflow sooner
    units = list(zip(names, layer.activations, map(_finite, outputs.T), strict=True))
    saturated = [
        _relative_derivative(activation, unit) < SATURATED
        for _, activation, unit in units if activation in RELATIVE_DERIVATIVES
    ]
    dead = [name for name, activation, unit in units if activation == "relu" and not unit.any()]
    return {
        "units": names, "mean": mean, "std": _rms(numbers - mean), "zeros": float(np.mean(numbers == 0.0)),
        "saturated": float(np.concatenate(saturated).mean()) if saturated else None,
        "dead": dead if "relu" in layer.activations else None,
    }


def _relative_derivative(activation: str, outputs: Array) -> Array:
    c0, c1, c2 = RELATIVE_DERIVATIVES[activation]
    return np.asarray(c0 + outputs * (c1 + outputs * c2))


def _are_columns_equal(array: Array) -> bool:
    """Whether there are two columns at least, all equal."""
    return array.shape[1] > 1 and bool((array == array[:, :1]).all())


def _histogram(numbers: Array, span: tuple[float, float] | None = None) -> Histogram | None:
    """A histogram over a span, by default that of the numbers; numbers beyond it count in the outer bins."""
    if not numbers.size or not isfinite(np.ptp(numbers)):
        return None
    low, high = span or (float(numbers.min()), float(numbers.max()))
    least = 1e-6 * max(abs(low), abs(high), 1e-300)
    if high - low < least:                      # too narrow for BINS different edges
        low, high = low - least, high + least
    counts, edges = np.histogram(np.clip(numbers, low, high), BINS, (low, high))
    return Histogram(counts.tolist(), edges.tolist())


def _log_sizes(array: Array) -> Array:
    """log10 of the absolute numbers, without zeros."""
    numbers = np.abs(_finite(array))
    return np.asarray(np.log10(numbers[numbers > 0.0]))


def _common_log_range(arrays: Sequence[Array]) -> tuple[float, float] | None:
    """One range for the histograms of all layers, so that they can be compared."""
    logs = np.concatenate([np.empty(0), *map(_log_sizes, arrays)])
    if not logs.size:
        return None
    return max(float(logs.min()), float(logs.max()) - DECADES), float(logs.max())
