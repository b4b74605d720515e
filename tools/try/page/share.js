/** Code in the address of the page: #code=…, compressed. Whoever opens such a link sees the code; nothing runs. */

const LONGEST = 100_000; // bytes of code

const through = async (bytes, transform) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer());

/** A link to this page with this code. An Error where the code is too long to be opened again. */
export async function linkTo(code) {
  const text = new TextEncoder().encode(code);
  if (text.length > LONGEST) throw new TooLong();
  const bytes = await through(text, new CompressionStream("deflate-raw"));
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const url = new URL(location.href);
  url.search = "";
  url.hash = `code=${letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  return url.href;
}

/** The code in an address; null without one. An Error where it cannot be read. */
export async function codeIn(hash) {
  const letters = /^#code=([\w-]*)$/.exec(hash)?.[1];
  if (letters === undefined) return hash.startsWith("#code=") ? unreadable() : null;
  try {
    const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
      each.charCodeAt(0),
    );
    return new TextDecoder("utf-8", { fatal: true }).decode(await inflated(bytes));
  } catch (error) {
    if (error instanceof TooLong) throw error;
    return unreadable();
  }
}

/** Unpacks no more than the longest code: a few bytes can stand for gigabytes. */
async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader(),
    found = new Uint8Array(LONGEST);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return found.subarray(0, length);
    if (length + value.length > LONGEST) {
      await reader.cancel();
      throw new TooLong();
    }
    found.set(value, length);
    length += value.length;
  }
}

function unreadable() {
  throw new Error("The code in this link cannot be read: the link may have been cut.");
}

class TooLong extends Error {
  message = `The code is too long for a link, which holds ${LONGEST / 1000} kB.`;
}
