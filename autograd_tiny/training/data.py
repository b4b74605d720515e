"""Samples as arrays: the arguments X, y and sample_weight of fit, checked, and targets encoded for the loss."""
from __future__ import annotations

from typing import Any, TypeAlias

from ..boundary.arguments import describe, nonnegative
from ..boundary.foreign import as_numpy
from ..boundary.late_numpy import np
from ..boundary.text import quoted
from ..engine.value import Value, is_operand

Array: TypeAlias = "np.ndarray[Any, Any]"


# ---- the arguments

def inputs_of(X: Any, name: str = "X") -> Array:
    """X as an array (samples, inputs) of finite real numbers, of the dtype that it has.

    Raises:
        TypeError: Not real numbers.
        ValueError: Another shape, no samples, no inputs, or a number that is not finite.
    """
    x = real_array(X, name)
    if x.ndim != 2:
        hint = f": {name}.reshape(-1, 1) for one input, [{name}] for one sample" if x.ndim == 1 else ""
        raise ValueError(f"{name} has the shape (samples, inputs), got {x.shape}{hint}")
    if not x.shape[0] or not x.shape[1]:
        raise ValueError(f"{name} is empty: its shape is {x.shape}")
    check_finite(x, name)
    return x


def targets_of(y: Any, samples: int, targets: str, outputs: int | None, name: str = "y") -> Array:
    """y as an array of floats, (samples,) or (samples, k), as the loss takes it; labels become one-hot.

    Args:
        y: What the user passed.
        samples: The number of samples in X.
        targets: The form that the loss expects: see nn.losses.LossSpec.
        outputs: The number of outputs of the model; None for one that is not in a list.
        name: The name of y in messages.

    Raises:
        TypeError: Not real numbers.
        ValueError: A shape or a number that does not fit the model or the loss.
    """
    t = _one_for_each(y, samples, name)
    if t.ndim > 2:
        raise ValueError(f"{name} has the shape (samples,) or (samples, outputs), got {t.shape}")
    check_finite(t, name)
    if targets == "classes":
        return _one_hot(t, outputs or 1, name)
    t = t.astype(float)
    if targets == "any":
        return t
    if t.shape[1:] == (1,) and outputs is None:
        t = t[:, 0]
    elif t.ndim == 1 and outputs == 1:
        t = t[:, None]
    if t.shape[1:] != (() if outputs is None else (outputs,)):
        raise ValueError(f"the model has {outputs or 1} outputs, but {name} has the shape {t.shape}")
    check_range(t, targets, name)
    return t


def _one_for_each(y: Any, samples: int, name: str = "y") -> Array:
    """y as an array with a row for each sample."""
    numbered = "np.unique(np.array(y, str), return_inverse=True)[1]"
    t = real_array(y, name, f": number the classes 0, 1, 2, …, as {numbered} does")
    if t.ndim == 0 or len(t) != samples:
        raise ValueError(f"{samples} samples in {name.removesuffix('y')}X, but {name} has the shape {t.shape}")
    return t


def weights_of(sample_weight: Any, samples: int, name: str = "sample_weight") -> Array | None:
    """sample_weight as floats (samples,), none negative and not all 0; None for None."""
    if sample_weight is None:
        return None
    weights = real_array(sample_weight, name).astype(float)
    if weights.shape != (samples,):
        raise ValueError(f"{name}: one for each of {samples} samples, got shape {weights.shape}")
    check_finite(weights, name)
    with np.errstate(over="ignore"):
        if not np.isfinite(weights.sum()):
            raise ValueError(f"{name}: their sum is too large for a float")
    if (weights < 0).any() or not weights.any():
        raise ValueError(f"{name}: numbers of 0 or more are expected, not all of them zero")
    return weights


def split_off(
    X: Any, y: Any, sample_weight: Any, validation_data: Any, fraction: float | None
) -> tuple[Any, Any, Any, Any]:
    """Hold out the last `fraction` of the samples, as Keras does. A fraction of 0, or None, holds out none.

    Returns:
        X, y, sample_weight and validation_data.

    Raises:
        TypeError: The fraction is not a number, or X or y are not real numbers.
        ValueError: There are validation_data too, no samples remain in a part, or X, y and sample_weight do not fit.
    """
    fraction = 0.0 if fraction is None else nonnegative("validation_split", fraction, below=1.0)
    if not fraction:
        return X, y, sample_weight, validation_data
    if validation_data is not None:
        raise ValueError("validation_split: it holds out samples in the place of validation_data, so give one of them")
    x = inputs_of(X)
    t = _one_for_each(y, len(x))
    weights = weights_of(sample_weight, len(x))
    start = int(len(x) * (1 - fraction))
    if not 0 < start < len(x):
        raise ValueError(f"validation_split: {fraction:g} of {len(x)} samples leaves no sample in one of the parts")
    held_out = (x[start:], t[start:]) if weights is None else (x[start:], t[start:], weights[start:])
    return x[:start], t[:start], None if weights is None else weights[:start], held_out


