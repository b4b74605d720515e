"""Judges of chapter 6."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
