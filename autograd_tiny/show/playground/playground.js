/**
 * The playground: a network that learns before one's eyes. The computation is in computation/, what one sees in view/.
 */
import { element, find, switchOff, withAction, write } from "../page/elements.js";
import { LONGEST, LinkError, forget, keep, linkTo, read, refusal, written } from "../page/fragment.js";
import { isFramed, listen, report, savedState } from "../page/host.js";
import { readable } from "../page/numbers.js";
import { Plot, rangeOf } from "../page/plot.js";
import { themeButton, wantsNoMotion } from "../page/theme.js";
import { pythonText } from "./computation/python_text.js";
import { MOST_REPEATED, Session } from "./computation/session.js";
import { OWN, SettingError } from "./computation/settings.js";
import { grouped } from "./computation/wording.js";
import { onTheme, themeColours } from "./view/colours.js";
import { DataPanel } from "./view/data_panel.js";
import { Choice } from "./view/fields.js";
import { FindingsPanel } from "./view/findings_panel.js";
import { LayersPanel } from "./view/layers_panel.js";
import { NetworkView } from "./view/network_view.js";
import { Plane } from "./view/plane.js";
import { RulesPanel } from "./view/rules_panel.js";
import { Sharing } from "./view/sharing.js";
import { SurfacePanel } from "./view/surface_panel.js";
import { WeightPanel } from "./view/weight_panel.js";

const VERSION = "v1"; // of links
const LINK_TIME = 400; // milliseconds between two links in the address, at least
const TRAINING_TIME = 10; // milliseconds of a frame, at most
const SLOW = 400; // milliseconds between frames for a reader who wants no motion
const FEW_UPDATES = 10; // in a frame
const EVERY_CURVE = 3; // frames
const EVERY_FINDING = 24;
const SPEEDS = [
  ["1", "1 update a frame"],
  ["10", "10 updates a frame"],
  ["epoch", "1 epoch a frame"],
  ["epochs", "as fast as possible"],
];
const SHOWN = [
  ["both", "weights and gradients"],
  ["weights", "weights"],
  ["gradients", "gradients"],
];

class Playground {
  constructor(given) {
    this.given = given;
    this.isPlaying = false;
    this.frames = 0;
    this.place = { layer: 0, piece: 0, unit: 0, input: 0 };
    this.sample = 0;
    this.marks = { words: [], flags: [] };
    this.repeat = null; // the training of a link, while it is repeated
    const app = {
      change: (patch, said) => this.#attempt(() => this.session.change(patch), said),
      addPoint: (point) => this.#attempt(() => this.session.addPoint(point)),
      say: (text) => this.say(text),
    };
    this.data = new DataPanel(app, given.points.length > 0);
    this.rules = new RulesPanel(app, given);
    this.layers = new LayersPanel(app);
    this.plane = new Plane({
      onSample: (k) => this.#choose({ sample: k }),
      onPoint: (a, b) => this.session.settings.data === OWN && app.addPoint([a, b, this.data.chosenClass]),
      onMark: (text) => this.#tell(text),
    });
    this.network = new NetworkView({
      onWeight: (place, isByKey) => {
        this.#choose({ place });
        if (isByKey) this.#tell(this.weight.summary);
      },
    });
    this.weight = new WeightPanel({
      onChoice: (place) => this.#choose({ place }),
      onSample: (k) => this.#choose({ sample: k }),
    });
    this.findings = new FindingsPanel(given.findings);
    this.surface = new SurfacePanel({
      onWanted: () => this.refresh(),
    });
    this.plot = new Plot({ width: 320, height: 180 });
    this.shown = new Choice("Lines", SHOWN, () => this.refresh());
    this.speed = find("speed");
    this.speed.append(...SPEEDS.map(([value, title]) => element("option", { value }, title)));
    this.speed.value = "epoch";
    this.#fill();
    this.#listen();
    this.#openLink();
    if (savedState() && !location.hash) this.#follow(savedState());
  }

  // ---- the page

