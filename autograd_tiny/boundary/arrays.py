"""Support for NumPy arrays that imports NumPy only once there is an array."""
from __future__ import annotations

from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array."""
    return hasattr(x, "__array_function__") and not isinstance(x, float)


def elementwise(function: Callable[..., Any], operands: Sequence[Any], objects: bool) -> Any:
    """Apply a function of scalars to arrays, with broadcasting.

    Args:
        function: Takes one scalar for each operand.
        operands: Arrays and scalars.
        objects: Whether the result is always an array of objects; otherwise it is one only if an operand is.
    """
    import numpy as np

    found = np.frompyfunc(function, len(operands), 1)(*operands)
    objects = objects or any(getattr(x, "dtype", None) == "object" for x in operands)
    return found if objects or not is_array(found) else found.astype(float)
