"""Tapes as C, compiled without a warning and compared with the tape: every operation, loops, batches, bad input."""
import math
import random
import re
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from references.programs.compiled_c import STRICT, Exported, build, compiler, exported
from references.operations import ROWS, perform
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, nn, record

pytestmark = pytest.mark.doors  # make test-all runs it, once

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 5e-324, -1e-310, 1e-8, 40.0, -800.0, 1e150, 1.7e308, math.inf,
           -math.inf, math.nan]
MODERATE = [0.0, -0.0, 1.0, -1.0, 0.5, 0.3, 2.0, -3.0, 1e-3, 8.0, math.inf, -math.inf, math.nan]


def tape_of_row(name):
    """A tape of one operation, whose operands are inputs; the index of take is the last one."""
    count = {"dot": 5}.get(name, 4 if ROWS[name].is_nary else len(ROWS[name].operands))
    xs = [Value(0.3 + 0.1 * k, f"x{k}") for k in range(count)]
    operands = [*xs[:-1], xs[-1] * 0.0 + 1.0] if name == "take" else xs
    return record(perform(name, operands), xs)


def points_of(tape, numbers):
    """All points of these numbers, or a few hundred of them."""
    count = len(tape.inputs)
    if len(numbers) ** count <= 500:
        return list(product(numbers, repeat=count))
    rng = random.Random(1)
    return [[rng.choice(numbers) for _ in range(count)] for _ in range(300)]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    tapes = {f"f_{name}": tape_of_row(name) for name in ROWS if name != "take"}
    return exported(tmp_path_factory.mktemp("rows"), tapes)


@pytest.fixture(scope="module")
def single_rows(tmp_path_factory):
    tapes = {f"f_{name}": tape_of_row(name).astype("float32") for name in ROWS if name != "take"}
    return exported(tmp_path_factory.mktemp("single"), tapes)


@pytest.mark.parametrize("name", [name for name in ROWS if name != "take"])
def test_every_operation_at_special_points(rows, name):
    """To 1e-12 of the number itself: nan, the infinities and exact zeros included."""
    compiled = rows[f"f_{name}"]
    points = np.array(points_of(compiled.tape, SPECIAL))
    values, gradients = compiled.tape.values_and_input_gradients(points)
    for x, *expected in zip(points, values, gradients, strict=True):
        code, value, by_x, _ = compiled.gradient(x)
        assert code == 0 and compiled.value(x)[1][0] == pytest.approx(value, rel=0, abs=0, nan_ok=True)
        np.testing.assert_allclose([value, *by_x], np.hstack(expected), rtol=1e-12, atol=0, err_msg=str(x))


@pytest.mark.parametrize("name", [name for name in ROWS if name != "take"])
def test_every_operation_in_floats(single_rows, name):
    """To the precision of float; polygamma and what calls it add several terms."""
    compiled = single_rows[f"f_{name}"]
    points = np.array(points_of(compiled.tape, MODERATE), np.float32)
    values, gradients = compiled.tape.values_and_input_gradients(points)
    for x, *expected in zip(points, values, gradients, strict=True):
        code, value, by_x, _ = compiled.gradient(x)
        assert code == 0
        np.testing.assert_allclose([value, *by_x], np.hstack(expected), rtol=2e-5, atol=1e-6, err_msg=str(x))


# ---- programs with parts, loops, takes

def network(sizes, activation="tanh", seed=1):
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], activation, rng=rng)
    xs = [Value(rng.uniform(-1, 1), f"x{k}") for k in range(sizes[0])]
    return record(model(xs), xs)


