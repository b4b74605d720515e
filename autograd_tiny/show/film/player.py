"""play: a forward and a backward pass, or a training, as a film in a page of its own."""
from __future__ import annotations

import html
import re
from collections.abc import Iterator
from importlib.resources import files
from math import isfinite
from typing import Any

from ... import optim
from ...boundary.arguments import describe
from ...engine.graph import topological_order
from ...engine.outdated import first_outdated
from ...engine.value import Value
from ...nn.losses import Loss
from ..formulas import value_formula
from ..graph.arguments import check, check_size, folding_of
from ..graph.drawing import Drawing
from ..graph.folding import Fold, is_module
from ..names import plain
from ..page import Page, as_script
from ..picture import Picture
from ..theme import LIGHT
from ..wording import counted
from .film import Film, Shown, Stage, film_of, listed
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
        body = _body(title, stage, film, rankdir)
        steps = [*_on_the_page(film, body)]
        data = {
            "steps": steps,
            "slots": list(dict.fromkeys(shown.slot for step in steps for shown in step["shows"])),
            "losses": film.losses,
            "lossTexts": [stage.number(loss) for loss in film.losses],
            "ends": [stage.number(end([0.0, *filter(isfinite, film.losses)])) for end in (min, max)],
            "colours": {"value": LIGHT.value, "gradient": LIGHT.gradient},
        }
        super().__init__(
            title, body, style=_style(),
            script=f"const film = {as_script(data)};\n{_file('player.js')}",
            height=1020 if film.losses else 760,
        )


def play(
    output: Any, x: Any = None, target: Any = None, *, steps: int | None = None,
    loss: str | Loss | None = None, optimizer: str | optim.Optimizer | None = None, lr: float | None = None,
    max_nodes: int = 200, rankdir: str = "LR", digits: int = 4, depth: int | None = None, fold: Any = (),
) -> Player:
    """play(f): the film of how f is computed, and of how its gradients are found.

    The forward pass fills in one value after the other. The backward pass takes each edge by itself, in the
    order of the engine: the gradient of a result times the local derivative flows to an operand, and what
    arrives at a branch is added up. `.grad` of no Value changes, and none is looked at.

    play(model, x, target): the film of a training on one sample, with a forward pass, a backward pass and an
    update in each of so many steps (10). It trains a copy; the model stays as it is. x: the inputs, a list of
    numbers. loss ("squared_error"), optimizer ("sgd"): as for fit. lr: the learning rate, if not that which
    goes with the optimizer's name.

    max_nodes, rankdir, digits, depth and fold: as for draw; a folded module is one step. TypeError unless
    output is a Value alone, or a model with x and a target; ValueError for less than one step, more boxes
    than max_nodes, lr beside an Optimizer, and if .data has changed since f was computed; and what the model,
    the loss and the optimizer raise.
    """
    check(rankdir, digits, depth, None)
    if type(output) is Value:
        _refuse({"x": x, "target": target, "steps": steps, "loss": loss, "optimizer": optimizer, "lr": lr})
        stage = _stage(output, max_nodes, digits, depth, fold)
        title = f"How {stage.name_or_number(output)} is computed, and its gradients are found"
        return Player(title, stage, film_of(stage), rankdir)
    if not callable(output):
        raise TypeError(f"a Value is expected, or a model with x and a target, got {describe(output)}")
    if x is None or target is None:
        raise TypeError("play(model, x, target) needs the inputs and the target of a sample")
    loss = "squared_error" if loss is None else loss
    optimizer = "sgd" if optimizer is None else optimizer
    rehearsal = Rehearsal(output, x, target, loss, optimizer, lr)
    stage = _stage(rehearsal.loss, max_nodes, digits, depth, fold, is_training=True)
    trained = output.describe() if is_module(output) else type(output).__name__
    title = f"Training {plain(trained)} on one sample"
    return Player(title, stage, training_film(rehearsal, stage, 10 if steps is None else steps), rankdir)


def _refuse(of_a_training: dict[str, Any]) -> None:
    """TypeError for arguments that say nothing about the film of one pass."""
    given = [name for name, argument in of_a_training.items() if argument is not None]
    if given:
        verb = "belongs" if len(given) == 1 else "belong"
        raise TypeError(f"play(f) takes a Value alone: {listed(given)} {verb} to play(model, x, target)")


def _stage(
    output: Value, max_nodes: int, digits: int, depth: int | None, fold: Any, *, is_training: bool = False
) -> Stage:
    values = topological_order(output)
    stage = Stage(output, values, digits, folding_of(values, [output], depth, fold))
    check_size(stage, max_nodes, has_parts=not is_training)
    _check_unchanged(stage)
    return stage


def _check_unchanged(stage: Stage) -> None:
    """ValueError if what was recorded is no longer what the formulas give: each sentence would be wrong."""
    node = first_outdated(stage.values)
    if node is None:
        return
    operands = dict.fromkeys(x for x in node.operands if isinstance(x, Value))
    names = [stage.names[x] or repr(x) for x in operands]
    changed = f"{names[0]}.data" if len(names) == 1 else f".data of one of {listed(names)}"
    result, output = stage.name_or_number(node), stage.output.label and stage.name_or_number(stage.output)
    raise ValueError(
        f"{changed} has changed since {result} was computed, or {result}.data itself: "
        f"compute {output or 'the output'} again"
    )


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
    drawing = Drawing(stage, rankdir, LIGHT)
    drawing.add_all()
    picture = Picture(drawing.graph.source, stage.title())
    return _file("player.html").format(
        title=html.escape(title), picture=_lean(picture.svg), rows="".join(_rows(stage)),
        training=_file("training.html") if film.losses else "",
    )


def _on_the_page(film: Film, body: str) -> Iterator[dict[str, Any]]:
    """The steps, each with those of the numbers that it changes and that have a place in the picture."""
    ids = set(re.findall(' id="([^"]*)"', body))
    now: dict[str, Shown] = {}
    for step in film.steps:
        places = {shown: re.sub(r"^[vg](?=\d)", "n", shown.slot).rstrip("vg") for shown in step.shows}
        shows = [shown for shown, place in places.items() if place in ids and now.get(shown.slot) != shown]
        now |= {shown.slot: shown for shown in shows}
        yield vars(step) | {"shows": shows}


def _rows(stage: Stage) -> Iterator[str]:
    """The table of all boxes: the value, the gradient so far, what they are."""
    for thing in stage.boxes:
        box = stage.id_of(thing)
        if isinstance(thing, Value):
            i = stage.place[thing]
            yield _row(box, stage.name_or_number(thing), value_formula(thing, stage.name_or_number), f"v{i}", f"g{i}")
        elif isinstance(thing, Fold):
            yield _row(box, plain(thing.path), ", ".join(stage.lines(thing)[1:]), f"{box}v", f"{box}g")
        else:
            numbers = stage.numbers([value.data for value in thing.values])
            yield _row(box, counted(len(thing.values), "input"), numbers, "", "")


def _row(box: str, *cells: str) -> str:
    name, formula, value, gradient = map(html.escape, cells)
    return (
        f'<tr id="row-{box}"><th scope="row">{name}</th><td class="v" data-slot="{value}"></td>'
        f'<td class="g" data-slot="{gradient}"></td><td class="f">{formula}</td></tr>\n'
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
