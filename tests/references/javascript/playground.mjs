// Experiments of the playground without a page, for tests.
import { pythonText } from "../../../autograd_tiny/show/playground/computation/python_text.js";
import { chainRule } from "../../../autograd_tiny/show/playground/computation/chain_rule.js";
import { diagnosed } from "../../../autograd_tiny/show/playground/computation/findings.js";
import { Random } from "../../../autograd_tiny/show/playground/computation/random_numbers/mersenne.js";
import { Generator } from "../../../autograd_tiny/show/playground/computation/random_numbers/pcg64.js";
import { Session } from "../../../autograd_tiny/show/playground/computation/session.js";
import { Surface } from "../../../autograd_tiny/show/playground/computation/surface.js";
import { WIDTH } from "../../../autograd_tiny/show/playground/computation/trainer.js";

/** A session after some updates; changes are pairs of the updates before them and the settings. */
function trained(given, settings, updates, changes = []) {
  const session = new Session(given, settings);
  for (const [at, patch] of changes) {
    session.train(at - session.trainer.updates);
    if (patch.add) session.addPoint(patch.add);
    else session.change(patch);
  }
  session.train(updates - session.trainer.updates);
  session.record();
  return session;
}

const shown = (session) => ({
  numbers: session.trainer.numbers,
  gradient: session.trainer.fullGradient(),
  epoch: session.trainer.epoch,
  updates: session.trainer.updates,
  diverged: [session.trainer.diverged],
  texts: [session.texts()],
  train: [session.measured.train],
  test: [session.measured.test],
  settings: [session.settings],
  state: [session.state()],
  points: [session.points],
});

export const experiment = (...given) => shown(trained(...given));

export const program = (given, settings, updates, changes, sources) => [
  pythonText(trained(given, settings, updates, changes), sources),
];

/** The session that a link makes. */
export function linked(given, texts) {
  const { session, repeat } = Session.of(given, texts);
  for (const _ of repeat);
  return shown(session);
}

/** What undo makes of a session, step by step: after so many updates, changes and a second training. */
export function undone(given, settings, updates, patch) {
  const session = trained(given, settings, updates);
  const before = shown(session);
  session.change(patch);
  session.keep();
  session.train(7);
  session.undo();
  session.undo();
  const back = shown(session);
  session.train(20);
  session.record();
  const after = shown(session);
  return { before, back, after };
}

export function findings(given, settings, updates) {
  return diagnosed(trained(given, settings, updates).trainer, given.findings).findings;
}

export function chain(given, settings, updates, sample, place, most) {
  const { trainer } = trained(given, settings, updates);
  const { gradient, count, paths, rest, loss } = chainRule(
    trainer,
    trainer.task.train.subarray(sample * WIDTH, (sample + 1) * WIDTH),
    place,
    most,
  );
  return { gradient, count, rest, loss, paths: [paths] };
}

export function surface(given, settings, updates, weights, size) {
  const session = trained(given, settings, updates);
  const found = new Surface(session.trainer, weights, session.curves.points, size);
  while (!found.isComplete) found.computeRow();
  return { values: found.values, ranges: [found.ranges], numbers: session.trainer.numbers };
}

export function drawn(seed) {
  const random = new Random(seed);
  const list = Array.from({ length: 30 }, (_, k) => k);
  random.shuffle(list);
  const generator = new Generator(seed);
  return {
    list: [list],
    numbers: [random.random(), random.uniform(-1, 3), random.gauss(0, 1), random.gauss(2, 3), random.random()],
    orders: [[...generator.permutation(7)], [...generator.permutation(100)], [...generator.permutation(64)]],
  };
}

export const last_samples = (...given) => trained(...given).trainer.lastSamples();

/** How many states there are to go back to after changes. */
export function slid(given, settings, updates, changes) {
  return { undone: trained(given, settings, updates, changes).undone.length };
}
