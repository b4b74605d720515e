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

/** Whether the reader wants no animations. */
export const wantsNoMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
