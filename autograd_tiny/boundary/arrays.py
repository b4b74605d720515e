"""Support for NumPy arrays that imports NumPy only once there is an array."""
from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from numbers import Number

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


PACKAGE = __name__.partition(".")[0] + "."
LIBRARIES = {"numpy": "NumPy's", "pandas": "pandas'"}


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array, or like one: a dask array has no elements before it is computed."""
    return hasattr(x, "__array_function__") and hasattr(x, "tolist") and not isinstance(x, float)


def is_labelled(x: Any) -> bool:
    """Whether x is a Series or a DataFrame of pandas."""
    pandas = sys.modules.get("pandas")          # not imported here: before it is, x is none of its kinds
    return pandas is not None and isinstance(x, pandas.Series | pandas.DataFrame)


class LabelledArray:
    """What a Series or a DataFrame of pandas is beside its numbers.

    Attributes:
        labels: Those of each axis.
    """

    def __init__(self, x: Any) -> None:
        self._axes, self._name, self._type, self._shape = x.axes, getattr(x, "name", None), type(x), x.shape
        self.labels: list[list[Any]] = [axis.tolist() for axis in x.axes]

    def of(self, array: Any) -> Any:
        """One like it, of other numbers; an array of another shape, as of a Jacobian, stays as it is."""
        if getattr(array, "shape", None) != self._shape:
            return array
        name = {} if len(self._axes) > 1 else {"name": self._name}
        return self._type(array, *self._axes, dtype=array.dtype, **name)


def array_in(x: Any) -> tuple[Any, LabelledArray | None]:
    """The array that x is, or that a Series or a DataFrame holds, with its labels; None for anything else."""
    if is_array(x):
        return x, None
    return (x.to_numpy(), LabelledArray(x)) if is_labelled(x) else (None, None)


def plain_array(x: Any, name: str) -> Any:
    """An array of a subclass as one of NumPy's own.

    Raises:
        TypeError: It is a matrix, whose product is another one.
    """
    import numpy as np

    if type(x) is np.ndarray:
        return x
    if isinstance(x, np.matrix):
        raise TypeError(f"{name} is a matrix, whose product and shape differ from an array's: pass np.asarray(x)")
    return np.asarray(x) if isinstance(x, np.ndarray) else x


def elementwise(function: Callable[..., Any], operands: Sequence[Any], objects: bool) -> Any:
    """Apply a function of scalars to arrays, with broadcasting.

    Args:
        function: Takes one scalar for each operand.
        operands: Arrays and scalars.
        objects: Whether the result is always an array of objects; otherwise it is one only if an operand is.
    """
    import numpy as np

    inputs = [x if is_array(x) or is_labelled(x) else np.asarray(x, object) for x in operands]
    found = np.frompyfunc(function, len(inputs), 1)(*inputs)
    objects = objects or any(array.dtype == object for array, _ in map(array_in, operands) if array is not None)
    return found if objects or not hasattr(found, "astype") else found.astype(float)


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


def way_out(function: str, ours: str = "") -> str:
    """What to write instead of a function that does not take our numbers, for an error message.

    Args:
        function: Its library and name: "NumPy's hypot".
        ours: The name of the one that this package has.
    """
    instead = (
        f"write autograd_tiny.{ours}, which takes arrays too" if ours else
        "write it with Python's operators and the functions of autograd_tiny, or pass plain numbers (v.data)"
    )
    return f"{function} does not take Values here: {instead}"


def function_that_failed(error: Exception) -> tuple[str, str] | None:
    """The library and the name of a function of NumPy's or pandas' that raised an error because of our numbers.

    None for any other error.
    """
    library = name = ""
    place = error.__traceback__
    while place is not None:
        frame, function = place.tb_frame, place.tb_frame.f_code.co_name.lstrip("_")
        inside = frame.f_globals.get("__name__", "").partition(".")[0]
        if inside not in LIBRARIES:
            if f"{inside}." != PACKAGE or not function.endswith("float__"):     # which the library has called
                name = ""
        elif not name and function != "wrapper" and any(map(_holds_numbers, frame.f_locals.values())):
            library, name = LIBRARIES[inside], function
        place = place.tb_next
    if isinstance(error, AttributeError) and not isinstance(error.obj, Number):
        return None
    if name:
        return library, name
    text = str(error)
    if "ufunc '" in text:                               # a function in C has no frame of its own
        name = text.split("'")[1]
    elif text.startswith("loop of ufunc"):
        name = text.split()[-2]
    elif isinstance(error, AttributeError):             # np.hypot(1.0, array) looks for a method of that name on floats
        sought = getattr(sys.modules.get("numpy"), error.name or "", None)
        name = (error.name or "") if type(sought).__name__ == "ufunc" else ""
    return ("NumPy's", name) if name else None


def _holds_numbers(x: Any) -> bool:
    """Whether x is a number of our own, or an array or a sequence that may hold some."""
    if isinstance(x, list | tuple):
        return any(map(_holds_numbers, x))
    array, _ = array_in(x)
    return array.dtype == object if array is not None else isinstance(x, Number) and hasattr(x, "detach")
