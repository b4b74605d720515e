"""The layout program: found wherever pip installs it; the errors if there is none."""
import os
import sys
import sysconfig
from pathlib import Path

import pytest
from references.show.pictures import boxes, drawn_again, example_a, read

import autograd_tiny as at
from autograd_tiny.show import layout
from autograd_tiny.show.draw import draw

FILES = layout.metadata.files


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
    monkeypatch.setattr(sys, "executable", str(bare_path / "python"))
    monkeypatch.setattr(layout.metadata, "files", lambda name: None)
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


@pytest.mark.parametrize("kind", ["another site-packages", "scripts", "python -S", "PyInstaller", "--target", "PATH"])
@needs_shell
def test_it_is_found_wherever_it_is_installed(kind, nothing_installed, tmp_path, monkeypatch):
    there = tmp_path / "elsewhere" / "bin"
    there.mkdir(parents=True)
    install(there, "graphviz-pure", "exit 0")
    if kind == "another site-packages":
        packages = tmp_path / "elsewhere" / "lib" / "python3" / "site-packages"
        record = packages / "graphviz_pure-1.0.dist-info" / "RECORD"
        record.parent.mkdir(parents=True)
        record.write_text("graphviz_pure-1.0.dist-info/METADATA,,\n../../../bin/graphviz-pure,,\n")
        record.with_name("METADATA").write_text("Metadata-Version: 2.1\nName: graphviz-pure\nVersion: 1.0\n")
        monkeypatch.setattr(sys, "path", [str(packages)])
        monkeypatch.setattr(layout.metadata, "files", FILES)
    elif kind == "scripts":
        monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(there))
    elif kind == "python -S":
        monkeypatch.setattr(sys, "executable", str(there / "python3"))
    elif kind == "PyInstaller":
        monkeypatch.setattr(sys, "_MEIPASS", str(there), raising=False)
    elif kind == "--target":
        monkeypatch.setattr(layout, "__file__", str(tmp_path / "elsewhere" / "autograd_tiny" / "show" / "layout.py"))
    else:
        monkeypatch.setenv("PATH", str(there))
    assert list(layout.layout_programs()) == [str(there / "graphviz-pure")]


def test_without_an_installation_to_ask_the_other_folders_are_searched(nothing_installed, monkeypatch):
    """As in a program that was packed without its metadata."""
    monkeypatch.setattr(layout.metadata, "files", FILES)
    monkeypatch.setattr(layout, "PROGRAM", "graphviz-pure-of-nobody")
    monkeypatch.setattr(sys, "executable", None)
    assert list(layout.layout_programs()) == []


# ---- a function in the place of a program

SVG = '<?xml version="1.0"?><svg width="8pt" height="8pt" viewBox="0 0 8 8"><g id="graph0"></g></svg>'


@pytest.fixture
def set_layout():
    yield at.set_layout
    at.set_layout(None)


def test_a_function_lays_out_svgs_and_gets_the_source(drawn, set_layout, nothing_installed):
    sources = []
    set_layout(lambda source: sources.append(source) or SVG)
    assert drawn.svg.startswith("<svg") and "<title>The computation of f</title>" in drawn.svg
    assert len(sources) == 1 and sources[0].startswith('digraph "computation" {')


def test_none_goes_back_to_programs(drawn, set_layout):
    set_layout(lambda source: SVG)
    set_layout(None)
    assert len(boxes(drawn)) == 6


def test_a_function_draws_no_png(drawn, set_layout, nothing_installed):
    set_layout(lambda source: SVG)
    with pytest.raises(RuntimeError, match="no program to lay out the graph was found"):
        _ = drawn.png


@pytest.mark.parametrize(("returned", "shown"), [(None, "None"), (b"<svg/>", "b'<svg/>'"), ("an error", "'an error'")])
def test_a_function_that_returns_no_svg_is_told_so(drawn, set_layout, returned, shown):
    set_layout(lambda source: returned)
    with pytest.raises(RuntimeError, match=f"set_layout returns the text of an SVG, but here: .*{shown}"):
        _ = drawn.svg


def test_an_error_of_the_function_is_named(drawn, set_layout):
    set_layout(lambda source: 1 / 0)
    with pytest.raises(RuntimeError, match="the function of set_layout failed: division by zero"):
        _ = drawn.svg


def test_something_else_than_a_function_is_refused():
    with pytest.raises(TypeError, match="a function from the text of a graph to an SVG is expected, got str 'dot'"):
        at.set_layout("dot")


def test_where_no_program_can_be_started_the_error_says_what_to_do(drawn, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(RuntimeError, match=r"no program can be started here .*set_layout"):
        _ = drawn.svg
    with pytest.raises(RuntimeError, match=r"no PDF can be written here: save a \.svg"):
        drawn.save(tmp_path / "f.pdf")
    assert drawn.tree and not list(tmp_path.iterdir())


@needs_shell
def test_dot_on_the_path_is_preferred(drawn, bare_path, tmp_path):
    install(bare_path, "dot", """printf '<svg>%%PDF %s</svg>' "$*" """)
    assert "<title>The computation of f</title>%PDF -Tsvg<style>" in drawn.svg
    assert drawn.save(tmp_path / "f.pdf").read_text() == "<svg>%PDF -Tpdf</svg>"


@pytest.mark.parametrize("script", ["echo no plugins >&2; exit 1", "exit 1", "echo usage: dot FILE"])
@needs_shell
def test_a_dot_that_does_not_work_gives_way(drawn, bare_path, script):
    install(bare_path, "dot", script)
    assert len(boxes(drawn)) == 6


@pytest.mark.parametrize("script", ["echo usage: dot FILE", "exit 0", "echo '<svg' >&2", r"printf '\377\376'"])
@needs_shell
def test_a_foreign_dot_that_draws_nothing_is_named(nothing_installed, script):
    install(nothing_installed, "dot", script)
    for kind in ("svg", "png", "pdf"):
        with pytest.raises(RuntimeError, match=f"dot: it wrote no {kind.upper()}, so it may be another program"):
            layout.lay_out("digraph {}", kind)


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
        with pytest.raises(RuntimeError, match="pip install graphviz-pure") as caught:
            drawn.save(tmp_path / f"f.{suffix}")
        assert ".source" not in str(caught.value)
        assert caught.value.__notes__ == ["The source of the graph, in the language of dot, is in .source."]
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
        again = read(drawn_again(drawn))
        assert sorted(node.lines for node in again.nodes.values()) == sorted(
            node.lines for node in read(drawn).nodes.values()
        )
        assert sorted(again.edges) == sorted(read(drawn).edges)
