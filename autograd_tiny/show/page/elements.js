/**
 * Elements of HTML and SVG. Texts become text nodes: nothing that a user wrote is read as HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/** The element with an id. */
export const find = (id) => document.getElementById(id);

/** A new element of HTML with attributes; children are elements and texts. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** A new element of SVG. */
export function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** A button with an action: none while it is switched off. */
export function button(content, action, attributes = {}) {
  return withAction(element("button", { type: "button", ...attributes }, content), action);
}

/** Gives a button its action. */
export function withAction(target, action) {
  target.addEventListener("click", () => target.getAttribute("aria-disabled") === "true" || action());
  return target;
}

/** Switches a button off or on. One with `disabled` would lose the focus, and the keyboard its place on the page. */
export function switchOff(target, isOff) {
  set(target, { "aria-disabled": isOff ? "true" : null });
}

/** Sets attributes; one that is null or false is removed, one that is true stands there without a value. */
export function set(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) target.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (target.getAttribute(name) !== text) target.setAttribute(name, text);
    }
  }
  return target;
}

/** Sets a text, if it is another one: a screen reader would read it again. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function filled(target, attributes, children) {
  set(target, attributes);
  target.append(...children);
  return target;
}
