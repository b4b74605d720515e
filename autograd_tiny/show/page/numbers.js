/**
 * Numbers as the pictures write them: names.py has the same functions.
 */

/** A number with so many significant digits, but all before the decimal point: 14, 24704, 1.2e−05, −inf. */
export function readable(x, digits = 4) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  if (x === 0) return "0";
  const beforeThePoint = Math.abs(x) < 1e6 ? Math.abs(x).toFixed(0).length : 0;
  return general(x, Math.max(digits, beforeThePoint)).replaceAll("-", "−");
}

/** A number to all digits, as JavaScript reads it: "NaN" and "Infinity" where it is not finite. */
export function exact(x) {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** What a person typed as a number, with any sign for minus; nan if it is none that is finite. */
export function typed(text) {
  const plain = text.trim().replace(/^[−–]/, "-").replace(/([eE])[−–]/, "$1-");
  const x = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(x) ? x : NaN;
}

/** The format "g" of C and Python. */
function general(x, precision) {
  const [mantissa, exponent] = rounded(x, precision).split("e");
  const power = Number(exponent);
  if (power < -4 || power >= precision) {
    const sign = power < 0 ? "-" : "+";
    return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return withoutZeros(Number(`${mantissa}e${exponent}`).toFixed(Math.max(0, precision - 1 - power)));
}

/** So many digits and an exponent. Of two that are equally near the even one, where JavaScript takes the larger. */
function rounded(x, precision) {
  const found = x.toExponential(precision - 1);
  const [mantissa] = x.toExponential(Math.min(100, precision + 60)).split("e");
  const digits = mantissa.replace(/[-.]/g, "");
  const isTie = /^50*$/.test(digits.slice(precision));
  if (!isTie || Number(digits[precision - 1]) % 2) return found;
  const fraction = precision > 1 ? `.${digits.slice(1, precision)}` : "";
  return `${x < 0 ? "-" : ""}${digits[0]}${fraction}e${found.split("e")[1]}`;
}

function withoutZeros(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
