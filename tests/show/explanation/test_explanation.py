"""explain: the chain rule in words, formulas and numbers."""
from __future__ import annotations

import html
import math
import random
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st
from references.random_paths import random_graph
from references.network_2_2_2 import CHOSEN, EDGES, GIVEN, INPUTS, TARGETS

from autograd_tiny import (
    Value, detect_anomaly, dot, gradients, max as largest, maximum, mean, nn, no_grad, operation, optim,
    prod, sigmoid,
)
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.outdated import first_outdated
from autograd_tiny.show.explanation.explanation import Explanation, explain
from autograd_tiny.show.explanation.ranking import Ranking
from autograd_tiny.show.paths import PowerOfTen

examples = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def labelled(value: Value, label: str) -> Value:
    value.label = label
    return value


def example_a() -> dict[str, Value]:
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = labelled(a + b, "x"), labelled(b + c, "y")
    return {"a": a, "b": b, "c": c, "x": x, "y": y, "f": labelled(x * y, "f")}


def example_b() -> dict[str, Value]:
    net = nn.Network(EDGES.values())
    named = {name: net.w[edge] for name, edge in EDGES.items()} | {"b1": Value(0.0), "b2": Value(0.0)}
    for name, number in (GIVEN | CHOSEN).items():
        named[name].data, named[name].label = number, name
    net.b = {"h1": named["b1"], "h2": named["b1"], "o1": named["b2"], "o2": named["b2"]}
    return named | {"E": labelled(nn.losses.half_squared_error(net(INPUTS), TARGETS), "E")}


def example_e() -> dict[str, Value]:
    """The 3-2-1 network, with the net inputs named."""
    w = [Value(x, f"w{i}") for i, x in enumerate((0.1, 0.2, 0.3, -0.4, 0.5, 0.6, 0.7, -0.8), 1)]
    xs = [Value(x, f"x{i}", requires_grad=False) for i, x in enumerate((1.0, 0.5, -1.5), 1)]
    z1 = labelled(xs[0] * w[0] + xs[1] * w[1] + xs[2] * w[2], "z1")
    z2 = labelled(xs[0] * w[3] + xs[1] * w[4] + xs[2] * w[5], "z2")
    h1, h2 = labelled(sigmoid(z1), "h1"), labelled(sigmoid(z2), "h2")
    z = labelled(h1 * w[6] + h2 * w[7], "z")
    o = labelled(sigmoid(z), "o")
    return {each.label: each for each in w} | {"C": labelled((o - 1.0) ** 2, "C")}


def example_f() -> dict[str, Value]:
    x1, y = Value(0.5, "x1", requires_grad=False), Value(1.0, "y", requires_grad=False)
    w11, w12, w21, w22 = Value(0.3, "w11"), Value(-0.2, "w12"), Value(0.7, "w21"), Value(0.4, "w22")
    h1, h2 = labelled(sigmoid(x1 * w11), "h1"), labelled(sigmoid(x1 * w12), "h2")
    o1 = labelled(sigmoid(h1 * w21 + h2 * w22), "o1")
    return {"w11": w11, "w21": w21, "error": labelled(0.5 * (y - o1) ** 2, "error")}


# ---- the worked examples, as they are printed

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


def test_e_w7_is_a_product_of_three_factors_and_the_third_of_w1_is_one_itself() -> None:
    v = example_e()
    by_w7, by_w1 = explain(v["C"], v["w7"]), explain(v["C"], v["w1"])
    assert isinstance(by_w7, Explanation) and isinstance(by_w1, Explanation)
    assert "    = ∂C/∂o · ∂o/∂z · ∂z/∂w7\n    = 2·(o − 1) · o·(1 − o) · h1\n" in str(by_w7)
    assert [each.formula.text for each in by_w1.paths[0].factors] == [
        "2·(o − 1)", "o·(1 − o)", "w7", "h1·(1 − h1)", "x1",
    ]
    assert "= ∂C/∂o · ∂o/∂z · ∂z/∂h1 · ∂h1/∂z1 · ∂z1/∂w1\n" in str(by_w1)


def test_f_the_factors_that_a_tutorial_forgot() -> None:
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


def test_a_ranking_of_leaves() -> None:
    v = example_a()
    assert str(explain(v["f"])) == """\
What f = 14 depends on, by |∂f/∂leaf|:
  leaf   value   gradient   gradient·value   paths   share
  b          3          9               27       2   50.0%   |██████████          |
  a         −1          7               −7       1   38.9%   |████████            |
  c          4          2                8       1   11.1%   |██                  |"""


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


