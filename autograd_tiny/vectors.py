"""Many Values as one array of numbers, and back: what tapes and optimisers do at each step.

Cython compiles this file too (vectors.pxd): then tens of thousands of Values take less than a millisecond.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any, TypeAlias

try:
    import cython
except ImportError:
    from .engine import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.engine.threads import add_to
    from cython.cimports.autograd_tiny.engine.value import Value
    from cython.cimports.cpython.tuple import PyTuple_GET_ITEM as item      # without counting references
else:
    from operator import getitem as item

    from .boundary.collector import without_collector
    from .engine import pure_cython as cython
    from .engine.pure_cython import add_to
    from .engine.value import Value
from .boundary.arguments import describe
from .boundary.foreign import as_numpy
from .calculus.operations import LEAF

Array: TypeAlias = "Any"                # a one-dimensional array of floats


def read(values: Sequence[Any], out: Array | None = None) -> Array:
    """The `.data` of many Values as an array.

    Args:
        values: A list or tuple of n Values.
        out: A C-contiguous array (n,) of float64 to fill; None makes a new one.

    Returns:
        The array (n,) of float64.

    Raises:
        TypeError: Something else than a list or tuple of Values.
        ValueError: An `out` of another shape or type, or one that is read-only.
    """
    return _filled(values, copy_numbers, out)


def read_gradients(values: Sequence[Any], out: Array | None = None) -> Array:
    """The `.grad` of many Values as an array.

    Arguments, result and errors are those of `read`.
    """
    return _filled(values, copy_gradients, out)


def write(values: Sequence[Any], numbers: Array) -> None:
    """Set the `.data` of many Values.

    Args:
        values: A list or tuple of n Values.
        numbers: An array (n,) of real numbers.

    Raises:
        TypeError: Something else than a list or tuple of Values, or than real numbers.
        ValueError: An array of another shape. After an error nothing has changed.
    """
    _all_or_none(set_numbers, *_checked(values, numbers))


def add_gradients(values: Sequence[Any], gradients: Array) -> None:
    """Add to the `.grad` of many Values, as a backward pass does; those that require no gradient are skipped.

    Arguments and errors are those of `write`.
    """
    each, given = _checked(values, gradients)
    before = None if cython.compiled else read_gradients(each)
    try:
        accumulate(each, given)
    except KeyboardInterrupt:                   # uncompiled, in the midst of the loop
        replace_gradients(each, before)
        accumulate(each, given)
        raise


def set_gradients(values: Sequence[Any], gradients: Array) -> None:
    """Overwrite the `.grad` of many Values; those that require no gradient are skipped.

    Arguments and errors are those of `write`.
    """
    _all_or_none(replace_gradients, *_checked(values, gradients))


def zero_gradients(values: Sequence[Any]) -> None:
    """Set the `.grad` of many Values to 0.

    Args:
        values: A list or tuple of Values.

    Raises:
        TypeError: Something else than a list or tuple of Values.
    """
    clear_gradients(_tuple_of(values))


def read_trainable(values: Sequence[Any]) -> Array | None:
    """Which of many Values require a gradient.

    Args:
        values: A list or tuple of n Values.

    Returns:
        An array (n,) of bools; None if all of them do, which is the usual case.

    Raises:
        TypeError: Something else than a list or tuple of Values.
    """
    import numpy as np

    each = _tuple_of(values)
    return None if all_trainable(each) else np.array([x.requires_grad for x in each])


def leaves_if_all_values(values: list[Any]) -> list[Value] | None:
    """The leaves among the Values in a list; None if anything else stands among them."""
    found: list[Value] = []
    for i in range(len(values)):
        x = values[i]
        if type(x) is not Value:
            return None
        if cython.cast(Value, x).operation is LEAF:
            found.append(x)
    return found


def _filled(
    values: Sequence[Any], fill: Callable[[tuple[Any, ...], Array], None], out: Array | None
) -> Array:
    import numpy as np

    each = _tuple_of(values)
    found = np.empty(len(each)) if out is None else out
    if not isinstance(found, np.ndarray) or found.dtype != float or found.shape != (len(each),):
        raise ValueError(f"out: an array of {len(each)} floats is expected, got {describe(out)}")
    if not found.flags.c_contiguous or not found.flags.writeable:
        raise ValueError("out: an array whose numbers lie side by side, and that may be written, is expected")
    fill(each, found)
    return found


def _checked(values: Sequence[Any], numbers: Any) -> tuple[tuple[Any, ...], Array]:
    import numpy as np

    each = _tuple_of(values)
    given = np.ascontiguousarray(as_numpy(numbers, "numbers"))
    if given.dtype.kind not in "fiub":
        raise TypeError(f"an array of numbers is expected, got {describe(numbers)}")
    if given.shape != (len(each),):
        raise ValueError(f"{len(each)} numbers are expected, one for each Value, got shape {given.shape}")
    return each, given.astype(float, copy=False)


def _all_or_none(loop: Callable[[tuple[Any, ...], Array], None], values: tuple[Any, ...], numbers: Array) -> None:
    """Run a loop that sets a field of each Value; where Ctrl-C interrupts it, run it again."""
    try:
        loop(values, numbers)
    except KeyboardInterrupt:
        loop(values, numbers)
        raise


def _tuple_of(values: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError(f"a list or tuple of Values is expected, got {describe(values)}")
    return tuple(values)


# ---- the loops, over a tuple of Values and an array of as many floats. Compiled, they read and write memory as it
# comes: so each looks first at what it is given.

def check_values(values: tuple[Any, ...]) -> None:
    """TypeError unless all of them are Values."""
    for i in range(len(values)):
        if type(values[i]) is not Value:
            raise TypeError(f"Values are expected, got {describe(values[i])} among them")


def check(values: tuple[Any, ...], numbers: Array) -> None:
    """The same, and ValueError unless there are as many numbers."""
    if numbers is None or len(numbers) != len(values):
        raise ValueError(f"an array of {len(values)} floats is expected, one for each Value")
    check_values(values)


def copy_numbers(values: tuple[Any, ...], into: Array) -> None:
    """Their `.data` into the array."""
    check(values, into)
    for i in range(len(values)):
        into[i] = cython.cast(Value, item(values, i))._number


def copy_gradients(values: tuple[Any, ...], into: Array) -> None:
    """Their `.grad` into the array."""
    check(values, into)
    for i in range(len(values)):
        into[i] = cython.cast(Value, item(values, i))._grad


def set_numbers(values: tuple[Any, ...], numbers: Array) -> None:
    """The array into their `.data`."""
    check(values, numbers)
    for i in range(len(values)):
        cython.cast(Value, item(values, i))._number = float(numbers[i])


def accumulate(values: tuple[Any, ...], gradients: Array) -> None:
    """Add the array to the `.grad` of those that require a gradient."""
    check(values, gradients)
    if not cython.compiled:                 # other threads, which add to the same numbers, take turns
        without_collector(_accumulate_each, values, gradients)
        return
    for i in range(len(values)):
        if cython.cast(Value, item(values, i))._needs_grad:
            # with += Cython would count references
            add_to(cython.address(cython.cast(Value, item(values, i))._grad), gradients[i])
            cython.cast(Value, item(values, i))._has_grad = True


def _accumulate_each(values: tuple[Any, ...], gradients: Array) -> None:
    for value, gradient in zip(values, gradients, strict=True):
        if value._needs_grad:
            value._grad += float(gradient)
            value._has_grad = True


def replace_gradients(values: tuple[Any, ...], gradients: Array) -> None:
    """Put the array in the place of the `.grad` of those that require a gradient."""
    check(values, gradients)
    for i in range(len(values)):
        if cython.cast(Value, item(values, i))._needs_grad:
            cython.cast(Value, item(values, i))._grad = float(gradients[i])
            cython.cast(Value, item(values, i))._has_grad = True


def clear_gradients(values: tuple[Any, ...]) -> None:
    """Set the `.grad` of many Values to 0.

    Args:
        values: A list or tuple of Values.

    Raises:
        TypeError: Something else than a list or tuple of Values.
    """
    check_values(values)
    for i in range(len(values)):
        cython.cast(Value, item(values, i))._grad = 0.0


def all_trainable(values: tuple[Any, ...]) -> bool:
    """Whether each of them requires a gradient."""
    check_values(values)
    for i in range(len(values)):  # noqa: SIM110 (a loop over numbers, once it is compiled)
        if not cython.cast(Value, item(values, i))._needs_grad:
            return False
    return True