def chain(length):
    """A number from which each result is computed with the one before and one far back, in many parts."""
    xs = [Value(0.1 * k - 0.2, f"x{k}") for k in range(5)]
    w = Value(0.3, "w")
    known = list(xs)
    for k in range(length):
        smooth = at.tanh(known[-1] * w + known[k // 2] * 0.5)
        known.append(smooth if k % 3 else at.sin(known[-1]) - known[-3] * known[k // 3] * 0.3)
    return record(known[-1], xs, [w])


def vectors():
    """Elementwise operations over parameters and inputs, and sums with weights that don't lie side by side."""
    xs = [Value(0.1 * k + 0.05, f"x{k}") for k in range(24)]
    ws = [Value(0.2 * k - 1.0, f"w{k}") for k in range(48)]
    hidden = [at.exp(x * w) for x, w in zip(xs, ws, strict=False)]
    mixed = [at.maximum(h, 1.5) + x / 2.0 for h, x in zip(hidden, reversed(xs), strict=True)]
    sums = [at.dot(ws[k :: 4], mixed[k % 2 :: 2], ws[k]) for k in range(4)]
    return record([at.logsumexp(sums) + at.max(mixed), at.prod(sums), xs[3], ws[2], Value(3.0) * 2.0 + 0.0 * xs[0]], xs)


def taking():
    """The second output takes from parameters side by side, the first from anything."""
    xs = [Value(0.5, "x"), Value(1.0, "index")]
    ws = [Value(0.1 * k + 1.0, f"w{k}") for k in range(6)]
    first = at.take([xs[0] * 2.0, ws[0], 7.0, xs[0]], xs[1])
    return record([first * xs[0] + at.take(ws, xs[1]) ** 2, at.take(ws[::2], xs[1])], xs, ws)


PROGRAMS = {
    "small": lambda: network([2, 3, 1]),
    "wide": lambda: network([20, 32, 16, 3], "relu"),
    "deep": lambda: network([3, 8, 8, 8, 8, 2], "silu"),
    "chain": lambda: chain(700),
    "vectors": vectors,
    "taking": taking,
    "gradient": lambda: network([3, 4, 1]).gradient(),
    "hessian": lambda: network([2, 3, 1]).gradient().gradient("all"),
    "no_parameters": lambda: (lambda x: record(at.exp(x) * x, [x]))(Value(0.5, "x")),
    "one_use": lambda: (lambda x, w: record([x, w, 2.0 * w], [x], [w]))(Value(0.5, "x"), Value(1.5, "w")),
}
VARIANTS = {"array": {}, "frozen": {"parameters": "frozen"}}


@pytest.fixture(scope="module", params=[("array", "c99"), ("frozen", "c99"), ("array", "c++")], ids="-".join)
def compiled(request, tmp_path_factory):
    variant, language = request.param
    folder = tmp_path_factory.mktemp(variant)
    tapes = {f"f_{name}": make() for name, make in PROGRAMS.items()}
    for name, tape in tapes.items():
        tape.to_c(folder / f"{name}.c", gradients=range(min(3, len(tape.program.outputs))), **VARIANTS[variant])
    library = build(folder, language, "-O3" if (variant, language) == ("array", "c99") else "-O0")
    return {name[2:]: Exported(library, name, tape, variant == "frozen") for name, tape in tapes.items()}


def samples(tape, size):
    xs = batch(size, len(tape.inputs))
    if "index" in tape.inputs:
        xs[:, 1] = np.arange(size) % 3
    return xs


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_and_gradients_of_programs(compiled, name):
    """Of each of up to three outputs, by inputs and by parameters."""
    found = compiled[name]
    tape, outputs = found.tape, min(3, len(found.tape.program.outputs))
    for x in samples(tape, 5):
        expected = np.reshape(tape([x])[0], -1)
        code, out = found.value(x)
        assert code == 0
        close(out, expected)
        for k in range(outputs):
            code, value, by_x, by_p = found.gradient(x, suffix=f"_grad_{k}" if outputs > 1 else "_grad")
            assert code == 0
            close(value, expected[k])
            close(by_x, tape.input_gradients([x], k)[0])
            if not found.frozen:
                close(by_p, tape.value_and_grad([x], output=k)[1])


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("size", [0, 1, 129])
def test_batches(compiled, name, size):
    xs = samples(compiled[name].tape, size)
    code, out = compiled[name].batch(xs)
    assert code == 0
    close(out, np.reshape(compiled[name].tape(xs), out.shape))


def test_other_parameters_than_the_present_ones(compiled):
    found = compiled["wide"]
    if found.frozen:
        pytest.skip("they are in the code")
    at_other = [math.sin(k) for k in range(len(found.tape.parameters))]
    x = samples(found.tape, 1)[0]
    expected = found.tape.value_and_grad([x], at=at_other)
    _, value, _, by_p = found.gradient(x, at_other, "_grad_0")
    close(value, expected[0])
    close(by_p, expected[1])


@pytest.mark.parametrize("index", [-5.0, 4.0, 0.5, math.nan, math.inf, 1e300, -1e300])
def test_an_index_out_of_range_is_a_return_code(compiled, index):
    found = compiled["taking"]
    assert found.value([0.5, index])[0] == 1 and found.gradient([0.5, index], suffix="_grad_0")[0] == 1
    assert found.batch([[0.5, 1.0], [0.5, index]])[0] == 1


@pytest.mark.parametrize("index", [-3.0, -2.0, -1.0, -0.0, 1.0, 2.0])
def test_every_index_in_range(compiled, index):
    found = compiled["taking"]
    code, value, by_x, by_p = found.gradient([0.5, index], suffix="_grad_0")
    assert code == 0
    close(value, found.tape([[0.5, index]])[0, 0])
    close(by_x, found.tape.input_gradients([[0.5, index]])[0])
    if not found.frozen:
        close(by_p, found.tape.value_and_grad([[0.5, index]])[1])


def test_frozen_parameters_are_those_of_now(tmp_path):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    tape = record(x * w, [x])
    w.data = 5.0
    found = exported(tmp_path, {"f": tape}, parameters="frozen")["f"]
    w.data = 7.0
    assert found.value([2.0])[1] == [10.0] and found.gradient([2.0])[2] == [5.0]
    assert "by_p" not in (tmp_path / "f.h").read_text()


def test_the_present_parameters_stand_in_an_array(tmp_path):
    import ctypes

    x, *ws = Value(2.0, "x"), Value(3.0, "w"), Value(math.nan), Value(-math.inf), Value(0.1)
    tape = record(at.sum([x * w for w in ws]), [x], ws)
    found = exported(tmp_path, {"f": tape})["f"]
    array = (ctypes.c_double * 4).in_dll(found.library, "f_parameters")
    np.testing.assert_array_equal(array, [w.data for w in ws])


# ---- names and texts

HOSTILE = [
    "*/ int main(void) { return 1; } /*", "a\nb", 'say "hi"', "\\", "a\\\n", "*\\", "??/", "*??/", "\u2028",
    "\0", "\ud800", "σ₁", "double", "x", "x", "", "%s%n", "*/", "/*", "//", "#error", "'",
]


@pytest.mark.parametrize("language", ["c99", "c++", "clang"])
def test_labels_never_become_code(tmp_path, language):
    xs = [Value(0.5, label) for label in HOSTILE]
    ws = [Value(1.5, label) for label in HOSTILE]
    tape = record(at.dot(xs, ws), xs)
    found = exported(tmp_path, {"f": tape}, language)["f"]
    close(found.value([0.5] * len(xs))[1], tape([[0.5] * len(xs)]))
    for file in ("f.c", "f.h"):
        text = (tmp_path / file).read_text(encoding="ascii")
        assert text.count("/*") == text.count("*/")
        assert "int main" not in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_the_comment_lists_inputs_and_parameters_in_their_order(tmp_path):
    xs, ws = [Value(0.5, name) for name in ("mass", "rate")], [Value(1.0, "stiffness"), Value(2.0)]
    record(at.dot(xs, ws), xs).to_c(tmp_path / "f.c")
    comment = (tmp_path / "f.c").read_text().partition("*/")[0]
    assert "x, the inputs (2):\n    0: mass\n    1: rate\n" in comment and "(2); f_parameters has" in comment
    assert "    0: stiffness\n    1: p1\n" in comment and "the outputs (1)" in comment


@pytest.mark.parametrize(("file", "name"), [
    ("sin.c", "sin_"), ("2 be.c", "f2_be"), ("double.c", "double_"), ("work.c", "work_"), ("x.c", "x_"),
    ("σ.c", "sigma"), ("my law.v2.c", "my_law_v2"), ("my-law_v2.c", "my_law_v2"),
])
def test_the_name_is_that_of_the_file_if_c_has_no_other_use_for_it(tmp_path, file, name):
    x = Value(0.5, "x")
    tape = record(at.sin(x) * x, [x])
    tape.to_c(tmp_path / file)
    assert f"int {name}_grad(" in (tmp_path / file).read_text()
    close(Exported(build(tmp_path), name, tape).value([0.5])[1], tape([0.5]))


TAKEN = [
    "x", "_x", "-x", "p", "i", "samples", "by_x", "w", "n", "k", "v1", "RESTRICT", "PART", "real", "dot", "op_sigmoid",
    "places_1", "FP_NAN", "M_PI", "math_errhandling", "printf", "puts", "exit", "malloc", "free", "select", "index",
    "cexp", "strtod", "rand_r", "int32_t", "sinf32",
]


@pytest.mark.parametrize("language", ["c99", "c++", "clang"])
def test_any_name_of_a_file_compiles(tmp_path, language):
    """A name that means something else in C, in its headers or in the file gets an underscore."""
    x, index, w = Value(0.5, "x"), Value(1.0, "index"), [Value(0.1 * k) for k in range(30)]
    tape = record(at.sigmoid(x) * at.sum([at.take(w, index), at.erfinv(x)]), [x, index], w)
    for name in TAKEN:
        tape.to_c(tmp_path / f"{name}.c")
    files = [f"./{name}.c" for name in TAKEN]
    ran = subprocess.run([*compiler(language), *STRICT, "-c", *files], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0 and not ran.stderr, ran.stderr[:2000]


def test_files_that_are_linked_together_don_t_collide(tmp_path):
    first, second = network([9, 9, 9, 1], "gelu"), network([9, 9, 1], "gelu")
    found = exported(tmp_path, {"one": first, "two": second})
    for name, tape in {"one": first, "two": second}.items():
        close(found[name].gradient([0.1] * 9)[2], tape.input_gradients([[0.1] * 9])[0])


def scaled(factor, inputs=1):
    xs = [Value(0.5, f"x{k}") for k in range(inputs)]
    return record(factor * at.sum(xs), xs)


MAIN = """\
#include <stdio.h>
#include "{}"
#include "{}"

int main(void) {{
    double x[2] = {{2.0, 4.0}}, p[1] = {{0.0}}, out[1], work[9];
    if ({}(x, p, out, work)) return 1;
    printf("%g ", out[0]);
    if ({}(x, p, out, work)) return 1;
    printf("%g\\n", out[0]);
    return 0;
}}
"""


def linked(folder, *files):
    """Run the compiler on main.c and these files."""
    command = [*compiler("c99"), *STRICT, "main.c", *files, "-o", "program", "-lm"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_functions_whose_names_differ_in_capitals_only_go_together(tmp_path):
    scaled(3.0).to_c(tmp_path / "one.c", name="law")
    scaled(5.0).to_c(tmp_path / "two.c", name="LAW")
    (tmp_path / "main.c").write_text(MAIN.format("one.h", "two.h", "law", "LAW"))
    ran = linked(tmp_path, "one.c", "two.c")
    assert not ran.stderr
    printed = subprocess.run([tmp_path / "program"], check=True, capture_output=True, text=True).stdout
    assert printed == "6 10\n"
    scaled(5.0, inputs=2).to_c(tmp_path / "two.c", name="LAW")
    assert "LAW_INPUTS" in linked(tmp_path, "one.c", "two.c").stderr        # defined twice, with different numbers


def test_files_of_one_function_name_do_not_link_unless_a_name_is_given(tmp_path):
    for name, factor in ("a b.c", 3.0), ("a.b.c", 5.0):
        scaled(factor).to_c(tmp_path / name)
        assert "int a_b(" in (tmp_path / name).read_text()
    (tmp_path / "main.c").write_text(MAIN.format("a b.h", "a.b.h", "a_b", "a_b"))
    assert "multiple definition of `a_b'" in linked(tmp_path, "a b.c", "a.b.c").stderr
    scaled(5.0).to_c(tmp_path / "a.b.c", name="second")
    (tmp_path / "main.c").write_text(MAIN.format("a b.h", "a.b.h", "a_b", "second"))
    assert not linked(tmp_path, "a b.c", "a.b.c").stderr
    assert subprocess.run([tmp_path / "program"], capture_output=True, text=True).stdout == "6 10\n"


def test_floats_on_demand(tmp_path):
    scaled(0.1).to_c(tmp_path / "f.c", dtype="float32")
    scaled(0.1).astype("float32").to_c(tmp_path / "g.c", name="f")
    assert (tmp_path / "f.c").read_text() == (tmp_path / "g.c").read_text()
    scaled(0.1).astype("float32").to_c(tmp_path / "f.c", dtype="float64")
    assert "double" in (tmp_path / "f.h").read_text() and "float" not in (tmp_path / "f.h").read_text()


# ---- size

def test_a_layer_is_a_loop(tmp_path):
    """50,000 weights, and no more code for them than for 5,000."""
    sizes = []
    for inputs in (78, 784):
        network([inputs, 64, 10], "relu").to_c(tmp_path / "f.c", gradients=[])
        text = (tmp_path / "f.c").read_text()
        sizes.append(len(text[text.index("PART") if "PART" in text else text.index("static real dot") :]))
    assert sizes[1] < 1.1 * sizes[0]


def test_the_workspace_of_a_chain_does_not_grow_with_its_values(tmp_path):
    """A place is used again when the last part that needs its number has run."""
    def workspace(length):
        x = Value(0.3, "x")
        f = x
        for _ in range(length):
            f = at.sin(f) + x
        record(f, [x]).to_c(tmp_path / "f.c", gradients=[])
        return int(re.search(r"F_WORKSPACE (\d+)", (tmp_path / "f.h").read_text())[1])

    assert workspace(3000) < 10


# ---- bad input

def simple():
    x = Value(0.5, "x")
    return record(at.sin(x), [x])


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"path": "f.cpp"}, ValueError, "path: a file in C has a name like 'f.c', got 'f.cpp'"),
    ({"path": 3}, TypeError, "the name of a file"),
    ({"path": "no/f.c"}, FileNotFoundError, "there is no folder"),
    ({"name": "a b"}, ValueError, "'a b' cannot be the name"),
    ({"name": "int"}, ValueError, "'int' cannot be"),
    ({"name": "x"}, ValueError, "'x' cannot be"),
    ({"name": "printf"}, ValueError, "'printf' cannot be"),
    ({"name": "f); system("}, ValueError, "cannot be"),
    ({"name": 1}, TypeError, "the name of a function"),
    ({"parameters": "both"}, ValueError, '"array" or "frozen"'),
    ({"gradients": 1}, ValueError, "gradients=1, but the tape has one output"),
    ({"gradients": [0, -1]}, ValueError, "one output, number 0"),
    ({"gradients": "all"}, TypeError, "gradients: the index of an output or several are expected, got"),
    ({"gradients": None}, TypeError, "gradients: the index of an output or several are expected, got None"),
    ({"gradients": [0, True]}, TypeError, "gradients: the index of an output"),
    ({"gradients": [0, 0]}, ValueError, "has output 0 twice"),
])
def test_wrong_arguments_are_named(tmp_path, monkeypatch, options, error, message):
    monkeypatch.chdir(tmp_path)
    path = options.pop("path", "f.c")
    with pytest.raises(error, match=re.escape(message)):
        simple().to_c(path, **options)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("file", ["f.c", "f.h"])
def test_no_file_of_anybody_else_is_replaced(tmp_path, file):
    (tmp_path / file).write_text("int mine;\n")
    with pytest.raises(FileExistsError, match="did not write"):
        simple().to_c(tmp_path / "f.c")
    assert [path.name for path in tmp_path.iterdir()] == [file]
    simple().to_c(tmp_path / "f.c", overwrite=True)
    simple().to_c(tmp_path / "f.c")
    assert "int f(" in (tmp_path / "f.h").read_text()


def test_the_program_of_the_documentation(tmp_path, monkeypatch):
    """It is compiled, and prints what the page says."""
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "run-a-tape-in-c.md").read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], {})
    program = re.search(r"```c\n(.*?)```", page, re.DOTALL)[1]
    (tmp_path / "main.c").write_text(program)
    subprocess.run([*compiler("c99"), *STRICT, "main.c", "law.c", "-o", "law", "-lm"], check=True)
    printed = subprocess.run(["./law"], check=True, capture_output=True, text=True).stdout
    assert printed.split() == re.search(r"/\* (.*?) \*/", program)[1].split()
