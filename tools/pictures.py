"""Writes anew those pictures of README.md and of docs/ that are SVG: `make pictures`.

The others are screenshots of pages.
"""
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd_tiny import Value, compare_modes, draw, nn, play
from autograd_tiny.course.pictures import expression

DOCS = Path(__file__).parents[1] / "docs"


def folded() -> Any:
    """The example of docs/how-to/draw-a-graph.md."""
    model = nn.MLP(2, [4, 4, 1], rng=random.Random(0))
    loss = (model([Value(0.5, "x1"), Value(-1.5, "x2")]) - 1.0) ** 2
    loss.backward()
    return draw(loss, depth=2)


PICTURES: dict[str, Callable[[], Any]] = {
    "expression.svg": lambda: draw(expression()),
    "film.svg": lambda: play(expression()),
    "folded.svg": folded,
    "modes.svg": lambda: compare_modes(lambda a, b, c: (a + b) * (b + c), -1.0, 3.0, 4.0).draw(),
}


def write(folder: Path) -> list[Path]:
    """Write all of them to a folder."""
    return [made().save(folder / name) for name, made in PICTURES.items()]


if __name__ == "__main__":
    for path in write(DOCS):
        print(path.relative_to(DOCS.parent))
