"""Derivatives as functions: grad(f) is a function again, of the same arguments.

The names and arguments are those of JAX and HIPS/autograd. A function may be written with Python
arithmetic, with the functions of this package and with NumPy over arrays. Its arguments are numbers, or
lists, tuples, dicts and arrays of numbers in any nesting, and an answer has the structure of its argument.
Plain numbers give plain numbers; where a Value is among the arguments, the answers are Values, which can
be differentiated again. No `.grad` changes, not even of Values that the function holds on to.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal, TypeAlias

from ..boundary.arguments import describe
from ..engine import functions
from ..engine.state import engine_kind
from .call import Argnums, Call, Function, has_value, name_of, pulled_back, weighted_sum
from .pytree import blocks, flatten, matching

Mode: TypeAlias = Literal["forward", "reverse"]

# What a pass over dual numbers counts, in passes back through a graph. An operation on dual numbers costs
# some 300 steps back in the native engine, 5 in the pure one, and a pass back often sees a part of the graph.
FORWARD_PASS = 1000 if engine_kind() == "native" else 20


# ---- what users call

def grad(fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode = "reverse") -> Function:
    """The gradient of a function that returns one number, as jax.grad.

    argnums: which argument to differentiate by; with a sequence of them the answer is a tuple.
    has_aux: fun returns (number, something else), and the answer is (gradient, something else).
    mode: "reverse" takes one pass whatever the number of inputs, "forward" one for each.

        >>> grad(lambda x: x**3)(2.0)
        12.0

    TypeError for a fun that returns anything but one number, and for arguments that hold none.
    """
    _check(fun, "grad", mode)
    both = value_and_grad(fun, argnums, has_aux, mode=mode)

    @_named("grad", fun)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, answer = both(*args, **kwargs)
        return (answer, value[1]) if has_aux else answer

    return gradient


def value_and_grad(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode = "reverse"
) -> Function:
    """Like grad, but the answer is (value, gradient), or ((value, something else), gradient)."""
    _check(fun, "value_and_grad", mode)

    @_named("value_and_grad", fun)
    def both(*args: Any, **kwargs: Any) -> Any:
        call = Call(fun, args, kwargs, argnums, has_aux)
        run = call.pushed_forward(range(len(call.numbers))) if mode == "forward" else call.recorded()
        if not run.structure.is_number:
            raise TypeError(
                f"grad is for functions that return one number, and {name_of(fun)} returned "
                f"{run.structure.describe()}: use jacobian, or return their sum"
            )
        answer = call.structure.build(run.rows()[0])
        value = call.settled(run.outputs[0])
        return (value, call.settled_aux(run.aux)) if has_aux else value, answer

    return both


def derivative(fun: Function, n: int = 1, argnums: int = 0, *, mode: Mode = "forward") -> Function:
    """The n-th derivative of a function of one number (its other arguments are held fixed).

    fun may return anything made of numbers: a point of a curve, say. These are n differentiations, one in
    the other, and the time grows exponentially with n.
    ValueError unless n is 0, 1, 2, …; TypeError for an argument that is no number.
    """
    _check(fun, "derivative", mode)
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"derivative: n is 0, 1, 2, …, got {n!r} (it is derivative(f, n)(x))")
    if isinstance(argnums, Sequence):
        raise TypeError(f"derivative: argnums is one int, got {describe(argnums)}")
    answer = fun
    for _ in range(n):
        answer = _first_derivative(answer, fun, argnums, mode)
    return answer


def _first_derivative(fun: Function, original: Function, argnums: int, mode: Mode) -> Function:
    slopes = jacobian(fun, argnums, mode=mode)

    @_named("derivative", original)
    def first(*args: Any, **kwargs: Any) -> Any:
        x = args[argnums] if -len(args) <= argnums < len(args) else 0.0
        if not flatten(x, "the argument")[1].is_number:
            raise TypeError(
                f"derivative is for functions of one number, and {name_of(original)} was called with "
                f"{describe(x)}: use grad or jacobian"
            )
        return slopes(*args, **kwargs)

    return first


def jacobian(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode | None = None
) -> Function:
    """All derivatives of all outputs by all inputs, as jax.jacobian.

    For an argument of shape (n,) and a result of shape (m,) it is an array of shape (m, n). In general it has
    the structure of the result with the structure of the argument inside, and where an array stands on
    either side, an array of the shape of the result followed by that of the argument.
    mode: "reverse" takes a pass for each output, "forward" one for each input. By default it is the one that
    costs less: a forward pass runs in Python and counts as FORWARD_PASS of the engine's, so it takes very
    many outputs to be worth it. (Then fun is called once to count them, and once more for each input.)
    """
    _check(fun, "jacobian", mode or "reverse")

    @_named("jacobian", fun)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        call = Call(fun, args, kwargs, argnums, has_aux)
        run = call.pushed_forward(range(len(call.numbers))) if mode == "forward" else call.recorded()
        if mode is None and len(call.numbers) * FORWARD_PASS < len(run.outputs):
            run = call.pushed_forward(range(len(call.numbers)))
        answer = blocks(run.rows(), run.structure, call.structure)
        return (answer, call.settled_aux(run.aux)) if has_aux else answer

    return matrix


def jacfwd(fun: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """jacobian(fun, mode="forward"), as jax.jacfwd."""
    return jacobian(fun, argnums, has_aux, mode="forward")


def jacrev(fun: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """jacobian(fun, mode="reverse"), as jax.jacrev."""
    return jacobian(fun, argnums, has_aux, mode="reverse")


def hessian(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: str = "reverse-over-reverse"
) -> Function:
    """The second derivatives, as jax.hessian: for n inputs and one output an array of shape (n, n).

    It is the jacobian of the jacobian, in structure too. mode: which mode differentiates the first
    derivatives, and which made them: "reverse-over-reverse", "forward-over-reverse", "reverse-over-forward"
    or "forward-over-forward".
    """
    outer, _, inner = str(mode).partition("-over-")
    for each in (outer, inner):
        if each not in ("forward", "reverse"):
            raise ValueError(f"hessian: a mode such as 'forward-over-reverse' is expected, got {mode!r}")
    _check(fun, "hessian")
    first = jacobian(fun, argnums, has_aux, mode=inner)  # type: ignore[arg-type]
    second = jacobian(first, argnums, has_aux, mode=outer)  # type: ignore[arg-type]
    return _named("hessian", fun)(second)


def jvp(fun: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """A Jacobian times a vector, in one forward pass, as jax.jvp: (fun(*primals), its change along tangents).

    primals: the arguments of fun. tangents: for each of them a direction, of the same structure.
    With has_aux a third part: what fun returned beside its result.
    """
    _check(fun, "jvp")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, list | tuple):
            raise TypeError(f"jvp: {name} is a tuple of arguments, such as (x,), got {describe(given)}")
    call = Call(fun, tuple(primals), {}, range(len(primals)), has_aux)
    directions = matching(tuple(tangents), call.structure, "tangents", "primals")
    call.keep = call.keep or has_value(directions)
    run = call.pushed_forward([directions])
    value = run.structure.build([call.settled(x) for x in run.outputs])
    change = run.structure.build([row[0] for row in run.rows()])
    return (value, change, call.settled_aux(run.aux)) if has_aux else (value, change)


def vjp(fun: Function, *primals: Any, has_aux: bool = False) -> Any:
    """A vector times a Jacobian, in one reverse pass, as jax.vjp: (fun(*primals), pull_back).

    pull_back(cotangents), with one number for each of the result's, gives a tuple with the gradient of
    Σ cotangentᵢ · resultᵢ for each of primals. It can be called again and again.
    With has_aux a third part: what fun returned beside its result.
    """
    _check(fun, "vjp")
    call = Call(fun, primals, {}, range(len(primals)), has_aux)
    run = call.recorded()

    def pull_back(cotangents: Any) -> Any:
        weights = matching(cotangents, run.structure, "cotangents", "the result")
        keep = call.keep or has_value(weights)
        return call.structure.build(pulled_back(weighted_sum(weights, run.outputs), run.variables, keep))

    value = run.structure.build([call.settled(x) for x in run.outputs])
    return (value, pull_back, call.settled_aux(run.aux)) if has_aux else (value, pull_back)


def hvp(fun: Function, primals: Any, tangents: Any) -> Any:
    """A Hessian times a vector, at the cost of a few gradients: the Hessian itself is never there.

    primals, tangents: the argument of fun and a direction of the same structure; or a tuple of arguments
    and a tuple of directions. With several arguments the answer is a tuple, with a product for each.
    The gradient's product with the direction is differentiated once more (B. A. Pearlmutter, Fast Exact
    Multiplication by the Hessian, 1994).
    """
    _check(fun, "hvp")
    if type(primals) is not tuple:
        return hvp(fun, (primals,), (tangents,))
    places = range(len(primals))
    structure = flatten(primals, "primals")[1]
    directions = matching(tangents, structure, "tangents", "primals")

    def along(*args: Any) -> Any:
        *inputs, direction = args
        slopes, _ = flatten(grad(fun, places)(*inputs), "the gradient")
        return functions.dot(slopes, direction)

    products = grad(along, places)(*primals, directions)
    return products if len(primals) > 1 else products[0]


# ---- arguments and answers

def _check(fun: Any, transform: str, mode: Any = "reverse") -> None:
    if not callable(fun):
        raise TypeError(
            f"{transform} takes a function, got {describe(fun)}: it is {transform}(f)(x), not {transform}(f(x))"
        )
    if mode not in ("forward", "reverse"):
        raise ValueError(f"{transform}: the mode is 'forward' or 'reverse', got {mode!r}")


def _named(transform: str, fun: Function) -> Callable[[Function], Function]:
    """Give a function the signature of the one that it was made from, and a name such as grad(f)."""

    def named(answer: Function) -> Function:
        answer = wraps(fun)(answer)
        answer.__name__ = answer.__qualname__ = f"{transform}({name_of(fun)})"
        answer.__doc__ = f"{transform} of {name_of(fun)}, with the same arguments."
        return answer

    return named
