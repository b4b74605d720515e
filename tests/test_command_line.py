"""The command line, as people and machines use it."""
from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from platform import platform, python_implementation, python_version

import pytest

import autograd_tiny as at
from autograd_tiny.__main__ import FILM, main
from autograd_tiny.expression import CONSTANTS, FUNCTIONS, constant, parse

EXAMPLE_A = ["x=a+b; y=b+c; x*y", "a=-1", "b=3", "c=4"]
EXAMPLE_I = [
    "c=a+b; d=a*b+b**3; c+=c+1; c+=1+c+(-a); d+=2*d+relu(b+a); d+=3*d+relu(b-a); e=c-d; f=e**2; g=f/2+10/f",
    "a=-4", "b=2",
]


@pytest.fixture
def run(capsys):
    """A function from arguments to the standard output."""

    def run(*argv):
        assert main(argv) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def complaint(capsys):
    """A function from arguments to the line on standard error."""

    def complaint(*argv):
        with pytest.raises(SystemExit) as stopped:
            main(argv)
        out, err = capsys.readouterr()
        assert (stopped.value.code, out) == (2, "")
        assert err.startswith("autograd-tiny: ") and err.endswith("\n") and len(err.splitlines()) == 1
        return err.removeprefix("autograd-tiny: ").rstrip("\n")

    return complaint


def process(*argv, stdout=subprocess.PIPE, **environment):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "autograd_tiny", *argv], stdout=stdout, stderr=subprocess.PIPE,
        encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


# ---- the table

def test_worked_example_a(run):
    assert run(*EXAMPLE_A) == """\
name  operation  value  local derivatives     ∂f/∂name
a                   -1                               7
b                    3                               9
c                    4                               2
x     a + b          2  ∂x/∂a = 1, ∂x/∂b = 1         7
y     b + c          7  ∂y/∂b = 1, ∂y/∂c = 1         2
f     x * y         14  ∂f/∂x = 7, ∂f/∂y = 2         1
"""


def test_worked_example_i(run):
    table = run(*EXAMPLE_I)
    rows = [line.split() for line in table.splitlines()]
    by_name = {row[0]: row for row in rows}
    assert by_name["a"] == ["a", "-4", "138.834"]
    assert by_name["b"] == ["b", "2", "645.577"]
    assert rows[-1][0] == "g" and "24.7041" in rows[-1]
    assert {"c", "c₂", "c₃", "d", "d₂", "d₃", "e", "f"} <= set(by_name)
    assert all(len(line) <= 80 for line in table.splitlines())


def test_an_explanation(run):
    text = run(*EXAMPLE_A, "--explain", "b")
    assert text.startswith("∂f/∂b = 9: 2 paths lead from f to b")
    assert "f → x → b" in text and "name" not in text


def test_a_film(run, tmp_path):
    run(*EXAMPLE_A, "--play", str(tmp_path / "f.html"))
    page = (tmp_path / "f.html").read_text(encoding="utf-8")
    assert json.dumps("x = a + b = −1 + 3 = 2") in page


def test_a_film_has_the_endings_that_its_save_takes(run, tmp_path):
    from autograd_tiny.show.reel.saving import PAGES, PICTURES

    assert {*FILM} == {*PAGES, *PICTURES}
    run(*EXAMPLE_A, "--play", str(tmp_path / "f.SVG"))
    assert "step-end infinite" in (tmp_path / "f.SVG").read_text(encoding="utf-8")


def test_a_page_to_explore(run, complaint, tmp_path):
    assert run(*EXAMPLE_A, "--explore", str(tmp_path / "f.html")) == run(*EXAMPLE_A)
    assert "<h1>Explore f</h1>" in (tmp_path / "f.html").read_text(encoding="utf-8")
    assert "the name of a .html file is expected, got 'f.svg'" in complaint(*EXAMPLE_A, "--explore", "f.svg")


def test_an_expression_in_c(run, complaint, tmp_path):
    file = tmp_path / "f.c"
    assert run(*EXAMPLE_A, "--c", str(file)) == run(*EXAMPLE_A)
    assert "int f_grad(" in file.read_text(encoding="ascii") and "    2: c\n" in (tmp_path / "f.h").read_text()
    file.write_text("int mine;")
    assert "did not write" in complaint(*EXAMPLE_A, "--c", str(file)) and file.read_text() == "int mine;"
    assert "--c: the expression has no inputs" in complaint("1 + 2", "--c", str(file))
    assert "--c: a file in C has a name like 'f.c', got 'f.cpp'" in complaint(*EXAMPLE_A, "--c", "f.cpp")


