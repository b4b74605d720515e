"""Embedding: a row of parameters for each of a number of things, such as letters or words, found by its index."""
from __future__ import annotations

import random
from typing import Any

from ..boundary.arguments import integer
from ..boundary.text import shortened
from ..calculus.formulas import WrongIndexError
from ..engine.functions import take
from ..engine.value import Value
from .activations import linear
from .init import Initialiser, weight_initialiser
from .module import Module


class Embedding(Module):
    """A table of parameters, of which it returns the row at an index: PyTorch's module of this name.

    The gradient goes to that row alone. On a tape the index may be an input, as `take` says.

    Args:
        num_embeddings: Number of rows.
        embedding_dim: Numbers in each row.
        init: Initialiser of the rows, a name or a function: see nn.init. By default N(0, 1), as in PyTorch.
        rng: Source of the random numbers, a random.Random or a numpy.random.Generator; by default Python's own.

    Attributes:
        weight: The rows, (num_embeddings, embedding_dim) in state_dict.

    Raises:
        TypeError: An argument of another type.
        ValueError: A number below 1, or a name that is not known.
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, *, init: str | Initialiser = "normal", rng: Any = random
    ) -> None:
        rows, columns = integer("num_embeddings", num_embeddings), integer("embedding_dim", embedding_dim)
        draw = weight_initialiser(init, linear)
        self.weight = [[Value(draw(rng, rows, columns)) for _ in range(columns)] for _ in range(rows)]

    def forward(self, index: Any) -> Any:
        """The row at an index, a list of embedding_dim Values; for several indices a list of rows.

        Args:
            index: An integer, also 2.0 for 2: a number, a Value, or a list or an array of these.

        Raises:
            IndexError: An index is not an integer, or is out of range.
        """
        try:
            return take(self.weight, index)
        except WrongIndexError as error:
            raise WrongIndexError(f"{shortened(self.name) or 'the embedding'}: {error}") from None

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return {"num_embeddings": len(self.weight), "embedding_dim": len(self.weight[0])}

    def describe(self) -> str:
        """A summary on one line."""
        return f"Embedding({len(self.weight)} × {len(self.weight[0])})"
