"use strict";
// In a frame of a notebook, a page says how high it is, and hears whether the notebook is dark: notebook.js, beside the
// frame, is the other side. Here `framed` marks a page whose window has no height of its own.
if (window.parent !== window) {
  const root = document.documentElement;
  root.classList.add("framed");
  const tell = () => {
    if (root.clientWidth === 0) return; // not laid out yet: all texts would be one letter wide, and the page very high
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ autograd_tiny_height: height }, "*");
  };
  addEventListener("load", () => {
    tell();
    new ResizeObserver(tell).observe(document.body);
  });
  addEventListener("message", ({ source, data }) => {
    const theme = data?.autograd_tiny_around;
    if (source === window.parent && ["light", "dark"].includes(theme)) root.dataset.around = theme;
  });
}
