"""Formulas in TeX, as notebooks have them, become MathML, which browsers show without a script."""
from __future__ import annotations

import re

from latex2mathml.converter import convert

from repository import CODE

FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\\w])\$(?P<inline>[^$]+?)\$", re.S)


def with_mathml(markdown: str) -> str:
    """A text in Markdown with its formulas in MathML; code stays as it is."""
    parts = CODE.split(markdown)
    parts[::2] = [FORMULA.sub(_rendered, part) for part in parts[::2]]
    return "".join(parts)


def _rendered(found: re.Match[str]) -> str:
    block = found["block"]
    tex = " ".join((block or found["inline"]).split())
    for environment in ("aligned", "align"):            # the converter knows the starred one
        tex = tex.replace(f"{{{environment}}}", "{align*}")
    return convert(tex, display="block" if block else "inline")
