// A tape in JavaScript that answers questions as worker.py does, about the file, samples and derivatives that it is given.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [runtime, file, samplesFile, by] = process.argv.slice(2);
const { Tape } = await import(runtime);
const tape = Tape.load(readFileSync(file, "utf8"));
const samples = Float64Array.from(JSON.parse(readFileSync(samplesFile, "utf8")));

function gradient() {
  if (by === "inputs") return tape.inputGradients(samples);
  return tape.valueAndGradient(samples);
}

function clock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function callsInMilliseconds(work, milliseconds) {
  work();
  const start = performance.now();
  work();
  return Math.min(1000, Math.ceil(milliseconds / (performance.now() - start)));
}

function secondsOf(work, calls) {
  const start = clock();
  for (let k = 0; k < calls; k++) work();
  return (clock() - start) / calls;
}

const works = [gradient, () => tape.values(samples)];
const answers = {
  times() {
    const calls = works.map((work) => callsInMilliseconds(work, 5));
    const found = [];
    const until = clock() + 0.1;
    while (found.length < 2 || clock() < until) found.push([...works.map((work, k) => secondsOf(work, calls[k])), 0]);
    return found;
  },
  result() {
    const parts = gradient();
    const numbers = by === "inputs" ? [...parts.values, ...parts.gradients] : [parts.value, ...parts.gradient];
    return { numbers, instructions: tape.size };
  },
};

for await (const question of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answers[question.trim()]())}\n`);
}
