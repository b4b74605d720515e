/**
 * Runs a program, or the part of it that computes one output, over batches: in blocks of samples.
 *
 * tape/batches.py and numpy_executor.py do the same in Python.
 */
import { ONCE, PER_SAMPLE } from "./program.js";
import { BY_INPUTS, BY_PARAMETERS, Dot, RowStep, ScalarDot, ScalarTake, Take, sumOf } from "./steps.js";

const WIDTH = 128; // samples in a block
const ROOM = 2 ** 21; // numbers in the rows of a block, at most

export class Runner {
  /**
   * @param {Program} program
   * @param {number[]} outputs the slots to compute
   * @param {Float64ArrayConstructor | Float32ArrayConstructor} Numbers
   */
  constructor(program, outputs, Numbers) {
    this.program = program;
    this.outputs = outputs;
    this.Numbers = Numbers;
    this.shift = program.constants.length; // the place of slot s among the scalars is s + shift
    this.needed = program.marked(outputs, false);
    this.reached = program.marked(outputs, true);
    this.#findRows();
    this.#findSteps();
    this.width = Math.max(1, Math.min(WIDTH, Math.floor(ROOM / (this.rows + 1))));
    this.scalars = new Numbers(program.slots + this.shift);
    this.scalarAdjoints = new Float64Array(this.scalars.length);
    program.constants.forEach((x, k) => (this.scalars[this.shift - 1 - k] = x));
    this.r = new Numbers(0);
    this.a = new Numbers(0);
  }

  /** The outputs of samples x (count, inputs), into out (count, outputs). */
  values(parameters, x, count, out) {
    const width = this.#prepare(parameters, count, false);
    for (let start = 0; start < count; start += width) {
      const block = this.#forward(x, start, Math.min(width, count - start), width);
      this.outputRows.forEach((row, j) => {
        for (let i = 0; i < block.n; i++) out[(start + i) * this.outputs.length + j] = this.r[row * width + i];
      });
    }
  }

  /**
   * The sum of weights[i] * output(x[i]), and its derivatives by the parameters, into out.
   *
   * weights: an array, or one number for all samples.
   */
  gradient(parameters, x, count, weights, out) {
    const width = this.#prepare(parameters, count, true);
    const { program, shift, scalarAdjoints, r, a } = this;
    const row = this.outputRows[0] * width;
    const isNumber = typeof weights === "number";
    let total = 0;
    scalarAdjoints.fill(0);
    for (let start = 0; start < count; start += width) {
      const block = this.#forward(x, start, Math.min(width, count - start), width);
      a.fill(0);
      for (let i = 0; i < block.n; i++) {
        const weight = isNumber ? weights : weights[start + i];
        a[row + i] = weight;
        total += weight * r[row + i];
      }
      for (let k = this.back.length - 1; k >= 0; k--) this.back[k].reverse(block, BY_PARAMETERS);
      this.copied.forEach((slot, k) => {
        scalarAdjoints[slot + shift] += sumOf(a, (program.inputs + k) * width, block.n);
      });
    }
    const once = this.#blockOfScalars();
    for (let k = this.once.length - 1; k >= 0; k--) this.once[k].reverse(once, BY_PARAMETERS);
    const first = program.inputs + shift;
    for (let k = 0; k < program.parameters; k++) out[k] = scalarAdjoints[first + k];
    return total;
  }

  /** The output of samples x into out (count), and its derivatives by the inputs into gradients (count, inputs). */
  inputGradients(parameters, x, count, out, gradients) {
    const width = this.#prepare(parameters, count, true);
    const row = this.outputRows[0] * width;
    const { r, a } = this;
    const inputs = this.program.inputs;
    for (let start = 0; start < count; start += width) {
      const block = this.#forward(x, start, Math.min(width, count - start), width);
      a.fill(0);
      a.fill(1, row, row + block.n);
      for (let i = 0; i < block.n; i++) out[start + i] = r[row + i];
      for (let k = this.back.length - 1; k >= 0; k--) this.back[k].reverse(block, BY_INPUTS);
      for (let j = 0; j < inputs; j++) {
        for (let i = 0; i < block.n; i++) gradients[(start + i) * inputs + j] = a[j * width + i];
      }
    }
  }

  // ---- inside

