"""Writing a file completely or not at all."""
from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EACCES, EEXIST
from os import PathLike
from pathlib import Path
from re import Pattern
from uuid import uuid4

from .arguments import describe
from .text import quoted

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)      # a file of that name is an error


def file_name(path: str | PathLike[str]) -> str:
    """The name of a file that a user gave.

    Raises:
        TypeError: It is no name: a number, which open() would take as a file descriptor, or None.
        ValueError: It has a NUL character.
    """
    if not isinstance(path, str | bytes | PathLike):
        raise TypeError(f"path: the name of a file is expected, got {describe(path)}")
    name = os.fsdecode(path)
    if "\0" in name:
        raise ValueError(f"path: the name of a file has no NUL character, got {quoted(name)}")
    return name


def write_file(path: str | PathLike[str], contents: bytes) -> None:
    """Write a file that holds all of its old contents or all of the new ones at any moment, also after a crash.

    The contents are written to a new file in the same folder, which then takes the place of the one at `path`, with
    its mode and, where that is allowed, its owner. As with open(), symbolic links are followed, a new file has the
    mode that the umask leaves, and a pipe or a device is written to directly.

    Args:
        path: The file.
        contents: Its new contents.

    Raises:
        OSError: There is no such folder, writing is not allowed, the disk is full, …: in the subclass that open()
            raises, and with `path` in the message. An existing file is left untouched.
    """
    path = file_name(path)
    with _errors_name(path):
        older = _status(path)
        target = Path(os.path.realpath(path))
        if older is not None and not stat.S_ISREG(older.st_mode):
            target.write_bytes(contents)
        else:
            _replace(target, contents, older)


def check_writable(path: str | PathLike[str]) -> None:
    """Raise the errors of write_file that are known before anything is written.

    Args:
        path: The file.

    Raises:
        OSError: As write_file.
    """
    path = file_name(path)
    with _errors_name(path):
        older = _status(path)
        folder = Path(os.path.realpath(path)).parent
        if (older is None or stat.S_ISREG(older.st_mode)) and not os.access(folder, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))


class FileKind:
    """A kind of files, which one function writes.

    Args:
        description: What they are called in errors: "a file in C".
        start: What each of them starts with, and no other one; in fewer than 200 bytes. Words further behind tell
            nothing: any program may name this package.
        endings: How their names end: ".c". Any name will do if there are none.
    """

    def __init__(self, description: str, start: Pattern[bytes], endings: Sequence[str] = ()) -> None:
        self.description, self.start, self.endings = description, start, tuple(endings)

    def check(self, path: str | PathLike[str], overwrite: bool = False) -> None:
        """The errors that are known before anything is written. Where several files are written, all are checked first.

        Args:
            path: The file that is to be written.
            overwrite: Whether a file of another kind may be replaced: a program of the user's, or what another function
                wrote.

        Raises:
            FileExistsError: There is such a file.
            TypeError: The path is no name of a file, see file_name.
            ValueError: The name ends otherwise.
            OSError: As write_file, as far as that is known already.
        """
        name = file_name(path)
        if self.endings and Path(name).suffix not in self.endings:
            known = " or ".join(repr(f"f{ending}") for ending in self.endings)
            raise ValueError(f"path: {self.description} has a name like {known}, got {quoted(name)}")
        check_writable(name)
        if overwrite or not os.path.isfile(name):
            return
        with open(name, "rb") as file:
            if not self.start.match(file.read(200)):
                message = "a file that this did not write is there: choose another name, or overwrite=True"
                raise FileExistsError(EEXIST, message, name)


def _status(path: str | PathLike[str]) -> os.stat_result | None:
    """The status of the file, None if there is none yet. OSError where none can be, or it is write-protected."""
    try:
        older = os.stat(path)                   # a loop of symbolic links is an error here
    except FileNotFoundError:
        target = Path(os.path.realpath(path))
        if not target.parent.is_dir():
            raise FileNotFoundError(f"cannot save {str(path)!r}: there is no folder {str(target.parent)!r}") from None
        older = None
    if older is not None and stat.S_ISDIR(older.st_mode):
        raise IsADirectoryError(f"cannot save {str(path)!r}: there is a folder of that name")
    if older is not None and stat.S_ISREG(older.st_mode) and not os.access(path, os.W_OK):
        raise PermissionError(EACCES, "the file is write-protected")
    return older


@contextmanager
def _errors_name(path: str | PathLike[str]) -> Iterator[None]:
    """Let the operating system's errors name the user's path rather than a temporary one, or none."""
    try:
        yield
    except OSError as error:
        if error.errno is None:                 # in words of our own, above
            raise
        raise OSError(error.errno, f"cannot save: {error.strerror}", os.fspath(path)) from None


def _replace(target: Path, contents: bytes, older: os.stat_result | None) -> None:
    unfinished = target.with_name(f".{uuid4().hex}.tmp")
    try:
        handle, has_name = _new_file(unfinished)
        with open(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(handle)                    # on the disk before the name is: no crash leaves an empty file
            if older is not None:
                _take_over(handle, older)
            if not has_name:
                os.link(_link_to(handle), unfinished, src_dir_fd=handle, follow_symlinks=True)
        os.replace(unfinished, target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _new_file(path: Path) -> tuple[int, bool]:
    """A new file to write to, and whether it has its name yet.

    Linux opens files without a name, which vanish with their process. So a process that is killed while it writes
    leaves nothing behind.
    """
    without_name = getattr(os, "O_TMPFILE", None)       # of Linux
    if without_name is not None:
        with suppress(OSError):                 # a file system without such files
            handle = os.open(path.parent, without_name | os.O_WRONLY, 0o666)
            if os.path.exists(_link_to(handle)):
                return handle, False
            os.close(handle)
    return os.open(path, NEW, 0o666), True


def _link_to(handle: int) -> str:
    return f"/proc/self/fd/{handle}"


def _take_over(handle: int, older: os.stat_result) -> None:
    """Give a new file the owner and the mode of the older one."""
    if not hasattr(os, "fchmod"):               # Windows before Python 3.13
        return
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) != (older.st_uid, older.st_gid):
        with suppress(PermissionError):
            os.fchown(handle, older.st_uid, older.st_gid)
    os.fchmod(handle, stat.S_IMODE(older.st_mode))
