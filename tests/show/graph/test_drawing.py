"""Pictures: what stands in them, that they are legible and safe, and that they come out on any machine."""
import itertools
import math
import os
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings, strategies as st

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show import layout, picture
from autograd_tiny.show.draw import draw
from autograd_tiny.show.picture import Picture
from autograd_tiny.show.names import names_of, readable
from autograd_tiny.show.theme import LIGHT
from references.pictures import (
    STRANGE, SVG, box, boxes, constants, example_a, frame, random_graph, read, slopes,
)


# ---- what stands in a picture

def test_before_backward_gradients_are_dashes():
    f, _ = example_a()
    assert sorted(boxes(draw(f))) == sorted([
        ["a", "−1", "—"], ["b", "3", "—"], ["c", "4", "—"],
        ["x = a + b", "2", "—"], ["y = b + c", "7", "—"], ["f = x·y", "14", "—"],
    ])


def test_after_backward_gradients_stand_below_the_values():
    f, by_hand = example_a()
    f.backward()
    drawn = draw(f)
    for label, gradient in by_hand.items():
        shown = box(drawn, label)
        assert shown.lines[-1] == readable(gradient, 4)
        assert shown.colors[-2:] == [LIGHT.value, LIGHT.gradient]


def test_local_gradients_stand_on_the_edges():
    f, _ = example_a()
    assert slopes(draw(f)) == sorted([
        ("a", "1", "+"), ("b", "1", "+"), ("b", "1", "+"), ("c", "1", "+"), ("x", "7", "×"), ("y", "2", "×"),
    ])


def test_edges_lead_from_operands_over_the_operation_to_the_result():
    f, _ = example_a()
    found = read(draw(f))
    arrived = {name: {name} for name in found.nodes}
    for _ in found.nodes:
        for tail, head in found.edges:
            arrived[head] |= arrived[tail]
    [last] = [name for name, node in found.nodes.items() if node.lines[0].startswith("f = ")]
    assert arrived[last] == set(found.nodes)


def test_the_same_operand_twice_has_two_edges():
    a = Value(3.0, "a")
    assert slopes(draw(a * a)) == [("a", "3", "×"), ("a", "3", "×")]


def test_a_node_of_many_operands_has_an_edge_from_each():
    ws = [Value(i, f"w{i}") for i in range(16)]
    xs = [Value(-i, f"x{i}") for i in range(16)]
    drawn = draw(at.dot(ws, xs, Value(1.0, "b")))
    assert slopes(drawn) == sorted(
        [(w.label, readable(x.data, 4), "dot") for w, x in zip(ws, xs, strict=True)]
        + [(x.label, readable(w.data, 4), "dot") for w, x in zip(ws, xs, strict=True)]
        + [("b", "1", "dot")]
    )


def test_constants_have_a_box_at_each_use_and_no_gradients():
    a = Value(3.0, "a")
    drawn = draw((a * 2 + 2) ** 2)
    assert constants(drawn) == ["2", "2", "2"]
    assert [operand for operand, _, _ in slopes(drawn)] == ["a", "v1", "v2"]
    assert {node.fill for node in read(drawn).nodes.values()} >= {LIGHT.page}


def test_values_without_gradient_are_quieter():
    a, data = Value(3.0, "a"), Value(2.0, "data", requires_grad=False)
    f = a * data
    f.backward()
    drawn = draw(f)
    assert box(drawn, "data").lines == ["data", "2"]
    assert box(drawn, "data").fill != box(drawn, "a").fill
    assert box(drawn, "data").colors[0] != box(drawn, "a").colors[0]


def test_a_gradient_left_from_another_graph_is_not_shown():
    p = Value(3.0, "p")
    (p * 2).backward()
    assert box(draw(p * 5), "p").lines == ["p", "3", "—"]
    assert box(draw(p), "p").lines == ["p", "3", "2"]


def test_a_cleared_gradient_is_shown_as_it_is():
    p = Value(3.0, "p")
    f = p * 2
    f.backward()
    p.grad = 0.0
    assert box(draw(f), "p").lines == ["p", "3", "0"]


