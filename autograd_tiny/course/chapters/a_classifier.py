"""Judges of chapter 8."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
