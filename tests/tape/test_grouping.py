"""Plans: the places of the numbers, groups, and layers."""
import numpy as np
import pytest
from references.tapes import leaves

import autograd_tiny as at
from autograd_tiny import Value, operation, record
from autograd_tiny.calculus.operations import ADD, DOT, RELU
from autograd_tiny.tape.grouping import DOTS, FACTORS, ROWS, SCALARS, Plan
from autograd_tiny.tape.program import Instruction, Program


def plan_of(output, inputs):
    return Plan(record(output, inputs).program)


def groups_by_name(plan):
    return {plan.operations[group.opcode].name: group for group in plan.groups()[1]}


def two_neurons():
    x = leaves("x0", "x1")
    neurons = [[Value(0.1 * (3 * m + k)) for k in range(3)] for m in range(2)]
    return [at.relu(at.dot(w[:2], x, w[2])) for w in neurons], x


def test_a_layer_of_two_neurons():
    """The example in the docstring of Plan."""
    plan = plan_of(*two_neurons())
    assert (plan.inputs, plan.parameters, plan.scalars, plan.rows, plan.once) == (2, 6, 6, 6, 0)
    dots, relus = plan.groups()[1]
    assert (dots.opcode, dots.length, dots.first, dots.size, dots.weights) == (DOTS, 2, 2, 5, 2)
    assert plan.operands(dots).tolist() == [[0, 3], [1, 4], [0, 0], [1, 1], [2, 5]]
    assert (plan.operations[relus.opcode], relus.length, relus.first) == (RELU, 2, 4)
    assert plan.operands(relus).tolist() == [[2, 3]] and plan.outputs.tolist() == [4, 5]
    assert plan.places[dots.layer :].tolist() == [0, 1]
    assert (dots.begin, dots.stride, dots.column) == (0, 3, 0)
    assert (dots.by_parameters, dots.by_inputs, relus.layer) == (SCALARS, ROWS, -1)


def test_weights_that_do_not_stand_regularly():
    x, w = leaves("x", "y"), [Value(float(k)) for k in range(4)]
    outputs = [at.dot(w[:2], x), at.dot([w[3], w[2]], x), at.dot([w[1], w[0]], x)]
    (dots,) = plan_of(outputs, x).groups()[1]
    assert dots.layer >= 0 and dots.begin == -1


def test_rows_that_are_no_run_of_inputs():
    x, w = leaves("x", "y", "z"), [Value(float(k)) for k in range(4)]
    (dots,) = plan_of([at.dot(w[:2], [x[0], x[2]]), at.dot(w[2:], [x[0], x[2]])], x).groups()[1]
    assert dots.layer >= 0 and dots.column == -1


@pytest.mark.parametrize("rows", [lambda x, y: ([x, y], [y, x]), lambda x, y: ([x, x], [x, x])])
def test_dots_that_are_no_layer(rows):
    """Rows in another order, and a row that is there twice."""
    x, y = leaves("x", "y")
    a, b, c, d = (Value(float(k)) for k in range(4))
    first, second = rows(x, y)
    plan = plan_of([at.dot([a, b], first), at.dot([c, d], second)], [x, y])
    assert all(group.layer == -1 for group in plan.groups()[1])


def test_products_of_inputs_are_factors():
    x, y, w = leaves("x", "y", "w")
    (dot,) = plan_of(w * x + x * y, [x, y]).groups()[1]
    assert (dot.weights, dot.size, dot.by_parameters, dot.by_inputs) == (1, 5, SCALARS, ROWS | FACTORS)


def test_scalars_are_copied_where_a_row_is_expected():
    x, w = leaves("x", "w")
    plan = plan_of([at.maximum(x, w), w], x)
    assert plan.copied.tolist() == [0] and plan.rows == 3 and plan.outputs.tolist() == [2, 1]


def test_scalars_are_computed_once_before_the_rows():
    x, w = leaves("x", "w")
    plan = plan_of(at.exp(w) * x, x)
    (exp,), (dot,) = plan.groups()
    assert plan.operations[exp.opcode].name == "exp" and plan.once == 1
    assert exp.first == 2 and plan.operands(dot)[0].tolist() == [2]     # after the constant and w


def test_dependent_instructions_are_in_different_groups():
    x = Value(0.5)
    plan = plan_of(at.sin(at.sin(at.sin(x))) + at.sin(x * 2.0), x)
    sines = [group for group in plan.groups()[1] if plan.operations[group.opcode].name == "sin"]
    assert [group.length for group in sines] == [1, 2, 1]       # the second holds sin(sin(x)) and sin(x * 2)


