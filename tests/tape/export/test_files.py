"""Source files that exporters write, and what they do not write over."""
import pytest

from autograd_tiny.tape.export.files import SourceFile, SourceKind, write_sources

C = SourceKind("a file in C", "/* Written by autograd_tiny.\n")
OTHER = SourceKind("a module", "// Written by autograd_tiny: a tape of ", [".js", ".mjs"])


def write(texts, overwrite=False, kind=C):
    write_sources([SourceFile(str(path), kind, kind.text + text) for path, text in texts.items()], overwrite)


def test_files_of_an_exporter_are_replaced_and_others_are_not(tmp_path):
    path, other = tmp_path / "f.c", tmp_path / "f.h"
    write({path: "1 */"})
    write({path: "2 */"})
    other.write_text("mine\n")
    with pytest.raises(FileExistsError, match=r"did not write.*f\.h"):
        write({path: "3 */", other: ""})
    assert other.read_text() == "mine\n" and "2" in path.read_text()
    write({other: "*/"}, overwrite=True)
    assert other.read_text() != "mine\n"


@pytest.mark.parametrize("mine", [
    b"", b"\n/* Written by autograd_tiny.\n*/", b"/* Written by autograd_tiny */", b"/* Written by autograd_tiny. And",
    b"// Written by autograd_tiny: a tape of 3", b"import autograd_tiny as at\n", b"Written by autograd_tiny.\n",
])
def test_a_file_that_names_the_package_is_not_replaced(tmp_path, mine):
    path = tmp_path / "notes.c"
    path.write_bytes(mine)
    with pytest.raises(FileExistsError):
        write({path: "*/"})
    assert path.read_bytes() == mine


def test_a_file_with_other_ends_of_lines_is_replaced(tmp_path):
    path = tmp_path / "f.c"
    path.write_bytes(b"/* Written by autograd_tiny.\r\n*/\r\n")
    write({path: "*/"})
    assert b"\r" not in path.read_bytes()
    with pytest.raises(FileExistsError):
        write({path: ""}, kind=SourceKind("a module", OTHER.text))


def test_nothing_is_written_if_one_name_ends_otherwise(tmp_path):
    with pytest.raises(ValueError, match=r"path: a module has a name like 'f\.js' or 'f\.mjs', got '.*b\.txt'"):
        write({tmp_path / "a.mjs": "", tmp_path / "b.txt": ""}, overwrite=True, kind=OTHER)
    assert not [*tmp_path.iterdir()]
    write({tmp_path / "a.mjs": "", tmp_path / "a.js": ""}, kind=OTHER)


def test_nothing_is_written_if_a_folder_is_in_the_way_of_one_file(tmp_path):
    (tmp_path / "hd.h").mkdir()
    for other, error in (("hd.h", IsADirectoryError), ("no/hd.h", FileNotFoundError)):
        with pytest.raises(error):
            write({tmp_path / "hd.c": "*/", tmp_path / other: "*/"}, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["hd.h"]


def test_errors_of_the_file_name_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write({tmp_path / "no" / "f.c": ""})
    with pytest.raises(IsADirectoryError):
        write({tmp_path: ""})
    with pytest.raises(TypeError, match="the name of a file"):
        write_sources([SourceFile(3, C, "")], False)
