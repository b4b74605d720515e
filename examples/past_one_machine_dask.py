"""The market's volatility from option prices that lie on several machines, with Dask.

    python examples/past_one_machine_dask.py                        # 100,000 options, two processes on this machine
    python examples/past_one_machine_dask.py tcp://10.0.0.1:8786    # the workers of a cluster's scheduler

Each row is an option: the price of the share, the strike, the time in years, and the price paid for the option.
F. Black and M. Scholes (1973) say what it should be; the interest rate and the volatility are those that make the
prices most likely. The rows are computed, so that the example needs no file. With files, X is what
dask.dataframe.read_parquet returns, and the rest is the same.
"""
import sys

import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster, wait
from scipy.optimize import minimize

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.dask import map_rows, value_and_grad

ROWS, IN_A_PARTITION = 100_000, 25_000
TRUE_RATE, TRUE_VOLATILITY, TRUE_NOISE = 0.02, 0.3, 0.5


def price(spot, strike, time, rate, volatility):
    """What an option to buy a share is worth."""
    spread = volatility * at.sqrt(time)
    d = (at.log(spot / strike) + (rate + volatility * volatility / 2) * time) / spread
    return spot * at.norm_cdf(d) - strike * at.exp(-rate * time) * at.norm_cdf(d - spread)


def tape_of_loss():
    """The negative logarithm of the likelihood of one row; its three parameters are what the prices tell."""
    rate, log_volatility, log_noise = Value(0.0, "rate"), Value(-1.0, "log volatility"), Value(0.0, "log noise")

    def loss(spot, strike, time, paid):
        off = (price(spot, strike, time, rate, at.exp(log_volatility)) - paid) / at.exp(log_noise)
        return off * off / 2 + log_noise

    return record(loss, 100.0, 100.0, 1.0, 10.0, parameters=[rate, log_volatility, log_noise])


def market(block, tape, block_id=(0, 0)):
    """The options of a partition, made by the worker that will hold them."""
    rng = np.random.default_rng(block_id[0])
    x = rng.uniform([80, 80, 0.1, 0], [120, 120, 2, 0], block.shape)
    x[:, 3] = tape(x[:, :3]) + rng.normal(0, TRUE_NOISE, len(x))
    return x


def options(rows):
    """A dask array of them. The tape is recorded once, here, and not by the workers."""
    tape = record(lambda *row: price(*row, TRUE_RATE, TRUE_VOLATILITY), 100.0, 100.0, 1.0)
    places = da.zeros((rows, 4), chunks=(IN_A_PARTITION, 4))
    return places.map_blocks(market, tape, meta=np.empty((0, 0)), dtype=float)


def fitted(X):
    """The rate, the volatility and the noise that make X most likely."""
    tape = tape_of_loss()
    found = minimize(lambda p: value_and_grad(tape, X, at=p), [0.0, -1.0, 0.0], jac=True, method="L-BFGS-B")
    rate, log_volatility, log_noise = found.x
    return rate, np.exp(log_volatility), np.exp(log_noise)


def main(address=None):
    cluster = None if address else LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    )
    with Client(address or cluster) as client:
        X = client.persist(options(ROWS))           # computed once, and kept by the workers
        wait(X)
        rate, volatility, noise = fitted(X)
        print(f"rate {rate:.4f}, volatility {volatility:.4f}, noise {noise:.4f}")
        fair = record(lambda *row: price(*row, rate, volatility), 100.0, 100.0, 1.0)
        by_inputs = map_rows(fair, X[:, :3], "input_gradients")         # a row for each option, where X is
        deltas = by_inputs[:, 0]                                        # shares that hedge an option
        print(f"deltas from {deltas.min().compute():.3f} to {deltas.max().compute():.3f}")
    if cluster is not None:
        cluster.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
