"""Writes anew what repeats the rows of the calculus or the list of public names: `make written`.

- parts of the engine: autograd_tiny/calculus/python_source.py says which
- the table of public names in __init__.py, and the list of functions in docs/reference/public-names.md, from
  __init__.pyi
- the tables of operations and of functions in docs/reference, from the rows
- rows of the calculus, and polynomials, in the JavaScript that replays tapes

It needs no more than the calculus: the engine may not run before it is written anew.
"""
import ast
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograd_tiny"
REFERENCE = ROOT / "docs/reference"
JAVASCRIPT = PACKAGE / "tape/export/javascript"
MARKS = {               # how a part that is written begins and ends
    ".py": ("# <written", "# </written"), ".md": ("<!-- written", "<!-- /written"),
    ".js": ("// <written", "// </written"), ".ts": ("// <written", "  // </written"),
}
WIDTH = 110
DOCS_WIDTH = 120


# ---- public names

def public_names() -> dict[str, list[str]]:
    """The public names of each module; those that are modules themselves under ""."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {node.module or "": [alias.name for alias in node.names] for node in imports}


def table_of_names() -> str:
    """The table of __init__.py."""
    lines = ["_NAMES = {"]
    for module, names in public_names().items():
        line = f'    "{module}": "{" ".join(names)}",'
        if len(line) <= WIDTH:
            lines.append(line)
        else:
            parts = wrapped([f"{name} " for name in names], WIDTH - 10)
            parts[-1] = parts[-1].rstrip()
            lines += [f'    "{module}":', *(f'        "{part}"' for part in parts)]
            lines[-1] += ","
    return "\n".join([*lines, "}"])


def list_of_functions() -> str:
    """The functions over Values, for the page of public names."""
    names = sorted(public_names()["engine.functions"])
    lines = wrapped([f"`{name}`, " for name in names], DOCS_WIDTH + 1)
    return "\n".join(line.rstrip() for line in lines).removesuffix(",")


# ---- rows of the calculus

def table_of_operations() -> str:
    """Each operation with its value and its local derivatives."""
    return str(calculus("operations").reference_table())


def table_of_functions() -> str:
    """Each function that a row has, with its summary."""
    lines = ["| function | |", "|---|---|"]
    for row in calculus("operations").OPERATIONS:
        if row.summary:
            alias = f" (`{row.numpy_name}`)" if row.numpy_name else ""
            lines.append(f"| `{row.name}({arguments(row)})`{alias} | {row.summary.replace('|', '∣')} |")
    return "\n".join(lines)


def arguments(row: Any) -> str:
    """The arguments of an operation's function."""
    names = {("xs",): ["values"], ("xs", "ys", "bias"): ["xs", "ys", "bias=None"], ("xs", "index"): ["values", "index"]}
    return ", ".join(names.get(row.operands, row.parameters))


def rows_in_javascript() -> str:
    """The rows as loops over rows of numbers."""
    return str(calculus("javascript_rows").source())


def polynomials_in_javascript() -> str:
    """Those of vector_polynomials.h that JavaScript's own functions leave to us."""
    return str(calculus("javascript_rows").polynomials())


def operations_in_typescript() -> str:
    """The names of the rows as a type."""
    names = [f'"{name}"' for name in calculus("javascript_rows").ROWS]
    lines = [line.strip() for line in wrapped([f" | {name}" for name in names], DOCS_WIDTH - 2)]
    lines[0] = lines[0].removeprefix("| ")
    return "\n".join(f"  {line}" for line in lines) + ";"


def calculus(module: str) -> Any:
    """A module of the calculus."""
    return import_module(f"autograd_tiny.calculus.{module}")


# ---- files

MARKED = {          # of each file: what stands between its marks "written: …"
    PACKAGE / "__init__.py": table_of_names,
    REFERENCE / "public-names.md": list_of_functions,
    REFERENCE / "operations.md": table_of_operations,
    REFERENCE / "functions.md": table_of_functions,
    JAVASCRIPT / "rows.js": rows_in_javascript,
    JAVASCRIPT / "special.js": polynomials_in_javascript,
    JAVASCRIPT / "tape.d.ts": operations_in_typescript,
}


def up_to_date(path: Path) -> str:
    """The text that a file of MARKED should have."""
    start, end = MARKS[path.suffix]
    before, mark, rest = path.read_text(encoding="utf-8").partition(start)
    line, _, rest = rest.partition("\n")
    return f"{before}{mark}{line}\n{MARKED[path]()}\n{end}{rest.partition(end)[2]}"


def wrapped(items: list[str], width: int) -> list[str]:
    """Items one behind the other, on lines of the width."""
    lines = [""]
    for item in items:
        if len(lines[-1] + item) > width:
            lines.append("")
        lines[-1] += item
    return lines


def main() -> None:
    package = ModuleType("autograd_tiny")           # in the place of the package, which would load the engine
    package.__path__ = [str(PACKAGE)]
    sys.modules[package.__name__] = package
    calculus("python_source").main()
    for path in MARKED:
        path.write_text(up_to_date(path), encoding="utf-8")


if __name__ == "__main__":
    main()
