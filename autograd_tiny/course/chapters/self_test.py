"""Judges of the self-test: twelve questions about the whole course."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, tanh

from ... import nn, optim
from ...engine.value import Value
from ..answers import all_close, choice, close, differs_at, function, number, numbers, result, texts
from ..engine_check.check import check_engine


def two_paths(answer: object) -> str | None:
    """The gradient of xy + x² at (3, -2)."""
    x, y = numbers(answer, 2)
    if all_close([x, y], [4, 3]):
        return None
    if all_close([x, y], [3, 4]):
        return "These are the right numbers in the wrong order."
    if close(x, -2) or close(x, 6):
        return "That is what one of the two paths from x gives. Gradients add at branches."
    if close(x, -12):
        return "Along a path the factors are multiplied; the two paths from x are added."
    if close(x, 1):
        return "The derivative of x² is 2x."
    if close(x, 4):
        return "∂f/∂x is right. y has one path, through the product."
    return "Follow each path from x, then the one from y."


def counting_passes(answer: object) -> str | None:
    """Five inputs, two outputs: 5 passes forward, 2 in reverse."""
    forward, reverse = numbers(answer, 2)
    if (forward, reverse) == (5, 2):
        return None
    if (forward, reverse) == (2, 5):
        return "The other way round: which of the two follows one input to all outputs?"
    if 10 in (forward, reverse):
        return "One pass finds several of the ten derivatives at once."
    if reverse == 1:
        return "A backward pass begins at one output, and there are two."
    if forward == 1:
        return "A forward pass follows one input, and there are five."
    return "One of the numbers is that of the inputs, the other that of the outputs."


def whose_turn(answer: object) -> str | None:
    """The one order in which e, d, c, b, a may pass on their gradients."""
    order = texts(answer, "the five letters, from e on,")
    if sorted(order) != sorted("abcde"):
        return "Each of the five letters a, b, c, d, e stands in the list once."
    if order == ["a", "b", "c", "d", "e"]:
        return "That is the order of the forward pass."
    if order[0] != "e":
        return "The pass begins at e."
    users = {"a": "bc", "b": "cd", "c": "de", "d": "e"}
    for at, name in enumerate(order):
        late = [user for user in users.get(name, "") if user not in order[:at]]
        if late:
            return f"When it is {name}'s turn, {late[0]} has not yet contributed to its gradient: a part would be lost."
    return None


def tanh_from_its_own_value(answer: object) -> str | None:
    """1 - t²."""
    slope = function(answer, "slope(t)")
    points = [(0.0,), (0.5,), (-0.9,)]
    found = differs_at(slope, lambda t: 1 - t * t, points)
    if found is None:
        return None
    (t,), given, right = found
    at = f"For t = {t:g} it gives {given:.4g}, and {right:.4g} is right."

    def is_everywhere(rule: Callable[[float], float]) -> bool:
        return differs_at(slope, rule, points) is None

    if is_everywhere(lambda t: 1 - tanh(t) ** 2):
        return f"{at} It takes the tanh of t, but t is that of x already."
    if is_everywhere(lambda t: t * (1 - t)):
        return f"{at} t(1 - t) is the rule for the sigmoid."
    if is_everywhere(lambda t: 1 - t) or is_everywhere(lambda t: 1 + t):
        return f"{at} The slope is the same at t and at -t: there is a square in it."
    return f"{at} At t = 0 the slope is 1, and it goes to 0 as t goes to 1 or to -1."


def first_layer(answer: object) -> str | None:
    """∂E/∂w1 = 0.5 · 3 · 0.25 · 2."""
    found = number(answer)
    if close(found, 0.75):
        return None
    wrong = {
        1.5: "One factor is wrong: they are o - 1, w2, h(1 - h) and x.",
        3.0: "The sigmoid's factor h(1 - h) is missing.",
        0.375: "The last factor is missing: the number that w1 is multiplied by.",
        0.25: "The path leads through w2: its factor is missing.",
        -0.75: "The error's derivative is o - 1, not 1 - o.",
    }
    for number_given, hint in wrong.items():
        if close(found, number_given):
            return hint
    return "Compute h and o first, then one factor for each step from E back to w1."


def with_matrices(answer: object) -> str | None:
    """Nielsen's second equation."""
    return {
        "a": "w times δ would sum over k, the units of the layer before. Unit k needs the sum over j.",
        "b": None,
        "c": "The last factor belongs to the unit whose δ is computed: a unit of layer l.",
        "d": "Factors along a path are multiplied, not added.",
    }[choice(answer, "abcd")]


