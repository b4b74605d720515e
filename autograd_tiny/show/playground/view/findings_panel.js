/**
 * What is wrong with units, gradients and the learning rate: as diagnose() finds it.
 */
import { element, write } from "../../page/elements.js";
import { readable } from "../../page/numbers.js";
import { MOST_SAMPLES, diagnosed } from "../computation/findings.js";

const FEW_SAMPLES = 120; // while training runs
const SHORT = {
  dead: "dead",
  saturated: "saturated",
  vanishing: "vanishing",
  exploding: "exploding",
  alike: "all alike",
  "learning rate too high": "rate too high",
  "probabilities as logits": "not logits",
};

const NOTHING = "Units, gradients, learning rate, loss and inputs were checked: nothing was found.";

export class FindingsPanel {
  constructor(given) {
    this.given = given;
    this.none = element("p", { class: "quiet" });
    this.list = element("ul", { class: "findings" });
    this.body = element("tbody", {});
    const heads = ["layer", "activation", "saturated", "dead", "gradient", "update / weight"];
    this.table = element(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": "Layers" },
      element(
        "table",
        {},
        element("caption", { class: "hidden" }, "What was measured in each layer"),
        element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
        this.body,
      ),
    );
    this.element = element("div", { class: "stack" }, this.none, this.list, this.table);
  }

  /** Measures the network. Returns words for each layer, and flags for its units. */
  draw(trainer, isPlaying) {
    const { findings, layers } = diagnosed(trainer, this.given, isPlaying ? FEW_SAMPLES : MOST_SAMPLES);
    this.list.hidden = findings.length === 0;
    this.none.hidden = findings.length > 0;
    write(this.none, layers.length ? NOTHING : "There is nothing to measure yet.");
    const key = JSON.stringify(findings);
    if (key !== this.key) {
      this.key = key;
      this.list.replaceChildren(
        ...findings.map(({ severity, where, text, advice }) =>
          element("li", { class: severity }, element("b", {}, `${severity}: ${where}`), ` ${text}. Try: ${advice}.`),
        ),
      );
    }
    this.body.replaceChildren(
      ...layers.map((layer) => {
        const cells = [
          layer.activation,
          layer.saturated === null ? "" : `${Math.round(100 * layer.saturated)} %`,
          layer.activation === "relu" ? `${layer.dead.length} of ${layer.units}` : "",
          readable(layer.arriving, 3),
          readable(layer.update, 2),
        ];
        return element(
          "tr",
          {},
          element("th", { scope: "row" }, layer.name),
          ...cells.map((text) => element("td", {}, text)),
        );
      }),
    );
    const words = layers.map(({ layer }) =>
      findings
        .filter(({ layers: at }) => at.includes(layer))
        .flatMap(({ kind }) => SHORT[kind] ?? [])
        .join(", "),
    );
    const flags = layers.map(({ dead, saturatedUnits, units }) =>
      Array.from({ length: units }, (_, k) => {
        return dead.includes(k) ? "dead" : saturatedUnits.includes(k) ? "saturated" : undefined;
      }),
    );
    return { words, flags };
  }
}
