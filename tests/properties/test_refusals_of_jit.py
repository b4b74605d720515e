"""What can't be recorded of a number names the line, the argument and the way out: to make it static, say."""
import math
from contextlib import suppress
from itertools import islice

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, grad, jit
from autograd_tiny.tape.branch_guard import BranchError

TABLE = [1.0, 2.0, 3.0, 4.0]
COUNTS = {          # functions of a number and a count that are right if the count is static
    "range": lambda x, n: sum(x for _ in range(n)), "a list": lambda x, n: x * TABLE[n],
    "an array": lambda x, n: x * np.array(TABLE)[n], "a slice": lambda x, n: x * at.sum(TABLE[:n]),
    "a slice of an array": lambda x, n: x * at.sum(np.array(TABLE)[:n]), "repetition": lambda x, n: x * len("a" * n),
    "repetition, n first": lambda x, n: x * len(n * [1]), "islice": lambda x, n: sum(islice([x] * 4, n)),
    "enumerate": lambda x, n: x * sum(k for k, _ in enumerate(TABLE, n)), "hex": lambda x, n: x * len(hex(n)),
    "floor": lambda x, n: x * TABLE[math.floor(n)], "round": lambda x, n: x * TABLE[round(n)],
    "decimals": lambda x, n: round(x, n), "np.zeros": lambda x, n: x * np.zeros(n),
    "np.arange": lambda x, n: x * np.arange(n), "np.full": lambda x, n: x * np.full(n, 2.0),
    "reshape": lambda x, n: np.reshape([x] * 6, (n, -1)), "an axis": lambda x, n: np.sum([[[[x]]]], axis=n),
    "factorial": lambda x, n: x * math.factorial(n), "int": lambda x, n: x * int(n), "float": lambda x, n: x * float(n),
    "math": lambda x, n: x * math.sqrt(n), "%d": lambda x, n: x * len("%d" % n),  # noqa: UP031
    "an array of floats": lambda x, n: x * np.array([n, 1.0], float), "ljust": lambda x, n: x * len("a".ljust(n)),
    "dict": lambda x, n: x * {2: 5.0, 3: 1.0}[n], "set": lambda x, n: x * (n in {2, 3}),
    "if": lambda x, n: x if n else -x, "==": lambda x, n: x if n == 3 else -x,
    "a list's in": lambda x, n: x * (n in [2, 3]), "divisible": lambda x, n: x if n % 2 == 0 else -x,
    "bits": lambda x, n: x * (n & 1), "a shift": lambda x, n: x * (1 << n),
    "format": lambda x, n: x * len(f"{n:d}"), "a method of int": lambda x, n: x * n.bit_length(),
}


@pytest.mark.parametrize("f", COUNTS.values(), ids=COUNTS)
def test_a_count_or_an_index_that_is_not_static_is_named_with_the_way_out(f):
    for call in (lambda f: jit(f)(0.25, 3), lambda f: jit(f)(x=0.25, n=3), lambda f: grad(jit(f))(0.25, 3)):
        with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
            call(f)
        message = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
        assert "jit(f, static='n')" in message and "no data" in message, message
        if isinstance(caught.value, BranchError):
            assert f"{__file__}:{f.__code__.co_firstlineno}: `" in message, message
            assert len(message.split(". ")) < 3, message
    np.testing.assert_array_equal(jit(f, static="n")(0.25, 3), f(0.25, 3))


def test_most_of_them_say_the_line():
    """All but what Python itself refuses, since Values have no such operation or method."""
    for name, f in COUNTS.items():
        with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
            jit(f)(0.25, 3)
        assert isinstance(caught.value, BranchError) == (
            name not in ("bits", "a shift", "format", "a method of int")
        ), name


@pytest.mark.parametrize(("call", "name", "static"), [
    (lambda: jit(lambda d: TABLE[d["n"]] * d["x"])({"x": 1.0, "n": 2}), "d", "'d'"),
    (lambda: jit(lambda *xs: TABLE[xs[1]] * xs[0])(1.0, 2), "x1", "1"),
    (lambda: jit(lambda **named: TABLE[named["n"]] * named["x"])(n=2, x=1.0), "n", "'n'"),
    (lambda: jit(lambda x, y, n: TABLE[n] * x * y[1], static=1)(1.0, (1.0, 2.0), 2), "n", "'n'"),
    (lambda: jit(lambda x, y, *, n: TABLE[n] * x * y[1])([1.0, 2.0][0], [1.0, 2.0], n=2), "n", "'n'"),
])
def test_the_argument_is_found_among_others(call, name, static):
    with pytest.raises(TypeError, match=rf"or make {name} static if it is no data: jit\(f, static={static}\)$"):
        call()


def test_integers_are_named_where_an_error_does_not_say_which_argument():
    def f(x, n, m, k):
        raise RuntimeError("mine")

    for args, static in (
        ((1.0, 2, 3, 4.0), r"\('n', 'm'\)"), ((1.0, 2, 3.0, 4.0), "'n'"), ((1.0, 2.0, 3.0, 4.0), "…")
    ):
        with pytest.raises(RuntimeError, match=rf"mine\n.*jit\(f, static={static}\)$"):
            jit(f)(*args)


def test_a_value_from_elsewhere_cannot_be_static():
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match=r"makes an index .*label='w'.*the parameter, .*to look something up$"):
        jit(lambda x: x * TABLE[w])(1.0)


def test_a_refusal_that_the_function_answers_itself_is_none():
    def f(x, n):
        try:
            return x * int(n)
        except TypeError:
            return x * n

    assert jit(f)(2.0, 3) == 6.0
    def g(x, n):
        with suppress(TypeError):
            int(n)
        return [][5] * x

    with pytest.raises(IndexError, match="list index out of range"):
        jit(g)(2.0, 3)
