/**
 * The arithmetic of an update, written out line by line.
 */
import { readable } from "../page/numbers.js";

/** A number as a factor or an addend, in brackets if it has a sign. */
const inBrackets = (text) => (text.startsWith("−") ? `(${text})` : text);

class Writer {
  constructor(digits) {
    this.number = (x) => readable(x, digits);
    this.factor = (x) => inBrackets(readable(x, digits));
  }

  netInput({ weights: [w1, w2, b], point: [x1, x2], z }) {
    const { number, factor } = this;
    const sum = `${number(w1)} · ${factor(x1)} + ${factor(w2)} · ${factor(x2)} + ${factor(b)}`;
    return `z = w₁x₁ + w₂x₂ + b = ${sum} = ${number(z)}`;
  }
}

/** An update by the perceptron rule. */
export function ofPerceptronRule(update, digits) {
  const writer = new Writer(digits);
  const { number, factor } = writer;
  const { weights, point: [x1, x2, t], rate, z, y, next } = update;
  const lines = [writer.netInput(update), `y = ${y}, since z ${z > 0 ? "> 0" : "≤ 0"}`];
  if (y === t) return [...lines, `t = ${t}: right, so nothing changes`];
  const error = t - y;
  const line = (name, w, x, result) => `${name} + η (t − y)${x === null ? "" : ` ${name.replace("w", "x")}`} = ${number(w)} + ${number(rate)} · ${factor(error)}${x === null ? "" : ` · ${factor(x)}`} = ${number(result)}`;
  return [
    ...lines, `t = ${t}: wrong, t − y = ${number(error)}`, `w₁ ← ${line("w₁", weights[0], x1, next[0])}`,
    `w₂ ← ${line("w₂", weights[1], x2, next[1])}`, `b ← ${line("b", weights[2], null, next[2])}`,
  ];
}

/** An update by gradient descent. */
export function ofGradientDescent(update, digits) {
  const writer = new Writer(digits);
  const { number, factor } = writer;
  const { weights, point: [x1, x2, t], rate, loss, h, lossValue, delta, next } = update;
  const ofLoss = {
    squared: [
      `loss = (h − t)² = (${number(h)} − ${t})² = ${number(lossValue)}`,
      `∂loss/∂z = 2 (h − t) · h (1 − h) = 2 · ${factor(h - t)} · ${number(h)} · ${number(1 - h)} = ${number(delta)}`,
    ],
    crossEntropy: [
      `loss = −log ${t ? "h" : "(1 − h)"} = −log ${number(t ? h : 1 - h)} = ${number(lossValue)}`,
      `∂loss/∂z = h − t = ${number(h)} − ${t} = ${number(delta)}`,
    ],
  };
  const line = (name, w, x, result) => `${name} − η ∂loss/∂z${x === null ? "" : ` · ${name.replace("w", "x")}`} = ${number(w)} − ${number(rate)} · ${factor(delta)}${x === null ? "" : ` · ${factor(x)}`} = ${number(result)}`;
  return [
    writer.netInput(update), `h = σ(z) = 1 / (1 + e^−z) = ${number(h)}`, `t = ${t}: ${ofLoss[loss][0]}`, ofLoss[loss][1],
    `w₁ ← ${line("w₁", weights[0], x1, next[0])}`, `w₂ ← ${line("w₂", weights[1], x2, next[1])}`,
    `b ← ${line("b", weights[2], null, next[2])}`,
  ];
}

/** Why no line parts the points, or that one does. */
export function ofSeparation(found, digits, points) {
  const number = (x) => readable(x, digits);
  const at = ([x, y]) => `(${number(x)}, ${number(y)})`;
  const count = (k) => points.filter((point) => point[2] === k).length;
  if (count(0) === 0 || count(1) === 0) return ["There are points of one class only, so any line on the right side of them will do."];
  if (found === null) {
    return [
      "A line can part these points. The perceptron rule then finds one after finitely many updates, whatever the rate " +
        "and the start (A. Novikoff, 1962), and stops there: right points change nothing.",
      "Gradient descent goes on: a point that is right still pulls a little, and the line comes to stand between the classes.",
    ];
  }
  const { ones, zeros, at: place } = found;
  const words = (corners, k) => (corners.length === 1
    ? `the point ${at(corners[0])} of class ${k}`
    : `the ${corners.length === 2 ? "segment between" : "triangle of"} ${corners.map(at).join(corners.length === 2 ? " and " : ", ")} of class ${k}`);
  const isXor = points.length === 4 && ones.length === 2 && zeros.length === 2 && place.every((x) => x === 0.5);
  const sums = isXor ? [
    "In numbers: class 1 asks for w₂ + b > 0 and w₁ + b > 0, together w₁ + w₂ + 2b > 0. Class 0 asks for b ≤ 0 and " +
      "w₁ + w₂ + b ≤ 0, together w₁ + w₂ + 2b ≤ 0. Both cannot be.",
  ] : [];
  return [
    `No line can part these points: ${words(ones, 1)} and ${words(zeros, 0)} meet at ${at(place)}.`,
    "Along a segment and inside of a triangle, z = w₁x₁ + w₂x₂ + b lies between its values at the corners. So where they " +
      "meet, z would have to be above 0 and not above 0 at once.",
    ...sums,
    "The perceptron rule never stops here: in each round a point is wrong, and the line moves. Gradient descent settles " +
      "where the pulls balance. A second layer of units solves it.",
  ];
}