def test_gradients_of_another_output_are_not_shown():
    a = Value(3.0, "a")
    x = a * 2
    x.label = "x"
    y = x + 1
    y.label = "y"
    x.backward()
    assert [box(draw(y), name).lines[-1] for name in "axy"] == ["—", "—", "—"]
    assert [box(draw([x, y]), name).lines[-1] for name in "axy"] == ["2", "1", "—"]
    y.backward()
    assert [box(draw(y), name).lines[-1] for name in "axy"] == ["4", "1", "1"]


def test_results_without_a_label_get_names_that_are_free():
    a = Value(2.0, "v1")
    b = a + 1
    c = b * b
    assert list(names_of([a, b, c]).values()) == ["v1", "v2", "v3"]
    assert [lines[0] for lines in boxes(draw(c))] == ["v1", "v2 = v1 + 1", "v3 = v2·v2"]


def test_values_of_one_label_are_told_apart():
    a, other = Value(2.0, "a"), Value(3.0, "a")
    assert [box[0] for box in boxes(draw(a * other))] == ["a", "a₂", "v1 = a·a₂"]


def test_a_leaf_without_a_label_is_its_number():
    assert boxes(draw(Value(2.5) * 3)) == [["2.5", "—"], ["v1 = 2.5·3", "7.5", "—"]]


@pytest.mark.parametrize("function, formula", [
    (lambda a, b: a - b, "a − b"), (lambda a, b: a / b, "a/b"), (lambda a, b: a ** b, "a^b"),
    (lambda a, b: -a, "−a"), (lambda a, b: a.sigmoid(), "sigmoid(a)"), (lambda a, b: 2 - a, "2 − a"),
    (lambda a, b: at.maximum(a, b), "maximum(a, b)"), (lambda a, b: at.greater(a, b), "a > b"),
    (lambda a, b: at.where(a, b, 0), "where(a, b, 0)"), (lambda a, b: a - -2, "a − (−2)"),
    (lambda a, b: a.atan2(-2), "atan2(a, −2)"), (lambda a, b: a ** 2, "a²"), (lambda a, b: a * b, "a·b"),
    (lambda a, b: at.dot([a, b], [b, 2.0], a), "a·b + b·2 + a"),
    (lambda a, b: at.sum([a, b, 2]), "a + b + 2"),
])
def test_formulas(function, formula):
    result = function(Value(0.25, "a"), Value(2.0, "b"))
    assert f"v1 = {formula}" in [lines[0] for lines in boxes(draw(result))]


def test_a_box_and_the_sentences_say_the_same_formula():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    for f in (a * b, a ** 2, a / b, a.maximum(b), -a):
        node = [node for name, node in read(draw(f)).nodes.items() if name.startswith("n")][-1]
        assert node.tooltip.startswith(f"{node.lines[0]}: value")


def test_long_formulas_give_way_to_the_name():
    a, b = Value(1.0, "first layer, weight 1"), Value(2.0, "first layer, weight 2")
    f = a * b
    f.label = "f"
    assert box(draw(f), "f").lines[0] == "f"
    assert box(draw(at.sum([a, b, f])), "v1").lines[0] == "v1"
    many = [Value(1.0, f"w{i}") for i in range(9)]
    assert box(draw(at.sum(many)), "v1").lines[0] == "v1 = w0 + w1 + w2 + … + w8"


def test_several_roots_share_one_picture():
    a = Value(2.0, "a")
    drawn = draw([a * 3, a + 1])
    assert len(boxes(drawn)) == 3
    assert drawn.title == "The computation of v1, v2"


def test_exact_numbers_and_the_module_are_told_on_hovering():
    a = Value(1 / 3, "a")
    with at.scope("mlp.layer1"):
        f = a.exp()
    f.backward()
    found = read(draw(f)).nodes
    [tooltip] = [node.tooltip for node in found.values() if node.lines[0].startswith("v1")]
    assert repr(f.data) in tooltip
    assert "mlp.layer1" in tooltip
    assert f"∂v1/∂a = v1 = {f.data!r}" in [node.tooltip for node in found.values()]


