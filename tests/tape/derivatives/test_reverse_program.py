"""Programs of derivatives: which instructions they have, and which they leave out."""
import math
from itertools import pairwise

import numpy as np
import pytest
from references.tapes import Wave, close, leaves, wave

import autograd_tiny as at
from autograd_tiny import Tape, Value, gradients, operation, record
from autograd_tiny.calculus.operations import ADD, DOT, EXP, MUL, SIN
from autograd_tiny.tape.batches import BatchRunner
from autograd_tiny.tape.derivatives.reverse_program import jacobian_program, sum_program, vjp_program


def rosenbrock(x):
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def run(program, x, parameters=()):
    out = np.empty((1, len(program.outputs)))
    BatchRunner(program).run("values", tuple(parameters), 1, np.array([x], float), out)
    return out[0].tolist()


def test_the_gradient_of_a_product_is_its_operands():
    program = jacobian_program(record(lambda x, y: x * y, 2.0, 3.0).program)
    assert program.outputs == [1, 0] and not program.instructions


def test_the_gradient_of_a_linear_function_is_constant():
    program = jacobian_program(record(lambda x, y: 3.0 * x - y, 2.0, 3.0).program)
    assert not program.instructions
    assert [program.constants[~x] for x in program.outputs] == [3.0, -1.0]


def test_a_derivative_of_0_by_structure_is_the_number_0():
    program = jacobian_program(record(lambda x, y: [at.sin(x), y * y], 2.0, 3.0).program)
    assert [program.constants[~x] for x in program.outputs if x < 0] == [0.0, 0.0]
    assert run(program, [2.0, 3.0]) == [math.cos(2.0), 0.0, 0.0, 6.0]


def test_the_value_is_shared_with_the_gradient():
    program = jacobian_program(record(lambda x: at.exp(at.sin(x)), 2.0).program, values=True)
    assert [each.operation for each in program.instructions].count(EXP) == 1
    assert [each.operation for each in program.instructions].count(SIN) == 1
    assert run(program, [2.0]) == pytest.approx([math.exp(math.sin(2.0)), math.cos(2.0) * math.exp(math.sin(2.0))])


def test_the_hessian_of_rosenbrock_has_few_instructions():
    """It is tridiagonal."""
    n = 30
    program = jacobian_program(jacobian_program(record(rosenbrock, [0.1 * i for i in range(n)]).program))
    assert len(program.instructions) < 8 * n
    zeros = [x for x in program.outputs if x < 0 and program.constants[~x] == 0.0]
    assert len(zeros) == n * n - (3 * n - 2)


def test_equal_contributions_are_counted():
    program = jacobian_program(record(lambda x, y: at.sin(x * x) * y, 0.5, 2.0).program)
    assert ADD not in [each.operation for each in program.instructions]
    assert run(program, [0.5, 2.0]) == pytest.approx([2.0 * math.cos(0.25), math.sin(0.25)])


def test_constant_factors_are_multiplied_only_if_that_rounds_nothing():
    program = jacobian_program(record(lambda x: 100.0 * (x * x), 2.0).program)
    assert next(program.constants[~x] for x in program.instructions[0].operands if x < 0) == 200.0
    tape = record(lambda x: 1e308 * (1e-300 * (x * x)), 2.0)
    assert tape.gradient()([2.0])[0, 0] == pytest.approx(4e8)


def test_sums_of_contributions_are_fused():
    program = jacobian_program(record(lambda x, y: x * at.sin(y) + x * at.cos(y) + x * y, 0.5, 2.0).program)
    assert [each.operation for each in program.instructions].count(DOT) == 2


def test_parameters_are_read_when_it_runs():
    its = Wave()
    tape = its.tape.gradient()
    assert tape.parameters == its.tape.parameters
    for w in (0.7, -1.5):
        its.w.data = w
        x, y = Value(0.3), Value(1.1)
        close(tape([[0.3, 1.1]])[0], gradients(wave(x, y, its.w, its.b), [x, y]))


def test_derivatives_with_respect_to_the_parameters():
    its = Wave()
    program = its.tape.program
    found = jacobian_program(program, range(program.inputs, program.first))
    close(run(found, [0.3, 1.1], its.tape.parameters), its.tape.value_and_grad([[0.3, 1.1]])[1])


