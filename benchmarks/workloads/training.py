"""Training: whole calls of fit, and the loops that one writes with other libraries.

Initial weights, batches and the order of the samples are the same for all engines, and so are the losses, but for
rounding. The answer to "train" is what one training found: its seconds, its losses, epoch by epoch, its accuracy.
"""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count, pairwise
from typing import Any

import numpy as np

from .moons import two_moons
from .networks import Layers, flat, initial_layers, torch_model
from .timing import Answers, clock

Found = dict[str, Any]
Train = Callable[[], Found]             # one training
Data = tuple[Any, Any]                  # the inputs, a row for each sample, and the labels
Loop = tuple[Callable[[], float], Callable[[Any], Any]]     # trains an epoch: its loss; and inputs → labels

BATCH = 32


def accuracy(found: Any, labels: Any) -> float:
    return float(np.mean(np.asarray(found) == np.asarray(labels)))


def orders(samples: int, seed: int) -> Iterator[Any]:
    """The order of the samples in each epoch, as fit draws it."""
    rng = np.random.default_rng(seed)
    while True:
        yield rng.permutation(samples)


def our_model(layers: Layers) -> tuple[Any, Any]:
    """autograd_tiny, and the same network."""
    ours = import_module("autograd_tiny")
    model = ours.nn.MLP(layers[0][0].shape[1], [len(biases) for _, biases in layers])
    ours.vectors.write(model.parameters(), flat(layers))
    return ours, model


# ---- micrograd's moons demo: all points at once, 100 times, at a rate that falls from 1 to 0.1

MOONS_EPOCHS = 100


def moons(engine: str) -> Answers:
    peers = {"micrograd": moons_of_micrograd, "torch": moons_of_torch}
    return {"train": peers.get(engine, moons_by_fit)()}


def moons_by_fit() -> Train:
    ours = import_module("autograd_tiny")
    points, labels = two_moons()

    def train() -> Found:
        random.seed(1337)
        model = ours.nn.MLP(2, [16, 16, 1], init="micrograd")
        start = clock()
        optimizer = ours.optim.SGD(model.parameters(), lr=1.0)
        history = ours.fit(
            model, points, labels, "hinge", optimizer, MOONS_EPOCHS, batch_size=None,
            penalty=ours.nn.L2(1e-4), schedule=ours.optim.LinearLR(optimizer, 1.0, 0.1, MOONS_EPOCHS),
            progress=False,
        )
        seconds = clock() - start
        right = accuracy(ours.predict(model, points) > 0, np.array(labels) > 0)
        return {"seconds": seconds, "losses": history["loss"], "accuracy": right}

    return train


def moons_of_micrograd() -> Train:
    """A training is one epoch, since that takes a second or more; the next training continues from there."""
    nn = import_module("micrograd.nn")
    points, labels = two_moons()
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    epochs = count()
    losses: list[float] = []

    def train() -> Found:
        start = clock()
        inputs = [list(map(nn.Value, point)) for point in points]
        scores = list(map(model, inputs))
        hinges = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        loss = sum(hinges) * (1.0 / len(hinges)) + penalty
        model.zero_grad()
        loss.backward()
        rate = 1.0 - 0.9 * next(epochs) / MOONS_EPOCHS
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(loss.data)
        return {"seconds": MOONS_EPOCHS * (clock() - start), "losses": losses}

    return train


def moons_of_torch() -> Train:
    """Vectorised over the points."""
    points, labels = two_moons()

    def train() -> Found:
        torch, dtype, model = torch_model(initial_layers("moons"), "float64")
        start = clock()
        x, y = torch.tensor(points, dtype=dtype), torch.tensor(labels, dtype=dtype)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        losses = []
        for epoch in range(MOONS_EPOCHS):
            optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * epoch / MOONS_EPOCHS
            optimizer.zero_grad()
            penalty = 1e-4 * sum((p * p).sum() for p in model.parameters())
            loss = (1 - y * model(x).squeeze(1)).relu().mean() + penalty
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        seconds = clock() - start
        right = accuracy(model(x).squeeze(1) > 0, y > 0)
        return {"seconds": seconds, "losses": losses, "accuracy": right}

    return train


# ---- scikit-learn's digits, by Adam

DIGITS = (64, 64, 10)
DIGITS_EPOCHS = 30
DIGITS_RATE = 3e-3
ENOUGH = 0.97                           # accuracy on the test set


