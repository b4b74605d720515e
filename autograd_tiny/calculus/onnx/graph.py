"""A graph of ONNX operators that is being written, and the file that it becomes.

The library onnx is imported when the file is made. symbols.py adds nodes as formulas are evaluated.

ONNX: Open Neural Network Exchange, https://onnx.ai; what its operators compute is in its operator schemas.
"""
from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple, TypeAlias

from ...boundary.arguments import describe
from ...boundary.files import FileKind, write_file
from ...boundary.late_numpy import np
from ...boundary.libraries import missing
from ...boundary.text import quoted

OLDEST, DEFAULT = 13, 20                # opsets; before 13, sums take their axes in another way
PRECISIONS = {"float64": "DOUBLE", "float32": "FLOAT"}          # and ONNX's names of them
PRODUCER = "autograd_tiny"
# How such a file starts: field 1 of a ModelProto, the version of the format, and field 2, the producer.
START = re.compile(rb"\x08[\0-\x7f]\x12" + re.escape(bytes([len(PRODUCER)]) + PRODUCER.encode()), re.DOTALL)
MODEL = FileKind("an ONNX model", START, [".onnx"])
Array: TypeAlias = "np.ndarray[Any, Any]"


class Node(NamedTuple):
    """One operator with the names of its inputs and of its output."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: tuple[tuple[str, Any], ...]


class Graph:
    """Nodes in the order in which they are computed, and the numbers that they are given.

    Equal nodes are one node, and equal unnamed arrays one initializer.

    Args:
        dtype: "float64" or "float32", of all numbers.
        opset: The version of the operators; None for DEFAULT.

    Attributes:
        nodes: Those added so far.
        initializers: Arrays by name: parameters and constants.

    Raises:
        TypeError: The opset is not an integer.
        ValueError: It is older than OLDEST, or the dtype is another one.
    """

    def __init__(self, dtype: Any, opset: int | None) -> None:
        self.dtype = _precision(dtype)
        self.opset = _checked_opset(opset)
        self.nodes: list[Node] = []
        self.initializers: dict[str, Array] = {}
        self._taken = {"X", "Y"}
        self._outputs: dict[tuple[Any, ...], str] = {}
        self._constants: dict[tuple[Any, ...], str] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """The name of the output of a node: a new one, or one that is there already."""
        key = operator, inputs, tuple(sorted(attributes.items()))
        found = self._outputs.get(key)
        if found is None:
            found = self._outputs[key] = self.free_name(f"{operator.lower()}_{len(self.nodes)}")
            self.nodes.append(Node(operator, inputs, found, key[2]))
        return found

    def constant(self, array: Any) -> str:
        """The name of an initializer that holds this array: floats in the precision of the graph, or integers."""
        array = np.asarray(array)
        array = np.ascontiguousarray(self._rounded(array) if array.dtype.kind == "f" else array)
        key = array.dtype.str, array.shape, array.tobytes()
        found = self._constants.get(key)
        if found is None:
            found = self._constants[key] = self.parameter(f"constant_{len(self._constants)}", array)
        return found

    def parameter(self, name: str, array: Any) -> str:
        """The name of a new initializer: the one that is asked for, or one like it that is free."""
        free = self.free_name(name)
        array = np.asarray(array)
        self.initializers[free] = self._rounded(array) if array.dtype.kind == "f" else array
        return free

    def free_name(self, name: str) -> str:
        """The name, or another one beginning with it if it is taken. It is taken then."""
        free, k = name, 2
        while free in self._taken:
            free, k = f"{name}_{k}", k + 1
        self._taken.add(free)
        return free

    def _rounded(self, array: Array) -> Array:
        with np.errstate(all="ignore"):
            return array.astype(self.dtype)

    # ---- the file

    def save(
        self, path: str | PathLike[str], inputs: int, output: str, shape: Sequence[int], notes: Mapping[str, Any],
        overwrite: bool = False,
    ) -> None:
        """Write the graph, as a model that onnx.checker has accepted.

        Args:
            path: The file. A model that this package wrote is replaced as a whole, or left as it is if writing fails.
            inputs: How many columns the input X (batch, inputs) has.
            output: The name of the tensor that becomes the output Y.
            shape: Of Y, behind the batch.
            notes: Metadata by name; everything but text is written as JSON.
            overwrite: Whether any file may be replaced.

        Raises:
            FileExistsError: There is another file of that name, no model of this package.
            ImportError: The library onnx is missing.
            ValueError: It does not know the opset yet.
            OSError: See write_file.
        """
        MODEL.check(path, overwrite)
        onnx = library()
        newest = onnx.defs.onnx_opset_version()
        if self.opset > newest:
            raise ValueError(f"opset={self.opset}, but onnx {onnx.__version__} knows the opsets up to {newest}")
        model = self._model(onnx, inputs, output, shape, notes)
        onnx.checker.check_model(model, full_check=True)
        write_file(path, model.SerializeToString(deterministic=True))

    def _model(
        self, onnx: Any, inputs: int, output: str, shape: Sequence[int], notes: Mapping[str, Any]
    ) -> Any:
        helper = onnx.helper
        kind = getattr(onnx.TensorProto, PRECISIONS[self.dtype.name])
        nodes = [*self.nodes, Node("Identity", (output,), "Y", ())]
        proto = helper.make_graph(
            [
                helper.make_node(each.operator, each.inputs, [each.output], each.output, **dict(each.attributes))
                for each in nodes               # with names, without which some runtimes mistake one for another
            ],
            PRODUCER,
            [helper.make_tensor_value_info("X", kind, ["batch", inputs])],
            [helper.make_tensor_value_info("Y", kind, ["batch", *shape])],
            [onnx.numpy_helper.from_array(array, name) for name, array in self.initializers.items()],
        )
        opsets = [helper.make_opsetid("", self.opset)]
        version = helper.find_min_ir_version_for(opsets)            # so that older runtimes read it, too
        model = helper.make_model(proto, opset_imports=opsets, ir_version=version, producer_name=PRODUCER)
        helper.set_model_props(model, {
            name: note if isinstance(note, str) else json.dumps(note) for name, note in notes.items()
        })
        return model


def library() -> Any:
    """The library onnx. ImportError that says how to install it."""
    try:
        import onnx
    except ImportError as error:
        raise missing("onnx", "a model in an ONNX file", "onnx") from error
    return onnx


def _precision(dtype: Any) -> np.dtype[Any]:
    try:
        found: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found.name not in PRECISIONS:
        raise ValueError(f"dtype: {' or '.join(map(repr, PRECISIONS))} is expected, got {quoted(dtype)}")
    return found


def _checked_opset(opset: Any) -> int:
    if opset is None:
        return DEFAULT
    if isinstance(opset, bool) or not hasattr(opset, "__index__"):
        raise TypeError(f"opset: an integer is expected, such as {DEFAULT}, got {describe(opset)}")
    number: int = opset.__index__()
    if number < OLDEST:
        raise ValueError(f"opset={number} is too old: an ONNX file is written for opset {OLDEST} or later")
    return number
