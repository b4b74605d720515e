"""Judges of chapter 4, backpropagation by hand."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from math import exp, tanh

from ..answers import all_close, close, function, number, numbers, result
from ..network_2_2_2 import START, gradient_of, outputs_of

BY_CALCULATOR = 5e-3            # relative: what four digits on the way leave of an answer
INPUTS, TARGETS = (1.0, -2.0), (1.0, 0.0)

Slopes = tuple[float, float]


def an_output_weight(answer: object) -> str | None:
    """∂E/∂w8 at other inputs and targets."""
    found, right = number(answer), gradient_of(INPUTS, TARGETS)
    _, h2, _, o2 = outputs_of(START, INPUTS)
    delta = right["w8"] / h2
    if close(found, right["w8"], BY_CALCULATOR):
        return None
    return _known(found, [
        (-right["w8"], "The size is right. The derivative of ½(o - t)² is o - t, and not t - o."),
        (2 * right["w8"], "Twice as much as it is: the error is *half* the squared distance."),
        (right["w6"], "That is ∂E/∂w6, with h1 as the last factor. Which unit does w8 lead away from?"),
        (right["w7"], "That is ∂E/∂w7, which leads to o1. w8 leads to o2."),
        (delta, "That is the δ of o2, the first two factors. What is w8 multiplied by?"),
        (o2 * h2, "The factor in the middle is missing: the derivative of the sigmoid, o2·(1 - o2)."),
        (gradient_of((0.1, 0.2), (0.5, 0.5))["w8"], "That is ∂E/∂w8 at the inputs and targets of before."),
        (gradient_of(INPUTS, (0.5, 0.5))["w8"], "The inputs are the new ones, the targets still 0.5."),
        (gradient_of((0.1, 0.2), TARGETS)["w8"], "The targets are the new ones, the inputs still 0.1 and 0.2."),
    ]) or "It is (o2 - t2) · o2·(1 - o2) · h2: compare each of your factors, beginning with h2 = 0.4576."


def a_hidden_weight(answer: object) -> str | None:
    """∂E/∂w4 at the same inputs and targets: two paths."""
    found, right = number(answer), gradient_of(INPUTS, TARGETS)
    h1, h2, _, _ = outputs_of(START, INPUTS)
    delta_1, delta_2 = right["w5"] / h1, right["w6"] / h1
    through_h2 = h2 * (1 - h2) * INPUTS[1]
    through_o1, through_o2 = delta_1 * START[6] * through_h2, delta_2 * START[7] * through_h2
    if close(found, right["w4"], 2 * BY_CALCULATOR):
        return None
    return _known(found, [
        (-right["w4"], "The size is right, the sign is not. i2 is -2, and the derivative of ½(o - t)² is o - t."),
        (through_o1, "This is the path through o1. A second one leads through o2, and gradients add at branches."),
        (through_o2, "This is the path through o2. Another one leads through o1, and gradients add at branches."),
        (right["w4"] / (h2 * (1 - h2)), "The derivative of the sigmoid of h2 is missing: h2·(1 - h2)."),
        (right["w2"], "That is the δ of h2, or ∂E/∂w2. w4 is multiplied by the other input."),
        (right["w3"], "That is ∂E/∂w3, which leads to h1. w4 leads to h2."),
        ((delta_1 * START[4] + delta_2 * START[5]) * through_h2, "w5 and w6 lead away from h1, and not from h2."),
        ((delta_1 + delta_2) * through_h2, "Each path crosses a weight, w7 or w8, before the two are added."),
        (gradient_of((0.1, 0.2), (0.5, 0.5))["w4"], "That is ∂E/∂w4 at the inputs and targets of before."),
    ]) or "Compute δ of both outputs, then the sum that comes back to h2 through w7 and w8, then two more factors."


def _known(found: float, mistakes: Sequence[tuple[float, str]]) -> str | None:
    """The sentence about the mistake that leads to a number."""
    return next((sentence for wrong, sentence in mistakes if close(found, wrong, BY_CALCULATOR)), None)


def a_hidden_unit_with_tanh(answer: object) -> str | None:
    """Both derivatives of the tutorial's network, with tanh in its hidden units."""
    slopes = function(answer, "slopes(w11, w21)")
    for point in (0.1, 0.3), (-1.2, 0.7), (2.0, -0.5):
        found = numbers(result(slopes, *point), 2, "from slopes two numbers, by w11 and by w21,")
        by_w11, by_w21 = _with_tanh(*point)
        if all_close(found, (by_w11, by_w21), 1e-6):
            continue
        at = f"At w11 = {point[0]:g}, w21 = {point[1]:g}"
        if all_close(found, (by_w21, by_w11), 1e-6):
            return f"{at} both numbers are right, in the other order: first by w11, then by w21."
        if all_close(found, (-by_w11, -by_w21), 1e-6):
            return f"{at} both numbers have the other sign: the derivative of ½(y - o1)² is o1 - y."
        if all_close(found, (2 * by_w11, 2 * by_w21), 1e-6):
            return f"{at} both numbers are twice as large as they should be: the error is *half* the squared distance."
        if not close(found[1], by_w21, 1e-6):
            return f"{at} the derivative by w21 is {by_w21:.6g}, not {found[1]:.6g}: is h1 a tanh, o1 a sigmoid?"
        return f"{at} the derivative by w21 is right, the one by w11 is not. {_missing(found[0], by_w11, *point)}"
    return None


def _with_tanh(w11: float, w21: float) -> Slopes:
    h1 = tanh(0.5 * w11)
    o1 = 1 / (1 + exp(-(h1 * w21 + tanh(0.5 * 0.2) * 0.4)))
    common = (o1 - 0.3) * o1 * (1 - o1)
    return common * w21 * (1 - h1 * h1) * 0.5, common * h1


