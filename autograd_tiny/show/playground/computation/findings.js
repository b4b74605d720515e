/**
 * Problems inside the network: diagnosis/findings.py has the same checks. Its thresholds and its words are given.
 *
 * @typedef {{severity: string, kind: string, where: string, layers: number[], text: string, advice: string}} Finding
 */
import { WIDTH } from "./trainer.js";
import { formatted, grouped, listed } from "./wording.js";

export const MOST_SAMPLES = 500;
const SEVERITIES = ["severe", "warning", "note"];

/**
 * The findings, the most severe first; none while a number is not finite.
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
  if (!layers.every(({ isFinite }) => isFinite)) return { findings: [], layers: [] };
  const found = [
    ...alikeOrDead(layers, samples, given),
    ...saturated(layers.slice(0, -1), given),
    ...vanishingOrExploding(layers, network, given),
  ];
  found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
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
    found.weight = sizeOf([numbers.subarray(network.firsts[k], network.firsts[k + 1] ?? numbers.length)]);
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

// ---- checks

function finding(severity, { kind, text, advice }, where, layers, values) {
  return { severity, kind, where, layers, text: formatted(text, values), advice: formatted(advice, values) };
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
  const times = (factor) =>
    factor < 1e6 ? `${grouped(Math.round(factor))} times` : `10^${Math.log10(factor).toFixed(0)} times`;
  const isSquashed = layers.some(({ activation }) => activation in relativeDerivatives);
  if (ratio < vanishing) {
    const wording = isSquashed ? wordings.vanishing_squashed : wordings.vanishing;
    return [finding("severe", wording, first.name, [first.layer], { ...values, times: times(1 / ratio) })];
  }
  if (ratio > exploding) {
    return [finding("severe", wordings.exploding, first.name, [first.layer], { ...values, times: times(ratio) })];
  }
  return [];
}
