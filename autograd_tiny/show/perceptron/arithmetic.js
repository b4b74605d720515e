/**
 * The arithmetic of an update, written out line by line, and the reason why a line can separate points, or cannot.
 */
import { readable } from "../page/numbers.js";

/** Writes numbers: as they are, and as factors and addends, in brackets if they have a sign. */
class Writer {
  constructor(digits) {
    this.number = (x) => readable(x, digits);
    this.factor = (x) => (readable(x, digits).startsWith("−") ? `(${readable(x, digits)})` : readable(x, digits));
  }

  netInput({ weights: [w1, w2, b], point: [x1, x2], z }) {
    const { number, factor } = this;
    const sum = `${number(w1)} · ${factor(x1)} + ${factor(w2)} · ${factor(x2)} + ${factor(b)}`;
    return `z = w₁x₁ + w₂x₂ + b = ${sum} = ${number(z)}`;
  }

  /**
   * The lines of the three updates: w₁ ← w₁ + η (t − y) x₁ = ...
   * @param {object} update
   * @param {string} sign of the step
   * @param {string} name what the step is, but for η and the input
   * @param {number} number of it
   */
  steps({ weights, point: [x1, x2], rate, next }, sign, name, number) {
    return [
      ["w₁", "x₁", x1],
      ["w₂", "x₂", x2],
      ["b", "", 1],
    ].map(([weight, input, x], i) => {
      const symbols = `${weight} ${sign} η ${name}${input && ` · ${input}`}`;
      const step = `${this.number(rate)} · ${this.factor(number)}${input && ` · ${this.factor(x)}`}`;
      return `${weight} ← ${symbols} = ${this.number(weights[i])} ${sign} ${step} = ${this.number(next[i])}`;
    });
  }
}

/** The perceptron rule in symbols. */
export const PERCEPTRON_RULE = [
  "z = w₁x₁ + w₂x₂ + b",
  "y = 1 if z > 0, else 0",
  "w₁ ← w₁ + η (t − y) · x₁",
  "w₂ ← w₂ + η (t − y) · x₂",
  "b ← b + η (t − y)",
];

/** Gradient descent on a loss, in symbols. */
export function gradientDescentOn(loss) {
  const ofLoss = {
    squared: ["loss = (h − t)²", "∂loss/∂z = 2 (h − t) · h (1 − h)"],
    crossEntropy: ["loss = −log h if t = 1, else −log (1 − h)", "∂loss/∂z = h − t"],
  };
  return [
    "z = w₁x₁ + w₂x₂ + b",
    "h = σ(z) = 1 / (1 + e^−z)",
    ...ofLoss[loss],
    "w₁ ← w₁ − η ∂loss/∂z · x₁",
    "w₂ ← w₂ − η ∂loss/∂z · x₂",
    "b ← b − η ∂loss/∂z",
  ];
}

/** An update by the perceptron rule. */
export function ofPerceptronRule(update, digits) {
  const writer = new Writer(digits);
  const { point, z, y } = update;
  const t = point[2];
  const lines = [writer.netInput(update), `y = ${y}, since z ${z > 0 ? "> 0" : "≤ 0"}`];
  if (y === t) return [...lines, `t = ${t}: right, so nothing changes`];
  const wrong = `t = ${t}: wrong, t − y = ${writer.number(t - y)}`;
  return [...lines, wrong, ...writer.steps(update, "+", "(t − y)", t - y)];
}

