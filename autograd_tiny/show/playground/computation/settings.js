/**
 * What a person can choose: the values that each setting may have, and each as a text for a link.
 *
 * @typedef {[number, string][]} Layers  the hidden ones: units and activation
 */
import { LOSSES, outputsFor, suits } from "./losses.js";
import { BY_ACTIVATION, INITIALISERS, MAXOUT } from "./network.js";
import { DATA_SETS } from "./samples.js";

export const OWN = "own"; // points that were set by hand
export const CSV = "csv";
export const GIVEN = "given"; // by Python: data, and initial weights
export const ACTIVATIONS = [
  "linear",
  "tanh",
  "sigmoid",
  "relu",
  "leaky_relu",
  MAXOUT,
  "elu",
  "softplus",
  "silu",
  "mish",
  "gelu",
  "log_sigmoid",
];
export const OPTIMIZERS = ["sgd", "momentum", "adagrad", "rmsprop", "adam"];
const OUTPUTS = ["linear", "tanh", "sigmoid"]; // activations
export const MOST_UNITS = 32;
export const MOST_LAYERS = 6;
export const FARTHEST = 1e6; // of a point from 0, along either axis
export const MOST_CLASSES = 10; // as many as there are colours

export const DEFAULTS = {
  data: "xor",
  samples: 200,
  noise: 0.1,
  test: 0.3,
  dataSeed: 1,
  points: [],
  classes: [],
  layers: [[4, "tanh"]],
  output: "linear",
  init: BY_ACTIVATION,
  seed: 1,
  loss: "binary_cross_entropy",
  optimizer: "sgd",
  lr: 0.1,
  batch: 10,
  l1: 0,
  l2: 0,
};

/** What the page calls the settings. */
export const TITLES = {
  data: "Data set",
  samples: "Samples",
  noise: "Noise",
  test: "Test share",
  dataSeed: "Seed of the data",
  points: "Points",
  classes: "Classes",
  layers: "Hidden layers",
  output: "Output activation",
  init: "Initial weights",
  seed: "Seed",
  loss: "Loss",
  optimizer: "Optimiser",
  lr: "Learning rate",
  batch: "Batch",
  l1: "L1 penalty",
  l2: "L2 penalty",
};

/** A setting that is refused; the message says what is expected. */
export class SettingError extends Error {
  constructor(message) {
    super(message);
    this.name = "SettingError";
  }
}

const whole = (low, high) => ({
  written: String,
  read: (text) => (/^\d{1,16}$/.test(text) ? Number(text) : NaN),
  isRight: (x) => Number.isInteger(x) && x >= low && x <= high,
  expected: `a whole number from ${low} to ${high}`,
});
const decimal = (low, high) => ({
  written: String,
  read: (text) => (/^\d*\.?\d+(e-?\d{1,3})?$/.test(text) ? Number(text) : NaN),
  isRight: (x) => typeof x === "number" && x >= low && x <= high,
  expected: `a number from ${low} to ${high}`,
});
const choice = (names) => ({
  written: String,
  read: (text) => text,
  isRight: (x) => names.includes(x),
  expected: `one of ${names.join(", ")}`,
});
const list = (writtenItem, readItem, isRight, expected) => ({
  written: (items) => items.map(writtenItem).join("~"),
  read: (text) => (text === "" ? [] : text.split("~").map(readItem)),
  isRight: (items) => Array.isArray(items) && items.every(isRight),
  expected,
});

const isLayer = ([units, activation]) => whole(1, MOST_UNITS).isRight(units) && ACTIVATIONS.includes(activation);
const isPoint = (point) =>
  point.length === 3 && point.every(Number.isFinite) && point.slice(0, 2).every((x) => Math.abs(x) <= FARTHEST);

