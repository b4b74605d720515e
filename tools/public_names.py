"""Writes the table of public names in autograd_tiny/__init__.py from __init__.pyi; `make written` runs it."""
import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "autograd_tiny"
WIDTH = 110


def homes() -> dict[str, list[str]]:
    """The public names of each module; those that are modules themselves under ""."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {node.module or "": [alias.name for alias in node.names] for node in imports}


def table() -> str:
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


def up_to_date() -> str:
    """The text that __init__.py should have."""
    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    before, mark, rest = text.partition("# <written: names>")
    line, _, rest = rest.partition("\n")
    _, end, after = rest.partition("# </written: names>")
    return f"{before}{mark}{line}\n{table()}\n{end}{after}"


if __name__ == "__main__":
    (PACKAGE / "__init__.py").write_text(up_to_date(), encoding="utf-8")
