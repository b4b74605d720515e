"""Writing source files: only over files that the same exporter wrote."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...boundary.files import FileKind, write_file

MARK = "Written by autograd_tiny"           # in the first line of each file


class SourceKind(FileKind):
    """A kind of source files.

    Args:
        description, endings: See FileKind.
        text: What each of them starts with, and no file of another kind.
    """

    def __init__(self, description: str, text: str, endings: Sequence[str] = ()) -> None:
        escaped = re.escape(text.encode("ascii")).replace(b"\\\n", rb"\r?\n")       # also after a checkout on Windows
        super().__init__(description, re.compile(escaped), endings)
        self.text = text


class SourceFile(NamedTuple):
    """A file to be written. Its text starts as those of its kind do."""

    path: str
    kind: SourceKind
    text: str


def write_sources(sources: Sequence[SourceFile], overwrite: bool) -> None:
    """Write source files, or none of them: whatever can be known to be in the way is looked for first.

    Args:
        sources: The files.
        overwrite: See FileKind.check.

    Raises:
        FileExistsError: See FileKind.check.
        OSError: See write_file.
    """
    for path, kind, _ in sources:
        kind.check(path, overwrite)
    for path, _, text in sources:
        write_file(path, text.encode("ascii"))
