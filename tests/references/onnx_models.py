"""ONNX models in onnxruntime, and where their numbers may differ from a tape's."""
from __future__ import annotations

import collections
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from references.optional import needed

onnx = needed("onnx", "onnx")
onnxruntime = needed("onnxruntime", "doors")

# The opset that is tried beside the oldest and the default
NEWEST = min(onnx.defs.onnx_opset_version(), 23 if int(onnxruntime.__version__.split(".")[1]) >= 23 else 21)
# How far apart numbers may be, absolutely, where their digits cancel; docs/reference/onnx.md says why.
CLOSE_TO_ZERO = {
    "sin": 1e-15, "cos": 1e-15, "lgamma": 1e-14, "digamma": 1e-14, "polygamma": 1e-14, "logaddexp": 1e-15,
    "logsumexp": 1e-15,
}
# Zeros whose sign may differ
SIGNS_OF_ZERO = {"relu", "maximum", "minimum", "max", "min", "clip", "where", "floor_divide"}
SINGLE = 2.0**29                        # how much larger the errors of float32 are


def session(path: Path | str, optimized: bool = True) -> Any:
    """A model in onnxruntime, on the CPU, by one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def outputs(path: Path | str, samples: Any, optimized: bool = True) -> np.ndarray:
    """Y for the samples."""
    return session(path, optimized).run(None, {"X": np.asarray(samples)})[0]


def operators(path: Path | str) -> Mapping[str, int]:
    """How many nodes of each operator there are."""
    return collections.Counter(node.op_type for node in onnx.load(path).graph.node)


def initializers(path: Path | str) -> dict[str, tuple[int, ...]]:
    """The shapes of the numbers in the file, by name."""
    return {each.name: tuple(each.dims) for each in onnx.load(path).graph.initializer}


def differences(found: np.ndarray, expected: np.ndarray, absolute: float = 0.0) -> np.ndarray:
    """Whether numbers differ by more than 1e-12 relatively and this absolutely; in float32 by its precision."""
    single = expected.dtype == np.float32
    relative, least = (4e-6, 1e-37) if single else (1e-12, 1e-306)
    absolute = absolute * SINGLE if single else absolute
    with np.errstate(all="ignore"):
        limit = relative * np.abs(expected.astype(float)) + absolute + least
        apart = np.abs(found.astype(float) - expected)
        return ~((found == expected) | (np.isnan(found) & np.isnan(expected)) | (apart <= limit))
