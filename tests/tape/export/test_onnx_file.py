"""Tapes as ONNX models: the layout of groups, names, random programs, and any number of samples."""
import random

import numpy as np
import pytest
from references.onnx_models import differences, initializers, onnx, operators, outputs
from references.operations import ROWS
from references.programs.random_graphs import SMOOTH, random_program
from references.programs.random_tapes import FUNCTIONS, Recorded, points

import autograd_tiny as at
from autograd_tiny import Value, nn, record

pytestmark = pytest.mark.doors  # make test-all runs it, once


def agree(tape, x, path, **options):
    tape.to_onnx(path, **options)
    x = np.asarray(x, tape.dtype)
    found, expected = outputs(path, x), tape(x)
    assert found.shape == expected.shape and found.dtype == expected.dtype
    assert not differences(found, expected, 1e-14).any()


def random_batch(samples, inputs, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, inputs))


def test_a_network_is_three_gemms_and_its_activations(tmp_path):
    model = nn.MLP(2, [16, 16, 1], "tanh", rng=random.Random(1))
    tape = record(model, [0.5, 0.5], check=False)
    agree(tape, random_batch(129, 2), tmp_path / "f.onnx")
    assert operators(tmp_path / "f.onnx") == {"Gemm": 3, "Tanh": 2, "Squeeze": 1, "Identity": 1}
    assert initializers(tmp_path / "f.onnx") == {
        "layer1_neuron_w": (16, 2), "layer1_neuron_b": (16,), "layer2_neuron_w": (16, 16), "layer2_neuron_b": (16,),
        "layer3_neuron1_w": (1, 16), "layer3_neuron1_b": (1,), "constant_0": (1,),
    }


def test_a_layer_that_is_used_twice_is_in_the_file_once(tmp_path):
    layer = nn.Layer(2, 2, "tanh", rng=random.Random(1))
    tape = record(lambda x: layer(layer(layer(x))), [0.5, 0.25], check=False)
    agree(tape, random_batch(3, 2), tmp_path / "f.onnx")
    assert initializers(tmp_path / "f.onnx") == {"neuron_w": (2, 2), "neuron_b": (2,)}


@pytest.mark.parametrize("samples", [0, 1, 129])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_any_number_of_samples(name, samples, tmp_path):
    function, inputs = FUNCTIONS[name]
    tape = record(function, [0.5 + 0.1 * k for k in range(inputs)], check=False)
    agree(tape, random_batch(samples, inputs), tmp_path / "f.onnx")


def test_a_group_of_many_members_is_few_nodes(tmp_path):
    xs = [Value(0.1 * k, f"x{k}") for k in range(64)]
    products = [at.sin(x) * at.exp(y) + x for x, y in zip(xs, xs[::-1], strict=True)]
    tape = record([*products, at.logsumexp(products), at.max(products[::2])], xs)
    agree(tape, random_batch(5, 64), tmp_path / "f.onnx")
    assert sum(operators(tmp_path / "f.onnx").values()) < 60


@pytest.mark.parametrize("kept", [2, 4, 5, 9])
def test_dots_of_weights_and_of_two_rows(kept, tmp_path):
    xs = [Value(0.1 * k, f"x{k}") for k in range(12)]
    ws = [Value(0.3 * k - 1, f"w{k}") for k in range(kept)]
    convolution = [at.dot(ws, xs[k : k + kept], 0.5) for k in range(12 - kept)]
    squares = [at.dot(xs[k : k + kept], xs[k + 1 : k + 1 + kept]) for k in range(12 - kept)]
    tape = record([*convolution, *squares, at.sum(xs), xs[0] - xs[1], 2 * xs[3] - 1], xs)
    agree(tape, random_batch(7, 12), tmp_path / "f.onnx")


def test_outputs_that_are_inputs_parameters_and_constants(tmp_path):
    x, y, w = Value(0.5, "x"), Value(0.25, "y"), Value(3.0, "w")
    tape = record([y, x, w, w * w, x * w, at.maximum(x, w) + at.minimum(2.0, y)], [x, y])
    w.data = -0.75                              # the parameters as they are when the file is written
    for samples in (0, 1, 3):
        agree(tape, random_batch(samples, 2), tmp_path / "f.onnx")
    single = record(x * 1.0 + y * 0.0, [x, y])
    agree(single, random_batch(3, 2), tmp_path / "f.onnx")


