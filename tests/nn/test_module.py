"""Modules: names, modes, numbers by name, copies; and the layers and networks that are made of them."""
import copy
import math
import pickle
import random

import numpy as np
import pytest

from autograd_tiny import Value, fit, nn, no_grad, optim, predict, tanh

X = np.random.default_rng(5).uniform(-1, 1, (30, 2))


def rng():
    return random.Random(1)


def numbers(model):
    return [p.data for p in model.parameters()]


class Own(nn.Module):
    """A class of one's own, with Values and modules in whatever holds them."""

    def __init__(self):
        self.scale = Value(2.0)
        self.w = [Value(float(k)) for k in range(3)]
        self.rows = [[Value(10.0), Value(11.0)], [Value(12.0), Value(13.0)]]
        self.ragged = [[Value(20.0)], [Value(21.0), Value(22.0)]]
        self.pair = (Value(30.0), Value(31.0))
        self.gates = {"open": Value(40.0), "shut": [Value(41.0), Value(42.0)]}
        self.grid = np.array([[Value(50.0), Value(51.0)]], dtype=object)
        self.head = nn.Neuron(2, "linear", rng=rng())
        self.layers = [nn.Layer(2, 2, rng=rng()), nn.Dropout(0.5)]
        self.by_name = {"a": nn.Layer(1, 1, rng=rng())}
        self.size, self.note, self.numbers, self.nothing = 3, "text", np.ones(2), None

    def forward(self, x):
        return self.scale * self.head(x)


NAMES_OF_OWN = [
    "scale", "w[0]", "w[1]", "w[2]", "rows[0][0]", "rows[0][1]", "rows[1][0]", "rows[1][1]", "ragged[0][0]",
    "ragged[1][0]", "ragged[1][1]", "pair[0]", "pair[1]", "gates.open", "gates.shut[0]", "gates.shut[1]",
    "grid[0][0]", "grid[0][1]", "head.w[0]", "head.w[1]", "head.b", "layer1.neuron1.w[0]",
    "layer1.neuron1.w[1]", "layer1.neuron1.b", "layer1.neuron2.w[0]", "layer1.neuron2.w[1]",
    "layer1.neuron2.b", "by_name.a.neuron1.w[0]", "by_name.a.neuron1.b",
]


# ---- names

def test_parameters_are_found_in_whatever_holds_them():
    model = Own()
    assert [name for name, _ in model.named_parameters()] == NAMES_OF_OWN
    assert [p for _, p in model.named_parameters()] == model.parameters()
    assert [p.label for p in model.parameters()] == NAMES_OF_OWN
    assert all(p.requires_grad for p in model.parameters())


def test_parts_are_found_in_whatever_holds_them():
    model = Own()
    assert [name for name, _ in model.parts()] == ["head", "layer1", "layer2", "by_name.a"]
    assert model.parts()[1][1] is model.layers[0]


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


def test_what_was_computed_is_no_parameter():
    class Odd(nn.Module):
        def __init__(self):
            self.w = Value(1.0)
            self.double = 2 * self.w

    model = Odd()
    assert model.parameters() == [model.w] and [*model.state_dict()] == ["w"]


def test_scopes_of_what_is_computed_name_the_modules():
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


# ---- parameters that several modules share

def tied():
    shared = nn.Layer(2, 2, "tanh", rng=rng())
    return nn.Sequential(shared, shared, nn.Layer(2, 1, "linear", rng=rng()))


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


# ---- modes

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


def test_dropout_leaves_out_in_training_only():
    drop = nn.Dropout(0.4, rng=random.Random(0))
    x = [Value(1.0) for _ in range(2000)]
    found = [v.data for v in drop(x)]
    assert {*found} == {0.0, 1 / 0.6}
    assert found.count(0.0) == pytest.approx(800, abs=70)
    assert drop.eval()(x) is x
    assert nn.Dropout(0.0)(x) is x


def test_dropout_draws_from_the_generator_that_it_has():
    def drawn(generator):
        return [v.data for v in nn.Dropout(0.5, rng=generator)([Value(1.0)] * 20)]

    assert drawn(random.Random(1)) == drawn(random.Random(1)) != drawn(random.Random(2))
    assert drawn(np.random.default_rng(1)) == drawn(np.random.default_rng(1))
    random.seed(4)
    first = drawn(random)
    random.seed(4)
    assert drawn(random) == first


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, math.nan])
def test_a_probability_of_dropout_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match="p: a number from 0 to below 1"):
        nn.Dropout(p)
    with pytest.raises(TypeError):
        nn.Dropout("0.5")


