/**
 * A network in training: the same updates, in the same order, as autograd_tiny.fit takes them.
 *
 * @typedef {{train: Float64Array, test: Float64Array, classes: number, loss: string,
 *   code: {low: number, high: number, threshold: number} | null}} Task  train, test: rows of x1, x2 and the target, as
 *   the loss takes it; classes: how many there are, 0 for numbers
 * @typedef {{rule: string, options: Record<string, number>, lr: number, batch: number, l1: number, l2: number}} Rules
 *   batch: samples in an update, 0 for all
 */
import { Builder, Tape } from "../../../tape/export/javascript/tape.js";
import { lossOf, penaltyOf } from "./losses.js";
import { Optimizer } from "./optimizers.js";
import { Generator } from "./random_numbers/pcg64.js";

export const WIDTH = 3; // of a row

export class Trainer {
  /**
   * @param {Network} network
   * @param {Float64Array} numbers of its parameters
   * @param {Task} task
   * @param {Rules} rules
   * @param {number} seed of the order of the samples
   */
  constructor(network, numbers, task, rules, seed) {
    this.network = network;
    this.numbers = numbers.slice();
    this.gradient = new Float64Array(numbers.length); // of the loss and the penalty, in the last update
    this.generator = new Generator(seed);
    this.updates = 0;
    this.epoch = 0; // how many are complete
    this.diverged = ""; // why training stopped
    this.finite = null; // the state before the last update, when the loss was finite
    this.unitTape = unitTapeOf(network);
    this.setRules(rules, true);
    this.setTask(task);
  }

  /** Changes the task; a new epoch begins. */
  setTask(task) {
    if (task.loss !== this.task?.loss) {
      this.lossTape = lossTapeOf(this.network, task.loss);
      this.probes = null;
    }
    this.task = task;
    this.finite = null;
    this.last = null; // the samples of the last update: see lastSamples
    this.#beginEpoch();
  }

  /** Changes the rules; a new optimiser begins without a state, and a new batch size a new epoch. */
  setRules(rules, isNewOptimizer) {
    const hasPenalty = rules.l1 > 0 || rules.l2 > 0;
    if (rules.l1 !== this.rules?.l1 || rules.l2 !== this.rules?.l2) {
      this.penaltyTape = hasPenalty ? penaltyTapeOf(this.network, [rules.l1, rules.l2]) : null;
    }
    const hasNewBatches = rules.batch !== this.rules?.batch;
    this.rules = rules;
    this.finite = null;
    if (isNewOptimizer) this.optimizer = new Optimizer(rules.rule, rules.options, this.numbers.length);
    if (hasNewBatches && this.task) this.#beginEpoch();
  }

