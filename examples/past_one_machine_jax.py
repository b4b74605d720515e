"""A network that is trained on samples that lie on several devices, or on several machines, with JAX.

    python examples/past_one_machine_jax.py                             # all devices of this process
    python examples/past_one_machine_jax.py 10.0.0.1:9999 1000 17       # process 17 of 1,000, whose first is there

Each process reads its part of the samples. jax.jit sees one array whose rows lie on all devices, and shard_map runs the
tape on the rows of each, so that only sums travel. On a machine without accelerators
XLA_FLAGS=--xla_force_host_platform_device_count=8 makes eight devices of its processor.
"""
import random
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from autograd_tiny import nn, record

ROWS, STEPS, RATE = 8_000, 40, 0.1


def tape_of_loss():
    """The squared error of a network at one sample: its columns are the two inputs and the target."""
    model = nn.MLP(2, [8, 1], rng=random.Random(1))
    return record(lambda x, y, target: (model([x, y]) - target) ** 2, 0.1, 0.2, 0.3, parameters=model.parameters())


def samples(part, parts):
    """The rows of one process: points, and whether they lie in a circle. With files, read those of this part here."""
    X = np.random.default_rng(1).uniform(-1, 1, (ROWS, 2))
    rows = np.column_stack([X, np.where((X**2).sum(axis=1) < 0.5, 1.0, -1.0)])
    return np.array_split(rows, parts)[part]


def main(address=None, processes=1, process=0):
    jax.config.update("jax_enable_x64", True)
    if address:
        jax.distributed.initialize(address, int(processes), int(process))
    mesh = Mesh(np.array(jax.devices()), ("rows",))
    loss = tape_of_loss().to_jax()

    sharding = NamedSharding(mesh, PartitionSpec("rows"))
    X = jax.make_array_from_process_local_data(sharding, samples(jax.process_index(), jax.process_count()))

    def of_device(parameters, rows):
        return jax.lax.pmean(loss(parameters, rows).mean(), "rows")

    everywhere, by_rows = PartitionSpec(), PartitionSpec("rows")
    of_all = jax.shard_map(of_device, mesh=mesh, in_specs=(everywhere, by_rows), out_specs=everywhere)

    @jax.jit
    def step(parameters, X):
        value, gradient = jax.value_and_grad(of_all)(parameters, X)
        return value, parameters - RATE * gradient

    parameters = jnp.array([*loss.parameters.values()])
    for k in range(STEPS):
        value, parameters = step(parameters, X)
        if jax.process_index() == 0 and k % 13 == 0:
            print(f"step {k}: {float(value):.12f} on {len(mesh.devices)} devices", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
