"""nn.save and nn.load: models that come back bit for bit, and files that are refused."""
import json
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from references.work import calls_in

from autograd_tiny import Value, fit, nn, predict

safetensors = pytest.importorskip("safetensors.numpy")

X = np.random.default_rng(5).uniform(-1, 1, (9, 2))
HARD = [0.1, -0.0, 5e-324, -1.7976931348623157e308, 1 / 3, 2.0**-1022, 1e-17, 123456789.123456789]


def rng():
    return random.Random(1)


class Own(nn.Module):
    """A class of one's own."""

    def __init__(self):
        self.scale, self.w = Value(2.0), [Value(1.0), Value(3.0)]
        self.layers = [nn.Layer(2, 2, "tanh", rng=rng()), nn.Layer(2, 1, "linear", rng=rng())]

    def forward(self, x):
        return self.scale * self.layers[1](self.layers[0](x)) + self.w[0] * x[0]


class Perceptron(nn.MLP):
    """A class of one's own, made from one that is known."""


MODELS = {
    "Neuron": lambda: nn.Neuron(2, "tanh", rng=rng()),
    "Neuron without bias": lambda: nn.Neuron(2, nonlin=False, bias=False, rng=rng()),
    "Layer": lambda: nn.Layer(2, 3, "gelu", rng=rng()),
    "MLP": lambda: nn.MLP(2, [3, 4, 2], "silu", "sigmoid", rng=rng()),
    "MLP of one layer": lambda: nn.MLP(2, [1], rng=rng()),
    "MLP of one layer with an activation": lambda: nn.MLP(2, [2], "tanh", "softplus", rng=rng()),
    "MLP without bias": lambda: nn.MLP(2, [2, 2], bias=False, rng=rng()),
    "Maxout": lambda: nn.Maxout(2, 3, 4, rng=rng()),
    "Maxout without bias": lambda: nn.Maxout(2, 3, bias=False, rng=rng()),
    "Activation": lambda: nn.Activation("elu"),
    "Dropout": lambda: nn.Sequential(nn.Layer(2, 2, rng=rng()), nn.Dropout(0.3)),
    "Sequential": lambda: nn.Sequential(
        nn.Layer(2, 3, "relu", rng=rng()), nn.Activation("leaky_relu"), nn.Dropout(0.25),
        nn.Sequential(nn.Maxout(3, 3, rng=rng()), nn.MLP(3, [2, 2], rng=rng())),
    ),
    "Sequential of nothing": lambda: nn.Sequential(),
    "Network": lambda: nn.Network(
        [("x", "h"), ("y", "h"), ("h", "o"), ("x", "p"), ("h", "p")], activation="tanh",
        activations={"o": "linear"}, inputs=["y", "x"], outputs=["p", "o"], rng=rng(),
    ),
    "Network without bias": lambda: nn.Network([("ä", "→"), ("x", "→")], bias=False, rng=rng()),
}
OWN = {
    "own": Own, "subclass": lambda: Perceptron(2, [2, 1], rng=rng()),
    "own activation": lambda: nn.MLP(2, [2, 1], lambda x: x * x, rng=rng()),
    "function in a Sequential": lambda: nn.Sequential(
        nn.Layer(2, 2, rng=rng()), lambda xs: [x * 2.0 for x in xs], nn.Layer(2, 1, rng=rng())
    ),
    "own in a Sequential": lambda: nn.Sequential(nn.Layer(2, 2, rng=rng()), Own()),
}


def bits(model):
    return [p.data.hex() for p in model.parameters()]


def with_hard_numbers(model):
    for k, p in enumerate(model.parameters()):
        p.data = HARD[k % len(HARD)]
    return model


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture
def saved(path):
    """A file of a perceptron."""
    nn.save(nn.MLP(2, [3, 1], "tanh", rng=rng()), path)
    return path


def header_of(path):
    contents = path.read_bytes()
    length, = struct.unpack("<Q", contents[:8])
    return json.loads(contents[8:8 + length]), contents[8 + length:]


def with_header(path, header, rest):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + rest)


def with_architecture(path, architecture):
    """The same file with another text there."""
    header, rest = header_of(path)
    text = architecture if isinstance(architecture, str) else json.dumps(architecture)
    header["__metadata__"]["architecture"] = text
    with_header(path, header, rest)
    return path


