/**
 * The data: which, how much of it, with how much noise; one's own points, and files.
 */
import { NumberControl } from "../../page/controls.js";
import { button, element, set, write } from "../../page/elements.js";
import { exact, typed } from "../../page/numbers.js";
import { DataError, MOST_BYTES, samplesIn } from "../computation/csv.js";
import { DATA_SETS } from "../computation/samples.js";
import { CSV, FARTHEST, GIVEN, OWN, TITLES } from "../computation/settings.js";
import { Choice } from "./fields.js";

const MARKS = ["circle", "square", "triangle", "diamond"];
const MOST_OWN = 4; // classes
const LARGEST_SEED = 2 ** 32 - 1;

export class DataPanel {
  /** @param {{change: Function, addPoint: Function, say: Function}} app */
  constructor(app, hasGiven) {
    this.app = app;
    this.chosenClass = 0;
    this.isReading = false; // whether a CSV is chosen, of which no samples have been read
    const sets = Object.entries(DATA_SETS).map(([name, { title }]) => [name, title]);
    const given = hasGiven ? [[GIVEN, "Your samples"]] : [];
    this.sets = new Choice(TITLES.data, [...given, ...sets, [OWN, "Your own points"], [CSV, "From a CSV"]], (data) =>
      this.#choose(data),
    );
    const number = (name, range) =>
      new NumberControl({
        name: TITLES[name],
        value: range.low,
        range,
        onChange: (x) => app.change({ [name]: x }),
        onRefusal: app.say,
      });
    this.numbers = {
      samples: number("samples", { low: 10, high: 600, step: 10 }),
      noise: number("noise", { low: 0, high: 0.5, step: 0.01 }),
      test: number("test", { low: 0, high: 0.9, step: 0.05 }),
    };
    this.again = button("New points", () => {
      const { dataSeed } = this.session.settings;
      app.change({ dataSeed: dataSeed === LARGEST_SEED ? 0 : dataSeed + 1 });
    });
    this.own = this.#ownPoints();
    this.csv = this.#csv();
    this.facts = element("p", { class: "quiet" });
    this.legend = element("ul", { class: "legend" });
    this.element = element(
      "div",
      { class: "stack" },
      this.sets.element,
      ...Object.values(this.numbers).map((each) => each.element),
      this.again,
      this.own,
      this.csv,
      this.legend,
      this.facts,
    );
  }

  /** Shows the settings of a session. */
  set(session) {
    this.session = session;
    const { data, samples, noise, test } = session.settings;
    const isDrawn = data in DATA_SETS;
    this.sets.value = this.isReading ? CSV : data;
    for (const [name, value] of Object.entries({ samples, noise, test })) this.numbers[name].value = value;
    for (const each of [this.numbers.samples.element, this.numbers.noise.element]) each.hidden = !isDrawn;
    this.again.hidden = !isDrawn && test === 0;
    write(this.again, isDrawn ? "New points" : "Another split");
    this.own.hidden = data !== OWN || this.isReading;
    this.csv.hidden = data !== CSV && !this.isReading;
    const count = session.points.length;
    write(
      this.facts,
      count === 0
        ? "No samples yet."
        : `${session.trainCount} ${session.trainCount === 1 ? "sample" : "samples"} for training, ` +
            `${count - session.trainCount} for the test (hollow).`,
    );
    this.#listClasses();
  }

