"""A tape as a module of JavaScript, which imports nothing.

A small program becomes statements (straight_line.py), which are quickest for a single sample: 60 operations take a
tenth of the time. Engines do not optimise functions of thousands of statements, so a larger program is data in the
module, with the functions from bundle.py that replay it: rows of numbers, and a loop for each instruction.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np

from ....boundary.files import file_name
from ....calculus.javascript_rows import OF_SPECIAL_JS, ROWS
from ..files import MARK, SourceFile, SourceKind, write_sources
from ..names import Run, in_runs, in_string, listed
from ..source import Source, check_operations
from .bundle import DEFINED, helpers_of, replay_of
from .straight_line import StraightLine, number, rows_of

WIDTH = 110
MODULE = SourceKind("a module of JavaScript", f"// {MARK}: a tape of ", [".js", ".mjs"])
EXPORTS = """\
/** The names of the inputs, in the order in which a sample has them. @type {readonly string[]} */
export const inputs = Object.freeze(@inputs@);

/** The names of the parameters: their labels, told apart; p0, p1, ... where there is none. @type {readonly string[]} */
export const parameterLabels = Object.freeze(@labels@);

/** How many outputs there are. @type {number} */
export const outputs = @outputs@;

/** The numbers of the parameters, which functions use unless they are given others. @type {Float64Array} */
export const parameters = @parameters@;

/**
 * The outputs at one sample.
 * @param {ArrayLike<number>} x the inputs
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @returns {Float64Array} a number for each output
 */
export function values(x, numbers = parameters) {
@values@
}

/**
 * An output at one sample, and its derivatives.
 * @param {ArrayLike<number>} x the inputs
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @param {number} [output] the number of the output, from 0
 * @returns {{value: number, byInputs: Float64Array, byParameters: Float64Array}}
 */
export function gradient(x, numbers = parameters, output = 0) {
@gradient@
}

/**
 * The outputs at many samples.
 * @param {Float64Array | number[] | ArrayLike<number>[]} X the samples, one after the other
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @returns {Float64Array} the outputs, sample after sample
 */
export function batch(X, numbers = parameters) {
@batch@
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
@batchGradient@
}

/**
 * An output at many samples, and its derivatives by the inputs.
 * @param {Float64Array | number[] | ArrayLike<number>[]} X the samples, one after the other
 * @param {ArrayLike<number>} [numbers] for the parameters
 * @param {number} [output] the number of the output, from 0
 * @returns {{values: Float64Array, gradients: Float64Array}} gradients: the derivatives, sample after sample
 */
export function inputGradients(X, numbers = parameters, output = 0) {
@inputGradients@
}

