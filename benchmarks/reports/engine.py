"""The engine: a training step, a chain of operations, memory, long graphs, and the import."""
from __future__ import annotations

import sys
from statistics import median

from measuring.processes import GIB, Case, Worker, available_memory, missing, seconds_of
from measuring.tables import Row, at_least, at_most, table
from measuring.times import check_agreement, measure

CHAIN = 40_000                          # operations
IMPORT = "from autograd_tiny import Value"


def moons() -> str:
    reference = ("micrograd", "micrograd")
    targets: dict[Case, float] = {
        ("native", "autograd_tiny"): 250, ("native", "micrograd"): 80,
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
`first` is the first step in a process. It is unlike the others: our engine still has to get memory from the
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
repetitions, cleared in between. micrograd releases nothing itself: its graphs wait for the garbage collector,
which runs during a later forward pass.

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


def importing() -> str:
    def row(engine: str) -> Row:
        if missing(engine):
            return [engine, missing(engine)]
        print(f"import: {engine}", file=sys.stderr)
        seconds_of(engine, IMPORT)                       # compiles to bytecode what is not yet
        pairs = [(seconds_of(engine, "pass"), seconds_of(engine, IMPORT)) for _ in range(40)]
        bare, loaded = (1e3 * median(each) for each in zip(*pairs, strict=True))
        return [engine, bare, loaded, at_most(30, 1e3 * median(after - before for before, after in pairs))]

    head = ["engine", "`pass`", f"`{IMPORT}`", "median difference of 40 pairs"]
    return f"""\
## import: milliseconds that `{IMPORT}` adds to a bare interpreter

By the clock on the wall, from the start of the process to its end. The import loads the engine; the other names of
the package load their modules when they are first used.

{table(head, [row("native"), row("pure")])}
"""
