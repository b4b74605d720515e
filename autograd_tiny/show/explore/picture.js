/**
 * The picture of the graph: its numbers, the thickness of its edges, and the box that is chosen.
 *
 * The parts have ids: n3 is the box of node 3, d3_0 the local derivative by its operand 0, e3_0a and e3_0b the edge on
 * either side of that, r3 the edge from the operation to the box, m0 the box of a folded module.
 */
import { partials } from "../explanation/notation.js";
import { find, set, write } from "../page/elements.js";
import { exact, readable } from "../page/numbers.js";
import { contribution } from "./graph.js";

const SMALLEST = 0.68, LARGEST = 1.3; // scales of the picture
const MARGIN = 8; // of the stage, in pixels
const TYPE = 12; // pixels
const PER_CHARACTER = 7.2; // pixels of a text of that size, on the safe side
const THINNEST = 1, THICKEST = 6; // edges, in pixels
const FEW_OUTPUTS = 4; // of a folded module: their numbers are shown one by one

export class Picture {
  #graph;
  #folds;
  #digits;
  #edges = [];
  #boxes = []; // those that can be chosen, in topological order

  /**
   * @param {import("./graph.js").Graph} graph
   * @param {{digits: number, folds: {id: string, outputs: number[], named: boolean[]}[]}} data
   * @param {(node: object) => void} onChoice called with the node of a box
   */
  constructor(graph, { digits, folds }, onChoice) {
    this.#graph = graph;
    this.#folds = folds;
    this.#digits = digits;
    for (const node of graph.nodes) {
      const group = find(`n${node.index}`);
      if (group === null) continue;
      this.#boxes.push({ node, group, room: roomIn(group), ...linesOf(group) });
      const description = node.isDifferentiated ? "value and gradient" : "value";
      set(group, { role: "button", tabindex: "-1", "aria-pressed": "false", "aria-description": description });
      group.addEventListener("click", () => onChoice(node));
      group.addEventListener("keydown", (event) => this.#onKey(event, node, onChoice));
    }
    this.#edges = this.#boxes.flatMap(({ node }) => this.#edgesOf(node));
    set(this.#boxes[0].group, { tabindex: "0" });
    addEventListener("resize", () => this.#resize());
    this.#resize();
  }

  /** As large as the stage, if it can be read then; otherwise the stage scrolls. */
  #resize() {
    const stage = find("stage"), picture = stage.querySelector("svg");
    const { width, height } = picture.viewBox.baseVal;
    const room = stage.clientWidth - 2 * MARGIN;
    const scale = Math.max(SMALLEST, Math.min(LARGEST, room / width));
    set(picture, { width: (width * scale).toFixed(1), height: (height * scale).toFixed(1) });
  }

  /** Marks the box of a node. */
  choose(node) {
    for (const { node: each, group } of this.#boxes) {
      set(group, { "aria-pressed": String(each === node), tabindex: each === node ? "0" : "-1" });
      group.classList.toggle("chosen", each === node);
    }
  }

  /** Shows the numbers of a state. */
  update(state) {
    for (const box of this.#boxes) this.#fill(box, state);
    for (const fold of this.#folds) this.#fillFold(fold, state);
    this.#drawFlows(state);
  }

  #fill({ node, group, room, value, gradient }, { values, adjoints }) {
    const x = values[node.index], slope = adjoints[node.index];
    const texts = [readable(x, this.#digits), node.isDifferentiated ? readable(slope, this.#digits) : "none"];
    writeIn(value, texts[0], room);
    if (gradient) writeIn(gradient, texts[1], room);
    write(group.querySelector("title"), `${node.name}: value ${exact(x)}, gradient ${exact(slope)}`);
    set(group, { "aria-label": [...group.querySelectorAll("text")].map((text) => text.textContent).join(", ") });
  }

  #fillFold({ id, outputs, named }, { values, adjoints }) {
    const group = find(id);
    const { value, gradient } = linesOf(group), room = roomIn(group);
    const numbers = outputs.map((index) => values[index]);
    const isFew = outputs.length <= FEW_OUTPUTS;
    const shown = outputs.map((index, k) => {
      return `${named[k] ? `${this.#graph.nodes[index].name} = ` : ""}${readable(values[index], this.#digits)}`;
    });
    writeIn(value, isFew ? shown.join(", ") : this.#range(numbers), room);
    if (gradient) writeIn(gradient, this.#range(outputs.map((index) => adjoints[index])), room);
  }

  /** Each of a few numbers, or the range of many. */
  #range(numbers) {
    const text = (x) => readable(x, this.#digits);
    if (numbers.length <= FEW_OUTPUTS) return numbers.map(text).join(", ");
    const known = numbers.filter((x) => !Number.isNaN(x)).sort((x, y) => x - y);
    if (!known.length) return "nan";
    return `${text(known[0])} … ${text(known.at(-1))}${known.length < numbers.length ? ", nan" : ""}`;
  }

  // ---- edges

  #drawFlows({ derivatives, adjoints }) {
    const flows = this.#edges.map(({ node, place, symbol, number }) => {
      if (place === null) return node.flows.some(Boolean) ? adjoints[node.index] : 0;
      const derivative = derivatives[node.index][place];
      write(number.querySelector("text"), readable(derivative, this.#digits));
      write(number.querySelector("title"), `${symbol} = ${exact(derivative)}`);
      return node.flows[place] ? contribution(node, adjoints[node.index], derivative) : 0;
    });
    const largest = Math.max(...flows.map(Math.abs).filter(Number.isFinite), 0);
    this.#edges.forEach(({ parts }, k) => parts.forEach((part) => drawFlow(part, flows[k], largest)));
  }

  /** The edges to the operation of a node, each with the local derivative on it, and the one from there to its box. */
  #edgesOf(node) {
    const signs = partials(node);
    const edges = node.operands.map((operand, place) => ({
      node, place, symbol: `${signs[place]}${node.name}/∂${operand.name}`, number: find(`d${node.index}_${place}`),
      parts: ["a", "b"].map((part) => find(`e${node.index}_${place}${part}`)),
    }));
    const result = { node, place: null, parts: [find(`r${node.index}`)] };
    return node.operands.length ? [...edges.filter(({ number }) => number !== null), result] : [];
  }

  // ---- keys

  #onKey(event, node, onChoice) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") onChoice(node);
    else if (step) this.#focus(this.#boxes.findIndex((box) => box.node === node) + step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #focus(k) {
    const box = this.#boxes[Math.max(0, Math.min(this.#boxes.length - 1, k))];
    for (const { group } of this.#boxes) set(group, { tabindex: group === box.group ? "0" : "-1" });
    box.group.focus();
  }
}

/** The texts in a box that hold a value and a gradient. */
function linesOf(group) {
  return { value: group.querySelector("text.value"), gradient: group.querySelector("text.gradient") };
}

function roomIn(group) {
  return group.querySelector("path").getBBox().width - 10;
}

/** Writes a number into a box, smaller if it is too long for it. */
function writeIn(target, text, room) {
  write(target, text);
  set(target, { "font-size": Math.min(TYPE, (TYPE * room) / (PER_CHARACTER * text.length)).toFixed(2) });
}

/** An edge as thick as the square root of its share of the largest flow, in the colour of its sign. */
function drawFlow(edge, flow, largest) {
  const share = Number.isFinite(flow) ? Math.sqrt(largest ? Math.abs(flow) / largest : 0) : 1;
  const [path] = edge.getElementsByTagName("path");
  path.style.strokeWidth = `${(THINNEST + (THICKEST - THINNEST) * share).toFixed(2)}px`;
  edge.classList.toggle("positive", flow > 0);
  edge.classList.toggle("negative", flow < 0);
}
