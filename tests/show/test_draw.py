"""draw: Values, several of them, and Modules."""
import random
import subprocess
import sys

import pytest

from autograd_tiny import nn
from autograd_tiny.show.draw import draw
from autograd_tiny.show.network.diagram import network_diagram
from autograd_tiny.show.picture import Picture


@pytest.mark.parametrize("root, named", [
    (3.0, "float 3.0"), (None, "None"), ("a", "str 'a'"), ([1.0], "float 1.0"),
])
def test_another_root_is_named_in_the_error(root, named):
    with pytest.raises(TypeError, match=named):
        draw(root)


def test_values_are_drawn_without_importing_numpy():
    code = (
        "import sys; from autograd_tiny import Value, draw; a = Value(2.0, 'a'); f = a * a\n"
        "draw(f); draw([f, a], depth=1, highlight=a, color='value'); sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- a Module

def test_a_module_is_drawn_as_its_diagram():
    drawn = draw(nn.MLP(2, [3, 1], rng=random.Random(1)))
    assert isinstance(drawn, Picture)
    assert drawn.svg.startswith("<svg")


@pytest.mark.parametrize("given", [
    {"depth": 1}, {"fold": "layer1"}, {"highlight": "gradients"}, {"rankdir": "TB"}, {"max_nodes": 20},
])
def test_arguments_for_graphs_are_refused_for_a_module(given):
    [name] = given
    model = nn.MLP(2, [3, 1], rng=random.Random(1))
    with pytest.raises(TypeError, match=rf"^{name}: is for the picture of a graph, .* MLP itself is"):
        draw(model, **given)


def test_a_module_is_drawn_as_by_network_diagram():
    model = nn.MLP(2, [3, 1], rng=random.Random(1))
    assert draw(model).source == network_diagram(model).source
    options = {"color": "gradient", "theme": "dark", "digits": 2}
    assert draw(model, **options).source == network_diagram(model, **options).source
