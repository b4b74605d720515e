/**
 * The plane: coloured by the output, with the samples on it.
 */
import { element, set } from "../../page/elements.js";
import { readable } from "../../page/numbers.js";
import { ticks } from "../../page/plot.js";
import { oneSided, twoSided } from "./colours.js";
import { Grid, drawUnit, gridSize, reachOf, squareAround } from "./grid.js";
import { OWN } from "../computation/settings.js";

const SIDE = 300; // of the canvases, in CSS pixels at most
const NEAR = 10; // how far from a click a sample may be
const STEPS = 20; // of the keyboard's mark along a side
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEYS = "arrows move a mark, and Enter takes what is there: a sample, or a place for a point of your own";

export class Plane {
  /**
   * @param {{onPoint: (x1: number, x2: number) => void, onSample: (index: number) => void,
   *   onMark: (text: string) => void}} actions  onMark: told where the keyboard's mark is, in words
   */
  constructor({ onPoint, onSample, onMark }) {
    this.grid = new Grid();
    this.image = document.createElement("canvas"); // of the grid's size
    this.back = element("canvas", { class: "back", "aria-hidden": "true" });
    this.front = element("canvas", {
      class: "front",
      role: "application", // so that screen readers leave the arrow keys to it
      tabindex: 0,
      "aria-label": "The plane of the inputs",
    });
    this.mark = null; // where the keyboard is
    this.up = element("div", { class: "ticks up", "aria-hidden": "true" });
    this.across = element("div", { class: "ticks across", "aria-hidden": "true" });
    const canvases = element("div", { class: "canvases" }, this.back, this.front);
    this.element = element("div", { class: "plane" }, this.up, canvases, this.across);
    Object.assign(this, { onPoint, onSample, onMark });
    this.front.addEventListener("click", (event) => this.#click(event));
    this.front.addEventListener("keydown", (event) => this.#key(event));
    this.front.addEventListener("blur", () => this.#moveMark(null));
  }

  /** What is shown. */
  set(session, colours) {
    Object.assign(this, { session, colours });
    this.square = squareAround(session.points, session.settings.data === OWN);
    this.#drawTicks();
    const { classes, page, positive, negative } = colours;
    this.tables = {
      classes: twoSided(classes[0], classes[1], page),
      numbers: twoSided(negative, positive, page),
      each: classes.map((colour) => oneSided(colour, page)),
    };
  }

  /** The numbers along the axes; the names stand where these end. */
  #drawTicks() {
    const { x, y, half } = this.square;
    const between = (middle, edge, name) => [
      element("span", { class: "name" }, name),
      ...ticks(middle - half, middle + half, 6)
        .map((each) => [each, (each - middle + half) / (2 * half)])
        .filter(([, share]) => share >= 0.04 && share <= 0.88)
        .map(([each, share]) => element("span", { style: `${edge}: ${(100 * share).toFixed(2)}%` }, readable(each, 3))),
    ];
    this.up.replaceChildren(...between(y, "bottom", "x2"));
    this.across.replaceChildren(...between(x, "left", "x1"));
  }

  /** Draws the colours. Returns the grid, for the pictures of the units. */
  draw(isPlaying) {
    const {
      session: { trainer },
      grid,
      image,
      back,
    } = this;
    grid.compute(trainer, this.square, gridSize(trainer.network, isPlaying));
    const { size } = grid;
    if (image.width !== size) [image.width, image.height] = [size, size];
    const context = image.getContext("2d");
    const data = context.createImageData(size, size);
    this.#fill(new Uint32Array(data.data.buffer));
    context.putImageData(data, 0, 0);
    const side = sideOf(back);
    const to = back.getContext("2d");
    to.imageSmoothingEnabled = true;
    to.drawImage(image, 0, 0, side, side);
    return grid;
  }

  #fill(pixels) {
    const {
      session: { trainer, classes },
      grid,
      tables,
    } = this;
    const { network, task } = trainer;
    const first = grid.units - network.outputs;
    if (network.outputs > 1) {
      fillRegions(pixels, grid, first, network.outputs, tables.each);
      return;
    }
    const place = { first, every: grid.units, size: grid.size, step: 1 };
    const form = formOfOutput(task, grid, first);
    drawUnit(pixels, grid.size, 0, grid.values, place, classes ? tables.classes : tables.numbers, form);
  }

  /** Draws the samples, a ring around the chosen one, and fine ones around those of the last update. */
  drawSamples(chosen) {
    this.chosen = chosen;
    const { session, front, colours } = this;
    const { trainer } = session;
    const taken = new Set(trainer.updatesPerEpoch > 1 ? trainer.lastSamples() : []);
    const side = sideOf(front);
    const context = front.getContext("2d");
    context.clearRect(0, 0, side, side);
    const scale = side / (2 * this.square.half);
    const radius = (session.points.length > 500 ? 2.5 : 4) * (side / front.clientWidth || 1);
    const reach = session.classes ? 1 : Math.max(...session.points.map(([, , target]) => Math.abs(target)), 1e-9);
    session.points.forEach(([a, b, target], i) => {
      const x = (a - this.square.x + this.square.half) * scale,
        y = (this.square.y + this.square.half - b) * scale;
      const colour = session.classes ? colours.classes[target] : target < 0 ? colours.negative : colours.positive;
      const size = session.classes ? radius : radius * (0.5 + Math.sqrt(Math.abs(target) / reach));
      mark(context, session.classes ? target : 0, x, y, size, i < session.trainCount ? colour : null, colours, colour);
      if (i === chosen) ring(context, x, y, 2.4 * radius, 2.5, colours.ink);
      if (taken.has(i)) ring(context, x, y, 1.7 * radius, 1.5, colours.ink);
    });
    if (this.mark) this.#drawMark(context, side, scale);
    const { classNames, points, trainCount } = session;
    const what = session.classes ? `classes ${classNames.join(", ")}` : "numbers as targets";
    set(front, {
      "aria-label":
        `The plane of the inputs x1 and x2, ${this.#ends()}, coloured by the output, with ${trainCount} samples for ` +
        "training " +
        `and ${points.length - trainCount} for the test; ${what}; ${KEYS}`,
    });
  }

  #ends() {
    const { x, y, half } = this.square;
    const [left, right, low, high] = [x - half, x + half, y - half, y + half].map((each) => readable(each, 3));
    return `from ${left} to ${right} and from ${low} to ${high}`;
  }

