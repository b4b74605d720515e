"""Random programs: lists of operations on earlier results, which the engine runs, and what their gradients are.
"""
from __future__ import annotations
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias
from hypothesis import settings, strategies as st
from references.operations import MP, REFERENCES, ROWS, found, perform
from autograd_tiny import Value, scope

examples = settings(max_examples=200, deadline=None, derandomize=True, database=None)
Step: TypeAlias = "tuple[str, tuple[int | float, ...]]"
"""An operation and its operands: an int is a place among leaves and results, a float is a constant."""


class Program(NamedTuple):
    leaves: tuple[float, ...]
    steps: tuple[Step, ...]


def run(program: Program, frozen: Sequence[int] = ()) -> list[Value]:
    """All Values of the program: the leaves, then the result of each step."""
    return on_leaves(program, [
        Value(x, f"x{i}", requires_grad=i not in frozen) for i, x in enumerate(program.leaves)
    ])


def on_leaves(program: Program, leaves: Sequence[Any]) -> list[Any]:
    """The same for leaves of any kind."""
    values = [*leaves]
    for i, (name, operands) in enumerate(program.steps):
        with scope(f"part{i // 8}"):
            values.append(perform(name, [values[x] if type(x) is int else x for x in operands]))
    return values


# Where an operation is smooth, and its derivative keeps its digits: near a zero of the derivative, or
# where it saturates, one rounding is more than the tolerance (test_ops.py looks there).
SUITABLE: dict[str, Callable[..., bool]] = {
    "div": lambda x, y: abs(y) > 0.1,
    "pow": lambda x, y: 0.1 < x < 10 and abs(y) < 3,
    "abs": lambda x: x != 0,
    "exp": lambda x: x < 5,
    "exp2": lambda x: x < 5,
    "expm1": lambda x: x < 5,
    "log": lambda x: x > 0.1,
    "log1p": lambda x: x > -0.9,
    "log2": lambda x: x > 0.1,
    "log10": lambda x: x > 0.1,
    "sqrt": lambda x: x > 0.01,
    "tan": lambda x: abs(x) < 1.4,
    "asin": lambda x: abs(x) < 0.95,
    "acos": lambda x: abs(x) < 0.95,
    "atan2": lambda y, x: y != 0 and abs(x) + abs(y) > 0.1,      # at y = 0 the angle jumps from π to -π
    "sinh": lambda x: abs(x) < 5,
    "cosh": lambda x: abs(x) < 5,
    "tanh": lambda x: abs(x) < 3,
    "acosh": lambda x: x > 1.05,
    "atanh": lambda x: abs(x) < 0.95,
    "hypot": lambda x, y: abs(x) + abs(y) > 0.1,
    "erf": lambda x: abs(x) < 3,
    "erfc": lambda x: abs(x) < 3,
    "sigmoid": lambda x: abs(x) < 4,
    "relu": lambda x: x != 0,
    "leaky_relu": lambda x, y: x != 0,
    "elu": lambda x, y: x != 0,
    "silu": lambda x: x > -1,
    "gelu": lambda x: x > -0.6,
    "sign": lambda x: x != 0,
    **dict.fromkeys(("floor", "ceil", "trunc"), lambda x: x % 1 != 0),
    "round": lambda x: (x + 0.5) % 1 != 0,
    **dict.fromkeys(("mod", "fmod", "floor_divide"), lambda x, y: abs(y) > 0.05 and (x / y) % 1 != 0),
    "erfinv": lambda x: abs(x) < 0.9,
    "lgamma": lambda x: x > 0.1,
    "digamma": lambda x: x > 0.1,
    "polygamma": lambda n, x: False,        # its order is no variable
    "norm_pdf": lambda x: abs(x) < 3,
    "norm_cdf": lambda x: abs(x) < 3,
    "xlogy": lambda x, y: y > 0.05,
    "maximum": lambda x, y: x != y,
    "minimum": lambda x, y: x != y,
    "greater": lambda x, y: x != y,
    "greater_equal": lambda x, y: x != y,
    "less": lambda x, y: x != y,
    "less_equal": lambda x, y: x != y,
    "equal": lambda x, y: x != y,
    "clip": lambda x, low, high: low < high and x not in (low, high),
    "max": lambda *xs: xs.count(max(xs)) == 1,
    "min": lambda *xs: xs.count(min(xs)) == 1,
}
SMOOTH = ("add", "sub", "mul", "neg", "sin", "cos", "tanh", "atan", "sigmoid", "dot", "sum", "mean")


