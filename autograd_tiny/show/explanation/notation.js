/**
 * The names and the numbers of the nodes in an explanation, and the formulas that are written with them; and which
 * results are inlined: unnamed arithmetic becomes part of the factor around it. See notation.py and inlining.py.
 */
import { readable } from "../page/numbers.js";
import { Formulas, isClose } from "./formulas.js";
import { Formula, MULTIPLIED, name } from "./typesetting.js";

const LONGEST_INLINED = 28; // characters of a result that is written out,
const DEEPEST_INLINED = 3; // and its levels
const MOST_INLINED = 12; // results that become one factor
const MOST_VISITED = 2000; // nodes, to find out whether a path is the only one
const ARITHMETIC = ["add", "sub", "mul", "div", "pow", "neg", "sum", "mean", "prod"];
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

const isArithmetic = (node) => ARITHMETIC.includes(node.operation);

/** Whether it is a result of arithmetic without a label. */
export const isInlinable = (node) => !node.isLabelled && isArithmetic(node);

/** The symbol of each local derivative: "∂", or "∂₁", "∂₂", … where an operand is used more than once. */
export function partials(node) {
  return node.operands.map((x, k) => {
    const isRepeated = typeof x !== "number" && node.operands.filter((other) => other === x).length > 1;
    return isRepeated ? `∂${String(k + 1).replace(/\d/g, (digit) => SUBSCRIPTS[digit])}` : "∂";
  });
}

export class Notation extends Formulas {
  #depth = 0;

  /**
   * @param {object} state the numbers of all nodes
   * @param {Set<object>} onPaths the nodes that are stations of a path; other unnamed arithmetic is inlined, if short
   * @param {number} digits the significant digits of numbers
   */
  constructor(state, onPaths, digits) {
    super(state);
    Object.assign(this, { onPaths, digits });
    this.inlined = new Map(); // the formula of each unnamed result met so far, or its name if that formula is long
  }

  /** The name of an operand, or the text of a number. */
  namer(x) {
    return typeof x === "number" ? readable(x, this.digits) : x.name || readable(this.dataOf(x), this.digits);
  }

  operand(x) {
    if (typeof x === "number") return super.operand(x);
    if (!x.name) return this.number(this.dataOf(x));
    if (!isInlinable(x) || this.onPaths.has(x)) return super.operand(x);
    if (!this.inlined.has(x)) this.inlined.set(x, this.#writtenOut(x));
    return this.inlined.get(x);
  }

  #writtenOut(x) {
    if (this.#depth < DEEPEST_INLINED) {
      this.#depth += 1;
      const formula = this.value(x);
      this.#depth -= 1;
      if ([...formula.text].length <= LONGEST_INLINED) return formula;
    }
    return super.operand(x);
  }

  /** Its name, in brackets if that looks like a formula. */
  named(node) {
    return name(this.namer(node)).within(MULTIPLIED);
  }

  /** The symbol ∂f/∂x. */
  derivative(result, operand, sign = "∂") {
    return new Formula(`${sign}${this.named(result).text}/∂${this.named(operand).text}`);
  }

  /** x = a + b = 2; "≈ 1" of tanh(9). */
  definition(node) {
    const x = this.dataOf(node), text = this.namer(x), digits = text.replace(/^−/, "");
    const isShortInteger = /^\d+$/.test(digits) && digits.length < this.digits;
    const equals = !isShortInteger || isClose(x, Math.round(x), 1e-14) ? "=" : "≈";
    return `${this.namer(node)} = ${this.value(node).text} ${equals} ${text}`;
  }
}

/** The unnamed results on some paths that are used once, between two nodes that no other path connects. */
export function inlinedOn(nodes, paths) {
  const short = paths.filter((path) => path.nodes.length <= MOST_VISITED);
  const results = candidates(nodes, short);
  const single = new Map();
  const isSinglePath = (start, end) => {
    const key = `${start.index} ${end.index}`;
    if (!single.has(key)) single.set(key, arrivalsAt(start, end) === 1);
    return single.get(key);
  };
  for (const path of short) {
    let start = 0;
    path.nodes.forEach((node, i) => {
      if (results.has(node)) return;
      const run = path.nodes.slice(start + 1, i);
      if (run.length && (run.length > MOST_INLINED || !isSinglePath(path.nodes[start], node))) {
        for (const each of run) results.delete(each);
      }
      start = i;
    });
  }
  for (const path of paths) if (!short.includes(path)) for (const node of path.nodes) results.delete(node);
  return results;
}

/** The edges into end from nodes below start; 2 also means more, or too many nodes to look at. */
function arrivalsAt(start, end) {
  let found = 0;
  const seen = new Set([start]), stack = [start];
  while (stack.length && found < 2) {
    for (const x of stack.pop().operands) {
      if (x === end) found += 1;
      else if (typeof x !== "number" && x.index > end.index && !seen.has(x)) {
        seen.add(x);
        stack.push(x);
      }
    }
    if (seen.size > MOST_VISITED) return 2;
  }
  return found;
}

/** The inlinable results on these paths that are used once, in arithmetic. */
function candidates(nodes, paths) {
  const inlinable = new Set(paths.flatMap((path) => path.nodes.slice(1, -1).filter(isInlinable)));
  const uses = new Map();
  for (const node of inlinable.size ? nodes : []) {
    for (const x of node.operands) if (inlinable.has(x)) uses.set(x, (uses.get(x) ?? 0) + 1);
  }
  const isCandidate = (path, i) => {
    const node = path.nodes[i];
    return inlinable.has(node) && uses.get(node) === 1 && isArithmetic(path.nodes[i - 1]);
  };
  return new Set(paths.flatMap((path) => path.nodes.slice(0, -1).filter((_, i) => i > 0 && isCandidate(path, i))));
}
