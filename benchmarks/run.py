"""Compare autograd_tiny with its peers: `python benchmarks/run.py [workload]`.

Prints Markdown tables; those of all workloads are kept in results.md, beside this file. What is timed
stands in workloads.py, for tapes in tapes.py, for training in training.py. Each engine has a process of its
own, and they take turns of a tenth of a second (or of two steps, or a training, if that is longer): a slow
phase of the machine hits all of them alike.
"""
from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import inf, isclose
from pathlib import Path
from shutil import which
from statistics import median
from time import perf_counter
from typing import Any

HERE = Path(__file__).parent
CHAIN = 40_000                          # operations
PEERS = ("micrograd", "torch", "xad", "autograd", "jax", "casadi", "scikit-learn")
GIB = 2**30
LARGE = 100_000                         # nodes of a chain to record
PARAMETERS = 50_000

Case = tuple[str, ...]                  # an engine, and what else the workload is told
Turn = list[list[float]]                # repetitions: seconds for forward, backward, release
Row = list[object]


# ---- a process for each engine

def command(engine: str, *arguments: str) -> dict[str, Any]:
    """How to start Python for an engine."""
    environment = os.environ | {"AUTOGRAD_TINY_PURE": "1" if engine == "pure" else "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)    # else every import would compile everything again
    return {"args": [sys.executable, *arguments], "env": environment, "cwd": HERE, "text": True}


@cache
def missing(name: str) -> str:
    """Why an engine or a package cannot be measured; "" if it can."""
    if name in PEERS:
        try:
            version(name)
        except PackageNotFoundError:
            return "not installed"
    if name == "native":
        ask = command(name, "-c", "import autograd_tiny; print(autograd_tiny.engine_kind())")
        if subprocess.run(**ask, stdout=subprocess.PIPE, check=True).stdout != "native\n":
            return "not built"
    if name == "c" and not which("cc"):
        return "no C compiler"
    return ""


def available(cases: Sequence[Case]) -> list[Case]:
    """The cases that name nothing missing."""
    return [case for case in cases if not any(missing(name) for name in case)]


class Worker:
    """A fresh process that runs a workload on an engine, whenever it is asked to."""

    def __init__(self, workload: str, case: Case) -> None:
        self.name = f"{workload} {' '.join(case)}"
        file = "training.py" if workload.startswith("training") else "workloads.py"
        start = command(case[0], file, workload, *case)
        self.process = subprocess.Popen(**start, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question: str) -> Any:
        """The answer; see workloads.py for the questions, training.py takes any."""
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


# ---- times

class Times:
    """What an engine took, in seconds: medians over its turns, each of which counts by its own median."""

    def __init__(self, processes: list[list[Turn]]) -> None:
        warm = [turn[1:] for turns in processes for turn in turns]

        def typical(begin: int, end: int) -> float:
            return median(median(sum(phases[begin:end]) for phases in turn) for turn in warm)

        self.forward, self.backward, self.release = typical(0, 1), typical(1, 2), typical(2, 3)
        self.both, self.all = typical(0, 2), typical(0, 3)
        self.best = min(sum(phases[:2]) for turn in warm for phases in turn)
        self.first = median(sum(turns[0][0][:2]) for turns in processes)


def measure(
    workload: str, cases: Sequence[Case], processes: int = 3, turns: int = 5
) -> tuple[dict[Case, Times], dict[Case, Any]]:
    """Let the cases take turns, and begin again in fresh processes: their times, and what they computed."""
    cases = available(cases)
    times: dict[Case, list[list[Turn]]] = {case: [] for case in cases}
    results = {}
    for _ in range(processes):
        workers = {case: Worker(workload, case) for case in cases}
        rounds = [{case: worker.ask("times") for case, worker in workers.items()} for _ in range(turns)]
        for case, worker in workers.items():
            times[case].append([each[case] for each in rounds])
            results[case] = worker.ask("result")
            worker.close()
    return {case: Times(times[case]) for case in cases}, results


def check_agreement(results: dict[Case, Any], precision: float = 1e-9) -> None:
    """Stop unless all found the same numbers, to that precision: else they have not done the same work."""
    first, *others = results
    for other in others:
        for x, y in zip(results[first]["numbers"], results[other]["numbers"], strict=True):
            if not isclose(x, y, rel_tol=precision, abs_tol=1e-3 * precision):
                sys.exit(f"{' '.join(first)} and {' '.join(other)} disagree: {x!r} and {y!r}")


# ---- tables

def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    """A Markdown table; a short row is filled up."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [[*map(shown, row), *[""] * (len(head) - len(row))] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(x: object) -> str:
    """A float with three digits, an int with its thousands apart, anything else as it is."""
    if isinstance(x, float):
        return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.2f}" if abs(x) < 10 else f"{x:.1f}"
    return f"{x:,}" if isinstance(x, int) else str(x)


def at_least(target: float, measured: float) -> str:
    return f"{shown(measured)} (≥ {target:g}: {'yes' if measured >= target else 'NO'})"


def at_most(target: float, measured: float) -> str:
    return f"{shown(measured)} (≤ {target:g}: {'yes' if measured <= target else 'NO'})"


# ---- the workloads: each gives its section of the report

def moons() -> str:
    reference = ("micrograd", "micrograd")
    targets: dict[Case, float] = {
        ("native", "autograd_tiny"): 80, ("native", "micrograd"): 80,
        ("pure", "autograd_tiny"): 3, ("pure", "micrograd"): 3,
    }
    times, results = measure("moons", [*targets, reference])
    check_agreement(results)
    peer = times.get(reference)

    def row(case: Case) -> Row:
        engine, network = case
        name = engine if case == reference else f"{engine}, with the MLP of {network}"
        if case not in times:
            return [name, missing(engine) or missing(network)]
        t = times[case]
        phases = [1e3 * x for x in (t.forward, t.backward, t.release, t.both, t.best, t.first)]
        against: Row = []
        if peer and case != reference:
            against = [at_least(targets[case], peer.both / t.both), peer.all / t.all]
        return [name, results[case]["operations"], results[case]["nodes"], *phases, *against]

    head = [
        "engine", "operations", "nodes", "forward", "backward", "release", "forward + backward", "best",
        "first", "times as fast as micrograd", "release included",
    ]
    return f"""\
## moons: one loss and its gradients, in milliseconds

micrograd's demo: MLP 2-16-16-1, 100 points, hinge loss and L2 penalty. The user's code is the same for all
but for the import. With micrograd's MLP both engines build the same graph, node for node; ours makes one
`dot` of a neuron's weighted sum. Nodes are counted as in micrograd, where each plain number is one.
The very first step in a process (`first`) is unlike the others: our engine still has to get memory from the
system, and micrograd has left no earlier graph for the collector to walk.

{table(head, [row(case) for case in [*targets, reference]])}
"""


def chain() -> str:
    targets = {"micrograd": 70, "torch": 150, "xad": 10}
    cases = {engine: (engine, str(CHAIN)) for engine in ("native", "pure", *targets)}
    times, results = measure("chain", [*cases.values()])
    check_agreement(results)
    native = times.get(cases["native"])

    def row(engine: str) -> Row:
        if missing(engine):
            return [engine, missing(engine)]
        t = times[cases[engine]]
        phases = [1e9 / CHAIN * x for x in (t.forward, t.backward, t.release, t.both, t.best)]
        against: Row = []
        if native and engine != "native":
            ratio = t.both / native.both
            against = [at_least(targets[engine], ratio) if engine in targets else ratio, t.all / native.all]
        return [engine, *phases, *against]

    head = [
        "engine", "forward", "backward", "release", "forward + backward", "best",
        "native is as many times faster", "release included",
    ]
    return f"""\
## chain: {CHAIN:,} operations, in nanoseconds per operation

{CHAIN // 2:,} times `a = a*y + x`. torch: tensors of one number, float64, one thread. xad: one tape for all
repetitions, cleared in between. micrograd releases nothing itself: its graphs wait for the collector, which
comes by during a later forward pass.

{table(head, [row(engine) for engine in cases])}
"""


def memory() -> str:
    title = "## memory: bytes per node of a chain\n\n"
    if not sys.platform.startswith("linux"):
        return title + "Measured on Linux only.\n"

    def row(engine: str, nodes: int) -> Row:
        if missing(engine):
            return [engine, missing(engine)]
        worker = Worker("chain", (engine, str(nodes)))
        found = worker.ask("bytes")
        worker.close()
        peak = at_most(128, found["peak"]) if engine == "native" else found["peak"]
        return [engine, nodes, found["built"], peak, found["one"]]

    head = ["engine", "nodes", "after forward", "at most, during backward", "`sys.getsizeof` of one"]
    return title + f"""\
Resident memory of the process, beyond what it held before the first node: everything included.

{table(head, [row("native", 1_000_000), row("pure", 1_000_000), row("micrograd", 100_000)])}
"""


def scaling() -> str:
    title = "## scaling: nanoseconds per node of a long chain\n\n"
    if available_memory() < 2 * GIB:
        return title + "Left out: it needs 2 GiB of free memory.\n"
    sizes = {"native": (100_000, 10_000_000), "pure": (100_000, 1_000_000)}
    cases = [(engine, str(n)) for engine, pair in sizes.items() for n in pair]
    times, _ = measure("chain", cases, processes=2, turns=4)

    def rows(engine: str) -> list[Row]:
        if missing(engine):
            return [[engine, missing(engine)]]
        found = []
        for n in sizes[engine]:
            t = times[engine, str(n)]
            found.append([1e9 / n * x for x in (t.forward, t.backward, t.release, t.all)])
        ratios = [at_most(2, many / few) for few, many in zip(*found, strict=True)]
        measured: list[Row] = [[engine, n, *phases] for n, phases in zip(sizes[engine], found, strict=True)]
        return [*measured, [engine, "ratio", *ratios]]

    head = ["engine", "nodes", "forward", "backward", "release", "together"]
    return title + f"""\
After a warm-up of the same size.

{table(head, rows("native") + rows("pure"))}
"""


def available_memory() -> float:
    """The bytes that a process can get without swapping; infinite where no /proc says."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except FileNotFoundError:
        return inf
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))


