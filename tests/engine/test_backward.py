"""backward(): what arrives where, for any graph, thread and seed."""
import copy
import gc
import itertools
import math
import sys
import threading
import pytest
import autograd_tiny as at
from autograd_tiny import Dual, Value, gradients
from references.chains import chain
from references.operations import same
from references.selections import WITH_INFINITE_DERIVATIVES, flat_uses, nested


def test_leaves_add_up_and_results_in_between_start_afresh():
    a, b = Value(2.0), Value(3.0)
    x = a * b
    f = x * x + a
    f.backward()
    once = a.grad, b.grad, x.grad, f.grad
    f.backward()
    assert (a.grad, b.grad) == (2 * once[0], 2 * once[1])
    assert (x.grad, f.grad) == once[2:]


def test_twice_is_exactly_twice_however_the_sum_rounds():
    leaf = Value(0.1)
    f = at.sum([leaf * (k / 7) for k in range(1, 50)]) * leaf
    f.backward()
    once = leaf.grad
    f.backward()
    assert leaf.grad == 2 * once


def test_gradients_add_at_branches():
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0
    a.grad = 0.0
    (a * a).backward()
    assert a.grad == 6.0


def test_two_outputs_over_one_subgraph():
    a = Value(2.0)
    shared = a * a
    f, g = shared * 3, shared + a
    f.backward()
    assert (a.grad, shared.grad) == (12.0, 3.0)
    g.backward()
    assert (a.grad, shared.grad) == (12.0 + 5.0, 1.0)


def test_local_derivatives_are_those_of_the_forward_pass():
    a, b = Value(2.0), Value(3.0)
    f = a * b
    a.data, b.data = 100.0, 200.0
    assert f.local_grads == (3.0, 2.0)
    f.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)


def test_seed():
    a = Value(3.0)
    f = a * a
    f.backward(10.0)
    assert (f.grad, a.grad) == (10.0, 60.0)


def test_backward_from_a_leaf():
    a = Value(3.0)
    a.backward()
    a.backward(0.5)
    assert a.grad == 1.5 and a.reached


def test_reached_says_whether_grad_means_something():
    a, b = Value(1.0), Value(2.0)
    f = a * b
    g = f + 1
    f.backward()
    assert a.reached and f.reached and not g.reached and g.grad == 0.0


def test_gradient_of_zero_times_infinity_is_nan_as_in_pytorch():
    a = Value(0.0)
    at.where(1.0, a, a.sqrt()).backward()
    assert math.isnan(a.grad)


