"""Stands in for Cython where engine.py runs as it is: the hints do nothing, C memory is a list."""
from __future__ import annotations

from _thread import RLock
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


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes that a user gave to a Value."""
    return dict(value.__dict__)
