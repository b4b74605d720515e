"""The functions of vector_math.h, as tapes run them: how precise they are, and that a number is all that counts."""
from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from references.operations import MP, REFERENCES, perform

import autograd_tiny as at
from autograd_tiny import engine_kind
from autograd_tiny.calculus.c_kernels import FUNCTIONS_OF_ANGLES, VECTOR_FUNCTIONS
from autograd_tiny.calculus.floats import FLOATS

pytestmark = pytest.mark.skipif(engine_kind() != "native", reason="the pure engine runs tapes on NumPy")
HEADER = Path(at.__file__).parent / "calculus" / "vector_math.h"
NAMES = sorted(VECTOR_FUNCTIONS | FUNCTIONS_OF_ANGLES)
OF_TWO = ("atan2", "hypot", "pow")
ULPS = {"float64": 2.0, "float32": 0.501}       # a float is computed as a double, and rounded once
SPECIAL = [
    0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-17, 1e-8, 0.5, math.nextafter(1, 0), 1.0,
    math.nextafter(1, 2), 2.0, 3.0, 10.0, 709.782712893384, 710.4758600739439, 745.13, 745.14, 1e6, 1000001.0, 1e22,
    2.0**52 + 1, 2.0**53 - 1, 1e300, 1.7976931348623157e308, math.inf, math.nan,
]
SPECIAL += [-x for x in SPECIAL]
# where the values of a function are neither all 0, 1 or infinite, nor those of numbers next to 0
BUSY = {
    "exp": (-746, 710), "exp2": (-1075, 1024), "expm1": (-40, 710), "sinh": (-711, 711), "cosh": (-711, 711),
    "sigmoid": (-746, 40), "log_sigmoid": (-40, 746), "softplus": (-746, 40), "tanh": (-20, 20), "erf": (-6, 6),
    "erfc": (-6, 27.3), "asin": (-1, 1), "acos": (-1, 1), "atanh": (-1, 1), "acosh": (1, 4), "log1p": (-1, 4),
}


@cache
def tape_of(name: str, dtype: str = "float64") -> at.Tape:
    """The function on a tape, of one or two inputs."""
    inputs = [at.Value(0.6) for _ in range(1 + (name in OF_TWO))]
    return at.record(perform(name, inputs), inputs, dtype=dtype)


def operands(name: str, size: int) -> np.ndarray[Any, Any]:
    """Numbers of all magnitudes, ordinary ones, and many where the function is busy; a row for each operand."""
    rng = np.random.default_rng(len(name) + size)
    count = size // 5 + 1
    low, high = BUSY.get(name, (-20, 20))

    def numbers() -> np.ndarray[Any, Any]:
        found = np.concatenate([
            rng.integers(0, 2**64, count, np.uint64).view(float), rng.normal(size=count), rng.uniform(low, high, count),
            1 + rng.choice([-1, 1], count) * 2 ** rng.uniform(-52, 0, count),
            rng.choice([-1, 1], count) * 2 ** rng.uniform(-30, 10, count),
        ])
        if name in FUNCTIONS_OF_ANGLES:         # next to multiples of π/2, too
            found[::7] = np.round(rng.uniform(-6e5, 6e5, len(found[::7]))) * (np.pi / 2)
        return found

    if name not in OF_TWO:
        return numbers()[:, None]
    x, y = numbers(), rng.permutation(numbers())
    if name == "pow":
        x[::2] = np.abs(x[::2])
        y[::3] = np.floor(y[::3])
        near = slice(1, None, 4)                # powers that are neither 0 nor infinite
        y[near] = np.clip(rng.uniform(-745, 709, len(y[near])) / np.log(np.abs(x[near])), -1e300, 1e300)
    return np.stack([x, y], axis=1)


def reference(name: str, xs: list[float]) -> Any:
    """The exact value with some 50 digits; None where it is not a finite real number."""
    numbers = [MP.mpf(x) for x in xs]
    if name == "pow" and (xs[0] == 0 or (xs[0] < 0 and xs[1] != math.floor(xs[1])) or abs(xs[1]) > 1e19):
        return None
    if name == "atan2" and xs[0] == 0:          # mpmath has no signed zeros
        return None
    outside = {
        "log": lambda x: x <= 0, "log2": lambda x: x <= 0, "log10": lambda x: x <= 0, "log1p": lambda x: x <= -1,
        "asin": lambda x: abs(x) > 1, "acos": lambda x: abs(x) > 1, "acosh": lambda x: x < 1,
        "atanh": lambda x: abs(x) >= 1,
    }
    if name in outside and outside[name](xs[0]):
        return None
    grows = {"exp": 1e5, "exp2": 1e5, "expm1": 1e5, "sinh": 1e5, "cosh": 1e5, "softplus": 1e5, "sigmoid": 1e5}
    if name in grows and abs(xs[0]) > grows[name]:
        return None
    return REFERENCES[name].value(*numbers)


def units(found: float, exact: Any, dtype: str) -> float:
    """The error in units in the last place; infinity stands for the power of two behind the largest number."""
    kind = np.finfo(dtype)
    nearest = min(abs(float(exact)), float(kind.max))
    unit = MP.mpf(max(2.0 ** (math.frexp(nearest)[1] - 1 - kind.nmant), float(kind.smallest_subnormal)))
    behind = MP.mpf(2) ** int(kind.maxexp)
    if abs(exact) >= behind:
        exact = MP.sign(exact) * behind
    return float(abs((MP.sign(found) * behind if math.isinf(found) else MP.mpf(found)) - exact) / unit)


