/**
 * A small plot of curves over one variable, with axes.
 */
import { set, shape } from "./elements.js";
import { readable } from "./numbers.js";

const MARGIN = { left: 52, right: 12, top: 20, bottom: 32 };

/** Round numbers between two, about so many. */
export function ticks(low, high, about = 4) {
  const rough = (high - low) / about;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`)).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.min(20, Math.floor(high / step) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** The numbers at ticks; where these are too near to one another to be told apart, how far they are from the first. */
export function labelsOf(places, digits) {
  const texts = places.map((x) => readable(x, digits));
  if (new Set(texts).size === texts.length) return texts;
  return texts.map((text, k) => (k ? `+${readable(places[k] - places[0], 2)}` : text));
}

/** The linear function that takes [low, high] to [start, end]. */
export function scale(low, high, start, end) {
  const factor = high === low ? 0 : (end - start) / (high - low);
  return (x) => start + (x - low) * factor;
}

/**
 * The range to show of some numbers, with one that must be in it: next to a pole, the few that are far out are cut off.
 */
export function rangeOf(numbers, included = []) {
  const sorted = numbers.filter(Number.isFinite).sort((x, y) => x - y);
  const inside = included.filter(Number.isFinite);
  if (sorted.length === 0 && inside.length === 0) return [-1, 1];
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const spread = sorted.length ? at(0.9) - at(0.1) : 0;
  const ends = sorted.length ? [Math.max(at(0), at(0.1) - spread), Math.min(at(1), at(0.9) + spread)] : [];
  const low = Math.min(...ends, ...inside);
  const high = Math.max(...ends, ...inside);
  const room = high > low ? 0.08 * (high - low) : Math.max(1, Math.abs(high)) / 2;
  return [low - room, high + room].map((x) => (Number.isFinite(x) ? x : Math.sign(x) * Number.MAX_VALUE / 4));
}

/** A path through points, with gaps where one is not finite. */
export function pathThrough(points, x, y) {
  let isOpen = false;
  return points.map(([u, v]) => {
    const across = x(u), down = y(v);
    const isThere = Number.isFinite(across) && Number.isFinite(down);
    const command = isOpen ? "L" : "M";
    isOpen = isThere;
    return isThere ? `${command}${across.toFixed(2)},${Math.max(-1e4, Math.min(1e4, down)).toFixed(2)}` : "";
  }).join("");
}

export class Plot {
  /** @param {{width?: number, height?: number}} [size] in pixels */
  constructor({ width = 360, height = 220 } = {}) {
    Object.assign(this, { width, height });
    this.axes = shape("g");
    this.area = shape("svg", {
      x: MARGIN.left, y: MARGIN.top,
      width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom,
    });
    this.dots = shape("g"); // which a frame would cut at its edge
    const box = `0 0 ${width} ${height}`;
    this.element = shape("svg", { class: "plot", viewBox: box, role: "img" }, this.axes, this.area, this.dots);
  }

  /**
   * Draws the plot anew.
   * @param {object} content
   * @param {string} content.label what a screen reader says of it
   * @param {{low: number, high: number, name: string}} content.x the axis
   * @param {{low: number, high: number, name: string}} content.y the other axis
   * @param {{points: number[][], kind: string}[]} content.curves a kind is a class for the style sheet
   * @param {{at: number[], kind: string}[]} [content.dots]
   */
  draw({ label, x, y, curves, dots = [] }) {
    const right = this.width - MARGIN.right, bottom = this.height - MARGIN.bottom;
    const toX = scale(x.low, x.high, MARGIN.left, right), toY = scale(y.low, y.high, bottom, MARGIN.top);
    const across = ticks(x.low, x.high), up = ticks(y.low, y.high);
    const [names, heights] = [labelsOf(across, 4), labelsOf(up, 3)];
    set(this.element, { "aria-label": label });
    this.axes.replaceChildren(
      ...across.flatMap((at, k) => [
        shape("path", { class: "grid", d: `M${toX(at)},${MARGIN.top}V${bottom}` }),
        shape("text", { x: toX(at), y: bottom + 15, "text-anchor": "middle" }, names[k]),
      ]),
      ...up.flatMap((at, k) => [
        shape("path", { class: "grid", d: `M${MARGIN.left},${toY(at)}H${right}` }),
        shape("text", { x: MARGIN.left - 6, y: toY(at) + 4, "text-anchor": "end" }, heights[k]),
      ]),
      shape("path", { class: "frame", d: `M${MARGIN.left},${MARGIN.top}V${bottom}H${right}` }),
      shape("text", { class: "axis", x: right, y: bottom + 28, "text-anchor": "end" }, x.name),
      shape("text", { class: "axis", x: MARGIN.left, y: MARGIN.top - 8 }, y.name), // no curve comes there
    );
    const innerX = (u) => toX(u) - MARGIN.left, innerY = (v) => toY(v) - MARGIN.top;
    this.area.replaceChildren(
      ...curves.map(({ points, kind }) => {
        return shape("path", { class: `curve ${kind}`, d: pathThrough(points, innerX, innerY) });
      }),
    );
    const isInside = ({ at: [u, v] }) => x.low <= u && u <= x.high && y.low <= v && v <= y.high;
    this.dots.replaceChildren(
      ...dots.filter(isInside).map(({ at: [u, v], kind }) => {
        return shape("circle", { class: `dot ${kind}`, cx: toX(u), cy: toY(v), r: 4.5 });
      }),
    );
  }
}
