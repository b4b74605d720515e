"""The contents of a picture of a graph, as plain data: its boxes, their texts, and the edges between them.

The picture, the tree, the table and the flowchart for Mermaid all show the same scene. A scene keeps the numbers
that were there when it was made: whatever is read later is recorded here, or does not change.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...boundary.text import one_line
from ...calculus.operations import Operation
from ...engine.value import Value
from ..formulas import Formulas
from ..names import names_of, partials, plain, readable
from ..wording import counted
from .folding import Fold, Folding

LONGEST_FORMULA = 28            # characters
FEW_OUTPUTS = 4                 # of a folded module: their numbers are shown one by one
MANY_INPUTS = 8                 # of folded modules: beyond, they share a box


@dataclass(eq=False)
class Inputs:
    """Many leaves that only folded modules use, as one box."""

    number: int
    values: list[Value]


Box: TypeAlias = "Value | Fold | Inputs"            # each is shown as one box


class Scene:
    """All that the roots were computed from, some of it folded.

    Attributes:
        values: All Values, in topological order.
        place: The index of each Value there.
        boxes: The boxes, in topological order too.
        mentioned: The Values that a formula or the title names.
        names, data, requires_grad, made_at: Those of the Values when the scene was made.
        gradients: The gradients then, of the Values whose `.grad` is that of these roots.
    """

    def __init__(
        self, roots: Sequence[Value], values: Sequence[Value], digits: int, folding: Folding | None = None
    ) -> None:
        self.roots = list(dict.fromkeys(roots))
        self.values = values
        self.prefix = ""                # of the numbers in ids, where one picture holds several scenes
        self.digits = digits
        self.folding = folding or Folding(values, set(roots))
        self.place = {value: i for i, value in enumerate(values)}
        self.names = names_of(values)
        self.data = {value: value.data for value in values}
        self.requires_grad = {value for value in values if value.requires_grad}
        self.gradients = _gradients(self.roots, values)
        self.made_at = {value: value.made_at for value in values if value.made_at}
        self._box_of: dict[Value, Box] = {**self.folding.fold_of, **_gathered(values, self.roots, self.folding)}
        self.boxes: list[Box] = list(dict.fromkeys(map(self.box_of, values)))
        shown_operands = {x for box in self.boxes if isinstance(box, Value) for x in box.operands}
        self.mentioned = {x for x in (*shown_operands, *roots) if isinstance(x, Value)}

    # ---- boxes and edges

    def box_of(self, value: Value) -> Box:
        """The box that shows a Value: its own, or that of a fold or of inputs."""
        return self._box_of.get(value, value)

    def sources(self, box: Box) -> dict[Box, list[int]]:
        """The boxes that lead to a box, each with the places of its Values among the operands, or the inputs."""
        found: dict[Box, list[int]] = {}
        inputs: Iterable[Value | float] = ()
        if isinstance(box, Fold):
            inputs = box.inputs
        elif isinstance(box, Value):
            inputs = box.operands
        for k, x in enumerate(inputs):
            if isinstance(x, Value):
                found.setdefault(self.box_of(x), []).append(k)
        return found

    def is_bundle(self, source: Box, number: int) -> bool:
        """Whether this number of values from a box share one edge."""
        return isinstance(source, Inputs) or (isinstance(source, Fold) and number > 1)

    def constants(self, box: Box) -> list[tuple[int, float]]:
        """The plain numbers among the operands of a Value, with their places there."""
        if not isinstance(box, Value):
            return []
        return [(k, x) for k, x in enumerate(box.operands) if not isinstance(x, Value)]

    # ---- the ids of the parts of a picture, in the language of dot, in an SVG and for Mermaid; x0 is an edge of folds

    def id_of(self, box: Box) -> str:
        """The id of a box: n3 of a Value at place 3, m0 of a fold, i0 of inputs."""
        if isinstance(box, Value):
            return f"n{self._number(box)}"
        return f"{'m' if isinstance(box, Fold) else 'i'}{self.prefix}{box.number}"

    def operation_id(self, result: Value) -> str:
        """The id of the circle of an operation: op3."""
        return f"op{self._number(result)}"

    def result_edge_id(self, result: Value) -> str:
        """The id of the edge from there to the box: r3."""
        return f"r{self._number(result)}"

    def local_derivative_id(self, result: Value, k: int) -> str:
        """The id of the number on the edge from operand k: d3_0."""
        return f"d{self._number(result)}_{k}"

    def constant_id(self, result: Value, k: int) -> str:
        """The id of operand k, a plain number: c3_1."""
        return f"c{self._number(result)}_{k}"

    def operand_edge_ids(self, result: Value, k: int) -> list[str]:
        """The ids of the edges from operand k: e3_0a to the local derivative, e3_0b to the circle."""
        parts = "ab" if isinstance(result.operands[k], Value) else "b"
        return [f"e{self._number(result)}_{k}{part}" for part in parts]

    def _number(self, value: Value) -> str:
        return f"{self.prefix}{self.place[value]}"

    def size(self) -> int:
        """The number of boxes, those of plain numbers included."""
        return len(self.boxes) + sum(len(self.constants(box)) for box in self.boxes)

    def module_around(self, box: Box) -> str:
        """The path of the module that a box stands in, "" outside of all."""
        if isinstance(box, Fold):
            return box.path.rpartition(".")[0]
        return "" if isinstance(box, Inputs) else self.folding.path_of[box]

    # ---- the texts of a Value

    def number(self, x: float) -> str:
        return readable(x, self.digits)

    def gradient(self, value: Value) -> str:
        """The gradient to show; "" where none flows, "—" before a backward pass."""
        if value not in self.requires_grad:
            return ""
        return self.number(self.gradients[value]) if value in self.gradients else "—"

    def name_or_number(self, x: Value | float) -> str:
        """How formulas and sentences refer to an operand: by its name, or by its number if it has none."""
        return (self.names[x] or self.number(self.data[x])) if isinstance(x, Value) else self.number(x)

    def formula(self, value: Value) -> str:
        """How it was computed, in names: "a + b"; "" for a leaf."""
        return _RecordedFormulas(self).value(value).text

    def headline(self, value: Value) -> str:
        """Its name, and the formula if there is room for it."""
        name, formula = self.names[value], self.formula(value)
        return f"{name} = {formula}" if formula and len(name) + len(formula) <= LONGEST_FORMULA else name

    def details(self, value: Value) -> str:
        """The text on hovering: all digits, the whole formula, the module and the line of code."""
        formula = self.formula(value)
        parts = [f"{self.name_or_number(value)}{formula and ' = '}{formula}: value {self.data[value]!r}"]
        if value in self.gradients:
            parts.append(f"gradient {self.gradients[value]!r}")
        if value.scope:
            parts.append(f"made in {plain(self.folding.path_of[value])}")
        if value in self.made_at:
            parts.append(f"at {one_line(self.made_at[value])}")
        return ", ".join(parts)

    def local_derivative(self, result: Value, place: int) -> str:
        """A local derivative as an equation: ∂f/∂x = formula = number."""
        number, formula = result.local_grads[place], _RecordedFormulas(self).local_derivative(result, place).text
        shown = f"{formula} = " if formula != self.number(number) else ""
        return f"{self.local_derivative_name(result, place)} = {shown}{number!r}"

    def local_derivative_name(self, result: Value, place: int) -> str:
        """∂f/∂x, or ∂₂f/∂x where x is the second operand of f and another one, too."""
        return self.derivative(result, result.operands[place], partials(result)[place])

    def derivative(self, top: Value, bottom: Value | float, sign: str = "∂") -> str:
        """∂f/∂x; ∂f/∂(2) with respect to an operand without a name."""
        below = self.name_or_number(bottom)
        has_name = isinstance(bottom, Value) and self.names[bottom]
        return f"{sign}{self.name_or_number(top)}/∂{below if has_name else f'({below})'}"

    def title(self) -> str:
        return "The computation of " + plain(", ".join(map(self.name_or_number, self.roots)))

    # ---- the texts of a folded module

    def lines(self, fold: Fold) -> list[str]:
        """Its name, its shape, and the numbers of parameters and operations."""
        name = plain(fold.path.rpartition(".")[2]) + (f" ×{fold.calls:,}" if fold.calls > 1 else "")
        inside = [counted(len(fold.parameters), "parameter")] if fold.parameters else []
        inside.append(counted(len(fold.operations), "operation"))
        return [name, "{:,} → {:,}".format(*fold.shape), ", ".join(inside)]

    def outputs(self, fold: Fold) -> tuple[str, str]:
        """The numbers of its outputs, and their gradients: each of a few, or the range of many."""
        gradients = [self.gradients[value] for value in fold.outputs if value in self.gradients]
        flows = not self.requires_grad.isdisjoint(fold.outputs)
        shown = self.numbers(gradients) if gradients else "—" if flows else ""
        return self.results(fold, [self.data[value] for value in fold.outputs]), shown

    def results(self, fold: Fold, numbers: Sequence[float]) -> str:
        """Some numbers of its outputs; a few of them with the names that the picture calls them by."""
        if len(numbers) > FEW_OUTPUTS:
            return self.numbers(numbers)
        return ", ".join(
            f"{self.names[value]} = {self.number(x)}" if value in self.mentioned else self.number(x)
            for value, x in zip(fold.outputs, numbers, strict=True)
        )

    def numbers(self, numbers: Sequence[float]) -> str:
        """Each of a few numbers, or the range of many."""
        if len(numbers) <= FEW_OUTPUTS:
            return ", ".join(map(self.number, numbers))
        known = [x for x in numbers if x == x]
        if not known:
            return "nan"
        ends = f"{self.number(min(known))} … {self.number(max(known))}"
        return ends if len(known) == len(numbers) else f"{ends}, nan"

    def fold_details(self, fold: Fold) -> str:
        """The text on hovering: the whole path, and the calls."""
        _, shape, inside = self.lines(fold)
        calls = [f"its parameters are used {fold.calls:,} times each"] if fold.calls > 1 else []
        return ", ".join([f"{plain(fold.path)}: {shape}", inside, *calls])


class _RecordedFormulas(Formulas):
    """Formulas with the names and the numbers of a scene."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.name_or_number)
        self.recorded = scene.data

    def data_of(self, x: Value) -> float:
        return self.recorded[x]


