/**
 * The film of a training on a data set: diagram, plane and loss of each frame, and the numbers of a chosen parameter.
 */
import { element, set, shape, write } from "../page/elements.js";
import { readable } from "../page/numbers.js";
import { Playback } from "../page/playback.js";
import { Plot, rangeOf } from "../page/plot.js";
import { onThemeChange, themeButton } from "../page/theme.js";
import { chainRule } from "./chain_rule.js";
import { Diagram } from "./diagram.js";
import { Curve, Plane, mark } from "./plane.js";
import { Training } from "./training.js";

const KEYS =
  "Keys: space plays and pauses, ← and → go one epoch, Home and End to the ends, + and − change the speed.";

export function start(data) {
  new Film(data).open(document.getElementById("film"));
}

function card(title, control, ...children) {
  const bar = element("div", { class: "bar" }, element("h2", {}, title), control);
  return element("section", { class: "card", "aria-label": title }, bar, ...children);
}

class Film {
  constructor(data) {
    this.data = data;
    this.training = new Training(data);
    this.largest = this.training.largest();
    this.parameter = null;
    this.sample = 0;
    this.shown = "weights";
    this.diagram = data.diagram && new Diagram(data.diagram, this.training, (p) => this.choose(p));
    this.plane = this.#plane();
    this.loss = new Plot({ width: 420, height: 200 });
    this.playback = new Playback({
      last: this.training.frames - 1,
      name: "epoch",
      onShow: () => this.draw(),
      describe: (k) => `epoch ${data.epochs[k]} of ${data.epochs.at(-1)}`,
    });
    this.says = element("p", { class: "says", "aria-live": "polite" });
    this.chooser = element(
      "select",
      { "aria-label": "Weight or bias" },
      element("option", { value: "" }, "choose a weight"),
      ...this.training.names.map((name, k) => element("option", { value: k }, name)),
    );
    this.chooser.addEventListener("change", () =>
      this.choose(this.chooser.value === "" ? null : Number(this.chooser.value)),
    );
    this.quantity = ["weights", "gradients"].map((name) => {
      const button = element("button", { type: "button", "aria-pressed": String(name === this.shown) }, name);
      button.addEventListener("click", () => this.showQuantity(name));
      return button;
    });
    this.samples = element("input", {
      type: "number",
      class: "field",
      min: 1,
      max: this.training.samples,
      step: 1,
      value: 1,
      "aria-label": "Sample",
    });
    this.samples.addEventListener("input", () => {
      const i = Number(this.samples.value) - 1;
      if (Number.isInteger(i) && i >= 0 && i < this.training.samples) this.chooseSample(i);
    });
    this.details = element("div", { class: "details" });
    this.hint = element(
      "p",
      { class: "quiet" },
      this.diagram ? "Click on a line or a unit to see its numbers." : "Choose a parameter to see its numbers.",
    );
  }

  open(main) {
    const { data } = this;
    const buttons = element(
      "div",
      { class: "buttons", role: "group", "aria-label": "Shown on the lines" },
      ...this.quantity,
    );
    const network = this.diagram && card("The network", buttons, this.diagram.element, this.#legend());
    const plane = this.plane && card(this.#planeTitle(), "", this.plane.element, ...this.#classes());
    const loss = card("The loss", "", this.loss.element);
    const weight = card("One weight", this.chooser, this.hint, this.details);
    weight.classList.add("late"); // on a phone, where all cards are below each other
    const columns = network
      ? [
          [network, weight],
          [plane, loss],
        ]
      : [[plane, weight], [loss]];
    main.append(
      element("div", { class: "bar" }, element("h1", {}, data.title), themeButton()),
      element("p", { class: "quiet" }, data.says),
      ...(data.ended ? [this.#ending()] : []),
      this.says,
      this.playback.element,
      element("div", { class: "cards" }, ...columns.map((cards) => element("div", {}, ...cards.filter(Boolean)))),
      element("p", { class: "quiet" }, KEYS),
    );
    onThemeChange(() => this.draw());
    this.playback.show(0);
  }

  /** Why there are fewer epochs than were asked for. */
  #ending() {
    return element(
      "details",
      {},
      element("summary", {}, "Training ended early: a number was not finite"),
      element("p", { class: "quiet" }, this.data.ended),
    );
  }

  draw() {
    const k = this.playback.at;
    const { training, data } = this;
    const said = `Epoch ${data.epochs[k]}: loss ${readable(data.losses[k], data.digits)}${this.#score(k)}`;
    set(this.says, { "aria-live": this.playback.isPlaying ? "off" : "polite" });
    write(this.says, said);
    if (this.diagram) {
      const isWeights = this.shown === "weights";
      const numbers = isWeights ? training.at(k) : training.gradient(k);
      const largest = isWeights ? this.largest : numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      this.diagram.show(numbers, largest, data.digits);
      this.diagram.label(`The network at epoch ${data.epochs[k]}, its ${this.shown} as lines`);
      write(this.scale, `the thickest: ${readable(largest, data.digits)}`);
    }
    this.plane?.label(`The outputs at epoch ${data.epochs[k]}`);
    this.plane?.show(k);
    this.#drawLoss(k);
    this.#describe(k);
  }

  choose(parameter) {
    this.parameter = parameter;
    this.playback.stop();
    this.chooser.value = parameter === null ? "" : String(parameter);
    this.diagram?.choose(parameter);
    this.draw();
  }

  chooseSample(i) {
    this.sample = i;
    this.playback.stop();
    this.samples.value = String(i + 1);
    this.plane?.choose(i);
    this.draw();
  }

  showQuantity(name) {
    this.shown = name;
    for (const button of this.quantity) set(button, { "aria-pressed": String(button.textContent === name) });
    this.draw();
  }

  #plane() {
    const { plane } = this.data;
    if (plane === null) return null;
    return plane.length === 2
      ? new Plane(this.training, plane, (i) => this.chooseSample(i))
      : new Curve(this.training, plane);
  }

  #planeTitle() {
    return this.data.plane.length === 1
      ? "What it computes"
      : this.data.classes
        ? "The classes in the plane"
        : "The output in the plane";
  }

  #score(k) {
    if (!this.data.classes) return "";
    const { shown, samples } = this.data;
    const of = shown === samples ? `${samples}` : `${shown} of the ${samples} samples`;
    return `, ${this.training.right(k)} of ${of} right`;
  }

