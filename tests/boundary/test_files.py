"""A file is written completely or not at all, and otherwise as open() would."""
import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny import nn
from autograd_tiny.boundary import files
from autograd_tiny.boundary.files import write_file

posix = pytest.mark.skipif(os.name == "nt", reason="modes, links and pipes as POSIX has them")


@pytest.fixture(params=["without a name", "with a name"])
def folder(request, tmp_path, monkeypatch):
    """An empty folder, on Linux and as on systems where a file has a name from the beginning."""
    if request.param == "with a name":
        monkeypatch.delattr(files.os, "O_TMPFILE", raising=False)
    return tmp_path


@contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def as_nobody(*folders):
    """Without the rights of root, who may write everywhere."""
    is_root = os.geteuid() == 0
    if is_root:
        for folder in folders:
            os.chown(folder, 65534, 65534)
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_replaces_an_older_one(folder):
    path = folder / "f.txt"
    for contents in (b"old", b"new and longer", b""):
        write_file(path, contents)
        assert path.read_bytes() == contents and [*folder.iterdir()] == [path]
    write_file(str(path), b"by a str")
    assert path.read_bytes() == b"by a str"


def test_after_an_error_the_older_file_is_as_it_was(folder, monkeypatch):
    path = folder / "f.txt"
    write_file(path, b"old")

    def interrupted(*_):
        raise KeyboardInterrupt

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(files.os, step, interrupted)
            write_file(path, b"half")
        assert path.read_bytes() == b"old" and [*folder.iterdir()] == [path]


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot save '.*missing/f.txt': there is no folder '.*missing'"):
        write_file(tmp_path / "missing" / "f.txt", b"")
    for taken in (tmp_path, f"{tmp_path}{os.sep}"):
        with pytest.raises(IsADirectoryError, match="there is a folder of that name"):
            write_file(taken, b"")
    with pytest.raises(OSError):
        write_file("", b"")


@posix
@pytest.mark.parametrize("kept", [0o600, 0o640, 0o664, 0o777])
def test_the_mode_of_a_file_that_is_replaced_is_kept(folder, kept):
    path = folder / "f.txt"
    path.touch()
    path.chmod(kept)
    write_file(path, b"new")
    assert mode(path) == kept


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_that_the_umask_leaves(folder, mask):
    with umask(mask):
        write_file(folder / "f.txt", b"new")
        (folder / "by open").open("w").close()
    assert mode(folder / "f.txt") == mode(folder / "by open") == 0o666 & ~mask


@posix
def test_the_owner_of_a_file_is_kept(folder):
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    path = folder / "f.txt"
    path.touch()
    os.chown(path, 65534, 65534)
    path.chmod(0o4755)
    write_file(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (65534, 65534, 0o4755)


@posix
def test_symbolic_links_are_followed_as_by_open(folder):
    (folder / "a").mkdir()
    path, link = folder / "a" / "f.txt", folder / "link"
    link.symlink_to("a/f.txt")
    for contents in (b"made by a dangling link", b"replaced"):
        write_file(link, contents)
        assert path.read_bytes() == contents and link.is_symlink()
    assert {*folder.iterdir()} == {folder / "a", link} and [*(folder / "a").iterdir()] == [path]
    loop = folder / "loop"
    loop.symlink_to("loop")
    with pytest.raises(OSError) as said:
        write_file(loop, b"")
    assert said.value.errno == errno.ELOOP and said.value.filename == str(loop) and loop.is_symlink()


@posix
def test_a_pipe_is_written_to_and_stays_a_pipe(folder):
    path, received = folder / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    write_file(path, b"through")
    reader.join()
    assert received == [b"through"] and path.is_fifo() and [*folder.iterdir()] == [path]


@posix
def test_devices_stay_devices(tmp_path):
    write_file("/dev/null", b"gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    if Path("/dev/full").exists():
        link = tmp_path / "full"
        link.symlink_to("/dev/full")
        with pytest.raises(OSError) as said:
            write_file(link, b"no room")
        assert said.value.errno == errno.ENOSPC and said.value.filename == str(link)
        assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@posix
def test_errors_name_the_path_that_was_given_and_no_temporary_one(folder):
    with tempfile.TemporaryDirectory() as shared:
        path = Path(shared) / "f.txt"
        path.write_bytes(b"old")
        with as_nobody(shared, path):
            path.chmod(0o444)
            with pytest.raises(PermissionError, match="the file is write-protected") as protected:
                write_file(path, b"new")
            path.chmod(0o644)
            os.chmod(shared, 0o555)
            with pytest.raises(PermissionError, match="cannot save") as read_only:
                write_file(path, b"new")
            os.chmod(shared, 0o755)
        assert protected.value.filename == read_only.value.filename == str(path)
        assert path.read_bytes() == b"old" and ".tmp" not in str(read_only.value)
    with pytest.raises(OSError) as too_long:
        write_file(folder / ("x" * 1000), b"")
    assert too_long.value.errno == errno.ENAMETOOLONG


@posix
def test_a_process_that_is_killed_leaves_the_old_contents_or_the_new(tmp_path):
    path = tmp_path / "f.bin"
    code = f"""
from autograd_tiny.boundary.files import write_file
for k in range(10**9):
    write_file({str(path)!r}, bytes([k % 256]) * 300_000)
    if k == 20: print(flush=True)
"""
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        contents = path.read_bytes()
        assert len(contents) == 300_000 and len(set(contents)) == 1


def test_what_is_no_name_of_a_file_is_refused_before_anything_is_opened(tmp_path):
    """open() takes a number for a file descriptor: load(0) would wait for the keyboard."""
    model, tape = nn.Sequential(nn.Layer(1, 1)), at.record(lambda x: x * 2.0, 1.0)
    write = [
        lambda path: nn.save(model, path), tape.save, at.draw(at.Value(1.0)).save,
        lambda path: at.save_checkpoint(path, model),
    ]
    read = [nn.load, at.Tape.load, lambda path: at.load_checkpoint(path, model)]
    for use in write + read:
        for path in (None, 0, 5, 1.5, [], tmp_path.open):
            with pytest.raises(TypeError, match="path: the name of a file is expected, got"):
                use(path)
        with pytest.raises(ValueError, match="no NUL character"):
            use("a\0.svg")
    nn.save(model, os.fsencode(tmp_path / "model"))                             # bytes are a name, as for open()
    assert len(nn.load(os.fsencode(tmp_path / "model")).parameters()) == 2
