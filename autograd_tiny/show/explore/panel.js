/**
 * What is said about the node that is chosen: its formula and numbers, a difference beside the gradient, the chain rule
 * as explain() writes it, and the output along the node with its tangent.
 */
import { explained } from "../explanation/explained.js";
import { Notation } from "../explanation/notation.js";
import { element, write } from "../page/elements.js";
import { rangeAround } from "../page/controls.js";
import { exact, readable } from "../page/numbers.js";
import { Plot, rangeOf } from "../page/plot.js";

const MOST_WORK = 100_000; // operations for a curve
const RESULT = /^(.*= )(−?[\d.]+(?:e[+−]\d+)?|−?inf|nan)$/; // of a row: a number at its end
const POINTS = [24, 161]; // of a curve: as many as the work allows, between these

export class Panel {
  #graph;
  #digits;
  #parts;
  #plotted = null;

  /** @param {Element} root for the texts  @param {Element} figure for the plot */
  constructor(root, figure, graph, digits) {
    this.#graph = graph;
    this.#digits = digits;
    const title = element("h2", { id: "chosen-title" });
    const definition = element("p", { class: "definition" });
    const numbers = element("dl", { class: "numbers" });
    const derivation = element("div", { tabindex: "0", role: "group", "aria-label": "Derivation" });
    derivation.className = "derivation";
    const plot = new Plot();
    const caption = element("figcaption");
    figure.append(plot.element, caption);
    root.append(title, definition, numbers, derivation);
    this.#parts = { title, definition, numbers, derivation, plot, caption, figure };
  }

  /**
   * Shows a node in a state.
   * @param {(node: object) => {low: number, high: number} | undefined} rangeFor the range of a node's slider
   */
  update(node, state, rangeFor) {
    const { title, definition, derivation } = this.#parts, graph = this.#graph;
    const notation = new Notation(state, new Set(), this.#digits);
    write(title, node.name);
    const isLeaf = node.operation === null, number = readable(state.values[node.index], this.#digits);
    write(definition, isLeaf ? `${node.name} = ${number}, a leaf` : notation.definition(node));
    this.#listNumbers(node, state, notation);
    if (node.isDifferentiated) {
      const said = explained(graph.nodes, state, node, { digits: this.#digits });
      const title = element("p", {}, element("b", {}, said.title));
      const parts = [title, tableOf(said.paths, true), tableOf(said.formulas)];
      derivation.replaceChildren(...parts.filter(Boolean), ...(said.remark ? [element("p", {}, said.remark)] : []));
    } else derivation.replaceChildren(element("p", {}, `${node.name} requires no gradient.`));
    this.#plot(node, state, rangeFor);
  }

  /** The output along a node or, where it cannot be drawn, along the last one: the page keeps its layout. */
  #plot(node, state, rangeFor) {
    const { output } = this.#graph, { figure } = this.#parts;
    const canBe = (each) => each && each !== output && Number.isFinite(state.values[each.index]);
    if (canBe(node)) this.#plotted = node;
    figure.hidden = !canBe(this.#plotted);
    if (figure.hidden) return;
    const x = state.values[this.#plotted.index], range = rangeFor(this.#plotted);
    this.#draw(this.#plotted, state, range && range.low <= x && x <= range.high ? range : rangeAround(x), output.name);
  }

  #listNumbers(node, state, notation) {
    const { numbers } = this.#parts, { output } = this.#graph;
    const all = (x) => (Number.isFinite(x) ? exact(x).replaceAll("-", "−") : readable(x));
    const rows = [["value", all(state.values[node.index]), "value"]];
    if (node.isDifferentiated) {
      const symbol = notation.derivative(output, node).text;
      rows.push([symbol, all(state.adjoints[node.index]), "gradient"]);
    }
    if (node.isDifferentiated && node !== output) {
      const { slope, step } = this.#graph.difference(state, node);
      rows.push([`finite difference, ${node.name} ± ${readable(step, 2)}`, readable(slope, 10), "gradient"]);
    }
    numbers.replaceChildren(...rows.map(([term, number, kind]) => {
      return element("div", {}, element("dt", {}, term), element("dd", { class: kind }, number));
    }));
  }

  /** The output along the node, with its tangent. */
  #draw(node, state, { low, high }, f) {
    const { plot, caption } = this.#parts;
    const [least, most] = POINTS;
    const count = Math.max(least, Math.min(most, Math.floor(MOST_WORK / this.#graph.nodes.length)));
    const xs = Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
    const ys = this.#graph.along(state, node, xs);
    const x = state.values[node.index], y = state.values[this.#graph.output.index];
    const slope = state.adjoints[node.index];
    const [bottom, top] = rangeOf(ys, [y]);
    const tangent = node.isDifferentiated ? [[low, high].map((at) => [at, y + slope * (at - x)])] : [];
    const said = tangent.length ? `, with its tangent: slope ${readable(slope, this.#digits)}` : "";
    const text = `${f} along ${node.name}${said}`;
    plot.draw({
      label: `${text}, at ${node.name} = ${readable(x, this.#digits)}`,
      x: { low, high, name: node.name }, y: { low: bottom, high: top, name: f },
      curves: [
        { points: xs.map((at, k) => [at, ys[k]]), kind: "output" },
        ...tangent.map((points) => ({ points, kind: "tangent" })),
      ],
      dots: [{ at: [x, y], kind: "output" }],
    });
    write(caption, text);
  }
}

/** A table of texts, or null without rows; in its last column, a number behind "= " may be a gradient. */
function tableOf(rows, endsWithGradient = false) {
  if (!rows.length) return null;
  const lines = rows.map((row) => element("tr", {}, ...row.map((text, k) => {
    const found = endsWithGradient && k === row.length - 1 ? RESULT.exec(text) : null;
    if (!found) return element("td", {}, indented(text));
    return element("td", {}, indented(found[1]), element("span", { class: "gradient" }, found[2]));
  })));
  return element("table", {}, element("tbody", {}, ...lines));
}

const indented = (text) => text.replace(/^ +/, (spaces) => "\u2003".repeat(spaces.length / 2));
