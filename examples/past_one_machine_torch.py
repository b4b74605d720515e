"""A network that is trained by several processes, with PyTorch's DistributedDataParallel.

    torchrun --nproc-per-node=2 examples/past_one_machine_torch.py
    torchrun --nnodes=1000 --nproc-per-node=8 --rdzv-backend=c10d --rdzv-endpoint=10.0.0.1:9999 \\
        examples/past_one_machine_torch.py

Each process reads its part of the samples and has a copy of the module; after each backward pass PyTorch averages the
gradients of all copies.
"""
import random

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from autograd_tiny import nn, record

ROWS, STEPS, RATE = 8_000, 40, 0.1


def module_of_loss():
    """The squared error of a network at one sample: its columns are the two inputs and the target."""
    model = nn.MLP(2, [8, 1], rng=random.Random(1))
    tape = record(lambda x, y, target: (model([x, y]) - target) ** 2, 0.1, 0.2, 0.3, parameters=model.parameters())
    return tape.to_torch()


def samples(part, parts):
    """The rows of one process: points, and whether they lie in a circle. With files, read those of this part here."""
    X = np.random.default_rng(1).uniform(-1, 1, (ROWS, 2))
    rows = np.column_stack([X, np.where((X**2).sum(axis=1) < 0.5, 1.0, -1.0)])
    return np.array_split(rows, parts)[part]


def main():
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")    # torchrun says who else is there
    part, parts = dist.get_rank(), dist.get_world_size()
    device = f"cuda:{part % torch.cuda.device_count()}" if torch.cuda.is_available() else "cpu"
    loss = DistributedDataParallel(module_of_loss().to(device))
    optimiser = torch.optim.SGD(loss.parameters(), lr=RATE)
    X = torch.tensor(samples(part, parts), device=device)
    for k in range(STEPS):
        optimiser.zero_grad()
        value = loss(X).mean()
        value.backward()
        optimiser.step()
        dist.all_reduce(value := value.detach() / parts)
        if part == 0 and k % 13 == 0:
            print(f"step {k}: {value.item():.12f} in {parts} processes", flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
