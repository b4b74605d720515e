/**
 * The numbers of formulas: see formula_trees.js.
 */
import { evaluate } from "../../tape/export/javascript/evaluate.js";
import { holds, isComparison } from "../../tape/export/javascript/formula_trees.js";

const CONSTANTS = { pi: Math.PI, inf: Infinity, nan: NaN };
const COMPUTE = {
  "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y,
  "**": (x, y) => evaluate("pow", [x, y]).value,
};

/** The number of a tree, where names have numbers. */
export function numberOf(tree, names) {
  const [kind, ...parts] = tree;
  if (kind === "number") return parts[0];
  if (kind === "name") return (Object.hasOwn(CONSTANTS, parts[0]) ? CONSTANTS : names)[parts[0]];
  if (kind === "call" && parts[0] === "where") {
    return numberOf(numberOf(parts[1], names) !== 0 ? parts[2] : parts[3], names);
  }
  if (kind === "call") return evaluate(parts[0], parts.slice(1).map((part) => numberOf(part, names))).value;
  const operands = parts.map((part) => numberOf(part, names));
  if (isComparison(tree)) return Number(holds(kind, ...operands));
  return operands.length === 1 ? -operands[0] : COMPUTE[kind](...operands);
}
