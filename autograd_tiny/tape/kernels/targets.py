"""Which kernels run: those for the widest vectors of this processor, or what AUTOGRAD_TINY_SIMD says.

All give the same numbers, bit for bit.
"""
from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

TARGETS = ("avx512f", "avx2", "default")    # modules of this folder, those for the widest vectors first
SINGLE = "_single"                          # ends the names of the modules that compute with floats of 4 bytes
VARIABLE = "AUTOGRAD_TINY_SIMD"


def available() -> list[str]:
    """The targets that were built and that this processor can run, the fastest first.

    Raises:
        ImportError: None was built.
    """
    default = import_module(f"{__package__}.default")
    names = [f"{__package__}.{x}" for x in TARGETS if getattr(default, f"runs_{x}")]
    return [x.rpartition(".")[2] for x in names if find_spec(x) and find_spec(x + SINGLE)]


def choose() -> str:
    """The target to run."""
    there = available()
    wanted = os.environ.get(VARIABLE) or there[0]
    if wanted not in there:
        raise ValueError(
            f"{VARIABLE}={wanted}, but the kernels that were built and run on this processor are {', '.join(there)}. "
            "Set the variable to one of these, or unset it"
        )
    return wanted


def module(target: str, single: bool = False) -> Any:
    """The module of a target: its table of functions, in a capsule, and the fingerprint of its sources.

    single: Whether its numbers are of single precision, not of double.
    """
    return import_module(f"{__package__}.{target}{SINGLE if single else ''}")
