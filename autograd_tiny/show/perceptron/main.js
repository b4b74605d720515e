/**
 * One unit, trained in two ways side by side.
 */
import { NumberControl } from "../page/controls.js";
import { button, element, set, shape, switchOff, write } from "../page/elements.js";
import { readable } from "../page/numbers.js";
import { themeButton } from "../page/theme.js";
import { PERCEPTRON_RULE, gradientDescentOn, ofGradientDescent, ofPerceptronRule, ofSeparation } from "./arithmetic.js";
import { UnitPlane } from "./plane.js";
import { DATA_SETS, sidesOf } from "./points.js";
import { obstacle } from "./separation.js";
import { LOSSES, byGradientDescent, byPerceptronRule, meanLoss, right } from "./units.js";

const START = [-0.3, 0.2, 0.1]; // the weights of both units at first
const PAUSE = 600; // milliseconds between two updates
const MOST_BACK = 10_000; // updates that can be taken back

export function start(data) {
  new Lesson(data).open(document.getElementById("perceptron"));
}

class Lesson {
  #timer = 0;

  constructor(data) {
    this.data = data;
    this.points = data.points ?? DATA_SETS[data.data].points;
    this.set = data.points ? "own" : data.data;
    this.rate = data.rate;
    this.loss = "squared";
    this.adding = 1; // the class of points that a click adds
    this.said = element("p", { class: "hidden", "aria-live": "polite" });
    this.notice = element("p", { class: "notice", role: "status" });
    const plane = (name, isGradual) =>
      new UnitPlane({
        name,
        isGradual,
        onAdd: (place) => this.add(place),
        onRemove: (i) => this.remove(i),
        onSay: (text) => write(this.said, text),
      });
    this.units = [
      { title: "The perceptron rule", plane: plane("The perceptron rule", false), write: ofPerceptronRule },
      { title: "Gradient descent", plane: plane("Gradient descent", true), write: ofGradientDescent },
    ];
    for (const unit of this.units) {
      Object.assign(unit, {
        state: element("p", { class: "state" }),
        lines: element("ol", { class: "lines" }),
        score: element("p", { class: "quiet" }),
      });
    }
    this.restart();
  }

  // ---- the page

