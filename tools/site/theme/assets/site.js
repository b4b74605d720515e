// What the theme makes when a page has been loaded gets what screen readers and keyboards need: the navigation of each
// block of code a name of its own, and a wide table the focus, so that arrow keys can scroll it.
let blocks = 0;
function mend() {
  for (const each of document.querySelectorAll("nav.md-code__nav:not([aria-label])")) {
    each.setAttribute("aria-label", `Code ${++blocks}`);
  }
  for (const each of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) each.tabIndex = 0;
}
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();

// The search of the theme looks when a key is let go. Text that is pasted, spoken or completed comes without one.
document.querySelector("input[data-md-component=search-query]")?.addEventListener("input", ({ target }) =>
  target.dispatchEvent(new Event("keyup", { bubbles: true })));

// A film that is marked with data-plays begins when it has been loaded and is in view, unless the reader wants no motion.
// Its Pause button stops it.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

for (const frame of document.querySelectorAll("iframe[data-plays]")) {
  let isInView = false;
  const watch = new IntersectionObserver(([entry]) => {
    isInView = entry.isIntersecting;
    begin();
  }, { threshold: 0.3 });
  function begin() {
    const page = frame.contentDocument;
    const button = page?.readyState === "complete" && page.getElementById("play");
    if (!isInView || calm.matches || !button) return;
    watch.disconnect();
    frame.removeEventListener("load", begin);
    if (button.textContent.includes("Play")) button.click();
  }
  frame.addEventListener("load", begin);
  watch.observe(frame);
}
