"""A training as a film: in each of its steps a forward pass, a backward pass and an update."""
from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ... import optim, vectors
from ...boundary.arguments import describe, integer
from ...engine.gradients import gradients
from ...engine.graph import topological_order
from ...engine.state import switched
from ...engine.value import Value
from ...nn.losses import spec_of
from ...training.model import check_model, mode, modules_of, optimizer_for
from ..names import readable
from ..wording import counted
from .film import Film, Shown, Stage, Step, bracketed

MOST_DIGITS = 8                 # of a parameter that hardly moves


class Move(NamedTuple):
    """What an update does to a parameter."""

    parameter: Value
    old: float
    gradient: float
    new: float


class Rehearsal:
    """A copy of a model that is trained on one sample, so that the model itself stays as it is.

    loss: the loss of the sample before the first update, whose graph the film is about.
    """

    def __init__(
        self, model: Any, x: Any, target: Any, loss: Any, optimizer: str | optim.Optimizer, lr: float | None
    ) -> None:
        check_model(model)
        chosen = optimizer_for(model, optimizer, lr)
        self.model, self.optimizer = copy.deepcopy((model, chosen))
        self.known, self.target = spec_of(loss), target
        self.x = _inputs(x)
        self.loss = self.forward()
        used = set(topological_order(self.loss))
        if used.intersection(chosen.parameters):
            raise TypeError(f"model: play trains a copy, but one of {describe(model)} has the same parameters")
        parameters = used.intersection(self.optimizer.parameters)
        if not parameters:
            raise ValueError("the loss depends on none of the parameters that the optimiser has")
        if not any(parameter.requires_grad for parameter in parameters):
            raise ValueError(
                "all parameters that the loss depends on are frozen, so that nothing can be learnt: set "
                "requires_grad of some to True"
            )

    def forward(self) -> Value:
        """The loss, for the parameters as they are now."""
        with switched(recording=True), mode(modules_of(self.model), True):
            found = self.known.loss(self.model(self.x), self.target)
        if type(found) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(found)}")
        found.label = found.label or "loss"
        return found

    def update(self, loss: Value) -> list[Move]:
        """Move the parameters that are not frozen."""
        parameters = self.optimizer.parameters
        numbers, trainable = vectors.read(parameters), vectors.read_trainable(parameters)
        before = numbers.tolist()
        moving = [p for p in parameters if p.requires_grad]
        found = dict(zip(moving, gradients(loss, moving), strict=True))
        self.optimizer.update(numbers, np.array([found.get(p, 0.0) for p in parameters]), trainable)
        vectors.write(parameters, numbers)
        return [
            Move(p, old, found[p], new)
            for p, old, new in zip(parameters, before, numbers.tolist(), strict=True) if p in found
        ]

    @property
    def is_plain(self) -> bool:
        """Whether an update is x − lr·g and no more."""
        chosen = self.optimizer
        return type(chosen) is optim.SGD and not chosen.momentum and not chosen.weight_decay


def _inputs(x: Any) -> list[Value]:
    """The inputs as Values, so that the picture has a box for each of them."""
    if not isinstance(x, Iterable) or isinstance(x, str):
        raise TypeError(f"x: the inputs of a sample, a list of numbers, are expected, got {describe(x)}")
    inputs = [each if type(each) is Value else Value(each) for each in x]
    return [Value(each.data, each.label or f"x[{i}]", requires_grad=False) for i, each in enumerate(inputs)]


def training_film(rehearsal: Rehearsal, stage: Stage, steps: int) -> Film:
    """Train for some steps: a forward pass, a backward pass and an update in each, and the loss at the end.

    stage: the graph of the loss before the first of them.
    ValueError for less than one step, and when the model computes another graph than before.
    """
    scenes = TrainingScenes(stage, rehearsal, integer("steps", steps))
    film = [scenes.start()]
    loss = rehearsal.loss
    for k in range(1, steps + 1):
        film.append(scenes.forward(k, loss))
        moves = rehearsal.update(loss)
        film += [scenes.backward(k, loss), scenes.update(k, moves)]
        loss = rehearsal.forward()
    film.append(scenes.end(loss))
    return Film(film, scenes.losses)


