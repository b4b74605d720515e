/**
 * The network: each unit with its own plane in it, and on each line the weight and the gradient.
 */
import { element } from "../../page/elements.js";
import { twoSided } from "./colours.js";
import { drawUnit, reachOf } from "./grid.js";

const NARROWEST = 92; // of a column, in pixels
const LARGEST = 48; // a unit
const GAP = 6; // between units
const LEVELS = 8; // of thickness
const OF_WEIGHTS = { thickest: 6, power: 1 }; // of lines: in pixels; and how thickness grows with size
const OF_GRADIENTS = { thickest: 2.5, power: 0.5 };
const TABLE_OF_FORMS = { tanh: [1, 0], sigmoid: [2, -1] }; // those of units with bounds; others by their reach
const MANY_LINES = 500; // from there on they are straight
const NEAR = 9; // how far from a line a click may be
const AWAY = {
  ArrowLeft: { layer: -1 },
  ArrowRight: { layer: 1 },
  PageUp: { unit: -1 },
  PageDown: { unit: 1 },
  ArrowUp: { index: -1 },
  ArrowDown: { index: 1 },
}; // where keys lead from the chosen line

export class NetworkView {
  /** @param {{onWeight: (place: Place, isByKey?: boolean) => void}} actions  the place may lie beside the network */
  constructor({ onWeight }) {
    this.onWeight = onWeight;
    this.atlas = document.createElement("canvas"); // all units side by side
    this.canvas = element("canvas", {
      class: "network",
      role: "application", // so that screen readers leave the arrow keys to it
      tabindex: 0,
      "aria-describedby": "legend",
    });
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The network to show. */
  set(session, colours, width) {
    Object.assign(this, { session, colours });
    const { network } = session.trainer;
    const columns = network.sizes.length;
    this.width = Math.max(width, NARROWEST * columns);
    const most = Math.max(...network.sizes);
    this.box = Math.max(14, Math.min(LARGEST, Math.floor(500 / most) - GAP)); // the side of a unit
    this.gap = Math.max(6, Math.min(24, GAP * 20 / most));
    this.height = Math.max(260, most * (this.box + this.gap) + 16);
    this.centres = network.sizes.map((size, column) =>
      Array.from({ length: size }, (_, unit) => [
        ((column + 0.5) * this.width) / columns,
        this.height / 2 + (unit - (size - 1) / 2) * (this.box + this.gap),
      ]),
    );
    this.lines = network.places.flatMap((place, index) => (place.input < 0 ? [] : [{ place, index }]));
    this.table = twoSided(colours.negative, colours.positive, colours.page, 0.9);
    this.ratio = Math.min(2, devicePixelRatio || 1);
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
  }

  /**
   * @param {Grid} grid
   * @param {Float64Array} gradient
   * @param {"both" | "weights" | "gradients"} shown
   * @param {{chosen: number, findings: object}} marks the number of the chosen weight, and units that are flagged
   */
  draw(grid, gradient, shown, { chosen, flags }) {
    this.chosen = chosen;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const { numbers } = this.session.trainer;
    const offset = shown === "both" ? 2.5 : 0;
    if (shown !== "gradients") {
      const { negative, positive } = this.colours;
      this.#drawLines(context, numbers, { colours: [negative, positive], offset: -offset, dashes: [], ...OF_WEIGHTS });
    }
    if (shown !== "weights") {
      const { gradient: colour } = this.colours;
      this.#drawLines(context, gradient, { colours: [colour, colour], offset, dashes: [4, 3], ...OF_GRADIENTS });
    }
    if (chosen >= 0) this.#drawChosen(context, chosen);
    this.#drawUnits(context, grid, flags);
  }

  /** Lines in a few thicknesses: a stroke for each, of many lines. */
  #drawLines(context, numbers, { colours: [below, above], offset, dashes, thickest, power }) {
    const isDense = this.lines.length > MANY_LINES; // then the smallest are left out, and all are fainter
    const reach = this.lines.reduce((most, { index }) => Math.max(most, Math.abs(numbers[index])), 0) || 1;
    const groups = new Map();
    for (const line of this.lines) {
      const share = (Math.abs(numbers[line.index]) / reach) ** (isDense ? 1 : power);
      const level = isDense ? Math.round(share * LEVELS) : Math.max(1, Math.ceil(share * LEVELS));
      if (level === 0) continue;
      const key = level * (numbers[line.index] < 0 ? -1 : 1);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(line);
    }
    context.lineCap = "round";
    for (const [key, lines] of groups) {
      const level = Math.abs(key) / LEVELS;
      context.beginPath();
      for (const line of lines) this.#trace(context, line.place, offset);
      context.lineWidth = Math.max(0.6, thickest * level * (this.box / LARGEST) ** 0.5);
      context.globalAlpha = isDense ? 0.08 + 0.8 * level ** 1.5 : 0.25 + 0.7 * level;
      context.strokeStyle = key < 0 ? below : above;
      context.setLineDash(key < 0 ? dashes : []);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  #trace(context, { layer, unit, input, piece }, offset) {
    const [from, to] = this.#ends(layer, unit, input, piece, offset);
    context.moveTo(...from);
    if (this.lines.length > MANY_LINES) {
      context.lineTo(...to);
      return;
    }
    const middle = (from[0] + to[0]) / 2;
    context.bezierCurveTo(middle, from[1], middle, to[1], ...to);
  }

  #ends(layer, unit, input, piece, offset) {
    const { pieces } = this.session.trainer.network.layers[layer];
    const apart = (piece - (pieces - 1) / 2) * Math.min(12, this.box / 3);
    const [x, y] = this.centres[layer][input],
      [u, v] = this.centres[layer + 1][unit];
    return [
      [x + this.box / 2, y + offset],
      [u - this.box / 2, v + offset + apart],
    ];
  }

