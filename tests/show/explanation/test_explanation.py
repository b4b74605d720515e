"""explain: the chain rule in words, formulas and numbers."""
from __future__ import annotations

import html
import math
import random
import re

import pytest
from hypothesis import given, settings, strategies as st

from autograd_tiny import Value, gradients
from autograd_tiny.show.explanation.explanation import Explanation, explain
from autograd_tiny.show.paths import PowerOfTen
from references.show.explanations import explained, well_formed
from references.programs.random_paths import random_graph
from references.worked_examples import example_a, example_b, example_e, example_f, labelled


def test_a_gradients_add_at_branches() -> None:
    v = example_a()
    assert str(explain(v["f"], v["b"])) == """\
∂f/∂b = 9: 2 paths lead from f to b, and gradients add at branches

  f → x → b   ∂f/∂x · ∂x/∂b   = y · 1   = 7 · 1   = 7
  f → y → b   ∂f/∂y · ∂y/∂b   = x · 1   = 2 · 1   = 2
  sum                                             = 9

  ∂f/∂x = y = 7   f = x·y = 14
  ∂x/∂b = 1       x = a + b = 2
  ∂f/∂y = x = 2
  ∂y/∂b = 1       y = b + c = 7

backward() has not run: b.grad is not set yet."""


def test_b_w6_is_a_product_of_three_factors() -> None:
    v = example_b()
    v["E"].backward()
    assert str(explain(v["E"], v["w6"])) == """\
∂E/∂w6 = −0.007018: one path leads from E to w6

  E → o2 → v6 → w6
    = ∂E/∂o2 · ∂o2/∂v6 · ∂v6/∂w6
    = (o2 − 0.5) · o2·(1 − o2) · h1
    = −0.04477 · 0.248 · 0.632
    = −0.007018

  ∂E/∂o2 = o2 − 0.5 = −0.04477    E = 0.5·((o1 − 0.5)² + (o2 − 0.5)²) = 0.02861
  ∂o2/∂v6 = o2·(1 − o2) = 0.248   o2 = sigmoid(v6) = 0.4552
  ∂v6/∂w6 = h1 = 0.632            v6 = w6·h1 + w8·h2 + b2 = −0.1796"""


def test_e_w7_is_a_product_of_three_factors_and_w1_of_five() -> None:
    v = example_e()
    by_w7, by_w1 = explain(v["C"], v["w7"]), explain(v["C"], v["w1"])
    assert isinstance(by_w7, Explanation) and isinstance(by_w1, Explanation)
    assert "    = ∂C/∂o · ∂o/∂z · ∂z/∂w7\n    = 2·(o − 1) · o·(1 − o) · h1\n" in str(by_w7)
    assert [each.formula.text for each in by_w1.paths[0].factors] == [
        "2·(o − 1)", "o·(1 − o)", "w7", "h1·(1 − h1)", "x1",
    ]
    assert "= ∂C/∂o · ∂o/∂z · ∂z/∂h1 · ∂h1/∂z1 · ∂z1/∂w1\n" in str(by_w1)


def test_f_no_factor_is_forgotten() -> None:
    v = example_f()
    assert str(explain(v["error"], v["w11"])) == """\
∂error/∂w11 = −0.007278: one path leads from error to w11

  error → o1 → v5 → h1 → v1 → w11
    = ∂error/∂o1 · ∂o1/∂v5 · ∂v5/∂h1 · ∂h1/∂v1 · ∂v1/∂w11
    = −(y − o1) · o1·(1 − o1) · w21 · h1·(1 − h1) · x1
    = −0.3621 · 0.231 · 0.7 · 0.2486 · 0.5
    = −0.007278

  ∂error/∂o1 = −(y − o1) = −0.3621   error = 0.5·(y − o1)² = 0.06556
  ∂o1/∂v5 = o1·(1 − o1) = 0.231      o1 = sigmoid(v5) = 0.6379
  ∂v5/∂h1 = w21 = 0.7                v5 = h1·w21 + h2·w22 = 0.5662
  ∂h1/∂v1 = h1·(1 − h1) = 0.2486     h1 = sigmoid(v1) = 0.5374
  ∂v1/∂w11 = x1 = 0.5                v1 = x1·w11 = 0.15

backward() has not run: w11.grad is not set yet."""
    assert "= −(y − o1) · o1·(1 − o1) · h1\n" in str(explain(v["error"], v["w21"])).replace("   =", "\n=")


