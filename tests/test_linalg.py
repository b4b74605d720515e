"""Linear algebra over Values: against NumPy, against the known formulas of the derivatives, and with 60 digits."""
import itertools
import math

import mpmath
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Dual, Value, grad, hessian, jacobian, linalg, record, value_and_grad

MP = mpmath.MPContext()
MP.dps = 60
RNG = np.random.default_rng(13)
MATRICES = {
    "1 × 1": np.array([[-3.0]]),
    "random 2 × 2": RNG.normal(size=(2, 2)),
    "random 3 × 3": RNG.normal(size=(3, 3)),
    "random 4 × 4": RNG.normal(size=(4, 4)),
    "random 7 × 7": RNG.normal(size=(7, 7)),
    "with a first pivot of 0": np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [1.0, 1.0, 0.0]]),
    "with a tiny first pivot": np.array([[1e-20, 1.0], [1.0, 1.0]]),
    "a permutation": np.eye(4)[[2, 0, 3, 1]],
    "triangular": np.tril(RNG.normal(size=(4, 4))) + 2 * np.eye(4),
    "Hilbert's": np.array([[1.0 / (i + j + 1) for j in range(5)] for i in range(5)]),
    "of many magnitudes": np.diag([1e5, 1e-5, 1.0]) @ RNG.normal(size=(3, 3)),
}
SMALL = ["1 × 1", "random 2 × 2", "random 3 × 3", "with a first pivot of 0", "a permutation"]
MODES = ["forward", "reverse"]
each_matrix = pytest.mark.parametrize("a", MATRICES.values(), ids=MATRICES)
each_small = pytest.mark.parametrize("a", [MATRICES[name] for name in SMALL], ids=SMALL)


def close(x, y, tolerance=1e-12):
    np.testing.assert_allclose(np.array(x, float), y, rtol=0, atol=tolerance * max(np.abs(y).max(), 1e-300))


def values(a):
    return np.vectorize(Value, otypes=[object])(a)


def numbers(x):
    return np.vectorize(lambda x: x if type(x) is float else x.data)(np.array(x, object))


def condition(a):
    """How much a relative error grows on the way to a solution."""
    return np.linalg.cond(a, 1)


# ---- values

@each_matrix
def test_the_values_are_those_of_numpy(a):
    b = RNG.normal(size=len(a))
    tolerance = 1e-15 * len(a) * condition(a)
    close(numbers(linalg.solve(values(a), b)), np.linalg.solve(a, b), tolerance)
    close(numbers(linalg.solve(a, values(b))), np.linalg.solve(a, b), tolerance)
    close(numbers(linalg.inv(values(a))), np.linalg.inv(a), tolerance)
    close(linalg.det(values(a)).data, np.linalg.det(a), min(tolerance, 1e-9))
    sign, logarithm = linalg.slogdet(values(a))
    assert (sign.data, logarithm.data) == pytest.approx(tuple(np.linalg.slogdet(a)), rel=1e-9, abs=1e-13)
    assert linalg.norm(values(a)).data == pytest.approx(np.linalg.norm(a), rel=1e-15)


def test_the_residual_is_as_small_as_that_of_numpy():
    """Partial pivoting is backward stable: the solution is that of a matrix next to the one given."""
    for n in (2, 5, 10, 20):
        a, b = RNG.normal(size=(n, n)) * 10.0 ** RNG.integers(-8, 8, size=(n, 1)), RNG.normal(size=n)
        x = numbers(linalg.solve(values(a), b))
        assert np.all(np.abs(a @ x - b) <= 1e-15 * n * np.maximum.reduce([np.abs(a) @ np.abs(x), np.abs(b)]))


def test_several_right_hand_sides_at_once():
    a, b = MATRICES["random 3 × 3"], RNG.normal(size=(3, 2))
    close(numbers(linalg.solve(values(a), b)), np.linalg.solve(a, b))
    close(jacobian(lambda x: linalg.solve(a, x))(b), np.einsum("ik,jl->ijkl", np.linalg.inv(a), np.eye(2)))


def test_answers_have_the_kind_of_their_arguments():
    a, b = [[Value(2.0), 1.0], [0, Value(4.0)]], (2.0, Value(4.0))
    x = linalg.solve(a, b)
    assert type(x) is list and [each.data for each in x] == [0.5, 1.0]
    assert [numbers(row).tolist() for row in linalg.inv(a)] == [[0.5, -0.125], [0.0, 0.25]]
    assert isinstance(linalg.solve(np.array(a), b), np.ndarray) and isinstance(linalg.solve(a, np.array(b)), np.ndarray)
    assert type(linalg.det(a)) is Value and type(linalg.norm(b)) is Value
    plain = [[2, 1], [0.0, np.float32(4.0)]]
    assert linalg.solve(plain, [2, 4]) == [0.5, 1.0] and linalg.inv(plain) == [[0.5, -0.125], [0.0, 0.25]]
    assert linalg.det(plain) == pytest.approx(8.0) and type(linalg.det(plain)) is float
    assert linalg.slogdet(plain) == pytest.approx((1.0, math.log(8.0))) and type(linalg.norm(plain)) is float
    assert isinstance(linalg.inv(np.eye(2)), np.ndarray)


