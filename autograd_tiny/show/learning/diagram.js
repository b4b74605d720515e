/**
 * The diagram of a network: a line for each weight, as thick as it is large, in the colour of its sign.
 */
import { set, shape, write } from "../page/elements.js";
import { readable } from "../page/numbers.js";

const INCH = 96; // pixels
const THICK = 7; // of the thickest line
const LONGEST = 6; // characters that a unit has room for, if they are smaller
const RADIUS = 0.26; // of a unit, in inches: network/arrangement.py has the diameter

/** Writes a number into a unit: as −9e203 where it would be too long. */
function writeInto(text, x, digits) {
  const usual = readable(x, Math.min(digits, 2));
  const isLong = usual.length > LONGEST || usual.includes("e");
  write(text, isLong ? x.toExponential(0).replace("e+", "e").replaceAll("-", "−") : usual);
  text.classList.toggle("long", text.textContent.length >= LONGEST);
}

export class Diagram {
  /**
   * @param {object} data units, lines and headings, in inches
   * @param {object} training
   * @param {(parameter: number) => void} onChoose called when the reader clicks on a line or a unit
   */
  constructor(data, training, onChoose) {
    Object.assign(this, { data, training });
    const x = (inches) => inches * INCH,
      y = (inches) => -inches * INCH;
    this.halo = shape("path", { class: "halo", visibility: "hidden" });
    this.lines = data.lines.map(({ weight, ...line }) => {
      const path = this.#path(line, x, y);
      const seen = shape("path", { class: "weight", d: path });
      const target = shape("path", { class: "target", d: path }, shape("title", {}, training.names[weight]));
      target.addEventListener("click", () => onChoose(weight));
      return { weight, path, seen, target };
    });
    this.units = data.units.map((unit) => this.#unit(unit, x(unit.at[0]), y(unit.at[1]), onChoose));
    const headings = data.headings.flatMap(({ x: at, lines }) =>
      lines.map((text, i) => {
        const up = y(data.top) + 14 + 16 * i;
        return shape("text", { class: "heading", x: x(at), y: up, "text-anchor": "middle" }, text);
      }),
    );
    const more = data.more.map(([across, up]) => {
      return shape("text", { class: "heading", x: x(across), y: y(up) + 5, "text-anchor": "middle" }, "⋮");
    });
    const room = 40;
    const box = [x(data.left) - room, y(data.top), x(data.right - data.left) + 2 * room, y(data.bottom - data.top)];
    this.element = shape(
      "svg",
      { class: "network", viewBox: box.join(" "), role: "img" },
      this.halo,
      ...this.lines.map(({ seen }) => seen),
      ...this.lines.map(({ target }) => target),
      ...this.units.map(({ group }) => group),
      ...headings,
      ...more,
    );
    set(this.element, { style: `max-width: ${Math.round(1.3 * box[2])}px` });
  }

  /**
   * Shows numbers of the parameters: themselves, or their gradients.
   * @param {ArrayLike<number>} numbers
   * @param {number} largest the one that the thickest line stands for
   * @param {number} digits
   */
  show(numbers, largest, digits) {
    for (const { weight, seen } of this.lines) {
      const number = numbers[weight];
      const share = largest > 0 ? Math.min(1, Math.abs(number) / largest) : 0;
      const isFinite = Number.isFinite(number);
      set(seen, {
        "stroke-width": (isFinite ? Math.max(0.4, THICK * share) : THICK).toFixed(2),
        "data-sign": !isFinite ? "none" : number > 0 ? "+" : number < 0 ? "−" : "0",
      });
    }
    for (const { bias, text } of this.units) {
      if (bias === null) continue;
      writeInto(text, numbers[bias], digits);
      set(text, { "data-sign": numbers[bias] > 0 ? "+" : numbers[bias] < 0 ? "−" : "0" });
    }
  }

  /** Marks the line or the unit of a parameter. */
  choose(parameter) {
    const line = this.lines.find(({ weight }) => weight === parameter);
    set(this.halo, { d: line?.path ?? null, visibility: line ? "visible" : "hidden" });
    for (const { bias, group } of this.units) group.classList.toggle("chosen", bias === parameter);
  }

  label(text) {
    set(this.element, { "aria-label": text });
  }

  #path({ from, to, by }, x, y) {
    const [start, end] = [this.data.units[from].at, this.data.units[to].at];
    const corners = by.map(([across, up]) => `L${x(across).toFixed(1)},${y(up).toFixed(1)}`).join("");
    const begin = x(start[0]) + RADIUS * INCH,
      stop = x(end[0]) - RADIUS * INCH;
    return `M${begin.toFixed(1)},${y(start[1]).toFixed(1)}${corners}L${stop.toFixed(1)},${y(end[1]).toFixed(1)}`;
  }

  #unit({ name, caption, is, bias }, cx, cy, onChoose) {
    const circle = shape("circle", { cx, cy, r: RADIUS * INCH });
    const text = shape("text", { x: cx, y: cy + 4, "text-anchor": "middle" }, caption);
    const title = shape("title", {}, is ? `${name}, ${is}` : name);
    const group = shape("g", { class: bias === null ? "unit" : "unit biased" }, title, circle, text);
    if (bias !== null) group.addEventListener("click", () => onChoose(bias));
    return { bias, group, text };
  }
}