@pytest.mark.parametrize(("options", "option", "in_the_way"), [
    (["--c", "aa.c", "--js", "aa.js"], "--js", "aa.js"), (["--c", "aa.c"], "--c", "aa.h"),
    (["--svg", "f.svg", "--js", "aa.js"], "--js", "aa.js"), (["--c", "aa.c", "--js", "aa.mjs"], "--js", "aa.mjs"),
])
def test_no_file_is_written_if_another_program_is_in_the_way_of_one(
    complaint, tmp_path, monkeypatch, options, option, in_the_way
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / in_the_way).write_text("mine")
    said = complaint(*EXAMPLE_A, *options)
    assert f"{option}: '{in_the_way}' is there, and {option} did not write it: choose another name" in said
    assert "Errno" not in said and "overwrite" not in said
    assert [path.name for path in tmp_path.iterdir()] == [in_the_way]


def test_no_file_is_written_if_a_folder_is_in_the_way_of_one(complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "there is no folder" in complaint(*EXAMPLE_A, "--c", "f.c", "--js", "nowhere/f.js")
    assert "has a name like 'f.c', got 'f.C'" in complaint(*EXAMPLE_A, "--js", "f.js", "--c", "f.C")
    assert not [*tmp_path.iterdir()]


def test_a_module_of_javascript(run, tmp_path):
    run(*EXAMPLE_A, "--js", str(tmp_path / "f.js"))
    module = (tmp_path / "f.js").read_text(encoding="ascii")
    assert "export function gradient(" in module and "//   2: c\n" in module


@pytest.mark.parametrize(("arguments", "said"), [
    (["--explain", "q"], "nothing is called 'q'; there are a, b, c, x, y, f"),
    (["--explain", "a", "--json"], "not allowed with argument --explain"),
    (["--play", "f.png"], "the name of a .html, .htm, .svg, .gif, .webp or .mp4 file is expected, got 'f.png'"),
    (["--explore", "f.svg"], "the name of a .html file is expected, got 'f.svg'"),
])
def test_options_that_do_not_fit(arguments, said):
    failed = process(*EXAMPLE_A, *arguments)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert said in failed.stderr


def test_a_process_of_its_own():
    done = process(*EXAMPLE_A)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[2].split() == ["b", "3", "9"]
    failed = process("a*b", "a=1")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "autograd-tiny: b has no value: give it one, as b=1\n"


@pytest.mark.parametrize(("text", "formula"), [
    ("a * b", "a * b"), ("a ** 2", "a ** 2"), ("-a", "-a"), ("a - -2", "a - (-2)"), ("-2 * a", "(-2) * a"),
    ("a / 3", "a / 3"), ("1/3 * a", "0.333333 * a"), ("a >= b", "a >= b"), ("a == 2", "a == 2"),
    ("exp(a)", "exp(a)"), ("maximum(a, b)", "maximum(a, b)"), ("max([a, b, 1])", "max([a, b, 1])"),
    ("dot([a, 2], [b, a], 3)", "dot([a, 2], [b, a], 3)"), ("dot([a], [b])", "dot([a], [b])"),
    ("where(a, b, -1)", "where(a, b, -1)"), ("leaky_relu(a)", "leaky_relu(a, 0.01)"), ("abs(a)", "abs(a)"),
])
def test_operations_are_shown_as_formulas(run, text, formula):
    used = [f"{name}=2" for name in "ab" if re.search(rf"\b{name}\b", text)]
    output = run(text, *used).splitlines()[-1]
    assert output.startswith(f"f     {formula}  ")


def test_unnamed_results_get_names_that_are_free(run):
    rows = [line.split() for line in run("v = a; v = v + 1; exp(v) * sin(a)", "a=1").splitlines()]
    assert [row[0] for row in rows] == ["name", "a", "v₂", "v₁", "v₃", "f"]


def test_an_operand_that_comes_twice(run):
    assert "∂f/∂a = 3 + 3  " in run("a * a", "a=3")


def test_an_input_that_the_output_does_not_depend_on(run):
    rows = [line.split() for line in run("x = a * b; a", "a=3", "b=4").splitlines()]
    assert rows[1:] == [["b", "4", "0"], ["a", "3", "1"]]


def test_long_rows_break_between_their_parts(run):
    weights = [1 / 3, 2, 3, 4, 5, 6, 7, -1e-9 / 7]
    names = [f"input_{i}" for i in range(len(weights))]
    table = run(f"dot([{', '.join(names)}], {weights})", *(f"{name}=1/7" for name in names))
    assert max(map(len, table.splitlines())) <= 80
    for name, weight in zip(names, weights, strict=True):
        assert f"∂f/∂{name} = {weight:.6g}" in table


def test_numbers_that_are_not_finite(run):
    rows = [line.split() for line in run("log(a) * b", "a=0", "b=nan").splitlines()]
    assert rows[1] == ["a", "0", "nan"] and rows[2] == ["b", "nan", "-inf"] and rows[3][2] == "-inf"


@pytest.mark.parametrize("argv", [
    ["-a*b", "a=2", "b=3"], ["--", "-a*b", "a=2", "b=3"], ["-(a*b)", "b=3", "a=2"], [" -a*b", "a=2", "b=3"],
    ["-h*b", "h=2", "b=3"], ["--a*-b", "a=2", "b=3"], ["x=-a\nx*b", "a=2", "b=3"], ["a*\tb", "a= -2", "b=3"],
    ["-6"], ["-a", "a=6"], ["-a", "a=12/2"], ["a", "a=-6"], ["a", "a=--6*-1"], ["a", "a=-0x6"],
])
def test_minus_signs_and_values(run, argv):
    assert json.loads(run("--json", *argv))["nodes"][-1]["value"] == -6


# ---- JSON

def reject(constant):
    raise ValueError(f"{constant} is not JSON")


@pytest.mark.parametrize("argv", [
    EXAMPLE_A, EXAMPLE_I, ["dot([a, 2], [b, a], 3) + a*1/3", "a=1/3", "b=1e-300"],
])
def test_json_holds_the_same_numbers(run, argv):
    report = json.loads(run("--json", *argv), parse_constant=reject)
    inputs = {word[0]: at.Value(constant(word[2:]), word[0]) for word in argv[1:]}
    output = parse(argv[0], **inputs)
    nodes = at.topological_order(*inputs.values(), output)

    assert report["output"] == output.label == report["nodes"][-1]["name"]
    assert [entry["value"] for entry in report["nodes"]] == [node.data for node in nodes]
    assert [entry["gradient"] for entry in report["nodes"]] == list(at.gradients(output, nodes))
    assert [entry["operation"] for entry in report["nodes"]] == [node.operation.name for node in nodes]
    names = {node: entry["name"] for node, entry in zip(nodes, report["nodes"], strict=True)}
    assert len(set(names.values())) == len(nodes)
    for node, entry in zip(nodes, report["nodes"], strict=True):
        assert entry["operands"] == [
            {"name": names[x], "local_gradient": local_grad} if type(x) is at.Value else {"value": x}
            for x, local_grad in zip(node.operands, node.local_grads, strict=True)
        ]


def test_json_is_strict(run):
    text = run("--json", "(log(a) + inf) * b * -inf", "a=0", "b=-inf")
    nodes = {node["name"]: node for node in json.loads(text, parse_constant=reject)["nodes"]}
    assert nodes["b"]["value"] == "-Infinity" and nodes["f"]["value"] == "NaN"
    assert nodes["v₁"]["operands"] == [{"name": "a", "local_gradient": "Infinity"}]
    assert nodes["v₂"]["operands"][1] == {"value": "Infinity"}
    assert math.isnan(float(nodes["f"]["value"])) and text.isascii()


# ---- pictures

def test_pictures(run, tmp_path):
    svg, png = tmp_path / "f.svg", tmp_path / "f.png"
    table = run(*EXAMPLE_A, "--svg", str(svg), f"--png={png}")
    assert table == run(*EXAMPLE_A)
    text = svg.read_text(encoding="utf-8")
    assert "<svg" in text and all(f">{number}<" in text for number in (14, 7, 9, 2))
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_picture_and_the_table_agree_on_names(run, tmp_path):
    svg = tmp_path / "f.svg"
    run("--svg", str(svg), "exp(a) * sin(a)", "a=1")
    assert {"v₁", "v₂"} <= {name for name in ("v₁", "v₂", "v₃") if name in svg.read_text(encoding="utf-8")}


def test_options_go_anywhere(run, tmp_path):
    svg = str(tmp_path / "f.svg")
    tables = {run("--svg", svg, *EXAMPLE_A), run(*EXAMPLE_A[:1], "--svg", svg, *EXAMPLE_A[1:])}
    assert tables == {run(*EXAMPLE_A)}


def test_a_file_name_with_a_minus_sign(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("-a", "a=1", "--svg", "-f.svg")
    assert os.listdir(tmp_path) == ["-f.svg"]


def test_the_drawing_is_imported_only_when_asked_for():
    code = """
import sys
from autograd_tiny.__main__ import FILM, main
main(["a+b", "a=1", "b=2"])
assert not {"numpy", "autograd_tiny.show"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_size_of_a_picture_can_be_raised(complaint, tmp_path):
    file = tmp_path / "f.svg"
    assert "max_nodes=6" in complaint(*EXAMPLE_A, "--svg", str(file), "--max-nodes", "5")
    assert main([*EXAMPLE_A, "--svg", str(file), "--max-nodes", "6"]) == 0 and file.exists()


@pytest.mark.parametrize("error", [
    RuntimeError("no program:\ninstall one"), ValueError("too large"), PermissionError(13, "no", "f.svg"),
])
def test_errors_of_drawing_are_one_line(complaint, monkeypatch, error, tmp_path):
    def draw(output, max_nodes):
        raise error

    monkeypatch.setattr("autograd_tiny.show.draw.draw", draw)
    file = tmp_path / "f.svg"
    assert " ".join(str(error).split()) == complaint(*EXAMPLE_A, "--svg", str(file))
    assert not file.exists()


@pytest.mark.parametrize("option", ["--svg", "--png"])
@pytest.mark.parametrize(("programs", "problem"), [
    ([], "no program to lay out the graph was found: "), (["/no/dot"], "no layout program could draw this graph; "),
])
def test_without_a_layout_program_the_options_that_need_none_are_named(
    complaint, monkeypatch, tmp_path, option, programs, problem
):
    monkeypatch.setattr("autograd_tiny.show.layout.layout_programs", lambda: iter(programs))
    said = complaint(*EXAMPLE_A, option, str(tmp_path / f"f.{option[2:]}"))
    assert said.startswith(problem) and ".source" not in said and said.count(". ") == 1
    assert said.endswith(". --play f.html and --explore f.html need no such program")
    assert main([*EXAMPLE_A, "--play", str(tmp_path / "f.html"), "--explore", str(tmp_path / "g.html")]) == 0


# ---- errors

@pytest.mark.parametrize(("argv", "said"), [
    (["a*b", "a=1"], "b has no value: give it one, as b=1"),
    (["a^2", "a=1"], "a power is written a**2"),
    (["2a", "a=1"], "a product is written 2*a"),
    (["ln(a)", "a=1"], "there is no function ln: write log(x)"),
    (["a", "a=2,5"], "'a=2,5': '2,5' is not allowed: a decimal number is written 2.5"),
    (["a", "a=−1"], "'a=−1': '−1' is not allowed: a minus sign is written -1"),
    (["a", "a=1/√2"], "a square root is written sqrt(2)"),
    (["a*", "a=1"], "invalid syntax at the end of 'a*'"),
    (["foo(a)", "a=1"], "there is no function foo"),
    (["a", "a=1", "b=2"], "b has a value, but the expression does not use it"),
    (["a", "a=1", "a=2"], "a has two values"),
    (["a", "a"], "a value is written name=number, got 'a'"),
    (["a", "2=a"], "a value is written name=number, got '2=a'"),
    (["a", "a="], "'a=': a number is expected, got ''"),
    (["a", "a=1/"], "'a=1/': invalid syntax at the end of '1/'"),
    (["a", "a=b"], "'a=b': b has no value"),
    (["a", "a=1;2"], "'a=1;2': a number is expected"),
    (["a", "a=b=1"], "'a=b=1': a number is expected"),
    (["a.b", "a=1"], "'a.b' is not allowed"),
    (["("], "'(' was never closed"),
    ([""], "there is no expression"),
    (["a", "a=1", "--svgs", "f.svg"], "unrecognized arguments: --svgs"),
    (["a", "a=1", "--jso"], "unrecognized arguments: --jso"),
    (["a", "a=1", "--js"], "argument --js: expected one argument"),
    (["a", "a=1", "--js", "f.html"], "--js: a module of JavaScript has a name like 'f.js' or 'f.mjs', got 'f.html'"),
    (["a", "a=1", "--js", "/nowhere/at all/f.js"], "/nowhere/at all"),
    (["1+1", "--js", "f.js"], "--js: the expression has no inputs to be a function of"),
    (["a", "a=1", "--svg"], "argument --svg: expected one argument"),
    (["a", "a=1", "--svg", "f.png"], "a .svg file is expected, got 'f.png'"),
    (["a", "a=1", "--png", "f"], "a .png file is expected, got 'f'"),
    (["a", "a=1", "--svg", "/nowhere/at all/f.svg"], "/nowhere/at all/f.svg"),
    (["a\x1b[m", "a=1"], "\\x1b[m"),
    (["a" * 200_000, "a=1"], "200000 characters"),
    (["(" * 5000], "too many nested parentheses"),
    (["-" * 50_000 + "a", "a=1"], "nested too deeply"),
])
def test_errors(complaint, argv, said):
    assert said in complaint(*argv)


def test_no_arguments(complaint):
    assert complaint() == "the following arguments are required: expression"


def test_an_error_leaves_no_file(complaint, tmp_path):
    complaint(*EXAMPLE_A, "d=5", "--svg", str(tmp_path / "f.svg"))
    complaint(*EXAMPLE_A, "--svg", str(tmp_path / "missing" / "f.svg"))
    (tmp_path / "folder.svg").mkdir()
    assert "folder.svg" in complaint(*EXAMPLE_A, "--svg", str(tmp_path / "folder.svg"))
    assert os.listdir(tmp_path) == ["folder.svg"]


@pytest.mark.parametrize("argv", [EXAMPLE_A, ["+".join(["a"] * 800), "a=1"], ["--help"]])
def test_a_reader_that_stops_reading(argv):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing) as unread:
        done = process(*argv, stdout=unread)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_an_output_that_cannot_be_written():
    with open("/dev/full", "w") as full:
        done = process(*EXAMPLE_A, stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith("autograd-tiny: cannot print: ") and len(done.stderr.splitlines()) == 1


def test_a_terminal_that_lacks_letters():
    done = process(*EXAMPLE_A, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "df/dname" in done.stdout


# ---- help and tables

@pytest.mark.parametrize("option", ["--help", "-h", "--version", "--operations"])
def test_options_that_only_print(capsys, option):
    with pytest.raises(SystemExit) as stopped:
        main([option])
    out, err = capsys.readouterr()
    assert (stopped.value.code, err) == (0, "")
    if option == "--version":
        package, python = out.splitlines()
        assert package == f"autograd_tiny {at.__version__}, {at.engine_kind()} engine, kernels {at.simd() or 'NumPy'}"
        assert python.split(", ") == [f"{python_implementation()} {python_version()}", platform()]


def test_the_help(capsys, run):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for word in [*FUNCTIONS, *CONSTANTS, "--svg", "--png", "--json", "NaN", "local_gradient", "exit code"]:
        assert word in text
    example = text.split("example:\n  autograd-tiny ")[1].splitlines()[0]
    assert example.startswith(f'"{EXAMPLE_A[0]}" {" ".join(EXAMPLE_A[1:])}')
    assert max(map(len, text.splitlines())) <= 82


def test_an_expression_as_an_onnx_model(run, complaint, tmp_path):
    import numpy as np
    from references.onnx_models import outputs

    file = tmp_path / "f.onnx"
    table = run(*EXAMPLE_A, "--onnx", str(file))
    assert table == run(*EXAMPLE_A)
    assert outputs(file, np.array([[-1.0, 3.0, 4.0], [0.0, 1.0, 2.0]])).tolist() == [14.0, 3.0]
    assert "there is no folder" in complaint(*EXAMPLE_A, "--onnx", str(tmp_path / "no" / "f.onnx"))
    assert "--onnx: the expression has no inputs to be a function of" in complaint("1 + 2", "--onnx", str(file))
    assert "--onnx: an ONNX model has a name like 'f.onnx', got 'f.txt'" in complaint(*EXAMPLE_A, "--onnx", "f.txt")
