"""The pages of the package that play on the site, made by the package: the film and the sliders of the first page."""
from __future__ import annotations

from importlib.resources import files
from typing import Any


def expression() -> Any:
    """f = (a + b)(b + c), differentiated."""
    from autograd_tiny import Value

    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    f = (a + b) * (b + c)
    f.label = "f"
    f.backward()
    return f


# in a page that has a title and a theme of its own, what the film says about both would stand there twice
BARE = """\
<style>
#theme, .keys { display: none }
.head { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.player { padding: 4px }
</style>
"""
WITHOUT_THEME = "<style>#buttons > :last-child { display: none }</style>\n"


def frames() -> dict[str, str]:
    """The pages by their file names."""
    from autograd_tiny import explore, play

    film = play(expression()).html.replace("</head>", f"{BARE}</head>", 1)
    sliders = explore(expression()).html.replace("</head>", f"{WITHOUT_THEME}</head>", 1)
    return {"film.html": film, "explore.html": sliders}


def notebook_script() -> str:
    """The script around frames, by which they are as high as what is in them, and as dark as the page."""
    return files("autograd_tiny.show.page").joinpath("notebook.js").read_text(encoding="utf-8")


def second_names() -> dict[str, str]:
    """The names of NumPy for functions, and the names that they have here."""
    from autograd_tiny.calculus.operations import OPERATIONS

    names = {row.numpy_name: row.name for row in OPERATIONS if row.numpy_name}
    return {**names, "remainder": "mod"}
