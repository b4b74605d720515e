"""micrograd: code of its users, and of the lecture that it is from (A. Karpathy, The spelled-out intro to neural
networks and backpropagation, 2022). Each case is written for this package; the values follow from calculus."""
import pytest

from autograd_tiny import Value, operation


def test_a_gradient_is_set_and_one_step_taken():
    """The lecture: `o.grad = 1.0; o._backward()`."""
    a, b = Value(2.0), Value(-3.0)
    o = a * b
    o.grad = 1.0
    o._backward()
    assert (a.grad, b.grad) == (-3.0, 2.0)


def test_a_backward_of_ones_own_is_an_error_that_names_operation():
    """The lecture: `out._backward = f`; it used to be taken, and the gradient was 0."""
    out = Value(2.0) * 3
    with pytest.raises(AttributeError, match="operation"):
        out._backward = lambda: None


def test_the_way_that_the_errors_name_works():
    """The lecture adds exp and pow to the class; here an operation is a function."""
    @operation(lambda x, f: f)
    def my_exp(x):
        return 2.718281828459045**x

    x = Value(1.0)
    my_exp(x).backward()
    assert x.grad == pytest.approx(2.718281828459045)


def test_gradients_are_zeroed_by_a_loop_over_parameters():
    """micrograd's zero_grad, and the habit from PyTorch of setting None."""
    w = Value(2.0)
    for zero in (0, 0.0, None):
        (w * 3).backward()
        w.grad = zero
        assert w.grad == 0.0 and type(w.grad) is float
    (w * 3).backward()
    assert w.grad == 3.0


def test_differences_and_powers_of_two_values():
    """57, 58: the second operand of a difference; 17: the exponent, which micrograd takes as a number only."""
    a, b = Value(2.0), Value(3.0)
    (a - b).backward()
    assert (a.grad, b.grad) == (1.0, -1.0)
    a.grad = b.grad = 0.0
    (a**b).backward()
    assert (a.grad, b.grad) == pytest.approx((12.0, 5.545177444479562))


def test_backward_twice_doubles_the_leaves_alone():
    """102: interior nodes kept their gradients, and the leaves got three times as much."""
    x = Value(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()
    assert (x.grad, y.grad) == (24.0, 2.0)
