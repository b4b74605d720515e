/**
 * A program: instructions on numbered slots, as tape/program.py has it.
 *
 * The inputs have the first slots, then the parameters, then the result of each instruction. A negative slot s stands
 * for the constant number ~s.
 */
import { ROWS } from "./rows.js";

export const CONSTANT = 0; // rates: how often a number is computed. Never,
export const ONCE = 1; // once in a run,
export const PER_SAMPLE = 2; // for each sample

/** A file or a program that is none that a tape can run. */
export class TapeError extends Error {
  constructor(message) {
    super(message);
    this.name = "TapeError";
  }
}

/** Text of a user in a message: in quotes, and not too long. */
export function quoted(text) {
  const shown = typeof text === "string" ? JSON.stringify(text) : String(text);
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}

export class Program {
  /**
   * @param {number} inputs
   * @param {number} parameters
   * @param {number[]} constants
   * @param {{operation: string, operands: number[]}[]} instructions each after those that compute its operands
   * @param {number[]} outputs their slots
   * @param {object[]} own the rows of operations that users have defined: see own_operations.js
   */
  constructor(inputs, parameters, constants, instructions, outputs, own = []) {
    this.inputs = inputs;
    this.parameters = parameters;
    this.constants = constants;
    this.instructions = instructions;
    this.outputs = outputs;
    this.own = new Map(own.map((row) => [row.name, row]));
    this.first = inputs + parameters; // the slot of the first instruction
    this.slots = this.first + instructions.length;
    this.rates = new Uint8Array(this.slots);
    this.depending = new Uint8Array(this.slots); // 1: on a parameter
    this.rates.fill(PER_SAMPLE, 0, inputs);
    this.rates.fill(ONCE, inputs, this.first);
    this.depending.fill(1, inputs, this.first);
    for (let k = 0; k < instructions.length; k++) {
      this.#spread(instructions[k].operands, this.first + k);
      this.#check(instructions[k], this.first + k);
    }
    for (const slot of outputs) checkSlot(slot, constants.length, this.slots);
    if (outputs.length === 0) throw new TapeError("a program has one output at least");
  }

  /** The row of an operation; undefined if there is none. */
  row(operation) {
    return Object.hasOwn(ROWS, operation) ? ROWS[operation] : this.own.get(operation);
  }

  /** Whether no gradient ever flows to operand j of so many. */
  isFlat(operation, j, count) {
    const { arity, flat } = this.row(operation);
    return operation === "take" ? j === count - 1 : arity > 0 && flat[j];
  }

  rate(slot) {
    return slot < 0 ? CONSTANT : this.rates[slot];
  }

  /** For each slot 1 if one of the outputs depends on it; by gradients: if a gradient flows to it from there. */
  marked(outputs, byGradients) {
    const marks = new Uint8Array(this.slots);
    for (const slot of outputs) if (slot >= 0) marks[slot] = 1;
    for (let k = this.instructions.length - 1; k >= 0; k--) {
      if (!marks[this.first + k]) continue;
      const { operation, operands } = this.instructions[k];
      for (let j = 0; j < operands.length; j++) {
        const slot = operands[j];
        if (slot >= 0 && !(byGradients && this.isFlat(operation, j, operands.length))) marks[slot] = 1;
      }
    }
    return marks;
  }

  #spread(operands, result) {
    for (const slot of operands) {
      checkSlot(slot, this.constants.length, result);
      if (slot < 0) continue;
      if (this.rates[slot] > this.rates[result]) this.rates[result] = this.rates[slot];
      this.depending[result] |= this.depending[slot];
    }
  }

  /** TapeError for an instruction that recording does not make. */
  #check({ operation, operands }, result) {
    const row = this.row(operation);
    const isKnown = row !== undefined && (row.forward !== undefined || operation === "dot" || operation === "take");
    if (!isKnown) throw new TapeError(`tapes have no instruction ${quoted(operation)}`);
    const least = operation === "take" ? 2 : row.arity || 1;
    if (operands.length < least || (row.arity && operands.length > least)) {
      throw new TapeError(`${operation} does not take ${operands.length} operands`);
    }
    const rate = this.rates[result];
    if (rate === CONSTANT || (operation === "dot" && !this.#isRecordedDot(operands, rate))) {
      throw new TapeError(`recording makes no ${operation} of the operands ${quoted(operands)}`);
    }
  }

  /** Whether weights come before inputs, and a bias is known before: loops over samples rely on it. */
  #isRecordedDot(operands, rate) {
    const count = operands.length >> 1;
    if (operands.length % 2 === 0 || count === 0) return false;
    if (rate !== PER_SAMPLE) return true;
    const rates = operands.map((slot) => this.rate(slot));
    const isWeight = rates.slice(0, count).map((each) => each !== PER_SAMPLE);
    const areOrdered = isWeight.every((each, k) => k === 0 || isWeight[k - 1] || !each);
    return areOrdered && rates[2 * count] !== PER_SAMPLE && rates.slice(count, -1).every((each) => each === PER_SAMPLE);
  }
}

function checkSlot(slot, constants, known) {
  if (!Number.isInteger(slot) || slot < -constants || slot >= known) {
    throw new TapeError(`slot ${quoted(slot)} is empty`);
  }
}
