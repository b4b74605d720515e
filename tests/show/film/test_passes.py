"""The orders of the two passes: the engine's, and with folded modules one in which each waits for its inputs."""
import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings

import autograd_tiny as at
from autograd_tiny import Value, gradients, topological_order
from autograd_tiny.show.film.passes import backward_order, forward_order
from autograd_tiny.show.graph.folding import Folding
from references.show.films import built, programs, same

examples = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@examples
@given(programs)
def test_every_operation_is_computed_once_after_its_operands(program):
    values = topological_order(built(program))
    order = [value for results in forward_order(values, {}) for value in results]
    assert order == [value for value in values if value.operands]


@examples
@given(programs)
def test_each_edge_has_one_contribution_and_adjoints_end_as_the_engine_has_them(program):
    output = built(program)
    received, complete = {output: 1.0}, {output}
    edges = Counter()
    for each in backward_order(output, {}):
        assert each.result in complete, "it sends before its adjoint is complete"
        assert same(each.adjoint, received[each.result])
        assert same(each.amount, each.adjoint * each.result.local_grads[each.place])
        assert each.before == received.get(each.operand) or math.isnan(each.before)
        received[each.operand] = each.after
        assert each.operand not in complete
        if each.is_last:
            complete.add(each.operand)
        edges[each.result, each.place] += 1
    found = gradients(output, [*received]) if output.requires_grad else []
    assert all(same(x, y) for x, y in zip(received.values(), found, strict=output.requires_grad))
    flowing = {
        (value, k) for value in received for k, flows in enumerate(value.flows) if flows
    }
    assert edges == Counter(dict.fromkeys(flowing, 1))


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_many_contributions_are_those_of_the_engine_bit_by_bit(seed):
    rng = random.Random(seed)
    values = [Value(rng.uniform(-1, 1)) for _ in range(5)]
    for _ in range(60):
        operands = rng.choices(values[-12:], k=4)
        weights = [rng.uniform(-1, 1) for _ in operands]
        values.append(rng.choice([at.dot(operands, weights).tanh(), operands[0] * operands[1] + operands[2]]))
    output = at.sum(values)
    received = {each.operand: each.after for each in backward_order(output, {})}
    assert tuple(received.values()) == gradients(output, [*received])


@examples
@given(programs)
def test_with_folded_modules_all_is_computed_once_and_the_adjoints_are_the_same(program):
    output = built(program)
    values = topological_order(output)
    folding = Folding(values, {output}, modules={value.scope for value in values} & {"part"})
    order = [value for results in forward_order(values, folding.fold_of) for value in results]
    known = {value for value in values if not value.operands}
    for value in order:
        assert all(x in known for x in value.operands if isinstance(x, Value))
        assert value not in known
        known.add(value)
    assert known == set(values)
    received = {output: 1.0}
    for each in backward_order(output, folding.fold_of):
        received[each.operand] = each.after
    found = gradients(output, [*received]) if output.requires_grad else [1.0]
    for one, other in zip(received.values(), found, strict=True):
        assert same(one, other) or one == pytest.approx(other, rel=1e-9, abs=1e-9)
