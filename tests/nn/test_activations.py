"""Activations: by name, as functions, and as modules."""
import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.nn.activations import activation_function, name_of, registered_name


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_every_activation_by_name_is_that_function(name):
    x = Value(0.7)
    function = nn.ACTIVATIONS[name]
    assert nn.Activation(name)(x).data == nn.Activation(function)([x]).data == function(x).data
    assert nn.Layer(1, 1, name, init="ones")([0.7]).data == function(x).data


def test_a_function_of_ones_own_is_an_activation_but_has_no_registered_name():
    def cube(x):
        return x**3

    assert activation_function(cube) is cube and name_of(cube) == "cube"
    assert nn.Neuron(1, cube, init="ones")([2.0]).data == 8.0
    with pytest.raises(TypeError, match="the activation cube is one of your own, and a file can't hold its code"):
        registered_name(cube)


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_names_and_functions_are_found_from_each_other(name):
    assert registered_name(activation_function(name)) == name_of(nn.ACTIVATIONS[name]) == name


@pytest.mark.parametrize("given, error, match", [
    ("relux", ValueError, "'relux' is not known; there are linear, tanh"), (None, TypeError, "got None"),
    (3, TypeError, "got int 3"), (False, TypeError, "nonlin=False is written as a keyword"),
])
def test_anything_else_is_no_activation(given, error, match):
    with pytest.raises(error, match=f"^activation.*{match}"):
        activation_function(given)


def test_the_names_are_those_of_the_rows():
    assert {"linear", "mish", "log_sigmoid", "gelu"} < nn.ACTIVATIONS.keys()
    model = nn.MLP(2, [3, 1], activation="mish")
    assert all(neuron.activation is at.mish for neuron in model.layers[0].neurons)
