"""The playground without a page, and the same experiments in Python."""
import random
from pathlib import Path

import autograd_tiny as at
from autograd_tiny import nn, optim
from autograd_tiny.show.playground.data_sets import DATA_SETS
from autograd_tiny.show.playground.playground import playground_data

MODULE = Path(__file__).with_suffix(".mjs")
GIVEN = playground_data()
SETTINGS = {
    "data": "moons", "samples": 60, "noise": 0.15, "test": 0.2, "dataSeed": 3, "layers": [[4, "tanh"], [3, "relu"]],
    "output": "linear", "init": "by_activation", "seed": 5, "loss": "binary_cross_entropy", "optimizer": "sgd",
    "lr": 0.05, "batch": 8, "l1": 0, "l2": 0,
}


def points(settings):
    """The samples in Python."""
    rng = random.Random(settings["dataSeed"])
    found = DATA_SETS[settings["data"]](settings["samples"], settings["noise"], rng)
    rng.shuffle(found)
    return found


def arrays(settings, signs=False):
    """Inputs and targets of training and test."""
    found = points(settings)
    x, y = [[a, b] for a, b, _ in found], [2.0 * t - 1.0 if signs else t for *_, t in found]
    cut = len(found) - int(len(found) * settings["test"])
    return x[:cut], y[:cut], x[cut:], y[cut:]


def model(settings, outputs=1):
    """The network of a page before training."""
    rng, width, layers = random.Random(settings["seed"]), 2, []
    for units, activation in [*settings["layers"], [outputs, settings["output"]]]:
        options = {"init": settings["init"], "rng": rng}
        if activation == "maxout":
            layers.append(nn.Maxout(width, units, **options))
        else:
            layers.append(nn.Layer(width, units, activation, **options))
        width = units
    return nn.Sequential(*layers)


OPTIMIZERS = {
    "sgd": optim.SGD, "momentum": lambda parameters, lr: optim.SGD(parameters, lr=lr, momentum=0.9),
    "adagrad": optim.Adagrad, "rmsprop": optim.RMSprop, "adam": optim.Adam,
}


def fitted(settings, epochs, outputs=1, signs=False):
    """The network after some epochs of `fit`."""
    x, y, *_ = arrays(settings, signs)
    network = model(settings, outputs)
    l1, l2 = settings["l1"], settings["l2"]
    at.fit(
        network, x, y, settings["loss"], OPTIMIZERS[settings["optimizer"]](network.parameters(), lr=settings["lr"]),
        epochs=epochs, batch_size=settings["batch"] or None, seed=settings["seed"], progress=False,
        penalty=(lambda network: nn.L1(l1)(network) + nn.L2(l2)(network)) if l1 or l2 else None,
    )
    return network
