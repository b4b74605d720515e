"""Modules that moved before the first release, by their old names: for pickles written then.

Python asks `module_spec`, through the finder in autograd_tiny/__init__.py, when it finds no module of a name. A few
old names are in use again: those packages have in their __init__.py what a pickle may look for there.
"""
from __future__ import annotations

from functools import partial
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

PACKAGE = "autograd_tiny"
MOVED = {           # the old module, and where the names that it had live now
    "anomaly": "debug.anomaly", "nonfinite": "debug.nonfinite",
    "arguments": "boundary.arguments", "atomic": "boundary.files", "show.plotting": "boundary.plotting",
    "ops": "calculus.operations", "ieee": "calculus.ieee", "kernels": "calculus.c_kernels",
    "functions": "engine.functions", "graph": "engine.graph", "copying": "engine.copying",
    "custom": "engine.custom", "context": "engine.context", "differentiable": "engine.gradient_graph",
    "functional": "transforms.functional", "differentiation": "transforms.call", "trees": "transforms.pytree",
    "forward": "transforms.dual", "checking": "transforms.gradient_check",
    "differences": "transforms.finite_differences", "modes": "show.mode_comparison transforms.mode_costs",
    "recording": "tape.recording", "branches": "tape.branch_guard", "program": "tape.program tape.lowering",
    "schedule": "tape.grouping", "runner": "tape.batches", "rows": "tape.numpy_executor",
    "replay": "tape.native_executor", "listing": "tape.listing", "tape_file": "tape.serialization",
    "train": "training.fit", "updates": "training.update", "watch": "training.monitor",
    "models": "training.model", "rowwise": "training.per_sample", "data": "training.data",
    "metrics": "training.metrics", "history": "training.history", "progress": "training.progress",
    "paths": "show.paths", "nn.holding": "nn.parameters", "nn.files": "nn.serialization",
    "diagnosis.measured": "diagnosis.results", "diagnosis.opening": "diagnosis.net_input_gradients",
    "diagnosis.samples": "diagnosis.measurements", "diagnosis.study": "diagnosis.measure",
    "diagnosis.subject": "diagnosis.arguments",
    "show.arrangement": "show.network.arrangement", "show.diagram": "show.network.diagram",
    "show.units": "show.network.units", "show.confusion": "show.plots.confusion",
    "show.regions": "show.plots.regions", "show.weights": "show.plots.weights", "show.curves": "training.curves",
    "show.dot": "show.graph.drawing show.dot_language", "show.highlight": "show.graph.highlight",
    "show.mermaid": "show.graph.mermaid", "show.modes": "show.graph.mode_picture",
    "show.shading": "show.graph.shading", "show.table": "show.graph.table", "show.text_tree": "show.graph.text_tree",
    "show.factors": "show.explanation.factors", "show.ranking": "show.explanation.ranking",
    "show.player": "show.film.player", "show.training_film": "show.film.training_film",
}
REMADE = {          # old modules whose classes have other fields now: what holds their objects, and what makes it
    "show.folding": ("the picture of a graph", "draw()"), "show.scene": ("the picture of a graph", "draw()"),
    "show.telling": ("an explanation", "explain()"), "show.origin": ("the report of a nan", "diagnose()"),
}


def module_spec(name: str) -> ModuleSpec | None:
    """How to make a stand-in for a module that moved; None for a module that never was."""
    old = name.removeprefix(f"{PACKAGE}.")
    return ModuleSpec(name, _StandIn()) if old in MOVED or old in REMADE else None


class _StandIn(Loader):
    """Makes a module whose names are those of the modules in MOVED."""

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = partial(_find, module.__name__)    # type: ignore[method-assign]


def _find(module: str, name: str) -> Any:
    if name.startswith("__"):       # asked by whoever walks over sys.modules
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    old = module.removeprefix(f"{PACKAGE}.")
    for home in MOVED.get(old, "").split():
        found = import_module(f"{PACKAGE}.{home}")
        if hasattr(found, name):
            return getattr(found, name)
    raise unreadable(*REMADE.get(old, (f"{module}.{name}", "this version")))


def unreadable(what: str, maker: str) -> UnpicklingError:
    """The error for an object whose class has changed, or is gone."""
    return UnpicklingError(
        f"{what} that was pickled before the first release can't be read: make it anew with {maker}"
    )
