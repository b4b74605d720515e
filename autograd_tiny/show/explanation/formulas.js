/**
 * How a node was computed, and its local derivatives, as formulas to read. See ../formulas.py.
 *
 * An operand is a node, or a number for a constant.
 */
import { isComparison, parsed } from "../../tape/export/javascript/formula_trees.js";
import { numberOf } from "./row_formulas.js";
import {
  DOTS, EMPTY, MINUS, PI, called, comparison, difference, divided, multiplied, name, negated, negation, number,
  raised, summed,
} from "./typesetting.js";

const MOST_TERMS = 4; // that are shown, of a sum or product of many
const LONGEST_WRITTEN = 60; // characters of an operation of a user that is written out
const TEXTBOOK = new Map([["sigmoid", "f * (1 - f)"], ["tanh", "1 - f * f"]]); // rows state them to lose no digits
const KINKED = ["relu", "leaky_relu", "elu", "maximum", "minimum", "where", "clip", "max", "min", "take"];
const COMPARISONS = [">", ">=", "<", "<=", "=="];

export class Formulas {
  /** @param {{values: Float64Array, derivatives: ArrayLike<number>[]}} state by node */
  constructor(state) {
    this.state = state;
  }

  /** The name of an operand, or the text of a number. */
  namer(x) {
    throw new Error(`${x}: a subclass says how it is called`);
  }

  number(x) {
    return number(x, this.namer(x));
  }

  /** The name of an operand, or its number. */
  operand(x) {
    if (typeof x === "number") return this.number(x);
    const text = this.namer(x), data = this.dataOf(x);
    return text === this.namer(data) ? this.number(data) : name(text);
  }

  dataOf(x) {
    return typeof x === "number" ? x : this.state.values[x.index];
  }

  // ---- how a node was computed

  /** How it was computed; the empty formula for a leaf. */
  value(node) {
    if (node.operation === null) return EMPTY;
    const { row } = node;
    if (isOfMany(row)) return this.#ofMany(node);
    const operands = node.operands.map((x) => this.operand(x));
    const [left, right] = operands;
    switch (row.sign) {
      case "+": return summed(operands);
      case "-": return difference(left, right);
      case "*": return multiplied(operands);
      case "/": return divided(left, right);
      case "**": return raised(left, right);
      case "neg": return negation(left);
    }
    if (COMPARISONS.includes(row.sign)) return comparison(left, row.sign, right);
    if (row.texts) {
      const written = new LocalDerivative(this, node, 0).translate(parsed(row.value));
      if (written.text.length <= LONGEST_WRITTEN) return written;
    }
    return called(node.operation, operands);
  }

  #ofMany(node) {
    const { operation, operands } = node;
    if (operation === "dot") {
      const { xs, ys, bias } = groupsOf(node);
      const products = few(xs.map((x, k) => [x, ys[k]]), (pair) => multiplied(pair.map((x) => this.operand(x))));
      const terms = [...products, ...bias.map((x) => this.operand(x))];
      return summed(terms.length ? terms : [this.number(0)]);
    }
    if (operation === "take") {
      return called("take", [...few(operands.slice(0, -1), (x) => this.operand(x)), this.operand(operands.at(-1))]);
    }
    const terms = few(operands, (x) => this.operand(x));
    if (operation === "prod") return multiplied(terms);
    if (operation === "sum") return summed(terms);
    if (operation === "mean") return divided(summed(terms), this.number(operands.length));
    return called(operation, terms);
  }

  // ---- its local derivatives

  /** The derivative of a node with respect to its operand in this place. */
  localDerivative(node, place) {
    const recorded = this.state.derivatives[node.index][place];
    const found = new LocalDerivative(this, node, place).formula();
    return found.number !== null && found.number !== recorded ? this.number(recorded) : found;
  }

  /** Why a local derivative of an operation with a kink has its value: "a < 0"; "" for other operations. */
  reason(node, place) {
    return KINKED.includes(node.operation) ? new LocalDerivative(this, node, place).reason() : "";
  }

  // ---- simplified arithmetic

  plus(left, right) {
    if (left.number !== null && right.number !== null) return this.number(left.number + right.number);
    if (left.number === 0 || right.number === 0) return left.number === 0 ? right : left;
    return right.withoutMinus ? difference(left, right.withoutMinus) : summed([left, right]);
  }

  /** The product of the factors, simplified: their numbers become one, in front. */
  times(...factors) {
    let coefficient = 1;
    const numerator = [], denominator = [], left = [...factors].reverse();
    while (left.length) {
      let factor = left.pop();
      if (factor.withoutMinus) {
        coefficient = -coefficient;
        factor = factor.withoutMinus;
      }
      if (factor.number !== null) coefficient *= factor.number;
      else if (factor.numerator.length) {
        left.push(...[...factor.numerator].reverse());
        denominator.push(...factor.denominator);
      } else numerator.push(factor);
    }
    if (coefficient === 0) return this.number(0);
    return this.#quotient(coefficient, this.#powers(numerator), this.#powers(denominator.flatMap(factorsOf)));
  }

  /** A number times the quotient of two products. */
  #quotient(coefficient, numerator, denominator) {
    if (!numerator.length && !denominator.length) return this.number(coefficient);
    const isWritten = !numerator.length || Math.abs(coefficient) !== 1;
    let found = multiplied(isWritten ? [this.number(Math.abs(coefficient)), ...numerator] : numerator);
    if (denominator.length) found = divided(found, multiplied(denominator));
    return coefficient < 0 ? negated(found) : found;
  }

  /** x·y·x as x²·y. */
  #powers(factors) {
    const counts = new Map();
    for (const each of factors) {
      const key = `${each.precedence} ${each.text}`;
      counts.set(key, { each, n: (counts.get(key)?.n ?? 0) + 1 });
    }
    return [...counts.values()].map(({ each, n }) => (n > 1 ? raised(each, this.number(n)) : each));
  }

  over(top, bottom) {
    if (bottom.withoutMinus) return this.over(negated(top), bottom.withoutMinus);
    if (bottom.number === 1 || top.number === 0) return top;
    return this.times(top, divided(this.number(1), bottom));
  }

  power(base, exponent) {
    if (exponent.number === 1) return base;
    return exponent.number === 0 ? this.number(1) : raised(base, exponent);
  }
}

