"""The calculus stated once more, in other formulas than those of the rows, with points to try it at.

mpmath evaluates them with 80 digits; tests/calculus/test_operations.py compares them with numerical differentiation.
"""
from __future__ import annotations
import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple
import mpmath
from autograd_tiny import Value
from autograd_tiny.calculus.floats import FLOATS
from autograd_tiny.calculus.operations import LEAF, OPERATIONS, TAKE, Operation
from autograd_tiny.engine import functions
from autograd_tiny.engine.value import apply

MP = mpmath.MPContext()
MP.dps = 80             # 50 digits are left where a reference loses some: 1 - x² for x next to 1
INF, NAN = math.inf, math.nan
# All rows but take, which needs integers: see tests/engine/test_reductions.py and properties/test_take_on_tapes.py.
ROWS = {row.name: row for row in OPERATIONS if type(row) is Operation and row not in (LEAF, TAKE)}
OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "pow": operator.pow, "neg": operator.neg, "abs": operator.abs,
}


def perform(name: str, operands: Sequence[Any]) -> Any:
    """The operation with this name, as a person would write it."""
    if name == "dot":
        n = len(operands) // 2
        return functions.dot(operands[:n], operands[n : 2 * n], *operands[2 * n :])
    operation = OPERATORS.get(name) or getattr(functions, name, None) or partial(apply, ROWS[name])
    return operation(operands) if ROWS[name].is_nary else operation(*operands)


def found(name: str, operands: Sequence[float]) -> list[float]:
    """What the engine gives: the value, and the derivative with respect to each operand."""
    node = perform(name, [Value(x) for x in operands])
    return [node.data, *node.local_grads]


def stated(name: str, operands: Sequence[float]) -> list[float]:
    """What the formulas of operations.py give."""
    value = ROWS[name].evaluate(FLOATS, operands)
    return [value, *ROWS[name].differentiate(FLOATS, operands, value)]


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


def spread(*magnitudes: float) -> list[float]:
    return sorted({0.0, *magnitudes, *(-x for x in magnitudes)})


NEAR_ONE = (1 - 1e-5, 1 - 1e-10, math.nextafter(1, 0), 1.0, math.nextafter(1, 2), 1 + 1e-10, 1 + 1e-5)
LINE = spread(
    5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-200, 1e-155, 1e-100, 1e-50, 1e-20, 1.1e-16, 1e-12,
    1e-8, 1e-4, 1e-2, *NEAR_ONE, *(i / 7.3 for i in range(1, 75)), 1.2784645427610738, math.pi / 2, math.pi,
    14.5, 18.7, 20.0, 26.5, 27.3, 30.1, 36.7, 37.5, 38.4, 100.0, 355.0, 700.0, 709.78, 709.79, 710.4, 720.3,
    744.4, 745.2, 800.0, 1e4, 123456.789, 1e8, 1e16, 1e22, 1e50, 1e100, 1e154, 1e155, 1e200, 1e300, 1.7e308,
)
FEW = spread(5e-324, 1e-300, 1e-160, 1e-17, 1e-9, 0.1, 0.5, math.nextafter(1, 0), 1.0, 1.5, 2.0, 3.0, 3.3,
             40.0, 1e3, 1e17, 1e155, 1e300)


def between(low: float, high: float, points: Sequence[float] = LINE) -> list[tuple[float]]:
    return [(x,) for x in points if low < x < high]


def pairs(kept: Callable[[float, float], bool] = lambda x, y: True) -> list[tuple[float, float]]:
    return [(x, y) for x, y in product(FEW, FEW) if kept(x, y)]


def sequences() -> list[tuple[float, ...]]:
    """Operands for the operations of many: 1, 2, 3, 5 and 17 of them, with repetitions."""
    return [
        (1.5,), (-0.1,), (2.0, 3.0), (0.1, -0.2), (1e-300, 1e10), (1e16, 1.0, -1e16), (0.5, 0.25, 0.125),
        (-3.3, 2.2, -1.1), (0.7, 0.7, 0.3), (1000.0, 1000.5, 999.0), (-1000.0, -1001.0, -1000.5),
        (800.0, -800.0), (0.0, -50.0), (5.0, 0.0, 3.0), (0.0, 0.0, 3.0), (-2.0, 7.0, 1e-8, 0.3, 11.0),
        tuple(math.sin(3.0 * i) for i in range(17)), tuple(0.9 + 0.01 * i for i in range(17)),
    ]