# ---- there and back

@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_bit_for_bit(name, path):
    model = with_hard_numbers(MODELS[name]())
    nn.save(model, path)
    random.seed(2)
    state = random.getstate()
    found = nn.load(path)
    assert type(found) is type(model) and repr(found) == repr(model)
    assert bits(found) == bits(model)
    assert [p.label for p in found.parameters()] == [p.label for p in model.parameters()]
    assert all(p.requires_grad for p in found.parameters())
    assert random.getstate() == state


@pytest.mark.parametrize("name", sorted(MODELS.keys() - {"Activation", "Sequential of nothing"}))
def test_a_loaded_model_computes_the_same(name, path):
    model = MODELS[name]()
    nn.save(model, path)
    assert predict(nn.load(path), X).tolist() == predict(model, X).tolist()


def test_dropout_comes_back_with_its_probability(path):
    nn.save(MODELS["Sequential"](), path)
    found = nn.load(path)
    assert found.layers[2].p == 0.25 and found.training


def test_a_loaded_model_can_be_trained_and_saved_again(path, tmp_path):
    model = MODELS["MLP"]()
    nn.save(model, path)
    found = nn.load(path)
    for each in model, found:
        fit(each, X, np.c_[X[:, 0], X[:, 1]], "mse", "adam", 20, seed=1, progress=False)
    assert bits(found) == bits(model) != bits(MODELS["MLP"]())
    nn.save(found, tmp_path / "again.safetensors")
    assert bits(nn.load(tmp_path / "again.safetensors")) == bits(found)


@pytest.mark.parametrize("name", [*MODELS, *OWN])
def test_arrays_are_put_into_a_model(name, path):
    make = (MODELS | OWN)[name]
    model = with_hard_numbers(make())
    nn.save(model, path)
    into = make()
    parameters = into.parameters()
    assert nn.load(path, into=into) is into
    assert bits(into) == bits(model) and into.parameters() == parameters


@pytest.mark.parametrize("name", OWN)
def test_a_class_of_ones_own_is_not_built_from_a_file(name, path):
    nn.save(OWN[name](), path)
    with pytest.raises(ValueError, match=r"not how the model is built.*load\(path, into=model\)"):
        nn.load(path)


def test_tied_parameters_come_back_tied(path):
    shared = nn.Layer(2, 2, rng=rng())
    nn.save(nn.Sequential(shared, shared), path)
    try:
        found = nn.load(path)
    except ValueError as error:
        assert "into=model" in str(error)
    else:
        assert len(found.parameters()) == 6


def test_a_perceptron_that_was_changed_by_hand_is_not_built_from_its_arguments(path):
    """Its arguments do not say what it has become: either it comes back so, or the file says into=."""
    model = nn.MLP(2, [3, 3, 1], "tanh", rng=rng())
    model.layers[1] = nn.Layer(3, 3, "relu", rng=rng())
    nn.save(model, path)
    try:
        found = nn.load(path)
    except ValueError as error:
        assert "into=model" in str(error)
    else:
        assert predict(found, X).tolist() == predict(model, X).tolist()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_may_be_text(kind, path):
    model = MODELS["Layer"]()
    nn.save(model, kind(path))
    assert bits(nn.load(kind(path))) == bits(model)


def test_the_file_is_one_that_others_read(saved):
    arrays = safetensors.load_file(saved)
    assert {name: (array.shape, str(array.dtype)) for name, array in arrays.items()} == {
        "layer1.w": ((3, 2), "float64"), "layer1.b": ((3,), "float64"), "layer2.w": ((1, 3), "float64"),
        "layer2.b": ((1,), "float64"),
    }
    state = nn.load(saved).state_dict()
    assert all((arrays[name] == state[name]).all() for name in arrays)


def test_saving_changes_no_model(path):
    model = MODELS["Sequential"]()
    before, mode = bits(model), model.eval().training
    nn.save(model, path)
    assert bits(model) == before and model.training == mode


# ---- files of others

