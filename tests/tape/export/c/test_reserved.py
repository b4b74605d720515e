"""Names that a function in C can't have."""
import re
import subprocess
import sys

import pytest
from references.programs.compiled_c import compiler

from autograd_tiny.tape.export.c.reserved import is_reserved


@pytest.mark.parametrize("name", [
    "int", "class", "sin", "sinf", "sinl", "sinf64x", "printf", "strtod_l", "M_PI", "INT8_MAX", "PRIu32", "off_t", "x",
    "picked", "op_relu", "places_12", "RESTRICT", "HUGE_VALF", "f32xaddf64", "select", "main", "polygamma",
])
def test_what_means_something_else_is_reserved(name):
    assert is_reserved(name)


@pytest.mark.parametrize("name", [
    "f", "law", "model", "Wave", "MLP", "XOR", "e", "n", "v1", "self", "half", "x_", "sin_", "step", "v_t", "M_rod",
])
def test_other_names_are_not(name):
    assert not is_reserved(name)


@pytest.mark.skipif(sys.platform != "linux", reason="headers of other systems define more")
@pytest.mark.parametrize("language", ["c99", "c++", "clang"])
def test_no_macro_of_the_header_is_left_out(tmp_path, language):
    (tmp_path / "all.c").write_text("#include <math.h>\n")
    command = [*compiler(language), "-E", "-dM", "all.c"]
    text = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    macros = {name for name in re.findall(r"^#define ([A-Za-z]\w*)", text, re.MULTILINE) if "__" not in name}
    assert "NAN" in macros and not [name for name in sorted(macros) if not is_reserved(name)]
