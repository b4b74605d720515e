"""Names from outside in source code: always identifiers, and comments and strings that nothing can end."""
import json
import keyword
import re

import pytest

from autograd_tiny.tape.export import names

HOSTILE = [
    "", " ", "1", "1st", "class", "double", "*/ int main(){}", "/*", "//", "a\nb", "a\r\nb", 'say "hi"', "it's", "\\",
    "a\\", "*\\", "??/", "*??/", "\u2028", "\u2029", "x\u2028*/", "\0", "\ud800", "σ", "Σ", "ς", "v₁", "é", "变量",
    "</script>", "_private", "__reserved", "a__b", "x" * 500, "💥", "%s", "${x}", "`", "#define",
]


@pytest.mark.parametrize("keywords", [names.C_KEYWORDS, names.JAVASCRIPT_KEYWORDS, names.PYTHON_KEYWORDS])
def test_any_texts_become_different_identifiers(keywords):
    texts = [*HOSTILE, *HOSTILE, "x", "x_2", "x_2", "x_1"]
    found = names.identifiers(texts, keywords, "x", taken=["x", "y"])
    assert len({*found, "x", "y"}) == len(texts) + 2
    for name in found:
        assert re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) and "__" not in name and name not in keywords
        assert len(name) < names.MOST + 10


def test_an_identifier_keeps_what_it_can():
    texts = {
        "mass": "mass", "w[0][1]": "w_0_1", "σ": "sigma", "Σ": "Sigma", "v₁": "v1", "é": "e", "2nd": "x2nd",
        "class": "class_", "": "x", "layers.0.weight": "layers_0_weight",
    }
    assert {text: names.identifier(text, names.C_KEYWORDS) for text in texts} == texts


def test_an_identifier_stays_with_the_text_that_it_is():
    texts = ["a.b", "k", "a_b", "k", "k_2", "", "p5", "💥", "import"]
    found = names.identifiers(texts, names.PYTHON_KEYWORDS, "p", taken=["k"])
    assert found == ["a_b_2", "k_3", "a_b", "k_4", "k_2", "p5_2", "p5", "p7", "import_"]


def test_python_has_its_own_keywords():
    assert {*keyword.kwlist} <= names.PYTHON_KEYWORDS


def test_many_equal_labels_are_told_apart_in_linear_time():
    assert len({*names.identifiers(["w"] * 100_000, ())}) == 100_000


@pytest.mark.parametrize("labels", [
    [], ["w[0]", "w[1]", "w[2]", "b", "w[3]", "w[4]"], ["x8", "x9", "x10", "x11", "y12"], ["0", "1", "2", "2", "3"],
    ["a1b", "a2b", "a3b", "a3c"], ["08", "09", "10", "11", "12"], ["w2", "w1", "w0"],
    ["9" * 15, "1" + "0" * 15, "1" * 16], ["\u0661", "\u0662", "\u0663"],
    [f"layer{k}.neuron{n}.w[{i}]" for k in range(2) for n in range(3) for i in range(4)],
    [*HOSTILE, *HOSTILE, "", "w", "w"],
])
def test_runs_are_the_labels_in_their_order(labels):
    found = names.in_runs(labels)
    assert [
        label for part in found for label in ([part] if isinstance(part, str) else map(part.label, range(part.length)))
    ] == labels
    assert all(isinstance(part, str) or part.length > 2 for part in found)


def test_a_run_counts_in_the_last_number():
    labels = [f"layer1.neuron{n}.w[{k}]" for n in range(2) for k in range(100)]
    assert names.in_runs([*labels, "b"]) == [*(names.Run(f"layer1.neuron{n}.w[", 0, "]", 100) for n in range(2)), "b"]
    assert names.in_runs(["w0", "w1", "w3", "w4", "w5"]) == ["w0", "w1", names.Run("w", 3, "", 3)]


def test_labels_of_any_length_are_split_in_linear_time():
    assert names.in_runs(["1a" * 100_000, "9" * 200_000]) == ["1a" * 100_000, "9" * 200_000]


def test_a_list_for_a_comment_has_positions_and_an_end():
    labels = [*(f"w[{k}]" for k in range(784)), "b", "*/"]
    assert names.listed(labels) == ["0 to 783: w[0] to w[783]", "784: b", '785: "*\\/"']
    many = names.listed([*"ab" * 1500, *labels])
    assert len(many) == names.MOST_LISTED + 1 and many[-1] == "and 1786 more"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_ends_a_comment(text):
    found = names.in_comment(text)
    assert found.isascii() and found.isprintable() and not found.endswith("\\")
    assert not any(sign in found for sign in ("*/", "/*", "//", "??"))


def test_a_harmless_text_stands_in_a_comment_as_it_is():
    assert names.in_comment("layers.0.w[3] (x)") == "layers.0.w[3] (x)"
    assert names.in_comment("a*/b") == '"a*\\/b"'


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_ends_a_string(text):
    found = names.in_string(text)
    assert found.isascii() and found.isprintable() and "<" not in found
    assert json.loads(found) == text