def test_the_local_gradients_of_a_value_used_twice_have_names_of_their_own():
    a, b = Value(3.0, "a"), Value(2.0, "b")
    found = read(draw(a * a)).nodes
    assert [found[f"d1_{k}"].tooltip for k in (0, 1)] == ["∂₁v1/∂a = a = 3.0", "∂₂v1/∂a = a = 3.0"]
    scene = draw(at.sum([a, b, a, 2.0, Value(7.0)])).scene
    [f] = scene.roots
    assert [scene.derivative_name(f, k) for k in (0, 1, 2, 4)] == [
        "∂₁v1/∂a", "∂v1/∂b", "∂₃v1/∂a", "∂v1/∂(7)"
    ]


def test_hovering_tells_the_whole_formula():
    xs = [Value(float(i), f"a long name of an input, {i}") for i in range(3)]
    tooltips = [node.tooltip for node in read(draw(xs[0] * xs[1] + xs[2])).nodes.values()]
    formula = f"v1 = {' · '.join(x.label for x in xs[:2])}".replace(" · ", "·")
    assert any(tooltip.replace("(", "").replace(")", "").startswith(formula) for tooltip in tooltips)


def test_hovering_tells_where_a_value_was_made():
    f = Value(0.5, "a").exp()
    f.made_at = "demo.py, line 12: f = a.exp()"
    tooltips = [node.tooltip for node in read(draw(f)).nodes.values()]
    assert sum("at demo.py, line 12: f = a.exp()" in tooltip for tooltip in tooltips) == 1
    f.made_at = "lessons/third/backpropagation.py, line 1204, in loss: return (o - y)\n ** 2 \x1b / 2"
    tooltips = [node.tooltip for node in read(draw(f)).nodes.values()]
    line = "lessons/third/backpropagation.py, line 1204, in loss: return (o - y) ** 2 \ufffd / 2"
    assert sum(tooltip.endswith(f"at {line}") for tooltip in tooltips) == 1


def test_the_legend_names_what_is_there():
    a, b = Value(2.0, "a"), Value(3.0, "b", requires_grad=False)

    def legend(drawn):
        texts = [text.text for text in read(drawn).root.findall(f"{SVG}g/{SVG}text")]
        return [text for text in texts if text in ("value", "gradient", "local gradient on the edge")]

    assert legend(draw(a * b)) == ["value", "gradient", "local gradient on the edge"]
    assert legend(draw(a)) == ["value", "gradient"]
    assert legend(draw(b)) == ["value"]
    with at.scope("part"):
        f = a * b
    assert legend(draw(f, depth=1)) == ["value", "gradient"]


def test_every_part_has_an_id_that_says_its_place():
    a = Value(3.0, "a")
    f = a * a + 2.0
    root = read(draw(f)).root
    ids = [x.get("id") for x in root.iter(f"{SVG}g") if x.get("class") in ("node", "edge")]
    assert sorted(ids) == sorted([
        "n0", "n1", "n2", "op1", "op2", "r1", "r2", "d1_0", "d1_1", "d2_0", "c2_1",
        "e1_0a", "e1_0b", "e1_1a", "e1_1b", "e2_0a", "e2_0b", "e2_1b",
    ])


@pytest.mark.parametrize("rankdir, axis, sign", [("LR", 0, 1), ("RL", 0, -1), ("TB", 1, 1), ("BT", 1, -1)])
def test_the_direction(rankdir, axis, sign):
    found = read(draw(Value(2.0, "a").tanh(), rankdir=rankdir)).nodes
    [start] = [node.frame for node in found.values() if node.lines[0] == "a"]
    [end] = [node.frame for node in found.values() if node.lines[0] == "v1 = tanh(a)"]
    assert sign * (end[axis] - start[axis]) > 0


# ---- numbers

@pytest.mark.parametrize("x, text", [
    (14.0, "14"), (-0.0, "0"), (1.2e-5, "1.2e−05"), (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "−inf"),
    (645.5773, "645.6"), (24704.1, "24704"), (1 / 3, "0.3333"),
])
def test_readable_numbers(x, text):
    assert readable(x, 4) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 12))
