"""JAX as the library of an ArrayProgram."""
from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from .library import Library
from .deep_runs import Tables
from .jax_deep_run import results_of
from .jax_operations import VALUES, apply


class JaxLibrary(Library):
    """JAX, with products of matrices in full precision on every device."""

    def __init__(self) -> None:
        super().__init__(jnp, VALUES, apply, jax.lax.stop_gradient)

    def take(self, array: Any, index: Any) -> Any:
        return array.at[index].get(mode="promise_in_bounds")

    def product(self, matrix: Any, x: Any) -> Any:
        return jnp.matmul(matrix, x, precision=jax.lax.Precision.HIGHEST)

    def loop(self, tables: Tables, before: Any) -> Any:
        return results_of(tables, before)
