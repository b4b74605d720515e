"""Writes the table of public names from __init__.pyi, and the table of operations from the rows: see `make written`."""
import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograd_tiny"
OPERATIONS = ROOT / "docs/reference/operations.md"
WIDTH = 110


def homes() -> dict[str, list[str]]:
    """The public names of each module; those that are modules themselves under ""."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {node.module or "": [alias.name for alias in node.names] for node in imports}


def table_of_names() -> str:
    """The table as Python."""
    lines = ["_NAMES = {"]
    for module, names in homes().items():
        start = f'    "{module}": '
        if len(start) + len(" ".join(names)) + 3 <= WIDTH:
            lines.append(f'{start}"{" ".join(names)}",')
            continue
        lines.append(start.rstrip())
        line = " " * 8 + '"'
        for name in names:
            if len(line) + len(name) + 2 > WIDTH:
                lines.append(line + '"')
                line = " " * 8 + '"'
            line += f"{name} "
        lines.append(line.rstrip() + '",')
    return "\n".join([*lines, "}"])


def with_names() -> str:
    """The text that __init__.py should have."""
    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    return _between(text, "# <written: names>", "# </written: names>", table_of_names())


def with_operations() -> str:
    """The text that the page of operations should have."""
    from autograd_tiny.calculus.operations import reference_table

    text = OPERATIONS.read_text(encoding="utf-8")
    return _between(text, "<!-- operations -->", "<!-- /operations -->", reference_table())


def _between(text: str, start: str, end: str, part: str) -> str:
    """The text with another part between two marks; the rest of the line of the first one stays."""
    before, mark, rest = text.partition(start)
    line, _, rest = rest.partition("\n")
    return f"{before}{mark}{line}\n{part}\n{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    (PACKAGE / "__init__.py").write_text(with_names(), encoding="utf-8")
    OPERATIONS.write_text(with_operations(), encoding="utf-8")