@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool"])
def test_arrays_of_others_are_put_into_a_model(dtype, path):
    model = nn.MLP(2, [3, 1])
    arrays = {name: (4 * np.abs(a)).round().astype(dtype) for name, a in model.state_dict().items()}
    safetensors.save_file(arrays, path)
    nn.load(path, into=model)
    for name, array in model.state_dict().items():
        assert (array == arrays[name].astype(float)).all()


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"format": "autograd"}])
def test_a_file_of_others_has_no_architecture(metadata, path):
    safetensors.save_file(nn.MLP(2, [1]).state_dict(), path, metadata=metadata)
    with pytest.raises(ValueError, match=r"not saved by autograd_tiny.*into=model") as raised:
        nn.load(path)
    assert str(path) in str(raised.value)


def test_arrays_that_do_not_fit_are_listed(path):
    model = nn.MLP(2, [3, 1])
    before = bits(model)
    safetensors.save_file({
        "layer1.w": np.zeros((2, 3)), "layer1.b": np.zeros(3), "layer2.w": np.zeros(3), "other": np.zeros(1),
    }, path)
    with pytest.raises(ValueError) as raised:
        nn.load(path, into=model)
    said = str(raised.value)
    for part in (
        "layer1.w has the shape (2, 3), (3, 2) is expected",
        "layer2.w has the shape (3,), (1, 3) is expected",
        "layer2.b is missing", "other is unknown", str(path),
    ):
        assert part in said
    assert bits(model) == before


def test_complex_numbers_do_not_fit(path):
    model = nn.Layer(1, 1)
    before = bits(model)
    try:
        safetensors.save_file({"w": np.zeros((1, 1)), "b": np.zeros(1, complex).astype(np.complex64)}, path)
    except Exception:
        pytest.skip("this safetensors has no complex numbers")
    with pytest.raises(ValueError, match="b"):
        nn.load(path, into=model)
    assert bits(model) == before


def test_a_kind_of_number_that_numpy_does_not_have(path):
    """bfloat16 is what PyTorch may have written: the error says so."""
    header = {"b": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]},
              "w": {"dtype": "BF16", "shape": [1, 1], "data_offsets": [2, 4]}}
    with_header(path, header, b"\x80\x3f\x80\x3f")
    model = nn.Layer(1, 1)
    before = bits(model)
    with pytest.raises(ValueError, match=r"(?i)bf(loat)?16") as raised:
        nn.load(path, into=model)
    assert str(path) in str(raised.value) and bits(model) == before


# ---- files that are damaged

def test_a_file_that_ends_too_soon_is_refused(saved):
    contents = saved.read_bytes()
    into = nn.MLP(2, [3, 1])
    before = bits(into)
    for length in {*range(40), *range(40, len(contents), 17), *range(len(contents) - 9, len(contents))}:
        saved.write_bytes(contents[:length])
        for model in None, into:
            with pytest.raises(ValueError, match="damaged, or no safetensors") as raised:
                nn.load(saved, into=model)
            assert str(saved) in str(raised.value)
    assert bits(into) == before


@pytest.mark.parametrize("contents", [
    b"", b"text", b"\x00" * 100, b"\xff" * 100, b"{}" * 50, struct.pack("<Q", 2) + b"{}" + b"more",
    struct.pack("<Q", 10**18) + b"{}", struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 4) + b"null",
    struct.pack("<Q", 99_999_999) + b"{" * 1000,
])
def test_a_file_of_another_format_is_refused(contents, path):
    path.write_bytes(contents)
    with pytest.raises(ValueError, match="damaged, or no safetensors"):
        nn.load(path)
    with pytest.raises(ValueError, match="damaged, or no safetensors"):
        nn.load(path, into=nn.Layer(1, 1))


@pytest.mark.parametrize("shape,offsets", [
    ([10**12], [0, 48]), ([3, 2], [0, 10**15]), ([-3, 2], [0, 48]), ([3, 2], [48, 0]), ([2**62, 4], [0, 48]),
])
def test_sizes_in_the_header_that_do_not_fit_are_refused(shape, offsets, saved):
    header, rest = header_of(saved)
    name = next(each for each in header if each != "__metadata__" and header[each]["shape"] == [3, 2])
    header[name] |= {"shape": shape, "data_offsets": offsets}
    with_header(saved, header, rest)
    with pytest.raises(ValueError, match="damaged, or no safetensors"):
        nn.load(saved)


