"""Judges of chapter 7, a network that no line replaces."""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import exp
from typing import Any

from ... import nn
from ...engine.gradient_graph import gradients
from ...engine.functions import mean
from ..answers import all_close, close, function, number, numbers, result

POINTS, TARGETS = [[0.5, -1.0], [1.5, 0.25], [-0.75, 1.0]], [1.0, 0.0, 1.0]       # a mini-batch
RATE = 0.25


def what_a_layer_costs(answer: object) -> str | None:
    """The parameters of 2 → 8 → 4 → 1."""
    found = number(answer)
    if close(found, 65, 1e-6):
        return None
    if close(found, 52):
        return "These are the weights. Each of the 13 units has a bias, too."
    if close(found, 64) or close(found, 60):
        return "The hidden layers are right. The output is a unit as well: it has four weights and a bias."
    if close(found, 67):
        return "The inputs are numbers, not units: they have no biases."
    if close(found, 13):
        return "13 is the number of units. How many numbers does each of them have?"
    if close(found, 41):
        return "The units of the second hidden layer do not look at the inputs, but at the eight units before them."
    return "Add the three layers: each has as many times its units as these have weights, and a bias."


def exclusive_or(answer: object) -> str | None:
    """Nine numbers with which a 2 → 2 → 1 network computes exclusive or."""
    model = with_numbers(nn.MLP(2, [2, 1], "sigmoid", "sigmoid"), numbers(answer, 9))
    corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    outputs = [model(list(corner)).data for corner in corners]
    wanted = [x != y for x, y in corners]
    if all(output > 0.9 if is_one else output < 0.1 for output, is_one in zip(outputs, wanted, strict=True)):
        return None
    said = [output > 0.5 for output in outputs]
    if max(outputs) - min(outputs) < 1e-3:
        return f"At all four points it answers {outputs[0]:.3f}: the hidden units make no difference to it."
    if said == wanted:
        return "All four answers are on the right side, but undecided. What do larger weights do to a sigmoid?"
    if said == [not each for each in wanted]:
        return "It answers 1 where 0 is wanted, and 0 where 1 is. Which three numbers turn an answer around?"
    at = next(k for k in range(4) if said[k] != wanted[k])
    x, y = corners[at]
    fault = f"At ({x:g}, {y:g}) it answers {outputs[at]:.3f}, and {wanted[at]:d} is wanted."
    if said == [False, True, True, True]:
        return f"{fault} This is *or*, which one line can do. The other hidden unit has to object where both are 1."
    return f"{fault} Look at its hidden units there first, and then at what the output makes of them."


def how_many_updates(answer: object) -> str | None:
    """⌈1000 / 64⌉ · 20."""
    found = number(answer)
    if found == 320:
        return None
    if found in (300, 15):
        return "The 40 examples that are left after 15 batches of 64 form a batch, too."
    if found in (312.5, 313, 312, 15.625):
        return "A batch does not reach from one epoch into the next: round up for each epoch."
    if found == 16:
        return "That is one epoch."
    if found in (20_000, 1_000):
        return "That would be one update after each example. A batch has one update for all its examples."
    if found == 20:
        return "That would be one update in an epoch: all examples at once."
    return "The number of batches in an epoch, the smaller one included, times the number of epochs."


def a_mini_batch(answer: object) -> str | None:
    """One update against the gradient of the mean squared error, twice."""
    update = function(answer, "update(model, points, targets, rate)")
    model = nn.MLP(2, [3, 1], "tanh", bias_init="uniform", rng=random.Random(7))
    first = gradient(start := numbers_of(model))
    moved = moved_by(update, model)
    if not all_close(moved, first, 1e-6):
        return fault_of_an_update(moved, first, start)
    second = gradient(numbers_of(model))
    moved = moved_by(update, model)
    if all_close(moved, second, 1e-6):
        return None
    if all_close(moved, [a + b for a, b in zip(first, second, strict=True)], 1e-6):
        return "The first update is right. In the second, the gradients of the first are still in `.grad`."
    return "The first update is right, the second is not: what does your function leave behind?"


