"""A file is written completely or not at all."""
import pytest

from autograd_tiny.boundary.files import replacing


def test_the_file_replaces_an_older_one(tmp_path):
    path = tmp_path / "f.txt"
    path.write_text("old")
    with replacing(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and [*tmp_path.iterdir()] == [path]


def test_after_an_error_the_older_file_is_as_it_was(tmp_path):
    path = tmp_path / "f.txt"
    path.write_text("old")
    with pytest.raises(KeyError), replacing(str(path)) as unfinished:
        unfinished.write_text("half")
        raise KeyError
    assert path.read_text() == "old" and [*tmp_path.iterdir()] == [path]


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot save '.*missing/f.txt': there is no folder '.*missing'"):
        replacing(tmp_path / "missing" / "f.txt").__enter__()
    with pytest.raises(IsADirectoryError, match="there is a folder of that name"):
        replacing(tmp_path).__enter__()
