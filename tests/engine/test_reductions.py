"""take: the value at an index, eager, with dual numbers, and differentiated again."""
import math
import pickle
from itertools import product

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Dual, Value, gradients, no_grad
from autograd_tiny.calculus.floats import FLOATS
from autograd_tiny.calculus.operations import TAKE

NO_INDICES = [2.5, -0.5, math.nan, math.inf, -math.inf, 1e-300]
OUT_OF_RANGE = [3, -4, 3.0, 1e300, -1e18, 2**64]
KINDS = {"number": lambda k: k, "Value": Value, "dual": lambda k: Dual(float(k), 1.0), "array": np.array}


def three():
    return [Value(x, f"v{k}") for k, x in enumerate((5.0, -7.0, 11.0))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [0, 1, 2, -1, -2, -3, 2.0, -0.0, True, np.int8(1), np.float32(2.0)])
def test_it_takes_the_element_at_the_index(kind, index):
    values = three()
    found = at.take(values, KINDS[kind](index))
    assert at.take([5, -7, 11], KINDS[kind](index)) == found.data == [5.0, -7.0, 11.0][int(index)]
    assert gradients(found.primal if type(found) is Dual else found, values) == tuple(
        float(k == int(index) % 3) for k in range(3)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", NO_INDICES)
def test_a_number_that_is_not_an_integer_is_refused(kind, index):
    for values in three(), [1.0, 2.0, 3.0], np.arange(3.0), [[1.0], [2.0], [3.0]]:
        with pytest.raises(IndexError, match=r"an index is an integer, such as 2 or 2\.0, got "):
            at.take(values, KINDS[kind](index))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", OUT_OF_RANGE)
def test_an_index_out_of_range_is_refused(kind, index):
    for values in three(), [1.0, 2.0, 3.0], [[1.0], [2.0], [3.0]]:
        with pytest.raises(IndexError, match="out of range: the indices of 3 values are -3 to 2"):
            at.take(values, KINDS[kind](float(index)))
    with pytest.raises(IndexError, match="there are no values"):
        at.take([], KINDS[kind](0.0))


def test_a_plain_index_gives_the_element_itself_and_a_value_makes_a_node():
    values = three()
    assert at.take(values, 1) is values[1]
    node = at.take(values, Value(1.0))
    assert node.op == "take" and node.operands[:-1] == tuple(values) and node.local_grads == (0.0, 1.0, 0.0, 0.0)
    assert type(at.take([1, 2], 1)) is float and math.copysign(1.0, at.take([-0.0], 0)) == -1.0


@pytest.mark.parametrize("adjoint", [1.0, -2.5, math.inf, math.nan])
def test_the_gradient_goes_to_the_element_alone_whatever_arrives(adjoint):
    values, index = three(), Value(1.0)
    found = gradients(at.take(values, index), [*values, index], seed=adjoint)
    assert [found[0], found[2], found[3]] == [0.0] * 3
    assert repr(found[1]) == repr(adjoint)


def test_an_element_that_is_there_several_times_gets_the_sum():
    x = Value(2.0)
    y = at.take([x, x, x * x], Value(2.0)) + at.take([x, 1.0, x], Value(0.0)) * at.take([x, x], Value(-1.0))
    assert (y.data, gradients(y, x)) == (8.0, 8.0)


def test_rows_give_rows_and_several_indices_several_of_them():
    rows = [three(), three(), three()]
    assert at.take(rows, 2) == rows[2]
    assert [x.data for x in at.take(rows, Value(-1.0))] == [5.0, -7.0, 11.0]
    names = [[id(x) for x in row] for row in at.take(rows, [0, 0, 2])]
    assert names == [[id(x) for x in rows[k]] for k in (0, 0, 2)]
    assert at.take([1.0, 2.0], [[0, 1], [1]]) == [[1.0, 2.0], [2.0]]
    assert at.take([], []) == []


@pytest.mark.parametrize("shape", [(4,), (4, 3), (4, 3, 2)])
@pytest.mark.parametrize("index", [1, -2, np.int64(3), [0, 3, 3], np.array([[0, 1], [-1, 2]])])
def test_arrays_are_taken_from_as_by_numpy(shape, index):
    table = np.random.default_rng(0).normal(size=shape)
    found, expected = at.take(table, index), np.take(table, index, axis=0)
    assert np.array_equal(found, expected) and np.shape(found) == np.shape(expected)
    of_values = np.vectorize(Value, otypes=[object])(table)
    found = at.take(of_values, index)
    assert np.shape(found) == np.shape(expected)
    assert [x.data for x in np.ravel(np.array(found, object))] == expected.ravel().tolist()


def test_other_arguments_are_refused():
    wrong = ("abc", 1), (Value(1.0), 0), (3, 0), ([1.0], "0"), ([1.0], None), (["a"], 0), (["a"], Value(0))
    for values, index in wrong:
        with pytest.raises(TypeError, match="expected"):
            at.take(values, index)
    with pytest.raises(ValueError, match="rows of one length are expected, got 1 and 2"):
        at.take([[1.0], [1.0, 2.0]], 0)


def test_the_row_says_the_same():
    for n, index in product((1, 2, 5), (0.0, -1.0)):
        xs = [0.5 * k for k in range(n)]
        node = at.take([Value(x) for x in xs], Value(index))
        assert node.data == TAKE.evaluate(FLOATS, [*xs, index])
        assert [*node.local_grads] == TAKE.differentiate(FLOATS, [*xs, index], node.data)


@pytest.mark.parametrize("index", [0, -1])
def test_derivatives_of_all_orders_and_modes_agree(index):
    def f(x, k):
        return at.take([x**2, at.sin(x), x**3], k) ** 2

    k = float(index)
    x = at.Value(1.3)
    y = f(x, at.Value(k))
    first = gradients(y, x, create_graph=True)
    second = gradients(first, x, create_graph=True)
    exact = (4 * 1.3**3, 12 * 1.3**2) if index == 0 else (6 * 1.3**5, 30 * 1.3**4)
    assert math.isclose(first.data, exact[0]) and math.isclose(second.data, exact[1])
    assert math.isclose(at.derivative(f)(1.3, k), exact[0])
    assert math.isclose(at.derivative(at.derivative(f))(1.3, k), exact[1])
    assert at.jvp(f, (1.3, k), (0.0, 1.0))[1] == 0.0
    assert math.isclose(at.grad(at.derivative(f))(1.3, k), exact[1])
    assert at.check_gradients(f, 1.3, k, progress=False)


def test_no_grad_copies_and_old_numbers():
    values, index = three(), Value(2.0)
    with no_grad():
        assert at.take(values, index).operands == ()
    node = at.take(values, index)
    assert pickle.loads(pickle.dumps(node)).local_grads == node.local_grads
    index.data = 1.0
    with pytest.raises(RuntimeError, match="out of date"):
        gradients(node, values, create_graph=True)
