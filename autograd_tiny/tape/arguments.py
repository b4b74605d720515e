"""Arguments of a tape, checked and converted: batches of samples, weights, threads."""
from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..boundary.arguments import describe
from ..boundary.foreign import as_numpy
from ..boundary.text import quoted, some_of
from ..engine.value import Value, is_operand
from .numpy_executor import Array

PRECISIONS = np.dtype(np.float64), np.dtype(np.float32)


def samples(X: Any, inputs: Sequence[str], check_finite: bool, dtype: Any = np.float64) -> Array:
    """X as an array (B, inputs) of the dtype."""
    n = len(inputs)
    x = numeric(in_order(X, inputs), "X", dtype)
    if x.ndim == 1:
        x = x.reshape(-1, 1) if n == 1 else x.reshape(1, -1)
    if x.ndim != 2 or x.shape[1] != n:
        raise ValueError(f"X has {n} numbers for each sample ({some_of(inputs)}), got an array of shape {np.shape(X)}")
    if check_finite and not np.isfinite(x).all():
        i, k = np.argwhere(~np.isfinite(x))[0]
        raise ValueError(f"X[{i}, {k}] is {x[i, k]}, and check_finite=True")
    return x


def in_order(X: Any, inputs: Sequence[str]) -> Any:
    """A dataframe whose columns are called as the inputs with these in order, and anything else as it is."""
    if not hasattr(X, "columns"):
        return X
    found, wanted = [*X.columns], [*inputs]
    return X[wanted] if found != wanted and {*found} == {*wanted} else X


def vectors(given: Any, name: str, other: str, *shapes: tuple[int, ...], dtype: Any = np.float64) -> Array:
    """Vectors as an array (B, n), the last of the shapes: they have one of these shapes, or are one for all samples.

    name, other: What they are called, and what has the first of the shapes.
    """
    found, shape = numeric(given, name, dtype), shapes[-1]
    if found.shape not in (*shapes, shape[1:]):
        raise ValueError(f"{name} of the shape of {other} are expected, {shapes[0]}, got {found.shape}")
    if found.size == shape[0] * shape[1]:
        found = found.reshape(shape)
    return np.ascontiguousarray(np.broadcast_to(found, shape))


def sample_weights(given: Any, count: int) -> Array | float:
    """Weights as an array (count,) of float64, or one float for all samples."""
    if given is None:
        return 1.0 / count
    weights = numeric(given, "weights")
    if weights.shape not in ((), (count,)):
        raise ValueError(f"weights: one for each of {count} samples is expected, got shape {weights.shape}")
    return float(weights) if weights.shape == () else weights


def parameter_values(given: Any, count: int) -> Array | None:
    """Numbers for the parameters as an array (count,); None stays None."""
    if given is None:
        return None
    numbers = numeric(given, "at")
    if numbers.shape != (count,):
        raise ValueError(f"at: {count} numbers are expected, got shape {numbers.shape}")
    return numbers


def number_of_threads(given: Any) -> int:
    if not hasattr(given, "__index__") or isinstance(given, bool) or index(given) < 1:
        raise ValueError(f"threads: an integer of 1 or more is expected, got {quoted(given)}")
    return index(given)


def precision(given: Any) -> np.dtype[Any]:
    """The dtype that a tape computes with. ValueError unless it is float64 or float32."""
    try:
        found = np.dtype(given if given is not None else "object")
    except TypeError:
        found = np.dtype(object)
    if found not in PRECISIONS:
        raise ValueError(f"dtype: 'float64' or 'float32' is expected, got {quoted(given)}")
    return found


def numeric(given: Any, name: str, dtype: Any = np.float64) -> Array:
    """A C-contiguous array of the dtype. A number that is too large for a float32 is infinite there."""
    array = as_numpy(given, name)
    if array.dtype.kind not in "fiub":
        _check_objects(array, given, name)
    try:
        with np.errstate(over="ignore"):
            return np.asarray(array, dtype, order="C")
    except OverflowError:
        raise ValueError(f"{name}: a number in it is too large for a float: {describe(given)}") from None


def _check_objects(array: Any, given: Any, name: str) -> None:
    """TypeError unless all are real numbers."""
    wrong = [x for x in array.ravel().tolist() if type(x) is Value or not is_operand(x)]
    if wrong or array.dtype.kind != "O":
        first = (wrong or [given])[0]
        hint = "; a tape takes plain numbers, such as v.data" if type(first) is Value else ""
        raise TypeError(f"{name}: real numbers are expected, got {describe(first)}{hint}")


def finite(results: Any, name: str) -> None:
    """FloatingPointError if there is nan or infinity among the results."""
    found = np.asarray(results)
    if not np.isfinite(found).all():
        raise FloatingPointError(f"{name} is {found[~np.isfinite(found)][0]}, and check_finite=True")
