/**
 * Tapes of autograd_tiny in JavaScript: read what Tape.save wrote, replay it, and make new ones. For Node and browsers.
 *
 *     const tape = Tape.load(await (await fetch("f.json")).text());
 *     tape.values([[0.5, -1.5]]);
 *     const { value, gradient } = tape.valueAndGradient(samples);
 *
 *     const builder = new Builder();
 *     const x = builder.input("x");
 *     const w = builder.parameter(0.5, "w");
 *     const learned = Tape.of(builder, builder.push("tanh", builder.push("mul", w, x)));
 *
 * Nothing is evaluated as code: a page may forbid it. tape.d.ts says all types.
 */
import { checkedOutput, checkedParameters, samplesOf } from "./arguments.js";
import { Builder, GraphNode } from "./builder.js";
import { evaluate, evaluateRow } from "./evaluate.js";
import { read, written } from "./file.js";
import { Program, TapeError, quoted } from "./program.js";
import { Replay } from "./replay.js";
import { ROWS } from "./rows.js";

export { Builder, GraphNode, Program, TapeError, evaluate, ROWS as OPERATIONS };

export class Tape extends Replay {
  /** Reads a tape. */
  static load(source) {
    return new Tape(read(source));
  }

  /** A tape of an output of a builder, or of several in an array. */
  static of(builder, outputs, dtype = "float64") {
    if (!(builder instanceof Builder)) throw new TypeError(`a Builder is expected, got ${quoted(builder)}`);
    return new Tape({ ...builder.program(outputs), several: Array.isArray(outputs), dtype });
  }

  /** The text of a file, which Tape.load reads here and in Python. */
  save() {
    return JSON.stringify(this);
  }

  toJSON() {
    const { program, parameters, inputs, labels, several, dtype } = this;
    return written({ program, numbers: parameters, inputs, labels, several, dtype });
  }

  /** Every number of one sample: see tape.d.ts. */
  trace(sample, { output = 0, at = this.parameters } = {}) {
    const { x, count } = samplesOf([sample], this.inputs.length);
    if (count !== 1) throw new RangeError(`one sample is expected, got ${count}`);
    const { program } = this;
    const target = program.outputs[checkedOutput(output, this.outputs)];
    const values = new Float64Array(program.slots);
    values.set(x);
    values.set(checkedParameters(at, program.parameters), program.inputs);
    const number = (slot) => (slot < 0 ? program.constants[-1 - slot] : values[slot]);
    const derivatives = program.instructions.map(({ operation, operands }, k) => {
      const found = evaluateRow(program.row(operation), operation, operands.map(number));
      values[program.first + k] = found.value;
      return found.derivatives;
    });
    return { values, derivatives, adjoints: adjointsOf(program, derivatives, target) };
  }
}

/** The derivative of a slot by each slot: backward through all instructions. */
function adjointsOf(program, derivatives, target) {
  const adjoints = new Float64Array(program.slots);
  if (target >= 0) adjoints[target] = 1;
  const reached = program.marked(target >= 0 ? [target] : [], true);
  for (let k = program.instructions.length - 1; k >= 0; k--) {
    const { operation, operands } = program.instructions[k];
    if (!reached[program.first + k]) continue;
    operands.forEach((slot, j) => {
      const derivative = derivatives[k][j];
      const isCut = program.row(operation).selects && derivative === 0;
      if (slot < 0 || isCut || program.isFlat(operation, j, operands.length)) return;
      adjoints[slot] += adjoints[program.first + k] * derivative;
    });
  }
  return adjoints;
}
