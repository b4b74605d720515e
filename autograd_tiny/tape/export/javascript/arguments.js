/**
 * Checks of the arguments of a run.
 */
import { quoted } from "./program.js";

/** A batch of samples of so many numbers, as one array, and how many samples it has. */
export function samplesOf(X, width) {
  if (Array.isArray(X) && X.length > 0 && typeof X[0] !== "number") {
    for (const row of X) {
      if (typeof row !== "object" || row === null) throw new TypeError(`a sample is an array, got ${quoted(row)}`);
      if (row.length !== width) throw new RangeError(`a sample has ${width} numbers, got ${row.length}`);
    }
    return { x: checkedNumbers(X.flatMap((row) => Array.from(row))), count: X.length };
  }
  if (!Array.isArray(X) && !ArrayBuffer.isView(X)) throw new TypeError(`X: an array is expected, got ${quoted(X)}`);
  if (width === 0 ? X.length > 0 : X.length % width) {
    throw new RangeError(`X has ${X.length} numbers, which are no samples of ${width} each`);
  }
  return { x: Array.isArray(X) ? checkedNumbers(X) : X, count: width === 0 ? 1 : X.length / width };
}

function checkedNumbers(numbers) {
  const wrong = numbers.findIndex((x) => typeof x !== "number");
  if (wrong >= 0) throw new TypeError(`a number is expected, got ${quoted(numbers[wrong])}`);
  return Float64Array.from(numbers);
}

/** By default 1 / count: the mean. */
export function checkedWeights(weights, count) {
  if (weights === undefined) return 1 / count;
  if (typeof weights !== "number" && weights.length !== count) {
    throw new RangeError(`there are ${count} samples, but ${weights.length} weights`);
  }
  return weights;
}

/** An array for so many results: a new one, unless there is one. */
export function roomFor(out, size) {
  if (out === undefined) return new Float64Array(size);
  if (out.length !== size) throw new RangeError(`out has ${out.length} numbers, and ${size} are expected`);
  return out;
}

/** The number of an output, of so many. */
export function checkedOutput(output, count) {
  if (!Number.isInteger(output) || output < 0 || output >= count) {
    throw new RangeError(`output ${quoted(output)}, but the tape has the outputs 0 to ${count - 1}`);
  }
  return output;
}

/** Numbers for so many parameters. */
export function checkedParameters(at, count) {
  if (at.length !== count) throw new RangeError(`the tape has ${count} parameters, got ${at.length} numbers`);
  return at;
}
