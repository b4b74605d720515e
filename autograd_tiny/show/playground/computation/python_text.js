/**
 * The experiment as a program in Python that does the same.
 */
import { codeOf } from "./losses.js";
import { BY_ACTIVATION, MAXOUT } from "./network.js";
import { CSV, GIVEN, OWN } from "./settings.js";

const CLASSES = { sgd: "SGD", momentum: "SGD", adagrad: "Adagrad", rmsprop: "RMSprop", adam: "Adam" };
const WIDTH = 110;

/**
 * @param {Session} session
 * @param {Record<string, string>} sources the functions of the data sets, in Python
 */
export function pythonText(session, sources) {
  const { start } = session;
  return [
    '"""An experiment of the playground of autograd_tiny: it trains as the page did."""',
    ...imports(start, sources[start.data]),
    "",
    "",
    ...data(session, sources[start.data]),
    "",
    ...model(session),
    "",
    ...training(session),
    "",
  ].join("\n");
}

function imports({ data }, source) {
  const names = ["cos", "exp", "pi", "sin"].filter((name) => source && new RegExp(`\\b${name}\\b`).test(source));
  return [
    "import random",
    ...(names.length ? [`from math import ${names.join(", ")}`] : []),
    "",
    "import numpy as np",
    "",
    "import autograd_tiny as at",
    "from autograd_tiny import nn, optim",
  ];
}

// ---- data

function data(session, source) {
  const { data: name, samples, noise, dataSeed, points, test } = session.start;
  const lines = [];
  if (name === OWN || name === CSV || name === GIVEN) {
    const found = name === GIVEN ? session.given.points : points;
    lines.push("points = [", ...wrapped(found.map((point) => `(${point.map(number).join(", ")})`)), "]");
    if (test > 0) lines.push(`random.Random(${dataSeed}).shuffle(points)`);
  } else {
    lines.push(
      source,
      "",
      "",
      `rng = random.Random(${dataSeed})`,
      `points = ${name}(${samples}, ${number(noise)}, rng)`,
      "rng.shuffle(points)",
    );
  }
  if (session.classNames.some((each, k) => each !== String(k))) {
    lines.push(`classes = [${session.classNames.map(text).join(", ")}]          # 0, 1, ... below`);
  }
  return lines;
}

/** How the samples are split, and the targets written for the loss. */
function arrays(settings, classes) {
  const lines = [`X, y = [[a, b] for a, b, _ in points], [${target(settings, classes)} for _, _, t in points]`];
  const cut = settings.test === 0 ? "len(points)" : `len(points) - int(len(points) * ${number(settings.test)})`;
  return [...lines, `cut = ${cut}                          # the samples after it are for the test`];
}

function target({ loss, output }, classes) {
  const code = codeOf(loss, classes, output);
  return code === null || code.low === 0 ? "t" : "2.0 * t - 1.0";
}

// ---- the network

function model({ start, trainer, given }) {
  const { network } = trainer;
  const isGiven = start.init === GIVEN;
  const init = isGiven || start.init === BY_ACTIVATION ? "" : `, init=${text(start.init)}`;
  const layers = network.layers.map(({ units, activation, bias, pieces }, k) => {
    const size = network.sizes[k];
    const options = `${bias ? "" : ", bias=False"}${init}${isGiven ? "" : ", rng=rng"}`;
    if (activation === MAXOUT) return `    nn.Maxout(${size}, ${units}, ${pieces}${options}),`;
    return `    nn.Layer(${size}, ${units}, ${text(activation)}${options}),`;
  });
  const lines = isGiven ? [] : [`rng = random.Random(${start.seed})`];
  lines.push("model = nn.Sequential(", ...layers, ")");
  if (isGiven) {
    lines.push("numbers = [", ...wrapped(Array.from(given.numbers, number)), "]");
    lines.push("for parameter, x in zip(model.parameters(), numbers, strict=True):", "    parameter.data = x");
  }
  return lines;
}

// ---- the training

