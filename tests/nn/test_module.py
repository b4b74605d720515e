"""Modules: labels and scopes, calls, modes, copies, and how they are displayed."""
import copy
import pickle
import random

import numpy as np
import pytest
from references.networks.modules import MODELS, Own, KeepsActivations, numbers, rng, tied

from autograd_tiny import Value, fit, nn, no_grad

X = np.random.default_rng(5).uniform(-1, 1, (30, 2))


# ---- labels

def test_labels_of_a_perceptron_say_where_each_parameter_is():
    model = nn.MLP(2, [2, 1])
    assert [p.label for p in model.parameters()] == [
        "layer1.neuron1.w[0]", "layer1.neuron1.w[1]", "layer1.neuron1.b",
        "layer1.neuron2.w[0]", "layer1.neuron2.w[1]", "layer1.neuron2.b",
        "layer2.neuron1.w[0]", "layer2.neuron1.w[1]", "layer2.neuron1.b",
    ]
    assert model.layers[0].neurons[1].w[0].label == "layer1.neuron2.w[0]"
    assert [name for name, _ in model.named_parameters()] == [p.label for p in model.parameters()]


def test_an_owner_puts_its_name_before_the_others():
    class Pair(nn.Module):
        def __init__(self):
            self.left, self.right = nn.MLP(1, [1]), nn.Sequential(nn.Layer(1, 1))

    model = Pair()
    assert [p.label for p in model.parameters()] == [
        "left.layer1.neuron1.w[0]", "left.layer1.neuron1.b", "right.layer1.neuron1.w[0]",
        "right.layer1.neuron1.b",
    ]
    assert (model.left.name, model.left.layers[0].name) == ("left", "layer1")


def test_a_label_that_somebody_chose_stays():
    class Line(nn.Module):
        def __init__(self):
            self.slope, self.offset = Value(1.0, "m"), Value(0.0)

    class Outer(nn.Module):
        def __init__(self):
            self.line = Line()

    model = Outer()
    assert [p.label for p in model.parameters()] == ["m", "line.offset"]
    assert [name for name, _ in model.named_parameters()] == ["line.slope", "line.offset"]


def test_parts_that_are_put_into_a_list_later_get_their_names():
    model = nn.Module()
    model.layers = []
    model.layers += [nn.Layer(2, 2), nn.Layer(2, 2)]
    assert [name for name, _ in model.parts()] == ["layer1", "layer2"]
    assert [p.label for p in model.parameters()][::6] == ["layer1.neuron1.w[0]", "layer2.neuron1.w[0]"]


# ---- calls

def test_scopes_of_computed_values_name_the_modules():
    model = nn.MLP(2, [2, 1])
    hidden = model.layers[0]([1.0, 2.0])
    assert hidden[1].scope == "layer1.neuron2"
    assert model([1.0, 2.0]).scope == "mlp.layer2.neuron1"
    assert (hidden[0] + 1).scope == ""
    assert nn.Sequential(nn.Activation("tanh"))([Value(1.0)]).scope == "sequential.layer1"


def test_the_scope_ends_with_an_error():
    with pytest.raises(ValueError, match="inputs"):
        nn.MLP(2, [1])([1.0])
    assert (Value(1.0) + 1.0).scope == ""


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty has no forward"):
        Empty()([1.0])


def test_an_attribute_set_during_a_call_is_not_registered():
    model = KeepsActivations()
    names = [name for name, _ in model.named_parameters()]
    with no_grad():
        model([Value(0.5), Value(1.0)])
    assert len(model.hidden) == 3 and type(model.seen[0][0]) is Value
    assert [name for name, _ in model.named_parameters()] == names and len(model.parameters()) == 14
    assert list(model.state_dict()) == ["first.w", "first.b", "last.w", "last.b", "scale"]
    model.hidden = Value(2.0)                           # set from outside, it is one
    assert len(model.parameters()) == 15


class OwnCall(nn.Module):
    """Has a `__call__` of its own, before, around or instead of the usual one."""

    def __init__(self):
        self.line = nn.Neuron(1, "linear")

    def __call__(self, x, *, usual=True):
        self.before = x[0].detach()
        y = super().__call__(x) if usual else self.forward(x)
        self.after = [y.detach()]
        return y

    def forward(self, x):
        self.inside = {"x": x[0].detach()}
        return self.line(x)


@pytest.mark.parametrize("usual", [True, False])
def test_an_attribute_set_during_a_call_of_ones_own_is_not_registered(usual):
    class Inheriting(OwnCall):
        pass

    for kind in OwnCall, Inheriting:
        model = kind()
        for _ in range(2):
            model([Value(2.0)], usual=usual)
            assert [name for name, _ in model.named_parameters()] == ["line.w[0]", "line.b"]
        assert model.before.data == 2.0 and model.before.label == ""
        other = kind()
        model.before = Value(3.0)                       # set from outside, it is a parameter
        assert len(model.parameters()) == 3 and len(other.parameters()) == 2
    assert OwnCall.__call__.__name__ == "__call__"


# ---- modes and gradients

