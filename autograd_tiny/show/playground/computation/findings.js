/**
 * Problems inside the network: diagnosis/findings.py has the same checks. Its thresholds and its words are given.
 *
 * @typedef {{severity: string, kind: string, where: string, layers: number[], text: string, advice: string}} Finding
 */
import { LOSSES } from "./losses.js";
import { WIDTH } from "./trainer.js";
import { formatted, grouped, listed } from "./wording.js";

export const MOST_SAMPLES = 500;
const SEVERITIES = ["severe", "warning", "note"];
const ENTROPIES = ["binary_cross_entropy", "cross_entropy"];
const CONSEQUENCES = ["saturated", "dead", "learning rate too high"]; // of inputs that are not scaled

/**
 * The findings, causes before consequences and then the most severe first; none while a number is not finite.
 *
 * @param {Trainer} trainer
 * @param {object} given thresholds, wordings, and the polynomials of the relative derivatives, by their names in Python
 * @param {number} most samples to measure
 * @returns {{findings: Finding[], layers: object[]}} layers: what was measured in each, see measuredLayer
 */
export function diagnosed(trainer, given, most = MOST_SAMPLES) {
  const { task, network } = trainer;
  const rows = task.train.subarray(0, most * WIDTH);
  const samples = rows.length / WIDTH;
  const layers = samples ? measuredLayers(trainer, rows, given) : [];
  if (samples === 0 || !layers.every(({ isFinite }) => isFinite)) return { findings: [], layers: [] };
  const found = [
    ...worseThanGuessing(trainer, rows, layers, given),
    ...alikeOrDead(layers, samples, given),
    ...probabilitiesAsLogits(trainer, layers, given),
    ...saturated(layers.slice(0, -1), given),
    ...vanishingOrExploding(layers, network, given),
    ...learningRate(layers, trainer.rules.lr, given),
  ];
  found.push(...unscaled(rows, layers, found, given));
  const rank = ({ kind, severity }) => SEVERITIES.indexOf(severity) + (given.causes.includes(kind) ? 0 : 10);
  found.sort((a, b) => rank(a) - rank(b));
  return { findings: found, layers };
}

// ---- measurements

function measuredLayers(trainer, rows, given) {
  const { network, numbers, unitTape } = trainer;
  const samples = rows.length / WIDTH;
  const units = unitTape.outputs;
  const inputs = new Float64Array(samples * 2);
  const probed = new Float64Array(samples * (WIDTH + units));
  for (let i = 0; i < samples; i++) {
    inputs.set(rows.subarray(i * WIDTH, i * WIDTH + 2), i * 2);
    probed.set(rows.subarray(i * WIDTH, (i + 1) * WIDTH), i * (WIDTH + units));
  }
  const outputs = unitTape.values(inputs, { at: numbers });
  const { gradients } = trainer.probeTape().inputGradients(probed, { at: numbers });
  const update = trainer.nextUpdate(trainer.lossTape.valueAndGradient(rows, { at: numbers }).gradient);
  let first = 0;
  return network.layers.map((layer, k) => {
    const column = (array, width, offset) => (unit) =>
      Float64Array.from({ length: samples }, (_, i) => {
        return array[i * width + offset + first + unit];
      });
    const each = Array.from({ length: layer.units }, (_, unit) => unit);
    const found = measuredLayer(
      layer,
      k,
      each.map(column(outputs, units, 0)),
      each.map(column(gradients, WIDTH + units, WIDTH)),
      given,
    );
    first += layer.units;
    const ofLayer = (array) => sizeOf([array.subarray(network.firsts[k], network.firsts[k + 1] ?? numbers.length)]);
    found.weight = ofLayer(numbers);
    found.update = found.weight ? ofLayer(update) / found.weight : 0; // as a share of the weights
    return found;
  });
}

