/**
 * The computation graph of a page, and its numbers at any leaves: values, local derivatives, gradients.
 *
 * Every number is computed by the rows of tape.js; here are only the two passes over the nodes.
 */
import { evaluate } from "../../tape/export/javascript/evaluate.js";
import { ROWS } from "../../tape/export/javascript/rows.js";

export class Graph {
  /**
   * @param {object} data
   * @param {{name: string, isLabelled: boolean, operation: string | null, operands: (number | [number])[],
   *   flows: boolean[], isDifferentiated: boolean}[]} data.nodes in topological order, the output last; an operand is
   *   the index of a node, or a constant in an array
   */
  constructor({ nodes }) {
    this.nodes = nodes.map((node, index) => ({ ...node, index }));
    for (const node of this.nodes) node.operands = node.operands.map((x) => (Array.isArray(x) ? x[0] : this.nodes[x]));
    this.output = this.nodes.at(-1);
    this.leaves = this.nodes.filter((node) => node.operation === null);
    this.#dependents = new Map();
  }

  #dependents;

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
    const dependents = this.#dependentsOf(node);
    const values = Float64Array.from(state.values);
    return numbers.map((x) => {
      values[node.index] = x;
      try {
        for (const each of dependents) values[each.index] = evaluate(each.operation, operandsOf(each, values)).value;
      } catch (error) {
        if (error instanceof RangeError) return NaN;
        throw error;
      }
      return values[this.output.index];
    });
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
    const { value, derivatives } = evaluate(node.operation, operandsOf(node, state.values));
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
  return derivative === 0 && ROWS[node.operation].selects ? 0 : adjoint * derivative;
}

function operandsOf(node, values) {
  return node.operands.map((x) => (typeof x === "number" ? x : values[x.index]));
}
