"""check_gradients: derivatives that are wrong, that are right, and that cannot be checked."""
import math
import random

import numpy as np
import pytest
from references.mistakes import MISTAKES, tally

import autograd_tiny as at
from autograd_tiny import Value, check_gradients, nn, operation
from autograd_tiny.transforms.dual import number


def verdicts(report):
    return [row.verdict for row in report.rows]


def error(w11, w12, w21, w22):
    """Worked example F: two hidden neurons on one input, and the error of their output."""
    h1, h2 = at.sigmoid(0.5 * w11), at.sigmoid(0.5 * w12)
    return 0.5 * (0.3 - at.sigmoid(h1 * w21 + h2 * w22)) ** 2


def test_the_tutorials_derivatives_right_and_wrong():
    def tutorial(w11, w12, w21, w22):
        h1, h2 = at.sigmoid(0.5 * w11), at.sigmoid(0.5 * w12)
        o1 = at.sigmoid(h1 * w21 + h2 * w22)
        common = (o1 - 0.3) * o1 * (1 - o1)
        return common * 0.5, common * 0.5, common * h1, common * h2     # without w21 · h1 · (1 − h1)

    weights = 0.1, 0.2, 0.3, 0.4
    report = check_gradients(error, *weights, claimed=tutorial)
    assert not report and verdicts(report) == ["the claim is wrong", "the claim is wrong", "agree", "agree"]
    assert [row.name for row in report.rows] == [f"∂error/∂{w}" for w in ("w11", "w12", "w21", "w22")]

    def corrected(w11, w12, w21, w22):
        h1, h2 = at.sigmoid(0.5 * w11), at.sigmoid(0.5 * w12)
        d11, d12, d21, d22 = tutorial(w11, w12, w21, w22)
        return d11 * w21 * h1 * (1 - h1), d12 * w22 * h2 * (1 - h2), d21, d22

    assert check_gradients(error, *weights, claimed=corrected)
    assert check_gradients(error, *weights)


def test_arguments_and_results_of_any_structure():
    def f(x, p):
        return [np.sum(np.exp(x) * p["a"]), x[0] * x[1]]

    report = check_gradients(f, np.array([1.0, 2.0]), {"a": 3})
    assert report and len(report.rows) == 6
    assert [row.name for row in report.rows][:3] == ["∂f[0]/∂x[0]", "∂f[0]/∂x[1]", "∂f[0]/∂p['a']"]
    assert report.rows[2].reverse == pytest.approx(math.e + math.e**2, rel=1e-14)


def test_claims_have_the_structure_that_jacobian_answers_with():
    def f(x, y):
        return np.array([x[0] * y, x[1] * x[0]])

    x, y = np.array([2.0, 3.0]), 5.0
    right = (np.array([[5.0, 0.0], [3.0, 2.0]]), np.array([2.0, 0.0]))
    assert check_gradients(f, x, y, claimed=right)
    assert check_gradients(f, x, y, claimed=at.jacobian(f, (0, 1)))
    wrong = (np.array([[5.0, 0.0], [2.0, 3.0]]), np.array([2.0, 0.0]))
    assert verdicts(check_gradients(f, x, y, claimed=wrong)).count("the claim is wrong") == 2
    with pytest.raises(ValueError, match="claimed must have the structure of the derivatives"):
        check_gradients(f, x, y, claimed=np.zeros((2, 2)))


@pytest.mark.parametrize("f, x", [
    (at.relu, 0.0), (abs, 0.0), (lambda x: at.maximum(x * x, x), 1.0), (lambda x: at.max([x, 2.0, -x]), 2.0),
    (lambda x: at.clip(x, 0.0, 1.0), 1.0), (lambda x: at.leaky_relu(x - 3.0), 3.0),
])
def test_a_kink_is_no_error(f, x):
    report = check_gradients(f, x)
    assert report and "kink" in verdicts(report)[0] and math.isnan(report.rows[0].numeric)
    assert not check_gradients(f, x, claimed=17.0)


@pytest.mark.parametrize("f, x", [
    (at.relu, 1e-4), (at.relu, -1e-3), (at.exp, 50.0), (at.log, 1e-8), (lambda x: at.exp(1000 * x), 0.0),
    (at.sin, 1e6), (at.sin, 1e7), (lambda t: at.sin(2 * math.pi * 365 * t), 2026.9), (lambda x: x**2, 0.0),
    (lambda t: at.sigmoid((t - 1.7e9) / 3600), 1.7e9 + 100), (lambda x: at.tanh(1e8 * (x - 1)), 1.0),
    (at.log, 1e-300), (lambda x: at.relu(x - 1), 1 + 1e-8), (lambda x: x * abs(x), 0.0),
        (lambda x: at.sin(1e3 * x), 0.3),
    (lambda x: at.sqrt(x), 1e-6), (lambda x: 3.0, 1.0), (lambda x: abs(x) ** 3, 0.0), (at.gelu, -2.0),
])
def test_no_false_alarms(f, x):
    assert verdicts(check_gradients(f, x)) == ["agree"]


