"""Which kernels run: those for the widest vectors of this processor, or what AUTOGRAD_TINY_SIMD says.

All give the same numbers, bit for bit.
"""
from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

TARGETS = ("avx512f", "avx2", "default")    # modules of this folder, those for the widest vectors first
VARIABLE = "AUTOGRAD_TINY_SIMD"


def available() -> list[str]:
    """The targets that were built and that this processor can run, the fastest first.

    Raises:
        ImportError: None was built.
    """
    default = import_module(f"{__package__}.default")
    names = [f"{__package__}.{x}" for x in TARGETS if getattr(default, f"runs_{x}")]
    return [x.rpartition(".")[2] for x in names if find_spec(x)]


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


def module(target: str) -> Any:
    """The module of a target: its tables of functions, `doubles` and `floats`, and the fingerprint of its sources."""
    return import_module(f"{__package__}.{target}")
