"""Judges of chapter 5."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