LOSSES = nn.losses


@pytest.mark.parametrize("f, x", [
    (lambda x: at.log(1 + x), 0.01), (lambda r: 100 / (1 + r) ** 5 - 80, 0.03), (lambda g: at.sqrt(1 + g * g) - 1, 0.1),
    (lambda z: LOSSES.binary_cross_entropy(z, 1.0), 4.0), (lambda x: 1 - at.cos(x), 1e-5), (at.sin, 1e10),
    (lambda x: 5 * x + 1, 5e-324), (at.exp, 5e-324), (lambda x: 0 * x, 0.0), (lambda x: 1e8 + 0 * x, 1.0),
    (lambda x: at.sqrt(at.relu(x)), -10.0), (lambda x: 2 * x, 1e307),
])
def test_values_that_are_mostly_rounding(f, x):
    assert verdicts(check_gradients(f, x)) == ["agree"]


def test_random_points_of_functions_that_cancel():
    rng = random.Random(3)
    for _ in range(40):
        assert check_gradients(lambda x: at.log(1 + x), 10 ** rng.uniform(-9, 1))
        assert check_gradients(lambda z: LOSSES.cross_entropy(z, 1), [rng.gauss(0, 3) for _ in range(3)])
        assert check_gradients(lambda z: (at.sigmoid(z) - 1) ** 2, rng.gauss(0, 4))


def test_what_rounding_hides_is_undecided():
    for f, x in [
        (lambda x: 1e8 + 1e-6 * x, 1.0), (lambda x: x**2, 1e-300), (lambda x: at.tanh(50 + x), 1.0),
        (lambda x: 1 + 1e-14 * at.sin(x), 1.0), (lambda x: 1 - at.cos(x), 1e-12),
        (lambda x: 1 + at.tanh(x.detach()), 20.0),
    ]:
        result = check_gradients(f, x)
        assert result and verdicts(result) == ["undecided: finite differences are not exact enough here"]
        assert str(result).splitlines()[-1] == "passed, 0 agree, 1 undecided"


def test_claims_are_compared_with_the_graph_where_differences_are_undecided():
    def f(x):
        return 1e8 + 1e-6 * x

    assert check_gradients(f, 1.0, claimed=1e-6)
    assert verdicts(check_gradients(f, 1.0, claimed=2e-6)) == ["the claim is wrong"]


def test_at_a_minimum_that_was_found_all_derivatives_are_rounding():
    rows = [(0.3, 1.1), (1.7, 2.0), (-0.4, 0.1), (2.2, -1.0)]
    slope = math.fsum(x * y for x, y in rows) / math.fsum(x * x for x, _ in rows)
    result = check_gradients(lambda w: at.sum([(w * x - y) ** 2 for x, y in rows]), slope)
    [row] = result.rows
    assert result and row.verdict == "agree" and abs(row.reverse) < 1e-14
    exact = check_gradients(lambda w: at.sum([(w * x - 0.1 * x) ** 2 for x, _ in rows]), 0.1)
    assert verdicts(exact) == ["agree"]
    assert not check_gradients(lambda w: at.sum([(w * x - y) ** 2 for x, y in rows]), slope, claimed=1e-6)


@pytest.mark.parametrize("f", [
    lambda x: 5 * x + at.sign(x), lambda x: at.sign(x), lambda x: 5 * x if x > 0 else 5 * x + 1e-6,
    lambda x: at.where(at.greater(x, 0.0), 1.0, x), lambda x: at.sin(x) + (1e-3 if x == 0 else 0.0),
    lambda x: 3 + at.sign(1 + x - 1),
])
def test_a_jump_is_found_also_where_the_derivative_is_that_of_both_sides(f):
    result = check_gradients(f, 0.0)
    assert not result and verdicts(result) == ["the function jumps here"]


def test_a_wrong_operation_is_named_also_where_the_whole_cannot_show_it():
    @operation(lambda x, f: 3 * x)
    def square(x):
        return x * x

    assert verdicts(check_gradients(lambda x: 1e20 + square(x), 2.0)) == ["the derivative of square is wrong"]
    assert verdicts(check_gradients(lambda x, y: x + square(y), 1.0, 2.0)) == [
        "agree", "the derivative of square is wrong"
    ]


def test_operations_that_lose_digits_inside_and_have_derivatives_of_plain_numbers():
    @operation(lambda x, f: 1 / (1 + x))
    def log_of_one_more(x):
        return math.log(1 + x)

    @operation(lambda x, f: math.sin(float(x)))
    def one_minus_cos(x):
        return 1 - math.cos(x)

    for x in (0.01, 1e-6, 1e-9, 1e-13):
        assert verdicts(check_gradients(log_of_one_more, x)) == ["agree"]
        assert check_gradients(one_minus_cos, x)


def test_derivatives_that_are_not_finite():
    assert verdicts(check_gradients(at.cbrt, 0.0)) == ["undecided: the derivative is not finite"]

    @operation(lambda x, f: math.nan)
    def unknown(x):
        return 2 * x

    assert not check_gradients(unknown, 1.0)


