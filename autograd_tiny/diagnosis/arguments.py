"""The arguments of `measure`, checked: a model, its samples, its loss and its optimizer."""
from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from .. import optim, vectors
from ..boundary.arguments import describe
from ..engine.state import switched
from ..engine.value import Value
from ..nn.activations import name_of
from ..nn.logits import squashed_twice
from ..nn.losses import loss_spec
from ..nn.module import Module
from ..training.data import Array, all_finite, inputs_of, targets_of
from ..training.model import check_model, evaluation_mode, is_built_in, modules_of, optimizer_for
from ..training.per_sample import call_for_sample, floats_of, width_of
from .layers import LayerFinder


class Arguments:
    """The checked arguments of `measure`.

    Attributes:
        model, modules: The model, and all modules in it.
        loss, loss_name: The LossSpec of the loss of one sample, and its name.
        x, targets: The samples that are measured: arrays (samples, inputs) and (samples,) or (samples, outputs).
        sample_numbers: The rows of X that these samples are.
        samples_given: The number of rows of X.
        optimizer: The optimizer whose updates are measured, or None.
        squashed: "sigmoid" or "softmax" where the model ends in it, but the loss takes logits; else "".
        parameters: Those of the optimizer, then the others of the model.
        index_of: The index of each parameter in `parameters`.
        trainable: Whether each of them requires a gradient.
        layer_finder: Finds the layers in the graph of a sample.
    """

    def __init__(
        self, model: Any, X: Any, y: Any, loss: Any, optimizer: str | optim.Optimizer | None, lr: float | None
    ) -> None:
        self.model, self.modules, self.loss = model, modules_of(model), loss_spec(loss)
        self.loss_name = loss if isinstance(loss, str) else name_of(loss)
        self.x = inputs_of(X)
        self.samples_given = len(self.x)
        self.sample_numbers = np.arange(self.samples_given)
        check_model(model)
        self.targets = self._checked_targets(y)
        self.optimizer = None
        if optimizer is not None or lr is not None:
            self.optimizer = optimizer_for(model, "sgd" if optimizer is None else optimizer, lr)
        self.parameters = self._checked_parameters()
        self.index_of = {parameter: k for k, parameter in enumerate(self.parameters)}
        self.trainable = np.array([parameter.requires_grad for parameter in self.parameters])
        self.layer_finder = LayerFinder(model, self.parameters)

    def _checked_targets(self, y: Any) -> Array:
        """The targets as floats, after a trial of the model and the loss on the first sample."""
        with evaluation_mode(self.modules), switched(recording=True):
            outputs = call_for_sample(self.model, [floats_of(self.x[0])], 0)
            targets = targets_of(y, self.samples_given, self.loss.targets, width_of(outputs, self.loss))
            loss = call_for_sample(lambda target: self.loss.loss(outputs, target), [floats_of(targets[0])], 0)
        if type(loss) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(loss)}")
        self.squashed = squashed_twice(self.loss, outputs, loss)
        return targets

    def _checked_parameters(self) -> tuple[Value, ...]:
        optimized = self.optimizer.parameters if self.optimizer else ()
        of_model = self.model.parameters() if hasattr(self.model, "parameters") else []
        if optimized and of_model and not {*optimized} & {*of_model}:
            raise ValueError("optimizer: it has none of the model's parameters")
        parameters = tuple(dict.fromkeys([*optimized, *of_model]))
        if not parameters:
            raise TypeError(
                f"model: {describe(self.model)} has no parameters; pass a Module, or an Optimizer with parameters"
            )
        return parameters

    @property
    def are_known(self) -> bool:
        """Whether model and loss compute the same for every sample, so that a tape need not check it."""
        return is_built_in(self.loss.loss) and all(map(is_built_in, self.modules or [self.model]))

    def keep_at_most(self, most: int) -> None:
        """Keep evenly spread samples, if there are more than `most`."""
        if len(self.x) > max(most, 1):
            kept = np.linspace(0, len(self.x) - 1, max(most, 1)).astype(int)
            self.x, self.targets, self.sample_numbers = self.x[kept], self.targets[kept], self.sample_numbers[kept]

    def next_update(self, gradient: Array) -> Array | None:
        """The change of each parameter in the next step, by a copy of the optimizer; None without an optimizer."""
        if self.optimizer is None or not all_finite(gradient):
            return None
        twin = copy(self.optimizer)
        twin.load_state_dict(self.optimizer.state_dict())
        optimized = len(twin.parameters)
        before = vectors.read(self.parameters)
        after = before.copy()
        twin.update(after[:optimized], gradient[:optimized].copy(), self.trainable[:optimized])
        return np.asarray(after - before)

    def tensor_names(self, chosen: Array) -> list[str]:
        """The tensors that the chosen parameters belong to, each with their number: "layer2.w (all 8)"."""
        remaining = {parameter for parameter, is_chosen in zip(self.parameters, chosen, strict=True) if is_chosen}
        tensors = self.model.tensors() if remaining and isinstance(self.model, Module) else {}
        names = []
        for name, tensor in tensors.items():
            members = np.array(tensor, object).ravel().tolist()
            count = len(remaining.intersection(members))
            remaining.difference_update(members)
            if count:
                share = f"all {count:,}" if count == len(members) else f"{count:,} of {len(members):,}"
                names.append(f"{name} ({share})" if len(members) > 1 else name)
        return names + [x.label or repr(x) for x in self.parameters if x in remaining]
