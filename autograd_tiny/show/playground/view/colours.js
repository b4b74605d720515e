/**
 * The colours of the theme for canvases, and tables of colours for planes.
 */
import { MOST_CLASSES } from "../computation/settings.js";

const NAMES = ["page", "panel", "ink", "quiet", "line", "positive", "negative", "gradient", "accent", "value"];
const LEVELS = 256;

/** The colours of the page's theme by name, and those of the classes. */
export function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(NAMES.map((name) => [name, named(name)]));
  found.classes = Array.from({ length: MOST_CLASSES }, (_, k) => named(`class${k}`));
  return found;
}

/** Calls a function whenever the colours change. */
export function onTheme(change) {
  new MutationObserver(change).observe(document.documentElement, { attributeFilter: ["data-theme", "data-around"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change);
}

function parts(colour) {
  return [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
}

/** A pixel of ImageData as one number. */
function pixel([red, green, blue]) {
  return (255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
}

function between(one, other, share) {
  return one.map((x, k) => x + (other[k] - x) * share);
}

/** Colours for numbers from -1 to 1: from one colour over the page's to another. */
export function twoSided(low, high, page, strength = 0.75) {
  const [from, middle, to] = [low, page, high].map(parts);
  return Uint32Array.from({ length: LEVELS }, (_, k) => {
    const x = (2 * k) / (LEVELS - 1) - 1;
    return pixel(between(middle, x < 0 ? from : to, strength * Math.abs(x)));
  });
}

/** Colours for numbers from 0 to 1: from the page's to another. */
export function oneSided(high, page, strength = 0.75) {
  const [middle, to] = [page, high].map(parts);
  return Uint32Array.from({ length: LEVELS }, (_, k) => pixel(between(middle, to, (strength * k) / (LEVELS - 1))));
}

/** The place in a table of a number from -1 to 1. */
export function levelOf(x) {
  return x <= -1 ? 0 : x >= 1 ? LEVELS - 1 : Math.round(((x + 1) / 2) * (LEVELS - 1));
}
