"""A training as it goes: a copy of a model is trained on samples, and its parameters are kept from epoch to epoch."""
from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ... import optim, vectors
from ...boundary.arguments import integer
from ...boundary.text import one_line
from ...nn.layers import as_list
from ...nn.losses import LossSpec, loss_spec
from ...tape.tape import Tape, record
from ...training.data import Array, inputs_of, targets_of
from ...training.fit import fit
from ...training.model import check_model, evaluation_mode, is_built_in, modules_of, optimizer_for
from ...training.per_sample import floats_of, outputs_and_dropouts
from ..names import plain

MOST_FRAMES = 120
MOST_NUMBERS = 40_000           # that a film keeps: 0.4 MB of the page
MOST_SAMPLES = 1000             # of which a page shows gradients

Loss: TypeAlias = str | Callable[[Any, Any], Any]


@dataclass
class Course:
    """A training, frame by frame.

    Attributes:
        model: The copy that was trained.
        optimizer: Its optimiser.
        spec: The loss.
        loss_tape: The loss of one sample, and behind it the outputs.
        output_tape: The outputs alone, with the same parameters in the same order.
        inputs: The names of the inputs.
        rows: The samples shown, inputs and targets side by side.
        samples: The number of all samples.
        outputs: The number of outputs; None for one that is not in a list.
        batch_size: The samples of an update.
        epochs: The epoch of each frame, from 0.
        numbers: The parameters of each frame.
        losses: The mean loss over all samples in each frame.
        ended: Why the training ended before its last epoch; "" if it did not.
    """

    model: Any
    optimizer: optim.Optimizer
    spec: LossSpec
    loss_tape: Tape
    output_tape: Tape
    inputs: list[str]
    rows: Array
    samples: int
    outputs: int | None
    batch_size: int
    epochs: list[int] = field(default_factory=list)
    numbers: list[Array] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    ended: str = ""


def course_of(
    model: Any, X: Any, y: Any, *, loss: Loss, optimizer: str | optim.Optimizer, lr: float | None,  # noqa: N803
    epochs: int, batch_size: int | None, seed: Any,
) -> Course:
    """Train a copy of a model; the model itself stays as it is.

    Raises:
        TypeError, ValueError: As `fit` does; also if the model cannot be recorded, or has too many parameters.
    """
    check_model(model)
    model, optimizer = copy.deepcopy((model, optimizer_for(model, optimizer, lr)))
    epochs, spec, x = integer("epochs", epochs), loss_spec(loss), inputs_of(X)
    size = len(x) if batch_size is None else min(len(x), integer("batch_size", batch_size))
    outputs, _ = outputs_and_dropouts(model, modules_of(model), x[0], spec)
    t = targets_of(y, len(x), spec.targets, outputs)
    rows = np.column_stack([x, t])
    loss_tape, output_tape = _tapes(model, spec, x[0], t[0])
    shown = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_SAMPLES)).astype(int))
    course = Course(
        model, optimizer, spec, loss_tape, output_tape, _names(X, x), rows[shown], len(x), outputs, size
    )
    frames = min(epochs + 1, MOST_FRAMES, MOST_NUMBERS // max(1, len(loss_tape.parameters)))
    if frames < 2:
        raise ValueError(
            f"model: a film keeps up to {MOST_NUMBERS // 2:,} parameters, got {len(loss_tape.parameters):,}; "
            "fit trains any number of them, and plot_history draws how"
        )
    wanted = {*np.linspace(0, epochs, frames).round().astype(int).tolist()}

    def keep(epoch: int, _: Any = None) -> None:
        if epoch in wanted:
            course.epochs.append(epoch)
            course.numbers.append(vectors.read(loss_tape.parameters))
            course.losses.append(float(loss_tape(rows)[..., 0].mean()))

    keep(0)
    try:
        fit(
            model, x, y, loss, optimizer, epochs, batch_size, seed=seed, callbacks=[keep], progress=False,
        )
    except FloatingPointError as error:
        course.ended = str(error)
    return course


def _names(given: Any, x: Array) -> list[str]:
    """The columns of a DataFrame, else x1, x2, … as in the diagram."""
    columns = getattr(given, "columns", None)
    return [f"x{k + 1}" for k in range(x.shape[1])] if columns is None else [plain(one_line(name)) for name in columns]


def _tapes(model: Any, spec: LossSpec, inputs: Array, target: Array) -> tuple[Tape, Tape]:
    """The loss and the outputs of a sample, and the outputs alone, in evaluation mode."""
    x, t = floats_of(inputs), floats_of(np.asarray(target))
    check = not (is_built_in(model) and is_built_in(spec.loss))

    def both(x: Any, t: Any) -> list[Any]:
        outputs = model(x)
        return [spec.loss(outputs, t), *as_list(outputs)]

    with evaluation_mode(modules_of(model)):
        try:
            loss = record(both, x, t, check=check)
            outputs = record(model, x, parameters=loss.parameters, check=check)
        except (TypeError, ValueError) as error:
            raise type(error)(f"model: a film needs a model that can be recorded on a tape; {error}") from error
    return loss, outputs
