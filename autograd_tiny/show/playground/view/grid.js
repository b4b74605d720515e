/**
 * All units of a network at the points of a grid, and images of them.
 */
import { roundUp } from "../../page/controls.js";
import { levelOf } from "./colours.js";

const WORK_PLAYING = 1_000_000; // operations for a grid, at most: so a frame stays short
const WORK_AT_REST = 6_000_000;
const COST_OF_UNIT = 14; // in operations
const HALF = 2; // of the square for points of one's own, at least

/** How many points a side of the grid has. */
export function gridSize(network, isPlaying) {
  const cost = network.places.length + COST_OF_UNIT * network.units;
  const size = Math.floor(Math.sqrt((isPlaying ? WORK_PLAYING : WORK_AT_REST) / cost));
  return Math.max(16, Math.min(isPlaying ? 56 : 96, size & ~1));
}

/** The square that the plane shows: around the points; where they are set by hand, one that grows in round steps. */
export function squareAround(points, isOwn) {
  if (isOwn || points.length === 0) {
    const reach = points.reduce((most, [a, b]) => Math.max(most, Math.abs(a), Math.abs(b)), 0);
    return { x: 0, y: 0, half: reach <= HALF ? HALF : roundUp(1.05 * reach) };
  }
  const ends = [0, 1].map((k) =>
    points.reduce(([low, high], point) => [Math.min(low, point[k]), Math.max(high, point[k])], [Infinity, -Infinity]),
  );
  const half = 0.55 * Math.max(...ends.map(([low, high]) => high - low));
  const [x, y] = ends.map(([low, high]) => (low + high) / 2);
  return { x, y, half: half > 0 && Number.isFinite(half) ? half : 1 };
}

export class Grid {
  #points = new Float64Array(0);
  #key = "";
  values = new Float64Array(0);
  size = 0;

  /** Computes all units: values[point * units + unit], from the upper left corner, row by row. */
  compute(trainer, square, size) {
    const key = [square.x, square.y, square.half, size].join();
    if (key !== this.#key) {
      this.#key = key;
      this.size = size;
      this.#points = new Float64Array(2 * size * size);
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const at = 2 * (row * size + column);
          this.#points[at] = square.x + square.half * ((2 * column + 1) / size - 1);
          this.#points[at + 1] = square.y - square.half * ((2 * row + 1) / size - 1);
        }
      }
    }
    const count = size * size * trainer.unitTape.outputs;
    if (this.values.length !== count) this.values = new Float64Array(count);
    trainer.unitTape.values(this.#points, { at: trainer.numbers, out: this.values });
    this.units = trainer.unitTape.outputs;
  }

  /** The inputs x1 and x2 themselves, as images of units. */
  inputs() {
    return this.#points;
  }
}

/**
 * Draws one unit into pixels: from -1 to 1, or in units of its largest number.
 *
 * @param {Uint32Array} pixels of an image with rows of `width`
 * @param {number} at where the picture begins
 * @param {Float64Array} values
 * @param {{first: number, every: number, size: number, step: number}} place of the unit: its first value, how many
 *   values a point has, points on a side, and which of them to take
 * @param {{factor: number, shift: number}} form a number x has the colour of factor * x + shift
 */
export function drawUnit(pixels, width, at, values, { first, every, size, step }, table, { factor, shift }) {
  for (let row = 0, y = 0; row < size; row += step, y++) {
    for (let column = 0, x = 0; column < size; column += step, x++) {
      const value = values[(row * size + column) * every + first];
      pixels[at + y * width + x] = table[levelOf(factor * value + shift)];
    }
  }
}

/** The largest absolute number of a unit on the grid; 1 if all are 0. */
export function reachOf(values, first, every) {
  let most = 0;
  for (let k = first; k < values.length; k += every) {
    const size = Math.abs(values[k]);
    if (size > most && size < Infinity) most = size;
  }
  return most || 1;
}
