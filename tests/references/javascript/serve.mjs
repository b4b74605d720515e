// Answers requests of tests, each a line of JSON, by a line of JSON. Arrays of numbers are bytes in base64.
import { createInterface } from "node:readline";

const runtime = await import(process.argv[2]);
const { Builder, Tape, evaluate } = runtime;

const decoded = (text) => new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const encoded = (numbers) => Buffer.from(Float64Array.from(numbers).buffer).toString("base64");

const answers = {
  run({ file, x, at, weights, output = 0, save = false }) {
    const tape = Tape.load(file);
    if (at !== undefined) tape.parameters.set(decoded(at));
    const samples = decoded(x);
    const options = { output, weights: weights === undefined ? undefined : decoded(weights) };
    const found = { values: encoded(tape.values(samples)) };
    if (samples.length > 0) {       // a run of another size before leaves no trace
      tape.inputGradients(samples.subarray(0, tape.inputs.length), { output });
      tape.valueAndGradient(samples.subarray(0, tape.inputs.length), { output });
    }
    const { values, gradients } = tape.inputGradients(samples, { output });
    Object.assign(found, { of_output: encoded(values), by_inputs: encoded(gradients) });
    if (samples.length > 0) {
      const { value, gradient } = tape.valueAndGradient(samples, options);
      Object.assign(found, { value: encoded([value]), gradient: encoded(gradient) });
    }
    return save ? { ...found, file: tape.save() } : found;
  },
  values({ file, x }) {
    return { values: encoded(Tape.load(file).values(decoded(x))) };
  },
  trace({ file, x, output = 0 }) {
    const { values, derivatives, adjoints } = Tape.load(file).trace(decoded(x), { output });
    return { values: encoded(values), adjoints: encoded(adjoints), derivatives: encoded(derivatives.flatMap((each) => [...each])) };
  },
  evaluate({ operation, operands }) {
    const { value, derivatives } = evaluate(operation, decoded(operands));
    return { value: encoded([value]), derivatives: encoded(derivatives) };
  },
  // steps: operations and their operands, which are numbers, or texts that name an earlier node
  build({ inputs, parameters, steps, outputs, dtype }) {
    const builder = new Builder();
    const nodes = {};
    inputs.forEach((name) => (nodes[name] = builder.input(name)));
    Object.entries(parameters).forEach(([name, number]) => (nodes[name] = builder.parameter(number, name)));
    const operand = (x) => (typeof x === "string" ? nodes[x] : x);
    steps.forEach(([name, operation, ...operands]) => {
      nodes[name] = builder.push(operation, ...operands.map(operand));
    });
    const found = Array.isArray(outputs) ? outputs.map(operand) : operand(outputs);
    return { file: Tape.of(builder, found, dtype).save() };
  },
  // a tape with a loss behind it: softplus(-target * output), on the inputs of the tape or on their products with 2
  append({ file, doubled, given }) {
    const builder = new Builder();
    const tape = Tape.load(file);
    const inputs = doubled ? tape.inputs.map((label) => builder.push("mul", builder.input(label), 2)) : undefined;
    const added = builder.append(tape, given ?? inputs);
    const target = builder.input("target");
    const loss = builder.push("softplus", builder.push("neg", builder.push("mul", target, added.outputs[0])));
    return { file: Tape.of(builder, [loss, ...added.outputs]).save() };
  },
  // a function of a module, with arrays for texts that begin with "base64:"
  async call({ path, name, operands = [] }) {
    const read = (x) => {
      if (typeof x === "string" && x.startsWith("base64:")) return decoded(x.slice(7));
      return x;
    };
    const found = await import(path).then((module) => {
      return typeof module[name] === "function" ? module[name](...operands.map(read)) : module[name];
    });
    return { found: shown(found) };
  },
};

function shown(found) {
  if (typeof found === "number") return { numbers: encoded([found]) };
  if (ArrayBuffer.isView(found)) return { numbers: encoded(found) };
  if (Array.isArray(found) || typeof found !== "object" || found === null) return found;
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, shown(value)]));
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await answers[request.do](request);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
