/**
 * The index of a take: which of its values it means.
 */

/** Which of n values an index means, from 0; negative ones count from the end; -1 for none. */
export function placeOf(index, n) {
  if (!(index >= -n && index < n) || index !== Math.trunc(index)) return -1;
  return index < 0 ? index + n : index;
}

/** The place of the value that a take means. */
export function takenPlace(index, n) {
  const place = placeOf(index, n);
  if (place < 0) throw new RangeError(indexMessage(index, n));
  return place;
}

export function indexMessage(index, n) {
  if (!Number.isInteger(index)) {
    const shown = String(index).toLowerCase().replace("infinity", "inf");
    return `an index is an integer, such as 2 or 2.0, got ${shown}`;
  }
  return `index ${index} is out of range: the indices of ${n} values are ${-n} to ${n - 1}`;
}
