"""Judges of chapter 5, a network learns."""
from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from math import sqrt

from ... import nn
from ..answers import all_close, choice, close, function, number, numbers, result
from ..network_2_2_2 import START, error_of, gradient_of

INPUTS, TARGETS = (0.1, 0.2), (0.5, 0.5)
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
RATE, EPOCHS = 0.5, 3


def the_best_single_step(answer: object) -> str | None:
    """The learning rate whose first step lowers the error most."""
    rate = number(answer, "a learning rate")
    if _after_one_step(rate) <= 1.01 * _least():
        return None
    if rate == 0:
        return "A rate of 0 is no step at all."
    if rate < 0:
        return "A negative rate goes uphill, for a step is subtracted."
    reached = f"After one step at this rate the error is {_after_one_step(rate):.4g}"
    if _after_one_step(rate) > _after_one_step(0):
        return f"{reached}, more than at the start: the step went far past the floor of the valley."
    if _after_one_step(1.01 * rate) < _after_one_step(rate):
        return f"{reached}. A longer step from the start takes it further."
    return f"{reached}. This step went past the lowest point: a shorter one takes it further."


def _after_one_step(rate: float) -> float:
    gradient = gradient_of(INPUTS, TARGETS).values()
    return float(error_of([x - rate * g for x, g in zip(START, gradient, strict=True)], INPUTS, TARGETS))


@cache
def _least() -> float:
    return min(_after_one_step(tenths / 10) for tenths in range(1, 301))


def days_at_the_grid(answer: object) -> str | None:
    """10¹³ points at a million per second, in days."""
    found, right = number(answer, "a number of days"), 10**13 / 1e6 / 86400
    mistakes = [
        (10**9 / 1e6 / 86400, "9 are the weights alone. Which units have a bias?"),
        (10**12 / 1e6 / 86400, "12 parameters are one too few: the output has a bias, too."),
        (10**10 / 1e6 / 86400, "This is for 10 parameters. Count again: 2 times 3 weights, 3 weights, and the biases."),
        (13**10 / 1e6 / 86400, "13 to the power of 10 is the other way round: each of 13 parameters has 10 values."),
        (130 / 1e6 / 86400, "For each value of one parameter all of the others are tried: multiply, where you add."),
        (right * 86400, "That is in seconds."),
        (right * 24, "That is in hours."),
        (right / 365, "That is in years."),
    ]
    if close(found, right, 1e-2):
        return None
    known = (sentence for wrong, sentence in mistakes if close(found, wrong, 1e-2, 0.0))
    return next(known, "Points: 10 to the power of the number of parameters. Divide by a million, then by 86,400.")


def your_own_fit(answer: object) -> str | None:
    """A training loop for batches, on the exclusive or."""
    train = function(answer, "train(net, inputs, targets, lr, epochs)")
    net = _network()
    start = _numbers_of(net)
    returned = result(train, net, *deepcopy(XOR), RATE, EPOCHS)
    errors = numbers(returned, EPOCHS, f"from train the errors of {EPOCHS} epochs")
    found = _numbers_of(net)
    expected, right = _trained()
    if _same(found, right):
        if _same(errors, expected):
            return None
        if _same(errors[:-1], expected[1:]):
            return "The weights are right. The error of an epoch is the one before its step; yours are those after it."
        if _same([each * len(XOR[0]) for each in errors], expected):
            return "The weights are right. The errors are to be added up; yours are their means."
        return f"The weights are right, the errors are not: that of the first epoch is {expected[0]:.6g}."
    mistakes: list[tuple[list[float], str]] = [
        (start, "No parameter has moved. A step changes the .data of each parameter, with -=."),
        (_trained(rate=-RATE)[1], "The error grows: a step goes against the gradient, so it is subtracted."),
        (_trained(keeps_gradients=True)[1],
         "The first step is right, the second is not: backward() adds to the gradients of the step before."),
        (_trained(size=1)[1], "You take a step after each example. Here the errors of all are added up first."),
        (_trained(rate=RATE / len(XOR[0]))[1], "Your steps are a quarter as long: the errors are a sum, not a mean."),
        (_trained(rate=RATE / 2)[1], "Your steps are half as long: the squared errors have no factor ½ here."),
    ]
    known = (sentence for wrong, sentence in mistakes if _same(found, wrong))
    return next(known, "After three epochs the weights are not those of fit. Which of the four parts differs?")


