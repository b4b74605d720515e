"""The film of a training: in each of its steps a forward pass, a backward pass and an update."""
from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ... import optim
from ...boundary.arguments import describe, integer
from ...engine.gradient_graph import gradients
from ...engine.graph import topological_order
from ...engine.state import switched
from ...engine.value import Value
from ...nn.losses import loss_spec
from ...training.model import check_model, modules_of, optimizer_for, training_mode
from ..names import readable
from ..wording import counted
from .film import Film, Line, Shown, Slot, Step
from .film_scene import FilmScene, bracketed

MOST_DIGITS = 8                 # of a parameter that hardly changes


class ParameterUpdate(NamedTuple):
    """The change of a parameter in an update."""

    parameter: Value
    old: float
    gradient: float
    new: float


class TrainingRun:
    """The training of a copy of a model on one sample; the model itself stays as it is.

    Attributes:
        loss: The loss of the sample before the first update, whose graph the film shows.
    """

    def __init__(
        self, model: Any, x: Any, target: Any, loss: Any, optimizer: str | optim.Optimizer, lr: float | None
    ) -> None:
        check_model(model)
        original = optimizer_for(model, optimizer, lr)
        self.model, self.optimizer = copy.deepcopy((model, original))
        self.loss_spec, self.target = loss_spec(loss), target
        self.x = _inputs(x)
        self.loss = self.forward()
        used = set(topological_order(self.loss))
        if used.intersection(original.parameters):
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
        """The loss with the current parameters."""
        with switched(recording=True), training_mode(modules_of(self.model)):
            loss = self.loss_spec.loss(self.model(self.x), self.target)
        if type(loss) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(loss)}")
        loss.label = loss.label or "loss"
        return loss

    def update(self, loss: Value) -> list[ParameterUpdate]:
        """Update the parameters that are not frozen."""
        parameters = self.optimizer.parameters
        before = [(p.data, p.grad) for p in parameters]
        wanted = [p for p in parameters if p.requires_grad]
        found = dict(zip(wanted, gradients(loss, wanted), strict=True))
        for p in parameters:
            p.grad = found.get(p, 0.0)
        self.optimizer.step()
        for p, (_, grad) in zip(parameters, before, strict=True):
            p.grad = grad
        return [
            ParameterUpdate(p, old, found[p], p.data)
            for p, (old, _) in zip(parameters, before, strict=True) if p in found
        ]

    @property
    def is_plain(self) -> bool:
        """Whether an update is x − lr·g and no more."""
        group, *others = self.optimizer.param_groups
        return type(self.optimizer) is optim.SGD and not others and not group["momentum"] and not group["weight_decay"]


def _inputs(x: Any) -> list[Value]:
    """The inputs as Values, so that the picture has a box for each of them."""
    if not isinstance(x, Iterable) or isinstance(x, str):
        raise TypeError(f"x: the inputs of a sample, a list of numbers, are expected, got {describe(x)}")
    inputs = [each if type(each) is Value else Value(each) for each in x]
    return [Value(each.data, each.label or f"x[{i}]", requires_grad=False) for i, each in enumerate(inputs)]


def training_film(run: TrainingRun, scene: FilmScene, updates: int) -> Film:
    """Train for some updates, each after a forward and a backward pass; the film ends with the loss after the last.

    Args:
        run: The training.
        scene: The graph of the loss before the first update.
        updates: Their number, 1 or more.

    Raises:
        ValueError: There is no update, or the model computes another graph than before.
    """
    steps = _TrainingSteps(scene, run, integer("steps", updates))
    film = [steps.start()]
    loss = run.loss
    for k in range(1, updates + 1):
        film.append(steps.forward(k, loss))
        changes = run.update(loss)
        film += [steps.backward(k, loss), steps.update(k, changes)]
        loss = run.forward()
    film.append(steps.end(loss))
    return Film(film, steps.losses)


