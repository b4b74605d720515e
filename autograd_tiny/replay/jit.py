"""jit: a function is recorded when it is first called, and replayed natively after that.

A call is served by the recording for the structure of its arguments (signature.py); where there is none, the function
is recorded as `record` does it. What grad and the other transforms make of such a function is one again: its recordings
are derived from those of the function, as programs (replays.py). Where derivatives are being computed around a call, or
something is being recorded, the function itself is called, so that nothing is missing there.
"""
from __future__ import annotations

import inspect
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial, update_wrapper
from itertools import accumulate
from numbers import Integral
from threading import Lock
from types import MethodType
from typing import Any, overload

import numpy as np

from ..boundary.arguments import boolean, describe
from ..boundary.text import printable, shortened
from ..boundary.warning import warn
from ..calculus.formulas import WrongIndexError
from ..engine.state import noted
from ..engine.value import Value
from ..tape import recording
from ..tape.branch_guard import BranchError, identity_refused
from ..tape.numpy_executor import Array
from ..tape.tape import Tape
from ..transforms import functional
from ..transforms.call import has_value, name_of
from ..transforms.own_derivatives import OwnDerivatives
from ..transforms.pytree import Structure, flatten, flatten_like
from .replays import Inputs, Replay, assembler, indices_among_inputs
from .signature import FLOAT64, NO_INPUTS, Key, NotPlain, Place, Signature

MOST = 16               # recordings that a function keeps: one for each structure of its arguments


@overload
def jit(fun: Callable[..., Any], *, static: Any = (), check: bool = True) -> JittedFunction: ...
@overload
def jit(*, static: Any = (), check: bool = True) -> Callable[[Callable[..., Any]], JittedFunction]: ...
def jit(fun: Any = None, *, static: Any = (), check: bool = True) -> Any:
    """A function that is recorded at its first call and replayed after that, as jax.jit.

        >>> from autograd_tiny import grad, jit
        >>> f = jit(lambda x: x[0] ** 2 * x[1])
        >>> f([3.0, 2.0]), grad(f)([3.0, 2.0])
        (18.0, [12.0, 9.0])

    It is recorded once for each structure of its arguments: nesting, shapes, keys. All transforms of it (`grad`,
    `value_and_grad`, `jacobian`, `hessian`, `jvp`, …) are such functions too, in any nesting, and run without Python
    operations. Of leaf Values that the function takes from elsewhere the numbers are read anew at each call, and no
    gradient flows to them; which Values these are stays as it was recorded.
    Where a Value or a dual number is among the arguments, the function itself is called.

    Args:
        fun: A function of numbers, and of lists, tuples, dicts, dataclasses and arrays of numbers in any nesting; so is
            its result. Its steps must not depend on the numbers. Without it, jit(static=…) is a decorator.
        static: The places or names of arguments that are no data, one or several: they are passed as they are, and the
            function is recorded anew for each of their values, which must be hashable. -1 is the last parameter.
        check: Whether the function is called at a second point when it is recorded, to see whether it does the same.

    Returns:
        A function of the arguments of fun. Its answers are plain numbers, in the structure of the result of fun.

    Raises:
        TypeError: fun is not a function, or static neither a place nor a name. A call raises it for an argument that is
            no pytree of numbers and not static, and where the function decides by its numbers, or Python makes an
            index, a count or a float of one.
        ValueError: There is no such parameter as static says. A call raises it for numbers that are masked or too
            large, and where the function draws random numbers or does not do the same everywhere; see record.
        IndexError: In a call, for an index of a `take` that is not an integer or is out of range.
    """
    if fun is None:
        return partial(jit, static=static, check=check)
    if not callable(fun):
        raise TypeError(f"jit takes a function, got {describe(fun)}: it is jit(f)(x), not jit(f(x))")
    if inspect.iscoroutinefunction(fun) or inspect.isgeneratorfunction(fun) or inspect.isasyncgenfunction(fun):
        raise TypeError(f"jit takes a function that returns numbers, and {name_of(fun)} is a generator or a coroutine")
    if isinstance(fun, JittedFunction) and static == ():
        return fun
    return JittedFunction(fun, Signature(fun, static), boolean("check", check))


