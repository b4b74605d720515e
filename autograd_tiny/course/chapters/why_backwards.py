"""Judges of chapter 2."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
