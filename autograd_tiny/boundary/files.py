"""Writing a file as a whole or not at all."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from uuid import uuid4


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[Path]:
    """A path to write to in this block; the file then takes the place of an older one.

    After an error the older file is as it was. FileNotFoundError if there is no such folder.
    """
    target = Path(path).resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot save {str(path)!r}: there is no folder {str(target.parent)!r}")
    if target.is_dir():
        raise IsADirectoryError(f"cannot save {str(path)!r}: there is a folder of that name")
    unfinished = target.with_name(f".{uuid4().hex}.tmp")
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
