"""Chapter 12: its solutions pass, and likely wrong answers get the hint that helps."""
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import Value, clip, diagnose, exp, log, log1p, maximum, nn, relu, sigmoid, softplus
from autograd_tiny.course import exercises

CHAPTER = "what_goes_wrong_silently"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def of_probability(p, t):
    return -(t * log(p) + (1 - t) * log(1 - p))


def descent(points, rate, steps, *, adds=False, stale=False, mean=False):
    """The loop of exercise 3, with some of its mistakes."""
    w, b = Value(0.0), Value(0.0)
    loss = None
    for _ in range(steps):
        if loss is None or not stale:
            loss = sum((w * x + b - y) ** 2 for x, y in points)
            loss = loss / len(points) if mean else loss
        if not adds:
            w.grad = b.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
        b.data -= rate * b.grad
    return w.data, b.data


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(lambda z, t: of_probability(sigmoid(z), t), "exactly 0"), (lambda z, t: log(1 + exp(z)) - t * z, "overflows"),
         (lambda z, t: of_probability(clip(sigmoid(z), 1e-7, 1 - 1e-7), t), "grows no more"),
         (lambda z, t: Value((softplus(z) - t * z).data), "left the graph"),
         (lambda z, t: softplus(z) - (1 - t) * z, "other label"), (lambda z, t: t * z - softplus(z), "wrong sign"),
         (lambda z, t: relu(z) - t * z + log1p(exp(-abs(z))), "kinks"),
         (lambda z, t: softplus(z.data) - t * z.data, "without a Value"), (lambda z, t: z, "is right")],
        [(24, "a unit is left out"), (9, "a whole layer"), (32, "bias"), (55, "does depend"), (57, "first layer"),
         (88, "the head"), (1, "last line")],
        [(lambda *a: descent(*a, adds=True, stale=True), "both mistakes"), (lambda *a: descent(*a, adds=True), ".grad"),
         (lambda *a: descent(*a, stale=True), "computed anew"), (lambda p, r, n: descent(p, -r, n), "uphill"),
         (lambda *a: descent(*a, mean=True), "mean"), (lambda p, r, n: (0.0, 0.0), "still 0"),
         (lambda p, r, n: (2.0, 1.0), "are right"), (lambda p, r, n: [Value(2.0), Value(1.0)], ".data")],
        [(0, "How far can"), (2.3026, "knows nothing"), (0.3133, "two classes"), (0.232, "negative logarithm"),
         (1.372, "nine other"), (1.543, "one of the ten"), (1, "best outputs")],
        [("eceab", "the data are right"), ("dfeab", "cured by a tenth"), ("dcdab", "ten samples"),
         ("dcefb", "one gradient"), ("dceac", "have not moved"), (list("acfab"), "complaint 1")],
    ])


def test_a_loss_without_the_kinks_passes():
    assert exercises(12).check(1, lambda z, t: maximum(z, 0.0) - t * z + log1p(exp(-abs(z))))
    assert exercises(12).check(1, nn.losses.binary_cross_entropy)


@pytest.mark.parametrize("loss", [Value(0.5), None, "0.5", [], float("nan")])
def test_losses_of_other_kinds_get_a_hint(loss):
    assert not exercises(12).check(1, lambda z, t: loss)


def test_diagnose_counts_the_parameters_out_of_reach():
    class Gated(nn.Module):
        def __init__(self):
            self.first = nn.Layer(2, 8, "tanh")
            self.gate = nn.Layer(2, 8, "sigmoid")
            self.second = nn.Layer(8, 4, "tanh")
            self.head = nn.Layer(3, 1, "linear")

        def forward(self, x):
            gates = [unit.data for unit in self.gate(x)]
            hidden = [unit * gate for unit, gate in zip(self.first(x), gates, strict=True)]
            return self.head(self.second(hidden)[:3])

    report = diagnose(Gated(), [[0.1 * k, 1 - 0.2 * k] for k in range(10)], [0.1 * k for k in range(10)], "mse")
    assert any("33 of 88" in finding.text for finding in report.findings)