# ---- what an Explanation holds

def explained(output: Value, leaf: Value, most: int = 8) -> Explanation:
    found = explain(output, leaf, most=most)
    assert isinstance(found, Explanation)
    return found


@examples
@given(st.integers(0, 10**6), st.integers(1, 10), st.integers(1, 6))
def test_what_is_shown_and_the_rest_are_the_gradient(seed: int, size: int, most: int) -> None:
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
    for way in (found, everything):
        assert all(len(line) <= 100 for line in str(way).splitlines())
        assert well_formed(way._repr_html_())
    assert not leaf.reached


def test_a_long_chain_is_cut_in_the_middle() -> None:
    x = Value(0.5, "x")
    f = x
    for _ in range(30):
        f = f.sin()
    text = str(explain(labelled(f, "f"), x))
    assert "f → v29 → v28 → v27 → v26 → … 22 more … → v3 → v2 → v1 → x\n" in text
    assert "cos(v26) · … 22 more … · cos(v3)" in text
    assert len(explained(f, x).paths[0].factors) == 30
    assert max(map(len, text.splitlines())) <= 100
    assert r"\cdot \underbrace{\cdots}_{22\ \text{more}} \cdot" in explained(f, x).latex
    assert " … 22 more … " in explained(f, x)._repr_html_()


def chain(length: int) -> tuple[Value, Value]:
    x = f = Value(0.5, "x")
    for _ in range(length):
        f = f.sin()
    return labelled(f, "f"), x


@pytest.mark.parametrize("length", [9, 24])
def test_a_path_of_up_to_24_factors_is_shown_as_a_whole(length: int) -> None:
    found = explained(*chain(length))
    page, latex = well_formed(found._repr_html_()).text, found.latex
    for text in (str(found), page):
        assert "…" not in text
        for i in range(2, length):
            assert f"→ v{i}" in text and text.count(f"∂v{i}/∂v{i - 1}") == 2
            assert f"∂v{i}/∂v{i - 1} = cos(v{i - 1}) = " in text and f"v{i} = sin(v{i - 1}) = " in text
    assert r"\cdots" not in latex and latex.count(r"\cos") == length
    assert max(map(len, str(found).splitlines())) <= 100
    assert max(line.count(r"\cdot ") for line in latex.splitlines()) <= 8


def test_a_path_over_several_lines() -> None:
    text = str(explain(*chain(16)))
    assert """
  f → v15 → v14 → v13 → v12 → v11 → v10 → v9 → v8 → v7 → v6 → v5 → v4 → v3 → v2 → v1 → x
    = ∂f/∂v15 · ∂v15/∂v14 · ∂v14/∂v13 · ∂v13/∂v12 · ∂v12/∂v11 · ∂v11/∂v10 · ∂v10/∂v9 · ∂v9/∂v8
      · ∂v8/∂v7 · ∂v7/∂v6 · ∂v6/∂v5 · ∂v5/∂v4 · ∂v4/∂v3 · ∂v3/∂v2 · ∂v2/∂v1 · ∂v1/∂x
    = cos(v15) · cos(v14) · """ in text


def test_where_many_long_paths_would_fill_pages_each_has_one_line() -> None:
    f, x = chain(20)
    g = labelled(f * 2.0 + (f + 1.0).tanh() + f.exp() + 3.0 * f, "g")
    shown = explained(g, x)
    lines = [line for line in str(shown).splitlines() if line.startswith("    = cos") or " · cos" in line]
    assert [len(re.findall(r"… \d+ more …", line)) for line in lines] == [1] * 4
    assert max(map(len, str(shown).splitlines())) <= 100
    hidden = int(re.findall(r"… (\d+) more …", lines[0])[0])
    assert hidden + lines[0].count(" · ") == len(shown.paths[0].factors)
    [whole] = [path for path in shown.paths if path.hidden == 0 and path.product == shown.paths[2].product]
    assert "".join(f"· {each.formula.text} " for each in whole.factors[2:12]) in " ".join(
        well_formed(shown._repr_html_()).text.split()
    )


def test_in_latex_brackets_stand_around_a_negative_product_of_two_lines() -> None:
    x = y = Value(2.0, "x")
    for i in range(9):
        y = labelled(y.cosh(), f"y{i}") if i < 2 else labelled(y.tanh(), f"y{i}")
    latex = explained(labelled(3.0 * x - y, "f"), x).latex
    assert r" + \bigl(-1 \cdot " in latex
    for line in latex.splitlines():
        assert line.count(r"\left") == line.count(r"\right")


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


