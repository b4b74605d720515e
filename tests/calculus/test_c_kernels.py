"""The calculus in C: as text for every operation, and compiled, against the formulas themselves."""
import ctypes
import math
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from autograd_tiny.calculus import c_kernels as kernels
from autograd_tiny.calculus.floats import FLOATS
from autograd_tiny.calculus.operations import OPERATIONS

ROWS = [row for _, row in kernels.numbered()]
POINTS = [0.0, -0.0, 1.0, -1.0, 0.3, -0.7, 2.5, -40.0, 800.0, 1e-300, math.inf, -math.inf, math.nan]


def test_all_operations_but_sums_and_takes_have_a_kernel():
    assert {row.name for row in OPERATIONS} - {row.name for row in ROWS} == {"leaf", "sum", "mean", "dot", "take"}
    source = kernels.source()
    for number, row in kernels.numbered():
        assert f"value_{row.name}(" in source and f"DO({number}, {row.name}" in source


def test_long_formulas_have_functions_of_rows_and_others_none():
    source, functions = kernels.source(), kernels.row_functions()
    for number, row in kernels.numbered():
        names = [f"value_{row.name}", *(f"derivative_{row.name}_{k}" for k in range(len(row.operands)))]
        entries = [f"rows_{name}" if f"#define LONG_{name} 1" in source else "0" for name in names]
        expected = f"[{number}] = {{{entries[0]}, {{{', '.join(entries[1:])}}}}},"
        assert (expected in functions) == (not row.is_nary), row.name
    assert "common_value_sin" in functions and "common_value_asin" not in functions


def test_the_fingerprint_is_of_all_header_files_and_of_all_modules_that_write_c():
    package = Path(kernels.__file__).parents[1]
    headers = {str(path.relative_to(package).as_posix()) for path in package.rglob("*.h")}
    assert headers == {name for name in kernels.EXECUTOR if name.endswith(".h")}
    program = (
        "import sys, types; package = types.ModuleType('autograd_tiny'); package.__path__ = [sys.argv[1]]; "
        "sys.modules['autograd_tiny'] = package; from autograd_tiny.calculus import c_kernels; c_kernels.source(); "
        "print(*(x.split('.')[2] for x in sys.modules if x.startswith('autograd_tiny.calculus.')))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(package)], capture_output=True, text=True, check=True)
    writers = {f"calculus/{name}.py" for name in done.stdout.split()}
    assert writers - {"calculus/operations.py"} == {name for name in kernels.EXECUTOR if name.endswith(".py")}
    assert len(kernels.fingerprint()) == 64


def test_the_fingerprint_is_another_where_a_row_is_but_not_where_a_note_is(monkeypatch):
    row, before = kernels.ROWS["erf"], kernels.fingerprint()
    monkeypatch.setattr(row, "note", "another")
    assert kernels.fingerprint() == before
    monkeypatch.setattr(row, "derivatives", ("2",))
    assert kernels.fingerprint() != before


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The functions of a few operands, compiled by themselves."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    folder = tmp_path_factory.mktemp("kernels")
    lines = [line for line in kernels.source().splitlines() if not line.startswith(("ROW_FUNCTION", "#pragma"))]
    text = "\n".join(["#include \"special.h\"", "#include \"vector_math.h\"", "#define PI 3.141592653589793", *lines])
    folder.joinpath("kernels.c").write_text(text.replace("INLINE ", ""), encoding="utf-8")
    flags = ["-O2", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC"]
    include = f"-I{Path(kernels.__file__).parent}"
    subprocess.run([compiler, *flags, include, "kernels.c", "-o", "kernels.so", "-lm"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "kernels.so"))


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_nary], ids=lambda row: row.name)
def test_values_and_derivatives_are_those_of_the_formulas(library, row):
    count = len(row.operands)
    value = getattr(library, f"value_{row.name}")
    derivatives = [getattr(library, f"derivative_{row.name}_{k}") for k in range(count)]
    for function in (value, *derivatives):
        function.restype = ctypes.c_double
    for function, extra in ((value, 0), *((derivative, 1) for derivative in derivatives)):
        function.argtypes = [ctypes.c_double] * (count + extra)
    for operands in product(POINTS, repeat=count):
        f = row.evaluate(FLOATS, operands)
        expected = [f, *row.differentiate(FLOATS, operands, f)]
        found = [value(*operands), *(derivative(*operands, f) for derivative in derivatives)]
        for x, y in zip(found, expected, strict=True):
            assert math.isclose(x, y, rel_tol=1e-14) or (x != x and y != y), (operands, found, expected)
