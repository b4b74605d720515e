"""One path of the chain rule and its factors: as symbols, as formulas, and as numbers."""
from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence, Set
from functools import cached_property, reduce
from itertools import pairwise
from operator import mul
from typing import NamedTuple

from ...boundary.text import printable
from ...engine.value import Value
from ..names import partials
from ..paths import WeightedPath
from ..text_layout import WIDTH, elided, ellipsis
from ..typesetting import DIVIDED, MINUS, Formula
from .notation import Notation

MAX_FACTORS = 24                        # of a path that is shown as a whole,
FIRST_AND_LAST = 4                      # otherwise so many at either end


class Factor(NamedTuple):
    """A factor of a path: ∂result/∂operand.

    It is a local derivative, or the product of a few through inlined results.

    Attributes:
        result, operand: The Values at its ends.
        formula: As a formula, with .text and .latex.
        value: As a number.
        sign: "∂", or "∂₁", "∂₂", … if the operand stands in several places.
        reason: Why it has this value, for an operation with a kink: "a < 0".
    """

    result: Value
    operand: Value
    formula: Formula
    value: float
    sign: str = "∂"
    reason: str = ""


class Path:
    """One path from the output to the leaf.

    Attributes:
        nodes: The Values on it, both ends included.
        places: Which operand of the Value before it each one is.
        product: The product of the local derivatives.
        hidden: How many factors in the middle of a long path are not shown.
    """

    def __init__(self, path: WeightedPath, inlined: Set[Value], notation: Notation) -> None:
        self.nodes, self.places, self.product = path
        self._notation = notation
        self._spans = spans = [*pairwise(i for i, value in enumerate(self.nodes) if value not in inlined)]
        few = FIRST_AND_LAST if len(spans) > MAX_FACTORS else len(spans)
        self._first = [self._factor(*span) for span in spans[:few]]
        self._middle = spans[few:-few]
        self._last = [self._factor(*span) for span in spans[max(few, len(spans) - few):]]
        self.hidden = len(self._middle)

    @cached_property
    def factors(self) -> list[Factor]:
        """All its factors."""
        return [*self._first, *[self._factor(*span) for span in self._middle], *self._last]

    @property
    def shown_factors(self) -> list[Factor | None]:
        """The factors that are shown; None for all those in the middle of a long path."""
        return [*self._first, *([None] if self._middle else []), *self._last]

    @property
    def stations(self) -> list[str]:
        """The names of the Values that are shown, with an ellipsis for the middle of a long path."""
        name, gap = self._notation.name_or_number, ellipsis(self.hidden)
        return [name(self.nodes[0]), *[name(each.operand) if each else gap for each in self.shown_factors]]

    def products(self) -> list[list[Formula]]:
        """The path as a product of symbols, of formulas and of numbers; and the result."""
        notation, number = self._notation, self._notation.formulas.number
        gap = Formula(ellipsis(self.hidden), rf"\underbrace{{\cdots}}_{{{self.hidden}\ \text{{more}}}}")
        symbols = [notation.derivative(*each[:2], each.sign) if each else gap for each in self.shown_factors]
        formulas = [each.formula if each else gap for each in self.shown_factors]
        numbers = [number(each.value) if each else gap for each in self.shown_factors]
        return [symbols, bracketed(formulas), bracketed(numbers), [number(self.product)]]

    @cached_property
    def appearance(self) -> Hashable:
        """Equal for paths that look the same: they differ only in the place of an operand."""
        pairs = zip(self.nodes, self.places, strict=False)
        derivatives = array("d", [value.local_grads[place] for value, place in pairs])
        formulas = tuple(each and each.formula.text for each in self.shown_factors)
        return self.nodes, derivatives.tobytes(), formulas

    def symbol(self, k: int) -> Formula:
        """The k-th factor as a symbol: ∂f/∂x."""
        start, end = self._spans[k]
        return self._notation.derivative(self.nodes[start], self.nodes[end], self._sign(start, end))

    def edge(self, k: int) -> tuple[int, int]:
        """A key for the edge that it takes at its k-th factor."""
        start, end = self._spans[k]
        return id(self.nodes[end]), self.places[start]

    def _sign(self, start: int, end: int) -> str:
        return partials(self.nodes[start])[self.places[start]] if end == start + 1 else "∂"

    def _factor(self, start: int, end: int) -> Factor:
        """The derivative between two of its Values."""
        result, operand, formulas = self.nodes[start], self.nodes[end], self._notation.formulas
        edges = [*zip(self.nodes[start:end], self.places[start:end], strict=True)]
        derivatives = [formulas.local_derivative(node, place) for node, place in edges]
        value = reduce(mul, [node.local_grads[place] for node, place in edges])
        formula = derivatives[0] if len(edges) == 1 else formulas.times(*derivatives)
        if len(edges) > 1 and formula.number is not None:
            formula = formulas.number(value)
        reason = formulas.reason(*edges[0]) if len(edges) == 1 else ""
        return Factor(result, operand, formula, value, self._sign(start, end), reason)

    def __repr__(self) -> str:
        return printable(f"<Path: {elided(self.stations, ' → ', WIDTH, self.hidden)}, product {self.product!r}>")


def distinguishing_factors(paths: Sequence[Path]) -> list[list[str]]:
    """For each path between the same two Values, the symbols of the factors that the others do not share."""
    found: list[list[str]] = [[] for _ in paths]
    groups = [(0, [*range(len(paths))])]
    while groups:
        k, group = groups.pop()
        branches: dict[tuple[int, int], list[int]] = {}
        for i in group:
            branches.setdefault(paths[i].edge(k), []).append(i)
        if len(branches) > 1:
            for i in group:
                found[i].append(paths[i].symbol(k).text)
        groups += [(k + 1, branch) for branch in branches.values() if len(branch) > 1]
    return found


def bracketed(factors: Sequence[Formula]) -> list[Formula]:
    """The factors of one product, in the brackets that they need; a minus sign in front needs none."""
    if len(factors) == 1:
        return [*factors]
    return [each if i == 0 and each.precedence == MINUS else each.within(DIVIDED) for i, each in enumerate(factors)]
