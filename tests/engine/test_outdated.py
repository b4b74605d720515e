"""first_outdated(): the first result that does not follow from its operands any more."""
from __future__ import annotations

from autograd_tiny import Value, detect_anomaly, no_grad
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.outdated import first_outdated
from autograd_tiny.show.explanation.explanation import explain


def test_first_outdated_finds_the_first_result_that_does_not_follow_from_its_operands() -> None:
    x, y = Value(0.0), Value(2.0)
    u = x * y
    v = u.exp()
    order = topological_order(v)
    assert first_outdated(order) is None
    x.data = -0.0
    assert first_outdated(order) is u
    x.data = 0.0
    with no_grad(), detect_anomaly():
        assert first_outdated(order) is None
        u.data = 1.0
        assert first_outdated(order) is u and first_outdated([v]) is v


def test_nan_is_not_a_change() -> None:
    x = Value(-1.0, "x")
    f = x.log() * 0.0
    with detect_anomaly():
        assert first_outdated(topological_order(f)) is None
    assert "has changed" not in str(explain(f, x))
