/**
 * The formulas of the rows, which are texts like "where(x > 0, 1, y)", as trees; and their numbers.
 *
 * A tree is an array: ["number", x], ["name", x], ["-", x], [an operator, x, y], ["call", function, ...operands], or
 * ["list", element, the name in it].
 */
import { evaluate } from "../../tape/export/javascript/evaluate.js";

const TOKEN = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|[A-Za-z_]\w*|\*\*|[<>=!]=|[-+*/<>()[\],])/y;
const LEVELS = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/"]]; // of operators, from the loosest
const COMPARE = {
  "<": (x, y) => x < y, ">": (x, y) => x > y, "<=": (x, y) => x <= y, ">=": (x, y) => x >= y,
  "==": (x, y) => x === y, "!=": (x, y) => x !== y,
};
const COMPUTE = {
  "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y,
  "**": (x, y) => evaluate("pow", [x, y]).value,
};
const trees = new Map(); // by text

/** The tree of a formula. */
export function parsed(text) {
  if (!trees.has(text)) trees.set(text, new Parser(text).all());
  return trees.get(text);
}

export const isComparison = ([kind]) => Object.hasOwn(COMPARE, kind);

/** The number of a tree, where names have numbers. */
export function numberOf(tree, names) {
  const [kind, ...parts] = tree;
  if (kind === "number") return parts[0];
  if (kind === "name") return { pi: Math.PI, inf: Infinity, nan: NaN }[parts[0]] ?? names[parts[0]];
  if (isComparison(tree)) return Number(COMPARE[kind](...parts.map((part) => numberOf(part, names))));
  if (kind === "call" && parts[0] === "where") {
    return numberOf(numberOf(parts[1], names) !== 0 ? parts[2] : parts[3], names);
  }
  if (kind === "call") return evaluate(parts[0], parts.slice(1).map((part) => numberOf(part, names))).value;
  const operands = parts.map((part) => numberOf(part, names));
  return operands.length === 1 ? -operands[0] : COMPUTE[kind](...operands);
}

class Parser {
  constructor(text) {
    this.tokens = [];
    TOKEN.lastIndex = 0;
    for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) this.tokens.push(found[1]);
    this.place = 0;
    this.text = text;
  }

  all() {
    const tree = this.level(0);
    if (this.place < this.tokens.length) throw new SyntaxError(this.text);
    return tree;
  }

  level(k) {
    if (k === LEVELS.length) return this.unary();
    let left = this.level(k + 1);
    while (LEVELS[k].includes(this.next)) left = [this.take(), left, this.level(k + 1)];
    return left;
  }

  unary() {
    if (this.next !== "-") return this.power();
    this.take();
    return ["-", this.unary()];
  }

  power() {
    const base = this.atom();
    if (this.next !== "**") return base;
    this.take();
    return ["**", base, this.unary()];
  }

  atom() {
    const token = this.take();
    if (token === "(") return this.closed(this.level(0), ")");
    if (token === "[") return this.list();
    if (/^\d/.test(token)) return ["number", Number(token)];
    if (this.next !== "(") return ["name", token];
    this.take();
    const operands = [this.level(0)];
    while (this.next === ",") {
      this.take();
      operands.push(this.level(0));
    }
    return this.closed(["call", token, ...operands], ")");
  }

  /** [element for x in xs], with one or more names; the innermost counts. */
  list() {
    const element = this.level(0);
    let name = "";
    while (this.next === "for") {
      this.take();
      name = this.take();
      if (this.take() !== "in") throw new SyntaxError(this.text);
      this.level(0);
    }
    return this.closed(name ? ["list", element, name] : element, "]");
  }

  closed(tree, bracket) {
    if (this.take() !== bracket) throw new SyntaxError(this.text);
    return tree;
  }

  get next() {
    return this.tokens[this.place];
  }

  take() {
    const token = this.tokens[this.place++];
    if (token === undefined) throw new SyntaxError(this.text);
    return token;
  }
}
