/**
 * Formulas as text: names, numbers, sums, products, powers and calls, with the brackets they need. See typesetting.py.
 */

// precedences: an operator that binds more tightly has a higher one
export const LOOSE = 0;
export const MINUS = 1;
export const SUMMED = 2;
export const DIVIDED = 3;
export const MULTIPLIED = 4;
export const RAISED = 5;
export const ATOM = 6;

const NUMBERLIKE = /^[−+-]?([\d.,]+(e[−+-]?\d+)?(\/[\d.,]+)?|inf|nan|∞)$/;
const SYMBOL = /^[^\s()[\]+\-−*/·×÷^=<>|&,;]+$/;
const RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export class Formula {
  /**
   * @param {string} text
   * @param {number} precedence how tightly its outermost operator binds
   * @param {object} [parts]
   * @param {number | null} [parts.number] its value, if it is a number
   * @param {Formula | null} [parts.withoutMinus] the rest of it, if it begins with a minus sign
   * @param {Formula[]} [parts.numerator] the factors of a product, or the numerator of a fraction
   * @param {Formula[]} [parts.denominator] of a fraction
   */
  constructor(text, precedence = ATOM, parts = {}) {
    Object.assign(this, { text, precedence, number: null, withoutMinus: null, numerator: [], denominator: [] }, parts);
  }

  /** Itself, in brackets if it binds less tightly than that. */
  within(precedence) {
    return this.precedence >= precedence ? this : new Formula(`(${this.text})`);
  }
}

export const EMPTY = new Formula("");
export const DOTS = new Formula("…");
export const PI = new Formula("π");

/** A label, which counts as one symbol unless it looks like a formula; one that looks like a number has brackets. */
export function name(text) {
  if (NUMBERLIKE.test(text)) return new Formula(`(${text})`);
  let rest = text;
  for (let before = null; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\([^()]*\)|\[[^[\]]*\]/g, "");
  }
  if (!SYMBOL.test(rest)) return new Formula(text, LOOSE);
  return new Formula(text, RAISED_DIGITS.includes(text.at(-1)) ? RAISED : ATOM);
}

/** A number, which has this text. */
export function number(x, text) {
  if (text.startsWith("−")) return negated(number(-x, text.slice(1)));
  return new Formula(text, ATOM, { number: x });
}

/** −term; of −term, the term. */
export function negated(term) {
  if (term.withoutMinus) return term.withoutMinus;
  const negative = term.number === null ? null : -term.number;
  return new Formula(`−${term.within(DIVIDED).text}`, MINUS, { number: negative, withoutMinus: term });
}

/** −term, also if that has a minus sign already: −(−a). */
export function negation(term) {
  if (!term.withoutMinus) return negated(term);
  return new Formula(`−${term.within(ATOM).text}`, MINUS, { withoutMinus: term });
}

const joined = (left, sign, right, precedence) => {
  return new Formula(`${left.within(MINUS).text} ${sign} ${right.text}`, precedence);
};

export const summed = (terms) => terms.reduce((total, term) => joined(total, "+", term.within(DIVIDED), SUMMED));
export const difference = (left, right) => joined(left, "−", right.within(DIVIDED), SUMMED);
export const comparison = (left, sign, right) => joined(left, sign, right.within(MINUS), LOOSE);

/** The product of the factors; a minus sign of the first one stands before the product. */
export function multiplied(factors) {
  if (factors.length === 1) return factors[0];
  const [first, ...others] = factors;
  if (first.withoutMinus) return negated(multiplied([first.withoutMinus, ...others]));
  const text = factors.map((factor) => factor.within(MULTIPLIED).text).join("·");
  return new Formula(text, MULTIPLIED, { numerator: factors });
}

/** top / bottom; a minus sign of the top stands before the fraction. */
export function divided(top, bottom) {
  if (top.withoutMinus) return negated(divided(top.withoutMinus, bottom));
  const text = `${top.within(MULTIPLIED).text}/${bottom.within(RAISED).text}`;
  return new Formula(text, DIVIDED, { numerator: [top], denominator: [bottom] });
}

/** base to the power exponent. */
export function raised(base, exponent) {
  const isShort = exponent.number !== null && /^−?\d{1,2}$/.test(exponent.text);
  const upper = isShort
    ? exponent.text.replace("−", "⁻").replace(/\d/g, (digit) => RAISED_DIGITS[digit])
    : `^${exponent.within(ATOM).text}`;
  return new Formula(base.within(ATOM).text + upper, RAISED);
}

/** A function of the operands. */
export function called(name, operands) {
  const text = operands.map((each) => each.text).join(", ");
  return new Formula(name === "abs" && !text.includes("|") ? `|${text}|` : `${name}(${text})`);
}
