"""Which groups become a loop, and how a long dot is divided."""
import random

import pytest
from references.programs.exported_tapes import smooth

import autograd_tiny as at
from autograd_tiny import nn, record
from autograd_tiny.calculus.operations import DOT
from autograd_tiny.tape.export.arrays.deep_runs import (
    LEAST_GROUPS, MOST_ALONE, MOST_INSTRUCTIONS, in_runs, split_dot,
)
from autograd_tiny.tape.export.arrays.program import ArrayProgram
from autograd_tiny.tape.grouping import Plan


def chain(length):
    def f(x):
        for _ in range(length):
            x = at.sin(at.exp(x))
        return x

    return record(f, 0.1)


@pytest.mark.parametrize(("length", "runs"), [(LEAST_GROUPS // 2 - 1, 0), (LEAST_GROUPS // 2, 1), (1000, 1)])
def test_many_small_groups_become_one_loop(length, runs):
    plan = Plan(chain(length).program)
    assert sum(is_run for is_run, _ in in_runs(plan.groups()[1])) == runs
    steps = ArrayProgram(plan, in_loops=True).per_sample
    assert [type(step).__name__ for step in steps].count("DeepRun") == runs
    assert len(ArrayProgram(plan).per_sample) == 2 * length


@pytest.mark.parametrize("seed", range(3))
def test_few_groups_of_a_large_program_are_compiled_by_themselves(seed):
    """However many instructions they have: to compile hundreds of them takes minutes."""
    plan = Plan(smooth(seed, 5000)[0].program)
    assert sum(group.length > MOST_INSTRUCTIONS for group in plan.groups()[1]) > MOST_ALONE
    for groups in plan.groups():
        assert sum(len(members) for is_run, members in in_runs(groups) if not is_run) <= MOST_ALONE


def test_layers_stay_products_of_matrices_however_many_they_are():
    model = nn.MLP(2, [16] * 30 + [1], "tanh", rng=random.Random(1))
    parts = in_runs(Plan(record(model, [0.1, 0.2]).program).groups()[1])
    assert [is_run for is_run, _ in parts] == [False] and len(parts[0][1]) == 61


def test_the_tables_of_a_loop():
    tables = ArrayProgram(Plan(chain(20).program), in_loops=True).per_sample[0].tables
    assert [(row.name, size) for row, size in tables.table] == [("exp", 1), ("sin", 1)]
    assert tables.which.tolist() == [0, 1] * 20 and tables.operands[:, 0].tolist() == [*range(40)]
    assert tables.carries.all() and not tables.selects.any() and tables.needed(1) == [True]


@pytest.mark.parametrize("products", [0, 1, 2, 3, 4, 5])
def test_long_dots_are_divided(products):
    operands = [*range(2 * products), 99]
    found = split_dot([0] * products + [1] * products + [0], operands, 7)
    assert len(found) == max(1, (products + 1) // 2)
    assert [each.result for each in found] == [-1] * (len(found) - 1) + [7]
    grouped = [DOT.grouped(each.operands) for each in found]
    assert [x for xs, _, _ in grouped for x in xs] == operands[:products]
    assert [y for _, ys, _ in grouped for y in ys] == operands[products:-1]
    assert [bias for _, _, (bias,) in grouped] == [99] + [-1] * (len(found) - 1)
