"""backward(): what arrives where, for any graph, thread and seed."""
import gc
import math
import sys
import threading
import pytest
import autograd_tiny as at
from autograd_tiny import Value, gradients
from references.chains import chain


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
