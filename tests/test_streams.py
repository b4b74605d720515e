"""Whatever prints, prints on any stream; and nothing ends because a stream is missing, closed or full."""
import io
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn, optim
from autograd_tiny.__main__ import main as command_line

ENCODINGS = ["utf-8", "utf-16", "cp1252", "latin-1", "ascii", "cp437"]
X, Y = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], [1.0, 0.0, 0.5]


def network():
    return nn.MLP(2, [2, 1], "tanh", rng=random.Random(1))


def loss():
    """A graph with names in other alphabets, and of every kind of formula."""
    a, b = Value(-1.5, "α₁"), Value(3.0, "größe")
    c = at.sqrt(b) * at.abs(a) ** 2 + at.exp(-a) / (b - 4.0)
    c.label = "中"
    out = at.where(at.greater(c, 0.0), c**-12.0, at.maximum(c, a)) + network()([a, b]) * 1e-9
    out.backward()
    return out


def model():
    own = nn.Sequential(network(), lambda xs: xs, nn.Network([("ä", "→"), ("x", "→")]))
    own.extra = {"λ.1": Value(1.0)}
    return own


def trained():
    history = at.fit(network(), X, Y, "mse", optimizer="sgd", lr=0.1, epochs=2, seed=1, progress=False)
    history.stopped = "stopped at ∂L ≈ 0"
    return history


def leaf_of(output, label):
    return next(x for x in at.topological_order(output) if x.label == label)


def diagnosis():
    return at.diagnose(nn.MLP(2, [8, 1], "relu", rng=random.Random(1)), X, Y, "mse", "sgd", lr=0.1)


def many_paths():
    x = value = Value(1.0, "x")
    for _ in range(30):
        value = value + value * value
    return at.explain(value, x)


def very_many_paths():
    x = value = Value(1.0, "x")
    for _ in range(400):
        value = value * 0.5 + value * 0.5
    return value, x


def half(μ):
    return at.sin(μ) * μ


PRINTED = {
    "a Value": loss,
    "a leaf": lambda: Value(1.0, "größe →"),
    "a list of Values": lambda: [loss()],
    "an array of Values": lambda: np.array([loss()]),
    "a Dual": lambda: at.Dual(1.0, 2.0),
    "a module": model,
    "a network": lambda: nn.Network([("x", "→")]),
    "a layer": lambda: nn.Layer(2, 2),
    "an optimiser": lambda: optim.Adam(network().parameters()),
    "a schedule": lambda: optim.StepLR(optim.SGD(network().parameters(), lr=0.1), 3),
    "a History": trained,
    "an explanation": lambda: explained(),
    "its formula in LaTeX": lambda: explained().latex,
    "its paths": lambda: explained().paths,
    "an explanation of many paths": many_paths,
    "a ranking": lambda: at.explain(loss()),
    "a picture": lambda: at.draw(loss()),
    "a tree": lambda: at.draw(loss()).tree,
    "a table": lambda: at.draw(loss()).table,
    "a flowchart": lambda: at.draw(loss()).mermaid,
    "a graph in dot": lambda: at.draw(loss()).source,
    "an SVG": lambda: at.draw(loss()).svg,
    "a folded tree": lambda: at.draw(loss(), depth=1).tree,
    "a diagram of a network": lambda: at.draw(network()),
    "a film": lambda: at.play(loss()),
    "the page of a film": lambda: at.play(loss()).html,
    "a graph to explore": lambda: at.explore(loss()).html,
    "a diagnosis": diagnosis,
    "the repr of a diagnosis": lambda: repr(diagnosis()),
    "the page of a diagnosis": lambda: diagnosis().page.html,
    "its findings": lambda: "\n".join(map(str, diagnosis().findings)),
    "the number of many paths": lambda: at.explain(*very_many_paths()).count,
    "an operation": lambda: at.operation(lambda μ, f: 1.0)(half),
    "an origin": lambda: at.diagnose(at.log(Value(0.0, "λ")) * Value(0.0, "→")),
    "a check": lambda: at.check_gradients(half, 0.5),
    "a failed check": lambda: at.check_gradients(half, 0.5, claimed=7.0),
    "a comparison": lambda: at.compare_modes(half, 0.5),
    "a tape": lambda: at.record(half, 0.5),
    "a listing": lambda: at.record(lambda ξ: half(ξ), 0.5).listing(),
    "a cost": lambda: at.record(half, 0.5).cost(),
    "an expression": lambda: at.parse("größe**2", größe=3),
}


def explained():
    output = loss()
    return at.explain(output, leaf_of(output, "α₁"))


@pytest.fixture
def on_stdout(monkeypatch):
    """A function that makes the standard output one of an encoding, and returns what arrives there."""

    def on_stdout(encoding):
        arriving = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(arriving, encoding=encoding, errors="strict"))
        return arriving

    return on_stdout


