"""Examples from tutorials, with the numbers that these print."""
import pytest

from autograd_tiny import Value, gradients, sigmoid


def test_a_gradients_add_at_branches():
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    f.backward()
    assert (f.data, x.data, y.data) == (14.0, 2.0, 7.0)
    assert x.local_grads == y.local_grads == (1.0, 1.0)
    assert f.local_grads == (7.0, 2.0)
    assert (a.grad, b.grad, c.grad) == (7.0, 9.0, 2.0)
    assert (x.grad, y.grad, f.grad) == (7.0, 2.0, 1.0)


def test_a_product():
    x, y = Value(-2.0), Value(3.0)
    assert gradients(x * y, [x, y]) == (3.0, -2.0)


def test_f_the_gradient_that_a_tutorial_gets_wrong():
    x1, target = 0.5, 1.0
    w11, w12, w21, w22 = Value(0.3), Value(-0.2), Value(0.7), Value(0.4)
    h1, h2 = sigmoid(x1 * w11), sigmoid(x1 * w12)
    o1 = sigmoid(h1 * w21 + h2 * w22)
    error = 0.5 * (target - o1) ** 2
    by_w21, by_w11 = gradients(error, [w21, w11])

    common = (o1.data - target) * o1.data * (1 - o1.data)
    assert by_w21 == pytest.approx(common * h1.data, rel=1e-14)               # what the tutorial prints
    wrong = common * x1                                                       # what it prints here
    missing = w21.data * h1.data * (1 - h1.data)
    assert by_w11 == pytest.approx(wrong * missing, rel=1e-14)
    assert abs(by_w11 - wrong) > 0.5 * abs(wrong)


def test_i_the_example_of_micrograds_readme():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f}" == "24.7041"
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"
