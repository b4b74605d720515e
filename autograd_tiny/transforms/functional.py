"""Derivatives as functions: grad(f) is a function again, of the same arguments.

The names and arguments are those of JAX and HIPS/autograd. A function may be written with Python arithmetic, with the
functions of this package and with NumPy over arrays. Its arguments are pytrees: numbers, or lists, tuples, dicts and
arrays of numbers in any nesting; an answer has the structure of its argument. Plain numbers give plain numbers; where
a Value is among the arguments, the answers are Values, which can be differentiated again. No `.grad` changes, not even
of Values that the function closes over.

call.py differentiates one call of a function, pytree.py flattens arguments, dual.py has dual numbers.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal, TypeAlias

from ..boundary.arguments import describe
from ..boundary.text import quoted
from ..engine import functions
from ..engine.state import engine_kind
from .call import Argnums, Call, ForwardRun, Function, ReverseRun, has_value, name_of, pulled_back, weighted_sum
from .own_derivatives import OwnDerivatives
from .pytree import flatten, flatten_like, unflatten_jacobian

Mode: TypeAlias = Literal["forward", "reverse"]

# The cost of a pass over dual numbers, in passes back through a graph. An operation on dual numbers costs some 300
# steps back in the native engine, 5 in the pure one, and a pass back often sees a part of the graph.
FORWARD_PASS = 1000 if engine_kind() == "native" else 20


# ---- gradients and Jacobians

def grad(fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode = "reverse") -> Function:
    """The gradient of a function that returns one number, as jax.grad.

        >>> grad(lambda x: x**3)(2.0)
        12.0

    Args:
        fun: The function.
        argnums: The argument to differentiate with respect to, or a sequence of arguments.
        has_aux: Whether fun returns (number, anything else).
        mode: "reverse" takes one pass, however many inputs there are; "forward" takes one for each.

    Returns:
        A function of the arguments of fun. It returns a pytree of the structure of the argument, for several a tuple
        of these; with has_aux, (gradient, anything else).

    Raises:
        TypeError: fun is not a function. The gradient raises it where fun returns anything but one number, and where
            an argument is not a pytree of numbers.
        ValueError: There is no such mode. The gradient raises it for an argnum that is not there, and where a
            comparison with nan decides.
    """
    _check(fun, "grad", mode)
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(grad, argnums, has_aux)
    both = value_and_grad(fun, argnums, has_aux, mode=mode)

    @_named("grad", fun)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, answer = both(*args, **kwargs)
        return (answer, value[1]) if has_aux else answer

    return gradient


def value_and_grad(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode = "reverse"
) -> Function:
    """The value and the gradient of a function that returns one number, as jax.value_and_grad.

    Args:
        fun, argnums, has_aux, mode: See grad.

    Returns:
        A function of the arguments of fun. It returns (value, gradient); with has_aux,
        ((value, anything else), gradient).

    Raises:
        TypeError, ValueError: See grad.
    """
    _check(fun, "value_and_grad", mode)
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(value_and_grad, argnums, has_aux)

    @_named("value_and_grad", fun)
    def both(*args: Any, **kwargs: Any) -> Any:
        call = Call(fun, args, kwargs, argnums, has_aux)
        run = _run(call, mode)
        if not run.structure.is_number:
            raise TypeError(
                f"grad is for functions that return one number, and {name_of(fun)} returned "
                f"{run.structure.describe()}: use jacobian, or return their sum"
            )
        answer = call.structure.unflatten(run.jacobian_rows()[0], derivatives=True)
        value = call.settled(run.outputs[0])
        return (value, call.settled_aux(run.aux)) if has_aux else value, answer

    return both


def elementwise_grad(fun: Function, argnums: Argnums = 0, *, mode: Mode = "reverse") -> Function:
    """The derivative of an elementwise function, at each element of an array, as autograd.elementwise_grad.

        >>> elementwise_grad(lambda xs: [x**3 for x in xs])([1.0, 2.0])
        [3.0, 12.0]

    An elementwise function computes each number of its result from the numbers at the same place in its arguments. For
    any other function the answer is the gradient of the sum of its result.

    Args:
        fun: The function. It may return any pytree of numbers.
        argnums, mode: See grad.

    Returns:
        A function of the arguments of fun. It returns a pytree of the structure of the argument, as grad does.

    Raises:
        TypeError, ValueError: See grad.
    """
    _check(fun, "elementwise_grad", mode)
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(elementwise_grad, argnums)

    @wraps(fun)
    def total(*args: Any, **kwargs: Any) -> Any:
        numbers, _ = flatten(fun(*args, **kwargs), f"the result of {name_of(fun)}", integer_arrays=True)
        return functions.sum(numbers)

    return _named("elementwise_grad", fun)(grad(total, argnums, mode=mode))


def derivative(fun: Function, n: int = 1, argnums: int = 0, *, mode: Mode = "forward") -> Function:
    """The n-th derivative of a function of one number; its other arguments are held fixed.

    These are n differentiations, one inside the other, and the time grows exponentially with n.

    Args:
        fun: The function. It may return any pytree of numbers: a point of a curve, say.
        n: The order, from 0 on.
        argnums: The argument to differentiate with respect to.
        mode: Of each differentiation, "forward" or "reverse".

    Returns:
        A function of the arguments of fun. It returns a pytree of the structure of the result.

    Raises:
        TypeError: fun is not a function, or argnums is a sequence. The derivative raises it for an argument that is
            not a number.
        ValueError: n is negative or not an int, or there is no such mode.
    """
    _check(fun, "derivative", mode)
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"derivative: n is 0, 1, 2, …, got {quoted(n)} (it is derivative(f, n)(x))")
    if isinstance(argnums, Sequence):
        raise TypeError(f"derivative: argnums is one int, got {describe(argnums)}")
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(derivative, n, argnums)
    answer = fun
    for _ in range(n):
        answer = _first_derivative(answer, fun, argnums, mode)
    return answer


def _first_derivative(fun: Function, original: Function, argnums: int, mode: Mode) -> Function:
    derivatives = jacobian(fun, argnums, mode=mode)

    @_named("derivative", original)
    def first(*args: Any, **kwargs: Any) -> Any:
        x = args[argnums] if -len(args) <= argnums < len(args) else 0.0
        if not flatten(x, "the argument")[1].is_number:
            raise TypeError(
                f"derivative is for functions of one number, and {name_of(original)} was called with "
                f"{describe(x)}: use grad or jacobian"
            )
        return derivatives(*args, **kwargs)

    return first


def jacobian(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: Mode | None = None
) -> Function:
    """The derivatives of all outputs with respect to all inputs, as jax.jacobian.

    Args:
        fun: The function. It may return any pytree of numbers.
        argnums, has_aux: See grad.
        mode: "reverse" takes a pass for each output, "forward" one for each input. By default it is the one that
            costs less: a forward pass runs in Python and counts as FORWARD_PASS passes of the engine, so it takes
            very many outputs to be worth it. (Then fun is called once to count them, and once more for each input.)

    Returns:
        A function of the arguments of fun. For an argument of shape (n,) and a result of shape (m,) it returns an
        array (m, n). In general it returns a pytree of the structure of the result, and inside of that of the
        argument; a leaf is a number, or an array of the shape of the result followed by that of the argument.

    Raises:
        TypeError, ValueError: See grad.
    """
    _check(fun, "jacobian", mode or "reverse")
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(jacobian, argnums, has_aux)

    @_named("jacobian", fun)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        call = Call(fun, args, kwargs, argnums, has_aux)
        run = _run(call, mode or "reverse")
        if mode is None and len(call.numbers) * FORWARD_PASS < len(run.outputs):
            run = _run(call, "forward")
        answer = unflatten_jacobian(run.jacobian_rows(), run.structure, call.structure)
        return (answer, call.settled_aux(run.aux)) if has_aux else answer

    return matrix


def jacfwd(fun: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The Jacobian in forward mode, as jax.jacfwd.

    Args:
        fun, argnums, has_aux: See jacobian.

    Returns:
        jacobian(fun, argnums, has_aux, mode="forward")
    """
    return jacobian(fun, argnums, has_aux, mode="forward")


