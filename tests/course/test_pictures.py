"""The pictures of the course, as files."""
from math import isclose

from autograd_tiny.course.__main__ import main
from autograd_tiny.course.pictures import PICTURES, expression, small_network


def test_all_are_written(tmp_path, capsys):
    main(["pictures", str(tmp_path / "new" / "folder")])
    written = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.name for path in written] == sorted(PICTURES)
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / "folder" / name) for name in PICTURES]
    for path in written:
        text = path.read_text("utf-8")
        assert text.startswith("<svg" if path.suffix == ".svg" else "<!DOCTYPE html>"), path


def test_their_numbers_are_those_of_the_chapters():
    assert [leaf.grad for leaf in expression().parents[0].parents] == [7, 9]
    network, error = small_network()
    assert isclose(error.data, 0.0286, abs_tol=5e-5) and isclose(network([0.1, 0.2])[0].data, 0.735, abs_tol=5e-4)