def test_numbers_are_rounded_to_the_digits_asked_for(x, digits):
    shown = float(readable(x, digits).replace("−", "-"))
    if math.isfinite(shown):
        assert abs(shown - x) <= abs(x) * 10.0 ** (1 - digits) * 0.5000001


def test_digits():
    assert boxes(draw(Value(1 / 3, "a"), digits=2)) == [["a", "0.33", "—"]]


# ---- labels


@pytest.mark.parametrize("label, shown", STRANGE.items())
def test_strange_labels_mean_themselves(label, shown):
    f = Value(2.0, label).exp()
    f.backward()
    found = read(draw(f))
    assert found.nodes["n0"].lines[0] == shown
    assert found.nodes["n0"].tooltip.startswith(f"{shown}: value 2.0")
    assert found.nodes["d1_0"].tooltip.startswith(f"∂v1/∂{shown} = ")
    assert {x.tag.removeprefix(SVG) for x in found.root.iter()} <= {
        "svg", "title", "g", "polygon", "a", "path", "text", "ellipse", "polyline",
    }


@settings(max_examples=60, deadline=None)
@example("\\\\N'\\")
@given(st.text())
def test_any_label_makes_a_well_formed_picture(label):
    f = Value(2.0, label) * 3
    f.label = label
    drawn = draw(f)
    assert len(boxes(drawn)) == 2
    assert ET.fromstring(drawn.svg).findtext(f"{SVG}title") == drawn.title


def test_a_long_label_keeps_its_beginning_and_end():
    label = "mlp" + ".layer" * 2000 + ".w[12]"
    shown = boxes(draw(Value(1.0, label)))[0][0]
    assert len(shown) < 40
    assert shown.startswith("mlp")
    assert shown.endswith(".w[12]")


def test_an_operation_of_ones_own_may_have_any_name():
    double = at.operation(lambda x, f: 2.0)(lambda x: 2.0 * x)
    assert "<lambda>" in [node.lines[0] for node in read(draw(double(Value(1.0)))).nodes.values()]


# ---- legible, and safe to show

@pytest.mark.parametrize("size", [5, 60, 200])
def test_nothing_overlaps(size):
    f, _ = example_a()
    drawn = draw(f if size == 5 else random_graph(size))
    frames = [node.frame for node in read(drawn).nodes.values()]
    assert len(boxes(drawn)) >= size
    for one, other in itertools.combinations(frames, 2):
        apart = max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
        assert apart > 0


def test_lines_are_in_the_middle_of_their_boxes():
    f, _ = example_a()
    for group in ET.fromstring(draw(f).svg).iter(f"{SVG}g"):
        outline = next(group.iter(f"{SVG}path"), None)
        if group.get("class") == "node" and outline is not None:
            left, _, right, _ = frame(outline)
            for text in group.iter(f"{SVG}text"):
                assert text.get("text-anchor") == "middle"
                assert float(text.get("x")) == pytest.approx((left + right) / 2, abs=0.01)