def seconds_of(engine: str, code: str) -> float:
    """A fresh process, by the clock on the wall."""
    start = perf_counter()
    subprocess.run(**command(engine, "-c", code), check=True)
    return perf_counter() - start


def importing() -> str:
    def row(engine: str) -> Row:
        if missing(engine):
            return [engine, missing(engine)]
        print(f"import: {engine}", file=sys.stderr)
        seconds_of(engine, "import autograd_tiny")       # compiles to bytecode what is not yet
        pairs = [
            (seconds_of(engine, "pass"), seconds_of(engine, "import autograd_tiny")) for _ in range(40)
        ]
        bare, loaded = (1e3 * median(each) for each in zip(*pairs, strict=True))
        return [engine, bare, loaded, at_most(30, 1e3 * median(after - before for before, after in pairs))]

    head = ["engine", "`pass`", "`import autograd_tiny`", "median difference of 40 pairs"]
    return f"""\
## import: milliseconds that `import autograd_tiny` adds to a bare interpreter

By the clock on the wall, from the start of the process to its end.

{table(head, [row("native"), row("pure")])}
"""


def derivatives() -> str:
    names: dict[Case, str] = {
        ("native", "scalar"): "native", ("pure", "scalar"): "pure", ("autograd", "scalar"): "HIPS/autograd",
        ("jax", "scalar"): "JAX", ("jax", "scalar", "jitted"): "JAX jitted",
        ("native", "vectorised"): "native, vectorised",
        ("autograd", "vectorised"): "HIPS/autograd, vectorised",
        ("jax", "vectorised", "jitted"): "JAX jitted, vectorised",
    }
    titles = {
        "gradient": "gradient of Rosenbrock's function, n = 100",
        "Hessian": "Hessian of Rosenbrock's function, n = 30",
        "Jacobian": "Jacobian of 100 numbers by 3",
    }

    def compared(problem: str) -> str:
        cases = {(engine, problem, *how): name for (engine, *how), name in names.items()}
        times, results = measure("derivatives", [*cases], processes=2, turns=3)
        check_agreement(results)

        def row(case: Case) -> Row:
            engine, _, writing, *_ = case
            if missing(engine):
                return [cases[case], missing(engine)]
            t = times[case]
            native = times.get(("native", problem, writing))
            against: Row = []
            if native and engine != "native":
                ratio = t.forward / native.forward
                against = [at_least(5, ratio) if case == ("autograd", problem, "scalar") else ratio]
            return [cases[case], 1e6 * t.forward, 1e6 * t.best, 1e3 * t.first, *against]

        head = [
            titles[problem], "time", "best", "first call, milliseconds", "native is as many times faster",
        ]
        return table(head, [row(case) for case in cases])

    tables = "\n\n".join(map(compared, titles))
    return f"""\
## derivatives: grad, hessian and jacobian of functions, in microseconds

The function is the same text for all: Python loops over single numbers, or, where it says vectorised, what
one writes with NumPy. The ratio is to native with the same text. JAX: float64, one thread; the first call
compiles. autograd_tiny calls a function anew each time, and so do HIPS/autograd and JAX unless it is jitted.
`jacobian` is taken as it comes: HIPS/autograd and JAX go backward, autograd_tiny chooses.

{tables}
"""


