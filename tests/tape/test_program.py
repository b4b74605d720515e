"""Programs: rates, the part that an output needs, rearrangements, equality."""
import pickle

from references.tapes import leaves

import autograd_tiny as at
from autograd_tiny import record
from autograd_tiny.calculus.operations import ADD, EXP, MUL
from autograd_tiny.tape.program import CONSTANT, ONCE, PER_SAMPLE, Instruction, Program


def small(constant=2.0):
    """Two outputs of an input (slot 0) and two parameters (1 and 2): exp(x), and x * (p1 + p0) * constant."""
    return Program(1, 2, [constant], [
        Instruction(EXP, (0,)), Instruction(ADD, (2, 1)), Instruction(MUL, (0, 4)), Instruction(MUL, (5, ~0)),
    ], [3, 6])


def test_a_result_is_computed_as_often_as_its_operands():
    program = small()
    assert [*program.rates] == [PER_SAMPLE, ONCE, ONCE, PER_SAMPLE, ONCE, PER_SAMPLE, PER_SAMPLE]
    assert program.rate(~0) == CONSTANT and program.first == 3


def test_the_slots_that_outputs_need_and_those_that_depend_on_parameters():
    assert [*small().needed()] == [1] * 7
    assert [*small().depending_on_parameters()] == [0, 1, 1, 0, 1, 1, 1]


def test_the_part_of_an_output():
    first, second = (small().of_output(k) for k in (0, 1))
    assert [operation for operation, _ in first.instructions] == [EXP] and first.outputs == [3]
    assert second.instructions == [Instruction(ADD, (2, 1)), Instruction(MUL, (0, 3)), Instruction(MUL, (4, ~0))]
    assert second.outputs == [5] and [*first.needed()] == [1, 0, 0, 1]


def test_parameters_in_the_order_of_their_first_use():
    program = small()
    assert program.parameters_by_first_use() == [1, 0]
    moved = program.once_first([1, 0])
    assert moved.instructions[0] == Instruction(ADD, (1, 2)) and moved.outputs == [4, 6]
    assert moved.parameters_by_first_use() == [0, 1]
    assert program.once_first().instructions[0] == Instruction(ADD, (2, 1))


def test_the_weights_of_a_sum_come_before_its_bias():
    x, w, a, b = leaves("x", "w", "a", "b")
    assert record(at.relu(w * x + (a * a + b)), x).parameters == (w, a, b)


def test_equality_is_that_of_all_parts():
    program = small()
    assert program == small() and program != small(3.0) and program != program.of_output(0) and program != 1
    assert small(0.0) != small(-0.0)
    assert pickle.loads(pickle.dumps(program)) == program
