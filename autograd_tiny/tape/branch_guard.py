"""While a function is recorded, it may not use its numbers in ways that a tape can't repeat: branches, counts, indices.

A tape has no branches: the decision of a comparison during the recording would be repeated for every sample. The same
goes for what Python makes of a number: an index, a count of steps, a float. recording.py runs functions inside
`branches_refused`. Who records a function that is meant for floats runs it inside `identity_refused`, too.
"""
from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..calculus.operations import LEAF
from ..engine.graph import order_beyond
from ..engine.state import switched
from ..engine.value import Value

VALUE = str(Path(__file__).parents[1] / "engine" / "value.py")          # its frames, where it is not compiled
LIBRARY = tuple(f"{folder}{os.sep}" for folder in (Path(__file__).parents[1], Path(np.__file__).parent))

# What is done with a number, and what that comes to on a tape, with the way out: by the words that Value says.
USES = {
    "decision": (
        "decides by", "and a tape would repeat that decision for all others. Write it with autograd_tiny.greater, "
        "where, maximum, max, relu or softmax",
    ),
    "index": (
        "makes an index or a count of", "and a tape would repeat that one for all others. Write "
        "autograd_tiny.take(values, index) to look something up",
    ),
    "float": (
        "makes a plain number of", "and a tape would repeat that one for all others. Write autograd_tiny.exp, sin, … "
        "instead of the functions in math, and autograd_tiny.take(values, index) to look something up",
    ),
}
IDENTITY = (
    "compares {} by ==, or looks it up in a dict or set, which differs from that of a float. Write it with "
    "autograd_tiny.equal and where"
)


@contextmanager
def branches_refused(inputs: Sequence[Value]) -> Iterator[None]:
    """A block in which operations are recorded, and nothing that these inputs or a parameter decide is repeated.

    NumPy and Python answer some refusals by errors of their own, as for an index that is no integer. Then the
    refusal is raised, which names the line and the way out.
    """
    guard = _BranchGuard(inputs)
    with switched(recording=True, on_branch=guard.check):
        try:
            yield
        except BranchError:
            raise
        except Exception as error:
            refused = guard.refused_at(error)
            if refused is None:
                raise
            raise refused from error


def identity_refused(inputs: Sequence[Value]) -> switched:
    """A block in which neither == between Values nor a look-up in a dict or set may depend on these inputs.

    Floats would be compared by their numbers there, but Values are compared as nodes.
    """
    return switched(on_identity=_BranchGuard(inputs).check_identity)


class BranchError(TypeError):
    """A function that is recorded uses its numbers in a way that a tape can't repeat.

    Attributes:
        input: The place of the input that the number depends on, among all inputs; None for a parameter.
    """

    def __init__(self, message: str, input: int | None = None) -> None:
        super().__init__(message)
        self.input = input


class _BranchGuard:
    """Checks the operands of comparisons, and the numbers that Python makes something else of."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self._inputs = {id(x): k for k, x in enumerate(inputs)}
        self._constants: dict[int, Value] = {}      # known ones by id(); kept alive, so that no other Value gets the id
        self._refused: tuple[Any, ...] | None = None        # the latest error: its place in the code, and its arguments

    def check(self, *operands: Any, use: str = "decision") -> None:
        """BranchError if an operand depends on an input or a parameter."""
        for operand in operands:
            leaf = self._varying_leaf(operand) if type(operand) is Value else None
            if leaf is None:
                continue
            place = self._inputs.get(id(leaf))
            role = "parameter" if place is None else "input"
            dependence = f"the {role}" if leaf is operand else f"which depends on the {role} {leaf!r}"
            does, comes_to = USES[use]
            where = _users_place()
            message = f"{_line(*where)} {does} {operand!r}, {dependence}, {comes_to}"
            self._refused = where, message, place
            raise BranchError(message, place)

    def refused_at(self, error: Exception) -> BranchError | None:
        """The latest refusal, if this error was raised instead of it, in the same line."""
        if self._refused is None:
            return None
        where, *arguments = self._refused
        return BranchError(*arguments) if where in map(_place_of, (error, error.__cause__)) else None

    def check_identity(self, *operands: Value) -> None:
        """BranchError if an operand depends on an input, and this package itself does not ask."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename == VALUE and frame.f_back is not None:
            frame = frame.f_back
        if frame.f_code.co_filename.startswith(LIBRARY):
            return
        for operand in operands:
            leaf = self._varying_leaf(operand)
            if leaf is not None and id(leaf) in self._inputs:
                message = f"{_line(*_users_place())} {IDENTITY.format(repr(operand))}"
                raise BranchError(message, self._inputs[id(leaf)])

    def _varying_leaf(self, value: Value) -> Value | None:
        """An input that a Value depends on, else a parameter; None if it depends on constants only."""
        nodes = order_beyond(self._constants, (value,))
        inputs = [node for node in nodes if id(node) in self._inputs]
        parameters = [node for node in nodes if node.operation is LEAF and node.requires_grad]
        if inputs or parameters:
            return (inputs or parameters)[0]
        self._constants.update((id(node), node) for node in nodes)
        return None


def _users_place() -> tuple[str, int]:
    """The file and the line outside this package and NumPy that are being run."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _place_of(error: BaseException | None) -> tuple[str, int] | None:
    """The file and the line outside this package and NumPy that an error comes from."""
    found, step = None, error.__traceback__ if error else None
    while step is not None:
        if not step.tb_frame.f_code.co_filename.startswith(LIBRARY):
            found = step.tb_frame.f_code.co_filename, step.tb_lineno
        step = step.tb_next
    return found


def _line(name: str, line: int) -> str:
    """A line of code for a message: 'model.py:7: `if x > 0:`'."""
    text = linecache.getline(name, line).strip()
    return f"{name}:{line}: " + (f"`{text}`" if text else "the code")
