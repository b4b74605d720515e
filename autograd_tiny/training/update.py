"""Training: one update of `fit`, that is the loss over a batch, its gradient, and a step of the optimiser.

The loss of one sample is a function of its inputs, its target and the factors of Dropout, which are the columns
of a row. It is recorded once; an update evaluates the tape for the rows of its batch, with the parameters in one
array. So everything random is drawn here, outside the tape. fit.py runs the updates.
"""
from __future__ import annotations

import random
from collections.abc import Callable
from functools import cached_property, partial
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from .. import optim
from ..boundary.arguments import callable_with, describe, integer
from ..boundary.text import quoted
from ..engine.graph import depends_on
from ..engine.value import Value
from ..nn.layers import dropout_factors, keep_all
from ..nn.logits import squashed_twice
from ..nn.losses import cross_entropy, loss_spec
from ..optim.clipping import checked_limit, clip_norm, clip_value
from ..tape.arguments import precision
from ..tape.program import SampleIndexError
from .data import Array, all_finite, inputs_of, labels_if_one_hot, targets_of, weights_of
from .divergence import explain_divergence
from .model import is_built_in, modules_of, optimizer_for, training_mode
from .parameter_array import ParameterArray
from .per_sample import PerSample, SampleError, call_for_sample, floats_of, outputs_and_dropouts

Part: TypeAlias = "slice | Array"        # the indices of the samples of an update


