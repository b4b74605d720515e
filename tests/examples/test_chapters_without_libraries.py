"""What the chapters of the course need besides the package: their files say so, and no more is needed."""
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from references.programs.without_libraries import printed_without_libraries

from autograd_tiny.course.exercise import numbered

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
INSTALLED_AS = {"sklearn": "scikit-learn"}
STANDARD = {
    "itertools", "math", "pathlib", "random", "statistics", "tempfile", "textwrap", "time", "timeit", "warnings",
}
ERROR = re.compile(r"No module named '(\w+)'|needs the library ([\w-]+)")
RUN = """
import ast, contextlib, io, json, sys

names = {"__name__": "__main__"}
for source in json.loads(SOURCES):
    *lines, last = ast.parse(source).body
    shown = isinstance(last, ast.Expr)
    lines += [] if shown else [last]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(ast.Module(lines, []), "cell", "exec"), names)
            if shown:
                repr(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace("\\n", " "))
"""


def needs(number):
    """The libraries without which a chapter does not run, and those that some of its cells need."""
    texts = files("autograd_tiny.course.chapters").joinpath(f"{numbered()[number]}.toml").read_text("utf-8")
    chapter = tomllib.loads(texts)
    return chapter["needs"], chapter["some_cells_need"]


def code_of(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code" and cell["source"]]


@pytest.mark.parametrize("number", range(1, 14))
def test_a_chapter_names_the_libraries_that_it_imports(number):
    imported = set(re.findall(r"^(?:import|from) (\w+)", "\n".join(code_of(NOTEBOOKS[number - 1])), re.M))
    needed, by_some = needs(number)
    found = {INSTALLED_AS.get(name, name) for name in imported - STANDARD - {"autograd_tiny"}}
    assert found <= {*needed, *by_some} and sorted(needed) == needed and not {*needed} & {*by_some}


def test_chapters_that_need_no_library_are_known():
    assert [number for number in range(1, 14) if not needs(number)[0]] == [1, 2, 3, 4, 13]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 13])
def test_such_a_chapter_runs_but_for_the_cells_that_need_one(number):
    sources = code_of(NOTEBOOKS[number - 1])
    printed = printed_without_libraries(RUN.replace("SOURCES", repr(json.dumps(sources))))
    missing = {next(filter(None, found)) for found in ERROR.findall(printed)}
    assert missing == {*needs(number)[1]}
    others = [line for line in printed.splitlines() if not ERROR.search(line) and "is not defined" not in line]
    assert not others and printed.count("\n") <= len(sources) // 4