def test_operands_that_are_rows_and_constants_mixed(tmp_path):
    xs, w = [Value(0.1 * k, f"x{k}") for k in range(4)], Value(1.5, "w")
    pairs = [(xs[0], w), (w, xs[1]), (xs[2], 0.25), (0.25, xs[3]), (xs[0], xs[3])]
    tape = record([at.hypot(x, y) for x, y in pairs], xs)
    agree(tape, random_batch(6, 4), tmp_path / "f.onnx")
    xs[3].data = 1.0
    tape = record([at.take([x, 1.0, w, y], xs[3]) for x, y in zip(xs, [w, 2.0, *xs], strict=False)], xs)
    samples = random_batch(8, 4)
    samples[:, 3] = np.arange(-4, 4)
    agree(tape, samples, tmp_path / "f.onnx")
    for x in xs:
        x.data = 2.0
    tables = record([at.take([w, 2.0, w * w], x) for x in xs], xs)
    agree(tables, samples.round().clip(-3, 2), tmp_path / "f.onnx")


def test_an_embedding_is_a_gather(tmp_path):
    table, layer = nn.Embedding(5, 3, rng=random.Random(1)), nn.Layer(6, 2, rng=random.Random(2))
    tape = record(lambda x: layer(nn.flatten(table(x))), [0.0, 0.0], parameters=table.parameters() + layer.parameters())
    x = np.random.default_rng(1).integers(-5, 5, size=(20, 2)).astype(float)
    agree(tape, x, tmp_path / "f.onnx")
    assert operators(tmp_path / "f.onnx")["Gemm"] == 1 and initializers(tmp_path / "f.onnx")["weight"] == (5, 6)


def test_gradients_are_tapes_too(tmp_path):
    model = nn.MLP(3, [8, 1], "tanh", rng=random.Random(1))
    gradient = record(model, [0.1, 0.2, 0.3], check=False).gradient()
    agree(gradient, random_batch(9, 3), tmp_path / "f.onnx")


@pytest.mark.parametrize("opset", [13, 18, None])
def test_single_precision_by_the_tape_or_on_demand(opset, tmp_path):
    model = nn.MLP(2, [8, 8, 2], "gelu", rng=random.Random(1))
    tape = record(model, [0.5, 0.5], check=False)
    x = random_batch(33, 2)
    agree(tape.astype("float32"), x, tmp_path / "f.onnx", opset=opset)
    tape.to_onnx(tmp_path / "f.onnx", dtype="float32", opset=opset)
    found = outputs(tmp_path / "f.onnx", x.astype(np.float32))
    assert found.dtype == np.float32 and np.allclose(found, tape(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 10, 30, 100])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_programs(size, seed, tmp_path):
    program = random_program(seed, size, [name for name in ROWS if name != "take"])
    recorded = Recorded(program, range(max(1, len(program.leaves) - 1)))
    x = points(program, seed, 128)[:, recorded.inputs]
    agree(recorded.tape, x, tmp_path / "f.onnx")


def test_a_program_of_5000_instructions(tmp_path):
    program = random_program(7, 6500, SMOOTH)
    recorded = Recorded(program, range(len(program.leaves)))
    assert len(recorded.tape) >= 5000
    path, x = tmp_path / "f.onnx", points(program, 7, 20)
    recorded.tape.to_onnx(path)
    assert not differences(outputs(path, x, optimized=False), recorded.tape(x), 1e-11).any()


LABELS = [
    "*/", '"', "a\nb", "\u2028", "\ud800", "a\0b", "</script>", "", "X", "Y", "w[0]", "w[0]", "x" * 10_000,
    "constant_0",
]


def test_labels_are_data_and_names_in_the_file_are_identifiers(tmp_path):
    xs = [Value(0.5, label) for label in LABELS]
    ws = [[Value(0.1 * k + j, label) for k, label in enumerate(LABELS)] for j in range(3)]
    tape = record([at.tanh(at.dot(row, xs, row[0])) for row in ws], xs)
    agree(tape, random_batch(4, len(xs)), tmp_path / "f.onnx")
    model = onnx.load(tmp_path / "f.onnx")
    names = [*initializers(tmp_path / "f.onnx"), *(name for node in model.graph.node for name in node.output)]
    assert all(name.isascii() and name.isidentifier() for name in names)
    assert "\\ud800" in model.metadata_props[0].value
    named = [[Value(0.1, f"{label}{j}[{k}]") for k in range(3)] for label in LABELS for j in range(2)]
    agree(record([at.dot(row, xs[:3]) for row in named], xs[:3]), random_batch(2, 3), tmp_path / "f.onnx")


def test_an_old_opset_and_another_dtype_are_errors(tmp_path):
    x = Value(0.5, "x")
    with pytest.raises(ValueError, match="opset=9 is too old"):
        record(x * 2, [x]).to_onnx(tmp_path / "f.onnx", opset=9)
    with pytest.raises(ValueError, match=r"dtype: .* is expected, got 'float16'"):
        record(x * 2, [x]).to_onnx(tmp_path / "f.onnx", dtype="float16")
    assert not [*tmp_path.iterdir()]