@pytest.mark.parametrize("flip", range(0, 60, 7))
def test_a_changed_byte_is_an_error_or_another_number(flip, saved):
    contents = bytearray(saved.read_bytes())
    contents[flip * len(contents) // 60] ^= 0x15
    saved.write_bytes(contents)
    try:
        found = nn.load(saved)
    except ValueError as error:
        assert str(saved) in str(error)
    else:
        assert [array.size for array in found.state_dict().values()] == [6, 3, 3, 1]


def test_a_file_that_is_not_there_is_pythons_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "none.safetensors")
    with pytest.raises(OSError, match=r".*"):
        nn.load(tmp_path)


# ---- an architecture that somebody changed

HUGE = 10**9
ARCHITECTURES = {
    "huge layer": {"class": "MLP", "arguments": {"nin": 2, "nouts": [HUGE, 1]}},
    "huge input": {"class": "MLP", "arguments": {"nin": HUGE, "nouts": [3, 1]}},
    "huge beyond all bounds": {"class": "Layer", "arguments": {"nin": 10**30, "nout": 10**30}},
    "huge neuron": {"class": "Neuron", "arguments": {"nin": HUGE}},
    "huge maxout": {"class": "Maxout", "arguments": {"nin": 1, "nout": 1, "pieces": HUGE}},
    "huge without bias": {"class": "Layer", "arguments": {"nin": 1, "nout": HUGE, "bias": False}},
    "infinite": '{"class": "Layer", "arguments": {"nin": 1e400, "nout": 1}}',
    "many layers": {"class": "MLP", "arguments": {"nin": 1, "nouts": [1] * 100_000}},
    "many parts": {"class": "Sequential", "layers": [{"class": "Neuron", "arguments": {"nin": 1}}] * 50_000},
    "unknown class": {"class": "Transformer", "arguments": {}},
    "a class of Python": {"class": "os.system", "arguments": {"command": "true"}},
    "a class of the module": {"class": "Module", "arguments": {}},
    "no class": {"arguments": {}},
    "a list as class": {"class": ["MLP"], "arguments": {}},
    "no arguments": {"class": "MLP"},
    "unknown arguments": {"class": "MLP", "arguments": {"nin": 2, "nouts": [3, 1], "more": 1}},
    "arguments in a list": {"class": "MLP", "arguments": [2, [3, 1]]},
    "text as size": {"class": "MLP", "arguments": {"nin": "2", "nouts": [3, 1]}},
    "sizes in text": {"class": "MLP", "arguments": {"nin": 2, "nouts": "31"}},
    "half a size": {"class": "MLP", "arguments": {"nin": 2.5, "nouts": [3, 1]}},
    "nested sizes": {"class": "MLP", "arguments": {"nin": 2, "nouts": [[3], 1]}},
    "no size": {"class": "MLP", "arguments": {"nin": None, "nouts": [3, 1]}},
    "negative size": {"class": "MLP", "arguments": {"nin": -2, "nouts": [3, 1]}},
    "unknown activation": {"class": "MLP", "arguments": {"nin": 2, "nouts": [3, 1], "activation": "eval"}},
    "activation of another kind": {"class": "MLP", "arguments": {"nin": 2, "nouts": [3, 1], "activation": 3}},
    "no layers": {"class": "Sequential"},
    "layers of another kind": {"class": "Sequential", "layers": 3},
    "a layer of another kind": {"class": "Sequential", "layers": ["relu"]},
    "no number as p": {"class": "Sequential", "layers": [{"class": "Dropout", "arguments": {"p": "x"}}]},
    "p out of range": {"class": "Sequential", "layers": [{"class": "Dropout", "arguments": {"p": 7}}]},
    "edges in a circle": {"class": "Network", "arguments": {"edges": [["a", "b"], ["b", "a"]]}},
    "edges of another kind": {"class": "Network", "arguments": {"edges": 3}},
    "edges of numbers": {"class": "Network", "arguments": {"edges": [[1, 2]]}},
    "another model": {"class": "MLP", "arguments": {"nin": 3, "nouts": [2, 1]}},
    "fewer parameters": {"class": "Neuron", "arguments": {"nin": 2}},
    "no parameters": {"class": "Sequential", "layers": []},
    "a number": 3, "a list": [], "null": None, "text": '"MLP"', "no JSON": "{", "code": "__import__('os')",
    "too deep for JSON": "[" * 100_000,
}
DEEP = '{"class": "Sequential", "layers": ['


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture_that_does_not_fit_is_refused(name, saved):
    """Huge sizes, too: those who wait for 10**9 Values would see that this test never ends."""
    with_architecture(saved, ARCHITECTURES[name])
    with pytest.raises(ValueError) as raised:
        nn.load(saved)
    assert str(saved) in str(raised.value) and len(str(raised.value)) < 1000


