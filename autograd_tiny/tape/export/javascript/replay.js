/**
 * A program with the numbers of its parameters, which runs on batches.
 */
import { checkedOutput, checkedParameters, checkedWeights, roomFor, samplesOf } from "./arguments.js";
import { quoted } from "./program.js";
import { Runner } from "./runner.js";

const ALL = "all";

export class Replay {
  #runners = new Map(); // by output, or ALL

  constructor({ program, numbers, inputs, labels, several, dtype = "float64" }) {
    if (dtype !== "float64" && dtype !== "float32") {
      throw new TypeError(`dtype is float64 or float32, got ${quoted(dtype)}`);
    }
    this.program = program;
    this.parameters = Float64Array.from(numbers);
    this.inputs = inputs;
    this.labels = labels;
    this.several = several;
    this.dtype = dtype;
  }

  get outputs() {
    return this.program.outputs.length;
  }

  get size() {
    return this.program.instructions.length;
  }

  // ---- runs

  values(X, { at = this.parameters, out } = {}) {
    const { x, count } = samplesOf(X, this.inputs.length);
    const found = roomFor(out, count * this.outputs);
    this.#runner(ALL).values(checkedParameters(at, this.program.parameters), x, count, found);
    return found;
  }

  valueAndGradient(X, { weights, output = 0, at = this.parameters, out } = {}) {
    const { x, count } = samplesOf(X, this.inputs.length);
    if (count === 0) throw new RangeError("a batch of one sample at least is expected, got 0 samples");
    const gradient = roomFor(out, this.parameters.length);
    const runner = this.#runner(output);
    const numbers = checkedParameters(at, this.program.parameters);
    const value = runner.gradient(numbers, x, count, checkedWeights(weights, count), gradient);
    return { value, gradient };
  }

  inputGradients(X, { output = 0, at = this.parameters } = {}) {
    const { x, count } = samplesOf(X, this.inputs.length);
    const values = new Float64Array(count);
    const gradients = new Float64Array(x.length);
    const numbers = checkedParameters(at, this.program.parameters);
    this.#runner(output).inputGradients(numbers, x, count, values, gradients);
    return { values, gradients };
  }

  // ---- inside

  #runner(output) {
    const key = output === ALL ? ALL : checkedOutput(output, this.outputs);
    if (!this.#runners.has(key)) {
      const { outputs } = this.program;
      const Numbers = this.dtype === "float32" ? Float32Array : Float64Array;
      this.#runners.set(key, new Runner(this.program, key === ALL ? outputs : [outputs[key]], Numbers));
    }
    return this.#runners.get(key);
  }
}
