/**
 * What leaves the page: a link, a program in Python, the weights as JSON.
 */
import { button, element } from "../../page/elements.js";

export class Sharing {
  /** @param {{texts: Record<string, () => string>, say: Function}} options titles, and what each copies */
  constructor({ texts, say }) {
    this.say = say;
    this.field = element("textarea", {
      class: "field",
      readonly: true,
      rows: 10,
      "aria-label": "Text to copy",
      spellcheck: "false",
    });
    this.dialog = element(
      "dialog",
      { "aria-label": "Copy this text" },
      element("p", {}, "The page may not use the clipboard: copy this text."),
      this.field,
      button("Close", () => this.dialog.close()),
    );
    this.buttons = Object.entries(texts).map(([title, text]) => button(title, () => this.#copy(title, text)));
  }

  async #copy(title, text) {
    let found;
    try {
      found = text();
    } catch (error) {
      this.say(error.message);
      return;
    }
    try {
      await navigator.clipboard.writeText(found);
      this.say(`${title}: it is in the clipboard.`);
    } catch {
      this.field.value = found;
      this.dialog.showModal();
      this.field.select();
    }
  }
}
