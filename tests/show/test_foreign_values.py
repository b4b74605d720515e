"""Values of the textbook, of micrograd's kind and of wrong classes in pictures, with the numbers of the class."""
import math
import random
import re

import pytest
from references.show.lecture_values import Children, Ordered, Overwriting, Swapped, V, WrongSum, random_program

import autograd_tiny as at
from autograd_tiny import draw, explain, explore, nn, play, textbook
from autograd_tiny.show.foreign_graph import nodes_below
from autograd_tiny.show.foreign_values import Measured, Rounded, translated


def steps(x):
    return [(step.says, step.total) for step in play(x).film.steps]


def neuron(of):
    """A computation of operations that all classes round alike, with labels at the leaves and some results."""
    x, w, b, c = of(0.5, label="x"), of(-2.0, label="w"), of(1.5, label="b"), of(2.0, label="c")
    n = x * w + b
    n.label = "n"
    f = (n.relu() + w) * (b * b + b) + (c**3.0).exp() * c
    f.label = "f"
    return f, x, w, b, c


# ---- the same pictures as of our own Values

@pytest.mark.parametrize("of", [textbook.Value, Ordered])
def test_all_that_shows_a_graph_shows_the_same_as_of_our_own(of):
    ours, x, w, b, c = neuron(at.Value)
    theirs, x_, w_, b_, c_ = neuron(of)
    ours.backward()
    if of is textbook.Value:
        theirs.backward()
    else:
        for mine, other in zip(at.topological_order(ours), nodes_below([theirs]), strict=True):
            other.given.grad = mine.grad
    assert draw(theirs).tree == draw(ours).tree
    assert str(draw(theirs).table) == str(draw(ours).table)
    assert draw(theirs).source == draw(ours).source and draw(theirs).mermaid == draw(ours).mermaid
    for leaf, leaf_ in [(x, x_), (w, w_), (b, b_), (c, c_)]:
        assert str(explain(theirs, leaf_)) == str(explain(ours, leaf))
    assert str(explain(theirs)) == str(explain(ours))
    assert steps(theirs) == steps(ours)
    assert explore(theirs).html == explore(ours).html


@pytest.mark.parametrize("seed", range(15))
def test_the_numbers_of_a_random_graph_are_kept_to_the_last_digit(seed):
    rng = random.Random(seed)
    run = random_program(rng)
    f = run([textbook.Value(rng.uniform(-2, 2)) for _ in range(3)])
    f.backward()
    nodes = nodes_below([f])
    order = at.topological_order(translated(f)[0])
    assert [(own.data, own.grad) for own in order] == [(node.data, node.grad) for node in nodes]
    assert not any(isinstance(own.operation, Measured) for own in order)
    assert at.gradients(order[-1], order) == pytest.approx([own.grad for own in order], rel=1e-9, abs=1e-10)
    assert steps(f) and "changed" not in str(explain(f))


def test_a_network_of_the_textbook_can_be_drawn():
    random.seed(1)
    out = textbook.MLP(2, [3, 1])([0.5, -1.0])
    out.backward()
    picture = draw(out)
    assert picture.tree.startswith("v") and "tanh" in picture.tree and "<svg" in picture.svg
    assert len(explore(out).values) == 13 + 6            # each neuron makes leaves of the two numbers that it is given


def test_the_pictures_of_sets_are_right_but_for_the_order():
    f, x, *_ = neuron(V)
    ours, own_x, *_ = neuron(at.Value)
    assert explain(f, x).gradient == explain(ours, own_x).gradient
    (found,) = translated(f)
    assert found.data == ours.data and len(at.topological_order(found)) == len(at.topological_order(ours))


def test_several_roots_share_a_picture():
    a = textbook.Value(2.0, label="a")
    b = a * 3.0
    c = b + a
    mine = at.Value(1.0, "mine")
    picture = draw([b, c, mine])
    assert picture.tree.count("a   2") == 1 and "mine" in picture.tree
    assert draw(x for x in (b, c)).tree == draw((b, c)).tree


def test_paths_are_highlighted():
    f, x, w, _, c = neuron(textbook.Value)
    ours, own_x, *_ = neuron(at.Value)
    assert draw(f, highlight=x).source == draw(ours, highlight=own_x).source
    path = explain(f, x).paths[0]
    assert "path" in draw(path.nodes[0], highlight=path).source
    assert "f → v9 → c" in draw(f, highlight=[f, f._prev[1], c]).source
    with pytest.raises(ValueError, match="is not in this picture"):
        draw(w, highlight=x)


