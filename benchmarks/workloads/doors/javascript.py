"""Tapes replayed natively, and in JavaScript under Node: value and gradient."""
from __future__ import annotations

import json
import math
import subprocess
from importlib import import_module
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..calls import answers
from ..mixed_graphs import evaluated, random_graph
from ..network_losses import points, tape_of_loss
from ..networks import initial_layers
from ..timing import Answers

MIXED = {"mixed": (100, 500, 10_000, 1), "small": (8, 8, 60, 1_000)}    # as GRAPHS in mixed_graphs.py


def javascript(engine: str, job: str, batch: str) -> Answers:
    """One of networks.NETWORKS by its parameters, or of MIXED by the inputs. engine: native or node."""
    by = "inputs" if job in MIXED else "parameters"
    tape, samples = mixed_graph(*MIXED[job]) if job in MIXED else network(job, int(batch))
    if engine == "node":
        return in_node(tape, samples, by)
    if by == "inputs":
        return answers(lambda: tape.values_and_input_gradients(samples), lambda found: found, lambda: tape(samples))
    numbers = np.array([p.data for p in tape.parameters])
    return answers(lambda: tape.value_and_grad(samples, at=numbers), lambda found: found, lambda: tape(samples))


def network(name: str, batch: int) -> tuple[Any, Any]:
    tape, samples, _ = tape_of_loss(initial_layers(name), *points(name, batch))
    return tape, samples


def mixed_graph(size: int, width: int, operations: int, batch: int) -> tuple[Any, Any]:
    ours = import_module("autograd_tiny")
    point = [math.sin(i + 1) for i in range(size)]
    leaves = list(map(ours.Value, point))
    tape = ours.record(evaluated(random_graph(point, width, operations), leaves, ours), leaves)
    return tape, np.array(point) * np.random.default_rng(1337).uniform(0.99, 1.01, (batch, size))


def in_node(tape: Any, samples: Any, by: str) -> Answers:
    """Questions are passed on to a process of Node."""
    folder = TemporaryDirectory()
    tape_file, samples_file = Path(folder.name, "tape.json"), Path(folder.name, "samples.json")
    tape.save(tape_file)
    samples_file.write_text(json.dumps(samples.ravel().tolist()))
    runtime = Path(import_module("autograd_tiny.tape.export.javascript").__file__ or "").with_name("tape.js")
    process = subprocess.Popen(
        [which("node") or "node", str(Path(__file__).with_name("replay.mjs")), runtime.as_uri(), tape_file,
         samples_file, by],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )

    def ask(question: str, held: Any = folder) -> Any:
        """held: the files, as long as the process may be asked."""
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{question}\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    return {"times": lambda: ask("times"), "result": lambda: ask("result")}
