"""Graphs of ONNX operators: versions, precisions, names, and files that are not replaced by accident."""
import builtins

import numpy as np
import pytest
from references.onnx_models import onnx, operators, outputs

from autograd_tiny.calculus.onnx.graph import DEFAULT, OLDEST, Graph
from autograd_tiny.calculus.onnx.symbols import Symbol, applied

pytestmark = pytest.mark.doors  # make test-all runs it, once


def doubled(path, overwrite=False, opset=None):
    graph = Graph("float64", opset)
    x = Symbol(graph, "X", True, 2)
    graph.save(path, 2, (x + x).name, [2], {"inputs": ["a", "b\u2028\ud800"], "kind": "twice"}, overwrite)


def test_a_graph_becomes_a_file_with_notes(tmp_path):
    doubled(tmp_path / "f.onnx")
    model = onnx.load(tmp_path / "f.onnx")
    assert {each.key: each.value for each in model.metadata_props} == {
        "inputs": r'["a", "b\u2028\ud800"]', "kind": "twice",
    }
    assert model.producer_name == "autograd_tiny" and model.opset_import[0].version == DEFAULT
    assert outputs(tmp_path / "f.onnx", np.array([[1.0, 2.0]])).tolist() == [[2.0, 4.0]]


def test_equal_nodes_and_constants_are_one():
    graph = Graph("float64", None)
    x = Symbol(graph, "X", True, 1)
    assert (x + 1.0).name == (x + 1.0).name != (x + 2.0).name
    assert applied("Neg", x).name == (-x).name
    assert len(graph.nodes) == 3 and len(graph.initializers) == 2
    assert graph.constant(0.0) != graph.constant(-0.0)


def test_parameters_of_one_name_are_told_apart():
    graph = Graph("float32", None)
    assert [graph.parameter(name, np.zeros(1)) for name in ("w", "w", "X")] == ["w", "w_2", "X_2"]
    assert graph.initializers["w"].dtype == np.float32


@pytest.mark.parametrize(("opset", "error", "message"), [
    (OLDEST - 1, ValueError, f"opset=12 is too old.*opset {OLDEST} or later"),
    ("20", TypeError, "opset: an integer"), (True, TypeError, "opset: an integer"),
    (20.0, TypeError, "opset: an integer"),
    (10_000, ValueError, r"opset=10000, but onnx [\d.]+ knows the opsets up to \d+"),
])
def test_an_opset_that_cannot_be_is_an_error(opset, error, message, tmp_path):
    with pytest.raises(error, match=message):
        doubled(tmp_path / "f.onnx", opset=opset)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("dtype", ["float16", "int64", "no dtype", 3])
def test_another_precision_is_an_error(dtype):
    with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got"):
        Graph(dtype, None)


def test_old_runtimes_can_read_the_file(tmp_path):
    doubled(tmp_path / "f.onnx", opset=OLDEST)
    assert onnx.load(tmp_path / "f.onnx").ir_version <= 8
    assert operators(tmp_path / "f.onnx") == {"Add": 1, "Identity": 1}


def test_a_file_of_another_program_is_replaced_only_on_demand(tmp_path):
    path = tmp_path / "f.onnx"
    path.write_bytes(b"a network that somebody trained for weeks")
    with pytest.raises(FileExistsError, match=r"did not write.*overwrite=True.*f\.onnx"):
        doubled(path)
    assert path.read_bytes().startswith(b"a network")
    doubled(path, overwrite=True)
    doubled(path)                               # its own
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        doubled(tmp_path / "nowhere" / "f.onnx")
    with pytest.raises(TypeError, match="path: the name of a file"):
        doubled(3)


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "onnx":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r'an ONNX file needs the library onnx: pip install "\S+\[onnx\]"'):
        doubled(tmp_path / "f.onnx")