def timeless(text):
    """A text without the row of times in a comparison of modes."""
    return re.sub("time .*", "", text).rstrip()


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_in_any_encoding(name, on_stdout):
    thing = PRINTED[name]()
    on_stdout("utf-8")
    whole = str(thing)
    for encoding in ENCODINGS:
        arriving = on_stdout(encoding)
        thing = PRINTED[name]()                             # a text such as a tree is made for the stream
        print(thing, flush=True)
        shown = arriving.getvalue().decode(encoding)
        assert encoding not in ("utf-8", "utf-16") or timeless(shown) == timeless(whole)
        words = re.findall(r"[A-Za-z]{4,}", whole)[:20]
        assert all(word in shown for word in words), "what is in ASCII stays as it is"


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("missing", ["none", "closed", "detached"])
def test_without_a_standard_output_its_text_is_the_usual_one(name, missing, on_stdout, monkeypatch):
    on_stdout("utf-8")
    whole = timeless(str(PRINTED[name]()))
    if missing == "none":
        monkeypatch.setattr(sys, "stdout", None)
    elif missing == "closed":
        sys.stdout.close()
    else:
        sys.stdout.detach()
    assert timeless(str(PRINTED[name]())) == whole


def test_spelled_in_ascii_a_table_is_still_aligned(on_stdout):
    on_stdout("ascii")
    for lines in (str(at.draw(loss()).table).splitlines(), str(at.explain(loss())).splitlines()[1:3]):
        ends = [line[: len(lines[0])].find("  ") for line in lines]
        assert max(ends) >= 0 and all(line.isascii() for line in lines)
    table = str(at.draw(loss()).table).splitlines()
    column = table[0].index("formula")
    assert all(line[column - 2 : column] in ("  ", "") for line in table)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("option", ["--help", "--operations", "--version"])
def test_the_options_of_the_command_line_print_in_any_encoding(option, encoding, on_stdout):
    arriving = on_stdout(encoding)
    with pytest.raises(SystemExit) as stopped:
        command_line([option])
    assert not stopped.value.code
    sys.stdout.flush()
    assert "autograd" in arriving.getvalue().decode(encoding) or option == "--operations"


# what is in ASCII only: numbers and names of this package; and a message for errors, which stderr escapes itself
ASCII = {
    "optim/groups.py", "optim/optimizer.py", "optim/schedules.py", "transforms/dual.py", "tape/listing.py",
    "debug/nonfinite.py", "nn/losses.py", "dask.py", "tape/export/arrays/jax_function.py", "textbook.py",
    "course/engine_check/examination.py", "course/engine_check/graphs.py", "course/engine_check/operations.py",
}


def test_every_class_that_describes_itself_asks_what_can_be_printed():
    package = Path(at.__file__).parent
    for path in package.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if re.search("def __(str|repr)__", source) and str(path.relative_to(package).as_posix()) not in ASCII:
            assert re.search(r"import .*\b(printable|aligned)\b", source), path


def test_the_scripts_of_a_page_are_in_ascii():
    """In an element of script or style there are no entities for what an encoding lacks."""
    folder = Path(at.__file__).parent / "show" / "film"
    for name in ("player.js", "player.css"):
        assert (folder / name).read_text(encoding="utf-8").isascii(), name


# ---- processes

def run(code, *redirections, **environment):
    """A Python process, whose streams a shell redirects."""
    command = f'exec "$0" -c "$1" {" ".join(redirections)}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, code], capture_output=True, check=False,
        env={**os.environ, "PYTHONUTF8": "0", **environment},
    )


TRAINING = """
import random
from autograd_tiny import fit, nn
model = nn.MLP(2, [2, 1], rng=random.Random(1))
fit(model, [[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0], "mse", epochs=20, progress=True)
print("trained", model)
"""
posix = pytest.mark.skipif(os.name == "nt", reason="a shell as POSIX has it")


@posix
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2>/dev/null <&-"])
def test_training_ends_well_whatever_its_error_stream_is(redirection):
    if "full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("there is no full disk to write to")
    assert run(TRAINING, redirection, PYTHONIOENCODING="ascii").stdout.startswith(b"trained MLP(2 -> 2 -> 1): 9 param")


@posix
def test_training_needs_no_stream_at_all():
    code = f"{TRAINING}\nopen(3, 'w').write('fine')"
    done = run(code, "<&- 3>&1 >&- 2>&-")
    assert (done.stdout, done.returncode) == (b"fine", 0)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_command_line_and_the_demo_print_in_any_encoding(encoding, tmp_path):
    code = f"""
from pathlib import Path
from autograd_tiny import demo
from autograd_tiny.__main__ import main
demo.OUT = Path({str(tmp_path)!r})
main(["x=α*β; x**2", "α=1", "β=-2"])
main(["x=α*β; x**2", "α=1", "β=-2", "--explain", "α"])
main(["x=α*β; x**2", "α=1", "β=-2", "--json"])
demo.show_expression()
"""
    done = run(code, PYTHONIOENCODING=f"{encoding}:strict")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "2 paths lead from f to b" in done.stdout.decode(encoding)