/** The statistics of one layer, from the outputs of each unit and the gradients that arrive at its net input. */
function measuredLayer({ name, activation, units }, layer, outputs, arriving, given) {
  const polynomial = given.relativeDerivatives[activation];
  const isBelow = (a) => polynomial.reduceRight((sum, c) => sum * a + c, 0) < given.saturated;
  const count = outputs[0].length * units;
  const ofUnit = polynomial ? outputs.map((unit) => unit.filter(isBelow).length) : null;
  return {
    layer,
    name,
    units,
    activation: activation === "maxout" ? "max" : activation,
    isFinite: [...outputs, ...arriving].every((each) => each.every(Number.isFinite)),
    saturated: ofUnit === null ? null : ofUnit.reduce((sum, each) => sum + each, 0) / count,
    saturatedUnits:
      ofUnit === null ? [] : indices(ofUnit.map((each) => each / outputs[0].length > given.saturatedShare)),
    dead: activation === "relu" ? indices(outputs.map((unit) => unit.every((a) => a === 0))) : [],
    spread: deviationOf(outputs.flatMap((unit) => [...unit])).deviation,
    alike: areEqual(outputs) && areEqual(arriving),
    arriving: sizeOf(arriving),
  };
}

function indices(flags) {
  return flags.flatMap((flag, k) => (flag ? [k] : []));
}

/** Whether there are two columns at least, all equal. */
function areEqual(columns) {
  return columns.length > 1 && columns.every((each) => each.every((x, i) => x === columns[0][i]));
}

/** The root mean square, without overflow on the way. */
function sizeOf(columns) {
  const count = columns.reduce((sum, each) => sum + each.length, 0);
  const largest = columns.reduce((most, each) => each.reduce((m, x) => Math.max(m, Math.abs(x)), most), 0);
  if (largest === 0) return 0;
  const total = columns.reduce((sum, each) => each.reduce((s, x) => s + (x / largest) ** 2, sum), 0);
  return largest * Math.sqrt(total / count);
}

function deviationOf(numbers) {
  const mean = numbers.reduce((sum, x) => sum + x / numbers.length, 0);
  return { mean, deviation: sizeOf([numbers.map((x) => x - mean)]) };
}

// ---- checks

function finding(severity, { kind, text, advice }, where, layers, values) {
  return { severity, kind, where, layers, text: formatted(text, values), advice: formatted(advice, values) };
}

const timesOf = (factor) =>
  factor < 1e6 ? `${grouped(Math.round(factor))} times` : `10^${Math.log10(factor).toFixed(0)} times`;

function worseThanGuessing(trainer, rows, layers, { wordings, worseThanGuessing: limit }) {
  const { loss } = trainer.measured(rows);
  const guessing = bestConstantLoss(trainer.task.loss, rows);
  if (!(guessing > 0) || loss <= limit * guessing) return [];
  const values = { loss, times: timesOf(loss / guessing), spread: layers[layers.length - 1].spread };
  return [finding("warning", wordings.worse_than_guessing_by_outputs, "the loss", [], values)];
}

/** The least mean loss of outputs that are the same for all samples; nan where it is not known. */
function bestConstantLoss(loss, rows) {
  const targets = Array.from({ length: rows.length / WIDTH }, (_, i) => rows[i * WIDTH + 2]);
  const factor = { squared_error: 1, half_squared_error: 0.5 }[loss];
  if (factor !== undefined) return factor * deviationOf(targets).deviation ** 2;
  if (!ENTROPIES.includes(loss)) return NaN;
  const shares = [...new Set(targets)].map((each) => targets.filter((t) => t === each).length / targets.length);
  return Math.abs(shares.reduce((sum, p) => sum + p * Math.log(p), 0));
}

function probabilitiesAsLogits({ task: { loss } }, layers, { wordings }) {
  const { name, activation, layer } = layers[layers.length - 1];
  if (activation !== "sigmoid" || LOSSES[loss].takesNumbers) return []; // the others take logits
  const values = { squashed: activation, loss_name: loss };
  return [finding("severe", wordings.probabilities_as_logits, name, [layer], values)];
}