def digits(engine: str, dtype: str = "") -> Answers:
    """A training for DIGITS_EPOCHS, and another one until ENOUGH are right. Each begins with other weights."""
    train_set, test_set = digits_split()
    if engine in ("native", "pure"):
        return {"train": digits_by_fit(train_set, test_set)}

    def loop(seed: int) -> Loop:
        if engine == "scikit-learn":
            return loop_of_sklearn(train_set, seed)
        return loop_of_torch(glorot(seed), train_set, dtype, "Adam", DIGITS_RATE, seed)

    return {"train": digits_by_loop(loop, test_set)}


def digits_split() -> tuple[Data, Data]:
    datasets, selection = import_module("sklearn.datasets"), import_module("sklearn.model_selection")
    images, labels = datasets.load_digits(return_X_y=True)
    x, x_test, y, y_test = selection.train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )
    return (x, y), (x_test, y_test)


def glorot(seed: int) -> Layers:
    """The weights that scikit-learn's MLPClassifier(random_state=seed) begins with."""
    rng = np.random.RandomState(seed)
    layers = []
    for nin, nout in pairwise(DIGITS):
        most = (6.0 / (nin + nout)) ** 0.5
        weights = rng.uniform(-most, most, (nin, nout))
        layers.append((weights.T, rng.uniform(-most, most, nout)))
    return layers


def digits_by_fit(train_set: Data, test_set: Data) -> Train:
    seeds = count()

    def train() -> Found:
        seed = next(seeds)

        def fitted(**options: Any) -> tuple[float, Any, Any]:
            ours, model = our_model(glorot(seed))
            start = clock()
            optimizer = ours.optim.Adam(model.parameters(), lr=DIGITS_RATE)
            history = ours.fit(
                model, *train_set, "cross_entropy", optimizer, DIGITS_EPOCHS, BATCH, seed=seed,
                progress=False, **options,
            )
            seconds = clock() - start
            return seconds, history, accuracy(ours.predict(model, test_set[0]).argmax(axis=1), test_set[1])

        def enough(epoch: int, logs: Found) -> bool:
            return bool(logs["val_accuracy"] >= ENOUGH)

        seconds, history, right = fitted()
        until, looked_at, _ = fitted(validation_data=test_set, metrics=["accuracy"], callbacks=[enough])
        return {
            "seconds": seconds, "losses": history["loss"], "accuracy": right, "until": until,
            "epochs": len(looked_at),
        }

    return train


def digits_by_loop(loop: Callable[[int], Loop], test_set: Data) -> Train:
    """loop: starts a training, given its seed."""
    x_test, y_test = test_set
    seeds = count()

    def train() -> Found:
        seed = next(seeds)
        epoch, classes = loop(seed)
        start = clock()
        losses = [epoch() for _ in range(DIGITS_EPOCHS)]
        seconds = clock() - start
        right = accuracy(classes(x_test), y_test)

        epoch, classes = loop(seed)
        start = clock()
        for epochs in range(1, DIGITS_EPOCHS + 1):      # noqa: B007, it is the answer
            epoch()
            if accuracy(classes(x_test), y_test) >= ENOUGH:
                break
        until = clock() - start
        return {"seconds": seconds, "losses": losses, "accuracy": right, "until": until, "epochs": epochs}

    return train


def loop_of_sklearn(train_set: Data, seed: int) -> Loop:
    """MLPClassifier, with the samples in the order given to it."""
    networks = import_module("sklearn.neural_network")
    x, y = train_set
    model = networks.MLPClassifier(
        DIGITS[1:-1], alpha=0.0, batch_size=BATCH, learning_rate_init=DIGITS_RATE, shuffle=False,
        random_state=seed,
    )
    ordered = orders(len(x), seed)

    def epoch() -> float:
        order = next(ordered)
        model.partial_fit(x[order], y[order], classes=range(DIGITS[-1]))
        return float(model.loss_)

    return epoch, model.predict


def loop_of_torch(layers: Layers, data: Data, dtype: str, optimizer: str, rate: float, seed: int) -> Loop:
    torch, numbers, model = torch_model(layers, dtype)
    x, y = torch.as_tensor(data[0], dtype=numbers), torch.as_tensor(data[1])
    moves = getattr(torch.optim, optimizer)(model.parameters(), lr=rate)
    ordered = orders(len(x), seed)

    def epoch() -> float:
        order = torch.from_numpy(next(ordered))
        total = 0.0
        for part in order.split(BATCH):
            moves.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[part]), y[part])
            loss.backward()
            moves.step()
            total += loss.item() * len(part)
        return total / len(x)

    def classes(inputs: Any) -> Any:
        with torch.no_grad():
            return model(torch.as_tensor(inputs, dtype=numbers)).argmax(dim=1)

    return epoch, classes