const isOfMany = (row) => row.arity === 0;

/** The operands by the names in the row: those of dot as three lists. */
function groupsOf({ operation, operands }) {
  const half = operands.length >> 1;
  if (operation === "dot") {
    return { xs: operands.slice(0, half), ys: operands.slice(half, 2 * half), bias: operands.slice(2 * half) };
  }
  return operation === "take" ? { xs: operands.slice(0, -1), index: operands.slice(-1) } : { xs: operands };
}

/** The formulas of the operands; of many, the first few and the last, with dots between them. */
function few(operands, written) {
  if (operands.length <= MOST_TERMS) return operands.map(written);
  return [...operands.slice(0, MOST_TERMS - 1).map(written), DOTS, written(operands.at(-1))];
}

/** The factors of a product; a fraction is one itself. */
function factorsOf(formula) {
  return formula.denominator.length || !formula.numerator.length ? [formula] : formula.numerator;
}

/** Whether two numbers agree to nine digits. */
export function isClose(x, y, tolerance = 1e-9) {
  if (x === y) return true;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
}

/** One local derivative: the formula in the row of the operation, with the operands of a node. */
class LocalDerivative {
  constructor(formulas, node, place) {
    Object.assign(this, { formulas, node, place, row: node.row });
    this.groups = isOfMany(this.row) ? groupsOf(node) : {};
    this.index = place; // in the group
    this.name = this.row.operands[place];
    for (const [name, group] of Object.entries(this.groups)) {
      this.name = name;
      if (this.index < group.length) break;
      this.index -= group.length;
    }
    this.element = ""; // the formula's name for the operand in this place
    this.conditions = []; // of the cases that were chosen
  }

  formula() {
    const text = TEXTBOOK.get(this.node.operation) ?? this.row.derivatives[this.row.operands.indexOf(this.name)];
    return this.translate(parsed(text));
  }

  /** Which condition decided the case of the formula, or which operand is the largest. */
  reason() {
    const { operation } = this.node;
    if (Number.isNaN(this.data) || Number.isNaN(this.recorded)) return "";
    if (operation === "max" || operation === "min") return this.selectedOperands();
    if (operation === "take") {
      const index = this.formulas.operand(this.node.operands.at(-1));
      return `${index.number === null && index.text ? index.text : "the index"} is ${this.numbers.at(-1)}`;
    }
    this.formula();
    let decisive = this.conditions.slice(-1); // where() in where(): the last decides
    if (operation === "clip") {
      // a product, or a sum, of conditions
      const isNonzero = this.recorded !== 0;
      decisive = this.conditions.filter((each) => (this.evaluated(each) !== 0) === isNonzero);
    }
    return decisive.map((each) => this.relation(each)).filter(Boolean).join(" and ");
  }

