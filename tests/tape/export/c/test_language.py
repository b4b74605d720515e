"""Formulas and numbers in C."""
import math
import subprocess

import pytest
from references.programs.compiled_c import STRICT, compiler

from autograd_tiny.calculus import operations as ops
from autograd_tiny.tape.export.c.language import Library, is_short, lists_in


@pytest.mark.parametrize(("x", "double", "single"), [
    (1.0, "1.0", "1.0f"), (-0.5, "(-0.5)", "(-0.5f)"), (0.1, "0.1", "0.1f"), (-0.0, "(-0.0)", "(-0.0f)"),
    (math.inf, "INFINITY", "INFINITY"), (-math.inf, "(-INFINITY)", "(-INFINITY)"), (math.nan, "NAN", "NAN"),
    (1e300, "1e+300", "INFINITY"), (1e-300, "1e-300", "0.0f"), (2.0**14 + 0.5, "16384.5", "16384.5f"),
])
def test_numbers(x, double, single):
    assert (Library("float64").number(x), Library("float32").number(x)) == (double, single)


def test_short_formulas_stand_where_they_are_used_and_long_ones_are_functions():
    library = Library("float64")
    assert library.value(ops.MUL, ["v1", "w[2]"]) == "(v1 * w[2])" and not library.functions
    assert library.contribution(ops.SIN, 0, "a", "v1", "v2") == "a * cos(v1)"
    assert library.contribution(ops.SUB, 1, "a", "v1", "v2", "v3") == "-a"
    assert library.value(ops.SIGMOID, ["v1"]) == "op_sigmoid(v1)" and [*library.functions] == ["op_sigmoid"]
    assert library.contribution(ops.RELU, 0, "a", "v1", "v2") == "picked(a, op_relu_by_x(v1))"


def test_functions_of_floats_are_called_in_float():
    library = Library("float32")
    assert library.value(ops.EXP, ["v1"]) == "expf(v1)"
    assert library.value(ops.ERFINV, ["v1"]) == "(float)erfinv(v1)" and "erfinv" in library.functions


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_function_is_defined_before_it_is_called(tmp_path, dtype):
    """All functions of all rows in one file compile without a warning, but for those that nothing calls."""
    library = Library(dtype)
    for row in ops.OPERATIONS[1:]:
        names = [*row.operands, "f"]
        if row in (ops.SUM, ops.MEAN, ops.DOT, ops.TAKE):        # the first two are dots in tapes
            continue
        if row.is_nary:
            library.value_of_many(row, "xs", 3, "out")
            library.derivatives_of_many(row, "xs", 3, "f", "out")
            continue
        library.value(row, names[:-1])
        for k in range(len(row.derivatives)):
            library.contribution(row, k, "a", *names)
    text = f"#include <math.h>\ntypedef {library.real} real;\n" + "\n".join(library.functions.values())
    (tmp_path / "all.c").write_text(text)
    command = [*compiler("c99"), *STRICT, "-Wno-unused-function", "-c", "all.c"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[:2000]


def test_what_is_short():
    assert is_short("1 + f * f") and is_short("cos(x)")
    assert not is_short("where(x <= 0, 0, x)") and not is_short("sigmoid(x)")
    assert lists_in("sum([exp(x - m) for m in [max(xs)] for x in xs])") == 1 and lists_in("x") == 0
