"""What there is to see of a graph, as plain data: what each part is called, what it says, what leads to it.

The pictures, the tree, the table and the text for Mermaid all show the same scene.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...calculus.operations import Operation
from ...engine.value import Value
from ..formulas import slope_formula, value_formula
from ..names import names_of, on_one_line, partials, plain, readable
from ..wording import counted
from .folding import Fold, Folding

LONGEST_FORMULA = 28            # characters
FEW_OUTPUTS = 4                 # of a folded module: their numbers are shown one by one
MANY_INPUTS = 8                 # of folded modules: beyond, they share a box


@dataclass(eq=False)
class Inputs:
    """Many leaves that only folded modules look at, as one box."""

    number: int
    values: list[Value]


Thing: TypeAlias = "Value | Fold | Inputs"


class Scene:
    """All that the roots were made from, some of it folded.

    values: all Values, in topological order. place: where in it each stands. things: what is shown, in such
    an order too: Values, folded modules, and leaves in one box. mentioned: Values that a formula or the title
    names. data, gradients: the numbers to show.
    """

    def __init__(
        self, roots: Sequence[Value], values: Sequence[Value], digits: int, folding: Folding | None = None
    ) -> None:
        self.roots = list(dict.fromkeys(roots))
        self.values = values
        ends = set(roots)
        self.digits = digits
        self.folding = folding or Folding(values, ends)
        self.place = {value: i for i, value in enumerate(values)}
        self.names = names_of(values)
        self.data = {value: value.data for value in values}     # a picture stays as it was made
        self.instead: dict[Value, Thing] = {**self.folding.of, **_gathered(values, ends, self.folding)}
        self.things: list[Thing] = list(dict.fromkeys(self.instead.get(value, value) for value in values))
        shown_operands = {x for thing in self.things if isinstance(thing, Value) for x in thing.operands}
        self.mentioned = {x for x in (*shown_operands, *roots) if isinstance(x, Value)}
        # a gradient may be left from another output: it counts if it can have come through this graph
        senders = set(values) if any(root.reached for root in roots) else set()
        sent_to = {x for value in senders if value.reached for x in value.operands if type(x) is Value}
        self.gradients = {x: x.grad for x in senders if x.reached and (x in sent_to or x in ends)}

    # ---- what is connected

    def shown(self, value: Value) -> Thing:
        """What stands for a Value: itself, or what it is folded into."""
        return self.instead.get(value, value)

    def sources(self, thing: Thing) -> dict[Thing, int]:
        """What leads to a thing, and how many values (a Value's operands that are numbers are not here)."""
        found: dict[Thing, int] = {}
        operands: Iterable[Value | float] = ()
        if isinstance(thing, Fold):
            operands = thing.inputs
        elif isinstance(thing, Value):
            operands = thing.operands
        for x in operands:
            if isinstance(x, Value):
                source = self.shown(x)
                found[source] = found.get(source, 0) + 1
        return found

    def constants(self, thing: Thing) -> list[tuple[int, float]]:
        """The plain numbers among the operands of a Value, with their places there."""
        if not isinstance(thing, Value):
            return []
        return [(k, x) for k, x in enumerate(thing.operands) if not isinstance(x, Value)]

    def id_of(self, thing: Thing, prefix: str = "") -> str:
        """What its box is called, in the language of dot, in an SVG and for Mermaid: n3, m0, i0."""
        if isinstance(thing, Value):
            return f"n{prefix}{self.place[thing]}"
        return f"{'m' if isinstance(thing, Fold) else 'i'}{prefix}{thing.number}"

    def size(self) -> int:
        """The number of boxes."""
        return len(self.things) + sum(len(self.constants(thing)) for thing in self.things)

    def home(self, thing: Thing) -> str:
        """The module around a thing, "" if there is none."""
        if isinstance(thing, Fold):
            return thing.path.rpartition(".")[0]
        return "" if isinstance(thing, Inputs) else self.folding.home[thing]

    # ---- what it says

    def number(self, x: float) -> str:
        return readable(x, self.digits)

    def gradient_of(self, value: Value) -> float | None:
        """The gradient to show, if there is one."""
        return self.gradients.get(value)

    def gradient(self, value: Value) -> str:
        """The same in words; "" where no gradient flows, "—" before a backward pass."""
        if not value.requires_grad:
            return ""
        gradient = self.gradient_of(value)
        return "—" if gradient is None else self.number(gradient)

    def said(self, x: Value | float) -> str:
        """What a formula calls an operand: its name, or the number itself."""
        return (self.names[x] or self.number(self.data[x])) if isinstance(x, Value) else self.number(x)

    def headline(self, value: Value) -> str:
        """Its name, and the formula if there is room for it."""
        name, formula = self.names[value], value_formula(value, self.said)
        return f"{name} = {formula}" if formula and len(name) + len(formula) <= LONGEST_FORMULA else name

    def details(self, value: Value) -> str:
        """What the box has no room for: all digits, the whole formula, and the part of the program."""
        formula = value_formula(value, self.said)
        said = [f"{self.said(value)}{formula and ' = '}{formula}: value {self.data[value]!r}"]
        gradient = self.gradient_of(value)
        if gradient is not None:
            said.append(f"gradient {gradient!r}")
        if value.scope:
            said.append(f"made in {plain(self.folding.home[value])}")
        if value.made_at:
            said.append(f"at {on_one_line(value.made_at)}")
        return ", ".join(said)

    def slope(self, result: Value, place: int) -> str:
        """A local derivative in words: ∂f/∂x = formula = number."""
        number, formula = result.local_grads[place], slope_formula(result, place, self.said)
        shown = f"{formula} = " if formula != self.number(number) else ""
        return f"{self.derivative_name(result, place)} = {shown}{number!r}"

    def derivative_name(self, result: Value, place: int) -> str:
        """What a local derivative is called: ∂f/∂x, or ∂₂f/∂x if x is the second operand and another, too."""
        return self.derivative(result, result.operands[place], partials(result)[place])

    def derivative(self, top: Value, bottom: Value | float, sign: str = "∂") -> str:
        """∂f/∂x; ∂f/∂(2) for what has no name."""
        below = self.said(bottom)
        has_name = isinstance(bottom, Value) and self.names[bottom]
        return f"{sign}{self.said(top)}/∂{below if has_name else f'({below})'}"

    def title(self) -> str:
        return "The computation of " + plain(", ".join(map(self.said, self.roots)))

    # ---- what a folded module says

    def lines(self, fold: Fold) -> list[str]:
        """Its name, its shape, and what is inside."""
        name = plain(fold.path.rpartition(".")[2]) + (f" ×{fold.calls:,}" if fold.calls > 1 else "")
        inside = [counted(len(fold.parameters), "parameter")] if fold.parameters else []
        inside.append(counted(len(fold.operations), "operation"))
        return [name, "{:,} → {:,}".format(*fold.shape), ", ".join(inside)]

    def outputs(self, fold: Fold) -> tuple[str, str]:
        """The numbers that come out of it, and their gradients: each, or their range where there are many."""
        gradients = [x for value in fold.outputs if (x := self.gradient_of(value)) is not None]
        flows = any(value.requires_grad for value in fold.outputs)
        shown = self.numbers(gradients) if gradients else "—" if flows else ""
        return self.results(fold, [self.data[value] for value in fold.outputs]), shown

    def results(self, fold: Fold, numbers: Sequence[float]) -> str:
        """The numbers that come out of it; a few of them with the names that the picture calls them by."""
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
        """What the box of a folded module has no room for."""
        _, shape, inside = self.lines(fold)
        calls = [f"its parameters are used {fold.calls:,} times each"] if fold.calls > 1 else []
        return ", ".join([f"{plain(fold.path)}: {shape}", inside, *calls])


def _gathered(values: Iterable[Value], roots: Iterable[Value], folding: Folding) -> dict[Value, Inputs]:
    """Where many leaves are looked at by the same folded modules and nothing else: a box for all of them."""
    if not folding.folds:
        return {}
    looked_at: dict[Value, set[Fold | None]] = {}
    for value in values:
        here = folding.of.get(value)
        for x in value.operands:
            if isinstance(x, Value) and not x.operands and x not in folding.of:
                looked_at.setdefault(x, set()).add(here)
    for root in roots:
        looked_at.pop(root, None)
    groups: dict[frozenset[Fold | None], list[Value]] = {}
    for leaf, by in looked_at.items():
        if None not in by:
            groups.setdefault(frozenset(by), []).append(leaf)
    large = [group for group in groups.values() if len(group) > MANY_INPUTS]
    boxes = [Inputs(i, group) for i, group in enumerate(large)]
    return {leaf: box for box in boxes for leaf in box.values}


def sign_of(operation: Operation) -> str:
    """The sign in the circle of an operation."""
    return {"*": "×", "-": "−"}.get(operation.sign) or plain(operation.sign)
