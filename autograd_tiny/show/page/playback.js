/**
 * Buttons, a slider and keys that lead through the frames of a film.
 */
import { button, element, set, shape, switchOff, write } from "./elements.js";

const ICONS = {
  first: "M4 4h2v12H4zM17 4v12L7 10z",
  back: "M15 4v12L5 10z",
  forth: "M5 4v12l10-6z",
  last: "M14 4h2v12h-2zM3 4v12l10-6z",
  play: "M5 4v12l10-6z",
  pause: "M5 4h4v12H5zM11 4h4v12h-4z",
};
const SPEEDS = [0.5, 1, 2, 4];

export class Playback {
  #timer = 0;
  #at = -1;
  #show;

  /**
   * @param {object} options
   * @param {number} options.last the number of the last frame; the first is 0
   * @param {(k: number) => void} options.onShow shows a frame
   * @param {string} options.name what one frame is called, "epoch"
   * @param {(k: number) => string} options.describe a frame in words, beside the slider
   * @param {number} [options.pause] milliseconds from one frame to the next
   */
  constructor({ last, onShow, name, describe, pause = 400 }) {
    Object.assign(this, { last, describe, pause });
    this.#show = onShow;
    this.buttons = {
      first: button(icon("first"), () => this.go(0), { "aria-label": "To the start" }),
      back: button(icon("back"), () => this.go(this.#at - 1), { "aria-label": `One ${name} back` }),
      play: element("button", { type: "button", class: "play" }, icon("play"), " ", element("span", {}, "Play")),
      forth: button(icon("forth"), () => this.go(this.#at + 1), { "aria-label": `One ${name} forward` }),
      last: button(icon("last"), () => this.go(this.last), { "aria-label": "To the end" }),
    };
    this.buttons.play.addEventListener("click", () => this.toggle());
    this.slider = element("input", { type: "range", min: 0, max: last, step: 1, "aria-label": name });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.count = element("span", { class: "count" });
    const speeds = SPEEDS.map((speed) => element("option", { value: speed, selected: speed === 1 }, `${speed}×`));
    this.speed = element("select", {}, ...speeds);
    this.element = element(
      "div",
      { class: "playback" },
      ...Object.values(this.buttons),
      element("div", { class: "slide" }, this.slider, this.count),
      element("label", {}, "Speed ", this.speed),
    );
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get at() {
    return this.#at;
  }

  get isPlaying() {
    return this.#timer !== 0;
  }

  /** Shows a frame, and plays no further. */
  go(k) {
    this.stop();
    this.show(k);
  }

  /** Shows a frame. */
  show(k) {
    const wanted = Math.max(0, Math.min(this.last, k));
    if (wanted === this.#at) return;
    this.#at = wanted;
    this.slider.value = String(wanted);
    const said = this.describe(wanted);
    set(this.slider, { "aria-valuetext": said });
    write(this.count, said);
    for (const name of ["first", "back"]) switchOff(this.buttons[name], wanted === 0);
    for (const name of ["forth", "last"]) switchOff(this.buttons[name], wanted === this.last);
    this.#show(wanted);
  }

  /** The next frame; at the last one the film stops. */
  step() {
    this.show(this.#at + 1);
    if (this.#at === this.last) this.stop();
    else this.#timer = setTimeout(() => this.step(), this.pause / Number(this.speed.value));
  }

  toggle() {
    if (this.isPlaying) return this.stop();
    if (this.#at === this.last) this.show(0);
    this.#timer = setTimeout(() => this.step(), this.pause / Number(this.speed.value));
    return this.#updatePlay();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#updatePlay();
  }

  #updatePlay() {
    const [sign, , word] = this.buttons.play.childNodes;
    write(word, this.isPlaying ? "Pause" : "Play");
    set(sign.firstChild, { d: this.isPlaying ? ICONS.pause : ICONS.play });
  }

  #key(event) {
    const { key, target, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || event.defaultPrevented) return;
    if (
      target.matches("select, input:not([type=range]), textarea, [data-keys]") ||
      (target.tagName === "INPUT" && target !== this.slider)
    )
      return;
    if (key === " " && target.matches("button, summary")) return;
    const actions = {
      " ": () => this.toggle(),
      ArrowRight: () => this.go(this.#at + 1),
      ArrowLeft: () => this.go(this.#at - 1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      "+": () => this.#changeSpeed(1),
      "=": () => this.#changeSpeed(1),
      "-": () => this.#changeSpeed(-1),
    };
    if (!Object.hasOwn(actions, key)) return;
    event.preventDefault();
    actions[key]();
  }

  #changeSpeed(by) {
    this.speed.selectedIndex = Math.max(0, Math.min(SPEEDS.length - 1, this.speed.selectedIndex + by));
  }
}

function icon(name) {
  return shape(
    "svg",
    { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" },
    shape("path", { d: ICONS[name] }),
  );
}