def cheap_gradient() -> str:
    sizes = [10, 100, 1_000, 10_000]
    cases = [(engine, str(n)) for engine in ("native", "pure") for n in sizes]
    times, results = measure("cheap-gradient", cases, processes=2, turns=3)
    for n in sizes:
        check_agreement({case: found for case, found in results.items() if case[1] == str(n)})

    def rows(engine: str) -> list[Row]:
        if missing(engine):
            return [[engine, missing(engine)]]
        found: list[Row] = []
        for n in sizes:
            t, calls = times[engine, str(n)], results[engine, str(n)]["calls"]
            plain, gradient = (1e6 / calls * x for x in (t.forward, t.backward))
            found.append([engine, n, plain, gradient, gradient / plain])
        return found

    head = ["engine", "n", "function", "gradient", "ratio"]
    return f"""\
## cheap gradient: a function and its gradient, in microseconds

Rosenbrock's function of n numbers: in plain Python, of a list of floats, and `grad` of it, of an array. Each
process calls both in turn. In operations the ratio is bounded by a constant, whatever n is (W. Baur and
V. Strassen, The Complexity of Partial Derivatives, 1983).

{table(head, rows("native") + rows("pure"))}
"""


def tape_against(peers: dict[Case, float | None], network: str, batch: int) -> str:
    """A network on tapes and its peers, each an engine and how it is run, with the target for the tape."""
    tape, replay, pure = ("native", "live"), ("native", "replay"), ("pure", "live")
    names: dict[Case, str] = {tape: "tape", replay: "tape, replay alone", pure: "tape, pure"}
    cases: dict[Case, Case] = {way: (way[0], network, str(batch), *way[1:]) for way in [*names, *peers]}
    found, results = measure("tape-network", [*cases.values()], processes=2, turns=4)
    check_agreement({case: result for case, result in results.items() if "float32" not in case})
    check_agreement(results, 1e-3)
    times = {way: found[case] for way, case in cases.items() if case in found}

    def row(way: Case) -> Row:
        name = names.get(way, " ".join(way))
        if way not in times:
            return [name, missing(way[0])]
        t = times[way]
        alone: Row = ["", ""]
        if "live" in way:
            ratio = t.forward / t.backward
            alone = [1e6 * t.backward, at_most(3, ratio) if way == tape else ratio]
        return [name, 1e6 * t.forward, *alone, *against(way)]

    def against(way: Case) -> Row:
        if way[0] == "native" or tape not in times:
            return []
        target = peers.get(way)
        ratios = [times[way].forward / times[each].forward for each in (tape, replay)]
        return [at_least(target, ratio) if target else ratio for ratio in ratios]

    head = [
        f"batch {batch}", "value + gradient", "value alone", "ratio", "the tape is as many times faster",
        "replay alone",
    ]
    return table(head, [row(way) for way in cases])


