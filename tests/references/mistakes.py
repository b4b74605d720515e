"""Random functions with one mistake planted in each, and how many of the mistakes check_gradients finds.

    python tests/references/mistakes.py 2000

A mistake changes an intermediate result, or one use of it, so that the value stays and the derivative does not. A jump
or a kink, at the point itself, changes the values beside it.
"""
from __future__ import annotations

import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from references.smooth_functions import Plant, Planted, Sample, in_the_clear, right, smooth, value_and_derivatives

import autograd_tiny as at
from autograd_tiny import Value, check_gradients, operation

MISTAKES = ("factor", "sign", "path", "detached", "jump", "kink")


class Mistake(Plant):
    """Changes result number i, or use number i."""

    def __init__(self, i: int, change: Callable[[Any], Any], in_uses: bool = False) -> None:
        super().__init__()
        self.i, self.change, self.in_uses = i, change, in_uses

    def result(self, y: Any) -> Any:
        mine = not self.in_uses and self.results == self.i
        return self.change(super().result(y)) if mine else super().result(y)

    def use(self, x: Any) -> Any:
        mine = self.in_uses and self.uses == self.i
        return self.change(super().use(x)) if mine else super().use(x)


def mistaken(seed: int, kind: str) -> Sample | None:
    """The function of this seed with a mistake; None if no place was found where it is large enough."""
    family, run, point = right(seed)
    rng = random.Random(f"{seed} {kind}")
    counter = Plant()
    run(counter, [*map(Value, point)])
    if family == "converged":           # at the minimum any multiple of the derivatives is right
        point = tuple(x + 0.5 for x in point)
    in_uses = kind == "path"
    places = range(counter.uses if in_uses else counter.results)
    for i in rng.choices(places, k=20) if places else ():
        change, on_one_side = change_of(kind, rng, number_at(run, i, point))
        f = changed(run, i, change, in_uses)
        matters = is_large("sign", in_the_clear(run), changed(run, i, scaled_by(2.0), in_uses), point)
        if matters and is_large(kind, in_the_clear(run), changed(run, i, on_one_side, in_uses), point, f):
            return Sample(f"{kind} in {family}", f, point)
    return None


def changed(run: Planted, i: int, change: Callable[[Any], Any], in_uses: bool = False) -> Callable[..., Any]:
    return lambda *variables: run(Mistake(i, change, in_uses), variables)


def number_at(run: Planted, i: int, point: Sequence[float]) -> float:
    """Result number i at the point."""
    seen: list[float] = []

    def noted(y: Any) -> Any:
        seen.append(number(y))
        return y

    run(Mistake(i, noted), [*map(Value, point)])
    return seen[0] if seen else math.nan


Change = Callable[[Any], Any]


def change_of(kind: str, rng: random.Random, place: float) -> tuple[Change, Change]:
    """What is done to a result that is `place` at the point, and the same for one side of the point only."""
    size = rng.choice((-1, 1)) * 10.0 ** rng.uniform(-6 if kind == "factor" else -3, 0)
    jump = size * (abs(place) or 1.0)
    changes: list[Change] = {
        "factor": [scaled_by(1 + size), lambda y: y + size * (y - number(y))],
        "sign": [scaled_by(-1.0), lambda y: 2.0 * number(y) - y],
        "path": [number],
        "detached": [number, without_recording],
        "jump": [
            lambda y: y + jump * at.sign(y - place), lambda y: at.where(at.greater(y, place), y + jump, y),
            lambda y: y + jump if number(y) < place else y, lambda y: y + jump if number(y) == place else y,
        ],
        "kink": [
            lambda y: y + size * abs(y - place), lambda y: y + size * at.relu(y - place),
            lambda y: y + size * (y - place) if number(y) < place else y,
        ],
    }[kind]
    change = rng.choice(changes)
    return change, {"jump": lambda y: y + jump, "kink": scaled_by(1 + size)}.get(kind, change)


def scaled_by(factor: float) -> Change:
    """An operation that changes nothing, whose derivative is this instead of 1."""

    @operation(lambda x, f: factor)
    def passed_on(x: float) -> float:
        return x

    return passed_on


def without_recording(y: Any) -> Any:
    with at.no_grad():
        return 1.0 * y


