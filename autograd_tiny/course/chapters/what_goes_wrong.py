"""Judges of chapter 11."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
