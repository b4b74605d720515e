"""Copies and pickles of graphs."""
import copy
import pickle
import threading
from itertools import pairwise
import pytest
import autograd_tiny as at
from autograd_tiny import Value, topological_order
from references.chains import chain


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_deep_copies(duplicate):
    x, y = Value(0.5, "x"), Value(0.999)
    root = chain(100_000, x, y)
    root.backward()
    twin = duplicate(root)
    order, copied = topological_order(root), topological_order(twin)
    assert [v.data for v in order] == [v.data for v in copied]
    assert [v.grad for v in order] == [v.grad for v in copied]
    assert copied[0] is not order[0]
    twin.backward()
    leaf = next(v for v in copied if v.label == "x")
    assert leaf.grad == 2 * x.grad


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_everything_and_what_they_share(duplicate):
    a, frozen = Value(2.0, "a"), Value(3.0, requires_grad=False)
    a.momentum = {"velocity": [1.0]}
    with at.scope("layer1"):
        shared = at.dot([a, 4.0], [frozen, a], a)
    f, g = shared * 2, at.where(shared > 0, shared, 1.0)
    g.myself = g
    f.backward()
    f2, g2, a2 = duplicate([f, g, a])
    assert f2.operands[0] is g2.operands[1] and f2.operands[1] == 2
    shared2 = f2.operands[0]
    assert shared2.operands[0] is a2 and shared2.operands[1] == 4.0
    assert shared2.local_grads == shared.local_grads and shared2.op == "dot" and shared2.scope == "layer1"
    assert a2.label == "a" and a2.momentum == {"velocity": [1.0]} and a2.momentum is not a.momentum
    assert g2.myself is g2
    assert not shared2.operands[2].requires_grad
    assert (a2.grad, a2.reached, g2.reached) == (a.grad, True, False)
    del g.myself, g2.myself


def test_copies_in_several_threads():
    f = chain(2000, Value(0.5), Value(0.9))
    sizes = []

    def work():
        sizes.extend([len(topological_order(copy.deepcopy(f))) for _ in range(10)])

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [len(topological_order(f))] * 30


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_of_many_values_at_once(duplicate):
    leaves = [Value(float(i)) for i in range(20_000)]
    assert [x.data for x in duplicate(leaves)] == [x.data for x in leaves]
    chained = [Value(1.0)]
    for _ in range(10_000):
        chained.append(chained[-1] * 0.5 + chained[0])
    copied = duplicate(chained)
    assert all(x.operands[1] is copied[0] for x in copied[1:])
    assert all(after.operands[0].operands[0] is x for x, after in pairwise(copied))


def test_shallow_copy_is_another_node_over_the_same_operands():
    a = Value(2.0, "a")
    f = a * a
    twin = copy.copy(f)
    assert twin is not f and twin.parents == (a, a) and twin.data == 4.0