def test_zero_grad_forgets_all_gradients():
    model = Own()
    for p in model.parameters():
        p.grad = 1.0
    model.zero_grad()
    assert all(p.grad == 0.0 for p in model.parameters())


# ---- numbers by name

def test_the_state_of_a_perceptron_has_the_shapes_of_torch():
    model = nn.MLP(3, [4, 2])
    state = model.state_dict()
    assert {name: array.shape for name, array in state.items()} == {
        "layer1.w": (4, 3), "layer1.b": (4,), "layer2.w": (2, 4), "layer2.b": (2,),
    }
    assert all(array.dtype == np.float64 for array in state.values())
    assert state["layer1.w"][2, 1] == model.layers[0].neurons[2].w[1].data
    assert [*nn.MLP(3, [2], bias=False).state_dict()] == ["layer1.w"]


def test_the_state_of_a_class_of_ones_own_has_all_of_it():
    state = Own().state_dict()
    shapes = {name: array.shape for name, array in state.items()}
    assert shapes == {
        "scale": (), "w": (3,), "rows": (2, 2), "ragged[0]": (1,), "ragged[1]": (2,), "pair": (2,),
        "gates.open": (), "gates.shut": (2,), "grid": (1, 2), "head.w": (2,), "head.b": (),
        "layer1.w": (2, 2), "layer1.b": (2,), "by_name.a.w": (1, 1), "by_name.a.b": (1,),
    }
    assert sum(array.size for array in state.values()) == len(NAMES_OF_OWN)
    assert state["rows"].tolist() == [[10.0, 11.0], [12.0, 13.0]]


MODELS = {
    "Neuron": lambda: nn.Neuron(3, "tanh"), "Layer": lambda: nn.Layer(3, 2), "MLP": lambda: nn.MLP(2, [3, 1]),
    "MLP without bias": lambda: nn.MLP(2, [3, 1], bias=False), "Maxout": lambda: nn.Maxout(2, 3, 4),
    "Maxout without bias": lambda: nn.Maxout(2, 1, bias=False),
    "Sequential": lambda: nn.Sequential(
        nn.Layer(2, 3), nn.Dropout(0.1, rng=rng()), nn.Activation("gelu"), nn.Maxout(3, 2)
    ),
    "Network": lambda: nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], activation="tanh"),
    "Network without bias": lambda: nn.Network([("x", "h"), ("h", "o")], bias=False),
    "own": Own, "tied": tied,
}


@pytest.mark.parametrize("name", MODELS)
def test_a_state_goes_round(name):
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


def test_all_that_does_not_fit_is_listed_at_once():
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
def test_what_is_not_numeric_is_refused_by_name(given):
    model = nn.MLP(1, [1])
    before = numbers(model)
    with pytest.raises(TypeError, match=r"layer1\.b"):
        model.load_state_dict({"layer1.w": [[9.0]], "layer1.b": given})
    assert numbers(model) == before


@pytest.mark.parametrize("given", [3, None, "state"])
def test_a_state_is_a_dict(given):
    with pytest.raises((TypeError, ValueError)):
        nn.MLP(1, [1]).load_state_dict(given)


# ---- copies

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


class OwnWithGenerator(Own):
    """Dropout here has a generator of its own."""

    def __init__(self):
        super().__init__()
        self.layers[1].rng = rng()


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
def test_a_copy_keeps_what_is_tied(again):
    copied = again(tied())
    assert copied.layers[0] is copied.layers[1] and len(copied.parameters()) == 9


def test_a_copy_can_be_trained():
    model = nn.MLP(2, [3, 1], rng=rng())
    copied = copy.deepcopy(model)
    fit(copied, X, X[:, 0], "mse", "adam", epochs=5, progress=False)
    assert numbers(model) == numbers(nn.MLP(2, [3, 1], rng=rng())) != numbers(copied)


# ---- how they show

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


@pytest.mark.parametrize("model,line", [
    (nn.Neuron(2), "Neuron(2 → 1, relu): 3 parameters"),
    (nn.Layer(2, 3, "gelu", bias=False), "Layer(2 → 3, gelu): 6 parameters"),
    (nn.Maxout(2, 3, 4), "Maxout(2 → 3, 4 pieces): 36 parameters"),
    (nn.Activation("tanh"), "Activation(tanh): 0 parameters"),
    (nn.Network([("x", "h"), ("h", "o")]), "Network(x → 1 hidden → o; sigmoid): 4 parameters"),
])
def test_a_module_on_one_line(model, line):
    assert repr(model) == line