class JittedFunction(OwnDerivatives):
    """A function that is recorded when it is first called; `jit` makes it, and transforms of it do.

    Attributes:
        fun: The function that is recorded.
    """

    def __init__(
        self, fun: Callable[..., Any], signature: Signature, check: bool, base: JittedFunction | None = None,
        how: tuple[Any, ...] = (),
    ) -> None:
        update_wrapper(self, fun, updated=())
        self.fun = fun
        self._signature, self._check = signature, check
        self._base, self._how = base, how           # it is derived from another one, in this way
        self._replays: OrderedDict[Any, Replay] = OrderedDict()     # the one that was used last is the last
        # for the latest call with an array or a float as the only argument: its shape, or "float"
        self._latest: tuple[Any, Replay | None] = None, None
        self._recorded = 0
        self._lock = Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:       # the usual calls, quickly: an array or a float as the one before
            x, (shape, replay) = args[0], self._latest
            if replay is not None and not (replay.parameters and _is_traced()):
                if type(x) is np.ndarray:
                    if x.shape == shape and x.dtype is FLOAT64:
                        return replay.answer(np.ascontiguousarray(x).reshape(1, -1))
                elif type(x) is float and shape == "float":
                    return replay.answer(np.array([[x]]))
        return self._called(args, kwargs)

    def _called(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            key, numbers = self._signature.read(args, kwargs)
        except NotPlain:
            return self.fun(*args, **kwargs)
        replay = self._replays.get(key)
        if (replay is None or replay.parameters) and _is_traced():
            return self.fun(*args, **kwargs)
        replay = self._replay(key, args, kwargs)
        if len(args) == 1 and not kwargs and not self._signature.is_static(0):
            x = args[0]
            if type(x) is float:
                self._latest = "float", replay
            elif type(x) is np.ndarray and x.dtype is FLOAT64:
                self._latest = x.shape, replay
        return replay.answer(numbers)

    # ---- recordings

    def _replay(self, key: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Replay:
        """The replay for arguments of this key, recorded or derived if there is none yet."""
        with suppress(KeyError), self._lock:    # there may be none
            self._replays.move_to_end(key)
            return self._replays[key]
        if self._base is None:
            replay = self._record(args, kwargs)
        else:
            replay = self._base._replay(key, args, kwargs).with_derivatives(self._how)
        with self._lock:
            is_new = key not in self._replays
            self._replays[key] = replay
            while len(self._replays) > MOST:
                self._replays.popitem(last=False)
            self._recorded += is_new
            is_much = is_new and self._recorded == MOST + 1 and self._base is None
            keys = [*self._replays]
        if is_much:
            warn(f"jit({name_of(self.fun)}) was recorded for {_too_many(keys)}", RuntimeWarning, stacklevel=4)
        return replay

    def _record(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Replay:
        signature, given = self._signature, self._signature.dynamic(args, kwargs)
        has_inputs = any(flatten(x, signature.described(place), integer_arrays=True)[0] for place, x in given.items())
        traced: Any = partial(_call, self.fun, signature, args, kwargs, has_inputs)
        traced.__name__ = name_of(self.fun)
        examples, names = [*given.values()], [*map(signature.name, given)]
        if not has_inputs:
            examples, names = [*NO_INPUTS], ["x0"]
        try:
            recorded = recording.of_function(traced, *examples, check=self._check, frozen=True, arguments=names)
        except BranchError as error:
            raise BranchError(f"{error}{_static_instead(signature, given, error.input)}") from None
        except WrongIndexError:
            raise
        except Exception as error:
            integers = [place for place, x in given.items() if isinstance(x, Integral)]
            error.add_note(
                f"jit called {name_of(self.fun)} with Values in the places of its numbers, to record it. An argument "
                f"that is no data, such as a number of steps, can be static: {signature.making_static(*integers)}"
            )
            raise
        structures: list[Structure | None] = []
        slots, whole, end = [], {}, 0
        for place, x in enumerate(args):
            if self._signature.is_static(place):
                structures.append(None)
                slots.append(range(0))
                continue
            numbers, structure = flatten(x, f"argument {place}", integer_arrays=True)
            structures.append(structure)
            slots.append(range(end, end := end + len(numbers)))
            try:
                flatten(x, f"argument {place} of {name_of(self.fun)}")
            except TypeError as error:
                whole[place] = str(error)
        indices = indices_among_inputs(recorded.program)
        inputs = Inputs(self.fun, len(args), structures, slots, recorded.inputs, indices, whole)
        return Replay(
            inputs, recorded.parameters, recorded.program, assembler(recorded.outputs), result=recorded.outputs
        )

    def tape(self, *args: Any, **kwargs: Any) -> Tape:
        """The tape by which calls with such arguments are computed.

        Args:
            *args, **kwargs: Arguments of a call. Only their structure matters.

        Returns:
            A tape; its inputs are the numbers of the arguments, its outputs those of the answer.

        Raises:
            TypeError: There is a Value among the arguments, or the function can't be recorded for them: see jit.
        """
        try:
            key, _ = self._signature.read(args, kwargs)
        except NotPlain:
            raise TypeError(f"the tape of {name_of(self)} is for plain numbers, and got Values") from None
        replay = self._replay(key, args, kwargs)
        labels = [x.label for x in replay.parameters]
        several = not replay.result.is_number
        return Tape(replay.program, replay.parameters, replay.inputs.names, labels, several)

    # ---- derivatives: see OwnDerivatives

    def transformed(self, transform: Callable[..., Any], *options: Any, **named: Any) -> JittedFunction:
        """A transform of this function, as a function that is derived from its recordings."""
        eager = transform(_Plain(self.fun), *options, **named)
        if transform is not functional.derivative and transform is not functional.elementwise_grad:
            *options, has_aux = options         # type: ignore[assignment]
            if has_aux:                         # which says what of the result is to be differentiated
                return JittedFunction(eager, self._signature, self._check)
        how = (transform.__name__, *[tuple(x) if isinstance(x, Sequence) else x for x in options])
        return JittedFunction(eager, self._signature, self._check, self, how)

    def product(
        self, transform: Callable[..., Any], primals: Sequence[Any], vector: Any, has_aux: bool = False
    ) -> Any:
        """jvp, vjp and hvp of plain numbers; None for anything else."""
        args = tuple(primals)
        try:
            key, x = self._signature.read(args, {})
        except NotPlain:
            return None
        if has_aux or _is_traced() or has_value(vector) or any(map(self._signature.is_static, range(len(args)))):
            return None
        replay = self._replay(key, args, {})
        replay.inputs.wanted(range(len(args)))
        if transform is functional.jvp:
            return _jvp(replay, x, vector)
        if transform is functional.hvp:
            replay.check_number()
            direction = _numbers(vector, _arguments(replay), "tangents", "primals")
            found = replay.with_derivatives(("hvp",)).answer(np.concatenate([x, direction], axis=1))
            return found if len(args) > 1 else found[0]
        return replay.answer(x), _PullBack(self.fun, args, replay, x.copy())

    # ---- as a function

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return printable(f"<jit of {name_of(self)}: {len(self._replays)} recordings>")

    def __reduce__(self) -> Any:
        if self._base is not None:
            return getattr(functional, self._how[0]), (self._base, *self._how[1:])
        module, name = getattr(self, "__module__", ""), getattr(self, "__qualname__", "")
        if getattr(sys.modules.get(module), name, None) is self:        # as under a decorator
            return name
        return JittedFunction, (self.fun, self._signature, self._check)


class _Plain:
    """A function under its name, for a transform of the function itself: not derived from recordings."""

    def __init__(self, fun: Callable[..., Any]) -> None:
        update_wrapper(self, fun, updated=())
        self.fun = fun

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fun(*args, **kwargs)


class _PullBack:
    """The second part of vjp: cotangents to gradients."""

    def __init__(self, fun: Callable[..., Any], args: tuple[Any, ...], replay: Replay, x: Array) -> None:
        self._fun, self._args, self._replay, self._x = fun, args, replay, x

    def __call__(self, cotangents: Any) -> Any:
        if has_value(cotangents) or _is_traced():
            return functional.vjp(self._fun, *self._args)[1](cotangents)
        weights = _numbers(cotangents, self._replay.result, "cotangents", "the result")
        return self._replay.with_derivatives(("vjp",)).answer(np.concatenate([self._x, weights], axis=1))


def _jvp(replay: Replay, x: Array, tangents: Any) -> Any:
    direction = _numbers(tuple(tangents), _arguments(replay), "tangents", "primals")
    values, changes = replay.tangents(x, direction)
    return assembler(replay.result)(values), assembler(replay.result, derivatives=True)(changes)


def _arguments(replay: Replay) -> Structure:
    structures = [each for each in replay.inputs.structures if each is not None]
    return Structure(tuple, structures, range(len(structures)))


def _numbers(given: Any, structure: Structure, name: str, other: str) -> Array:
    """The numbers in a pytree of this structure as an array (1, n)."""
    return np.array([flatten_like(given, structure, name, other)], float)


def _is_traced() -> bool:
    """Whether derivatives are being computed around here, or something is being recorded."""
    return bool(noted("variables") or noted("on_branch"))


# ---- a call while it is recorded

def _call(
    fun: Callable[..., Any], signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any], has_inputs: bool,
    *given: Any,
) -> Any:
    """Call a function with other arguments in the places of those that are not static."""
    if not has_inputs:
        return fun(*args, **kwargs)
    values: list[Value] = [x for x in flatten(given, "")[0] if type(x) is Value]
    by_place, by_name = signature.with_dynamic(args, kwargs, given)
    with identity_refused(values):
        return fun(*by_place, **by_name)


# ---- which argument should be static

def _static_instead(signature: Signature, given: dict[Place, Any], input: int | None) -> str:
    """The other way out of a BranchError because of this input."""
    if input is None:
        return ""
    ends = accumulate([len(flatten(x, "", integer_arrays=True)[0]) for x in given.values()])
    place = next(place for place, end in zip(given, ends, strict=True) if input < end)
    return f", or make {shortened(signature.name(place))} static if it is no data: {signature.making_static(place)}"


def _too_many(keys: Sequence[Key]) -> str:
    """Why a function was recorded that often, and what to do."""
    values: dict[str, set[Any]] = {}
    for key in keys:
        for name, value in key.static:
            values.setdefault(name, set()).add(value)
    name = max(values, key=lambda each: len(values[each]), default="")
    if name and len(values[name]) > len({key.structure for key in keys}):
        return (
            f"many values of its static argument {shortened(name)}, and keeps {MOST} recordings: a number to compute "
            "with need not be static; otherwise call the function itself"
        )
    return (
        f"{MOST + 1} structures of its arguments and keeps {MOST} of these: for arrays of many shapes, call the "
        "function itself, or pass arrays of one shape"
    )