def test_the_svg_has_a_title_and_a_white_ground():
    f, _ = example_a()
    drawn = draw(f)
    root = ET.fromstring(drawn.svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "The computation of f"
    assert next(root.iter(f"{SVG}polygon")).get("fill") == LIGHT.page
    assert drawn._repr_svg_() == drawn.svg
    assert repr(drawn) == "<Picture: The computation of f>"


def test_a_deep_graph_is_drawn():
    v = Value(0.5)
    for _ in range(400):
        v = v.sin()
    assert len(boxes(draw(v))) == 401


def test_a_deep_graph_over_one_leaf_is_drawn():
    shared = Value(0.3, "shared")
    v = shared
    for _ in range(50):
        v = (v * 1.01 + shared).tanh()
    assert len(boxes(draw(v))) == 151


def test_too_large_a_graph_says_what_to_do():
    values = [Value(i) for i in range(30)]
    with pytest.raises(ValueError, match=r"31 values and constants.*max_nodes=31"):
        draw(at.sum(values), max_nodes=30)
    with pytest.raises(ValueError, match=r"\.tree, \.table and \.mermaid need no layout"):
        draw(at.sum(values), max_nodes=30)
    with pytest.raises(ValueError, match="max_nodes=501"):
        draw(at.sum([values[0], *range(499)]))
    assert len(boxes(draw(at.sum(values), max_nodes=31))) == 31


@pytest.mark.parametrize("root, named", [
    (3.0, "float 3.0"), (None, "None"), ("a", "str 'a'"), ([1.0], "float 1.0"),
])
def test_what_is_no_value_is_named(root, named):
    with pytest.raises(TypeError, match=named):
        draw(root)


def test_bad_arguments():
    with pytest.raises(ValueError, match="at least one Value"):
        draw([])
    with pytest.raises(ValueError, match="'left'"):
        draw(Value(1.0), rankdir="left")
    for name in ("digits", "depth", "max_nodes"):
        with pytest.raises(ValueError, match=f"{name}: an integer of 1 or more is expected, got 0"):
            draw(Value(1.0), **{name: 0})
        for wrong, said in ((2.5, "float 2.5"), ("3", "str '3'"), (True, "bool True")):
            with pytest.raises(TypeError, match=f"{name}: an integer is expected, got {said}"):
                draw(Value(1.0), **{name: wrong})


def test_without_the_graphviz_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match="pip install graphviz"):
        draw(Value(1.0))


# ---- files

@pytest.fixture
def drawn():
    return draw(example_a()[0])


def size_of_png(content):
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content.endswith(b"IEND\xaeB`\x82")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def test_save_svg_and_dot(drawn, tmp_path):
    assert drawn.save(tmp_path / "f.svg") == tmp_path / "f.svg"
    assert (tmp_path / "f.svg").read_text(encoding="utf-8") == drawn.svg
    drawn.save(str(tmp_path / "f.DOT"))
    assert (tmp_path / "f.DOT").read_text(encoding="utf-8") == drawn.source
    assert sorted(os.listdir(tmp_path)) == ["f.DOT", "f.svg"]


def test_save_png_is_crisp(drawn, tmp_path):
    width, _ = size_of_png(drawn.save(tmp_path / "f.png").read_bytes())
    points = float(ET.fromstring(drawn.svg).get("width").removesuffix("pt"))
    assert width == pytest.approx(points / 72 * picture.CRISP, rel=0.1)


