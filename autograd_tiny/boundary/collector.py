"""Python's garbage collector, paused while a function runs: in one thread at a time, and whatever interrupts it."""
from __future__ import annotations

import gc
import os
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

_paused: Any = RLock()              # held by the thread that has paused it
if hasattr(os, "register_at_fork"):     # a child has no other threads: none of them could end the pause there
    os.register_at_fork(before=_paused.acquire, after_in_parent=_paused.release, after_in_child=_paused.release)


def without_collector(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function while the collector waits, and while no other thread is in here."""
    if _paused._is_owned():
        return function(*arguments)
    was_on = False
    try:
        try:
            _paused.acquire()
            was_on = gc.isenabled()
            gc.disable()
            return function(*arguments)
        finally:
            _undo(was_on)
    finally:
        _undo(was_on)               # again: Ctrl-C may have interrupted the first


def _undo(was_on: bool) -> None:
    """Not a function inside the other: CPython 3.12 and 3.13 crash some time after memory was too short to make one."""
    if _paused._is_owned():
        if was_on:
            gc.enable()
        _paused.release()
