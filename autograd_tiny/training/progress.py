"""Progress: the progress bar of `fit`. boundary.bars.py draws it."""
from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from ..boundary.bars import new_bar
from ..boundary.text import one_line

PAUSE = 0.1             # seconds between two refreshes
FORMAT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"


class Progress:
    """A bar over all updates, with the number of the epoch and the numbers of the last one; a context manager.

    Args:
        wanted: False for no bar.
        epochs: Number of epochs.
        updates: Number of updates in each.
    """

    def __init__(self, wanted: bool, epochs: int, updates: int) -> None:
        self.epochs = epochs
        self.bar: Any = None
        self._epoch, self._logs = 1, dict[str, float]()
        self._pending, self._next_refresh = 0, 0.0
        if wanted:
            self.bar = new_bar(total=epochs * updates, bar_format=FORMAT, dynamic_ncols=True)
            self._refresh()

    def advance(self) -> None:
        """Count one more update."""
        self._pending += 1
        if self.bar is not None and time.perf_counter() >= self._next_refresh:
            self._refresh()

    def end_epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show the numbers of an epoch from now on, and the number of the next."""
        self._epoch, self._logs = min(epoch + 1, self.epochs), dict(logs)

    def _refresh(self) -> None:
        self.bar.set_description(f"epoch {self._epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix({one_line(name): f"{x:.4g}" for name, x in self._logs.items()}, refresh=False)
        self.bar.update(self._pending)
        self.bar.refresh()
        self._pending, self._next_refresh = 0, time.perf_counter() + PAUSE

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self._refresh()
            self.bar.close()