def tape_moons() -> str:
    peers: dict[Case, float | None] = {
        ("micrograd",): 10_000, ("torch", "float64"): 5, ("numpy",): 1, ("jax",): 1,
    }
    return f"""\
## tape-moons: one loss and its gradients, in microseconds

The work of `moons`, on a tape of the loss of one sample. A step reads the parameters from their Values,
replays, and puts the gradients in the place of those of the step before; replay alone takes the parameters as
an array and returns the gradient as one. The others: micrograd's demo; torch, NumPy and JAX vectorised over
the batch; NumPy's backward pass is written by hand, JAX is jitted. float64, one thread.

{tape_against(peers, "moons", 100)}
"""


def tape_digits() -> str:
    peers: dict[Case, float | None] = {("torch", "float64"): 3, ("torch", "float32"): 3}
    return f"""\
## tape-digits: a network 64-32-10, in microseconds

relu, softmax and cross-entropy, and the gradient with respect to 2,410 parameters. The numbers of a tape are
float64.

{tape_against(peers, "digits", 32)}
"""


def tape_mnist() -> str:
    def peers(target: float) -> dict[Case, float | None]:
        return {("torch", "float64"): target, ("torch", "float32"): None}

    return f"""\
## tape-mnist: a network 784-64-10, in microseconds

As tape-digits, with 50,890 parameters; a tape reads each of them from its Value and writes its gradient
there, replay alone does neither. torch multiplies matrices with BLAS: at a batch of 256 the tape may take 1.5
times as long, which is 0.67 times as fast.

{tape_against(peers(1), "mnist", 32)}

{tape_against(peers(0.67), "mnist", 256)}
"""


