/**
 * The losses of autograd_tiny.nn.losses, with the same nodes, and the targets that each of them takes.
 */

/**
 * For each loss whether the network has an output for each class, and the targets of one output: "signs", -1 and 1;
 * "classes", 0 and 1; "numbers", which may stand for two classes too.
 */
export const LOSSES = {
  binary_cross_entropy: { hasOutputForEachClass: false, targets: "classes", takesNumbers: false },
  hinge: { hasOutputForEachClass: false, targets: "signs", takesNumbers: false },
  cross_entropy: { hasOutputForEachClass: true, targets: "labels", takesNumbers: false },
  multiclass_hinge: { hasOutputForEachClass: true, targets: "labels", takesNumbers: false },
  squared_error: { hasOutputForEachClass: false, targets: "numbers", takesNumbers: true },
  half_squared_error: { hasOutputForEachClass: false, targets: "numbers", takesNumbers: true },
  absolute_error: { hasOutputForEachClass: false, targets: "numbers", takesNumbers: true },
  huber: { hasOutputForEachClass: false, targets: "numbers", takesNumbers: true },
};

/** Whether a loss goes with so many classes; 0 stands for numbers. */
export function suits(loss, classes) {
  const { hasOutputForEachClass, takesNumbers } = LOSSES[loss];
  if (classes === 0) return takesNumbers;
  return hasOutputForEachClass || classes === 2;
}

/** How many outputs a network has for a loss. */
export const outputsFor = (loss, classes) => (LOSSES[loss].hasOutputForEachClass ? classes : 1);

/**
 * How the classes 0 and 1 are written for a loss of one output, and the output between them.
 *
 * @returns {{low: number, high: number, threshold: number} | null} null: a class is its number, or there are none
 */
export function codeOf(loss, classes, outputActivation) {
  const { targets } = LOSSES[loss];
  if (classes !== 2 || targets === "labels") return null;
  if (targets === "classes") return { low: 0, high: 1, threshold: 0 };
  if (targets === "numbers" && outputActivation === "sigmoid") return { low: 0, high: 1, threshold: 0.5 };
  return { low: -1, high: 1, threshold: 0 };
}

/** The loss of a sample as a node. */
export function lossOf(builder, loss, outputs, target) {
  return MADE[loss](builder, outputs, target);
}

const MADE = {
  binary_cross_entropy(b, [z], t) {
    const label = b.push("greater_equal", t, 0.5);
    const sign = b.push("sub", 1, b.push("mul", 2, label));
    return b.push("add", b.push("softplus", b.push("mul", sign, z)), b.push("mul", b.push("sub", label, t), z));
  },
  hinge(b, [o], t) {
    return b.push("relu", b.push("sub", 1, b.push("mul", t, o)));
  },
  cross_entropy(b, scores, label) {
    return b.push("sub", b.push("logsumexp", ...scores), b.push("take", ...scores, label));
  },
  multiclass_hinge(b, scores, label) {
    const right = b.push("take", ...scores, label);
    const margins = scores.map((s) => b.push("relu", b.push("add", b.push("sub", s, right), 1)));
    const others = scores.map((_, j) => b.push("sub", 1, b.push("equal", label, j)));
    return b.push("dot", ...others, ...margins);
  },
  squared_error(b, [o], t) {
    return b.push("pow", b.push("sub", o, t), 2);
  },
  half_squared_error(b, [o], t) {
    return b.push("mul", 0.5, b.push("pow", b.push("sub", o, t), 2));
  },
  absolute_error(b, [o], t) {
    return b.push("abs", b.push("sub", o, t));
  },
  huber(b, [o], t) {
    const error = b.push("sub", o, t);
    const clipped = b.push("clip", error, -1, 1);
    return b.push("mul", clipped, b.push("sub", error, b.push("mul", 0.5, clipped)));
  },
};

/** strengths[0] * sum |p| + strengths[1] * sum p^2 over the parameters: nn.L1 and nn.L2. */
export function penaltyOf(builder, parameters, [l1, l2]) {
  const ofSizes = () => builder.push("mul", l1, builder.push("sum", ...parameters.map((p) => builder.push("abs", p))));
  const ofSquares = () => builder.push("mul", l2, builder.push("dot", ...parameters, ...parameters));
  if (l1 && l2) return builder.push("add", ofSizes(), ofSquares());
  return l1 ? ofSizes() : ofSquares();
}
