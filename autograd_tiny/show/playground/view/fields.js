/**
 * Controls with their labels: a choice, a number on a logarithmic scale, a number of units.
 */
import { element, set } from "../../page/elements.js";
import { exact, readable, typed } from "../../page/numbers.js";

const PER_DECADE = 10; // steps of a slider
let choices = 0; // made so far

/** A choice: options are pairs of a value and its title. */
export class Choice {
  constructor(name, options, onChange) {
    choices += 1;
    this.select = element("select", { id: `choice${choices}` });
    const label = element("label", { class: "name", for: this.select.id }, name);
    this.element = element("div", { class: "choice" }, label, this.select);
    this.offer(options);
    this.select.addEventListener("change", () => onChange(this.select.value));
  }

  /** Other options. */
  offer(options) {
    const key = JSON.stringify(options);
    if (key === this.key) return;
    this.key = key;
    this.select.replaceChildren(...options.map(([value, title]) => element("option", { value }, title)));
  }

  get value() {
    return this.select.value;
  }

  set value(value) {
    if (this.select.value !== value) this.select.value = value;
  }
}

/** A number above 0 whose slider has the same room for each power of ten; if it may be 0, that is the left end. */
export class LogNumber {
  #value;

  /**
   * @param {{name: string, low: number, high: number, mayBeZero?: boolean, onChange: (x: number) => void,
   *   onRefusal: (text: string) => void}} options
   */
  constructor({ name, low, high, mayBeZero = false, onChange, onRefusal }) {
    const first = Math.round(Math.log10(low) * PER_DECADE) - (mayBeZero ? 1 : 0);
    Object.assign(this, { name, first, mayBeZero });
    this.slider = element("input", {
      type: "range",
      "aria-label": name,
      min: first,
      max: Math.round(Math.log10(high) * PER_DECADE),
      step: 1,
    });
    this.field = element("input", {
      type: "text",
      class: "field",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${name}, exactly`,
    });
    this.element = element(
      "div",
      { class: "number" },
      element("span", { class: "name" }, name),
      this.slider,
      this.field,
    );
    this.slider.addEventListener("input", () => {
      this.value = this.#ofSlider();
      onChange(this.#value);
    });
    this.field.addEventListener("change", () => {
      const x = typed(this.field.value);
      if (x >= 0 && (x > 0 || mayBeZero)) {
        onChange(x);
        return;
      }
      onRefusal(`${name}: a number ${mayBeZero ? "of 0 or more" : "above 0"} is expected, not "${this.field.value}"`);
      this.value = this.#value;
    });
  }

  #ofSlider() {
    const place = Number(this.slider.value);
    if (this.mayBeZero && place === this.first) return 0;
    return Number((10 ** (place / PER_DECADE)).toPrecision(2));
  }

  get value() {
    return this.#value;
  }

  set value(x) {
    this.#value = x;
    this.slider.value = String(x === 0 ? this.first : Math.round(Math.log10(x) * PER_DECADE));
    set(this.slider, { "aria-valuetext": readable(x, 6) });
    this.field.value = x > 0 && x < 1e-3 ? x.toExponential() : exact(x); // which is short
  }
}
