"""Tapes: networks over batches, a random graph, many parameters, and the recording itself."""
from __future__ import annotations

from typing import Any

from measuring.processes import GIB, Case, Worker, available_memory, missing
from measuring.tables import Row, at_least, at_most, table
from measuring.times import check_agreement, measure

LARGE = 100_000                         # nodes of a chain to record
PARAMETERS = 50_000


def tape_against(peers: dict[Case, float | None], network: str, batch: int) -> str:
    """A network on tapes and on peers. peers: an engine and how it is run, with the target for the tape."""
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
        ("micrograd",): 10_000, ("torch", "float64"): 5, ("numpy",): 1, ("jax",): 4,
    }
    return f"""\
## tape-moons: one loss and its gradients, in microseconds

The work of `moons`, on a tape of the loss of one sample. A step reads the parameters from their Values, replays
the tape, and replaces the gradients of the step before; replay alone takes the parameters as an array and returns
the gradient as one. The others: micrograd's demo; torch, NumPy and JAX vectorised over the batch. NumPy's backward
pass is written by hand, JAX is jitted. float64, one thread.

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

As tape-digits, with 50,890 parameters. A tape reads each of them from its Value and writes its gradient there;
replay alone does neither. torch multiplies matrices with BLAS: at a batch of 256 the target is to take at most 1.5
times as long, which is 0.67 times as fast.

{tape_against(peers(1), "mnist", 32)}

{tape_against(peers(0.67), "mnist", 256)}
"""


def tape_float32() -> str:
    targets = {("float32", 32): 1.2, ("float32", 256): 1.0, ("float64", 32): 1.1, ("float64", 256): 1.1}
    ways = {"float64": "replay", "float32": "replay float32"}
    cases: list[Case] = [
        (engine, "mnist", str(batch), how)
        for dtype, batch in targets for engine, how in (("native", ways[dtype]), ("torch", dtype))
    ]
    times, results = measure("tape-network", cases, processes=2, turns=4)
    for batch in ("32", "256"):
        check_agreement({case: result for case, result in results.items() if case[2] == batch}, 1e-3)

    def row(dtype: str, batch: int) -> Row:
        if missing("torch"):
            return [dtype, batch, missing("torch")]
        tape, torch = (times[each, "mnist", str(batch), how].forward for each, how in (
            ("native", ways[dtype]), ("torch", dtype),
        ))
        return [dtype, batch, 1e6 * tape, 1e6 * torch, at_least(targets[dtype, batch], torch / tape)]

    head = ["precision", "batch", "tape, replay alone", "torch", "the tape is as many times faster"]
    return f"""\
## tape-float32: a network 784-64-10 in both precisions, in microseconds

The work of tape-mnist, value and gradient. Samples and parameters are arrays of the precision. One thread; torch is
eager.

{table(head, [row(*each) for each in targets])}
"""


def tape_gpt() -> str:
    """A tape of a batch and of one name, against the same code in plain Python and PyTorch's of the batch."""
    tape, tape_of_one, plain = ("native", "32"), ("native", "1"), ("plain", "1")
    single, pure = ("native", "32", "float32"), ("pure", "32")
    eager: dict[Case, float] = {("torch", "32", "float64"): 3, ("torch", "32", "float32"): 3}
    found, results = measure("tape-gpt", [tape, single, tape_of_one, pure, plain, *eager], processes=2, turns=3)
    check_agreement({case: result for case, result in results.items() if case[1] == "1"})
    check_agreement({case: result for case, result in results.items() if case[1] == "32" and "float32" not in case})
    check_agreement({case: result for case, result in results.items() if case[1] == "32"}, 1e-3)
    names = {
        tape: "tape", single: "tape float32", tape_of_one: "tape", pure: "tape, pure", plain: "plain Python",
    }
    targets: dict[Case, float] = {plain: 15_000, **eager}

    def row(case: Case) -> Row:
        name = [names.get(case, f"{case[0]} {case[-1]}"), int(case[1])]
        if case not in found:
            return [*name, missing(case[0])]
        each = 1e6 * found[case].forward / int(case[1])
        if case in (tape, single) or tape not in found:
            return [*name, each]
        ours = single if "float32" in case else tape
        ratio = each / (1e6 * found[ours].forward / 32)
        return [*name, each, at_least(targets[case], ratio) if case in targets else ratio]

    head = ["engine", "batch", "value + gradient", "the tape of 32 is as many times faster"]
    return f"""\
## tape-gpt: a small GPT that reads names, in microseconds for a name

The loss of a name and the gradient with respect to 4,096 parameters: one block, lists of 16 numbers, 4 heads, 27
letters, room for ten. The tape and plain Python run the same code, written for one name with operators, exp, log and
relu. plain Python: a Value of some forty lines (benchmarks/workloads/plain_value.py), a new graph each time. torch:
vectorised over the batch. Parameters are read from an array, one thread. Ratios are those to the tape of the same
precision.

{table(head, [*map(row, [*names, *eager])])}
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

`vectors.read` copies the numbers of the Values into an array, and `vectors.add_gradients` adds an array to their
gradients. Both check the type of each Value first, which a tape need not do for its parameters.

{table(["engine", "read", "add", "together"], [row(case) for case in cases])}
"""


def tape_one_sample() -> str:
    def compared(graph: str, peer: str, target: float) -> str:
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
            if against and engine == peer:
                against = [at_least(target, t.forward / native.forward)]
            return [names[engine], both, both / result["operations"], *alone, *against]

        head = [
            graph, "value + gradient", "per operation", "value alone", "ratio",
            "the tape is as many times faster",
        ]
        return table(head, [row(engine) for engine in names])

    return f"""\
## tape-one-sample: a random graph, in nanoseconds for a sample

Additions, subtractions and multiplications, and a fifth of divisions, tanh, sin, cos, exp and roots, the same
for all. large: 100,000 operations, 100 inputs, all differentiated, one sample; CasADi's SX function is called
with buffers. small: 60 operations, 8 inputs, a batch of 1,000; C has a line for each operation and for each
derivative, compiled with `cc -O3`, and the C library's functions.

{compared("large", "casadi", 3)}

{compared("small", "c", 1.5)}
"""


def tape_recording_functions() -> str:
    names = "mixed chain", "network 2-16-16-1", "network 784-64-10", "Rosenbrock, 100 inputs", "Black-Scholes"
    times, results = measure(
        "tape-recording-functions", [(engine, name) for engine in ("native", "pure") for name in names],
        processes=2, turns=2,
    )

    def row(case: Case) -> Row:
        if case not in times:
            return [*case, missing(case[0])]
        t, (nodes,), forward = times[case], results[case]["numbers"], results[case]["forward"]
        of_graph, of_function = 1e6 / nodes * t.forward, 1e6 / nodes * t.backward
        judged = at_most(2, of_graph) if case[0] == "native" else of_graph
        return [*case, nodes, 1e6 * forward, judged, of_function]

    head = ["engine", "function", "nodes", "computing it", "record(output, inputs)", "record(f, …)"]
    rows = [row((engine, name)) for engine in ("native", "pure") for name in names]
    return f"""\
## tape-recording-functions: microseconds for each node of a graph, until a tape can be replayed

From a graph that has been computed already, and from a function, which is called twice on the way. Both include the
plan of the executor.

{table(head, rows)}
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
`record` of a chain as above that has been computed already, with both its leaves as inputs. Bytes: resident memory
of the process, beyond what it held with the graph. A large chain is recorded once, in a fresh process.

{table(head, rows("native") + rows("pure"))}
"""
