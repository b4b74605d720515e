"""While a function runs to be recorded, branches that depend on its numbers are refused.

A tape has no branches: a comparison that decides what is computed would be frozen as it came out once.
"""
from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..calculus.operations import LEAF
from ..engine.graph import order_beyond
from ..engine.state import switched
from ..engine.value import Value

NOT_THE_USERS = tuple(f"{folder}{os.sep}" for folder in (Path(__file__).parents[1], Path(np.__file__).parent))


class _BranchGuard:
    """Refuses branches that depend on the inputs of a function that runs, or on a parameter."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.inputs = {id(x) for x in inputs}
        self.fixed: dict[int, Value] = {}       # held on to, so that no other Value gets its id

    def leaf_behind(self, value: Value) -> Value | None:
        """An input that a Value depends on, else a parameter; None if it depends on constants only."""
        nodes = order_beyond(self.fixed, (value,))
        for node in nodes:
            if id(node) in self.inputs:
                return node
        for node in nodes:
            if node.operation is LEAF and node.requires_grad:
                return node
        self.fixed.update((id(node), node) for node in nodes)
        return None

    def check(self, *values: Any) -> None:
        """TypeError if one of the operands of a comparison depends on an input or a parameter."""
        for value in values:
            leaf = self.leaf_behind(value) if type(value) is Value else None
            if leaf is None:
                continue
            what = "input" if id(leaf) in self.inputs else "parameter"
            which = f"the {what}" if leaf is value else f"which depends on the {what} {leaf!r}"
            raise TypeError(
                f"{_line_of_the_user()} decides by {value!r}, {which}: a tape would decide the same for ever "
                "after. Write it with autograd_tiny.greater, where, maximum, max, relu or softmax"
            )


def no_branches(inputs: Sequence[Value]) -> switched:
    """While a function of these inputs runs: it is recorded, and no comparison may depend on them."""
    return switched(recording=True, on_branch=_BranchGuard(inputs).check)


def _line_of_the_user() -> str:
    """Where in the user's code we are: 'model.py:7: `if x > 0:`'."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame = frame.f_back
    name, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, line).strip()
    return f"{name}:{line}: " + (f"`{text}`" if text else "the code")
