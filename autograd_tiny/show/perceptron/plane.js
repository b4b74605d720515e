/**
 * The plane of one unit: its line, the side that it calls 1, and the points. A reader adds and removes points here.
 */
import { element, set, shape } from "../page/elements.js";
import { readable } from "../page/numbers.js";
import { scale, ticks } from "../page/plot.js";

const SIDE = 380; // of the picture
const MARGIN = { left: 34, right: 8, top: 8, bottom: 34 }; // what is inside is a square: shades and lines go together
const STRONG = 0.42; // the opacity of a class's colour where the unit is sure
const REACH = 5; // net inputs from -REACH to REACH are shaded
const NEAR = 0.045; // of the side: a click so near to a point removes it
const STEPS = 20; // of the keyboard's mark along a side

/** A colour of the shading: how sure the unit is of class 1, from -1 to 1. */
function stop(offset, sureness) {
  const opacity = (STRONG * Math.abs(sureness)).toFixed(3);
  return shape("stop", {
    offset,
    style: `stop-color: var(--class${sureness > 0 ? 1 : 0}); stop-opacity: ${opacity}`,
  });
}

export class UnitPlane {
  #sides = [
    [-1, 1],
    [-1, 1],
  ];
  #points = [];
  #mark = null; // where the keyboard is

  /**
   * @param {object} options
   * @param {string} options.name for screen readers, and for the ids in the picture
   * @param {boolean} options.isGradual whether the unit is sure by degrees
   * @param {(place: number[]) => void} options.onAdd called with a place where the reader wants a point
   * @param {(i: number) => void} options.onRemove called with the number of a point
   * @param {(text: string) => void} options.onSay called with what a screen reader should say
   */
  constructor({ name, isGradual, onAdd, onRemove, onSay }) {
    Object.assign(this, { name, isGradual, onAdd, onRemove, onSay });
    const id = `shade-${name.replaceAll(" ", "-")}`;
    const sureness = Array.from({ length: 2 * REACH + 1 }, (_, i) => 2 / (1 + Math.exp(REACH - i)) - 1);
    const stops = isGradual ? sureness.map((x, i) => stop(i / (2 * REACH), x)) : [stop(0.5, -1), stop(0.5, 1)];
    this.gradient = shape("linearGradient", { id, gradientUnits: "userSpaceOnUse" }, ...stops);
    const width = SIDE - MARGIN.left - MARGIN.right,
      height = SIDE - MARGIN.top - MARGIN.bottom;
    this.inside = shape("svg", { x: MARGIN.left, y: MARGIN.top, width, height, viewBox: `0 0 ${width} ${height}` });
    Object.assign(this, { width, height, shade: shape("rect", { width, height, fill: `url(#${id})` }) });
    this.axes = shape("g");
    this.svg = shape(
      "svg",
      {
        viewBox: `0 0 ${SIDE} ${SIDE}`,
        tabindex: 0,
        role: "application",
        "aria-label": name,
        "aria-describedby": "how",
        "data-keys": true,
      },
      shape("defs", {}, this.gradient),
      this.axes,
      this.inside,
      shape("rect", { class: "frame", x: MARGIN.left, y: MARGIN.top, width, height }),
    );
    this.element = element("div", { class: "unit-plane" }, this.svg);
    this.svg.addEventListener("click", (event) => this.#click(event));
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("blur", () => this.#moveMark(null));
  }

  /**
   * @param {object} content
   * @param {number[][]} content.sides where the picture begins and ends
   * @param {number[][]} content.points
   * @param {number[]} content.weights
   * @param {number[] | null} content.before the weights before the update
   * @param {number[] | null} content.current the point of the update
   * @param {{ones: number[][], zeros: number[][], at: number[]} | null} content.obstacle why no line separates them
   */
  draw({ sides, points, weights, before, current, obstacle }) {
    this.#sides = sides;
    this.#points = points;
    this.toX = scale(...sides[0], 0, this.width);
    this.toY = scale(...sides[1], this.height, 0);
    this.#drawAxes();
    this.#shadeBy(weights);
    const parts = [this.shade];
    if (obstacle) parts.push(...this.#corners(obstacle.zeros, 0), ...this.#corners(obstacle.ones, 1));
    if (before && String(before) !== String(weights)) parts.push(this.#line(before, "before"));
    parts.push(this.#line(weights, "line"), this.#normal(weights));
    if (current)
      parts.push(shape("circle", { class: "current", r: 10, cx: this.toX(current[0]), cy: this.toY(current[1]) }));
    parts.push(...points.map(([x, y, k]) => this.#point(x, y, k)));
    this.inside.replaceChildren(...parts.filter(Boolean));
    if (this.#mark) this.#moveMark(this.#mark);
  }

  /** The mark of a class: a circle or a square. */
  static outline(k, x, y) {
    return k ? `M${x - 5},${y - 5}h10v10h-10z` : `M${x - 5.5},${y}a5.5,5.5 0 1,0 11,0a5.5,5.5 0 1,0 -11,0`;
  }

  #point(x, y, k) {
    return shape("path", { class: `point class${k}`, d: UnitPlane.outline(k, this.toX(x), this.toY(y)) });
  }

  #drawAxes() {
    const [across, up] = this.#sides;
    const bottom = SIDE - MARGIN.bottom;
    this.axes.replaceChildren(
      ...ticks(...across, 6).map((x) =>
        shape("text", { x: MARGIN.left + this.toX(x), y: bottom + 14, "text-anchor": "middle" }, readable(x)),
      ),
      ...ticks(...up, 6).map((y) =>
        shape("text", { x: MARGIN.left - 5, y: MARGIN.top + this.toY(y) + 4, "text-anchor": "end" }, readable(y, 3)),
      ),
      shape("text", { class: "name", x: SIDE - MARGIN.right, y: SIDE - 4, "text-anchor": "end" }, "x₁"),
      shape("text", { class: "name", x: 4, y: MARGIN.top + 10 }, "x₂"),
    );
  }

  /** Colours the plane across the line: the shades are between the net inputs -REACH and REACH. */
  #shadeBy(weights) {
    const place = this.#placeOf(weights);
    set(this.shade, { visibility: place ? null : "hidden" });
    if (!place) return;
    const { foot, direction, size } = place;
    const half = Math.max(1e-6, Math.min(1e6, REACH / size)); // the distance at which the shade is full
    const at = (far) => [this.toX(foot[0] + far * direction[0]), this.toY(foot[1] + far * direction[1])];
    const [[x1, y1], [x2, y2]] = [at(-half), at(half)];
    set(this.gradient, { x1, y1, x2, y2 });
  }

  /** Where the line is: its point that is nearest to the middle of the picture, and the direction of the weights. */
  #placeOf([w1, w2, b]) {
    const size = Math.hypot(w1, w2);
    if (!(size > 0) || !Number.isFinite(size) || !Number.isFinite(b)) return null;
    const direction = [w1 / size, w2 / size];
    const centre = this.#sides.map(([low, high]) => (low + high) / 2);
    const range = this.#sides[0][1] - this.#sides[0][0];
    const away = direction[0] * centre[0] + direction[1] * centre[1] + b / size;
    const seen = Math.max(-100 * range, Math.min(100 * range, away)); // farther away, all is of one colour
    return { foot: centre.map((x, i) => x - seen * direction[i]), direction, size, range };
  }

  /** The line where the net input is 0, as long as the picture needs it. */
  #line(weights, kind) {
    const place = this.#placeOf(weights);
    if (!place) return null;
    const {
      foot,
      direction: [u, v],
      range,
    } = place;
    const ends = [-2 * range, 2 * range].map((along) => [foot[0] - along * v, foot[1] + along * u]);
    const [[x1, y1], [x2, y2]] = ends.map(([x, y]) => [this.toX(x).toFixed(2), this.toY(y).toFixed(2)]);
    return shape("path", { class: kind, d: `M${x1},${y1}L${x2},${y2}` });
  }

  /** A short arrow from the line to the side of class 1: the direction of the weights. */
  #normal(weights) {
    const place = this.#placeOf(weights);
    if (!place) return null;
    const [x, y] = [this.toX(place.foot[0]), this.toY(place.foot[1])];
    const [u, v] = [place.direction[0], -place.direction[1]];
    const [tipX, tipY] = [x + 34 * u, y + 34 * v];
    const wing = (turn) => `${(tipX - 8 * u - turn * 4 * v).toFixed(1)},${(tipY - 8 * v + turn * 4 * u).toFixed(1)}`;
    const tip = `${tipX.toFixed(1)},${tipY.toFixed(1)}`;
    const d = `M${x.toFixed(1)},${y.toFixed(1)}L${tip}M${wing(1)}L${tip}L${wing(-1)}`;
    return shape("path", { class: "normal", d });
  }

  #corners(corners, k) {
    const places = corners.map(([x, y]) => `${this.toX(x).toFixed(2)},${this.toY(y).toFixed(2)}`);
    if (corners.length < 2) return [];
    return [
      shape("path", { class: `obstacle class${k}`, d: `M${places.join("L")}${corners.length > 2 ? "z" : ""}` }),
    ];
  }

  // ---- points by mouse and keyboard

  #click(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIDE - MARGIN.left;
    const y = ((event.clientY - box.top) / box.height) * SIDE - MARGIN.top;
    if (x < 0 || y < 0 || x > this.width || y > this.height) return;
    const [[left, right], [low, high]] = this.#sides;
    this.#toggle([left + (x / this.width) * (right - left), high - (y / this.height) * (high - low)]);
  }

  #toggle(place) {
    const near = this.#near(place);
    if (near >= 0) this.onRemove(near);
    else this.onAdd(place.map((x) => Number(x.toPrecision(3))));
  }

  #near([x, y]) {
    const reach = NEAR * (this.#sides[0][1] - this.#sides[0][0]);
    const distances = this.#points.map(([px, py]) => Math.hypot(px - x, py - y));
    const least = Math.min(...distances);
    return least <= reach ? distances.indexOf(least) : -1;
  }

  #key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const isAction = event.key === "Enter" || event.key === " " || event.key === "Delete";
    if (!(event.key in moves) && !isAction) return;
    event.preventDefault();
    event.stopPropagation();
    const [[left, right], [low, high]] = this.#sides;
    const now = this.#mark ?? [(left + right) / 2, (low + high) / 2];
    if (event.key in moves) {
      const [across, up] = moves[event.key],
        step = (right - left) / STEPS;
      const next = [now[0] + across * step, now[1] + up * step].map((x) => Number(x.toPrecision(3)));
      this.#moveMark([Math.max(left, Math.min(right, next[0])), Math.max(low, Math.min(high, next[1]))]);
      const near = this.#near(this.#mark);
      const there = near >= 0 ? `, a point of class ${this.#points[near][2]}` : "";
      this.onSay(`${readable(this.#mark[0])}, ${readable(this.#mark[1])}${there}`);
      return;
    }
    const near = this.#near(now);
    if (event.key === "Delete" && near < 0) return;
    this.#moveMark(now);
    this.#toggle(now);
  }

  #moveMark(place) {
    this.#mark = place;
    this.cursor?.remove();
    if (place === null) return;
    const [x, y] = [this.toX(place[0]), this.toY(place[1])];
    this.cursor = shape("path", { class: "cursor", d: `M${x - 10},${y}h20M${x},${y - 10}v20` });
    this.inside.append(this.cursor);
  }
}
