"""What happens in a model for all samples: on a tape, or one by one where none can be recorded."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.gradients import gradients
from ..engine.graph import topological_order
from ..engine.value import Value
from ..tape.tape import Tape, record
from ..training.data import Array
from .arguments import Subject
from .layers import FoundLayer
from .net_input_gradients import gradients_by

MOST_NUMBERS = 10_000_000       # inputs and activations that are looked at: 80 MB, and several arrays of them
EAGER_SAMPLES = 100             # where no tape can be recorded


class Sample(NamedTuple):
    """The graph of one sample: its loss, its layers, and which parameters are in it."""

    loss: Value
    layers: list[FoundLayer]
    reached: Array


class Activity(NamedTuple):
    """A layer, as it is in one sample, and arrays (samples, units) of what it does in all.

    outputs: what the units give. arriving: the gradients of a sample's loss by their net inputs. There nan is
    for a unit that a sample does not have, and what is nan itself is infinite.
    """

    layer: FoundLayer
    outputs: Array
    arriving: Array


class Numbers(NamedTuple):
    """What was found. losses: of each sample. gradient: of the mean loss, by the parameters.

    silent: which parameters have a gradient of 0 for all samples. reached: those that the loss depends on.
    slow: why there is no tape, "" if there is.
    """

    layers: list[Activity]
    losses: Array
    gradient: Array
    silent: Array
    reached: Array
    slow: str


def numbers_of(subject: Subject) -> Numbers:
    """The numbers of all samples; of some, that the subject keeps to, where these are too many."""
    recorded = _recorded(subject)
    return _one_by_one(subject, recorded) if isinstance(recorded, str) else _replayed(subject, *recorded)


def in_full(subject: Subject, k: int) -> Sample:
    """A sample whose inputs are Values, so that what is made of them is in the graph."""
    x, target = subject.x[k].astype(float).tolist(), subject.targets[k].tolist()
    try:
        return _of_sample(subject, [Value(each, f"x[{i}]") for i, each in enumerate(x)], target)
    except Exception:                           # the model takes plain numbers only
        return _of_sample(subject, x, target)


def _of_sample(subject: Subject, x: Any, target: Any) -> Sample:
    outputs = subject.model(x)
    loss = subject.loss.loss(outputs, target)
    if type(loss) is not Value:                 # of this sample it may be a constant
        loss = Value(loss, requires_grad=False)
    each = outputs if hasattr(outputs, "__len__") else [outputs]
    layers = subject.finder.found(*([value for value in part if type(value) is Value] for part in (each, x)))
    reached = np.zeros(len(subject.parameters), bool)
    reached[[subject.places[leaf] for leaf in topological_order(loss) if leaf in subject.places]] = True
    return Sample(loss, layers, reached)


def _marked(array: Any) -> Array:
    """inf for nan, which stands for what is not there."""
    return np.where(np.isnan(array), np.inf, array)


# ---- on a tape

def _recorded(subject: Subject) -> tuple[Tape, Sample] | str:
    """A tape whose outputs are the loss, each unit and each net input; or why there is none."""
    seen: list[Sample] = []

    def numbers_of_sample(x: Any, target: Any) -> list[Value]:
        loss, layers, _ = sample = _of_sample(subject, x, target)
        seen.append(sample)
        units = [unit for layer in layers for unit in layer.units]
        return [loss, *units, *(x for layer in layers for x in layer.net_inputs)]

    example = subject.x[0].astype(float).tolist(), subject.targets[0].tolist()
    try:
        tape = record(numbers_of_sample, *example, parameters=subject.parameters, check=not subject.is_known)
    except Exception as error:                  # whatever it is: it runs eagerly, or has been seen to
        return str(error) or type(error).__name__
    return tape, seen[0]


def _replayed(subject: Subject, tape: Tape, sample: Sample) -> Numbers:
    subject.take_some(MOST_NUMBERS // (len(tape.inputs) + len(tape.program.outputs)))
    rows = np.column_stack([subject.x, subject.targets]).astype(float)
    losses, *outputs = tape(rows).T
    gradient = tape.value_and_grad(rows)[1]
    # parts that cancel in the mean do not cancel under other weights
    uneven = tape.value_and_grad(rows, np.random.default_rng(0).uniform(1.0, 2.0, len(rows)))[1]
    units = len(outputs) // 2                   # and as many net inputs
    arriving = gradients_by(tape, tape.program.outputs[1 + units:], rows)
    layers, end = [], 0
    for layer in sample.layers:
        its = slice(end, end := end + len(layer.units))
        layers.append(Activity(layer, _marked(np.transpose(outputs[its])), _marked(arriving[:, its])))
    return Numbers(layers, losses, gradient, (gradient == 0.0) & (uneven == 0.0), sample.reached, "")


# ---- without one

def _one_by_one(subject: Subject, slow: str) -> Numbers:
    subject.take_some(EAGER_SAMPLES)
    losses = np.zeros(len(subject.x))
    slopes = np.zeros((len(losses), len(subject.parameters)))
    reached = np.zeros(len(subject.parameters), bool)
    widest: dict[str, FoundLayer] = {}
    rows: list[dict[str, Array]] = []
    for k in range(len(losses)):
        loss, layers, its = in_full(subject, k)
        losses[k], slopes[k] = loss.data, _gradients_at(loss, subject.parameters)
        reached |= its
        for layer in layers:
            widest[layer.name] = max(widest.get(layer.name, layer), layer, key=lambda each: len(each.units))
        rows.append({
            layer.name: _marked([[x.data for x in layer.units], _gradients_at(loss, layer.net_inputs)])
            for layer in layers
        })
    found = []
    for name, layer in widest.items():
        both = np.full((2, len(rows), len(layer.units)), np.nan)
        for k, row in enumerate(rows):
            if name in row:
                both[:, k, :row[name].shape[1]] = row[name]
        found.append(Activity(layer, *both))
    gradient = (slopes / len(losses)).sum(axis=0)
    return Numbers(found, losses, gradient, (slopes == 0.0).all(axis=0), reached, slow)


def _gradients_at(loss: Value, values: Sequence[Value]) -> Array:
    """The gradients by values, 0 by those that require none."""
    found = np.zeros(len(values))
    moving = [k for k, value in enumerate(values) if value.requires_grad]
    if loss.requires_grad:
        found[moving] = gradients(loss, [values[k] for k in moving])
    return found
