"""History: the numbers of each epoch of a training, which `fit` returns. curves.py draws them."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..boundary.arguments import describe
from ..boundary.libraries import missing
from ..boundary.text import printable, shortened, some_of


class History:
    """The loss, the metrics and perhaps the learning rate of each epoch: a dict of lists by name.

    history["loss"] is the list of all losses, len(history) the number of epochs. A notebook shows the curves.

    Args:
        names: The names of the numbers; by default "loss" alone.

    Attributes:
        names: "loss", then the metrics, the same with "val_" for validation data, and "lr" with a schedule.
        stopped: Why training ended before its last epoch; "" if it did not.
        best_epoch: The epoch, counted from 1, whose parameters early stopping restored; None if it did not.
    """

    def __init__(self, names: list[str] | None = None) -> None:
        self._columns: dict[str, list[float]] = {name: [] for name in names or ["loss"]}
        self.stopped = ""
        self.best_epoch: int | None = None

    @property
    def names(self) -> list[str]:
        """The names of the numbers of each epoch."""
        return list(self._columns)

    def append(self, logs: Mapping[str, float]) -> None:
        """Add an epoch.

        Args:
            logs: Its numbers by name.

        Raises:
            ValueError: Other names than those of the History.
        """
        if logs.keys() != self._columns.keys():
            raise ValueError(f"an epoch has {some_of(self._columns)}, got {some_of(logs)}")
        epochs, numbers = len(self), {name: float(number) for name, number in logs.items()}
        try:
            for name, number in numbers.items():
                self._columns[name].append(number)
        except BaseException:                   # Ctrl-C: no epoch is there in part
            for column in self._columns.values():
                del column[epochs:]
            raise

    def keys(self) -> list[str]:
        """The names, so that dict(history) works."""
        return self.names

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._columns:
            raise KeyError(f"{describe(name)} was not recorded; there are {some_of(self._columns)}")
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def __bool__(self) -> bool:
        return True

    def to_dict(self) -> dict[str, list[float]]:
        """A copy as a plain dict of lists."""
        return {name: list(column) for name, column in self._columns.items()}

    def to_frame(self) -> Any:
        """A pandas DataFrame with a column for each name and a row for each epoch, counted from 1.

        Raises:
            ImportError: pandas is missing.
        """
        try:
            import pandas
        except ImportError as error:
            raise missing("pandas", "a DataFrame") from error
        return pandas.DataFrame(self._columns, index=pandas.RangeIndex(1, len(self) + 1, name="epoch"))

    def __repr__(self) -> str:
        last = ", ".join(f"{shortened(name)} {column[-1]:.4g}" for name, column in self._columns.items() if column)
        ended = f"; {shortened(self.stopped, 200)}" if self.stopped else ""
        return printable(f"<History of {len(self)} epochs{': ' if last else ''}{last}{ended}>")

    def plot(self, ax: Any = None) -> Any:
        """Draw the curves with Matplotlib: see plot_history."""
        from .curves import plot_history

        return plot_history(self, ax=ax)

    def _repr_svg_(self) -> str | None:
        from .curves import history_svg

        try:
            return history_svg(self) if len(self) else None
        except ImportError:
            return None