  #fill() {
    const sharing = new Sharing({
      texts: {
        "Copy link": () => this.#link(),
        "Copy as Python": () => pythonText(this.session, this.given.sources),
        "Copy weights as JSON": () => JSON.stringify(this.session.state()),
      },
      say: (text) => this.say(text),
    });
    sharing.buttons[0].hidden = isFramed(); // a frame has no address
    find("sharing").append(...sharing.buttons, themeButton(), sharing.dialog);
    find("data").append(this.data.element);
    find("rules").append(...this.rules.elements);
    find("layers").append(...this.layers.buttons, this.shown.element);
    find("network").append(this.layers.columns, this.network.canvas);
    const legend = element(
      "p",
      { class: "quiet curves" },
      element("span", { class: "train" }, "— training"),
      element("span", { class: "test" }, "- - test"),
    );
    find("output").append(this.plane.element, this.plot.element, legend);
    find("weight").append(this.weight.element);
    find("surface").append(this.surface.element);
    find("findings").append(this.findings.element);
    const readouts = {
      epoch: "epoch",
      updates: "updates",
      train: "train loss",
      test: "test loss",
      trainRight: "train accuracy",
      testRight: "test accuracy",
    };
    this.readout = Object.fromEntries(
      Object.entries(readouts).map(([name, title]) => {
        const value = element("dd", {});
        find("readout").append(element("div", {}, element("dt", {}, title), value));
        return [name, value];
      }),
    );
  }

  #listen() {
    const actions = {
      play: () => (this.isPlaying ? this.pause() : this.play()),
      "one-update": () => this.#step(() => this.session.train(1)),
      "one-epoch": () => this.#step(() => this.session.trainEpoch()),
      undo: () => this.#act(() => this.session.undo()),
      reset: () => this.#act(() => this.session.reset()),
    };
    for (const [id, action] of Object.entries(actions)) withAction(find(id), action);
    onTheme(() => this.#settle());
    new ResizeObserver(() => this.#settle()).observe(find("network"));
    new ResizeObserver(([{ target }]) => {
      document.documentElement.style.scrollPaddingTop = `${target.offsetHeight + 8}px`; // what has the focus lies below
    }).observe(find("toolbar"));
    addEventListener("hashchange", () => this.#openLink());
    listen((text) => this.#follow(text));
    const root = find("playground"); // for scripts of a teacher, and for tests
    root.train = (updates) => this.#step(() => this.session.train(updates));
    root.frame = () => this.frame();
    root.repeat = () => this.#repeatFor(Infinity);
    Object.defineProperty(root, "session", { get: () => this.session });
  }

  /** A session from the address, or a new one. */
  #openLink() {
    try {
      this.#open(read(VERSION) ?? {});
    } catch (error) {
      this.#open({});
      if (!isRefusal(error)) throw error;
      this.say(refusal(error, "The page begins with settings of its own."));
    }
  }

  /** The session that a notebook sets: another view of this page may have told it. */
  #follow(text) {
    try {
      if (text !== this.told) this.#open(JSON.parse(text)?.texts ?? {});
    } catch (error) {
      if (!isRefusal(error) && !(error instanceof SyntaxError)) throw error;
      this.say(`The state can't be used: ${error.message}.`);
    }
  }

  /** Opens the session of some texts. SettingError, and nothing changed, for texts that are none. */
  #open(texts) {
    const found = Session.of(this.given, texts);
    this.pause();
    this.session = found.session;
    this.repeat = found.updates ? found : null;
    this.#settle();
    if (this.repeat) this.#repeatSoon();
  }

  say(text) {
    write(find("notice"), text);
  }

  // ---- actions

  #attempt(change, said) {
    const before = this.session.trainer;
    try {
      this.#act(change, said);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.say(error.message);
      this.#settle();
    }
    return before;
  }

  #act(change, said = "") {
    this.repeat = null;
    this.say(said);
    change();
    this.#settle();
    this.#keepLink();
  }

  /** A step by hand, which ends playing. */
  #step(train) {
    this.pause();
    this.repeat = null;
    this.say("");
    this.session.keep();
    train();
    this.session.record();
    this.#announce();
    this.#sayIfDiverged();
    this.refresh();
    this.#keepLink();
  }

  #choose({ place = this.place, sample = this.sample }) {
    this.place = place;
    this.sample = sample;
    this.refresh();
  }

  play() {
    this.repeat = null;
    this.say("");
    this.session.keep();
    this.isPlaying = true;
    write(find("play"), "Pause");
    this.#schedule();
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    write(find("play"), "Play");
    this.session.record();
    this.#announce();
    this.refresh();
    this.#keepLink();
  }

  /** Tells a screen reader where training stands; only where it rests, for it would read without end. */
  #announce() {
    const { trainer, measured } = this.session;
    const losses = ["train", "test"].filter((name) => !Number.isNaN(measured[name].loss));
    const texts = losses.map((name) => `${name} loss ${readable(measured[name].loss, 3)}`);
    this.#tell([`Epoch ${trainer.epoch}, update ${trainer.updates}`, ...texts].join(", "));
  }

  /** Has a screen reader say a text. */
  #tell(text) {
    write(find("progress"), text);
  }

  // ---- frames

  #schedule() {
    if (this.waiting) return;
    this.waiting = true;
    const run = () => {
      this.waiting = false;
      this.frame();
    };
    if (wantsNoMotion()) setTimeout(run, SLOW);
    else requestAnimationFrame(run);
  }

  /** The work of a frame: some updates, and what one sees of them. */
  frame() {
    if (this.isPlaying) this.#trainFor(TRAINING_TIME);
    const hasMore = this.surface.work(TRAINING_TIME, this.isPlaying);
    if (this.isPlaying || hasMore) this.#schedule();
  }

  #trainFor(milliseconds) {
    const { session } = this;
    this.frames += 1;
    if (this.frames % EVERY_FINDING === 0) {
      this.#findProblems(); // which takes as long as a frame may
      return;
    }
    const end = performance.now() + milliseconds;
    const wanted =
      { epoch: session.trainer.updatesPerEpoch - session.trainer.position, epochs: Infinity }[this.speed.value] ??
      Number(this.speed.value);
    let taken = 0;
    while (taken < wanted && session.train(1)) {
      taken += 1;
      if (taken % 4 === 0 && performance.now() > end) break;
    }
    if (session.trainer.diverged || session.trainer.samples === 0) {
      this.pause();
      this.#sayIfDiverged();
      return;
    }
    if (this.frames % EVERY_CURVE === 0) session.record();
    this.#draw();
    if (wanted <= FEW_UPDATES) this.plane.drawSamples(this.sample); // those of the update are marked
  }

  /** Repeats the training of a link, bit by bit; also out of sight, where there are no animation frames. */
  #repeatSoon() {
    setTimeout(() => this.#repeatFor(TRAINING_TIME) && this.#repeatSoon());
  }

  /** Repeats the training of a link for so many milliseconds. Returns whether there is more to repeat. */
  #repeatFor(milliseconds) {
    if (!this.repeat) return false;
    const end = performance.now() + milliseconds;
    const { repeat, updates } = this.repeat;
    try {
      for (let k = 0; ; k++) {
        const { done, value } = repeat.next();
        if (done) break;
        if (k % 8 === 0 && performance.now() > end) {
          this.say(`The training of the link is repeated: ${value} of ${updates} updates.`);
          return true;
        }
      }
      this.say("");
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.say(`The link can't be repeated: ${error.message}.`);
    }
    this.repeat = null;
    this.#sayIfDiverged();
    this.#settle();
    return false;
  }

  #sayIfDiverged() {
    const { trainer } = this.session;
    if (trainer.samples === 0)
      this.say("There are no samples to learn from: add points in the plane, or choose other data.");
    else if (trainer.diverged) {
      this.say(
        `Training diverged: ${trainer.diverged}. The page went back to update ${trainer.updates}: lower ` +
          "the learning rate and press Reset, or press Undo.",
      );
    }
  }

  // ---- what one sees

  /** Everything anew: settings, sizes or colours have changed. */
  #settle() {
    const { session } = this;
    this.colours = themeColours();
    for (const panel of [this.data, this.rules, this.layers]) panel.set(session);
    this.plane.set(session, this.colours);
    const scroll = find("network");
    this.network.set(session, this.colours, scroll.clientWidth);
    this.layers.columns.style.width = `${this.network.width}px`;
    this.refresh();
  }

  /** All numbers and pictures; playing, only those of a frame. */
  refresh() {
    const { session } = this;
    this.sample = Math.max(0, Math.min(this.sample, session.points.length - 1));
    this.place = this.weight.set(session, this.place, this.sample);
    this.chosen = session.trainer.network.index(this.place);
    this.surface.set(session, this.chosen, this.colours, this.isPlaying);
    switchOff(find("undo"), !session.canUndo);
    this.#drawCurves();
    this.#findProblems();
    this.#draw();
    this.plane.drawSamples(this.sample);
    this.surface.draw(this.isPlaying);
    if (this.surface.pending) this.#schedule();
    if (!this.repeat) this.#report();
  }

  /** Tells a notebook the network, and how to repeat its training. */
  #report() {
    const { session } = this;
    const { network, numbers } = session.trainer;
    const isGiven = network.layers === this.given.layers;
    this.told = JSON.stringify({ texts: session.texts(), isGiven, layers: network.layers, numbers: [...numbers] });
    report(this.told);
  }

  #draw() {
    const { session, isPlaying } = this;
    const { trainer } = session;
    const gradient = isPlaying ? trainer.gradient : trainer.fullGradient();
    const grid = this.plane.draw(isPlaying);
    this.network.draw(grid, gradient, this.shown.value, { chosen: this.chosen, flags: this.marks.flags });
    if (!isPlaying || this.frames % EVERY_CURVE === 0) {
      this.#drawReadout();
      this.weight.draw(gradient, this.sample, isPlaying);
    }
    if (isPlaying && this.frames % (2 * EVERY_CURVE) === 0) {
      this.#drawCurves();
      this.surface.draw(isPlaying);
    }
    if (!isPlaying) this.#describe();
  }

  #drawReadout() {
    const {
      session: { trainer, measured },
    } = this;
    const loss = (x) => (Number.isNaN(x) ? "—" : readable(x, 4));
    write(this.readout.epoch, String(trainer.epoch));
    write(this.readout.updates, String(trainer.updates));
    write(this.readout.train, loss(measured.train.loss));
    write(this.readout.test, loss(measured.test.loss));
    const shares = { trainRight: measured.train.accuracy, testRight: measured.test.accuracy };
    for (const [name, share] of Object.entries(shares)) {
      this.readout[name].parentElement.hidden = Number.isNaN(share); // for targets that are numbers, or no samples
      write(this.readout[name], `${(100 * share).toFixed(0)} %`);
    }
  }

  #drawCurves() {
    const { points } = this.session.curves;
    const of = (name) => points.map((point) => [point.update, point[name].loss]);
    const losses = points.flatMap((point) => [point.train.loss, point.test.loss]);
    const [low, high] = rangeOf(losses, [0]);
    const end = points[points.length - 1];
    this.plot.draw({
      label:
        `The loss after ${end.update} updates: ${readable(end.train.loss)} for training, ` +
        `${readable(end.test.loss)} for the test`,
      x: { low: 0, high: Math.max(1, end.update), name: "updates" },
      y: { low: Math.max(low, -0.02 * high), high, name: "loss" },
      curves: [
        { points: of("test"), kind: "test" },
        { points: of("train"), kind: "train" },
      ],
    });
  }

  #findProblems() {
    this.marks = this.findings.draw(this.session.trainer, this.isPlaying);
    this.layers.flag(this.marks.words);
  }

  #describe() {
    const {
      trainer: { network },
    } = this.session;
    const sizes = network.sizes.join(", ");
    this.network.canvas.setAttribute(
      "aria-label",
      `A network of ${sizes} units, with the plane of each unit; keys choose a weight, explained in the section below`,
    );
    write(
      find("legend"),
      "Weights are green above 0 and purple below, gradients red, and dashed below 0; the thicker, the larger. " +
        "Gradients are those of the mean loss; while it plays, of the last batch. Click on a line to explain it, on " +
        "a unit for its bias; by keyboard, arrows lead from line to line, Page Up and Page Down from unit to unit.",
    );
  }

  // ---- links

  #link() {
    const problem = this.#linkProblem();
    if (problem) throw new Error(problem);
    return linkTo(VERSION, this.session.texts());
  }

  /** Why no link can hold this experiment, and the way out; "" if one can. */
  #linkProblem() {
    const texts = this.session.texts();
    if (this.session.trainer.updates > MOST_REPEATED) {
      const most = grouped(MOST_REPEATED);
      return `A link repeats ${most} updates at most, and these are more: copy the experiment as Python.`;
    }
    if (written(VERSION, texts).length <= LONGEST) return "";
    return (texts.changes ?? "").length > LONGEST / 2
      ? "These are too many changes for a link: copy the experiment as Python."
      : "These are too many samples for a link: share them as a file.";
  }

  /** Puts the link into the address; not at each step of a slider, which a browser would complain about. */
  #keepLink() {
    clearTimeout(this.linkTimer);
    const now = performance.now();
    if (now - this.linkTime < LINK_TIME) {
      this.linkTimer = setTimeout(() => this.#keepLink(), LINK_TIME);
      return;
    }
    this.linkTime = now;
    const problem = this.#linkProblem();
    if (problem) forget();
    else keep(VERSION, this.session.texts());
    if (problem && problem !== this.linkProblem) {
      this.say(`${find("notice").textContent} ${problem} So the address holds none: a reload begins anew.`.trim());
    }
    this.linkProblem = problem;
  }
}

/** Whether an error says what is wrong with a link. */
const isRefusal = (error) => error instanceof SettingError || error instanceof LinkError;

/** Begins the page. */
export function start(given) {
  new Playground(given);
}
