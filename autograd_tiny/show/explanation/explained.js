/**
 * The chain rule for an output and a node, in the words and the numbers of explain(). See explanation.py.
 *
 * Nodes are objects {index, name, isLabelled, operation, row, operands, flows} in topological order, the output last.
 * An operand is a node, or a number for a constant. The state has the values of all nodes and the derivatives by their
 * operands, by index.
 */
import { Path, distinguishingFactors, ellipsis } from "./factors.js";
import { Notation, inlinedOn } from "./notation.js";
import { countPaths, finiteSum, largestPaths, withCommas } from "./paths.js";

const WIDTH = 100; // columns of a table
const MOST_FORMULAS = 32;
const LONGEST_LABEL = 40;

/**
 * @param {object[]} nodes
 * @param {{values: Float64Array, derivatives: ArrayLike<number>[], adjoints: Float64Array}} state
 * @param {object} leaf one of the nodes
 * @param {{most?: number, digits?: number}} [options] how many paths to show, and the significant digits
 * @returns {{title: string, paths: string[][], formulas: string[][], remark: string}} paths: rows of a table; or, where
 *   that would be too wide, rows of one cell, of which those that belong to the row above begin with spaces
 */
export function explained(nodes, state, leaf, { most = 8, digits = 4 } = {}) {
  return new Explanation(nodes, state, leaf, most, digits).shown();
}

class Explanation {
  constructor(nodes, state, leaf, most, digits) {
    this.output = nodes.at(-1);
    this.leaf = leaf;
    this.gradient = state.adjoints[leaf.index];
    this.count = countPaths(nodes).get(leaf) ?? 0n;
    const largest = this.count ? largestPaths(nodes, state.derivatives, leaf, most) : [];
    const inlined = inlinedOn(nodes, largest);
    const stations = largest.flatMap((path) => path.nodes).filter((node) => !inlined.has(node));
    this.notation = new Notation(state, new Set(stations), digits);
    this.paths = largest.map((path) => new Path(path, inlined, this.notation));
    const appearances = this.paths.map((path) => path.appearance);
    const counts = new Map();
    for (const each of appearances) counts.set(each, (counts.get(each) ?? 0) + 1);
    /** How many paths look like a path; of two, both are shown. */
    this.alike = new Map(this.paths.map((path, k) => [path, counts.get(appearances[k])]));
    this.shownPaths = this.paths.filter((path, k) => {
      return counts.get(appearances[k]) <= 2 || appearances.indexOf(appearances[k]) === k;
    });
    this.restCount = this.count - BigInt(largest.length);
    this.rest = this.restCount ? differenceOf(this.gradient, largest.map(({ product }) => product)) : 0;
  }

  shown() {
    const { notation, output, leaf } = this;
    const symbol = notation.derivative(output, leaf).text;
    const title = `${symbol} = ${this.number(this.gradient)}: ${this.headline()}`;
    const remark = Number.isNaN(notation.dataOf(output)) ? nanRemark(notation.namer(output)) : "";
    const formulas = this.formulas(); // first, as in Python: they write out what is inlined
    return { title, paths: this.table() ?? this.blocks(), formulas, remark };
  }

  number(x) {
    return this.notation.namer(x);
  }

  /** The words behind ∂f/∂x = 9. */
  headline() {
    const f = this.notation.namer(this.output), x = this.notation.namer(this.leaf);
    if (!this.count) return `no path leads from ${f} to ${x}`;
    if (this.leaf === this.output) return `${x} itself, along the empty path`;
    if (this.count === 1n) return `one path leads from ${f} to ${x}`;
    const lead = `${withCommas(this.count)} paths lead from ${f} to ${x}`;
    if (!this.restCount) return `${lead}, and gradients add at branches`;
    return `${lead}; ${this.paths.length === 1 ? "the largest" : `the ${this.paths.length} largest`} of them`;
  }

  // ---- the paths

  /** All paths as rows: the route and the products of each; and the sum. Null if that is too wide. */
  table() {
    if (!this.count || (this.count === 1n && this.paths[0].shownFactors.length < 2)) return [];
    const rows = [];
    for (const path of this.shownPaths) {
      const products = path.products().map((product) => product.map((each) => each.text).join(" · "));
      for (const i of [2, 1]) if (products[i] === products[i + 1]) products[i] = "";
      rows.push([path.stations.join(" → "), products[0], ...products.slice(1).map((each) => each && `= ${each}`)]);
      rows.push(...this.repetitions(path).map(([label, number]) => [label, "", "", "", `= ${number}`]));
    }
    rows.push(...this.sums().map(([label, number]) => [label, "", "", "", `= ${number}`]));
    const isUsed = (k) => rows.some((row) => row[k]);
    const table = rows.map((row) => row.filter((_, k) => isUsed(k)));
    return widthOf(table) <= WIDTH ? table : null;
  }

  /** How many other paths look the same, and their sum. */
  repetitions(path) {
    const found = this.alike.get(path), n = found > 2 ? found - 1 : 0;
    return n ? [[`… and ${n} more like this`, this.number(n * path.product)]] : [];
  }

