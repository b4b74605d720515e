"""Writing source files: only over files that an exporter wrote."""
from __future__ import annotations

import os
from errno import EEXIST
from os import PathLike

from ...boundary.files import file_name, write_file

MARK = "Written by autograd_tiny"           # in the first line of each file


def check_replaceable(path: str | PathLike[str], overwrite: bool) -> None:
    """FileExistsError if there is a file that no exporter wrote, such as a program of the user's.

    Args:
        path: The file that is to be written.
        overwrite: Whether any file may be replaced.
    """
    name = file_name(path)
    if overwrite or not os.path.isfile(name):
        return
    with open(name, "rb") as file:
        if MARK.encode() not in file.readline(200):
            message = "a file that autograd_tiny did not write is there: choose another name, or overwrite=True"
            raise FileExistsError(EEXIST, message, name)


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
        write_file(path, text.encode("ascii"))
