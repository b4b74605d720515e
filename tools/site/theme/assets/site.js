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

// A film that is marked with data-plays begins when it comes into view, unless the reader wants no motion. Its Pause
// button stops it.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function begin(frame) {
  const button = frame.contentDocument?.getElementById("play");
  if (button?.textContent.includes("Play")) button.click();
}

for (const frame of document.querySelectorAll("iframe[data-plays]")) {
  const watch = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting || calm.matches || frame.contentDocument?.readyState !== "complete") return;
    watch.disconnect();
    begin(frame);
  }, { threshold: 0.3 });
  frame.addEventListener("load", () => watch.observe(frame));
  if (frame.contentDocument?.readyState === "complete") watch.observe(frame);
}
