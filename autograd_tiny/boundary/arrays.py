"""Support for NumPy arrays that imports NumPy only once there is an array."""
from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


PACKAGE = __name__.partition(".")[0] + "."


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

    inputs = [x if is_array(x) else np.asarray(x, object) for x in operands]
    found = np.frompyfunc(function, len(inputs), 1)(*inputs)
    objects = objects or any(getattr(x, "dtype", None) == "object" for x in operands)
    return found if objects or not is_array(found) else found.astype(float)


def dtype_of_objects() -> Any:
    """NumPy's dtype of an array of Values."""
    import numpy as np

    return np.dtype(object)


def in_an_array(x: Any) -> Any:
    """An array of no dimensions with x in it."""
    import numpy as np

    array = np.empty((), object)
    array[()] = x
    return array


def as_array(x: Any) -> Any:
    """A list as an array."""
    import numpy as np

    return np.asarray(x)


def numpy_wants_an_array() -> bool:
    """Whether the ufunc that is being computed was called by NumPy's own code for an array of no dimensions.

    It asks by out=..., which is lost on the way to __array_ufunc__ (in NumPy 2.3 and 2.4): here the caller is known by
    the Ellipsis among its constants.
    """
    caller = sys._getframe(1)
    while caller.f_back is not None and caller.f_globals.get("__name__", "").startswith(PACKAGE):
        caller = caller.f_back
    return Ellipsis in caller.f_code.co_consts and caller.f_globals.get("__name__", "").startswith("numpy.")


def way_out(name: str, ours: str = "") -> str:
    """What to write instead of a function of NumPy's that does not take our numbers, for an error message."""
    instead = (
        f"write autograd_tiny.{ours}, which takes arrays too" if ours else
        "write it with Python's operators and the functions of autograd_tiny, or pass plain numbers (v.data)"
    )
    return f"NumPy's {name} does not take Values here: {instead}"


def function_that_failed(error: Exception) -> str | None:
    """The name of the function of NumPy's that has raised an error, as those do that have no loop for objects.

    None for the error of anything else.
    """
    name, place = "", error.__traceback__
    while place is not None:
        inside = place.tb_frame.f_globals.get("__name__", "").startswith("numpy.")
        name = (name or place.tb_frame.f_code.co_name) if inside else ""
        place = place.tb_next
    text = str(error)
    if not name and "ufunc '" in text:                  # a function in C has no frame of its own
        name = text.split("'")[1]
    elif not name and text.startswith("loop of ufunc"):
        name = text.split()[-2]
    elif not name and isinstance(error, AttributeError) and isinstance(error.obj, float | int):
        # for np.hypot(1.0, array) it looks for a method of that name on each float
        sought = getattr(sys.modules.get("numpy"), error.name or "", None)
        name = (error.name or "") if type(sought).__name__ == "ufunc" else ""
    return name.lstrip("_") or None