  /** The paths below one another, each with its products below the route. */
  blocks() {
    const blocks = [], groups = new Map();
    const routes = new Map(this.shownPaths.map((path) => [path, wrappedParts(path.stations, " → ")]));
    const products = new Map(this.shownPaths.map((path) => [path, productLines(path)]));
    for (const path of this.shownPaths) {
      const key = JSON.stringify([routes.get(path).join(" "), products.get(path)[0]]);
      groups.set(key, [...(groups.get(key) ?? []), path]);
    }
    for (const group of groups.values()) {
      distinguishingFactors(group).forEach((factors, i) => {
        if (!factors.length) return;
        routes.get(group[i]).push(`with ${elided(factors, " · ", WIDTH - 23)} in the middle`);
      });
    }
    for (const path of this.shownPaths) {
      const [start, ...others] = routes.get(path);
      blocks.push([start], ...[...others, ...products.get(path)].map((line) => [`  ${line}`]));
      blocks.push(...this.repetitions(path).map((row) => [row.join(" = ")]));
    }
    return [...blocks, ...this.sums().map((row) => [row.join(" = ")])];
  }

  /** The rows below the paths: the sum over the others, and over all. */
  sums() {
    if (this.count === 1n) return [];
    const label = `the other ${withCommas(this.restCount)} path${this.restCount === 1n ? "" : "s"}`;
    const rest = [label.length < LONGEST_LABEL ? label : "all the others", this.number(this.rest)];
    return [...(this.restCount ? [rest] : []), ["sum", this.number(this.gradient)]];
  }

  // ---- the formulas

  /** Each factor with its formula; beside it, at its first factor, how a result was computed. */
  formulas() {
    const { notation } = this, defined = new Set(), rows = [], factors = new Map();
    for (const factor of this.shownPaths.flatMap((path) => path.shownFactors).filter(Boolean)) {
      factors.set(`${factor.result.index} ${factor.operand.index} ${factor.sign}`, factor);
    }
    for (const factor of [...factors.values()].slice(0, MOST_FORMULAS)) {
      const { result } = factor;
      rows.push([this.equation(factor), defined.has(result) ? "" : notation.definition(result)]);
      defined.add(result);
    }
    for (;;) {
      const node = this.undefinedIn(defined);
      if (node === null || rows.length >= 2 * MOST_FORMULAS) break;
      rows.push(["", notation.definition(node)]);
      defined.add(node);
    }
    if (factors.size > MOST_FORMULAS) rows.push([`… and ${factors.size - MOST_FORMULAS} more factors`, ""]);
    return rows;
  }

  equation({ result, operand, sign, formula, value, reason }) {
    const number = this.number(value);
    const written = formula.text === number ? "" : ` = ${formula.text}`;
    const since = reason ? `, since ${reason}` : "";
    return `${this.notation.derivative(result, operand, sign).text}${written} = ${number}${since}`;
  }

  /** The next result that a formula calls by a name without a definition. */
  undefinedIn(defined) {
    for (const [node, formula] of this.notation.inlined) {
      if (!defined.has(node) && formula.text === this.notation.namer(node)) return node;
    }
    return null;
  }
}

const nanRemark = (f) => `${f} is nan: diagnose(${f}) says where that began.`;

/** whole − Σ parts; nan if that isn't known. */
function differenceOf(whole, parts) {
  if (parts.every(Number.isFinite) && !Number.isFinite(whole)) return whole;
  return finiteSum([whole, ...parts.map((part) => -part)]);
}

/** The lines below the route of a path. */
function productLines(path) {
  const products = path.products().map((product) => product.map((each) => each.text));
  return products.flatMap((product, k) => {
    const following = products[k + 1];
    if (following && product.join("\n") === following.join("\n")) return [];
    const [first, ...others] = wrappedParts(product, " · ");
    return [`= ${first}`, ...others.map((line) => `  ${line}`)];
  });
}

// ---- lines of text

const lengthOf = (text) => [...text].length;

/** The width of a table as text: two columns on the left, three between cells. */
function widthOf(rows) {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, k) => Math.max(...rows.map((row) => lengthOf(row[k]))));
  const lines = rows.map((row) => {
    const cells = row.map((cell, k) => cell + " ".repeat(widths[k] - lengthOf(cell)));
    return 2 + lengthOf(cells.join("   ").trimEnd());
  });
  return Math.max(0, ...lines);
}

const truncated = (line, width) => (lengthOf(line) <= width ? line : `${[...line].slice(0, width - 1).join("")}…`);

/** The parts with a sign between them, over as many lines as they need; a part stays in one piece. */
function wrappedParts(parts, sign, width = WIDTH - 6) {
  const lines = [parts[0]];
  for (const part of parts.slice(1)) {
    if (lengthOf(lines.at(-1)) + sign.length + lengthOf(part) <= width) lines.push(lines.pop() + sign + part);
    else lines.push(`${sign.trimStart()}${part}`);
  }
  return lines.map((line) => truncated(line, width));
}

/** The parts with a sign between them, within the width: those in the middle give way to "… 5 more …". */
function elided(parts, sign, width) {
  const middle = parts.length >> 1;
  const first = parts.slice(0, middle), last = parts.slice(middle);
  let text = parts.join(sign), hidden = 0;
  while (lengthOf(text) > width && first.length + last.length > 2) {
    if (first.length >= last.length) first.pop();
    else last.shift();
    hidden += 1;
    text = [...first, ellipsis(hidden), ...last].join(sign);
  }
  return truncated(text, width);
}
