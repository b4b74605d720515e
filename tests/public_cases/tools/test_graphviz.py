"""Graphviz for Python, pydot and PyInstaller's hooks: reports about programs that are not found."""
import os
import sys

import pytest

from autograd_tiny import Value, draw
from autograd_tiny.show import layout


def program(folder, name, script):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_path_without_graphviz_is_no_obstacle(tmp_path, monkeypatch):
    """graphviz 162, pydot 102, 116, 257: no `dot` on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(Value(1.0, "x")).svg.startswith("<svg")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for the program is a shell script")
def test_a_frozen_program_brings_its_own(tmp_path, monkeypatch):
    """pyinstaller-hooks-contrib 357: the program that was made on one machine finds no `dot` on another."""
    program(tmp_path / "bundle", layout.PROGRAM, "exit 0")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert str(tmp_path / "bundle") in map(str, layout._folders())


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for the program is a shell script")
def test_another_program_called_dot_gives_way(tmp_path, monkeypatch):
    """Its exit code is 0, and there is no picture in what it prints."""
    program(tmp_path, "dot", "echo usage")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(Value(1.0, "x")).svg.startswith("<svg")
