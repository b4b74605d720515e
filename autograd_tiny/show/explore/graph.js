/**
 * The computation graph of a page, and its numbers at any leaves: values, local derivatives, gradients.
 *
 * Every number is computed by the rows of tape.js; here are only the two passes over the nodes.
 */
import { evaluate, evaluateRow } from "../../tape/export/javascript/evaluate.js";
import { rowOf } from "../../tape/export/javascript/own_operations.js";
import { ROWS } from "../../tape/export/javascript/rows.js";

export class Graph {
  /**
   * @param {object} data
   * @param {{name: string, isLabelled: boolean, operation: string | null, operands: (number | [number])[],
   *   flows: boolean[], isDifferentiated: boolean}[]} data.nodes in topological order, the output last; an operand is
   *   the index of a node, or a constant in an array
   * @param {string[][]} [data.own] the texts of operations that a user has defined by formulas
   */
  constructor({ nodes, own = [] }) {
    const rows = new Map([...Object.entries(ROWS), ...own.map((texts) => rowOf(texts)).map((row) => [row.name, row])]);
    this.nodes = nodes.map((node, index) => ({ ...node, index, row: rows.get(node.operation) }));
    for (const node of this.nodes) node.operands = node.operands.map((x) => (Array.isArray(x) ? x[0] : this.nodes[x]));
    this.output = this.nodes.at(-1);
    this.leaves = this.nodes.filter((node) => node.operation === null);
    for (const node of this.nodes) node.places = node.operands.map((x) => this.#placeOf(x));
  }

  #constants = [];
  #dependents = new Map();

  /** The row of an operand: see along. */
  #placeOf(x) {
    return typeof x === "number" ? this.nodes.length + this.#constants.push(x) - 1 : x.index;
  }

  /**
   * All numbers at these leaves: by node the value, and the derivative of the output; by node and operand the local
   * derivative. RangeError where an operation cannot be done, such as take with an index out of range.
   * @param {Map<object, number>} leaves
   */
  at(leaves) {
    const size = this.nodes.length;
    const state = { values: new Float64Array(size), derivatives: new Array(size), adjoints: new Float64Array(size) };
    for (const node of this.nodes) {
      if (node.operation === null) {
        state.values[node.index] = leaves.get(node);
        state.derivatives[node.index] = [];
      } else this.#compute(node, state);
    }
    if (this.output.isDifferentiated) this.#differentiate(state);
    return state;
  }

  /** The output where one node, a leaf or a result, has other numbers than in a state: one output for each of them. */
  along(state, node, numbers) {
    // as tapes are replayed: a row of numbers for each node, and at the end one for each constant
    const count = numbers.length, rows = new Float64Array((this.nodes.length + this.#constants.length) * count);
    const fill = (place, x) => rows.fill(x, place * count, (place + 1) * count);
    state.values.forEach((x, place) => fill(place, x));
    this.#constants.forEach((x, k) => fill(this.nodes.length + k, x));
    rows.set(numbers, node.index * count);
    for (const { operation, row, index, places } of this.#dependentsOf(node)) {
      const forward = row.forward ?? (operation === "take" ? take : sum);
      forward(rows, places, count, count, index * count, operation);
    }
    return [...rows.subarray(this.output.index * count, (this.output.index + 1) * count)];
  }

  /** The derivative of the output by a node as a central difference, with the step that it takes. */
  difference(state, node) {
    const x = state.values[node.index];
    const step = Math.cbrt(2 ** -52) * Math.max(1, Math.abs(x));
    const above = x + step, below = x - step;
    const [high, low] = this.along(state, node, [above, below]);
    return { slope: (high - low) / (above - below), step };
  }

  #compute(node, state) {
    const { value, derivatives } = evaluateRow(node.row, node.operation, operandsOf(node, state.values));
    state.values[node.index] = value;
    state.derivatives[node.index] = derivatives;
  }

  #differentiate({ derivatives, adjoints }) {
    adjoints[this.output.index] = 1;
    for (let k = this.nodes.length - 1; k >= 0; k--) {
      const node = this.nodes[k];
      node.operands.forEach((operand, place) => {
        if (node.flows[place]) adjoints[operand.index] += contribution(node, adjoints[k], derivatives[k][place]);
      });
    }
  }

  /** The results that depend on a node. */
  #dependentsOf(node) {
    if (!this.#dependents.has(node)) {
      const found = new Set([node]);
      for (const each of this.nodes) if (each.operands.some((x) => found.has(x))) found.add(each);
      this.#dependents.set(node, [...found].slice(1));
    }
    return this.#dependents.get(node);
  }
}

/** What the chain rule adds to an operand's gradient; one that was not selected gets 0, whatever arrives. */
export function contribution(node, adjoint, derivative) {
  return derivative === 0 && node.row.selects ? 0 : adjoint * derivative;
}

// ---- the operations whose rows have no loops, as loops over rows of numbers: see tape.js

function sum(r, p, w, n, f, operation) {
  const half = operation === "dot" ? p.length >> 1 : 0;
  r.fill(0, f, f + n);
  for (let k = 0; k < half; k++) {
    for (let i = 0; i < n; i++) r[f + i] += r[p[k] * w + i] * r[p[half + k] * w + i];
  }
  for (let k = 2 * half; k < p.length; k++) for (let i = 0; i < n; i++) r[f + i] += r[p[k] * w + i];
  if (operation === "mean") for (let i = 0; i < n; i++) r[f + i] /= p.length;
}

function take(r, p, w, n, f) {
  for (let i = 0; i < n; i++) {
    try {
      r[f + i] = evaluate("take", p.map((place) => r[place * w + i])).value;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      r[f + i] = NaN; // an index out of range
    }
  }
}

function operandsOf(node, values) {
  return node.operands.map((x) => (typeof x === "number" ? x : values[x.index]));
}
