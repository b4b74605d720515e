"""The arithmetic of update rules: on arrays of NumPy or, where it is not installed, on one number at a time.

Each function puts its result into `out`, and returns that.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..boundary.late_numpy import np
from ..calculus import ieee


class Cell:
    """A place for one number, which stands for an array: it can be changed, too."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number

    def __iadd__(self, other: Cell | float) -> Cell:
        self.number += _number(other)
        return self

    def __imul__(self, other: Cell | float) -> Cell:
        self.number *= _number(other)
        return self


def _number(x: Any) -> float:
    return x.number if type(x) is Cell else x


def _on_cells(compute: Callable[..., float], name: str) -> Callable[..., Any]:
    """A function of Cells and numbers into a Cell, and NumPy's function of this name for anything else."""
    def function(*operands: Any, out: Any) -> Any:
        if type(out) is not Cell:
            return getattr(np, name)(*operands, out=out)
        out.number = compute(*map(_number, operands))
        return out

    return function


add = _on_cells(lambda x, y: x + y, "add")
subtract = _on_cells(lambda x, y: x - y, "subtract")
multiply = _on_cells(lambda x, y: x * y, "multiply")
divide = _on_cells(ieee.divide, "divide")
sqrt = _on_cells(ieee.sqrt, "sqrt")
maximum = _on_cells(lambda x, y: x if x > y or x != x else y, "maximum")