def test_our_own_values_stay_the_same_objects():
    a = at.Value(1.0)
    several = [a, a * 2.0]
    assert translated(a)[0] is a and translated(several, None)[0] is several
    mixed, other = translated([a, textbook.Value(1.0)], "gradients")
    assert mixed[0] is a and type(mixed[1]) is at.Value and other == "gradients"


# ---- operations

class Made(Ordered):
    """A class with an operation for each row that takes a fixed number of Values."""

    def apply(self, row, *others):
        xs = [self, *others]
        node = row.on_values(*[at.Value(x.data) for x in xs])
        edges = zip(xs, node.local_grads, strict=True)
        return self.result(node.data, row.sign, *[(x, lambda d=d: d) for x, d in edges])


@pytest.mark.parametrize("row", [
    row for row in at.calculus.operations.OPERATIONS if row.operands and not row.is_nary
], ids=lambda row: row.name)
def test_each_operation_of_this_package_is_found_by_its_sign(row):
    numbers = {"acosh": (1.5,), "polygamma": (1.0, 0.5)}.get(row.name, (0.75, 0.5, 2.0))
    operands = [*map(Made, numbers)][: len(row.operands)]
    (found,) = translated(operands[0].apply(row, *operands[1:]))
    assert found.operation.sign == row.sign and not isinstance(found.operation, Measured | Rounded)
    assert explore(found).values


@pytest.mark.parametrize(("op", "sign"), [("ReLU", "relu"), ("TANH", "tanh"), ("mul", "*"), ("sub", "-"), ("add", "+")])
def test_other_spellings(op, sign):
    a, b = Ordered(2.0), Ordered(3.0)
    f = {"relu": a.relu, "tanh": a.tanh, "*": lambda: a * b, "-": lambda: a - b, "+": lambda: a + b}[sign]()
    f._op = op
    assert translated(f)[0].op == sign


@pytest.mark.parametrize("n", [2, 3.0, -1, 0.5, -2.5, 1e-3])
def test_powers_have_their_exponent_in_the_sign(n):
    x = Ordered(2.0, label="x")
    (found,) = translated(x**n)
    assert found.op == "**" and found.operands[1] == n and found.local_grads[0] == pytest.approx(n * 2.0 ** (n - 1))


def test_minus_of_one_operand_is_a_negation():
    assert explain(-Ordered(2.0, label="x"), None).leaves[0].gradient == -1.0
    assert translated(-Ordered(2.0))[0].operation.name == "neg"


@pytest.mark.parametrize("of", [V, Ordered])
@pytest.mark.parametrize(("make", "local_grads"), [
    (lambda b: b * b, (3.0, 3.0)), (lambda b: b + b, (1.0, 1.0)), (lambda b: b - b, (1.0, -1.0)),
    (lambda b: b / b, (1 / 3, -1 / 3)),
], ids=["mul", "add", "sub", "div"])
def test_an_operand_that_stands_twice(of, make, local_grads):
    """Also in a set, which holds it once."""
    b = of(3.0, label="b")
    (found,) = translated(make(b))
    assert found.local_grads == local_grads and found.operands[0] is found.operands[1]


def test_an_operand_that_stands_twice_in_an_unknown_operation_gets_equal_shares():
    b = Ordered(3.0, label="b")
    f = b * b
    f._op = "times"
    assert translated(f)[0].local_grads == (3.0, 3.0)


@pytest.mark.parametrize("make", [lambda a, b: a - b, lambda a, b: a / b, lambda a, b: b - a, lambda a, b: b / a])
def test_the_order_that_a_set_has_lost_is_the_one_that_gives_the_numbers(make):
    a, b = V(2.0, label="a"), V(3.0, label="b")
    own = make(at.Value(2.0, "a"), at.Value(3.0, "b"))
    assert draw(make(a, b)).tree == draw(own).tree


def test_plain_numbers_among_the_operands():
    x = Children(3.0)
    f = 2.0 * (x * x)
    (found,) = translated(f)
    assert found.operands[0] == 2.0 and found.local_grads[1] == 2.0
    assert explain(f, x).gradient == 12.0 and explore(f).values == {"x": 3.0}


# ---- operations of which there are only numbers

def test_an_unknown_operation_is_shown_by_its_name_with_what_was_measured():
    x = Ordered(0.5, label="x")
    f = x.sinh2() * x
    tree = draw(f).tree
    assert "sinh2(x)" in tree and "·" in tree
    slope = math.sinh(1.0)
    assert draw(f).source.count("1.175") and explain(f, x).gradient == pytest.approx(
        math.sinh(0.5) ** 2 + 0.5 * slope
    )
    assert any("sinh2" in says for says, _ in steps(f))
    with pytest.raises(TypeError, match=re.escape(
        "'sinh2' of Ordered, of 1 operand, is no operation of this package: the page of explore computes only with "
        "operations of this package; draw(f) and play(f) show what the class computes"
    )):
        explore(f)


