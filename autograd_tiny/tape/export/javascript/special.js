/**
 * Functions of numbers that JavaScript lacks, or defines otherwise than IEEE 754 and C do.
 *
 * They follow calculus/special.py, special.h and vector_math.h, which name the sources. lgamma is here alone, since
 * Python and C have theirs: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 6.1.33 next to
 * 2 and 6.1.41 far out.
 */

const LN_PI = 1.1447298858494002;
const TWO_OVER_ROOT_PI = 1.1283791670955126;
const WHOLE = 2 ** 52; // from here on every number is an integer

/** |x| with the sign of y. */
export function copysign(x, y) {
  const isNegative = y < 0 || (y === 0 && 1 / y < 0);
  return isNegative ? -Math.abs(x) : Math.abs(x);
}

/** The nearest integer, the even one of two. */
export function rint(x) {
  const y = Math.abs(x);
  return y < WHOLE ? copysign(y + WHOLE - WHOLE, x) : x;
}

/** The remainder of x / y with the sign of x. */
export function fmod(x, y) {
  return x % y;
}

/** x to the power y; JavaScript has nan where the base is 1 and the exponent nan, or +-1 and +-infinity. */
export function pow(x, y) {
  return x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : Math.pow(x, y);
}

export function exp2(x) {
  return Math.pow(2, x);
}

/** sqrt(x^2 + y^2) without overflow. Math.hypot is slower. */
export function hypot(x, y) {
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a === Infinity || b === Infinity) return Infinity;
  const more = a > b ? a : b;
  const scale = more > 2 ** 500 ? 2 ** -600 : more < 2 ** -400 ? 2 ** 600 : 1;
  return Math.sqrt(a * scale * (a * scale) + b * scale * (b * scale)) / scale;
}

// ---- error functions

// <written: polynomials> from vector_polynomials.h: see tools/written.py
/* erf(y) / y - 1, x = y^2, from 0.0 to 0.64; error 3.2e-18 */
function erf_polynomial(x) {
    const x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;
    return 0.12837916709551256 + x * (-0.3761263890318363 + x * 0.11283791670947425 + x2 * (-0.026866170643245042 +
        x * 0.0052239776017313) + x4 * (-0.0008548325282893377 + x * 0.00012055253194621397 + x2 *
        (-1.4923294848699256e-05 + x * 1.6417213103747688e-06)) + x8 * (-1.5828817882173512e-07 + x *
        1.1082612208129234e-08));
}

/* (exp(y^2) erfc(y) (1 + 2y) - c) / x, x = (y - 4) / (y + 4), from -0.72043 to 0.74441; error 4.6e-17 */
function erfc_polynomial(x) {
    const x2 = x * x, x4 = x2 * x2, x8 = x4 * x4, x16 = x8 * x8;
    return -0.13962111684056253 + x * (0.015379652102602498 + x * 0.06809705425469362 + x2 * (-0.1010390660352264 +
        x * 0.0937328349982701) + x4 * (-0.06633036583836979 + x * 0.037167515540124346 + x2 *
        (-0.016197733735180214 + x * 0.00503196993608442)) + x8 * (-0.000757775579708026 + x *
        -0.00019925633286408195 + x2 * (0.00015063161949809508 + x * -2.4401031706080174e-05) + x4 *
        (-1.124892162101554e-05 + x * 5.715143274605763e-06 + x2 * (3.383300460827016e-07 + x *
        -8.346492286587908e-07))) + x16 * (3.259847898675926e-08 + x * 1.1786184728027088e-07 + x2 *
        (7.750485723676903e-10 + x * -1.5610169920889786e-08)));
}
// </written: polynomials>

/** erfc(y), for y between 0.65 and 27.3: y^2 is the sum of a square without rounding error and a small rest. */
function erfc_above(y) {
  const a = Math.fround(y);
  const t = (y - 4) / (y + 4);
  const ratio = (1.2329951186255526 + t * erfc_polynomial(t)) / (1 + 2 * y);
  return Math.exp(-a * a) * (ratio * Math.exp(-(y - a) * (y + a)));
}

