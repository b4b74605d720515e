"""no_grad() and scope(), as blocks and above functions."""
import threading
import pytest
import autograd_tiny as at
from autograd_tiny import Value, no_grad


def test_no_grad_records_nothing():
    a = Value(2.0)
    with no_grad():
        f = at.sum([a * 2, a, 1.0])
        with no_grad():
            pass
        g = a + 1
    assert (f.data, f.parents, f.op, f.requires_grad) == (7.0, (), "", False)
    assert g.parents == ()
    assert (a + 1).parents[0] is a

    @no_grad()
    def decorated():
        return a * a

    @no_grad
    def decorated_without_parentheses(x):
        return a * x

    assert decorated().parents == () and (a * a).parents == (a, a)
    assert decorated_without_parentheses(a).parents == () and (a * a).parents == (a, a)


def test_no_grad_ends_with_an_exception():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert (Value(1.0) + 1).op == "+"


def test_scopes_nest():
    a = Value(1.0)
    with at.scope("mlp"):
        x = a + 1
        with at.scope("layer1"):
            y = a + 1
        z = a + 1
    assert [v.scope for v in (a, x, y, z, a + 1)] == ["", "mlp", "mlp.layer1", "mlp", ""]
    with pytest.raises(TypeError, match="int"):
        at.scope(1)


def test_a_decorated_function_in_two_threads():
    entered, leave = threading.Event(), threading.Event()

    @no_grad
    @at.scope("predict")
    def predict(first):
        if first:
            entered.set()
            leave.wait(5)
        else:                                   # the one that came first leaves first
            leave.set()
            thread.join()
        return (Value(1.0) * 2).scope

    thread = threading.Thread(target=predict, args=(True,))
    thread.start()
    entered.wait(5)
    with no_grad(), at.scope("mine"):
        assert predict(False) == "mine.predict"
        assert (Value(1.0) * 2).scope == "mine" and not (Value(1.0) * 2).requires_grad
    assert (Value(1.0) * 2).requires_grad


def test_each_thread_has_its_own_no_grad_and_scope():
    entered, leave = threading.Event(), threading.Event()

    def other():
        with no_grad(), at.scope("other"):
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(5)
    with no_grad(), at.scope("mine"):
        leave.set()
        thread.join()
    made = Value(1.0) * 2
    assert made.op == "*" and made.scope == ""