def test_a_number_that_the_class_does_not_record_is_not_made_up():
    """x * 2 by a class that leaves the 2 out of _prev."""
    x = Ordered(3.0, label="x")
    f = x.result(6.0, "*", (x, lambda: 2.0))
    assert "*(x)" in draw(f).tree and explain(f, x).gradient == 2.0
    with pytest.raises(TypeError, match=r"'\*' of Ordered, of 1 operand, is no operation"):
        explore(f)


@pytest.mark.parametrize("op", ["", None, 7, "λ", "x" * 1_000, "**x", "^", "leaf", "dot", "take"])
def test_any_name_of_an_operation_can_be_drawn(op):
    x, y = Ordered(2.0, label="x"), Ordered(3.0, label="y")
    f = x.result(5.0, op, (x, lambda: 1.0), (y, lambda: 1.0))
    assert explain(f, x).gradient == 1.0 and "<svg" in draw(f).svg and steps(f)


def test_a_wrong_local_derivative_is_shown_as_the_class_has_it():
    a, b = Swapped(2.0, label="a"), Swapped(3.0, label="b")
    f = a * b
    f.label = "f"
    tree, table = draw(f).tree, str(draw(f).table)
    assert "f = a·b   6" in tree and translated(f)[0].local_grads == (2.0, 3.0)
    assert "∂f/∂a = 2.0" in draw(f).source and "= b" not in draw(f).source + table
    assert "∂f/∂a = 2" in str(explain(f, a)) and explain(f, a).gradient == 2.0
    assert "1 · 2 = 2" in " ".join(says for says, _ in steps(f)).replace("−", "-")
    with pytest.raises(TypeError, match=re.escape(
        "'*' of Swapped gives the local derivative 2.0 in _backward where 3.0 is right: the page"
    )):
        explore(f)


def test_a_step_that_overwrites_has_lost_half_of_the_derivative():
    b = Overwriting(3.0, label="b")
    f = b * b
    assert translated(f)[0].local_grads == (1.5, 1.5) and explain(f, b).gradient == 3.0
    with pytest.raises(TypeError, match=r"local derivative 3\.0 in _backward where 6\.0 is right"):
        explore(f)


def test_a_wrong_number_is_shown_as_the_class_has_it():
    a, b = WrongSum(2.0, label="a"), WrongSum(3.0, label="b")
    f = (a + b) * b
    f.label = "f"
    assert "v1 = a + b   −1" in draw(f).tree and "f = v1·b   −3" in draw(f).tree
    said = "'+' of WrongSum gives -1.0 where its operands give 5.0, unless their .data has changed since"
    assert f"v1: {said}; the numbers are those that it has recorded." in " ".join(str(explain(f, a)).split())
    assert f"v1: {said}; the gradients are those" in " ".join(str(explain(f)).split())
    with pytest.raises(ValueError, match=re.escape(f"v1: {said}: then compute it again")):
        play(f)
    with pytest.raises(TypeError, match=re.escape(said)):
        explore(f)


def test_numbers_that_have_changed_since():
    a, b = textbook.Value(2.0, label="a"), textbook.Value(3.0, label="b")
    f = a * b
    f.label = "f"
    f.backward()
    a.data = 10.0
    assert "f = a·b   6" in draw(f).tree and "a   10" in draw(f).tree
    assert "'*' of Value gives 6.0 where its operands give 30.0" in " ".join(str(explain(f, a)).split())
    with pytest.raises(ValueError, match=r"f: '\*' of Value gives 6\.0 .*: then compute it again"):
        play(f)


def test_rounding_of_ones_own_is_kept_and_nothing_else_said():
    xs = [0.1, 0.2, 0.3, 0.7, 1.1, 5.0, 17.0]
    rounded = 0
    for number in xs:
        x, y = Ordered(number, label="x"), at.Value(number, "x")
        f, own = x.tanh() * 2.0, y.tanh() * 2.0
        found = translated(f)[0]
        assert found.data == f.data and found.operands[0].data == f._prev[0].data
        rounded += isinstance(found.operands[0].operation, Rounded)
        said = str(explain(f, x))
        assert "1 − v1²" in said and "changed" not in said and steps(f)
        assert explore(f).values == {"x": number, "x1": 2.0}
        assert explain(f, x).gradient == pytest.approx(explain(own, y).gradient, abs=1e-14)
    assert rounded > 2


# ---- gradients