def tape_parameters() -> str:
    cases = [(engine, str(PARAMETERS)) for engine in ("native", "pure")]
    times, results = measure("tape-parameters", cases, processes=2, turns=3)
    check_agreement(results)

    def row(case: Case) -> Row:
        if case not in times:
            return [case[0], missing(case[0])]
        phases = [1e6 * x for x in (times[case].forward, times[case].backward)]
        return [case[0], *phases, at_most(1000, sum(phases)) if case[0] == "native" else sum(phases)]

    return f"""\
## tape-parameters: {PARAMETERS:,} Values and an array, in microseconds

The numbers of the Values are read into an array, and an array is added to their gradients: `vectors.read` and
`vectors.add_gradients`, which look at the type of each first. (A tape knows its parameters.)

{table(["engine", "read", "add", "together"], [row(case) for case in cases])}
"""


def tape_one_sample() -> str:
    def compared(graph: str, peer: str) -> str:
        names = {"native": "tape", "pure": "tape, pure", peer: peer}
        cases = {engine: (engine, graph) for engine in names}
        times, results = measure("tape-one-sample", [*cases.values()], processes=2, turns=4)
        check_agreement(results)
        native = times.get(cases["native"])

        def row(engine: str) -> Row:
            case = cases[engine]
            if case not in times:
                return [names[engine], missing(engine)]
            t, result = times[case], results[case]
            both, value = (1e9 / result["samples"] * x for x in (t.forward, t.backward))
            ratio: object = at_most(3, both / value) if engine == "native" else both / value if value else ""
            alone: Row = ["", ""] if engine == peer else [value, ratio]
            against: Row = [t.forward / native.forward] if native and engine != "native" else []
            return [names[engine], both, both / result["operations"], *alone, *against]

        head = [
            graph, "value + gradient", "per operation", "value alone", "ratio",
            "the tape is as many times faster",
        ]
        return table(head, [row(engine) for engine in names])

    return f"""\
## tape-one-sample: a random graph, in nanoseconds for a sample

Additions, subtractions and multiplications, and a fifth of divisions, tanh, sin, cos, exp and roots, the same
for all. large: 100,000 operations of 100 inputs, all differentiated, one sample; CasADi's SX function by its
buffers. small: 60 operations of 8 inputs, a batch of 1,000; C is how far one could go, the operations and
their derivatives written out, a line each, and compiled with `cc -O3`.

{compared("large", "casadi")}

{compared("small", "c")}
"""


