/**
 * What was measured while a network trained: the losses, and the weights on their way.
 *
 * Which points are kept depends on the updates alone, not on when one looked: a training that is repeated has the same
 * ones.
 */

const MOST = 400; // points
const FIRST = 10; // updates that are kept within an epoch

/** @typedef {{update: number, train: object, test: object, numbers: Float32Array}} CurvePoint */

export class Curves {
  #stride = 1; // updates between two points
  #kept = []; // points
  #now = null; // the last point, which need not be kept

  /** Whether the point after this update is kept. */
  isKept(update, isEndOfEpoch) {
    const last = this.#kept[this.#kept.length - 1];
    return last === undefined || ((update <= FIRST || isEndOfEpoch) && update >= last.update + this.#stride);
  }

  /** @param {CurvePoint} point */
  keep(point) {
    this.#kept.push(point);
    if (this.#kept.length <= MOST) return;
    this.#kept = this.#kept.filter((_, k) => k % 2 === 0);
    this.#stride = (this.#kept[MOST / 2].update - this.#kept[0].update) / (MOST / 2);
  }

  /** Forgets all points after an update. */
  cut(update) {
    this.#kept = this.#kept.filter((point) => point.update <= update);
  }

  /** Shows how it is now. @param {CurvePoint} point */
  show(point) {
    this.#now = point;
  }

  /** All points, to the present one. @returns {CurvePoint[]} */
  get points() {
    const isNew = this.#now !== null && this.#now.update > (this.#kept[this.#kept.length - 1]?.update ?? -1);
    return isNew ? [...this.#kept, this.#now] : this.#kept;
  }

  copy() {
    const twin = new Curves();
    twin.#stride = this.#stride;
    twin.#kept = this.#kept.slice();
    twin.#now = this.#now;
    return twin;
  }
}
