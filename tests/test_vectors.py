"""Reading and writing many parameters at once."""
import math
from collections import deque

import numpy as np
import pytest

from autograd_tiny import Value, vectors

WRONG = (TypeError, ValueError)
NUMBERS = [0.0, -0.0, 1.5, -2.0, 5e-324, 1.7e308, math.inf, -math.inf, math.nan]
both = pytest.mark.parametrize("sequence", [list, tuple])
both_writers = pytest.mark.parametrize("change", [vectors.write, vectors.add_gradients])


def fresh(n=3):
    values = [Value(float(i), f"v{i}") for i in range(n)]
    for i, v in enumerate(values):
        v.grad = i + 10.0
    return values


def state(values):
    return repr([(v.data, v.grad, v.reached, v.requires_grad) for v in values])


@both
def test_read_and_write(sequence):
    values = sequence(fresh(len(NUMBERS)))
    before = [v.grad for v in values]
    assert vectors.write(values, NUMBERS) is None
    found = vectors.read(values)
    assert found.dtype == np.float64 and found.tobytes() == np.array(NUMBERS).tobytes()
    assert repr([v.data for v in values]) == repr(NUMBERS)
    assert {type(v.data) for v in values} == {float}
    assert [v.grad for v in values] == before


@both
def test_gradients(sequence):
    values = sequence(fresh(len(NUMBERS)))
    before = vectors.read_gradients(values)
    assert before.dtype == np.float64 and before.tolist() == [v.grad for v in values]
    vectors.add_gradients(values, np.array(NUMBERS))
    after = vectors.read_gradients(values)
    np.testing.assert_array_equal(after, before + NUMBERS)
    assert vectors.read(values).tolist() == list(range(len(NUMBERS)))
    assert {type(v.grad) for v in values} == {float}
    vectors.zero_gradients(values)
    assert vectors.read_gradients(values).tolist() == [0.0] * len(NUMBERS)


def test_what_is_read_is_a_copy():
    values = fresh()
    for read in (vectors.read, vectors.read_gradients):
        before = state(values)
        read(values)[:] = 7.0
        assert state(values) == before


@pytest.mark.parametrize("numbers", [
    np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0], np.float32), np.array([1.0, 0, 2.0, 0, 3.0])[::2],
    (1, 2, 3), np.array([1.0, 2.0, 3.0], ">f8"),
], ids=["integers", "float32", "strided", "tuple", "big endian"])
def test_numbers_in_any_form(numbers):
    values = fresh()
    vectors.write(values, numbers)
    vectors.add_gradients(values, numbers)
    assert vectors.read(values).tolist() == [1.0, 2.0, 3.0]
    assert vectors.read_gradients(values).tolist() == [11.0, 13.0, 15.0]


def test_no_values():
    assert vectors.read([]).shape == vectors.read_gradients(()).shape == (0,)
    for change in (vectors.write, vectors.add_gradients):
        change([], [])
        change((), np.empty(0))
    vectors.zero_gradients([])


def test_one_value_in_two_places_gets_both():
    v = Value(1.0)
    vectors.add_gradients([v, v], [1.0, 10.0])
    assert v.grad == 11.0
    vectors.write([v, v], [5.0, 6.0])
    assert v.data == 6.0 and vectors.read([v, v]).tolist() == [6.0, 6.0]


def test_many():
    values = [Value(0.0) for _ in range(50_000)]
    numbers = np.random.default_rng(0).normal(size=len(values))
    vectors.write(values, numbers)
    for _ in range(2):
        vectors.add_gradients(values, numbers)
    assert vectors.read(values).tolist() == numbers.tolist()
    assert vectors.read_gradients(values).tolist() == (2 * numbers).tolist()


BAD_VALUES = {
    "a number among them": [Value(1.0), 2.0],
    "None among them": [Value(1.0), None],
    "a string among them": [Value(1.0), "v"],
    "a string": "ab",
    "a Value": Value(1.0),
    "None": None,
    "a generator": (v for v in ()),
    "a dict": {Value(1.0): 1, Value(2.0): 2},
    "a deque": deque([Value(1.0), Value(2.0)]),
}


@pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
def test_bad_values(bad):
    reads = [vectors.read, vectors.read_gradients, vectors.zero_gradients]
    calls = [*reads, lambda x: vectors.write(x, [1.0, 2.0]), lambda x: vectors.add_gradients(x, [1.0, 2.0])]
    for call in calls:
        with pytest.raises(WRONG) as caught:
            call(bad)
        assert str(caught.value)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_bad_values_in_any_place_change_nothing(position):
    good = fresh(2)
    values = [*good[:position], object(), *good[position:]]
    before = state(good)
    for call in (
        lambda: vectors.write(values, [7.0, 8.0, 9.0]),
        lambda: vectors.add_gradients(values, [7.0, 8.0, 9.0]),
        lambda: vectors.zero_gradients(values),
    ):
        with pytest.raises(TypeError):
            call()
        assert state(good) == before


BAD_NUMBERS = {
    "too few": [1.0, 2.0],
    "too many": [1.0, 2.0, 3.0, 4.0],
    "none at all": [],
    "a row": [[1.0, 2.0, 3.0]],
    "a column": [[1.0], [2.0], [3.0]],
    "ragged": [1.0, [2.0], 3.0],
    "strings": ["1", "2", "3"],
    "a string": "123",
    "a number": 1.0,
    "None": None,
    "None inside": [1.0, 2.0, None],
    "complex": [1.0, 2.0, 3j],
    "Values": [Value(1.0), Value(2.0), Value(3.0)],
    "too large for a float": [1.0, 2.0, 10**400],
    "dates": np.zeros(3, "datetime64[s]"),
}


@both_writers
@pytest.mark.parametrize("numbers", BAD_NUMBERS.values(), ids=BAD_NUMBERS)
def test_bad_numbers_change_nothing(change, numbers):
    values = fresh()
    before = state(values)
    with pytest.raises(WRONG) as caught:
        change(values, numbers)
    assert str(caught.value)
    assert state(values) == before


@both
def test_gradients_in_the_place_of_others(sequence):
    values = sequence(fresh(len(NUMBERS)))
    values[1].requires_grad = False
    vectors.set_gradients(values, NUMBERS)
    expected = [*NUMBERS[:1], 11.0, *NUMBERS[2:]]
    assert repr([v.grad for v in values]) == repr(expected)
    assert [v.reached for v in values] == [True, False, *[True] * (len(NUMBERS) - 2)]


@pytest.mark.parametrize("read", [vectors.read, vectors.read_gradients])
def test_reading_into_an_array(read):
    values, out = fresh(), np.zeros(3)
    assert read(values, out) is out and out.tolist() == read(values).tolist()
    read_only = np.zeros(3)
    read_only.flags.writeable = False
    for bad in (np.zeros(4), np.zeros((3, 1)), np.zeros(3, int), [0.0] * 3, np.zeros(6)[::2], read_only):
        with pytest.raises(ValueError, match="out"):
            read(values, bad)


def test_which_values_are_trainable():
    values = [Value(float(i)) for i in range(5)]
    assert vectors.read_trainable(values) is None
    assert vectors.read_trainable([]) is None
    values[3].requires_grad = False
    assert vectors.read_trainable(values).tolist() == [True, True, True, False, True]
    with pytest.raises(TypeError, match=r"float 1\.0 among them"):
        vectors.read_trainable([values[0], 1.0])


# ---- the loops, which are compiled, look at what they are given before they touch memory

LOOPS = {
    "copy_numbers": vectors.copy_numbers, "copy_gradients": vectors.copy_gradients, "set_numbers": vectors.set_numbers,
    "accumulate": vectors.accumulate, "replace_gradients": vectors.replace_gradients,
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_loops_refuse_anything_but_values_with_as_many_numbers(loop):
    values, numbers = tuple(fresh()), np.arange(3.0)
    before = state(values)
    for wrong in (np.zeros(2), np.zeros(4), np.zeros(0), None):
        with pytest.raises(WRONG):
            loop(values, wrong)
    for wrong in ((1.5,) * 3, (*values[:2], "a"), (*values[:2], None)):
        with pytest.raises(TypeError, match="among them"):
            loop(wrong, numbers)
    assert state(values) == before and numbers.tolist() == [0.0, 1.0, 2.0] and 1.5 + 1.5 == 3.0


@pytest.mark.parametrize("loop", [vectors.clear_gradients, vectors.all_trainable])
def test_loops_over_values_alone_refuse_anything_else(loop):
    values = tuple(fresh())
    before = state(values)
    with pytest.raises(TypeError, match="among them"):
        loop((*values, 1.5))
    assert state(values) == before
