"""gradients(): derivatives that are returned, as numbers or as Values."""
import pytest
from autograd_tiny import Value, gradients


def test_gradients_leave_grad_alone():
    a, b = Value(2.0), Value(3.0)
    a.grad = 7.0
    x = a * b
    f = x + a
    assert gradients(f, [a, b, x]) == (4.0, 2.0, 1.0)
    assert gradients(f, a) == 4.0
    assert gradients(f, f) == 1.0
    assert gradients(f, (a,), seed=2.0) == (8.0,)
    assert (a.grad, b.grad, x.grad) == (7.0, 0.0, 0.0)
    assert not any(v.reached for v in (a, b, x, f))


def test_gradient_by_something_that_is_not_there_is_zero():
    a, b = Value(2.0), Value(3.0)
    assert gradients(a * 2, [b]) == (0.0,)
    assert gradients(a * 2, b, create_graph=True).data == 0.0
    assert gradients(Value(1.0, requires_grad=False), a) == 0.0


def test_create_graph_gives_values_that_can_be_differentiated():
    x = Value(3.0)
    first = gradients(x**4, x, create_graph=True)
    second = gradients(first, x, create_graph=True)
    third = gradients(second, x)
    assert (first.data, second.data, third) == (4 * 27.0, 12 * 9.0, 24 * 3.0)
    assert x.grad == 0.0


def test_create_graph_refuses_numbers_that_have_changed():
    x, w = Value(3.0, "x"), Value(0.0, "w")
    f = (x * w) * 2
    x.data = 4.0                       # f is 0 as before, but its derivative along w is not
    with pytest.raises(RuntimeError, match=r"label='x'.*has changed"):
        gradients(f, [x, w], create_graph=True)
    assert gradients(f, [x, w]) == (0.0, 6.0)


@pytest.mark.parametrize(
    ("output", "inputs", "said"),
    [
        (3.0, [Value(1.0)], "float 3.0"),
        (Value(1.0), [2.0], "float 2.0"),
        (Value(1.0), ["x"], "str 'x'"),
        (Value(1.0), 3, "int 3"),
    ],
)
def test_gradients_of_what_is_no_value(output, inputs, said):
    with pytest.raises(TypeError, match=said):
        gradients(output, inputs)