def tape_recording() -> str:
    title = "## tape-recording: nanoseconds and bytes per node of a chain\n\n"
    if available_memory() < 10 * GIB:
        return title + "Left out: it needs 10 GiB of free memory.\n"
    sizes = {engine: [10**k for k in range(3, last + 1)] for engine, last in (("native", 7), ("pure", 6))}
    times, _ = measure(
        "tape-recording", [(engine, str(n)) for engine in sizes for n in sizes[engine] if n < LARGE],
        processes=2, turns=2,
    )

    def measured(engine: str, n: int) -> Row:
        if n < LARGE:                   # and for memory a few pages more or less would count
            return [engine, n, 1e9 / n * times[engine, str(n)].forward]
        worker = Worker("tape-recording", (engine, str(n)))
        found = worker.ask("bytes")
        worker.close()
        return [engine, n, 1e9 / n * found["seconds"], found["tape"], found["peak"], found["instructions"]]

    def rows(engine: str) -> list[Row]:
        if missing(engine):
            return [[engine, missing(engine)]]
        found = [measured(engine, n) for n in sizes[engine]]
        per_node: list[Any] = [row[2] for row in found]
        return [*found, [engine, "last / first", at_most(2, per_node[-1] / per_node[0])]]

    head = ["engine", "nodes", "time", "the tape's bytes", "at most, while recording", "instructions"]
    return title + f"""\
`record` of a chain as above that is there already, with both its leaves as inputs. Bytes: resident memory of
the process, beyond what it held with the graph. A large one is recorded once, in a fresh process.

{table(head, rows("native") + rows("pure"))}
"""


# ---- training: a time is the median of whole trainings

class Trainings:
    """What an engine found in a row of trainings, the first of which was to warm up."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.found = found[1:]

    def __getitem__(self, name: str) -> float:
        """The median: of "seconds", "accuracy", …"""
        return median(each[name] for each in self.found)

    @property
    def loss(self) -> float:
        """Of the last epoch, the median."""
        return median(each["losses"][-1] for each in self.found)


def trainings(workload: str, turns: dict[Case, int]) -> dict[Case, Trainings]:
    """Let the cases train in turns, each as often as it says and once more to warm up."""
    workers = {case: Worker(workload, case) for case in available([*turns])}
    found: dict[Case, list[dict[str, Any]]] = {case: [] for case in workers}
    for turn in range(1 + max(turns.values())):
        for case, worker in workers.items():
            if turn <= turns[case]:
                found[case].append(worker.ask("train"))
    for worker in workers.values():
        worker.close()
    return {case: Trainings(each) for case, each in found.items()}


def check_losses(found: dict[Case, Trainings], epochs: int, precision: float) -> None:
    """Stop unless all had the same losses in the last training that they share, in its first epochs."""
    last = min(len(each.found) for each in found.values()) - 1
    losses = {case: each.found[last]["losses"][:epochs] for case, each in found.items()}
    check_agreement({case: {"numbers": numbers} for case, numbers in losses.items()}, precision)


def training_moons() -> str:
    native, reference, torch = ("native",), ("micrograd",), ("torch",)
    turns: dict[Case, int] = {native: 15, ("pure",): 5, reference: 3, torch: 15}
    targets = {reference: 1000, torch: 3}
    found = trainings("training-moons", turns)
    check_losses(found, turns[reference], 1e-9)
    check_losses({case: each for case, each in found.items() if case != reference}, 100, 1e-6)

    programs: dict[Case, list[float]] = {case: [] for case in found if case != reference}
    for _ in range(5):
        for case, times in programs.items():
            print(f"training-moons: a program, {case[0]}", file=sys.stderr)
            times.append(seconds_of(case[0], f"import training; training.moons({case[0]!r})()"))
    whole = {case: median(times) for case, times in programs.items()}

    def times_as_fast(case: Case, times: dict[Case, float]) -> object:
        if case == native or native not in times:
            return ""
        ratio = times.get(case, found[case]["seconds"]) / times[native]
        return at_least(targets[case], ratio) if case in targets else ratio

    def row(case: Case) -> Row:
        if case not in found:
            return [case[0], missing(case[0])]
        loops = {each: trained["seconds"] for each, trained in found.items()}
        program: object = 1e3 * whole[case] if case in whole else ""
        end: Row = [f"{found[case].loss:.5f}", found[case]["accuracy"]] if case in whole else []
        return [
            case[0], 1e3 * loops[case], times_as_fast(case, loops), program, times_as_fast(case, whole), *end,
        ]

    head = [
        "engine", "fit, or the loop", "native is as many times faster", "the whole program",
        "native's is as many times faster", "last loss", "accuracy",
    ]
    return f"""\
