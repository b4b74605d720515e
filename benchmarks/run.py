"""Compare autograd_tiny with its peers: `python benchmarks/run.py [workload …]`.

Prints Markdown tables. Without a workload it runs all of them, keeps the report in results.md beside this file, and
writes its figures into the README and the documentation (published.py). The folder reports/ has a function for each
section of the report, workloads/ the work that is measured, and worker.py runs it in a process for each engine. The
engines take turns of a tenth of a second (or of two steps, or a training, if that is longer), so that a slow phase of
the machine hits all of them alike.
"""
from __future__ import annotations

import platform
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import published
from measuring.processes import PEERS, missing
from reports.c import export_c
from reports.derivatives import cheap_gradient, derivatives, minimisation
from reports.engine import chain, importing, memory, moons, scaling
from reports.functions import functions, tape_activations, tape_options
from reports.inference import export_onnx
from reports.javascript import export_javascript
from reports.jax_function import export_jax
from reports.pages import pages
from reports.partitions import dask
from reports.seeing import seeing
from reports.simd import tape_simd
from reports.tapes import (
    tape_digits, tape_float32, tape_gpt, tape_mnist, tape_moons, tape_one_sample, tape_parameters, tape_recording,
    tape_recording_functions,
)
from reports.training import initial_weights, training_digits, training_mnist, training_moons

WORKLOADS: dict[str, Callable[[], str]] = {
    "moons": moons, "chain": chain, "memory": memory, "scaling": scaling, "import": importing,
    "derivatives": derivatives, "minimisation": minimisation, "cheap-gradient": cheap_gradient,
    "tape-moons": tape_moons, "tape-digits": tape_digits, "tape-mnist": tape_mnist, "tape-float32": tape_float32,
    "tape-gpt": tape_gpt, "tape-parameters": tape_parameters, "tape-one-sample": tape_one_sample,
    "tape-recording": tape_recording, "tape-recording-functions": tape_recording_functions, "tape-simd": tape_simd,
    "functions": functions, "tape-activations": tape_activations, "tape-options": tape_options,
    "training-moons": training_moons, "training-digits": training_digits, "training-mnist": training_mnist,
    "initial-weights": initial_weights, "seeing": seeing, "pages": pages,
    "export-c": export_c, "export-javascript": export_javascript, "export-jax": export_jax, "export-onnx": export_onnx,
    "dask": dask,
}


def introduction() -> str:
    packages = [f"{name} {missing(name) or version(name)}" for name in PEERS]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"""\
# Measured speed and memory

Made by `make bench` (benchmarks/run.py). Times are processor time. Each engine has a process of its own, and
they take turns, the first repetition in each turn to warm up; a time is the median over all turns, in several
such processes, and a ratio is one of medians from the same run. The garbage collector is as Python leaves it.
Beside a ratio stands the target that the engine was built for.

{date.today()}, {processor()}, {platform.system()}, {python},
{', '.join(packages)}.
"""


def processor() -> str:
    """The model of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def print_report(names: Sequence[str]) -> str:
    """Measure these workloads, print the report and return it."""
    report = "\n".join([introduction(), *(WORKLOADS[name]() for name in names)])
    print(report)
    return report


def main() -> None:
    parser = ArgumentParser(description="Compare autograd_tiny with its peers.")
    names = ", ".join(WORKLOADS)
    parser.add_argument("workload", nargs="*", help=f"only these, and keep no results: {names}")
    chosen = parser.parse_args().workload
    if unknown := [name for name in chosen if name not in WORKLOADS]:
        parser.error(f"{', '.join(unknown)} is not known; there are {names}")
    report = print_report(chosen or [*WORKLOADS])
    if not chosen:
        published.RESULTS.write_text(report, encoding="utf-8")
        published.main()


if __name__ == "__main__":
    main()