def jacrev(fun: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The Jacobian in reverse mode, as jax.jacrev.

    Args:
        fun, argnums, has_aux: See jacobian.

    Returns:
        jacobian(fun, argnums, has_aux, mode="reverse")
    """
    return jacobian(fun, argnums, has_aux, mode="reverse")


def hessian(
    fun: Function, argnums: Argnums = 0, has_aux: bool = False, *, mode: str = "reverse-over-reverse"
) -> Function:
    """The second derivatives of a function, as jax.hessian.

    Args:
        fun, argnums, has_aux: See jacobian.
        mode: How the first derivatives are differentiated, and how they are found: "reverse-over-reverse",
            "forward-over-reverse", "reverse-over-forward" or "forward-over-forward".

    Returns:
        A function of the arguments of fun: the Jacobian of the Jacobian, in structure too. For an argument of shape
        (n,) and a result that is one number it returns an array (n, n).

    Raises:
        TypeError, ValueError: See grad.
    """
    outer, _, inner = str(mode).partition("-over-")
    for each in (outer, inner):
        if each not in ("forward", "reverse"):
            raise ValueError(f"hessian: a mode such as 'forward-over-reverse' is expected, got {quoted(mode)}")
    _check(fun, "hessian")
    if isinstance(fun, OwnDerivatives):
        return fun.transformed(hessian, argnums, has_aux)
    first = jacobian(fun, argnums, has_aux, mode=inner)  # type: ignore[arg-type]
    second = jacobian(first, argnums, has_aux, mode=outer)  # type: ignore[arg-type]
    return _named("hessian", fun)(second)


# ---- products with vectors

def jvp(fun: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """A Jacobian-vector product, in one forward pass, as jax.jvp.

    Args:
        fun: The function. It may return any pytree of numbers.
        primals: A tuple or list of the arguments of fun.
        tangents: The vector: a tuple or list with a pytree for each primal, of its structure.
        has_aux: Whether fun returns (result, anything else).

    Returns:
        (result, tangent), two pytrees of the structure of the result: fun(*primals), and its derivative along the
        tangents. With has_aux there is anything else as a third part.

    Raises:
        TypeError: fun is not a function, or primals or tangents are not a tuple of pytrees of numbers.
        ValueError: A tangent has another structure than its primal.
    """
    _check(fun, "jvp")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, list | tuple):
            raise TypeError(f"jvp: {name} is a tuple of arguments, such as (x,), got {describe(given)}")
    found = fun.product(jvp, primals, tangents, has_aux) if isinstance(fun, OwnDerivatives) else None
    if found is not None:
        return found
    call = Call(fun, tuple(primals), {}, range(len(primals)), has_aux)
    direction = flatten_like(tuple(tangents), call.structure, "tangents", "primals")
    call.keep = call.keep or has_value(direction)
    run = call.over_duals([direction])
    value = run.structure.unflatten([call.settled(x) for x in run.outputs])
    tangent = run.structure.unflatten([row[0] for row in run.jacobian_rows()], derivatives=True)
    return (value, tangent, call.settled_aux(run.aux)) if has_aux else (value, tangent)


def vjp(fun: Function, *primals: Any, has_aux: bool = False) -> Any:
    """A vector-Jacobian product, in one reverse pass, as jax.vjp.

    Args:
        fun: The function. It may return any pytree of numbers.
        *primals: Its arguments.
        has_aux: Whether fun returns (result, anything else).

    Returns:
        (result, pull_back). pull_back(cotangents), for a pytree of the structure of the result, returns a tuple with
        the gradient of Σ cotangentᵢ · resultᵢ by each primal, of its structure; it can be called again and again.
        With has_aux there is anything else as a third part.

    Raises:
        TypeError: fun is not a function, or a primal is not a pytree of numbers.
        ValueError: Raised by pull_back, for cotangents of another structure.
    """
    _check(fun, "vjp")
    found = fun.product(vjp, primals, None, has_aux) if isinstance(fun, OwnDerivatives) else None
    if found is not None:
        return found
    call = Call(fun, primals, {}, range(len(primals)), has_aux)
    run = call.over_values()

    def pull_back(cotangents: Any) -> Any:
        weights = flatten_like(cotangents, run.structure, "cotangents", "the result")
        keep = call.keep or has_value(weights)
        gradient = pulled_back(weighted_sum(weights, run.outputs), run.variables, keep)
        return call.structure.unflatten(gradient, derivatives=True)

    value = run.structure.unflatten([call.settled(x) for x in run.outputs])
    return (value, pull_back, call.settled_aux(run.aux)) if has_aux else (value, pull_back)


def hvp(fun: Function, primals: Any, tangents: Any) -> Any:
    """A Hessian-vector product, at the cost of a few gradients: the Hessian itself is never computed.

    The product of the gradient with the vector is differentiated once more: B. A. Pearlmutter, Fast Exact
    Multiplication by the Hessian (1994).

    Args:
        fun: A function that returns one number.
        primals: Its argument, or a tuple of several arguments.
        tangents: The vector: a pytree of the structure of primals.

    Returns:
        A pytree of the structure of the argument; for several a tuple of these.

    Raises:
        TypeError: fun is not a function or returns anything but one number, or primals are not a pytree of numbers.
        ValueError: The tangents have another structure than the primals.
    """
    _check(fun, "hvp")
    if type(primals) is not tuple:
        return hvp(fun, (primals,), (tangents,))
    found = fun.product(hvp, primals, tangents) if isinstance(fun, OwnDerivatives) else None
    if found is not None:
        return found
    places = range(len(primals))
    structure = flatten(primals, "primals")[1]
    vector = flatten_like(tangents, structure, "tangents", "primals")

    def along(*args: Any) -> Any:
        *inputs, direction = args
        derivatives, _ = flatten(grad(fun, places)(*inputs), "the gradient")
        return functions.dot(derivatives, direction)

    products = grad(along, places)(*primals, vector)
    return products if len(primals) > 1 else products[0]


# ---- arguments and answers

def _check(fun: Any, transform: str, mode: Any = "reverse") -> None:
    if not callable(fun):
        raise TypeError(
            f"{transform} takes a function, got {describe(fun)}: it is {transform}(f)(x), not {transform}(f(x))"
        )
    if mode not in ("forward", "reverse"):
        raise ValueError(f"{transform}: the mode is 'forward' or 'reverse', got {quoted(mode)}")


def _run(call: Call, mode: Mode) -> ForwardRun | ReverseRun:
    return call.over_duals_in_all_directions() if mode == "forward" else call.over_values()


def _named(transform: str, fun: Function) -> Callable[[Function], Function]:
    """Give a function the signature of the one that it was made from, and a name such as grad(f)."""

    def named(answer: Function) -> Function:
        answer = wraps(fun)(answer)
        answer.__name__ = answer.__qualname__ = f"{transform}({name_of(fun)})"
        answer.__doc__ = f"{transform} of {name_of(fun)}, with the same arguments."
        return answer

    return named
