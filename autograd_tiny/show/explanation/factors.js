/**
 * One path of the chain rule and its factors: as symbols, as formulas, and as numbers. See factors.py.
 */
import { partials } from "./notation.js";
import { DIVIDED, Formula, MINUS } from "./typesetting.js";

const MOST_FACTORS = 24; // of a path that is shown as a whole,
const FIRST_AND_LAST = 4; // otherwise so many at either end

export const ellipsis = (n) => `… ${n} more …`;

export class Path {
  #notation;
  #spans;

  constructor({ nodes, places, product }, inlined, notation) {
    Object.assign(this, { nodes, places, product });
    this.#notation = notation;
    const stations = nodes.flatMap((node, i) => (inlined.has(node) ? [] : [i]));
    this.#spans = stations.slice(1).map((end, k) => [stations[k], end]);
    const spans = this.#spans, few = spans.length > MOST_FACTORS ? FIRST_AND_LAST : spans.length;
    this.hidden = Math.max(0, spans.length - 2 * few);
    const first = spans.slice(0, few).map((span) => this.#factor(...span));
    const last = spans.slice(Math.max(few, spans.length - few)).map((span) => this.#factor(...span));
    /** The factors that are shown; null for all those in the middle of a long path. */
    this.shownFactors = [...first, ...(this.hidden ? [null] : []), ...last];
  }

  /** The names of the nodes that are shown. */
  get stations() {
    const { shownFactors, nodes, hidden } = this;
    const name = (x) => this.#notation.namer(x);
    return [name(nodes[0]), ...shownFactors.map((each) => (each ? name(each.operand) : ellipsis(hidden)))];
  }

  /** The path as a product of symbols, of formulas and of numbers; and the result. */
  products() {
    const notation = this.#notation, gap = new Formula(ellipsis(this.hidden));
    const of = (written) => this.shownFactors.map((each) => (each ? written(each) : gap));
    return [
      of(({ result, operand, sign }) => notation.derivative(result, operand, sign)),
      bracketed(of(({ formula }) => formula)),
      bracketed(of(({ value }) => notation.number(value))),
      [notation.number(this.product)],
    ];
  }

  /** Equal for paths that look the same: they differ only in the place of an operand. */
  get appearance() {
    const { derivatives } = this.#notation.state;
    const numbers = this.places.map((place, k) => derivatives[this.nodes[k].index][place]);
    const formulas = this.shownFactors.map((each) => each?.formula.text ?? null);
    return JSON.stringify([this.nodes.map((node) => node.index), numbers.map(String), formulas]);
  }

  get length() {
    return this.#spans.length;
  }

  /** The k-th factor as a symbol: ∂f/∂x. */
  symbol(k) {
    const [start, end] = this.#spans[k];
    return this.#notation.derivative(this.nodes[start], this.nodes[end], this.#sign(start, end));
  }

  /** A key for the edge that it takes at its k-th factor. */
  edge(k) {
    const [start, end] = this.#spans[k];
    return `${this.nodes[end].index} ${this.places[start]}`;
  }

  #sign(start, end) {
    return end === start + 1 ? partials(this.nodes[start])[this.places[start]] : "∂";
  }

  /** The derivative between two of its nodes: local, or the product of a few through inlined results. */
  #factor(start, end) {
    const notation = this.#notation, { derivatives } = notation.state;
    const edges = this.places.slice(start, end).map((place, k) => [this.nodes[start + k], place]);
    const value = edges.map(([node, place]) => derivatives[node.index][place]).reduce((x, y) => x * y);
    const formulas = edges.map((edge) => notation.localDerivative(...edge));
    let formula = formulas.length === 1 ? formulas[0] : notation.times(...formulas);
    if (formulas.length > 1 && formula.number !== null) formula = notation.number(value);
    return {
      result: this.nodes[start], operand: this.nodes[end], formula, value, sign: this.#sign(start, end),
      reason: edges.length === 1 ? notation.reason(...edges[0]) : "",
    };
  }
}

/** For each path between the same two nodes, the symbols of the factors that the others do not share. */
export function distinguishingFactors(paths) {
  const found = paths.map(() => []);
  const groups = [[0, paths.map((_, i) => i)]];
  while (groups.length) {
    const [k, group] = groups.pop();
    const branches = new Map();
    for (const i of group) {
      const edge = paths[i].edge(k);
      branches.set(edge, [...(branches.get(edge) ?? []), i]);
    }
    if (branches.size > 1) for (const i of group) found[i].push(paths[i].symbol(k).text);
    for (const branch of branches.values()) if (branch.length > 1) groups.push([k + 1, branch]);
  }
  return found;
}

/** The factors of one product, in the brackets that they need; a minus sign in front needs none. */
function bracketed(factors) {
  if (factors.length === 1) return factors;
  return factors.map((each, i) => (i === 0 && each.precedence === MINUS ? each : each.within(DIVIDED)));
}