def test_a_plain_0_costs_no_node():
    nodes = at.topological_order(*linalg.solve([[2.0, 0.0], [0.0, 3.0]], [Value(1.0), Value(2.0)]))
    assert sum(node.op != "" for node in nodes) <= 4


# ---- derivatives

@pytest.mark.parametrize("mode", MODES)
@each_matrix
def test_first_derivatives_are_those_of_the_formulas(a, mode):
    """M. B. Giles, Collected Matrix Derivative Results (2008): for c = Σ seed · result."""
    n = len(a)
    b, seed, inverse = RNG.normal(size=n), RNG.normal(size=n), np.linalg.inv(a)
    tolerance = 1e-15 * n * condition(a) ** 2
    if tolerance > 1e-3:
        pytest.skip("too ill-conditioned to have a derivative in double precision")
    x, w = inverse @ b, inverse.T @ seed
    by_a, by_b = grad(lambda a, b: np.dot(seed, linalg.solve(a, b)), (0, 1), mode=mode)(a, b)
    close(by_a, -np.outer(w, x), tolerance)
    close(by_b, w, tolerance)
    weights = RNG.normal(size=(n, n))
    close(grad(lambda a: np.sum(weights * linalg.inv(a)), mode=mode)(a), -inverse.T @ weights @ inverse.T, tolerance)
    value, cofactors = value_and_grad(linalg.det, mode=mode)(a)
    close(value, np.linalg.det(a), tolerance)
    close(cofactors, np.linalg.det(a) * inverse.T, tolerance)
    close(grad(lambda a: linalg.slogdet(a)[1], mode=mode)(a), inverse.T, tolerance)
    close(grad(lambda a: linalg.slogdet(a)[0], mode=mode)(a), np.zeros((n, n)))
    close(grad(linalg.norm, mode=mode)(a), a / np.linalg.norm(a), tolerance)


def determinant(a):
    """As the sum of all its products, for singular matrices too."""
    n = a.rows
    permutations = itertools.permutations(range(n))
    return MP.fsum(
        parity(p) * math.prod((a[i, j] for i, j in enumerate(p)), start=MP.mpf(1)) for p in permutations
    )


def parity(permutation):
    return (-1) ** sum(x > y for x, y in itertools.combinations(permutation, 2))


