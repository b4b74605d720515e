"""Stands in for Cython where engine.py runs as it is: the hints do nothing, C memory is a list."""
from __future__ import annotations

import gc
from _thread import RLock, _local
from typing import Any, TypeVar

T = TypeVar("T")

compiled = False
one_walk_at_a_time = RLock()


def no_gc(cls: T) -> T:
    """A hint that changes nothing here."""
    return cls


final = cclass = no_gc


def cast(kind: type[T], x: Any) -> T:
    """x, of which the caller knows that it is of this kind."""
    return x  # type: ignore[no-any-return]


def doubles(n: int) -> list[float]:
    """Room for n numbers, all zero."""
    return [0.0] * n


def release(room: list[float]) -> None:
    """Lists free themselves."""


borrow, give_back = doubles, release        # where memory is taken for a short time


class _Switches(_local):
    """What is switched on while code runs, for each thread by itself."""

    conditions = 0
    scope = ""


_switches = _Switches()


def conditions() -> int:
    """0, or PAUSED, WATCHED or both: see engine.py."""
    return _switches.conditions


def set_conditions(wanted: int) -> None:
    """Say what holds from now on."""
    _switches.conditions = wanted


def current_scope() -> str:
    """The module that is running, as "mlp.layer1"; "" outside of any."""
    return _switches.scope


def switch_scope(path: str) -> None:
    """Say which module is running."""
    _switches.scope = path


def pause_collector() -> bool:
    """Let the garbage collector wait; whether it was switched on."""
    was_on = gc.isenabled()
    gc.disable()
    return was_on


def resume_collector() -> None:
    """Let it come again."""
    gc.enable()


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes that a user gave to a Value."""
    return dict(value.__dict__)
