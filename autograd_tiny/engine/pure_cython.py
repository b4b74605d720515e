"""Stands in for Cython where the engine runs as plain Python: hints do nothing, and C memory is a list."""
from __future__ import annotations

import sys
from _thread import _local
from contextvars import ContextVar
from itertools import chain, repeat

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any, TypeVar

    T = TypeVar("T")

from .micrograd import Sealed

compiled = False


def no_gc(cls: T) -> T:
    """A hint that changes nothing here."""
    return cls


cclass = no_gc


def final(cls: type) -> Any:
    """As Cython's: a class that can't be subclassed or changed."""
    slots = vars(cls)["__slots__"]
    members = {name: member for name, member in vars(cls).items() if name not in slots}
    if sys.platform == "emscripten" and "left" in slots:
        members["__del__"] = _free_operands
    return Sealed(cls.__name__, cls.__bases__, members)


def _free_operands(value: Any) -> None:
    """Free the operands of a Value that is freed: one after the other, and then their own operands.

    By itself, CPython frees them inside each other, to a depth for which it believes that its stack has room. That of
    WebAssembly in a browser has less: it overflows at about 6,000 Values, and Python ends.
    """
    global _is_freeing
    left, right = getattr(value, "left", None), getattr(value, "right", None)      # neither, if __init__ failed
    if left is None:
        return
    _to_free.extend((left, right))
    value.left = value.right = left = right = None
    if not _is_freeing:
        _is_freeing = True
        try:
            while _to_free:
                _to_free.pop()              # if this frees a Value, its operands join the others
        finally:
            _is_freeing = False


_to_free: list[Any] = []
_is_freeing = False


def binding(wanted: bool) -> Any:
    """A hint about a class that changes nothing here."""
    return no_gc


embedsignature = binding


def cast(kind: type[T], x: Any) -> T:
    """x, of which the caller knows that it is of this type."""
    return x  # type: ignore[no-any-return]


def get_value(variable: ContextVar[T]) -> T:
    """The value of a context variable."""
    return variable.get()


another = object            # one that there never was before


def add_to(number: Any, x: float) -> None:
    """Only compiled code has addresses of numbers."""
    raise NotImplementedError


def doubles(n: int) -> list[float]:
    """Room for n numbers, all zero."""
    return [0.0] * n


def joined(first: Any, second: Any, last: Any) -> tuple[Any, ...]:
    """The elements of both, lists or tuples, and the last unless it is None."""
    return (*first, *second) if last is None else (*first, *second, last)


def release(room: list[float]) -> None:
    """Lists free themselves."""


FREE_THREADED = False       # only compiled do walks of several threads go on at once; uncompiled they take turns
Walk = list                 # the branches to come back to
push, pop = list.append, list.pop


def new_walk(claims: bool) -> list[Any]:
    """A walk that begins."""
    _nodes.clear()
    _gradients.clear()
    return [None]


def end_walk(walk: list[Any]) -> None:
    """Lists free themselves."""


def reserve(walk: list[Any], n: int) -> None:
    """Lists find room themselves."""
    walk.append(None)


def adjoints_of(walk: list[Any], n: int) -> list[float]:
    """Room for n adjoints, all zero."""
    return [0.0] * n


def only_compiled(*arguments: Any) -> Any:
    """Stands for what is called where FREE_THREADED is true."""
    raise NotImplementedError


is_first_use = is_last_use = met_in = place_in = mark_of = set_mark = only_compiled


_nodes: list[Any] = []                      # those that the walk will give
_gradients: list[float] = []                # these gradients


def set_gradient(value: Any, gradient: float) -> None:
    """Note a gradient for the end of the walk: an error, or Ctrl-C, must not leave only some of them set."""
    _nodes.append(value)
    _gradients.append(gradient)


def add_gradient(value: Any, gradient: float) -> None:
    """The same of one that is added to what is there."""
    _nodes.append(value)
    _gradients.append(value._grad + gradient)


def set_gradients() -> None:
    """Set all that were noted, in one call, which no signal interrupts."""
    if _nodes:
        kind = type(_nodes[0])
        gradients = map(kind._grad.__set__, _nodes, _gradients)
        any(chain(gradients, map(kind._has_grad.__set__, _nodes, repeat(True))))    # each gives None: all are set
        new_walk(True)


class _Running(_local):
    """The module that is running in each thread, and the block scope(…) inside which it was called."""

    scope: Any = None
    block: Any = None


_running = _Running()


def scope_outside_blocks() -> Any:
    """The scope of the module that is running, if it was called outside of blocks; else ""."""
    return _running.scope if _running.scope is not None and _running.block is None else ""


def scope_in_block(block: Any, otherwise: Any) -> Any:
    """The scope of the module that is running, if it was called in this block; else the other."""
    return _running.scope if _running.scope is not None and _running.block is block else otherwise


def running_scope() -> Any:
    """The scope of the module that is running; None outside of modules."""
    return _running.scope


def running_block() -> Any:
    """The block in which that module was called; None outside of blocks and modules."""
    return _running.block


def set_running(scope: Any, block: Any) -> None:
    """Say which module is running."""
    _running.scope = scope
    _running.block = block


identity_hash = object.__hash__


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes that a user gave to a Value."""
    return dict(value.__dict__)


def label_of(value: Any) -> Any:
    """The label of a Value."""
    return value.__dict__.get("label", "")


def set_label(value: Any, label: str) -> None:
    """Give a Value a label."""
    value.__dict__["label"] = label
