"""The trajectories of torch in optimizers.json, with the small network that was trained."""
import json
from pathlib import Path

from autograd_tiny import Value, optim, sin

REFERENCES = json.loads(Path(__file__).with_name("optimizers.json").read_text("utf-8"))
SAMPLES = REFERENCES["samples"]
OPTIMIZERS = REFERENCES["optimizers"]
GROUPED = REFERENCES["groups"]
ONE_CYCLES = REFERENCES["one_cycles"]
PLATEAUS = REFERENCES["plateaus"]
LOSSES = [float(number) for number in REFERENCES["losses"]]
START = OPTIMIZERS[0]["every_10th"][0]


def title(case):
    options = ", ".join(f"{name}={value}" for name, value in case["options"].items())
    return f"{case['name']}({options})" + ("-frozen" if case.get("freezes") else "")


def loss(p):
    """The small network of references/networks/optimizers.py."""
    total = 0.0
    for (x1, x2), y in SAMPLES:
        h1 = (p[0] * x1 + p[1] * x2 + p[4]).tanh()
        h2 = (p[2] * x1 + p[3] * x2 + p[5]).tanh()
        total = total + (p[6] * h1 + p[7] * h2 + p[8] - y) ** 2
    return total / len(SAMPLES) + 0.1 * sin(3 * p[8])


def parameters(numbers=START):
    return [Value(x, f"p{i}") for i, x in enumerate(numbers)]


def two_groups(name, options):
    """An optimiser of two parameters, each in a group; the second has half the rate."""
    groups = [{"params": [Value(0.0)]}, {"params": [Value(0.0)], "lr": 0.05}]
    return getattr(optim, name)(groups, lr=0.1, **options)