def test_a_power_of_ten_beyond_a_hundred_digits() -> None:
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


def test_an_operand_in_two_places_makes_two_derivatives() -> None:
    a = Value(3.0, "a")
    b = Value(2.0, "b")
    text = str(explain(labelled(a ** (a * b), "f"), a))
    assert "∂₁" not in text and text.count("f → a ") == 1
    text = str(explain(labelled(a**a, "f"), a))
    assert text.count("  f → a   ") == 2
    assert "∂₂f/∂a = f·log(a) = 29.66 " in text and "∂₁f/∂a = a·a^(a − 1) = 27\n" in text


def test_three_paths_that_look_the_same_are_folded() -> None:
    a, b = Value(3.0, "a"), Value(2.0, "b")
    found = explained(labelled(a * a, "f"), a)
    assert """
  f → a   ∂₁f/∂a   = a   = 3
  f → a   ∂₂f/∂a   = a   = 3
  sum                    = 6

  ∂₁f/∂a = a = 3   f = a·a = 9
  ∂₂f/∂a = a = 3

""" in str(found)
    found = explained(labelled(prod([a, a, a]), "f"), a)
    assert """
  f → a                    ∂₁f/∂a   = a²   = 9
  … and 2 more like this                   = 18
  sum                                      = 27

""" in str(found)
    assert [path.product for path in found.paths] == [9.0, 9.0, 9.0]
    assert found.latex.startswith("\\begin{aligned}\n\\frac{\\partial f}{\\partial a} &= 3 \\cdot \\frac")
    found = explained(labelled(dot([a, a, b], [b, b, a]), "f"), a)
    assert "  … and 2 more like this                  = 4\n" in str(found)
    found = explained(labelled(prod([a] * 12), "f"), a)
    assert "… and 7 more like this                    = 1.24e+06\n  the other 4 paths  " in str(found)


def test_paths_through_different_results_are_not_folded() -> None:
    x = Value(1.0, "x")
    text = str(explain(labelled(x.sin() + x.sin(), "f"), x))
    assert "like this" not in text and "f → v1 → x" in text and "f → v2 → x" in text


def test_steps_of_arithmetic_stay_apart_where_two_ways_lead_through_them() -> None:
    x = Value(3.0, "x")
    found = explained(labelled(2.0 * x + x**2, "f"), x)
    formulas = [[each.formula.text for each in path.factors] for path in found.paths]
    assert formulas == [["1", "2·x"], ["1", "2"]]
    y = labelled(x * 1.0, "y")
    found = explained(labelled(5.0 - 2.0 * y * 3.0, "f"), x)
    assert [each.formula.text for each in found.paths[0].factors] == ["−6", "1"]


def test_a_step_of_arithmetic_that_is_a_branch_stays() -> None:
    x = Value(3.0, "x")
    step = x + 1.0
    text = str(explain(labelled(step * step, "f"), x))
    assert "  f → v1 → x   ∂₁f/∂v1 · ∂v1/∂x   = v1 · 1   = 4 · 1   = 4\n" in re.sub(" {4,}", "   ", text)
    assert "v1 = x + 1 = 4" in text


def test_steps_stay_apart_where_it_would_take_long_to_know_that_they_are_the_only_way() -> None:
    x, other = Value(3.0, "x"), Value(0.1)
    near, far = explained(x * 2.0 * 3.0 + other.sin(), x), other
    for _ in range(3000):
        far = far.sin()
    assert len(near.paths[0].factors) == 1
    assert len(explained(x * 2.0 * 3.0 + far, x).paths[0].factors) == 3


def test_a_result_in_between_can_be_explained() -> None:
    v = example_a()
    assert explained(v["f"], v["y"]).gradient == 2.0
    assert str(explain(v["f"], v["f"])).startswith("∂f/∂f = 1: f itself, along the empty path")
    assert explained(v["f"], v["f"]).paths[0].factors == []
    assert explained(v["f"], v["f"]).latex.count("&= 1") == 1


def test_values_without_labels_have_names_all_the_same() -> None:
    x, y = Value(2.0), Value(3.0)
    text = str(explain((x * y).exp() * y, x))
    assert text.startswith("∂v3/∂x = 3631: one path leads from v3 to x")
    assert "v1 = x·3 = 6" in text
    assert "∂v1/∂x1 = " in str(explain(labelled(y, "x") * x, x))


