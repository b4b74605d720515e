/**
 * The data sets: ../data_sets.py has the same formulas, and explains them.
 *
 * @typedef {[number, number, number]} Point  x1, x2, and the target: the number of a class, or a number
 */
import { Random } from "./random_numbers/mersenne.js";

const { PI, cos, exp, sin } = Math;

/** How a point is drawn, given its number and how many there are. */
const DRAWN = {
  xor(k, count, noise, rng) {
    const [a, b] = [rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)];
    return [a + rng.gauss(0, noise), b + rng.gauss(0, noise), Number(a * b > 0)];
  },
  circles(k, count, noise, rng) {
    const [angle, radius] = [rng.uniform(0, 2 * PI), k % 2 ? 1.4 : 0.6];
    return [radius * cos(angle) + rng.gauss(0, noise), radius * sin(angle) + rng.gauss(0, noise), k % 2];
  },
  moons(k, count, noise, rng) {
    const angle = (PI * (k >> 1)) / Math.max((count >> 1) - 1, 1);
    const [a, b] = k % 2 ? [1 - cos(angle), 0.5 - sin(angle)] : [cos(angle), sin(angle)];
    return [a + rng.gauss(0, noise), b + rng.gauss(0, noise), k % 2];
  },
  spiral(k, count, noise, rng) {
    const t = ((k >> 1) + 1) / ((count >> 1) + 1);
    const [angle, radius] = [3 * PI * t + PI * (k % 2), 1.8 * t];
    return [radius * sin(angle) + rng.gauss(0, 0.5 * noise), radius * cos(angle) + rng.gauss(0, 0.5 * noise), k % 2];
  },
  blobs(k, count, noise, rng) {
    const angle = PI / 2 + (2 * PI * (k % 3)) / 3;
    return [1.2 * cos(angle) + rng.gauss(0, 0.25 + noise), 1.2 * sin(angle) + rng.gauss(0, 0.25 + noise), k % 3];
  },
  line(k, count, noise, rng) {
    const [a, b] = [rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)];
    return [a + rng.gauss(0, noise), b + rng.gauss(0, noise), Number(a + 2 * b > 0)];
  },
  plane(k, count, noise, rng) {
    const [a, b] = [rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)];
    return [a, b, 0.4 * a + 0.3 * b + rng.gauss(0, noise)];
  },
  hills(k, count, noise, rng) {
    const [a, b] = [rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)];
    const hill = exp(-2 * ((a - 0.7) ** 2 + (b - 0.5) ** 2));
    const hollow = exp(-2 * ((a + 0.7) ** 2 + (b + 0.5) ** 2));
    return [a, b, hill - hollow + rng.gauss(0, noise)];
  },
};

/** For each data set its name in the page, and how many classes it has; 0: the targets are numbers. */
export const DATA_SETS = {
  xor: { title: "XOR", classes: 2 },
  circles: { title: "Circles", classes: 2 },
  moons: { title: "Moons", classes: 2 },
  spiral: { title: "Spiral", classes: 2 },
  blobs: { title: "Blobs (3 classes)", classes: 3 },
  line: { title: "A line", classes: 2 },
  plane: { title: "Plane (numbers)", classes: 0 },
  hills: { title: "Hills (numbers)", classes: 0 },
};

/** Points in a random order; those from a later place on stay at the end. */
export function shuffled(points, seed, count = points.length) {
  const found = points.slice(0, count);
  new Random(seed).shuffle(found);
  return [...found, ...points.slice(count)];
}

/** The points of a data set, in a random order: the last ones may be kept for a test. */
export function pointsOf(name, count, noise, seed) {
  const rng = new Random(seed);
  const points = Array.from({ length: count }, (_, k) => DRAWN[name](k, count, noise, rng));
  rng.shuffle(points);
  return points;
}
