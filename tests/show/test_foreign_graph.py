"""Graphs of other classes as they are found: order, local derivatives, and errors that say what is wrong."""
import re

import numpy as np
import pytest
from references.show.lecture_values import Base, Children, Ordered, Overwriting, Swapped, V

import autograd_tiny as at
from autograd_tiny import nn, textbook
from autograd_tiny.show.foreign_graph import is_foreign, nodes_below


def found_at(root):
    """For each label, or op, the local derivatives by the labels of operands."""
    nodes = nodes_below([root])
    names = {id(node.given): node.label or node.op for node in nodes}
    return {
        names[id(node.given)]: {names[key]: local for key, local in node.local_grads.items()}
        for node in nodes if node.operands
    }


def test_which_objects_are_values_of_another_class():
    for x in (textbook.Value(1.0), V(1.0), Ordered(1.0), Children(1.0), V(1.0) * 2.0):
        assert is_foreign(x)
    for x in (at.Value(1.0), 1.0, None, "x", np.ones(2), [V(1.0)], textbook.Value, V, nn.Neuron(2), at.Tape, lambda: 1):
        assert not is_foreign(x)


@pytest.mark.parametrize("of", [V, Ordered, textbook.Value])
def test_local_derivatives_are_measured(of):
    a, b = of(2.0, label="a"), of(3.0, label="b")
    c = a * b
    c.label = "c"
    d = c + b
    d.label = "d"
    e = (d**2).tanh()
    assert found_at(e) == {
        "c": {"a": 3.0, "b": 2.0}, "d": {"c": 1.0, "b": 1.0}, "**2": {"d": 18.0}, "tanh": {"**2": pytest.approx(0.0)}
    }
    if of is not V:                             # which has no order
        assert [node.label or node.op for node in nodes_below([e])] == ["a", "b", "c", "d", "**2", "tanh"]


def test_of_an_operand_in_two_places_the_sum_is_measured():
    b = Ordered(3.0, label="b")
    assert found_at(b * b) == {"*": {"b": 6.0}} and found_at(b + b) == {"+": {"b": 2.0}}
    assert found_at(b - b) == {"-": {"b": 0.0}}


def test_what_a_wrong_class_computes_is_measured():
    b, c = Overwriting(3.0, label="b"), Swapped(4.0, label="c")
    assert found_at(b * b) == {"*": {"b": 3.0}} and found_at(b + b) == {"+": {"b": 1.0}}
    assert found_at(c * Swapped(5.0, label="d")) == {"*": {"c": 4.0, "d": 5.0}}


def test_plain_numbers_may_be_operands():
    x = Children(3.0)
    nodes = nodes_below([2.0 * x])
    assert [node.operands for node in nodes] == [(), (2.0, x)] and nodes[1].local_grads == {id(x): 2.0}
    assert nodes[0].grad == 0.0 and x.grad is None


def test_gradients_are_what_they_were():
    a, b = V(2.0), V(3.0)
    c = a * b
    f = (c + a).tanh()
    a.grad, b.grad, c.grad, f.grad = 7, 0.5, np.float64(2.5), -0.0
    before = [(x, x.grad) for x in (a, b, c, f)]
    nodes_below([f])
    assert all(x.grad is grad for x, grad in before)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_gradients_are_what_they_were_after_an_error(error):
    a = textbook.Value(2.0)
    f = (a * a).tanh()
    f.backward()
    before = a.grad, f.grad, f._prev[0].grad

    def fail():
        a.grad += 1.0
        raise error("unlucky")

    f._prev[0]._backward = fail
    with pytest.raises((RuntimeError, KeyboardInterrupt)):
        nodes_below([f])
    assert (a.grad, f.grad, f._prev[0].grad) == before


def test_a_deep_graph_and_one_with_many_paths():
    x = f = textbook.Value(1.0)
    for _ in range(20_000):
        f = f + 1.0
    assert len(nodes_below([f])) == 40_001
    f = x
    for _ in range(200):
        f = f + f
    assert len(nodes_below([f])) == 201


