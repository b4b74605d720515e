"""How far the engines, forward mode and the tape agree: the gradients of random programs, by each of them.

    python tests/references/agreement.py 100000

Half of the programs are well conditioned, half take any operation at any number, infinities and nan included. Where two
ways differ by more than the rounding errors allow, mpmath says which one is right.
"""
from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import mpmath
from references.operations import REFERENCES, ROWS, perform, same
from references.programs.random_graphs import Program, random_program, run
from references.programs.random_tapes import SPECIAL, Judge, wild_program, without_repetitions

from autograd_tiny import Dual, Value, gradients, record, topological_order

ROUNDED_OTHERWISE = {"hypot", "atan2", "asinh", "lgamma"}       # by the C library and by Python


def program_of(seed: int) -> Program:
    """Even seeds: a well-conditioned program. Odd ones: anything, sometimes at special numbers."""
    rng = random.Random(seed)
    if seed % 2 == 0:
        return without_repetitions(random_program(seed, rng.randint(1, 40), tuple(ROWS)))
    wild = without_repetitions(wild_program(seed, rng.randint(1, 10)))
    return Program(tuple(rng.choice((x, rng.choice(SPECIAL))) for x in wild.leaves), wild.steps)


def by_reverse_mode(program: Program) -> list[float]:
    """The value, and the derivatives with respect to the leaves."""
    values = run(program)
    return [values[-1].data, *gradients(values[-1], values[: len(program.leaves)])]


def by_reverse_mode_without_cut_branches(program: Program) -> list[float]:
    """The same, but nothing is propagated below an operand that was not selected: no 0 times infinity arises there."""
    values = run(program)
    adjoints = {values[-1]: 1.0}
    for node in reversed(topological_order(values[-1])):
        for operand, local_grad in zip(node.operands, node.local_grads, strict=True):
            is_cut = node.operation.selects and local_grad == 0
            if type(operand) is Value and node in adjoints and not is_cut:
                adjoints[operand] = adjoints.get(operand, 0.0) + adjoints[node] * local_grad
    return [values[-1].data, *(adjoints.get(x, 0.0) for x in values[: len(program.leaves)])]


def by_forward_mode(program: Program) -> list[float]:
    """The same with dual numbers, a pass for each leaf."""
    found: list[float] = []
    for k in range(len(program.leaves)):
        known: list[Dual | float] = [Dual(x, float(i == k)) for i, x in enumerate(program.leaves)]
        for name, operands in program.steps:
            known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
        last = known[-1]
        parts = (last.primal, last.tangent) if type(last) is Dual else (last, 0.0)
        found = [parts[0], *found[1:], parts[1]]
    return found


def by_tape(program: Program) -> list[float]:
    """The same by a tape with one sample."""
    values = run(program)
    leaves = values[: len(program.leaves)]
    tape = record(values[-1], leaves)
    point = [list(program.leaves)]
    return [float(tape(point)[0]), *map(float, tape.input_gradients(point)[0])]


def by_the_pure_engine(seeds: Sequence[int]) -> list[list[float]]:
    """Reverse mode, in a process of its own."""
    environment = {**os.environ, "AUTOGRAD_TINY_PURE": "1"}
    text = json.dumps(list(seeds))
    ran = subprocess.run(
        [sys.executable, __file__, "--reverse-mode"], input=text, env=environment, check=True, capture_output=True,
        text=True,
    )
    return [[float.fromhex(x) for x in row] for row in json.loads(ran.stdout)]


