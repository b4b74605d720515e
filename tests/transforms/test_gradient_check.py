"""check_gradients: derivatives that are wrong, that are right, and that cannot be checked."""
import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, check_gradients, operation


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
    (lambda x: x**2, 1e-300), (lambda x: at.relu(x - 1), 1 + 1e-8), (lambda x: x * abs(x), 0.0),
        (lambda x: at.sin(1e3 * x), 0.3),
    (lambda x: at.sqrt(x), 1e-6), (lambda x: 3.0, 1.0), (lambda x: abs(x) ** 3, 0.0), (at.gelu, -2.0),
])
def test_no_false_alarms(f, x):
    assert verdicts(check_gradients(f, x)) == ["agree"]


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
    assert edge and verdicts(edge) == ["not checked: the function is not finite on both sides"]
    rough = check_gradients(lambda x: 1e8 + 1e-6 * x, 1.0)
    assert rough and verdicts(rough) == ["not checked: rounding hides the difference"]


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
    assert text.splitlines()[-1] == "failed: 1 of 2 derivatives, 0 agree, 1 could not be checked"
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
