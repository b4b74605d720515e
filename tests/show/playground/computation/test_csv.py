"""Samples in text: what is read, and what is refused with a sentence that says where."""
from pathlib import Path

import numpy as np
import pytest
from references.javascript.node import JavaScriptError

from autograd_tiny.show.playground import computation

CSV = Path(computation.__file__).with_name("csv.js")
ROWS = [(0.5, -1.2, "red"), (1.1, 0.3, "blue"), (-2.0, 4.0, "red")]


def read(node, text):
    return node.call(CSV, "samplesIn", text)


@pytest.mark.parametrize("text", [
    "0.5,-1.2,red\n1.1,0.3,blue\n-2,4,red", "x,y,colour\r\n0.5, -1.2 ,red\r\n1.1,0.3,blue\r\n\r\n-2,4e0,red\r\n",
    "\ufeff0.5;-1.2;red\n1.1;0.3;blue\n-2;4;red\n", "0.5\t-1.2\tred\n1.1\t.3\tblue\n-2.\t4\tred",
    "x;y;colour\n0,5;-1,2;red\n1,1;,3;blue\n-2;4e0;red", '0,5\t"-1,2"\tred\n1.1\t0,3\tblue\n-2\t4\tred',
    '"0.5","-1.2","red"\n1.1,0.3,"blue"\n-2,+4,red', '"a, b",c,d\n0.5,-1.2,red\n1.1,0.3,blue\n-2,4,red',
])
def test_columns_are_scaled_and_labels_become_classes(node, text):
    found = read(node, text)
    x = np.array([row[:2] for row in ROWS])
    np.testing.assert_allclose(np.array(found["points"])[:, :2], (x - x.mean(axis=0)) / x.std(axis=0), rtol=1e-12)
    assert [point[2] for point in found["points"]] == [1, 0, 1]
    assert found["classes"] == ["blue", "red"]


def test_labels_in_numbers_are_classes_or_numbers(node):
    lines = [f"{k},{k * k},{{}}" for k in range(12)]

    def of(labels):
        return read(node, "\n".join(line.format(label) for line, label in zip(lines, labels, strict=True)))

    classes = of([10, 2] * 6)
    assert classes["classes"] == ["2", "10"]
    assert [point[2] for point in classes["points"]] == [1, 0] * 6
    assert of([0, 1.5] * 6)["classes"] == []
    numbers = of(range(0, 120, 10))
    assert numbers["classes"] == []
    assert [point[2] for point in numbers["points"]] == [*range(0, 120, 10)]


def test_hostile_labels_are_text_like_any_other(node):
    labels = ['<img src=x onerror="alert(1)">', "=cmd|' /C calc'!A0", "__proto__"]
    text = "\n".join('{},{},"{}"'.format(k, -k * k, label.replace('"', '""')) for k, label in enumerate(labels * 2))
    found = read(node, text)
    assert found["classes"] == sorted(labels)
    assert [found["classes"][point[2]] for point in found["points"]] == labels * 2


@pytest.mark.parametrize(("text", "message"), [
    ("", "there are no samples"), ("\n \n", "there are no samples"), ("x,y,label\n", "there is a heading, but no line"),
    ("1,2,a\n3,,b", "line 2, column 2 is empty: a number is expected; leave out lines that lack one"),
    ("1,2,a\n\n3,four,b", 'line 3, column 2 is "four": a number is expected'),
    ("1,2,a\n3,NaN,b", 'line 2, column 2 is "NaN"'), ("1,2,a\n3,1e999,b", 'line 2, column 2 is "1e999"'),
    ('"1,5","2,5",a\n3,4,b', 'line 1, column 1 is "1,5": write 1.5, or separate columns by semicolons'),
    ("1,234.5;2,5;a\n3;4;b", 'line 1, column 1 is "1,234.5": a number'),
    ("1,2,a\n3,0x10,b", 'line 2, column 2 is "0x10"'),
    ("1,2,a\n3,4,", "line 2 has no label in column 3"), ("1,2\n3,4", "line 1 has 2 columns: three are expected"),
    ("1,2,3,4\n5,6,7,8", "line 1 has 4 columns"), ("1,2,a\n3,4,a", 'all labels are "a": two classes at least'),
    ("1,2,7\n3,4,7", 'all labels are "7"'),
    ("1,2,a\n1,4,b", 'the column "x1" is 1 in all 2 samples: it can\'t be scaled'),
    ("1e200,2,a\n-1e308,4,b\n1e308,3,b", 'the column "x1" has numbers that are too large'),
    ("\n".join(f"{k},{k},label{k}" for k in range(11)), "there are 11 different labels"),
    ("\n".join(f"{k},{k},{k % 2}" for k in range(10_002)), "there are more than 10,000 lines"),
    ("0.123456789,0.123456789,a\n" * 100_000, "the text has 2.6 million characters"),
    ("just words about data", "line 1 has 1 column: three are expected"),
])
def test_text_that_holds_no_samples_is_refused(node, text, message):
    with pytest.raises(JavaScriptError, match=f"^DataError: {message}"):
        read(node, text)
