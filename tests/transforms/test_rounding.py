"""Error bounds from graphs: true, by mpmath with 50 digits, and not far too large."""
import math
import random

import mpmath
import pytest
from references.operations import REFERENCES
from references.programs.random_graphs import random_program, run

import autograd_tiny as at
from autograd_tiny import Value, topological_order
from autograd_tiny.transforms.rounding import EPSILON, dependences, magnitudes, rounding_error, rounding_errors


def bounds(f, *point):
    variables = [*map(Value, point)]
    order = topological_order(f(*variables))
    return rounding_errors(order, dependences(order, variables), len(variables))


def exact(program):
    """The last result, with 50 digits."""
    with mpmath.workdps(50):
        known = [mpmath.mpf(x) for x in program.leaves]
        for name, operands in program.steps:
            known.append(REFERENCES[name].value(*[known[x] if type(x) is int else mpmath.mpf(x) for x in operands]))
        return known[-1]


@pytest.mark.parametrize("seed", range(60))
def test_the_error_of_a_random_graph_is_within_its_bound(seed):
    names = ["add", "sub", "mul", "div", "exp", "log", "sin", "cos", "sqrt", "tanh", "sigmoid", "sum", "dot", "mean"]
    program = random_program(seed, random.Random(seed).randint(1, 20), names)
    result = run(program)[-1]
    assert abs(result.data - exact(program)) <= rounding_error(result)


@pytest.mark.parametrize(("f", "x", "least", "most"), [
    (lambda x: at.log(1 + x), 0.01, 1e-16, 5e-16),          # the rounding of 1 + x, not of the logarithm
    (lambda x: 1 - at.cos(x), 1e-5, 1e-16, 5e-16), (lambda x: 1e8 + x, 1.0, 1e-8, 3e-8), (at.sin, 1e10, 1e-17, 3e-16),
    (lambda x: x * 3.0, 1e-300, 0.0, 1e-315), (lambda x: x + 0.0, 0.0, 0.0, 1e-300),
])
def test_cancellation_is_seen_where_it_happens(f, x, least, most):
    [bound] = bounds(f, x)
    assert least <= bound <= most


def test_only_errors_that_change_with_a_variable_count_for_it():
    by_x, by_y = bounds(lambda x, y: at.exp(x) + 1e-9 * y, 20.0, 1.0)
    assert by_y == pytest.approx(0.5 * EPSILON * math.exp(20.0))        # the last sum rounds anew
    assert by_x == pytest.approx(3.0 * by_y)                            # so does the exponential
    assert bounds(lambda x, y: x * x, 20.0, 1.0)[1] == 0.0
    by_x, by_y = bounds(lambda x, y: at.max([x * 3.0, y]), 20.0, 1.0)   # a selection does not round
    assert by_x == pytest.approx(0.5 * EPSILON * 60.0) and by_y < 1e-300


def test_a_sum_that_cancels_has_the_errors_of_its_terms():
    assert bounds(lambda x: at.sum([1e16, x, -1e16]), 3.0)[0] >= 2e16 * EPSILON
    assert bounds(lambda x: at.dot([1e8, x, -1e8], [1e8, 1.0, 1e8]), 3.0)[0] >= 2e16 * EPSILON


def test_an_infinite_adjoint_says_nothing():
    assert bounds(lambda x: at.sqrt(x * 0.0), 1.0)[0] < 1e-300


def test_magnitudes_are_derivatives_without_cancellation():
    x, y = Value(2.0), Value(3.0)
    found = magnitudes(topological_order(x * y - x * y + at.cos(x)), [x, y])
    assert found == pytest.approx([6.0 + math.sin(2.0), 4.0])
