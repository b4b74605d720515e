"""A recording for one structure of the arguments: errors are about the arguments of the call, and not about samples."""
import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import grad, hessian, hvp, jacobian, jit, jvp, vjp

CALLS = {
    "itself": lambda f, x, i: f(x, i), "grad": lambda f, x, i: grad(f)(x, i),
    "hessian": lambda f, x, i: hessian(f)(x, i),
    "jacobian": lambda f, x, i: jacobian(f)(x, i), "jacobian of grad": lambda f, x, i: jacobian(grad(f))(x, i),
    "jvp": lambda f, x, i: jvp(f, (x, float(i)), ([1.0] * len(x), 0.0)),
    "vjp": lambda f, x, i: vjp(f, x, float(i))[1](1.0),
    "hvp": lambda f, x, i: hvp(f, (x, float(i)), ([1.0] * len(x), 0.0)),
    "inside of another": lambda f, x, i: jit(lambda x, i: f(x, i))(x, i), "by its name": lambda f, x, i: f(x, i=i),
}
FUNCTIONS = {
    "the value": lambda x, i: at.take(x, i) ** 2, "beside others": lambda x, i: at.take(x, i) + x[0] ** 2,
    "a loss": lambda x, i: at.take(x, i) + at.nn.losses.cross_entropy(x, i),
}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("recorded", [False, True])
def test_a_wrong_index_is_named_by_its_argument(f, call, recorded):
    f = jit(f)
    if recorded:
        call(f, [0.1, 0.2, 0.3], 1)
    for index, words in (
        (3, r"^index i = 3 is out of range: the indices of 3 values are -3 to 2$"), (-4, "^index i = -4 is out"),
        (0.5, r"^an index is an integer, such as 2 or 2\.0, got i = 0\.5$"), (2.0000000001, r"got i = 2\.0000000001$"),
        (math.nan, "got i = nan$"),
    ):
        with pytest.raises(IndexError, match=words) as caught:
            call(f, [0.1, 0.2, 0.3], index)
        assert "sample" not in str(caught.value) and not hasattr(caught.value, "__notes__")
    call(f, [0.1, 0.2, 0.3], 2)


def test_an_index_in_a_container_and_one_that_is_computed():
    f = jit(lambda p: at.take([1.0, 2.0], p["i"][1]) * p["x"])
    f({"i": [0, 1], "x": 2.0})
    with pytest.raises(IndexError, match=r"index p\['i'\]\[1\] = 2 is out of range"):
        f({"i": [0, 2], "x": 2.0})
    g = jit(lambda x: at.take([1.0, 2.0], at.floor(x)) * x)
    g(0.5)
    with pytest.raises(IndexError, match=r"^index 2 is out of range"):
        g(2.5)
    with pytest.raises(IndexError, match=r"^index 2 is out of range"):
        jvp(g, (2.5,), (1.0,))


def test_jacobians_by_tangents_name_the_argument_too():
    f = jit(lambda x, i: [at.take(x, i) * at.prod(x) * at.sin(a) for a in x])
    jacobian(grad(jit(lambda x, i: at.sum(f(x, i)))))(np.ones(40), 1)
    h = hessian(jit(lambda x, i: at.sum(f(x, i))))
    h(np.ones(40), 1)
    with pytest.raises(IndexError, match="index i = 40 is out of range"):
        h(np.ones(40), 40)


def test_an_example_of_the_documentation():
    f = jit(lambda x, i: at.take(x, i) ** 2)
    assert f([1.0, 2.0, 3.0], 1) == 4.0 and f([1.0, 2.0, 3.0], -1) == 9.0
    assert grad(f)([1.0, 2.0, 3.0], 2) == [0.0, 0.0, 6.0]
    assert hessian(f)([1.0, 2.0], 0.0) == [[2.0, 0.0], [0.0, 0.0]]
