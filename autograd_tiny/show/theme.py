"""The colours of the light and the dark theme: blue for values and red for gradients, as in the tutorials."""
from __future__ import annotations

from dataclasses import asdict, dataclass

from ..boundary.text import quoted


@dataclass(frozen=True)
class Palette:
    """The colours of a theme. Text on page and panel has a contrast of 4.5 to 1 or more (WCAG 2.2)."""

    page: str           # the background
    panel: str          # the background of less important boxes
    ink: str            # text
    quiet: str          # less important text
    line: str           # borders and edges
    value: str          # numbers of the forward pass
    gradient: str       # numbers of the backward pass
    accent: str         # parts that are highlighted
    positive: str       # the two ends of a scale around 0
    negative: str


LIGHT = Palette(
    page="#ffffff", panel="#f3f4f6", ink="#111827", quiet="#5b6472", line="#9ca3af", value="#1d4ed8",
    gradient="#b91c1c", accent="#b45309", positive="#1d4ed8", negative="#b91c1c",
)
DARK = Palette(
    page="#14181d", panel="#222932", ink="#e8ebef", quiet="#a3adba", line="#596473", value="#82b1ff",
    gradient="#ff8f8a", accent="#f5b83d", positive="#82b1ff", negative="#ff8f8a",
)
PALETTES = {"light": LIGHT, "dark": DARK}


def palette(theme: str) -> Palette:
    """The colours of a theme, "light" or "dark". ValueError for another one."""
    if theme not in PALETTES:
        raise ValueError(f"theme is 'light' or 'dark', got {quoted(theme)}")
    return PALETTES[theme]


def variables(colours: Palette) -> str:
    """The colours as CSS variables: --page, --ink, …"""
    return " ".join(f"--{name}: {colour};" for name, colour in asdict(colours).items())


# the reader's system chooses the theme, unless the page sets data-theme="light" or "dark" on its root
CSS = f"""\
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
:root[data-theme="light"] {{ color-scheme: light; {variables(LIGHT)} }}
:root[data-theme="dark"] {{ color-scheme: dark; {variables(DARK)} }}
body {{ margin: 0; background: var(--page); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }}
"""