@pytest.mark.parametrize("which,argument,given", [
    (1, "rng", "x"), (1, "p", True), (0, "bias", "no"), (0, "bias", []),
])
def test_arguments_of_another_type_are_refused(which, argument, given, path):
    """All else fits: what is made must be what was saved, and nothing in it may fail later."""
    nn.save(nn.Sequential(nn.Neuron(2, "tanh", rng=rng()), nn.Dropout(0.5)), path)
    header, _ = header_of(path)
    plan = json.loads(header["__metadata__"]["architecture"])
    plan["layers"][which]["arguments"][argument] = given
    with_architecture(path, plan)
    with pytest.raises(ValueError) as raised:
        nn.load(path)
    assert argument in str(raised.value)


@pytest.mark.parametrize("depth", [50, 200, 900, 5000])
def test_an_architecture_of_any_depth_is_built_or_refused(depth, saved):
    with_architecture(saved, DEEP * depth + "]}" * depth)
    with pytest.raises(ValueError) as raised:
        nn.load(saved)
    assert str(saved) in str(raised.value)


@pytest.mark.parametrize("name,words", [
    ("unknown class", ["'Transformer'", "MLP"]), ("unknown activation", ["'eval'", "tanh"]),
    ("another model", ["layer1.w", "(3, 2)", "(2, 3)"]), ("huge layer", ["more parameters", "numbers"]),
    ("text as size", ["nin", "'2'"]), ("no arguments", ["arguments"]),
])
def test_the_error_says_what_is_wrong_with_an_architecture(name, words, saved):
    with_architecture(saved, ARCHITECTURES[name])
    with pytest.raises(ValueError) as raised:
        nn.load(saved)
    for word in words:
        assert word in str(raised.value), str(raised.value)


def test_a_damaged_architecture_does_not_matter_to_a_model_that_is_there(saved):
    expected = bits(nn.load(saved))
    into = nn.MLP(2, [3, 1])
    nn.load(with_architecture(saved, "{"), into=into)
    assert bits(into) == expected


# ---- saving that fails

