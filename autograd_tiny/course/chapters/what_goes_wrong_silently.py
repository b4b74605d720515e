"""Judges of chapter 12."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
