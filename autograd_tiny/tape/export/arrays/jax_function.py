"""Tape.to_jax: a tape as a pure function of JAX's arrays."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ....boundary.text import quoted, some_of
from ....boundary.warning import warn
from ...arguments import in_order, numeric
from ...grouping import Plan
from .program import ArrayProgram
from .jax_library import JaxLibrary
from .jax_operations import as_array
from ..source import Source, check_operations


class JaxFunction:
    """f(parameters, X) → outputs: a tape as a pure function, which jax.jit, grad, vmap and the like take.

    Attributes:
        names: Of the parameters, all different: their labels, p0, p1, … by position where there are none.
        inputs: The names of the columns of X.
        dtype: In which it computes, where JAX has it: float64, or float32.
    """

    def __init__(self, source: Source) -> None:
        check_operations(source.program, "JAX")
        self.names = tuple(source.names())
        self.inputs, self.dtype, self._several = tuple(source.inputs), np.dtype(source.dtype), source.several
        with np.errstate(over="ignore"):
            self._numbers = np.array(source.numbers(), self.dtype)
        self._program = ArrayProgram(Plan(source.program), in_loops=True)
        if self.dtype == np.float64 and not jax.config.jax_enable_x64:
            warn(
                "JAX computes in float32 here, with 7 digits: for float64 call jax.config.update('jax_enable_x64', "
                "True) first, or pass dtype='float32' to mean it"
            )

    @property
    def parameters(self) -> dict[str, Any]:
        """The data of the parameters when the function was made, by name: to start from."""
        return dict(zip(self.names, self._numbers, strict=True))

    def __call__(self, parameters: Any, X: Any) -> Any:
        """The outputs.

        Args:
            parameters: A mapping from names to numbers, or an array (parameters,) in the order of `names`.
            X: An array (B, inputs), or (inputs,) for one sample. Both are rounded to `dtype`.

        Returns:
            An array (B,), or (B, outputs) if several were recorded; for one sample without the first axis.

        Raises:
            ValueError: X or the parameters have another shape, or a name is missing or unknown.
            TypeError: They are no real numbers.
        """
        dtype = jax.dtypes.canonicalize_dtype(self.dtype)
        x = _real(in_order(X, self.inputs), "X", dtype)
        if x.ndim not in (1, 2) or x.shape[-1] != len(self.inputs):
            raise ValueError(
                f"X has {len(self.inputs)} numbers for each sample ({some_of(self.inputs)}), got an array of shape "
                f"{x.shape}"
            )
        indices = [each.astype(np.int32) for each in self._program.indices]
        constants = as_array(self._program.constants, dtype)
        found = self._program(JaxLibrary(), indices, constants, self._array(parameters, dtype), x.T)
        return found.T if self._several else found[0]

    def _array(self, parameters: Any, dtype: Any) -> Any:
        """The parameters as an array (parameters,)."""
        count = len(self.names)
        if not isinstance(parameters, Mapping):
            try:
                found = _real(parameters, "parameters", dtype)
            except TypeError as error:
                raise TypeError(f"{error}; give a dict by name or an array") from None
            if found.shape != (count,):
                raise ValueError(f"parameters: {count} numbers are expected, got an array of shape {found.shape}")
            return found
        if wrong := {*self.names} ^ {*parameters}:
            name = min(wrong, key=str)
            raise ValueError(f"parameters: {quoted(str(name))} is {'missing' if name in self.names else 'unknown'}")
        if not count:
            return jnp.zeros(0, dtype)
        numbers = [_real(parameters[name], f"parameters: {quoted(name)}", dtype) for name in self.names]
        for name, number in zip(self.names, numbers, strict=True):
            if number.shape != ():
                raise ValueError(f"parameters: {quoted(name)} is one number, got an array of shape {number.shape}")
        return jnp.stack(numbers)

    def __repr__(self) -> str:
        return f"<JaxFunction of {len(self.names)} parameters and {len(self.inputs)} inputs>"


def _real(given: Any, name: str, dtype: Any) -> Any:
    """Numbers as an array of JAX's; lists may hold such arrays, which may be traced."""
    if isinstance(given, jax.Array):
        if jnp.iscomplexobj(given):
            raise TypeError(f"{name}: real numbers are expected, got {given.dtype}")
        return given.astype(dtype)
    if isinstance(given, list | tuple) and any(isinstance(each, jax.Array) for each in jax.tree.leaves(given)):
        return jnp.stack([_real(each, name, dtype) for each in given])
    return as_array(numeric(given, name), dtype)


def to_jax(source: Source) -> JaxFunction:
    return JaxFunction(source)