  selectedOperands() {
    const extreme = this.node.operation === "max" ? "largest" : "smallest";
    const found = this.node.operands.filter((_, k) => this.numbers[k] === this.data);
    if (found.length > 2) return `${found.length} operands are the ${extreme}`;
    const names = found.map((x) => this.formulas.operand(x).within(MINUS).text);
    return names.length ? `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} the ${extreme}` : "";
  }

  /** How the two sides of a condition compare; "" if one is nan. */
  relation(condition) {
    if (isComparison(condition)) {
      const sides = condition.slice(1);
      const [x, y] = sides.map((side) => this.evaluated(side));
      const sign = x < y ? "<" : x > y ? ">" : x === y ? "=" : "";
      return sign && sides.map((side) => this.translate(side).within(MINUS).text).join(` ${sign} `);
    }
    const [flag] = this.node.operands; // of where(flag, y, z)
    if (typeof flag !== "number" && flag.operation !== null && !flag.isLabelled) {
      const { sign, value } = flag.row;
      if (COMPARISONS.includes(sign)) return new LocalDerivative(this.formulas, flag, 0).relation(parsed(value));
    }
    const formula = this.translate(condition);
    if (formula.number !== null) return `the condition is ${formula.text}`;
    return `${formula.within(MINUS).text} ${this.evaluated(condition) ? "≠" : "="} 0`;
  }

  // ---- numbers

  get numbers() {
    return this.node.operands.map((x) => this.formulas.dataOf(x));
  }

  get data() {
    return this.formulas.dataOf(this.node);
  }

  get recorded() {
    return this.formulas.state.derivatives[this.node.index][this.place];
  }

  evaluated(tree) {
    const names = Object.fromEntries(this.row.operands.map((name, k) => [name, this.numbers[k]]));
    return numberOf(tree, { ...names, f: this.data });
  }

  // ---- from the tree of the row to a formula

  translate(tree) {
    const [kind, ...parts] = tree;
    if (kind === "number") return this.formulas.number(parts[0]);
    if (kind === "name") return this.named(parts[0]);
    if (kind === "call") return this.call(...parts);
    if (kind === "list") {
      this.element = parts[1];
      return this.translate(parts[0]);
    }
    if (isComparison(tree)) {
      this.conditions.push(tree);
      return this.formulas.number(this.evaluated(tree));
    }
    const [left, right] = parts.map((part) => this.translate(part));
    if (right === undefined) return negated(left);
    return this.arithmetic(kind, left, right);
  }

  call(name, ...operands) {
    const { formulas } = this;
    switch (name) {
      case "where": {
        const [condition, yes, no] = operands;
        this.conditions.push(condition);
        return this.translate(this.evaluated(condition) ? yes : no);
      }
      case "len": return formulas.number(this.groups.xs.length);
      case "one_hot": return formulas.number(this.recorded);
      case "shares": return this.share();
      case "products_of_others": return this.productOfOthers();
    }
    return called(name, operands.map((x) => this.translate(x)));
  }

  /** The meaning of a name in the row. */
  named(name) {
    const { formulas, node } = this;
    if (name === "pi") return PI;
    if (name === "inf" || name === "nan") return formulas.number(name === "inf" ? Infinity : NaN);
    if (name === "f") return formulas.operand(node);
    if (Object.hasOwn(this.groups, name)) return formulas.operand(this.groups[name][this.index]);
    return formulas.operand(node.operands[name === this.element ? this.place : this.row.operands.indexOf(name)]);
  }

  arithmetic(operator, left, right) {
    const { formulas } = this;
    switch (operator) {
      case "+": return formulas.plus(left, right);
      case "-": return formulas.plus(left, negated(right));
      case "*": return formulas.times(left, right);
      case "/": return formulas.over(left, right);
    }
    return formulas.power(left, right);
  }

  /** The share of one operand: among the weights e^x, or among those that are the largest. */
  share() {
    const { formulas, node } = this;
    if (node.operation !== "logsumexp") return formulas.number(this.recorded);
    return called("exp", [formulas.plus(formulas.operand(node.operands[this.place]), negated(formulas.operand(node)))]);
  }

  productOfOthers() {
    const { formulas, node, place } = this;
    if (node.operands.length <= MOST_TERMS + 1) {
      return formulas.times(...node.operands.filter((_, k) => k !== place).map((x) => formulas.operand(x)));
    }
    const x = this.numbers[place];
    if (x === 0 || !isClose(this.data / x, this.recorded)) return formulas.number(this.recorded);
    return formulas.over(formulas.operand(node), formulas.operand(node.operands[place]));
  }
}
