"""In which order a film shows the forward pass and the backward pass, where some modules may be folded."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...engine.value import Value
from ..graph.folding import Fold


class Contribution(NamedTuple):
    """One contribution to the adjoint of an operand: the adjoint of a result times a local derivative.

    Attributes:
        result: The result that sends it.
        place: Which of its operands receives it.
        operand: That operand.
        adjoint: The adjoint of the result.
        amount: The contribution.
        before, after: The operand's adjoint before and after it arrives; before is None at the first.
        is_last: Whether the operand's adjoint is complete now.
    """

    result: Value
    place: int
    operand: Value
    adjoint: float
    amount: float
    before: float | None
    after: float
    is_last: bool


# ---- the forward pass

def forward_order(values: Sequence[Value], folded: Mapping[Value, Fold]) -> Iterator[list[Value]]:
    """The results in the order of a forward pass: one by one, those of a folded module together.

    A folded module waits until all its inputs are known. If they never are, since a module is called with values
    computed from its own outputs, it computes as many results as it can.
    """
    known = {value for value in values if not value.operands}
    waiting = [value for value in values if value.operands]
    while waiting:
        for value in waiting:
            if value not in folded and known.issuperset(value_operands(value)):
                known.add(value)
                yield [value]
        waiting = [value for value in waiting if value not in known]
        if waiting:
            results = _results_of_next_module(waiting, known, folded)
            known.update(results)
            yield results
            waiting = [value for value in waiting if value not in known]


def _results_of_next_module(
    waiting: Sequence[Value], known: set[Value], folded: Mapping[Value, Fold]
) -> list[Value]:
    """The computable results of a folded module that can compute all of its results, or else the most."""
    computable: dict[Fold, list[Value]] = {}
    number: Counter[Fold] = Counter()
    reached: set[Value] = set()
    for value in waiting:
        fold = folded.get(value)
        if fold is not None:
            number[fold] += 1
            own = computable.setdefault(fold, [])
            if all(x in known or (x in reached and folded[x] is fold) for x in value_operands(value)):
                own.append(value)
                reached.add(value)
    complete = (own for fold, own in computable.items() if len(own) == number[fold])
    return next(complete, None) or max(computable.values(), key=len)


def value_operands(value: Value) -> list[Value]:
    """The operands that are Values, and not plain numbers."""
    return [x for x in value.operands if type(x) is Value]


# ---- the backward pass

def backward_order(output: Value, folded: Mapping[Value, Fold]) -> Iterator[Contribution]:
    """The contributions in a backward pass from output, in the engine's order (engine/backward.py).

    Folded modules come after all results that can send gradients without them, each after all that it waits for.
    """
    missing = count_contributions(output)
    from_outside: Counter[Fold] = Counter()
    for result, place in _edges(output):
        fold = folded.get(_operand(result, place))
        if fold is not None and folded.get(result) is not fold:
            from_outside[fold] += 1
    adjoints: dict[Value, float] = {output: 1.0}
    ready: dict[Fold | None, list[Value]] = {folded.get(output): [output] if output.operands else []}
    while any(ready.values()):
        fold = _next_fold(ready, from_outside)
        while ready[fold]:
            result = ready[fold].pop()
            complete: list[Value] = []
            for place in _receivers(result):
                operand = _operand(result, place)
                amount = adjoints[result] * result.local_grads[place]
                before = adjoints.get(operand)
                adjoints[operand] = (before or 0.0) + amount
                missing[operand] -= 1
                there = folded.get(operand)
                if there is not None and there is not fold:
                    from_outside[there] -= 1
                if not missing[operand] and operand.operands:
                    complete.append(operand)
                yield Contribution(
                    result, place, operand, adjoints[result], amount, before, adjoints[operand],
                    not missing[operand],
                )
            if not _is_fan(result):
                complete.reverse()
            for operand in complete:
                ready.setdefault(folded.get(operand), []).append(operand)


def count_contributions(output: Value) -> Counter[Value]:
    """How many contributions to its adjoint each Value below output receives."""
    return Counter(_operand(result, place) for result, place in _edges(output))


def _next_fold(ready: dict[Fold | None, list[Value]], outstanding: Mapping[Fold, int]) -> Fold | None:
    """None for results outside of folds; then a fold that waits for nothing, then any that can begin."""
    if ready.get(None):
        return None
    able = [fold for fold, nodes in ready.items() if fold is not None and nodes]
    return next((fold for fold in able if not outstanding.get(fold)), able[0])


def _is_fan(result: Value) -> bool:
    """Whether the engine goes on with the last of the operands, and not with the first."""
    return result.operation.is_nary or len(result.operands) > 2


def _operand(result: Value, place: int) -> Value:
    operand = result.operands[place]
    assert isinstance(operand, Value)
    return operand


def _receivers(result: Value) -> list[int]:
    """The places of the operands that a gradient flows to."""
    pairs = zip(result.operands, result.flows, strict=True)
    return [k for k, (x, flows) in enumerate(pairs) if flows and type(x) is Value and x.requires_grad]


def _edges(output: Value) -> Iterator[tuple[Value, int]]:
    """All (result, place of an operand) along which a gradient flows from output."""
    entered = {output}
    stack = [output]
    while stack:
        result = stack.pop()
        for place in _receivers(result):
            yield result, place
            operand = _operand(result, place)
            if operand not in entered:
                entered.add(operand)
                stack.append(operand)