# ---- checks

def real_array(given: Any, name: str, instead: str = "") -> Array:
    """An array of real numbers, of the dtype that it has. TypeError, ValueError for anything else.

    `instead` tells, in the message for strings, what to do.
    """
    array: Array = as_numpy(given, name)
    if array.dtype.kind in "OUS":
        array = _real_objects(array, name, instead)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: real numbers are expected, got an array of {array.dtype}")
    return array


def _real_objects(array: Array, name: str, instead: str) -> Array:
    for x in array.ravel().tolist():
        if isinstance(x, str | bytes):
            raise TypeError(f"{name}: real numbers are expected, got strings, such as {quoted(x)}{instead}")
        if type(x) is Value or not is_operand(x):
            hint = "; plain numbers are meant, such as v.data" if type(x) is Value else ""
            raise TypeError(f"{name}: real numbers are expected, got {describe(x)}{hint}")
    try:
        return array.astype(float)
    except OverflowError:
        raise ValueError(f"{name}: a number in it is too large for a float") from None


def check_finite(array: Array, name: str) -> None:
    """ValueError with the index of the first number that is not finite."""
    if array.dtype.kind == "f" and not all_finite(array):
        index = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
        where = ", ".join(map(str, index))
        raise ValueError(f"{name}[{where}] is {array[index]}: finite numbers are expected")


def all_finite(array: Array) -> bool:
    """Whether all numbers are finite."""
    with np.errstate(all="ignore"):             # the sum is faster, but may overflow where no number is infinite
        return bool(np.isfinite(array.sum()) or np.isfinite(array).all())


def check_range(t: Array, targets: str, name: str) -> None:
    """ValueError for targets, as floats, that losses with that form of targets do not take."""
    if targets == "signs":
        way_out = "; convert labels 0 and 1 by 2*y - 1"
        _refuse(t[~np.isin(t, (-1.0, 1.0))], "hinge takes the labels 1 and -1", name, way_out)
    elif targets == "probabilities":
        _refuse(t[(t < 0.0) | (t > 1.0)], "binary_cross_entropy takes labels between 0 and 1", name)
    elif targets == "classes" and (t.ndim != 2 or (t < 0.0).any() or not np.allclose(t.sum(axis=1), 1.0)):
        raise ValueError(f"cross_entropy takes class labels or probabilities that sum to 1, but not {name}")


def _refuse(wrong: Array, rule: str, name: str, way_out: str = "") -> None:
    if wrong.size:
        raise ValueError(f"{rule}, but {name} has {wrong.ravel()[0]:g}{way_out}")


def _one_hot(t: Array, classes: int, name: str) -> Array:
    if t.ndim == 2 and t.shape[1] == 1:
        t = t[:, 0]
    if t.ndim == 2:
        if t.shape[1] != classes:
            raise ValueError(f"the model has {classes} outputs, but {name} has the shape {t.shape}")
        if (t < 0).any() or not np.allclose(t.sum(axis=1), 1.0, rtol=0, atol=1e-6):
            raise ValueError(f"{name}: each row has a probability for each class, which sum to 1")
        return t.astype(float)
    if classes < 2:
        raise ValueError(
            "the loss takes an output for each class, but the model has one output: for that there is "
            "binary_cross_entropy"
        )
    wrong = t[(np.floor(t) != t) | (t < 0) | (t >= classes)]
    if wrong.size:
        raise ValueError(
            f"{name} has the label {wrong[0]:g}, but the model has {classes} outputs: labels are whole "
            f"numbers from 0 to {classes - 1}"
        )
    one_hot: Array = np.eye(classes)[t.astype(int)]
    return one_hot


def labels_if_one_hot(t: Array) -> Array:
    """The labels (samples,) in one-hot rows (samples, k); any other targets as they are."""
    if t.ndim == 2 and np.isin(t, (0.0, 1.0)).all() and (t.sum(axis=1) == 1.0).all():
        labels: Array = t.argmax(axis=1).astype(float)
        return labels
    return t