  #choose(data) {
    this.isReading = data === CSV;
    if (data === OWN) this.app.change({ data, points: [], classes: [], test: 0 });
    else if (data === CSV) {
      this.set(this.session);
      this.text.focus();
      this.app.say("The samples stay until others are read.");
    } else this.app.change({ data });
  }

  #listClasses() {
    const key = JSON.stringify(this.session.classNames);
    if (key === this.classKey) return;
    this.classKey = key;
    this.legend.replaceChildren(
      ...this.session.classNames.map((name, k) =>
        element(
          "li",
          {},
          element("span", {
            class: `mark ${MARKS[k % MARKS.length]}`,
            style: `--colour: var(--class${k})`,
            "aria-hidden": "true",
          }),
          ` ${name}`,
        ),
      ),
    );
  }

  // ---- points of one's own

  #ownPoints() {
    this.classButtons = Array.from({ length: MOST_OWN }, (_, k) => {
      return button(`Class ${k}`, () => this.#chooseClass(k), { "aria-pressed": String(k === 0) });
    });
    const fields = ["x1", "x2"].map((name) =>
      element("input", { type: "text", class: "field", "aria-label": name, placeholder: name }),
    );
    const add = button("Add", () => {
      const [a, b] = fields.map((field) => typed(field.value));
      if (Number.isNaN(a) || Number.isNaN(b)) this.app.say("Two numbers are expected for a point, x1 and x2.");
      else if (Math.max(Math.abs(a), Math.abs(b)) > FARTHEST) {
        this.app.say(`x1 and x2 from ${-FARTHEST} to ${FARTHEST} are expected, not ${exact(a)} and ${exact(b)}.`);
      } else this.app.addPoint([a, b, this.chosenClass]);
    });
    document.addEventListener("keydown", ({ key, target, ctrlKey, altKey, metaKey }) => {
      const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) && target.type !== "range";
      const k = Number(key);
      const isNear = target.closest(".card")?.querySelector("#data, .plane"); // elsewhere keys are not the page's
      const isPlain = !isTyping && !ctrlKey && !altKey && !metaKey;
      if (!this.own.hidden && isNear && isPlain && /^[0-3]$/.test(key)) this.#chooseClass(k);
    });
    const clear = button("Clear", () => this.app.change({ points: [] }));
    return element(
      "div",
      { class: "stack", hidden: true },
      element(
        "p", { class: "quiet" },
        "Click in the plane to add points, or move a mark there by arrow keys and press Enter; there and here the " +
          "keys 0 to 3 choose the class.",
      ),
      element("div", { class: "row", role: "group", "aria-label": "Class of the next point" }, ...this.classButtons),
      element("div", { class: "row" }, ...fields, add, clear),
    );
  }

  #chooseClass(chosen) {
    this.chosenClass = chosen;
    this.classButtons.forEach((each, k) => set(each, { "aria-pressed": String(k === chosen) }));
  }

  // ---- a CSV

  #csv() {
    this.text = element("textarea", {
      class: "field",
      rows: 4,
      "aria-label": "Samples as text",
      placeholder: "x1,x2,label\n0.5,-1.2,red\n1.1,0.3,blue",
      spellcheck: "false",
    });
    this.text.addEventListener("beforeinput", (event) => {
      if ((event.data ?? "").length <= MOST_BYTES) return; // a browser may take minutes to show so many lines
      event.preventDefault();
      this.#use(event.data);
    });
    this.file = element("input", {
      type: "file",
      accept: ".csv,.tsv,.txt,text/csv,text/plain",
      "aria-label": "A CSV file",
    });
    this.file.addEventListener("change", () => this.#readFile(this.file.files[0]));
    return element(
      "div",
      { class: "stack", hidden: true },
      element(
        "p",
        { class: "quiet" },
        "Two columns of numbers and a label, from a file or pasted below. The columns are scaled to a mean of 0 and " +
          "a standard deviation of 1.",
      ),
      this.file,
      this.text,
      button("Use these samples", () => this.#use(this.text.value)),
    );
  }

  async #readFile(file) {
    if (file === undefined) return;
    if (file.size > MOST_BYTES) {
      this.app.say(
        `The file has ${(file.size / 1e6).toFixed(1)} megabytes: 2 fit into the page, so take a part of it.`,
      );
    } else this.#use(await file.text());
    this.file.value = ""; // so that the same file may be chosen again
  }

  #use(text) {
    try {
      const { points, classes, columns } = samplesIn(text);
      const rounded = points.map(([a, b, target]) => [Number(a.toFixed(4)), Number(b.toFixed(4)), target]);
      const scales = columns.map(
        ({ name, mean, deviation }) => `${name}: mean ${mean.toPrecision(4)}, deviation ${deviation.toPrecision(4)}`,
      );
      const said = `${points.length} samples were read. Their columns were scaled; ${scales.join("; ")}.`;
      this.isReading = false;
      this.app.change({ data: CSV, points: rounded, classes, test: 0.3 }, said);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.app.say(`The samples were not read: ${error.message}.`);
    }
  }
}