# ---- neurons and layers

def test_a_neuron_is_an_activation_of_a_dot_product():
    neuron = nn.Neuron(2, "tanh", bias_init="ones")
    w0, w1 = (w.data for w in neuron.w)
    assert neuron([0.5, Value(-2.0)]).data == pytest.approx(math.tanh(0.5 * w0 - 2 * w1 + 1.0), rel=1e-15)
    assert nn.Neuron(2, nonlin=False)([0.0, 0.0]).op == "dot"
    without = nn.Neuron(2, "linear", bias=False)
    assert without.b is None and len(without.parameters()) == 2 and without([0.0, 0.0]).data == 0.0


def test_the_seeds_of_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    random.seed(1337)
    first = [random.uniform(-1, 1) for _ in range(2)]
    assert numbers(model)[:3] == [*first, 0.0] and len(model.parameters()) == 337


def test_a_layer_is_its_neurons_side_by_side():
    layer = nn.Layer(2, 3, "tanh", rng=rng())
    state = layer.state_dict()
    found = [v.data for v in layer([0.5, -1.5])]
    np.testing.assert_allclose(found, np.tanh(state["w"] @ [0.5, -1.5] + state["b"]), rtol=1e-14)


def test_a_perceptron_is_its_layers_one_after_the_other():
    model = nn.MLP(2, [3, 4, 2], "sigmoid", "softplus", rng=rng())
    s = model.state_dict()
    h = 1 / (1 + np.exp(-(s["layer1.w"] @ [0.5, -1.5] + s["layer1.b"])))
    h = 1 / (1 + np.exp(-(s["layer2.w"] @ h + s["layer2.b"])))
    expected = np.log1p(np.exp(s["layer3.w"] @ h + s["layer3.b"]))
    np.testing.assert_allclose([v.data for v in model([0.5, -1.5])], expected, rtol=1e-14)


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_every_activation_by_name_is_that_function(name):
    x = Value(0.7)
    function = nn.ACTIVATIONS[name]
    assert nn.Activation(name)(x).data == nn.Activation(function)([x]).data == function(x).data
    assert nn.Layer(1, 1, name, init="ones")([0.7]).data == function(x).data


def test_one_output_or_a_list():
    assert type(nn.MLP(2, [3, 1])([0.5, -0.5])) is Value
    assert len(nn.MLP(2, [3, 2])([0.5, -0.5])) == 2
    assert type(nn.Maxout(2, 1)([0.5, -0.5])) is Value
    assert type(nn.Activation("tanh")([Value(1.0)])) is Value
    assert len(nn.Activation("tanh")([Value(1.0), Value(2.0)])) == 2


def test_one_input_may_stand_without_a_list():
    model = nn.MLP(1, [1, 1])
    assert model(0.5).data == model([0.5]).data == model(np.array([0.5])).data == model(Value(0.5)).data


def test_maxout_takes_the_largest_piece():
    unit = nn.Maxout(2, 2, 3, bias_init="normal", rng=rng())
    x = [0.3, -0.8]
    each = np.array([[v.data for v in piece(x)] for piece in unit.pieces])
    assert [v.data for v in unit(x)] == each.max(axis=0).tolist()
    assert len(unit.parameters()) == 3 * 6


def test_sequential_takes_functions_among_its_modules():
    model = nn.Sequential(nn.Layer(2, 2, "linear"), lambda xs: [tanh(x) for x in xs], nn.Layer(2, 1))
    assert len(model) == 3 and model[0] is model.layers[0]
    hidden = model[0]([0.1, 0.2])
    assert model([0.1, 0.2]).data == model[2]([tanh(h) for h in hidden]).data
    assert "layer2: <lambda>: 0" in repr(model)
    by_name = nn.Sequential(nn.Layer(2, 2, "linear"), tanh)
    assert repr(by_name[1]) == "Activation(tanh): 0 parameters" and len(by_name([0.1, 0.2])) == 2
    with pytest.raises(TypeError, match=r"Sequential\(\*modules\)"):
        nn.Sequential([nn.Layer(2, 2)])


