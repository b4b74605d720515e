/**
 * A training as the page has it: the parameters of each frame, and all that the tape computes from them.
 */
import { Program, Tape } from "../../tape/export/javascript/tape.js";

export class Training {
  #gradients = new Map(); // by the number of the frame

  constructor(data) {
    this.names = data.names;
    this.epochs = data.epochs;
    this.losses = data.losses;
    this.classes = data.classes;
    this.rate = data.rate;
    this.loss = tapeOf(data.loss, data.names);
    this.outputs = tapeOf(data.outputs, data.names);
    this.numbers = unpacked(data.numbers);
    this.rows = unpacked(data.rows);
    this.inputs = this.outputs.inputs.length;
    this.width = this.loss.inputs.length;
    this.samples = this.rows.length / this.width;
    this.x = new Float64Array(this.samples * this.inputs);
    for (let i = 0; i < this.samples; i++) this.x.set(this.row(i).subarray(0, this.inputs), i * this.inputs);
  }

  get frames() {
    return this.epochs.length;
  }

  /** The parameters in a frame. */
  at(k) {
    return this.numbers.subarray(k * this.names.length, (k + 1) * this.names.length);
  }

  /** The inputs and the target of a sample. */
  row(i) {
    return this.rows.subarray(i * this.width, (i + 1) * this.width);
  }

  /** The gradient of the mean loss of the samples. */
  gradient(k) {
    if (!this.#gradients.has(k)) {
      this.#gradients.set(k, this.loss.valueAndGradient(this.rows, { at: this.at(k) }).gradient);
    }
    return this.#gradients.get(k);
  }

  /** The outputs at some inputs, one point after the other. */
  outputsAt(k, x) {
    return this.outputs.values(x, { at: this.at(k) });
  }

  /** Every number of the loss of one sample. */
  trace(k, i) {
    return this.loss.trace(this.row(i), { at: this.at(k) });
  }

  /** How many samples are put into their own class. */
  right(k) {
    const found = this.outputsAt(k, this.x);
    const several = this.outputs.outputs;
    let count = 0;
    for (let i = 0; i < this.samples; i++) {
      const own = found.subarray(i * several, (i + 1) * several);
      if (classOf(own, this.classes) === this.classes.of[i]) count++;
    }
    return count;
  }

  /** The largest size of each parameter in the whole film, to which widths are drawn. */
  largest() {
    return this.numbers.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  }
}

/** The class that outputs stand for: the largest, or on which side of the threshold a single one is. */
export function classOf(outputs, classes) {
  if (outputs.length === 1) return outputs[0] > classes.threshold ? 1 : 0;
  return outputs.indexOf(Math.max(...outputs));
}

function tapeOf({ inputs, parameters, constants, instructions, outputs }, labels) {
  const steps = instructions.map(([operation, ...operands]) => ({ operation, operands }));
  const program = new Program(inputs.length, parameters, constants, steps, outputs);
  const numbers = Array(parameters).fill(0); // each run takes those of a frame
  return new Tape({ program, numbers, inputs, labels, several: outputs.length > 1 });
}

/** Numbers of double precision, from the lowest byte, in base64. */
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, k) => view.getFloat64(8 * k, true));
}
