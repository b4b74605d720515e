"""The modules of a page as one script, which imports nothing and leaves no names behind.

A module becomes a function that is called once and returns what the module exports, so that each keeps its own names.
Of tape/export/javascript, only what the operations of the page need comes along.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...boundary.text import quoted
from ...tape.export.javascript.bundle import needed_modules
from .page import as_script

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*)";\n', re.MULTILINE)
EXPORT_LIST = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
COMMENT = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)      # before a function or a class: not for readers
RENAMED = re.compile(r"(\w+) as (\w+)")
EXPORTED = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)


def script(entry: Path, data: Any, operations: Iterable[str] | None = None) -> str:
    """The script of a page: a module with all that it imports, and a call of its function `start`.

    Args:
        entry: The file of the module.
        data: The argument of start: anything that JSON has, and floats that are not finite.
        operations: The names of the operations that the page evaluates or differentiates; by default all.

    Returns:
        The script, in ASCII.
    """
    return f"(() => {{\n{linked(entry, operations)}{_name(entry)}.start({as_script(data)});\n}})();\n"


def linked(entry: Path, operations: Iterable[str] | None = None) -> str:
    """A module, and before it those that it imports, as constants of their names."""
    modules = _Modules(needed_modules(operations))
    modules.add(entry.resolve())
    return '"use strict";\n' + "".join(modules.texts.values())


class _Modules:
    """Modules as they are found, each behind those that it imports."""

    def __init__(self, replaced: Mapping[Path, str]) -> None:
        self.replaced = replaced
        self.texts: dict[Path, str] = {}
        self.open: list[Path] = []              # those whose imports are being looked for

    def add(self, path: Path) -> None:
        if path in self.texts:
            return
        if path in self.open:
            raise ValueError(f"modules import each other: {' -> '.join(each.name for each in [*self.open, path])}")
        self.open.append(path)
        text = self.replaced.get(path) or path.read_text(encoding="utf-8")
        for _, other in IMPORT.findall(text):
            self.add((path.parent / other).resolve())
        self.open.pop()
        if any(_name(path) == _name(other) for other in self.texts):
            raise ValueError(f"two modules are called {quoted(path.name)}")
        self.texts[path] = _as_constant(path, text)


def _as_constant(path: Path, text: str) -> str:
    listed = [part.strip() for each in EXPORT_LIST.findall(text) for part in each.split(",") if part.strip()]
    exported = [*EXPORTED.findall(text), *(RENAMED.sub(r"\2: \1", part) for part in listed)]
    body = EXPORTED.sub("", EXPORT_LIST.sub("", IMPORT.sub(_assignment, COMMENT.sub("", text))))
    if re.search(r"^(import|export)\b", body, re.MULTILINE):
        raise ValueError(f"{path.name} imports or exports in a way that pages do not know")
    wrapped = f"const {_name(path)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"
    return "".join(character if character.isascii() else _escaped(character) for character in wrapped)


def _assignment(found: re.Match[str]) -> str:
    """An import as a constant."""
    names = RENAMED.sub(r"\1: \2", found[1])
    return f"const {{{names}}} = {_name(Path(found[2]))};\n"


def _name(path: Path) -> str:
    """The constant that holds what a module exports."""
    return f"${path.stem}"


def _escaped(character: str) -> str:
    """A character in a text, an identifier or a comment of JavaScript."""
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