def is_suitable(name: str, numbers: Sequence[float]) -> bool:
    """Whether finite differences are exact enough; the derivative e^-60 of logsumexp at 30 and -30 still is."""
    within = SUITABLE.get(name, lambda *xs: True)
    if not within(*numbers) or not abs(perform(name, numbers)) < 30:
        return False
    return all(abs(derivative) < 1e4 for derivative in found(name, numbers)[1:])


def step(rng: random.Random, names: Sequence[str], known: Sequence[float]) -> Step:
    """An operation that suits the numbers known so far, on some of them and on constants."""
    while True:
        name = rng.choice(names)
        count = rng.randint(1, 6) if ROWS[name].is_nary else len(ROWS[name].operands)
        operands = [rng.randrange(len(known)) if rng.random() < 0.8 else number(rng) for _ in range(count)]
        numbers = [known[x] if type(x) is int else x for x in operands]
        if any(type(x) is int for x in operands) and is_suitable(name, numbers):
            return name, tuple(operands)


def number(rng: random.Random) -> float:
    return round(rng.uniform(-3, 3), 2)


def random_program(seed: int, size: int, names: Sequence[str]) -> Program:
    """size steps on one to four leaves, and a sum of all results that no step has used."""
    rng = random.Random(seed)
    leaves = tuple(number(rng) for _ in range(rng.randint(1, 4)))
    known = list(leaves)
    steps = []
    for _ in range(size):
        name, operands = step(rng, names, known)
        steps.append((name, operands))
        known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
    used = {x for _, operands in steps for x in operands if type(x) is int}
    return Program(leaves, (*steps, ("sum", tuple(i for i in range(len(known)) if i not in used))))


def programs(names: Sequence[str] = tuple(ROWS), most: int = 60) -> st.SearchStrategy[Program]:
    """Programs of up to `most` steps. With a smaller size a seed gives the beginning of the same program."""
    return st.builds(random_program, st.integers(0, 2**32), st.integers(1, most), st.just(names))


TINY = MP.mpf(10) ** -25


def derivative(name: str, operands: Sequence[Any], i: int) -> Any:
    """The derivative with respect to operand i, at 50 digits."""
    def at(x: Any) -> Any:
        return REFERENCES[name].value(*operands[:i], x, *operands[i + 1 :])

    return (at(operands[i] + TINY) - at(operands[i] - TINY)) / (2 * TINY)


def forward(program: Program, data: Sequence[float], source: int) -> Any:
    """The derivative of the last result with respect to the Value at place source.

    Each derivative is taken at the numbers that the engine had there: how its rounding errors grow from one
    step to the next is a property of the program, not of its differentiation.
    """
    tangents = [MP.mpf(i == source) for i in range(len(program.leaves))]
    for name, operands in program.steps:
        numbers = [MP.mpf(data[x] if type(x) is int else x) for x in operands]
        tangent = MP.fsum(
            derivative(name, numbers, i) * tangents[x]
            for i, x in enumerate(operands) if type(x) is int and tangents[x]
        )
        tangents.append(MP.one if len(tangents) == source else tangent)
    return tangents[-1]


def magnitudes(program: Program, values: Sequence[Value]) -> list[float]:
    """For each Value what its gradient would be if all local derivatives were positive."""
    sums = [0.0] * (len(values) - 1) + [1.0]
    results = range(len(program.leaves), len(values))
    for place, (_, operands) in reversed(list(zip(results, program.steps, strict=True))):
        for x, local in zip(operands, values[place].local_grads, strict=True):
            if type(x) is int:
                sums[x] += sums[place] * abs(local)
    return sums