def test_operations_of_users_have_opcodes_of_their_own():
    @operation(lambda x, f: 3 * x**2)
    def cube(x):
        return x**3

    @operation(lambda x, f: 2 * x)
    def square(x):
        return x**2

    x = Value(1.0)
    groups = groups_by_name(plan_of([cube(x), square(x), at.exp(x)], x))
    assert len({group.opcode for group in groups.values()}) == 3


def test_constants_are_the_first_scalars():
    x = Value(1.0)
    plan = plan_of([3.0 * x + 1.0, x / 7.0], x)
    assert sorted(plan.constants.tolist()) == [1.0, 3.0, 7.0] and plan.scalars == 3
    assert plan.constants.dtype == np.float64


@pytest.mark.parametrize("instruction", [Instruction(DOT, (0, 0, 0)), Instruction(ADD, (5, 0))])
def test_a_program_that_recording_does_not_make(instruction):
    """A bias that is a row, and an operand that is not computed yet."""
    with pytest.raises((ValueError, IndexError)):
        Plan(Program(1, 0, [], [instruction], [1]))


# ---- programs that recording does not make: an executor would read and write memory that is not there

def tampered():
    """Programs of relu(x * w + 1) and its like in which one thing is wrong."""
    add, relu, dot = (lambda *slots: Instruction(ADD, slots)), Instruction(RELU, (0,)), Instruction(DOT, (1, 0, -1))
    whole = {"inputs": 1, "parameters": 1, "constants": [1.0], "instructions": [dot, relu], "outputs": [3]}
    changes = {
        "an operand too few": {"instructions": [add(0), relu]},
        "an operand too many": {"instructions": [add(0, 1, 0), relu]},
        "no operands": {"instructions": [Instruction(DOT, ()), relu]},
        "a dot without a bias": {"instructions": [Instruction(DOT, (1, 0)), relu]},
        "a dot whose weight comes last": {"instructions": [Instruction(DOT, (0, 1, -1)), relu]},
        "a bias that differs from sample to sample": {"instructions": [Instruction(DOT, (1, 0, 0)), relu]},
        "an operand that comes later": {"instructions": [add(0, 3), relu]},
        "an operand that is itself": {"instructions": [add(0, 2), relu]},
        "an operand far beyond": {"instructions": [add(0, 2**40), relu]},
        "a constant that is not there": {"instructions": [add(0, -2), relu]},
        "an instruction on constants": {"instructions": [add(-1, -1), relu]},
        "an output that is not there": {"outputs": [4]},
        "an output far before": {"outputs": [-9]},
    }
    return {name: whole | change for name, change in changes.items()}


@pytest.mark.parametrize("case", tampered())
def test_programs_that_recording_does_not_make_have_no_plan(case):
    with pytest.raises((ValueError, LookupError)):
        Plan(Program(**tampered()[case]))


@pytest.mark.parametrize("change", [
    lambda program: setattr(program, "inputs", 5), lambda program: setattr(program, "parameters", 5),
    lambda program: setattr(program, "rates", bytearray(b"\1" * len(program.rates))),
    lambda program: setattr(program, "rates", bytearray(b"\2" * len(program.rates))),
    lambda program: setattr(program, "rates", bytearray()),
    lambda program: program.instructions.pop(), lambda program: program.instructions.reverse(),
    lambda program: program.instructions.append(Instruction(ADD, (9, 9))),
    lambda program: program.outputs.__setitem__(0, 99),
])
def test_a_program_that_was_changed_does_not_run(change):
    x, w = leaves("x", "w")
    tape = record(at.tanh(at.relu(x * w + 1.0)), x)
    change(tape.program)
    for run in (tape, tape.input_gradients, tape.value_and_grad):
        with pytest.raises((ValueError, LookupError)):
            run([1.0, 2.0])


def test_neurons_of_a_layer_stand_in_the_order_of_their_weights():
    """Then these are a matrix, also if the neurons were computed in another order."""
    w = [[Value(0.1 * (4 * m + k)) for k in range(4)] for m in range(6)]
    parameters = [x for row in w for x in row]

    def f(x):
        dots = {m: at.dot(w[m], x) for m in (3, 0, 5, 1, 4, 2)}
        return [dots[m] * dots[m] for m in (5, 2, 0, 1, 4, 3)]

    tape = record(f, [1.0, 2.0, 3.0, 4.0], parameters=parameters)
    layer = next(group for group in Plan(tape.program).groups()[1] if group.layer >= 0)
    assert (layer.begin, layer.stride, layer.length) == (1, 4, 6)      # behind a constant
