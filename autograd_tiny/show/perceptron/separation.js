/**
 * Whether a line can separate two classes of points. It can if their convex hulls share no point; if they do,
 * there are four points or fewer that show it: two segments that cross, or a point in a triangle of the other class.
 *
 * P. Kirchberger, Ueber Tchebychefsche Annaeherungsmethoden (1903).
 */

/** Twice the signed area of a triangle. */
const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

/** The convex hull of points, counterclockwise. */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const distinct = sorted.filter((p, i) => i === 0 || p[0] !== sorted[i - 1][0] || p[1] !== sorted[i - 1][1]);
  if (distinct.length < 3) return distinct;
  const half = (ordered) => {
    const chain = [];
    for (const p of ordered) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), p) <= 0) chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(distinct), ...half([...distinct].reverse())];
}

const edgesOf = (corners) =>
  corners.length > 1 ? corners.map((p, i) => [p, corners[(i + 1) % corners.length]]) : [];

/** Where two segments meet; null if they do not. */
export function crossing([a, b], [c, d]) {
  const area = turn(a, b, d) - turn(a, b, c);
  if (area === 0) {
    const ends = [a, b].filter((p) => isOn(p, [c, d]));
    return placeOf(ends[0] ?? [c, d].find((p) => isOn(p, [a, b])));
  }
  const along = -turn(a, b, c) / area; // from c to d
  const across = turn(c, d, a) / (turn(c, d, a) - turn(c, d, b)); // from a to b
  if (!(along >= 0 && along <= 1 && across >= 0 && across <= 1)) return null;
  return [0, 1].map((i) => c[i] + along * (d[i] - c[i]));
}

const placeOf = (point) => (point ? point.slice(0, 2) : null);

function isOn(p, [a, b]) {
  const isBetween = [0, 1].every((i) => p[i] >= Math.min(a[i], b[i]) && p[i] <= Math.max(a[i], b[i]));
  return isBetween && turn(a, b, p) === 0;
}

/** A triangle of corners that a point is in; null if there is none. */
function triangleAround(p, corners) {
  for (let i = 1; i + 1 < corners.length; i++) {
    const triangle = [corners[0], corners[i], corners[i + 1]];
    if (edgesOf(triangle).every(([a, b]) => turn(a, b, p) >= 0)) return triangle;
  }
  return null;
}

/**
 * Why no line separates the points: null if one does.
 *
 * @param {number[][]} points [x, y, class]
 * @returns {{ones: number[][], zeros: number[][], at: number[]} | null} points of either class, whose hulls meet `at`
 */
export function obstacle(points) {
  const [zeros, ones] = [0, 1].map((k) => hull(points.filter((point) => point[2] === k)));
  if (zeros.length === 0 || ones.length === 0) return null;
  for (const one of edgesOf(ones)) {
    for (const zero of edgesOf(zeros)) {
      const at = crossing(one, zero);
      if (at) return { ones: one, zeros: zero, at };
    }
  }
  for (const p of ones) {
    const around = triangleAround(p, zeros) ?? segmentOrPoint(p, zeros);
    if (around) return { ones: [p], zeros: around, at: placeOf(p) };
  }
  for (const p of zeros) {
    const around = triangleAround(p, ones) ?? segmentOrPoint(p, ones);
    if (around) return { ones: around, zeros: [p], at: placeOf(p) };
  }
  return null;
}

/** The segment of a hull of two points, or the one of a hull of one, that a point is on. */
function segmentOrPoint(p, corners) {
  if (corners.length === 1) return p[0] === corners[0][0] && p[1] === corners[0][1] ? corners : null;
  return edgesOf(corners).find((edge) => isOn(p, edge)) ?? null;
}
