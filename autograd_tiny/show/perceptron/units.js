/**
 * One unit with two inputs, and one update of its weights by each of the two rules. All numbers come from the tape.
 */
import { Builder, Tape } from "../../tape/export/javascript/tape.js";

export const LOSSES = { squared: "squared error", crossEntropy: "cross-entropy" };

/** The tape of a loss, the output h = sigmoid(z) and the net input z = w1 x1 + w2 x2 + b. */
function tapeOf(loss) {
  const builder = new Builder();
  const [x1, x2, t] = ["x1", "x2", "t"].map((name) => builder.input(name));
  const [w1, w2, b] = ["w1", "w2", "b"].map((name) => builder.parameter(0, name));
  const z = builder.push("dot", w1, w2, x1, x2, b);
  const h = builder.push("sigmoid", z);
  const error = builder.push("sub", h, t);
  const losses = {
    squared: () => builder.push("mul", error, error),
    // -t log h - (1 - t) log(1 - h), in a form that keeps its digits
    crossEntropy: () => {
      const ofOne = builder.push("mul", t, builder.push("softplus", builder.push("neg", z)));
      const ofZero = builder.push("mul", builder.push("sub", 1, t), builder.push("softplus", z));
      return builder.push("add", ofOne, ofZero);
    },
  };
  return Tape.of(builder, [losses[loss](), h, z]);
}

const tapes = Object.fromEntries(Object.keys(LOSSES).map((loss) => [loss, tapeOf(loss)]));

/** The net input at a point. */
export function netInput(weights, [x1, x2]) {
  return tapes.squared.values([x1, x2, 0], { at: weights })[2];
}

/**
 * An update by the perceptron rule: the output is 1 if z is above 0, else 0, and w goes by rate (t - y) x.
 * @param {number[]} weights w1, w2 and b
 * @param {number[]} point x1, x2 and the class t
 */
export function byPerceptronRule(weights, point, rate) {
  const [x1, x2, t] = point;
  const z = netInput(weights, point);
  const y = z > 0 ? 1 : 0;
  const next = y === t ? [...weights] : [x1, x2, 1].map((x, i) => weights[i] + rate * (t - y) * x);
  return { weights, point, rate, z, y, next };
}

/** An update by gradient descent on the loss of this point. */
export function byGradientDescent(weights, point, rate, loss) {
  const tape = tapes[loss];
  const { values, adjoints } = tape.trace(point, { at: weights });
  const [ofLoss, ofH, ofZ] = tape.program.outputs;
  const first = tape.program.inputs;
  const gradient = [...adjoints.subarray(first, first + 3)];
  const next = weights.map((w, i) => w - rate * gradient[i]);
  return {
    weights,
    point,
    rate,
    loss,
    z: values[ofZ],
    h: values[ofH],
    lossValue: values[ofLoss],
    delta: adjoints[ofZ],
    gradient,
    next,
  };
}

/** How many points are on the side of the line where they belong. */
export function right(weights, points) {
  return points.filter((point) => (netInput(weights, point) > 0 ? 1 : 0) === point[2]).length;
}

/** The mean loss of the points. */
export function meanLoss(weights, points, loss) {
  if (points.length === 0) return NaN;
  const outputs = tapes[loss].values(points.flat(), { at: weights });
  return points.reduce((sum, _, i) => sum + outputs[3 * i], 0) / points.length;
}
