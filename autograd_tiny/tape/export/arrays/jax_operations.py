"""Operations of the calculus over JAX's arrays: each a function with a jvp of its own, made from its row.

The rule of a jvp evaluates the row's derivatives by functions that have such rules again: so derivatives of every order
are those of the calculus. JAX transposes the rule for reverse mode, and maps it for vmap.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero
from jax.scipy import special

from ....calculus.array_formulas import FACTORIALS, is_array, of_operations, over_arrays, polygamma_of
from ....calculus.operations import Operation


def as_array(x: Any, dtype: Any) -> Any:
    """An array of JAX. A number that is too large for the dtype is infinite there, as on a tape."""
    with np.errstate(over="ignore"):
        return jnp.asarray(x, dtype)


def _where(condition: Any, x: Any, y: Any, like: Any) -> Any:
    if not is_array(x) and not is_array(y):
        x = as_array(x, like.dtype)
    return jnp.where(condition, x, y)


def _factorial(n: Any) -> Any:
    return jnp.take(as_array(FACTORIALS, n.dtype), n.astype(int))


FUNCTIONS = {
    name: getattr(jnp, name) for name in (
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "cos", "cosh", "exp", "exp2",
        "expm1", "fabs", "floor", "fmod", "hypot", "log", "log10", "log1p", "log2", "pow", "rint", "sin", "sinh",
        "sqrt", "tan", "tanh", "trunc",
    )
} | {name: getattr(special, name) for name in ("erf", "erfc", "erfinv")} | {"lgamma": special.gammaln}
FUNCTIONS["polygamma"] = polygamma_of(special.digamma, special.zeta, _factorial, jnp.stack, FUNCTIONS, _where)
VALUES = over_arrays(FUNCTIONS, _where)


def apply(operation: Operation, operands: Sequence[Any]) -> Any:
    """An operation of arrays and numbers."""
    like = next(x for x in operands if is_array(x))
    return _function(operation)(*[x if is_array(x) else as_array(x, like.dtype) for x in operands])


@cache
def _function(operation: Operation) -> Callable[..., Any]:
    """The operation as a function with its own jvp, traced once for each shape."""
    @jax.custom_jvp         # type: ignore[untyped-decorator]
    def function(*operands: Any) -> Any:
        like = operands[0]
        return as_array(operation.evaluate(VALUES, operands), like.dtype)

    def rule(operands: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        f = function(*operands)
        wanted = [not isinstance(tangent, SymbolicZero) for tangent in tangents]
        derivatives = operation.differentiate(DERIVATIVES, operands, f, wanted)
        total = jnp.zeros_like(f)
        for derivative, tangent, is_wanted in zip(derivatives, tangents, wanted, strict=True):
            if is_wanted and (is_array(derivative) or derivative != 0):
                total = total + pushed(operation, derivative, tangent)
        return f, total

    function.defjvp(rule, symbolic_zeros=True)
    compiled: Callable[..., Any] = jax.jit(function)
    return compiled


def pushed(operation: Operation, derivative: Any, tangent: Any) -> Any:
    """The tangent times a derivative; 0 where the operand was not selected, also if the tangent is infinite."""
    if not operation.selects or not is_array(derivative):
        return derivative * tangent
    return jnp.where(derivative == 0, jnp.zeros_like(tangent), derivative * tangent)


DERIVATIVES = of_operations(apply)
