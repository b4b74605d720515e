"""The sentences below an explanation: `.grad` of another pass, data that has changed, nan, and why no path leads."""
from __future__ import annotations

import math

import pytest

from autograd_tiny import Value, gradients, mean, no_grad, operation, optim
from autograd_tiny.show.explanation.explanation import explain
from references.show.explanations import explained, one_line
from references.worked_examples import example_a, labelled

# ---- what .grad holds

def test_grad_is_compared_with_the_gradient_and_never_changed() -> None:
    v = example_a()
    f, b = v["f"], v["b"]
    assert "backward() has not run: b.grad is not set yet." in str(explain(f, b))
    f.backward()
    assert ".grad" not in str(explain(f, b))
    f.backward()
    assert (
        "b.grad holds 18, not ∂f/∂b but exactly 2 times as much: backward() ran 2 times, or with seed 2, or "
        "it is from another output. "
    ) in one_line(explain(f, b))
    v["x"].backward()
    assert "b.grad holds 19, not ∂f/∂b: it was summed over several calls of backward()" in str(explain(f, b))
    assert "b.grad holds 19" in explained(f, b)._repr_html_()
    str(explain(f))
    assert (b.grad, v["a"].grad) == (19.0, 15.0)


def test_a_grad_of_0_is_as_zero_grad_leaves_it() -> None:
    v = example_a()
    f, b = v["f"], v["b"]
    f.backward()
    optim.SGD([b], lr=0.1).zero_grad()
    assert one_line(explain(f, b)).endswith(
        "b.grad is 0, as zero_grad() leaves it: backward() has not run since, or only from another output."
    )


def test_the_grad_of_an_output_that_is_the_leaf_is_no_multiple() -> None:
    a = Value(3.0, "a")
    (11.0 * a).backward()
    assert "a.grad holds 11, not ∂a/∂a: it was summed over several calls" in str(explain(a, a))
    assert "11 times" not in str(explain(a, a))


def test_for_a_result_which_does_not_accumulate_zero_grad_is_not_mentioned() -> None:
    v = example_a()
    v["f"].backward(2.0)
    text = one_line(explain(v["f"], v["x"]))
    assert "x.grad holds 14, not ∂f/∂x: it is from another output, or backward() had another seed." in text
    assert "zero_grad" not in text


# ---- data that has changed since the forward pass

def test_numbers_of_an_earlier_forward_pass_are_pointed_out() -> None:
    x = Value(3.0, "x")
    f = labelled(x**2, "f")
    for shown in (explain(f, x), explain(f)):
        assert "has changed" not in str(shown)
    f.backward()
    optim.SGD([x], lr=0.5).step()
    said = (
        "x.data has changed since f was computed: the numbers are those of the forward pass; compute f "
        "again."
    )
    assert one_line(explain(f, x)).endswith(said)
    assert said in explained(f, x)._repr_html_()
    said = said.replace("numbers", "gradients")
    assert one_line(explain(f)).endswith(said)
    assert said in explain(f)._repr_html_()


def test_the_first_outdated_result_tells_which_leaves_may_have_changed() -> None:
    x, w, b = Value(3.0, "x"), Value(2.0), Value(1.0, "b")
    f = labelled(((x * w) + b).sin(), "f")
    b.data = 4.0
    assert "b.data has changed since v2 was computed" in str(explain(f, x))
    w.data = 4.0
    assert "x.data or a leaf without a label has changed since v1 was computed" in str(explain(f, x))
    assert "x.data or leaf 2.data has changed since v1 was computed" in str(explain(f))


def test_of_many_operands_none_is_named() -> None:
    xs = [Value(1.0, f"x{i}") for i in range(4)]
    f = labelled(mean(xs), "f")
    xs[2].data = 5.0
    assert str(explain(f)).endswith(
        ".data of an operand of f has changed since f was computed: the gradients are those of the forward\n"
        "pass; compute f again."
    )


def test_a_result_that_was_set_by_hand_is_named_itself() -> None:
    x = Value(3.0, "x")
    h = labelled((x * 2.0).sin(), "h")
    f = labelled(h * h, "f")
    h.data = 5.0
    assert "h.data has changed since h was computed" in str(explain(f, x))


def test_an_operation_that_now_raises_is_out_of_date() -> None:
    @operation(lambda x, f: 0.5 / f)
    def root(x: float) -> float:
        return math.sqrt(x)

    x = Value(4.0, "x")
    f = labelled(root(x), "f")
    assert "has changed" not in str(explain(f, x))
    x.data = -4.0
    assert "x.data has changed since f was computed" in str(explain(f, x))
    with pytest.raises(RuntimeError, match="out of date"):
        gradients(f, x, create_graph=True)


# ---- nan, and no path

def test_a_nan_is_pointed_out() -> None:
    a = Value(-1.0, "a")
    loss = labelled(a.log(), "L")
    assert "\nL is nan: diagnose(L) says where that began. backward() has not run" in str(explain(loss, a))
    assert "L is nan: diagnose(L)" in explained(loss, a)._repr_html_()
    assert "is nan" not in str(explain(labelled(a.exp(), "e"), a))


def test_a_leaf_to_which_no_path_leads() -> None:
    v = example_a()
    with pytest.raises(ValueError, match=r"^∂x/∂c = 0: no path leads from x to c$"):
        explain(v["x"], v["c"])
    frozen, a = Value(2.0, "w", requires_grad=False), v["a"]
    f = labelled(frozen * a, "f")
    with pytest.raises(ValueError, match=r"on which a gradient flows, since w has requires_grad=False$"):
        explain(f, frozen)
    frozen.requires_grad = True
    with pytest.raises(ValueError, match=r"requires_grad was False when f was computed$"):
        explain(f, frozen)
    with pytest.raises(ValueError, match=r"^∂v1/∂a = 0: no path leads from v1 to a$"):
        explain(f.detach() * 2.0, a)
    with pytest.raises(ValueError, match=r"^∂v1/∂x = 0: no path leads from v1 to x$"):
        explain(a * 2.0, Value(3.0))
    with no_grad():
        unrecorded = labelled(a * 2.0, "u")
        nameless = a * 2.0
    reason = r"since {0} is a leaf, or was computed under no_grad\(\)$"
    with pytest.raises(ValueError, match=r"^∂u/∂a = 0: no path leads from u to a, " + reason.format("u")):
        explain(unrecorded, a)
    with pytest.raises(ValueError, match=r"^∂−2/∂a = 0: no path leads from −2 to a, " + reason.format("−2")):
        explain(nameless, a)
    with pytest.raises(ValueError, match="u depends on no leaf that requires a gradient"):
        explain(unrecorded)
