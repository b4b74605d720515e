"""diagnose(value): where a nan or an infinity comes from, in words that name the place."""
import math

import pytest

import autograd_tiny as at
from autograd_tiny import Value, detect_anomaly, diagnose, nn


def test_a_value_is_named_with_its_operands_and_its_consequences():
    p, q = Value(-0.5, "p"), Value(2.0, "q")
    log = at.log(p)
    log.label = "l"
    report = diagnose(log * q + p)
    assert (report.origin.node, report.values, report.wrong) == (log, 5, 3)
    assert str(report) == """\
nan was born here: l = log(p) = nan
  outside of all modules
  2 of the 4 other values are nan or infinite, too
  (inside detect_anomaly() the line of code would stand here)
  operand   value   made by
  p         −0.5    a leaf"""


def test_the_line_and_the_module_are_named():
    class Inverse(nn.Module):
        def forward(self, x):
            return 1.0 / x                                          # its formula

    with detect_anomaly():
        zero = nn.MLP(1, [1])([0.0])                                # its operand
    said = str(diagnose(Inverse()(zero)))
    assert said.startswith("inf was born here: v2 = 1/v1 = inf\n  in inverse\n  (inside detect_anomaly()")
    made = "layer1.neuron1.w[0]·0 + layer1.neuron1.b   mlp.layer1.neuron1   test_origin.py, line "
    assert f"  v1        0       {made}" in said
    assert said.endswith(": zero = nn.MLP(1, [1])([0.0]) # its operand")


def test_a_leaf_is_its_own_origin():
    w = Value(math.inf, "w")
    assert str(diagnose(w * 0.0)).startswith("inf was born here: w = inf, a leaf")


def test_a_gradient_is_named_with_the_adjoint_that_arrived():
    z = Value(0.0, "z")
    root = z.sqrt()
    root.label = "r"
    report = diagnose(root * 2.0)
    assert str(report).splitlines()[:3] == [
        "A gradient stops being finite at ∂r/∂z = 0.5/r = inf",
        "  2 arrives at r, and times inf goes on to z",
        "  r = sqrt(z) = 0",
    ]
    assert (z.grad, z.reached) == (0.0, False)


def test_of_many_operands_eight_are_shown():
    f = at.sum([*(Value(float(i), f"x{i}") for i in range(13)), Value(1e308, "big"), 1e308])
    rows = diagnose(f).operands()
    assert len(rows) == 9
    assert rows[-1][0] == "… 7 more"


def test_a_gradient_of_a_sum_is_named():
    x = Value(0.0, "x")
    said = str(diagnose(x * 1e308 + x * 1e308))
    assert said.startswith("A gradient stops being finite: x gets inf in all")


def test_a_finite_graph_is_reported_as_finite():
    assert str(diagnose(Value(1.0) * 2.0)) == "All 2 values, and their gradients, are finite."
    assert str(diagnose(Value(1.0))) == "It is finite, and so is its gradient."


def test_labels_are_shown_and_not_run():
    x = Value(-1.0, '<script>alert("1")</script>&\\')
    shown = diagnose(x.log())._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(("arguments", "said"), [
    ((Value(1.0), [[1.0]]), "takes a Value alone"), ((nn.MLP(1, [1]), [[1.0]]), "needs y, loss, too"),
    ((nn.MLP(1, [1]),), "needs X, y, loss, too"),
])
def test_arguments_of_the_other_form_are_refused(arguments, said):
    with pytest.raises(TypeError, match=said):
        diagnose(*arguments)
    with pytest.raises(TypeError, match="takes a Value alone"):
        diagnose(Value(1.0), lr=0.1)
