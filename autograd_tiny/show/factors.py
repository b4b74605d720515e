"""One path of the chain rule and its factors: as symbols, as formulas, and as numbers."""
from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cached_property, reduce
from itertools import pairwise
from operator import mul
from typing import NamedTuple

from ..engine import Value
from ..paths import Path as Way
from .formulas import DIVIDED, DOTS, MINUS, Formula
from .telling import Telling
from .wording import WIDTH, cut

MOST_FACTORS = 8                        # that are shown of a path
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Factor(NamedTuple):
    """A step of a path: ∂result/∂operand, as a formula, with .text and .latex, and as a number.

    It is a local derivative, or the product of a few through results that have no name. sign: "∂", or "∂₁",
    "∂₂", … where the operand stands in several places.
    """

    result: Value
    operand: Value
    formula: Formula
    value: float
    sign: str = "∂"


class Path:
    """One path: the Values on it, from the output to the leaf, and the product of the local derivatives.

    places: which operand of the Value before it each Value is.
    """

    def __init__(self, way: Way, steps: Set[Value], telling: Telling) -> None:
        self.nodes, self.places, self.product = way
        self._telling = telling
        spans = [*pairwise(i for i, v in enumerate(self.nodes) if v not in steps)]
        few = MOST_FACTORS // 2 if len(spans) > MOST_FACTORS else len(spans)
        self._first = [self._factor(*span) for span in spans[:few]]
        self._middle = spans[few:-few]
        self._last = [self._factor(*span) for span in spans[max(few, len(spans) - few):]]

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
        return [said(self.nodes[0]), *["…" if each is None else said(each.operand) for each in self.ends]]

    def products(self) -> list[list[Formula]]:
        """Itself as products of symbols, of formulas and of numbers, factor by factor; and the result."""
        telling, number = self._telling, self._telling.formulas.number
        symbols = [DOTS if each is None else telling.symbol(*each[:2], each.sign) for each in self.ends]
        formulas = [DOTS if each is None else each.formula for each in self.ends]
        numbers = [DOTS if each is None else number(each.value) for each in self.ends]
        return [symbols, _as_factors(formulas), _as_factors(numbers), [number(self.product)]]

    def _factor(self, start: int, end: int) -> Factor:
        """What lies between two of its Values."""
        result, operand, sign, write = self.nodes[start], self.nodes[end], "∂", self._telling.formulas
        steps = [*zip(self.nodes[start:end], self.places[start:end], strict=True)]
        slopes = [write.slope(node, place) for node, place in steps]
        value = reduce(mul, [node.local_grads[place] for node, place in steps])
        formula = slopes[0] if len(steps) == 1 else write.times(*slopes)
        if len(steps) > 1 and formula.number is not None:
            formula = write.number(value)
        if len(steps) == 1 and sum(x is operand for x in result.operands) > 1:
            sign += str(self.places[start] + 1).translate(SUBSCRIPTS)
        return Factor(result, operand, formula, value, sign)

    def __repr__(self) -> str:
        return f"<Path: {cut(self.stations, ' → ', WIDTH)}, product {self.product!r}>"


def _as_factors(formulas: Sequence[Formula]) -> list[Formula]:
    """The factors of one product, with the brackets that they need; a minus sign in front needs none."""
    if len(formulas) == 1:
        return [*formulas]
    return [
        each if i == 0 and each.rank == MINUS else each.within(DIVIDED) for i, each in enumerate(formulas)
    ]
