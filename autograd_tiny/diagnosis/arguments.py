"""What is looked at: a model, its samples, its loss and its optimizer, checked."""
from __future__ import annotations

from typing import Any

import numpy as np

from .. import optim, vectors
from ..boundary.arguments import describe
from ..engine.value import Value
from ..nn.activations import name_of
from ..nn.losses import spec_of
from ..nn.module import Module
from ..training.data import Array, all_finite, inputs_of, targets_of
from ..training.model import check_model, is_known, mode, modules_of, optimizer_for
from .layers import LayerFinder


class Subject:
    """The arguments of `measure`, as arrays and lists.

    x, targets: of the samples that are looked at; which: their places among all that were given.
    parameters: those of the optimizer, then the others of the model; places: where each stands there.
    """

    def __init__(
        self, model: Any, X: Any, y: Any, loss: Any, optimizer: str | optim.Optimizer | None, lr: float | None
    ) -> None:
        self.model, self.modules, self.loss = model, modules_of(model), spec_of(loss)
        self.loss_name = loss if isinstance(loss, str) else name_of(loss)
        self.x = inputs_of(X)
        self.given = len(self.x)
        self.which = np.arange(self.given)
        check_model(model)
        with mode(self.modules, False):
            outputs = model(self.x[0].tolist())
            width = len(outputs) if hasattr(outputs, "__len__") else None
            self.targets = targets_of(y, self.given, self.loss.targets, width)
            first = self.loss.loss(outputs, self.targets[0].tolist())
        if type(first) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(first)}")
        self.optimizer = None
        if optimizer is not None or lr is not None:
            self.optimizer = optimizer_for(model, "sgd" if optimizer is None else optimizer, lr)
        moved = self.optimizer.parameters if self.optimizer else ()
        others = model.parameters() if hasattr(model, "parameters") else []
        if moved and others and not {*moved} & {*others}:
            raise ValueError("optimizer: it has none of the model's parameters")
        self.parameters = tuple(dict.fromkeys([*moved, *others]))
        if not self.parameters:
            raise TypeError(f"model: its parameters() are what is looked at, but {describe(model)} has none")
        self.trainable = np.array([parameter.requires_grad for parameter in self.parameters])
        self.places = {parameter: k for k, parameter in enumerate(self.parameters)}
        self.finder = LayerFinder(model, self.parameters)

    @property
    def is_known(self) -> bool:
        """Whether model and loss do the same everywhere, so that a tape need not find that out."""
        return is_known(self.loss.loss) and all(map(is_known, self.modules or [self.model]))

    def take_some(self, most: int) -> None:
        """Go on with samples that are spread evenly, if there are more than that."""
        if len(self.x) > max(most, 1):
            chosen = np.linspace(0, len(self.x) - 1, max(most, 1)).astype(int)
            self.x, self.targets, self.which = self.x[chosen], self.targets[chosen], chosen

    def update(self, gradient: Array) -> Array | None:
        """By how much an update changes each parameter; found by an optimizer in the same state."""
        if self.optimizer is None or not all_finite(gradient):
            return None
        its = type(self.optimizer)(self.optimizer.parameters, lr=self.optimizer.lr)
        its.load_state_dict(self.optimizer.state_dict())
        moved = len(its.parameters)
        before = vectors.read(self.parameters)
        after = before.copy()
        its.update(after[:moved], gradient[:moved].copy(), self.trainable[:moved])
        return np.asarray(after - before)

    def names(self, chosen: Array) -> list[str]:
        """The tensors that some parameters are in, with how many: "layer2.w (all 8)"."""
        wanted = {parameter for parameter, its in zip(self.parameters, chosen, strict=True) if its}
        tensors = self.model.tensors() if wanted and isinstance(self.model, Module) else {}
        found = []
        for name, tensor in tensors.items():
            members = np.array(tensor, object).ravel().tolist()
            count = len(wanted.intersection(members))
            wanted.difference_update(members)
            if count:
                whole = f"all {count:,}" if count == len(members) else f"{count:,} of {len(members):,}"
                found.append(f"{name} ({whole})" if len(members) > 1 else name)
        return found + [x.label or repr(x) for x in self.parameters if x in wanted]
