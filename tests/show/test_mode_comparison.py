"""compare_modes: forward against reverse mode."""
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, compare_modes


def f(a, b, c):
    x = a + b
    y = b + c
    return x * y


def test_three_passes_against_one():
    found = compare_modes(f, -1.0, 3.0, 4.0)
    assert (found.forward.passes, found.reverse.passes, found.values) == (3, 1, 6)
    assert found.forward.reached == (3, 4, 3) and found.reverse.reached == (6,)
    assert found.forward.multiplications == (2, 4, 2) and found.reverse.multiplications == (6,)
    assert (found.forward.computations, found.reverse.computations) == (3 * 3, 3)
    assert found.better == "reverse" and found.forward.seconds > 0.0
    assert [x.label for x in (*found.inputs, *found.outputs)] == ["a", "b", "c", "f"]


def test_one_input_and_many_outputs():
    found = compare_modes(lambda t: [at.sin(s * k) for s in [t * t] for k in range(4)], 0.5)
    assert (found.forward.passes, found.reverse.passes) == (1, 4)
    assert sum(found.forward.multiplications) == 2 + 4 * 2 and sum(found.reverse.multiplications) == 4 * 4
    assert (found.forward.operations, found.reverse.operations) == (9 + 10, 9 + 16)
    assert found.better == "forward"


def test_values_that_do_not_depend_on_the_input_are_not_counted():
    w = Value(3.0)
    found = compare_modes(lambda x: x * at.exp(w), np.array([1.0, 2.0]))
    assert found.values == 4 and found.reverse.reached == (2, 2) and w.grad == 0.0
    constant = compare_modes(lambda x: 3.0, 1.0)
    assert (len(constant.outputs), constant.reverse.passes, constant.reverse.operations) == (1, 1, 0)
    assert "f" in constant.draw().svg


def test_it_prints_as_a_table():
    found = compare_modes(f, -1.0, 3.0, 4.0)
    lines = str(found).splitlines()
    assert lines[0] == "f: 3 inputs, 1 output, 6 values in all"
    assert [line.split()[-2:] for line in lines if line.startswith("passes")] == [["3", "1"]]
    assert lines[-1].startswith("reverse mode has less to do")
    page = found._repr_html_()
    assert page.count("<tr>") == 8 and "∂(one output)" in page


def test_an_argument_that_is_no_number():
    with pytest.raises(TypeError, match=r"argument 1 of f: .*got None"):
        compare_modes(f, 1.0, None, 2.0)
