"""NumPy arrays, without importing NumPy before one is there."""
from __future__ import annotations

from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array."""
    return hasattr(x, "__array_function__") and not isinstance(x, float)


def elementwise(function: Callable[..., Any], operands: Sequence[Any], objects: bool) -> Any:
    """A function of scalars on arrays, broadcast.

    Args:
        function: Takes as many numbers as there are operands.
        operands: Arrays and numbers.
        objects: Whether the result is an array of objects in any case; otherwise only if an operand is one.
    """
    import numpy as np

    found = np.frompyfunc(function, len(operands), 1)(*operands)
    objects = objects or any(getattr(x, "dtype", None) == "object" for x in operands)
    return found if objects or not is_array(found) else found.astype(float)