def in_60_digits(function, a, places):
    """The derivative by the numbers at these places, by central differences."""
    h = MP.mpf(10) ** (-50 // (len(places) + 2))
    total = MP.mpf(0)
    for signs in itertools.product((1, -1), repeat=len(places)):
        moved = MP.matrix(a.tolist())
        for sign, (i, j) in zip(signs, places, strict=True):
            moved[i, j] += sign * h
        total += math.prod(signs) * function(moved)
    return float(total / (2 * h) ** len(places))


@pytest.mark.parametrize("mode", ["reverse-over-reverse", "forward-over-reverse", "reverse-over-forward"])
@each_small
def test_second_derivatives_are_those_of_60_digits(a, mode):
    n = len(a)
    b, places = RNG.normal(size=n), list(itertools.product(range(n), range(n)))

    def solution(a):
        return MP.lu_solve(a, MP.matrix(b.tolist()))[0]

    pairs = [
        (lambda a: linalg.solve(a, b)[0], solution), (lambda a: linalg.inv(a)[-1][0], lambda a: (a**-1)[n - 1, 0]),
        (linalg.det, MP.det), (lambda a: linalg.slogdet(a)[1], lambda a: MP.log(abs(MP.det(a)))),
        (linalg.norm, lambda a: MP.mnorm(a, "f")),
    ]
    for ours, exact in pairs:
        found = hessian(ours, mode=mode)(a)
        expected = [[in_60_digits(exact, a, (p, q)) for q in places] for p in places]
        close(found.reshape(n * n, n * n), np.array(expected), 1e-11)


def of_rank(n, rank):
    a = RNG.integers(-3, 4, size=(n, rank)) @ RNG.integers(-3, 4, size=(rank, n))
    return a.astype(float)


SINGULAR = {
    "of rank 2 of 3": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 7.0, 9.0]]),
    "with equal rows": np.array([[1.0, 2.0], [1.0, 2.0]]),
    "with a column of zeros": np.array([[0.0, 2.0, 1.0], [0.0, 1.0, 4.0], [0.0, 3.0, 2.0]]),
    "of rank 1 of 3": of_rank(3, 1), "of rank 3 of 5": of_rank(5, 3), "of rank 4 of 5": of_rank(5, 4),
    "of rank 1 of 4": of_rank(4, 1), "zero, 3 × 3": np.zeros((3, 3)), "zero, 1 × 1": np.zeros((1, 1)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("a", SINGULAR.values(), ids=SINGULAR)
def test_a_singular_matrix_has_a_determinant_of_0_and_derivatives(a, mode):
    """The cofactors, and so on: a determinant is a polynomial."""
    places = list(np.ndindex(a.shape))
    value, found = value_and_grad(linalg.det, mode=mode)(a)
    scale = max(np.abs(a).max(), 1.0) ** len(a)
    assert value == pytest.approx(0.0, abs=1e-14 * scale)
    np.testing.assert_allclose(found.ravel(), [in_60_digits(determinant, a, (p,)) for p in places], atol=1e-14 * scale)
    second = hessian(linalg.det, mode=f"{mode}-over-reverse")(a).reshape(len(places), -1)
    some = places[:4]
    expected = [[in_60_digits(determinant, a, (p, q)) for q in places] for p in some]
    np.testing.assert_allclose(second[: len(some)], expected, atol=1e-13 * scale)


def test_the_third_derivative_of_the_determinant_of_zeros():
    third = jacobian(hessian(linalg.det))(np.zeros((3, 3)))
    for p in itertools.product(range(3), repeat=6):
        rows, columns = p[::2], p[1::2]
        permutation = [columns[rows.index(i)] for i in range(3)] if len({*rows}) == 3 else [0, 0, 0]
        assert third[p] == (parity(permutation) if len({*permutation}) == 3 else 0)
    assert linalg.det(values(np.zeros((9, 9)))).data == 0.0
    assert not grad(linalg.det)(np.zeros((9, 9))).any()


def test_a_function_of_one_number_in_a_matrix():
    """d/dt log det(I + tA) = trace((I + tA)⁻¹ A)."""
    a, t = MATRICES["random 3 × 3"] + 3 * np.eye(3), 0.3
    for mode in MODES:
        found = grad(lambda t: linalg.slogdet(np.eye(3) + t * a)[1], mode=mode)(t)
        assert found == pytest.approx(np.trace(np.linalg.inv(np.eye(3) + t * a) @ a), rel=1e-13)


def test_values_and_dual_numbers_by_hand():
    p, q = Value(2.0), Value(5.0)
    x = linalg.solve([[p, 1.0], [1.0, q]], [1.0, 2.0])
    x[0].backward()
    assert (p.grad, q.grad) == pytest.approx((-15 / 81, 3 / 81))
    d = linalg.det([[Dual(2.0, 1.0), 3.0], [4.0, 5.0]])
    assert (d.primal, d.tangent) == (-2.0, 5.0)


@pytest.mark.parametrize("mode", MODES)
def test_the_norm_at_0_has_the_derivative_0(mode):
    assert grad(linalg.norm, mode=mode)([0.0, 0.0]) == [0.0, 0.0]
    assert grad(linalg.norm, mode=mode)(np.array([3.0, -4.0])) == pytest.approx(np.array([0.6, -0.8]))
    assert record(linalg.norm, [3.0, 4.0]).input_gradients([[0.0, 0.0]]).tolist() == [[0.0, 0.0]]


# ---- tapes

def test_on_a_tape_each_sample_has_its_own_pivots():
    batch = [*RNG.normal(size=(30, 3, 3)), MATRICES["with a first pivot of 0"], *(np.eye(3)[list(p)] for p in
             itertools.permutations(range(3)))]
    b = np.array([1.0, -2.0, 0.5])
    flat = np.array(batch).reshape(len(batch), 9)
    tapes = {
        name: record(lambda *x, f=f: f(np.array(x, object).reshape(3, 3)), *batch[0].ravel())
        for name, f in {
            "solve": lambda a: linalg.solve(a, b)[1], "inv": lambda a: linalg.inv(a)[0, 2], "det": linalg.det,
            "slogdet": lambda a: linalg.slogdet(a)[1],
        }.items()
    }
    inverses, dets = np.linalg.inv(batch), np.linalg.det(batch)
    expected = {
        "solve": np.linalg.solve(batch, b[:, np.newaxis])[:, 1, 0], "inv": inverses[:, 0, 2], "det": dets,
        "slogdet": np.linalg.slogdet(batch)[1],
    }
    for name, tape in tapes.items():
        np.testing.assert_allclose(tape(flat), expected[name], rtol=1e-10, atol=1e-12)
    gradients = tapes["det"].input_gradients(flat)
    np.testing.assert_allclose(gradients, (dets[:, None, None] * inverses.transpose(0, 2, 1)).reshape(-1, 9), rtol=1e-9,
                               atol=1e-11)


def test_a_constant_matrix_on_a_tape_needs_no_where():
    a = MATRICES["with a first pivot of 0"]
    tape = record(lambda x, y, z: linalg.solve(a, [x, y, z])[0], 1.0, 2.0, 3.0)
    assert "where" not in str(tape.listing()) and tape([[1.0, 2.0, 4.0]])[0] == pytest.approx(
        np.linalg.solve(a, [1.0, 2.0, 4.0])[0]
    )


# ---- errors

@pytest.mark.parametrize("a", [[[1.0, 2.0], [2.0, 4.0]], [[0.0]], np.zeros((3, 3)), [[1.0, 0.0], [0.0, 0.0]]])
def test_a_singular_matrix_has_no_inverse(a):
    b = [1.0] * len(a)
    for make in Value, lambda x: Dual(x, 1.0):
        numbers = [[make(x) for x in row] for row in a]
        with pytest.raises(np.linalg.LinAlgError, match="solve: the matrix is singular, its rows are"):
            linalg.solve(numbers, b)
        with pytest.raises(np.linalg.LinAlgError, match="inv: the matrix is singular"):
            linalg.inv(numbers)
        sign, logarithm = linalg.slogdet(numbers)
        assert (sign.data, logarithm.data) == (0.0, -math.inf)
    with pytest.raises(np.linalg.LinAlgError):
        linalg.inv(a)


def test_nan_and_infinity_go_through():
    for x in math.nan, math.inf:
        for place in np.ndindex(2, 2):
            a = values(np.array([[2.0, 1.0], [1.0, 3.0]]))
            a[place] = Value(x)
            assert not np.isfinite(linalg.det(a).data)
            assert not np.isfinite(numbers(linalg.solve(a, [1.0, 1.0]))).all() or x == math.inf


@pytest.mark.parametrize("a", [[], [1.0], [[1.0, 2.0]], np.ones((2, 3)), np.ones((1, 2, 2)), 1.0, [[1.0], [2.0, 3.0]]])
def test_a_matrix_is_square(a):
    for function in linalg.inv, linalg.det, linalg.slogdet, lambda a: linalg.solve(a, [1.0]):
        with pytest.raises(ValueError, match=r"a square matrix \(n, n\) is expected, got shape|rows of one length"):
            function(a)


def test_the_right_hand_side_fits_and_all_are_numbers():
    for b in [1.0], 1.0, [1.0, 2.0, 3.0], np.ones((2, 2, 2)):
        with pytest.raises(ValueError, match=r"solve: b of shape \(2,\) or \(2, k\) is expected, got \("):
            linalg.solve(values(np.eye(2)), b)
    for wrong in "x", None, 1j, [["a", 1.0], [0.0, 1.0]]:
        with pytest.raises(TypeError, match="a Value or a number is expected, got"):
            linalg.norm([wrong])


@pytest.mark.parametrize(("vector", "length", "direction"), [
    ([3e200, 4e200], 5e200, [0.6, 0.8]), ([3e-200, -4e-200], 5e-200, [0.6, -0.8]), ([1e160, 0.0], 1e160, [1.0, 0.0]),
    ([1e-320, 0.0], 1e-320, [1.0, 0.0]), ([0.0, 0.0], 0.0, [0.0, 0.0]), ([3.0, 4.0], 5.0, [0.6, 0.8]),
])
def test_the_norm_of_a_very_long_or_short_vector(vector, length, direction):
    """The squares overflow or underflow where the norm does not."""
    for mode in ("reverse", "forward"):
        assert grad(linalg.norm, mode=mode)(vector) == pytest.approx(direction, rel=1e-15, abs=0.0)
    tape = record(linalg.norm, [1.0, 2.0])
    assert tape([vector])[0] == pytest.approx(length, rel=1e-15, abs=0.0)
    assert tape.input_gradients([vector])[0].tolist() == pytest.approx(direction, rel=1e-15, abs=0.0)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e100])
def test_the_curvature_of_a_norm(size):
    """(δ_ij - u_i u_j) / |x|, with the direction u."""
    found = np.array(hessian(linalg.norm)([3 * size, 4 * size]))
    assert np.allclose(found * size, [[0.128, -0.096], [-0.096, 0.072]], rtol=1e-13, atol=0.0)
