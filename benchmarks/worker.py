"""The process of one engine: `python worker.py chain xad 40000` runs the workload chain with XAD.

It answers questions, one a line on standard input, each with a line of JSON: "times" for a few repetitions,
"result" for the numbers that were computed, "bytes" for the memory of a graph, "train" for one training. Between
the questions it waits, so that engines can take turns. The garbage collector stays as Python leaves it.
"""
from __future__ import annotations

import json
import sys
import threading
from importlib import import_module

WORKLOADS = {               # the module that has it, and its name there; loaded when needed, since NumPy takes memory
    "moons": ("moons", "moons"),
    "chain": ("chain", "chain"),
    "derivatives": ("derivatives", "derivatives"),
    "minimisation": ("derivatives", "minimisation"),
    "cheap-gradient": ("derivatives", "cheap_gradient"),
    "functions": ("functions", "functions"),
    "tape-network": ("network_losses", "network"),
    "tape-options": ("options", "options"),
    "tape-gpt": ("gpt", "gpt"),
    "tape-one-sample": ("mixed_graphs", "one_sample"),
    "tape-parameters": ("recording", "many_values"),
    "tape-recording": ("recording", "recording"),
    "tape-recording-functions": ("recording", "functions"),
    "training-moons": ("training", "moons"),
    "training-digits": ("training", "digits"),
    "training-mnist": ("training", "mnist"),
    "initial-weights": ("training", "early_epochs"),
    "seeing": ("shown.seeing", "seeing"),
    "pages": ("shown.pages", "pages"),
    "export-c": ("doors.c", "exported"),
    "export-javascript": ("doors.javascript", "javascript"),
    "export-jax": ("doors.jax_function", "jax_function"),
    "export-onnx": ("doors.inference", "inference"),
    "dask": ("doors.partitions", "on_workers"),
    "dask-one-partition": ("doors.partitions", "one_partition"),
}


def main() -> None:
    workload, *options = sys.argv[1:]
    module, name = WORKLOADS[workload]
    answers = getattr(import_module(f"workloads.{module}"), name)(*options)
    for question in sys.stdin:
        print(json.dumps(answers[question.strip()]()), flush=True)


if __name__ == "__main__":
    workload, engine = sys.argv[1:3]
    if engine == "micrograd" and not workload.startswith("training"):
        # its backward calls itself once for each node along the longest path
        sys.setrecursionlimit(10**6)
        threading.stack_size(512 * 2**20)
        thread = threading.Thread(target=main)
        thread.start()
        thread.join()
    else:                   # not for all engines: a stack of that size makes our backward twice as slow
        main()
