/**
 * How instructions run on a block of samples.
 *
 * A block has rows of numbers, one for each sample: row k begins at k * w in the array r, and its adjoints at the same
 * place in a. Scalars, which all samples share, are in the array s, and their adjoints in sa. The steps of scalars run
 * on a block of which r is s, a is sa, and w and n are 1.
 *
 * Each step has forward(block), and reverse(block, by), which adds to the adjoints that derivatives by the parameters
 * or by the inputs need.
 *
 * @typedef {{r: Float64Array, a: Float64Array, s: Float64Array, sa: Float64Array, w: number, n: number,
 *   start: number}} Block  start: the number of the first sample
 */
import { indexMessage, placeOf, takenPlace } from "./indices.js";

export const BY_PARAMETERS = 0;
export const BY_INPUTS = 1;

/**
 * Which operands need an adjoint, for derivatives by the parameters and by the inputs: bit k stands for operand k, and
 * bit 0 for any of those of an operation of many.
 *
 * @typedef {[number, number]} Wanted
 */

/** An operation on rows. */
export class RowStep {
  constructor(row, places, result, wanted) {
    this.places = places;
    this.result = result;
    this.run = row.forward;
    this.back = [kernelsOf(row, wanted[BY_PARAMETERS]), kernelsOf(row, wanted[BY_INPUTS])];
  }

  forward({ r, w, n }) {
    this.run(r, this.places, w, n, this.result * w);
  }

  reverse({ r, a, w, n }, by) {
    const kernels = this.back[by];
    for (let k = 0; k < kernels.length; k++) kernels[k](r, a, this.places, w, n, this.result * w);
  }
}

const known = new WeakMap(); // by row, then by bits

/** The loops that add to the adjoints of some operands. */
function kernelsOf(row, bits) {
  if (!known.has(row)) known.set(row, new Map());
  const found = known.get(row);
  if (!found.has(bits)) found.set(bits, row.reverse.filter((kernel, k) => kernel !== null && (bits >> k) & 1));
  return found.get(bits);
}

/** A dot of scalars; the places are those of x1 ... xn y1 ... yn and the bias. */
export class ScalarDot {
  constructor(places, result, wanted) {
    this.places = places;
    this.result = result;
    this.wanted = wanted;
  }

  forward({ r }) {
    const p = this.places;
    const count = p.length >> 1;
    let total = 0;
    for (let k = 0; k < count; k++) total += r[p[k]] * r[p[count + k]];
    r[this.result] = total + r[p[2 * count]];
  }

  reverse({ r, a }, by) {
    if (!this.wanted[by]) return;
    const p = this.places;
    const count = p.length >> 1;
    const adjoint = a[this.result];
    for (let k = 0; k < count; k++) {
      a[p[k]] += adjoint * r[p[count + k]];
      a[p[count + k]] += adjoint * r[p[k]];
    }
    a[p[2 * count]] += adjoint;
  }
}

/** A take of scalars. */
export class ScalarTake {
  constructor(places, result) {
    this.places = places;
    this.result = result;
  }

  #place({ r }) {
    const count = this.places.length - 1;
    return this.places[takenPlace(r[this.places[count]], count)];
  }

  forward(block) {
    block.r[this.result] = block.r[this.#place(block)];
  }

  reverse(block) {
    block.a[this.#place(block)] += block.a[this.result];
  }
}

/** A sum of products for each sample: of weights, which are scalars, with rows, and of left with right factors. */
export class Dot {
  /**
   * @param {number[]} weights the places of the scalars
   * @param {number[]} rows those that go with them
   * @param {number[]} left
   * @param {number[]} right
   * @param {number} bias the place of a scalar
   * @param {number} result the row
   * @param {boolean} needsScalars whether a weight or the bias depends on a parameter
   * @param {boolean[]} needsRow for each row, left and right factor whether it does
   */
  constructor(weights, rows, left, right, bias, result, needsScalars, needsRow) {
    Object.assign(this, { weights, rows, left, right, bias, result, needsScalars });
    const count = weights.length;
    this.weightsBack = [weights.filter((_, k) => needsRow[k]), weights];
    this.rowsBack = [rows.filter((_, k) => needsRow[k]), rows];
    this.needsLeft = needsRow.slice(count, count + left.length);
    this.needsRight = needsRow.slice(count + left.length);
  }

  forward({ r, s, w, n }) {
    const f = this.result * w;
    r.fill(s[this.bias], f, f + n);
    addWeighted(r, f, s, this.weights, r, this.rows, w, n);
    for (let k = 0; k < this.left.length; k++) addProducts(r, f, r, this.left[k] * w, r, this.right[k] * w, n);
  }

  reverse({ r, a, s, sa, w, n }, by) {
    const f = this.result * w;
    if (by === BY_PARAMETERS && this.needsScalars) {
      addSums(sa, this.weights, a, f, r, this.rows, w, n);
      sa[this.bias] += sumOf(a, f, n);
    }
    spread(a, f, s, this.weightsBack[by], this.rowsBack[by], w, n);
    for (let k = 0; k < this.left.length; k++) {
      const x = this.left[k] * w;
      const y = this.right[k] * w;
      if (by === BY_INPUTS || this.needsLeft[k]) addProducts(a, x, a, f, r, y, n);
      if (by === BY_INPUTS || this.needsRight[k]) addProducts(a, y, a, f, r, x, n);
    }
  }
}

/** For each sample the value at an index: of scalars, or of rows. */
export class Take {
  constructor(values, areScalars, index, result, wanted) {
    Object.assign(this, { values, areScalars, index, result });
    this.wanted = wanted;
  }

  forward(block) {
    const { r, s, w, n } = block;
    for (let i = 0; i < n; i++) {
      const place = this.#place(block, i);
      r[this.result * w + i] = this.areScalars ? s[place] : r[place * w + i];
    }
  }

  reverse(block, by) {
    if (!this.wanted[by] || (this.areScalars && by === BY_INPUTS)) return;
    const { a, sa, w, n } = block;
    for (let i = 0; i < n; i++) {
      const place = this.#place(block, i);
      if (this.areScalars) sa[place] += a[this.result * w + i];
      else a[place * w + i] += a[this.result * w + i];
    }
  }

  #place({ r, w, start }, i) {
    const count = this.values.length;
    const index = r[this.index * w + i];
    const place = placeOf(index, count);
    if (place < 0) throw new RangeError(`sample ${start + i}: ${indexMessage(index, count)}`);
    return this.values[place];
  }
}