def updates(answer: object) -> str | None:
    """1, 32 and 1000 updates."""
    found = numbers(answer, 3)
    if found == [1, 32, 1000]:
        return None
    if found == [1000, 32, 1]:
        return "The other way round: all examples at once make one update."
    if found[0] == 1 and found[2] == 1000 and close(found[1], 31.25, 0.02):
        return "1000 / 32 is 31.25, and the examples that are left over make a batch too."
    if found[0] == 1000:
        return "The gradient of all examples is used for a single update."
    if found[2] == 1:
        return "With single examples there is an update after each of them."
    return "Count the batches of an epoch: an update comes after each of them."


LOGITS = [([0.5, -1.0, 2.0], 0), ([0.5, -1.0, 2.0], 2), ([3.0, 1.0], 1), ([1000.0, 0.0, 999.0], 2)]


def softmax_and_cross_entropy(answer: object) -> str | None:
    """p - y, judged by the engine's gradient of the loss."""
    gradient = function(answer, "gradient(z, c)")
    for z, c in LOGITS:
        logits = [Value(each) for each in z]
        nn.losses.cross_entropy(logits, c).backward()
        right = [each.grad for each in logits]
        given = numbers(result(gradient, list(z), c), len(z), f"from gradient({z}, {c}) {len(z)} numbers in a list")
        if not all_close(given, right, 1e-6, 1e-12):
            return _softmax_fault(z, c, given, right)
    return None


def _softmax_fault(z: list[float], c: int, given: list[float], right: list[float]) -> str:
    at = f"At z = {z} and c = {c} it gives {_list(given)}, and {_list(right)} is right."
    probabilities = [p + (i == c) for i, p in enumerate(right)]
    if all_close(given, probabilities, 1e-6):
        return f"{at} These are the probabilities. Which summand of the loss depends on the right class alone?"
    if all_close(given, [exp(min(each, 700.0)) - (i == c) for i, each in enumerate(z)], 1e-6):
        return f"{at} The powers are to be divided by their sum: probabilities sum to 1."
    if all_close(given, [-each for each in right], 1e-6):
        return f"{at} The sign: the probability of a wrong class should get smaller."
    if all_close(given, [p * (1 - p) for p in probabilities], 1e-6):
        return f"{at} p(1 - p) is the derivative of one probability by its own logit; the loss is the logarithm of one."
    return f"{at} Begin with L = -z_c + ln Σ exp(z_j)."


def _list(values: Sequence[float]) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in values) + "]"


GRADIENTS = (0.5, -2.0, 1.0, 0.25)


def momentum(answer: object) -> str | None:
    """Steps of SGD with momentum, judged by this package's optimiser."""
    step = function(answer, "step(x, v, g, lr, beta)")
    weight = Value(1.0)
    optimizer = optim.SGD([weight], lr=0.1, momentum=0.9)
    x, v = 1.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        weight.grad = g
        optimizer.step()
        old_v = v
        given_x, v = numbers(result(step, x, v, g, 0.1, 0.9), 2, "from step two numbers, x and v,")
        if not close(given_x, weight.data, 1e-9):
            return _momentum_fault(t, x, old_v, g, given_x, v, weight.data)
        x = given_x
    return None


