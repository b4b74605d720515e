"""Graphs to film, and the contents of their films."""
import math
import random

from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, nn


def network(seed=1, shape=(2, [3, 2, 1])):
    random.seed(seed)
    return nn.MLP(*shape, activation="tanh")


def sample_loss(model):
    loss = (model([Value(0.5, "x1"), Value(-0.3, "x2")]) - 1.0) ** 2
    loss.label = "L"
    return loss


OPERATIONS = [
    lambda p, q, r: p + q, lambda p, q, r: p * q, lambda p, q, r: p - 2.0 * q, lambda p, q, r: p.tanh(),
    lambda p, q, r: p.maximum(q), lambda p, q, r: at.sum([p, q, r, p]),
    lambda p, q, r: at.dot([p, 3.0], [q, r]),
    lambda p, q, r: at.where(p, q, r), lambda p, q, r: p * p, lambda p, q, r: -q,
]


programs = st.lists(
    st.tuples(*[st.integers(0, 99)] * 4, st.booleans()), min_size=1, max_size=25
)


def built(program):
    """The last of the results of a random program; some leaves are frozen, some results have a scope."""
    values = [Value(x, f"p{i}", requires_grad=i != 2) for i, x in enumerate((0.7, -1.3, 0.4, 2.1))]
    for which, i, j, k, is_scoped in program:
        operands = [values[-1 - n % min(len(values), 7)] for n in (i, j, k)]
        with at.scope("part") if is_scoped else at.scope("other"):
            values.append(OPERATIONS[which % len(OPERATIONS)](*operands))
    return values[-1]


def sentences(player):
    return [step.says for step in player.film.steps]


def last_shown(player):
    """The number in each slot at the end."""
    return {slot: number for step in player.film.steps for slot, text, number in step.shows}


def last_texts(player):
    """The text in each slot at the end."""
    return {slot: text for step in player.film.steps for slot, text, number in step.shows}


def same(x, y):
    return x == y or (math.isnan(x) and math.isnan(y))
