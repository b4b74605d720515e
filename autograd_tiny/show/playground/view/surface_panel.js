/**
 * The loss over two weights, and the path that training took on it.
 */
import { button, element, set, write } from "../../page/elements.js";
import { readable } from "../../page/numbers.js";
import { Surface } from "../computation/surface.js";
import { oneSided } from "./colours.js";
import { sideOf } from "./plane.js";

const DIMMED = 0.4;
const NOT_DRAWN = "The loss over two weights: not drawn yet";

export class SurfacePanel {
  /** @param {{onWanted: () => void}} actions */
  constructor({ onWanted }) {
    this.weights = [0, 1];
    this.chosen = 0;
    const put = (axis) => () => {
      const isSwap = this.weights[1 - axis] === this.chosen; // one weight on both axes is no surface
      this.weights = isSwap ? this.weights.toReversed() : this.weights.with(axis, this.chosen);
      onWanted();
    };
    this.buttons = [
      button("Weight across", put(0), { title: "The chosen weight on the horizontal axis" }),
      button("Weight upward", put(1), { title: "The chosen weight on the vertical axis" }),
    ];
    this.canvas = element("canvas", {
      class: "surface",
      role: "img",
      "aria-label": NOT_DRAWN,
    });
    this.image = document.createElement("canvas");
    this.says = element("p", { class: "quiet" });
    const beside = element("div", { class: "stack" }, element("div", { class: "row" }, ...this.buttons), this.says);
    this.element = element("div", { class: "surfaces" }, this.canvas, beside);
  }

  /** Shows the surface of a session: computed anew where training rests elsewhere and, in play, if there is none. */
  set(session, chosen, colours, isPlaying) {
    const { trainer } = session;
    Object.assign(this, { session, chosen, colours });
    if (trainer !== this.trainer) {
      Object.assign(this, { trainer, surface: null, pending: null, found: [] });
      this.weights = [0, Math.min(1, trainer.numbers.length - 1)];
    }
    const found = [trainer.updates, trainer.task, ...this.weights];
    const isKnown = found.every((each, k) => each === this.found[k]);
    const isOther = this.weights.some((k, axis) => k !== (this.pending ?? this.surface)?.weights[axis]);
    if (!isKnown && (!isPlaying || isOther)) {
      this.found = found;
      this.pending = new Surface(trainer, this.weights, session.curves.points);
    }
    this.#describe(isPlaying);
  }

  /** Computes rows for so many milliseconds. Returns whether there is more to do. */
  work(milliseconds, isPlaying) {
    if (this.pending === null) return false;
    const end = performance.now() + milliseconds;
    while (!this.pending.isComplete && performance.now() < end) this.pending.computeRow();
    if (!this.pending.isComplete) return true;
    this.surface = this.pending;
    this.pending = null;
    this.draw(isPlaying);
    return false;
  }

  /** Draws the surface and the path; while it plays dimmed, for the other weights move on. */
  draw(isPlaying) {
    const { surface, canvas, colours } = this;
    const side = sideOf(canvas);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    if (!surface?.done) return;
    this.#fill();
    context.globalAlpha = isPlaying ? DIMMED : 1;
    context.drawImage(this.image, 0, 0, side, side);
    context.globalAlpha = 1;
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
    this.#describe(isPlaying);
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

  #describe(isPlaying) {
    const { trainer, surface } = this;
    const names = (surface ?? this).weights.map((k) => trainer.network.nameOf(trainer.network.places[k]));
    if (!surface?.done) {
      write(this.says, `Across ${names[0]}, upward ${names[1]}.`);
      set(this.canvas, { "aria-label": NOT_DRAWN });
      return;
    }
    const [across, upward] = surface.ranges.map(([low, high]) => `from ${readable(low, 3)} to ${readable(high, 3)}`);
    const losses = surface.values.filter(Number.isFinite);
    if (losses.length === 0) {
      write(this.says, `Across ${names[0]} ${across}, upward ${names[1]} ${upward}. No loss here is finite.`);
      return;
    }
    const [low, high] = [
      losses.reduce((m, x) => Math.min(m, x), Infinity),
      losses.reduce((m, x) => Math.max(m, x), -Infinity),
    ];
    write(
      this.says,
      `Across ${names[0]} ${across}, upward ${names[1]} ${upward}. The loss goes from ${readable(low, 3)} ` +
        `(the page's colour) to ${readable(high, 3)} (blue); the line is the path of training, the dot ` +
        `where it is now.${isPlaying ? " It is dimmed while training runs: the other weights have moved since." : ""}`,
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
