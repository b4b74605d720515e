"""JAX: reports about derivatives. The right values are from the formulas, by hand or by mpmath."""
import math
from dataclasses import dataclass

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import derivative, grad, hessian, jacfwd, jacrev, linalg, value_and_grad

INF = math.inf


@pytest.mark.parametrize("first", [0, 1])
def test_the_mixed_derivative_of_a_power_at_exponent_0(first):
    """12033: by x and then by y it was 23, the other way round 1/23."""
    assert grad(grad(lambda x, y: x**y, first), 1 - first)(23.0, 0.0) == pytest.approx(1 / 23, rel=1e-15)


@pytest.mark.parametrize("transform", [jacfwd, jacrev])
def test_both_modes_have_the_same_hessian_of_a_power(transform):
    """12033: jacfwd and jacrev of the gradient."""
    found = transform(lambda xy: at.grad(lambda z: z[0] ** z[1])(xy))(np.array([23.0, 0.0]))
    assert np.allclose(found, [[0, 1 / 23], [1 / 23, math.log(23) ** 2]], rtol=1e-14)


def test_powers_of_0_with_integer_exponents():
    """14397: the derivative of 1 + x + x² at 0 was nan."""
    assert grad(lambda x: at.sum([x**k for k in range(3)]))(0.0) == 1.0
    x = at.Value(0.0)
    np.sum(x ** np.arange(3.0)).backward()
    assert x.grad == 1.0


def test_0_to_the_power_0():
    """18450: nan under jit, 0 without."""
    assert derivative(lambda x: x**0)(0.0) == 0.0
    assert at.value_and_grad(lambda x: x**0)(0.0) == (1.0, 0.0)
    tape = at.record(lambda x: x[0] ** 0.0 + 0.0 * x[0], [0.0])
    assert tape.input_gradients([[0.0]]).tolist() == [[0.0]]


def test_the_second_derivative_of_tanh_at_a_tiny_number():
    """39801: 0 for -2e-300."""
    assert grad(grad(at.tanh))(1e-300) == -2e-300


def test_derivatives_of_relu_inside_a_square_root():
    """6636: nan for 0, where the root has an infinite derivative."""
    assert grad(lambda x: at.sqrt(at.relu(x)))(-10.0) == 0.0
    assert grad(lambda x: at.sqrt(at.maximum(x, 0.0)))(-10.0) == 0.0


def test_the_second_derivative_of_elu_far_above_0():
    """1538: nan, by the exponential of the branch that is not taken."""
    assert grad(grad(at.elu))(800.0) == 0.0


def test_logsumexp_of_nothing_but_minus_infinity():
    """6811: nan; with -inf for log(0) the sum doesn't depend on x."""
    assert grad(lambda x: at.logsumexp([-INF, -INF + x]))(1.0) == 0.0
    assert grad(lambda x: at.logaddexp(-INF, -INF + x))(1.0) == 0.0


def test_the_norm_of_a_difference_of_0():
    """6484: nan by the root of 0; the squared norm without a root has the gradient 0."""
    assert np.isnan(grad(lambda x: at.sqrt(np.sum((x - x) ** 2)) ** 2)(np.array([1.0, 2.0]))).all()
    assert (grad(lambda x: np.sum((x - 1.0) ** 2))(np.array([1.0, 1.0])) == 0.0).all()


def test_a_kink_is_reported_by_the_judge():
    """29111: finite differences differ from both modes at a kink of abs, and nothing said why."""
    def f(x):
        return at.sum([at.abs(v) for v in x]) ** 4 + at.exp(x[1])

    assert "kink: -3" in str(at.check_gradients(f, [1.0, 0.0]))


def test_hessians_are_symmetric_where_branches_meet():
    """12033 and its kind: at x = 1, at y = 0 and at y = 1."""
    for point in ([1.0, 0.0], [2.0, 1.0], [0.5, 0.0], [3.0, 2.0]):
        found = hessian(lambda z: z[0] ** z[1])(point)
        assert found[0][1] == pytest.approx(found[1][0], rel=1e-15)


ORDERS = [
    lambda f: grad(grad(f)), lambda f: derivative(derivative(f)), lambda f: grad(derivative(f)),
    lambda f: derivative(grad(f)),
]
every_order = pytest.mark.parametrize("second", ORDERS, ids=["reverse", "forward", "mixed", "mixed the other way"])


@pytest.mark.parametrize("operation", [at.expm1, at.elu])
def test_derivatives_far_below_0(operation):
    """39794, 39795: exp(-40) was 0, since expm1(x) + 1 is."""
    assert grad(operation)(-40.0) == derivative(operation)(-40.0) == 4.248354255291589e-18
    tape = at.record(lambda x: operation(x[0]), [-1.0])
    assert tape.input_gradients([[-40.0]])[0, 0] == pytest.approx(4.248354255291589e-18, rel=4e-16, abs=0.0)


