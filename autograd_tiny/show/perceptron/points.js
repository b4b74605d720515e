/**
 * Data sets of points [x, y, class].
 */

const GATES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

const gate = (truth) => GATES.map(([x, y]) => [x, y, truth(x, y) ? 1 : 0]);

/** Two clouds around a point and its mirror image: the same ones each time. */
function clouds(distance, spread) {
  let seed = 7;
  const uniform = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: 20 }, (_, i) => {
    const side = i % 2 ? 1 : -1;
    const place = [side * distance + spread * normal(), -0.6 * side * distance + spread * normal()];
    return [...place.map((x) => Number(x.toFixed(2))), i % 2];
  });
}

/** The data sets, by name; each as it is called, and its points. */
export const DATA_SETS = {
  clouds: { name: "two clouds", points: clouds(0.9, 0.35) },
  overlap: { name: "clouds that overlap", points: clouds(0.4, 0.8) },
  and: { name: "AND", points: gate((x, y) => x && y) },
  or: { name: "OR", points: gate((x, y) => x || y) },
  xor: { name: "XOR", points: gate((x, y) => x !== y) },
};

/** Where a picture of the points begins and ends, the same along both axes in length. */
export function sidesOf(points) {
  const ends = [0, 1].map((i) => {
    const all = points.map((point) => point[i]);
    return points.length ? [Math.min(...all), Math.max(...all)] : [-1, 1];
  });
  const half = 0.75 * Math.max(...ends.map(([low, high]) => high - low), 0.8);
  return ends.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half]);
}
