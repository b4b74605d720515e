"""The film of one forward and one backward pass: operation by operation, and then edge by edge."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.value import Value
from ..graph.folding import Fold
from ..graph.scene import Box, Inputs
from ..names import plain
from ..wording import MAX_LISTED, counted, listed
from .film import Film, Shown, Slot, Step
from .film_scene import FilmScene
from .passes import Contribution, backward_order, count_contributions, forward_order, value_operands


def pass_film(scene: FilmScene) -> Film:
    """The film of how an output is computed, and how its gradients are."""
    steps = _PassSteps(scene)
    film = [steps.start()]
    film += [steps.forward(results) for results in forward_order(scene.values, scene.folding.fold_of)]
    if scene.output.requires_grad:
        film.append(steps.seed())
        film += steps.backward()
    film.append(steps.end())
    return Film(film)


class _PassSteps:
    """The steps of the film, made one by one."""

    def __init__(self, scene: FilmScene) -> None:
        self.scene, self.output = scene, scene.output
        self.adjoints = {scene.output: 1.0}                 # so far

    def start(self) -> Step:
        """Only the leaves have values."""
        scene = self.scene
        leaves = [value for value in scene.values if not value.operands and not scene.fold_of(value)]
        names = [name for value in leaves if (name := scene.names[value])]
        f = scene.name_or_number(self.output)
        says = f"{f} is a leaf: nothing is computed."
        if self.output.operands:
            known = f"{listed(names) or 'nothing'} {'has a value' if len(names) < 2 else 'have values'}"
            says = f"At the start only {known}. {f} is to be computed."
        shows = [scene.shown_value(value, value.data) for value in leaves]
        return Step("start", says, near=[*map(scene.box, leaves)], shows=shows)

    # ---- forward

    def forward(self, results: Sequence[Value]) -> Step:
        """One operation, or a folded module with all of its operations."""
        fold = self.scene.fold_of(results[0])
        return self.operation_forward(results[0]) if fold is None else self.module_forward(fold, results)

    def operation_forward(self, result: Value) -> Step:
        scene = self.scene
        lit, near = [scene.box(result), *scene.operation(result)], []
        for k, x in enumerate(result.operands):
            lit += scene.operand_edge_ids(result, k)
            near.append(scene.box(x) if isinstance(x, Value) else scene.constant_id(result, k))
        return Step("forward", scene.equation(result), lit, near, [scene.shown_value(result, result.data)])

    def module_forward(self, fold: Fold, results: Sequence[Value]) -> Step:
        scene, inside = self.scene, set(results)
        operands = dict.fromkeys(x for value in results for x in value_operands(value))
        inputs = [x for x in operands if scene.fold_of(x) is not fold]
        outputs = [value for value in fold.outputs if value in inside]
        number = len(inputs) or fold.constants
        says = f"{plain(fold.path)} computes {counted(len(outputs), 'value')}{f' from {number}' if number else ''}"
        says += f", in {counted(len(results), 'operation')}"
        if len(outputs) <= MAX_LISTED:
            says += ": " + listed([f"{scene.name_or_number(x)} = {scene.number(x.data)}" for x in outputs])
        box = scene.id_of(fold)
        shows = [Shown(Slot(box, "value"), scene.outputs(fold)[0])]
        return Step("forward", says, [box], [*dict.fromkeys(map(scene.box, inputs))], shows)

    # ---- backward

    def seed(self) -> Step:
        scene, f = self.scene, self.scene.name_or_number(self.output)
        says = f"{scene.derivative(self.output, self.output)} = 1: the backward pass starts at {f}."
        return Step("backward", says, [scene.box(self.output)], shows=[self.shown_adjoint(self.output)])

    def backward(self) -> Iterator[Step]:
        """A step for each edge outside of folded modules, and one for each folded module."""
        arrivals = count_contributions(self.output)
        of_module: list[Contribution] = []
        for contribution in backward_order(self.output, self.scene.folding.fold_of):
            fold = self.scene.fold_of(contribution.result)
            if of_module and self.scene.fold_of(of_module[0].result) is not fold:
                yield self.module_backward(of_module)
                of_module = []
            if fold is not None:
                of_module.append(contribution)
            else:
                yield self.edge_backward(contribution, arrivals[contribution.operand] > 1)
        if of_module:
            yield self.module_backward(of_module)

    def edge_backward(self, contribution: Contribution, is_branch: bool) -> Step:
        """The chain rule along one edge."""
        scene, (result, k, operand, *_) = self.scene, contribution
        fold, name = scene.fold_of(operand), scene.name_or_number(operand)
        total = scene.sum_so_far(contribution) if is_branch else ""
        says = f"{scene.product(contribution)} flows to {f'{plain(fold.path)} ({name})' if fold else name}{total}"
        edges = [*scene.operation(result), *scene.operand_edge_ids(result, k), scene.local_derivative_id(result, k)]
        derivative = scene.shown_local_derivative(result, k, result.local_grads[k])
        shows = [derivative, *self.received([contribution])]
        return Step("backward", says, [scene.box(operand), *edges], [scene.box(result)], shows, total)

    def module_backward(self, contributions: Sequence[Contribution]) -> Step:
        """All that a folded module sends, inside and to the outside."""
        scene, fold = self.scene, self.scene.fold_of(contributions[0].result)
        assert fold is not None
        operands = dict.fromkeys(each.operand for each in contributions)
        outside = [x for x in operands if scene.fold_of(x) is not fold]
        parameters = [x for x in fold.parameters if x in scene.gradients]
        parts = []
        if outside:
            parts.append(f"sends gradients to {self.receivers(outside)}")
        if parameters:
            parts.append(f"finds those of {counted(len(parameters), 'parameter')} inside")
        does = " and ".join(parts) or "passes nothing on"
        says = f"{plain(fold.path)} {does}, along {counted(len(contributions), 'edge')}"
        near = [*dict.fromkeys(map(scene.box, outside))]
        return Step("backward", says, [scene.id_of(fold)], near, self.received(contributions))

    def receivers(self, values: Sequence[Value]) -> str:
        """x1, 3 values of layer1 and 12 inputs"""
        boxes: dict[Box, list[Value]] = {}
        for value in values:
            boxes.setdefault(self.scene.box_of(value), []).append(value)
        texts = []
        for box, inside in boxes.items():
            if isinstance(box, Fold):
                texts.append(f"{counted(len(inside), 'value')} of {plain(box.path)}")
            elif isinstance(box, Inputs):
                texts.append(counted(len(inside), "input"))
            else:
                texts.append(self.scene.name_or_number(box))
        return listed(texts)

    def received(self, contributions: Sequence[Contribution]) -> list[Shown]:
        """The gradients in the boxes of the operands after these contributions."""
        operands: dict[Fold | Value, Value] = {}
        for each in contributions:
            # complete ones exactly as the engine has them
            self.adjoints[each.operand] = self.scene.gradients[each.operand] if each.is_last else each.after
            operands[self.scene.fold_of(each.operand) or each.operand] = each.operand
        return [*map(self.shown_adjoint, operands.values())]

    def shown_adjoint(self, value: Value) -> Shown:
        """The adjoint so far, in the box of the Value or of the folded module that it is in."""
        fold = self.scene.fold_of(value)
        if fold is None:
            return self.scene.shown_gradient(value, self.adjoints[value])
        return Shown(Slot(self.scene.id_of(fold), "gradient"), self.scene.received(fold, self.adjoints))

    def end(self) -> Step:
        """All gradients."""
        scene, f = self.scene, self.scene.name_or_number(self.output)
        if not self.output.requires_grad:
            says = f"{f} requires no gradient: there is no backward pass."
            return Step("end", says, [scene.box(self.output)])
        leaves = [value for value in scene.gradients if not value.operands]
        found = [f"{scene.derivative(self.output, x)} = {scene.number(scene.gradients[x])}" for x in leaves]
        says = f"All gradients of {f} are known: {listed(found)}." if found else f"All of {f} is known."
        return Step("end", says, [*map(scene.box, leaves)])
