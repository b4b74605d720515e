"""Tapes as functions of JAX."""
from __future__ import annotations

from measuring.processes import missing
from measuring.tables import Row, table
from measuring.times import check_agreement, measure

TITLE = "## export-jax: value and gradient by to_jax and jax.jit, in milliseconds\n\n"
JOBS = {
    ("moons", "32"): "2-16-16-1, 32 samples", ("moons", "4096"): "2-16-16-1, 4,096 samples",
    ("moons", "1000000"): "2-16-16-1, 1,000,000 samples", ("recurrence", "32"): "recurrence, 32 samples",
    ("mixed", "32"): "mixed operations, 32 samples",
}


def export_jax() -> str:
    absent = missing("native") or missing("jax")
    if absent:
        return f"{TITLE}Left out: native or JAX is {absent}.\n"
    head = [
        "job", "instructions", "native tape", "jax", "times as long", "value alone: native", "jax", "times as long",
        "compiling, s",
    ]
    return f"""\
{TITLE}The same tape, in float64 on the processor: its time is that of all threads. Gradients by the parameters.
Compiling, by the clock on the wall, is that of value and gradient, from the Python function to machine code.

{table(head, [row(job, name) for job, name in JOBS.items()])}
"""


def row(job: tuple[str, str], name: str) -> Row:
    native, jax = ("native", *job), ("jax", *job)
    times, results = measure("export-jax", [native, jax], processes=1, turns=5)
    check_agreement(results)
    ours, theirs = times[native], times[jax]
    return [
        name, f"{results[native]['instructions']:,}", 1e3 * ours.forward, 1e3 * theirs.forward,
        theirs.forward / ours.forward, 1e3 * ours.backward, 1e3 * theirs.backward, theirs.backward / ours.backward,
        results[jax]["compiling"] / 1000,
    ]
