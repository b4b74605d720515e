"""Text that people see: harmless names, and what a stream can print."""
import io
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st

from autograd_tiny.boundary import text
from autograd_tiny.boundary.text import aligned, as_entity, one_line, printable, quoted, shortened, some_of


@given(st.text(st.characters(exclude_categories=())))
def test_a_name_on_one_line_is_harmless(name):
    line = one_line(name)
    assert line.encode("utf-8") is not None                                # no lone surrogate
    assert "".join(ElementTree.fromstring(f"<a>{line.replace('&', '').replace('<', '')}</a>").itertext()) is not None
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in line) and len(line.splitlines()) < 2
    assert one_line(line) == line


@pytest.mark.parametrize(("name", "line"), [
    ("w[0]", "w[0]"), (" a\n\tb\r\nc  d ", "a b c d"), ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"), ("a\0b", "a\ufffdb"),
    ("\ud800", "\ufffd"), ("x₂ → größe 中 🐍👩‍🔬", "x₂ → größe 中 🐍👩‍🔬"), ("abc\u202edef", "abc\ufffddef"),
    ("\x85\x9b2J", "\ufffd\ufffd2J"), (3.5, "3.5"), ("", ""), ("a\u2028b\u2029c", "a b c"),
])
def test_what_harms_is_replaced_and_all_else_is_kept(name, line):
    assert one_line(name) == line


def test_long_texts_are_cut():
    assert shortened("x" * 60) == "x" * 60
    assert shortened("a" * 50 + "b" * 50) == "a" * 29 + "…" + "b" * 30
    assert shortened("mlp.layer1.neuron2.w", 10) == "mlp.…on2.w"
    assert quoted("x" * 100_000) == f"'{'x' * 28}…{'x' * 29}'" and quoted("\n") == r"'\n'"
    assert some_of(["a", "b"]) == "a, b" and some_of([]) == ""
    assert some_of({str(k): k for k in range(10_008)}) == "0, 1, 2, 3, 4, 5, 6, 7, … and 10,000 more"


# ---- what a stream can print

def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


SAID = "├── ∂f/∂x₂ = −2·x⁻¹² … → ∞ ≠ 中"


@pytest.mark.parametrize(("encoding", "shown"), [
    ("utf-8", SAID), ("utf-16", SAID), ("gb18030", SAID),
    ("ascii", r"|-- df/dx2 = -2*x^-12 ... -> inf != \u4e2d"),
    ("latin-1", r"|-- df/dx2 = -2·x^-12 ... -> inf != \u4e2d"),
    ("cp1252", r"|-- df/dx2 = -2·x^-12 … -> inf != \u4e2d"),
])
def test_a_text_is_spelled_as_the_stream_can_encode_it(monkeypatch, encoding, shown):
    monkeypatch.setattr(sys, "stdout", stream(encoding))
    assert printable(SAID) == shown
    print(printable(SAID), flush=True)
    assert printable("<×α>", as_entity) == ("<×α>" if encoding in ("utf-8", "utf-16") else "<&#215;&#945;>")


def test_superscripts_that_belong_together_are_spelled_together(monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream("latin-1"))
    assert printable("x² + y²⁰ + eˣ") == "x² + y^20 + e^x"          # and not y²^0


@pytest.mark.parametrize("broken", ["none", "closed", "detached", "of bytes", "unknown"])
def test_without_a_stream_a_text_is_what_it_is(monkeypatch, broken):
    out = stream("utf-8")
    if broken == "closed":
        out.close()
    elif broken == "detached":
        out.detach()
    elif broken == "none":
        out = None
    elif broken == "of bytes":
        out = io.BytesIO()
    else:
        out = type("Stream", (), {"encoding": "klingon"})()
    monkeypatch.setattr(sys, "stdout", out)
    assert printable(SAID) == SAID


def test_every_spelling_is_in_ascii():
    assert all(each.isascii() for each in (*text.IN_ASCII.values(), *text.SUPERSCRIPTS.values()))


# ---- tables

def test_cells_stand_below_one_another(monkeypatch):
    rows = [("name", "value", "of"), ("x₁ → y", "−1.5", ""), ("…", "10")]
    assert aligned(rows, {1}) == ["name    value  of", "x₁ → y   −1.5", "…          10"]
    monkeypatch.setattr(sys, "stdout", stream("ascii"))
    assert aligned(rows, {1}) == ["name     value  of", "x1 -> y   -1.5", "...         10"]
    assert aligned([]) == []
