"""The bar that grows while a network trains."""
from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any

PAUSE = 0.1             # seconds between two looks


class Progress:
    """tqdm's bar over all updates, in a terminal or a notebook, with the epoch and its loss and metrics."""

    def __init__(self, wanted: bool, epochs: int, updates: int) -> None:
        self.epochs = epochs
        self.bar: Any = None
        self._done, self._next_look = 0, 0.0
        if wanted:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")         # a notebook without ipywidgets has the bar in text
                from tqdm.auto import tqdm
                self.bar = tqdm(total=epochs * updates, unit="update", dynamic_ncols=True)
            self.bar.set_description(f"epoch 1/{epochs}")

    def advance(self) -> None:
        """One more update."""
        self._done += 1
        if self.bar is not None and time.perf_counter() >= self._next_look:
            self._look()

    def show(self, epoch: int, logs: Mapping[str, float]) -> None:
        """What an epoch came to."""
        if self.bar is not None and (time.perf_counter() >= self._next_look or epoch == self.epochs):
            self.bar.set_description(f"epoch {epoch}/{self.epochs}", refresh=False)
            self.bar.set_postfix({name: f"{number:.4g}" for name, number in logs.items()}, refresh=False)
            self._look()

    def _look(self) -> None:
        self.bar.update(self._done)
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