def _network() -> nn.Network:
    hidden = ("h1", "h2", "h3")
    edges = [(i, h) for i in ("i1", "i2") for h in hidden] + [(h, "o") for h in hidden]
    between = nn.init.uniform(0.1, 0.9)
    return nn.Network(edges, init=between, bias_init=between, rng=random.Random(2))


def _numbers_of(net: nn.Network) -> list[float]:
    return [p.data for p in net.parameters()]


def _same(found: Sequence[float], right: Sequence[float]) -> bool:
    return all_close(found, right, 1e-9)


@cache
def _trained(
    rate: float = RATE, size: int = len(XOR[0]), keeps_gradients: bool = False
) -> tuple[list[float], list[float]]:
    """The errors of the epochs, and the parameters after them; with size=1 by sample."""
    net, errors = _network(), []
    parameters = list(net.parameters())
    for _ in range(EPOCHS):
        errors.append(0.0)
        for first in range(0, len(XOR[0]), size):
            if not keeps_gradients:
                net.zero_grad()
            batch = list(zip(*XOR, strict=True))[first : first + size]
            error = sum((net(x) - target) ** 2 for x, target in batch)
            error.backward()
            errors[-1] += error.data
            for p in parameters:
                p.data -= rate * p.grad
    return errors, _numbers_of(net)


def counting_steps(answer: object) -> str | None:
    """1,000 examples in batches of 32, 5 times."""
    found = number(answer, "a number of steps")
    if found == 160:
        return None
    if found == 155:
        return "31 full batches are 992 examples. What about the other 8?"
    if found in (156, 156.25):
        return "Steps are whole, and each epoch has its own last batch: count those of one epoch, then multiply."
    if found == 157:
        return "A batch does not reach into the next epoch: round up for one epoch, then multiply."
    if found in (31, 31.25, 32):
        return "That is about one epoch. There are five."
    if found == 5000:
        return "5,000 are the steps per sample. Here 32 samples share one."
    if found == 5:
        return "5 are the steps per batch, of all examples at once. A mini-batch has 32 of them."
    return "How many batches of 32 does it take to see 1,000 examples once? And five times?"


def equal_from_the_start(answer: object) -> str | None:
    """Hidden units that begin equal stay equal."""
    return {
        "a": "The examples differ, but all three units see all of them. What could make one step another one?",
        "b": "The rate makes the steps of all weights shorter alike. What makes them differ from one another?",
        "c": "The gradients are not 0: train it, and the error changes. Compare the gradients of the three units.",
    }.get(choice(answer, "abcd"))


def xaviers_weights(answer: object) -> str | None:
    """The limit of uniform weights, and the standard deviation of normal ones, for 784 inputs and 64 units."""
    limit, deviation = numbers(answer, 2, "two numbers in a list, c and the standard deviation,")
    right = sqrt(6 / 848), sqrt(2 / 848)
    if all_close((limit, deviation), right):
        return None
    if all_close((deviation, limit), right):
        return "First c, then the standard deviation, which is the smaller one."
    known: list[tuple[float, str]] = [
        (sqrt(6 / 794), "In your c, n_out is 10, which belongs to the layer after it."),
        (sqrt(6 / 74), "Your c belongs to the second of the two layers, of 64 times 10 weights."),
        (sqrt(6 / 784), "In your c, n_out is missing."),
        (sqrt(6 / 64), "In your c, n_in is missing."),
        (6 / 848, "c is a square root."),
        (sqrt(2 / 848), "Your c is the standard deviation. Uniform numbers reach further: the rule has a 6."),
    ]
    if not close(limit, right[0]):
        told = (sentence for wrong, sentence in known if close(limit, wrong))
        return next(told, "c is the square root of 6 / (n_in + n_out).")
    if close(deviation, right[0]):
        return "c is right. Numbers within ±c are mostly nearer to 0 than c: their standard deviation is smaller."
    if close(deviation, 2 / 848):
        return "c is right. Your second number is the variance; its square root is asked for."
    if close(deviation, right[0] / 3):
        return "c is right. c²/3 is the variance, and the square root of that is not c/3."
    return "c is right. The variance of uniform numbers within ±c is c²/3."


JUDGES = (
    the_best_single_step, days_at_the_grid, your_own_fit, counting_steps, equal_from_the_start, xaviers_weights,
)