def test_save_png_of_a_huge_picture_stays_within_memory(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(picture, "MOST_DOTS", 10_000)
    width, height = size_of_png(drawn.save(tmp_path / "f.png").read_bytes())
    assert width * height <= 1.1 * 10_000


@pytest.mark.parametrize("name", ["f.xyz", "f", "f.svg.gz"])
def test_save_names_an_ending_it_does_not_know(drawn, tmp_path, name):
    with pytest.raises(ValueError, match=name):
        drawn.save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_save_names_a_folder_that_is_missing(drawn, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*missing"):
        drawn.save(tmp_path / "missing" / "f.svg")


def test_a_failed_save_leaves_everything_as_it_was(drawn, tmp_path, monkeypatch):
    (tmp_path / "f.svg").write_text("before")

    def fail(source, target):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        drawn.save(tmp_path / "f.svg")
    assert os.listdir(tmp_path) == ["f.svg"]
    assert (tmp_path / "f.svg").read_text() == "before"


# ---- the layout program

@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A PATH that leads to one empty folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def nothing_installed(bare_path, monkeypatch):
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(bare_path))
    return bare_path


def install(folder, name, script):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


needs_shell = pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a shell script")


def test_pip_alone_is_enough(drawn, bare_path):
    """In an environment that isn't activated, the PATH leads neither to dot nor to pip's program."""
    assert [Path(program).stem for program in layout.layout_programs()] == ["graphviz-pure"]
    assert len(boxes(drawn)) == 6


@pytest.mark.parametrize("scheme", ["user", "target"])
@needs_shell
def test_pips_other_folders_are_known(scheme, nothing_installed, tmp_path, monkeypatch):
    there = tmp_path / "elsewhere" / "bin"
    there.mkdir(parents=True)
    install(there, "graphviz-pure", "exit 0")
    if scheme == "user":
        paths = {1: str(nothing_installed), 2: str(there)}
        monkeypatch.setattr(sysconfig, "get_path", lambda *arguments: paths[len(arguments)])
    else:
        library = SimpleNamespace(origin=str(tmp_path / "elsewhere" / "graphviz" / "__init__.py"))
        monkeypatch.setattr(layout, "find_spec", lambda name: library)
    assert list(layout.layout_programs()) == [str(there / "graphviz-pure")]


@needs_shell
def test_dot_on_the_path_is_preferred(drawn, bare_path, tmp_path):
    install(bare_path, "dot", """printf '<svg>dot %s</svg>' "$*" """)
    assert "<title>The computation of f</title>dot -Tsvg</svg>" in drawn.svg
    assert drawn.save(tmp_path / "f.pdf").read_text() == "<svg>dot -Tpdf</svg>"


@pytest.mark.parametrize("script", ["echo no plugins >&2; exit 1", "exit 1"])
@needs_shell
def test_a_dot_that_does_not_work_gives_way(drawn, bare_path, script):
    install(bare_path, "dot", script)
    assert len(boxes(drawn)) == 6


@needs_shell
def test_if_no_program_succeeds_each_says_why(drawn, nothing_installed):
    install(nothing_installed, "dot", "echo no plugins >&2; exit 1")
    install(nothing_installed, "graphviz-pure", "exit 7")
    with pytest.raises(RuntimeError, match=r"dot: no plugins\n.*graphviz-pure: exit code 7"):
        _ = drawn.svg


@needs_shell
def test_a_file_that_is_no_program_says_so(drawn, nothing_installed):
    (nothing_installed / "dot").write_bytes(b"\x7fELF, but not really")
    (nothing_installed / "dot").chmod(0o755)
    with pytest.raises(RuntimeError, match=r"another may: `pip install graphviz-pure`.*\n.*dot"):
        _ = drawn.svg


def test_without_any_program_the_error_says_what_to_install(drawn, nothing_installed, tmp_path):
    for suffix in ("svg", "png"):
        with pytest.raises(RuntimeError, match="pip install graphviz-pure"):
            drawn.save(tmp_path / f"f.{suffix}")
    assert "digraph" in drawn.source
    drawn.save(tmp_path / "f.dot")
    assert sorted(os.listdir(tmp_path)) == ["bin", "f.dot"]


def test_pdf_needs_graphviz_itself(drawn, bare_path, tmp_path):
    with pytest.raises(RuntimeError, match=r"Graphviz's own dot writes PDF.*save a \.svg"):
        drawn.save(tmp_path / "f.pdf")
    assert os.listdir(tmp_path) == ["bin"]


@needs_shell
def test_a_layout_without_end_is_stopped(drawn, bare_path, monkeypatch):
    monkeypatch.setattr(layout, "TIMEOUT", 0.1)
    install(bare_path, "dot", "exec /bin/sleep 60")
    with pytest.raises(RuntimeError, match="draw a part"):
        _ = drawn.svg


def test_every_program_that_is_here_draws_the_same_graph(drawn, monkeypatch):
    for program in list(layout.layout_programs()):
        monkeypatch.setattr(layout, "layout_programs", lambda program=program: iter([program]))
        again = read(Picture(drawn.source, drawn.title))
        assert sorted(node.lines for node in again.nodes.values()) == sorted(
            node.lines for node in read(drawn).nodes.values()
        )
        assert sorted(again.edges) == sorted(read(drawn).edges)


def test_the_graph_library_is_imported_when_it_is_needed():
    code = "import sys, autograd_tiny.show; sys.exit('graphviz' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_values_are_drawn_without_importing_numpy():
    code = (
        "import sys; from autograd_tiny import Value, draw; a = Value(2.0, 'a'); f = a * a\n"
        "draw(f); draw([f, a], depth=1, highlight=a, color='value'); sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
