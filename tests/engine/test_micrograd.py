"""Code written for micrograd: one local step works, and each refusal names the way here."""
import copy
import math
import pickle

import pytest

import autograd_tiny as at
from autograd_tiny import Value

WAY = r"@autograd_tiny\.operation"


def test_backward_by_hand_one_local_step_at_a_time():
    """The neuron of micrograd's lecture, differentiated node by node; the numbers are the lecture's."""
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    x1w1, x2w2 = x1 * w1, x2 * w2
    both = x1w1 + x2w2
    n = both + b
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, b, both, x2w2, x1w1):
        node._backward()
    found = [o, n, b, both, x1w1, x2w2, x1, w1, x2, w2]
    expected = [1.0, 0.5, 0.5, 0.5, 0.5, 0.5, -1.5, 1.0, 0.5, 0.0]
    assert [node.grad for node in found] == pytest.approx(expected, rel=1e-15)
    assert all(node.reached for node in found)
    stepwise = [x.grad for x in (x1, w1, x2, w2, b)]
    for x in (x1, w1, x2, w2, b):
        x.grad = None
    o.backward()
    assert [x.grad for x in (x1, w1, x2, w2, b)] == pytest.approx(stepwise, rel=1e-15)


def test_a_local_step_adds_as_often_as_an_operand_occurs():
    a, b = Value(3.0), Value(2.0, requires_grad=False)
    square, product = a * a, at.prod([a, b, a, 4.0])
    square.grad = 10.0
    square._backward()
    assert a.grad == 60.0
    square._backward()
    assert a.grad == 120.0
    a.grad, product.grad = None, 1.0
    product._backward()
    assert (a.grad, b.grad, b.reached) == (48.0, 0.0, False)
    a._backward()                           # of a leaf there is none
    assert a.grad == 48.0


def test_a_local_step_sends_nothing_to_an_operand_that_was_not_selected():
    x = Value(-1.0)
    f = x.relu()
    f.grad = math.inf
    f._backward()
    assert (x.grad, x.reached) == (0.0, True)


def refusals():
    a, b = Value(2.0), Value(3.0)
    f = a * b

    def set_backward():
        f._backward = lambda: None

    def subclass():
        class V(Value):
            pass

    def add_method():
        Value.sinh2 = lambda self: (self.exp() - (-self).exp()) / 2

    def replace_method():
        Value.tanh = None

    yield set_backward, AttributeError, "_backward can't be set"
    yield subclass, TypeError, r"class V\(Value\): Value can't be subclassed"
    yield lambda: type("V", (Value,), {}), TypeError, r"class V\(Value\)"
    yield add_method, TypeError, r"Value\.sinh2 can't be set"
    yield replace_method, TypeError, r"Value\.tanh can't be set"
    for arguments, named in (
        [(6.0, (a, b), "*"), {}], [(6.0,), {"_children": (a, b), "_op": "*"}], [(6.0,), {"_children": (a, b)}],
        [(6.0, "f", "*"), {}],
    ):
        yield lambda given=arguments, named=named: Value(*given, **named), TypeError, "only operations make results"


@pytest.mark.parametrize(("attempt", "error", "said"), [*refusals()])
def test_what_is_refused_names_the_way(attempt, error, said):
    with pytest.raises(error, match=f"{said}.*{WAY}"):
        attempt()
    assert Value(0.5).tanh().data == math.tanh(0.5) and not hasattr(Value, "sinh2")


def test_the_class_is_found_again_by_its_name():
    assert (Value.__module__, Value.__name__, Value.__qualname__) == ("autograd_tiny.engine.value", "Value", "Value")
    assert pickle.loads(pickle.dumps(Value)) is Value and copy.deepcopy(Value) is Value
    assert isinstance(Value(1.0), Value) and issubclass(Value, Value) and not isinstance(1.0, Value)
    assert "remembers how it was computed" in Value.__doc__
