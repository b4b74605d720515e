"""play: a forward and a backward pass, or a training, as a film on a page of its own.

The film of a training on a whole data set is another page: show/learning/.
"""
from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe
from ...engine.graph import topological_order
from ...engine.outdated import first_outdated
from ...engine.value import Value
from ..foreign_values import Measured, translated
from ..graph.arguments import check, check_size, folding_of
from ..graph.drawing import dot_source
from ..graph.folding import Fold, is_module
from ..layered.graph_picture import GraphSvg
from ..names import plain
from ..page import as_script
from ..picture import Picture
from ..reel.drawing import Reel
from ..reel.saving import FilmPage
from ..theme import LIGHT
from ..wording import counted, listed
from .film import Film, Shown, Slot
from .film_picture import FilmPicture
from .film_reel import film_reel
from .film_scene import FilmScene
from .pass_film import pass_film

if TYPE_CHECKING:
    from ... import optim
    from ...nn.losses import Loss
    from ..learning.page import TrainingPlayer


NOTEBOOK, STAGE, AROUND, CURVES = 860, 560, 300, 232         # widths and heights in a notebook, in pixels


class Player(FilmPage):
    """A page with a film, as `play` returns it: the picture of a graph, its computation step by step, and controls.

    Buttons, a slider and keys (space, arrows, Home, End, + and −) lead through the film.

    Attributes:
        film: The film as data.
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook, in pixels.
    """

    def __init__(self, title: str, scene: FilmScene, film: Film, rankdir: str) -> None:
        self.film = film
        picture = FilmPicture(_svg(scene, rankdir))
        slots = _slots(film, picture)
        picture.mark(slots)
        self._picture = picture
        self._lines: list[str] = [slot.line for slot in slots]
        self._steps = [*_steps(film, slots, picture)]
        data = {
            "slots": self._lines,
            "steps": self._steps,
            "losses": film.losses,
            "lossTexts": [scene.number(loss) for loss in film.losses],
            "lossRange": [scene.number(end([0.0, *filter(isfinite, film.losses)])) for end in (min, max)],
        }
        super().__init__(
            title, _body(title, scene, film, slots, picture), style=_file("player.css"),
            script=f"const film = {as_script(data)};\n{_file('player.js')}",
            height=_height(picture, bool(film.losses)),
        )

    def _reel(self, theme: str) -> Reel:
        return film_reel(self.title, self.film, self._picture, self._lines, self._steps)


