/**
 * Operations of users, which files define by formulas: ["softsign(x) = x / (1 + abs(x))", "1 / (1 + abs(x)) ** 2"].
 *
 * The text is read by a parser for formulas and nothing else, and becomes functions that call each other: no text is
 * evaluated as code. calculus/definition.py reads the same texts.
 */
import { TapeError, quoted } from "./program.js";
import { ROWS } from "./rows.js";

const MAX_LENGTH = 10_000; // of a text, in characters
const MAX_DEPTH = 100; // of what is nested in it
const MAX_OPERANDS = 16;
const HEAD = /^\s*([A-Za-z]\w*)\s*\(([\w\s,]*)\)\s*=(?!=)([^]*)$/;
const NAME = /^[A-Za-z]\w{0,39}$/;
const TOKEN = /\s*([0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?(?![\w.])|[A-Za-z]\w*|\*\*|[=!<>]=|[-+*/(),<>])\s*/y;
const CONSTANTS = { pi: Math.PI, inf: Infinity, nan: NaN };
const TAKEN = new Set(["input", "parameter", "constant", "leaf", "f", ...Object.keys(CONSTANTS), ...Object.keys(ROWS)]);
const OF_TWO = {
  "+": (x, y) => (xs) => x(xs) + y(xs), "-": (x, y) => (xs) => x(xs) - y(xs),
  "*": (x, y) => (xs) => x(xs) * y(xs), "/": (x, y) => (xs) => x(xs) / y(xs),
  ">": (x, y) => (xs) => (x(xs) > y(xs) ? 1 : 0), ">=": (x, y) => (xs) => (x(xs) >= y(xs) ? 1 : 0),
  "<": (x, y) => (xs) => (x(xs) < y(xs) ? 1 : 0), "<=": (x, y) => (xs) => (x(xs) <= y(xs) ? 1 : 0),
  "==": (x, y) => (xs) => (x(xs) === y(xs) ? 1 : 0), "!=": (x, y) => (xs) => (x(xs) !== y(xs) ? 1 : 0),
};
const LEVELS = [[">", ">=", "<", "<=", "==", "!="], ["+", "-"], ["*", "/"]]; // of operators, the loosest first

/**
 * The row of an operation, as those in rows.js; and `name` and `texts`.
 *
 * @param {string[]} texts the definition, and the formula of the derivative by each operand, in which f is the value
 */
export function rowOf(texts) {
  const areTexts = Array.isArray(texts) && texts.every((text) => typeof text === "string");
  const head = areTexts && HEAD.exec(texts[0] ?? "");
  if (!head) throw new TapeError(`${quoted(texts)} defines no operation`);
  const [, name, list, value] = head;
  const operands = list.split(",").map((each) => each.trim());
  const derivatives = texts.slice(1);
  const isRight = (each) => NAME.test(each) && !TAKEN.has(each);
  const areOperands = operands.every((each, k) => isRight(each) && operands.indexOf(each) === k);
  if ((name !== "f" && !isRight(name)) || !areOperands || operands.length > MAX_OPERANDS) {
    throw new TapeError(`${quoted(texts[0])} defines no operation: its names are other ones`);
  }
  if (derivatives.length !== operands.length) {
    throw new TapeError(`${name} takes ${operands.length} operands, and has ${derivatives.length} derivatives`);
  }
  const flat = derivatives.map((text) => text.trim() === "0");
  return {
    name, texts, sign: name, operands, value: value.trim(), derivatives, note: "", arity: operands.length, flat,
    selects: false, ...loops(new Formula(value, operands).read(), derivatives.map((text, k) => {
      return flat[k] ? null : new Formula(text, [...operands, "f"]).read();
    })),
  };
}

/** forward and reverse of a row: see rows.js. */
function loops(value, partials) {
  const count = partials.length;
  const xs = new Float64Array(count + 1); // the operands of a sample, and the value
  const gather = (r, p, w, i) => {
    for (let k = 0; k < count; k++) xs[k] = r[p[k] * w + i];
  };
  return {
    forward(r, p, w, n, f) {
      for (let i = 0; i < n; i++) {
        gather(r, p, w, i);
        r[f + i] = value(xs);
      }
    },
    reverse: partials.map((partial, k) => partial && ((r, a, p, w, n, f) => {
      for (let i = 0; i < n; i++) {
        gather(r, p, w, i);
        xs[count] = r[f + i];
        a[p[k] * w + i] += a[f + i] * partial(xs);
      }
    })),
  };
}

/** A parser by recursive descent, with Python's precedences. It makes functions of an array of the names' numbers. */
class Formula {
  constructor(text, names) {
    this.text = text;
    this.names = names;
    this.at = 0;
    this.depth = 0;
    this.tokens = [];
    if (text.length > MAX_LENGTH) throw new TapeError(`a formula has ${text.length} characters, at most ${MAX_LENGTH}`);
    TOKEN.lastIndex = 0;
    for (let end = 0; end < text.length; end = TOKEN.lastIndex) {
      const found = TOKEN.exec(text);
      if (found === null) throw this.error(text.slice(end));
      this.tokens.push(found[1]);
    }
  }

  read() {
    const found = this.operators(0);
    if (this.at < this.tokens.length) throw this.error(this.tokens[this.at]);
    return found;
  }

  operators(level) {
    if (level === LEVELS.length) return this.signed();
    let left = this.operators(level + 1);
    while (LEVELS[level].includes(this.tokens[this.at])) {
      const sign = this.tokens[this.at++];
      left = OF_TWO[sign](left, this.operators(level + 1));
      if (level === 0) break; // two numbers are compared at a time
    }
    return left;
  }

  signed() {
    if (++this.depth > MAX_DEPTH) throw new TapeError(`${quoted(this.text)} is nested too deeply`);
    let found;
    if (this.taken("-")) {
      const inner = this.signed();
      found = (xs) => -inner(xs);
    } else {
      found = this.atom();
      if (this.taken("**")) found = called(ROWS.pow, [found, this.signed()]);
    }
    this.depth--;
    return found;
  }

  atom() {
    const token = this.tokens[this.at++];
    if (token === "(") {
      const found = this.operators(0);
      this.expect(")");
      return found;
    }
    if (/^[0-9]/.test(token) && Number.isFinite(Number(token))) return constant(Number(token));
    if (token === undefined || !NAME.test(token)) throw this.error(token ?? this.text);
    if (this.taken("(")) return this.call(token);
    const place = this.names.indexOf(token);
    if (place >= 0) return (xs) => xs[place];
    if (Object.hasOwn(CONSTANTS, token)) return constant(CONSTANTS[token]);
    throw this.error(token);
  }

  call(name) {
    const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
    const operands = [];
    do operands.push(this.operators(0));
    while (this.taken(","));
    this.expect(")");
    if (!row?.arity || operands.length !== row.arity) throw this.error(name);
    if (name !== "where") return called(row, operands);
    const [condition, x, y] = operands;
    return (xs) => (condition(xs) !== 0 ? x(xs) : y(xs));
  }

  taken(sign) {
    const isThere = this.tokens[this.at] === sign;
    if (isThere) this.at++;
    return isThere;
  }

  expect(sign) {
    if (!this.taken(sign)) throw this.error(this.tokens[this.at] ?? this.text);
  }

  error(part) {
    return new TapeError(`a formula of a tape can't have ${quoted(part)}`);
  }
}

function constant(x) {
  return () => x;
}

/** A row of the calculus, called with these operands. */
function called(row, operands) {
  const size = operands.length;
  const r = new Float64Array(size + 1);
  const places = operands.map((_, k) => k);
  return (xs) => {
    for (let k = 0; k < size; k++) r[k] = operands[k](xs);
    row.forward(r, places, 1, 1, size);
    return r[size];
  };
}
