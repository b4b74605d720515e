"""What happens in one forward and one backward pass, step by step, as plain data for the player."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...engine.gradients import gradients
from ...engine.value import Value
from ..formulas import local_derivative_formula, value_formula
from ..graph.folding import Fold, Folding
from ..graph.scene import FEW_OUTPUTS, Box, Inputs, Scene
from ..wording import counted

MOST_NAMED = 6                  # gradients in the last sentence


class Shown(NamedTuple):
    """What a slot of the page holds from this step on: a text, and the number that it stands for.

    slot: "v3" and "g3" for the value and the gradient in box n3, "d5_0" for the local gradient there, "c5_0"
    for a constant, "m2v" and "m2g" for what the folded module m2 says of both. A text of None: nothing yet.
    """

    slot: str
    text: str | None
    number: float | None = None


@dataclass
class Step:
    """One step of a film: what is said, which parts of the picture light up, what is new in it.

    phase: "start", "forward", "backward", "update" or "end". lit, near: ids in the picture, of what happens
    and of what takes part. total: the end of what is said, where gradients add up. lines: said beside that,
    one by one. losses: how many of the film's losses are known.
    """

    phase: str
    says: str
    lit: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    shows: list[Shown] = field(default_factory=list)
    total: str = ""
    lines: list[str] = field(default_factory=list)
    losses: int = 0


@dataclass
class Film:
    """Steps, and the losses that a training found (none in the film of one pass)."""

    steps: list[Step]
    losses: list[float] = field(default_factory=list)


class Sent(NamedTuple):
    """What a result passes to one of its operands in the backward pass.

    place: of the operand. before, after: what the operand has received. last: whether it is complete now.
    """

    result: Value
    place: int
    operand: Value
    adjoint: float
    amount: float
    before: float | None
    after: float
    last: bool


# ---- in which order

def computed(values: Sequence[Value], folded: Mapping[Value, Fold]) -> Iterator[list[Value]]:
    """The results in the order of a forward pass: one by one, those of a folded module together.

    A folded module waits until all that it needs is there. If it never is, since a module is called with
    what was made of its own outputs, it computes what it can.
    """
    known = {value for value in values if not value.operands}
    waiting = [value for value in values if value.operands]
    while waiting:
        for value in waiting:
            if value not in folded and _is_ready(value, known):
                known.add(value)
                yield [value]
        waiting = [value for value in waiting if value not in known]
        if waiting:
            results = _next_of_module(waiting, known, folded)
            known.update(results)
            yield results
            waiting = [value for value in waiting if value not in known]


def _next_of_module(
    waiting: Sequence[Value], known: set[Value], folded: Mapping[Value, Fold]
) -> list[Value]:
    """What a folded module can compute now: one that can compute all of its results, or else the most."""
    possible: dict[Fold, list[Value]] = {}
    number: dict[Fold, int] = {}
    reached: set[Value] = set()
    for value in waiting:
        fold = folded.get(value)
        if fold is not None:
            number[fold] = number.get(fold, 0) + 1
            own = possible.setdefault(fold, [])
            if all(x in known or (x in reached and folded[x] is fold) for x in _inside(value)):
                own.append(value)
                reached.add(value)
    whole = (own for fold, own in possible.items() if len(own) == number[fold])
    return next(whole, None) or max(possible.values(), key=len)


def _is_ready(value: Value, known: set[Value]) -> bool:
    return all(x in known for x in _inside(value))


def _inside(value: Value) -> list[Value]:
    return [x for x in value.operands if type(x) is Value]


def sent(output: Value, folded: Mapping[Value, Fold]) -> Iterator[Sent]:
    """What is passed on in a backward pass from output, in the engine's order (see find_adjoints there).

    Folded modules pass on when nothing else can, each after all that it waits for.
    """
    waiting = _arrivals(output)
    from_outside: dict[Fold, int] = {}
    for result, place in _edges(output):
        fold = folded.get(_operand(result, place))
        if fold is not None and folded.get(result) is not fold:
            from_outside[fold] = from_outside.get(fold, 0) + 1
    received: dict[Value, float] = {output: 1.0}
    ready: dict[Fold | None, list[Value]] = {folded.get(output): [output] if output.operands else []}
    while any(ready.values()):
        fold = _next_fold(ready, from_outside)
        while ready[fold]:
            result = ready[fold].pop()
            complete: list[Value] = []
            for place in _receivers(result):
                operand = _operand(result, place)
                amount = received[result] * result.local_grads[place]
                before = received.get(operand)
                received[operand] = (before or 0.0) + amount
                waiting[operand] -= 1
                there = folded.get(operand)
                if there is not None and there is not fold:
                    from_outside[there] -= 1
                if not waiting[operand] and operand.operands:
                    complete.append(operand)
                yield Sent(
                    result, place, operand, received[result], amount, before, received[operand],
                    not waiting[operand],
                )
            if not _is_fan(result):
                complete.reverse()
            for operand in complete:
                ready.setdefault(folded.get(operand), []).append(operand)


def _next_fold(ready: dict[Fold | None, list[Value]], outstanding: Mapping[Fold, int]) -> Fold | None:
    """Whose turn it is: what is not folded, then a module that waits for nothing, then any that can begin."""
    if ready.get(None):
        return None
    able = [fold for fold, nodes in ready.items() if fold is not None and nodes]
    return next((fold for fold in able if not outstanding.get(fold)), able[0])


def _is_fan(result: Value) -> bool:
    """Whether the engine goes on with the last of the operands, and not with the first."""
    return result.operation.is_nary or len(result.operands) > 2


def _operand(result: Value, place: int) -> Value:
    operand = result.operands[place]
    assert isinstance(operand, Value)
    return operand


def _receivers(result: Value) -> list[int]:
    """The places of the operands that a gradient flows to."""
    pairs = zip(result.operands, result.flows, strict=True)
    return [k for k, (x, flows) in enumerate(pairs) if flows and type(x) is Value and x.requires_grad]


def _edges(output: Value) -> Iterator[tuple[Value, int]]:
    """All (result, place of an operand) along which a gradient flows from output."""
    met = {output}
    later = [output]
    while later:
        result = later.pop()
        for place in _receivers(result):
            yield result, place
            operand = _operand(result, place)
            if operand not in met:
                met.add(operand)
                later.append(operand)


def _arrivals(output: Value) -> dict[Value, int]:
    """How many gradients each Value below output receives."""
    found: dict[Value, int] = {}
    for result, place in _edges(output):
        operand = _operand(result, place)
        found[operand] = found.get(operand, 0) + 1
    return found


# ---- in words

class Stage(Scene):
    """A graph as a film has it: what it calls its Values, and the gradients of its output.

    gradients: of all that requires one, found here, whatever their .grad says.
    """

    def __init__(self, output: Value, values: Sequence[Value], digits: int, folding: Folding) -> None:
        super().__init__([output], values, digits, folding)
        self.output = output
        self.folded = folding.fold_of
        self.gradients: dict[Value, float] = {}
        if output.requires_grad:
            below = [value for value in values if value.requires_grad]
            self.gradients = dict(zip(below, gradients(output, below), strict=True))

    def box(self, value: Value) -> str:
        """The id of the box that a Value is in."""
        return self.id_of(self.box_of(value))

    def figure(self, x: Value | float) -> str:
        """The same with every name replaced by its number."""
        return self.number(x.data if isinstance(x, Value) else x)

    def received(self, fold: Fold, so_far: Mapping[Value, float]) -> str:
        """The gradients that a folded module has received, of a few outputs also which are still to come."""
        gradients = [so_far.get(value) for value in fold.outputs if value.requires_grad]
        known = [x for x in gradients if x is not None]
        if len(gradients) > FEW_OUTPUTS:
            return self.numbers(known)
        return ", ".join("—" if x is None else self.number(x) for x in gradients) if known else ""

    def equation(self, value: Value) -> str:
        """x = a + b = −1 + 3 = 2"""
        parts = [self.name_or_number(value), value_formula(value, self.name_or_number), value_formula(value, self.figure)]
        return _chained([*parts, self.number(value.data)])

    def product(self, one: Sent) -> str:
        """The chain rule along one edge: ∂f/∂x · ∂x/∂a = 7 · 1 = 7"""
        result = one.result
        above, here = self.derivative(self.output, result), self.local_derivative_name(result, one.place)
        slope = self.number(result.local_grads[one.place])
        formula = local_derivative_formula(result, one.place, self.name_or_number)
        adjoint = self.number(one.adjoint)
        products = [f"{above} · {here}"]
        if formula not in (slope, ""):
            products.append(f"{adjoint} · {formula if _is_factor(formula) else f'({formula})'}")
        products.append(f"{adjoint} · {bracketed(slope)}")
        return _chained([*products, self.number(one.amount)])

    def total(self, one: Sent, is_branch: bool) -> str:
        """What an operand has after a gradient arrived: "7 so far", "7 + 2 = 9"."""
        so_far = self.number(one.after)
        if not is_branch:
            return ""
        if one.before is None:
            return f": {so_far} so far"
        added = f"{self.number(one.before)} + {bracketed(self.number(one.amount))} = {so_far}"
        return f": {added}, gradients add at branches" if one.last else f": {added} so far"


def _chained(parts: Sequence[str]) -> str:
    """Parts that are equal, each of them once: a = b = c."""
    return " = ".join(part for i, part in enumerate(parts) if part and part not in parts[:i])


def bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def _is_factor(formula: str) -> bool:
    """Whether it needs no brackets in a product: no sum at its top level, no sign in front."""
    depth = 0
    for i, character in enumerate(formula):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and (character in "+−" and (i == 0 or formula[i - 1] == " ")):
            return False
    return True


def listed(words: Sequence[str], most: int = MOST_NAMED) -> str:
    """a, b and c; of many the first, and how many others there are."""
    if len(words) > most:
        return f"{', '.join(words[:most - 1])} and {len(words) - most + 1} others"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# ---- the film of one forward and one backward pass

def film_of(stage: Stage) -> Film:
    """The computation of an output, operation by operation, and then its gradients, edge by edge."""
    scenes = Scenes(stage)
    steps = [scenes.start()]
    steps += [scenes.computation(results) for results in computed(stage.values, stage.folded)]
    if stage.output.requires_grad:
        steps.append(scenes.seed())
        steps += scenes.backward()
    steps.append(scenes.end())
    return Film(steps)


class Scenes:
    """The steps of a film, one by one."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.output = stage, stage.output
        self.so_far = {stage.output: 1.0}       # the gradients that have been received

    def start(self) -> Step:
        """Only the leaves have values."""
        folded = self.stage.folded
        leaves = [value for value in self.stage.values if not value.operands and value not in folded]
        names = [name for value in leaves if (name := self.stage.names[value])]
        f = self.stage.name_or_number(self.output)
        says = f"{f} is a leaf: nothing is computed."
        if self.output.operands:
            has = f"{listed(names) or 'nothing'} {'has a value' if len(names) < 2 else 'have values'}"
            says = f"At the start only {has}. {f} is to be computed."
        return Step("start", says, near=[*map(self.stage.box, leaves)], shows=[*map(self.value, leaves)])

    def computation(self, results: Sequence[Value]) -> Step:
        """An operation, or a folded module with all of its operations."""
        fold = self.stage.folded.get(results[0])
        if fold is not None:
            return self.module_forward(fold, results)
        result, place = results[0], self.stage.place[results[0]]
        near, edges = [], [f"op{place}", f"r{place}"]
        for k, x in enumerate(result.operands):
            near.append(self.stage.box(x) if isinstance(x, Value) else f"c{place}_{k}")
            edges += [f"e{place}_{k}{part}" for part in ("ab" if isinstance(x, Value) else "b")]
        says, lit = self.stage.equation(result), [self.stage.box(result), *edges]
        return Step("forward", says, lit, near, [self.value(result)])

    def module_forward(self, fold: Fold, results: Sequence[Value]) -> Step:
        inside = set(results)
        given = {x for value in results for x in _inside(value) if self.stage.folded.get(x) is not fold}
        made = [value for value in fold.outputs if value in inside]
        of = f" from {len(given) or fold.constants}" if given or fold.constants else ""
        work = counted(len(results), "operation")
        says = f"{fold.path} computes {counted(len(made), 'value')}{of}, in {work}"
        if len(made) <= MOST_NAMED:
            says += ": " + listed([f"{self.stage.name_or_number(x)} = {self.stage.number(x.data)}" for x in made])
        near = {self.stage.box(x): None for x in given}
        return Step("forward", says, [f"m{fold.number}"], [*near], [self.of_module(fold)])

    def seed(self) -> Step:
        f = self.stage.name_or_number(self.output)
        says = f"{self.stage.derivative(self.output, self.output)} = 1: the backward pass starts at {f}."
        return Step("backward", says, [self.stage.box(self.output)], shows=[self.gradient(self.output)])

    def backward(self) -> Iterator[Step]:
        """A step for each edge; one for all that a folded module passes on."""
        arrivals = _arrivals(self.output)
        run: list[Sent] = []
        for one in sent(self.output, self.stage.folded):
            here = self.stage.folded.get(one.result)
            if run and self.stage.folded.get(run[0].result) is not here:
                yield self.module_backward(run)
                run = []
            if here is not None:
                run.append(one)
            else:
                yield self.passed_on(one, arrivals[one.operand] > 1)
        if run:
            yield self.module_backward(run)

    def passed_on(self, one: Sent, is_branch: bool) -> Step:
        """The chain rule along one edge."""
        place, operand, k = self.stage.place[one.result], one.operand, one.place
        slope = one.result.local_grads[k]
        product = self.stage.product(one)
        fold, name = self.stage.folded.get(operand), self.stage.name_or_number(operand)
        total = self.stage.total(one, is_branch)
        says = f"{product} flows to {f'{fold.path} ({name})' if fold else name}{total}"
        edge = [f"r{place}", f"op{place}", f"e{place}_{k}b", f"d{place}_{k}", f"e{place}_{k}a"]
        shows = [Shown(f"d{place}_{k}", self.stage.number(slope), slope), *self.arrived([one])]
        lit, near = [self.stage.box(operand), *edge], [self.stage.box(one.result)]
        return Step("backward", says, lit, near, shows, total)

    def module_backward(self, run: Sequence[Sent]) -> Step:
        """All that a folded module passes on, inside of it and to the outside."""
        fold = self.stage.folded[run[0].result]
        outside = {one.operand: None for one in run if self.stage.folded.get(one.operand) is not fold}
        parameters = [x for x in fold.parameters if x in self.stage.gradients]
        parts = []
        if outside:
            parts.append(f"sends gradients to {self.receivers([*outside])}")
        if parameters:
            parts.append(f"finds those of {counted(len(parameters), 'parameter')} inside")
        does = " and ".join(parts) or "passes nothing on"
        says = f"{fold.path} {does}, along {counted(len(run), 'edge')}"
        near = {self.stage.box(x): None for x in outside}
        return Step("backward", says, [f"m{fold.number}"], [*near], self.arrived(run))

    def receivers(self, values: Sequence[Value]) -> str:
        """Where gradients go, in words: x1, 3 values of layer1 and 12 inputs."""
        groups: dict[Box, list[Value]] = {}
        for value in values:
            groups.setdefault(self.stage.box_of(value), []).append(value)
        said = []
        for thing, group in groups.items():
            if isinstance(thing, Fold):
                said.append(f"{counted(len(group), 'value')} of {thing.path}")
            else:
                inputs = isinstance(thing, Inputs)
                said.append(counted(len(group), "input") if inputs else self.stage.name_or_number(group[0]))
        return listed(said)

    def arrived(self, run: Sequence[Sent]) -> list[Shown]:
        """What boxes say of their gradients after something was passed on to what is in them."""
        boxes: dict[Box, Value] = {}
        for one in run:
            self.so_far[one.operand] = self.stage.gradients[one.operand] if one.last else one.after
            boxes[self.stage.folded.get(one.operand, one.operand)] = one.operand
        return [self.gradient(value) for value in boxes.values()]

    def end(self) -> Step:
        """All gradients."""
        if not self.output.requires_grad:
            says = f"{self.stage.name_or_number(self.output)} requires no gradient: there is no backward pass."
            return Step("end", says, [self.stage.box(self.output)])
        stage, f = self.stage, self.stage.name_or_number(self.output)
        leaves = [value for value in stage.gradients if not value.operands]
        found = [
            f"{stage.derivative(self.output, x)} = {stage.number(stage.gradients[x])}" for x in leaves
        ]
        says = f"All gradients of {f} are known: {listed(found)}." if found else f"All of {f} is known."
        return Step("end", says, [self.stage.box(x) for x in leaves])

    def of_module(self, fold: Fold) -> Shown:
        """What the box of a folded module says of its values."""
        return Shown(f"m{fold.number}v", self.stage.outputs(fold)[0])

    def value(self, value: Value) -> Shown:
        return Shown(f"v{self.stage.place[value]}", self.stage.number(value.data), value.data)

    def gradient(self, value: Value) -> Shown:
        """What has been received so far, in the box that a Value is in."""
        fold = self.stage.folded.get(value)
        if fold is not None:
            return Shown(f"m{fold.number}g", self.stage.received(fold, self.so_far))
        found = self.so_far[value]
        return Shown(f"g{self.stage.place[value]}", self.stage.number(found), found)
