"""The loss of a small GPT over a batch of names, and its gradient: on a tape, in plain Python and by PyTorch.

One block, lists of 16 numbers, 4 heads, 27 letters, room for ten of them. The tape and plain Python run the same code,
which is for one name and uses operators only; PyTorch's is vectorised over the batch.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from .calls import answers
from .plain_value import Value as PlainValue
from .timing import Answers

LETTERS, ROOM, SIZE, HEADS = 27, 10, 16, 4
SHAPES = {
    "letter": (LETTERS, SIZE), "place": (ROOM, SIZE), "query": (SIZE, SIZE), "key": (SIZE, SIZE), "value": (SIZE, SIZE),
    "out": (SIZE, SIZE), "hidden": (4 * SIZE, SIZE), "back": (SIZE, 4 * SIZE), "scores": (LETTERS, SIZE),
}
Matrix = Sequence[Sequence[Any]]


def gpt(engine: str, batch: str, dtype: str = "float64") -> Answers:
    """Value and gradient of the mean loss of a batch."""
    weights, names = initial_weights(), made_up_names(int(batch))
    if engine == "plain":
        return gpt_in_plain_python(weights, names)
    if engine == "torch":
        return gpt_of_torch(weights, names, dtype)
    return gpt_on_tape(weights, names, dtype)


def initial_weights() -> dict[str, Any]:
    rng = np.random.default_rng(1337)
    return {name: rng.normal(0.0, 0.2, shape) for name, shape in SHAPES.items()}


def made_up_names(count: int) -> Any:
    """Rows of ten letters, their ten answers, and the share of the loss that each answer has: 0 behind the end."""
    rng = np.random.default_rng(7)
    rows = np.zeros((count, 3, ROOM))
    for row in rows:
        length = rng.integers(3, ROOM)
        letters = [0, *rng.integers(1, LETTERS, length), 0]
        row[0, : length + 1], row[1, : length + 1], row[2, : length + 1] = letters[:-1], letters[1:], 1 / (length + 1)
    return rows.reshape(count, -1)


# ---- one name, with operators only

def loss_of_name(w: dict[str, Matrix], row: Sequence[Any], look_up: Callable[[Sequence[Any], Any], Any]) -> Any:
    letters, answers, shares = row[:ROOM], row[ROOM : 2 * ROOM], row[2 * ROOM :]
    x = [added(look_up(w["letter"], letter), w["place"][t]) for t, letter in enumerate(letters)]
    x = [added(*both) for both in zip(x, attention(w, [normed(each) for each in x]), strict=True)]
    hidden = [[each.relu() for each in linear(w["hidden"], normed(each))] for each in x]
    x = [added(each, linear(w["back"], inner)) for each, inner in zip(x, hidden, strict=True)]
    scores = [linear(w["scores"], normed(each)) for each in x]
    terms = zip(shares, scores, answers, strict=True)
    return sum(share * (sum(each.exp() for each in z).log() - look_up(z, answer)) for share, z, answer in terms)


def attention(w: dict[str, Matrix], x: Matrix) -> list[list[Any]]:
    queries, keys, values = ([in_heads(linear(w[name], each)) for each in x] for name in ("query", "key", "value"))
    found = []
    for t, query in enumerate(queries):
        mixed = []
        for h, q in enumerate(query):
            powers = [(dot(q, keys[s][h]) * len(q) ** -0.5).exp() for s in range(t + 1)]
            total = sum(powers)
            shares = [power / total for power in powers]
            mixed += [dot(shares, [values[s][h][k] for s in range(t + 1)]) for k in range(len(q))]
        found.append(linear(w["out"], mixed))
    return found


def in_heads(x: Sequence[Any]) -> list[Sequence[Any]]:
    width = SIZE // HEADS
    return [x[k : k + width] for k in range(0, SIZE, width)]


def normed(x: Sequence[Any]) -> list[Any]:
    scale = (dot(x, x) * (1 / len(x)) + 1e-5) ** -0.5
    return [each * scale for each in x]


def linear(matrix: Matrix, x: Sequence[Any]) -> list[Any]:
    return [dot(row, x) for row in matrix]


def dot(x: Sequence[Any], y: Sequence[Any]) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


def added(x: Sequence[Any], y: Sequence[Any]) -> list[Any]:
    return [a + b for a, b in zip(x, y, strict=True)]


# ---- the engines

def gpt_in_plain_python(weights: dict[str, Any], names: Any) -> Answers:
    sys.setrecursionlimit(10**6)        # backward calls itself once for each node along the longest path
    w = {name: [[PlainValue(x) for x in row] for row in matrix.tolist()] for name, matrix in weights.items()}
    parameters = [x for matrix in w.values() for row in matrix for x in row]

    def work() -> tuple[float, list[float]]:
        for x in parameters:
            x.grad = 0.0
        losses = [loss_of_name(w, row, lambda table, k: table[int(k)]) for row in names.tolist()]
        loss = sum(losses) * (1 / len(losses))
        loss.backward()
        return loss.data, [x.grad for x in parameters]

    return answers(work, lambda found: found)


def gpt_on_tape(weights: dict[str, Any], names: Any, dtype: str) -> Answers:
    ours = import_module("autograd_tiny")
    w = {name: [[ours.Value(x) for x in row] for row in matrix.tolist()] for name, matrix in weights.items()}
    parameters = [x for matrix in w.values() for row in matrix for x in row]
    tape = ours.record(
        lambda row: loss_of_name(w, row, ours.take), names[0].tolist(), parameters=parameters, dtype=dtype
    )
    names = names.astype(dtype)
    numbers = np.hstack([matrix.ravel() for matrix in weights.values()]).astype(dtype)
    return answers(
        lambda: tape.value_and_grad(names, at=numbers), lambda found: found, lambda: tape(names), instructions=len(tape)
    )


def gpt_of_torch(weights: dict[str, Any], names: Any, dtype: str) -> Answers:
    torch = import_module("torch")
    torch.set_num_threads(1)
    numbers, functional = getattr(torch, dtype), torch.nn.functional
    w = {name: torch.tensor(matrix, dtype=numbers, requires_grad=True) for name, matrix in weights.items()}
    letters, answered = (torch.tensor(names[:, k * ROOM : (k + 1) * ROOM], dtype=torch.int64) for k in (0, 1))
    shares = torch.tensor(names[:, 2 * ROOM :], dtype=numbers)
    ahead = torch.ones(ROOM, ROOM, dtype=torch.bool).triu(1)

    def rms_norm(x: Any) -> Any:
        return x * ((x * x).mean(-1, keepdim=True) + 1e-5).rsqrt()

    def heads(x: Any) -> Any:
        return x.view(len(x), ROOM, HEADS, SIZE // HEADS).transpose(1, 2)

    def work() -> tuple[Any, list[Any]]:
        for matrix in w.values():
            matrix.grad = None
        x = w["letter"][letters] + w["place"]
        inside = rms_norm(x)
        q, k, v = (heads(inside @ w[name].T) for name in ("query", "key", "value"))
        fits = (q @ k.transpose(2, 3) * (SIZE // HEADS) ** -0.5).masked_fill(ahead, -torch.inf)
        mixed = (fits.softmax(-1) @ v).transpose(1, 2).reshape(len(x), ROOM, SIZE)
        x = x + mixed @ w["out"].T
        x = x + (rms_norm(x) @ w["hidden"].T).relu() @ w["back"].T
        scores = rms_norm(x) @ w["scores"].T
        each = functional.cross_entropy(scores.view(-1, LETTERS), answered.reshape(-1), reduction="none")
        loss = (each.view(len(x), ROOM) * shares).sum() / len(x)
        loss.backward()
        return loss.item(), [matrix.grad for matrix in w.values()]

    return answers(work, lambda found: (found[0], np.hstack([grad.numpy().ravel() for grad in found[1]])))