  /** The scalars, and rows for a batch of so many samples. Returns how many samples a block has. */
  #prepare(parameters, count, backward) {
    this.scalars.set(parameters, this.program.inputs + this.shift);
    const once = this.#blockOfScalars();
    for (let k = 0; k < this.once.length; k++) this.once[k].forward(once);
    const width = Math.max(1, Math.min(this.width, count));
    const size = this.rows * width;
    if (this.r.length !== size) this.r = new this.Numbers(size);
    if (backward && this.a.length !== size) this.a = new this.Numbers(size);
    this.copied.forEach((slot, k) => {
      const row = (this.program.inputs + k) * width;
      this.r.fill(this.scalars[slot + this.shift], row, row + width);
    });
    return width;
  }

  #forward(x, start, n, w) {
    const { r, a, scalars: s, scalarAdjoints: sa } = this;
    const inputs = this.program.inputs;
    for (let j = 0; j < inputs; j++) {
      for (let i = 0; i < n; i++) r[j * w + i] = x[(start + i) * inputs + j];
    }
    const block = { r, a, s, sa, w, n, start };
    for (let k = 0; k < this.perSample.length; k++) this.perSample[k].forward(block);
    return block;
  }

  #blockOfScalars() {
    const { scalars: s, scalarAdjoints: sa } = this;
    return { r: s, a: sa, s, sa, w: 1, n: 1, start: 0 };
  }

  /** Which slots are rows: inputs, copies of the scalars that rows are computed from, and results. */
  #findRows() {
    const { program, needed, shift } = this;
    this.rowOf = new Int32Array(program.slots + shift).fill(-1); // at s + shift, of slot s
    for (let k = 0; k < program.inputs; k++) this.rowOf[k + shift] = k;
    this.rows = program.inputs;
    this.copied = [];
    this.outputs.forEach((slot) => this.#copy(slot));
    for (let k = 0; k < program.instructions.length; k++) {
      const { operation, operands } = program.instructions[k];
      const slot = program.first + k;
      if (!needed[slot] || program.rates[slot] !== PER_SAMPLE || operation === "dot") continue;
      const isOfScalars = operation === "take" && this.#areScalars(operands.slice(0, -1));
      for (const x of isOfScalars ? operands.slice(-1) : operands) this.#copy(x);
    }
    for (let slot = program.first; slot < program.slots; slot++) {
      if (needed[slot] && program.rates[slot] === PER_SAMPLE) this.rowOf[slot + shift] = this.rows++;
    }
    this.outputRows = this.outputs.map((slot) => this.rowOf[slot + shift]);
  }

  /** A row for a scalar. */
  #copy(slot) {
    if (this.program.rate(slot) === PER_SAMPLE || this.rowOf[slot + this.shift] >= 0) return;
    this.rowOf[slot + this.shift] = this.rows++;
    this.copied.push(slot);
  }

  #areScalars(slots) {
    return slots.every((slot) => this.program.rate(slot) !== PER_SAMPLE);
  }

  #findSteps() {
    const { program, shift } = this;
    this.once = [];
    this.perSample = [];
    this.back = []; // those through which a gradient flows
    for (let k = 0; k < program.instructions.length; k++) {
      const { operation, operands } = program.instructions[k];
      const slot = program.first + k;
      if (!this.needed[slot]) continue;
      const wanted = this.#wanted(operation, operands, slot);
      if (program.rates[slot] === ONCE) {
        this.once.push(this.#scalarStep(operation, operands.map((x) => x + shift), slot + shift, wanted));
      } else {
        const step = this.#rowStep(operation, operands, slot, wanted);
        this.perSample.push(step);
        if (this.reached[slot]) this.back.push(step);
      }
    }
  }

  /** See Wanted in steps.js. */
  #wanted(operation, operands, result) {
    const { program } = this;
    const wanted = [0, 0];
    if (!this.reached[result]) return wanted;
    const { arity } = program.row(operation);
    for (let k = 0; k < operands.length; k++) {
      const slot = operands[k];
      if (slot < 0 || program.isFlat(operation, k, operands.length)) continue;
      const bit = arity ? 1 << k : 1;
      if (program.depending[slot]) wanted[BY_PARAMETERS] |= bit;
      if (program.rates[slot] === PER_SAMPLE) wanted[BY_INPUTS] |= bit;
    }
    return wanted;
  }

  /** A step on scalars, given the places of the operands. */
  #scalarStep(operation, places, result, wanted) {
    if (operation === "dot") return new ScalarDot(places, result, wanted);
    if (operation === "take") return new ScalarTake(places, result);
    return new RowStep(this.program.row(operation), places, result, wanted);
  }

  #rowStep(operation, operands, slot, wanted) {
    const { program, rowOf, shift } = this;
    const result = rowOf[slot + shift];
    if (operation === "dot") return this.#dot(operands, result);
    if (operation !== "take") {
      return new RowStep(program.row(operation), operands.map((x) => rowOf[x + shift]), result, wanted);
    }
    const values = operands.slice(0, -1);
    const areScalars = this.#areScalars(values);
    const places = values.map((x) => (areScalars ? x + shift : rowOf[x + shift]));
    return new Take(places, areScalars, rowOf[operands[operands.length - 1] + shift], result, wanted);
  }

  #dot(operands, result) {
    const { program, shift, rowOf } = this;
    const count = operands.length >> 1;
    let weights = 0;
    while (weights < count && program.rate(operands[weights]) !== PER_SAMPLE) weights++;
    const places = operands.map((x) => rowOf[x + shift]);
    const scalars = [...operands.slice(0, weights), operands[2 * count]];
    const rows = [...operands.slice(count, count + weights), ...operands.slice(weights, count)];
    const depends = (x) => x >= 0 && program.depending[x] === 1;
    return new Dot(
      operands.slice(0, weights).map((x) => x + shift), places.slice(count, count + weights),
      places.slice(weights, count), places.slice(count + weights, 2 * count), operands[2 * count] + shift, result,
      scalars.some(depends), [...rows, ...operands.slice(count + weights, 2 * count)].map(depends),
    );
  }
}
