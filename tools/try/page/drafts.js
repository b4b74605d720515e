/** Code that was changed, kept while its tab is open: a reload or a way back does not lose it. */

const key = (name) => `autograd_tiny ${location.pathname}${location.search} ${name}`;

/** What was kept under a name at this address: { code, origin }; null without one. */
export function draftOf(name) {
  try {
    const { code, origin } = JSON.parse(sessionStorage.getItem(key(name)));
    return typeof code === "string" && typeof origin === "string" ? { code, origin } : null;
  } catch {
    return null; // there is none, or the browser keeps nothing
  }
}

/** Keeps code; where it is what it was changed from, there is nothing to keep. */
export function keepDraft(name, code, origin) {
  try {
    if (code === origin) sessionStorage.removeItem(key(name));
    else sessionStorage.setItem(key(name), JSON.stringify({ code, origin }));
  } catch {
    // the browser keeps nothing, or it is full
  }
}
