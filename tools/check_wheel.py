"""Says whether an installed wheel is whole: the native engine, kernels for every processor, pages, a trained network.

    python -W error tools/check_wheel.py

It needs nothing but the wheel, what pip installs with it, and README.md, whose network it trains. `make wheels` runs it
where there is no compiler, and cibuildwheel on each system.
"""
from __future__ import annotations

import contextlib
import io
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import autograd_tiny as at
from autograd_tiny.tape.kernels import targets

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "autograd_tiny"
TARGETS = targets.TARGETS if platform.machine() in ("x86_64", "AMD64") else ("default",)
CHILD = "--kernels"


def expect(condition: object, wanted: str) -> None:
    """End the program with what should be so."""
    if not condition:
        raise SystemExit(f"check_wheel: {wanted}")


def check_engine() -> None:
    """f = (a + b)(b + c), with its gradients, its picture, its pages, and in C."""
    a, b, c = at.Value(-1.0, "a"), at.Value(3.0, "b"), at.Value(4.0, "c")
    f = (a + b) * (b + c)
    f.backward()
    expect((f.data, a.grad, b.grad, c.grad) == (14.0, 7.0, 9.0, 2.0), "the gradients of f are 7, 9 and 2")
    expect("<svg" in at.draw(f).svg, "f can be drawn")
    for page in at.play(f), at.explore("x=a+b; x*c", a=-1, b=3, c=4), at.explain(f, b):
        expect("</" in page._repr_html_(), f"{type(page).__name__} is a page")
    with tempfile.TemporaryDirectory() as folder:
        at.record(lambda x, y: at.erfinv(x) * at.digamma(y), 0.5, 2.0).to_c(Path(folder, "f.c"))
        expect("polygamma" in Path(folder, "f.c").read_text(encoding="utf-8"), "tapes can be written in C")


def check_kernels() -> None:
    """A tape runs on the kernels that were chosen, and computes what the engine does."""
    chosen = os.environ[targets.VARIABLE]
    expect(at.simd() == chosen, f"simd() is {chosen}, not {at.simd()}")
    numbers = random.Random(1)
    rows = [[numbers.uniform(-2, 2) for _ in range(3)] for _ in range(40)]
    tape = at.record(lambda x, y, z: at.tanh(x * y) + at.exp(-z) * at.sin(x), *rows[0])
    expect(tape.backend == "native", f"tapes run natively, not on {tape.backend}")
    for row, value in zip(rows, tape(rows), strict=True):
        x, y, z = map(at.Value, row)
        wanted = (at.tanh(x * y) + at.exp(-z) * at.sin(x)).data
        expect(abs(value - wanted) <= 1e-12, f"a tape on {chosen} computes {wanted}, not {value}")


def train() -> tuple[float, float]:
    """The accuracy of the network that README.md trains, and the seconds that its example takes."""
    examples = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    [example] = [each for each in examples if " fit(" in each]
    names: dict[str, Any] = {}
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(example, names)
    return names["history"]["accuracy"][-1], time.perf_counter() - started


def main() -> None:
    """Check all of it, each of the kernels in a process of its own."""
    if CHILD in sys.argv:
        check_kernels()
        return
    expect(SOURCES not in Path(at.__file__).parents, "the package is that of the wheel, not that of the sources")
    expect(at.engine_kind() == "native", f"the engine is native, not {at.engine_kind()}")
    check_engine()
    there = [name for name in TARGETS if find_spec(f"{targets.__package__}.{name}")]
    expect(there == list(TARGETS), f"there are kernels for {', '.join(TARGETS)}, not only {', '.join(there)}")
    for name in targets.available():
        command = [sys.executable, "-W", "error", __file__, CHILD]
        done = subprocess.run(command, env=os.environ | {targets.VARIABLE: name}, check=False)
        expect(done.returncode == 0, f"tapes run on {name}")
    accuracy, seconds = train()
    expect(accuracy > 0.97, f"the network of README.md learns its points, not {accuracy:.0%} of them")
    print(
        f"autograd_tiny {at.__version__}, Python {platform.python_version()}: {at.engine_kind()}; kernels for "
        f"{', '.join(TARGETS)}, of which {', '.join(targets.available())} ran; "
        f"the training in README.md: {accuracy:.0%} in {seconds:.2f} s"
    )


if __name__ == "__main__":
    main()
