/**
 * Programs that are made in JavaScript: a builder takes one operation after the other, and makes a tape of them.
 */
import { evaluateRow } from "./evaluate.js";
import { CONSTANT, ONCE, PER_SAMPLE, Program, quoted } from "./program.js";
import { ROWS } from "./rows.js";

/** A number in a program that is being built. Builder.push makes it. */
export class GraphNode {
  constructor(builder, index, rate, operation, operands) {
    Object.assign(this, { builder, index, rate, operation, operands });
    Object.freeze(this);
  }
}

export class Builder {
  #nodes = [];
  #inputs = [];
  #parameters = [];
  #constants = new Map(); // their nodes, by number; Map tells 0 and -0 not apart
  #negativeZero = null;
  #numbers = new Map(); // of parameters and constants, by node
  #own = new Map(); // the rows of operations of users, which came with tapes

  /** A number that changes from sample to sample. */
  input(label = `x${this.#inputs.length}`) {
    const node = this.#append(PER_SAMPLE, "input", []);
    this.#inputs.push({ node, label: checkedLabel(label) });
    return node;
  }

  /** A number that all samples share, and that a tape has derivatives by. */
  parameter(number, label = "") {
    const node = this.#append(ONCE, "parameter", []);
    this.#numbers.set(node, checkedNumber(number));
    this.#parameters.push({ node, label: checkedLabel(label) });
    return node;
  }

  constant(number) {
    checkedNumber(number);
    const known = Object.is(number, -0) ? this.#negativeZero : this.#constants.get(number);
    if (known) return known;
    const node = this.#append(CONSTANT, "constant", []);
    this.#numbers.set(node, number);
    if (Object.is(number, -0)) this.#negativeZero = node;
    else this.#constants.set(number, node);
    return node;
  }

