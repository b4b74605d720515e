"""Sums over the partitions of a dask array."""
from __future__ import annotations

from statistics import median
from typing import Any

from measuring.processes import GIB, Case, Worker, available_memory, missing
from measuring.tables import Row, at_least, table
from measuring.times import check_agreement

TITLE = "## dask: the likelihood of 20,000,000 options and its gradient, by 1 and by 2 workers, in seconds\n\n"
TURNS = 3
ONE = {1_000: "1,000", 100_000: "100,000", 500_000: "500,000"}      # rows in a partition


def dask() -> str:
    absent = missing("native") or missing("dask")
    if absent:
        return f"{TITLE}Left out: native or Dask is {absent}.\n"
    if available_memory() < 4 * GIB:
        return f"{TITLE}Left out: it needs 4 GiB of free memory.\n"
    return f"""\
{TITLE}By the clock on the wall. Black and Scholes' price with noise; three parameters, four columns, 20 partitions of
1,000,000 rows that the workers made and hold, as many on each. Workers are processes with one thread each; they share
the machine's cores with the scheduler and the client.

{table(["workers", "value + gradient", "times as fast as one"], of_workers())}

What Dask adds to one partition, in milliseconds: the tape alone, in the process that asks; Dask's threads there; a
worker.

{table(["rows in the partition", "tape alone", "threads", "added", "a worker", "added"], of_one_partition())}
"""


def of_workers() -> list[Row]:
    cases: list[Case] = [("native", "1"), ("native", "2")]
    asked = {case: Worker("dask", case) for case in cases}
    found: dict[Case, list[float]] = {case: [] for case in cases}
    for turn in range(TURNS):
        for case, worker in asked.items():
            times = worker.ask("times")
            found[case] += times if turn else times[1:]
    results: dict[Case, Any] = {case: worker.ask("result") for case, worker in asked.items()}
    for worker in asked.values():
        worker.close()
    check_agreement(results, 0.0)
    one, two = (median(found[case]) for case in cases)
    return [[1, one], [2, two, at_least(1.5, one / two)]]


def of_one_partition() -> list[Row]:
    rows: list[Row] = []
    for count, name in ONE.items():
        worker = Worker("dask-one-partition", ("native", str(count)))
        worker.ask("times")                     # to warm up
        alone, threads, process = (1e3 * median(each) for each in worker.ask("times").values())
        worker.ask("result")
        worker.close()
        rows.append([name, alone, threads, threads - alone, process, process - alone])
    return rows