@pytest.mark.parametrize("make,error,match", [
    (lambda: nn.Neuron(0), ValueError, "nin"), (lambda: nn.Neuron(2.0), TypeError, "nin"),
    (lambda: nn.Layer(2, 0), ValueError, "nout"), (lambda: nn.Layer(2, True), TypeError, "nout"),
    (lambda: nn.MLP(2, 3), TypeError, r"as \[16, 16, 1\], got 3"),
    (lambda: nn.MLP(2, []), ValueError, "none"),
    (lambda: nn.MLP(2, "31"), TypeError, "31"), (lambda: nn.MLP(2, [3, -1]), ValueError, "-1"),
    (lambda: nn.Layer(2, 1, "relux"), ValueError, "'relux' is not known; there are linear, relu"),
    (lambda: nn.Layer(2, 1, False), TypeError, "nonlin=False"), (lambda: nn.Layer(2, 1, 3), TypeError, "3"),
    (lambda: nn.Layer(2, 1, init="he"), ValueError, "init: 'he'.*he_normal"),
    (lambda: nn.Layer(2, 1, bias_init=0.0), TypeError, "bias_init"),
    (lambda: nn.Maxout(2, 1, 0), ValueError, "pieces"),
    (lambda: nn.Sequential("tanh"), TypeError, "Activation"),
    (lambda: nn.Sequential(nn.Layer(2, 1), 3), TypeError, "int 3"),
    (lambda: nn.Activation(None), TypeError, "activation"),
])
def test_arguments_that_are_not_known_are_refused(make, error, match):
    with pytest.raises(error, match=match):
        make()


@pytest.mark.parametrize("model", [nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1]), nn.Maxout(2, 2)])
@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0], []])
def test_another_number_of_inputs_is_refused(model, x):
    with pytest.raises(ValueError, match=f"takes 2 inputs, got {len(x)}"):
        model(x)


# ---- networks

def diamond(**options):
    return nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], rng=rng(), **options)


def test_a_network_computes_what_its_edges_say():
    net = diamond(activation="tanh", activations={"o": "linear"}, bias_init="normal")
    x, y = 0.4, -0.9
    h = math.tanh(net.w["x", "h"].data * x + net.w["y", "h"].data * y + net.b["h"].data)
    expected = net.w["h", "o"].data * h + net.w["x", "o"].data * x + net.b["o"].data
    assert net([x, y]).data == pytest.approx(expected, rel=1e-14)
    assert (net.inputs, net.outputs, net.units) == (["x", "y"], ["o"], ["h", "o"])


def test_a_network_names_its_parameters_by_their_edges():
    net = diamond()
    names = [name for name, _ in net.named_parameters()]
    assert names == ["w(x→h)", "w(y→h)", "b(h)", "w(h→o)", "w(x→o)", "b(o)"]
    assert [p.label for p in net.parameters()] == names == [*net.state_dict()]
    assert net.w["x", "h"].label == "w(x→h)" and net.b["h"].label == "b(h)"


def test_a_network_in_a_network_of_parts_keeps_its_names_apart():
    model = nn.Sequential(diamond(), nn.Network([("a", "b")]))
    assert [name for name, _ in model.named_parameters()][-2:] == ["layer2.w(a→b)", "layer2.b(b)"]
    assert len(model.parameters()) == 8 and len(model.state_dict()) == 8


def test_inputs_and_outputs_in_the_order_that_is_asked_for():
    net = diamond(inputs=["y", "x"], outputs=["o", "h"])
    plain = diamond()
    found = net([-0.9, 0.4])
    assert len(found) == 2 and found[0].data == plain([0.4, -0.9]).data


def test_a_network_is_a_perceptron_if_its_edges_are():
    edges = [(a, b) for a in ("x", "y") for b in ("h1", "h2")] + [("h1", "o"), ("h2", "o")]
    net = nn.Network(edges, activation="tanh", activations={"o": "linear"}, rng=rng())
    model = nn.MLP(2, [2, 1], "tanh")
    s = net.state_dict()
    model.load_state_dict({
        "layer1.w": [[s[f"w({a}→{b})"] for a in ("x", "y")] for b in ("h1", "h2")],
        "layer1.b": [s["b(h1)"], s["b(h2)"]], "layer2.w": [[s["w(h1→o)"], s["w(h2→o)"]]],
        "layer2.b": [s["b(o)"]],
    })
    np.testing.assert_allclose(predict(net, X), predict(model, X), rtol=1e-13)


def test_a_network_learns_in_fit():
    net = nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], activations={"o": "linear"}, rng=rng())
    before = numbers(net)
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    history = fit(net, X, X[:, 0] - X[:, 1], "mse", optimizer, 150, seed=1, progress=False)
    assert history["loss"][-1] < 0.2 * history["loss"][0]
    assert all(a != b for a, b in zip(before, numbers(net), strict=True))