def test_a_function_that_fails_beside_the_point():
    def plain(x):
        return x + math.sqrt(number(x) - 0.999) * 0

    assert check_gradients(plain, 1.0)


def test_a_wrong_derivative_of_an_operation_is_named():
    @operation(lambda x, f: 3 * x)
    def square(x):
        return x * x

    @operation(lambda x, y, f: y, lambda x, y, f: x)
    def product(x, y):
        return x * y

    report = check_gradients(lambda x: at.sin(square(x)) + product(x, 2.0), 2.0)
    assert not report and verdicts(report) == ["the derivative of square is wrong"]


def test_a_number_taken_out_of_the_graph_is_noticed():
    assert verdicts(check_gradients(lambda x: x * x.data, 2.0)) == ["a path is missing from the graph"]
    assert verdicts(check_gradients(lambda x: x.detach() * 2, 2.0)) == ["a path is missing from the graph"]


def test_a_smooth_function_is_not_taken_for_one_with_kinks():
    for x in np.linspace(0.5, 1.5, 20):
        assert verdicts(check_gradients(lambda x: at.sin(1e5 * x), float(x))) == ["agree"]
    assert verdicts(check_gradients(at.sin, 1e6, claimed=0.7)) == ["the claim is wrong"]


def test_claims_are_held_to_more_digits_than_differences_have():
    assert not check_gradients(lambda x: x**3, 2.0, claimed=12.0 * (1 + 1e-7))
    assert check_gradients(lambda x: x**3, 2.0, claimed=12.0 * (1 + 1e-12))


def test_points_where_nothing_can_be_checked():
    edge = check_gradients(at.sqrt, 0.0)
    assert edge and verdicts(edge) == ["undecided: the function is not finite on both sides"]


def test_where_there_is_no_derivative():
    assert verdicts(check_gradients(at.log, -1.0)) == ["the function is not finite here"]
    jump = check_gradients(lambda x: x if x > 1 else 2 * x, 1.0)
    assert not jump and verdicts(jump) == ["the function jumps here"]


def test_a_random_function_is_refused():
    numbers = iter(range(100))
    with pytest.raises(ValueError, match=r"gives \[.*\] and then \[.*\] for the same arguments"):
        check_gradients(lambda x: x * next(numbers), 1.0)


def test_it_prints_as_a_table_with_failures_first():
    report = check_gradients(lambda x, y: x * y + at.relu(y), 2.0, 0.0, claimed=(0.5, 2.0))
    text = str(report)
    assert text.splitlines()[1].startswith("∂f/∂x") and "the claim is wrong" in text.splitlines()[1]
    assert text.splitlines()[-1] == "failed: 1 of 2 derivatives, 0 agree, 1 at a kink"
    page = report._repr_html_()
    assert page.count("<tr") == 3 and "the claim is wrong" in page
    many = check_gradients(lambda x: at.sum(x), [1.0] * 30)
    assert str(many).splitlines()[-1] == "passed, 30 agree, 10 rows not shown"


def test_names_do_not_reach_html_unescaped():
    report = check_gradients(lambda p: p["<script>"] * 2, {"<script>": 1.0})
    assert "<script>" not in report._repr_html_() and "&lt;script&gt;" in report._repr_html_()


def test_no_gradient_changes():
    w, x = Value(3.0), Value(2.0)
    assert check_gradients(lambda x: w * x, x)
    assert (w.grad, x.grad, w.reached, x.reached) == (0.0, 0.0, False, False)


def test_bad_input():
    with pytest.raises(TypeError, match=r"argument 0 of exp: .*got str 'x'"):
        check_gradients(at.exp, "x")
    with pytest.raises(TypeError, match=r"claimed: .*got str 'no'"):
        check_gradients(at.exp, 1.0, claimed="no")


def test_a_check_that_takes_long_shows_a_bar(capsys, monkeypatch):
    monkeypatch.setattr("autograd_tiny.boundary.bars.PATIENCE", -1.0)
    assert check_gradients(at.sum, [1.0, 2.0])
    assert "check_gradients" in capsys.readouterr().err
    assert check_gradients(at.sum, [1.0, 2.0], progress=False)
    assert capsys.readouterr() == ("", "")


def test_random_functions_give_no_false_alarm():
    assert tally("right", range(120))["false alarm"] == 0


@pytest.mark.parametrize("kind", MISTAKES)
def test_planted_mistakes_are_found_and_never_confirmed(kind):
    counts = tally(kind, range(60))
    assert counts["missed"] == 0 and counts["undecided"] <= 2 and counts["found"] >= 50


@pytest.mark.long
def test_two_thousand_random_functions_give_no_false_alarm():
    assert tally("right", range(2000))["false alarm"] == 0


@pytest.mark.long
@pytest.mark.parametrize("kind", MISTAKES)
def test_planted_mistakes_in_two_thousand_functions_are_found(kind):
    counts = tally(kind, range(2000))
    assert counts["missed"] == 0 and counts["found"] >= 0.99 * (counts["found"] + counts["undecided"])
