/**
 * Formulas, which are texts like "where(x > 0, 1, y)", as trees: those of the rows, and those of users.
 *
 * A tree is an array: ["number", x], ["name", x], ["-", x], [an operator, x, y], ["call", function, ...operands], or
 * ["list", element, the name in it]. Precedences are Python's.
 */
const MAX_DEPTH = 100; // of what is nested
const TOKEN = /\s*(\d+\.?\d*(?:e[+-]?\d+)?(?![\w.])|[A-Za-z_]\w*|\*\*|[<>=!]=|[-+*/<>()[\],])\s*/y;
const LEVELS = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/"]]; // of operators, from the loosest
const trees = new Map(); // by text

/** The tree of a formula. SyntaxError if it is none, or is nested too deeply. */
export function parsed(text) {
  if (!trees.has(text)) trees.set(text, new Parser(text).all());
  return trees.get(text);
}

export const isComparison = ([kind]) => LEVELS[0].includes(kind);

/** A comparison of two numbers. */
export function holds(sign, x, y) {
  switch (sign) {
    case "<": return x < y;
    case ">": return x > y;
    case "<=": return x <= y;
    case ">=": return x >= y;
    case "==": return x === y;
  }
  return x !== y;
}

class Parser {
  constructor(text) {
    this.tokens = [];
    this.place = 0;
    this.depth = 0;
    this.text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const found = TOKEN.exec(text);
      if (found === null) throw new SyntaxError(text);
      this.tokens.push(found[1]);
    }
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
    if (++this.depth > MAX_DEPTH) throw new SyntaxError(this.text);
    let tree;
    if (this.next === "-") {
      this.take();
      tree = ["-", this.unary()];
    } else tree = this.power();
    this.depth--;
    return tree;
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
    if (!/^\w/.test(token)) throw new SyntaxError(this.text);
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