export function erf(x) {
  const y = Math.abs(x);
  if (y < 0.8) return x + x * erf_polynomial(x * x);
  return copysign(y > 6 ? 1 : 1 - erfc_above(y), x);
}

export function erfc(x) {
  const y = Math.abs(x);
  if (y < 0.65) return 1 - x - x * erf_polynomial(x * x);
  const far = y > 27.3 ? 0 : erfc_above(y);
  return x > 0 ? far : 2 - far;
}

/** The number whose error function is x: Halley's method on erf, and far out on erfc. */
export function erfinv(x) {
  const y = Math.abs(x);
  const distance = 1 - y;
  if (!(distance > 0)) return distance === 0 ? copysign(Infinity, x) : NaN;
  const logarithm = Math.log(distance) + Math.log(1 + y);
  const half = 2 / (Math.PI * 0.147) + logarithm / 2;
  let z = Math.sqrt(Math.sqrt(half * half - logarithm / 0.147) - half);
  if (y < 1e-8) z = y / TWO_OVER_ROOT_PI;
  for (let i = 0; i < 3; i++) {
    const error = z < 0.5 ? erf(z) - y : distance - erfc(z);
    const step = error / (TWO_OVER_ROOT_PI * Math.exp(-z * z));
    z -= step / (1 + z * step);
  }
  return copysign(z, x);
}

// ---- the gamma function and its derivatives

const BERNOULLI = [
  1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
];
// the coefficients of lgamma(2 + z): 1 - Euler's constant, and for k = 2, 3, ... (-1)^k (zeta(k) - 1) / k
const LGAMMA_NEXT_TO_2 = [
  0.42278433509846713, 0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939,
  9.945751278180853e-05, -4.492623673813314e-05, 2.050721277567069e-05, -9.439488275268397e-06,
  4.374866789907488e-06, -2.039215753801366e-06, 9.55141213040742e-07, -4.492469198764566e-07,
  2.1207184805554665e-07, -1.0043224823968099e-07, 4.7698101693639804e-08, -2.2711094608943164e-08,
  1.0838659214896955e-08, -5.183475041970047e-09, 2.4836745438024785e-09, -1.1921401405860912e-09,
  5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10,
];

/** lgamma(x), for x between 1.5 and 2.5. */
function lgamma_next_to_2(x) {
  const z = x - 2;
  let sum = 0;
  for (let k = LGAMMA_NEXT_TO_2.length - 1; k >= 0; k--) sum = LGAMMA_NEXT_TO_2[k] + z * sum;
  return z * sum;
}

/** lgamma(x), for x from 12 on: Stirling's series. */
function lgamma_far_out(x) {
  let series = 0;
  let power = 1 / x;
  for (let i = 0; i < 8; i++) {
    series += (BERNOULLI[i] / ((2 * i + 1) * (2 * i + 2))) * power;
    power /= x * x;
  }
  return (x - 0.5) * (Math.log(x) - 1) + (0.4189385332046727 + series);
}

function lgamma_right(x) {
  if (x < 0.5) return lgamma_next_to_2(x + 2) - Math.log(x) - Math.log1p(x);
  if (x < 1.5) return lgamma_next_to_2(x + 1) - Math.log(x);
  if (x >= 12) return lgamma_far_out(x);
  let product = 1;
  while (x >= 2.5) {
    x -= 1;
    product *= x;
  }
  return lgamma_next_to_2(x) + Math.log(product);
}

/** The logarithm of |Gamma(x)|. Left of 0 it is reflected: Gamma(x) Gamma(-x) = -pi / (x sin(pi x)). */
export function lgamma(x) {
  if (x !== x) return NaN;
  if (x === Infinity || x === -Infinity) return Infinity;
  if (x > 0) return lgamma_right(x);
  const y = -x;
  if (y === Math.floor(y)) return Infinity;
  if (y < 1e-17) return -Math.log(y);
  const part = y - Math.floor(y);
  const sine = Math.sin(Math.PI * (part > 0.5 ? 1 - part : part));
  return LN_PI - Math.log(y * sine) - lgamma_right(y);
}

