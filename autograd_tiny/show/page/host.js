/**
 * The notebook around a page, if there is one: it hears of the page's state, and may set it. widget.js is its side.
 *
 * A state is text, so that it may hold numbers that are not finite.
 */

const MARK = "autograd_tiny"; // of messages: a notebook has others, too

/** Whether the page stands in a frame of another one. */
export const isFramed = () => window.parent !== window;

/** The state in which a notebook saved the page; "" without one. */
export const savedState = () => document.documentElement.dataset.state ?? "";

/** Tells the notebook the state. */
export function report(state) {
  if (isFramed()) window.parent.postMessage({ [MARK]: state }, "*");
}

/** Calls a function with each state that the notebook sets. */
export function listen(onState) {
  addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !isFramed()) return;
    if (typeof data?.[MARK] === "string") onState(data[MARK]);
  });
}