  #legend() {
    this.scale = element("span", {});
    return element(
      "p",
      { class: "legend" },
      element("span", { class: "positive" }, "above 0"),
      element("span", { class: "negative" }, "below 0"),
      this.scale,
      element("span", {}, "in a unit: its bias"),
    );
  }

  #classes() {
    const { classes, plane } = this.data;
    if (!classes || plane.length === 1) return [];
    const entries = classes.names.map((name, k) => {
      const outline = shape("path", { class: `class${k % 8}`, d: mark(k, 7, 7) });
      return element(
        "span",
        {},
        shape("svg", { class: "marks", viewBox: "0 0 14 14", "aria-hidden": "true" }, outline),
        `class ${name}`,
      );
    });
    return [element("p", { class: "legend" }, ...entries)];
  }

  #drawLoss(k) {
    const { epochs, losses } = this.data;
    const points = epochs.map((epoch, i) => [epoch, losses[i]]);
    const [low, high] = rangeOf(losses, [0, losses[0], losses.at(-1)]);
    this.loss.draw({
      label: `The loss, ${readable(losses[0])} at first and ${readable(losses[k])} at epoch ${epochs[k]}`,
      x: { low: 0, high: Math.max(1, epochs.at(-1)), name: "epoch" },
      y: { low: Math.min(0, low), high, name: "mean loss" },
      curves: [
        { points, kind: "later" },
        { points: points.slice(0, k + 1), kind: "loss" },
      ],
      dots: [{ at: points[k], kind: "loss" }],
    });
  }

  /** The numbers of the chosen parameter. */
  #describe(k) {
    set(this.hint, { hidden: this.parameter !== null });
    if (this.parameter === null) {
      this.details.replaceChildren();
      return;
    }
    const { training, data } = this;
    const number = (x) => readable(x, data.digits);
    const p = this.parameter,
      now = training.at(k)[p],
      gradient = training.gradient(k)[p];
    const over =
      data.shown === data.samples ? `${data.samples} samples` : `${data.shown} of the ${data.samples} samples`;
    const facts = [
      [training.names[p], number(now)],
      [`gradient of the mean loss of ${over}`, number(gradient)],
    ];
    if (k + 1 < training.frames) {
      const next = training.at(k + 1)[p];
      const minus = gradient < 0 ? `(${number(gradient)})` : number(gradient);
      const how =
        data.rate === null ? number(next) : `${number(now)} − ${number(data.rate)} · ${minus} = ${number(next)}`;
      facts.push([`at epoch ${data.epochs[k + 1]}`, how]);
    }
    const row = training.row(this.sample);
    const trace = training.trace(k, this.sample);
    const lines = chainRule(training.loss, trace, p, data.digits);
    const named = [...row].map((x, i) => `${training.loss.inputs[i]} = ${number(x)}`).slice(0, 6);
    if (row.length > 6) named.push("…");
    this.details.replaceChildren(
      element("dl", {}, ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)])),
      element(
        "p",
        {},
        element("label", {}, "For sample ", this.samples),
        ` of ${training.samples}: ${named.join(", ")}`,
      ),
      element("ol", { class: "chain" }, ...lines.map((line) => element("li", {}, line))),
    );
  }
}
