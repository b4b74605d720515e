"""Builds the page try/, where the package runs in the visitor's browser: `python tools/try_page.py FOLDER`.

Its sources are in tools/try/: page/ is what the browser shows, worker/ runs Python (Pyodide) beside it, examples/ are
the programs to begin with, and build.mjs bundles the npm packages that package-lock.json pins. The font of formulas
comes from tools/site/. Needs Node and npm, and the extra `docs` for the font.
"""
from __future__ import annotations

import argparse
import ast
import html
import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "tools" / "try"
sys.path[:0] = [str(ROOT), str(ROOT / "tools" / "site")]

import mathematics  # noqa: E402

from autograd_tiny.boundary.colours import DARK, LIGHT  # noqa: E402
from autograd_tiny.course.exercise import numbered  # noqa: E402
from autograd_tiny.show.page.page import Page  # noqa: E402
from autograd_tiny.show.theme import variables  # noqa: E402

NAMES = {"matplotlib": "Matplotlib", "numpy": "NumPy"}       # of libraries, where they are not spelt as packages


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course.

    Attributes:
        notebook: Its notebook.
        needs: The libraries that it needs, which the page lacks.
    """

    notebook: Path
    needs: tuple[str, ...]

    @property
    def number(self) -> str:
        return self.notebook.name[:2]

    @property
    def cells(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.notebook.read_text(encoding="utf-8"))["cells"]
        return found

    @property
    def title(self) -> str:
        return "".join(self.cells[0]["source"]).partition("\n")[0].removeprefix("# ")


def chapters() -> list[Chapter]:
    """All chapters; the files of their exercises say what they need."""
    folder = ROOT / "autograd_tiny" / "course" / "chapters"
    found = []
    for number, name in numbered().items():
        about = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        notebook = next((ROOT / "notebooks").glob(f"{number:02}-*.ipynb"))
        found.append(Chapter(notebook, tuple(NAMES.get(each, each) for each in about["needs"])))
    return found


def build(folder: Path) -> None:
    """Write the page and all its files into a folder, which is emptied first."""
    install()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "chapters").mkdir(parents=True)
    command = ["node", str(HERE / "build.mjs"), str(ROOT / "autograd_tiny"), str(folder), str(ROOT / "notebooks")]
    here = [chapter for chapter in chapters() if not chapter.needs]
    subprocess.run([*command, *(chapter.number for chapter in here)], check=True)
    for chapter in here:
        keep_plots(chapter, folder / "chapters" / f"{chapter.number}.json")
    (folder / "files" / "colours.css").write_text(colours(), encoding="utf-8")
    (folder / "files" / "math.woff2").write_bytes(mathematics.font())
    shutil.copy(HERE / "frame.html", folder)
    shutil.copy(ROOT / "tools" / "site" / "theme" / "assets" / "logo.svg", folder)
    first_picture().save(folder / "first.html")
    page = (HERE / "index.html").read_text(encoding="utf-8")
    page = page.replace("<!-- chapters -->", chapter_list())
    page = page.replace("/* examples */", json.dumps(examples()).replace("<", "\\u003c"))
    (folder / "index.html").write_text(page, encoding="utf-8")


def install() -> None:
    """What package-lock.json names, unless it is there."""
    stamp, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)


def examples() -> list[dict[str, str]]:
    """The programs of the page; the first line of each is its title."""
    found = []
    for path in sorted((HERE / "examples").glob("*.py")):
        title, code = path.read_text(encoding="utf-8").split("\n", 1)
        found.append({"title": title.removeprefix("# "), "code": code.rstrip("\n")})
    return found


def first_picture() -> object:
    """What the first example shows, for those who have not run it yet."""
    names: dict[str, object] = {}
    tree = ast.parse(examples()[0]["code"])
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "example", "exec"), names | {"print": lambda *_: None}, names)
    return eval(compile(ast.Expression(last.value), "example", "eval"), names)


def keep_plots(chapter: Chapter, file: Path) -> None:
    """Give the cells of a chapter that draw with Matplotlib, which the page lacks, the plots of the notebook."""
    found = json.loads(file.read_text(encoding="utf-8"))
    for cell, shown in zip(chapter.cells, found["cells"], strict=True):
        pictures = ["".join(output["data"]["image/svg+xml"]) for output in cell.get("outputs", ())
                    if "<Plot: " in "".join(output.get("data", {}).get("text/plain", ""))]
        style = "svg { display: block; max-width: 100%; height: auto; }"
        shown["plot"] = Page("A plot of the course", "\n".join(pictures), style=style).html if pictures else ""
    file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def colours() -> str:
    """The colours of pictures and pages as variables."""
    light, dark = f"color-scheme: light; {variables(LIGHT)}", f"color-scheme: dark; {variables(DARK)}"
    return f":root {{ {light} }}\n:root[data-theme=\"dark\"] {{ {dark} }}\n"


def chapter_list() -> str:
    """The chapters that run here, and those that run only where the package is installed."""
    here, elsewhere = [], []
    for chapter in chapters():
        title = html.escape(chapter.title)
        if chapter.needs:
            needs = f'<span class="quiet">{html.escape(", ".join(chapter.needs))}</span>'
            elsewhere.append(f'<li><a href="../course/{chapter.notebook.stem}/">{title}</a> {needs}</li>')
        else:
            here.append(f'<li><a href="?chapter={chapter.number}">{title}</a></li>')
    return (
        f"<ul>{''.join(here)}</ul>\n"
        "<p>The other chapters need libraries that do not run on this page. They can be read, with their pictures and "
        'films, and run where autograd_tiny <a href="../how-to/install-and-build/">is installed</a>:</p>\n'
        f"<ul>{''.join(elsewhere)}</ul>"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the page that runs the package in the browser.")
    parser.add_argument("folder", type=Path, help="is emptied first")
    build(parser.parse_args().folder)


if __name__ == "__main__":
    main()
