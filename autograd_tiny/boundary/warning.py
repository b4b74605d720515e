"""Warnings that end nothing where they cannot be shown."""
from __future__ import annotations

import warnings
from contextlib import suppress


def warn(message: str, category: type[Warning] = UserWarning, stacklevel: int = 1) -> None:
    """Warn as warnings.warn does, for the caller or one further up the stack; say nothing if that cannot be written.

    Python itself drops a warning where sys.stderr is missing or full, but not where it is closed, or where it cannot
    encode the message: these are errors, a ValueError.
    """
    with suppress(ValueError):
        warnings.warn(message, category, stacklevel=stacklevel + 1)
