/**
 * A person's experiment: the settings, the training that they lead to, and what was changed on the way.
 *
 * A training is repeated from the settings at its start and the changes since, each with the update before which it was
 * made. That is what a link holds.
 */
import { Curves } from "./curves.js";
import { codeOf } from "./losses.js";
import { Random } from "./random_numbers/mersenne.js";
import { Network, layerOf } from "./network.js";
import { pointsOf, shuffled } from "./samples.js";
import {
  CSV,
  DEFAULTS,
  GIVEN,
  OWN,
  SettingError,
  TITLES,
  checkPoints,
  checked,
  classCount,
  fitting,
  outputCount,
  outputsOf,
  read,
  withUsualLoss,
  written,
} from "./settings.js";
import { Trainer, WIDTH } from "./trainer.js";

const CONTINUING = ["loss", "optimizer", "lr", "batch", "l1", "l2"]; // all others begin a new training
const SLIDERS = ["lr", "l1", "l2"]; // only the last of several values before an update matters
const MOST_UNDONE = 40;
export const MOST_REPEATED = 10_000_000; // updates, for a link
const RULES = { sgd: "sgd", momentum: "sgd", adagrad: "adagrad", rmsprop: "rmsprop", adam: "adam" };

/**
 * @typedef {{optimizers: Record<string, Record<string, number>>, settings: object, points: Point[], classes: string[],
 *   layers: Layer[] | null, numbers: number[], tensors: object}} Given  from Python. optimizers: the options of each
 *   rule; settings: those to begin with; layers, numbers, tensors: a network to begin with, null for none, and the
 *   places of its numbers by name
 */

export class Session {
  /** @param {Given} given */
  constructor(given, settings = {}) {
    this.given = given;
    this.undone = []; // states to go back to
    this.start = this.#whole({ ...DEFAULTS, ...given.settings, ...settings });
    this.#begin();
  }

  /** Settings that go with one another. */
  #whole(settings) {
    checkPoints(settings);
    const outputs = outputsOf(this.given);
    if (!outputs.includes(settings.output)) {
      throw new SettingError(`${TITLES.output}: one of ${outputs.join(", ")} is expected`);
    }
    let found = fitting(settings, this.given);
    if ((found.data === GIVEN && !this.given.points.length) || (found.init === GIVEN && this.given.layers === null)) {
      throw new SettingError("the link belongs to a page with data or a network of its own: open it with that file");
    }
    if (found.init === GIVEN && !this.#isGivenNetwork(found)) found = { ...found, init: DEFAULTS.init };
    return found;
  }