/** Judged by the ratios of updates to weights. */
function learningRate(layers, lr, { wordings, highUpdate, lowUpdate, usualUpdate: usual }) {
  const moving = layers.filter(({ update }) => update > 0 && Number.isFinite(update));
  if (moving.length === 0) return [];
  const most = moving.reduce((one, other) => (other.update > one.update ? other : one));
  const values = { ratio: most.update, usual, lr, better: (lr * usual) / most.update };
  if (most.update < lowUpdate) return [finding("note", wordings.learning_rate_low, most.name, [], values)];
  if (most.update <= highUpdate) return [];
  const others = moving.filter((each) => each !== most && each.update > highUpdate).map(({ name }) => name);
  const wording = others.length ? wordings.learning_rate_high_in_others : wordings.learning_rate_high;
  const severity = most.update > 1 ? "severe" : "warning";
  return [
    finding(severity, wording, most.name, [most.layer], { ...values, limit: highUpdate, others: listed(others) }),
  ];
}

/** Inputs far from a mean of 0 and a standard deviation of 1, if the first layer has problems. */
function unscaled(rows, [{ name, layer }], findings, { wordings, unscaled: limit }) {
  const isHarmed = findings.some(({ kind, layers }) => CONSEQUENCES.includes(kind) && layers.includes(layer));
  const columns = [0, 1].map((k) => deviationOf([...rows.filter((_, i) => i % WIDTH === k)]));
  const [far, other] = columns.map(({ mean, deviation }) => Math.max(Math.abs(mean), deviation));
  if (!isHarmed || Math.max(far, other) <= limit) return [];
  const worst = other > far ? 1 : 0;
  const count = [far, other].filter((each) => each > limit).length;
  const values = { count, columns: columns.length, worst, first: name, ...columns[worst] };
  return [finding("warning", wordings.inputs_not_scaled, "X", [], values)];
}

function alikeOrDead(layers, samples, { wordings, deadShare, fewSamples }) {
  const found = [];
  let zeroLayer = ""; // the layer before, if all of its outputs are 0
  for (const { layer, name, units, dead, alike, weight } of layers) {
    const share = dead.length / units;
    const values = { dead: dead.length, units, samples: grouped(samples), zero_layer: zeroLayer };
    if (alike && (share < 1 || weight === 0)) {
      found.push(finding("severe", wordings.alike, name, [layer], values));
    } else if (share >= deadShare && zeroLayer) {
      found.push(finding("note", wordings.dead_behind_zeros, name, [layer], values));
    } else if (share >= deadShare && samples >= fewSamples) {
      const which =
        share < 1
          ? `: ${listed(
              dead.map((unit) => String(unit + 1)),
              8,
            )}`
          : "";
      found.push(finding(share >= 0.5 ? "severe" : "warning", wordings.dead, name, [layer], { ...values, which }));
    }
    zeroLayer = share === 1 ? name : "";
  }
  return found;
}

function saturated(layers, { wordings, saturatedShare, saturated: share }) {
  const found = layers.filter((layer) => (layer.saturated ?? 0) > saturatedShare);
  if (found.length === 0) return [];
  const shares = found.map((layer) =>
    formatted("{share:.0%} of {activation} in {name}", { ...layer, share: layer.saturated }),
  );
  const where = listed(found.map(({ name }) => name));
  const values = { shares: listed(shares), limit: share };
  return [
    finding(
      "warning",
      wordings.saturated,
      where,
      found.map(({ layer }) => layer),
      values,
    ),
  ];
}

/** The gradient that arrives at the first layer against that at the last. */
function vanishingOrExploding(layers, network, { wordings, vanishing, exploding, relativeDerivatives }) {
  const sizes = layers.filter(({ arriving }) => arriving > 0);
  if (sizes.length === 0) return [];
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  const ratio = first.arriving / last.arriving;
  const values = { first: first.name, last: last.name, at_first: first.arriving, at_last: last.arriving };
  const isSquashed = layers.some(({ activation }) => activation in relativeDerivatives);
  if (ratio < vanishing) {
    const wording = isSquashed ? wordings.vanishing_squashed : wordings.vanishing;
    return [finding("severe", wording, first.name, [first.layer], { ...values, times: timesOf(1 / ratio) })];
  }
  if (ratio > exploding) {
    return [finding("severe", wordings.exploding, first.name, [first.layer], { ...values, times: timesOf(ratio) })];
  }
  return [];
}
