"""autograd_tiny: a scalar automatic differentiation engine.

    >>> from autograd_tiny import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> f = a * b + a
    >>> f.backward()
    >>> a.grad, b.grad
    (4.0, 2.0)

`draw(f)` shows the graph, `play(f)` its film, and `explain(f, a)` the chain rule between two of its numbers.
sum, max, min and abs are here too, as autograd_tiny.sum and so on; a star import leaves them out, so that
Python's own are not hidden.
"""
from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if os.environ.get("AUTOGRAD_TINY_PURE", "0") not in ("", "0"):
    # take engine.py and vectors.py themselves, also where the compiled ones lie beside them
    from importlib.util import module_from_spec, spec_from_file_location

    for _name in "engine", "vectors":
        _spec = spec_from_file_location(f"{__name__}.{_name}", os.path.join(__path__[0], f"{_name}.py"))
        assert _spec is not None and _spec.loader is not None
        sys.modules[_spec.name] = globals()[_name] = module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_spec.name])

from . import functions
from .context import no_grad, scope
from .custom import operation
from .engine import Value, engine_kind, gradients
from .functions import *
from .functions import abs as abs, max as max, min as min, sum as sum
from .graph import find_nonfinite, topological_order

_LATER = {      # what is loaded when it is first used, so that the import stays quick: name → module
    "nn": "", "draw": "show", "parse": "expression", "Dual": "forward", "check_gradients": "checking",
    "compare_modes": "modes", "record": "tape", "Tape": "tape", "vectors": "", "optim": "",
    "plot_history": "show.curves", "history_svg": "show.curves", "plot_decision_regions": "show.regions",
    "plot_weights": "show.weights", "plot_confusion_matrix": "show.confusion",
    "detect_anomaly": "anomaly", "explain": "show.explanation", "play": "show.player",
    "diagnose": "show.report", "network_diagram": "show.diagram",
} | dict.fromkeys(["EarlyStopping", "History", "evaluate", "fit", "predict"], "train") | dict.fromkeys(
    ["derivative", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp", "value_and_grad", "vjp"],
    "functional",
)

if TYPE_CHECKING:
    from . import nn, optim, vectors
    from .anomaly import detect_anomaly
    from .checking import check_gradients
    from .expression import parse
    from .forward import Dual
    from .functional import (
        derivative, grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, value_and_grad, vjp,
    )
    from .modes import compare_modes
    from .show.confusion import plot_confusion_matrix
    from .show.curves import history_svg as history_svg, plot_history
    from .show.diagram import network_diagram
    from .show.report import diagnose
    from .show.draw import draw
    from .show.explanation import explain
    from .show.player import play
    from .show.regions import plot_decision_regions
    from .show.weights import plot_weights
    from .tape import Tape, record
    from .train import EarlyStopping, History, evaluate, fit, predict

__version__ = "0.1.0"
__all__ = [
    "Dual", "EarlyStopping", "History", "Tape", "Value", "check_gradients", "compare_modes", "derivative",
    "detect_anomaly", "diagnose", "draw", "engine_kind", "evaluate", "explain", "find_nonfinite", "fit",
    "grad", "gradients", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp", "network_diagram", "nn",
    "no_grad", "operation", "optim", "parse", "play", "plot_confusion_matrix", "plot_decision_regions",
    "plot_history", "plot_weights", "predict", "record", "scope", "topological_order", "value_and_grad",
    "vectors", "vjp", *functions.__all__,
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_LATER[name] or name}", __name__)
    if name == "compare_modes":
        module.ModeComparison.draw = _draw_modes
    globals()[name] = found = getattr(module, name) if _LATER[name] else module
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _draw_modes(comparison: Any, **options: Any) -> Any:
    """The picture of one forward and one reverse pass: see autograd_tiny.show.modes.draw_modes."""
    return import_module(".show.modes", __name__).draw_modes(comparison, **options)