def test_zeros_infinities_and_nans_are_said() -> None:
    x = Value(0.0, "x")
    f = labelled(x.log() * 0.0 + x, "f")
    assert str(explain(f, x)).startswith("∂f/∂x = nan: 2 paths")
    assert str(explain(f)).count("nan") >= 2
    assert math.isnan(explained(f, x).paths[0].product)
    assert "All gradients are 0." in str(explain((x * 0.0).relu()))


def test_the_slope_at_a_kink_has_its_reason() -> None:
    a, b = Value(-1.0, "a"), Value(2.0, "b")
    assert "  ∂r/∂a = 0, since a < 0   r = relu(a) = 0\n" in str(explain(labelled(a.relu(), "r"), a))
    assert "∂r/∂b = 1, since b > a " in str(explain(labelled(maximum(b, a), "r"), b))
    assert "∂r/∂b = 1, since b is the largest " in str(explain(labelled(largest([a, b, -3.0]), "r"), b))
    page = well_formed(explained(labelled(a.relu() * b, "r"), a)._repr_html_()).text
    assert "∂v1/∂a = 0, since a < 0v1 = relu(a) = 0\n" in page


def test_a_value_shown_as_a_whole_number_that_it_is_not_is_about_equal() -> None:
    x = Value(7.667, "x")
    text = str(explain(labelled((x * 1.0).tanh().exp(), "f"), x))
    assert "v2 = tanh(v1) ≈ 1\n" in text and "v1 = x·1 = 7.667\n" in text
    noise = labelled(Value(0.1, "z") * 3.0, "y")
    assert "y = z·3 = 0.3\n" in str(explain(noise, noise.operands[0]))
    for number, said in [(1e5 + 0.3, "100000"), (3.0000000000000004, "3"), (2.0, "2"), (1e-9, "1e−09")]:
        z = Value(number, "z")
        assert f"y = |z| = {said}\n" in str(explain(labelled(abs(z), "y"), z))


def test_a_nan_is_pointed_out() -> None:
    a = Value(-1.0, "a")
    loss = labelled(a.log(), "L")
    assert "\nL is nan: diagnose(L) says where that began. backward() has not run" in str(explain(loss, a))
    assert "L is nan: diagnose(L)" in explained(loss, a)._repr_html_()
    assert "is nan" not in str(explain(labelled(a.exp(), "e"), a))


def test_a_label_that_looks_like_a_number_has_brackets() -> None:
    p, q = Value(2.0, "1"), Value(3.0, "-1")
    text = str(explain(labelled(p * q, "f"), p))
    assert "∂f/∂(1) = (-1) = 3   f = (1)·(-1) = 6" in text


# ---- what .grad holds

def one_line(shown: object) -> str:
    return " ".join(str(shown).split())


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


def test_a_leaf_explained_by_itself_is_not_said_to_be_many_times_too_large() -> None:
    a = Value(3.0, "a")
    (11.0 * a).backward()
    assert "a.grad holds 11, not ∂a/∂a: it was summed over several calls" in str(explain(a, a))
    assert "11 times" not in str(explain(a, a))


def test_a_result_does_not_sum_its_grad_and_nothing_is_said_of_zero_grad() -> None:
    v = example_a()
    v["f"].backward(2.0)
    text = one_line(explain(v["f"], v["x"]))
    assert "x.grad holds 14, not ∂f/∂x: it is from another output, or backward() had another seed." in text
    assert "zero_grad" not in text


# ---- a graph whose leaves have moved on

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


def test_the_first_result_that_does_not_fit_tells_which_leaves_may_have_changed() -> None:
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


def test_outdated_finds_the_first_result_that_does_not_fit_its_operands() -> None:
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


def test_a_users_operation_that_cannot_be_done_any_more_is_out_of_date() -> None:
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


# ---- paths that look the same

def test_paths_that_differ_in_the_middle_only_say_where() -> None:
    z = Value(1.0, "z")
    f = z
    for i in range(21):
        f = f * 1.5 + f * 0.5 if i in (8, 12) else f.sin()
    shown = explain(labelled(f, "f"), z)
    middles = re.findall("\n    with (.*) in the middle\n", str(shown))
    assert sorted(middles) == sorted(
        f"{one} · {other}" for one in ("∂v17/∂v15", "∂v17/∂v16") for other in ("∂v11/∂v9", "∂v11/∂v10")
    )
    assert " in the middle" not in well_formed(shown._repr_html_()).text      # nothing is left out there
    for _ in range(4):
        f = f.sin()
    longer = explained(labelled(f, "g"), z)
    assert well_formed(longer._repr_html_()).text.count(" in the middle") == 4