@pytest.mark.parametrize("failure", [OSError(28, "no space left"), PermissionError(13, "in use"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_save_that_fails_leaves_the_old_file(step, failure, saved, monkeypatch):
    before = saved.read_bytes()

    def fails(*_):
        raise failure

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(type(failure)):
        nn.save(nn.MLP(2, [5, 1]), saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before and os.listdir(saved.parent) == [saved.name]


@pytest.mark.parametrize("depth", [5, 12])
def test_networks_in_networks_come_back(depth, path):
    model = nn.Layer(2, 2, rng=rng())
    for _ in range(depth):
        model = nn.Sequential(model)
    nn.save(model, path)
    assert bits(nn.load(path)) == bits(model)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.save(nn.Layer(1, 1), tmp_path / "nowhere" / "model.safetensors")
    with pytest.raises(IsADirectoryError, match="a folder of that name"):
        nn.save(nn.Layer(1, 1), tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["__metadata__", "a\ud800"])
def test_names_that_a_file_cannot_hold_are_refused_before_it_is_written(name, path):
    model = Own()
    setattr(model, name, Value(1.0))
    with pytest.raises(ValueError, match=r"no parameter called '(__metadata__|a\\ud800)': rename it"):
        nn.save(model, path)
    assert not path.exists()


def nested(model, depth):
    for _ in range(depth):
        model = nn.Sequential(model)
    return model


SIZES = {
    "many inputs, deep inside": lambda n: nested(nn.Neuron(n), 20),
    "many neurons, deep inside": lambda n: nested(nn.Sequential(*[nn.Neuron(1) for _ in range(n // 2)]), 20),
    "a wide layer": lambda n: nn.Layer(1, n),
    "many activations": lambda n: nn.Sequential(*[nn.Activation("tanh") for _ in range(n)]),
    "a long network": lambda n: nn.Network([(f"u{k}", f"u{k + 1}") for k in range(n)]),
    "a network of one unit": lambda n: nn.Network([(f"x{k}", "o") for k in range(n)]),
}


@pytest.mark.parametrize("kind", SIZES)
def test_the_work_of_loading_is_in_proportion_to_the_file(kind, path):
    work = []
    for n in (200, 800):
        nn.save(SIZES[kind](n), path)
        work.append(calls_in(nn.load, path))
    assert work[1] < 5 * work[0]                            # a square would be 16 times the work


def test_the_work_of_loading_a_parameter_does_not_grow_with_its_depth(path):
    work = []
    for depth in (5, 50):
        nn.save(nested(nn.Neuron(800), depth), path)
        work.append(calls_in(nn.load, path))
    assert work[1] < 2 * work[0]


def test_names_and_labels_of_nested_modules_are_those_that_were_saved(path):
    model = nested(nn.Sequential(nn.MLP(2, [2, 1], rng=rng()), nn.Maxout(1, 2, rng=rng())), 3)
    nn.save(model, path)
    found = nn.load(path)
    for one, other in [(found, model), (found[0], model[0]), (found[0][0][0][0], model[0][0][0][0])]:
        assert (one.name, one.training) == (other.name, other.training)
        assert [(name, p.label) for name, p in one.named_parameters()] == [
            (name, p.label) for name, p in other.named_parameters()
        ]
    assert found([1.0, 2.0])[0].scope == model([1.0, 2.0])[0].scope


def test_modules_that_are_nested_too_deep_are_saved_without_their_architecture(path):
    deepest, deeper = nested(nn.Neuron(2, rng=rng()), 50), nested(nn.Neuron(2, rng=rng()), 51)
    nn.save(deepest, path)
    assert bits(nn.load(path)) == bits(deepest)
    nn.save(deeper, path)
    with pytest.raises(ValueError, match="into=model"):
        nn.load(path)
    assert bits(nn.load(path, into=nested(nn.Neuron(2), 51))) == bits(deeper)
    plan = {"class": "Neuron", "arguments": {"nin": 2, "activation": "relu", "bias": True}}
    for _ in range(51):
        plan = {"class": "Sequential", "layers": [plan]}
    with pytest.raises(ValueError, match="nested more than 50 levels deep"):
        nn.load(with_architecture(path, plan))


@pytest.mark.parametrize("other", [3, "model.safetensors"])
def test_only_modules_are_saved(other, path):
    with pytest.raises(TypeError, match=r"(?i)module|model"):
        nn.save(other, path)
    assert not path.exists()


@pytest.mark.parametrize("other", [3, {}])
def test_arrays_are_put_into_modules_only(other, saved):
    with pytest.raises(TypeError, match=r"(?i)module|model|into"):
        nn.load(saved, into=other)


def test_a_second_save_takes_the_place_of_the_first(saved):
    model = nn.Layer(2, 2, rng=rng())
    nn.save(model, saved)
    assert bits(nn.load(saved)) == bits(model) and os.listdir(saved.parent) == [saved.name]


def test_without_the_library_an_error_says_what_to_install(path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r'pip install "\S+\[save\]"'):
        nn.save(nn.Layer(1, 1), path)
    with pytest.raises(ImportError, match=r'pip install "\S+\[save\]"'):
        nn.load(path)


def test_a_layer_whose_neurons_differ_is_not_built_from_its_arguments(path):
    model = nn.MLP(2, [3, 1], "tanh", rng=rng())
    model.layers[0].neurons[1].activation = nn.ACTIVATIONS["relu"]
    nn.save(model, path)
    with pytest.raises(ValueError, match="into=model"):
        nn.load(path)
    again = nn.load(path, into=model)
    assert again is model
