/**
 * A number that a reader sets: with a slider, or exactly, in a field beside it.
 */
import { element, set } from "./elements.js";
import { exact, readable, typed } from "./numbers.js";

const STEPS = 100; // of a slider, from 0 to either end
const SMALL = 20; // times smaller than the end of the slider: then its steps are too coarse
const WIDEST = 5e307; // the distance between the ends stays finite

/** Where a slider for a number begins and ends, and its step: round numbers, with 0 in the middle. */
export function rangeAround(x) {
  const size = Number.isFinite(x) && x !== 0 ? Math.abs(x) : 1;
  const high = Math.min(WIDEST, Math.max(1e-300, roundUp(2 * size)));
  return { low: -high, high, step: Number((high / STEPS).toPrecision(1)) };
}

/** The next of 1, 2, 5, 10, 20, ... at any power of ten. */
export function roundUp(x) {
  if (x > WIDEST) return WIDEST;
  const power = Math.floor(Math.log10(x));
  const found = [1, 2, 5, 10].find((digit) => Number(`${digit}e${power}`) >= x) ?? 10;
  return Number(`${found}e${power}`);
}

export class NumberControl {
  #value;
  #start;
  #range;

  /**
   * @param {object} options
   * @param {string} options.name what it is called
   * @param {number} options.value
   * @param {(value: number) => void} options.onChange called when the reader sets another number
   * @param {() => void} [options.onCommit] called when a movement ends: the slider is let go, the field is left
   * @param {(text: string) => void} [options.onRefusal] called with a sentence about a text that is no number
   * @param {{low: number, high: number, step: number}} [options.range] by default around the value
   */
  constructor({ name, value, onChange, onCommit = () => {}, onRefusal = () => {}, range = undefined }) {
    this.#start = value;
    this.name = name;
    this.label = element("span", { class: "name" }, name);
    this.slider = element("input", { type: "range", "aria-label": name });
    this.field = element("input", {
      type: "text", class: "field", autocomplete: "off", spellcheck: "false", "aria-label": `${name}, exactly`,
    });
    this.element = element("div", { class: "number" }, this.label, this.slider, this.field);
    this.given = range;
    this.#range = range ?? rangeAround(value);
    this.#show(value);
    const change = (x) => {
      this.#show(x);
      onChange(x);
    };
    const settle = () => {
      this.#fit();
      this.#show(this.#value);
      onCommit();
    };
    this.slider.addEventListener("input", () => change(Number(this.slider.value)));
    this.field.addEventListener("input", () => {
      const x = typed(this.field.value);
      set(this.field, { "aria-invalid": Number.isNaN(x) ? "true" : null });
      if (Number.isNaN(x)) return;
      const text = this.field.value;
      change(x);
      this.field.value = text; // the reader goes on typing
    });
    this.field.addEventListener("change", () => {
      const text = this.field.value;
      if (Number.isNaN(typed(text))) onRefusal(`${name}: a finite number is expected, not "${text}"`);
      settle();
    });
    this.slider.addEventListener("change", onCommit);
    this.field.addEventListener("keydown", (event) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (sign === undefined || !Number.isFinite(this.#value)) return;
      event.preventDefault();
      change(this.#stepped(sign * (event.shiftKey ? 10 : 1)));
      settle();
    });
  }

  get value() {
    return this.#value;
  }

  /** Shows another number, which the reader did not set here. */
  set value(x) {
    if (Object.is(x, this.#value)) return;
    this.#value = x;
    this.#fit();
    this.#show(x);
  }

  get range() {
    return this.#range;
  }

  /** The number, and the range, that it had at first. */
  reset() {
    this.#range = this.given ?? rangeAround(this.#start);
    this.#show(this.#start);
  }

  #stepped(steps) {
    const { step } = this.#range;
    const decimals = Math.min(100, Math.max(0, -Math.floor(Math.log10(step))));
    return Number(((Math.round(this.#value / step) + steps) * step).toFixed(decimals));
  }

  /** A range in which the slider can reach the number and move it by little: the given one, if it is inside. */
  #fit() {
    const x = this.#value;
    if (!Number.isFinite(x)) return;
    const { low, high } = this.given ?? this.#range;
    const isInside = x >= low && x <= high;
    if (this.given) this.#range = isInside ? this.given : rangeAround(x);
    else if (!isInside || Math.abs(x) < high / SMALL) this.#range = rangeAround(x || this.#start);
  }

  #show(x) {
    this.#value = x;
    const { low, high, step } = this.#range;
    set(this.slider, { min: low, max: high, step, "aria-valuetext": readable(x, 6) });
    this.slider.value = String(Number.isNaN(x) ? 0 : Math.max(low, Math.min(high, x)));
    set(this.field, { "aria-invalid": null });
    this.field.value = Number.isFinite(x) ? exact(x) : readable(x);
  }
}
