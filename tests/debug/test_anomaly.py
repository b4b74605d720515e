"""detect_anomaly(): which numbers raise, the messages, and that nothing else changes."""
import copy
import math
import pickle
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, detect_anomaly, find_nonfinite, fit, gradients, nn, no_grad, optim

HUGE = 1e308


def here(text):
    """The line of this file that ends in the comment `text`, as errors and nodes name it."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    [(number, line)] = [(k, line.strip()) for k, line in enumerate(lines, 1) if line.endswith(f"# {text}")]
    return f"test_anomaly.py, line {number}: {' '.join(line.split())}"


def test_the_first_value_that_is_not_finite_raises_and_names_its_line():
    x = Value(-2.0, "x")
    with detect_anomaly():
        y = x * 1.0                                                 # finite
        with pytest.raises(FloatingPointError) as error:
            (y.log() + 1.0) * 2.0                                   # the log
    assert str(error.value) == f"outside of all modules: log(-2) = nan ({here('the log')})"
    assert y.made_at == here("finite")


@np.errstate(all="ignore")          # NumPy has its own warning for it
def product_of_arrays():
    return np.dot(np.array([Value(HUGE)]), np.array([10.0]))


OPERATIONS = {
    "unary": (lambda: Value(-1.0).sqrt(), "sqrt(-1) = nan"),
    "binary": (lambda: Value(1.0) / 0.0, "1 / 0 = inf"),
    "a number first": (lambda: 1.0 / Value(0.0), "1 / 0 = inf"),
    "sum": (lambda: at.sum([Value(HUGE), HUGE]), "sum(1e+308, 1e+308) = inf"),
    "dot": (lambda: at.dot([Value(HUGE)], [10.0], 3.0), "dot(1e+308, 10, 3) = inf"),
    "where": (lambda: at.where(Value(1.0), Value(math.inf, "limit"), 0.0), "where(1, limit = inf, 0) = inf"),
    "comparison": (lambda: at.maximum(Value(math.nan, "a"), 0.0), "max(a = nan, 0) = nan"),
    "NumPy": (lambda: product_of_arrays(), "1e+308 * 10 = inf"),
}


@pytest.mark.parametrize(("make", "said"), OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("paused", [False, True], ids=["recording", "in no_grad()"])
def test_every_kind_of_operation_is_watched(make, said, paused):
    make()
    with detect_anomaly(), pytest.raises(FloatingPointError) as error:
        if paused:
            with no_grad():
                make()
        else:
            make()
    assert said in str(error.value)
    assert "test_anomaly.py, line" in str(error.value)
    make()                                                          # and afterwards nothing is


def test_results_are_the_same_as_without():
    def graph():
        a, b = Value(0.3, "a"), Value(-1.2, "b", requires_grad=False)
        f = at.dot([a, b], [b, 2.0], a) * a.tanh() + at.logsumexp([a, 1.0]) ** 2 - at.where(a > 0, a, b)
        f.backward()
        return [
            (v.data, v.grad, v.op, v.local_grads, v.flows, v.label, v.scope, v.requires_grad, v.reached)
            for v in at.topological_order(f)
        ]

    plain = graph()
    with detect_anomaly():
        watched = graph()
    assert watched == plain


def test_nothing_is_recorded_inside_no_grad():
    a = Value(2.0)
    with detect_anomaly(), no_grad():
        b = a * 3.0
    assert (b.data, b.operands, b.requires_grad) == (6.0, (), False)


def test_a_gradient_raises_before_any_grad_has_changed():
    x, z = Value(2.0, "x"), Value(0.0, "z")
    x.grad = 5.0
    with detect_anomaly():
        f = x * z.sqrt()                                            # the root
        for derive in f.backward, lambda: gradients(f, [x, z]), lambda: f.backward(3.0):
            with pytest.raises(FloatingPointError) as error:
                derive()
            assert "in the gradient: outside of all modules: sqrt(z = 0) = 0" in str(error.value)
            assert f"local derivative inf along z = 0 ({here('the root')})" in str(error.value)
    assert (x.grad, z.grad, z.reached, f.reached) == (5.0, 0.0, False, False)
    f.backward()
    assert z.grad == math.inf


def test_a_gradient_that_its_sum_makes_infinite_is_found():
    x = Value(0.0, "x")
    with detect_anomaly():
        f = x * HUGE + x * HUGE
        with pytest.raises(FloatingPointError, match=r"the contributions to x = 0 add up to inf"):
            f.backward()


def test_a_frozen_operand_does_not_count():
    x, z = Value(2.0, "x"), Value(0.0, "z", requires_grad=False)
    with detect_anomaly():
        f = x * z.sqrt()
        f.backward()
    assert x.grad == 0.0


def test_a_module_is_named_and_the_line_is_that_of_its_user():
    class Ratio(nn.Module):
        def forward(self, x):
            return x[0] / x[1]                                      # the ratio

    model = nn.Sequential(nn.Layer(2, 2, "relu"), Ratio())
    for p in model.parameters():
        p.data = 0.0
    with detect_anomaly(), pytest.raises(FloatingPointError) as error:
        model([1.0, 2.0])
    assert str(error.value) == f"in sequential.layer2: 0 / 0 = nan ({here('the ratio')})"
    with detect_anomaly():
        out = nn.Layer(1, 1)([3.0])                                 # the call
    assert out.made_at == here("the call")


def test_the_line_stays_with_copies():
    with detect_anomaly():
        f = Value(2.0) * 3.0                                        # the product
    for twin in copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f)):
        assert twin.made_at == here("the product")
    assert (Value(1.0) * 2.0).made_at == ""


@pytest.mark.skipif(
    getattr(sys.flags, "thread_inherit_context", 0), reason="CPython starts threads in the context of the block"
)
def test_other_threads_go_on_as_before():
    found = []
    with detect_anomaly():
        other = threading.Thread(target=lambda: found.append(Value(0.0).log().data))
        other.start()
        other.join()
    assert found == [-math.inf]


def test_it_nests_decorates_and_ends_with_an_exception():
    @detect_anomaly()
    def ratio(x):
        return 1.0 / x

    with pytest.raises(FloatingPointError):
        ratio(Value(0.0))
    with pytest.raises(KeyError), detect_anomaly(), detect_anomaly():
        raise KeyError
    assert (1.0 / Value(0.0)).data == math.inf
    with detect_anomaly():
        with detect_anomaly():
            pass
        with pytest.raises(FloatingPointError):
            1.0 / Value(0.0)


def test_derivatives_as_functions_are_watched():
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"log\(.*0\) = -inf"):
        at.grad(lambda x: at.log(x))(0.0)
    with detect_anomaly():
        assert at.grad(at.grad(lambda x: x**3))(2.0) == 12.0


def test_fit_runs_without_a_tape_and_names_the_line():
    w = Value(1.0, "w")

    def model(x):
        return w * x[0]

    def loss(output, target):
        return at.log(output - 2.0 * target)                        # the loss

    x, y = np.ones((200, 1)), np.zeros(200)
    y[150] = 1.0
    with detect_anomaly(), pytest.raises(FloatingPointError) as error:
        fit(model, x, y, loss, optim.SGD([w], lr=0.0), shuffle=False, progress=False)
    assert "log(-1) = nan" in str(error.value)
    assert here("the loss") in str(error.value)


def test_fit_finds_the_same_numbers():
    x, y = np.linspace(-1, 1, 40)[:, None], np.linspace(0, 1, 40)

    def trained():
        model = nn.MLP(1, [3, 1], rng=np.random.default_rng(0))
        history = fit(model, x, y, "mse", epochs=4, seed=1, progress=False)
        return history["loss"], [p.data for p in model.parameters()]

    plain = trained()
    with detect_anomaly():
        watched = trained()
    for a, b in zip(plain, watched, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_lines_are_kept_for_find_nonfinite():
    x = Value(3.0, "x")
    with detect_anomaly():
        y = x - 3.0                                                 # zero
    f = 1.0 / y
    assert find_nonfinite(f) is f
    assert (f.made_at, y.made_at) == ("", here("zero"))


def test_derivatives_of_derivatives_name_the_user_and_not_the_formula():
    x = Value(0.0, "x")
    with detect_anomaly():
        root = x.sqrt()
        with pytest.raises(FloatingPointError) as error:
            gradients(root, x, create_graph=True)                   # the second derivative
        assert here("the second derivative") in str(error.value)
        derivative = gradients((x + 1.0).sin(), x, create_graph=True)    # the sine
    assert derivative.made_at == here("the sine")


def test_blocks_that_end_in_another_order_leave_nothing_behind():
    first, second = detect_anomaly(), detect_anomaly()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(FloatingPointError):
        1.0 / Value(0.0)
    second.__exit__(None, None, None)
    assert (1.0 / Value(0.0)).data == math.inf
