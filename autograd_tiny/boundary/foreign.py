"""Arrays and tensors of other libraries as NumPy's: the one place where they are converted, and nothing gets lost.

NumPy makes an array of nearly anything, and keeps its numbers only: a mask is dropped without a word, and so is a
tangent of PyTorch's; the partitions of a dask array, wherever they are, are brought to this process. All of these are
errors here, which say what to pass or to call instead. arrays.py has what is done with NumPy's own arrays.
"""
from __future__ import annotations

import sys
from itertools import chain

from .arguments import describe
from .late_numpy import np
from .text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from collections.abc import Iterator
    from typing import Any

MOST_AXES = 64                                      # of an array of NumPy's
HARMLESS = frozenset({float, int, bool, str, bytes, type(None)})


def as_numpy(given: Any, name: str) -> Any:
    """An array of NumPy with the numbers, or the objects, of an array of any library or of nested lists.

    Args:
        given: The argument.
        name: Its name, for the error.

    Raises:
        TypeError: More than its numbers would be lost, or NumPy can't read it.
        ValueError: Some numbers are masked, or there are rows of different lengths.
    """
    if type(given) is np.ndarray:
        return given
    check_nothing_lost(given, name)
    try:
        return np.asarray(given)
    except ValueError as error:
        raise ValueError(f"{name}: rows of equal length are expected: {shortened(error)}") from None
    except (TypeError, RuntimeError) as error:
        raise TypeError(f"{name}: NumPy can't read {describe(given)}: {shortened(error, 200)}") from None


def numbers_of(given: Any, name: str) -> Any:
    """Numbers for parameters, as a new array of float64.

    A tensor of PyTorch may require a gradient here, and be on any device, as parameters are.

    Args:
        given: An array, a tensor or nested lists.
        name: Its name, for the error.

    Raises:
        TypeError, ValueError: As of as_numpy; TypeError, too, if they are not real numbers.
    """
    if is_tensor(given):
        _check_has_numbers(given, name)
        given = given.detach().cpu().to_dense()
        given = given.double() if given.is_floating_point() else given      # NumPy has no bfloat16
    found = as_numpy(given, name)
    if found.dtype.kind not in "fiub":
        raise TypeError(f"{name}: an array of numbers is expected, got {describe(given)}")
    return found.astype(float)


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor of PyTorch, which is not imported here: before it is, x is none."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def check_nothing_lost(given: Any, name: str) -> None:
    """TypeError or ValueError, with the way out, unless NumPy takes all that there is in an array or nested lists."""
    for part in _parts(given):
        for library, check in CHECKS:
            module = sys.modules.get(library)       # before it is imported, nothing is of its kinds
            if module is not None:
                check(module, part, name)


def _parts(given: Any) -> Iterator[Any]:
    """What nested lists hold, without plain numbers; anything else as it is."""
    level = [given]
    for _ in range(MOST_AXES):
        kinds = {*map(type, level)} - HARMLESS
        if others := {kind for kind in kinds if not issubclass(kind, list | tuple) and kind.__module__ != "numpy"}:
            yield from (each for each in level if type(each) in others)
        level = [*chain.from_iterable(each for each in level if isinstance(each, list | tuple))]
        if not level:
            return


# ---- what each library has beside numbers

def _check_dask(dask: Any, x: Any, name: str) -> None:
    if dask.is_dask_collection(x):
        raise TypeError(
            f"{name} is a Dask collection: autograd_tiny.dask.value_and_grad and map_rows compute where its partitions "
            f"are; or pass {name}.compute() if it fits into memory"
        )


def _check_masks(ma: Any, x: Any, name: str) -> None:
    if isinstance(x, ma.MaskedArray) and x.dtype.names is None and x.mask.any():
        raise ValueError(f"{name} has masked numbers: leave these samples out, or fill them in")


def _check_tensor(torch: Any, x: Any, name: str) -> None:
    if not isinstance(x, torch.Tensor):
        return
    if x.requires_grad or torch.autograd.forward_ad.unpack_dual(x).tangent is not None:
        raise TypeError(
            f"{name} has a gradient of PyTorch, which NumPy's arrays don't have: pass one tensor to the module that "
            f"tape.to_torch() makes, or {name}.detach()"
        )
    _check_has_numbers(x, name)
    if x.device.type != "cpu":
        raise TypeError(
            f"{name} is on the device {x.device}: tape.to_torch() computes there; or pass {name}.cpu()"
        )


def _check_has_numbers(x: Any, name: str) -> None:
    if x.is_meta:
        raise TypeError(f"{name} is on the device meta, and so has a shape but no numbers: load them first")
    if x.is_quantized:
        raise TypeError(f"{name} is quantised: pass {name}.dequantize()")


def _check_traced(jax: Any, x: Any, name: str) -> None:
    if isinstance(x, jax.core.Tracer):
        raise TypeError(f"{name} is traced by JAX, which needs functions of its own: tape.to_jax() is one")


CHECKS = (("dask", _check_dask), ("numpy.ma", _check_masks), ("torch", _check_tensor), ("jax", _check_traced))