@pytest.mark.parametrize("transform", [grad, lambda f: grad(f, mode="forward")], ids=["reverse", "forward"])
def test_small_probabilities_keep_their_gradients(transform):
    """40384, 40386: one component was 0, so that the gradient did not sum to 0. By mpmath 5.551115123125776e-17."""
    z, small = [37.42994775023705, 0.0], 5.551115123125776e-17
    for outputs in (at.softmax, at.log_softmax):
        assert transform(lambda z, outputs=outputs: outputs(z)[0])(z) == pytest.approx([small, -small], rel=4e-16)


def test_the_derivative_of_digamma_below_0():
    """37635: small and negative at the negative halves. The values are SciPy's polygamma(1, x)."""
    for x, expected in ((-16.5, 9.8108), (-19.5, 9.8196), (-22.5, 9.8261)):
        assert grad(at.digamma)(x) == derivative(at.digamma)(x) == pytest.approx(expected, abs=5e-5)


def test_the_logarithm_of_gamma_near_its_zeros():
    """5418, 21284: 5e-7 for 0 at 1, in single precision. By mpmath 4.22787559764836e-6 at 2.00001."""
    assert at.lgamma(at.Value(1.0)).data == at.lgamma(at.Value(2.0)).data == 0.0
    assert at.lgamma(at.Value(2.00001)).data == pytest.approx(4.22787559764836e-06, abs=1e-15)


@every_order
def test_the_curvature_of_a_double_soliton(second):
    """6721: nan far outside, where cosh² is large. By mpmath 8.8388798796125273e-9."""
    def wave(x):
        near, far = math.sqrt(2) / 2 * (x - 20.0), (x - 11.0) / 2
        below = (math.sqrt(2) - 1) * at.cosh(near + far) + (math.sqrt(2) + 1) * at.cosh(near - far)
        return 2 * (2 * at.cosh(far) ** 2 + at.sinh(near) ** 2) / below**2

    assert second(wave)(-10.0) == pytest.approx(8.8388798796125273e-9, rel=1e-14, abs=0.0)


def test_nan_in_one_element_stays_there():
    """4900: the second derivative of all elements was nan, in reverse mode."""
    found = [grad(grad(lambda t, y=y: y**t))(1.0) for y in (1.0, 2.0, math.nan)]
    assert found[:2] == [0.0, pytest.approx(2 * math.log(2) ** 2)] and math.isnan(found[2])


def test_integers_are_numbers():
    """2663, 424, 9994: refused as arguments and as cotangents. A gradient is a float here."""
    assert grad(at.tanh)(2) == grad(at.tanh)(2.0) and grad(lambda x: x**2)(3) == 6.0
    assert at.vjp(at.sum, [1, 2])[1](1) == ([1.0, 1.0],)
    assert grad(lambda x, y: 2 * x + 3 * y, argnums=np.int64(1))(1.0, 2.0) == 3.0       # 1575


@pytest.mark.parametrize(("call", "message"), [
    (lambda: grad(lambda x: 2 * x, has_aux=True)(1.0), r"has_aux, but <lambda> returned no \(result, aux\)"),     # 1105
    (lambda: grad(lambda x: x * 2)(np.ones(2)), "return one number, and <lambda> returned an array of shape"),
    (lambda: grad(lambda x: None)(1.0), "the result of <lambda>: .* got None"),
    (lambda: grad(lambda x: x, argnums=3)(1.0), "argnums=3, but <lambda> was called with 1 argument"),
])
def test_what_can_not_be_differentiated_is_said(call, message):
    """1105 and others: errors from inside of the transformation."""
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_derivatives_along_a_flow():
    """9507: vjp in the place of jvp gives another number. J·f along the flow of f = (y·y, sin(y·y)), and again."""
    def f(y):
        square = y[0] * y[0] + y[1] * y[1]
        return [square, at.sin(square)]

    def along(g):
        return lambda y: at.jvp(g, (y,), (f(y),))[1]

    y = [0.3, 0.4]
    assert along(f)(y) == pytest.approx(list(np.array(jacrev(f)(y)) @ np.array(f(y))), rel=1e-15)
    outer = np.array(jacfwd(along(f))(y)) @ np.array(f(y))
    assert along(along(f))(y) == pytest.approx(list(outer), rel=1e-14)


def test_relu_clip_and_maximum_at_their_kinks():
    """14682: relu6 at 0 and 6 had half. Here relu has 0, clip 1 at its bounds, maximum half, as in PyTorch 184572."""
    assert grad(at.relu)(0.0) == 0.0
    assert [grad(lambda x: at.clip(x, 0.0, 6.0))(x) for x in (0.0, 6.0)] == [1.0, 1.0]
    assert grad(lambda x: at.maximum(x, 0.0))(0.0) == 0.5


def test_a_judge_does_not_depend_on_the_number_of_arguments():
    """641, 3130: finite differences were too coarse, or their tolerance did not grow."""
    assert at.check_gradients(lambda a: sum(k * (1 + at.cos(n * a)) for n, k in ((1, 2.0), (2, 3.0), (3, 1.0))), 0.7)
    assert at.check_gradients(lambda v: at.sum([x**2 for x in v]), [1e-3 * i for i in range(50)])


