"""The page of a film of a training: what of a course it gets as data, and its frame."""
from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from ... import optim
from ...boundary.text import one_line
from ...nn.module import Module
from ...tape.tape import Tape
from ...training.data import Array
from ..names import plain, readable
from ..network.arrangement import Arrangement
from ..network.units import Numbers, units_of
from ..page.linking import script
from ..reel.drawing import Reel
from ..reel.saving import FilmPage
from ..wording import counted
from .course import Course
from .training_reel import training_reel

FOLDER = Path(__file__).parent
MOST_UNITS = 12                 # that the diagram shows of a column
MARGIN = 0.15                   # beside the samples in the plane, as a share of their range
TEXT_HEIGHT = 0.2               # of a line of a heading, in inches


class TrainingPlayer(FilmPage):
    """A page with the film of a training on a data set, as `play(model, X, y)` returns it.

    Buttons, a slider and keys (space, arrows, Home, End, + and −) lead through the epochs. A click on a weight shows
    its numbers, and how its gradient is found.

    Attributes:
        course: The training: course.epochs, course.losses and course.numbers (the parameters) of each frame.
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook, in pixels.
    """

    def __init__(self, course: Course, digits: int) -> None:
        self.course = course
        model = course.model
        name = model.describe() if isinstance(model, Module) else type(model).__name__
        title = f"Training {plain(name)} on {counted(course.samples, 'sample')}"
        tapes = course.loss_tape, course.output_tape
        operations = {operation.name for tape in tapes for operation, _ in tape.program.instructions}
        style = "".join(
            files(package).joinpath(name).read_text(encoding="utf-8")
            for package, name in (("autograd_tiny.show.page", "page.css"), (__package__, "film.css"))
        )
        self._data = _data(course, title, digits)
        super().__init__(
            title, '<main class="page" id="film"></main>', style=style,
            script=script(FOLDER / "film.js", self._data, operations), height=900,
        )

    def _reel(self, theme: str) -> Reel:
        return training_reel(self.title, self.course, self._data, theme)


def _data(course: Course, title: str, digits: int) -> dict[str, Any]:
    inputs = len(course.output_tape.inputs)
    names = [plain(one_line(parameter.label)) or f"parameter {k + 1}"
             for k, parameter in enumerate(course.loss_tape.parameters)]
    targets = len(course.loss_tape.inputs) - inputs
    target_names = ["target"] if targets == 1 else [f"target{k + 1}" for k in range(targets)]
    return {
        "title": title, "says": _says(course), "ended": course.ended, "digits": digits, "names": names,
        "epochs": course.epochs, "losses": course.losses, "numbers": _packed(np.array(course.numbers)),
        "loss": _program(course.loss_tape, [*course.inputs, *target_names]),
        "outputs": _program(course.output_tape, course.inputs), "rows": _packed(course.rows),
        "samples": course.samples, "shown": len(course.rows), "rate": _plain_rate(course),
        "plane": _sides(course.rows[:, :inputs]) if inputs <= 2 else None,
        "classes": _classes(course), "diagram": _diagram(course),
    }


def _says(course: Course) -> str:
    batch = "all samples" if course.batch_size == course.samples else counted(course.batch_size, "sample")
    optimizer = course.optimizer
    return f"{type(optimizer).__name__}, learning rate {readable(optimizer.lr, 4)}, {batch} in an update"


def _plain_rate(course: Course) -> float | None:
    """The rate if an update is x − rate · gradient over all samples, and there is a frame for each."""
    group, *others = course.optimizer.param_groups
    if type(course.optimizer) is not optim.SGD or others or group["momentum"] or group["weight_decay"]:
        return None
    is_whole = course.batch_size == course.samples == len(course.rows) and course.epochs == [*range(len(course.epochs))]
    return course.optimizer.lr if is_whole else None


def _packed(numbers: Array) -> str:
    """Numbers of double precision, from the lowest byte, in base64."""
    return b64encode(np.ascontiguousarray(numbers, dtype="<f8").tobytes()).decode()


def _program(tape: Tape, inputs: list[str]) -> dict[str, Any]:
    program = tape.program
    return {
        "inputs": inputs, "parameters": len(tape.parameters),
        "constants": [*program.constants], "outputs": [*program.outputs],
        "instructions": [[operation.name, *operands] for operation, operands in program.instructions],
    }


def _sides(points: Array) -> list[list[float]]:
    """For each input, where the picture begins and ends."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, MARGIN * (high - low), 1.0)
    return [[float(a), float(b)] for a, b in zip(low - room, high + room, strict=True)]


def _classes(course: Course) -> dict[str, Any] | None:
    """The class of each sample, and the output between two classes; None for targets that are numbers."""
    targets = course.rows[:, len(course.output_tape.inputs):]
    if course.outputs is not None and course.outputs > 1:
        if not np.isin(targets, (0.0, 1.0)).all() or not (targets.sum(axis=1) == 1.0).all():
            return None
        return {"of": targets.argmax(axis=1).tolist(), "names": [str(k) for k in range(course.outputs)]}
    found = {*targets[:, 0].tolist()} if targets.shape[1] == 1 else set()
    pair = next((pair for pair in ([0, 1], [-1, 1]) if found and found <= {*pair}), None)
    if pair is None:
        return None
    threshold = course.spec.threshold
    between = (0.0 if -1 in pair else 0.5) if threshold is None else threshold
    names = [str(label).replace("-", "−") for label in pair]
    return {"of": [pair.index(int(x)) for x in targets[:, 0]], "names": names, "threshold": between}


def _diagram(course: Course) -> dict[str, Any] | None:
    """The units and the lines between them, in inches; None for a model of which there is no diagram."""
    try:
        columns, lines = units_of(course.model)
    except (TypeError, ValueError):
        return None
    placed = Arrangement(columns, lines, MOST_UNITS, Numbers("weight", 2))
    place = {parameter: k for k, parameter in enumerate(course.loss_tape.parameters)}
    numbers = {at: k for k, at in enumerate(placed.at)}
    units = [
        {"at": at, "name": plain(unit.name), "caption": unit.caption, "is": unit.activation,
         "bias": place.get(unit.bias) if unit.bias is not None else None}
        for (c, k), at in placed.at.items() for unit in [columns[c].units[k]]
    ]
    headings = [placed.heading(c) for c in range(len(columns))]
    return {
        "units": units, "headings": [{"x": c * placed.gap, "lines": lines} for c, lines in enumerate(headings)],
        "more": [[c * placed.gap, y] for c, row in enumerate(placed.rows)
                 for k, y in zip(row, placed.ys[c], strict=True) if k is None],
        "lines": [
            {"from": numbers[line.tail], "to": numbers[line.head], "weight": place[line.weight],
             "by": placed.lanes.get(line, [])}
            for line in placed.lines if line.weight in place
        ],
        "left": -placed.width / 2, "right": (len(columns) - 1) * placed.gap + placed.width / 2,
        "top": placed.top + TEXT_HEIGHT * max(map(len, headings)), "bottom": placed.bottom,
    }
