"""One path of the chain rule and its factors: as symbols, as formulas, and as numbers."""
from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence, Set
from functools import cached_property, reduce
from itertools import pairwise
from operator import mul
from typing import NamedTuple

from ...engine.value import Value
from ..formulas import DIVIDED, MINUS, Formula
from ..names import partials
from ..paths import Way
from ..wording import WIDTH, cut, left_out
from .telling import Telling

MOST_FACTORS = 24                       # of a path that is shown as a whole,
FIRST_AND_LAST = 4                      # else so many at either end


class Factor(NamedTuple):
    """A step of a path: ∂result/∂operand, as a formula, with .text and .latex, and as a number.

    It is a local derivative, or the product of a few through results that have no name. sign: "∂", or "∂₁",
    "∂₂", … where the operand stands in several places. reason: why it is that number, of an operation with a
    kink: "a < 0".
    """

    result: Value
    operand: Value
    formula: Formula
    value: float
    sign: str = "∂"
    reason: str = ""


class Path:
    """One path: the Values on it, from the output to the leaf, and the product of the local derivatives.

    places: which operand of the Value before it each Value is.
    """

    def __init__(self, way: Way, steps: Set[Value], telling: Telling) -> None:
        self.nodes, self.places, self.product = way
        self._telling = telling
        self._spans = spans = [*pairwise(i for i, v in enumerate(self.nodes) if v not in steps)]
        few = FIRST_AND_LAST if len(spans) > MOST_FACTORS else len(spans)
        self._first = [self._factor(*span) for span in spans[:few]]
        self._middle = spans[few:-few]
        self._last = [self._factor(*span) for span in spans[max(few, len(spans) - few):]]
        self.hidden = len(self._middle)

    @cached_property
    def factors(self) -> list[Factor]:
        """Its steps."""
        return [*self._first, *[self._factor(*span) for span in self._middle], *self._last]

    @property
    def ends(self) -> list[Factor | None]:
        """The steps that are shown; None for all those in the middle of a long path."""
        return [*self._first, *([None] if self._middle else []), *self._last]

    @property
    def stations(self) -> list[str]:
        """The names of the Values on it that are shown."""
        said = self._telling.said
        gap = left_out(self.hidden)
        return [said(self.nodes[0]), *[said(each.operand) if each else gap for each in self.ends]]

    def products(self) -> list[list[Formula]]:
        """Itself as products of symbols, of formulas and of numbers, factor by factor; and the result."""
        telling, number = self._telling, self._telling.formulas.number
        gap = Formula(left_out(self.hidden), rf"\underbrace{{\cdots}}_{{{self.hidden}\ \text{{more}}}}")
        symbols = [telling.symbol(*each[:2], each.sign) if each else gap for each in self.ends]
        formulas = [each.formula if each else gap for each in self.ends]
        numbers = [number(each.value) if each else gap for each in self.ends]
        return [symbols, as_factors(formulas), as_factors(numbers), [number(self.product)]]

    @cached_property
    def kind(self) -> Hashable:
        """What it has in common with those that differ from it only in the place of an operand."""
        slopes = array("d", [v.local_grads[place] for v, place in zip(self.nodes, self.places, strict=False)])
        return self.nodes, slopes.tobytes(), tuple(each and each.formula.text for each in self.ends)

    def symbol(self, k: int) -> Formula:
        """The k-th step as a symbol: ∂f/∂x."""
        start, end = self._spans[k]
        return self._telling.symbol(self.nodes[start], self.nodes[end], self._sign(start, end))

    def turn(self, k: int) -> tuple[int, int]:
        """Which way it takes in its k-th step."""
        start, end = self._spans[k]
        return id(self.nodes[end]), self.places[start]

    def _sign(self, start: int, end: int) -> str:
        return partials(self.nodes[start])[self.places[start]] if end == start + 1 else "∂"

    def _factor(self, start: int, end: int) -> Factor:
        """What lies between two of its Values."""
        result, operand, write = self.nodes[start], self.nodes[end], self._telling.formulas
        steps = [*zip(self.nodes[start:end], self.places[start:end], strict=True)]
        slopes = [write.slope(node, place) for node, place in steps]
        value = reduce(mul, [node.local_grads[place] for node, place in steps])
        formula = slopes[0] if len(steps) == 1 else write.times(*slopes)
        if len(steps) > 1 and formula.number is not None:
            formula = write.number(value)
        reason = write.reason(*steps[0]) if len(steps) == 1 else ""
        return Factor(result, operand, formula, value, self._sign(start, end), reason)

    def __repr__(self) -> str:
        return f"<Path: {cut(self.stations, ' → ', WIDTH, self.hidden)}, product {self.product!r}>"


def where_they_part(paths: Sequence[Path]) -> list[list[str]]:
    """For each path between the same two Values the steps, as symbols, that tell it from all the others."""
    found: list[list[str]] = [[] for _ in paths]
    groups = [(0, [*range(len(paths))])]
    while groups:
        k, group = groups.pop()
        parts: dict[tuple[int, int], list[int]] = {}
        for i in group:
            parts.setdefault(paths[i].turn(k), []).append(i)
        if len(parts) > 1:
            for i in group:
                found[i].append(paths[i].symbol(k).text)
        groups += [(k + 1, part) for part in parts.values() if len(part) > 1]
    return found


def as_factors(formulas: Sequence[Formula]) -> list[Formula]:
    """The factors of one product, with the brackets that they need; a minus sign in front needs none."""
    if len(formulas) == 1:
        return [*formulas]
    return [
        each if i == 0 and each.rank == MINUS else each.within(DIVIDED) for i, each in enumerate(formulas)
    ]
