/**
 * One operation at given numbers.
 */
import { takenPlace } from "./indices.js";
import { quoted } from "./program.js";
import { ROWS } from "./rows.js";

/**
 * An operation at these operands: its value, and the local derivative by each of them.
 *
 * @param {string} operation
 * @param {ArrayLike<number>} operands
 */
export function evaluate(operation, operands) {
  const row = Object.hasOwn(ROWS, operation) ? ROWS[operation] : undefined;
  if (row === undefined) throw new TypeError(`there is no operation ${quoted(operation)}`);
  return evaluateRow(row, operation, operands);
}

/** The same, given the row of the operation. */
export function evaluateRow(row, operation, operands) {
  const size = operands.length;
  if (row.arity && size !== row.arity) throw new TypeError(`${operation} does not take ${size} operands`);
  if (row.forward === undefined) return evaluateByHand(operation, Array.from(operands));
  const r = new Float64Array(size + 1);
  const a = new Float64Array(size + 1);
  r.set(operands);
  a[size] = 1;
  const places = Array.from(operands, (_, k) => k);
  row.forward(r, places, 1, 1, size);
  for (const kernel of row.reverse) if (kernel !== null) kernel(r, a, places, 1, 1, size);
  return { value: r[size], derivatives: a.slice(0, size) };
}

/** Of the rows without loops. */
function evaluateByHand(operation, operands) {
  const size = operands.length;
  if (operation === "take") {
    const place = takenPlace(operands[size - 1], size - 1);
    return { value: operands[place], derivatives: Float64Array.from(operands, (_, k) => (k === place ? 1 : 0)) };
  }
  if (operation === "dot") {
    const half = size >> 1;
    let value = 0;
    for (let k = 0; k < half; k++) value += operands[k] * operands[half + k];
    if (size % 2) value += operands[2 * half];
    const derivatives = Float64Array.from(operands, (_, k) => {
      return k < half ? operands[half + k] : k < 2 * half ? operands[k - half] : 1;
    });
    return { value, derivatives };
  }
  const share = operation === "mean" ? 1 / size : 1;
  const total = operands.reduce((sum, x) => sum + x, 0);
  return { value: operation === "mean" ? total / size : total, derivatives: new Float64Array(size).fill(share) };
}
