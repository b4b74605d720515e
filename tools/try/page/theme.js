/** Light or dark: as the reader's system is, unless it was chosen on the site around this page. */

/** The choice is kept by the site's theme, Material for MkDocs, under a key that ends so. */
const KEY = "__palette";

function chosen() {
  try {
    const name = Object.keys(localStorage).find((key) => key.endsWith(KEY)),
      { media, scheme } = JSON.parse(localStorage.getItem(name))?.color ?? {};
    if (media === "(prefers-color-scheme)" || !scheme) return "";
    return scheme === "slate" ? "dark" : "light";
  } catch {
    return "";
  }
}

/** Sets the theme of the page, and again when the system changes; frames follow by notebook.js. */
export function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => (document.documentElement.dataset.theme = chosen() || (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", set);
  set();
}