def play(
    output: Any, x: Any = None, target: Any = None, *, steps: int | None = None,
    epochs: int | None = None, batch_size: int | None = None, seed: Any = None,
    loss: str | Loss | None = None, optimizer: str | optim.Optimizer | None = None, lr: float | None = None,
    max_nodes: int = 200, rankdir: str = "LR", digits: int = 4, depth: int | None = None, fold: Any = (),
) -> Player | TrainingPlayer:
    """Show a computation as a film: play(f) both passes of a graph, play(model, X, y) a training.

    play(f) shows how f is computed, and how its gradients are. The forward pass fills in one value after the other.
    The backward pass takes the edges one by one, in the order of the engine: the gradient of a result times the
    local derivative flows to an operand, and gradients add up at branches. It computes gradients of its own: `.grad`
    of no Value is used or changes.

    play(model, x, target) shows a training on one sample, with a forward pass, a backward pass and an update in each
    step. It trains a copy; the model stays as it is.

    play(model, X, y) shows a training on many samples, from epoch to epoch: the weights as lines, the loss and, for
    one or two inputs, the outputs all over the line or the plane. A click on a weight shows its numbers and how its
    gradient is found. It trains a copy, too.

    Args:
        output: A Value, also of another class with micrograd's attributes; or a model, which is called with the list of
            inputs.
        x: The inputs of the sample, a list of numbers; or those of many, (samples, inputs).
        target: The target of the sample, as the loss expects it; or those of many, as for fit.
        steps: The number of updates on one sample, 10 by default.
        epochs: How often all samples are used, 100 by default.
        batch_size: Samples in an update: all by default, of which there are few in a film.
        seed: Of the order of the samples, and of Dropout, as for fit.
        loss: The loss, "squared_error" by default: a name or a function, as for fit.
        optimizer: The optimiser, "sgd" by default: a name or an Optimizer, as for fit.
        lr: The learning rate, if not the default one of the named optimizer.
        max_nodes: The largest number of boxes in the picture.
        rankdir: The direction of the picture: "LR", "RL", "TB" or "BT".
        digits: The significant digits of numbers.
        depth: Fold the modules at this depth into one box, which is one step of the film; 1 is the outermost.
        fold: Modules to fold, or their paths.

    Returns:
        A Player, or for many samples a TrainingPlayer: a page that a notebook shows, and that `save` writes to a file.

    Raises:
        TypeError: output is neither a Value nor a model with x and a target, or an argument is for another film.
        ValueError: steps or epochs is less than one, there are more boxes than max_nodes, lr is given beside an
            Optimizer, or .data has changed since the graph was computed. Also what the model, the loss and the
            optimiser raise.
    """
    check(rankdir, digits, depth)
    (output,) = translated(output)
    of_samples = {"epochs": epochs, "batch_size": batch_size, "seed": seed}
    if type(output) is Value:
        given = {"x": x, "target": target, "steps": steps, "loss": loss, "optimizer": optimizer, "lr": lr}
        _check_unused("play(f) takes a Value alone", given | of_samples, "play(model, x, target)")
        scene = _scene(output, max_nodes, digits, depth, fold)
        title = f"How {scene.name_or_number(output)} is computed, and its gradients are found"
        return Player(title, scene, pass_film(scene), rankdir)
    if not callable(output):
        raise TypeError(f"a Value is expected, or a model with x and a target, got {describe(output)}")
    if x is None or target is None:
        raise TypeError("play(model, x, target) needs the inputs and the target of a sample")
    loss = "squared_error" if loss is None else loss
    optimizer = "sgd" if optimizer is None else optimizer
    if _are_many(x):
        _check_unused("play(model, X, y) shows epochs", {"steps": steps}, "play(model, x, target), of one sample")
        from ..learning.course import course_of
        from ..learning.page import TrainingPlayer

        course = course_of(
            output, x, target, loss=loss, optimizer=optimizer, lr=lr, epochs=100 if epochs is None else epochs,
            batch_size=batch_size, seed=seed,
        )
        return TrainingPlayer(course, digits)
    _check_unused("play(model, x, target) shows steps on one sample", of_samples, "play(model, X, y), of many")
    from .training_film import TrainingRun, training_film       # here, since it needs NumPy

    run = TrainingRun(output, x, target, loss, optimizer, lr)
    scene = _scene(run.loss, max_nodes, digits, depth, fold, is_training=True)
    model = output.describe() if is_module(output) else type(output).__name__
    title = f"Training {plain(model)} on one sample"
    return Player(title, scene, training_film(run, scene, 10 if steps is None else steps), rankdir)


def _are_many(x: Any) -> bool:
    """Whether x has the inputs of many samples: an array or a DataFrame of two dimensions, or a list of lists."""
    if hasattr(x, "shape"):
        return len(x.shape) > 1
    return isinstance(x, Sequence) and not isinstance(x, str) and any(
        isinstance(row, Sequence) or bool(getattr(row, "shape", ())) for row in x
    )


def _check_unused(film: str, arguments: Mapping[str, Any], other: str) -> None:
    """TypeError for arguments that have no meaning for a film."""
    given = [name for name, argument in arguments.items() if argument is not None]
    if given:
        verb = "belongs" if len(given) == 1 else "belong"
        raise TypeError(f"{film}: {listed(given)} {verb} to {other}")


def _scene(
    output: Value, max_nodes: int, digits: int, depth: int | None, fold: Any, *, is_training: bool = False
) -> FilmScene:
    values = topological_order(output)
    scene = FilmScene(output, values, digits, folding_of(values, [output], depth, fold))
    check_size(scene, max_nodes, has_parts=not is_training)
    _check_unchanged(scene)
    return scene


