"""Judges of chapter 3."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
