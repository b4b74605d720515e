/**
 * What was measured while a network trained: the losses, and the weights on their way. Old points are thinned out.
 */

const MOST = 400; // points

export class Curves {
  #stride = 1; // updates between two points

  constructor() {
    /** @type {{update: number, epoch: number, train: object, test: object, numbers: Float32Array}[]} */
    this.points = [];
  }

  /** Whether a point after so many updates would be kept. */
  isDue(update) {
    const last = this.points[this.points.length - 1];
    return last === undefined || update >= last.update + this.#stride || update < last.update;
  }

  /** Adds a point; one of the same update is replaced. */
  add(point) {
    while (this.points.length && this.points[this.points.length - 1].update >= point.update) this.points.pop();
    this.points.push(point);
    if (this.points.length > MOST) {
      this.points = this.points.filter((_, k) => k % 2 === 0);
      this.#stride = Math.max(1, (this.points[MOST / 4].update - this.points[0].update) / (MOST / 4));
    }
  }

  copy() {
    const twin = new Curves();
    twin.points = this.points.slice();
    twin.#stride = this.#stride;
    return twin;
  }
}
