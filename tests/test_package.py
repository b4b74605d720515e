"""The package as its users meet it: names, loading, and the switch between the engines."""
import ast
import importlib.machinery
import importlib.util
import os
import pickle
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny.boundary import old_names
from autograd_tiny.calculus import operations as ops

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograd_tiny"


def python(code, folder=None, **environment):
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env={**os.environ, **environment}, check=True, cwd=folder,
    )
    return result.stdout.strip()


def tool():
    """The program behind `make written`."""
    spec = importlib.util.spec_from_file_location("written", ROOT / "tools" / "written.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- names

def test_every_public_name_is_there():
    for name in at.__all__:
        assert getattr(at, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        at.nonsense  # noqa: B018


def test_names_without_a_home_of_their_own_are_what_they_say():
    for name, module in at._MODULE_OF.items():
        found = getattr(at, name)
        home = f"autograd_tiny.{module}" if module else f"autograd_tiny.{name}"
        assert getattr(found, "__module__", home) == home or getattr(found, "__name__", home) == home, name


def test_importing_every_module_leaves_the_public_names_what_they_are():
    absent = tuple(name for name in ("dask", "jax", "torch") if not importlib.util.find_spec(name))
    modules = [
        found.name for found in pkgutil.walk_packages([str(PACKAGE)], "autograd_tiny.")
        if not found.name.endswith("__main__") and "native_executor" not in found.name
        and not found.name.rpartition(".")[2].startswith(absent)
    ]
    assert len(modules) > 100
    code = f"""
import importlib, types, autograd_tiny as at
for name in {modules}:
    importlib.import_module(name)
for name in at.__all__:
    assert isinstance(getattr(at, name), types.ModuleType) == (name in ("linalg", "nn", "optim", "vectors")), name
assert at.explain(at.Value(1.0)) is not None and at.parse("1+1") == 2.0
print("fine")
"""
    assert python(code) == "fine"


def test_a_star_import_hides_no_builtin():
    names = {}
    exec("from autograd_tiny import *", names)
    assert "exp" in names and "draw" in names
    assert not {"sum", "max", "min", "abs", "pow"} & set(names)
    assert at.sum is not sum and at.abs(at.Value(-1.0)).data == 1.0


# ---- loading

def test_the_import_leaves_heavy_packages_alone():
    heavy = {"numpy", "graphviz", "matplotlib", "sklearn", "typing", "ast", "re"}
    code = f"import sys; before = set(sys.modules); import autograd_tiny; print({heavy} & set(sys.modules) - before)"
    alone = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = [{str(ROOT)!r}]; {code}"]
    assert subprocess.run(alone, capture_output=True, text=True, check=True).stdout.strip() == "set()"


@pytest.mark.parametrize(("start", "error"), [("-c", "ImportError: "), ("-m", "")])
def test_an_older_python_is_told_which_one_is_needed(start, error):
    """In one line where `python -m autograd_tiny` runs, as which Python imports the package."""
    code = f"import sys; sys.version_info = (3, 10, 13); sys.argv[0] = {start!r}; import autograd_tiny"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    *traceback, said = done.stderr.splitlines()
    assert said == f"{error}autograd_tiny needs Python 3.11 or newer, this is 3.10.13"
    assert bool(traceback) == bool(error)
    ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("wish", ["1", "yes"])
def test_the_pure_engine_on_request(wish):
    code = "import autograd_tiny as at; v = at.Value(2.0); (v*v).backward(); print(at.engine_kind(), v.grad)"
    assert python(code, AUTOGRAD_TINY_PURE=wish) == "pure 4.0"


@pytest.mark.parametrize("wish", ["", "0"])
def test_the_default_engine(wish):
    loaded = python("import autograd_tiny as at; print(at.engine_kind())", AUTOGRAD_TINY_PURE=wish)
    folder = Path(at.__file__).parent
    compiled = any((folder / "engine" / f"value{suffix}").exists() for suffix in importlib.machinery.EXTENSION_SUFFIXES)
    assert loaded == ("native" if compiled else "pure")


PICKLES = ROOT / "tests/references/pickles"         # written before folders had these names


@pytest.mark.parametrize("path", sorted(PICKLES.glob("*.pkl")), ids=lambda path: path.stem)
def test_pickles_written_before_load(path):
    found = pickle.loads(path.read_bytes())
    if path.stem == "functions":
        assert len(found) == 92 and all(getattr(at, each.__name__) is each for each in found)
        return
    assert type(found).__module__.startswith("autograd_tiny.") and repr(found)
    if path.stem == "graph":
        a, b = (leaf for leaf in at.topological_order(found) if leaf.label)
        assert found.data == 4.990109507373461 and (a.label, b.label, found.grad) == ("a", "b", 1.0)
        again = (a.detach() + b.detach()) * at.tanh(b.detach()) + at.sum([a.detach(), b.detach(), 1.0])
        assert again.data == found.data
    if path.stem == "tape":
        assert found([[0.1, 0.2]]) == at.Tape.load(path.with_name("t.json"))([[0.1, 0.2]])


@pytest.mark.parametrize("path", sorted(PICKLES.glob("refused/*.pkl")), ids=lambda path: path.stem)
def test_pickles_of_what_has_other_fields_now_are_refused_with_the_way_out(path):
    maker = path.stem.partition("_")[0]
    with pytest.raises(pickle.UnpicklingError, match=rf"before the first release .* make it anew with {maker}\(\)"):
        pickle.loads(path.read_bytes())


def test_old_names_lead_to_modules():
    for homes in old_names.MOVED.values():
        assert all(is_module(home) for home in homes.split())


def is_module(name):
    """Whether there is one; that in Cython only is not to be found beside the pure engine."""
    source = Path(at.__path__[0], *name.split(".")).with_suffix(".pyx")
    return importlib.util.find_spec(f"autograd_tiny.{name}") is not None or source.exists()


def test_asking_every_module_for_a_name_loads_nothing():
    code = """
import sys, autograd_tiny
before = set(sys.modules)
for name, module in [*sys.modules.items()]:
    if name.startswith("autograd_tiny"):
        hasattr(module, "__warningregistry__"), hasattr(module, "anything")
print(sorted(set(sys.modules) - before))
"""
    assert python(code) == "[]"


def test_a_module_that_never_was_is_not_found():
    assert importlib.util.find_spec("autograd_tiny.nonsense") is None
    with pytest.raises(ModuleNotFoundError, match=r"autograd_tiny\.nonsense"):
        importlib.import_module("autograd_tiny.nonsense")


# ---- what `make written` writes

@pytest.mark.parametrize("path", tool().MARKED, ids=lambda path: path.name)
def test_what_repeats_rows_and_public_names_is_up_to_date(path):
    """Otherwise run `make written`."""
    assert path.read_text(encoding="utf-8") == tool().up_to_date(path)


def test_the_table_of_operations_is_printed():
    assert python("from autograd_tiny.__main__ import main; main(['--operations'])") == ops.reference_table()


def test_the_engine_is_written_anew_when_an_operation_gets_another_name_or_goes(tmp_path):
    """Nothing may need the engine that is there: it imports operations by their old names."""
    for folder in "autograd_tiny", "tools", "docs/reference":
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"))
    rows, names = tmp_path / "autograd_tiny/calculus/operations.py", tmp_path / "autograd_tiny/__init__.pyi"
    text = rows.read_text(encoding="utf-8")
    text = text.replace('MISH = Operation(\n    "mish"', 'MISHMASH = Operation(\n    "mishmash"')
    rows.write_text(re.sub(r"^GELU = .*?^\)\n", "", text, flags=re.DOTALL | re.MULTILINE), encoding="utf-8")
    text = names.read_text(encoding="utf-8")
    text = text.replace("mish as mish", "mishmash as mishmash").replace("gelu as gelu,", "")
    names.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "tools/written.py"], cwd=tmp_path, check=True, timeout=60)
    code = "import autograd_tiny as at; print(at.mishmash(at.Value(1.0)).op, hasattr(at, 'mish'), hasattr(at, 'gelu'))"
    assert python(code, tmp_path, AUTOGRAD_TINY_PURE="1") == "mish False False"