def _gradients(roots: Iterable[Value], values: Iterable[Value]) -> dict[Value, float]:
    """The gradients that a backward pass from a root can have left; those of other graphs don't count."""
    if not any(root.reached for root in roots):
        return {}
    received = {x for value in values if value.reached for x in value.operands if type(x) is Value}
    received.update(roots)
    return {value: value.grad for value in values if value.reached and value in received}


def _gathered(values: Iterable[Value], roots: Iterable[Value], folding: Folding) -> dict[Value, Inputs]:
    """Boxes for many leaves that the same folded modules use, and nothing else: the box of each such leaf."""
    if not folding.folds:
        return {}
    users: dict[Value, set[Fold | None]] = {}
    for result in values:
        for x in result.operands:
            if isinstance(x, Value) and not x.operands and x not in folding.fold_of:
                users.setdefault(x, set()).add(folding.fold_of.get(result))
    for root in roots:
        users.pop(root, None)
    groups: dict[frozenset[Fold | None], list[Value]] = {}
    for leaf, folds in users.items():
        if None not in folds:
            groups.setdefault(frozenset(folds), []).append(leaf)
    large = [group for group in groups.values() if len(group) > MANY_INPUTS]
    boxes = [Inputs(i, group) for i, group in enumerate(large)]
    return {leaf: box for box in boxes for leaf in box.values}


def sign_of(operation: Operation) -> str:
    """The sign in the circle of an operation."""
    return {"*": "×", "-": "−"}.get(operation.sign) or plain(operation.sign)