def fault_of_an_update(moved: list[float], right: list[float], start: list[float]) -> str:
    """Why the parameters, which were `start`, have not moved by RATE times the right gradient."""
    count = len(TARGETS)
    if not any(moved):
        return "No weight has moved: `weight.data -= ...`, for each of `model.parameters()`."
    if all_close(moved, [count * each for each in right], 1e-6):
        return "Each weight moves too far, as many times as there are examples: the error is their mean, not their sum."
    if all_close(moved, [-each for each in right], 1e-6):
        return "Each weight moves by the right amount, and uphill: an update is subtracted."
    for share in 1, count:
        if all_close(moved, [each / share for each in gradient(start, [count - 1])], 1e-6):
            return "This is the gradient of the last example alone: keep those of the others until all are added up."
        if all_close(moved, one_by_one(start, share), 1e-6):
            return "It moves the weights after each example. A batch moves them once, when all its gradients are there."
    return "Each weight is to move by `rate` times the mean of its gradients over the batch. Compare with `fit`."


def moved_by(update: Callable[..., Any], model: nn.Module) -> list[float]:
    """How far the reader's function, which may return nothing, moves each parameter downhill, divided by RATE."""
    def call(*arguments: Any) -> Any:
        return True if (returned := update(*arguments)) is None else returned

    call.__name__ = getattr(update, "__name__", "update")
    before = numbers_of(model)
    result(call, model, [list(point) for point in POINTS], list(TARGETS), RATE)
    return [(a - b) / RATE for a, b in zip(before, numbers_of(model), strict=True)]


def gradient(parameters: list[float], chosen: Sequence[int] = range(len(TARGETS))) -> list[float]:
    """The gradient of the mean squared error over some examples of the batch."""
    model = with_numbers(nn.MLP(2, [3, 1], "tanh"), parameters)
    errors = [(model(POINTS[k]) - TARGETS[k]) ** 2 for k in chosen]
    return list(gradients(mean(errors), model.parameters()))


def one_by_one(parameters: list[float], share: int) -> list[float]:
    """How far the parameters move, divided by RATE, where each example moves them by a share of its gradient."""
    now = parameters
    for k in range(len(TARGETS)):
        now = [value - RATE * each / share for value, each in zip(now, gradient(now, [k]), strict=True)]
    return [(a - b) / RATE for a, b in zip(parameters, now, strict=True)]


def numbers_of(model: nn.Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def with_numbers(model: nn.MLP, given: list[float]) -> nn.MLP:
    for parameter, each in zip(model.parameters(), given, strict=True):
        parameter.data = each
    return model


def the_sum(answer: object) -> str | None:
    """0.5, divided by the size of the batch."""
    found = numbers(answer, 3)
    if all_close(found, [0.5, 0.05, 0.005]):
        return None
    if all_close(found, [0.5, 5, 50]):
        return "The sum is already larger than the mean. A larger rate would make the update larger still."
    if all_close(found, [0.5, 0.5, 0.5]):
        return "With the same rate, an update by the sum of 100 gradients goes 100 times as far as one by their mean."
    if all_close(found, [0.005, 0.05, 0.5]):
        return "The other way round: in a batch of one, sum and mean are the same."
    if not close(found[0], 0.5):
        return "One at a time, the sum of the gradients is the gradient of that example, and so is their mean."
    return "The rate times the sum is to be what 0.5 times the mean was. How many times larger is the sum?"


def out_of_the_saturation(answer: object) -> str | None:
    """1 / (100 · 2(1 - o) o(1 - o)) at z = -40."""
    found = number(answer)
    o = 1 / (1 + exp(40.0))
    right = 1 / (100 * 2 * (1 - o) * o * (1 - o))
    if close(found, right, 0.03):
        return None
    if found < 0:
        return "The gradient is negative, and an update is subtracted: z rises. How many updates until it is 1 higher?"
    if close(found, 2 * right, 0.03):
        return "Nearly: the square gives the factor 2."
    if close(found, 100 * right, 0.03):
        return "That is without the learning rate: an update is 100 times the gradient."
    if close(found, 1 / right, 0.03):
        return "That is how far one update goes. How many does it take to go as far as 1?"
    if close(found, right / 1e6, 0.03) or close(found, 37.3, 0.03):
        return "That is a time. Answer with the number of updates."
    if found < 1e3:
        return "So few? At z = -40, how large is the factor o (1 - o)?"
    return "An update moves the bias by 100 · 2 (1 - o) · o (1 - o), with o = σ(-40). How many of these make 1?"


JUDGES = (what_a_layer_costs, exclusive_or, how_many_updates, a_mini_batch, the_sum, out_of_the_saturation)