def _missing(found: float, right: float, w11: float, w21: float) -> str:
    """What is wrong with the derivative by w11."""
    h1 = tanh(0.5 * w11)
    derivative = 1 - h1 * h1
    if close(found * w21, right, 1e-6):
        return "The path crosses w21: that factor is missing."
    if close(found * derivative, right, 1e-6):
        return "The derivative of the hidden unit is missing."
    if close(found * w21 * derivative, right, 1e-6):
        return "It lacks what the tutorial's lacked: w21, and the derivative of the hidden unit."
    if close(found * derivative, right * h1 * (1 - h1), 1e-6):
        return "h1·(1 - h1) is the derivative of a sigmoid. That of tanh is another function of h1."
    if close(found * 0.5, right, 1e-6):
        return "The last factor is missing, the input x1 that w11 is multiplied by."
    return "Five factors: o1 - y, o1·(1 - o1), w21, 1 - h1², x1."


def one_layer_more(answer: object) -> str | None:
    """Paths, and factors of each, in a network with two hidden layers."""
    paths, factors = numbers(answer, 2, "two numbers in a list, of paths and of factors,")
    if (paths, factors) == (2, 7):
        return None
    if (paths, factors) == (7, 2):
        return "First the number of paths, then the number of factors."
    if paths == 1:
        return "The first hidden unit is looked at by both units of the new layer. How many ways lead on from it?"
    if paths == 4:
        return "4 paths lead from an input to the output. A *weight* leads to one unit of the first hidden layer only."
    if paths != 2:
        return "Draw the network, and follow all ways from one weight of the first layer to the output."
    if factors == 5:
        return "The paths are right. Five factors are those without the new layer; crossing it takes more."
    if factors == 6:
        return "The paths are right. A path crosses the layer by a weight, and by the derivative of a sigmoid as well."
    if factors == 14:
        return "The paths are right. 14 are the factors of both together; how many has each?"
    return "The paths are right. Write one of them down as explain does: C → o → z → …, a factor for each arrow."


def shapes(answer: object) -> str | None:
    """The shapes of W², W³ and δ² in a 784-30-10 network."""
    found = tuple(numbers(answer, 5))
    first, second, delta = found[:2], found[2:4], found[4]
    if found == (30, 784, 10, 30, 30):
        return None
    if first == (784, 30) or second == (30, 10):
        return "A matrix has a row for each unit that its weights lead to, and a column for each that they come from."
    if first == (10, 30):
        return "W² belongs to layer 2: it takes the 784 inputs to the 30 hidden units."
    if first != (30, 784) or second != (10, 30):
        return "W a is the list of net inputs. How many numbers go into each product, and how many come out?"
    if delta == 10:
        return "10 components has δ³, of the outputs. BP2 makes δ² from it, for the layer before."
    if delta == 784:
        return "784 is the number of inputs, layer 1, and δ is of no use there: an input has no weights into it."
    return "The matrices are right. δ² has a component for each unit of layer 2."


def the_second_equation(answer: object) -> str | None:
    """BP2 over lists: the δ of a layer from those of the next one."""
    back = function(answer, "back(delta, weights, h)")
    square = [0.5, -0.2], [[1.0, 2.0], [3.0, -4.0]], [0.6, 0.3]
    narrow = [0.4], [[1.0, -2.0, 0.5]], [0.1, 0.7, 0.9]
    wide = [0.4, -0.3, 0.2], [[1.0, -2.0], [0.5, 3.0], [-1.5, 2.5]], [0.2, 0.8]
    for delta, weights, h in square, narrow, wide:
        returned = result(back, *deepcopy((delta, weights, h)))
        found = numbers(returned, len(h), f"with {len(h)} units before, {len(h)} numbers")
        sums = [sum(d * row[k] for d, row in zip(delta, weights, strict=True)) for k in range(len(h))]
        if all_close(found, [x * out * (1 - out) for x, out in zip(sums, h, strict=True)], 1e-6):
            continue
        return f"For delta = {delta}, weights = {weights} and h = {h}: " + _slip(found, delta, weights, h, sums)
    return None


def _slip(
    found: Sequence[float], delta: Sequence[float], weights: Sequence[Sequence[float]], h: Sequence[float],
    sums: Sequence[float],
) -> str:
    def is_found(of_unit: Callable[[int], float]) -> bool:
        return all_close(found, [of_unit(k) for k in range(len(h))], 1e-6)

    def along_a_row(k: int) -> float:
        return sum(w * d for w, d in zip(weights[k], delta, strict=True))

    if len(delta) == len(h) and is_found(lambda k: along_a_row(k) * h[k] * (1 - h[k])):
        return "you add up along a row. What leads away from a unit stands in a column: the matrix is to be transposed."
    if is_found(lambda k: sums[k]):
        return "the sums are right. Then each goes through the sigmoid of its unit: h·(1 - h) is missing."
    if is_found(lambda k: sums[k] * (1 - h[k] * h[k])):
        return "1 - h² is the derivative of tanh. These units are sigmoids."
    if is_found(lambda k: sums[k] * h[k]):
        return "the derivative of a sigmoid has two factors, h and 1 - h."
    if is_found(lambda k: sum(row[k] for row in weights) * h[k] * (1 - h[k])):
        return "you add up the weights. Each is to be multiplied by the δ of the unit that it leads to."
    return f"the first number is (the sum of delta[j] * weights[j][0]) * h[0] * (1 - h[0]), not {found[0]:.6g}."


JUDGES = (an_output_weight, a_hidden_weight, a_hidden_unit_with_tanh, one_layer_more, shapes, the_second_equation)
