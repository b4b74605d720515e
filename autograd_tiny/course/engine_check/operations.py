"""The operations that a class may have: how each is written, computed and tried."""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from typing import Any

Operand = str | float           # the name of a Value, or a plain number


@dataclass(frozen=True)
class Operation:
    """An operation, by the method that a class has for it.

    Attributes:
        method: The name of the method.
        form: How it is written, with a place for each operand.
        apply: Computes it, of Values of any kind.
        operands: The operands that are tried, the simplest first.
        points: Numbers for the Values a and b.
        domain: Whether it is smooth around these operands, and not steep.
    """

    method: str
    form: str
    apply: Callable[..., Any]
    operands: tuple[tuple[Operand, ...], ...]
    points: tuple[tuple[float, float], ...] = ((2.0, 3.0), (1.5, 0.5), (-2.5, 4.0))
    domain: Callable[..., bool] = lambda *operands: True

    @property
    def sign(self) -> str:
        """Its short name for a list: "+" or "tanh"."""
        return self.form.replace("{}", "").strip(" .()") if self.takes_two else SIGNS.get(self.method, self.method)

    @property
    def takes_two(self) -> bool:
        """Whether both operands may be Values."""
        return self.operands[0] == ("a", "b")

    @property
    def has_number(self) -> bool:
        """Whether one operand is always a plain number."""
        return len(self.operands[0]) == 2 and not self.takes_two

    def __repr__(self) -> str:
        return self.method


SIGNS = {
    "__radd__": "2 + a", "__rmul__": "2*a", "__rsub__": "2 - a", "__rtruediv__": "2/a", "__rpow__": "2**a",
    "__pow__": "**", "__neg__": "-a", "__abs__": "abs(a)",
}
TWO = (("a", "b"), ("a", 2))
NUMBER_FIRST = ((2, "a"),)
POWERS = (("a", 3), ("a", 2), ("a", -1), ("a", 0.5))
POSITIVE = (2.0, 0.0), (0.5, 0.0)
ANYWHERE = (0.5, 0.0), (-1.0, 0.0), (1.25, 0.0)


def _function(
    name: str, points: tuple[tuple[float, float], ...] = ANYWHERE, domain: Callable[..., bool] = lambda x: True
) -> Operation:
    """A function of one Value, which is called as its method."""
    return Operation(name, f"{{}}.{name}()", lambda x: getattr(x, name)(), (("a",),), points, domain)


ADD = Operation("__add__", "{} + {}", operator.add, TWO)
MUL = Operation("__mul__", "{}*{}", operator.mul, TWO)
OPERATIONS = (
    ADD,
    MUL,
    Operation("__neg__", "-{}", operator.neg, (("a",),)),
    Operation("__sub__", "{} - {}", operator.sub, TWO),
    Operation("__pow__", "{}**{}", operator.pow, POWERS, POSITIVE, lambda x, n: x > 0.2),
    Operation("__truediv__", "{}/{}", operator.truediv, TWO, domain=lambda x, y: abs(y) > 0.2),
    Operation("__radd__", "{} + {}", operator.add, NUMBER_FIRST),
    Operation("__rmul__", "{}*{}", operator.mul, NUMBER_FIRST),
    Operation("__rsub__", "{} - {}", operator.sub, NUMBER_FIRST),
    Operation("__rtruediv__", "{}/{}", operator.truediv, NUMBER_FIRST, domain=lambda x, y: abs(y) > 0.2),
    Operation("__rpow__", "{}**{}", operator.pow, NUMBER_FIRST),
    Operation("__abs__", "abs({})", abs, (("a",),), ((2.0, 0.0), (-1.5, 0.0)), lambda x: abs(x) > 0.01),
    _function("tanh"),
    _function("exp"),
    _function("relu", ((2.0, 0.0), (-1.5, 0.0), (0.0, 0.0)), lambda x: abs(x) > 0.01),
    _function("log", POSITIVE, lambda x: x > 0.2),
    _function("sigmoid"),
    _function("sin"),
    _function("cos"),
    _function("tan", domain=lambda x: abs(x % pi - pi / 2) > 0.3),
    _function("sqrt", POSITIVE, lambda x: x > 0.2),
    _function("sinh"),
    _function("cosh"),
    _function("softplus"),
)
