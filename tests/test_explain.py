"""explain: the chain rule in words, formulas and numbers."""
from __future__ import annotations

import html
import math
import random
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_paths import random_graph
from test_worked_examples_networks import CHOSEN, EDGES, GIVEN, INPUTS, TARGETS

from autograd_tiny import Value, gradients, nn, no_grad, sigmoid
from autograd_tiny.paths import PowerOfTen
from autograd_tiny.show.explanation import Explanation, explain
from autograd_tiny.show.ranking import Ranking

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
    assert "f → v29 → v28 → v27 → v26 → … → v3 → v2 → v1 → x\n" in text
    assert len(explained(f, x).paths[0].factors) == 30
    assert max(map(len, text.splitlines())) <= 100


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
    assert "∂₁f/∂v99 · ∂₁v99/∂v98" in text


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
    assert "2.187e+99   100.0%" in str(explain(f))


def test_an_operand_in_two_places_makes_two_derivatives() -> None:
    a = Value(3.0, "a")
    assert "  f → a   ∂₁f/∂a   = a   = 3\n  f → a   ∂₂f/∂a   = a   = 3\n  sum              " in str(
        explain(labelled(a * a, "f"), a)
    )


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
    assert "  f → v1 → x   ∂₁f/∂v1 · ∂v1/∂x   = v1 · 1   = 4 · 1   = 4\n" in text
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


# ---- what .grad holds

def test_grad_is_compared_with_the_gradient_and_never_changed() -> None:
    v = example_a()
    f, b = v["f"], v["b"]
    assert "backward() has not run: b.grad is not set yet." in str(explain(f, b))
    f.backward()
    assert ".grad" not in str(explain(f, b))
    f.backward()
    assert "b.grad holds 18, not ∂f/∂b but exactly 2 times as much: did backward() run 2 times?" in str(
        explain(f, b)
    )
    v["x"].backward()
    assert "b.grad holds 19, not ∂f/∂b: it was summed over several calls of backward()" in str(explain(f, b))
    assert "b.grad holds 19" in explained(f, b)._repr_html_()
    str(explain(f))
    assert (b.grad, v["a"].grad) == (19.0, 15.0)


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
    with pytest.raises(ValueError, match=r"^∂output/∂a = 0: no path leads from output to a$"):
        explain(f.detach() * 2.0, a)
    with no_grad():
        unrecorded = labelled(a * 2.0, "u")
    with pytest.raises(ValueError, match="u depends on no leaf that requires a gradient"):
        explain(unrecorded)


def test_most_and_digits_are_whole_numbers_from_1_up() -> None:
    v = example_a()
    for name in ("most", "digits"):
        with pytest.raises(ValueError, match=f"{name}: a whole number of 1 or more is expected, got 0"):
            explain(v["f"], **{name: 0})
        with pytest.raises(TypeError, match=f"{name}: a whole number is expected, got float 1.5"):
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
