"""Many small groups, one after the other, as one loop: what JAX would otherwise compile instruction by instruction.

A run of a program is a list of instructions, each of few operands, on numbers of before and on results of each other.
The values are computed by a loop that chooses the operation of each instruction from a table. Their derivatives need no
such choice. With A the matrix of local derivatives, the tangents t of all numbers, and those t₀ that come from before,

    t = A·t + t₀        so        t = (I − A)⁻¹ t₀

and A, with few numbers in each row, has all of them left of the diagonal: the system is solved by one loop from the
first instruction to the last, and its transpose, which is reverse mode, by one from the last to the first. JAX knows
how the solution of a linear system is differentiated again (jax.lax.custom_linear_solve). The local derivatives
themselves are computed for all instructions of one operation at once.

A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 2 and 9.2, on this "extended Jacobian".
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ....calculus.operations import Operation
from .deep_runs import Tables
from .jax_operations import DERIVATIVES, VALUES


def results_of(run: Tables, before: Any) -> Any:
    """The results of a run.

    Args:
        run: The instructions.
        before: An array (n, *batch) of the numbers that they use.

    Returns:
        An array (instructions, *batch).
    """
    return jax.jit(_function(run))(before)


def _function(run: Tables) -> Callable[[Any], Any]:
    @jax.custom_jvp         # type: ignore[untyped-decorator]
    def results(before: Any) -> Any:
        return _forward(run, before)

    def rule(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        (before,), (tangent,) = primals, tangents
        found = results(before)
        numbers = jnp.concatenate([before, found])
        return found, _tangents(run, numbers, tangent)[len(before) :]

    results.defjvp(rule)
    function: Callable[[Any], Any] = results
    return function


def _forward(run: Tables, before: Any) -> Any:
    """The loop from the first instruction to the last."""
    def branch(operation: Operation, size: int) -> Callable[[Any], Any]:
        return lambda operands: jnp.asarray(
            operation.evaluate(VALUES, [operands[k] for k in range(size)]), operands.dtype
        )

    branches = [branch(*each) for each in run.table]

    def step(numbers: Any, instruction: Any) -> tuple[Any, None]:
        which, operands, place = instruction
        found = jax.lax.switch(which, branches, _at(numbers, operands))
        return jax.lax.dynamic_update_index_in_dim(numbers, found, place, 0), None

    count, first = len(run.which), before.shape[0]
    numbers = jnp.concatenate([before, jnp.zeros((count, *before.shape[1:]), before.dtype)])
    places = np.arange(first, first + count, dtype=np.int32)
    return jax.lax.scan(step, numbers, (run.which, run.operands, places))[0][first:]


def _tangents(run: Tables, numbers: Any, tangent: Any) -> Any:
    """The tangents of all numbers, of those from before and the results."""
    derivatives, is_cut = _local_derivatives(run, numbers)
    count, first = len(run.which), tangent.shape[0]
    places = np.arange(first, first + count, dtype=np.int32)

    def product(derivative: Any, cut: Any, tangents: Any) -> Any:
        return jnp.where(cut, jnp.zeros_like(tangents), derivative * tangents)

    def less_products(tangents: Any) -> Any:
        """(I − A)·t."""
        sums = product(derivatives, is_cut, _at(tangents, run.operands)).sum(axis=1)
        return tangents - jnp.concatenate([jnp.zeros_like(tangents[:first]), sums])

    def from_first_to_last(_: Any, right: Any) -> Any:
        def step(tangents: Any, instruction: Any) -> tuple[Any, None]:
            derivative, cut, operands, place = instruction
            found = tangents[place] + product(derivative, cut, _at(tangents, operands)).sum(axis=0)
            return jax.lax.dynamic_update_index_in_dim(tangents, found, place, 0), None

        return jax.lax.scan(step, right, (derivatives, is_cut, run.operands, places))[0]

    def from_last_to_first(_: Any, right: Any) -> Any:
        def step(adjoints: Any, instruction: Any) -> tuple[Any, None]:
            derivative, cut, operands, place = instruction
            return adjoints.at[operands].add(product(derivative, cut, adjoints[place]), mode="promise_in_bounds"), None

        return jax.lax.scan(step, right, (derivatives, is_cut, run.operands, places), reverse=True)[0]

    right = jnp.concatenate([tangent, jnp.zeros((count, *tangent.shape[1:]), tangent.dtype)])
    return jax.lax.custom_linear_solve(less_products, right, from_first_to_last, from_last_to_first)


def _local_derivatives(run: Tables, numbers: Any) -> tuple[Any, Any]:
    """The local derivatives (instructions, operands, *batch), and where they send nothing, whatever arrives."""
    widest, batch, first = run.operands.shape[1], numbers.shape[1:], numbers.shape[0] - len(run.which)
    order = np.argsort(run.which, kind="stable")                # instructions of one operation, side by side
    operands, results = _at(numbers, run.operands[order]), _at(numbers, first + order)
    ends = np.cumsum(np.bincount(run.which, minlength=len(run.table))).tolist()
    columns: list[list[Any]] = [[] for _ in range(widest)]
    for number, (start, end) in enumerate(pairwise([0, *ends])):
        operation, size = run.table[number]
        members = [operands[start:end, k] for k in range(size)]
        derivatives = operation.differentiate(DERIVATIVES, members, results[start:end], run.needed(number))
        padding = [0.0] * (widest - size)
        for column, each in zip(columns, [*derivatives, *padding], strict=True):
            column.append(jnp.broadcast_to(jnp.asarray(each, numbers.dtype), (end - start, *batch)))
    upright = (..., *[np.newaxis] * len(batch))
    carries, selects = run.carries[upright], run.selects[:, np.newaxis][upright]
    derivatives = _at(jnp.stack([jnp.concatenate(column) for column in columns], axis=1), np.argsort(order))
    derivatives = jnp.where(carries, derivatives, 0.0)
    return derivatives, ~carries | (selects & (derivatives == 0.0))


def _at(array: Any, index: Any) -> Any:
    return array.at[index].get(mode="promise_in_bounds")