## training-moons: 100 epochs of micrograd's demo, in milliseconds

MLP 2-16-16-1, 100 points at once, hinge loss and L2 penalty, a rate that falls from 1 to 0.1. native and
pure: one call of `fit`, which records a tape first; the others: the loop, torch's vectorised over the points,
in float64. All begin with the same weights, and their losses agree. micrograd: 100 times the median of its
epochs 2 to {1 + turns[reference]}, so its loss at the end is not known. The whole program: `python -c`, from
the start of the process to its end, imports and data included, by the clock on the wall; of micrograd, the
loop alone.

{table(head, [row(case) for case in turns])}
"""


def training_digits() -> str:
    title = "## training-digits: scikit-learn's digits, a network 64-64-10\n\n"
    if missing("scikit-learn"):
        return title + "Left out: scikit-learn is not installed.\n"
    native, pure, sklearn = ("native",), ("pure",), ("scikit-learn",)
    double, single = ("torch", "float64"), ("torch", "float32")
    found = trainings("training-digits", {native: 5, pure: 5, sklearn: 5, double: 5, single: 5})
    check_losses({case: each for case, each in found.items() if case in (native, pure, double)}, 30, 1e-6)
    check_losses(found, 30, 0.05)

    def row(case: Case) -> Row:
        name = " ".join(case)
        if case not in found:
            return [name, missing(case[0])]
        each = found[case]
        compared: list[Row] = [
            [each[key] / found[native][key]] if native in found and case != native else [""]
            for key in ("seconds", "until")
        ]
        return [
            name, 1e3 / 30 * each["seconds"], *compared[0], each["epochs"], 1e3 * each["until"], *compared[1],
            f"{each.loss:.4f}", f"{100 * each['accuracy']:.1f} %",
        ]

    head = [
        "engine", "an epoch", "native is as many times faster", "epochs to 97 %", "time to 97 %",
        "native is as many times faster", "loss in epoch 30", "accuracy after 30",
    ]
    return title + f"""\
In milliseconds; Adam with a rate of 0.003, batches of 32, 1,347 digits to train and 450 to test. Medians of
five trainings, each with other weights and another order of the samples, the same for all engines. An epoch:
of 30 without a test; with `fit` all that the call does is in it. To 97 %: with a test after each epoch, by
`validation_data` and a callback, which measures the loss of the test and the accuracy in training, too.
scikit-learn: MLPClassifier, `partial_fit` for each epoch. Accuracy: of the test.

{table(head, [row(case) for case in (native, pure, sklearn, double, single)])}
"""


def training_mnist() -> str:
    native, double, single = ("native",), ("torch", "float64"), ("torch", "float32")
    title = "## training-mnist: an epoch of 60,000 samples, a network 784-64-10, in seconds\n\n"
    if available_memory() < 4 * GIB:
        return title + "Left out: it needs 4 GiB of free memory.\n"
    if missing("native"):
        return title + f"Left out: native is {missing('native')}.\n"
    found = trainings("training-mnist", {native: 5, double: 5, single: 5})
    check_losses({case: each for case, each in found.items() if case != single}, 1, 1e-9)
    check_losses(found, 1, 1e-3)

    def row(case: Case) -> Row:
        name = " ".join(case)
        if case not in found:
            return [name, missing(case[0])]
        each = found[case]
        against: object = ""
        if case != native:
            ratio = each["seconds"] / found[native]["seconds"]
            against = at_least(1, ratio) if case == double else ratio
        recording: object = f"{each['recording']:.3f}" if case == native else ""
        return [
            name, f"{each['seconds']:.3f}", against, recording, f"{each.loss:.5f}",
            f"{100 * each['accuracy']:.2f} %",
        ]

    head = ["engine", "an epoch", "native is as many times faster", "recording", "loss", "accuracy"]
    return title + f"""\