  open(main) {
    const { data } = this;
    const sets = Object.entries(DATA_SETS).map(([name, { name: text }]) => element("option", { value: name }, text));
    this.chooser = element(
      "select",
      { "aria-label": "Points" },
      element("option", { value: "own" }, "your own"),
      ...sets,
    );
    this.chooser.addEventListener("change", () => this.choose(this.chooser.value));
    this.classes = [0, 1].map((k) => {
      const mark = shape(
        "svg",
        { class: "marks", viewBox: "0 0 16 16", "aria-hidden": "true" },
        shape("path", { class: `point class${k}`, d: UnitPlane.outline(k, 8, 8) }),
      );
      const chooser = button(mark, () => this.setAdding(k), { "aria-pressed": String(k === this.adding) });
      chooser.append(data.names[k] === String(k) ? `class ${k}` : `class ${k}: ${data.names[k]}`);
      return chooser;
    });
    this.buttons = Object.fromEntries(
      [
        ["step", "Step", () => this.byHand(() => this.step())],
        ["round", "Round", () => this.byHand(() => this.round())],
        ["play", "Play", () => this.toggle()],
        ["back", "Back", () => this.byHand(() => this.back())],
        ["reset", "Reset", () => this.byHand(() => this.restart())],
      ].map(([name, text, action]) => [name, button(text, action, { id: name })]),
    );
    const clear = button("Clear", () => this.choose("own"));
    const rate = new NumberControl({
      name: "η, the learning rate",
      value: this.rate,
      range: { low: 0.01, high: 1, step: 0.01 },
      onChange: (value) => this.setRate(value),
      onCommit: () => this.keepRate(rate),
      onRefusal: (text) => write(this.notice, text),
    });
    const losses = element(
      "select",
      {},
      ...Object.entries(LOSSES).map(([name, text]) => element("option", { value: name }, text)),
    );
    losses.addEventListener("change", () => this.setLoss(losses.value));
    this.counter = element("p", { class: "counter", "aria-live": "polite" });
    this.why = element("div", { class: "why" });
    const how =
      "Click in a plane to add a point of the chosen class, or on a point to remove it. By keyboard: arrows move a " +
      "mark in the plane, and Enter adds or removes a point.";
    main.append(
      element("div", { class: "bar" }, element("h1", {}, data.title), themeButton()),
      element(
        "div",
        { class: "bar tools" },
        element("label", {}, "Points ", this.chooser),
        element(
          "div",
          { class: "buttons", role: "group", "aria-label": "Class of the points that a click adds" },
          ...this.classes,
          clear,
        ),
        element("label", {}, "Loss of gradient descent ", losses),
      ),
      element("p", { class: "quiet", id: "how" }, how),
      element(
        "div",
        { class: "bar tools" },
        element("div", { class: "buttons", role: "group", "aria-label": "Updates" }, ...Object.values(this.buttons)),
        rate.element,
      ),
      element("div", { class: "bar" }, this.counter, this.notice),
      element(
        "div",
        { class: "units" },
        ...this.units.map(({ title, plane, state, lines, score }) =>
          element(
            "section",
            { class: "card", "aria-label": title },
            element("h2", {}, title),
            plane.element,
            state,
            lines,
            score,
          ),
        ),
      ),
      element(
        "section",
        { class: "card", "aria-label": "Can a line do it?" },
        element("h2", {}, "Can a line do it?"),
        this.why,
      ),
      this.said,
    );
    document.addEventListener("keydown", (event) => this.#key(event));
    this.draw();
  }

  draw() {
    const { points, data, obstacle: found } = this;
    const number = (x) => readable(x, data.digits);
    this.units.forEach(({ plane, state, lines, score, write: written }, k) => {
      const weights = this.weights[k],
        update = this.last?.[k];
      plane.draw({
        sides: this.sides,
        points,
        weights,
        before: update?.weights ?? null,
        current: update?.point ?? null,
        obstacle: found,
      });
      write(state, `w₁ = ${number(weights[0])}, w₂ = ${number(weights[1])}, b = ${number(weights[2])}`);
      const rule = k ? gradientDescentOn(this.loss) : PERCEPTRON_RULE;
      const texts = update ? written(update, data.digits) : rule;
      lines.replaceChildren(...texts.map((text) => element("li", {}, text)));
      const loss = k ? `, mean loss ${number(meanLoss(weights, points, this.loss))}` : "";
      write(
        score,
        points.length ? `${right(weights, points)} of ${points.length} right${loss}` : "There are no points yet.",
      );
    });
    set(this.counter, { "aria-live": this.#timer ? "off" : "polite" });
    write(this.counter, this.#progress());
    this.chooser.value = this.set;
    switchOff(this.buttons.back, this.history.length === 0);
    for (const name of ["step", "round", "play"]) switchOff(this.buttons[name], points.length === 0);
    write(this.buttons.play, this.#timer ? "Pause" : "Play");
    this.why.replaceChildren(...ofSeparation(found, data.digits, points).map((text) => element("p", {}, text)));
  }

  #progress() {
    const count = this.updates;
    const areSame = String(this.weights[0]) === String(this.weights[1]);
    if (count === 0 && areSame) return "Both begin with the same line.";
    if (count === 0) return "The points were changed: the lines stay, and the next update takes the first point.";
    const n = this.points.length;
    const round = Math.ceil(count / n),
      place = ((count - 1) % n) + 1;
    const isDone = this.unchanged >= n ? " The perceptron rule is done: all points are right." : "";
    const diverged = this.diverged ? ` ${this.diverged}` : "";
    return `Update ${count}: point ${place} of ${n}, round ${round}.${isDone}${diverged}`;
  }

  // ---- updates

  step() {
    if (this.points.length === 0) return;
    const point = this.points[this.updates % this.points.length];
    const updates = [
      byPerceptronRule(this.weights[0], point, this.rate),
      byGradientDescent(this.weights[1], point, this.rate, this.loss),
    ];
    if (!updates.every(({ next }) => next.every(Number.isFinite))) {
      this.diverged = "The weights would not be finite any more: a smaller rate helps.";
      this.pause();
      return;
    }
    this.#remember();
    this.last = updates;
    this.unchanged = updates[0].y === point[2] ? this.unchanged + 1 : 0;
    this.weights = updates.map(({ next }) => next);
    this.updates += 1;
  }

  round() {
    const n = this.points.length;
    for (let k = n - (this.updates % n || 0); k > 0; k--) this.step();
  }

  /** Takes back the last update, or the last change of the points. */
  back() {
    const before = this.history.pop();
    if (before === undefined) return;
    Object.assign(this, before, { diverged: "" });
    this.obstacle = obstacle(this.points);
  }

  #remember() {
    const { points, set: chosen, weights, updates, unchanged, last } = this;
    this.history.push({ points, set: chosen, weights, updates, unchanged, last });
    if (this.history.length > MOST_BACK) this.history.shift();
  }

  restart() {
    this.weights = this.units.map(() => [...START]);
    Object.assign(this, { history: [], updates: 0, unchanged: 0, last: null, diverged: "" });
    this.sides = sidesOf(this.points);
    this.obstacle = obstacle(this.points);
  }

  byHand(action) {
    this.pause();
    write(this.notice, "");
    action();
    this.draw();
  }

  toggle() {
    if (this.#timer) this.pause();
    else this.#timer = setInterval(() => this.byClock(), PAUSE);
    this.draw();
  }

  byClock() {
    this.step();
    this.draw();
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  // ---- what the reader sets

  choose(name) {
    this.points = name === "own" ? [] : DATA_SETS[name].points;
    this.set = name;
    this.byHand(() => this.restart());
  }

  add(place) {
    if (this.points.length >= this.data.most) {
      write(this.notice, `There can be ${this.data.most} points at most: remove one first.`);
      return;
    }
    this.#change([...this.points, [...place, this.adding]]);
    write(
      this.said,
      `A point of class ${this.data.names[this.adding]} at ${readable(place[0])}, ${readable(place[1])}.`,
    );
  }

  remove(i) {
    this.#change(this.points.filter((_, k) => k !== i));
    write(this.said, "The point is removed.");
  }

  setAdding(k) {
    this.adding = k;
    this.classes.forEach((button, each) => set(button, { "aria-pressed": String(each === k) }));
  }

  setRate(value) {
    if (!(value > 0)) return;
    this.rate = value;
    write(this.notice, "");
  }

  /** Takes the last rate that was possible, where another one was left in the field. */
  keepRate(control) {
    if (control.value > 0) return;
    const stays = `it stays ${readable(this.rate)}`;
    write(this.notice, `The learning rate must be above 0, not ${readable(control.value)}: ${stays}.`);
    control.value = this.rate;
  }

  setLoss(name) {
    this.loss = name;
    this.byHand(() => {});
  }

  /** Other points: the lines stay where they are, and the next update takes the first point. */
  #change(points) {
    this.#remember();
    Object.assign(this, { points, set: "own", updates: 0, unchanged: 0, last: null, diverged: "" });
    this.obstacle = obstacle(points);
    this.byHand(() => {});
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, [data-keys]")) return;
    const actions = { ArrowRight: () => this.step(), ArrowLeft: () => this.back() };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    this.byHand(actions[event.key]);
  }
}
