"""The light and the dark theme of pages and pictures; boundary/colours.py has the colours and their meanings."""
from __future__ import annotations

import re
from dataclasses import asdict
from itertools import count

from ..boundary.arguments import describe
from ..boundary.colours import DARK as DARK, LIGHT as LIGHT, Palette as Palette
from ..boundary.text import quoted

PALETTES = {"auto": LIGHT, "light": LIGHT, "dark": DARK}
COLOUR = re.compile('(?<=color=")#[0-9a-f]{6}(?=")')     # in the language of dot; labels have no such quotes


def palette(theme: str) -> Palette:
    """The colours of a theme, "light" or "dark"; of "auto" the light ones. ValueError or TypeError for another one."""
    if not isinstance(theme, str):
        raise TypeError(f"theme: 'auto', 'light' or 'dark' is expected, got {describe(theme)}")
    if theme not in PALETTES:
        raise ValueError(f"theme is 'auto', 'light' or 'dark', got {quoted(theme)}")
    return PALETTES[theme]


def variables(colours: Palette) -> str:
    """The colours as CSS variables: --page, --ink, …, --class0, --class1, …"""
    names = asdict(colours)
    names |= {f"class{k}": colour for k, colour in enumerate(names.pop("classes"))}
    return " ".join(f"--{name}: {colour};" for name, colour in names.items())


# the reader's system chooses the theme, unless the root has data-theme="light" or "dark", which the reader chose, or
# data-around, which the notebook around the page has
CSS = f"""\
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
:root[data-theme="light"], :root[data-around="light"]:not([data-theme]) {{ color-scheme: light; {variables(LIGHT)} }}
:root[data-theme="dark"], :root[data-around="dark"]:not([data-theme]) {{ color-scheme: dark; {variables(DARK)} }}
body {{ margin: 0; background: var(--page); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }}
"""


def merged(light: str, dark: str) -> tuple[str, dict[str, str]]:
    """A graph in the language of dot that was written in both themes, as one that names the colours of both.

    Returns:
        The light one, in which a colour stands for one dark colour only: where there are two, it differs in the last
        bits of blue. And the dark colours by the light ones.
    """
    others = iter(COLOUR.findall(dark))
    twins: dict[str, str] = {}

    def unique(found: re.Match[str]) -> str:
        twin, number = next(others), int(found[0][1:], 16)
        near = (f"#{number ^ bits:06x}" for bits in count())
        return next(colour for colour in near if twins.setdefault(colour, twin) == twin)

    return COLOUR.sub(unique, light), twins
