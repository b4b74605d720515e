"""Judges of chapter 10."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
