/**
 * A state in the fragment of the page's address, which makes a link to it: #v1&a=-1&b=3.
 *
 * Whoever reads it checks each value: anybody can write such a link.
 */

export const LONGEST = 20_000; // characters of a fragment

/** A fragment that holds no state; the message says why. */
export class LinkError extends Error {
  constructor(message) {
    super(message);
    this.name = "LinkError";
  }
}

/** The address of this page in this state. */
export function linkTo(version, state) {
  return `${location.href.split("#")[0]}#${written(version, state)}`;
}

export function written(version, state) {
  const entries = Object.entries(state).map((entry) => entry.map(encodeURIComponent).join("="));
  return [version, ...entries].join("&");
}

/** The state in a fragment, as an object of texts; null without one. LinkError if it has another version or is long. */
export function read(version, fragment = location.hash) {
  const text = fragment.replace(/^#/, "");
  if (text === "") return null;
  const [found, ...parts] = text.split("&");
  if (text.length > LONGEST) throw new LinkError("it is too long");
  if (found !== version) throw new LinkError("it was made by another version of this page");
  const state = Object.create(null);
  for (const part of parts) {
    const [name, ...rest] = part.split("=");
    try {
      state[decodeURIComponent(name)] = decodeURIComponent(rest.join("="));
    } catch {
      throw new LinkError("it is damaged");
    }
  }
  return state;
}

/** What a page says of a link that it refuses: the reason, and the state in which the page is instead. */
export function refusal({ message }, instead) {
  return `The link can't be used: ${message}. ${instead}`;
}

/** Puts the state into the address, without a new entry in the history. */
export function keep(version, state) {
  replace(`#${written(version, state)}`);
}

/** Takes the state out of the address. */
export function forget() {
  if (location.hash) replace(location.href.split("#")[0]);
}

function replace(address) {
  try {
    history.replaceState(null, "", address);
  } catch {
    // a frame of a notebook has no address of its own
  }
}
