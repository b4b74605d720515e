"""Tapes in C."""
from __future__ import annotations

from measuring.processes import Case, missing
from measuring.tables import Row, at_least, table
from measuring.times import check_agreement, measure

NAMES: dict[Case, str] = {
    ("native", "c"): "to_c", ("native", "tape"): "native tape", ("casadi", "c"): "CasADi's generated C",
}


def export_c() -> str:
    times, results = measure("export-c", [*NAMES], processes=1, turns=10)
    check_agreement(results)
    ours = times.get(("native", "c"))

    def row(case: Case) -> Row:
        absent = [missing(name) for name in case if missing(name)]
        if absent or ours is None:
            return [NAMES[case], *absent[:1]]
        t, seconds = times[case], results[case].get("milliseconds")
        ratio: object = t.forward / ours.forward if case != ("native", "c") else ""
        if case == ("casadi", "c"):
            ratio = at_least(1, t.forward / ours.forward)
        return [NAMES[case], 1e6 * t.forward, 1e6 * t.best, 1e6 * t.backward, ratio, seconds / 1e3 if seconds else ""]

    head = ["10,000 mixed operations, 1 sample", "value + gradient", "best", "value alone",
            "to_c is as many times faster", "compilation, seconds"]
    return f"""\
## export-c: value and gradient in C, in microseconds

The graph of export-javascript, by its 100 inputs; both files have two functions, of value and gradient and of the value
alone, and are compiled by cc -O3. The native tape is called from Python, and plans for many samples.

{table(head, [row(case) for case in NAMES])}
"""
