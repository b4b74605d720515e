"""Writing source files: only over files that the same exporter wrote."""
from __future__ import annotations

import re
from collections.abc import Sequence
from os import PathLike
from typing import NamedTuple

from ...boundary import files

MARK = "Written by autograd_tiny"           # in the first line of each file


class Kind:
    """A kind of files, which one exporter writes.

    Args:
        start: The text that each of them starts with, and no file of another kind.
    """

    def __init__(self, start: str) -> None:
        self.start = start
        escaped = re.escape(start.encode("ascii")).replace(b"\\\n", rb"\r?\n")      # also after a checkout on Windows
        self._pattern = re.compile(escaped)

    def check(self, path: str | PathLike[str], overwrite: bool) -> None:
        """FileExistsError if there is a file of another kind, such as a program of the user's.

        Args:
            path: The file that is to be written.
            overwrite: Whether any file may be replaced.
        """
        files.check_replaceable(path, overwrite, self._pattern)


class SourceFile(NamedTuple):
    """A file to be written. Its text starts as those of its kind do."""

    path: str
    kind: Kind
    text: str


def write_sources(sources: Sequence[SourceFile], overwrite: bool) -> None:
    """Write source files, or none of them: whatever can be known to be in the way is looked for first.

    Args:
        sources: The files.
        overwrite: See Kind.check.

    Raises:
        FileExistsError: See Kind.check.
        OSError: See boundary.files.write_file.
    """
    for path, kind, _ in sources:
        kind.check(path, overwrite)
    for path, _, text in sources:
        files.write_file(path, text.encode("ascii"))