def has_a_power(x: float, y: float) -> bool:
    """Whether x^y has finite derivatives; but not roots of a subnormal x, where x^(y-1) overflows."""
    if x > 0:
        return x > 1e-308 or not -0.5 < y < 0.5
    return y >= 1 or y == 0 if x == 0 else y == int(y) and abs(y) < 2**53


class Reference(NamedTuple):
    value: Callable[..., Any]
    derivatives: Callable[..., Sequence[Any]]       # one for each operand
    points: Sequence[tuple[float, ...]]


def erfc(x: Any) -> Any:
    return MP.erfc(min(x, MP.mpf(1e4)))      # mpmath ends in an error far out, where no float is as small


def truncated(x: Any) -> Any:
    return MP.sign(x) * MP.floor(abs(x))


def integral(value: Callable[[Any], Any]) -> Reference:
    """A function whose values are integers: its derivative is 0."""
    return Reference(value, lambda x: [0], between(-INF, INF))


def has_a_quotient(x: float, y: float) -> bool:
    return y != 0 and abs(x) < 2**53 * abs(y)


def erfinv(x: Any) -> Any:
    """mpmath's, and a step of Newton's method for the digits that it leaves out."""
    if abs(x) > 1:
        return MP.mpc(NAN)
    z = MP.erfinv(x)
    return z - (MP.erf(z) - x) * MP.exp(z**2) * MP.sqrt(MP.pi) / 2 if abs(x) < 1 - 1e-30 else z


def between_poles() -> list[tuple[float]]:
    """Negative numbers that the gamma function is defined for."""
    return [(-k - i / 16,) for k in (0, 1, 2, 5, 30, 1000) for i in range(1, 16)]


def normal_below(x: Any) -> Any:
    return erfc(-x / MP.sqrt(2)) / 2


def normal_density(x: Any) -> Any:
    return MP.exp(-(x**2) / 2) / MP.sqrt(2 * MP.pi)


def half_and_half(x: Any, y: Any) -> Any:
    return (MP.sign(x - y) + 1) / 2


def dot(*operands: Any) -> Any:
    n = len(operands) // 2
    return MP.fdot(zip(operands[:n], operands[n : 2 * n], strict=True)) + sum(operands[2 * n :])


def dot_derivatives(*operands: Any) -> list[Any]:
    n = len(operands) // 2
    return [*operands[n : 2 * n], *operands[:n], *[1 for _ in operands[2 * n :]]]


def others(xs: Sequence[Any], i: int) -> list[Any]:
    return [x for j, x in enumerate(xs) if j != i]


def share(xs: Sequence[Any], best: Any) -> list[Any]:
    return [MP.mpf(x == best) / xs.count(best) for x in xs]


def total_power(xs: Sequence[Any]) -> Any:
    return MP.fsum(map(MP.exp, xs))


def comparison(compare: Callable[[Any, Any], bool]) -> Reference:
    return Reference(lambda x, y: int(compare(x, y)), lambda x, y: [0, 0], pairs())


