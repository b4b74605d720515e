"""ParameterArray: the parameters of a training as one array, in which it works, and in their Values."""
from __future__ import annotations

from typing import Any

import numpy as np

from .. import optim, vectors
from .data import Array, all_finite


class ParameterArray:
    """The parameters of an optimiser, and then the others of a model, which a callback may change.

    Attributes:
        values: The Values, each once.
        moving: How many of them the optimiser has; they come first.
        numbers: Their numbers while training runs, float64 (parameters,).
        initial: These numbers before training.
        trainable: For the moving ones, whether they require a gradient; None if all do.

    Raises:
        ValueError: A parameter is not finite.
    """

    def __init__(self, optimizer: optim.Optimizer, model: Any) -> None:
        others = model.parameters() if hasattr(model, "parameters") else []
        self.values = tuple(dict.fromkeys([*optimizer.parameters, *others]))
        self.moving = len(optimizer.parameters)
        self.numbers, self.trainable = self._from_values()
        self.initial = self._before_epoch = self.numbers.copy()

    def _from_values(self) -> tuple[Array, Array | None]:
        numbers: Array = vectors.read(self.values)
        if not all_finite(numbers):
            wrong = self.values[int(np.flatnonzero(~np.isfinite(numbers))[0])]
            raise ValueError(f"the parameter {wrong.label or repr(wrong)} is {wrong.data}: initialise the model again")
        return numbers, vectors.read_trainable(self.values[:self.moving])

    def read(self) -> None:
        """Take the numbers from the Values. ValueError if one is not finite; nothing changes then."""
        self.numbers, self.trainable = self._from_values()

    def write(self) -> None:
        """Put the numbers into the Values."""
        vectors.write(self.values, self.numbers)

    def begin_epoch(self) -> None:
        """Keep a copy of the numbers, for check_finite."""
        self._before_epoch = self.numbers.copy()

    def check_finite(self, where: str) -> None:
        """FloatingPointError unless all numbers are finite; then those from before the epoch come back."""
        if not all_finite(self.numbers):
            self.numbers[:] = self._before_epoch
            raise FloatingPointError(
                f"parameters became infinite in {where}: lower the learning rate, or bound the steps by "
                "clip_norm=1.0; the model has the parameters from before this epoch"
            )
