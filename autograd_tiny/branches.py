"""While a function runs to be recorded, branches that depend on its numbers are refused.

A tape has no branches: a comparison that decides what is computed would be frozen as it came out once.
"""
from __future__ import annotations

import linecache
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .engine import Value, set_branch_guard, set_recording
from .graph import order_beyond
from .ops import LEAF

NOT_THE_USERS = tuple(f"{Path(file).parent}{os.sep}" for file in (__file__, np.__file__))


class _Watch:
    """Knows the inputs of the function that runs, and which Values depend on nothing that may change."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.inputs = {id(x) for x in inputs}
        self.fixed: dict[int, Value] = {}       # held on to, so that no other Value gets its id

    def leaf_behind(self, value: Value) -> Value | None:
        """An input that a Value depends on, else a parameter; None if it depends on constants only."""
        nodes = order_beyond(self.fixed, (value,))
        for node in nodes:
            if id(node) in self.inputs:
                return node
        for node in nodes:
            if node.operation is LEAF and node.requires_grad:
                return node
        self.fixed.update((id(node), node) for node in nodes)
        return None


class _Running(threading.local):
    watch: _Watch | None = None


_running = _Running()
_watching = 0                   # in how many threads
_lock = threading.Lock()


@contextmanager
def no_branches(inputs: Sequence[Value]) -> Iterator[None]:
    """While a function of these inputs runs: it is recorded, and no comparison may depend on them."""
    recording, outer = set_recording(True), _running.watch
    _running.watch = _Watch(inputs)
    _count(+1)
    try:
        yield
    finally:
        _count(-1)
        _running.watch = outer
        set_recording(recording)


def _count(change: int) -> None:
    """The engine asks about comparisons only while somebody wants to know."""
    global _watching
    with _lock:
        _watching += change
        set_branch_guard(_refuse if _watching else None)


def _refuse(*values: Any) -> None:
    watch = _running.watch
    if watch is None:                           # it is another thread that records
        return
    for value in values:
        leaf = watch.leaf_behind(value) if type(value) is Value else None
        if leaf is None:
            continue
        what = "input" if id(leaf) in watch.inputs else "parameter"
        which = f"the {what}" if leaf is value else f"which depends on the {what} {leaf!r}"
        raise TypeError(
            f"{_line_of_the_user()} decides by {value!r}, {which}: a tape would decide the same for ever "
            "after. Write it with autograd_tiny.greater, where, maximum, max, relu or softmax"
        )


def _line_of_the_user() -> str:
    """Where in the user's code we are: 'model.py:7: `if x > 0:`'."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame = frame.f_back
    name, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, line).strip()
    return f"{name}:{line}: " + (f"`{text}`" if text else "the code")
