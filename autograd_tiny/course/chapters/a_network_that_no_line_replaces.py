"""Judges of chapter 7."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