def worst(name: str, size: int, dtype: str) -> tuple[float, list[float]]:
    """The largest error at so many points, and where."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        xs = operands(name, size).astype(dtype)
    xs = xs[np.isfinite(xs).all(axis=1)]
    largest, place = 0.0, [math.nan]
    for x, found in zip(xs.tolist(), tape_of(name, dtype)(xs).tolist(), strict=True):
        exact = reference(name, x)
        if exact is not None and not (error := units(found, exact, dtype)) <= largest:
            largest, place = error, x
    return largest, place


@pytest.mark.parametrize("dtype", ULPS)
@pytest.mark.parametrize("name", NAMES)
def test_values_are_within_two_units_in_the_last_place(name: str, dtype: str) -> None:
    error, where = worst(name, 1500, dtype)
    assert error <= ULPS[dtype], (error, where)


@pytest.mark.long
@pytest.mark.parametrize("dtype", ULPS)
@pytest.mark.parametrize("name", NAMES)
def test_values_are_within_two_units_in_the_last_place_at_many_points(name: str, dtype: str) -> None:
    """POINTS=100000 in the environment takes five times as long."""
    error, where = worst(name, int(os.environ.get("POINTS", "20000")), dtype)
    print(f"{name:12} {dtype} {error:.4f} ulp at {where}")
    assert error <= ULPS[dtype], (error, where)


@pytest.mark.parametrize("dtype", ULPS)
@pytest.mark.parametrize("name", NAMES)
def test_infinities_nan_denormals_and_signed_zeros_are_those_of_the_c_library(name: str, dtype: str) -> None:
    with np.errstate(all="ignore"):
        numbers = np.array(SPECIAL).astype(dtype).tolist()
        points = [[x, y] for x in numbers for y in numbers] if name in OF_TWO else [[x] for x in numbers]
        wanted = np.array([FLOATS[name](*x) for x in points]).astype(dtype)
        allowed = 3 * np.spacing(np.minimum(np.abs(wanted), np.finfo(dtype).max / 2)).astype(float)
    rows = zip(points, tape_of(name, dtype)(points).tolist(), wanted.tolist(), allowed.tolist(), strict=True)
    for x, found, expected, slack in rows:
        if expected == 0 or not math.isfinite(expected):
            same = math.copysign(1, found) == math.copysign(1, expected) or expected != expected
            assert (found == expected or (found != found and expected != expected)) and same, (x, found, expected)
        else:
            assert abs(found - expected) <= slack, (x, found, expected)


# ---- a result depends on nothing but its operands

def everything(name: str, xs: np.ndarray[Any, Any]) -> bytes:
    """Values, gradients and tangents; all nan are one."""
    tape = tape_of(name)
    found = [tape(xs)[:, None], tape.input_gradients(xs), tape.jvp(xs, [1.0] * xs.shape[1])[1][:, None]]
    return bits(np.concatenate(found, axis=1))


def bits(found: np.ndarray[Any, Any]) -> bytes:
    return np.where(np.isnan(found), np.nan, found).tobytes()


def mixture(name: str, size: int) -> np.ndarray[Any, Any]:
    """Common and rare operands side by side."""
    xs = operands(name, 4 * size)
    xs = np.random.default_rng(1).permutation(xs)[:size]
    special = np.resize(SPECIAL, (size // 9, xs.shape[1]))
    xs[4 : 4 + 8 * len(special) : 8] = special
    return xs


@pytest.mark.parametrize("name", NAMES)
def test_neither_the_size_of_a_block_nor_the_place_in_a_row_counts(name: str) -> None:
    xs = mixture(name, 130)
    whole = everything(name, xs)
    each = len(whole) // len(xs)
    for size in range(1, 131):
        assert everything(name, xs[:size]) == whole[: size * each], size
        assert everything(name, xs[-size:]) == whole[-size * each :], size
    for shift in range(1, 9):
        moved = everything(name, np.roll(xs, shift, axis=0))
        assert moved == whole[-shift * each :] + whole[: -shift * each]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 130, 300])
def test_so_many_instructions_on_one_sample_give_what_one_gives_on_many(name: str, count: int) -> None:
    xs = mixture(name, count) if count > 9 else mixture(name, 130)[:count]
    inputs = [at.Value(0.6) for _ in range(xs.size)]
    width = xs.shape[1]
    outputs = [perform(name, inputs[i : i + width]) for i in range(0, len(inputs), width)]
    tape = at.record(outputs, inputs)
    values = np.ravel(tape([xs.ravel()]))
    assert bits(values) == bits(tape_of(name)(xs))
    total = at.record(at.sum(outputs), inputs).input_gradients([xs.ravel()])
    assert bits(total.reshape(xs.shape)) == bits(tape_of(name).input_gradients(xs))


# ---- the text

def test_the_polynomials_are_those_that_the_tool_writes() -> None:
    path = HEADER.parents[2] / "tools" / "vector_polynomials.py"
    spec = importlib.util.spec_from_file_location("vector_polynomials", path)
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    written = HEADER.with_name("vector_polynomials.h").read_text(encoding="utf-8")
    assert written == tool.source(), "run python tools/vector_polynomials.py"


def definitions() -> Iterator[str]:
    for line in HEADER.read_text(encoding="utf-8").splitlines():
        if line.startswith("INLINE double vector_"):
            yield line.removeprefix("INLINE double vector_").partition("(")[0]


def test_the_kernels_call_every_function_that_the_header_has() -> None:
    assert sorted(definitions()) == NAMES
    check: Callable[[str], bool] = HEADER.read_text(encoding="utf-8").__contains__
    assert all(check(f"double any_{name}(") for name in FUNCTIONS_OF_ANGLES)
