/**
 * What a model computes of one or two inputs, with the samples: a curve, or a plane in colours.
 */
import { element, set, shape } from "../page/elements.js";
import { Plot, rangeOf, scale, ticks } from "../page/plot.js";
import { readable } from "../page/numbers.js";
import { classOf } from "./training.js";

const MOST = 64; // points along each side,
const LEAST = 24; // and fewer for a large model, so that a frame is quick
const PRODUCTS = 4e6; // of a frame
const SIDE = 420; // of the picture
const MARGIN = { left: 40, right: 8, top: 8, bottom: 30 };
const MARKS = [
  (x, y) => `M${x - 4.5},${y}a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0`,
  (x, y) => `M${x - 4},${y - 4}h8v8h-8z`,
  (x, y) => `M${x},${y - 5}l5,5l-5,5l-5,-5z`,
  (x, y) => `M${x},${y + 5}l-5,-9h10z`,
  (x, y) => `M${x},${y - 5}l5,9h-10z`,
];

/** The mark of a class: an outline around a point. */
export const mark = (k, x, y) => MARKS[k % MARKS.length](x, y);

/** The points of a mesh over two sides, row by row from the top. */
export function meshOver([[left, right], [low, high]], count) {
  const points = new Float64Array(2 * count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const at = 2 * (row * count + column);
      points[at] = left + ((column + 0.5) * (right - left)) / count;
      points[at + 1] = high - ((row + 0.5) * (high - low)) / count;
    }
  }
  return points;
}

/** Two colours mixed, as [red, green, blue]. */
const mixed = (one, other, share) => one.map((x, i) => x + (other[i] - x) * share);

/** The colours of a page, by the names of its variables. */
export function coloursOf(names) {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    names.map((name) => {
      const [, text] = style
        .getPropertyValue(`--${name}`)
        .trim()
        .match(/^#([0-9a-f]{6})$/) ?? [null, "808080"];
      return [name, [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16))];
    }),
  );
}

/** Fills an image with the colours of outputs, point by point. */
export function paint(image, outputs, several, classes) {
  const names = ["page", "positive", "negative", "accent", ...Array.from({ length: 8 }, (_, k) => `class${k}`)];
  const colours = coloursOf(names);
  const reach = classes
    ? 0
    : outputs.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  const threshold = classes?.threshold ?? 0;
  const spread = classes
    ? outputs.reduce((most, x) => Math.max(most, Math.min(1, Math.abs(x - threshold))), 0)
    : reach;
  const ends = classes ? [colours.class0, colours.class1] : [colours.negative, colours.positive];
  for (let i = 0; i < outputs.length / several; i++) {
    const own = outputs.subarray(i * several, (i + 1) * several);
    let colour = colours.accent; // not a number
    if (own.every((x) => !Number.isNaN(x))) {
      if (several > 1) colour = mixed(colours.page, colours[`class${classOf(own, classes) % 8}`], 0.35);
      else {
        const share = spread ? Math.max(-1, Math.min(1, (own[0] - threshold) / spread)) : 0;
        colour = mixed(colours.page, share > 0 ? ends[1] : ends[0], 0.6 * Math.abs(share));
      }
    }
    image.data.set([...colour, 255], 4 * i);
  }
}

export class Plane {
  #image;

  /**
   * @param {object} training
   * @param {number[][]} sides where each input begins and ends
   * @param {(i: number) => void} onChoose called when the reader clicks on a sample
   */
  constructor(training, sides, onChoose) {
    Object.assign(this, { training, sides });
    const { left, right, top, bottom } = MARGIN;
    this.toX = scale(...sides[0], left, SIDE - right);
    this.toY = scale(...sides[1], SIDE - bottom, top);
    const fitting = Math.floor(Math.sqrt(PRODUCTS / (training.names.length + 1)));
    const count = Math.max(LEAST, Math.min(MOST, fitting));
    this.canvas = element("canvas", { width: count, height: count, "aria-hidden": "true" });
    this.#image = this.canvas.getContext("2d").createImageData(count, count);
    this.mesh = meshOver(sides, count);
    this.marks = shape("g", { class: "marks" });
    this.chosen = shape("circle", { class: "chosen", r: 9, visibility: "hidden" });
    this.svg = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" }, this.#axes(), this.chosen, this.marks);
    this.element = element("div", { class: "plane" }, this.canvas, this.svg);
    for (let i = 0; i < training.samples; i++) {
      const k = training.classes?.of[i];
      const [x, y] = this.#place(i);
      const kind = k === undefined ? "number" : `class${k % 8}`;
      const each = shape("path", { class: kind, d: mark(k ?? 0, x, y) });
      each.addEventListener("click", () => onChoose(i));
      this.marks.append(each);
    }
  }

  show(k) {
    const outputs = this.training.outputsAt(k, this.mesh);
    paint(this.#image, outputs, this.training.outputs.outputs, this.training.classes);
    this.canvas.getContext("2d").putImageData(this.#image, 0, 0);
  }

  choose(i) {
    const [cx, cy] = this.#place(i);
    set(this.chosen, { cx, cy, visibility: "visible" });
  }

  label(text) {
    set(this.svg, { "aria-label": text });
  }

  #place(i) {
    const [x, y] = this.training.row(i);
    return [this.toX(x), this.toY(y)];
  }

  #axes() {
    const [across, up] = this.training.outputs.inputs;
    const bottom = SIDE - MARGIN.bottom;
    return shape(
      "g",
      { class: "axes" },
      ...ticks(...this.sides[0]).map((x) =>
        shape("text", { x: this.toX(x), y: bottom + 14, "text-anchor": "middle" }, readable(x)),
      ),
      ...ticks(...this.sides[1]).map((y) =>
        shape("text", { x: MARGIN.left - 5, y: this.toY(y) + 4, "text-anchor": "end" }, readable(y, 3)),
      ),
      shape("text", { class: "name", x: SIDE - MARGIN.right, y: SIDE - 3, "text-anchor": "end" }, across),
      shape("text", { class: "name", x: 2, y: MARGIN.top + 8 }, up),
    );
  }
}

/** The same for one input: the output as a curve, and the samples as dots. */
export class Curve {
  constructor(training, [[low, high]]) {
    Object.assign(this, { training, low, high });
    this.plot = new Plot({ width: 420, height: 320 });
    this.x = Float64Array.from({ length: 201 }, (_, i) => low + ((high - low) * i) / 200);
    this.dots = Array.from({ length: training.samples }, (_, i) => ({
      at: [...training.row(i)].slice(0, 2),
      kind: "sample",
    }));
    const all = this.dots.map(({ at }) => at[1]);
    const [bottom, top] = rangeOf(all, [Math.min(...all), Math.max(...all)]);
    this.y = { low: bottom, high: top, name: "output and targets" };
    this.element = this.plot.element;
  }

  show(k) {
    const { outputs } = this.training.outputs;
    const found = this.training.outputsAt(k, this.x);
    const points = [...this.x].map((x, i) => [x, found[i * outputs]]);
    const x = { low: this.low, high: this.high, name: this.training.outputs.inputs[0] };
    this.plot.draw({
      label: this.text ?? "The output over the input",
      x,
      y: this.y,
      curves: [{ points, kind: "output" }],
      dots: this.dots,
    });
  }

  choose() {}

  label(text) {
    this.text = text;
  }
}
