"""The kernels of tapes for each kind of vector instructions that this machine has, and NumPy's rows."""
from __future__ import annotations

from measuring.processes import KERNELS, Case, missing
from measuring.tables import Row, at_least, at_most, table
from measuring.times import check_agreement, measure

SLOWER = {"avx2": 2.0, "default": 4.5}      # at most, than avx512f
ROWS_OF_NUMPY = {"pure": "NumPy's rows", "pure-sse": "NumPy's rows, OpenBLAS without AVX"}
PEERS = {"avx512f": "pure", "avx2": "pure", "default": "pure-sse"}
WORK: dict[str, tuple[str, Case]] = {
    "moons, batch 100": ("tape-network", ("moons", "100", "replay")),
    "digits, batch 32": ("tape-network", ("digits", "32", "replay")),
    "mnist, batch 32": ("tape-network", ("mnist", "32", "replay")),
    "mnist, batch 256": ("tape-network", ("mnist", "256", "replay")),
    "mixed operations, batch 1,000": ("tape-one-sample", ("small",)),
}


def compared(name: str) -> str:
    workload, arguments = WORK[name]
    cases = {engine: (engine, *arguments) for engine in (*KERNELS, *ROWS_OF_NUMPY)}
    times, results = measure(workload, [*cases.values()], processes=2, turns=4)
    check_agreement(results)
    widest = times.get(cases[KERNELS[0]])

    def row(engine: str) -> Row:
        title = ROWS_OF_NUMPY.get(engine, engine)
        if cases[engine] not in times:
            return [title, missing(engine)]
        t, target = times[cases[engine]], SLOWER.get(engine)
        rows = times[cases[PEERS[engine]]] if engine in PEERS else None
        found: Row = [title]
        for phase in ("forward", "backward"):
            seconds = getattr(t, phase)
            ratio: object = seconds / getattr(widest, phase) if widest else ""
            if target and isinstance(ratio, float):
                ratio = at_most(target, ratio)
            found += [1e6 * seconds, ratio, at_least(1, getattr(rows, phase) / seconds) if rows else ""]
        return found

    columns = ["times avx512f", "as many times faster than NumPy's rows"]
    return table([name, "value + gradient", *columns, "value alone", *columns], [row(engine) for engine in cases])


def tape_simd() -> str:
    tables = "\n\n".join(map(compared, WORK))
    return f"""\
## tape-simd: tapes with each kind of vector instructions, in microseconds

The same kernels, compiled for vectors of 8, 4 and 2 numbers; all give the same numbers, bit for bit. NumPy's rows: a
tape in the pure engine, which computes with whole arrays, and with OpenBLAS for layers. That uses the widest vectors of
the machine; default, which is for processors without AVX, is compared with an OpenBLAS that does not use AVX either.
value + gradient: the parameters as an array; value alone: read from their Values.

{tables}
"""
