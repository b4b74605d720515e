"""The training loop that everybody would otherwise write again: fit, evaluate, predict.

What is recorded is the loss of one sample: its inputs, its targets and what Dropout multiplies by are columns
of a row. An update replays it over the rows of a batch, with the parameters in one array, which goes into
their Values after each epoch and whenever anybody looks.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import optim
from ..boundary.arguments import boolean, integer
from ..nn.losses import loss_spec
from ..optim.clipping import checked_limit
from .data import Array, inputs_of, targets_of, weights_of
from .history import History
from .metrics import Examination, Metric, named_metrics
from .model import check_model, forward_of, mode, modules_of, probe
from .monitor import EarlyStopping, Watch
from .progress import Progress
from .update import Training

__all__ = ["EarlyStopping", "History", "evaluate", "fit", "predict"]

Model = Callable[[Any], Any]
Loss = str | Callable[[Any, Any], Any]


def fit(
    model: Model, X: Any, y: Any, loss: Loss, optimizer: str | optim.Optimizer = "sgd", epochs: int = 1,
    batch_size: int | None = 32, *, validation_data: tuple[Any, Any] | None = None,
    metrics: Sequence[str | Metric] = (), shuffle: bool = True, seed: int | None = None,
    callbacks: Sequence[Any] = (), early_stopping: int | EarlyStopping | None = None, reduction: str = "mean",
    penalty: Callable[[Any], Any] | None = None, sample_weight: Any = None,
    schedule: optim.LRScheduler | None = None, clip_norm: float | None = None,
    clip_value: float | None = None, progress: bool = True, threads: int = 1,
) -> History:
    """Train a model on X (samples, inputs) and y, (samples,) or (samples, outputs).

    model: what makes outputs from a list of inputs, with parameters().
    loss: a name, see nn.losses.LOSSES, or a function (outputs, target) of Values, whose target is a row of y
    as floats; for classes give it one-hot rows, np.eye(K)[y]. By name, y has class labels 0, 1, 2, … or
    one-hot rows for "cross_entropy" and "multiclass_hinge", 1 and -1 for "hinge", 0 and 1 for
    "binary_cross_entropy", numbers for the others.
    optimizer: a name, with the defaults of its class in `optim`, or such an object; it may have some of the
    parameters only, and the others stay.
    batch_size: the samples of an update; 1 is one after the other, None all at once.

    validation_data: (X, y), measured after each epoch.
    metrics: "accuracy", names of losses, or functions (outputs, target) of a sample.
    shuffle: a new order in each epoch. seed: of that order and of Dropout; without one it comes from Python's
    `random`, so that random.seed repeats all of it.
    callbacks: called as callback(epoch, logs) after each epoch, counted from 1; one that returns True ends
    training. An object with on_epoch_end(epoch, logs) or on_batch_end(update, logs) has those called.
    early_stopping: how many epochs to wait for a better one, or EarlyStopping(…).
    reduction: the "mean" over the samples of an update, weighted by sample_weight, or the "sum".
    penalty: a function of the model, such as nn.L2(1e-4), added once in each update.
    schedule: changes the learning rate after each epoch.
    clip_norm, clip_value: the largest length of the gradient, and the largest size of each of its numbers.
    progress: a bar. threads: for large batches; the numbers do not depend on it.

    The History has the loss of each epoch, which is the mean over its samples (or the sum) as they were used,
    with the mean penalty; val_loss is without. Accuracy, of one output: the classes part at 0 for
    "binary_cross_entropy", "hinge" and labels -1 and 1, at 0.5 for labels 0 and 1 and another loss.

    Model and loss are recorded on a tape. If they can't be, a warning says why and they run sample by sample.
    Other numbers that loss, penalty and metrics use stay those of the beginning, even if a callback changes
    them. Ctrl-C ends training with a warning, and the model keeps its last update; with early stopping, its
    best epoch.

    FloatingPointError when the loss, a gradient or a parameter is not finite: it says where that began, and
    the model keeps the last parameters that are finite. TypeError, ValueError for arguments that don't fit:
    nothing has changed then.
    """
    training = Training(model, X, y, loss, optimizer, reduction, penalty, sample_weight, seed)
    training.clip_norm = None if clip_norm is None else checked_limit("clip_norm", clip_norm)
    training.clip_value = None if clip_value is None else checked_limit("clip_value", clip_value)
    training.threads, epochs = integer("threads", threads), integer("epochs", epochs)
    batch = training.samples if batch_size is None else min(integer("batch_size", batch_size), training.samples)
    training.prepare(batch, epochs)
    watch = Watch(training, epochs, validation_data, metrics, early_stopping, schedule, callbacks)
    history = History(watch.names)
    updates, epoch = -(-training.samples // batch), 1
    shuffle = boolean("shuffle", shuffle) and updates > 1
    with mode(training.modules, True), training.written_back(), Progress(progress, epochs, updates) as bar:
        try:
            for epoch in range(1, epochs + 1):
                loss_of_epoch = one_epoch(training, watch, bar, epoch, batch, shuffle)
                logs = watch.measured(loss_of_epoch)
                history.append(logs)
                bar.show(epoch, logs)
                history.stopped = watch.after_epoch(epoch, logs)
                if history.stopped:
                    break
        except KeyboardInterrupt:
            history.stopped = f"interrupted in epoch {epoch}"
        history.best_epoch = watch.bring_back_best()
    if history.stopped.startswith("interrupted"):
        kept = f"those of epoch {history.best_epoch}" if history.best_epoch else "those of the last update"
        warnings.warn(f"training was {history.stopped}; its parameters are {kept}", stacklevel=2)
    return history


def one_epoch(
    training: Training, watch: Watch, bar: Progress, epoch: int, batch: int, shuffle: bool
) -> float:
    """All samples once, in updates of `batch` samples; the loss as it was in the course of it."""
    order = training.rng.permutation(training.samples) if shuffle else None
    starts = range(0, training.samples, batch)
    losses = penalties = weights = 0.0
    training.begin_epoch()
    for k, start in enumerate(starts, 1):
        part = slice(start, start + batch) if order is None else order[start:start + batch]
        loss, penalty, weight = training.update(part, f"epoch {epoch}, update {k}")
        losses += loss if training.reduction == "sum" else loss * weight
        penalties += penalty
        weights += weight
        watch.after_update((epoch - 1) * len(starts) + k, loss + penalty)
        bar.advance()
    training.check_numbers(f"epoch {epoch}")
    return losses / (1.0 if training.reduction == "sum" else weights) + penalties / len(starts)


def evaluate(
    model: Model, X: Any, y: Any, loss: Loss, metrics: Sequence[str | Metric] = (), *,
    reduction: str = "mean", sample_weight: Any = None, threads: int = 1,
) -> dict[str, float]:
    """{"loss": …, "accuracy": …}: the loss and the metrics of a model over samples, as `fit` has them."""
    x, known = inputs_of(X), loss_spec(loss)
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction: 'mean' or 'sum' is expected, got {reduction!r}")
    modules = modules_of(model)
    targets = targets_of(y, len(x), known.targets, probe(model, modules, x[0])[0])
    weights = weights_of(sample_weight, len(x))
    forward = forward_of(model, modules, x, len(x))
    examination = Examination(forward, x, targets, known, named_metrics(metrics), weights)
    with mode(modules, False):
        return examination.results(reduction, integer("threads", threads))


def predict(model: Model, X: Any, *, threads: int = 1) -> Array:
    """The outputs of a model for X (samples, inputs): (samples,) for one output, else (samples, outputs).

    Of a classifier these are scores: predict(model, X).argmax(axis=1) are the classes.
    """
    x = inputs_of(X)
    check_model(model)
    modules = modules_of(model)
    forward = forward_of(model, modules, x, len(x))
    with mode(modules, False):
        return forward(x, threads=integer("threads", threads))