def test_latex_is_a_sum_over_paths() -> None:
    v = example_a()
    explanation = explain(v["f"], v["b"])
    assert isinstance(explanation, Explanation)
    assert explanation.latex == r"""\begin{aligned}
\frac{\partial f}{\partial b} &= \frac{\partial f}{\partial x} \cdot \frac{\partial x}{\partial b} + """ + (
        r"""\frac{\partial f}{\partial y} \cdot \frac{\partial y}{\partial b} \\
&= y \cdot 1 + x \cdot 1 \\
&= 7 \cdot 1 + 2 \cdot 1 \\
&= 7 + 2 \\
&= 9
\end{aligned}""")
    assert explanation._repr_latex_() == f"$${explanation.latex}$$"


# ---- the sum over the paths, and their number

@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**6), st.integers(1, 10), st.integers(1, 6))
def test_the_shown_products_and_the_rest_add_up_to_the_gradient(seed: int, size: int, most: int) -> None:
    values = random_graph(seed, size)
    output, leaf = values[-1], values[0]
    found = explained(output, leaf, most)
    everything = explained(output, leaf, 10**6)
    scale = math.fsum(abs(path.product) for path in everything.paths)
    assert found.gradient == gradients(output, leaf)
    assert found.count == len(found.paths) + found.rest_count == len(everything.paths)
    assert everything.rest == everything.rest_count == 0
    shown = math.fsum(path.product for path in found.paths)
    assert abs(shown + found.rest - found.gradient) <= 1e-12 * scale
    for path in everything.paths:
        product = math.prod(factor.value for factor in path.factors)
        assert product == pytest.approx(path.product, rel=1e-12, abs=1e-300)
        assert [path.factors[0].result, path.factors[-1].operand] == [output, leaf]
    for each in (found, everything):
        assert all(len(line) <= 100 for line in str(each).splitlines())
        assert well_formed(each._repr_html_())
    assert not leaf.reached


def test_more_paths_than_could_be_listed() -> None:
    x = Value(1.0, "x")
    f = x
    for _ in range(100):
        f = f + f
    found = explained(labelled(f, "f"), x, 3)
    assert (found.count, found.rest_count, len(found.paths)) == (2**100, 2**100 - 3, 3)
    assert found.rest == pytest.approx(2.0**100)
    text = str(found)
    assert text.startswith("∂f/∂x = 1.268e+30: 1,267,650,600,228,229,401,496,703,205,376 paths lead ")
    assert "  all the others   = 1.268e+30\n  sum              = 1.268e+30\n" in text
    assert text.count("∂₁f/∂v99 · ∂₁v99/∂v98") == 1
    assert "    = 1\n  … and 2 more like this = 2\n  all the others " in text
    assert str(2**100 - 3) in found.latex and found.latex.count("3 \\cdot 1 \\cdot 1") == 1
    page = well_formed(found._repr_html_()).text
    assert page.count("→ x") == 1 and "… and 2 more like this = 2" in page


def test_a_count_beyond_a_hundred_digits_is_a_power_of_ten() -> None:
    x = Value(1.0, "x")
    f = x
    for _ in range(2000):
        f = f + f
    found = explained(f, x)
    assert isinstance(found.count, PowerOfTen) and found.rest_count == found.count
    assert found.gradient == found.rest == math.inf
    assert "1.148·10^602 paths lead from v2000 to x" in str(found)
    assert r"\underbrace{\infty}_{1.148 \cdot 10^{602}\ \text{other paths}}" in found.latex


def test_a_count_of_a_hundred_digits_is_written_out() -> None:
    x = Value(1.0, "x")
    f = x
    for _ in range(330):
        f = f + f
    text = str(explained(f, x))
    assert str(2**330) in text and "all the others" in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "2.187·10^99   100.0%" in str(explain(f))


def test_a_result_in_between_can_be_explained() -> None:
    v = example_a()
    assert explained(v["f"], v["y"]).gradient == 2.0
    assert str(explain(v["f"], v["f"])).startswith("∂f/∂f = 1: f itself, along the empty path")
    assert explained(v["f"], v["f"]).paths[0].factors == []
    assert explained(v["f"], v["f"]).latex.count("&= 1") == 1


def test_a_result_that_is_0_has_a_definition_too() -> None:
    x, a = Value(0.5, "x"), Value(2.0, "a")
    text = str(explain(((((a * 0.0) + a) + a) + a) * x, x))
    assert "v1 + a + a + a" in text and "v1 = a·0 = 0" in text


