"""Elementary functions: by the element, in networks, and in the price of an option."""
from __future__ import annotations

from measuring.processes import Case, Worker, missing
from measuring.tables import Row, at_least, at_most, table
from measuring.times import check_agreement, measure

TARGET = 2.5        # times as long as the peer
HELD = ("exp", "log", "sin", "tanh", "sigmoid", "erf")      # to it


def functions() -> str:
    worker = Worker("functions", ("native",))
    found = worker.ask("times")
    worker.close()

    def row(name: str) -> Row:
        tape, peer = found[name]
        return [name, tape, peer, at_most(TARGET, tape / peer) if name in HELD else tape / peer]

    return f"""\
## functions: nanoseconds an element

One function of 4,096 samples on a tape, less what `abs` takes in its place, and NumPy's function of the same array;
sigmoid, erf and erfc are SciPy's. Both within one process, in turns.

{table(["", "tape", "NumPy, SciPy", "ratio"], [row(name) for name in found])}
"""


def tape_activations() -> str:
    ways: dict[Case, str] = {
        ("native", "live"): "tape", ("native", "replay"): "tape, replay alone", ("torch", "float64"): "torch",
    }
    names = "relu", "tanh", "gelu", "silu", "softplus"

    def row(activation: str) -> Row:
        cases = {way: (way[0], "moons", "100", way[1], activation) for way in ways}
        times, results = measure("tape-network", [*cases.values()], processes=2, turns=3)
        check_agreement(results)
        if missing("torch"):
            return [activation, missing("torch")]
        live, replay, torch = (1e6 * times[case].forward for case in cases.values())
        ratio = torch / live
        return [activation, live, replay, torch, ratio if activation == "relu" else at_least(8, ratio), torch / replay]

    head = ["activation", *ways.values(), "the tape is as many times faster", "replay alone"]
    return f"""\
## tape-activations: one loss and its gradients with other activations, in microseconds

The work of tape-moons; torch is eager, in float64, on one thread.

{table(head, [row(name) for name in names])}
"""


def tape_options() -> str:
    cases: dict[Case, str] = {
        ("native", "100000"): "tape", ("pure", "100000"): "tape, pure", ("jax", "100000"): "JAX jitted",
    }
    times, results = measure("tape-options", [*cases], processes=2, turns=3)
    check_agreement(results, 1e-8)

    def row(case: Case) -> Row:
        if case not in times:
            return [cases[case], missing(case[0])]
        each, ours = (1e9 / int(case[1]) * times[k].forward for k in (case, ("native", "100000")))
        against: Row = ["" if case[0] == "native" else each / ours]
        return [cases[case], each, at_least(3, each / ours)] if case[0] == "jax" else [cases[case], each, *against]

    return f"""\
## tape-options: Black and Scholes' price and five derivatives, in nanoseconds an option

100,000 options. JAX: `jit(vmap(value_and_grad(f)))` in float64; one thread each.

{table(["engine", "price + derivatives", "the tape is as many times faster"], [row(case) for case in cases])}
"""
