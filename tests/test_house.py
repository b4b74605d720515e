"""The house stands as CONTRIBUTING.md says: each file has its floor, and imports point downward only."""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograd_tiny"


def floors():
    """The floor of each module and package, from the table in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = {}
    for floor, files in re.findall(r"^\| (\d) \| (.*?) \|", text, re.M):
        for name in re.findall(r"`(\w+)(?:\.py|\.pyx|/)`", files):
            assert name not in found, f"{name} is there twice"
            found[name] = int(floor)
    return found


def imported(path):
    """The modules and packages of the house that a file imports, anywhere in it; but not its front door."""
    inside = path.parent != PACKAGE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 + inside:
            yield from [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]


def test_every_file_has_a_floor_and_imports_point_downward():
    known = floors()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if place in ("__init__", "uncompiled"):
            continue
        assert place in known, f"{place} has no floor in CONTRIBUTING.md"
        for name in imported(path):
            is_module = (PACKAGE / f"{name}.py").exists() or (PACKAGE / name).is_dir()
            if is_module and name != "uncompiled":
                assert known[name] <= known[place], f"{path.name} imports {name} from a floor above"