REFERENCES = {
    "add": Reference(operator.add, lambda x, y: [1, 1], pairs()),
    "sub": Reference(operator.sub, lambda x, y: [1, -1], pairs()),
    "mul": Reference(operator.mul, lambda x, y: [y, x], pairs()),
    "div": Reference(operator.truediv, lambda x, y: [1 / y, -x / y**2], pairs(lambda x, y: y != 0)),
    "pow": Reference(
        operator.pow,
        lambda x, y: [y * x ** (y - 1) if y else 0, x**y * MP.log(x) if x > 0 else 0 if x == 0 else NAN],
        [
            *pairs(has_a_power),
            *product((1e-3, 0.2, 0.9, 1.1, 7.0, 1e3), (-7.7, -3.3, -1.1, -0.4, 0.05, 0.3, 0.7, 1.3, 4.4)),
        ],
    ),
    "neg": Reference(operator.neg, lambda x: [-1], between(-INF, INF)),
    "abs": Reference(abs, lambda x: [MP.sign(x)], between(-INF, INF)),
    "exp": Reference(MP.exp, lambda x: [MP.exp(x)], between(-INF, INF)),
    "expm1": Reference(MP.expm1, lambda x: [MP.exp(x)], between(-INF, INF)),
    "exp2": Reference(lambda x: MP.mpf(2) ** x, lambda x: [MP.ln2 * MP.mpf(2) ** x], between(-INF, INF)),
    "log": Reference(MP.log, lambda x: [1 / x], between(0, INF)),
    "log1p": Reference(MP.log1p, lambda x: [1 / (1 + x)], between(-1, INF)),
    "log2": Reference(lambda x: MP.log(x, 2), lambda x: [1 / x / MP.ln2], between(0, INF)),
    "log10": Reference(lambda x: MP.log(x, 10), lambda x: [1 / x / MP.ln10], between(0, INF)),
    "sqrt": Reference(MP.sqrt, lambda x: [x ** MP.mpf("-0.5") / 2], between(0, INF)),
    "cbrt": Reference(
        lambda x: MP.sign(x) * MP.cbrt(abs(x)), lambda x: [1 / MP.cbrt(x**2) / 3], [(x,) for x in LINE if x]
    ),
    "sin": Reference(MP.sin, lambda x: [MP.cos(x)], between(-INF, INF)),
    "cos": Reference(MP.cos, lambda x: [-MP.sin(x)], between(-INF, INF)),
    "tan": Reference(MP.tan, lambda x: [MP.sec(x) ** 2], between(-INF, INF)),
    "asin": Reference(MP.asin, lambda x: [(1 - x**2) ** MP.mpf("-0.5")], between(-1, 1)),
    "acos": Reference(MP.acos, lambda x: [-((1 - x**2) ** MP.mpf("-0.5"))], between(-1, 1)),
    "atan": Reference(MP.atan, lambda x: [1 / (1 + x**2)], between(-INF, INF)),
    "atan2": Reference(
        MP.atan2, lambda y, x: [x / (x**2 + y**2), -y / (x**2 + y**2)], pairs(lambda y, x: x != 0 or y != 0)
    ),
    "sinh": Reference(MP.sinh, lambda x: [MP.cosh(x)], between(-INF, INF)),
    "cosh": Reference(MP.cosh, lambda x: [MP.sinh(x)], between(-INF, INF)),
    "tanh": Reference(MP.tanh, lambda x: [MP.sech(x) ** 2], between(-INF, INF)),
    "asinh": Reference(MP.asinh, lambda x: [1 / MP.sqrt(1 + x**2)], between(-INF, INF)),
    "acosh": Reference(MP.acosh, lambda x: [1 / MP.sqrt(x**2 - 1)], between(1, INF)),
    "atanh": Reference(MP.atanh, lambda x: [1 / (1 - x**2)], between(-1, 1)),
    "hypot": Reference(
        MP.hypot, lambda x, y: [x / MP.hypot(x, y), y / MP.hypot(x, y)],
        pairs(lambda x, y: max(abs(x), abs(y)) > 1e-300),   # 5e-324 has no digits to divide by
    ),
    "erf": Reference(MP.erf, lambda x: [2 * MP.exp(-(x**2)) / MP.sqrt(MP.pi)], between(-INF, INF)),
    "erfc": Reference(erfc, lambda x: [-2 * MP.exp(-(x**2)) / MP.sqrt(MP.pi)], between(-INF, INF)),
    "sigmoid": Reference(
        lambda x: 1 / (1 + MP.exp(-x)), lambda x: [MP.sech(x / 2) ** 2 / 4], between(-INF, INF)
    ),
    "relu": Reference(lambda x: max(x, MP.zero), lambda x: [int(x > 0)], between(-INF, INF)),
    "leaky_relu": Reference(
        lambda x, y: x if x > 0 else y * x,
        lambda x, y: [1, 0] if x > 0 else [y, x],
        list(product(LINE, (0.01, 0.3, 0.0, -2.0))),
    ),
    "elu": Reference(
        lambda x, y: x if x > 0 else y * MP.expm1(x),
        lambda x, y: [1, 0] if x > 0 else [y * MP.exp(x), MP.expm1(x)],
        list(product(LINE, (1.0, 0.3, 0.0, -2.0))),
    ),
    "softplus": Reference(
        lambda x: max(x, MP.zero) + MP.log1p(MP.exp(-abs(x))),
        lambda x: [1 / (1 + MP.exp(-x))],
        between(-INF, INF),
    ),
    "silu": Reference(
        lambda x: x / (1 + MP.exp(-x)),
        lambda x: [1 / (1 + MP.exp(-x)) + x * MP.sech(x / 2) ** 2 / 4],
        between(-INF, INF),
    ),
    "mish": Reference(
        lambda x: x * MP.tanh(MP.log1p(MP.exp(x))),
        lambda x: [MP.tanh(MP.log1p(MP.exp(x))) + x / (1 + MP.exp(-x)) * MP.sech(MP.log1p(MP.exp(x))) ** 2],
        between(-INF, INF),
    ),
    "gelu": Reference(
        lambda x: x * normal_below(x), lambda x: [normal_below(x) + x * normal_density(x)], between(-INF, INF)
    ),
    "erfinv": Reference(
        erfinv, lambda x: [MP.sqrt(MP.pi) / 2 * MP.exp(erfinv(x) ** 2)],
        [*between(-1, 1), *[(1 - 2.0**-n,) for n in (2, 3, 5, 30, 52)]],
    ),
    "lgamma": Reference(
        lambda x: MP.log(abs(MP.gamma(x))), lambda x: [MP.digamma(x)], [*between(0, 1e300), *between_poles()]
    ),
    "digamma": Reference(MP.digamma, lambda x: [MP.psi(1, x)], [*between(1e-300, INF), *between_poles()]),
    "polygamma": Reference(
        lambda n, x: MP.psi(int(n), x), lambda n, x: [NAN, MP.psi(int(n) + 1, x)],
        [(n, x) for n in (0.0, 1.0, 2.0, 3.0, 10.0) for (x,) in [*between(1e-20, 1e20), *between_poles()[::5]]],
    ),
    "norm_pdf": Reference(normal_density, lambda x: [-x * normal_density(x)], between(-INF, INF)),
    "norm_cdf": Reference(normal_below, lambda x: [normal_density(x)], between(-INF, INF)),
    "log_sigmoid": Reference(
        lambda x: min(x, MP.zero) - MP.log1p(MP.exp(-abs(x))), lambda x: [1 / (1 + MP.exp(x))], between(-INF, INF)
    ),
    "floor": integral(MP.floor),
    "ceil": integral(MP.ceil),
    "trunc": integral(lambda x: MP.sign(x) * MP.floor(abs(x))),
    "round": integral(MP.nint),
    "mod": Reference(
        lambda x, y: x - y * MP.floor(x / y), lambda x, y: [1, -MP.floor(x / y)], pairs(has_a_quotient)
    ),
    "fmod": Reference(
        lambda x, y: x - y * truncated(x / y), lambda x, y: [1, -truncated(x / y)], pairs(has_a_quotient)
    ),
    "floor_divide": Reference(lambda x, y: MP.floor(x / y), lambda x, y: [0, 0], pairs(has_a_quotient)),
    "xlogy": Reference(
        lambda x, y: x * MP.log(y) if x else MP.zero, lambda x, y: [MP.log(y), x / y], pairs(lambda x, y: y > 0)
    ),
    "logaddexp": Reference(
        lambda x, y: max(x, y) + MP.log1p(MP.exp(-abs(x - y))),
        lambda x, y: [1 / (1 + MP.exp(y - x)), 1 / (1 + MP.exp(x - y))],
        pairs(),
    ),
    "sign": Reference(MP.sign, lambda x: [0], between(-INF, INF)),
    "maximum": Reference(max, lambda x, y: [half_and_half(x, y), half_and_half(y, x)], pairs()),
    "minimum": Reference(min, lambda x, y: [half_and_half(y, x), half_and_half(x, y)], pairs()),
    "greater": comparison(operator.gt),
    "greater_equal": comparison(operator.ge),
    "less": comparison(operator.lt),
    "less_equal": comparison(operator.le),
    "equal": comparison(operator.eq),
    "where": Reference(
        lambda x, y, z: y if x else z, lambda x, y, z: [0, int(x != 0), int(x == 0)],
        [(x, y, 1.5) for x, y in pairs()],
    ),
    "clip": Reference(
        lambda x, y, z: min(max(x, y), z),
        lambda x, y, z: [int(y <= x <= z), int(x < y < z), int(max(x, y) > z)],
        [(x, low, high) for low, high in pairs() for x in (-2.0, 0.3, 1e5)],
    ),
    "sum": Reference(lambda *xs: MP.fsum(xs), lambda *xs: [1 for x in xs], sequences()),
    "mean": Reference(
        lambda *xs: MP.fsum(xs) / len(xs), lambda *xs: [MP.one / len(xs) for x in xs], sequences()
    ),
    "prod": Reference(
        lambda *xs: MP.fprod(xs), lambda *xs: [MP.fprod(others(xs, i)) for i in range(len(xs))], sequences()
    ),
    "max": Reference(lambda *xs: max(xs), lambda *xs: share(xs, max(xs)), sequences()),
    "min": Reference(lambda *xs: min(xs), lambda *xs: share(xs, min(xs)), sequences()),
    "dot": Reference(dot, dot_derivatives, [*sequences(), *(xs + xs[::-1] for xs in sequences())]),
    "logsumexp": Reference(
        lambda *xs: MP.log(total_power(xs)),
        lambda *xs: [MP.exp(x) / total_power(xs) for x in xs],
        sequences(),
    ),
}
ROUNDING = 2.0**-53         # the relative error of one operation
UNDERFLOW = 745 * 5e-324    # of a product whose one factor underflows while the other, a logarithm, is large