# ---- the same digits by SGD, from the weights that each draws by default

EARLY_EPOCHS = 5
EARLY_RATE = 0.1


def early_epochs(engine: str, init: str, side: str, hidden: str) -> Answers:
    """The accuracy after each epoch. init: ours, by its name; side: of an image; hidden: sizes such as "64,64"."""
    train_set, test_set = ((enlarged(images, int(side)), labels) for images, labels in digits_split())
    sizes = [int(side) ** 2, *map(int, hidden.split(",")), DIGITS[-1]]
    seeds = count()

    def fitted() -> Found:
        seed = next(seeds)
        ours = import_module("autograd_tiny")
        model = ours.nn.MLP(sizes[0], sizes[1:], init=init, rng=random.Random(seed))
        sgd = ours.optim.SGD(model.parameters(), lr=EARLY_RATE)
        history = ours.fit(
            model, *train_set, "cross_entropy", sgd, EARLY_EPOCHS, BATCH, seed=seed, validation_data=test_set,
            metrics=["accuracy"], progress=False,
        )
        return {"losses": history["loss"], "accuracies": history["val_accuracy"]}

    def looped() -> Found:
        seed = next(seeds)
        epoch, classes = loop_of_torch(layers_of_torch(sizes, seed), train_set, "float64", "SGD", EARLY_RATE, seed)
        found: Found = {"losses": [], "accuracies": []}
        for _ in range(EARLY_EPOCHS):
            found["losses"].append(epoch())
            found["accuracies"].append(accuracy(classes(test_set[0]), test_set[1]))
        return found

    return {"train": looped if engine == "torch" else fitted}


def enlarged(images: Any, side: int) -> Any:
    """Images of 8 × 8 as images of side × side, each pixel repeated."""
    nearest = np.arange(side) * 8 // side
    return images.reshape(-1, 8, 8)[:, nearest][:, :, nearest].reshape(len(images), -1)


def layers_of_torch(sizes: list[int], seed: int) -> Layers:
    """The weights and biases of torch.nn.Linear, as it draws them."""
    torch = import_module("torch")
    torch.manual_seed(seed)
    linears = [torch.nn.Linear(*pair, dtype=torch.float64) for pair in pairwise(sizes)]
    return [(each.weight.detach().numpy(), each.bias.detach().numpy()) for each in linears]


# ---- samples of the shape of MNIST, by SGD

MNIST_RATE = 0.01


def mnist(engine: str, dtype: str = "") -> Answers:
    """One epoch, each time from the same weights."""
    x, y = noisy_templates()
    layers = initial_layers("mnist")

    def train() -> Found:
        epoch, classes = loop_of_torch(layers, (x, y), dtype, "SGD", MNIST_RATE, seed=0)
        start = clock()
        loss = epoch()
        seconds = clock() - start
        return {"seconds": seconds, "losses": [loss], "accuracy": accuracy(classes(x), y)}

    def fitted() -> Found:
        ours, model = our_model(layers)
        recording = seconds_to_record(ours, model)
        start = clock()
        optimizer = ours.optim.SGD(model.parameters(), lr=MNIST_RATE)
        history = ours.fit(model, x, y, "cross_entropy", optimizer, 1, BATCH, seed=0, progress=False)
        seconds = clock() - start
        right = accuracy(ours.predict(model, x).argmax(axis=1), y)
        return {"seconds": seconds, "losses": history["loss"], "accuracy": right, "recording": recording}

    return {"train": train if engine == "torch" else fitted}


def noisy_templates() -> Data:
    """60,000 images 28 × 28 of ten classes: the template of the class, and as much noise."""
    rng = np.random.default_rng(1337)
    templates, labels = rng.random((10, 784)), rng.integers(0, 10, 60_000)
    return (templates[labels] + rng.random((60_000, 784))) / 2.0, labels


def seconds_to_record(ours: Any, model: Any) -> float:
    """The seconds to record the loss of one sample, as fit does."""
    def loss(x: Any, target: Any) -> Any:
        return ours.nn.losses.cross_entropy(model(x), target)

    start = clock()
    ours.record(loss, [0.5] * 784, [1.0] + [0.0] * 9, parameters=model.parameters())
    return clock() - start
