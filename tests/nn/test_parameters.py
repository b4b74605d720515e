"""The parameters of a module: found in its attributes, by name, and as arrays in state_dict."""
import random

import numpy as np
import pytest
from references.custom import cube
from references.networks.modules import MODELS, NAMES_OF_OWN, Own, numbers, tied

from autograd_tiny import Value, nn


# ---- finding

def test_parameters_are_found_in_all_containers():
    model = Own()
    assert [name for name, _ in model.named_parameters()] == NAMES_OF_OWN
    assert [p for _, p in model.named_parameters()] == model.parameters()
    assert [p.label for p in model.parameters()] == NAMES_OF_OWN
    assert all(p.requires_grad for p in model.parameters())


def test_parts_are_found_in_all_containers():
    model = Own()
    assert [name for name, _ in model.parts()] == ["head", "layer1", "layer2", "by_name.a"]
    assert model.parts()[1][1] is model.layers[0]


def test_an_operation_of_ones_own_has_none():
    """Though it has an attribute of that name."""
    model = nn.Sequential(nn.Layer(2, 3, cube), nn.Maxout(3, 1))
    model.attempts = [cube, {"first": cube}]
    assert len(model.parameters()) == 9 + 8 and [name for name, _ in model.parts()] == ["layer1", "layer2"]
    assert nn.Neuron(1, cube, init="ones")([2.0]).data == 8.0


def test_a_computed_value_is_no_parameter():
    class Odd(nn.Module):
        def __init__(self):
            self.w = Value(1.0)
            self.double = 2 * self.w

    model = Odd()
    assert model.parameters() == [model.w] and [*model.state_dict()] == ["w"]


@pytest.mark.parametrize("base,arguments", [(nn.Neuron, (2,)), (nn.Layer, (2, 2))])
def test_a_subclass_of_ours_may_have_parameters_and_a_forward_of_its_own(base, arguments):
    class Scaled(base):
        def __init__(self):
            super().__init__(*arguments)
            self.gain = Value(3.0)

        def forward(self, x):
            out = super().forward(x)
            return self.gain * (out if type(out) is Value else out[0])

    model = Scaled()
    assert model([1.0, 2.0]).op == "*" and model.gain in model.parameters()
    assert model.state_dict()["gain"] == 3.0
    model.load_state_dict(model.state_dict())


# ---- tied parameters

def test_tied_parameters_count_once():
    model = tied()
    assert len(model.parameters()) == 6 + 3 == len(set(model.parameters()))
    names = [name for name, _ in model.named_parameters()]
    assert names[0] == "layer1.neuron1.w[0]" and len(names) == 9
    assert "9 parameters" in repr(model)


def test_tied_parameters_get_the_gradients_of_all_places():
    model, x = tied(), [0.3, -0.7]
    model(x).backward()
    w = model.layers[0].neurons[0].w[0]
    found, before, h = w.grad, w.data, 1e-6
    w.data = before + h
    up = model(x).data
    w.data = before - h
    assert found == pytest.approx((up - model(x).data) / (2 * h), rel=1e-6)


def test_the_numbers_of_tied_parameters_come_back():
    model, other = tied(), tied()
    for p in model.parameters():
        p.data += 1.0
    other.load_state_dict(model.state_dict())
    assert numbers(other) == numbers(model)
    assert other.layers[0] is other.layers[1]


# ---- state_dict

def test_the_state_of_a_perceptron_has_the_shapes_of_torch():
    model = nn.MLP(3, [4, 2])
    state = model.state_dict()
    assert {name: array.shape for name, array in state.items()} == {
        "layer1.w": (4, 3), "layer1.b": (4,), "layer2.w": (2, 4), "layer2.b": (2,),
    }
    assert all(array.dtype == np.float64 for array in state.values())
    assert state["layer1.w"][2, 1] == model.layers[0].neurons[2].w[1].data
    assert [*nn.MLP(3, [2], bias=False).state_dict()] == ["layer1.w"]


def test_the_state_of_a_class_of_ones_own_has_all_parameters():
    state = Own().state_dict()
    shapes = {name: array.shape for name, array in state.items()}
    assert shapes == {
        "scale": (), "w": (3,), "rows": (2, 2), "ragged[0]": (1,), "ragged[1]": (2,), "pair": (2,),
        "gates.open": (), "gates.shut": (2,), "grid": (1, 2), "head.w": (2,), "head.b": (),
        "layer1.w": (2, 2), "layer1.b": (2,), "by_name.a.w": (1, 1), "by_name.a.b": (1,),
    }
    assert sum(array.size for array in state.values()) == len(NAMES_OF_OWN)
    assert state["rows"].tolist() == [[10.0, 11.0], [12.0, 13.0]]


def test_two_parameters_of_one_name_are_refused_by_state_dict():
    model = nn.Module()
    model.layer1, model.layers = nn.Layer(1, 1), [nn.Layer(1, 1)]
    with pytest.raises(ValueError, match=r"two parameters are called 'layer1\.w'"):
        model.state_dict()


@pytest.mark.parametrize("name", MODELS)
def test_a_state_dict_restores_all_numbers(name):
    random.seed(1)
    model, other = MODELS[name](), MODELS[name]()
    for k, p in enumerate(other.parameters()):
        p.data = [-0.0, 5e-324, 0.1, -1e300][k % 4]
    model.load_state_dict(other.state_dict())
    assert [x.hex() for x in numbers(model)] == [x.hex() for x in numbers(other)]
    assert [*model.state_dict()] == [*other.state_dict()]


@pytest.mark.parametrize("name", MODELS)
def test_a_state_is_a_copy(name):
    model = MODELS[name]()
    before = numbers(model)
    for array in model.state_dict().values():
        array[...] = 7.0
    assert numbers(model) == before


def test_lists_and_single_precision_are_numbers_too():
    model = nn.MLP(1, [1])
    model.load_state_dict({"layer1.w": [[0.5]], "layer1.b": np.array([2], dtype=np.int32)})
    assert numbers(model) == [0.5, 2.0]
    model.load_state_dict({"layer1.w": np.array([[0.25]], np.float32), "layer1.b": (1,)})
    assert numbers(model) == [0.25, 1.0]


def test_all_entries_that_do_not_fit_are_listed_at_once():
    model = nn.MLP(2, [3, 1])
    before = numbers(model)
    state = model.state_dict()
    del state["layer1.b"]
    state["layer1.w"], state["layer2.w"] = np.zeros((2, 3)), np.zeros(3)
    state["layer3.w"], state["extra"] = np.zeros(1), np.zeros(1)
    with pytest.raises(ValueError, match="do not fit MLP") as raised:
        model.load_state_dict(state)
    said = str(raised.value)
    assert "layer1.b is missing" in said
    assert "layer1.w has the shape (2, 3), (3, 2) is expected" in said
    assert "layer2.w has the shape (3,), (1, 3) is expected" in said
    assert "layer3.w is unknown" in said and "extra is unknown" in said
    assert "layer2.b" not in said
    assert numbers(model) == before


@pytest.mark.parametrize("given", ["text", None, [["a"]], 1j, object()])
def test_an_entry_that_is_not_numeric_is_refused_by_name(given):
    model = nn.MLP(1, [1])
    before = numbers(model)
    with pytest.raises(TypeError, match=r"layer1\.b"):
        model.load_state_dict({"layer1.w": [[9.0]], "layer1.b": given})
    assert numbers(model) == before


@pytest.mark.parametrize("given", [3, None, "state"])
def test_a_state_is_a_dict(given):
    with pytest.raises((TypeError, ValueError)):
        nn.MLP(1, [1]).load_state_dict(given)
