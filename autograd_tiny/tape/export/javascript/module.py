"""A tape as a module of JavaScript, which imports nothing.

The module has the program as data, and from bundle.py the functions that replay it: rows of numbers, with a loop for
each instruction. Code without loops would be quicker for a single sample while the program is small; but engines do
not optimise functions of many thousand statements, and a batch of samples is quicker in loops.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike

from ....boundary.files import file_name
from ..files import MARK, write_sources
from ..names import in_comment, in_string
from ..source import Source, refuse_own_operations
from .bundle import replay_of

WIDTH = 110
EXPORTS = """\
/** The names of the inputs, in the order in which a sample has them. @type {readonly string[]} */
export const inputs = Object.freeze(replay.inputs);

/** The labels of the parameters, "" for one without a label. @type {readonly string[]} */
export const parameterLabels = Object.freeze(replay.labels);

/** How many outputs there are. @type {number} */
export const outputs = replay.outputs;

/** The numbers of the parameters, which functions use unless they are given others. @type {Float64Array} */
export const parameters = replay.parameters;

/**
 * The outputs at one sample.
 * @param {ArrayLike<number>} x the inputs
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @returns {Float64Array} a number for each output
 */
export function values(x, numbers = parameters) {
  return replay.values(oneSample(x), { at: numbers });
}

/**
 * An output at one sample, and its derivatives.
 * @param {ArrayLike<number>} x the inputs
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @param {number} [output] the number of the output, from 0
 * @returns {{value: number, byInputs: Float64Array, byParameters: Float64Array}}
 */
export function gradient(x, numbers = parameters, output = 0) {
  const { values: found, gradients } = replay.inputGradients(oneSample(x), { output, at: numbers });
  const { gradient: byParameters } = replay.valueAndGradient(oneSample(x), { output, at: numbers });
  return { value: found[0], byInputs: gradients, byParameters };
}

/**
 * The outputs at many samples.
 * @param {Float64Array | number[] | ArrayLike<number>[]} X the samples, one after the other
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @returns {Float64Array} the outputs, sample after sample
 */
export function batch(X, numbers = parameters) {
  return replay.values(X, { at: numbers });
}

/**
 * The weighted sum of an output over many samples, and its derivatives by the parameters.
 * @param {Float64Array | number[] | ArrayLike<number>[]} X the samples, one after the other
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @param {ArrayLike<number> | number} [weights] of the samples, by default 1 / samples: the mean
 * @param {number} [output] the number of the output, from 0
 * @returns {{value: number, gradient: Float64Array}}
 */
export function batchGradient(X, numbers = parameters, weights = undefined, output = 0) {
  return replay.valueAndGradient(X, { weights, output, at: numbers });
}

/**
 * An output at many samples, and its derivatives by the inputs.
 * @param {Float64Array | number[] | ArrayLike<number>[]} X the samples, one after the other
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @param {number} [output] the number of the output, from 0
 * @returns {{values: Float64Array, gradients: Float64Array}} gradients: the derivatives, sample after sample
 */
export function inputGradients(X, numbers = parameters, output = 0) {
  return replay.inputGradients(X, { output, at: numbers });
}

function oneSample(x) {
  if (x.length !== inputs.length) throw new RangeError(`a sample has ${inputs.length} numbers, got ${x.length}`);
  return Array.isArray(x) ? x : Float64Array.from(x);
}
"""


def write_module(source: Source, path: str | PathLike[str], overwrite: bool) -> None:
    """Write a tape as a module of JavaScript; see Tape.to_javascript."""
    write_sources({file_name(path): module(source)}, overwrite)


def module(source: Source) -> str:
    """The text of the module."""
    refuse_own_operations(source.program, "JavaScript")
    operations = {operation.name for operation, _ in source.program.instructions}
    return "\n".join([_head(source), replay_of(operations), _data(source), EXPORTS])


def _head(source: Source) -> str:
    """The comment that says what the module computes."""
    outputs = len(source.program.outputs)
    lines = [
        f"// {MARK}: a tape of {len(source.program.instructions)} instructions, as an ES module without imports.",
        "//", f"// A sample is {len(source.inputs)} inputs, in this order:",
        *(f"//   {k}: {in_comment(name)}" for k, name in enumerate(source.inputs)),
        f"// There are {len(source.labels)} parameters:",
        *(f"//   {k}: {in_comment(label)}" for k, label in enumerate(source.labels)),
        f"// and {outputs} output{'' if outputs == 1 else 's'}. Everything is computed in {source.dtype}.",
        "",
    ]
    return "\n".join(lines)


def _data(source: Source) -> str:
    program = source.program
    instructions = [
        f"[{', '.join([in_string(operation.name), *map(str, operands)])}]"
        for operation, operands in program.instructions
    ]
    return "\n".join([
        "const replay = new Replay({",
        "  program: new Program(",
        f"    {program.inputs}, {program.parameters},",
        *_listed([_number(x) for x in program.constants], "    "),
        *_listed(instructions, "    ", ".map(([operation, ...operands]) => ({ operation, operands }))"),
        f"    [{', '.join(map(str, program.outputs))}],",
        "  ),",
        *_listed([_number(x) for x in source.numbers()], "  ", name="numbers: "),
        *_listed([in_string(name) for name in source.inputs], "  ", name="inputs: "),
        *_listed([in_string(label) for label in source.labels], "  ", name="labels: "),
        f"  several: {'true' if source.several else 'false'},",
        f"  dtype: {in_string(source.dtype)},",
        "});",
        "",
    ])


def _listed(items: Sequence[str], indent: str, behind: str = "", name: str = "") -> list[str]:
    """An array, on lines of the width."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > WIDTH:
            lines.append("")
        lines[-1] += f"{item}, "
    return [f"{indent}{name}[", *(f"{indent}  {line.rstrip()}" for line in lines if line), f"{indent}]{behind},"]


def _number(x: float) -> str:
    if math.isfinite(x):
        return repr(x)
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
