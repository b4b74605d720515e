"""The legend below a picture of a graph: the meaning of its colours, and the scale of its fills."""
from __future__ import annotations

from ...engine.value import Value
from ..dot_language import cell
from ..theme import Palette
from .highlight import Highlight
from .scene import Scene
from .shading import Shading

SIZE = 12.0                 # of type, in points


def legend(scene: Scene, colours: Palette, highlight: Highlight | None, shading: Shading | None) -> str:
    """The legend as an HTML-like label."""
    words = [("value", colours.value)]
    if scene.requires_grad:
        words.append(("gradient", colours.gradient))
    if _has_local_derivatives(scene):
        words.append(("local derivative on the edge", colours.quiet))
    if highlight:
        words.append((highlight.description, colours.accent))
    meanings = _row("".join(cell(word, colour, SIZE) for word, colour in words))
    if shading is None:
        return f"<{meanings}>"
    rows = "".join(f"<tr><td>{row}</td></tr>" for row in (meanings, _row(_scale(scene, shading, colours.ink))))
    return f'<<table border="0" cellborder="0" cellspacing="0">{rows}</table>>'


def _row(cells: str) -> str:
    return f'<table border="0" cellborder="0" cellspacing="8"><tr>{cells}</tr></table>'


def _has_local_derivatives(scene: Scene) -> bool:
    """Whether a local derivative stands on an edge: there is none between folded modules."""
    return any(
        not scene.is_bundle(source, len(places))
        for box in scene.boxes if isinstance(box, Value) for source, places in scene.sources(box).items()
    )


def _scale(scene: Scene, shading: Shading, ink: str) -> str:
    """The fills from the lowest number to the highest."""
    signs = {"purple below 0": shading.low < 0.0, "green above 0": shading.high > 0.0}
    occurring = [sign for sign, occurs in signs.items() if occurs]
    title = ", ".join([f"fill: {shading.quantity}", *(["logarithmic"] * shading.is_logarithmic), *occurring])
    if shading.is_empty:
        title += ": no backward pass yet" if shading.quantity == "gradient" else ""
        return cell(title, ink, SIZE)
    fills = "".join(f'<td width="22" bgcolor="{colour}"> </td>' for colour in shading.cells())
    low, high = scene.number(shading.low), scene.number(shading.high)
    return cell(title, ink, SIZE) + cell(low, ink, SIZE) + fills + cell(high, ink, SIZE)
