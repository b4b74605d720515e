"""A function that draws random numbers is not recorded: a tape would repeat those of one call for every sample.

Two calls need not show it: a mask of Dropout may come out the same twice. So the generators of random numbers that the
function can reach are looked at: if the state of one has changed after a call, the function has drawn from it.
"""
from __future__ import annotations

import gc
import random
import sys
from collections.abc import Iterable
from functools import partial
from itertools import chain
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..engine.value import Value
from .branch_guard import LIBRARY

MOST = 100_000          # objects that are searched for generators
WITHOUT_PARTS = (Value, str, bytes, float, int, ModuleType, np.ndarray, type(None))


def refuse_draw(name: str) -> None:
    """ValueError: a module of this name is about to draw."""
    raise ValueError(
        f"{name} is in training mode and draws random numbers, which a tape would repeat for every sample: call "
        "model.eval() first, or train with fit(), which draws anew for each sample"
    )


class Generators:
    """The generators of random numbers that a function can reach, with their states before a call of it.

    These are Python's and NumPy's own, and those among the attributes, closures and global names that it uses.
    """

    def __init__(self, function: Any) -> None:
        own = [random, *filter(None, [sys.modules.get("numpy.random")])]        # loading that would take 50 ms
        self._states = [(each, _state(each)) for each in (*own, *_generators_in(function))]

    def drawn_from(self) -> str:
        """What has changed since then, as a name for a message; "" if nothing has."""
        changed = [each for each, before in self._states if _state(each) != before]
        return _name(changed[0]) if changed else ""


def _name(generator: Any) -> str:
    return generator.__name__ if isinstance(generator, ModuleType) else f"a {type(generator).__name__}"


def _state(generator: Any) -> Any:
    """Something that differs after a draw; None for a generator that has no state, as the system's."""
    try:
        if hasattr(generator, "getstate"):              # of Python's random
            return generator.getstate()
        if hasattr(generator, "get_state"):             # of NumPy's functions, and of its RandomState
            return _plain(generator.get_state(legacy=False))
        return _plain(generator.bit_generator.state)
    except NotImplementedError:
        return None


def _plain(state: Any) -> Any:
    """The state of a generator of NumPy without arrays, which are not compared as a whole."""
    if isinstance(state, dict):
        return {key: _plain(each) for key, each in state.items()}
    return state.tobytes() if isinstance(state, np.ndarray) else state


# ---- the search

def _generators_in(function: Any) -> list[Any]:
    """Those that a function can reach through objects, the nearest first."""
    found: list[Any] = []
    kinds: tuple[type, ...] = (random.Random,)
    if "numpy.random" in sys.modules:
        kinds += np.random.Generator, np.random.RandomState
    reached, known = [function], {id(function)}
    for x in reached:                           # which grows meanwhile
        if isinstance(x, kinds):
            found.append(x)
        elif len(reached) < MOST:
            for part in _parts(x):
                if id(part) not in known and not isinstance(part, WITHOUT_PARTS):
                    known.add(id(part))
                    reached.append(part)
    return found


def _parts(x: Any) -> Iterable[Any]:
    """The objects that one refers to, and may use when it is called."""
    if isinstance(x, dict):
        return tuple(x.values())
    if isinstance(x, list | tuple | set | frozenset):
        return tuple(x)
    if isinstance(x, FunctionType):
        return _used_by(x)
    if isinstance(x, MethodType):
        return x.__self__, x.__func__
    if isinstance(x, partial):
        return x.func, x.args, x.keywords
    if not isinstance(x, type):
        return *getattr(x, "__dict__", {}).values(), type(x)
    return [each for kind in x.__mro__ for each in vars(kind).values() if isinstance(each, FunctionType)]


def _used_by(function: FunctionType) -> Iterable[Any]:
    """Its closure and its defaults; and the global names in its code, also names in modules that are among these."""
    if function.__code__.co_filename.startswith(LIBRARY):
        return ()
    names = set(_names_in(function.__code__))
    used = [function.__globals__[name] for name in names if name in function.__globals__]
    used += [vars(x)[name] for x in used if isinstance(x, ModuleType) for name in names if name in vars(x)]
    closure = [each for cell in function.__closure__ or () for each in gc.get_referents(cell)]
    return *used, *closure, function.__defaults__, function.__kwdefaults__


def _names_in(code: CodeType) -> Iterable[str]:
    """The global names and attributes in code, also in the functions inside it."""
    inside = [each for each in code.co_consts if isinstance(each, CodeType)]
    return chain(code.co_names, *map(_names_in, inside))
