"""Makes losses.json: losses and their derivatives with respect to the outputs, as PyTorch finds them in float64.

    python tests/references/networks/losses.py

A case is a loss at one sample: outputs and target go in, value and gradient come out. For softmax and
log_softmax the value is a list, and the gradient a matrix: a row for each of its elements.

At the kink of a hinge loss, where the margin is exactly 1, there are many subgradients: torch.clamp takes one
end and multi_margin_loss the other. So no case lies there; test_losses.py has tests of kinks.
At the kink of |o - t| PyTorch's derivative is 0, and these cases are here.
"""
from __future__ import annotations

import json
import platform
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

Sample = tuple[Any, Any]                # outputs, target
TORCH: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mean_squared_error": F.mse_loss,
    "squared_error": lambda o, t: F.mse_loss(o, t, reduction="sum"),
    "half_squared_error": lambda o, t: F.mse_loss(o, t, reduction="sum") / 2,
    "mean_absolute_error": F.l1_loss,
    "absolute_error": lambda o, t: F.l1_loss(o, t, reduction="sum"),
    "huber": F.huber_loss,
    "huber_half": lambda o, t: F.huber_loss(o, t, delta=0.5),
    "huber_five": lambda o, t: F.huber_loss(o, t, delta=5.0),
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "cross_entropy": F.cross_entropy,
    "hinge": lambda o, t: torch.clamp(1 - t * o, min=0),
    "multiclass_hinge": lambda o, t: F.multi_margin_loss(o, t) * len(o),
    "softmax": lambda o, _: F.softmax(o, dim=0),
    "log_softmax": lambda o, _: F.log_softmax(o, dim=0),
}
TINY = 1e-300
EXTREME_LOGITS = [
    [1000.0, -1000.0, 0.0], [-1000.0, -1000.0, 1000.0], [1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1002.0],
    [TINY, -TINY, 0.0], [TINY, 1000.0, -TINY], [0.0, -0.0, 0.0], [30.0, 0.0, -30.0], [700.0, -40.0, 0.5],
]
TIES = [[0.5, 0.5, -0.25], [2.0, 2.0, 2.0], [-0.75, 1.5, 1.5]]
rng = random.Random(4)


def logits(count: int, sizes: tuple[int, ...], spread: float) -> Iterator[list[float]]:
    for k in range(count):
        yield [rng.uniform(-spread, spread) for _ in range(sizes[k % len(sizes)])]


def differences() -> Iterator[Sample]:
    """For losses of outputs minus target: any sizes, equal ones, and one number instead of a list."""
    for outputs in logits(12, (1, 2, 3, 5), 3.0):
        yield outputs, [rng.uniform(-3.0, 3.0) for _ in outputs]
    for outputs in EXTREME_LOGITS:
        yield outputs, [rng.choice([-1000.0, 1000.0, 0.0, TINY, -TINY, 0.3]) for _ in outputs]
    for outputs in TIES:
        yield outputs, [outputs[0], outputs[1] + 1.0, outputs[2]]
    yield [0.1, 1e8], [0.1 + 1e-9, 1e8 + 1.0]
    yield from [(0.7, -0.2), (-1.25, -1.25), (1000.0, -1000.0), (TINY, 0.0), (-TINY, TINY)]


def probabilities_of_yes() -> Iterator[Sample]:
    for outputs in logits(12, (1, 2, 3, 5), 4.0):
        yield outputs, [rng.choice([0.0, 1.0, 0.5, rng.random()]) for _ in outputs]
    for outputs in EXTREME_LOGITS:
        yield outputs, [rng.choice([0.0, 1.0, 0.25]) for _ in outputs]
    for output in (0.0, 0.7, -3.0, 36.0, -36.0, 1000.0, -1000.0, TINY, -TINY):
        yield from ((output, target) for target in (0.0, 1.0, 0.3))


def all_scores() -> Iterator[list[float]]:
    yield from logits(12, (2, 3, 5, 10), 4.0)
    yield from EXTREME_LOGITS
    yield from TIES


def classes() -> Iterator[Sample]:
    for scores in all_scores():
        for label in rng.sample(range(len(scores)), 2):
            yield scores, label


def classes_or_probabilities() -> Iterator[Sample]:
    yield from classes()
    for scores in all_scores():
        shares = [rng.choice([0.0, rng.random(), rng.random()]) for _ in scores[1:]] + [1.0]
        yield scores, [share / sum(shares) for share in shares]


def signs() -> Iterator[Sample]:
    for output in (0.0, 0.3, -0.9, 0.999, 1.001, -1.001, 2.5, -7.0, 1000.0, -1000.0, TINY, -TINY, 1e-9):
        yield from ((output, target) for target in (1.0, -1.0))


def margins() -> Iterator[Sample]:
    """Scores and labels with no margin of exactly 1."""
    for scores, label in classes():
        if all(1.0 + score != scores[label] for score in scores):
            yield scores, label


def only_scores() -> Iterator[Sample]:
    yield from ((scores, None) for scores in all_scores())
    yield [0.25], None


SAMPLES: dict[str, Callable[[], Iterator[Sample]]] = {
    "mean_squared_error": differences,
    "squared_error": differences,
    "half_squared_error": differences,
    "mean_absolute_error": differences,
    "absolute_error": differences,
    "binary_cross_entropy": probabilities_of_yes,
    "cross_entropy": classes_or_probabilities,
    "hinge": signs,
    "multiclass_hinge": margins,
    "softmax": only_scores,
    "log_softmax": only_scores,
    "huber": differences,
    "huber_half": differences,
    "huber_five": differences,
}


def case(name: str, outputs: Any, target: Any) -> dict[str, Any]:
    o = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    t = torch.tensor(target or 0, dtype=torch.long if type(target) is int else torch.float64)
    value = TORCH[name](o, t)
    if value.dim():
        gradient = [torch.autograd.grad(x, o, retain_graph=True)[0].tolist() for x in value]
    else:
        gradient = torch.autograd.grad(value, o)[0].tolist()
    found = {"outputs": outputs, "value": value.tolist(), "gradient": gradient}
    return found if target is None else {"target": target, **found}


def written(cases: list[dict[str, Any]]) -> str:
    """A line for each case, so that changes can be read."""
    return "[\n" + ",\n".join(json.dumps(each, allow_nan=False) for each in cases) + "\n]"


def main() -> None:
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    parts = [f'"versions": {json.dumps(versions)}']
    for name, samples in SAMPLES.items():
        parts.append(f'"{name}": {written([case(name, *sample) for sample in samples()])}')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
