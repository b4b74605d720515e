/**
 * Operations of users, which files define by formulas: ["softsign(x) = x / (1 + abs(x))", "1 / (1 + abs(x)) ** 2"].
 *
 * A formula becomes functions that call each other: no text is evaluated as code. calculus/definition.py reads the same
 * texts.
 */
import { holds, isComparison, parsed } from "./formula_trees.js";
import { TapeError, quoted } from "./program.js";
import { ROWS } from "./rows.js";

const MAX_LENGTH = 10_000; // of a text, in characters
const DEEPEST = 100; // of what is nested in it
const MAX_OPERANDS = 16;
const HEAD = /^\s*([A-Za-z]\w*)\s*\(([\w\s,]*)\)\s*=(?!=)([^]*)$/;
const NAME = /^[A-Za-z]\w{0,39}$/;
const CONSTANTS = { pi: Math.PI, inf: Infinity, nan: NaN };
const TAKEN = new Set(["input", "parameter", "constant", "leaf", ...Object.keys(CONSTANTS), ...Object.keys(ROWS)]);

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
  const areOperands = operands.every((each, k) => isRight(each) && each !== "f" && operands.indexOf(each) === k);
  if (!isRight(name) || !areOperands || operands.length > MAX_OPERANDS) {
    throw new TapeError(`${quoted(texts[0])} defines no operation: its names are other ones`);
  }
  if (derivatives.length !== operands.length) {
    throw new TapeError(`${name} takes ${operands.length} operands, and has ${derivatives.length} derivatives`);
  }
  const flat = derivatives.map((text) => text.trim() === "0");
  const partials = derivatives.map((text, k) => (flat[k] ? null : functionOf(text, [...operands, "f"])));
  return {
    name, texts, sign: name, operands, value: value.trim(), derivatives, note: "", arity: operands.length, flat,
    selects: false, ...loops(functionOf(value, operands), partials),
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

/** A formula as a function of an array of the names' numbers. */
function functionOf(text, names) {
  if (text.length > MAX_LENGTH) throw new TapeError(`a formula has ${text.length} characters, at most ${MAX_LENGTH}`);
  try {
    return compiled(parsed(text.trim()), names, 1);
  } catch (error) {
    if (error instanceof SyntaxError) throw new TapeError(`${quoted(text)} is no formula of a tape`);
    throw error;
  }
}

function compiled(tree, names, depth) {
  const [kind, ...parts] = tree;
  if (kind === "number" && Number.isFinite(parts[0])) return () => parts[0];
  if (kind === "name") return named(parts[0], names);
  if (kind === "number" || kind === "list" || depth > DEEPEST) throw new SyntaxError(kind);
  const operands = (kind === "call" ? parts.slice(1) : parts).map((part) => compiled(part, names, depth + 1));
  const [x, y, z] = operands;
  if (isComparison(tree)) return (xs) => (holds(kind, x(xs), y(xs)) ? 1 : 0);
  switch (kind) {
    case "+": return (xs) => x(xs) + y(xs);
    case "-": return y === undefined ? (xs) => -x(xs) : (xs) => x(xs) - y(xs);
    case "*": return (xs) => x(xs) * y(xs);
    case "/": return (xs) => x(xs) / y(xs);
    case "**": return called(ROWS.pow, operands);
  }
  const row = Object.hasOwn(ROWS, parts[0]) ? ROWS[parts[0]] : undefined;
  if (!row?.arity || operands.length !== row.arity) throw new SyntaxError(parts[0]);
  return parts[0] === "where" ? (xs) => (x(xs) !== 0 ? y(xs) : z(xs)) : called(row, operands);
}

function named(name, names) {
  const place = names.indexOf(name);
  if (place >= 0) return (xs) => xs[place];
  if (!Object.hasOwn(CONSTANTS, name)) throw new SyntaxError(name);
  return () => CONSTANTS[name];
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