def test_the_gradients_are_those_of_the_class():
    """Set by hand, one step at a time, wrong ones too."""
    a, b = textbook.Value(2.0, label="a"), textbook.Value(3.0, label="b")
    f = a * b + a
    f.label = "f"
    assert draw(f).tree.count("∂ —") == 4
    f.grad = 1.0
    f._backward()
    assert "f = v1 + a   8   ∂ 1\n├── v1 = a·b   6   ∂ 1\n" in draw(f).tree and "b   3   ∂ 0" in draw(f).tree
    f._prev[0]._backward()
    b.grad = 77.0
    assert "b   3   ∂ 77" in draw(f).tree and "a   2   ∂ 4" in draw(f).tree
    assert "b.grad holds 77, not ∂f/∂b: it is of another output" in str(explain(f, b))
    for each in (f, a, b, f._prev[0]):
        each.grad = 0.0
    assert draw(f).tree.count("∂ —") == 4 and "backward() has not run" in str(explain(f, b))


def test_gradients_of_several_passes_are_remarked_on():
    x = textbook.Value(3.0, label="x")
    f = x * x * 10.0
    f.label = "f"
    f.backward()
    assert "holds" not in str(explain(f, x))
    f.backward()
    said = " ".join(str(explain(f, x)).split())
    assert "x.grad holds 180, not ∂f/∂x: it is of another output, or backward() ran more than once" in said
    assert "compute f again" in said
    x.grad = 0.0
    assert "x.grad is 0, as zero_grad() leaves it" in str(explain(f, x))


def test_none_as_a_gradient_is_none_yet():
    x = Children(3.0)
    assert draw(x * x).tree.count("∂ —") == 2


def test_nothing_of_the_graph_is_changed():
    f, *leaves = neuron(textbook.Value)
    f.backward()
    nodes = [node.given for node in nodes_below([f])]
    before = [dict(vars(node)) for node in nodes]
    draw(f, highlight=leaves[0]).svg, explain(f, leaves[0]), explain(f), play(f), explore(f)
    assert [dict(vars(node)) for node in nodes] == before


def test_open_blocks_concern_our_own_values_only():
    f, x, *_ = neuron(textbook.Value)
    expected = draw(f).tree, str(explain(f, x))
    with at.no_grad():
        assert (draw(f).tree, str(explain(f, x))) == expected
    with at.scope("outer"):
        assert draw(f, depth=1).tree == expected[0]
    with at.detect_anomaly():
        assert "nan" in draw(textbook.Value(math.inf) * 0.0).tree
        assert (draw(f).tree, str(explain(f, x))) == expected


def test_a_deep_graph():
    x = f = textbook.Value(1.0, label="x")
    for _ in range(3_000):
        f = f + x
    assert explain(f, x).gradient == 3_001.0 and draw(f, max_nodes=10_000).tree.startswith("v3000 = v2999 + x   3001")
    with pytest.raises(ValueError, match="max_nodes"):
        draw(f)


# ---- what is no graph of Values

@pytest.mark.parametrize("show", [draw, explain, explore, play])
def test_what_is_wrong_with_a_class_is_said_by_each(show):
    f = V(2.0) * V(3.0)
    del f._backward
    with pytest.raises(TypeError, match="a Value of a class of your own has data, grad, _prev or _children"):
        show(f)


@pytest.mark.parametrize("show", [draw, explain, explore, play])
def test_other_things_are_refused_as_before(show):
    with pytest.raises(TypeError, match=r"a Value.* is expected"):
        show(3.5)
    with pytest.raises(TypeError):
        show(textbook.Value)


def test_a_leaf_that_is_not_in_the_graph():
    a, b = textbook.Value(1.0, label="a"), textbook.Value(2.0, label="b")
    with pytest.raises(ValueError, match="∂v1/∂b = 0: no path leads from v1 to b"):
        explain(a * a, b)
    with pytest.raises(TypeError, match="leaf: a Value is expected"):
        explain(a * a, 3.0)


def test_a_model_is_still_a_model():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))
    assert play(model, [0.5, 1.0], 1.0, steps=1).film.steps and "<svg" in draw(model).svg


def test_micrograd_itself():
    engine = pytest.importorskip("micrograd.engine")
    a, b = engine.Value(-4.0), engine.Value(2.0)
    c = a * b + b**3
    c += c + 1
    d = (c / b - a).relu() + 10.0 / b + (b * b - a)
    d.backward()
    x, y = at.Value(-4.0), at.Value(2.0)
    z = x * y + y**3
    z += z + 1
    own = (z / y - x).relu() + 10.0 / y + (y * y - x)
    assert explain(d, b).gradient == pytest.approx(at.gradients(own, y)) == b.grad
    assert "holds" not in str(explain(d, b)) and "relu" in draw(d).tree and steps(d) and explore(d).values
    assert explain(a * a, a).count == 2
