"""What pages have only on the site: units that stay with their numbers, and terms that can be linked to."""
from __future__ import annotations

import re

from repository import CODE

UNIT = re.compile(r"(?<=\d) (?=(?:ns|µs|ms|s|bytes|[kKMG]i?B)\b)")
TERM = re.compile(r"^(\*\*(?P<term>[^*]+)\.\*\*)(?P<meaning>.+?)(?=\s*(?:\n\n|\Z))", re.M | re.S)


def with_units(markdown: str) -> str:
    """A page in which no line ends between a number and its unit; code stays as it is."""
    parts = CODE.split(markdown)
    parts[::2] = [UNIT.sub("\N{NO-BREAK SPACE}", part) for part in parts[::2]]
    return "".join(parts)


def with_anchors(markdown: str) -> str:
    """A page of terms, each with an anchor, and with the sign that headings have for it."""
    def add(found: re.Match[str]) -> str:
        anchor = re.sub(r"\W+", "-", found["term"].lower())
        link = f'<a class="headerlink" href="#{anchor}" title="Permanent link">¶</a>'
        return f"{found[1]}{{ #{anchor} }}{found['meaning']}{link}"

    return TERM.sub(add, markdown)