def test_several_roots_share_a_graph():
    a = V(2.0)
    b = a * 3.0
    c = a + b
    order = [node.given for node in nodes_below([b, c, b])]
    assert len(order) == 4 and order[-2:] == [b, c]


def test_the_operands_in_a_set_come_in_the_same_order_each_time():
    for _ in range(20):
        a, b, f = V(2.0, label="b"), V(3.0, label="a"), V(6.0, label="f")
        f._prev = {a, b}
        assert [node.label for node in nodes_below([f])] == ["a", "b", "f"]


# ---- errors

def without(name):
    x = V(1.0) * V(2.0)
    delattr(x, name)
    return x


def leaf(**attributes):
    x = Base(1.0)
    vars(x).update(attributes)
    return x


def result(send):
    x = Ordered(1.0)
    f = x * x
    f._backward = send
    return f


def with_gradient(grad):
    def send():
        f._prev[0].grad = grad

    f = result(send)
    return f


def itself():
    a = V(1.0)
    f = a * a
    a._prev = {f}
    return f


def endless():
    return endless()


def recursive():
    """Each step goes on to the next, as if backward() were the class's own way to do it."""
    def goes_on(node, step):
        def send():
            step()
            for x in node._prev:
                x._backward()
        node._backward = send
        return node

    a, b = Ordered(2.0), Ordered(3.0)
    c = a * b
    c = goes_on(c, c._backward)
    d = c * b
    return goes_on(d, d._backward)


class WithArgument(Children):
    def _backward(self, gradient):
        pass


class Frozen(Children):
    __slots__ = ("is_made",)

    def __setattr__(self, name, value):
        if hasattr(self, "is_made"):
            raise AttributeError(f"{name} can't be set")
        object.__setattr__(self, name, value)


def frozen():
    x = Frozen(1.0)
    x.is_made = True
    return x


ERRORS = {
    "no _backward": (lambda: without("_backward"), TypeError, "has no _backward"),
    "no grad": (lambda: without("grad"), TypeError, "has data, grad, _prev or _children, and _backward: .* no grad"),
    "an array": (lambda: leaf(data=np.ones(3)), TypeError, "data of Base .* is no number: .* single numbers"),
    "text": (lambda: leaf(data="1"), TypeError, "data of .* is no number"),
    "a Value as data": (lambda: leaf(data=at.Value(1.0)), TypeError, "data of .* is no number"),
    "a gradient that is text": (lambda: with_gradient("1"), TypeError, "grad of .* is no number"),
    "a number as _prev": (lambda: leaf(_prev=3), TypeError, "_prev is a tuple or a set of Values, Base .* has int 3"),
    "text in _prev": (lambda: leaf(_prev=("a", 2)), TypeError, "_prev of Base .* has str 'a' in it"),
    "a Value of this package": (lambda: leaf(_prev=[at.Value(1.0)]), TypeError, "_prev of .* has Value .* in it"),
    "a cycle": (itself, ValueError, "was computed from itself, by its _prev"),
    "an exception": (
        lambda: result(lambda: 1 / 0), RuntimeError, r"of Ordered V\(1.0\), made by '\*', raised ZeroDivisionError"
    ),
    "a step without end": (lambda: result(endless), RuntimeError, "raised RecursionError"),
    "None as a step": (lambda: result(None), RuntimeError, "raised TypeError: 'NoneType' object is not callable"),
    "a step that goes on": (
        recursive, ValueError, r"made by '\*', changes gradients of Values that it was not computed from: it is one"
    ),
    "a step with an argument": (
        lambda: WithArgument(1.0, (WithArgument(2.0),)), RuntimeError, "raised TypeError: .*'gradient'"
    ),
    "a gradient that can't be set": (frozen, AttributeError, "grad can't be set"),
}


@pytest.mark.parametrize("wrong", ERRORS)
def test_an_error_says_what_is_wrong(wrong):
    make, kind, said = ERRORS[wrong]
    with pytest.raises(kind, match=re.compile(said, re.S)) as caught:
        nodes_below([make()])
    assert len(str(caught.value)) < 400


def test_an_exception_of_a_step_is_kept_as_the_cause():
    with pytest.raises(RuntimeError) as caught:
        nodes_below([result(lambda: 1 / 0)])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