def test_a_path_that_looks_like_no_other_has_no_middle_to_tell() -> None:
    x = Value(1.0, "x")
    f = x
    for _ in range(20):
        f = f.sin()
    both = labelled(f + x.exp(), "f")
    assert "in the middle" not in str(explain(both, x))


# ---- a snapshot

def test_numbers_are_those_of_the_moment_of_the_explanation() -> None:
    """Whatever happens to the Values later, such as a step of an optimiser."""
    v, rate = example_a(), Value(0.5)
    f = labelled((v["f"] * rate).relu() + (v["b"] * rate).relu(), "f")
    shown = [explain(f, v["b"]), explain(f), explain(f, v["b"], most=1)]
    before = [(str(each), each._repr_html_()) for each in shown]
    again = [explain(f, v["b"]), explain(f), explain(f, v["b"], most=1)]     # not looked at before the step
    f.backward()
    for value in (*v.values(), rate, f):
        value.data -= 100.0
    for each in (shown, again):
        assert [(str(one), one._repr_html_()) for one in each] == before
    assert "b.grad is not set yet" in str(again[0]) and "x = a + b = 2" in str(again[0])
    assert str(explain(f, v["b"])) != before[0][0]


def test_factors_in_the_middle_of_a_long_path_keep_the_numbers_of_that_moment_too() -> None:
    x, w, rate = Value(0.5, "x"), Value(0.7, "w"), Value(0.25)
    f = x
    for _ in range(12):
        f = (f * (w * rate + 1.0)).sin()
    before = [each.formula.text for each in explained(f, x).paths[0].factors]
    found = explained(f, x)
    rate.data = 3.0
    assert before[11] == "w·0.25 + 1"
    assert [each.formula.text for each in found.paths[0].factors] == before


# ---- rankings

def test_a_ranking_says_what_it_leaves_out() -> None:
    a, b, c = Value(1.0, "a"), Value(2.0), Value(3.0, requires_grad=False)
    late = Value(4.0, "late", requires_grad=False)
    f = labelled(a * 2.0 + b * -5.0 + c + late, "f")
    late.requires_grad = True
    found = explain(f, most=1)
    assert isinstance(found, Ranking)
    assert (found.others, found.constant, found.unreached) == (1, 1, [late])
    [first] = found.leaves
    assert (first.leaf, first.name, first.gradient, first.paths) == (b, "leaf 2", -5.0, 1)
    assert first.share == pytest.approx(5 / 7)
    assert " ".join(str(found).split()).endswith(
        "1 more leaf, with gradients up to 2. Left out, since requires_grad=False: 1 leaf. "
        "No path leads to late: gradient 0."
    )


def test_a_ranking_of_a_network() -> None:
    v = example_b()
    found = explain(v["E"], most=3)
    assert isinstance(found, Ranking)
    assert [each.name for each in found.leaves] == ["b2", "w5", "w7"]
    every = explain(v["E"], most=100)
    assert isinstance(every, Ranking)
    assert sum(each.share for each in every.leaves) == pytest.approx(1.0)
    assert {each.name: each.gradient for each in every.leaves}["w6"] == gradients(v["E"], v["w6"])
    assert {each.name: each.paths for each in every.leaves}["b1"] == 4
    assert all(len(line) <= 100 for line in str(every).splitlines())


def test_counts_of_paths_in_a_ranking_are_exact_or_powers_of_ten() -> None:
    x = Value(0.0, "x")
    f = x
    for i in range(50):
        f = f + f
        if i == 48:
            assert " 562,949,953,421,312 " in str(explain(f))
    assert " 1.126·10^15 " in str(explain(f))


# ---- what is not to be explained

@pytest.mark.parametrize("output, leaf, message", [
    (3.0, None, "output: a Value is expected, got float 3.0"),
    (Value(1.0), "x", "leaf: a Value is expected, got str 'x'"),
    (Value(1.0), [Value(1.0)], "leaf: a Value is expected, got list"),
    (None, None, "output: a Value is expected, got None"),
])
def test_only_values_are_explained(output: Value, leaf: Value, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        explain(output, leaf)


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


def test_most_and_digits_are_whole_numbers_from_1_up() -> None:
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


class Reader(HTMLParser):
    """The tags of a piece of HTML, each closed in its turn; and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"style"}
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def well_formed(fragment: str) -> Reader:
    reader = Reader()
    reader.feed(fragment)
    reader.close()
    assert not reader.open
    assert reader.seen <= {"div", "p", "b", "span", "table", "tr", "td"}
    return reader


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
