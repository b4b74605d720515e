/**
 * The button that chooses the light or the dark theme, or the one of the system.
 */
import { button, write } from "./elements.js";

const THEMES = ["auto", "light", "dark"];

/** A button that goes through the themes. */
export function themeButton(root = document.documentElement) {
  let chosen = 0;
  const found = button("Theme: auto", () => {
    chosen = (chosen + 1) % THEMES.length;
    if (chosen) root.dataset.theme = THEMES[chosen];
    else delete root.dataset.theme;
    write(found, `Theme: ${THEMES[chosen]}`);
  });
  return found;
}

/** Calls a function when the page turns light or dark: a canvas does not do so by itself. */
export function onThemeChange(redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme", "data-around"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/** Whether the reader wants no animations. */
export const wantsNoMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