  /** Whether the network is the one from Python. */
  #isGivenNetwork(settings) {
    const { layers } = this.given;
    if (layers === null || outputCount(settings, this.given) !== layers[layers.length - 1].units) return false;
    const shapes = [...settings.layers, [layers[layers.length - 1].units, settings.output]];
    return (
      shapes.length === layers.length &&
      shapes.every(([units, activation], k) => {
        return units === layers[k].units && activation === layers[k].activation;
      })
    );
  }

  // ---- a new training

  #begin() {
    this.settings = this.start;
    this.changes = []; // since the start
    const network = this.#network();
    const { seed, init } = this.settings;
    const numbers = init === GIVEN ? Float64Array.from(this.given.numbers) : network.initial(init, new Random(seed));
    this.trainer = new Trainer(network, numbers, this.#task(), this.#rules(), seed);
    this.curves = new Curves();
    this.#keepPoint();
    this.record();
  }

  #network() {
    const { settings, given } = this;
    if (this.#isGivenNetwork(settings)) return new Network(2, given.layers);
    const shapes = [...settings.layers, [outputCount(settings, given), settings.output]];
    return new Network(
      2,
      shapes.map(([units, activation], k) => layerOf(units, activation, `layer${k + 1}`)),
    );
  }

  #rules() {
    const { optimizer, lr, batch, l1, l2 } = this.settings;
    return { rule: RULES[optimizer], options: this.given.optimizers[optimizer], lr, batch, l1, l2 };
  }

  /** All samples; the last ones are for the test, so that those of a person are shuffled if some are kept for it. */
  get points() {
    const { data, samples, noise, dataSeed, test } = this.settings;
    if (data === GIVEN || data === OWN || data === CSV) {
      const { points } = data === GIVEN ? this.given : this.settings;
      if (test === 0) return points;
      if (this.mixed?.points !== points || this.mixed.dataSeed !== dataSeed || this.mixed.start !== this.start) {
        const count = data === GIVEN ? points.length : this.start.points.length; // others came during the training
        this.mixed = { points, dataSeed, start: this.start, found: shuffled(points, dataSeed, count) };
      }
      return this.mixed.found;
    }
    const key = [data, samples, noise, dataSeed].join();
    if (this.drawn?.key !== key) this.drawn = { key, points: pointsOf(data, samples, noise, dataSeed) };
    return this.drawn.points;
  }

  get trainCount() {
    const { length } = this.points;
    return length - Math.floor(length * this.settings.test);
  }

  get classes() {
    return classCount(this.settings, this.given);
  }

  /** The names of the classes. */
  get classNames() {
    const { data, classes } = this.settings;
    const names = data === GIVEN ? this.given.classes : data === CSV ? classes : [];
    return Array.from({ length: this.classes }, (_, k) => names[k] ?? String(k));
  }

  #task() {
    const { classes } = this;
    const { loss, output } = this.settings;
    const code = codeOf(loss, classes, output);
    const rows = new Float64Array(this.points.length * WIDTH);
    this.points.forEach(([a, b, target], i) => {
      rows.set([a, b, code === null ? target : target ? code.high : code.low], i * WIDTH);
    });
    const cut = this.trainCount * WIDTH;
    return { train: rows.subarray(0, cut), test: rows.subarray(cut), classes, loss, code };
  }

  // ---- changes

  /** Changes settings. SettingError, and nothing changed, for a value that is not known. */
  change(patch) {
    for (const [name, value] of Object.entries(patch)) checked(name, value);
    const settings = this.#whole({ ...this.settings, ...withUsualLoss(this.settings, patch, this.given) });
    const found = Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== this.settings[name]));
    const key = Object.keys(found).join();
    if (key === "") return; // a choice that was there already: nothing to undo, and nothing for a link
    if (key !== this.gesture) this.keep(); // a slider makes many changes, which are one to undo
    this.gesture = key;
    this.#apply(settings, found);
  }

  /** Sets a point of one's own, of a class. */
  addPoint(point) {
    checked("points", [point]);
    if (this.settings.data !== OWN) throw new SettingError("points are added to data of one's own");
    this.keep();
    this.#apply(this.#whole({ ...this.settings, points: [...this.settings.points, point] }), { add: point });
  }

  #apply(settings, patch) {
    const names = Object.keys(settings).filter((name) => settings[name] !== this.settings[name]);
    const isNewNetwork = outputCount(settings, this.given) !== this.trainer.network.outputs;
    const isContinued = !isNewNetwork && names.every((name) => CONTINUING.includes(name) || "add" in patch);
    if (!isContinued || this.trainer.updates === 0) {
      this.start = settings;
      this.#begin();
      return;
    }
    const { updates: at, epoch, position } = this.trainer;
    const key = Object.keys(patch).join();
    const isReplaced = (change) => {
      return change.at === at && SLIDERS.includes(key) && Object.keys(change.patch).join() === key;
    };
    this.changes = [...this.changes.filter((change) => !isReplaced(change)), { at, epoch, position, patch }];
    const isNewOptimizer = settings.optimizer !== this.settings.optimizer;
    this.settings = settings;
    this.trainer.setRules(this.#rules(), isNewOptimizer);
    if (names.includes("points") || names.includes("loss")) this.trainer.setTask(this.#task());
    this.trainer.diverged = "";
    this.record();
  }

  /** Begins anew, with the present settings. */
  reset() {
    this.keep();
    this.start = this.settings;
    this.#begin();
  }

  // ---- training

  /** Takes some updates. Returns how many were taken: fewer if training diverges. */
  train(updates) {
    let taken = 0;
    if (updates > 0) this.gesture = "";
    while (taken < updates) {
      if (!this.trainer.update()) {
        this.curves.cut(this.trainer.updates);
        break;
      }
      taken += 1;
      this.#keepPoint();
    }
    return taken;
  }

  /** Trains to the end of the epoch. */
  trainEpoch() {
    return this.train(this.trainer.updatesPerEpoch - this.trainer.position);
  }

  #keepPoint() {
    const { updates, position } = this.trainer;
    if (this.curves.isKept(updates, position === 0)) this.curves.keep(this.#point());
  }

  #point() {
    const { trainer } = this;
    const { train, test } = trainer.task;
    return {
      update: trainer.updates,
      train: trainer.measured(train),
      test: trainer.measured(test),
      numbers: new Float32Array(trainer.numbers),
    };
  }

  /** Measures how it is now. */
  record() {
    this.measured = this.#point();
    this.curves.show(this.measured);
  }

  // ---- undo

  /** Keeps the present state, to go back to. */
  keep() {
    this.gesture = ""; // the settings that were changed last, while nothing else was done
    const { settings, start, changes, trainer, curves, measured } = this;
    this.undone.push({
      own: { settings, start, changes: changes.slice(), trainer, measured },
      curves: curves.copy(),
      state: trainer.save(),
    });
    if (this.undone.length > MOST_UNDONE) this.undone.shift();
  }

  /** The weights by name, as Module.load_state_dict takes them. */
  state() {
    const { network, numbers } = this.trainer;
    return network.layers === this.given.layers ? filled(this.given.tensors, numbers) : network.stateOf(numbers);
  }

  get canUndo() {
    return this.undone.length > 0;
  }

  /** Goes back to the state before the last change, or before training went on. */
  undo() {
    this.gesture = "";
    const found = this.undone.pop();
    if (found === undefined) return;
    Object.assign(this, found.own);
    this.curves = found.curves;
    this.trainer.restore(found.state);
  }

  // ---- links

  /** The experiment as texts by name, for a link. */
  texts() {
    const found = {};
    const initial = { ...DEFAULTS, ...this.given.settings };
    for (const name of Object.keys(DEFAULTS)) {
      const text = written(name, this.start[name]);
      if (text !== written(name, initial[name])) found[name] = text;
    }
    if (this.changes.length) found.changes = this.changes.map(changeText).join("~");
    if (this.trainer.updates) found.updates = String(this.trainer.updates);
    return found;
  }

  /**
   * A session from such texts, and what remains to be trained in it. SettingError for texts that are none.
   *
   * @returns {{session: Session, updates: number, repeat: Generator<number>}} repeat: trains as the person did, and
   *   yields the number of updates after each
   */
  static of(given, { changes = "", updates = "0", ...texts }) {
    const settings = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, read(name, text)]));
    const session = new Session(given, settings);
    const found = changes === "" ? [] : changes.split("~").map(readChange);
    const total = readUpdates(updates);
    return { session, updates: total, repeat: session.#repeated(found, total) };
  }

  *#repeated(changes, total) {
    for (const { at, patch } of [...changes, { at: total, patch: null }]) {
      while (this.trainer.updates < at && this.train(1)) {
        yield this.trainer.updates;
      }
      if (patch === null || this.trainer.updates !== at) continue;
      if ("add" in patch) this.addPoint(patch.add);
      else this.change(patch);
    }
    this.record();
    this.undone = [];
  }
}

/** Nested lists of places with numbers in them. */
function filled(places, numbers) {
  if (typeof places === "number") return numbers[places];
  if (Array.isArray(places)) return places.map((each) => filled(each, numbers));
  return Object.fromEntries(Object.entries(places).map(([name, each]) => [name, filled(each, numbers)]));
}

function changeText({ at, patch }) {
  return Object.entries(patch)
    .map(([name, value]) => {
      return `${at}!${name}!${name === "add" ? value.join("_") : written(name, value)}`;
    })
    .join("~");
}

function readUpdates(text) {
  const updates = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!(updates <= MOST_REPEATED)) throw new SettingError(`updates: a whole number up to ${MOST_REPEATED} is expected`);
  return updates;
}

function readChange(text) {
  const [at, name, value, ...rest] = text.split("!");
  if (!/^\d+$/.test(at) || value === undefined || rest.length || !(name === "add" || CONTINUING.includes(name))) {
    throw new SettingError("changes: such as 100!lr!0.1 are expected");
  }
  const patch = name === "add" ? { add: read("points", value)[0] } : { [name]: read(name, value) };
  return { at: readUpdates(at), patch };
}