def test_the_determinant_of_singular_matrices():
    """2380, 2756: nan. The derivatives are the cofactors, by hand."""
    assert grad(linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]])).tolist() == [[4.0, -2.0], [-2.0, 1.0]]
    assert not grad(linalg.det)(np.zeros((3, 3))).any()


def test_the_square_of_a_norm_at_0():
    """21723, 4177: nan. The gradient of the squares is 0; linalg.norm has it too."""
    for f in (lambda x: linalg.norm(x) ** 2), (lambda x: at.dot(x, x)):
        assert grad(f)(np.zeros(2)).tolist() == [0.0, 0.0]


def test_a_dataclass_is_not_made_twice():
    """14619: __init__ ran again, and halved a number that it had halved. d(3²)/dθ is 6."""
    @dataclass
    class Half:
        theta: float

        def __post_init__(self):
            self.theta = self.theta / 2

    value, gradient = value_and_grad(lambda x: x.theta**2)(Half(6.0))
    assert (value, gradient.theta) == (9.0, 6.0)


def test_checks_in_a_dataclass_are_not_for_its_derivatives():
    """7546, 24676: __post_init__ saw placeholders, and raised. d(-x³)/dx at 2 is -12, which the check would refuse."""
    @dataclass
    class Positive:
        x: float

        def __post_init__(self):
            assert self.x > 0

    assert grad(lambda p: -(p.x**3))(Positive(2.0)).x == -12.0
    assert hessian(lambda p: -(p.x**3))(Positive(2.0)).x.x == -12.0


MODES = pytest.mark.parametrize("mode", ["reverse", "forward"])


@MODES
def test_inverse_hyperbolic_functions_far_out(mode):
    """40634: 0, since x² overflowed: 1/√(x² ± 1) is 1/x there."""
    for function in (at.asinh, at.acosh):
        assert grad(function, mode=mode)(1e200) == pytest.approx(1e-200, rel=4e-16, abs=0.0)


@MODES
def test_tanh_where_it_is_flat(mode):
    """764: nan from 190 on. By mpmath 4·exp(-380)."""
    assert grad(at.tanh, mode=mode)(190.0) == pytest.approx(4 * math.exp(-380.0), rel=1e-13, abs=0.0)
    assert grad(at.tanh, mode=mode)(1e300) == 0.0


@MODES
def test_the_remainder_of_a_negative_number_by_its_divisor(mode):
    """11466: 7 and 8 for 6 and 7: -19 is -6·3 - 1, and -7·3 + 2."""
    assert grad(lambda y: at.fmod(-19.0, y), mode=mode)(3.0) == 6.0
    assert grad(lambda y: at.remainder(-19.0, y), mode=mode)(3.0) == 7.0
    assert grad(lambda y: -19.0 % y, mode=mode)(3.0) == 7.0


@MODES
def test_a_fraction_to_the_power_0(mode):
    """12409: nan where the fraction is 0."""
    assert grad(lambda x: (x - at.floor(x)) ** 0, mode=mode)(1.0) == 0.0


@MODES
def test_the_norm_of_a_multiple_of_nothing(mode):
    """26248, 39792: |a·0| is |a|·0, whose derivative by a is 0; it was nan. 2377: with a target."""
    assert grad(lambda a: linalg.norm([a * 0.0, a * 0.0]), mode=mode)(1.3) == 0.0
    assert grad(lambda a: (linalg.norm([a * 0.0]) - 1.0) ** 2, mode=mode)(1.0) == 0.0
    assert grad(lambda a: linalg.norm([a * 3.0, a * -4.0]), mode=mode)(1.3) == pytest.approx(5.0)


def test_what_comes_beside_a_gradient_are_numbers():
    """1950: placeholders of the transformation in aux."""
    assert grad(lambda x: (x**2, {"same": x, "more": x + 1}), has_aux=True)(3.0) == (6.0, {"same": 3.0, "more": 4.0})


@every_order
def test_the_curvature_of_softplus_and_its_kin_far_out(second):
    """40383, 40387, 39796: 0. By mpmath; selu is 1.05·elu(x, 1.67)."""
    small = 5.551115123125776e-17
    assert second(at.softplus)(37.42994775023705) == pytest.approx(small, rel=1e-14, abs=0.0)
    assert second(at.log_sigmoid)(-37.42994775023705) == pytest.approx(-small, rel=1e-14, abs=0.0)
    expected = 1.05 * 1.67 * math.exp(-700.0)
    assert second(lambda x: 1.05 * at.elu(x, 1.67))(-700.0) == pytest.approx(expected, rel=1e-14, abs=0.0)


def test_forces_between_charges_agree_in_both_modes():
    """654: jacfwd and jacrev differed where the distance of a point from itself was masked."""
    charges, places = [1.3, 0.3, -0.4], np.array([[0.06, 0.01], [1.05, -0.2], [2.4, 1.2]])

    def energy(places):
        pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
        return at.sum([charges[i] * charges[j] / linalg.norm(places[i] - places[j]) for i, j in pairs])

    np.testing.assert_allclose(jacfwd(energy)(places), jacrev(energy)(places), rtol=1e-14)
    assert np.abs(jacrev(energy)(places).sum(axis=0)).max() < 1e-15       # no force from outside
