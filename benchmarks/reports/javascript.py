"""Tapes in JavaScript."""
from __future__ import annotations

from measuring.processes import missing
from measuring.tables import Row, at_most, table
from measuring.times import check_agreement, measure

TITLE = "## export-javascript: value and gradient in JavaScript under Node, in microseconds\n\n"
MOST = 20                       # times the native tape's time, on the first job
JOBS = {
    ("moons", "100"): "2-16-16-1, 100 samples, by 337 parameters",
    ("digits", "32"): "64-32-10, 32 samples, by 2,410 parameters",
    ("mixed", "1"): "10,000 mixed operations, 1 sample, by 100 inputs",
    ("small", "1000"): "60 mixed operations, 1,000 samples, by 8 inputs",
}


def export_javascript() -> str:
    absent = missing("native") or missing("node")
    if absent:
        return f"{TITLE}Left out: native or node is {absent}.\n"
    head = ["job", "native tape", "tape.js", "times as long", "value alone: native", "tape.js", "times as long"]
    return f"""\
{TITLE}The same tape, saved and loaded by tape.js. The first job is tape-moons, replay alone.

{table(head, [row(job, name) for job, name in JOBS.items()])}
"""


def row(job: tuple[str, str], name: str) -> Row:
    native, node = ("native", *job), ("node", *job)
    times, results = measure("export-javascript", [native, node], processes=2, turns=6)
    check_agreement(results)
    ours, theirs = times[native], times[node]
    both, alone = theirs.forward / ours.forward, theirs.backward / ours.backward
    return [
        name, 1e6 * ours.forward, 1e6 * theirs.forward, at_most(MOST, both) if job[0] == "moons" else both,
        1e6 * ours.backward, 1e6 * theirs.backward, alone,
    ]
