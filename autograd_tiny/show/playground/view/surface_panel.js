/**
 * The loss over two weights, and the path that training took on it.
 */
import { element, set, write } from "../../page/elements.js";
import { readable } from "../../page/numbers.js";
import { Surface } from "../computation/surface.js";
import { oneSided } from "./colours.js";
import { button } from "./fields.js";
import { sideOf } from "./plane.js";

export class SurfacePanel {
  /** @param {{onWanted: () => void}} actions */
  constructor({ onWanted }) {
    this.weights = [0, 1];
    this.chosen = 0;
    const put = (axis) => () => {
      this.weights = this.weights.map((k, j) => (j === axis ? this.chosen : k));
      onWanted();
    };
    this.buttons = [button("Selected weight across", put(0)), button("Selected weight upward", put(1))];
    this.begin = button("Draw", onWanted);
    this.canvas = element("canvas", {
      class: "surface",
      role: "img",
      "aria-label": "The loss over two weights: not drawn yet",
    });
    this.image = document.createElement("canvas");
    this.says = element("p", { class: "quiet" });
    this.element = element(
      "div",
      { class: "stack" },
      element("div", { class: "row" }, this.begin, ...this.buttons),
      this.canvas,
      this.says,
    );
  }

  /** The weight that the buttons put on an axis; the surface of another network is forgotten. */
  set(session, chosen, colours) {
    const { trainer } = session;
    if (trainer !== this.trainer) {
      this.trainer = trainer;
      this.surface = null;
      const last = trainer.numbers.length - 1;
      this.weights = [0, Math.min(1, last)];
    }
    Object.assign(this, { session, chosen, colours });
    this.#describe();
  }

  start() {
    if (this.weights[0] === this.weights[1]) {
      const other = this.weights[0] === 0 ? Math.min(1, this.trainer.numbers.length - 1) : 0;
      this.weights = [this.weights[0], other];
    }
    this.surface = new Surface(this.trainer, this.weights, this.session.curves.points);
  }

  /** Computes rows for so many milliseconds. Returns whether there is more to do. */
  work(milliseconds) {
    const { surface } = this;
    if (!surface || surface.isComplete) return false;
    const end = performance.now() + milliseconds;
    do surface.computeRow();
    while (!surface.isComplete && performance.now() < end);
    if (surface.isComplete) this.draw();
    return !surface.isComplete;
  }

  draw() {
    const { surface, canvas, colours } = this;
    const side = sideOf(canvas);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    if (!surface?.isComplete) return;
    this.#fill();
    context.drawImage(this.image, 0, 0, side, side);
    const now = surface.weights.map((k) => this.trainer.numbers[k]);
    const path = [...this.session.curves.points.map(({ numbers }) => surface.weights.map((k) => numbers[k])), now];
    const to = (value, axis) => {
      const [low, high] = surface.ranges[axis];
      const share = (value - low) / (high - low);
      return side * (axis === 0 ? share : 1 - share);
    };
    context.beginPath();
    path.forEach(([a, b], k) => context[k ? "lineTo" : "moveTo"](to(a, 0), to(b, 1)));
    context.strokeStyle = colours.ink;
    context.lineWidth = 2 * (side / canvas.clientWidth || 1);
    context.lineJoin = "round";
    context.stroke();
    const [a, b] = now;
    context.beginPath();
    context.arc(to(a, 0), to(b, 1), 5 * (side / canvas.clientWidth || 1), 0, 2 * Math.PI);
    context.fillStyle = colours.accent;
    context.fill();
    context.stroke();
    this.#describe();
  }

  /** The loss as shades, in equal steps of its rank: so a valley shows that is next to steep walls. */
  #fill() {
    const {
      surface: { values, size },
      image,
      colours,
    } = this;
    [image.width, image.height] = [size, size];
    const table = oneSided(colours.value, colours.page, 0.85);
    const context = image.getContext("2d");
    const data = context.createImageData(size, size);
    const pixels = new Uint32Array(data.data.buffer);
    const finite = values.filter(Number.isFinite).sort();
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const value = values[row * size + column];
        const share = Number.isFinite(value) ? rankOf(finite, value) : 1;
        pixels[(size - 1 - row) * size + column] = table[Math.round(255 * share)];
      }
    }
    context.putImageData(data, 0, 0);
  }

  #describe() {
    const { trainer, weights, surface } = this;
    const names = weights.map((k) => trainer.network.nameOf(trainer.network.places[k]));
    if (!surface?.isComplete) {
      write(this.says, `Across ${names[0]}, upward ${names[1]}.`);
      return;
    }
    const [across, upward] = surface.ranges.map(([low, high]) => `from ${readable(low, 3)} to ${readable(high, 3)}`);
    const losses = surface.values.filter(Number.isFinite);
    const [low, high] = [
      losses.reduce((m, x) => Math.min(m, x), Infinity),
      losses.reduce((m, x) => Math.max(m, x), -Infinity),
    ];
    write(
      this.says,
      `Across ${names[0]} ${across}, upward ${names[1]} ${upward}. The loss goes from ${readable(low, 3)} (light) to ` +
        `${readable(high, 3)} (dark); the line is the way that training took, the dot where it is now.`,
    );
    set(this.canvas, { "aria-label": this.says.textContent });
  }
}

function rankOf(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length > 1 ? low / (sorted.length - 1) : 0;
}
