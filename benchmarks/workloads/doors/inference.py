"""The outputs of a network, by the tape, by PyTorch and by onnxruntime."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..calls import answers
from ..networks import NETWORKS, flat, initial_layers, torch_model
from ..timing import Answers


def inference(engine: str, network: str, batch: str, dtype: str) -> Answers:
    """One call with a batch of samples."""
    x = np.random.default_rng(1337).normal(size=(int(batch), NETWORKS[network][0])).astype(dtype)
    layers = initial_layers(network)
    if engine == "torch":
        return answers(of_torch(layers, x, dtype), np.ravel)
    model = of_this_package(network, layers)
    if engine == "onnxruntime":
        return answers(of_onnxruntime(model, x, dtype), np.ravel)
    tape = import_module("autograd_tiny").record(model, x[0].tolist(), dtype=dtype)
    return answers(lambda: tape(x), np.ravel)


def of_this_package(network: str, layers: Any) -> Any:
    ours = import_module("autograd_tiny")
    nin, *nouts = NETWORKS[network]
    model = ours.nn.MLP(nin, nouts, init="zeros")
    ours.vectors.write(model.parameters(), flat(layers))
    return model


def of_torch(layers: Any, x: Any, dtype: str) -> Callable[[], Any]:
    torch, _, model = torch_model(layers, dtype)
    model.eval()
    samples = torch.tensor(x)

    def outputs() -> Any:
        with torch.inference_mode():
            return model(samples).numpy()

    return outputs


def of_onnxruntime(model: Any, x: Any, dtype: str) -> Callable[[], Any]:
    runtime, nn = import_module("onnxruntime"), import_module("autograd_tiny").nn
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.onnx")
        nn.to_onnx(model, path, dtype=dtype)
        session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"X": x})[0]
