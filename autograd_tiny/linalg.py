"""Linear algebra on small matrices of Values: `solve`, `inv`, `det`, `slogdet`, `norm`, as in numpy.linalg.

Everything is Gaussian elimination, written with operations of the engine: n × n numbers take about 2/3 n³ nodes, for
which derivatives of every order, dual numbers and tapes need nothing more. The pivot of each step is the largest
number in its column, so that no digits are lost. While a tape is recorded, whose samples need other pivots each,
`where` exchanges the rows instead.

A matrix is a list of rows, or an array (n, n), of Values, dual numbers and plain numbers. Plain numbers alone go to
NumPy.

G. H. Golub and C. F. Van Loan, Matrix Computations (2013), chapters 3.2 and 3.4; M. B. Giles, Collected Matrix
Derivative Results for Forward and Reverse Mode Algorithmic Differentiation (2008), which the tests compare with.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import inf
from typing import Any, TypeAlias

from .boundary.arguments import describe, is_other_kind
from .boundary.arrays import is_array
from .boundary.late_numpy import np
from .engine.functions import (
    abs, clip, dot, equal, exp2, floor, greater, log, log2, max as largest, prod, sign, sqrt, sum, where,
)
from .engine.state import current
from .engine.value import Value, required

Rows: TypeAlias = "list[list[Any]]"

WRITTEN_OUT = 2     # a determinant of so few rows is the sum of its products: right also where a pivot would be 0
MOST_WRITTEN_OUT = 5


def solve(a: Any, b: Any) -> Any:
    """The solution x of the linear equations a @ x = b, as numpy.linalg.solve.

    Args:
        a: A square matrix (n, n).
        b: The right-hand side: n numbers, or a matrix (n, k) of k columns.

    Returns:
        x, of the shape of b: an array if a or b is one, otherwise a list.

    Raises:
        TypeError: Something else than numbers stands in a or b.
        ValueError: The shapes are others.
        numpy.linalg.LinAlgError: The matrix is singular.
    """
    rows, right = _matrix(a, "solve"), _listed(b)
    shape = _shape(right)
    if shape[:1] != (len(rows),) or len(shape) > 2:
        raise ValueError(f"linalg.solve: b of shape ({len(rows)},) or ({len(rows)}, k) is expected, got {shape}")
    if _are_plain(rows, right):
        return _by_numpy("solve", a, b)
    columns = right if len(shape) == 2 else [[x] for x in right]
    x = _solved([row + more for row, more in zip(rows, columns, strict=True)], "solve")
    return _like(x if len(shape) == 2 else [row[0] for row in x], a, b)


def inv(a: Any) -> Any:
    """The inverse of a matrix, as numpy.linalg.inv. For equations `solve` is more precise, and takes fewer nodes.

    Args:
        a: A square matrix (n, n).

    Returns:
        The inverse (n, n): an array for an array, otherwise a list of rows.

    Raises:
        TypeError: Something else than numbers stands in a.
        ValueError: It is not square.
        numpy.linalg.LinAlgError: It is singular.
    """
    rows = _matrix(a, "inv")
    if _are_plain(rows):
        return _by_numpy("inv", a)
    identity = [[float(i == j) for j in range(len(rows))] for i in range(len(rows))]
    return _like(_solved([row + more for row, more in zip(rows, identity, strict=True)], "inv"), a)


def det(a: Any) -> Any:
    """The determinant of a matrix, as numpy.linalg.det.

    For a singular matrix it is 0, and its derivatives, the cofactors, are right. (But on a tape they are nan for a
    sample in which the first n - 2 columns are linearly dependent.)

    Args:
        a: A square matrix (n, n).

    Returns:
        A number.

    Raises:
        TypeError: Something else than numbers stands in a.
        ValueError: It is not square.
    """
    rows = _matrix(a, "det")
    if _are_plain(rows):
        return _by_numpy("det", a)
    parity, steps = _eliminate(rows, len(rows) - WRITTEN_OUT, any_column=True)
    rest = [row[steps:] for row in rows[steps:]]
    if len(rest) > MOST_WRITTEN_OUT:        # zeros: this product of so many has the derivatives 0 too
        return prod([row[i] for i, row in enumerate(rows)])
    return prod([parity, *(rows[i][i] for i in range(steps)), _written_out(rest)])


def slogdet(a: Any) -> tuple[Any, Any]:
    """The sign of the determinant, and the logarithm of its absolute value, as numpy.linalg.slogdet.

    The determinant itself may be too large or too small for a float.

    Args:
        a: A square matrix (n, n).

    Returns:
        (sign, logarithm), two numbers; 0 and -inf for a singular matrix. The derivative of the sign is 0.

    Raises:
        TypeError: Something else than numbers stands in a.
        ValueError: It is not square.
    """
    rows = _matrix(a, "slogdet")
    if _are_plain(rows):
        found = _by_numpy("slogdet", a)
        return float(found[0]), float(found[1])
    parity, _ = _eliminate(rows, len(rows))
    pivots = [row[i] for i, row in enumerate(rows)]
    return prod([parity, *map(sign, pivots)]), sum([log(abs(x)) for x in pivots])


def norm(x: Any) -> Any:
    """The Euclidean norm of a vector, or the Frobenius norm of a matrix: √(x₁² + x₂² + …).

    Its derivatives at 0 are 0, as in PyTorch, also that of second order; for the square of a norm write dot(x, x).
    (For arrays of Values, numpy.linalg.norm has the other norms too; the derivative at 0 is nan there.)

    Args:
        x: Numbers, as a list, a list of rows, or an array.

    Returns:
        A number.

    Raises:
        TypeError: Something else than numbers stands in x.
    """
    numbers = _flat(_listed(x))
    squares = dot(numbers, numbers)
    if _is_recorded() or not 1e-280 < _number(squares) < inf:
        scale = _power_of_two(numbers)
        return scale * _root_of_squares([x / scale for x in numbers])
    return sqrt(squares)


def _root_of_squares(numbers: list[Any]) -> Any:
    squares = dot(numbers, numbers)
    is_zero = equal(squares, 0.0)
    return where(is_zero, 0.0, sqrt(where(is_zero, 1.0, squares)))


def _power_of_two(numbers: list[Any]) -> Any:
    """A power of 2 about as large as the largest number, by which squares neither overflow nor underflow.

    Divisions by it are exact. It has no derivative: it is made of plain numbers or, on a tape, by floor.
    """
    if not _is_recorded():
        numbers = [_number(x) for x in numbers]
    return exp2(clip(floor(log2(largest([1e-300, *[abs(x) for x in numbers]]))), -1000.0, 1000.0))


# ---- elimination

def _eliminate(rows: Rows, steps: int, any_column: bool = False) -> tuple[Any, int]:
    """Bring a matrix to upper triangular form, in place.

    Args:
        rows: n rows of n numbers, and of what else is to be transformed with them.
        steps: In how many columns the numbers below the diagonal are to become 0.
        any_column: Whether a pivot may come from any column, and not only from the one whose turn it is.

    Returns:
        The parity of the exchanges, 1 or -1, and the number of steps done: fewer if a pivot is 0.
    """
    n, parity = len(rows), 1.0
    for k in range(steps):
        if _is_recorded() and not _are_plain([row[k] for row in rows[k:]]):
            parity = parity * _exchange_by_operations(rows, k)
        else:
            parity = parity * _exchange(rows, k, n if any_column else k + 1)
            if _number(rows[k][k]) == 0.0:
                return parity, k
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            pairs = zip(rows[i][k + 1 :], rows[k][k + 1 :], strict=True)
            rows[i][k + 1 :] = [_less(x, [factor], [y]) for x, y in pairs]
    return parity, max(steps, 0)


def _exchange(rows: Rows, k: int, columns: int) -> float:
    """Exchange rows, and columns before a given one, so that the largest number stands at (k, k); the parity."""
    places = product(range(k, len(rows)), range(k, columns))
    i, j = max(places, key=lambda place: abs(_number(rows[place[0]][place[1]])))
    rows[k], rows[i] = rows[i], rows[k]
    for row in rows:
        row[k], row[j] = row[j], row[k]
    return 1.0 if (i == k) == (j == k) else -1.0


def _exchange_by_operations(rows: Rows, k: int) -> Any:
    """The same for rows alone, as operations that decide anew for each sample of a tape."""
    parity: Any = 1.0
    for i in range(k + 1, len(rows)):
        exchanged = greater(abs(rows[i][k]), abs(rows[k][k]))
        pairs = list(zip(rows[k], rows[i], strict=True))
        rows[k] = [where(exchanged, y, x) for x, y in pairs]
        rows[i] = [where(exchanged, x, y) for x, y in pairs]
        parity = parity * (1.0 - 2.0 * exchanged)
    return parity


def _less(x: Any, factors: Sequence[Any], others: Sequence[Any]) -> Any:
    """x - Σ factor · other, without nodes for plain zeros, as in an identity matrix."""
    terms = [(y, z) for y, z in zip(factors, others, strict=True) if not (_is_plain_0(y) or _is_plain_0(z))]
    if len(terms) < 2:
        return x - terms[0][0] * terms[0][1] if terms else x
    return x - dot(*zip(*terms, strict=True))


def _is_plain_0(x: Any) -> bool:
    return type(x) is float and x == 0.0


def _solved(rows: Rows, name: str) -> Rows:
    """The solutions of n equations, whose right-hand sides follow the n coefficients in each row."""
    n = len(rows)
    _, steps = _eliminate(rows, n)
    if steps < n:
        raise np.linalg.LinAlgError(f"linalg.{name}: the matrix is singular, its rows are linearly dependent")
    solutions = [[right / rows[-1][n - 1] for right in rows[-1][n:]]]
    for i in range(n - 2, -1, -1):
        pairs = zip(rows[i][n:], zip(*solutions, strict=True), strict=True)
        solutions.insert(0, [_less(right, rows[i][i + 1 : n], known) / rows[i][i] for right, known in pairs])
    return solutions


def _written_out(rows: Rows) -> Any:
    """A determinant as the sum of its products, by minors."""
    if len(rows) < 2:
        return rows[0][0]
    minors = [_written_out([row[:j] + row[j + 1 :] for row in rows[1:]]) for j in range(len(rows))]
    terms = [x * minor for x, minor in zip(rows[0], minors, strict=True)]
    return sum([-term if j % 2 else term for j, term in enumerate(terms)])


def _is_recorded() -> bool:
    """Whether the numbers must not decide which operations follow, because a tape will repeat them for others."""
    return current().on_branch is not None


def _number(x: Any) -> float:
    return x if type(x) is float else float(x.data)


# ---- arguments and answers

def _listed(x: Any) -> Any:
    """Lists of numbers, plain ones as floats, for lists, tuples and arrays in any nesting."""
    if type(x) is Value or is_other_kind(x):
        return x
    if hasattr(x, "tolist"):
        x = x.tolist()
    return [_listed(each) for each in x] if isinstance(x, list | tuple) else float(required(x))


def _flat(x: Any) -> list[Any]:
    return [number for each in x for number in _flat(each)] if isinstance(x, list) else [x]


def _shape(x: Any) -> tuple[int, ...]:
    """The lengths of nested lists. ValueError where they differ."""
    if not isinstance(x, list):
        return ()
    shapes = {_shape(each) for each in x}
    if len(shapes) > 1:
        raise ValueError(f"linalg: rows of one length are expected, got shapes {sorted(shapes)}")
    return (len(x), *(shapes.pop() if shapes else ()))


def _matrix(a: Any, name: str) -> Rows:
    """The rows of a square matrix."""
    rows: Rows = _listed(a)
    shape = _shape(rows)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"linalg.{name}: a square matrix (n, n) is expected, got shape {shape} in {describe(a)}")
    return rows


def _are_plain(*numbers: Any) -> bool:
    return all(type(x) is float for x in _flat(list(numbers)))


def _by_numpy(name: str, *arguments: Any) -> Any:
    return _like(getattr(np.linalg, name)(*map(np.asarray, arguments)), *arguments)


def _like(answer: Any, *arguments: Any) -> Any:
    """The answer as an array if there is one among the arguments, otherwise as a list; a number is a number."""
    if not any(map(is_array, arguments)):
        return answer.tolist() if hasattr(answer, "tolist") else answer
    return np.array(answer) if isinstance(answer, list) else answer