def rounding_of(terms: Sequence[float]) -> float:
    """The error of a sum, which may cancel."""
    return len(terms) * ROUNDING * math.fsum(map(abs, terms))


def of_terms(order: float, x: float) -> float:
    """The error of a polygamma function below 0, where terms of both signs cancel: order! / distance^(order + 1)."""
    if x > 0:
        return 0.0
    distance = min(abs(x - round(x)), 0.5)
    return 16 * ROUNDING * float(MP.factorial(order)) * distance ** -(order + 1)


def terms_of_dot(*operands: float) -> list[float]:
    n = len(operands) // 2
    return [*map(operator.mul, operands[:n], operands[n : 2 * n]), *operands[2 * n :]]


# Each gives an absolute error beside the 4 ulp, from the exact answer and the operands. 2e-16 is where the
# textbook form of the derivative saturates or cancels.
def slack_of_power(exact: float, x: float, y: float) -> float:
    """In y·x^(y-1), the sum y - 1 is rounded for y < ½."""
    is_rounded = y < 0.5 and x != 0
    return UNDERFLOW + (ROUNDING * abs((y - 1) * math.log(abs(x)) * exact) if is_rounded else 0.0)


VALUE_SLACK: dict[str, Callable[..., float]] = {
    "silu": lambda exact, x: UNDERFLOW, "mish": lambda exact, x: UNDERFLOW,
    "gelu": lambda exact, x: 2 * ROUNDING * abs(exact) * x * x + UNDERFLOW,   # the share below x is e^(-x²/2)
    "lgamma": lambda exact, x: 1e-15 + 4 * ROUNDING * abs(x), "digamma": lambda exact, x: 1e-15 + of_terms(0, x),
    "polygamma": lambda exact, n, x: 1e-15 + (n + 4) * math.ulp(exact) + of_terms(n, x),
    "norm_pdf": lambda exact, x: ROUNDING * abs(exact) * x * x + UNDERFLOW,
    "norm_cdf": lambda exact, x: 2 * ROUNDING * abs(exact) * x * x + UNDERFLOW,
    "logaddexp": lambda exact, x, y: 2e-16,
    "sum": lambda exact, *xs: rounding_of(xs),
    "mean": lambda exact, *xs: rounding_of(xs) / len(xs),
    "dot": lambda exact, *operands: rounding_of(terms_of_dot(*operands)),
    "prod": lambda exact, *xs: len(xs) * ROUNDING * abs(exact),
    "logsumexp": lambda exact, *xs: 2e-16 * len(xs),                # log(total) may cancel the largest
}
DERIVATIVE_SLACK: dict[str, Callable[..., float]] = {
    "pow": slack_of_power,
    # the derivative has a zero there: 4 ulp of the larger of its two terms
    "silu": lambda exact, x: 2e-16 if -3 < x < 0 else UNDERFLOW,
    "mish": lambda exact, x: 2e-16 if -3 < x < 0 else UNDERFLOW,
    "gelu": lambda exact, x: 2e-16 if -3 < x < 0 else 2 * ROUNDING * abs(exact) * x * x + UNDERFLOW,
    "erfinv": lambda exact, x: 4 * ROUNDING * abs(exact) * float(MP.erfinv(x)) ** 2,
    "lgamma": lambda exact, x: 1e-15 + of_terms(0, x), "digamma": lambda exact, x: 4 * math.ulp(exact) + of_terms(1, x),
    "polygamma": lambda exact, n, x: (n + 5) * math.ulp(exact) + of_terms(n + 1, x),
    "erf": lambda exact, x: ROUNDING * abs(exact) * x * x,          # e^(-x²): x² is off by its rounding
    "erfc": lambda exact, x: ROUNDING * abs(exact) * x * x,
    "norm_pdf": lambda exact, x: ROUNDING * abs(exact) * x * x + UNDERFLOW,
    "norm_cdf": lambda exact, x: ROUNDING * abs(exact) * x * x + UNDERFLOW,
    "logaddexp": lambda exact, x, y: ROUNDING * abs(exact) * abs(x - y),     # the difference is rounded
    "prod": lambda exact, *xs: len(xs) * ROUNDING * abs(exact),
    "logsumexp": lambda exact, *xs: 2e-16,
}


