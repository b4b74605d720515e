/**
 * The button that chooses the light or the dark theme, or the one of the system.
 */
import { element, write } from "./elements.js";

const THEMES = ["auto", "light", "dark"];

/** A button that goes through the themes. */
export function themeButton(root = document.documentElement) {
  let chosen = 0;
  const button = element("button", { type: "button" }, "Theme: auto");
  button.addEventListener("click", () => {
    chosen = (chosen + 1) % THEMES.length;
    if (chosen) root.dataset.theme = THEMES[chosen];
    else delete root.dataset.theme;
    write(button, `Theme: ${THEMES[chosen]}`);
  });
  return button;
}

/** Calls a function when the page turns light or dark: a canvas does not do so by itself. */
export function onThemeChange(redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme", "data-around"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/** Whether the reader wants no animations. */
export const wantsNoMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