# ---- the tree

WRITTEN_BY_HAND = {".py", ".pyx", ".pxd", ".h", ".js", ".css", ".html", ".pyi"}


def written_by_hand(path):
    """The lines of a file without the sections that `make written` writes: those of value.py are a third of it."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"(#|//) <written: (\w+)>.*?\1 </written: \2>", "", text, flags=re.DOTALL).splitlines()


def test_no_file_is_too_long_to_read():
    folders = [PACKAGE, ROOT / "tests", ROOT / "benchmarks", ROOT / "tools"]
    files = [path for folder in folders for path in folder.rglob("*")
             if path.suffix in WRITTEN_BY_HAND and "node_modules" not in path.parts]
    lengths = {str(path.relative_to(ROOT)): len(written_by_hand(path)) for path in files}
    most = {"autograd_tiny/engine/value.py": 900}
    assert not {file: n for file, n in lengths.items() if n > most.get(file, 600)}


def test_the_path_of_a_student_through_the_engine_is_short():
    """The fields of Value → __mul__ → mul → binary → backward, with what these call: the lines that are not blank.

    Not counted: the checks of arguments (is_operand, plain_float), and what open blocks do to a new node (finished).
    """
    source = (PACKAGE / "engine/value.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    methods = {node.name: node for node in definitions["Value"].body if isinstance(node, ast.FunctionDef)}
    called = "mul", "binary", "start", "operand", "number", "wants_gradient"
    parts = [ast.get_source_segment(source, node) for node in (
        definitions["Fan"], methods["__mul__"], methods["backward"], *(definitions[name] for name in called)
    )]
    parts.append(ast.get_source_segment(source, definitions["Value"]).partition("    def __init__")[0])     # fields
    parts.append((PACKAGE / "engine/backward.py").read_text(encoding="utf-8"))
    assert sum(bool(line.strip()) for part in parts for line in part.splitlines()) < 300


@pytest.mark.parametrize("root", ["autograd_tiny", "tests", "benchmarks", "tools"])
def test_no_folder_has_more_than_15_modules_beside_its_init(root):
    folders = [ROOT / root, *(path for path in (ROOT / root).rglob("*") if path.is_dir())]
    modules = {folder: {*folder.glob("*.py"), *folder.glob("*.pyx")} - {folder / "__init__.py"} for folder in folders}
    assert not {str(folder): len(found) for folder, found in modules.items() if len(found) > 15}


def test_each_test_file_is_called_after_a_module():
    elsewhere = {"examples", "browser", "properties", "references", "public_cases", "site"}
    for path in (ROOT / "tests").rglob("test_*.py"):
        place = path.relative_to(ROOT / "tests").parts
        if place[0] in elsewhere or len(place) == 1:
            continue
        home = ROOT if place[0] == "tools" else PACKAGE
        module = home.joinpath(*place[:-1], path.name.removeprefix("test_"))
        is_there = any(module.with_suffix(suffix).exists() for suffix in (".py", ".pyx", ".h", ".js"))
        assert is_there, f"{path.name} tests no module of its folder"


# ---- a tree that nobody may write to

def test_imports_need_no_folder_to_write_to(tmp_path):
    """Python compiles files into memory then; nothing of this package writes on import."""
    code = f"""
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = [{str(ROOT)!r}]
written = []
sys.addaudithook(lambda event, given: event == "open" and isinstance(given[1], str) and set(given[1]) & set("wax+")
                 and written.append(given[0]))
import autograd_tiny as at
for name in at.__all__:
    getattr(at, name)
print(at.engine_kind() in ("native", "pure"), written)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"
