"""Judges of chapter 13."""
from collections.abc import Callable

JUDGES: tuple[Callable[[object], str | None], ...] = ()