const FIELDS = {
  data: choice([...Object.keys(DATA_SETS), OWN, CSV, GIVEN]),
  samples: whole(4, 2000),
  noise: decimal(0, 1),
  test: decimal(0, 0.9),
  dataSeed: whole(0, 2 ** 32 - 1),
  points: list(
    (point) => point.join("_"),
    (text) => text.split("_").map(Number),
    isPoint,
    `a list of x1, x2 and a target, x1 and x2 from ${-FARTHEST} to ${FARTHEST}, such as 0.5_-1_0~1_2_1,`,
  ),
  classes: list(
    (name) => encodeURIComponent(name).replaceAll("~", "%7E"),
    decodeURIComponent,
    (name) => typeof name === "string",
    "a list of names",
  ),
  layers: list(
    (layer) => layer.join("."),
    (text) => [Number(text.split(".")[0]), text.split(".")[1]],
    isLayer,
    `a list of ${MOST_LAYERS} layers at most, with 1 to ${MOST_UNITS} units each, such as 4.tanh~2.relu,`,
  ),
  output: choice(ACTIVATIONS), // of which a page has those of outputsOf
  init: choice([BY_ACTIVATION, ...Object.keys(INITIALISERS), GIVEN]),
  seed: whole(0, 2 ** 32 - 1),
  loss: choice(Object.keys(LOSSES)),
  optimizer: choice(OPTIMIZERS),
  lr: decimal(0, 100),
  batch: whole(0, 2000),
  l1: decimal(0, 10),
  l2: decimal(0, 10),
};

/** A setting, checked. SettingError for a name or a value that is not known. */
export function checked(name, value) {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field === undefined) throw new SettingError(`there is no setting ${JSON.stringify(name.slice(0, 20))}`);
  if (!field.isRight(value) || (name === "layers" && value.length > MOST_LAYERS)) throw refusal(name);
  return value;
}

/** A setting as a text, and back. */
export const written = (name, value) => FIELDS[name].written(value);

export function read(name, text) {
  if (!Object.hasOwn(FIELDS, name)) throw new SettingError(`there is no setting ${JSON.stringify(name.slice(0, 20))}`);
  try {
    return checked(name, FIELDS[name].read(text));
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw refusal(name);
  }
}

const refusal = (name) => new SettingError(`${TITLES[name]}: ${FIELDS[name].expected} is expected`);

/** SettingError where the points of a person have targets that are no classes, or too few or too many of these. */
export function checkPoints({ data, points, classes }) {
  const count = data === OWN ? MOST_CLASSES : classes.length;
  if ((data !== OWN && data !== CSV) || count === 0) return;
  if (count === 1 || count > MOST_CLASSES) {
    throw new SettingError(`${TITLES.classes}: 2 to ${MOST_CLASSES} are expected, or none for numbers`);
  }
  if (!points.every(([, , target]) => Number.isInteger(target) && target >= 0 && target < count)) {
    throw new SettingError(`${TITLES.points}: the numbers of classes, 0 to ${count - 1}, are expected`);
  }
}

/** How many classes the data has; 0: the targets are numbers. */
export function classCount({ data, points, classes }, given) {
  if (data === GIVEN) return given.classes.length;
  if (data === CSV) return classes.length;
  if (data === OWN) return Math.max(2, ...points.map(([, , target]) => target + 1));
  return DATA_SETS[data].classes;
}

/** Settings in which the loss goes with the data. */
export function fitting(settings, given) {
  const classes = classCount(settings, given);
  return suits(settings.loss, classes) ? settings : { ...settings, loss: usualLoss(classes) };
}

const usualLoss = (classes) =>
  classes === 0 ? "squared_error" : classes === 2 ? "binary_cross_entropy" : "cross_entropy";

/** A change of settings; with other data the usual loss becomes that of the new ones, and a chosen one stays. */
export function withUsualLoss(settings, patch, given) {
  if (!("data" in patch) || "loss" in patch) return patch;
  const [before, after] = [settings, { ...settings, ...patch }].map((each) => usualLoss(classCount(each, given)));
  return settings.loss === before && before !== after ? { ...patch, loss: after } : patch;
}

/** The activations that a page offers for the output: a network from Python may have another one. */
export function outputsOf({ layers }) {
  const own = layers === null ? [] : [layers[layers.length - 1].activation];
  return [...new Set([...OUTPUTS, ...own])];
}

/** How many outputs the network has. */
export const outputCount = (settings, given) => outputsFor(settings.loss, classCount(settings, given));
