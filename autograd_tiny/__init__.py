"""autograd_tiny: a scalar automatic differentiation engine.

    >>> from autograd_tiny import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> f = a * b + a
    >>> f.backward()
    >>> a.grad, b.grad
    (4.0, 2.0)

`draw(f)` shows the graph. sum, max, min and abs are here too, as autograd_tiny.sum and so on; a star
import leaves them out, so that Python's own are not hidden.
"""
from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if os.environ.get("AUTOGRAD_TINY_PURE", "0") not in ("", "0"):
    # take engine.py itself, also where the compiled engine lies beside it
    from importlib.util import module_from_spec, spec_from_file_location

    _spec = spec_from_file_location(f"{__name__}.engine", os.path.join(__path__[0], "engine.py"))
    assert _spec is not None and _spec.loader is not None
    sys.modules[_spec.name] = engine = module_from_spec(_spec)
    _spec.loader.exec_module(engine)

from . import functions
from .context import no_grad, scope
from .custom import operation
from .engine import Value, engine_kind, gradients
from .functions import *
from .functions import abs as abs, max as max, min as min, sum as sum
from .graph import topological_order

if TYPE_CHECKING:
    from . import nn
    from .expression import parse
    from .show.draw import draw

__version__ = "0.1.0"
__all__ = [
    "Value", "draw", "engine_kind", "gradients", "nn", "no_grad", "operation", "parse", "scope",
    "topological_order",
    *functions.__all__,
]


def __getattr__(name: str) -> Any:
    """What is loaded when it is first used, so that the import stays quick."""
    if name == "nn":
        return import_module(".nn", __name__)
    if name == "draw":
        return import_module(".show", __name__).draw
    if name == "parse":
        return import_module(".expression", __name__).parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
