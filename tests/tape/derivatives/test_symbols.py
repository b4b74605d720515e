"""Symbols: which instructions an operation writes, and what is known without one."""
import math

import pytest

from autograd_tiny.calculus.operations import ADD, DIV, MUL, NEG, OPERATIONS, POW, SUB
from autograd_tiny.tape.derivatives.symbols import SYMBOLS, Symbol, chosen, result, symbol, times, total
from autograd_tiny.tape.lowering import Draft


@pytest.fixture
def draft():
    return Draft(3, 0)


@pytest.fixture
def xs(draft):
    return [symbol(draft, slot) for slot in range(3)]


def written(x):
    """The operation that computes a symbol, and its operands."""
    return x.draft.operations[x.slot], *[symbol(x.draft, each) for each in x.draft.operands[x.slot]]


def slots(*numbers):
    return [x.slot if type(x) is Symbol else x for x in numbers]


def test_operators_write_instructions(xs):
    x, y, _ = xs
    for found, operation in ((x + y, ADD), (x - y, SUB), (x * y, MUL), (x / y, DIV)):
        assert slots(*written(found)[1:]) == [0, 1] and written(found)[0] is operation
    assert written(-x)[0] is NEG
    assert written(2.0 - x)[:2] == (SUB, 2.0) and written(1 / x)[:2] == (DIV, 1.0)


def test_the_same_operation_is_written_once(xs):
    x, y, _ = xs
    assert (x * y).slot == (y * x).slot and (x + y).slot == (y + x).slot
    assert (x - y).slot != (y - x).slot


def test_operations_on_numbers_are_done_at_once():
    assert result(POW, 2.0, 3.0) == 8.0 and times(2.0, 3.0) == 6.0 and total([1.0, 2.0]) == 3.0
    assert result(DIV, 1.0, 0.0) == math.inf


def test_neutral_operands_write_nothing(xs):
    x, *_ = xs
    assert x + 0.0 is x and 0 + x is x and x - 0.0 is x and (x * 1).slot == 0 and x / 1 is x
    assert written(0.0 - x)[0] is NEG and written(x * -1)[0] is NEG
    negative = -x
    assert (-negative).slot == 0


def test_a_product_with_0_stays_one(xs):
    """0 · inf is nan where a product is meant."""
    operation, *operands = written(xs[0] * 0.0)
    assert operation is MUL and 0.0 in operands


def test_signs_go_outside_of_products(xs):
    x, y, _ = xs
    operation, inside = written(-x * y)
    assert operation is NEG and inside.slot == (x * y).slot
    assert (-x * -y).slot == (x * y).slot


def test_equal_addends_are_counted(xs):
    x, y, _ = xs
    assert slots(*written(total([x, x]))[1:]) == slots(*written(2.0 * x)[1:])
    assert 3.0 in written(total([x, x, x]))
    assert total([x, -x, x]).slot == 0
    assert total([]) == 0.0 and total([x]) is x
    assert total([x, y, 0.0]).slot == (x + y).slot


@pytest.mark.parametrize(("inner", "outer", "both"), [
    (100.0, 2.0, 200.0), (0.5, 3.0, 1.5), (2.0, 0.5, 1.0), (-2.0, 3.0, -6.0), (0.1, 0.3, None), (1e300, 1024.0, None),
    (math.inf, 2.0, None), (1e-300, 0.5, None),
])
def test_constant_factors(xs, inner, outer, both):
    found = (xs[0] * inner) * outer
    if both == 1.0:
        assert found.slot == 0
    else:
        numbers = [each for each in written(found)[1:] if type(each) is float]
        assert numbers == [outer if both is None else both]


def test_conditions_that_are_numbers_decide(xs):
    x, y, condition = xs
    assert chosen(1.0, lambda: x, lambda: y) is x and chosen(0.0, lambda: x, lambda: y) is y
    assert chosen(condition, lambda: x, lambda: x) is x
    assert slots(*written(chosen(condition, lambda: x, lambda: y))[1:]) == [2, 0, 1]


def test_every_formula_of_a_derivative_can_be_evaluated(draft):
    for row in OPERATIONS[1:]:
        count = 5 if row.is_nary else len(row.operands)
        operands = [symbol(draft, draft.append(ADD, (k % 3, (k + 1) % 3))) for k in range(count)]
        f = result(row, *operands)
        found = row.differentiate(SYMBOLS, operands, f)
        assert len(found) == count
        assert all(type(each) in (Symbol, float, int) for each in found), row