function training(session) {
  const { start, changes, trainer, given, classes, trainCount } = session;
  let settings = start;
  const lines = [optimizerLine(settings, given), `order = np.random.default_rng(${start.seed})       # of the samples`];
  lines.push(...arrays(settings, classes));
  let from = { epoch: 0, position: 0 };
  for (const { epoch, position, patch } of changes) {
    lines.push(...fitLines(settings, from, { epoch, position }));
    const before = settings;
    settings = { ...settings, ...patch };
    if (settings.optimizer !== before.optimizer) lines.push(optimizerLine(settings, given));
    else if ("lr" in patch) lines.push(`optimizer.lr = ${number(settings.lr)}`);
    if ("add" in patch) lines.push(`points.append((${patch.add.map(number).join(", ")}))`);
    if ("add" in patch || target(settings, classes) !== target(before, classes)) {
      lines.push(...arrays(settings, classes));
    }
    const isNewEpoch = "add" in patch || settings.loss !== before.loss || settings.batch !== before.batch;
    from = { epoch, position: isNewEpoch ? 0 : position };
  }
  lines.push(...fitLines(settings, from, trainer));
  const loss = text(settings.loss);
  const count = session.points.length;
  if (count > 0) lines.push(`print(at.evaluate(model, X[:cut], y[:cut], ${loss}))`);
  if (trainCount < count) lines.push(`print(at.evaluate(model, X[cut:], y[cut:], ${loss}))`);
  return lines;
}

function optimizerLine({ optimizer, lr }, given) {
  const options = optimizer === "momentum" ? `, momentum=${number(given.optimizers.momentum.momentum)}` : "";
  return `optimizer = optim.${CLASSES[optimizer]}(model.parameters(), lr=${number(lr)}${options})`;
}

/** Training from a place to another; a place is the number of complete epochs, and of updates in the next one. */
function fitLines(settings, from, to) {
  const { batch } = settings;
  const part = (first, last) => fitCall(settings, `rows[${first * batch}:${last === null ? "" : last * batch}]`);
  const isWithin = from.epoch === to.epoch;
  const lines = [];
  let { epoch } = from;
  if (from.position > 0 && !isWithin) {
    lines.push(...part(from.position, null));
    epoch += 1;
  }
  if (epoch < to.epoch) lines.push(...fitCall(settings, null, to.epoch - epoch));
  const first = isWithin ? from.position : 0;
  if (to.position > first) {
    if (first === 0) lines.push("rows = order.permutation(cut)              # an epoch that is not complete");
    lines.push(...part(first, to.position));
  }
  return lines;
}

/** A call of fit: for epochs of all training samples or, if rows are given, once over these, in their order. */
function fitCall({ loss, batch, l1, l2 }, rows, epochs) {
  const penalties = [...(l1 ? [`nn.L1(${number(l1)})`] : []), ...(l2 ? [`nn.L2(${number(l2)})`] : [])];
  const sum = `lambda model: ${penalties.map((each) => `${each}(model)`).join(" + ")}`;
  const penalty = penalties.length ? `, penalty=${penalties.length > 1 ? sum : penalties[0]}` : "";
  const samples = rows === null ? "X[:cut], y[:cut]" : `[X[k] for k in ${rows}], [y[k] for k in ${rows}]`;
  const [count, sequence] = rows === null ? [`epochs=${epochs}, `, "seed=order"] : ["", "shuffle=False"];
  return [
    "at.fit(",
    `    model, ${samples}, ${text(loss)}, optimizer,`,
    `    ${count}batch_size=${batch || "None"}, ${sequence}${penalty}, progress=False,`,
    ")",
  ];
}

// ---- Python

function number(x) {
  const found = String(x);
  return /[.en]/.test(found) ? found.replace("e+", "e") : `${found}.0`;
}

/** A string of Python, in ASCII. */
function text(string) {
  return JSON.stringify(string).replace(/[^ -~]/gu, (each) => {
    const code = each.codePointAt(0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** Items on indented lines. */
function wrapped(items) {
  const lines = [];
  let line = "   ";
  for (const item of items) {
    if (line.length + item.length + 2 > WIDTH) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${item},`;
  }
  return [...lines, line];
}
