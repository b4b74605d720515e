"""Many parameters, read into an array and written back."""
from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from .calls import repeated
from .timing import Answers


def many_values(engine: str, count: str) -> Answers:
    """The first phase reads the numbers of Values, the second adds an array to their gradients."""
    ours = import_module("autograd_tiny")
    values = [ours.Value(i / 7) for i in range(int(count))]
    gradients = np.linspace(-1.0, 1.0, len(values))
    numbers = np.empty(len(values))

    def read() -> Any:
        return ours.vectors.read(values, numbers)

    def add() -> None:
        ours.vectors.add_gradients(values, gradients)

    return {"times": lambda: repeated(read, add), "result": lambda: {"numbers": read().tolist()}}
