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
