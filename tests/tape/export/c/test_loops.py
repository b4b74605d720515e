"""Which instructions become loops, and in which order everything is computed."""
import random

import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn, record
from autograd_tiny.tape.export.c.loops import Flow, Loop, arranged


def network():
    xs = [Value(0.1 * k, f"x{k}") for k in range(20)]
    model = nn.MLP(20, [64, 8], "tanh", rng=random.Random(1))
    return record(at.logsumexp(model(xs)), xs).program


def test_layers_and_their_activations_are_loops():
    program = network()
    items = arranged(program, Flow(program, True, True))
    loops = [item for item in items if type(item) is Loop]
    assert [(loop.operation.name, len(loop.results)) for loop in loops] == [("dot", 64), ("tanh", 64), ("dot", 8)]
    assert [section.step for section in loops[0].sections] == [21, 0, 21]
    assert all(loop.is_reached and all(section.is_wanted for section in loop.sections) for loop in loops)


@pytest.mark.parametrize("flow", [False, True])
def test_everything_is_computed_once_and_after_its_operands(flow):
    program = network()
    known = set(range(program.first))
    for item in arranged(program, Flow(program, True, False) if flow else None):
        slots = item.results if type(item) is Loop else (item,)
        for slot in slots:
            assert slot not in known
            assert all(x < 0 or x in known for x in program.instructions[slot - program.first].operands)
        known.update(slots)
    assert len(known) == len(program.rates)


def test_irregular_instructions_stay_as_they_are():
    xs = [Value(0.1 * k + 0.1, f"x{k}") for k in range(30)]
    rng = random.Random(1)
    products = [rng.choice(xs) * rng.choice(xs) for _ in range(60)]
    program = record(at.max(products), xs).program
    assert arranged(program, None) == [*range(program.first, len(program.rates))]


def test_a_flow_has_no_adjoints_behind_flat_operations_and_constants():
    x, y, w = Value(0.5, "x"), Value(1.5, "y"), Value(2.0, "w")
    program = record(at.floor(x) * y + at.sin(x) * w, [x, y], [w]).program
    by_inputs, by_parameters = Flow(program, True, False), Flow(program, False, True)
    names = [operation.name for operation, _ in program.instructions]
    adjoints = dict(zip(names, by_inputs.has_adjoint[program.first :], strict=True))
    assert not adjoints["floor"] and adjoints["sin"]
    assert by_inputs.has_adjoint[: program.first] == [True, True, False]
    assert by_parameters.has_adjoint[: program.first] == [False, False, True]
