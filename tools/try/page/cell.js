/** Code with its button and its output. */
import { draftOf, keepDraft } from "./drafts.js";
import { Editor } from "./editor.js";
import { Output } from "./output.js";

const ANEW = "Python starts anew.";
const GONE = "Python starts anew: the variables of earlier runs are gone."; // in a chapter, whose cells share them
const RUN = "Run",
  STOP = "Stop",
  WAITING = "Waiting for Python …",
  PLOT =
    "This plot was drawn beforehand, with the numbers of the course.";

export class Cell {
  /**
   * @param element holds the cell
   * @param name what tracebacks call it; in a chapter its controls, too: "Run cell 3"
   * @param plot in the course: a document with the plot that the cell draws, or ""
   * @param above gives the code of cells above that have not run
   * @param beforeRun called before each run
   */
  constructor(element, python, { code, name, plot, say, above, beforeRun, onChange }) {
    Object.assign(this, { element, python, name, plot, say, above, beforeRun });
    this.isCourse = plot !== undefined;
    this.anew = this.isCourse ? GONE : ANEW;
    const draft = draftOf(name),
      isKept = draft && (!this.isCourse || draft.origin === code); // the course may be another by now
    this.origin = isKept ? draft.origin : code; // what "Start over" goes back to
    const place = document.createElement("div");
    place.className = "editor";
    this.bar = document.createElement("div");
    this.bar.className = "bar";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.addEventListener("click", () => (this.isBusy ? python.stop() : this.run()));
    this.note = document.createElement("span");
    this.note.className = "quiet";
    this.button.title = "Ctrl+Enter";
    this.over = document.createElement("button");
    this.over.type = "button";
    this.over.className = "plain";
    this.over.textContent = "Start over";
    if (this.isCourse) this.over.setAttribute("aria-label", `Start over, ${name}`);
    this.over.addEventListener("click", () => this.begin(this.origin));
    this.bar.append(this.button, this.over, this.note);
    const output = document.createElement("div");
    output.className = "output";
    output.setAttribute("role", "region");
    output.setAttribute("aria-label", this.isCourse ? `Output of ${name}` : "Output");
    output.setAttribute("aria-live", "polite");
    this.output = new Output(output, this.anew);
    this.state = "";
    element.classList.add("cell");
    element.append(place, this.bar, output);
    this.editor = new Editor(place, {
      code: isKept ? draft.code : code,
      label: this.isCourse ? `Code of ${name}` : "Code",
      run: () => this.run(),
      onChange: () => {
        this.over.hidden = !this.isChanged;
        if (!this.isBeginning) keepDraft(name, this.editor.code, this.origin);
        onChange?.();
      },
    });
    this.over.hidden = !isKept;
    if (isKept) this.note.textContent = "As you left it";
    this.#show();
  }

  get isChanged() {
    return this.editor.code !== this.origin;
  }

  get isBusy() {
    return this.state === "waiting" || this.state === "running";
  }

  #show() {
    this.button.textContent = this.isBusy ? STOP : RUN;
    this.button.classList.toggle("stop", this.isBusy);
    if (this.isCourse) this.button.setAttribute("aria-label", `${this.button.textContent} ${this.name}`);
    this.element.dataset.state = this.state;
    this.output.element.setAttribute("aria-busy", String(this.isBusy));
    if (this.state === "waiting") this.note.textContent = WAITING;
    if (this.state === "running") this.note.textContent = "Running …";
  }

  /** Runs the code: "fine", or why not. */
  async run() {
    if (this.isBusy) return "busy";
    this.beforeRun?.();
    this.editor.mark(0);
    this.state = "waiting";
    this.#show();
    let began = 0;
    const outcome = await this.python.run({
      code: this.editor.code,
      cell: this.name,
      isCourse: this.isCourse,
      above: this.above,
      begin: () => {
        began = performance.now();
        this.output.clear();
        this.state = "running";
        this.#show();
      },
      hear: (message) => {
        if (message.kind === "lacking") this.#explain(message.text);
        else this.output.hear(message);
        if (message.kind === "error" && message.title === this.name) this.editor.mark(message.height);
      },
    });
    this.output.flush();
    this.state = outcome;
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    this.note.textContent = {
      fine: `Done in ${seconds} s`,
      lacking: "",
      error: `An error after ${seconds} s`,
      stopped: began ? "Stopped." : "",
      gone: "Python started anew.",
      failed: "",
    }[outcome];
    if (outcome === "stopped" && began) {
      const isSame = !this.isCourse || (this.python.interrupt && this.python.isReady);
      this.output.hear({ kind: "note", text: isSame ? "Stopped." : `Stopped. ${this.anew}` });
      this.output.flush();
    }
    this.say(this.note.textContent);
    this.#show();
    return outcome;
  }

  /** Takes other code. What runs goes on, and shows what it has to say here. With a link the draft stays. */
  begin(code, isLink = false) {
    this.origin = code;
    this.isBeginning = true;
    this.editor.code = code;
    this.isBeginning = false;
    this.over.hidden = true;
    if (!isLink) keepDraft(this.name, code, code);
    if (this.isBusy) return;
    this.output.clear();
    this.note.textContent = "";
    this.state = "";
    this.#show();
  }

  /** A cell of the course that needs a library. */
  #explain(library) {
    const text = `This cell needs ${library}, which does not run here. ${this.plot && PLOT}`;
    this.output.hear({ kind: "note", text });
    if (this.plot) this.output.hear({ kind: "page", text: this.plot, title: "A plot of the course", height: 300 });
  }

  /** Python is a fresh one: what this cell shows is from before. */
  forget() {
    if (!this.isBusy && this.state) this.state = "old";
    this.#show();
  }
}
