/**
 * One weight: its gradient for one sample, by the chain rule, path by path.
 */
import { element, set, write } from "../../page/elements.js";
import { readable } from "../../page/numbers.js";
import { chainRule } from "../computation/chain_rule.js";
import { WIDTH } from "../computation/trainer.js";
import { grouped } from "../computation/wording.js";
import { Choice } from "./fields.js";

export class WeightPanel {
  /** @param {{onChoice: (place: Place) => void, onSample: (index: number) => void}} actions */
  constructor({ onChoice, onSample }) {
    const change = (name) => (value) => onChoice(this.#nearest({ ...this.place, [name]: Number(value) }));
    this.choices = {
      layer: new Choice("Layer", [], change("layer")),
      unit: new Choice("Into unit", [], change("unit")),
      piece: new Choice("Piece", [], change("piece")),
      input: new Choice("From", [], change("input")),
    };
    this.sample = element("input", { type: "number", class: "field", min: 1, step: 1, "aria-label": "Sample" });
    this.sample.addEventListener("change", () => {
      const k = Math.round(Number(this.sample.value)) - 1;
      onSample(Math.max(0, Math.min(this.session.points.length - 1, k || 0)));
    });
    const sample = element("div", { class: "choice" }, element("span", { class: "name" }, "Sample"), this.sample);
    this.says = element("p", { class: "formula" });
    this.body = element("tbody", {});
    this.table = element(
      "table",
      {},
      element("caption", { class: "hidden" }, "The paths from the loss to the weight"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["path", "local derivatives", "product"].map((text) => element("th", { scope: "col" }, text)),
        ),
      ),
      this.body,
    );
    this.key = element(
      "p",
      { class: "quiet" },
      "L is the loss, o1 output 1, h2.6 unit 6 of layer 2; a prime (′) marks the derivative of an activation.",
    );
    this.scroll = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Paths" }, this.table);
    this.element = element(
      "div",
      { class: "stack" },
      element(
        "p",
        { class: "quiet" },
        "Stop, and choose a line of the network or a sample in the plane by a click or by keys, or choose here.",
      ),
      element("div", { class: "fields narrow" }, ...Object.values(this.choices).map((each) => each.element), sample),
      this.says,
      this.scroll,
      this.key,
    );
  }

  /** A place in the network, as near as there is one. */
  #nearest({ layer, piece, unit, input }) {
    const { network } = this.session.trainer;
    const within = (x, low, high) => Math.max(low, Math.min(high, x));
    const k = within(layer, 0, network.layers.length - 1);
    const { units, pieces, bias } = network.layers[k];
    return {
      layer: k,
      piece: within(piece, 0, pieces - 1),
      unit: within(unit, 0, units - 1),
      input: within(input, bias ? -1 : 0, network.sizes[k] - 1),
    };
  }

  /** Shows a place, or one that is near it. Returns that. */
  set(session, place, sample) {
    this.session = session;
    this.place = this.#nearest(place);
    const { network } = session.trainer;
    const { layer, piece, unit, input } = this.place;
    const numbered = (count, title) => Array.from({ length: count }, (_, k) => [String(k), title(k)]);
    const { units, pieces, bias } = network.layers[layer];
    const source = layer === 0 ? (k) => `x${k + 1}` : (k) => `unit ${k + 1}`;
    this.choices.layer.offer(numbered(network.layers.length, (k) => nameOf(network, k)));
    this.choices.unit.offer(numbered(units, (k) => `unit ${k + 1}`));
    this.choices.piece.offer(numbered(pieces, (k) => `piece ${k + 1}`));
    this.choices.piece.element.hidden = pieces === 1;
    this.choices.input.offer([...(bias ? [["-1", "bias"]] : []), ...numbered(network.sizes[layer], source)]);
    for (const [name, value] of Object.entries({ layer, unit, piece, input })) this.choices[name].value = String(value);
    set(this.sample, { max: session.points.length });
    this.sample.value = String(sample + 1);
    return this.place;
  }

  /** Shows the numbers; only a part of them while training runs. */
  draw(gradient, sample, isPlaying) {
    const { trainer } = this.session;
    const index = trainer.network.index(this.place);
    const name = trainer.network.nameOf(this.place);
    const slope = readable(gradient[index]);
    const whole = `${name} = ${readable(trainer.numbers[index])}, and the gradient of the mean loss is ${slope}.`;
    this.summary = whole;
    this.scroll.hidden = this.key.hidden = isPlaying || this.session.points.length === 0;
    if (this.scroll.hidden) {
      write(this.says, whole);
      return;
    }
    const rows = [trainer.task.train, trainer.task.test];
    const isTrain = sample < trainer.samples;
    const at = (isTrain ? sample : sample - trainer.samples) * WIDTH;
    const found = chainRule(trainer, rows[isTrain ? 0 : 1].subarray(at, at + WIDTH), this.place);
    const more = found.count > found.paths.length ? `; here are the ${found.paths.length} largest` : "";
    const paths = found.count === 1 ? "along one path" : `summed over ${grouped(found.count)} paths`;
    write(
      this.says,
      `${whole} For sample ${sample + 1}, of loss L = ${readable(found.loss)}, it is ${readable(found.gradient)}, ` +
        `${paths} from the loss to the weight${more}.`,
    );
    this.body.replaceChildren(...found.paths.map((path) => this.#row(path)), ...this.#sums(found));
  }

  #row({ stations, factors, product }) {
    const last = this.session.trainer.network.layers.length - 1;
    const route = stations.map(([layer, unit]) => (layer === last ? `o${unit + 1}` : `h${layer + 1}.${unit + 1}`));
    const end = this.place.input < 0 ? "b" : "w";
    const terms = factors.map(({ symbol, value }) => (symbol === "1" ? "1" : `${symbol}\u00a0${readable(value, 3)}`));
    return row(["L", ...route, end].join(" → "), terms.join(" · "), readable(product));
  }

  #sums({ count, paths, rest, gradient }) {
    const others = count > paths.length ? [row(`the other ${grouped(count - paths.length)}`, "", readable(rest))] : [];
    return count === 1 ? [] : [...others, row("sum", "", readable(gradient))];
  }
}

function nameOf(network, layer) {
  return layer === network.layers.length - 1 ? "output" : `layer ${layer + 1}`;
}

function row(first, ...others) {
  return element("tr", {}, element("th", { scope: "row" }, first), ...others.map((text) => element("td", {}, text)));
}
