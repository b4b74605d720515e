"""autograd_tiny: a scalar automatic differentiation engine.

    >>> from autograd_tiny import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> f = a * b + a
    >>> f.backward()
    >>> a.grad, b.grad
    (4.0, 2.0)

`draw(f)` shows the graph, `play(f)` its film, and `explain(f, a)` the chain rule between two of its numbers.
sum, max, min, abs and round are here too, as autograd_tiny.sum and so on; a star import leaves them out, so that
Python's own are not hidden. __init__.pyi lists all public names with the modules that have them.
"""
from __future__ import annotations

import sys

if sys.version_info < (3, 11):      # noqa: UP036 - a copy that pip did not install runs on any Python
    _problem = f"autograd_tiny needs Python 3.11 or newer, this is {'.'.join(map(str, sys.version_info[:3]))}"
    raise SystemExit(_problem) if sys.argv[:1] == ["-m"] else ImportError(_problem)    # python -m autograd_tiny

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from importlib.machinery import ModuleSpec
    from typing import Any

from .boundary.native import load_engine

load_engine(__name__, __path__[0])

# <written: names> by tools/written.py, from __init__.pyi
_NAMES = {
    "": "linalg nn optim vectors",
    "debug.anomaly": "detect_anomaly",
    "engine.context": "no_grad scope",
    "engine.custom": "operation",
    "engine.functions":
        "abs acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh "
        "cbrt ceil clip cos cosh digamma dot elu equal erf erfc erfinv exp exp2 expm1 floor floor_divide "
        "fmod gelu greater greater_equal hypot leaky_relu less less_equal lgamma log log10 log1p log2 "
        "log_sigmoid log_softmax logaddexp logsumexp max maximum mean min minimum mish mod norm_cdf norm_pdf "
        "polygamma prod relu remainder rint round sigmoid sign silu sin sinh softmax softplus sqrt sum take "
        "tan tanh trunc where xlogy",
    "engine.gradient_graph": "gradients",
    "engine.graph": "find_nonfinite topological_order",
    "engine.state": "engine_kind",
    "engine.value": "Value",
    "expression": "parse",
    "replay.jit": "jit",
    "show.draw": "draw",
    "show.explanation.explanation": "explain",
    "show.explore.explorer": "explore",
    "show.film.player": "play",
    "show.layout": "set_layout",
    "show.mode_comparison": "compare_modes",
    "show.network.diagram": "network_diagram",
    "show.perceptron.perceptron": "perceptron",
    "show.playground.playground": "playground",
    "show.plots.confusion": "plot_confusion_matrix",
    "show.plots.regions": "plot_decision_regions",
    "show.plots.weights": "plot_weights",
    "show.report.report": "diagnose",
    "tape.batches": "simd",
    "tape.export.javascript.bundle": "write_tape_js",
    "tape.tape": "Tape record",
    "training.checkpoint": "load_checkpoint save_checkpoint",
    "training.curves": "history_svg plot_history",
    "training.fit": "evaluate fit predict",
    "training.history": "History",
    "training.monitor": "EarlyStopping",
    "transforms.dual": "Dual",
    "transforms.functional":
        "derivative elementwise_grad grad hessian hvp jacfwd jacobian jacrev jvp value_and_grad vjp",
    "transforms.gradient_check": "check_gradients",
}
# </written: names>
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}


class _MovedModules:
    """Asked last, for modules that are not there: a pickle may name one as it was called before it moved."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if not name.startswith(f"{__name__}."):
            return None
        from .boundary.old_names import module_spec

        return module_spec(name)


sys.meta_path.append(_MovedModules)

__version__ = "0.1.0"
_PUBLIC = sorted(_MODULE_OF.keys() - {"abs", "max", "min", "round", "sum"})


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is first used: so the import stays quick."""
    if name == "__all__":
        return _for_star_import()
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _MODULE_OF[name]
    try:
        found = getattr(import_module(f".{module}", __name__), name) if module else import_module(f".{name}", __name__)
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        from .boundary.libraries import missing

        raise missing("numpy", f"autograd_tiny.{name}") from error
    globals()[name] = found
    return found


def _for_star_import() -> list[str]:
    """The names in __all__: where NumPy is missing those that load without it, since a star import loads all."""
    from .boundary.late_numpy import is_installed

    return _PUBLIC if is_installed() else [name for name in _PUBLIC if _loads(name)]


def _loads(name: str) -> bool:
    try:
        __getattr__(name)
    except ImportError:
        return False
    return True


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC, "__all__"})
