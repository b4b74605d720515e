"""Random programs in C: they give the numbers and gradients of eager code, and unselected operands get exactly 0."""
import math
import random

import numpy as np
import pytest
from references.programs.compiled_c import exported
from references.operations import ROWS
from references.programs.random_graphs import random_program
from references.programs.random_tapes import Judge, Recorded, points, special_points, wild_program, without_repetitions
from references.selections import WITH_INFINITE_DERIVATIVES, nested
from references.tapes import close

import autograd_tiny as at
from autograd_tiny import Value, record

pytestmark = pytest.mark.doors  # make test-all runs it, once

LONG = (1, 150, 1000, 5000)
SMOOTH = ("add", "sub", "mul", "sin", "cos", "tanh", "atan", "sigmoid", "maximum", "relu", "dot", "sum", "exp2", "max")


def program_of(seed):
    """Even seeds: a well-conditioned program. Odd ones: any operations at any numbers."""
    rng = random.Random(seed)
    tame = seed % 2 == 0
    program = random_program(seed, rng.randint(1, 40), tuple(ROWS)) if tame else wild_program(seed, rng.randint(1, 10))
    return without_repetitions(program)


def recorded(seed):
    program = program_of(seed)
    leaves = range(len(program.leaves))
    return program, Recorded(program, [i for i in leaves if i % 2 == 0 or seed % 4 < 2])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    cases = {f"f{seed}": recorded(seed) for seed in range(60)}
    tapes = {name: case.tape for name, (_, case) in cases.items()}
    return cases, exported(tmp_path_factory.mktemp("small"), tapes)


@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("seed", range(60))
def test_small_programs(small, seed, make):
    cases, compiled = small
    program, case = cases[f"f{seed}"]
    last = len(program.leaves) + len(program.steps) - 1
    for point in make(program, seed, 2).tolist():
        judge = Judge(program, point)
        case.set_parameters(point)
        code, value, by_x, by_p = compiled[f"f{seed}"].gradient([point[i] for i in case.inputs])
        assert code == 0
        judge.value(last, value)
        for leaf, derivative in zip(case.inputs, by_x.tolist(), strict=True):
            judge.gradient(last, leaf, derivative)
        places = {id(v): i for i, v in enumerate(case.values)}
        for parameter, derivative in zip(case.tape.parameters, by_p.tolist(), strict=True):
            judge.gradient(last, places[id(parameter)], derivative)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    rng = random.Random(1)
    tapes = {}
    for size in LONG:
        leaves = [Value(rng.uniform(-1, 1), f"x{k}") for k in range(7)]
        known = list(leaves)
        for k in range(size):
            x, y = (known[-1 - rng.randrange(min(len(known), 30))] for _ in "xy")
            known.append(rng.choice((x + y, x - y, x * y * 0.5, at.sin(x), at.tanh(x) * y, at.maximum(x, y * 0.9),
                                     at.relu(x) - y, at.cos(x) * leaves[k % 7], at.where(at.greater(x, y), x, y * x))))
        tapes[f"f{size}"] = record(at.sum(known[-20:]), leaves[:3])
    return exported(tmp_path_factory.mktemp("long"), tapes)


@pytest.mark.parametrize("size", LONG)
def test_long_programs(long, size):
    compiled = long[f"f{size}"]
    for x in np.random.default_rng(size).normal(size=(3, 3)):
        code, value, by_x, by_p = compiled.gradient(x)
        assert code == 0
        close(value, compiled.tape([x])[0], 1e-11)
        close(by_x, compiled.tape.input_gradients([x])[0], 1e-10)
        close(by_p, compiled.tape.value_and_grad([x])[1], 1e-10)


@pytest.fixture(scope="module")
def selections(tmp_path_factory):
    cases = [case for name in WITH_INFINITE_DERIVATIVES for case in nested(name)][::41]
    tapes = {}
    for k, case in enumerate(cases):
        leaves = [Value(x, f"x{i}") for i, x in enumerate(case.numbers)]
        tapes[f"f{k}"] = record(case.build(leaves), leaves)
    return cases, exported(tmp_path_factory.mktemp("selections"), tapes)


def test_an_operand_that_was_not_selected_gets_exactly_0(selections):
    """Whatever arrives: infinity, too."""
    cases, compiled = selections
    assert len(cases) > 10
    for k, case in enumerate(cases):
        _, _, by_x, _ = compiled[f"f{k}"].gradient(case.numbers)
        for i in case.selection.unselected:
            assert by_x[i] == 0.0, (case.title, i, by_x)


def test_a_leaf_that_no_gradient_reaches_gets_0(tmp_path):
    x, y, w = Value(0.5, "x"), Value(math.inf, "y"), Value(1.0, "w")
    tape = record(x * 2.0 + at.floor(w) + at.greater(y, x), [x, y], [w])
    _, value, by_x, by_p = exported(tmp_path, {"f": tape})["f"].gradient([0.5, math.inf])
    assert value == 3.0 and by_x.tolist() == [2.0, 0.0] and by_p.tolist() == [0.0]