function oneSample(x) {
  if (x.length !== inputs.length) throw new RangeError(`a sample has ${inputs.length} numbers, got ${x.length}`);
  return ArrayBuffer.isView(x) || Array.isArray(x) ? x : Float64Array.from(x);
}
"""
REPLAYED = {            # what stands between @ in EXPORTS
    "inputs": "replay.inputs", "labels": "replay.labels", "outputs": "replay.outputs",
    "parameters": "replay.parameters",
    "values": "  return replay.values(oneSample(x), { at: numbers });",
    "gradient": """\
  const { values: found, gradients } = replay.inputGradients(oneSample(x), { output, at: numbers });
  const { gradient: byParameters } = replay.valueAndGradient(oneSample(x), { output, at: numbers });
  return { value: found[0], byInputs: gradients, byParameters };""",
    "batch": "  return replay.values(X, { at: numbers });",
    "batchGradient": "  return replay.valueAndGradient(X, { weights, output, at: numbers });",
    "inputGradients": "  return replay.inputGradients(X, { output, at: numbers });",
}
STRAIGHT = {
    "values": "  return valuesAt(oneSample(x), checkedParameters(numbers, parameters.length));",
    "gradient": """\
  const gradientAt = gradientsAt[checkedOutput(output, outputs)];
  return gradientAt(oneSample(x), checkedParameters(numbers, parameters.length), 1);""",
    "batch": """\
  const { x: samples, count } = samplesOf(X, inputs.length);
  const found = new Float64Array(count * outputs);
  checkedParameters(numbers, parameters.length);
  forEachSample(samples, count, (x, i) => found.set(valuesAt(x, numbers), i * outputs));
  return found;""",
    "batchGradient": """\
  const { x: samples, count } = samplesOf(X, inputs.length);
  if (count === 0) throw new RangeError("a batch of one sample at least is expected, got 0 samples");
  const gradientAt = gradientsAt[checkedOutput(output, outputs)];
  const seeds = checkedWeights(weights, count);
  const sums = new Float64Array(checkedParameters(numbers, parameters.length).length);
  let total = 0;
  forEachSample(samples, count, (x, i) => {
    const seed = typeof seeds === "number" ? seeds : seeds[i];
    const { value, byParameters } = gradientAt(x, numbers, seed);
    total += seed * value;
    for (let k = 0; k < sums.length; k++) sums[k] += byParameters[k];
  });
  return { value: total, gradient: sums };""",
    "inputGradients": """\
  const { x: samples, count } = samplesOf(X, inputs.length);
  const gradientAt = gradientsAt[checkedOutput(output, outputs)];
  const found = { values: new Float64Array(count), gradients: new Float64Array(count * inputs.length) };
  checkedParameters(numbers, parameters.length);
  forEachSample(samples, count, (x, i) => {
    const { value, byInputs } = gradientAt(x, numbers, 1);
    found.values[i] = value;
    found.gradients.set(byInputs, i * inputs.length);
  });
  return found;""",
}
EXPANSION = """\
/** Numbers: [first, count, step] stands for several of them. */
function numbersOf(ranges) {
  const found = [];
  for (const range of ranges) {
    if (typeof range === "number") {
      found.push(range);
    } else {
      const [first, count, step = 1] = range;
      for (let k = 0; k < count; k++) found.push(first + k * step);
    }
  }
  return found;
}

/** Texts: [before, first, count, behind] stands for several of them, in which a number counts up. */
function textsOf(runs) {
  return runs.flatMap((run) => {
    if (typeof run === "string") return run;
    const [before, first, count, behind] = run;
    return Array.from({ length: count }, (_, k) => `${before}${first + k}${behind}`);
  });
}