/** An update by gradient descent. */
export function ofGradientDescent(update, digits) {
  const writer = new Writer(digits);
  const { number, factor } = writer;
  const { point, loss, h, lossValue, delta } = update;
  const t = point[2];
  const product = `2 · ${factor(h - t)} · ${number(h)} · ${number(1 - h)}`;
  const ofLoss = {
    squared: [
      `loss = (h − t)² = (${number(h)} − ${t})² = ${number(lossValue)}`,
      `∂loss/∂z = 2 (h − t) · h (1 − h) = ${product} = ${number(delta)}`,
    ],
    crossEntropy: [
      `loss = −log ${t ? "h" : "(1 − h)"} = −log ${number(t ? h : 1 - h)} = ${number(lossValue)}`,
      `∂loss/∂z = h − t = ${number(h)} − ${t} = ${number(delta)}`,
    ],
  };
  const [value, slope] = ofLoss[loss];
  return [
    writer.netInput(update),
    `h = σ(z) = 1 / (1 + e^−z) = ${number(h)}`,
    `t = ${t}: ${value}`,
    slope,
    ...writer.steps(update, "−", "∂loss/∂z", delta),
  ];
}

const NO_POINTS = ["There are no points yet."];

const ONE_CLASS = ["There are points of one class only: any line with all of them on the right side will do."];

const POSSIBLE = [
  "A line can separate these points. The perceptron rule then finds one after finitely many updates, whatever the " +
    "rate and the start (A. Novikoff, 1962), and stops there: points on the right side change nothing.",
  "Gradient descent goes on: a point on the right side still pulls a little, and the line usually moves to a place " +
    "between the classes.",
];

const BETWEEN =
  "Along a segment and inside a triangle, z = w₁x₁ + w₂x₂ + b lies between its values at the corners. So where " +
  "they meet, z would have to be above 0 and not above 0 at once.";

const XOR =
  "In numbers: class 1 asks for w₂ + b > 0 and w₁ + b > 0, together w₁ + w₂ + 2b > 0. Class 0 asks for b ≤ 0 and " +
  "w₁ + w₂ + b ≤ 0, together w₁ + w₂ + 2b ≤ 0. Both cannot hold.";

const NEVER =
  "The perceptron rule never stops here: in each round some point is on the wrong side, and the line moves. Gradient " +
  "descent does not stop either, since at a constant rate each point still moves the line; the smaller the rate, the " +
  "less it moves.";

const SECOND_LAYER = "A second layer of units can separate the points.";

const SAME_PLACE =
  "No network can separate the points: two points of different classes are at the same place, where x₁ and x₂ do " +
  "not tell them apart.";

/** Why no line separates the points, or that one does: `found` is what separation.js says. */
export function ofSeparation(found, digits, points) {
  if (points.length === 0) return NO_POINTS;
  if (![0, 1].every((k) => points.some((point) => point[2] === k))) return ONE_CLASS;
  if (found === null) return POSSIBLE;
  const { ones, zeros, at } = found;
  const [one, zero] = [cornersInWords(ones, 1, digits), cornersInWords(zeros, 0, digits)];
  const meet = `No line can separate these points: ${one} and ${zero} meet at ${placeInWords(at, digits)}.`;
  const more = areTwoAtOnePlace(points) ? SAME_PLACE : SECOND_LAYER;
  return [meet, BETWEEN, ...(isXor(points) ? [XOR] : []), `${NEVER} ${more}`];
}

function areTwoAtOnePlace(points) {
  const classes = new Map(points.map(([x, y, t]) => [`${x},${y}`, t]));
  return points.some(([x, y, t]) => classes.get(`${x},${y}`) !== t);
}

function isXor(points) {
  const isBit = (x) => x === 0 || x === 1;
  return points.length === 4 && points.every(([x, y, t]) => isBit(x) && isBit(y) && t === (x === y ? 0 : 1));
}

const placeInWords = ([x, y], digits) => `(${readable(x, digits)}, ${readable(y, digits)})`;

function cornersInWords(corners, k, digits) {
  const places = corners.map((corner) => placeInWords(corner, digits));
  if (places.length === 1) return `the point ${places[0]} of class ${k}`;
  if (places.length === 2) return `the segment between ${places.join(" and ")} of class ${k}`;
  return `the triangle of ${places.join(", ")} of class ${k}`;
}
