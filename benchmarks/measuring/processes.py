"""A process for each engine, and whether an engine can be measured here at all."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from shutil import which
from time import perf_counter
from typing import Any

FOLDER = Path(__file__).parents[1]      # of the benchmarks
PEERS = ("micrograd", "torch", "xad", "autograd", "jax", "casadi", "scikit-learn", "dask", "onnxruntime")
TOOLS = ("playwright",)
GIB = 2**30
KERNELS = ("avx512f", "avx2", "default")        # of native tapes: engines of their own
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")

Case = tuple[str, ...]                  # an engine, and the other arguments of a workload


def command(engine: str, *arguments: str) -> dict[str, Any]:
    """The arguments of subprocess that start Python for an engine, on one thread."""
    environment = os.environ | ONE_THREAD | {
        "AUTOGRAD_TINY_PURE": "1" if engine in ("pure", "pure-sse") else "0",
        "AUTOGRAD_TINY_SIMD": engine if engine in KERNELS else "",
    }
    if engine == "pure-sse":                            # matrix products as on a processor without AVX
        environment["OPENBLAS_CORETYPE"] = "Nehalem"
    environment.pop("PYTHONDONTWRITEBYTECODE", None)    # otherwise every import compiles every module again
    return {"args": [sys.executable, *arguments], "env": environment, "cwd": FOLDER, "text": True}


@cache
def missing(name: str) -> str:
    """Why an engine or a package cannot be measured; "" if it can."""
    if name in (*PEERS, *TOOLS):
        try:
            version(name)
        except PackageNotFoundError:
            return "not installed"
    if name == "native":
        ask = command(name, "-c", "import autograd_tiny; print(autograd_tiny.engine_kind())")
        if subprocess.run(**ask, stdout=subprocess.PIPE, check=True).stdout != "native\n":
            return "not built"
    if name in KERNELS:
        ask = command(name, "-c", "import autograd_tiny; print(autograd_tiny.simd())")
        if subprocess.run(**ask, capture_output=True).stdout != f"{name}\n":
            return "not built, or not for this processor"
    if name == "c" and not which("cc"):
        return "no C compiler"
    if name == "node" and not which("node"):
        return "not installed"
    if name == "chromium" and not (which("chromium") or which("google-chrome")):
        return "not installed"
    return ""


def available(cases: Sequence[Case]) -> list[Case]:
    """The cases whose engines and packages are all there."""
    return [case for case in cases if not any(missing(name) for name in case)]


class Worker:
    """A fresh process that runs a workload on an engine, each time it is asked to: see worker.py."""

    def __init__(self, workload: str, case: Case) -> None:
        self.name = f"{workload} {' '.join(case)}"
        start = command(case[0], "worker.py", workload, *case)
        self.process = subprocess.Popen(**start, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question: str) -> Any:
        """The answer to a question: "times", "result", "bytes" or "train", as the workload offers."""
        print(f"{self.name}: {question}", file=sys.stderr)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.name} failed, see above")
        return json.loads(answer)

    def close(self) -> None:
        self.process.communicate()


def seconds_of(engine: str, code: str) -> float:
    """How long a fresh process takes to run some code, by the clock on the wall."""
    start = perf_counter()
    subprocess.run(**command(engine, "-c", code), check=True)
    return perf_counter() - start


def available_memory() -> float:
    """The bytes that a process can get without swapping; infinite where there is no /proc."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except FileNotFoundError:
        return inf
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
