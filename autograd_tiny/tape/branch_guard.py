"""While a function is recorded, branches that depend on its numbers are refused.

A tape has no branches: the decision of a comparison during the recording would be repeated for every sample.
recording.py runs functions inside `branches_refused`. Who records a function that is meant for floats runs it
inside `identity_refused`, too.
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

VALUE = str(Path(__file__).parents[1] / "engine" / "value.py")          # its frames, where it is not compiled
LIBRARY = tuple(f"{folder}{os.sep}" for folder in (Path(__file__).parents[1], Path(np.__file__).parent))


def branches_refused(inputs: Sequence[Value]) -> switched:
    """A block in which operations are recorded, and no comparison may depend on these inputs or on a parameter."""
    return switched(recording=True, on_branch=_BranchGuard(inputs).check)


def identity_refused(inputs: Sequence[Value]) -> switched:
    """A block in which neither == between Values nor a look-up in a dict or set may depend on these inputs.

    Floats would be compared by their numbers there, but Values are compared as nodes.
    """
    return switched(on_identity=_BranchGuard(inputs).check_identity)


class BranchError(TypeError):
    """A function that is recorded decides by its numbers."""


class _BranchGuard:
    """Checks the operands of comparisons."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self._inputs = {id(x) for x in inputs}
        self._constants: dict[int, Value] = {}      # known ones by id(); kept alive, so that no other Value gets the id

    def check(self, *operands: Any) -> None:
        """TypeError if an operand depends on an input or a parameter."""
        for operand in operands:
            leaf = self._varying_leaf(operand) if type(operand) is Value else None
            if leaf is None:
                continue
            role = "input" if id(leaf) in self._inputs else "parameter"
            dependence = f"the {role}" if leaf is operand else f"which depends on the {role} {leaf!r}"
            raise BranchError(
                f"{_users_line()} decides by {operand!r}, {dependence}, and a tape would repeat that decision for "
                "every sample. Write it with autograd_tiny.greater, where, maximum, max, relu or softmax"
            )

    def check_identity(self, *operands: Value) -> None:
        """TypeError if an operand depends on an input, and this package itself does not ask."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename == VALUE and frame.f_back is not None:
            frame = frame.f_back
        if frame.f_code.co_filename.startswith(LIBRARY):
            return
        for operand in operands:
            leaf = self._varying_leaf(operand)
            if leaf is not None and id(leaf) in self._inputs:
                raise TypeError(
                    f"{_users_line()} compares {operand!r} by ==, or looks it up in a dict or set, which differs from "
                    "that of a float. Write it with autograd_tiny.equal and where"
                )

    def _varying_leaf(self, value: Value) -> Value | None:
        """An input that a Value depends on, else a parameter; None if it depends on constants only."""
        nodes = order_beyond(self._constants, (value,))
        inputs = [node for node in nodes if id(node) in self._inputs]
        parameters = [node for node in nodes if node.operation is LEAF and node.requires_grad]
        if inputs or parameters:
            return (inputs or parameters)[0]
        self._constants.update((id(node), node) for node in nodes)
        return None


def _users_line() -> str:
    """The line outside this package and NumPy that is being run: 'model.py:7: `if x > 0:`'."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    name, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, line).strip()
    return f"{name}:{line}: " + (f"`{text}`" if text else "the code")
