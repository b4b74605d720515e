"""fit, evaluate and predict: the training loop, and a model over many samples.

The loop is short, as update.py has the updates and monitor.py everything between them. data.py checks samples,
model.py and metrics.py prepare a model and its metrics, per_sample.py runs a function of a sample over many.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import optim
from ..boundary.arguments import boolean, integer
from ..boundary.warning import warn
from ..nn.losses import loss_spec
from ..tape.arguments import precision
from .data import Array, inputs_of, split_off, targets_of, weights_of
from .history import History
from .metrics import Evaluator, Metric, named_metrics
from .model import check_model, evaluation_mode, modules_of, training_mode
from .monitor import EarlyStopping, Monitor
from .per_sample import outputs_and_dropouts, predictor
from .progress import Progress
from .update import Training, checked_reduction

__all__ = ["EarlyStopping", "History", "evaluate", "fit", "predict"]

Model = Callable[[Any], Any]
Loss = str | Callable[[Any, Any], Any]


def fit(
    model: Model, X: Any, y: Any, loss: Loss, optimizer: str | optim.Optimizer = "sgd", epochs: int = 1,
    batch_size: int | None = 32, *, lr: float | None = None, validation_data: tuple[Any, ...] | None = None,
    validation_split: float | None = 0.0, metrics: Sequence[str | Metric] | None = (), shuffle: bool = True,
    seed: int | np.random.Generator | None = None, callbacks: Sequence[Any] | None = (),
    early_stopping: int | EarlyStopping | None = None, reduction: str = "mean",
    penalty: Callable[[Any], Any] | None = None, sample_weight: Any = None,
    schedule: optim.LRScheduler | None = None, clip_norm: float | None = None,
    clip_value: float | None = None, progress: bool = True, threads: int = 1, dtype: Any = "float64",
) -> History:
    """Train a model on samples.

    The loss of one sample is recorded on a tape once, and the tape runs over each batch. Where that is not possible,
    a warning says why, and model and loss are called for each sample. Numbers that loss, penalty and metrics use
    besides parameters and samples keep the values from the start, even if a callback changes them. Another warning
    tells of a model that ends in sigmoid or softmax, where the loss takes logits.

    The parameters are in their Values after each epoch, and whenever a callback runs. Ctrl-C ends training with a
    warning: the model keeps its last update or, with early stopping, gets back its best epoch.

    Args:
        model: A Module, or any function of a list of inputs. With an optimizer by name it needs parameters().
        X: Inputs (samples, inputs).
        y: Targets (samples,) or (samples, outputs). For "cross_entropy" and "multiclass_hinge" labels 0, 1, 2, … or
            one-hot rows, for "hinge" 1 and -1, for "binary_cross_entropy" 0 to 1, for other names any numbers.
        loss: A name in nn.losses.LOSSES, or a function (outputs, target) of Values for one sample, whose target is
            a row of y as floats, or the number itself. With labels, take(outputs, target) is the output of the class.
        optimizer: An optimiser, which may have only some of the parameters: the others stay as they are. Or the
            name of one with its defaults: "sgd", "adagrad", "rmsprop", "adam" or "adamw".
        lr: The learning rate of an optimizer that is given by its name.
        epochs: How often all samples are used.
        batch_size: Samples in an update; None for all of them.
        validation_data: A pair (X, y) on which loss and metrics are evaluated after each epoch; or (X, y, weights).
        validation_split: Or the fraction of the samples that are held out for it: the last ones as they were given,
            before any shuffling, with their sample_weight.
        metrics: "accuracy", "f1", "f1_macro", "r2", names in nn.losses.LOSSES, or functions (outputs, target) of one
            sample. For one output the threshold between two classes is 0 for "binary_cross_entropy", "hinge" and
            for the labels -1 and 1, else 0.5.
        shuffle: Whether each epoch takes the samples in a new order.
        seed: Seed of that order and of Dropout, or a NumPy Generator to draw them from, so that trainings continue
            one another. Without one, Python's `random` makes it, so that random.seed repeats a training.
        callbacks: Functions (epoch, logs) to call after each epoch, counted from 1. One that returns True ends
            training. An object may have on_epoch_end(epoch, logs) instead, and on_train_begin(logs),
            on_epoch_begin(epoch, logs), on_batch_end(update, logs) and on_train_end(logs); at a begin, logs is empty.
        early_stopping: Epochs to wait for an improvement, or EarlyStopping(…).
        reduction: "mean" over the samples of an update, weighted by sample_weight, or "sum".
        penalty: A function of the model, such as nn.L2(1e-4), whose Value is added once in each update.
        sample_weight: Weights (samples,), 0 or more.
        schedule: A schedule of the optimiser's learning rate, stepped after each epoch. "lr" in the History is the
            rate of the first parameter group.
        clip_norm: Limit on the norm of the gradient in an update.
        clip_value: Limit on the size of each number of the gradient; it is applied first.
        progress: Whether to show a bar.
        threads: Threads for large batches. The numbers do not depend on it.
        dtype: "float64", or "float32" for half the memory and more speed: the precision in which the tape computes
            losses and gradients, and validation computes outputs. The parameters themselves and the state of the
            optimizer stay in float64. It does not count where no tape can be recorded.

    Returns:
        The History. Its loss is the mean over the samples of an epoch (or the sum), each evaluated before its own
        update, plus the mean penalty. "val_loss" has no penalty.

    Raises:
        TypeError: An argument of another type. Nothing has changed then.
        ValueError: An argument out of its range, or one that does not fit the others. Nothing has changed then.
        FloatingPointError: The loss, a gradient or a parameter is not finite. The message has the operation and the
            sample with which that began; the model keeps the last finite parameters. (Metrics may be infinite or nan,
            as in `evaluate`.)
    """
    X, y, sample_weight, validation_data = split_off(X, y, sample_weight, validation_data, validation_split)
    training = Training(
        model, X, y, loss, optimizer, lr, epochs=epochs, batch_size=batch_size, reduction=reduction, penalty=penalty,
        sample_weight=sample_weight, seed=seed, clip_norm=clip_norm, clip_value=clip_value, threads=threads,
        dtype=dtype,
    )
    for text in training.warnings:
        warn(text, stacklevel=2)
    monitor = Monitor(training, validation_data, metrics, early_stopping, schedule, callbacks)
    history = History(monitor.names)
    shuffle = boolean("shuffle", shuffle) and training.updates > 1
    try:
        with training_mode(training.modules), Progress(progress, training.epochs, training.updates) as bar:
            _run(training, monitor, history, bar, shuffle)
    finally:
        training.parameters.write()
    if history.stopped.startswith("interrupted"):
        kept = f"those of epoch {history.best_epoch}" if history.best_epoch else "those of the last update"
        warn(f"training was {history.stopped}; its parameters are {kept}", stacklevel=2)
    return history


def _run(training: Training, monitor: Monitor, history: History, bar: Progress, shuffle: bool) -> None:
    """Train for all epochs, or until somebody ends it; then the parameters are in their Values."""
    epoch = 1
    try:
        try:
            monitor.before_training()
            for epoch in range(1, training.epochs + 1):
                monitor.before_epoch(epoch)
                logs = monitor.evaluate(_run_epoch(training, monitor, bar, epoch, shuffle))
                history.append(logs)
                bar.end_epoch(epoch, logs)
                history.stopped = monitor.after_epoch(epoch, logs)
                if history.stopped:
                    break
        except KeyboardInterrupt:
            history.stopped = f"interrupted in epoch {epoch}"
        history.best_epoch = monitor.restore_best()
        monitor.after_training(history)
    finally:
        training.parameters.write()             # fit does it once more, since Ctrl-C may interrupt this


def _run_epoch(training: Training, monitor: Monitor, bar: Progress, epoch: int, shuffle: bool) -> float:
    """Use all samples once. Returns the loss of the epoch, with the mean penalty."""
    order = training.rng.permutation(training.samples) if shuffle else None
    losses = penalties = weights = 0.0
    training.parameters.begin_epoch()
    for k in range(1, training.updates + 1):
        batch = slice((k - 1) * training.batch_size, k * training.batch_size)
        part = batch if order is None else order[batch]
        loss, penalty, weight = training.update(part, f"epoch {epoch}, update {k}")
        losses += loss if training.reduction == "sum" else loss * weight
        penalties += penalty
        weights += weight
        monitor.after_update((epoch - 1) * training.updates + k, loss + penalty)
        bar.advance()
    training.parameters.check_finite(f"epoch {epoch}")
    return losses / (1.0 if training.reduction == "sum" else weights) + penalties / training.updates


def evaluate(
    model: Model, X: Any, y: Any, loss: Loss, metrics: Sequence[str | Metric] | None = (), *,
    reduction: str = "mean", sample_weight: Any = None, threads: int = 1, dtype: Any = "float64",
) -> dict[str, float]:
    """The loss and the metrics of a model over samples, in evaluation mode.

    Args:
        model: A Module, or any function of a list of inputs.
        X: Inputs (samples, inputs).
        y: Targets (samples,) or (samples, outputs), as for `fit`.
        loss: A name, or a function (outputs, target), as for `fit`.
        metrics: As for `fit`.
        reduction: Whether the loss is the "mean" over the samples or the "sum"; metrics are means or scores.
        sample_weight: Weights (samples,) for loss and metrics, 0 or more.
        threads: Threads for many samples. The numbers do not depend on it.
        dtype: "float64" or "float32": the precision of the outputs, of which loss and metrics are computed in float64.

    Returns:
        The numbers by name, such as {"loss": 0.3, "accuracy": 0.9}. Model, loss and metrics follow IEEE 754, whatever
        the number of samples: 1/0 is inf, (-1)**0.5 is nan.

    Raises:
        FloatingPointError: Python itself raised, as math.exp(1000) does. The message has the sample.
        TypeError: An argument of another type.
        ValueError: An argument out of its range, or one that does not fit the others.
    """
    x, spec, kind = inputs_of(X), loss_spec(loss), precision(dtype)
    checked_reduction(reduction)
    modules = modules_of(model)
    targets = targets_of(y, len(x), spec.targets, outputs_and_dropouts(model, modules, x[0], spec)[0])
    weights = weights_of(sample_weight, len(x))
    forward = predictor(model, modules, x, len(x), dtype=kind)
    evaluator = Evaluator(forward, x, targets, spec, named_metrics(metrics), weights)
    with evaluation_mode(modules):
        return evaluator.results(reduction, integer("threads", threads))


def predict(model: Model, X: Any, *, threads: int = 1, dtype: Any = "float64") -> Array:
    """The outputs of a model for samples, in evaluation mode.

    Args:
        model: A Module, or any function of a list of inputs.
        X: Inputs (samples, inputs).
        threads: Threads for many samples. The numbers do not depend on it.
        dtype: "float64" or "float32", of the outputs; the tape computes in this precision.

    Returns:
        The outputs: (samples,) for one output, else (samples, outputs). Those of a classifier are logits
        or scores; predict(model, X).argmax(axis=1) are the classes. They may be infinite or nan, as in `evaluate`.

    Raises:
        FloatingPointError: Python itself raised, as math.exp(1000) does. The message has the sample.
        TypeError: An argument of another type.
        ValueError: X of another shape, or with numbers that are not finite.
    """
    x, kind = inputs_of(X), precision(dtype)
    check_model(model)
    modules = modules_of(model)
    forward = predictor(model, modules, x, len(x), dtype=kind)
    with evaluation_mode(modules):
        return forward(x, threads=integer("threads", threads))