class Training:
    """A model, its samples and an optimiser. Making one checks the arguments of `fit` and changes nothing.

    Args:
        model, X, y, loss, optimizer, …: As for `fit`.

    Attributes:
        parameters: The parameters, in an array while training runs.
        objective: The loss of a sample, over rows.
        penalty_of_model: The penalty as a function of no inputs; None without one.
        warnings: What the user should know before training begins.
    """

    def __init__(
        self, model: Any, X: Any, y: Any, loss: Any, optimizer: str | optim.Optimizer, lr: float | None = None, *,
        epochs: int, batch_size: int | None, reduction: str, penalty: Callable[[Any], Any] | None, sample_weight: Any,
        seed: int | np.random.Generator | None, clip_norm: float | None, clip_value: float | None, threads: int,
        dtype: Any = "float64",
    ) -> None:
        self.dtype = precision(dtype)
        self.model = model
        self.penalty = None if penalty is None else callable_with("penalty", penalty, "model")
        self.modules = modules_of(model)
        self.loss = loss_spec(loss)
        self.reduction = checked_reduction(reduction)
        self.x = inputs_of(X)
        self.samples = len(self.x)
        outputs, self.dropouts = outputs_and_dropouts(model, self.modules, self.x[0], self.loss)
        self.targets = targets_of(y, self.samples, self.loss.targets, outputs)
        # a label is one number, and selects one logit
        self._targets = labels_if_one_hot(self.targets) if self.loss.loss is cross_entropy else self.targets
        self.weights = weights_of(sample_weight, self.samples)
        self.optimizer = optimizer_for(model, optimizer, lr)
        self.seed = seed if seed is None or isinstance(seed, np.random.Generator) else integer("seed", seed, 0)
        self.warnings: list[str] = []
        self._check_loss()
        self.parameters = ParameterArray(self.optimizer, model)
        self.clip_norm = None if clip_norm is None else checked_limit("clip_norm", clip_norm)
        self.clip_value = None if clip_value is None else checked_limit("clip_value", clip_value)
        self.threads, self.epochs = integer("threads", threads), integer("epochs", epochs)
        wanted = self.samples if batch_size is None else integer("batch_size", batch_size)
        self.batch_size = min(wanted, self.samples)
        self.widths = self._widths()
        self._rows = np.empty((self.batch_size, sum(width or 1 for width in self.widths)), self.dtype)
        self._no_input = np.zeros((1, 1), self.dtype)
        self.objective = self._objective()
        self.penalty_of_model = self._penalty_of_model()
        self.warnings += [
            f"no tape could be recorded, so training is slow, sample by sample: {each.why}"
            for each in (self.objective, self.penalty_of_model) if each is not None and each.why
        ]

    @property
    def updates(self) -> int:
        """How many there are in an epoch."""
        return -(-self.samples // self.batch_size)

    @cached_property
    def rng(self) -> np.random.Generator:
        """The source of the order of samples and of Dropout's factors. Python's `random` seeds it on first use."""
        return np.random.default_rng(random.getrandbits(64) if self.seed is None else self.seed)

    def loss_of_sample(self, x: Any, target: Any, factors: Any = ()) -> Any:
        """The loss of one sample; the Dropouts take their factors in order."""
        remaining = iter(factors)
        with dropout_factors(lambda dropout: next(remaining)):
            return self.loss.loss(self.model(x), target)

    def _outputs_and_loss(self, x: Any, target: Any) -> tuple[Any, Any]:
        outputs = self.model(x)
        return outputs, self.loss.loss(outputs, target)

    # ---- construction

    def _check_loss(self) -> None:
        """Run one sample forward. TypeError, ValueError unless loss and penalty are Values of the parameters."""
        with dropout_factors(keep_all):
            outputs, loss = call_for_sample(
                self._outputs_and_loss, [floats_of(self.x[0]), floats_of(self._targets[0])], 0
            )
        if type(loss) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(loss)}")
        if not depends_on(loss, self.optimizer.parameters):
            raise ValueError(
                "the loss depends on none of the parameters that the optimiser has; or is this inside no_grad()?"
            )
        if not depends_on(loss, [x for x in self.optimizer.parameters if x.requires_grad]):
            raise ValueError(
                "all parameters that the loss depends on are frozen, so there is nothing to train: set "
                "requires_grad=True on some that the optimiser has"
            )
        squashed = squashed_twice(self.loss, outputs, loss)
        if squashed:
            self.warnings.append(
                f"the outputs of the model come from {squashed}, but the loss takes logits, which have no bounds. Let "
                f"the last layer be linear, and apply {squashed} to what predict returns"
            )
        if self.penalty is not None:
            penalty = self.penalty(self.model)
            if type(penalty) is not Value:
                raise TypeError(f"penalty: a function that returns a Value is expected, got {describe(penalty)}")

    def _widths(self) -> list[int | None]:
        """The columns of the inputs, the target and the factors in a row: see PerSample."""
        target = self._targets.shape[1] if self._targets.ndim == 2 else None
        return [self.x.shape[1], target, *([len(self.dropouts)] if self.dropouts else [])]

    def _objective(self) -> PerSample:
        is_trusted = is_built_in(self.loss.loss) and all(map(is_built_in, self.modules or [self.model]))
        example = np.concatenate([self.x[0], np.ravel(self._targets[0]), np.ones(len(self.dropouts))])
        with training_mode(self.modules):
            return PerSample(
                self.loss_of_sample, example, self.widths, self.parameters.values,
                self.samples * self.epochs, not is_trusted, self.dtype,
            )

    def _penalty_of_model(self) -> PerSample | None:
        if self.penalty is None:
            return None
        penalty, model = self.penalty, self.model
        # NumPy's executor would keep an array for each of its many terms, so that running it eagerly is faster there
        is_native = self.objective.tape is not None and self.objective.tape.backend == "native"
        return PerSample(
            lambda no_input: penalty(model), np.zeros(1), [None], self.parameters.values,
            self.samples * self.epochs if is_native else 0, not is_built_in(penalty), self.dtype,
        )

    # ---- an update

    def update(self, part: Part, where: str) -> tuple[float, float, float]:
        """Move the parameters by one step.

        Args:
            part: The samples.
            where: The epoch and the update, for an error.

        Returns:
            The loss and the penalty before the step, and the total weight of the samples.

        Raises:
            FloatingPointError: The loss or a gradient is not finite. The parameters have not moved.
        """
        parameters, moving = self.parameters, self.parameters.moving
        rows = self.rows(part)
        weights, total_weight = self._weights(part, len(rows))
        try:
            loss, gradient = self.objective.value_and_grad(rows, weights, parameters.numbers, self.threads)
        except SampleError as error:
            sample = np.arange(self.samples)[part][error.sample]
            raise FloatingPointError(f"{error.reason} in {where}, with sample {sample}") from error.__cause__
        except SampleIndexError as error:
            sample = np.arange(self.samples)[part][error.sample]
            raise IndexError(f"{error.of_no_sample()}, in {where}, with sample {sample}") from None
        gradient, penalty = gradient[:moving], 0.0
        if self.penalty_of_model is not None:
            penalty, of_penalty = self.penalty_of_model.value_and_grad(self._no_input, 1.0, parameters.numbers)
            gradient += of_penalty[:moving]
        if parameters.trainable is not None:
            gradient[~parameters.trainable] = 0.0       # nan or not: a frozen parameter does not use it
        if not isfinite(loss + penalty) or not all_finite(gradient):
            parameters.check_finite(where)
            raise FloatingPointError(self._explanation(part, rows, loss, penalty, where))
        if self.clip_value is not None:
            clip_value(gradient, self.clip_value)
        if self.clip_norm is not None:
            clip_norm(gradient, self.clip_norm)
        self.optimizer.update(parameters.numbers[:moving], gradient, parameters.trainable)
        return loss, penalty, total_weight

    def _explanation(self, part: Part, rows: Array, loss: float, penalty: float, where: str) -> str:
        self.parameters.write()
        penalty_of_model = None if self.penalty is None else partial(self.penalty, self.model)
        return explain_divergence(
            self.objective, penalty_of_model, rows, np.arange(self.samples)[part],
            initial=self.parameters.initial, loss=loss, penalty=penalty, where=where,
        )

    def rows(self, part: Part) -> Array:
        """Inputs, targets and new factors for the Dropouts, side by side; valid until the next call."""
        x, targets = self.x[part], self._targets[part]
        rows, width = self._rows[: len(x)], x.shape[1]
        rows[:, :width] = x
        stop = width + (self.widths[1] or 1)
        rows[:, width:stop] = targets if targets.ndim == 2 else targets[:, None]
        if self.dropouts:
            p = np.array([dropout.p for dropout in self.dropouts])
            rows[:, stop:] = (self.rng.random((len(x), len(p))) >= p) / (1.0 - p)
        return rows

    def _weights(self, part: Part, samples: int) -> tuple[Array | float, float]:
        """The factor of each sample in the loss of the batch, and the total weight of the samples."""
        weights = None if self.weights is None else self.weights[part]
        total = float(samples) if weights is None else float(weights.sum())
        each = 1.0 if weights is None else weights
        return (each if self.reduction == "sum" or total == 0.0 else each / total), total


def checked_reduction(reduction: str) -> str:
    """The reduction. ValueError unless it is "mean" or "sum"."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction: 'mean' or 'sum' is expected, got {quoted(reduction)}")
    return reduction
