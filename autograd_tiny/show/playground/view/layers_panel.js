/**
 * The layers: how many there are, and for each its units, its activation, and what is wrong with it.
 */
import { button, element, set, switchOff, write } from "../../page/elements.js";
import { ACTIVATIONS, MOST_LAYERS, MOST_UNITS } from "../computation/settings.js";

export class LayersPanel {
  constructor(app) {
    this.app = app;
    this.fewer = button("− layer", () => this.#change((layers) => layers.slice(0, -1)), {
      "aria-label": "− layer: remove the last hidden layer",
    });
    this.more = button(
      "+ layer",
      () => this.#change((layers) => [...layers, layers[layers.length - 1] ?? [4, "tanh"]]),
      { "aria-label": "+ layer: add a hidden layer" },
    );
    this.buttons = [this.fewer, this.more];
    this.columns = element("div", { class: "layers" });
  }

  #change(how) {
    this.app.change({ layers: how(this.session.settings.layers) });
  }

  set(session) {
    this.session = session;
    const { layers, output } = session.settings;
    switchOff(this.fewer, layers.length === 0);
    switchOff(this.more, layers.length >= MOST_LAYERS);
    const key = String(layers.length);
    if (key !== this.key) {
      this.key = key;
      this.headings = layers.map((_, k) => this.#heading(k));
      this.last = element("div", { class: "layer" });
      this.columns.replaceChildren(
        element(
          "div",
          { class: "layer" },
          element("span", { class: "title" }, "inputs"),
          element("span", { class: "quiet" }, "x1, x2"),
        ),
        ...this.headings.map(({ column }) => column),
        this.last,
      );
      this.outputFlag = element("span", { class: "flag" });
      this.outputText = element("span", { class: "quiet" });
      this.last.append(element("span", { class: "title" }, "output"), this.outputText, this.outputFlag);
    }
    layers.forEach(([units, activation], k) => {
      const { count, select, less, plus } = this.headings[k];
      write(count, String(units));
      select.value = activation;
      switchOff(less, units <= 1);
      switchOff(plus, units >= MOST_UNITS);
    });
    const outputs = session.trainer.network.outputs;
    write(this.outputText, `${outputs} ${outputs === 1 ? "unit" : "units"}, ${output.replaceAll("_", " ")}`);
  }

  #heading(k) {
    const patched = (layer) => this.session.settings.layers.map((each, j) => (j === k ? layer(each) : each));
    const resize = (by) => () =>
      this.app.change({ layers: patched(([units, activation]) => [units + by, activation]) });
    const less = button("−", resize(-1), { "aria-label": `Remove a unit in hidden layer ${k + 1}` });
    const plus = button("+", resize(1), { "aria-label": `Add a unit in hidden layer ${k + 1}` });
    const count = element("span", { class: "count" });
    const unit = element("span", { class: "hidden" }, "units");
    const options = ACTIVATIONS.map((name) => element("option", { value: name }, name.replaceAll("_", " ")));
    const select = element("select", { "aria-label": `Activation of hidden layer ${k + 1}` }, ...options);
    select.addEventListener("change", () => this.app.change({ layers: patched(([units]) => [units, select.value]) }));
    const flag = element("span", { class: "flag" });
    const column = element(
      "div",
      { class: "layer" },
      element("span", { class: "stepper" }, less, count, unit, plus),
      select,
      flag,
    );
    return { column, count, select, less, plus, flag };
  }

  /** What is wrong, by layer: short words. */
  flag(words) {
    const flags = [...this.headings.map(({ flag }) => flag), this.outputFlag];
    flags.forEach((flag, k) => {
      write(flag, words[k] ?? "");
      set(flag, { hidden: !words[k] });
    });
  }
}