@pytest.mark.parametrize("edges,options,error,match", [
    ([("a", "b"), ("b", "a")], {}, ValueError, "cycle.*→"), ([("a", "a")], {}, ValueError, "cycle: a → a"),
    ([("a", "b"), ("a", "b")], {}, ValueError, "a → b is given twice"), ([], {}, ValueError, "one edge"),
    ([("a",)], {}, TypeError, "pair"), (["ab"], {}, TypeError, "pair"), ([(1, 2)], {}, TypeError, "int 1"),
    ([("a", "b")], {"inputs": ["a", "b"]}, ValueError, "an edge leads into the input 'b'"),
    ([("a", "b"), ("c", "b")], {"inputs": ["a"]}, ValueError, "no edge leads to 'c'"),
    ([("a", "b")], {"outputs": ["z"]}, ValueError, "'z'.*a, b"),
    ([("a", "b")], {"outputs": "b"}, TypeError, "outputs"),
    ([("a", "b")], {"outputs": ["b", "b"]}, ValueError, "different"),
    ([("a", "b")], {"outputs": []}, ValueError, "one at least"),
    ([("a", "b")], {"activations": {"z": "relu"}}, ValueError, "no unit 'z'"),
    ([("a", "b")], {"activations": {"a": "relu"}}, ValueError, "no unit 'a'"),
    ([("a", "b")], {"activation": "relux"}, ValueError, "'relux' is not known"),
])
def test_networks_that_can_not_be_are_refused(edges, options, error, match):
    with pytest.raises(error, match=match):
        nn.Network(edges, **options)


@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0]])
def test_another_number_of_inputs_of_a_network_is_refused(x):
    with pytest.raises(ValueError, match=rf"2 inputs \(x, y\), got {len(x)}"):
        diamond()(x)


# ---- what a class of one's own may do

class Watched(nn.Module):
    """Notes what it computes, to be looked at."""

    def __init__(self):
        self.first, self.last = nn.Layer(2, 3, rng=random.Random(0)), nn.Layer(3, 1, rng=random.Random(1))
        self.scale = Value(1.0)

    def forward(self, x):
        self.hidden = self.first(x)
        self.seen = [x]
        return self.scale * self.last(self.hidden)


def test_what_a_call_notes_in_an_attribute_is_no_parameter():
    model = Watched()
    names = [name for name, _ in model.named_parameters()]
    with no_grad():
        model([Value(0.5), Value(1.0)])
    assert len(model.hidden) == 3 and type(model.seen[0][0]) is Value
    assert [name for name, _ in model.named_parameters()] == names and len(model.parameters()) == 14
    assert list(model.state_dict()) == ["first.w", "first.b", "last.w", "last.b", "scale"]
    model.hidden = Value(2.0)                           # set from outside, it is one
    assert len(model.parameters()) == 15


def test_parts_that_are_put_into_a_list_later_get_their_names():
    model = nn.Module()
    model.layers = []
    model.layers += [nn.Layer(2, 2), nn.Layer(2, 2)]
    assert [name for name, _ in model.parts()] == ["layer1", "layer2"]
    assert [p.label for p in model.parameters()][::6] == ["layer1.neuron1.w[0]", "layer2.neuron1.w[0]"]


def test_two_parameters_of_one_name_are_refused_by_state_dict():
    model = nn.Module()
    model.layer1, model.layers = nn.Layer(1, 1), [nn.Layer(1, 1)]
    with pytest.raises(ValueError, match=r"two parameters are called 'layer1\.w'"):
        model.state_dict()


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


def test_a_network_may_have_parameters_beside_its_weights():
    net = nn.Network([("x", "o")])
    net.gain = Value(2.0)
    assert [name for name, _ in net.named_parameters()] == ["w(x→o)", "b(o)", "gain"]


def test_the_tree_shows_parameters_that_are_in_no_part():
    model = Watched()
    assert repr(model).splitlines() == [
        "Watched: 14 parameters", "├── first: Layer(2 → 3, relu): 9", "├── last: Layer(3 → 1, relu): 4",
        "└── scale: 1",
    ]


@pytest.mark.parametrize("rng", [3, "random"])
def test_what_is_no_generator_is_refused(rng):
    for make in (lambda: nn.MLP(2, [1], rng=rng), lambda: nn.Neuron(2, init="normal", rng=rng)):
        with pytest.raises(TypeError, match="rng: random"):
            make()
