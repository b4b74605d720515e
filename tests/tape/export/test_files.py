"""Source files that exporters write, and what they do not write over."""
import pytest

from autograd_tiny.tape.export.files import write_sources


def test_files_of_an_exporter_are_replaced_and_others_are_not(tmp_path):
    path, other = str(tmp_path / "f.c"), tmp_path / "f.h"
    write_sources({path: "/* Written by autograd_tiny */\n1\n"}, False)
    write_sources({path: "/* Written by autograd_tiny */\n2\n"}, False)
    other.write_text("mine\n")
    with pytest.raises(FileExistsError, match=r"autograd_tiny did not write.*f\.h"):
        write_sources({path: "/* Written by autograd_tiny */\n3\n", str(other): ""}, False)
    assert other.read_text() == "mine\n" and "2" in (tmp_path / "f.c").read_text()
    write_sources({str(other): "/* Written by autograd_tiny */"}, True)
    assert other.read_text() != "mine\n"


def test_errors_of_the_file_name_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_sources({str(tmp_path / "no" / "f.c"): ""}, False)
    with pytest.raises(IsADirectoryError):
        write_sources({str(tmp_path): ""}, False)
    with pytest.raises(TypeError, match="the name of a file"):
        write_sources({3: ""}, False)