def test_threads_do_not_disturb_each_other():
    w = Value(0.9)                          # one leaf that all the graphs share
    found = []

    def work(scale):
        for _ in range(20):
            x = Value(scale)
            found.append((gradients(chain(200, x, w), x), scale))

    threads = [threading.Thread(target=work, args=(scale,)) for scale in (1.0, 2.0, 3.0)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    expected = {scale: gradients(chain(200, (x := Value(scale)), w), x) for scale in (1.0, 2.0, 3.0)}
    assert len(found) == 60
    assert all(gradient == expected[scale] for gradient, scale in found)


def test_a_finalizer_that_differentiates_does_not_disturb():
    """The collector may run it at any time, also in the midst of another walk through the same graph."""
    x = Value(0.5)
    f = at.sum([chain(50, x, Value(0.9)) for _ in range(50)])
    right = gradients(f, x)

    class Differentiates:
        def __init__(self):
            self.cycle = self

        def __del__(self):
            gradients(f, x)

    before = gc.get_threshold()
    gc.set_threshold(5)
    try:
        for _ in range(200):
            Differentiates()
            assert gradients(f, x) == right
    finally:
        gc.set_threshold(*before)
    assert gc.isenabled()


def test_a_frozen_leaf_gets_no_gradient():
    w, frozen = Value(2.0), Value(3.0, requires_grad=False)
    f = w * frozen + frozen
    f.backward()
    assert (w.grad, frozen.grad) == (3.0, 0.0)
    assert not frozen.reached
    with pytest.raises(ValueError, match="requires_grad=False"):
        gradients(f, frozen)


def test_freezing_after_the_forward_pass():
    w = Value(2.0)
    f = w * w
    w.requires_grad = False
    f.backward()
    assert w.grad == 0.0


def test_what_was_frozen_in_the_forward_pass_gets_no_gradient_later():
    a, b = Value(3.0, requires_grad=False), Value(2.0)
    f = a * b + (a * 2) * b + at.dot([a, b], [b, 1.0])
    a.requires_grad = True
    f.backward()
    assert (a.grad, b.grad) == (0.0, 13.0)
    assert gradients(f, [a, b]) == (0.0, 13.0)
    assert [x.data for x in gradients(f, [a, b], create_graph=True)] == [0.0, 13.0]
    f = a * b
    f.backward()
    assert a.grad == 2.0


def test_nothing_to_differentiate():
    frozen = Value(3.0, requires_grad=False)
    f = frozen * 2
    assert f.parents[0] is frozen and not f.requires_grad
    with pytest.raises(RuntimeError, match="requires no gradient"):
        f.backward()


# ---- selection: what an operation did not select gets exactly 0, whatever arrives

@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_nothing_flows_to_operands_that_were_not_selected(name):
    """No 0 · inf: in reverse mode, through a graph of derivatives and once more, and in forward mode."""
    for case in nested(name):
        leaves = [Value(x) for x in case.numbers]
        unselected = [leaves[k] for k in case.selection.unselected]
        output = case.build(leaves)
        output.backward()
        first = gradients(output, unselected, create_graph=True)
        assert [x.grad for x in unselected] == [x.data for x in first] == [0.0] * len(first), case.title
        for derivative in first:
            assert not derivative.requires_grad or set(gradients(derivative, unselected)) == {0.0}, case.title
        for k in case.selection.unselected:
            numbers = [Dual(x, float(i == k)) for i, x in enumerate(case.numbers)]
            assert tangent_of(case.build(numbers)) == 0.0, case.title


@pytest.mark.parametrize("name", WITH_INFINITE_DERIVATIVES)
def test_no_gradient_flows_through_a_derivative_that_is_0_everywhere(name):
    """Comparisons, floor and the like send nothing, not a 0 that would meet an infinite derivative further down."""
    for case in flat_uses(name):
        leaves = [Value(x) for x in case.numbers]
        output = case.build(leaves)
        copied, *leaves_of_copy = copy.deepcopy([output, *leaves])
        output.backward()
        copied.backward()
        assert [x.grad for x in [*leaves, *leaves_of_copy]] == [3.0] * (2 * len(leaves)), case.title
        first = gradients(output, leaves, create_graph=True)
        assert [x.data for x in first] == [3.0] * len(first), case.title
        for k in range(len(leaves)):
            numbers = [Dual(x, float(i == k)) for i, x in enumerate(case.numbers)]
            assert tangent_of(case.build(numbers)) == 3.0, case.title


def test_a_leaf_to_which_no_gradient_flows_is_not_reached():
    x, y = Value(2.5), Value(1.0)
    inner = x * 2.0
    output = at.where(at.greater(inner, y), at.floor(x), 0.0)
    assert output.requires_grad and at.floor(inner).requires_grad
    output.backward()
    assert (x.grad, x.reached, inner.reached, y.reached) == (0.0, False, False, False)
    assert at.floor(inner).flows == (False,) and at.greater(x, y).flows == (False, False)
    assert at.where(x, y, 2.0).flows == (False, True, False)
    assert at.where(x.detach(), y.detach(), x).flows == (False, False, True)


def tangent_of(x):
    return x.tangent if type(x) is Dual else 0.0


def test_an_infinite_gradient_is_shared_at_a_tie():
    for extreme in (at.max, at.min):
        a, b, c = Value(0.0), Value(0.0), Value(5.0 if extreme is at.min else -5.0)
        at.sqrt(extreme([a, b, c])).backward()
        assert (a.grad, b.grad, c.grad) == (math.inf, math.inf, 0.0)


@pytest.mark.parametrize("activation", [at.abs, at.elu, at.leaky_relu], ids=["abs", "elu", "leaky_relu"])
def test_abs_elu_and_leaky_relu_multiply(activation):
    x = Value(0.0)
    at.sqrt(activation(x)).backward()
    expected = math.nan if activation is at.abs else math.inf       # 0 · inf, and 1 or 0.01 times inf
    assert same(x.grad, expected)


def test_a_branch_that_was_not_chosen_must_be_finite():
    """The branch gets 0, and multiplies it by its own infinite derivative: where inside of the root instead."""
    x = Value(0.0)
    at.where(at.greater(x, 0.0), at.sqrt(x), 0.0).backward()
    assert math.isnan(x.grad)
    x = Value(0.0)
    is_positive = at.greater(x, 0.0)
    at.where(is_positive, at.sqrt(at.where(is_positive, x, 1.0)), 0.0).backward()
    assert x.grad == 0.0


def test_a_mask_shows_its_local_derivative_and_the_gradient_that_arrived():
    x = Value(-10.0)
    masked = at.relu(x)
    at.sqrt(masked).backward()
    assert (masked.grad, masked.local_grads, x.grad) == (math.inf, (0.0,), 0.0)


def test_when_memory_is_short_all_gradients_are_set_or_none():
    """One allocation fails, each in turn: of a list of branches to come back to, say, or of a float."""
    shortage = pytest.importorskip("_testcapi", reason="a part of CPython's own tests, which not every build has")

    def graph(width):
        leaves = [Value(0.1 * k) for k in range(1, width)]
        products = [a * b + a for a, b in itertools.pairwise(leaves)]
        output = at.sum([at.tanh(x) * y for x in products for y in products[:3]])
        output.backward()
        return output, at.topological_order(output)

    outcomes = set()
    for place in itertools.count():
        output, nodes = graph(6 + place % 3)        # at times larger than the graph before: it needs more room
        before = [(node.grad, node.reached) for node in nodes]
        expected = [(node.grad if node.operands else 2 * node.grad, True) for node in nodes]
        try:
            shortage.set_nomemory(place, place + 1)
            output.backward()
        except MemoryError:
            outcome = "failed"
        else:
            outcome = "went through"
        finally:
            shortage.remove_mem_hooks()
        found = [(node.grad, node.reached) for node in nodes]
        assert found in ([before, expected] if outcome == "failed" else [expected]), place
        assert gc.isenabled()
        outcomes.add(outcome)
        if outcome == "went through":
            break
    assert outcomes == {"failed", "went through"}


def test_a_product_that_overflows_beside_a_zero_is_nan_as_it_is_forward():
    """The derivative is the product before times the product after; docs/reference/numbers.md says so."""
    assert math.isnan(at.prod([1e200, 1e200, Value(0.0)]).data)
    factors = [Value(x) for x in (0.0, 0.0, 1e200, 1e200)]
    _, second, *others = gradients(at.prod(factors), factors)
    assert math.isnan(second) and others == [0.0, 0.0]
    one_zero = [Value(x) for x in (0.0, 1e200, 1e200)]
    assert gradients(at.prod(one_zero), one_zero) == (math.inf, 0.0, 0.0)
