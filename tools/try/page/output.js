/** What comes out of a run, below its code. Text is text; everything else stands in a frame that can reach nothing. */

const LONGEST_TITLE = 400; // characters

export class Output {
  /** @param anew what to say where Python has ended and starts anew */
  constructor(element, anew) {
    this.element = element;
    this.anew = anew;
    this.clear();
  }

  clear() {
    for (const { href } of this.element.querySelectorAll("a[download]")) URL.revokeObjectURL(href);
    this.element.replaceChildren();
    this.pending = [];
    this.last = null;
    this.counts = { text: 0, pictures: 0 };
  }

  /** Takes a message of the worker; text is drawn once a frame, however much of it comes. */
  hear(message) {
    this.pending.push(message);
    this.frame ??= requestAnimationFrame(() => this.#draw());
    this.timer ??= setTimeout(() => this.#draw(), 250); // where the page is out of sight no frame is drawn
  }

  /** Draws what waits. */
  flush() {
    this.#draw();
  }

  #draw() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = this.timer = undefined;
    const pending = this.pending;
    this.pending = [];
    for (const { kind, text, title, height } of pending) {
      if (kind === "out" || kind === "err") this.#print(kind, text);
      else if (kind === "page") this.#frame(text, title, height);
      else if (kind === "markdown") this.#markdown(text);
      else if (kind === "file") this.#file(text, title, height);
      else if (kind === "install") this.#install(text);
      else this.#block(kind, text);
    }
  }

  #print(kind, text) {
    this.counts.text += text.length;
    if (!this.last?.classList.contains(kind)) this.#block(kind, "");
    if (/\S {2,}\S/.test(text)) this.last.classList.add("columns"); // lines of a table are not broken
    const { scrollTop, scrollHeight, clientHeight } = this.last,
      isAtEnd = scrollTop + clientHeight > scrollHeight - 20;
    // a carriage return goes back to the start of the line, as bars of progress do
    const whole = text.includes("\r") ? this.last.textContent + text : text;
    if (whole === text) this.last.append(text);
    else this.last.textContent = whole.replaceAll("\r\n", "\n").replace(/^.*\r(?=.)/gm, "");
    if (isAtEnd) this.last.scrollTop = this.last.scrollHeight;
  }

  #block(kind, text) {
    const block = document.createElement("pre");
    block.className = kind;
    block.textContent = kind === "fatal" ? `${ended(text)}\n${this.anew}` : text;
    if (kind === "fatal") block.title = text;
    if (kind === "out" || kind === "err") block.tabIndex = 0; // long ones scroll, by keys, too
    this.element.append(block);
    this.last = block;
  }

  #frame(text, title, height) {
    this.counts.pictures += 1;
    this.element.append(framed(text, title, height));
    this.last = null;
  }

  /** A file to be kept. Its bytes have no type, so that no browser opens what is in it under this address. */
  #file(base64, name, size) {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)),
      link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    link.download = name;
    link.textContent = `Download ${name}`;
    this.#paragraph(link, ` (${size < 1000 ? `${size} bytes` : `${Math.round(size / 1000)} kB`})`);
  }

  /** What is not here, and where it is. */
  #install(text) {
    const link = document.createElement("a");
    link.href = "../how-to/install-and-build/";
    link.textContent = "how to install it";
    this.#paragraph(`${text} (`, link, ")");
  }

  #paragraph(...parts) {
    const paragraph = document.createElement("p");
    paragraph.append(...parts);
    this.element.append(paragraph);
    this.last = null;
  }

  #markdown(text) {
    const block = document.createElement("div");
    block.className = "prose";
    block.textContent = text;
    this.element.append(block);
    this.last = null;
    import("./markdown.js").then(({ rendered }) => (block.innerHTML = rendered(text))).catch(() => {});
  }
}

/** What to say when Python itself has ended; the words of the browser are for those who look for the cause. */
const ENDS = [
  [
    /call stack|recursion/,
    "The browser's stack is full: some thousand operations, each on the result of the one before, are too many.",
  ],
  [
    /MemoryError|out of memory|allocat/i,
    "The memory is full: the program keeps more than the browser has room for.",
  ],
  [/exit/i, "The program has ended Python."],
];

function ended(text) {
  return ENDS.find(([words]) => words.test(text))?.[1] ?? "Python broke down, perhaps because its memory was full.";
}

/** A document in a frame of its own: frame.html takes it, so that this page's policy is not that of the frame. */
export function framed(text, title, height) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = title.slice(0, LONGEST_TITLE);
  frame.style.height = `${height}px`;
  frame.src = "frame.html";
  frame.addEventListener("load", () => frame.contentWindow.postMessage({ autograd_tiny_document: text }, "*"), {
    once: true,
  });
  return frame;
}
