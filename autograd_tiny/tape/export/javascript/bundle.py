"""The modules of this folder in one: all of them, as tape.js, or those functions that a tape needs."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from ....boundary.arguments import describe
from ....boundary.files import file_name
from ....boundary.text import quoted
from ....calculus.javascript_rows import ROWS, called_rows, function_of, source
from ....calculus.operations import Operation
from ..files import MARK, SourceFile, SourceKind, write_sources

RUNTIME = SourceKind("a runtime", f"// {MARK}: its tapes in JavaScript")
TYPES = SourceKind("types", f"// {MARK}: the types of tape.js")
FOLDER = Path(__file__).parent
FOR_REPLAY = ("program", "indices", "steps", "runner", "arguments", "replay")     # each imports from those before it
MODULES = (*FOR_REPLAY, "evaluate", "formula_trees", "own_operations", "file", "builder", "tape")
IMPORT = re.compile(r"^import \{[^}]*\} from \"\./\w+\.js\";\n", re.MULTILINE)
MARKS = re.compile(r"^// </?written: .*\n?", re.MULTILINE)
COMMENTS = re.compile(r"^ */\*\*.*?\*/\n+", re.MULTILINE | re.DOTALL)
DEFINED = re.compile(r"^(?:export )?(?:function|const|class) (\w+)", re.MULTILINE)


def runtime(operations: Iterable[str] | None = None) -> str:
    """tape.js as one module that imports nothing.

    Args:
        operations: The names of those that it has to know, so that it is shorter; by default all.
    """
    rows = [*ROWS.values()] if operations is None else _rows_of(operations)
    return _joined([
        f"{RUNTIME.text}, with types in tape.d.ts.",
        *_special_functions(rows), source(rows).replace("export const", "const"),
        *map(_module, MODULES[:-1]), _imports_removed(_read("tape")),
    ])


def replay_of(rows: Sequence[Operation]) -> str:
    """What replays programs of these rows, without the comments, which are in tape.js."""
    code = _joined([*_special_functions(rows), _module_of_rows(rows), *map(_module, FOR_REPLAY)])
    return COMMENTS.sub("", code)


def needed_modules(operations: Iterable[str] | None = None) -> dict[Path, str]:
    """The modules that depend on which operations a page has to know, by their files, with what these need alone.

    Args:
        operations: As for `runtime`.
    """
    rows = [*ROWS.values()] if operations is None else _rows_of(operations)
    code = source(rows)
    special = "\n\n".join(_definitions(code, ["special"]))
    names = ", ".join(sorted(_words(code).intersection(DEFINED.findall(special))))
    return {
        FOLDER / "special.js": f"{special}\nexport {{ {names} }};\n",
        FOLDER / "rows.js": f'import {{ {names} }} from "./special.js";\n{code}\n',
    }


def helpers_of(code: str, rows: Sequence[Operation]) -> str:
    """The functions that some code calls: values of rows, functions of numbers, checks of arguments."""
    values = [function_of(row) for row in called_rows(rows)]
    modules = ["special", "program", "indices", "arguments"]
    return _joined([*_definitions("\n".join([code, *values]), modules), *values])


def write_tape_js(
    folder: str | PathLike[str], operations: Iterable[str] | None = None, *, overwrite: bool = False
) -> None:
    """Write tape.js, a module of JavaScript that loads, replays and builds tapes, and its types, tape.d.ts.

    Args:
        folder: Where to write them.
        operations: The names of those that tape.js has to know, so that it is shorter: ["dot", "tanh"]; by default all.
        overwrite: Whether files of these names may be replaced that this function did not write.

    Raises:
        TypeError: The folder or the operations are no names.
        ValueError: There is no operation of such a name.
        FileExistsError: There is such a file.
        OSError: There is no such folder, or writing fails.
    """
    target = Path(file_name(folder))
    types = f"{TYPES.text}.\n{FOLDER.joinpath('tape.d.ts').read_text(encoding='utf-8')}"
    write_sources([
        SourceFile(str(target / "tape.js"), RUNTIME, runtime(operations)),
        SourceFile(str(target / "tape.d.ts"), TYPES, types),
    ], overwrite)


def _rows_of(operations: Iterable[str]) -> list[Operation]:
    """The rows of these names. TypeError for something else than names, ValueError for one that no row has."""
    if isinstance(operations, str) or not isinstance(operations, Iterable):
        raise TypeError(f'operations: names are expected, such as ["dot", "tanh"], got {describe(operations)}')
    names = {*operations}
    if unknown := names - ROWS.keys():
        raise ValueError(f"operations: there is none called {quoted(min(unknown, key=str))}, see --operations")
    return [row for name, row in ROWS.items() if name in names]


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _read(module: str) -> str:
    return FOLDER.joinpath(f"{module}.js").read_text(encoding="utf-8")


def _imports_removed(text: str) -> str:
    return IMPORT.sub("", text)


def _module(name: str) -> str:
    """A module without imports and exports."""
    return re.sub("^export ", "", _imports_removed(_read(name)), flags=re.MULTILINE)


def _module_of_rows(rows: Sequence[Operation]) -> str:
    return source(rows, with_formulas=False).replace("export const", "const")


def _special_functions(rows: Sequence[Operation]) -> list[str]:
    """The definitions of special.js that the formulas of some rows need."""
    return _definitions(_module_of_rows(rows), ["special"])


def _definitions(code: str, modules: Iterable[str]) -> list[str]:
    """The definitions in modules that some code needs, itself or through others."""
    texts = [block for module in modules for block in re.split(r"\n\n(?=\S)", _module(module))]
    blocks = [(block, set(DEFINED.findall(block))) for block in texts]
    needed, left = set[str](), _words(code)
    while left:
        needed |= left
        found = [_words(block) for block, names in blocks if names & needed]
        left = set[str]().union(*found) - needed
    return [MARKS.sub("", block) for block, names in blocks if names & needed]


def _words(code: str) -> set[str]:
    return set(re.findall(r"\w+", code))
