"""Operations of the calculus over PyTorch's tensors: a torch.autograd.Function, whose derivatives are those of a row.

Its backward evaluates the row's derivatives by such functions again: so derivatives of every order are those of the
calculus.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from array_api_compat import torch as xp

from ....calculus.array_formulas import (
    FACTORIALS, cbrt_of, is_array, of_operations, over_arrays, polygamma_of,
)
from ....calculus.operations import Operation
from .library import Library


def _where(condition: Any, x: Any, y: Any, like: Any) -> Any:
    if not is_array(x) and not is_array(y):
        x = torch.tensor(x, dtype=like.dtype, device=like.device)
    return torch.where(condition, x, y)


def _factorial(n: Any) -> Any:
    return torch.tensor(FACTORIALS, dtype=n.dtype, device=n.device)[n.to(torch.int64)]


FUNCTIONS = {
    name: getattr(torch, name) for name in (
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "erf", "erfc", "erfinv",
        "exp", "exp2", "expm1", "floor", "fmod", "hypot", "lgamma", "log", "log10", "log1p", "log2", "pow", "sin",
        "sinh", "sqrt", "tan", "tanh", "trunc",
    )
} | {"fabs": torch.abs, "rint": torch.round}
FUNCTIONS["cbrt"] = cbrt_of(FUNCTIONS, _where)
FUNCTIONS["polygamma"] = polygamma_of(
    torch.digamma, torch.special.zeta, _factorial, torch.stack, FUNCTIONS, _where
)
VALUES = over_arrays(FUNCTIONS, _where)


class _Applied(torch.autograd.Function):        # type: ignore[misc]    # torch is not looked into
    """An operation on tensors."""

    generate_vmap_rule = True

    @staticmethod
    def forward(operation: Operation, *operands: Any) -> Any:
        found = operation.evaluate(VALUES, operands)
        if not is_array(found):
            return torch.full_like(operands[0], found)
        return found.clone() if any(found is x for x in operands) else found

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.operation, *operands = inputs
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*operands, output)
        ctx.save_for_forward(*operands, output)

    @staticmethod
    def backward(ctx: Any, adjoint: Any) -> Any:
        wanted = ctx.needs_input_grad[1:]
        if adjoint is None:
            return (None, *[None for _ in wanted])
        *operands, f = ctx.saved_tensors
        derivatives = ctx.operation.differentiate(DERIVATIVES, operands, f, wanted)
        return None, *[
            _sent(ctx.operation, derivative, adjoint) if is_wanted else None
            for derivative, is_wanted in zip(derivatives, wanted, strict=True)
        ]

    @staticmethod
    def jvp(ctx: Any, _: Any, *tangents: Any) -> Any:
        *operands, f = ctx.saved_tensors
        wanted = [tangent is not None for tangent in tangents]
        derivatives = ctx.operation.differentiate(DERIVATIVES, operands, f, wanted)
        total = torch.zeros_like(f)
        for derivative, tangent in zip(derivatives, tangents, strict=True):
            sent = None if tangent is None else _sent(ctx.operation, derivative, tangent)
            total = total if sent is None else total + sent
        return total


def _sent(operation: Operation, derivative: Any, adjoint: Any) -> Any:
    """The adjoint times a derivative; 0 where the operand was not selected, also if the adjoint is infinite."""
    if not is_array(derivative):
        return None if derivative == 0 else derivative * adjoint
    if not operation.selects:
        return derivative * adjoint
    return torch.where(derivative == 0, torch.zeros_like(adjoint), derivative * adjoint)


def apply(operation: Operation, operands: Sequence[Any]) -> Any:
    """An operation of tensors and numbers."""
    like = next(x for x in operands if is_array(x))
    return _Applied.apply(operation, *[
        x if is_array(x) else torch.tensor(x, dtype=like.dtype, device=like.device) for x in operands
    ])


DERIVATIVES = of_operations(apply)


class TorchLibrary(Library):
    """PyTorch as the library of an ArrayProgram."""

    def __init__(self) -> None:
        super().__init__(xp, VALUES, apply, torch.Tensor.detach)
