"""Formulas in TeX, as notebooks have them, become MathML, which browsers show without a script, and the font for it."""
from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

from fontTools import subset
from latex2mathml.converter import convert

from repository import CODE

FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\\w])\$(?P<inline>[^$]+?)\$(?P<after>[,.;:!?)]*)", re.S)
MATHML = "http://www.w3.org/1998/Math/MathML"
ET.register_namespace("", MATHML)
OPENING, CLOSING = "([{", ")]}"
RELATIONS = "=≈<>≤≥←→"
SIGNS = "+−"
LETTERS_TOO = "∂∞"                      # the converter takes them for operators, with space around them
LONG = 24                               # letters and signs from which on a formula may be broken in a line of text
LETTERS = (                             # what formulas are written with, as first and last code points
    (0x20, 0x7E), (0xA0, 0xFF), (0x2C6, 0x2DC), (0x300, 0x304), (0x391, 0x3F5), (0x2010, 0x2057), (0x2061, 0x2063),
    (0x210E, 0x210F), (0x2190, 0x2194), (0x2200, 0x2265), (0x2295, 0x2299), (0x22C5, 0x22C5), (0x1D434, 0x1D467),
    (0x1D6E2, 0x1D71B),
)


def with_mathml(markdown: str) -> str:
    """A text in Markdown with its formulas in MathML; code stays as it is."""
    parts = CODE.split(markdown)
    parts[::2] = [FORMULA.sub(_replaced, part) for part in parts[::2]]
    return "".join(parts)


def _replaced(found: re.Match[str]) -> str:
    if found["block"]:
        return mathml(found["block"], block=True)
    first, between, last = mathml(found["inline"]).rpartition("<wbr>")
    if found["after"]:                                  # a browser would begin a line with the comma behind a formula
        last = f'<span class="unbroken">{last}{found["after"]}</span>'
    return f"{first}{between}{last}"


def mathml(tex: str, block: bool = False) -> str:
    """A formula as HTML: a block that scrolls where it is too wide, or parts between which a line may be broken."""
    tex = " ".join(tex.split())
    for environment in ("aligned", "align"):            # the converter knows the starred one
        tex = tex.replace(f"{{{environment}}}", "{align*}")
    math = ET.fromstring(convert(tex, display="block" if block else "inline"))
    for operator in math.iter(f"{{{MATHML}}}mo"):
        _set_closely(operator)
    for row in math.iter(f"{{{MATHML}}}mrow"):
        _mark_signs(row)
        _set_apart(row)
    if block:
        return f'<span class="formula" tabindex="0">{_written(math)}</span>'
    return "<wbr>".join(map(_written, _parts(math)))


def _mark_signs(row: ET.Element) -> None:
    """A minus behind an operator or a bracket is a sign, and no subtraction: it stands close to its number."""
    before = ""
    for each in row:
        text = each.text or ""
        if text in SIGNS and before and before not in CLOSING and each.tag.endswith("}mo"):
            each.set("form", "prefix")
        before = text if each.tag.endswith("}mo") else ""


def _set_closely(operator: ET.Element) -> None:
    """∂, ∞ and the names of functions are no operators, and there is no space around the slash of ∂f/∂x."""
    text = operator.text or ""
    if text in LETTERS_TOO or _is_name(text):
        operator.tag = f"{{{MATHML}}}mi"
    elif text == "/":
        operator.attrib |= {"lspace": "0", "rspace": "0"}


def _is_name(text: str) -> bool:
    return len(text) > 1 and text.isalpha()


def _set_apart(row: ET.Element) -> None:
    """There is space between the name of a function and what it is applied to, but for a bracket: 2 sin 4x, tanh(x)."""
    parts = list(row)
    for k in range(len(parts) - 1, 0, -1):
        before, after = parts[k - 1:k + 1]
        if (_is_function(before) or _is_function(after)) and _is_operand(before, -1) and _is_operand(after, 0):
            row.insert(k, ET.Element(f"{{{MATHML}}}mspace", width="0.167em"))


def _is_function(part: ET.Element) -> bool:
    """Whether it is the name of a function, which may have an index or an exponent."""
    name = part[0] if part.tag.endswith(("}msub", "}msup", "}msubsup")) else part
    return name.tag.endswith("}mi") and _is_name(name.text or "")


def _is_operand(part: ET.Element, end: int) -> bool:
    """Whether a part begins (end: 0) or ends (-1) with a letter or number, or ends with a bracket."""
    while len(part):
        part = part[end]
    return part.tag.endswith(("}mi", "}mn")) or (end == -1 and (part.text or " ") in CLOSING)


def _parts(math: ET.Element) -> list[ET.Element]:
    """A long formula in pieces that begin with a relation or, outside of brackets, with a sign."""
    row = next(iter(math))
    if len("".join(math.itertext())) < LONG:
        return [math]
    pieces: list[list[ET.Element]] = [[]]
    depth = 0
    for each in row:
        text = each.text if each.tag.endswith("}mo") and each.text else ""
        depth += (text in OPENING) - (text in CLOSING) if text else 0
        is_break = text and text in RELATIONS + SIGNS and not depth and each.get("form") != "prefix"
        if is_break and pieces[-1]:
            each.set("form", "infix")                   # with space on both sides, though nothing stands before it
            pieces.append([])
        pieces[-1].append(each)
    found = []
    for piece in pieces:
        part = ET.Element(math.tag, math.attrib)
        ET.SubElement(part, row.tag).extend(piece)
        found.append(part)
    return found


def _written(math: ET.Element) -> str:
    return ET.tostring(math, encoding="unicode")


@cache
def font() -> bytes:
    """STIX Two Math with the letters of LETTERS: not every system has a font that knows how formulas are set.

    Its licence, the SIL Open Font License, stands in it.
    """
    features = ["ssty", "ccmp", "ss04"]                 # letters of indices, accents, primes
    options = subset.Options(flavor="woff2", layout_features=features, name_IDs=["*"], notdef_outline=True)
    package = find_spec("ziamath")                      # is not imported: it would warn of itself
    assert package and package.origin
    found = subset.load_font(str(Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
    subsetter.subset(found)
    written = BytesIO()
    subset.save_font(found, written, options)
    return written.getvalue()
