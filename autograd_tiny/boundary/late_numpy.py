"""NumPy, imported when something of it is used for the first time: for modules whose functions mostly do without.

So networks of single Values work where NumPy is not installed, as in a browser. Without it, a function that needs
it says so.
"""
from __future__ import annotations

import sys

from .libraries import missing

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

__all__ = ["is_installed", "np"]

PACKAGE = __name__.partition(".")[0] + "."

if TYPE_CHECKING:
    import numpy as np
else:
    class _NumPy:
        """Stands for the module numpy."""

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):               # what doctest, copy and pickle ask any object for
                raise AttributeError(f"{name} of NumPy itself: import numpy for it")
            try:
                import numpy
            except ModuleNotFoundError as error:
                if error.name != "numpy":           # NumPy is installed, but something that it needs is not
                    raise
                raise missing("numpy", _called()) from error
            vars(self).update(vars(numpy))          # from now on, they are found at once
            return getattr(numpy, name)

        def __reduce__(self) -> str:
            return "np"                             # a copy, also one in a pickle, is this object

    np = _NumPy()


def is_installed() -> bool:
    """Whether NumPy is installed. ModuleNotFoundError where it is, but something that it needs is not."""
    try:
        import numpy  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        return False
    return True


def _called() -> str:
    """The function of this package that the user has called, as "Module.state_dict"."""
    frame, found = sys._getframe(2), ""
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(PACKAGE):
        found, frame = frame.f_code.co_qualname, frame.f_back
    return found
