"""The likelihood of prices that were paid for options, and its gradient, over the partitions of a dask array.

Each row is an option: the price of the share, the strike, the time in years, and the price paid, which is Black and
Scholes' with noise. The parameters are the interest rate, the volatility and the logarithm of the noise. Workers make
their partitions, so that no row is sent to them. Times are by the clock on the wall, since workers are processes.
"""
from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

import dask
import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster, wait
from scipy.special import ndtr

import autograd_tiny as ours
from autograd_tiny.dask import value_and_grad

from ..options import price
from ..timing import Answers

ROWS, IN_A_PARTITION = 20_000_000, 1_000_000
COLUMNS = 4
AT = np.array([0.03, 0.25, -1.0])


def tape_of_likelihood() -> Any:
    """The negative logarithm of the likelihood of a row, without a constant."""
    rate, volatility, log_noise = map(ours.Value, AT)

    def loss(spot: Any, strike: Any, time: Any, paid: Any) -> Any:
        off = (price(ours, ours.norm_cdf, spot, strike, time, rate, volatility) - paid) * ours.exp(-log_noise)
        return 0.5 * off * off + log_noise

    return ours.record(loss, 100.0, 100.0, 1.0, 10.0, parameters=[rate, volatility, log_noise])


def market(rows: int, seed: int) -> Any:
    """Options, and what was paid for them."""
    rng = np.random.default_rng(seed)
    x = rng.uniform((80.0, 80.0, 0.1, 0.0), (120.0, 120.0, 2.0, 0.0), (rows, COLUMNS))
    x[:, 3] = price(np, ndtr, *x[:, :3].T, 0.02, 0.2) + rng.normal(0.0, 0.5, rows)
    return x


def partition(block: Any, block_id: tuple[int, ...] = (0, 0)) -> Any:
    return market(len(block), block_id[0])


def made(rows: int, in_a_partition: int) -> Any:
    """A dask array of options."""
    places = da.zeros((rows, COLUMNS), chunks=(in_a_partition, COLUMNS))
    return places.map_blocks(partition, meta=np.empty((0, 0)), dtype=float)


def seconds(work: Callable[[], Any], times: int) -> list[float]:
    """How long some work takes, so many times."""
    found = []
    for _ in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return found


def cluster_of(workers: int) -> Client:
    """A client of new processes with one thread each."""
    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    )
    return Client(cluster)


def on_workers(engine: str, workers: str) -> Answers:
    """All rows on so many workers. The engine is the one that this process was started with."""
    client, tape = cluster_of(int(workers)), tape_of_likelihood()
    x = client.persist(made(ROWS, IN_A_PARTITION))
    wait(x)
    client.rebalance(x)                 # the worker that starts first makes more partitions

    def result() -> dict[str, Any]:
        total, gradient = value_and_grad(tape, x, at=AT)
        client.shutdown()
        return {"numbers": [total, *gradient.tolist()]}

    return {"times": lambda: seconds(lambda: value_and_grad(tape, x, at=AT), 2), "result": result}


def one_partition(engine: str, rows: str) -> Answers:
    """One partition by the tape alone, by Dask's threads, and by a worker."""
    count, tape = int(rows), tape_of_likelihood()
    lazy, client = made(count, count), cluster_of(1)
    on_worker = client.persist(lazy)
    wait(on_worker)
    x = market(count, 0)
    here = da.from_array(x, chunks=(count, COLUMNS))

    def threads() -> Any:
        with dask.config.set(scheduler="threads", num_workers=1):
            return value_and_grad(tape, here, at=AT)

    def times() -> dict[str, list[float]]:
        ways = {
            "alone": lambda: tape.value_and_grad(x, at=AT), "threads": threads,
            "worker": lambda: value_and_grad(tape, on_worker, at=AT),
        }
        return {name: seconds(work, 5) for name, work in ways.items()}

    def result() -> dict[str, Any]:
        client.shutdown()
        return {}

    return {"times": times, "result": result}
