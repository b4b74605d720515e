"""Probabilities where a loss takes logits: sigmoid or softmax is applied twice, by the model and by the loss.

Such a network trains badly, and nothing fails. `fit` warns of it, and `diagnose` finds it: both look at the
computation graph of one sample.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..calculus.operations import ADD, CLIP, DIV, EXP, LEAF, MAX, MAXIMUM, MINIMUM, MUL, NEG, POW, SUB, SUM, WHERE
from ..engine.graph import topological_order
from ..engine.value import Value
from .layers import as_list
from .losses import LossSpec

# operations that a loss applies to logits; of exp, only that of a softmax, exp(z − max z)
SQUASHING = "sigmoid", "softplus", "log_sigmoid", "logsumexp", "exp"


def squashed_twice(spec: LossSpec, outputs: Any, loss: Value) -> str:
    """"sigmoid" or "softmax" if that computed the outputs and the loss takes logits; else "".

    Args:
        spec: The loss.
        outputs: The outputs of the model for one sample.
        loss: The loss of them.
    """
    values = [x for x in as_list(outputs) if type(x) is Value]
    kind = squashed_by(values)
    return kind if kind and (spec.takes_logits or _squashes(loss, values)) else ""


def squashed_by(outputs: Sequence[Value]) -> str:
    """"sigmoid" or "softmax" if that is recognisably what computed the outputs, perhaps clipped; else ""."""
    heads = [_unclipped(x) for x in outputs]
    if not heads or not all(0.0 <= x.data <= 1.0 for x in heads):
        return ""
    if all(map(_is_sigmoid, heads)):
        return "sigmoid"
    sum_is_1 = abs(sum(x.data for x in heads) - 1.0) < 1e-6
    return "softmax" if len(heads) > 1 and sum_is_1 and any(map(_is_normalised, heads)) else ""


def _unclipped(x: Value) -> Value:
    """The operand of clip, or of maximum and minimum with a number: the usual precautions against log(0)."""
    while x.operation in (CLIP, MAXIMUM, MINIMUM):
        values = [operand for operand in x.operands if type(operand) is Value]
        if len(values) != 1:
            break
        x = values[0]
    return x


def _is_sigmoid(x: Any) -> bool:
    """Whether it was computed by sigmoid, also one of the user's own, or as 1/(1 + e^−z) or e^z/(1 + e^z)."""
    if type(x) is not Value:
        return False
    if x.operation is WHERE:
        return all(map(_is_sigmoid, x.operands[1:]))
    if x.operation is DIV:
        above, below = x.operands
        terms = below.operands if type(below) is Value and below.operation in (ADD, SUM) else ()
        return len(terms) == 2 and any(map(_is_1, terms)) and any(map(_is_power, terms)) and (
            _is_1(above) or _is_power(above)
        )
    return "sigmoid" in x.operation.name and "log" not in x.operation.name


def _is_1(x: Any) -> bool:
    return type(x) is not Value and x == 1.0


def _is_power(x: Any) -> bool:
    """Whether it is e^z, or a number to the power z."""
    return type(x) is Value and (x.operation is EXP or (x.operation is POW and type(x.operands[0]) is not Value))


def _is_normalised(x: Value) -> bool:
    """Whether it may be a part of a whole: no weighted sum, as the outputs of a linear layer are."""
    if x.operation in (DIV, MUL):
        return all(type(each) is Value and each.operation is not LEAF for each in x.operands)
    return x.operation is EXP or _is_sigmoid(x)


def _squashes(loss: Value, outputs: Sequence[Value]) -> bool:
    """Whether a loss of the user's own applies sigmoid, softmax or their logarithms to the outputs."""
    known = {id(x) for x in outputs}
    for node in topological_order(loss):
        if node.operation.name in SQUASHING:
            for x in node.operands:
                if id(x) in known and node.operation is not EXP:
                    return True
                if type(x) is not Value or (node.operation is EXP and x.operation is MUL):
                    continue
                if any(id(source) in known for source in _sources(x)):
                    return True
    return False


def _sources(x: Value) -> Sequence[Any]:
    """What may be z in −z, in z times a number or a label, and in z − max z."""
    if x.operation is SUB and type(x.operands[1]) is Value and x.operands[1].operation is MAX:
        return x.operands[:1]
    return x.operands if x.operation in (NEG, MUL) else ()
