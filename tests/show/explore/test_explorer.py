"""explore: the page of a graph, and what it refuses."""
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from references.worked_examples import example_a

import autograd_tiny as at
from autograd_tiny import Value, explore, nn, operation
from autograd_tiny.show.explore.explorer import MOST_NODES


def picture(page):
    """The SVG element of the page."""
    return ElementTree.fromstring(re.search("<svg.*</svg>", page.html, re.DOTALL)[0])


def texts(page):
    return [element.text for element in picture(page).iter("{http://www.w3.org/2000/svg}text")]


def test_an_expression_and_its_graph_have_the_same_page():
    text = "x=a+b; y=b+c; x*y"
    assert explore(text, a=-1, b=3, c=4).html == explore(at.parse(text, a=-1, b=3, c=4)).html


def test_the_picture_shows_values_gradients_and_local_derivatives():
    f = example_a()["f"]
    assert f.grad == 0.0                                    # no backward pass is needed,
    page = explore(f)
    assert {"a", "b", "c", "x = a + b", "−1", "14", "9", "7", "2"} <= set(texts(page))
    assert f.grad == 0.0                                    # and none is done
    assert page.title == "Explore f"


def test_the_page_is_small():
    assert len(explore(example_a()["f"]).html.encode()) < 120_000


def test_leaves_without_a_label_get_a_name():
    page = explore(Value(2.0) * Value(3.0, "x") + Value(4.0))
    assert {"x1", "x", "x2", "v1 = x1·x", "v2 = v1 + x2"} <= set(texts(page)) or {"x1", "x"} <= set(texts(page))


def test_modules_are_boxes():
    random.seed(1)
    model = nn.MLP(2, [3, 1], activation="tanh")
    loss = (model([Value(0.5, "x1"), Value(-0.3, "x2")]) - 1.0) ** 2
    assert "mlp" in texts(explore(loss, depth=1)) and "2 → 1" in texts(explore(loss, depth=1))
    assert "layer1" in texts(explore(loss, fold="mlp.layer1"))


def test_it_needs_no_numpy_and_no_layout_program(tmp_path):
    code = """if True:
        import sys
        sys.modules |= dict.fromkeys(["numpy", "graphviz", "anywidget"])
        import autograd_tiny as at
        at.explore("x=a+b; y=b+c; x*y", a=-1, b=3, c=4).save("f.html")
        print("autograd_tiny.show.layout" in sys.modules)
    """
    environment = os.environ | {"PYTHONPATH": str(Path(at.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    assert done.stdout == "False\n" and (tmp_path / "f.html").exists()


def test_what_it_refuses():
    a = Value(1.0, "a")
    with pytest.raises(TypeError, match="a Value or an expression is expected, got"):
        explore(nn.Neuron(2))
    with pytest.raises(TypeError, match="belong to an expression, got b beside"):
        explore(a * 2.0, b=1.0)
    with pytest.raises(ValueError, match="b has no value"):
        explore("a*b", a=1)
    with pytest.raises(TypeError, match=r"'cube' is an operation of Python functions.*operation\(\"cube\(x\) = …\"\)"):
        explore(cube(a))
    with pytest.raises(ValueError, match="there are two operations called own: give one of them another name"):
        explore(operation("own(x) = x**2")(a) + operation("own(x) = x**3")(a))
    with pytest.raises(ValueError, match="a picture of more than 200 is hard to read"):
        explore(at.prod([Value(1.0) * a for _ in range(300)]))
    with pytest.raises(ValueError, match=r"has 2,\d+ values, and the page can compute 2,000"):
        explore(chain(a, MOST_NODES + 1), max_nodes=10_000)


@operation(lambda x, f: 3 * x * x)
def cube(x):
    return x**3


def chain(x, n):
    for _ in range(n):
        x = at.sin(x)
    return x


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
def test_all_directions_keep_everything_inside(rankdir):
    root = picture(explore(example_a()["f"], rankdir=rankdir))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 < float(element.attrib["x"]) < width and 0 < float(element.attrib["y"]) < height
