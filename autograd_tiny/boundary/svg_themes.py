"""An SVG that is light or dark, as the page or the notebook around it is."""
from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

NAMES = {"#ffffff": "white", "#000000": "black"}          # as some layout programs write them

# Inside of a page an SVG has the colour scheme of the page. As a file or an image it has that of the reader's system
# or, in today's browsers, of the page around the image: so it is in JupyterLab. Other notebooks do not declare theirs,
# but can be told by an attribute.
SCHEMES = (
    ".{name}:root{{color-scheme:light dark}}"
    '[data-jp-theme-light="true"] .{name},[data-vscode-theme-kind$="light"] .{name}{{color-scheme:light}}'
    '[data-jp-theme-light="false"] .{name},[data-vscode-theme-kind="vscode-dark"] .{name},'
    '[data-vscode-theme-kind="vscode-high-contrast"] .{name},[theme="dark"] .{name}{{color-scheme:dark}}'
    "@media print{{.{name}{{color-scheme:light!important}}}}"
)


def in_both_themes(svg: str, twins: Mapping[str, str], default: str = "") -> str:
    """An SVG element in light colours, with a style by which it is light or dark.

    A program that knows no `light-dark()` shows the colours of the element.

    Args:
        svg: The element.
        twins: The dark colours by the light ones.
        default: The dark colour of parts whose colour the element does not say, which are black.
    """
    rules = [f"{{fill:light-dark(#000000,{default})}}"] * bool(default)
    for light, dark in twins.items():
        for part in ("fill", "stroke"):
            colour = f"{part}:light-dark({light},{dark})"
            rules += [
                f' [{part}="{spelt}"]{{{colour}}}' for spelt in dict.fromkeys((light, NAMES.get(light, light)))
                if f'{part}="{spelt}"' in svg
            ]
            if f"{part}: {light}" in svg:
                rules.append(f' [style*="{part}: {light}"]{{{colour}!important}}')
    name = f"themed-{crc32(''.join(rules).encode()):08x}"
    style = SCHEMES.format(name=name) + "".join(f".{name}{rule}" for rule in rules)
    opening, end = svg.index(">"), svg.rindex("</svg>")
    return f'{svg[:opening]} class="{name}"{svg[opening:end]}<style>{style}</style>\n{svg[end:]}'