def test_in_one_pass_for_all_outputs():
    tape = record(lambda x, y: [x * y, at.sin(x), y], 2.0, 3.0)
    assert run(sum_program(tape.program), [2.0, 3.0]) == [3.0 + math.cos(2.0), 3.0]
    found = run(vjp_program(tape.program, values=True), [2.0, 3.0, 10.0, 1.0, -1.0])
    assert found == pytest.approx([6.0, math.sin(2.0), 3.0, 30.0 + math.cos(2.0), 19.0])


def test_an_output_that_is_an_input_or_stands_twice():
    tape = record(lambda x, y: [x, x, x * y], 2.0, 3.0)
    assert run(jacobian_program(tape.program), [2.0, 3.0]) == [1, 0, 1, 0, 3, 2]
    assert run(vjp_program(tape.program), [2.0, 3.0, 10.0, 100.0, 1.0]) == [113.0, 2.0]


def test_no_more_instructions_than_allowed():
    tape = record(lambda x: [at.sin(each) for each in x], [1.0, 2.0, 3.0, 4.0])
    assert jacobian_program(tape.program, most=2) is None
    assert jacobian_program(tape.program, most=20) is not None


def test_deep_programs():
    x = Value(1.0)
    f = x
    for _ in range(5000):
        f = f * 0.999 + 0.001
    assert record(f, x).gradient()([1.0])[0, 0] == pytest.approx(0.999**5000)


# ---- operations of one's own

@operation(lambda x, f: 3 * x**2)
def cube(x):
    return x**3


@operation(lambda x, y, f: y * at.cos(x) + 0 * f, lambda x, y, f: at.sin(x))
def swing(x, y):
    return y * math.sin(x)


def test_custom_operations_at_three_orders():
    tape = record(lambda x: cube(x) * x, 2.0)
    first, second = tape.gradient(), tape.gradient().gradient()
    assert first([2.0]).tolist() == [[32.0]]
    assert second([2.0, 1.0]).tolist() == [[48.0], [12.0]]
    close(second.gradient()([2.0]), [[48.0]])
    assert first.backend == "numpy"


def test_custom_operations_of_two_operands():
    tape = record(lambda x, y: swing(x, y) ** 2, 0.5, 2.0)
    expected = lambda x, y: (y * at.sin(x)) ** 2  # noqa: E731
    other = record(expected, 0.5, 2.0)
    close(tape.gradient()([[0.5, 2.0]]), other.gradient()([[0.5, 2.0]]))
    close(tape.hessian([[0.5, 2.0]]), other.hessian([[0.5, 2.0]]))


def test_a_custom_operation_whose_derivative_hides_numbers():
    @operation(lambda x, f: math.cos(x.data if type(x) is Value else x))
    def hidden(x):
        return math.sin(x)

    tape = record(lambda x: hidden(x), 2.0)
    assert tape.gradient()([2.0])[0, 0] == math.cos(2.0)
    with pytest.raises(RuntimeError, match="hidden cannot be differentiated twice"):
        tape.hessian([2.0])


# ---- the programs are as recording makes them

@pytest.mark.parametrize("make", [
    lambda x, w, b: at.tanh(w * x + b), lambda x, w, b: at.relu(at.dot([w, b], [x, x * x])) * w,
    lambda x, w, b: at.logsumexp([x, w, b]), lambda x, w, b: at.max([x * w, b, 0.0]) ** 2.5,
    lambda x, w, b: at.clip(x, w, b) * at.where(at.greater(x, w), x, b), lambda x, w, b: w * b + 0.0 * x,
])
def test_files_of_derivatives(make, tmp_path):
    x, w, b = leaves("x", "w", "b")
    tape = record(make(x, w, b), [x])
    for order in (tape.gradient(), tape.gradient().gradient()):
        order.save(tmp_path / "derivative.json")
        again = Tape.load(tmp_path / "derivative.json")
        assert again.program == order.program
        assert again([[0.7], [-1.0]]).tolist() == order([[0.7], [-1.0]]).tolist()
        assert order.listing().startswith("inputs: x")
        assert order.cost().instructions == len(order)


def test_products_are_instructions_of_two_operands():
    program = jacobian_program(record(lambda x, y: at.sin(x) * at.cos(y), 1.0, 2.0).program)
    assert all(len(each.operands) == 2 for each in program.instructions if each.operation is MUL)