def compare(seeds: Sequence[int]) -> tuple[Counter[str], list[str]]:
    """How often the ways agree, and the programs on which they don't, in words."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for seed, pure in zip(seeds, by_the_pure_engine(seeds), strict=True):
        program = program_of(seed)
        reverse = by_reverse_mode(program)
        counts["programs"] += 1
        counts["with a number that is not finite"] += not all(map(math.isfinite, reverse))
        judge = None
        for way, found in (
            ("pure engine", pure), ("forward mode", by_forward_mode(program)), ("tape", by_tape(program)),
        ):
            if all(map(same, found, reverse)):
                counts[f"{way}: bit for bit"] += 1
                continue
            if seed % 2 == 0:
                largest = max(units_apart(x, y) for x, y in zip(found, reverse, strict=True))
                bound = next((bound for bound in (1, 4, 16, 1000) if largest <= bound), 0)
                within = f"within {bound:,} ulp" if bound else "farther"
                counts[f"{way}, well-conditioned program, not bit for bit: {within}"] += 1
            judge = judge or Judge(program, program.leaves)
            verdicts = {*verdict(judge, program, found, reverse)}
            if way == "forward mode" and "wrong" in verdicts:
                expected = by_reverse_mode_without_cut_branches(program)
                verdicts = {*verdict(judge, program, found, reverse, expected)}
                if "wrong" not in verdicts:
                    counts[f"{way}: 0 for nan below an operand that was not selected"] += 1
                    continue
                if are_infinite_where_they_differ(found, reverse):
                    counts[f"{way}: the terms of an infinite sum are grouped otherwise"] += 1
                    continue
            if way == "pure engine" and not ROUNDED_OTHERWISE & {name for name, _ in program.steps}:
                verdicts.add("wrong")
            if "wrong" in verdicts:
                faults.append(f"seed {seed}, {way}: {found} against {reverse} by reverse mode; {exact(program)}")
                counts[f"{way}: differs"] += 1
            elif "undecided" in verdicts:
                counts[f"{way}: a rounding decides the result"] += 1
            else:
                counts[f"{way}: within rounding errors"] += 1
    return counts, faults


def units_apart(x: float, y: float) -> float:
    """Their difference, in units in the last place of the larger one."""
    return 0.0 if same(x, y) else abs(x - y) / math.ulp(max(abs(x), abs(y)))


def are_infinite_where_they_differ(found: Sequence[float], reverse: Sequence[float]) -> bool:
    """1·inf + 0·inf is nan, and (1 + 0)·inf is inf: the modes multiply before and after they add."""
    pairs = [(x, y) for x, y in zip(found, reverse, strict=True) if not same(x, y)]
    return all(not math.isfinite(x) or not math.isfinite(y) for x, y in pairs if not math.isclose(x, y, rel_tol=1e-9))


def verdict(
    judge: Judge, program: Program, found: Sequence[float], reverse: Sequence[float],
    in_place_of_nan: Sequence[float] = (),
) -> Iterator[str]:
    """For each number whether it is right, as far as that can be said."""
    last = len(program.leaves) + len(program.steps) - 1
    for k, (x, y) in enumerate(zip(found, reverse, strict=True)):
        if same(x, y) or (y != y and in_place_of_nan and same(x, in_place_of_nan[k])):
            yield "right"
            continue
        limit = judge.limit(last, k - 1) if k else judge.limit_of_value(last)
        if limit is None:
            yield "undecided"
        else:
            yield "right" if abs(x - y) <= limit else "wrong"


def exact(program: Program) -> str:
    """The value and the derivatives by mpmath with 80 digits, as far as the references are defined there."""
    try:
        with mpmath.workdps(80):
            known = [mpmath.mpf(x) for x in program.leaves]
            rows = [[mpmath.mpf(i == k) for i in range(len(known))] for k in range(len(known))]
            for name, operands in program.steps:
                xs = [known[x] if type(x) is int else mpmath.mpf(x) for x in operands]
                local = REFERENCES[name].derivatives(*xs)
                for row in rows:
                    row.append(mpmath.fsum(
                        d * row[x] for d, x in zip(local, operands, strict=True) if type(x) is int and row[x]
                    ))
                known.append(REFERENCES[name].value(*xs))
            return f"mpmath: {[float(known[-1]), *(float(row[-1]) for row in rows)]}"
    except (ArithmeticError, ValueError, TypeError) as error:
        return f"mpmath: {error}"


def parts_of(seeds: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return [seeds[i : i + size] for i in range(0, len(seeds), size)]


def main() -> None:
    if sys.argv[1:] == ["--reverse-mode"]:
        rows = [by_reverse_mode(program_of(seed)) for seed in json.load(sys.stdin)]
        print(json.dumps([[x.hex() for x in row] for row in rows]))
        return
    first, last = (0, int(sys.argv[1])) if len(sys.argv) == 2 else map(int, sys.argv[1:3])
    total: Counter[str] = Counter()
    for part in parts_of(range(first, last), 2000):
        counts, faults = compare(part)
        total += counts
        print(*faults, sep="\n", end="\n" if faults else "", flush=True)
    for name, count in sorted(total.items()):
        print(f"{count:8,}  {name}")


if __name__ == "__main__":
    main()