/** polygamma for x of at least -1/2: by the recurrence up to where the asymptotic series is precise. */
function polygamma_right(order, x) {
  let skipped = 0;
  while (x < 12 + order) {
    let power = 1 / x;
    for (let i = 0; i < order; i++) power /= x;
    skipped += power;
    x += 1;
  }
  let coefficient = (order > 0 ? order * (order + 1) : 1) / 2 / x / x;
  let series = 0;
  for (let i = 0; i < BERNOULLI.length; i++) {
    series += BERNOULLI[i] * coefficient;
    const k = 2 * (i + 1);
    coefficient *= ((k + order) * (k + order + 1)) / ((k + 1) * (k + 2)) / x / x;
  }
  if (order === 0) return Math.log(x) - 0.5 / x - series - skipped;
  let factorial = 1;
  let first = 1 / x;
  for (let i = 1; i < order; i++) {
    factorial *= i;
    first *= i / x;
  }
  const total = factorial * order * skipped + first * (1 + order / 2 / x + series);
  return order % 2 === 1 ? total : -total;
}

/** The derivative of this order of the digamma function; nan at most poles. */
export function polygamma(order, x) {
  if (!(order >= 0 && order <= 170) || order !== Math.floor(order) || x === -Infinity || x !== x) return NaN;
  if (x === Infinity) return order === 0 ? Infinity : 0;
  const is_odd = order % 2 === 1;
  if (x <= 0 && x === Math.floor(x)) {
    if (is_odd) return Infinity;
    return x === 0 ? copysign(Infinity, -x) : NaN;
  }
  if (x >= -0.5) return polygamma_right(order, x);
  const distance = x - rint(x); // pi cot(pi x), which is between both sides, has the period 1
  const reflected = polygamma_right(order, 1 - x) - polygamma_right(order, 1 - distance);
  return polygamma_right(order, distance) + (is_odd ? -reflected : reflected);
}

// ---- lists: the first `size` numbers of xs

/** The largest; nan if any is nan. */
export function largest(xs, size) {
  let best = xs[0];
  for (let k = 1; k < size; k++) if (xs[k] > best || xs[k] !== xs[k]) best = xs[k];
  return best;
}

/** The smallest; nan if any is nan. */
export function smallest(xs, size) {
  let best = xs[0];
  for (let k = 1; k < size; k++) if (xs[k] < best || xs[k] !== xs[k]) best = xs[k];
  return best;
}

export function sum_of(xs, size) {
  let total = 0;
  for (let k = 0; k < size; k++) total += xs[k];
  return total;
}

export function product_of(xs, size) {
  let product = 1;
  for (let k = 0; k < size; k++) product *= xs[k];
  return product;
}

/** For each x the product of all the others. */
export function products_of_others(xs, size, out) {
  let before = 1;
  for (let k = 0; k < size; k++) {
    out[k] = before;
    before *= xs[k];
  }
  let after = 1;
  for (let k = size - 1; k >= 0; k--) {
    out[k] *= after;
    after *= xs[k];
  }
}

/** One unit, shared in proportion to the flags; nothing if they are all 0. */
export function shares(flags, size, out) {
  const total = sum_of(flags, size);
  const divisor = total === 0 ? total + 1 : total;
  for (let k = 0; k < size; k++) out[k] = flags[k] / divisor;
}

const scratch = [];

/** Four arrays for lists of this size, used again by each call. */
export function room(size) {
  if (scratch.length === 0 || scratch[0].length < size) {
    for (let k = 0; k < 4; k++) scratch[k] = new Float64Array(2 * size);
  }
  return scratch;
}

/** The operands of sample i: operand k of sample 0 is at p[k] * w in r. */
export function gather(xs, r, p, w, i) {
  for (let k = 0; k < p.length; k++) xs[k] = r[p[k] * w + i];
}
