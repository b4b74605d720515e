"""The engine: `Value`, a number that remembers how it was computed, and the chain rule.

The path through it, for somebody who learns how backpropagation works:

1. value.py: the fields of `Value`; one operation, `Value.__mul__` → `mul` → `binary`.
2. backward.py: `Value.backward` → `sweep` → `find_adjoints`, the chain rule over the whole graph.

These pages, less than 300 lines, are all there is to it. Beside them: functions (the public functions, over numbers
and arrays too), several_operands and reductions (operations of several and of many operands), gradient_graph
(derivatives that are Values again), graph and numbering (walks through it), custom (operations of your own),
context and state (`no_grad`, `scope`), micrograd (its code, run or refused).
"""
from . import backward, copying, reductions, several_operands  # noqa: F401  (Value is complete with these)
from .state import engine_kind as engine_kind
from .value import Value as Value

TYPE_CHECKING = False
if not TYPE_CHECKING:
    def __getattr__(name: str) -> object:
        """`gradients`, which old pickles look for here; loaded when it is needed, as the import is to be quick."""
        if name == "gradients":
            from .gradient_graph import gradients

            return gradients
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