def _momentum_fault(t: int, x: float, v: float, g: float, given: float, given_v: float, right: float) -> str:
    at = f"In step {t} the weight becomes {given:.6g}, and {right:.6g} is right."
    if close(given_v, right, 1e-9):
        return f"{at} The weight comes first, then the velocity."
    if given_v and close(given, x + 0.1 * given_v, 1e-9):
        return f"{at} The weight moves against the velocity: it is subtracted."
    if close(given_v, 0.9 * v + 0.1 * g, 1e-9):
        return f"{at} The velocity is a sum, not an average: g enters it whole."
    if close(given, x - 0.1 * g, 1e-9):
        return f"{at} That is the step without momentum: move by the velocity."
    if close(given, x - 0.1 * v, 1e-9):
        return f"{at} Move by the new velocity, with the newest gradient in it."
    return f"{at} First v from the old v and g, then x from v."


def adam(answer: object) -> str | None:
    """Steps of Adam, judged by this package's optimiser."""
    step = function(answer, "step(x, m, v, g, t)")
    weight = Value(1.0)
    optimizer = optim.Adam([weight], lr=0.001)
    x = m = v = 0.0
    x = 1.0
    for t, g in enumerate(GRADIENTS, 1):
        weight.grad = g
        optimizer.step()
        before = x, m, v
        x, m, v = numbers(result(step, x, m, v, g, t), 3, "from step three numbers, x, m and v,")
        if not close(x, weight.data, 1e-9):
            return _adam_fault(t, before, g, (x, m, v), weight.data)
    return None


def _adam_fault(
    t: int, before: tuple[float, float, float], g: float, given: tuple[float, float, float], right: float,
) -> str:
    (x, old_m, old_v), (new_x, m, v) = before, given
    at = f"In step {t} the weight becomes {new_x:.8g}, and {right:.8g} is right."
    right_m, right_v = 0.9 * old_m + 0.1 * g, 0.999 * old_v + 0.001 * g * g
    m_hat, v_hat = right_m / (1 - 0.9**t), right_v / (1 - 0.999**t)
    if close(new_x, x - 0.001 * right_m / (right_v**0.5 + 1e-8), 1e-9):
        return f"{at} The bias correction is missing: both averages began at 0."
    if close(new_x, x + 0.001 * m_hat / (v_hat**0.5 + 1e-8), 1e-9):
        return f"{at} The weight moves against the gradient: the step is subtracted."
    if close(new_x, x - 0.001 * m_hat / (v_hat + 1e-8), 1e-9):
        return f"{at} The root is missing below the fraction line."
    if close(m, m_hat, 1e-9) or close(v, v_hat, 1e-9):
        return f"{at} Return the averages as they are, without the bias correction: m of g, v of its square."
    if not close(m, right_m, 1e-9) or not close(v, right_v, 1e-9):
        wrong = "m, the average of g" if not close(m, right_m, 1e-9) else "v, the average of g²"
        return f"{at} Look at {wrong}: which share of the old one is kept?"
    return f"{at} Both averages first, then their bias correction by t, then the step."


def through_sigmoids(answer: object) -> str | None:
    """A quarter to the power of eight."""
    found = number(answer)
    if close(found, 0.25**8):
        return None
    if close(found, 0.25**8, 0.05):
        return "Nearly, it is rounded too much: give three digits, or the power."
    if close(found, 0.5**8):
        return "The sigmoid's value is at most 1, and its slope is less than one half."
    if close(found, 2.0) or close(found, 1 / 32):
        return "Factors along a path are multiplied, not added."
    if close(found, 0.25):
        return "That is the factor of one unit."
    if close(found, 1.0):
        return "The value of a sigmoid goes up to 1. What is the largest slope that it has?"
    return "What is the largest factor of one sigmoid? Eight of them stand along the path."


def from_memory(answer: object) -> str | None:
    """A class with +, * and backward that check_engine accepts."""
    report = check_engine(answer)
    if not report:
        return str(report)
    missing = [sign for sign, name in (("+", "__add__"), ("*", "__mul__")) if not hasattr(answer, name)]
    return f"It is right as far as it goes, but {' and '.join(missing)} is missing." if missing else None


JUDGES = (
    two_paths, counting_passes, whose_turn, tanh_from_its_own_value, first_layer, with_matrices, updates,
    softmax_and_cross_entropy, momentum, adam, through_sigmoids, from_memory,
)
