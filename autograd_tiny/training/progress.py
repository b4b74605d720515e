"""The bar that grows while a network trains."""
from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any

PAUSE = 0.1             # seconds between two looks
FORMAT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"


class Progress:
    """tqdm's bar over all updates, in a terminal or a notebook, with the epoch and its loss and metrics."""

    def __init__(self, wanted: bool, epochs: int, updates: int) -> None:
        self.epochs = epochs
        self.bar: Any = None
        self._epoch, self._logs = 1, dict[str, float]()
        self._done, self._next_look = 0, 0.0
        if wanted:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")         # a notebook without ipywidgets has the bar in text
                from tqdm.auto import tqdm
                self.bar = tqdm(total=epochs * updates, bar_format=FORMAT, dynamic_ncols=True)
            self._look()

    def advance(self) -> None:
        """One more update."""
        self._done += 1
        if self.bar is not None and time.perf_counter() >= self._next_look:
            self._look()

    def show(self, epoch: int, logs: Mapping[str, float]) -> None:
        """What an epoch came to; the next one begins."""
        self._epoch, self._logs = min(epoch + 1, self.epochs), dict(logs)

    def _look(self) -> None:
        self.bar.set_description(f"epoch {self._epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix({name: f"{x:.4g}" for name, x in self._logs.items()}, refresh=False)
        self.bar.update(self._done)
        self.bar.refresh()
        self._done, self._next_look = 0, time.perf_counter() + PAUSE

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self._look()
            self.bar.close()