  #drawChosen(context, chosen) {
    const place = this.session.trainer.network.places[chosen];
    if (place.input < 0) {
      const [x, y] = this.centres[place.layer + 1][place.unit];
      context.strokeStyle = this.colours.accent;
      context.lineWidth = 4;
      context.strokeRect(x - this.box / 2 - 3, y - this.box / 2 - 3, this.box + 6, this.box + 6);
      return;
    }
    context.beginPath();
    this.#trace(context, place, 0);
    context.lineWidth = 9;
    context.globalAlpha = 0.55;
    context.strokeStyle = this.colours.accent;
    context.stroke();
    context.globalAlpha = 1;
  }

  #drawUnits(context, grid, flags) {
    const { network, task } = this.session.trainer;
    const step = grid.size > 48 ? 2 : 1;
    const side = Math.ceil(grid.size / step);
    const pictures = 2 + grid.units;
    if (this.atlas.width !== side * pictures || this.atlas.height !== side) {
      [this.atlas.width, this.atlas.height] = [side * pictures, side];
    }
    const from = this.atlas.getContext("2d");
    const data = from.createImageData(side * pictures, side);
    const pixels = new Uint32Array(data.data.buffer);
    const width = side * pictures;
    for (const k of [0, 1]) {
      const place = { first: k, every: 2, size: grid.size, step };
      drawUnit(pixels, width, k * side, grid.inputs(), place, this.table, {
        factor: 1 / reachOf(grid.inputs(), k, 2),
        shift: 0,
      });
    }
    let unit = 0;
    network.layers.forEach(({ units, activation }) => {
      for (let k = 0; k < units; k++, unit++) {
        const [factor, shift] = TABLE_OF_FORMS[activation] ?? [1 / reachOf(grid.values, unit, grid.units), 0];
        const place = { first: unit, every: grid.units, size: grid.size, step };
        drawUnit(pixels, width, (2 + unit) * side, grid.values, place, this.table, { factor, shift });
      }
    });
    from.putImageData(data, 0, 0);
    let picture = 0;
    this.centres.forEach((column, at) =>
      column.forEach(([x, y], k) => {
        const left = x - this.box / 2,
          top = y - this.box / 2;
        context.drawImage(this.atlas, picture * side, 0, side, side, left, top, this.box, this.box);
        context.strokeStyle = this.colours.line;
        context.lineWidth = 1;
        context.strokeRect(left, top, this.box, this.box);
        const flag = at > 0 ? flags[at - 1]?.[k] : undefined;
        if (flag) this.#flag(context, left, top, flag);
        picture += 1;
      }),
    );
    return task;
  }

  /** A unit that is dead is crossed out, one that is saturated has bars at two sides. */
  #flag(context, left, top, flag) {
    const { box } = this;
    context.strokeStyle = this.colours.accent;
    context.lineWidth = Math.max(2, box / 14);
    context.beginPath();
    if (flag === "dead") {
      context.moveTo(left, top);
      context.lineTo(left + box, top + box);
      context.moveTo(left + box, top);
      context.lineTo(left, top + box);
    } else {
      context.moveTo(left, top);
      context.lineTo(left + box, top);
      context.moveTo(left, top + box);
      context.lineTo(left + box, top + box);
    }
    context.stroke();
  }

  // ---- a line, by keys and by a click

  #key(event) {
    if (!Object.hasOwn(AWAY, event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { places } = this.session.trainer.network;
    const place = places[this.chosen];
    const { index = 0, layer = 0, unit = 0 } = AWAY[event.key];
    const next = places[this.chosen + index];
    const found = next?.layer === place.layer ? next : place;
    this.onWeight({ ...found, layer: found.layer + layer, unit: found.unit + unit }, true);
    this.#scrollTo(places[this.chosen]);
  }

  /** Scrolls the frame of a wide network, so that a line is in the middle. */
  #scrollTo({ layer }) {
    const frame = this.canvas.parentElement;
    const middle = ((layer + 1) * this.width) / this.centres.length;
    frame.scrollLeft = middle - frame.clientWidth / 2;
  }

  #click(event) {
    const frame = this.canvas.getBoundingClientRect();
    const at = [event.clientX - frame.left, event.clientY - frame.top];
    const { network } = this.session.trainer;
    for (let layer = 0; layer < network.layers.length; layer++) {
      const unit = this.centres[layer + 1].findIndex(([x, y]) => {
        return Math.max(Math.abs(at[0] - x), Math.abs(at[1] - y)) <= this.box / 2;
      });
      if (unit >= 0 && network.layers[layer].bias) return this.onWeight({ layer, piece: 0, unit, input: -1 });
    }
    let [best, nearest] = [null, NEAR];
    for (const { place } of this.lines) {
      const distance = this.#distance(place, at);
      if (distance < nearest) [best, nearest] = [place, distance];
    }
    return best === null ? undefined : this.onWeight(best);
  }

  /** How far a point is from a line, above or below it. */
  #distance({ layer, unit, input, piece }, [x, y]) {
    const [[u, v], [toU, toV]] = this.#ends(layer, unit, input, piece, 0);
    if (x < u || x > toU) return Infinity;
    const along = (x - u) / (toU - u);
    if (this.lines.length > MANY_LINES) return Math.abs(v + (toV - v) * along - y);
    return Math.abs(v + (toV - v) * heightOf(along) - y);
  }
}

/** The height of the curve from 0 to 1 whose control points lie in the middle, at a share of the way. */
function heightOf(along) {
  let [low, high] = [0, 1];
  for (let k = 0; k < 20; k++) {
    const t = (low + high) / 2;
    const x = 1.5 * t * (1 - t) + t ** 3;
    if (x < along) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return t * t * (3 - 2 * t);
}
