"""erf, erfc and erfinv of doubles, composed: the formulas and polynomials of vector_math.h, and those of special.py."""
from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ...boundary.late_numpy import np
from .elementary import absolute, exp, is_equal, log, odd, sqrt
from .symbols import Symbol, applied, chosen

HEADER = Path(__file__).parents[1] / "vector_polynomials.h"
ERFC_AT_4 = 1.2329951186255526           # (1 + 2y) exp(y²) erfc(y) at y = 4, from where t is counted


@cache
def _polynomial(name: str) -> Callable[[Any], Any]:
    """A polynomial of vector_polynomials.h: its lines are Python, too."""
    text = HEADER.read_text(encoding="utf-8")
    found = re.search(rf"double {name}_polynomial\(double x\) {{\s*const double ([^;]*);\s*return ([^;]*);", text)
    assert found is not None, name
    powers = re.findall(r"(x\d+) = ([^,]+)", found[1])
    value = compile(" ".join(found[2].split()), str(HEADER), "eval")

    def polynomial(x: Any) -> Any:
        names = {"x": x}
        for power, product in powers:
            names[power] = eval(product, {"__builtins__": {}}, names)
        return eval(value, {"__builtins__": {}}, names)

    return polynomial


def _erf_near_0(x: Symbol) -> Symbol:
    """For |x| up to 0.8."""
    near: Symbol = x + x * _polynomial("erf")(x * x)
    return near


def _erfc_above(y: Symbol) -> Symbol:
    """erfc(y), for y of at least 0.65; y² is a² + (y - a)(y + a), where a² is exact."""
    digits = 2.0**27 + 1.0 if y.graph.dtype == np.float64 else 2.0**12 + 1.0
    scaled = y * digits
    a = scaled - (scaled - y)
    t = (y - 4.0) / (y + 4.0)
    ratio = (ERFC_AT_4 + t * _polynomial("erfc")(t)) / (1.0 + 2.0 * y)
    value: Symbol = ratio * exp(-(a * a)) * exp(-((y - a) * (y + a)))
    return value


def erf(x: Symbol) -> Symbol:
    """The error function."""
    y = applied("Min", absolute(x), 6.0)                        # erf(6) is 1
    return odd(x, chosen(y < 0.8, _erf_near_0(y), 1.0 - _erfc_above(y)))


def erfc(x: Symbol) -> Symbol:
    """1 - erf(x)."""
    y = applied("Min", absolute(x), 28.0)                       # erfc(28) is 0
    far = _erfc_above(y)
    return chosen(y < 0.65, 1.0 - _erf_near_0(x), chosen(x > 0.0, far, 2.0 - far))


def erfinv(x: Symbol) -> Symbol:
    """Three steps of Halley's method on erf, and far out on erfc: see special.py."""
    y = absolute(x)
    distance = 1.0 - y
    logarithm = log(distance) + log(1.0 + y)
    half = 2.0 / (math.pi * 0.147) + 0.5 * logarithm
    z = sqrt(sqrt(half * half - logarithm / 0.147) - half)
    z = chosen(y < 1e-8, y * (math.sqrt(math.pi) / 2.0), z)
    for _ in range(3):
        far = _erfc_above(z)
        error = chosen(z < 0.5, _erf_near_0(z) - y, distance - chosen(z < 0.65, 1.0 - _erf_near_0(z), far))
        step = error / (2.0 / math.sqrt(math.pi) * exp(-(z * z)))
        z = z - step / (1.0 + z * step)
    return odd(x, chosen(is_equal(distance, 0.0), math.inf, z))
