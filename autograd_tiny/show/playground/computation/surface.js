/**
 * The loss as a function of two weights, all others as they are: a grid that is computed row by row, between frames.
 */
import { WIDTH } from "./trainer.js";

const MOST_SAMPLES = 200;

export class Surface {
  /**
   * @param {Trainer} trainer
   * @param {[number, number]} weights their numbers among the parameters
   * @param {{numbers: ArrayLike<number>}[]} path the points that training went through
   * @param {number} size of the grid
   */
  constructor(trainer, weights, path, size = 25) {
    const numbers = trainer.numbers.slice();
    this.tape = trainer.lossTape;
    this.weights = weights;
    this.size = size;
    this.numbers = numbers;
    this.rows = spreadRows(trainer.task.train);
    this.path = [...path.map((point) => weights.map((k) => point.numbers[k])), weights.map((k) => numbers[k])];
    this.ranges = [0, 1].map((axis) => rangeOf(this.path.map((each) => each[axis]).filter(Number.isFinite)));
    this.values = new Float64Array(size * size); // rows of the second weight, from below
    this.done = 0; // rows
  }

  get isComplete() {
    return this.done === this.size || this.rows.length === 0;
  }

  /** Computes the next row. */
  computeRow() {
    const { size, numbers, weights, ranges, tape } = this;
    const at = ([low, high], k) => low + ((high - low) * k) / (size - 1);
    const here = weights.map((k) => numbers[k]);
    numbers[weights[1]] = at(ranges[1], this.done);
    for (let k = 0; k < size; k++) {
      numbers[weights[0]] = at(ranges[0], k);
      this.values[this.done * size + k] = meanLoss(tape, this.rows, numbers);
    }
    weights.forEach((k, axis) => (numbers[k] = here[axis]));
    this.done += 1;
  }
}

function meanLoss(tape, rows, at) {
  const found = tape.values(rows, { at });
  let total = 0;
  for (let k = 0; k < found.length; k += tape.outputs) total += found[k];
  return (total * tape.outputs) / found.length;
}

/** All rows, or some that are evenly spread. */
function spreadRows(rows) {
  const count = rows.length / WIDTH;
  if (count <= MOST_SAMPLES) return rows;
  const found = new Float64Array(MOST_SAMPLES * WIDTH);
  for (let k = 0; k < MOST_SAMPLES; k++) {
    const at = Math.floor((k * count) / MOST_SAMPLES) * WIDTH;
    found.set(rows.subarray(at, at + WIDTH), k * WIDTH);
  }
  return found;
}

/** A range around all numbers, with a margin, and with a width of 2 at least. */
function rangeOf(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const half = Math.max(1, 0.65 * (high - low));
  return [(low + high) / 2 - half, (low + high) / 2 + half];
}