  /**
   * The result of an operation of the calculus; numbers among the operands are constants.
   *
   * Those of dot are x1 ... xn y1 ... yn and, if there is one, the bias; those of take the values and the index.
   */
  push(operation, ...operands) {
    const row = this.#row(operation);
    if (row === undefined) throw new TypeError(`there is no operation ${quoted(operation)}`);
    const nodes = operands.map((x) => this.#operand(x));
    const isRight = row.arity ? nodes.length === row.arity : nodes.length >= (operation === "take" ? 2 : 1);
    if (!isRight || (operation === "dot" && nodes.length < 2)) {
      throw new TypeError(`${operation} does not take ${nodes.length} operands`);
    }
    if (operation === "sum") return this.#dot(nodes.map(() => this.constant(1)), nodes, this.constant(0));
    if (operation === "mean") return this.push("div", this.push("sum", ...nodes), nodes.length);
    if (operation === "dot") {
      const half = nodes.length >> 1;
      const bias = nodes.length % 2 ? nodes[2 * half] : this.constant(0);
      return this.#dot(nodes.slice(0, half), nodes.slice(half, 2 * half), bias);
    }
    return this.#instruction(operation, nodes);
  }

  /**
   * All instructions of a tape, on some nodes for its inputs; by default on new inputs with their labels.
   *
   * Its parameters become parameters here, with their present numbers.
   */
  append(tape, inputs = tape.inputs.map((label) => this.input(label))) {
    const { program } = tape;
    for (const [name, row] of program.own) {
      const before = this.#own.get(name) ?? row;
      if (String(before.texts) !== String(row.texts)) throw new TypeError(`there are two operations called ${name}`);
    }
    if (inputs.length !== program.inputs) {
      throw new TypeError(`the tape has ${program.inputs} inputs, got ${inputs.length} nodes`);
    }
    for (const [name, row] of program.own) this.#own.set(name, row);
    const parameters = tape.labels.map((label, k) => this.parameter(tape.parameters[k], label));
    const nodes = [...inputs.map((x) => this.#operand(x)), ...parameters];
    const node = (slot) => (slot < 0 ? this.constant(program.constants[-1 - slot]) : nodes[slot]);
    for (const { operation, operands } of program.instructions) nodes.push(this.push(operation, ...operands.map(node)));
    return { inputs: nodes.slice(0, program.inputs), parameters, outputs: program.outputs.map(node) };
  }

  /** The program as the outputs need it: a node, or several. */
  program(outputs) {
    const found = (Array.isArray(outputs) ? outputs : [outputs]).map((x) => this.#operand(x));
    const needed = this.#neededBy(found);
    const slots = new Map();
    const constants = [];
    for (const { node } of [...this.#inputs, ...this.#parameters]) slots.set(node, slots.size);
    const instructions = [];
    for (const node of this.#nodes) {
      if (!needed.has(node) || slots.has(node)) continue;
      if (node.operation === "constant") {
        constants.push(this.#numbers.get(node));
        slots.set(node, -constants.length);
      } else {
        instructions.push({ operation: node.operation, operands: node.operands.map((x) => slots.get(x)) });
        slots.set(node, this.#inputs.length + this.#parameters.length + instructions.length - 1);
      }
    }
    const used = new Set(instructions.map(({ operation }) => operation));
    const program = new Program(
      this.#inputs.length, this.#parameters.length, constants, instructions, found.map((node) => slots.get(node)),
      [...this.#own.values()].filter(({ name }) => used.has(name)),
    );
    return {
      program,
      numbers: this.#parameters.map(({ node }) => this.#numbers.get(node)),
      inputs: this.#inputs.map(({ label }) => label),
      labels: this.#parameters.map(({ label }) => label),
      slots,
    };
  }

  // ---- inside

  #row(operation) {
    return Object.hasOwn(ROWS, operation) ? ROWS[operation] : this.#own.get(operation);
  }

  #append(rate, operation, operands) {
    const node = new GraphNode(this, this.#nodes.length, rate, operation, operands);
    this.#nodes.push(node);
    return node;
  }

  #operand(x) {
    if (typeof x === "number") return this.constant(x);
    if (x instanceof GraphNode && x.builder === this) return x;
    throw new TypeError(`a number or a node of this builder is expected, got ${quoted(x)}`);
  }

  /** An operation of constants is computed at once: a program has no such instruction. */
  #instruction(operation, nodes) {
    const rate = nodes.reduce((largest, node) => Math.max(largest, node.rate), CONSTANT);
    if (rate !== CONSTANT) return this.#append(rate, operation, nodes);
    const numbers = nodes.map((node) => this.#numbers.get(node));
    return this.constant(evaluateRow(this.#row(operation), operation, numbers).value);
  }

  /** A dot with weights before inputs, and a bias that is known before: see Program. */
  #dot(left, right, bias) {
    const pairs = left.map((x, k) => (x.rate <= right[k].rate ? [x, right[k]] : [right[k], x]));
    const isForSamples = pairs.some(([, y]) => y.rate === PER_SAMPLE) || bias.rate === PER_SAMPLE;
    if (!isForSamples) return this.#instruction("dot", [...left, ...right, bias]);
    const varying = pairs.filter(([, y]) => y.rate === PER_SAMPLE);
    const known = pairs.filter(([, y]) => y.rate !== PER_SAMPLE);
    if (bias.rate === PER_SAMPLE) varying.push([this.constant(1), bias]);
    let rest = bias.rate === PER_SAMPLE ? this.constant(0) : bias;
    if (known.length) rest = this.#instruction("dot", [...known.map(([x]) => x), ...known.map(([, y]) => y), rest]);
    varying.sort(([x], [y]) => (x.rate === PER_SAMPLE) - (y.rate === PER_SAMPLE));
    return this.#append(PER_SAMPLE, "dot", [...varying.map(([x]) => x), ...varying.map(([, y]) => y), rest]);
  }

  #neededBy(outputs) {
    const needed = new Set(outputs);
    for (let k = this.#nodes.length - 1; k >= 0; k--) {
      if (needed.has(this.#nodes[k])) for (const x of this.#nodes[k].operands) needed.add(x);
    }
    return needed;
  }
}

function checkedNumber(number) {
  if (typeof number !== "number") throw new TypeError(`a number is expected, got ${quoted(number)}`);
  return number;
}

function checkedLabel(label) {
  if (typeof label !== "string") throw new TypeError(`a label is a string, got ${quoted(label)}`);
  return label;
}
