"""Every row of the calculus in ONNX, in onnxruntime, against the tape: also at special points, and with constants."""
import random
import re
from pathlib import Path

import numpy as np
import pytest
from references.onnx_models import CLOSE_TO_ZERO, NEWEST, SIGNS_OF_ZERO, differences, outputs
from references.operations import ROWS
from references.optional import needed
from references.programs.random_graphs import Program
from references.programs.random_tapes import Recorded

from autograd_tiny import Value, digamma, polygamma, record, take
from autograd_tiny.calculus.onnx.graph import DEFAULT, OLDEST

pytestmark = pytest.mark.doors  # make test-all runs it, once

reference = needed("onnx.reference", "onnx")
INF, NAN = np.inf, np.nan
POINTS = [
    0.0, -0.0, 5e-324, -1e-310, 1e-200, 1e-20, -1e-5, 0.1, -0.3, 0.5, -0.5, 0.7, 0.99, 1.0, -1.0, 1.5, -1.5, 2.5, -2.5,
    3.0, -3.0, 8.0, -8.0, 20.0, -40.0, 100.0, -100.0, 709.0, -709.0, 711.0, -745.0, 1e5, -1e10, 1e150, -1e300, 1.7e308,
    INF, -INF, NAN,
]
ANGLES = [k * np.pi / 2 for k in range(-9, 10)]
SOME = random.Random(1)
ONES = [*POINTS, *ANGLES, *(SOME.gauss(0, 3) for _ in range(50)), *(SOME.uniform(-1, 1) for _ in range(50))]
SAMPLES = np.array([
    *((x, y, 1.0) for x in POINTS for y in POINTS), *((x, x, x) for x in ONES),
    *([SOME.choice(ONES) for _ in range(3)] for _ in range(1000)),
])
DOCUMENTED = Path(__file__).parents[3] / "docs" / "reference" / "onnx.md"


def steps():
    """Each row on inputs; each of two operands also on an input and a constant."""
    found = [("polygamma", (float(order), 0)) for order in (0, 1, 2, 5, -1, 0.5)]
    for name, row in ROWS.items():
        count = 3 if row.is_nary else len(row.operands)
        if name not in ("polygamma", "take"):
            found.append((name, tuple(range(count))))
            if count == 2:
                found += [(name, (0, 0.75)), (name, (-0.75, 0)), (name, (INF, 0)), (name, (0, 0.0)), (name, (0, 0))]
    return found


@pytest.mark.parametrize(("dtype", "opset"), [
    ("float64", OLDEST), ("float64", DEFAULT), ("float64", NEWEST), ("float32", OLDEST), ("float32", DEFAULT),
])
def test_each_row_has_the_numbers_of_the_tape(dtype, opset, tmp_path):
    program = Program((0.5, 0.25, 0.125), tuple(steps()))
    tape = Recorded(program, range(3), range(3, 3 + len(program.steps))).tape.astype(dtype)
    tape.to_onnx(tmp_path / "rows.onnx", opset=opset)
    with np.errstate(all="ignore"):
        x = SAMPLES.astype(dtype)
    found, expected = outputs(tmp_path / "rows.onnx", x), tape(x)
    assert found.dtype == expected.dtype == dtype and found.shape == expected.shape
    wrong = {}
    for k, (name, operands) in enumerate(program.steps):
        bad = differences(found[:, k], expected[:, k], CLOSE_TO_ZERO.get(name, 0.0))
        if name not in SIGNS_OF_ZERO:
            bad |= (expected[:, k] == 0) & (np.signbit(found[:, k]) != np.signbit(expected[:, k])) & (found[:, k] == 0)
        if bad.any():
            i = np.flatnonzero(bad)[0]
            wrong[name, operands] = int(bad.sum()), x[i].tolist(), float(found[i, k]), float(expected[i, k])
    assert not wrong


def test_the_reference_implementation_of_onnx_agrees(tmp_path):
    program = Program((0.5, 0.25, 0.125), tuple(steps()))
    tape = Recorded(program, range(3), range(3, 3 + len(program.steps))).tape
    tape.to_onnx(tmp_path / "rows.onnx")
    x = SAMPLES[::3]
    with np.errstate(all="ignore"):
        found = reference.ReferenceEvaluator(str(tmp_path / "rows.onnx")).run(None, {"X": x})[0]
    expected = tape(x)
    for k, (name, operands) in enumerate(program.steps):
        bad = differences(found[:, k], expected[:, k], CLOSE_TO_ZERO.get(name, 0.0))
        assert not bad.any(), (name, operands, x[bad][0], found[bad, k][0], expected[bad, k][0])


def test_the_documentation_lists_the_same_exceptions():
    text = DOCUMENTED.read_text(encoding="utf-8")
    close, signs = (re.search(rf"\| {start}.*?\|(.*?)\|", text)[1] for start in ("digits near zeros", "sign of a zero"))
    assert set(re.findall(r"`(\w+)`", close)) == set(CLOSE_TO_ZERO)
    assert set(re.findall(r"`(\w+)`", signs)) == SIGNS_OF_ZERO


def test_an_order_of_polygamma_that_is_no_constant_is_an_error(tmp_path):
    n, x = Value(1.0, "n"), Value(0.5, "x")
    with pytest.raises(ValueError, match=r"polygamma\(n, x\) .* constant n"):
        record(polygamma(n, x), [n, x]).to_onnx(tmp_path / "f.onnx")
    assert not [*tmp_path.iterdir()]
    record([polygamma(2.0, x), polygamma(1.0, x), digamma(x)], [x]).to_onnx(tmp_path / "f.onnx")


@pytest.mark.parametrize("of", ["parameters", "inputs"])
def test_a_wrong_index_is_an_error_of_the_runtime(of, tmp_path):
    xs, i = [Value(float(k), f"x{k}") for k in range(4)], Value(1.0, "i")
    tape = record(take(xs, i), [i] if of == "parameters" else [*xs, i])
    tape.to_onnx(tmp_path / "take.onnx")
    rest = [] if of == "parameters" else [5.0, 6.0, 7.0, 8.0]
    right = np.array([[*rest, float(k)] for k in range(-4, 4)])
    assert (outputs(tmp_path / "take.onnx", right) == tape(right)).all()
    for index in (4.0, -5.0, 0.5, NAN, INF, -INF):
        with pytest.raises(Exception, match=r"(?i)out of (data bounds|range)"):
            outputs(tmp_path / "take.onnx", np.array([[*rest, 1.0], [*rest, index]]))