def no_slack(exact: float, *operands: float) -> float:
    return 0.0


def is_close(got: float, exact: Any, slack: float) -> bool:
    nearest = float(exact)
    if not math.isfinite(nearest) or not math.isfinite(got):
        return same(got, nearest)
    return bool(abs(MP.mpf(got) - exact) <= 4 * math.ulp(nearest) + slack)


def comfortable(name: str) -> list[tuple[float, ...]]:
    """Operands well inside the domain, where the reference is a real and smooth function."""
    numbers = (0.137, 0.41, -0.27, -0.82, 1.23, 1.9, -1.6, 2.74, -2.2)
    counts = (1, 2, 3) if ROWS[name].is_nary else (len(ROWS[name].operands),)
    points = [numbers[i : i + n] for n in counts for i in range(len(numbers) - n + 1)]
    if counts == (2,):
        points = [(x, y) for x, y in product(numbers, numbers) if x != y]
    if name == "polygamma":
        points = [(n, abs(x)) for n, x in product((0.0, 1.0, 3.0), numbers)]
    if name in ("mod", "fmod", "floor_divide"):
        points = [(x, y) for x, y in points if (x / y) % 1]         # not where they jump
    reals = [xs for xs in points if isinstance(REFERENCES[name].value(*map(MP.mpf, xs)), int | MP.mpf)]
    assert len(reals) >= 3
    return reals


EDGES = (0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 0.5, 5e-324, 1e308, -1e308, 750.0, INF, -INF, NAN)


def edges(name: str) -> list[tuple[float, ...]]:
    """All the edge numbers in all places (for many operands: one, two or three of them)."""
    if ROWS[name].is_nary:
        return [xs for n in (1, 2, 3) for xs in product(EDGES, repeat=n)]
    return list(product(EDGES, repeat=len(ROWS[name].operands)))
