/**
 * How the network learns: loss, optimiser, learning rate, batches, penalties; where it begins.
 */
import { button, element } from "../../page/elements.js";
import { LOSSES, suits } from "../computation/losses.js";
import { BY_ACTIVATION, INITIALISERS } from "../computation/network.js";
import { GIVEN, OPTIMIZERS, outputsOf, TITLES } from "../computation/settings.js";
import { Choice, LogNumber } from "./fields.js";

const OPTIONS = {
  sgd: "SGD",
  momentum: "SGD with momentum",
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  [BY_ACTIVATION]: "by activation (He, Glorot)",
  [GIVEN]: "as given",
};
const BATCHES = [
  [1, "1 sample (stochastic)"],
  [5, "5 samples (mini)"],
  [10, "10 samples (mini)"],
  [32, "32 samples (mini)"],
  [0, "all samples (full batch)"],
];
const titled = (name) => [name, OPTIONS[name] ?? name.replaceAll("_", " ")];

export class RulesPanel {
  /** @param {{change: Function, say: Function}} app */
  constructor(app, given) {
    const choice = (name, options) => new Choice(TITLES[name], options, (value) => app.change({ [name]: value }));
    const log = (name, low, high, mayBeZero) =>
      new LogNumber({
        name: TITLES[name],
        low,
        high,
        mayBeZero,
        onChange: (x) => app.change({ [name]: x }),
        onRefusal: app.say,
      });
    this.loss = choice("loss", []);
    this.batch = new Choice(TITLES.batch, [], (value) => app.change({ batch: Number(value) }));
    const schemes = [...(given.layers === null ? [] : [GIVEN]), BY_ACTIVATION, ...Object.keys(INITIALISERS)];
    this.parts = {
      optimizer: choice("optimizer", OPTIMIZERS.map(titled)),
      lr: log("lr", 1e-4, 10),
      l1: log("l1", 1e-5, 1, true),
      l2: log("l2", 1e-5, 1, true),
      output: choice("output", outputsOf(given).map(titled)),
      init: choice("init", schemes.map(titled)),
    };
    this.seed = element("input", { type: "text", inputmode: "numeric", class: "field", "aria-label": "Seed" });
    this.seed.addEventListener("change", () => {
      if (/^\d{1,10}$/.test(this.seed.value.trim())) app.change({ seed: Number(this.seed.value) });
      else app.say(`Seed: a whole number from 0 to ${2 ** 32 - 1} is expected, not "${this.seed.value}"`);
      this.seed.value = String(this.session.settings.seed);
    });
    const other = button("Another seed", () => app.change({ seed: (this.session.settings.seed + 1) % 2 ** 32 }));
    const seed = element(
      "div",
      { class: "choice" },
      element("span", { class: "name" }, "Seed"),
      element("span", { class: "row" }, this.seed, other),
    );
    const { optimizer, lr, l1, l2, output, init } = this.parts;
    this.elements = [
      this.loss.element,
      optimizer.element,
      this.batch.element,
      lr.element,
      l1.element,
      l2.element,
      output.element,
      init.element,
      seed,
    ];
  }

  set(session) {
    this.session = session;
    const { settings, classes } = session;
    this.loss.offer(
      Object.keys(LOSSES)
        .filter((loss) => suits(loss, classes))
        .map(titled),
    );
    this.loss.value = settings.loss;
    const isKnown = BATCHES.some(([size]) => size === settings.batch);
    const batches = isKnown ? BATCHES : [...BATCHES, [settings.batch, `${settings.batch} samples (mini)`]];
    this.batch.offer(batches.map(([size, title]) => [String(size), title]));
    this.batch.value = String(settings.batch);
    for (const [name, part] of Object.entries(this.parts)) part.value = settings[name];
    this.seed.value = String(settings.seed);
  }
}