def test_train_and_eval_reach_all_parts():
    model = Own()
    assert model.training and model.layers[1].training
    assert model.eval() is model
    assert not any(part.training for part in (model, model.head, *model.layers, model.by_name["a"]))
    assert not model.layers[0].neurons[0].training
    assert model.train() is model and model.layers[0].neurons[0].training
    model.layers[1].eval()
    assert model.training and not model.layers[1].training
    assert not model.train(False).layers[0].training


def test_zero_grad_resets_all_gradients():
    model = Own()
    for p in model.parameters():
        p.grad = 1.0
    model.zero_grad()
    assert all(p.grad == 0.0 for p in model.parameters())


# ---- copies

class OwnWithGenerator(Own):
    """Dropout here has a generator of its own."""

    def __init__(self):
        super().__init__()
        self.layers[1].rng = rng()


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("name", [*sorted(MODELS.keys() - {"own"}), "own with another generator"])
def test_a_copy_is_a_model_of_its_own(name, again):
    model = MODELS[name]() if name in MODELS else OwnWithGenerator()
    model.eval()
    copied = again(model)
    assert numbers(copied) == numbers(model)
    assert not {*map(id, copied.parameters())} & {*map(id, model.parameters())}
    assert copied.named_parameters()[0][0] == model.named_parameters()[0][0]
    assert [p.label for p in copied.parameters()] == [p.label for p in model.parameters()]
    assert repr(copied) == repr(model) and not copied.training
    before = numbers(model)
    copied.load_state_dict({name: array + 1 for name, array in copied.state_dict().items()})
    assert numbers(model) == before


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_model_with_dropout_can_be_copied_as_it_is(again):
    model = nn.Sequential(nn.Layer(2, 3), nn.Dropout(0.25), nn.Layer(3, 1, "linear"))
    copied = again(model)
    assert numbers(copied) == numbers(model) and copied.layers[1].p == 0.25
    found = []
    for each in model, copied:          # both draw from Python's own generator
        random.seed(2)
        found.append([v.data for v in each.layers[1]([Value(1.0)] * 20)])
    assert found[0] == found[1] and 0.0 in found[0]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_keeps_tied_parameters_tied(again):
    copied = again(tied())
    assert copied.layers[0] is copied.layers[1] and len(copied.parameters()) == 9


def test_a_copy_can_be_trained():
    model = nn.MLP(2, [3, 1], rng=rng())
    copied = copy.deepcopy(model)
    fit(copied, X, X[:, 0], "mse", "adam", epochs=5, progress=False)
    assert numbers(model) == numbers(nn.MLP(2, [3, 1], rng=rng())) != numbers(copied)


# ---- display

def test_repr_is_a_tree():
    assert repr(nn.MLP(2, [2, 1])) == (
        "MLP(2 → 2 → 1): 9 parameters\n"
        "├── layer1: Layer(2 → 2, relu): 6\n"
        "└── layer2: Layer(2 → 1, linear): 3"
    )
    model = nn.Sequential(nn.Layer(2, 1000), nn.Dropout(0.2), nn.MLP(1000, [4, 1], "tanh"))
    assert repr(model) == (
        "Sequential: 7,009 parameters\n"
        "├── layer1: Layer(2 → 1000, relu): 3,000\n"
        "├── layer2: Dropout(0.2): 0\n"
        "└── layer3: MLP(1000 → 4 → 1): 4,009\n"
        "    ├── layer1: Layer(1000 → 4, tanh): 4,004\n"
        "    └── layer2: Layer(4 → 1, linear): 5"
    )


def test_parts_that_look_the_same_stand_on_one_line():
    model = nn.Sequential(*[nn.Layer(3, 3) for _ in range(4)], nn.Layer(3, 1))
    assert repr(model).splitlines()[1:] == [
        "├── layer1 … layer4: Layer(3 → 3, relu): 12 each", "└── layer5: Layer(3 → 1, relu): 4",
    ]


def test_repr_looks_at_each_part_a_few_times_only():
    """Networks in networks: were each level shown twice, ten levels would take a thousand looks."""
    looks = []

    class Told(nn.Module):
        def describe(self):
            looks.append(self)
            return "Told"

    model = Told()
    for _ in range(10):
        model = nn.Sequential(model)
    assert repr(model).count("└── ") == 10
    assert len(looks) <= 20


def test_the_tree_shows_parameters_that_are_in_no_part():
    model = KeepsActivations()
    assert repr(model).splitlines() == [
        "KeepsActivations: 14 parameters", "├── first: Layer(2 → 3, relu): 9", "├── last: Layer(3 → 1, relu): 4",
        "└── scale: 1",
    ]


@pytest.mark.parametrize("model,line", [
    (nn.Neuron(2), "Neuron(2 → 1, relu): 3 parameters"),
    (nn.Layer(2, 3, "gelu", bias=False), "Layer(2 → 3, gelu): 6 parameters"),
    (nn.Maxout(2, 3, 4), "Maxout(2 → 3, 4 pieces): 36 parameters"),
    (nn.Activation("tanh"), "Activation(tanh): 0 parameters"),
    (nn.Network([("x", "h"), ("h", "o")]), "Network(x → 1 hidden → o; sigmoid): 4 parameters"),
])
def test_a_module_on_one_line(model, line):
    assert repr(model) == line
