"""Tape.to_torch: a tape as a module of PyTorch."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ....boundary.text import some_of
from ...arguments import in_order, numeric
from ...grouping import Plan
from .program import ArrayProgram
from ..names import PYTHON_KEYWORDS, identifiers
from ..source import Source, check_operations
from .torch_operations import TorchLibrary

LIBRARY = TorchLibrary()


class TapeModule(torch.nn.Module):              # type: ignore[misc]    # torch is not looked into
    """A tape as a module: forward(X) → outputs, with a parameter of its own for each number.

    Attributes:
        names: Of the parameters, in the order of the tape's.
        inputs: The names of the columns of X.
    """

    __call__: Callable[..., Any]

    def __init__(self, source: Source) -> None:
        super().__init__()
        check_operations(source.program, "PyTorch")
        dtype = getattr(torch, source.dtype)
        self.inputs, self._several = tuple(source.inputs), source.several
        self._program = ArrayProgram(Plan(source.program))
        self._sizes = [len(each) for each in self._program.indices]
        self.register_buffer("_index", torch.empty(sum(self._sizes), dtype=torch.int64), persistent=False)
        self.register_buffer("_constants", torch.empty(len(self._program.constants), dtype=dtype), persistent=False)
        self._fill_buffers()
        taken = {*dir(self), *self.__dict__, "names"}
        self.names = tuple(identifiers(source.labels, PYTHON_KEYWORDS, "p", taken))
        for name, number, value in zip(self.names, source.numbers(), source.parameters, strict=True):
            self.register_parameter(name, torch.nn.Parameter(torch.tensor(number, dtype=dtype), value.requires_grad))

    def _apply(self, fn: Callable[..., Any], recurse: bool = True) -> TapeModule:
        """What `to`, `float` and the like do. The buffers keep their numbers, also where `to_empty` leaves none."""
        super()._apply(fn, recurse)
        self._fill_buffers()
        return self

    def _fill_buffers(self) -> None:
        indices = np.concatenate([*self._program.indices, np.zeros(0, np.int64)])
        with torch.no_grad():
            for buffer, numbers in (self._index, indices), (self._constants, self._program.constants):
                if not buffer.is_meta:
                    buffer.copy_(torch.from_numpy(numbers))

    def forward(self, X: Any) -> Any:
        """The outputs.

        Args:
            X: A tensor (B, inputs), or (inputs,) for one sample; of any real dtype, or an array or a list of numbers.

        Returns:
            A tensor (B,), or (B, outputs) if several were recorded; for one sample without the first axis.

        Raises:
            ValueError: X has another shape.
            TypeError: X has complex numbers, or is a list of tensors with gradients, or of another kind.
        """
        constants = self._constants
        x = X if isinstance(X, torch.Tensor) else torch.from_numpy(numeric(in_order(X, self.inputs), "X"))
        if x.is_complex() or x.layout != torch.strided:
            raise TypeError(f"X: real numbers in a dense tensor are expected, got {x.dtype} and {x.layout}")
        if constants.is_complex():
            raise TypeError(f"the module computes with real numbers, and can't be converted to {constants.dtype}")
        x = x.to(constants)
        if x.ndim not in (1, 2) or x.shape[-1] != len(self.inputs):
            raise ValueError(
                f"X has {len(self.inputs)} numbers for each sample ({some_of(self.inputs)}), got a tensor of shape "
                f"{tuple(x.shape)}"
            )
        numbers = [getattr(self, name) for name in self.names]
        parameters = torch.stack(numbers) if numbers else constants[:0]
        indices = torch.split(self._index, self._sizes)
        found = self._program(LIBRARY, indices, constants, parameters, x.movedim(-1, 0))
        return found.movedim(0, -1) if self._several else found[0]

    def extra_repr(self) -> str:
        return f"{len(self.inputs)} inputs, {len(self.names)} parameters, {self._constants.dtype}"


def to_torch(source: Source) -> TapeModule:
    return TapeModule(source)