  // ---- a sample or a place, by a click and by keys

  #click(event) {
    const { left, top, width } = this.front.getBoundingClientRect();
    const scale = (2 * this.square.half) / width;
    const { x, y, half } = this.square;
    this.#take([x - half + (event.clientX - left) * scale, y + half - (event.clientY - top) * scale]);
  }

  #take(place) {
    const found = this.#near(place);
    if (found >= 0) this.onSample(found);
    else this.onPoint(...place.map((each) => Number(each.toFixed(2))));
  }

  /** The sample next to a place; -1 if there is none. */
  #near([a, b]) {
    let [best, nearest] = [-1, (NEAR * 2 * this.square.half) / this.front.clientWidth];
    this.session.points.forEach(([x, y], i) => {
      const distance = Math.hypot(x - a, y - b);
      if (distance < nearest) [best, nearest] = [i, distance];
    });
    return best;
  }

  #key(event) {
    const isTaking = event.key === "Enter" || event.key === " ";
    if ((!isTaking && !Object.hasOwn(MOVES, event.key)) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { x, y, half } = this.square;
    const now = this.mark ?? [x, y];
    if (isTaking) {
      this.#moveMark(now);
      this.#take(now);
      return;
    }
    const within = (each, middle) => Math.max(middle - half, Math.min(middle + half, each));
    const [a, b] = MOVES[event.key].map((step, k) => now[k] + (step * 2 * half) / STEPS);
    this.#moveMark([within(a, x), within(b, y)]);
    const found = this.#near(this.mark);
    const place = this.mark.map((each) => readable(Number(each.toPrecision(3)), 3)).join(", ");
    this.onMark(found < 0 ? place : `${place}: sample ${found + 1}`);
  }

  #moveMark(place) {
    this.mark = place;
    this.drawSamples(this.chosen);
  }

  #drawMark(context, side, scale) {
    const { x, y, half } = this.square;
    const [u, v] = [(this.mark[0] - x + half) * scale, (y + half - this.mark[1]) * scale];
    const arm = side / STEPS;
    context.beginPath();
    context.moveTo(u - arm, v);
    context.lineTo(u + arm, v);
    context.moveTo(u, v - arm);
    context.lineTo(u, v + arm);
    context.lineWidth = side / 120;
    context.strokeStyle = this.colours.ink;
    context.stroke();
  }
}

/** Fits the pixels of a canvas to its size on the screen. Returns its side. */
export function sideOf(canvas) {
  const side = Math.round((canvas.clientWidth || SIDE) * Math.min(2, devicePixelRatio || 1));
  if (canvas.width !== side) [canvas.width, canvas.height] = [side, side];
  return side;
}

/** How the output of a network of one becomes a colour. */
function formOfOutput({ classes, loss, code }, grid, first) {
  if (!classes) return { factor: 1 / reachOf(grid.values, first, grid.units), shift: 0 };
  if (loss === "binary_cross_entropy") return { factor: 0.4, shift: 0 };
  return code.low === 0 ? { factor: 2, shift: -1 } : { factor: 1, shift: 0 };
}

/** The class with the largest output, the stronger the more it is ahead of the next. */
function fillRegions(pixels, { values, units, size }, first, count, tables) {
  for (let k = 0; k < size * size; k++) {
    let [best, most, next] = [0, -Infinity, -Infinity];
    for (let j = 0; j < count; j++) {
      const value = values[k * units + first + j];
      if (value > most) [best, most, next] = [j, value, most];
      else if (value > next) next = value;
    }
    const ahead = most - next;
    pixels[k] = tables[best][Math.round(255 * Math.min(1, 0.3 + 0.35 * (ahead > 0 ? ahead : 0)))];
  }
}

const CORNERS = [
  // of a mark, in units of its radius
  null,
  [
    [-0.85, -0.85],
    [0.85, -0.85],
    [0.85, 0.85],
    [-0.85, 0.85],
  ],
  [
    [0, -1.15],
    [1.05, 0.8],
    [-1.05, 0.8],
  ],
  [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
];

/** A mark whose form says the class; filled for training, hollow for the test. */
function mark(context, target, x, y, radius, fill, colours, edge) {
  const corners = CORNERS[target % CORNERS.length];
  context.beginPath();
  if (corners === null) context.arc(x, y, radius, 0, 2 * Math.PI);
  else corners.forEach(([u, v], k) => context[k ? "lineTo" : "moveTo"](x + u * radius, y + v * radius));
  context.closePath();
  context.fillStyle = fill ?? colours.page;
  context.fill();
  context.lineWidth = fill ? 1 : 1.8;
  context.strokeStyle = fill ? colours.page : edge;
  context.stroke();
}

function ring(context, x, y, radius, width, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}
