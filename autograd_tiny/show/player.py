"""play: a forward and a backward pass, or a training, as a film in a page of its own."""
from __future__ import annotations

import html
import re
from collections.abc import Iterator
from importlib.resources import files
from math import isfinite
from typing import Any

from .. import optim
from ..engine import Value, kind
from ..graph import topological_order
from ..nn.losses import Loss
from .dot import Drawing
from .draw import check, check_size, folding_of
from .film import Film, Stage, film_of
from .folding import Fold
from .formulas import value_formula
from .names import plain
from .page import Page, as_script
from .picture import Picture
from .scene import counted
from .theme import LIGHT
from .training_film import Rehearsal, training_film

# a box or an edge as layout programs write it, which wrap it in a link that leads nowhere if it has a tooltip
PART = re.compile(
    r'<g id="([^"]*)" class="(node|edge)">\n<title>([^<]*)</title>\n'
    r'(?:<g id="a_[^"]*"><a xlink:title="([^"]*)">\n)?(.*?)(?:</a>\n</g>\n)?</g>\n', re.S
)


class Player(Page):
    """A page with a film: the picture of a graph, what happens in it step by step, and controls.

    film: the steps as data. Buttons, a slider and keys (space, arrows, Home, End, + and −) lead through it.
    """

    def __init__(self, title: str, stage: Stage, film: Film, rankdir: str) -> None:
        self.film = film
        data = {
            "steps": [vars(step) for step in film.steps],
            "slots": list(dict.fromkeys(shown.slot for step in film.steps for shown in step.shows)),
            "losses": film.losses,
            "lossTexts": [stage.number(loss) for loss in film.losses],
            "ends": [stage.number(end([0.0, *filter(isfinite, film.losses)])) for end in (min, max)],
            "colours": {"value": LIGHT.value, "gradient": LIGHT.gradient},
        }
        super().__init__(
            title, _body(title, stage, film, rankdir), style=_style(),
            script=f"const film = {as_script(data)};\n{_file('player.js')}",
            height=1020 if film.losses else 760,
        )


def play(
    output: Any, x: Any = None, target: Any = None, *, steps: int = 10, loss: str | Loss = "squared_error",
    optimizer: str | optim.Optimizer = "sgd", lr: float | None = None, max_nodes: int = 200,
    rankdir: str = "LR", digits: int = 4, depth: int | None = None, fold: Any = (),
) -> Player:
    """play(f): the film of how f is computed, and of how its gradients are found.

    The forward pass fills in one value after the other. The backward pass takes each edge by itself, in the
    order of the engine: the gradient of a result times the local derivative flows to an operand, and what
    arrives at a branch is added up. `.grad` of no Value changes, and none is looked at.

    play(model, x, target): the film of a training on one sample, with a forward pass, a backward pass and an
    update in each of so many steps. It trains a copy; the model stays as it is. x: the inputs, a list of
    numbers. loss, optimizer: as for fit. lr: the learning rate, if not that of the optimiser.

    max_nodes, rankdir, digits, depth and fold: as for draw; a folded module is one step. TypeError unless
    output is a Value, or a model with x and a target; ValueError for less than one step and more boxes than
    max_nodes; and what the model, the loss and the optimiser raise.
    """
    check(rankdir, digits, depth, None)
    if type(output) is Value:
        if x is not None or target is not None:
            raise TypeError("play(f) takes a Value alone; x and target belong to play(model, x, target)")
        stage = _stage(output, max_nodes, digits, depth, fold)
        title = f"How {stage.said(output)} is computed, and its gradients are found"
        return Player(title, stage, film_of(stage), rankdir)
    if not callable(output):
        raise TypeError(f"a Value is expected, or a model with x and a target, got {kind(output)}")
    if x is None or target is None:
        raise TypeError("play(model, x, target) needs the inputs and the target of a sample")
    rehearsal = Rehearsal(output, x, target, loss, optimizer, lr)
    stage = _stage(rehearsal.loss, max_nodes, digits, depth, fold)
    title = f"How {plain(type(output).__name__)} is trained on a sample"
    return Player(title, stage, training_film(rehearsal, stage, steps), rankdir)


def _stage(output: Value, max_nodes: int, digits: int, depth: int | None, fold: Any) -> Stage:
    values = topological_order(output)
    stage = Stage(output, values, digits, folding_of(values, [output], depth, fold))
    check_size(stage, max_nodes)
    return stage


# ---- the page

def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _style() -> str:
    """The player's styles, and the colours of the picture as variables, so that it has a dark side too."""
    names = ("page", "panel", "ink", "quiet", "line", "value", "gradient")
    colours = {"white": "page", "black": "ink"} | {getattr(LIGHT, name): name for name in names}
    rules = [
        f'.stage [{part}="{colour}"] {{ {part}: var(--{name}); }}'
        for colour, name in colours.items() for part in ("fill", "stroke")
    ]
    return "\n".join([*rules, _file("player.css")])


def _body(title: str, stage: Stage, film: Film, rankdir: str) -> str:
    drawing = Drawing(stage, rankdir, LIGHT, framed=bool(stage.folding.folds))
    drawing.add_all()
    picture = Picture(drawing.graph.source, stage.title())
    return _file("player.html").format(
        title=html.escape(title), picture=_lean(picture.svg), rows="".join(_rows(stage)),
        training=_file("training.html") if film.losses else "",
    )


def _rows(stage: Stage) -> Iterator[str]:
    """The table of all boxes: what they are, the value, the gradient so far."""
    for thing in stage.things:
        if isinstance(thing, Value):
            i = stage.place[thing]
            yield _row(f"n{i}", stage.said(thing), value_formula(thing, stage.said), f"v{i}", f"g{i}")
        elif isinstance(thing, Fold):
            m = f"m{thing.number}"
            yield _row(m, plain(thing.path), ", ".join(stage.lines(thing)[1:]), f"{m}v", f"{m}g")
        else:
            numbers = stage.numbers([value.data for value in thing.values])
            yield _row(f"i{thing.number}", counted(len(thing.values), "input"), numbers, "", "")


def _row(box: str, *cells: str) -> str:
    name, formula, value, gradient = map(html.escape, cells)
    return (
        f'<tr id="row-{box}"><th scope="row">{name}</th><td>{formula}</td>'
        f'<td class="v" data-slot="{value}"></td><td class="g" data-slot="{gradient}"></td></tr>\n'
    )


def _lean(svg: str) -> str:
    """A picture as this page needs it: a tooltip for each box, the ends of edges as attributes, no fonts."""
    svg = re.sub(r"<!--.*?-->\n", "", svg, flags=re.S)
    svg = re.sub(r' (?:xml:space|font-family)="[^"]*"', "", svg)
    return PART.sub(_lean_part, svg)


def _lean_part(part: re.Match[str]) -> str:
    name, kind, ends, tooltip, inside = part.groups()
    if kind == "node":
        return f'<g id="{name}" class="node">\n<title>{tooltip or ""}</title>\n{inside}</g>\n'
    source, target = re.split("(?:&#45;|-)&gt;", ends)
    return f'<g id="{name}" class="edge" data-from="{source}" data-to="{target}">\n{inside}</g>\n'
