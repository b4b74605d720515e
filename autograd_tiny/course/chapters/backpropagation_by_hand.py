"""Judges of chapter 4."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
