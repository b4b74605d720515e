"""Properties of random graphs: the gradients, who gets them, and what a copy of a graph keeps.

A program is a list of operations on earlier results. The engine runs it; beside it the same program is
differentiated by means that share nothing with the engine: finite differences of mpmath functions at 80
digits, carried forward from the leaves instead of backward from the output.
"""
from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st
from references.agreement import compare
from references.operations import MP, REFERENCES

from autograd_tiny import Value, gradients, topological_order
from references.programs.random_graphs import Program, SMOOTH, TINY, examples, forward, magnitudes, programs, run


# ---- programs


# ---- two differentiations: forward by finite differences, and backward with absolute values


def gradients_of(values: Sequence[Value]) -> list[float]:
    return [v.grad for v in values]


def reached_from(output: Value) -> set[int]:
    """The ids of the Values to which a gradient of the output flows: not through a derivative that is 0 everywhere."""
    found, waiting = {id(output)}, [output]
    while waiting:
        node = waiting.pop()
        flat = node.operation.flat_operands(node.operands)
        for operand, is_flat in zip(node.operands, flat, strict=True):
            if type(operand) is Value and not is_flat and id(operand) not in found:
                found.add(id(operand))
                waiting.append(operand)
    return found


# ---- the gradients are right

@examples
@given(programs())
def test_gradients_against_forward_differences(program: Program) -> None:
    values = run(program)
    values[-1].backward()
    data = [v.data for v in values]
    tolerances = magnitudes(program, values)
    for place in [*range(len(program.leaves)), len(values) // 2]:
        found, exact = values[place].grad, forward(program, data, place)
        assert abs(found - exact) <= 1e-12 * tolerances[place], (place, found, exact)


@examples
@given(programs(SMOOTH, most=10))
def test_gradients_against_differences_of_the_whole_program(program: Program) -> None:
    """End to end, the forward pass included; the programs are short, so that few rounding errors grow."""
    def evaluate(*leaves: Any) -> Any:
        known = list(leaves)
        for name, operands in program.steps:
            numbers = [known[x] if type(x) is int else MP.mpf(x) for x in operands]
            known.append(REFERENCES[name].value(*numbers))
        return known[-1]

    values = run(program)
    leaves = [MP.mpf(x) for x in program.leaves]
    tolerances = magnitudes(program, values)
    for i, found in enumerate(gradients(values[-1], values[: len(leaves)])):
        def along(x: Any, i: int = i) -> Any:
            return evaluate(*leaves[:i], x, *leaves[i + 1 :])

        exact = (along(leaves[i] + TINY) - along(leaves[i] - TINY)) / (2 * TINY)
        assert abs(found - exact) <= 1e-12 * max(1.0, tolerances[i]), (i, found, exact)


def test_the_engines_forward_mode_and_the_tape_agree_on_2000_programs() -> None:
    """Half of them on any numbers, infinities and nan included."""
    counts, faults = compare(range(2000))
    assert not faults, "\n".join(faults)
    assert counts["programs"] == 2000 and counts["with a number that is not finite"] > 100


# ---- who gets them

@examples
@given(programs())
def test_backward_twice_doubles_the_leaves_only(program: Program) -> None:
    values, n = run(program), len(program.leaves)
    values[-1].backward()
    once = gradients_of(values)
    values[-1].backward()
    assert gradients_of(values) == [2 * x for x in once[:n]] + once[n:]


@examples
@given(programs())
def test_gradients_are_those_of_backward_and_leave_no_trace(program: Program) -> None:
    values = run(program)
    found = gradients(values[-1], values)
    assert not any(v.grad or v.reached for v in values)
    values[-1].backward()
    assert {id(v) for v in values if v.reached} == reached_from(values[-1])
    assert list(found) == gradients_of(values)


@examples
@given(programs(most=30))
def test_gradients_as_values(program: Program) -> None:
    values = run(program)
    inputs = values[: len(program.leaves)]
    tolerances = magnitudes(program, values)
    plain = gradients(values[-1], inputs)
    for got, expected, tolerance in zip(
        gradients(values[-1], inputs, create_graph=True), plain, tolerances, strict=False
    ):
        assert abs(got.data - expected) <= 1e-12 * tolerance
    assert not any(v.grad or v.reached for v in values)


@examples
@given(programs(), st.data())
def test_two_outputs_over_a_shared_graph(program: Program, data: st.DataObject) -> None:
    """A second backward pass adds at the leaves, overwrites where it comes by, and leaves the rest alone."""
    values, n = run(program), len(program.leaves)
    second = data.draw(st.integers(n, len(values) - 1), label="second output")
    cone = reached_from(values[second])
    of_first = gradients(values[-1], values)
    of_second = gradients(values[second], values)
    values[-1].backward()
    values[second].backward()
    for place, value in enumerate(values):
        if place < n:
            assert value.grad == of_first[place] + of_second[place]
        else:
            assert value.grad == (of_second if id(value) in cone else of_first)[place]


@examples
@given(programs(), st.data())
def test_frozen_leaves(program: Program, data: st.DataObject) -> None:
    """They get nothing, and the others get what they got before."""
    n = len(program.leaves)
    frozen = data.draw(st.sets(st.integers(0, n - 1)), label="frozen")
    free, values = run(program), run(program, tuple(frozen))
    assume(values[-1].requires_grad)
    free[-1].backward()
    values[-1].backward()
    for place, (value, reference) in enumerate(zip(values, free, strict=True)):
        assert value.data == reference.data
        assert value.reached == (value.requires_grad and id(value) in reached_from(values[-1]))
        assert value.grad == (reference.grad if value.requires_grad else 0.0)
        assert place >= n or value.requires_grad == (place not in frozen)


# ---- copies

def assert_same_graph(copied: Sequence[Value], originals: Sequence[Value]) -> None:
    """Node for node: the numbers, the notes, and which node is an operand of which."""
    ours, theirs = topological_order(*originals), topological_order(*copied)
    place = {id(v): i for i, v in enumerate(ours)}
    copied_place = {id(v): i for i, v in enumerate(theirs)}
    assert not place.keys() & copied_place.keys()
    for v, w in zip(ours, theirs, strict=True):
        assert (v.data, v.grad, v.local_grads) == (w.data, w.grad, w.local_grads)
        assert (v.label, v.operation, v.scope) == (w.label, w.operation, w.scope)
        assert (v.reached, v.requires_grad) == (w.reached, w.requires_grad)
        assert [place.get(id(x), x) for x in v.operands] == [copied_place.get(id(x), x) for x in w.operands]
    assert [place[id(v)] for v in originals] == [copied_place[id(w)] for w in copied]


PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
COPIES: dict[str, Callable[[Any], Any]] = {"deepcopy": copy.deepcopy} | {
    f"pickle {p}": lambda x, p=p: pickle.loads(pickle.dumps(x, p)) for p in PROTOCOLS
}


@pytest.mark.parametrize("how", COPIES)
@settings(examples, max_examples=50)
@given(programs(), st.data())
def test_copies(how: str, program: Program, data: st.DataObject) -> None:
    """Several outputs, copied together, keep what they share, and live on independently."""
    frozen = data.draw(st.sets(st.integers(0, len(program.leaves) - 1)), label="frozen")
    values = run(program, tuple(frozen))
    assume(values[-1].requires_grad)
    values[-1].backward()
    middle = values[len(values) // 2]
    middle.label, middle.note = "middle", [1, 2]
    roots = data.draw(st.permutations([values[-1], middle, values[0], middle]), label="roots")

    copied = COPIES[how](roots)
    assert_same_graph(copied, roots)
    copied_middle = copied[roots.index(middle)]
    assert copied_middle.note == [1, 2]
    assert copied_middle.note is not middle.note

    before = gradients_of(values)
    copied[roots.index(values[-1])].backward()
    assert gradients_of(values) == before
    values[-1].backward()
    assert_same_graph(copied, roots)


@given(st.floats())
@examples
def test_a_copied_leaf_keeps_its_bits(x: float) -> None:
    for how in COPIES.values():
        assert math.isnan(how(Value(x)).data) if math.isnan(x) else repr(how(Value(x)).data) == repr(x)
