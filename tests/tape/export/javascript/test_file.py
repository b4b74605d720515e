"""Files of tapes in JavaScript: every number is read and written exactly, and whatever is no tape is refused."""
import json
import math
import struct

import numpy as np
import pytest
from references.javascript.node import JavaScriptError, text_of

from autograd_tiny import Tape, Value, record
from autograd_tiny.tape import serialization

NUMBERS = [
    0.0, -0.0, 1.0, -1.5, 0.1, math.pi, 5e-324, -5e-324, 2.225073858507201e-308, 2.2250738585072014e-308,
    1.7976931348623157e308, math.nextafter(1, 2), 1e22, 2.0**53 + 2, math.inf, -math.inf, math.nan,
]
HOSTILE = [
    "", "w", "*/ alert(1) /*", '"', "'", "\\", "a\nb", "\r\t\b\f\x00\x1f\x7f", "\u2028\u2029", "</script>",
    "ü漢\U0001f600", "\ud800", "__proto__", "constructor", "`${x}`",
]

ONLY_IN_PYTHON = ["2.0"], ["0x0.8000000000000p+3"]       # forms that float.fromhex reads, but float.hex does not write


def tape_of(numbers, labels=None):
    x = Value(0.5, "x")
    parameters = [Value(number, label) for number, label in zip(numbers, labels or [""] * len(numbers), strict=True)]
    return record([x, *parameters], [x], parameters)


def test_every_number_is_read_exactly_and_written_as_in_python(node, tmp_path):
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2**64, 500, dtype=np.uint64).tobytes()
    numbers = NUMBERS + [x for (x,) in struct.iter_unpack("<d", patterns) if x == x]
    text = text_of(tape_of(numbers), tmp_path)
    found = node("run", file=text, x=np.array([0.5]), save=True)
    assert [x.hex() for x in found["values"][1:].tolist()] == [x.hex() for x in numbers]
    assert json.loads(found["file"]) == json.loads(text)


def test_hostile_labels_come_back_and_python_reads_the_file(node, tmp_path):
    tape = tape_of([float(k) for k in range(len(HOSTILE))], HOSTILE)
    text = text_of(tape, tmp_path)
    again = node("run", file=text, x=np.array([0.5]), save=True)["file"]
    assert json.loads(again) == json.loads(text)
    path = tmp_path / "again.json"
    path.write_text(again, encoding="utf-8")
    assert [p.label for p in Tape.load(path).parameters] == HOSTILE


def test_changed_parameters_are_saved(node, tmp_path):
    text = text_of(tape_of([1.0, 2.0], ["a", "b"]), tmp_path)
    path = tmp_path / "again.json"
    path.write_text(node("run", file=text, x=np.array([0.5]), at=np.array([3.5, -1e-310]), save=True)["file"])
    assert [p.data for p in Tape.load(path).parameters] == [3.5, -1e-310]


def test_single_precision_is_kept(node, tmp_path):
    text = text_of(tape_of([0.1]).astype("float32"), tmp_path)
    found = node("run", file=text, x=np.array([0.5]), save=True)
    assert json.loads(found["file"]) == json.loads(text)
    assert found["values"][1] == float(np.float32(0.1))


# ---- what is refused

def contents(tmp_path):
    x, w = Value(0.5, "x"), Value(2.0, "w")
    return json.loads(text_of(record(x * w + 1.0, [x], [w]), tmp_path))


def resigned(found):
    """With the checksum of what is in it."""
    inner = {key: x for key, x in found.items() if key not in ("format", "version", "sha256")}
    return {**found, "sha256": serialization._checksum(inner)}


def refuse(node, text, message):
    with pytest.raises(JavaScriptError, match=f"^TapeError: .*{message}"):
        node("values", file=text if isinstance(text, str) else json.dumps(text), x=np.array([0.5]))


@pytest.mark.parametrize("text", ["", "{", "tape", "\x00"])
def test_what_is_not_json_is_refused(node, text):
    refuse(node, text, "it is not JSON")


@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"', "{}", '{"format": "another"}'])
def test_another_format_is_refused(node, text):
    refuse(node, text, "does not have the format")


@pytest.mark.parametrize("change", [
    {"numbers": ["0x1.8000000000000p+1"]}, {"outputs": [1]}, {"inputs": ["y"]}, {"several": True},
    {"sha256": "0" * 64}, {"sha256": None},
])
def test_a_damaged_file_is_refused(node, tmp_path, change):
    refuse(node, {**contents(tmp_path), **change}, "its checksum does not match")


@pytest.mark.parametrize(("change", "message"), [
    ({"version": 2}, "of version 2, and this module reads version 1"),
    ({"version": "1"}, "of version"),
    ({"more": 1}, "was changed: constants, inputs"),
    ({"dtype": "float16"}, "was changed"),
    ({"numbers": []}, "there are 1 parameters, but numbers for 0"),
    ({"numbers": ["2.0"]}, "a hexadecimal number is expected, got"),
    ({"numbers": ["0x1.8p+1; alert(1)"]}, "a hexadecimal number is expected"),
    ({"numbers": ["0x1.0000000000000p+1024"]}, "a hexadecimal number is expected"),
    ({"numbers": ["0x0.8000000000000p+3"]}, "a hexadecimal number is expected"),
    ({"numbers": [2]}, "numbers: a list is expected in which each is a string"),
    ({"inputs": "x"}, "inputs: a list is expected"),
    ({"inputs": []}, "there are|recording makes|slot|outputs"),
    ({"instructions": [["dot", 1, 0]]}, "recording makes no dot|does not take"),
    ({"instructions": [["dot", 1, 0, 7]]}, "slot 7 is empty"),
    ({"instructions": [["dot", 1, 0, -2]]}, "slot -2 is empty"),
    ({"instructions": [["dot", 1, 0, 0]]}, "recording makes no dot"),
    ({"instructions": [["dot", 0, 1, -1]]}, "recording makes no dot"),
    ({"instructions": [["mul", 1, 0.5]]}, "slot 0.5 is empty"),
    ({"instructions": [["mul", 1, "0"]]}, 'slot "0" is empty'),
    ({"instructions": [["mul", 2, 0]]}, "slot 2 is empty"),
    ({"instructions": [["add", 1, 0, 0]]}, "add does not take 3 operands"),
    ({"instructions": [["take", 0]]}, "take does not take 1 operands"),
    ({"instructions": [["sum", 0, 1]]}, "tapes have no instruction"),
    ({"instructions": [["leaf", 0]]}, "tapes have no instruction"),
    ({"instructions": [["toString", 0]]}, "tapes have no instruction"),
    ({"instructions": [["__proto__", 0]]}, "tapes have no instruction"),
    ({"instructions": [["exp", -1]]}, "recording makes no exp"),
    ({"instructions": [[]]}, "is no instruction"),
    ({"instructions": ["mul"]}, "each is a object"),
    ({"outputs": []}, "0 outputs do not go with"),
    ({"outputs": [2, 2]}, "2 outputs do not go with several=false"),
    ({"outputs": [9]}, "slot 9 is empty"),
    ({"outputs": [True]}, "outputs: a list is expected"),
])
def test_a_file_that_holds_no_tape_is_refused_although_its_checksum_is_right(node, tmp_path, change, message):
    changed = resigned({**contents(tmp_path), **change})
    refuse(node, changed, message)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(changed))
    if change.get("numbers") not in ONLY_IN_PYTHON:
        with pytest.raises(ValueError, match=r"changed\.json"):
            Tape.load(path)