class TrainingScenes:
    """The steps of the film of a training."""

    def __init__(self, stage: Stage, rehearsal: Rehearsal, steps: int) -> None:
        self.stage, self.rehearsal, self.first, self.steps = stage, rehearsal, stage.values, steps
        self.structure = _structure(self.first)
        self.place = stage.place
        self.losses: list[float] = []

    def start(self) -> Step:
        leaves = [value for value in self.first if not value.operands]
        count = len(self.rehearsal.optimizer.parameters)
        says = (
            f"{counted(self.steps, 'training step')} with {self._optimizer()}: "
            f"{counted(count, 'parameter')} and a sample of {counted(len(self.rehearsal.x), 'input')}."
        )
        return Step("start", says, shows=[self.shown("v", x, x.data) for x in leaves])

    def forward(self, k: int, loss: Value) -> Step:
        """All values at once; what is left of the step before disappears."""
        nodes = self.nodes(loss)
        shows = [self.shown("v", self.first[i], node.data) for i, node in enumerate(nodes)]
        shows += [Shown(f"g{i}", None) for i, node in enumerate(nodes) if node.requires_grad]
        for i, node in enumerate(nodes):
            for n, x in enumerate(node.operands):
                if isinstance(x, Value):
                    shows.append(Shown(f"d{i}_{n}", None))
                else:
                    shows.append(Shown(f"c{i}_{n}", self.stage.number(x), x))
        shows += self.of_modules("v", [node.data for node in nodes])
        shows += [Shown(f"m{fold.number}g", None) for fold in self.stage.folding.folds.values()]
        self.losses.append(loss.data)
        says = f"Step {k} of {self.steps}, forward: {self._loss()} = {self.stage.number(loss.data)}"
        return Step("forward", says, [self._last()], [], shows, losses=len(self.losses))

    def backward(self, k: int, loss: Value) -> Step:
        """All gradients, and all local gradients, which stay as they were until the next forward pass."""
        nodes = self.nodes(loss)
        flows = [i for i, node in enumerate(nodes) if node.requires_grad]
        found = dict(zip(flows, gradients(loss, [nodes[i] for i in flows]), strict=True))
        shows = [self.shown("g", self.first[i], gradient) for i, gradient in found.items()]
        shows += self.of_modules("g", [found.get(i, 0.0) for i in range(len(nodes))])
        for i, node in enumerate(nodes):
            for n, (x, slope) in enumerate(zip(node.operands, node.local_grads, strict=True)):
                if isinstance(x, Value):
                    shows.append(Shown(f"d{i}_{n}", self.stage.number(slope), slope))
        says, lit = f"Step {k} of {self.steps}, backward: no parameter has a gradient", []
        places = [i for p in self.rehearsal.optimizer.parameters if (i := self.place.get(p, -1)) in found]
        if places:
            largest = max(places, key=lambda i: abs(found[i]))
            parameter = self.first[largest]
            what = f"{self.stage.derivative(self.first[-1], parameter)} = {self.stage.number(found[largest])}"
            says = f"Step {k} of {self.steps}, backward: the largest gradient of a parameter is {what}"
            lit = [self.stage.box(parameter)]
        return Step("backward", says, lit, [self._last()], shows, losses=len(self.losses))

    def update(self, k: int, moves: Sequence[Move]) -> Step:
        """The parameters move; what was computed from them is still that of before."""
        lines = [self.moved(move) for move in moves]
        most = max(range(len(moves)), key=lambda i: abs(moves[i].new - moves[i].old), default=None)
        says = f"Step {k} of {self.steps}, update: {counted(len(moves), 'parameter')} moved"
        if most is not None:
            says += f"; most of all {lines[most]}"
        used = [move for move in moves if move.parameter in self.place]
        shown = [self.shown("v", move.parameter, move.new) for move in used]
        boxes = [self.stage.box(move.parameter) for move in used]
        return Step("update", says, boxes, [], shown, lines=lines, losses=len(self.losses))

    def moved(self, move: Move) -> str:
        """w: 0.27 − 0.1 · 0.031 = 0.2669"""
        name, number = self.said(move.parameter), self.stage.number
        old, new = told_apart(move.old, move.new, self.stage.digits)
        if not self.rehearsal.is_plain:
            return f"{name}: {old} → {new}"
        step = f"{number(self.rehearsal.optimizer.lr)} · {bracketed(number(move.gradient))}"
        return f"{name}: {old} − {step} = {new}"

    def end(self, loss: Value) -> Step:
        """The loss with the parameters of the last update."""
        step = self.forward(self.steps, loss)
        fell = "fell" if self.losses[-1] < self.losses[0] else "went"
        first, last = (self.stage.number(x) for x in (self.losses[0], self.losses[-1]))
        step.phase = "end"
        after = counted(self.steps, "training step")
        step.says = f"After {after} the {self._loss()} {fell} from {first} to {last}."
        return step

    def nodes(self, loss: Value) -> list[Value]:
        """The graph of this step, in the order of the first."""
        nodes = topological_order(loss)
        if _structure(nodes) != self.structure:
            raise ValueError(
                "the model computes another graph after an update than before, so that one picture cannot "
                "show both: play(loss) shows the graph of one pass"
            )
        return nodes

    def said(self, parameter: Value) -> str:
        """The name of a parameter, also of one that this sample does not use."""
        known = parameter in self.place
        return self.stage.said(parameter) if known else parameter.label or self.stage.number(parameter.data)

    def shown(self, kind: str, value: Value, number: float) -> Shown:
        return Shown(f"{kind}{self.place[value]}", self.stage.number(number), number)

    def of_modules(self, kind: str, numbers: Sequence[float]) -> list[Shown]:
        """What the boxes of folded modules say. numbers: the values or gradients of all nodes."""
        found = []
        for fold in self.stage.folding.folds.values():
            own = [numbers[self.place[x]] for x in fold.outputs]
            text = self.stage.results(fold, own) if kind == "v" else self.stage.numbers(own)
            found.append(Shown(f"m{fold.number}{kind}", text))
        return found

    def _optimizer(self) -> str:
        chosen = self.rehearsal.optimizer
        return f"{type(chosen).__name__}, learning rate {self.stage.number(chosen.lr)}"

    def _loss(self) -> str:
        return self.stage.said(self.first[-1])

    def _last(self) -> str:
        return f"n{len(self.first) - 1}"


def told_apart(old: float, new: float, digits: int) -> tuple[str, str]:
    """Two numbers, with more digits than asked for if they would look the same otherwise."""
    for enough in range(digits, max(digits, MOST_DIGITS) + 1):
        texts = readable(old, enough), readable(new, enough)
        if texts[0] != texts[1] or old == new:
            break
    return texts


def _structure(nodes: Sequence[Value]) -> list[Any]:
    """Operations and operands: what has to stay the same from step to step."""
    place = {node: i for i, node in enumerate(nodes)}
    return [
        (node.operation, tuple(place[x] if isinstance(x, Value) else None for x in node.operands))
        for node in nodes
    ]