def test_zeros_infinities_and_nans_are_shown() -> None:
    x = Value(0.0, "x")
    f = labelled(x.log() * 0.0 + x, "f")
    assert str(explain(f, x)).startswith("∂f/∂x = nan: 2 paths")
    assert str(explain(f)).count("nan") >= 2
    assert math.isnan(explained(f, x).paths[0].product)
    assert "All gradients are 0." in str(explain((x * 0.0).relu()))


# ---- a snapshot

def test_numbers_are_those_of_the_time_of_the_explanation() -> None:
    """Whatever happens to the Values later, such as an update by an optimiser."""
    v, rate = example_a(), Value(0.5)
    f = labelled((v["f"] * rate).relu() + (v["b"] * rate).relu(), "f")
    shown = [explain(f, v["b"]), explain(f), explain(f, v["b"], most=1)]
    before = [(str(each), each._repr_html_()) for each in shown]
    again = [explain(f, v["b"]), explain(f), explain(f, v["b"], most=1)]     # not looked at before the change
    f.backward()
    for value in (*v.values(), rate, f):
        value.data -= 100.0
    for each in (shown, again):
        assert [(str(one), one._repr_html_()) for one in each] == before
    assert "b.grad is not set yet" in str(again[0]) and "x = a + b = 2" in str(again[0])
    assert str(explain(f, v["b"])) != before[0][0]


# ---- errors

@pytest.mark.parametrize("output, leaf, message", [
    (3.0, None, "output: a Value is expected, got float 3.0"),
    (Value(1.0), "x", "leaf: a Value is expected, got str 'x'"),
    (Value(1.0), [Value(1.0)], "leaf: a Value is expected, got list"),
    (None, None, "output: a Value is expected, got None"),
])
def test_only_values_are_explained(output: Value, leaf: Value, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        explain(output, leaf)


def test_most_and_digits_are_positive_integers() -> None:
    v = example_a()
    for name in ("most", "digits"):
        with pytest.raises(ValueError, match=f"{name}: an integer of 1 or more is expected, got 0"):
            explain(v["f"], **{name: 0})
        with pytest.raises(TypeError, match=f"{name}: an integer is expected, got float 1.5"):
            explain(v["f"], v["b"], **{name: 1.5})
    assert f"E = {example_b()['E'].data:.9g} depends" in str(explain(example_b()["E"], digits=9))


# ---- labels are text

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\\b'c\"d&amp;", "</td></table>", "🙂 ∂",
    "x" * 10_000, "a\nb\x00", "$x_1^2$ \\frac{", "−1", "a + b", "",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_shown_and_not_run(label: str) -> None:
    x = Value(2.0, label)
    f = labelled((x * x).sin() * x, label)
    for shown in (explained(f, x), explain(f)):
        page = well_formed(shown._repr_html_())
        assert "<script" not in shown._repr_html_() and "<img" not in shown._repr_html_()
        assert len(page.text) < 10_000
        assert "\x00" not in str(shown)
    latex = explained(f, x).latex
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    assert "<s" not in latex and "<i" not in latex and "</" not in latex
    assert html.escape(label[:4].split("\n")[0]) in explained(f, x)._repr_html_()


def test_html_takes_the_colours_of_its_surroundings() -> None:
    v = example_a()
    for shown in (explained(v["f"], v["b"]), explain(v["f"])):
        fragment = shown._repr_html_()
        assert "color: inherit" in fragment and "<style" not in fragment
        assert "#d0453f" in fragment
    text = well_formed(explained(v["f"], v["b"])._repr_html_()).text
    for part in ("∂f/∂b = 9", "f → x → b", "= 7 · 1", "x = a + b = 2"):
        assert part in text


def test_results_have_the_colour_of_gradients() -> None:
    a, f = example_a(), example_f()
    red = r'= <span style="color: #d0453f">([^<]*)</span>'
    assert re.findall(red, explained(a["f"], a["b"])._repr_html_()) == ["9", "7", "2", "9"]
    assert re.findall(red, explained(f["error"], f["w11"])._repr_html_()) == ["−0.007278"] * 2


def test_the_same_graph_gives_the_same_text() -> None:
    rng = random.Random(3)
    values = random_graph(rng.randrange(1000), 9)
    assert len({repr(explain(values[-1], values[0])) for _ in range(3)}) == 1