// ---- loops over samples, four rows at a time

/** to[f...] += sum of s[weights[k]] * r[rows[k]...] */
function addWeighted(to, f, s, weights, r, rows, w, n) {
  const count = weights.length;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const s0 = s[weights[k]], s1 = s[weights[k + 1]], s2 = s[weights[k + 2]], s3 = s[weights[k + 3]];
    const x0 = rows[k] * w, x1 = rows[k + 1] * w, x2 = rows[k + 2] * w, x3 = rows[k + 3] * w;
    for (let i = 0; i < n; i++) {
      to[f + i] = to[f + i] + s0 * r[x0 + i] + s1 * r[x1 + i] + s2 * r[x2 + i] + s3 * r[x3 + i];
    }
  }
  for (; k < count; k++) {
    const s0 = s[weights[k]];
    const x0 = rows[k] * w;
    for (let i = 0; i < n; i++) to[f + i] += s0 * r[x0 + i];
  }
}

/** sa[weights[k]] += sum of a[f...] * r[rows[k]...], over the samples */
function addSums(sa, weights, a, f, r, rows, w, n) {
  const count = weights.length;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const x0 = rows[k] * w, x1 = rows[k + 1] * w, x2 = rows[k + 2] * w, x3 = rows[k + 3] * w;
    let t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    for (let i = 0; i < n; i++) {
      const adjoint = a[f + i];
      t0 += adjoint * r[x0 + i];
      t1 += adjoint * r[x1 + i];
      t2 += adjoint * r[x2 + i];
      t3 += adjoint * r[x3 + i];
    }
    sa[weights[k]] += t0;
    sa[weights[k + 1]] += t1;
    sa[weights[k + 2]] += t2;
    sa[weights[k + 3]] += t3;
  }
  for (; k < count; k++) {
    const x0 = rows[k] * w;
    let total = 0;
    for (let i = 0; i < n; i++) total += a[f + i] * r[x0 + i];
    sa[weights[k]] += total;
  }
}

/** a[rows[k]...] += s[weights[k]] * a[f...]; a row may stand there twice */
function spread(a, f, s, weights, rows, w, n) {
  const count = weights.length;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const s0 = s[weights[k]], s1 = s[weights[k + 1]], s2 = s[weights[k + 2]], s3 = s[weights[k + 3]];
    const x0 = rows[k] * w, x1 = rows[k + 1] * w, x2 = rows[k + 2] * w, x3 = rows[k + 3] * w;
    for (let i = 0; i < n; i++) {
      const adjoint = a[f + i];
      a[x0 + i] += s0 * adjoint;
      a[x1 + i] += s1 * adjoint;
      a[x2 + i] += s2 * adjoint;
      a[x3 + i] += s3 * adjoint;
    }
  }
  for (; k < count; k++) {
    const s0 = s[weights[k]];
    const x0 = rows[k] * w;
    for (let i = 0; i < n; i++) a[x0 + i] += s0 * a[f + i];
  }
}

function addProducts(to, f, xs, x, ys, y, n) {
  for (let i = 0; i < n; i++) to[f + i] += xs[x + i] * ys[y + i];
}

export function sumOf(a, f, n) {
  let total = 0;
  for (let i = 0; i < n; i++) total += a[f + i];
  return total;
}
