"""Graphs as lists of numbers: the order of the nodes, the places of operands, and which graphs are alike."""
import itertools
import random

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.calculus.operations import ADD, LEAF, MUL, SUM
from autograd_tiny.engine.numbering import numbered


def test_each_operand_is_a_place_or_a_plain_number():
    x, y = Value(2.0), Value(3.0)
    output = at.sum([x * y, 7.0, x, 5]) + 4.0
    graph = numbered([output])
    assert graph.operations == [LEAF, LEAF, MUL, SUM, ADD]
    assert graph.sizes == [0, 0, 2, 4, 2] and graph.operands == [0, 1, 2, ~0, 0, ~1, 3, ~2]
    assert graph.numbers == [7.0, 5.0, 4.0] and graph.leaves == [0, 1] and graph.roots == [4]
    assert graph.nodes[0] is x and graph.nodes[-1] is output


def random_values(rng, n):
    values = [Value(rng.random()) for _ in range(3)]
    for _ in range(n):
        x, y = rng.choice(values), rng.choice([*values, 0.5])
        values.append(rng.choice((lambda x, y: x * y, lambda x, y: y - x, lambda x, y: at.tanh(x),
                                  lambda x, y: at.max([x, y, x, 1.0]), lambda x, y: x + x))(x, y))
    return values


@pytest.mark.parametrize("seed", range(20))
def test_the_nodes_stand_in_topological_order(seed):
    rng = random.Random(seed)
    values = random_values(rng, 60)
    roots = rng.sample(values, 3)
    roots.append(roots[0])
    graph = numbered(roots)
    assert [*map(id, graph.nodes)] == [*map(id, at.topological_order(*roots))]
    assert [graph.nodes[place] for place in graph.roots] == roots
    places = iter(graph.operands)
    for node, size in zip(graph.nodes, graph.sizes, strict=True):
        found = [graph.nodes[k] if k >= 0 else graph.numbers[~k] for k in itertools.islice(places, size)]
        assert [id(x) if type(x) is Value else x for x in found] == [
            id(x) if type(x) is Value else float(x) for x in node.operands
        ]


def test_backward_passes_and_numbering_take_turns():
    """Both leave marks in the nodes."""
    x = Value(1.5)
    output = x * x + x
    for turn in range(1, 4):
        assert numbered([output]).operands == [0, 0, 1, 0]
        output.backward()
        assert x.grad == turn * 4.0
    assert at.gradients(output, [x]) == (4.0,)


def test_a_chain_of_any_length():
    x = output = Value(1.0)
    for _ in range(100_000):
        output = output * 1.0
    assert len(numbered([output, x]).nodes) == 100_001


def test_graphs_are_alike_if_operations_operands_and_plain_numbers_are():
    def graph(f, at_x=1.0):
        return numbered([f(Value(at_x), Value(2.0))])

    one = graph(lambda x, y: x * y + 3.0)
    assert one.is_like(graph(lambda x, y: x * y + 3.0, 5.0))
    for other in (lambda x, y: x * y - 3.0, lambda x, y: x * x + 3.0, lambda x, y: x * y + 4.0, lambda x, y: x * y):
        assert not one.is_like(graph(other))
    assert not graph(lambda x, y: x * 0.0).is_like(graph(lambda x, y: x * -0.0))
    nan = float("nan")
    assert graph(lambda x, y: x * nan).is_like(graph(lambda x, y: x * nan))
