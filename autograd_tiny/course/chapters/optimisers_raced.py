"""Judges of chapter 9."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