class _TrainingSteps:
    """The steps of the film, made one by one. A node of a later graph is shown in the box of its counterpart."""

    def __init__(self, scene: FilmScene, run: TrainingRun, updates: int) -> None:
        self.scene, self.run, self.updates = scene, run, updates
        self.structure = _structure(scene.values)
        self.losses: list[float] = []

    def start(self) -> Step:
        leaves = [value for value in self.scene.values if not value.operands]
        optimizer = self.run.optimizer
        says = (
            f"{counted(self.updates, 'training step')} with {type(optimizer).__name__}, learning rate "
            f"{self.scene.number(optimizer.lr)}: {counted(len(optimizer.parameters), 'parameter')} and a sample of "
            f"{counted(len(self.run.x), 'input')}."
        )
        return Step("start", says, shows=[self.scene.shown_value(x, x.data) for x in leaves])

    def forward(self, k: int, loss: Value) -> Step:
        """All values at once; the gradients of the previous update disappear."""
        scene, nodes = self.scene, self.nodes(loss)
        pairs = [*zip(scene.values, nodes, strict=True)]
        shows = [scene.shown_value(value, node.data) for value, node in pairs]
        shows += [Shown(Slot(scene.id_of(value), "gradient"), None) for value, node in pairs if node.requires_grad]
        for value, node in pairs:
            for n, x in enumerate(node.operands):
                if isinstance(x, Value):
                    shows.append(Shown(Slot(scene.local_derivative_id(value, n), "local derivative"), None))
                else:
                    shows.append(Shown(Slot(scene.constant_id(value, n), "constant"), scene.number(x), x))
        shows += self.of_modules("value", [node.data for node in nodes])
        shows += [Shown(Slot(scene.id_of(fold), "gradient"), None) for fold in scene.folding.folds.values()]
        self.losses.append(loss.data)
        says = f"Step {k} of {self.updates}, forward: {self.loss_name} = {scene.number(loss.data)}"
        return Step("forward", says, [self.loss_box], [], shows, losses=len(self.losses))

    def backward(self, k: int, loss: Value) -> Step:
        """All gradients and all local derivatives, which stay until the next forward pass."""
        scene, nodes = self.scene, self.nodes(loss)
        wanted = [node for node in nodes if node.requires_grad]
        of_node = dict(zip(wanted, gradients(loss, wanted), strict=True))
        found = {value: of_node[node] for value, node in zip(scene.values, nodes, strict=True) if node in of_node}
        shows = [scene.shown_gradient(value, gradient) for value, gradient in found.items()]
        shows += self.of_modules("gradient", [of_node.get(node, 0.0) for node in nodes])
        for value, node in zip(scene.values, nodes, strict=True):
            for n, (x, derivative) in enumerate(zip(node.operands, node.local_grads, strict=True)):
                if isinstance(x, Value):
                    shows.append(scene.shown_local_derivative(value, n, derivative))
        says, lit = f"Step {k} of {self.updates}, backward: no parameter has a gradient", []
        parameters = [parameter for parameter in self.run.optimizer.parameters if parameter in found]
        if parameters:
            largest = max(parameters, key=lambda parameter: abs(found[parameter]))
            equation = f"{scene.derivative(scene.output, largest)} = {scene.number(found[largest])}"
            says = f"Step {k} of {self.updates}, backward: the largest gradient of a parameter is {equation}"
            lit = [scene.box(largest)]
        return Step("backward", says, lit, [self.loss_box], shows, losses=len(self.losses))

    def update(self, k: int, changes: Sequence[ParameterUpdate]) -> Step:
        """The parameters change; all that was computed from them stays until the next forward pass."""
        scene, lines = self.scene, [self.line(change) for change in changes]
        says = f"Step {k} of {self.updates}, update: {counted(len(changes), 'parameter')} moved"
        if changes:
            most = max(range(len(changes)), key=lambda i: abs(changes[i].new - changes[i].old))
            says += f"; most of all {lines[most]}"
        shown = [change for change in changes if change.parameter in scene.place]
        shows = [scene.shown_value(change.parameter, change.new) for change in shown]
        lit = [scene.box(change.parameter) for change in shown]
        return Step("update", says, lit, [], shows, lines=lines, losses=len(self.losses))

    def line(self, change: ParameterUpdate) -> str:
        """w: 0.27 − 0.1 · 0.031 = 0.2669"""
        name, number = self.parameter_name(change.parameter), self.scene.number
        old, new = distinguishable(change.old, change.new, self.scene.digits)
        if not self.run.is_plain:
            return f"{name}: {old} → {new}"
        return f"{name}: {old} − {number(self.run.optimizer.lr)} · {bracketed(number(change.gradient))} = {new}"

    def end(self, loss: Value) -> Step:
        """The loss with the parameters of the last update."""
        step = self.forward(self.updates, loss)
        fell = "fell" if self.losses[-1] < self.losses[0] else "went"
        first, last = (self.scene.number(x) for x in (self.losses[0], self.losses[-1]))
        step.phase = "end"
        after = counted(self.updates, "training step")
        step.says = f"After {after} the {self.loss_name} {fell} from {first} to {last}."
        return step

    def nodes(self, loss: Value) -> list[Value]:
        """The graph of an update, in the order of the first one."""
        nodes = topological_order(loss)
        if _structure(nodes) != self.structure:
            raise ValueError(
                "the model computes another graph after an update than before, so that one picture cannot "
                "show both: play(loss) shows the graph of one pass"
            )
        return nodes

    def parameter_name(self, parameter: Value) -> str:
        """Also of a parameter that this sample does not use."""
        if parameter in self.scene.place:
            return self.scene.name_or_number(parameter)
        return parameter.label or self.scene.number(parameter.data)

    def of_modules(self, line: Line, numbers: Sequence[float]) -> list[Shown]:
        """The contents of the boxes of folded modules, from the values or the gradients of all nodes."""
        scene, shows = self.scene, []
        for fold in scene.folding.folds.values():
            own = [numbers[scene.place[x]] for x in fold.outputs]
            text = scene.results(fold, own) if line == "value" else scene.numbers(own)
            shows.append(Shown(Slot(scene.id_of(fold), line), text))
        return shows

    @property
    def loss_name(self) -> str:
        return self.scene.name_or_number(self.scene.output)

    @property
    def loss_box(self) -> str:
        return self.scene.id_of(self.scene.output)


def distinguishable(old: float, new: float, digits: int) -> tuple[str, str]:
    """Two numbers, with more digits than asked for if they would look the same otherwise."""
    for enough in range(digits, max(digits, MOST_DIGITS) + 1):
        texts = readable(old, enough), readable(new, enough)
        if texts[0] != texts[1] or old == new:
            break
    return texts


def _structure(nodes: Sequence[Value]) -> list[Any]:
    """The operations and the places of their operands, which have to stay the same at each update."""
    place = {node: i for i, node in enumerate(nodes)}
    return [
        (node.operation, tuple(place[x] if isinstance(x, Value) else None for x in node.operands))
        for node in nodes
    ]
