"""An array library as a program of arrays uses it: the functions of the array API, and the operations of the calculus.

The libraries have the same functions under the same names (https://data-apis.org/array-api). What differs is how a
function is given derivatives: jax_operations.py and torch_operations.py say that. A row's own formulas are its
derivatives in every library, so a tie, a clipped number or relu at 0 get there what they get on a tape.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....calculus.formulas import Namespace
from ....calculus.operations import Operation
from .deep_runs import Tables


class Library:
    """An array library.

    Args:
        xp: Its module of the array API.
        values: The functions of formulas; see calculus/array_formulas.py.
        apply: Computes an operation of arrays, so that its derivatives are those of its row.
        detached: An array without its derivatives.
    """

    def __init__(
        self, xp: Any, values: Namespace, apply: Callable[[Operation, Sequence[Any]], Any],
        detached: Callable[[Any], Any],
    ) -> None:
        self.xp, self.values, self.apply, self.detached = xp, values, apply, detached

    def concat(self, arrays: Sequence[Any]) -> Any:
        """The arrays, one after the other along the first axis."""
        return self.xp.concat(arrays, axis=0)

    def take(self, array: Any, index: Any) -> Any:
        """The elements at an index (n,) along the first axis."""
        return self.xp.take(array, index, axis=0)

    def broadcast(self, array: Any, shape: tuple[int, ...]) -> Any:
        return self.xp.broadcast_to(array, shape)

    def product(self, matrix: Any, x: Any) -> Any:
        """A matrix (m, n) times x (n, *batch)."""
        return self.xp.matmul(matrix, x)

    def sum(self, array: Any) -> Any:
        """Along the first axis."""
        return self.xp.sum(array, axis=0)

    def loop(self, tables: Tables, before: Any) -> Any:
        """The results of a deep run, from the numbers that it uses; of libraries that compile."""
        raise NotImplementedError

    def item(self, values: Any, index: Any) -> Any:
        """The values at an index along their first axis; nan where there is none.

        Args:
            values: An array (n, length, *batch), or with axes of length 1 for those of a batch.
            index: An array (length, *batch) of floats; negative ones count from the end.
        """
        xp, n, index = self.xp, values.shape[0], self.detached(index)
        is_right = (index >= -n) & (index < n) & (index == xp.floor(index))
        place = xp.where(is_right, xp.where(index < 0, index + n, index), xp.zeros_like(index))
        found = xp.take_along_axis(values, xp.astype(place, xp.int64)[None], axis=0)[0]
        return xp.where(is_right, found, xp.full_like(found, math.nan))
