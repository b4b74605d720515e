"""The data sets of the playground, each a function that stands alone: `Copy as Python` copies its text.

computation/samples.js has the same formulas, and draws the same random numbers in the same order.
"""
from __future__ import annotations

from math import cos, exp, pi, sin
from random import Random

Points = list[tuple[float, float, float]]        # x1, x2, and the target: a class 0, 1, … or a number


def xor(samples: int, noise: float, rng: Random) -> Points:
    """Four squares; the class says whether the signs of x1 and x2 agree."""
    points = []
    for _ in range(samples):
        a, b = rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)
        points.append((a + rng.gauss(0.0, noise), b + rng.gauss(0.0, noise), float(a * b > 0.0)))
    return points


def circles(samples: int, noise: float, rng: Random) -> Points:
    """Two circles around 0, one inside the other."""
    points = []
    for k in range(samples):
        angle, radius = rng.uniform(0.0, 2.0 * pi), 1.4 if k % 2 else 0.6
        a, b = radius * cos(angle), radius * sin(angle)
        points.append((a + rng.gauss(0.0, noise), b + rng.gauss(0.0, noise), float(k % 2)))
    return points


def moons(samples: int, noise: float, rng: Random) -> Points:
    """Two half circles that interlock."""
    points = []
    for k in range(samples):
        angle = pi * (k // 2) / max(samples // 2 - 1, 1)
        a, b = (1.0 - cos(angle), 0.5 - sin(angle)) if k % 2 else (cos(angle), sin(angle))
        points.append((a + rng.gauss(0.0, noise), b + rng.gauss(0.0, noise), float(k % 2)))
    return points


def spiral(samples: int, noise: float, rng: Random) -> Points:
    """Two arms that wind around each other."""
    points = []
    for k in range(samples):
        t = (k // 2 + 1) / (samples // 2 + 1)
        angle, radius = 3.0 * pi * t + pi * (k % 2), 1.8 * t
        a, b = radius * sin(angle), radius * cos(angle)
        points.append((a + rng.gauss(0.0, 0.5 * noise), b + rng.gauss(0.0, 0.5 * noise), float(k % 2)))
    return points


def blobs(samples: int, noise: float, rng: Random) -> Points:
    """Three clouds of points, each a class."""
    points = []
    for k in range(samples):
        angle = pi / 2.0 + 2.0 * pi * (k % 3) / 3.0
        a, b = 1.2 * cos(angle), 1.2 * sin(angle)
        points.append((a + rng.gauss(0.0, 0.25 + noise), b + rng.gauss(0.0, 0.25 + noise), float(k % 3)))
    return points


def line(samples: int, noise: float, rng: Random) -> Points:
    """Two classes, on either side of a line."""
    points = []
    for _ in range(samples):
        a, b = rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)
        points.append((a + rng.gauss(0.0, noise), b + rng.gauss(0.0, noise), float(a + 2.0 * b > 0.0)))
    return points


def plane(samples: int, noise: float, rng: Random) -> Points:
    """Numbers that grow in one direction."""
    points = []
    for _ in range(samples):
        a, b = rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)
        points.append((a, b, 0.4 * a + 0.3 * b + rng.gauss(0.0, noise)))
    return points


def hills(samples: int, noise: float, rng: Random) -> Points:
    """Numbers that form a hill and a hollow."""
    points = []
    for _ in range(samples):
        a, b = rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)
        hill = exp(-2.0 * ((a - 0.7) ** 2 + (b - 0.5) ** 2))
        hollow = exp(-2.0 * ((a + 0.7) ** 2 + (b + 0.5) ** 2))
        points.append((a, b, hill - hollow + rng.gauss(0.0, noise)))
    return points


DATA_SETS = {each.__name__: each for each in (xor, circles, moons, spiral, blobs, line, plane, hills)}
