"""The navigation of the site: the map of the documentation, docs/index.md, with the course and the reference."""
from __future__ import annotations

import re
from typing import Any

import reference
from repository import ROOT

Entry = str | dict[str, Any]


def navigation(try_it: str = "") -> list[Entry]:
    """The entries that mkdocs takes: a page by its place, or a title with entries below it.

    try_it: the address of the page that runs the package, if it is built.
    """
    parts = _map()
    first, *others = parts["Tutorials"]
    course = [f"course/{path.name}" for path in sorted(ROOT.glob("notebooks/*.ipynb"))]
    names, *topics = parts["Reference"]
    api: list[Entry] = [{section.title: section.file} for section in reference.sections()]
    measurements = {"All measurements": "reference/measurements.md"}
    rules = "code-of-conduct.md", "security.md"
    return [
        {"Home": "index.md"},
        *([{"Try it": try_it}] if try_it else []),
        {"Learn": [first, *course, *others]},
        {"How to": ["documentation.md", *parts["How-to guides"]]},
        {"Reference": [names, {"Names and arguments": api}, *topics, measurements]},
        {"Understand": parts["Explanation"]},
        {"Project": ["changelog.md", "contributing.md", *parts["Project"], *rules]},
    ]


def _map() -> dict[str, list[Entry]]:
    """The pages of each section of docs/index.md; where it has groups, these."""
    _, *sections = re.split(r"^## ", (ROOT / "docs/index.md").read_text(encoding="utf-8"), flags=re.M)
    found: dict[str, list[Entry]] = {}
    for section in sections:
        title, _, text = section.partition("\n")
        entries: list[Entry] = []
        pages = entries
        for line in text.splitlines():
            group = re.fullmatch(r"([A-Z][^\[\]]*):", line)
            if group:
                pages = []
                entries.append({group[1]: pages})
            for link in re.findall(r"\]\(([^)#]+\.md)\)", line):
                if link not in pages:
                    pages.append(link)
        found[title.strip()] = entries
    return found
