"""A tape in words and numbers: its listing and its cost."""

import pytest
from references.tapes import Wave

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.listing import labelled


def test_the_listing_has_the_signs_of_the_calculus_and_the_names():
    its = Wave()
    listing = its.tape.listing()
    for word in ("tanh", "exp", "x", "y", "w", "b"):
        assert word in listing
    assert len(listing.splitlines()) >= len(its.tape)


def test_instructions_that_run_once_come_first():
    x, w = Value(1.0, "x"), Value(2.0, "1")
    lines = record(at.sin(w * x) + at.exp(w), x).listing().splitlines()
    assert lines == [
        "inputs: x", "parameters: p0", "once in a run:", "    v0 = exp(p0)", "for every sample:",
        "    v1 = p0*x", "    v2 = sin(v1)", "    v3 = v2 + v0", "outputs: v3",
    ]


def test_repeated_names_are_told_apart_in_linear_time():
    xs = [Value(float(i), "x") for i in range(20_000)]
    tape = record(at.sum(xs), xs)
    assert len({*tape.inputs}) == len(xs) and tape.inputs[:3] == ("x", "x_2", "x_3")


@pytest.mark.parametrize(("labels", "names"), [
    (["k", "k", "k_2"], ["k", "k_3", "k_2"]),
    (["k_2", "k", "k"], ["k_2", "k", "k_3"]),
    (["", "", "p1"], ["p0", "p1_2", "p1"]),
    (["", "p0", "p0", "p0_2"], ["p0_4", "p0", "p0_3", "p0_2"]),
    (["_", "_", "a_", "a_"], ["_", "_2", "a_", "a_2"]),
    ([], []),
])
def test_a_label_that_occurs_once_is_kept(labels, names):
    assert labelled(labels, [f"p{k}" for k in range(len(labels))]) == names


def test_inputs_and_lines_keep_the_labels_that_occur_once():
    a, b, w = Value(1.0), Value(2.0, "x0"), Value(3.0, "v0")
    tape = record(at.sin(a * b) * w, [a, b])
    assert tape.inputs == ("x0_2", "x0")
    assert tape.listing().splitlines()[1] == "parameters: v0" and "v0_2 = x0_2 * x0" in tape.listing()


def test_the_cost():
    its = Wave()
    cost = its.tape.cost()
    assert cost.instructions == len(its.tape)
    for part in (cost.forward, cost.reverse):
        assert part.flops > 0 and part.bytes > 0
    table = str(cost)
    assert "forward" in table and "reverse" in table and len(table.splitlines()) >= 2
    x = Value(1.0)
    small, large = (record(at.sin(at.exp(x)) if i else at.exp(x), x).cost() for i in range(2))
    assert small.forward.flops < large.forward.flops and small.reverse.flops < large.reverse.flops


@pytest.mark.parametrize(("make", "flops", "size"), [
    (lambda x, y, z: x + y + z, 2, 4), (lambda x, y, z: x * y + z, 2, 4), (lambda x, y, z: x * y - z, 2, 4),
    (lambda x, y, z: 3.0 * x + 2.0, 2, 4), (lambda x, y, z: at.max([x, y, z]), 3, 4),
    (lambda x, y, z: at.exp(x), 1, 2),
])
def test_the_cost_by_hand(make, flops, size):
    leaves = [Value(1.0), Value(2.0), Value(3.0)]
    assert record(make(*leaves), leaves).cost().forward == (flops, 8 * size)
