"""The graph of a film: its names and numbers, the ids of the parts of its picture, and the terms of its sentences."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ..formulas import local_derivative_formula, value_formula
from ..graph.folding import Fold, Folding
from ..graph.scene import FEW_OUTPUTS, Scene
from .film import Shown, Slot
from .passes import Contribution


class FilmScene(Scene):
    """The scene of a graph with one output.

    Attributes:
        gradients: The gradients of the output, for all Values that require one: computed here, whatever `.grad` holds.
    """

    def __init__(self, output: Value, values: Sequence[Value], digits: int, folding: Folding) -> None:
        super().__init__([output], values, digits, folding)
        self.output = output
        self.gradients: dict[Value, float] = {}
        if output.requires_grad:
            below = [value for value in values if value.requires_grad]
            self.gradients = dict(zip(below, gradients(output, below), strict=True))

    def fold_of(self, value: Value) -> Fold | None:
        """The folded module that a Value is in."""
        return self.folding.fold_of.get(value)

    # ---- the parts of the picture

    def box(self, value: Value) -> str:
        """The box that shows a Value: its own, that of a folded module, or that of many inputs."""
        return self.id_of(self.box_of(value))

    def operation(self, result: Value) -> list[str]:
        """The circle of an operation, and the edge from there to the result."""
        return [self.operation_id(result), self.result_edge_id(result)]

    # ---- their contents

    def shown_value(self, value: Value, number: float) -> Shown:
        return Shown(Slot(self.id_of(value), "value"), self.number(number), number)

    def shown_gradient(self, value: Value, number: float) -> Shown:
        return Shown(Slot(self.id_of(value), "gradient"), self.number(number), number)

    def shown_local_derivative(self, result: Value, k: int, number: float) -> Shown:
        return Shown(Slot(self.local_derivative_id(result, k), "local derivative"), self.number(number), number)

    # ---- the terms of sentences

    def received(self, fold: Fold, adjoints: Mapping[Value, float]) -> str:
        """The adjoints of a folded module's outputs so far; of a few outputs, "—" for one that is missing."""
        found = [adjoints.get(value) for value in fold.outputs if value.requires_grad]
        known = [x for x in found if x is not None]
        if len(found) > FEW_OUTPUTS:
            return self.numbers(known)
        return ", ".join("—" if x is None else self.number(x) for x in found) if known else ""

    def equation(self, value: Value) -> str:
        """x = a + b = −1 + 3 = 2"""
        in_numbers = value_formula(value, self._data_as_text)
        return _chained([self.name_or_number(value), self.formula(value), in_numbers, self.number(value.data)])

    def _data_as_text(self, x: Value | float) -> str:
        return self.number(x.data if isinstance(x, Value) else x)

    def product(self, contribution: Contribution) -> str:
        """The chain rule along one edge: ∂f/∂x · ∂x/∂a = 7 · 1 = 7"""
        result, place = contribution.result, contribution.place
        derivatives = self.derivative(self.output, result), self.local_derivative_name(result, place)
        number, adjoint = self.number(result.local_grads[place]), self.number(contribution.adjoint)
        formula = local_derivative_formula(result, place, self.name_or_number)
        products = [" · ".join(derivatives)]
        if formula not in (number, ""):
            products.append(f"{adjoint} · {formula if _is_factor(formula) else f'({formula})'}")
        products.append(f"{adjoint} · {bracketed(number)}")
        return _chained([*products, self.number(contribution.amount)])

    def sum_so_far(self, contribution: Contribution) -> str:
        """The adjoint of the operand after a contribution: "7 so far", "7 + 2 = 9"."""
        so_far = self.number(contribution.after)
        if contribution.before is None:
            return f": {so_far} so far"
        amount = bracketed(self.number(contribution.amount))
        added = f"{self.number(contribution.before)} + {amount} = {so_far}"
        return f": {added}, gradients add at branches" if contribution.is_last else f": {added} so far"


def _chained(parts: Sequence[str]) -> str:
    """Parts that are equal, each of them once: a = b = c."""
    return " = ".join(part for i, part in enumerate(parts) if part and part not in parts[:i])


def bracketed(number: str) -> str:
    """A number as a factor or an addend."""
    return f"({number})" if number.startswith("−") else number


def _is_factor(formula: str) -> bool:
    """Whether it needs no brackets in a product: no sum outside of brackets, no sign in front."""
    depth = 0
    for i, character in enumerate(formula):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and (character in "+−" and (i == 0 or formula[i - 1] == " ")):
            return False
    return True
