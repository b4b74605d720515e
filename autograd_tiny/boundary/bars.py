"""Progress bars, drawn by tqdm in a terminal or a notebook: one that appears when something takes long."""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 2.0          # seconds before a bar appears


def with_bar(items: Sequence[T], title: str, wanted: bool = True) -> Iterator[T]:
    """The items one after the other, with a bar over them once they have taken two seconds."""
    bar: Any = None
    start = time.perf_counter()
    try:
        for count, item in enumerate(items, 1):
            yield item
            if bar is not None:
                bar.update()
            elif wanted and time.perf_counter() - start > PATIENCE:
                bar = new_bar(total=len(items), initial=count, desc=title, leave=False)
    finally:
        if bar is not None:
            bar.close()


def new_bar(**options: Any) -> Any:
    """tqdm's bar of widgets in a notebook that has ipywidgets, its bar of text on sys.stderr anywhere else.

    tqdm.auto chooses alike, but it switches warnings off for the whole process when it is imported.
    """
    if "ipykernel.zmqshell" in sys.modules:
        with suppress(ImportError):
            import ipywidgets  # noqa: F401
            from tqdm import notebook

            return notebook.tqdm(**options)
    from tqdm import tqdm

    return tqdm(file=HarmlessStream(sys.stderr), **options)


class HarmlessStream:
    """A stream for what may be lost: no error if it is missing, closed or full.

    tqdm holds a lock of the whole process while it writes, and would keep it after an error.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.encoding = "ascii"
        with suppress(Exception):               # whatever a stream raises, here and below
            self.encoding = stream.encoding

    def write(self, text: str) -> None:
        """Write a text, if that is possible."""
        with suppress(Exception):
            self.stream.write(text)

    def flush(self) -> None:
        """Flush the stream, if that is possible."""
        with suppress(Exception):
            self.stream.flush()

    def fileno(self) -> int:
        """The file descriptor, from which tqdm finds the width of the terminal."""
        return int(self.stream.fileno())