def _check_unchanged(scene: FilmScene) -> None:
    """ValueError if .data has changed since the forward pass: the sentences would be wrong."""
    node = first_outdated(scene.values)
    if node is None:
        return
    if isinstance(node.operation, Measured):
        raise ValueError(f"{scene.name_or_number(node)}: {node.operation.problem}: then compute it again")
    operands = dict.fromkeys(x for x in node.operands if isinstance(x, Value))
    names = [scene.names[x] or repr(x) for x in operands]
    changed = f"{names[0]}.data" if len(names) == 1 else f".data of one of {listed(names)}"
    result, output = scene.name_or_number(node), scene.output.label and scene.name_or_number(scene.output)
    raise ValueError(
        f"{changed} has changed since {result} was computed, or {result}.data itself: "
        f"compute {output or 'the output'} again"
    )


def _svg(scene: FilmScene, rankdir: str) -> str:
    """The picture by Graphviz; where it is not installed, by the layout that the package has itself."""
    try:
        return Picture(partial(dot_source, scene, rankdir), scene.title()).svg
    except (ImportError, RuntimeError):
        drawn = GraphSvg(scene, rankdir, LIGHT).in_both_themes
        return drawn.replace("<svg ", f'<svg role="img" aria-label="{html.escape(scene.title())}" ', 1)


# ---- the film on its page

def _slots(film: Film, picture: FilmPicture) -> dict[Slot, int]:
    """A number for each slot that has a place in the picture: inside of folded modules there is none."""
    shown = dict.fromkeys(shown.slot for step in film.steps for shown in step.shows)
    return {slot: i for i, slot in enumerate(slot for slot in shown if slot.part in picture.parts)}


def _steps(film: Film, slots: Mapping[Slot, int], picture: FilmPicture) -> Iterator[dict[str, Any]]:
    """The steps as the page needs them: only contents that change, and the lit edges at folded modules."""
    now: dict[Slot, Shown] = {}
    for step in film.steps:
        changes = {x.slot: x for x in step.shows if x.slot in slots and now.get(x.slot) != x}
        now |= changes
        around = {*step.lit, *step.near}
        bundles = [name for name, ends in picture.bundles.items() if around.issuperset(ends)]
        shows = [(slots[slot], x.text, x.number) for slot, x in changes.items()]
        yield vars(step) | {"shows": shows, "bundles": bundles}


# ---- the page

def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _body(title: str, scene: FilmScene, film: Film, slots: Mapping[Slot, int], picture: FilmPicture) -> str:
    return _file("player.html").format(
        title=html.escape(title), picture=picture.svg, rows="".join(_rows(scene, slots)),
        training=_file("training.html") if film.losses else "",
    )


def _height(picture: FilmPicture, is_training: bool) -> int:
    """That of the page in a notebook of the usual width, in pixels: what player.js and player.css make of it."""
    width, height = (4 / 3 * float(picture.root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    fitting = min(1.5, NOTEBOOK / width, STAGE / height)
    return round(min(STAGE, height * (fitting if fitting >= 0.5 else 1.0)) + AROUND + is_training * CURVES)


def _rows(scene: FilmScene, slots: Mapping[Slot, int]) -> Iterator[str]:
    """The table of all boxes: name, value, gradient so far, and formula."""
    for box in scene.boxes:
        if isinstance(box, Value):
            name, formula = scene.name_or_number(box), scene.formula(box)
        elif isinstance(box, Fold):
            name, formula = plain(box.path), ", ".join(scene.lines(box)[1:])
        else:
            name = counted(len(box.values), "input")
            formula = scene.numbers([value.data for value in box.values])
        part = scene.id_of(box)
        value, gradient = slots.get(Slot(part, "value")), slots.get(Slot(part, "gradient"))
        yield (
            f'<tr id="row-{part}"><th scope="row">{html.escape(name)}</th>'
            f'<td class="v"{_mark(value)}></td><td class="g"{_mark(gradient)}></td>'
            f'<td class="f">{html.escape(formula)}</td></tr>\n'
        )


def _mark(slot: int | None) -> str:
    return "" if slot is None else f' data-slot="{slot}"'