function instructionsOf(lines) {
  return lines.map(([operation, ...ranges]) => ({ operation, operands: numbersOf(ranges) }));
}
"""
FOR_EACH_SAMPLE = """\
function forEachSample(samples, count, work) {
  for (let i = 0; i < count; i++) {
    try {
      work(samples.subarray(i * inputs.length, (i + 1) * inputs.length), i);
    } catch (error) {
      throw new RangeError(`sample ${i}: ${error.message}`);
    }
  }
}
"""
MOST_OPERANDS = 300     # of instructions in one function without loops; larger ones are slower than loops
MOST_ALTOGETHER = 1_000


def is_small(source: Source) -> bool:
    """Whether the module is to have statements instead of loops."""
    operands = sum(len(operands) + 1 for _, operands in source.program.instructions)
    is_short = operands <= MOST_OPERANDS and operands * (1 + len(source.program.outputs)) <= MOST_ALTOGETHER
    return is_short and source.dtype == "float64"


def write_module(source: Source, path: str | PathLike[str], overwrite: bool) -> None:
    """Write a tape as a module of JavaScript; see Tape.to_javascript."""
    write_sources([SourceFile(file_name(path), MODULE, module(source))], overwrite)


def module(source: Source) -> str:
    """The text of the module."""
    check_operations(source.program, "JavaScript")
    return "\n".join([_head(source), *(_straight(source) if is_small(source) else _replayed(source))])


def _straight(source: Source) -> list[str]:
    inputs, labels = (f"[{', '.join(map(in_string, names))}]" for names in (source.inputs, source.names()))
    parameters = ", ".join(map(number, source.numbers()))
    exports = _exports(STRAIGHT | {
        "inputs": inputs, "labels": labels, "outputs": str(len(source.program.outputs)),
        "parameters": f"Float64Array.of({parameters})",
    })
    rows = rows_of(source.program)
    every = helpers_of(f"{exports} takenPlace {' '.join(OF_SPECIAL_JS)}", [*ROWS.values(), *rows])
    lines = StraightLine(source, {"valuesAt", "gradientsAt", "forEachSample", *DEFINED.findall(every + exports)})
    code = "\n\n".join([lines.values(), lines.gradients()])
    return [code, "", exports, FOR_EACH_SAMPLE, helpers_of(code + exports, rows)]


def _replayed(source: Source) -> list[str]:
    return [replay_of(rows_of(source.program)), _data(source), _exports(REPLAYED)]


def _exports(parts: Mapping[str, str]) -> str:
    return re.sub(r"@(\w+)@", lambda found: parts[found[1]], EXPORTS)


def _head(source: Source) -> str:
    """The comment that says what the module computes."""
    outputs = len(source.program.outputs)
    lines = [
        f"{MODULE.text}{len(source.program.instructions)} instructions, as an ES module without imports.",
        "//", f"// The inputs of a sample ({len(source.inputs)}):", *_indented(source.inputs),
        f"// The parameters ({len(source.labels)}):", *_indented(source.names()),
        f"// {outputs} output{'' if outputs == 1 else 's'}. Everything is computed in {source.dtype}.",
        "",
    ]
    return "\n".join(lines)


def _indented(names: Sequence[str]) -> list[str]:
    return [f"//   {line}" for line in listed(names) or ["none"]]


def _data(source: Source) -> str:
    program = source.program
    instructions = [
        f"[{','.join([in_string(operation.name), *_ranges(operands)])}]" for operation, operands in program.instructions
    ]
    constants, numbers = (_numbers(each, source.dtype) for each in (program.constants, source.numbers()))
    return "\n".join([
        EXPANSION,
        "const replay = new Replay({",
        "  program: new Program(",
        f"    {program.inputs}, {program.parameters},",
        *_list(constants, "    ["), *_list(instructions, "    instructionsOf(["),
        *_list(_ranges(program.outputs), "    numbersOf(["),
        "  ),",
        *_list(numbers, "  numbers: ["), *_list(_texts(source.inputs), "  inputs: textsOf(["),
        *_list(_texts(source.names()), "  labels: textsOf(["),
        f"  several: {'true' if source.several else 'false'},",
        f"  dtype: {in_string(source.dtype)},",
        "});",
        "",
    ])


def _list(items: Sequence[str], start: str) -> list[str]:
    """An array, on lines of the width, that begins like this."""
    lines = [start]
    for item in items:
        if len(lines[-1]) + len(item) > WIDTH:
            lines.append("")
        lines[-1] += f"{item},"
    lines[-1] += "])," if "(" in start else "],"
    return lines


def _ranges(slots: Sequence[int]) -> list[str]:
    """Slots as numbersOf in EXPANSION reads them: [first, count] or [first, count, step] where that is shorter."""
    found, k = [], 0
    while k < len(slots):
        step = slots[k + 1] - slots[k] if k + 1 < len(slots) else 0
        end = k + 1
        while end < len(slots) and slots[end] == slots[end - 1] + step:
            end += 1
        text = f"[{slots[k]},{end - k}]" if step == 1 else f"[{slots[k]},{end - k},{step}]"
        if end - k > 2 and len(text) < len(",".join(map(str, slots[k : min(end, k + 10)]))):
            found.append(text)
            k = end
        else:
            found.append(str(slots[k]))
            k += 1
    return found


def _texts(texts: Sequence[str]) -> list[str]:
    """Texts as textsOf in EXPANSION reads them."""
    return [
        f"[{in_string(each.before)},{each.first},{each.length},{in_string(each.behind)}]" if isinstance(each, Run)
        else in_string(each) for each in in_runs(texts)
    ]


def _numbers(numbers: Sequence[float], dtype: str) -> list[str]:
    """Numbers with as many digits as the dtype needs."""
    if dtype == "float64":
        return [number(x).strip("()") for x in numbers]
    with np.errstate(over="ignore"):
        rounded = np.array(numbers, np.float32)
        short = [float(str(x)) for x in rounded]
        is_same = np.array(short, np.float32).view(np.int32) == rounded.view(np.int32)
    found = np.where(is_same, short, rounded).tolist()
    return [number(x).strip("()") for x in found]