Images of ten classes, made up: a template for each class, and noise. SGD with a rate of 0.01, batches of 32
in the same random order for all. native: one call of `fit` for one epoch, recording included. Beside it: what
`record` takes for this loss with its check, without which `fit` does for modules of the package. torch: the
samples of a batch are indexed from a tensor. One thread. The loss is the mean over the epoch as it went, the
accuracy that on the training data afterwards.

{table(head, [row(case) for case in (native, double, single)])}
"""


# ---- pictures and explanations

def seeing() -> str:
    kinds = {
        ("explain", "100"): "`explain`, 2^100 paths (10^30)",
        ("explain", "10000"): "`explain`, 2^10,000 paths",
        ("draw", "10"): "`draw`, layout included", ("draw", "200"): "`draw`",
        ("draw", "10000"): "`draw`, layers folded",
        ("play", "10"): "`play`, layout included", ("play", "200"): "`play`",
        ("play", "10000"): "`play`, layers folded",
        ("diagnose", "1000"): "`diagnose`, 784-64-10, 1,000 samples",
    }

    def found(engine: str, kind: Case) -> dict[str, Any]:
        print(f"seeing: {engine} {' '.join(kind)}", file=sys.stderr)
        ask = command(engine, "seeing.py", *kind)
        result: dict[str, Any] = json.loads(subprocess.run(**ask, stdout=subprocess.PIPE, check=True).stdout)
        return result

    def row(kind: Case) -> Row:
        each = {engine: found(engine, kind) for engine in ("native", "pure") if not missing(engine)}
        times: Row = [1e3 * each[name]["seconds"] if name in each else missing(name)
                      for name in ("native", "pure")]
        any_one = each["pure"]
        return [kinds[kind], any_one["nodes"], *times, any_one["bytes"]]

    head = ["what", "nodes", "native", "pure", "bytes"]
    return f"""\
## seeing: pictures and explanations, in milliseconds

By the clock on the wall, since a layout program runs in a process of its own. The graph of 10^30 paths: `x`
doubled and halved 100 times. 10,000 nodes: the loss of a sample in a network 64-128-10, its layers as boxes
(depth=2). Bytes: of the text of an explanation, the SVG of a picture, the page of a player or a diagnosis.

{table(head, [row(kind) for kind in kinds])}
"""


WORKLOADS: dict[str, Callable[[], str]] = {
    "moons": moons, "chain": chain, "memory": memory, "scaling": scaling, "import": importing,
    "derivatives": derivatives, "cheap-gradient": cheap_gradient, "tape-moons": tape_moons,
    "tape-digits": tape_digits, "tape-mnist": tape_mnist, "tape-parameters": tape_parameters,
    "tape-one-sample": tape_one_sample, "tape-recording": tape_recording, "training-moons": training_moons,
    "training-digits": training_digits, "training-mnist": training_mnist, "seeing": seeing,
}


# ---- the report

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
    """Measure these workloads; the report, which was printed."""
    report = "\n".join([introduction(), *(WORKLOADS[name]() for name in names)])
    print(report)
    return report


def main() -> None:
    parser = ArgumentParser(description="Compare autograd_tiny with its peers.")
    parser.add_argument("workload", nargs="?", choices=WORKLOADS, help="only this one; keeps no results")
    chosen = parser.parse_args().workload
    report = print_report([chosen] if chosen else [*WORKLOADS])
    if not chosen:
        HERE.joinpath("results.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
