"""The layout program: found wherever pip installs it; the errors if there is none."""
import os
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from references.show.pictures import boxes, example_a, read

from autograd_tiny.show import layout
from autograd_tiny.show.draw import draw
from autograd_tiny.show.picture import Picture


@pytest.fixture
def drawn():
    return draw(example_a()[0])


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A PATH that leads to one empty folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def nothing_installed(bare_path, monkeypatch):
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(bare_path))
    return bare_path


def install(folder, name, script):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


needs_shell = pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a shell script")


def test_pip_alone_is_enough(drawn, bare_path):
    """In an environment that isn't activated, the PATH leads neither to dot nor to pip's program."""
    assert [Path(program).stem for program in layout.layout_programs()] == ["graphviz-pure"]
    assert len(boxes(drawn)) == 6


@pytest.mark.parametrize("scheme", ["user", "target"])
@needs_shell
def test_pips_other_folders_are_known(scheme, nothing_installed, tmp_path, monkeypatch):
    there = tmp_path / "elsewhere" / "bin"
    there.mkdir(parents=True)
    install(there, "graphviz-pure", "exit 0")
    if scheme == "user":
        paths = {1: str(nothing_installed), 2: str(there)}
        monkeypatch.setattr(sysconfig, "get_path", lambda *arguments: paths[len(arguments)])
    else:
        library = SimpleNamespace(origin=str(tmp_path / "elsewhere" / "graphviz" / "__init__.py"))
        monkeypatch.setattr(layout, "find_spec", lambda name: library)
    assert list(layout.layout_programs()) == [str(there / "graphviz-pure")]


@needs_shell
def test_dot_on_the_path_is_preferred(drawn, bare_path, tmp_path):
    install(bare_path, "dot", """printf '<svg>dot %s</svg>' "$*" """)
    assert "<title>The computation of f</title>dot -Tsvg</svg>" in drawn.svg
    assert drawn.save(tmp_path / "f.pdf").read_text() == "<svg>dot -Tpdf</svg>"


@pytest.mark.parametrize("script", ["echo no plugins >&2; exit 1", "exit 1"])
@needs_shell
def test_a_dot_that_does_not_work_gives_way(drawn, bare_path, script):
    install(bare_path, "dot", script)
    assert len(boxes(drawn)) == 6


@needs_shell
def test_if_no_program_succeeds_each_says_why(drawn, nothing_installed):
    install(nothing_installed, "dot", "echo no plugins >&2; exit 1")
    install(nothing_installed, "graphviz-pure", "exit 7")
    with pytest.raises(RuntimeError, match=r"dot: no plugins\n.*graphviz-pure: exit code 7"):
        _ = drawn.svg


@needs_shell
def test_a_file_that_is_no_program_says_so(drawn, nothing_installed):
    (nothing_installed / "dot").write_bytes(b"\x7fELF, but not really")
    (nothing_installed / "dot").chmod(0o755)
    with pytest.raises(RuntimeError, match=r"another may: `pip install graphviz-pure`.*\n.*dot"):
        _ = drawn.svg


def test_without_any_program_the_error_says_what_to_install(drawn, nothing_installed, tmp_path):
    for suffix in ("svg", "png"):
        with pytest.raises(RuntimeError, match="pip install graphviz-pure"):
            drawn.save(tmp_path / f"f.{suffix}")
    assert "digraph" in drawn.source
    drawn.save(tmp_path / "f.dot")
    assert sorted(os.listdir(tmp_path)) == ["bin", "f.dot"]


def test_pdf_needs_graphviz_itself(drawn, bare_path, tmp_path):
    with pytest.raises(RuntimeError, match=r"Graphviz's own dot writes PDF.*save a \.svg"):
        drawn.save(tmp_path / "f.pdf")
    assert os.listdir(tmp_path) == ["bin"]


@needs_shell
def test_a_layout_without_end_is_stopped(drawn, bare_path, monkeypatch):
    monkeypatch.setattr(layout, "TIMEOUT", 0.1)
    install(bare_path, "dot", "exec /bin/sleep 60")
    with pytest.raises(RuntimeError, match="draw a part"):
        _ = drawn.svg


def test_every_program_that_is_here_draws_the_same_graph(drawn, monkeypatch):
    for program in list(layout.layout_programs()):
        monkeypatch.setattr(layout, "layout_programs", lambda program=program: iter([program]))
        again = read(Picture(drawn.source, drawn.title))
        assert sorted(node.lines for node in again.nodes.values()) == sorted(
            node.lines for node in read(drawn).nodes.values()
        )
        assert sorted(again.edges) == sorted(read(drawn).edges)
