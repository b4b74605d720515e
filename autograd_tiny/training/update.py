"""One update of `fit`: the loss over a batch, its gradient, and the move of the optimiser."""
from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from math import isfinite, isinf
from typing import Any

import numpy as np

from .. import optim, vectors
from ..boundary.arguments import describe, integer
from ..debug.nonfinite import describe_origin
from ..engine.graph import depends_on
from ..engine.value import Value
from ..nn.layers import dropout_factors
from ..nn.losses import loss_spec
from ..optim.clipping import clip_norm, clip_value
from .data import Array, all_finite, inputs_of, targets_of, weights_of
from .model import is_known, mode, modules_of, optimizer_for, probe
from .per_sample import Rowwise

Part = slice | Array        # which samples


class Training:
    """A model, its samples and its optimiser, and the parameters as an array of numbers while it trains.

    Making one checks all of it and changes nothing.
    """

    def __init__(
        self, model: Any, X: Any, y: Any, loss: Any, optimizer: str | optim.Optimizer, reduction: str,
        penalty: Callable[[Any], Any] | None, sample_weight: Any, seed: int | None,
    ) -> None:
        if penalty is not None and not callable(penalty):
            raise TypeError(f"penalty: a function of the model is expected, got {describe(penalty)}")
        self.model, self.penalty, self.reduction = model, penalty, reduction
        self.modules = modules_of(model)
        self.loss = loss_spec(loss)
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction: 'mean' or 'sum' is expected, got {reduction!r}")
        self.x = inputs_of(X)
        self.samples = len(self.x)
        outputs, self.dropouts = probe(model, self.modules, self.x[0])
        self.targets = targets_of(y, self.samples, self.loss.targets, outputs)
        self.weights = weights_of(sample_weight, self.samples)
        self.optimizer = optimizer_for(model, optimizer)
        self.parameters = self._parameters()
        self.seed = None if seed is None else integer("seed", seed, 0)
        self.widths = [self.x.shape[1], self.targets.shape[1] if self.targets.ndim == 2 else None]
        self.widths += [len(self.dropouts)] if self.dropouts else []
        self._check_loss()
        self.read_numbers()
        self.clip_norm: float | None = None
        self.clip_value: float | None = None
        self.threads = 1

    def prepare(self, batch_size: int, epochs: int) -> None:
        """Record the loss and the penalty, or say why that can't be."""
        self._rows = np.empty((batch_size, sum(width or 1 for width in self.widths)))
        known, many = self.parameters, self.samples * epochs
        with mode(self.modules, True):
            check = not (is_known(self.loss.loss) and all(map(is_known, self.modules or [self.model])))
            example = self._filled(slice(0, 1))[0]
            self.objective = Rowwise(self.of_sample, example, self.widths, known, many, check)
        self.penalties = None
        if self.penalty is not None:
            penalty, model = self.penalty, self.model
            # NumPy's rows would hold each of its many terms, so that plain graphs are quicker there
            native = self.objective.tape is not None and self.objective.tape.backend == "native"
            self.penalties = Rowwise(
                lambda none: penalty(model), np.zeros(1), [None], known, many if native else 0,
                check=not is_known(penalty),
            )
        for why in filter(None, [self.objective.why, self.penalties.why if self.penalties else ""]):
            said = f"no tape could be recorded, so training is slow, sample by sample: {why}"
            warnings.warn(said, stacklevel=3)

    @cached_property
    def rng(self) -> np.random.Generator:
        """What draws the order of the samples and the factors of Dropout, if anything is to be drawn."""
        return np.random.default_rng(random.getrandbits(64) if self.seed is None else self.seed)

    def of_sample(self, x: Any, target: Any, factors: Any = ()) -> Any:
        """The loss of one sample. factors: what the Dropouts multiply by, in the order in which they ask."""
        left = iter(factors)
        with dropout_factors(lambda dropout: next(left)):
            return self.loss.loss(self.model(x), target)

    # ---- an update

    def update(self, part: Part, where: str) -> tuple[float, float, float]:
        """Move the parameters once: the loss before, the penalty, and the weight of the samples.

        where: the epoch, for the FloatingPointError if the loss or a gradient is not finite.
        """
        rows = self._filled(part)
        weights, weight = self._weighted(part, len(rows))
        moving = len(self.optimizer.parameters)
        loss, found = self.objective.value_and_grad(rows, weights, self.numbers, self.threads)
        gradients, penalty = found[:moving], 0.0
        if self.penalties is not None:
            penalty, found = self.penalties.value_and_grad(np.zeros((1, 1)), 1.0, self.numbers)
            gradients += found[:moving]
        if self.trainable is not None:
            gradients[~self.trainable] = 0.0        # whatever they are: they lead nowhere
        if not isfinite(loss + penalty) or not all_finite(gradients):
            self.check_numbers(where)
            raise FloatingPointError(self._diagnosis(part, rows, loss, penalty, where))
        if self.clip_value is not None:
            clip_value(gradients, self.clip_value)
        if self.clip_norm is not None:
            clip_norm(gradients, self.clip_norm)
        self.optimizer.update(self.numbers[:moving], gradients, self.trainable)
        return loss, penalty, weight

    def _filled(self, part: Part) -> Array:
        """The rows of some samples: their inputs, their targets, and fresh factors for the Dropouts."""
        x, targets = self.x[part], self.targets[part]
        rows, width = self._rows[: len(x)], x.shape[1]
        rows[:, :width] = x
        stop = width + (self.widths[1] or 1)
        rows[:, width:stop] = targets if targets.ndim == 2 else targets[:, None]
        if self.dropouts:
            left_out = np.array([dropout.p for dropout in self.dropouts])
            rows[:, stop:] = (self.rng.random((len(x), len(left_out))) >= left_out) / (1.0 - left_out)
        return rows

    def _weighted(self, part: Part, samples: int) -> tuple[Array | float, float]:
        """The factor of each sample in the sum, and what the samples count together."""
        weights = None if self.weights is None else self.weights[part]
        total = float(samples) if weights is None else float(weights.sum())
        each = 1.0 if weights is None else weights
        return (each if self.reduction == "sum" or total == 0.0 else each / total), total

    def _diagnosis(self, part: Part, rows: Array, loss: float, penalty: float, where: str) -> str:
        """What is not finite, and where that began: in the penalty, or with which sample."""
        self.write_numbers()
        what = "a gradient is not finite"
        if not isfinite(loss + penalty):
            what = f"the penalty is {penalty:g}" if isfinite(loss) else f"the loss is {loss:g}"
        if isfinite(loss):
            began = describe_origin(self.penalty(self.model)) if self.penalty is not None else ""
            if began:
                return f"{what} in {where}: it began in the penalty, {began}"
        places = np.arange(self.samples)[part]
        suspects = np.flatnonzero(~np.isfinite(self.objective(rows)))
        for k in suspects if len(suspects) else range(len(rows)):
            began = describe_origin(self._in_full(rows[k]))
            if began:
                hint = ""
                if isinf(loss):
                    hint = ". The learning rate may be too high; clip_norm=1.0 would bound the steps"
                return f"{what} in {where}: it began with sample {places[k]}, {began}{hint}"
        return f"{what} in {where}: that of each sample is finite, but not their sum"

    def _in_full(self, row: Array) -> Any:
        """The loss of a sample whose numbers are Values, so that what is made of them is in the graph."""
        parts = self.objective.parts(row)
        names = "x", "target", "factor"
        values = [
            Value(part, name) if isinstance(part, float)
            else [Value(x, f"{name}[{i}]") for i, x in enumerate(part)]
            for name, part in zip(names, parts, strict=False)
        ]
        try:
            return self.of_sample(*values)
        except Exception:                       # it takes plain numbers only
            return self.of_sample(*parts)

    # ---- the parameters: in an array while training goes on, in their Values when somebody may look

    def begin_epoch(self) -> None:
        """Remember the parameters, in case that they overflow."""
        self._before = self.numbers.copy()

    def check_numbers(self, where: str) -> None:
        """FloatingPointError if a parameter is not finite any more: those from before the epoch come back."""
        if not all_finite(self.numbers):
            self.numbers[:] = self._before
            raise FloatingPointError(
                f"parameters became infinite in {where}: the learning rate is too high, or clip_norm=1.0 is "
                "to bound the steps; the model has the parameters from before this epoch"
            )

    def read_numbers(self) -> None:
        """Take the parameters from their Values. ValueError if one is not finite."""
        numbers = vectors.read(self.parameters)
        if not all_finite(numbers):
            wrong = self.parameters[int(np.flatnonzero(~np.isfinite(numbers))[0])]
            name = wrong.label or repr(wrong)
            raise ValueError(f"the parameter {name} is {wrong.data}: make the model anew")
        self.numbers = numbers
        self.trainable = vectors.read_trainable(self.optimizer.parameters)

    def write_numbers(self) -> None:
        """Put the parameters into their Values."""
        vectors.write(self.parameters, self.numbers)

    @contextmanager
    def written_back(self) -> Iterator[None]:
        """After this block the Values have the parameters, whatever ended it."""
        try:
            yield
        finally:
            self.write_numbers()

    def _parameters(self) -> tuple[Value, ...]:
        """Those that the optimiser moves, and then the model's others: a callback may change them."""
        others = self.model.parameters() if hasattr(self.model, "parameters") else []
        return tuple(dict.fromkeys([*self.optimizer.parameters, *others]))

    def _check_loss(self) -> None:
        """One sample forward, so that what can't work does so now."""
        target = self.targets[0]
        factors = [1.0] * len(self.dropouts)
        found = self.of_sample(self.x[0].tolist(), target.tolist(), factors)
        if type(found) is not Value:
            raise TypeError(f"the loss of a sample is one Value, got {describe(found)}")
        if not depends_on(found, self.optimizer.parameters):
            raise ValueError(
                "the loss depends on none of the parameters that the optimiser has; or is this in no_grad()?"
            )
        if self.penalty is not None:
            extra = self.penalty(self.model)
            if type(extra) is not Value:
                raise TypeError(f"penalty: a function of the model that gives a Value, got {describe(extra)}")
