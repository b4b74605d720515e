"""Outputs and gradients of all units for all samples: on a tape, or sample by sample where none can be recorded.

summary.py reduces them to a few numbers for each layer.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.gradient_graph import gradients
from ..engine.graph import topological_order
from ..engine.value import Value
from ..nn.layers import as_list
from ..tape.tape import Tape, record
from ..training.data import Array
from ..training.per_sample import by_numbers, floats_of
from .arguments import Arguments
from .layers import FoundLayer
from .net_input_gradients import net_input_gradients

MAX_NUMBERS = 10_000_000        # inputs and results on a tape, for all samples: 80 MB, and several such arrays
MAX_EAGER_SAMPLES = 100         # where no tape can be recorded


class SampleGraph(NamedTuple):
    """The computation graph of one sample: its loss, its layers, and which parameters are in it."""

    loss: Value
    layers: list[FoundLayer]
    reached: Array


class LayerMeasurements(NamedTuple):
    """Arrays (samples, units) of one layer: the outputs, and the gradients of the loss arriving at the net inputs.

    nan stands for a unit that the graph of a sample lacks; a nan that was computed is stored as inf.
    """

    layer: FoundLayer           # of one sample
    outputs: Array
    arriving: Array


class Measurements(NamedTuple):
    """The measurements of all layers, and of the parameters."""

    layers: list[LayerMeasurements]
    losses: Array               # (samples,)
    gradient: Array             # of the mean loss, with respect to the parameters
    zero_gradient: Array        # whether a parameter's gradient is 0 for all samples
    reached: Array              # whether the loss depends on a parameter
    no_tape: str                # why none could be recorded; "" if one was


def measurements_of(arguments: Arguments) -> Measurements:
    """The measurements of all samples; where these are too many, `arguments` keep some."""
    recorded = _recorded(arguments)
    return _sample_by_sample(arguments, recorded) if isinstance(recorded, str) else _on_tape(arguments, *recorded)


def graph_of_sample(arguments: Arguments, k: int) -> SampleGraph:
    """The graph of a sample with its inputs as Values, so that all that is computed from them is in the graph."""
    x, target = floats_of(arguments.x[k]), floats_of(arguments.targets[k])
    try:
        return _graph(arguments, [Value(each, f"x[{i}]") for i, each in enumerate(x)], target)
    except Exception:                           # the model takes plain numbers only
        return _graph(arguments, x, target)


def _graph(arguments: Arguments, x: Any, target: Any) -> SampleGraph:
    outputs = arguments.model(x)
    loss = arguments.loss.loss(outputs, target)
    if type(loss) is not Value:                 # for some samples it may be a constant
        loss = Value(loss, requires_grad=False)
    layers = arguments.layer_finder.find(_values(as_list(outputs)), _values(x))
    reached = np.zeros(len(arguments.parameters), bool)
    reached[[arguments.index_of[node] for node in topological_order(loss) if node in arguments.index_of]] = True
    return SampleGraph(loss, layers, reached)


def _values(numbers: Any) -> list[Value]:
    return [x for x in numbers if type(x) is Value]


def _nan_as_inf(array: Any) -> Array:
    return np.where(np.isnan(array), np.inf, array)


# ---- on a tape

def _recorded(arguments: Arguments) -> tuple[Tape, SampleGraph] | str:
    """A tape whose outputs are the loss, all units and all net inputs; or the reason why there is none."""
    graphs: list[SampleGraph] = []

    def model_and_loss(x: Any, target: Any) -> list[Value]:
        graph = _graph(arguments, x, target)
        graphs.append(graph)
        units = [unit for layer in graph.layers for unit in layer.units]
        return [graph.loss, *units, *(x for layer in graph.layers for x in layer.net_inputs)]

    sample, is_known = (floats_of(arguments.x[0]), floats_of(arguments.targets[0])), arguments.are_known
    function = model_and_loss if is_known else by_numbers(model_and_loss)
    try:
        tape = record(function, *sample, parameters=arguments.parameters, check=not is_known)
    except Exception as error:                  # if it is the model's fault, it is raised again without a tape
        return str(error) or type(error).__name__
    return tape, graphs[0]


def _on_tape(arguments: Arguments, tape: Tape, graph: SampleGraph) -> Measurements:
    arguments.keep_at_most(MAX_NUMBERS // (len(tape.inputs) + len(tape.program.outputs)))
    rows = np.column_stack([arguments.x, arguments.targets]).astype(float)
    losses, *results = tape(rows).T
    gradient = tape.value_and_grad(rows)[1]
    # gradients of samples that cancel in the mean do not cancel with random weights
    weighted = tape.value_and_grad(rows, np.random.default_rng(0).uniform(1.0, 2.0, len(rows)))[1]
    units = len(results) // 2                   # the other half are the net inputs
    arriving = net_input_gradients(tape, tape.program.outputs[1 + units:], rows)
    layers, end = [], 0
    for layer in graph.layers:
        columns = slice(end, end := end + len(layer.units))
        outputs = _nan_as_inf(np.transpose(results[columns]))
        layers.append(LayerMeasurements(layer, outputs, _nan_as_inf(arriving[:, columns])))
    return Measurements(layers, losses, gradient, (gradient == 0.0) & (weighted == 0.0), graph.reached, "")


# ---- without a tape

def _sample_by_sample(arguments: Arguments, no_tape: str) -> Measurements:
    arguments.keep_at_most(MAX_EAGER_SAMPLES)
    samples = len(arguments.x)
    losses = np.zeros(samples)
    sample_gradients = np.zeros((samples, len(arguments.parameters)))
    reached = np.zeros(len(arguments.parameters), bool)
    widest: dict[str, FoundLayer] = {}          # of each name, the layer with the most units in a sample
    measured: list[dict[str, Array]] = []       # for each sample, by layer: outputs and arriving gradients
    for k in range(samples):
        loss, layers, reached_here = graph_of_sample(arguments, k)
        losses[k], sample_gradients[k] = loss.data, _gradients_or_0(loss, arguments.parameters)
        reached |= reached_here
        measured.append({})
        for layer in layers:
            widest[layer.name] = max(widest.get(layer.name, layer), layer, key=lambda each: len(each.units))
            outputs = [x.data for x in layer.units]
            measured[k][layer.name] = _nan_as_inf([outputs, _gradients_or_0(loss, layer.net_inputs)])
    layers_found = [_stacked(layer, [each.get(name) for each in measured]) for name, layer in widest.items()]
    gradient = (sample_gradients / samples).sum(axis=0)
    return Measurements(layers_found, losses, gradient, (sample_gradients == 0.0).all(axis=0), reached, no_tape)


def _stacked(layer: FoundLayer, measured: Sequence[Array | None]) -> LayerMeasurements:
    """The measurements of a layer in all samples; None for a sample that lacks the layer."""
    stacked = np.full((2, len(measured), len(layer.units)), np.nan)
    for k, each in enumerate(measured):
        if each is not None:
            stacked[:, k, : each.shape[1]] = each
    return LayerMeasurements(layer, *stacked)


def _gradients_or_0(loss: Value, values: Sequence[Value]) -> Array:
    """The gradients with respect to the values; 0 for those that require none."""
    found = np.zeros(len(values))
    required = [k for k, value in enumerate(values) if value.requires_grad]
    if loss.requires_grad:
        found[required] = gradients(loss, [values[k] for k in required])
    return found