def is_large(
    kind: str, right: Callable[..., Any], wrong: Callable[..., Any], point: Sequence[float],
    planted: Callable[..., Any] | None = None,
) -> bool:
    """Whether a derivative is off by a millionth (for a factor) or a thousandth, or the function jumps by as much.

    planted: A function with a jump or a kink at the point; right and wrong are then those of its sides.
    """
    value, *derivatives = value_and_derivatives(right, point)
    wrong_value, *wrong_derivatives = value_and_derivatives(wrong, point)
    if kind == "jump":
        jump = abs(wrong_value - value)
        here = number(planted(*map(Value, point))) if planted else value
        return jump >= 1e-3 * abs(value) > 0 and is_there(lambda *xs: here, planted, point, 1e-12, lambda j, step: jump)
    least = 1e-6 if kind == "factor" else 1e-3
    off = []
    for x, a, b, size in zip(
        point, wrong_derivatives, derivatives, sizes_of_derivatives(right, point), strict=True
    ):
        is_wrong = abs(a - b) >= max(least * abs(b), 1e-12 * size) and b
        shows = abs(a - b) * max(abs(x), 1.0) > 2.0**-52 * abs(value)      # in the last digit of the value
        off.append(abs(a - b) if is_wrong and shows else math.inf)
    if min(off) == math.inf:
        return False
    return kind != "kink" or is_there(right, planted, point, 1e-6, lambda j, step: off[j] * step)


def is_there(
    without: Callable[..., Any], planted: Any, point: Sequence[float], step: float,
    size: Callable[[int, float], float],
) -> bool:
    """Whether a jump or kink shows at a step from the point, for one of the variables: in half of its size or more.

    Rounding may put it elsewhere, and at an extremum there is only one side.
    """
    for j, x in enumerate(point):
        width = step * (max(abs(x), 1.0) if abs(x) > 1e-12 else abs(x) or 1.0)
        for each in (x - width, x + width):
            beside = [Value(each if k == j else y) for k, y in enumerate(point)]
            if abs(number(planted(*beside)) - number(without(*beside))) >= 0.5 * size(j, width):
                return True
    return False


def sizes_of_derivatives(f: Callable[..., Any], point: Sequence[float]) -> list[float]:
    """The derivatives if all local derivatives were positive: the right ones are exact to 1e-12 of these."""
    variables = [*map(Value, point)]
    y = f(*variables)
    sums = {id(y): 1.0}
    for node in reversed(at.topological_order(y)):
        for x, local in zip(node.operands, node.local_grads, strict=True):
            if type(x) is Value:
                sums[id(x)] = sums.get(id(x), 0.0) + sums[id(node)] * abs(local)
    return [sums.get(id(x), 0.0) for x in variables]


def number(x: Any) -> float:
    """The plain number in a Value, a dual number or a float."""
    return float(getattr(x, "data", x))


# ---- the tally

def tally(kind: str, seeds: Iterable[int]) -> Counter[str]:
    """What check_gradients says of right functions ("right"), or of those with one kind of mistake."""
    counts: Counter[str] = Counter()
    for seed in seeds:
        sample = smooth(seed) if kind == "right" else mistaken(seed, kind)
        counts["no place for it" if sample is None else outcome(kind, sample)] += 1
    return counts


def outcome(kind: str, sample: Sample) -> str:
    """In a word: "agree", "undecided" or "false alarm" for a right function, "found", "undecided" or "missed"."""
    result = check_gradients(sample.function, *sample.point)
    verdicts = {row.verdict.partition(":")[0] for row in result.rows}
    if kind == "right":
        is_alarmed = not result or verdicts - {"agree", "undecided"}
        return "false alarm" if is_alarmed else "undecided" if "undecided" in verdicts else "agree"
    is_seen = not result or (kind == "kink" and "kink" in verdicts)
    return "found" if is_seen else "undecided" if "undecided" in verdicts else "missed"


def main() -> None:
    from tqdm import tqdm

    count = int(sys.argv[1])
    start = time.perf_counter()
    for kind in ("right", *MISTAKES):
        counts = tally(kind, tqdm(range(count), desc=kind, leave=False))
        print(f"{kind:10}", ", ".join(f"{name} {number:,}" for name, number in counts.most_common()), flush=True)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
