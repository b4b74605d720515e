/**
 * How the gradient of a parameter is found, from the output backward to it, with the numbers of one sample.
 */
import { OPERATIONS } from "../../tape/export/javascript/tape.js";
import { readable } from "../page/numbers.js";

const MOST_LINES = 6;
const MOST_TERMS = 4;

/**
 * The chain rule for a parameter, as lines of text.
 *
 * A line says where the derivative by one number comes from: from each result that it is used in, times the local
 * derivative there. The next line goes on from that result, until a number is used in several. The derivative of the
 * loss by an output is one number: losses are computed in forms that keep their digits, and not in those of books.
 *
 * @param {object} tape that of the loss, behind which it has the outputs
 * @param {{values: Float64Array, derivatives: Float64Array[], adjoints: Float64Array}} trace of one sample
 * @param {number} parameter its number
 * @param {number} digits of numbers
 * @returns {string[]}
 */
export function chainRule(tape, trace, parameter, digits) {
  const { program } = tape;
  const names = new Names(tape, parameter);
  const [target, ...outputs] = program.outputs;
  const lines = [];
  let slot = program.inputs + parameter;
  while (slot !== target && lines.length < MOST_LINES) {
    const uses = usesOf(program, slot).filter(({ result }) => trace.adjoints[result] !== 0 || result === target);
    const total = readable(trace.adjoints[slot], digits);
    if (outputs.includes(slot)) return [...lines, `∂loss/∂${names.of(slot)} = ${total}, the derivative of the loss`];
    if (uses.length === 0) {
      lines.push(`∂loss/∂${names.of(slot)} = 0: nothing of it reaches the loss of this sample`);
      return lines;
    }
    lines.push(`∂loss/∂${names.of(slot)} = ${sumOf(uses, trace, target, names, digits)} = ${total}`);
    if (uses.length > 1) return [...lines, "… and so on from each of these, to the loss"];
    slot = uses[0].result;
  }
  return slot === target ? lines : [...lines, "… and so on, to the loss"];
}

/** The results that a slot is an operand of, each with the place there. */
function usesOf(program, slot) {
  return program.instructions.flatMap(({ operands }, k) => {
    const places = operands.flatMap((operand, place) => (operand === slot ? [place] : []));
    return places.map((place) => ({ k, result: program.first + k, place }));
  });
}

/** The contributions of some uses: in symbols where there is one, and in numbers. */
function sumOf(uses, trace, target, names, digits) {
  const number = (x) => (x < 0 ? `(${readable(x, digits)})` : readable(x, digits));
  const products = uses.map(({ k, result, place }) => {
    return `${readable(trace.adjoints[result], digits)} · ${number(trace.derivatives[k][place])}`;
  });
  if (uses.length > 1) {
    const more = products.length > MOST_TERMS ? " + …" : "";
    return `${products.slice(0, MOST_TERMS).join(" + ")}${more} (a sum over ${uses.length} uses)`;
  }
  const [{ k, result, place }] = uses;
  const outer = result === target ? "" : `∂loss/∂${names.of(result)} · `;
  const inNumbers = result === target ? number(trace.derivatives[k][place]) : products[0];
  return `${outer}${names.derivative(k, place)} = ${inNumbers}`;
}

/** Short names of the numbers in a program: z for the net input in which a weight is used, h for what comes of it. */
class Names {
  #given = new Map();

  constructor({ program, inputs, labels: parameters }, parameter) {
    this.program = program;
    inputs.forEach((label, slot) => this.#given.set(slot, label));
    const [loss, ...outputs] = program.outputs;
    this.#given.set(loss, "loss");
    outputs.forEach((slot, i) => this.#give(slot, outputs.length === 1 ? "output" : `output${i + 1}`));
    parameters.forEach((label, i) => this.#give(program.inputs + i, label));
    const [use] = usesOf(program, program.inputs + parameter);
    if (use === undefined || program.instructions[use.k].operation !== "dot") return;
    this.#give(use.result, "z");
    const [next, ...others] = usesOf(program, use.result);
    if (next !== undefined && others.length === 0 && program.instructions[next.k].operands.length === 1) {
      this.#give(next.result, "h");
    }
  }

  of(slot) {
    return this.#given.get(slot) ?? `v${slot - this.program.first + 1}`;
  }

  /** The local derivative of a result by an operand: the other factor of a product, tanh′(z), or ∂v/∂u. */
  derivative(k, place) {
    const { operation, operands } = this.program.instructions[k];
    const half = operands.length >> 1;
    if (operation === "dot" && place < 2 * half)
      return this.#operand(operands[place < half ? place + half : place - half]);
    if (operation === "mul") return this.#operand(operands[1 - place]);
    if (operands.length === 1 && OPERATIONS[operation].arity === 1) return `${operation}′(${this.of(operands[0])})`;
    return `∂${this.of(this.program.first + k)}/∂${this.of(operands[place])}`;
  }

  #operand(slot) {
    return slot < 0 ? readable(this.program.constants[-1 - slot]) : this.of(slot);
  }

  #give(slot, name) {
    if (!this.#given.has(slot)) this.#given.set(slot, name);
  }
}
