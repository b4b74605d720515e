/**
 * The paths along which a gradient flows from an output to a node: how many, and which matter most. See ../paths.py.
 *
 * Nodes are in topological order, the output last.
 */

const MANY_ARRIVALS = 64; // times the number of wanted paths: the worst are dropped from there on

/** The operands that a gradient flows to, each with its place. */
function* receivers(node) {
  for (const [place, flows] of node.flows.entries()) if (flows) yield [node.operands[place], place];
}

/**
 * The number of paths from the output to each node that its gradient reaches.
 * @returns {Map<object, bigint>} by node
 */
export function countPaths(nodes) {
  const counts = new Map([[nodes.at(-1), 1n]]);
  for (const node of [...nodes].reverse()) {
    const count = counts.get(node);
    if (count === undefined) continue;
    for (const [operand] of receivers(node)) counts.set(operand, (counts.get(operand) ?? 0n) + count);
  }
  return counts;
}

/** A count with its digits in threes; one of more than a hundred digits as 1.234·10^121. */
export function withCommas(count) {
  const digits = String(count);
  if (digits.length <= 60) return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  return count <= 10n ** 100n ? digits : powerOfTen(digits).join("·10^");
}

function powerOfTen(digits) {
  const [mantissa, carried] = Number(`${digits[0]}.${digits.slice(1, 17)}`).toExponential(3).split("e+");
  return [mantissa, digits.length - 1 + Number(carried)];
}

/**
 * The paths from the output to a node with the largest products by absolute value; nan before all others.
 *
 * @returns {{nodes: object[], places: number[], product: number}[]} of equal products, those through earlier operands
 *   come first
 */
export function largestPaths(nodes, derivatives, leaf, most) {
  const search = new Search(nodes, derivatives, leaf, most);
  return search.paths();
}

class Search {
  constructor(nodes, derivatives, leaf, most) {
    Object.assign(this, { nodes, derivatives, leaf, most });
    this.leading = new Set([leaf]); // the nodes from which a path leads on to the leaf
    this.keepsSmallest = false; // 0 · ∞ is nan: then the smallest products matter, too
    for (const node of nodes) {
      const places = [];
      for (const [operand, place] of receivers(node)) if (this.leading.has(operand)) places.push(place);
      if (!places.length) continue;
      this.leading.add(node);
      const isInfinite = (place) => Math.abs(derivatives[node.index][place]) === Infinity;
      this.keepsSmallest ||= places.some(isInfinite);
    }
  }

  paths() {
    const output = this.nodes.at(-1);
    if (!this.leading.has(output)) return [];
    const arrivals = new Map([[output, [{ product: 1, before: null, place: -1 }]]]);
    let entries = [];
    for (const node of [...this.nodes].reverse()) {
      if (!arrivals.has(node)) continue;
      entries = this.best(arrivals.get(node)).map((arrival) => ({ ...arrival, node }));
      if (node === this.leaf) break;
      arrivals.delete(node);
      this.extend(node, entries, arrivals);
    }
    const found = entries.map((entry) => this.path(entry));
    found.sort((one, other) => bySize(one.product, other.product) || inOrder(one.places, other.places));
    return found.slice(0, this.most);
  }

  extend(node, entries, arrivals) {
    for (const [operand, place] of receivers(node)) {
      if (!this.leading.has(operand)) continue;
      const derivative = this.derivatives[node.index][place];
      const there = arrivals.get(operand) ?? [];
      // 0 + ...: as the engine adds to an adjoint, which leaves no -0
      for (const entry of entries) there.push({ product: 0 + entry.product * derivative, before: entry, place });
      arrivals.set(operand, there.length > MANY_ARRIVALS * this.most ? this.best(there) : there);
    }
  }

  best(arrivals) {
    const { most } = this;
    if (arrivals.length <= most) return arrivals;
    const sorted = [...arrivals].sort((one, other) => bySize(one.product, other.product));
    const smallest = this.keepsSmallest ? sorted.slice(Math.max(most, sorted.length - most)) : [];
    return [...sorted.slice(0, most), ...smallest];
  }

  path(entry) {
    const nodes = [], places = [], { product } = entry;
    for (let each = entry; each !== null; each = each.before) {
      nodes.unshift(each.node);
      places.unshift(each.place);
    }
    return { nodes, places: places.slice(1), product };
  }
}

/** For sorting: nan first, then the largest absolute values. */
export function bySize(x, y) {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(y) - Number.isNaN(x);
  return Math.abs(x) === Math.abs(y) ? 0 : Math.abs(y) - Math.abs(x);
}

function inOrder(one, other) {
  const k = one.findIndex((place, k) => place !== other[k]);
  return k < 0 ? 0 : one[k] - (other[k] ?? -1);
}

/** The sum, as exact as it can be; nan if it is not finite. */
export function finiteSum(numbers) {
  // N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 4.3: compensated by Kahan and Babuška
  let sum = 0, lost = 0;
  for (const x of numbers) {
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return Number.isFinite(sum + lost) ? sum + lost : NaN;
}