  #beginEpoch() {
    this.position = 0; // of the next update in its epoch
    this.order = null; // of the samples in this epoch
  }

  get samples() {
    return this.task.train.length / WIDTH;
  }

  get batchSize() {
    return this.rules.batch === 0 ? this.samples : Math.min(this.rules.batch, this.samples);
  }

  get updatesPerEpoch() {
    return Math.ceil(this.samples / this.batchSize);
  }

  /**
   * Moves the parameters by one update. Returns whether they moved: not where a number would not be finite. The state
   * is then the one before the last update, when the loss was finite.
   */
  update() {
    if (this.samples === 0) return false;
    const { numbers, gradient } = this;
    const state = this.save();
    const rows = this.#nextRows();
    const loss = this.lossTape.valueAndGradient(rows, { at: numbers, out: gradient }).value;
    const penalty = this.#addPenalty();
    if (!Number.isFinite(loss + penalty) || !gradient.every(Number.isFinite)) {
      const what = Number.isFinite(loss + penalty) ? "a gradient is not finite" : `the loss is ${loss + penalty}`;
      return this.#diverge(what, this.finite ?? state);
    }
    this.optimizer.step(numbers, gradient, this.rules.lr);
    if (!numbers.every(Number.isFinite)) {
      return this.#diverge("a weight would not be finite", state);
    }
    this.finite = state;
    this.diverged = "";
    this.updates += 1;
    this.position += 1;
    if (this.position === this.updatesPerEpoch) {
      this.#beginEpoch();
      this.epoch += 1;
    }
    return true;
  }

  #diverge(what, state) {
    const said = what.replaceAll("Infinity", "infinite").replaceAll("NaN", "not a number");
    const update = this.updates + 1;
    this.restore(state);
    this.diverged = `in update ${update} ${said}`;
    return false;
  }

  #nextRows() {
    const { train } = this.task;
    const [from, to] = [this.position * this.batchSize, Math.min((this.position + 1) * this.batchSize, this.samples)];
    if (this.updatesPerEpoch > 1) this.order ??= this.generator.permutation(this.samples);
    this.last = { order: this.order, from, to };
    if (this.order === null) return train;
    const rows = new Float64Array((to - from) * WIDTH);
    for (let k = from; k < to; k++) {
      const at = this.order[k] * WIDTH;
      for (let j = 0; j < WIDTH; j++) rows[(k - from) * WIDTH + j] = train[at + j];
    }
    return rows;
  }

  /** The samples of the last update, as places in the training data; all of them where an update takes all. */
  lastSamples() {
    if (this.last === null) return [];
    const { order, from, to } = this.last;
    return order === null ? Array.from({ length: to - from }, (_, k) => from + k) : [...order.subarray(from, to)];
  }

  #addPenalty() {
    if (this.penaltyTape === null) return 0;
    const { value, gradient } = this.penaltyTape.valueAndGradient([], { at: this.numbers, weights: 1 });
    for (let k = 0; k < gradient.length; k++) this.gradient[k] += gradient[k];
    return value;
  }

  /** The gradient of the mean loss over all training samples, without a penalty. */
  fullGradient() {
    if (this.samples === 0) return new Float64Array(this.numbers.length);
    return this.lossTape.valueAndGradient(this.task.train, { at: this.numbers }).gradient;
  }

  /** The change of each parameter in the next update, if it had this gradient; the optimiser stays as it is. */
  nextUpdate(gradient) {
    const twin = new Optimizer(this.rules.rule, this.rules.options, this.numbers.length);
    twin.restore(this.optimizer.save());
    const after = this.numbers.slice();
    twin.step(after, gradient, this.rules.lr);
    return after.map((x, k) => x - this.numbers[k]);
  }

  /** The mean loss over some rows, and the share of right classes; nan without rows, or where there are no classes. */
  measured(rows) {
    const count = rows.length / WIDTH;
    const outputs = this.network.outputs;
    const found = this.lossTape.values(rows, { at: this.numbers });
    let [loss, right] = [0, 0];
    for (let i = 0; i < count; i++) {
      loss += found[i * (outputs + 1)] / count;
      right += this.#isRight(found, i * (outputs + 1) + 1, rows[i * WIDTH + 2]);
    }
    return { loss: count ? loss : NaN, accuracy: count && this.task.classes ? right / count : NaN };
  }

  #isRight(found, first, target) {
    const { code } = this.task;
    if (code !== null) return found[first] > code.threshold === (target === code.high) ? 1 : 0;
    let best = 0;
    for (let k = 1; k < this.network.outputs; k++) if (found[first + k] > found[first + best]) best = k;
    return best === target ? 1 : 0;
  }

  // ---- a state to go back to

  save() {
    const { numbers, gradient, updates, epoch, diverged, position, order, last, task, rules } = this;
    return {
      numbers: numbers.slice(),
      gradient: gradient.slice(),
      updates,
      epoch,
      diverged,
      position,
      order,
      last,
      task,
      rules,
      optimizer: this.optimizer.save(),
      generator: this.generator.save(),
    };
  }

  restore({ numbers, gradient, optimizer, generator, task, rules, ...others }) {
    this.setRules(rules, true);
    this.setTask(task);
    this.numbers.set(numbers);
    this.gradient.set(gradient);
    this.optimizer.restore(optimizer);
    this.generator.restore(generator);
    Object.assign(this, others);
  }

  /** A tape of the loss with an input more for each unit: see Network.build. It is made when it is first needed. */
  probeTape() {
    this.probes ??= lossTapeOf(this.network, this.task.loss, true);
    return this.probes;
  }
}

/** The loss of a sample, and the outputs. */
function lossTapeOf(network, loss, isProbed = false) {
  const builder = new Builder();
  const x = [builder.input("x1"), builder.input("x2")];
  const target = builder.input("target");
  const { outputs } = network.build(builder, x, isProbed);
  return Tape.of(builder, [lossOf(builder, loss, outputs, target), ...outputs]);
}

/** All units, layer after layer. */
function unitTapeOf(network) {
  const builder = new Builder();
  const { units } = network.build(builder, [builder.input("x1"), builder.input("x2")]);
  return Tape.of(builder, units.flat());
}

function penaltyTapeOf(network, strengths) {
  const builder = new Builder();
  const parameters = network.places.map((place) => builder.parameter(0, network.nameOf(place)));
  return Tape.of(builder, penaltyOf(builder, parameters, strengths));
}
