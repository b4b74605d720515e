"""Writing source files: only over files that an exporter wrote."""
from __future__ import annotations

from os import PathLike

from ...boundary import files

MARK = "Written by autograd_tiny"           # in the first line of each file


def check_replaceable(path: str | PathLike[str], overwrite: bool) -> None:
    """FileExistsError if there is a file that no exporter wrote, such as a program of the user's.

    Args:
        path: The file that is to be written.
        overwrite: Whether any file may be replaced.
    """
    files.check_replaceable(path, overwrite, MARK.encode())


def write_sources(sources: dict[str, str], overwrite: bool) -> None:
    """Write source files, or none of them.

    Args:
        sources: The text of each file, by its path. The first line of a text has MARK.
        overwrite: See check_replaceable.

    Raises:
        FileExistsError: See check_replaceable.
        OSError: See boundary.files.write_file.
    """
    for path in sources:
        check_replaceable(path, overwrite)
    for path, text in sources.items():
        files.write_file(path, text.encode("ascii"))
