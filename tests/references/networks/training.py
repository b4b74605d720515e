"""What tests of training share: samples, small models, and the loop that fit stands for, written by hand."""
import random

import numpy as np

from autograd_tiny import Value, nn, optim

N = 40
rng = np.random.default_rng(7)
X = rng.uniform(-1, 1, (N, 2))
Y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1]
CLASSES = (X[:, 0] + X[:, 1] > 0).astype(int) + (X[:, 0] > 0.5)
WEIGHTS = rng.uniform(0, 2, N)


def mlp(nouts=(4, 1), seed=1, **options):
    return nn.MLP(2, nouts, options.pop("activation", "tanh"), rng=random.Random(seed), **options)


def with_dropout(wrap, seed=3):
    return wrap(nn.Sequential(
        nn.Layer(2, 6, "tanh", rng=random.Random(seed)), nn.Dropout(0.4), nn.Dropout(0.1),
        nn.Layer(6, 1, "linear", rng=random.Random(seed)),
    ))


def numbers(model):
    return np.array([p.data for p in model.parameters()])


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def by_hand(
    model, y, loss, optimizer, epochs, batch, *, seed=0, shuffle=True, reduction="mean", penalty=None,
    sample_weight=None, schedule=None, clip_norm=None, clip_value=None,
):
    """The loop that fit stands for, with Values. Returns loss, penalty and weight of each update, epoch by epoch."""
    rng = np.random.default_rng(seed)
    each = np.ones(N) if sample_weight is None else sample_weight
    history = []
    for _ in range(epochs):
        order = rng.permutation(N) if shuffle and batch < N else np.arange(N)
        found = []
        for start in range(0, N, batch):
            chosen = order[start:start + batch]
            optimizer.zero_grad()
            total = sum(float(each[i]) * loss(model(X[i].tolist()), y[i]) for i in chosen)
            if reduction == "mean":
                total = total / float(each[chosen].sum())
            weight = each[chosen].sum()
            extra = penalty(model) if penalty else Value(0.0)
            (total + extra).backward()
            if clip_value is not None:
                optim.clip_grad_value_(optimizer.parameters, clip_value)
            if clip_norm is not None:
                optim.clip_grad_norm_(optimizer.parameters, clip_norm)
            optimizer.step()
            found.append((total.data, extra.data, weight))
        history.append(found)
        if schedule is not None:
            schedule.step()
    return history


def loss_of(epoch):
    """The loss of an epoch in the History, with the reduction "mean": updates are weighted by their samples."""
    loss, penalty, weight = np.array(epoch).T
    return np.average(loss, weights=weight) + penalty.mean()


class Branching(nn.Module):
    """A model that can't be recorded, as it branches on its input, though always in the same way."""

    def __init__(self, inside):
        self.inside = inside

    def forward(self, x):
        return self.inside(x) if x[0] < 1e9 else self.inside(x) * 2.0


class Straight(nn.Module):
    """The same without the branch."""

    def __init__(self, inside):
        self.inside = inside

    def forward(self, x):
        return self.inside(x)


class Batches:
    """A callback after each update."""

    def __init__(self, function):
        self.on_batch_end = function
