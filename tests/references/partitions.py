"""Partitions for tests of Dask, made where they are computed: workers import this module, and not the tests."""
import os
import time
from pathlib import Path

import dask.array as da
import numpy as np

COLUMNS = 2


def made(sizes, seed=0):
    """The rows that `partitions` has, as one array."""
    return np.concatenate([rows(k, size, seed) for k, size in enumerate(sizes)])


def rows(k, size, seed=0):
    return np.random.default_rng((seed, k)).normal(size=(size, COLUMNS))


def partitions(sizes, gate=None, folder=None, seed=0):
    """A dask array (Σ sizes, 2). The partition `gate` waits when it is made, as `waiting` says."""
    template = da.zeros((sum(sizes), COLUMNS), chunks=(tuple(sizes), COLUMNS))
    return template.map_blocks(partition, gate=gate, folder=folder, seed=seed, meta=np.empty((0, 0)), dtype=float)


def partition(block, gate, folder, seed, block_id=(0, 0)):
    if folder is not None:
        noted(folder, f"made {block_id[0]}")
    if block_id[0] == gate:
        waiting(folder)
    return rows(block_id[0], len(block), seed)


def waiting(folder):
    """Say which process this is, in the file `waits`, and go on when there is a file `go`."""
    Path(folder, "draft").write_text(str(os.getpid()))
    Path(folder, "draft").replace(Path(folder, "waits"))
    until(Path(folder, "go").exists)


def noted(folder, line):
    """Add a line to the file `notes`, in one piece."""
    handle = os.open(Path(folder, "notes"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line} in {os.getpid()}\n".encode())
    os.close(handle)


def until(condition):
    """Wait for something that is certain to come."""
    while not condition():
        time.sleep(0.01)
