/* Elementary functions of one number, without branches, so that compilers turn loops over rows into vector code.

   Both sides of every ?: are computed. Only operations that AVX-512F, AVX2, SSE2 and NEON all have are used: no
   fused multiply-add (compile with -ffp-contract=off), no conversion between integers and doubles, no comparison of
   64-bit integers. So a result is the same bits on each processor, at each place of a row, and for a row of one.

   Each function is within 2 units in the last place of the exact value over its whole domain, and has the C library's
   values at infinities, nan and signed zeros: see tests/calculus/test_vector_math.py. For sin, cos and tan this holds
   where is_common(x); any_sin, any_cos and any_tan leave the others to the C library.

   vector_polynomials.h has the polynomials. The formulas are from M. Abramowitz and I. A. Stegun, Handbook of
   Mathematical Functions (1964), chapters 4 and 7; sums and products with their rounding errors are those of
   T. J. Dekker, A floating-point technique for extending the available precision (1971). */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef INLINE
  #define INLINE static inline __attribute__((always_inline))
#endif

#include "vector_polynomials.h"

#define SHIFT 0x1.8p52              /* x + SHIFT is rounded to an integer, which is in the last bits */
#define LN2_HIGH 0x1.62e42fefa3800p-1           /* its last bits are 0: times an exponent it is exact */
#define LN2 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.ef35793c76730p-45
#define MANTISSA 0x000fffffffffffffu
#define ROOT_HALF_BITS 0x3fe6a09e667f3bcdu      /* of √½ */
#define ONE_BITS 0x3ff0000000000000u
#define QUARTER_PI 0x1.921fb54442d18p-1
#define QUARTER_PI_LOW 0x1.1a62633145c07p-55

/* ---- bits */

INLINE uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

INLINE double of_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x or y. Unlike ?:, no compiler makes a branch of it. */
INLINE double choice(int first, double x, double y) {
    const uint64_t mask = bits_of(first ? of_bits(~(uint64_t)0) : 0.0);
    return of_bits((bits_of(x) & mask) | (bits_of(y) & ~mask));
}

/* the first 26 bits of x: products of such numbers are exact */
INLINE double upper(double x) { return of_bits(bits_of(x) & 0xfffffffff8000000u); }

/* 2^k, where `shifted` is k + SHIFT and k is between -1022 and 1023 */
INLINE double power_of_two(double shifted) { return of_bits(bits_of(shifted + 1023.0) << 52); }

/* ---- sums and products with their rounding errors: high + low is exact */

typedef struct { double high, low; } wide;

INLINE wide sum(double x, double y) {
    const double high = x + y, part = high - x;
    return (wide){high, (x - (high - part)) + (y - part)};
}

/* where |x| ≥ |y|, or x is 0 */
INLINE wide ordered_sum(double x, double y) {
    const double high = x + y;
    return (wide){high, y - (high - x)};
}

INLINE wide product(double x, double y) {
    const double high = x * y, a = upper(x), b = x - a, c = upper(y), d = y - c;
    return (wide){high, ((a * c - high) + a * d + b * c) + b * d};
}

INLINE wide quotient(wide x, wide y) {
    const double high = x.high / y.high;
    const wide back = product(high, y.high);
    return (wide){high, (((x.high - back.high) - back.low) + (x.low - high * y.low)) / y.high};
}

INLINE wide square_root(wide x) {
    const double high = sqrt(x.high);
    const wide back = product(high, high);
    return (wide){high, x.high == 0.0 ? 0.0 : (((x.high - back.high) - back.low) + x.low) / (2.0 * high)};
}

INLINE double rounded(wide x) { return x.high + x.low; }

/* ---- exponentials. x = k ln 2 + r, and exp(x) = 2^k exp(r) */

typedef struct { double k, r, more; } exponential;      /* k + SHIFT, in fact; exp(r) is 1 + r + more */

/* of high + low; |high| ≤ 750 */
INLINE exponential exponential_of(double high, double low) {
    const double shifted = high * 0x1.71547652b82fep+0 + SHIFT, k = shifted - SHIFT;
    const double rough = high - k * LN2_HIGH, rest = k * LN2_LOW - low, r = rough - rest;
    return (exponential){shifted, r, r * r * exp_polynomial(r) + ((rough - r) - rest)};
}

INLINE wide exp_of_rest(exponential e) {
    const wide one = ordered_sum(1.0, e.r);
    return ordered_sum(one.high, one.low + e.more);
}

/* 2^k x · factor, in two steps, so that numbers next to infinity and denormals are rounded once */
INLINE double scaled(double x, double shifted, double factor) {
    const int is_tiny = shifted < SHIFT - 1000.0;
    const double scale = power_of_two(shifted + (is_tiny ? 100.0 : -2.0));
    return x * scale * (is_tiny ? factor * 0x1p-100 : factor * 4.0);
}

INLINE double exp_of_sum(double high, double low) {
    high = high > 710.5 ? 710.5 : high;
    high = high < -750.0 ? -750.0 : high;
    const exponential e = exponential_of(high, low);
    return scaled(exp_of_rest(e).high, e.k, 1.0);
}

INLINE double vector_exp(double x) { return exp_of_sum(x, 0.0); }

/* x = k + r, and 2^x = 2^k exp(r ln 2) */
INLINE double vector_exp2(double x) {
    const double y = x > 1025.0 ? 1025.0 : x < -1080.0 ? -1080.0 : x, shifted = y + SHIFT, turn = y - (shifted - SHIFT);
    const wide r = product(turn, LN2);
    const double low = r.low + turn * 0x1.abc9e3b39803fp-56;
    const exponential e = {shifted, r.high, r.high * r.high * exp_polynomial(r.high) + low};
    return scaled(exp_of_rest(e).high, shifted, 1.0);
}

/* exp(x) - 1 = 2^k ((exp(r) - 1) + (1 - 2^-k)) */
INLINE double vector_expm1(double x) {
    const double y = x > 710.5 ? 710.5 : x < -40.0 ? -40.0 : x;
    const exponential e = exponential_of(y, 0.0);
    const double k = e.k - SHIFT, back = power_of_two(SHIFT - (k > 60.0 ? 60.0 : k));
    const wide all = sum(1.0 - back, e.r);
    return fabs(x) < 1e-17 ? x : (all.high + (all.low + e.more)) * power_of_two(e.k - 2.0) * 4.0;
}

INLINE double vector_sigmoid(double x) {
    const double y = fabs(x) > 750.0 ? 750.0 : fabs(x);
    const exponential e = exponential_of(-y, 0.0);
    const wide rest = exp_of_rest(e);
    const wide f = {scaled(rest.high, e.k, 1.0), scaled(rest.low, e.k, 1.0)};
    const wide all = ordered_sum(1.0, f.high);
    const wide top = {x >= 0.0 ? 1.0 : f.high, x >= 0.0 ? 0.0 : f.low};
    return rounded(quotient(top, (wide){all.high, all.low + f.low}));
}

/* exp(|x|) / 2, for |x| ≤ 710.5 */
INLINE double half_exp(double x) {
    const exponential e = exponential_of(fabs(x) > 710.5 ? 710.5 : fabs(x), 0.0);
    return scaled(exp_of_rest(e).high, e.k, 0.5);
}

INLINE double vector_cosh(double x) {
    const double half = half_exp(x);
    return half + 0.25 / half;
}

INLINE double vector_sinh(double x) {
    const double half = half_exp(x), z = x * x;
    return fabs(x) < 1.0 ? x + x * z * sinh_polynomial(z) : copysign(half - 0.25 / half, x);
}

INLINE double vector_tanh(double x) {
    const double y = fabs(x) > 22.0 ? 22.0 : fabs(x), z = y * y, all = vector_exp(2.0 * y);
    return copysign(y < 0.55 ? y + y * z * tanh_polynomial(z) : 1.0 - 2.0 / (all + 1.0), x);
}

/* ---- logarithms. x = 2^k (1 + f), with 1 + f between √½ and √2; s = f / (2 + f), and log(1 + f) = 2 artanh(s).
   2s = f - s f, and s f = f²/2 - s f²/2: so the largest terms are f and f²/2, without errors of division. */

typedef struct { double k, f, scale; } parts;

/* of a positive number; scale: 2^-k, unless it is next to infinity */
INLINE parts parts_of(double x) {
    const int is_tiny = x < 0x1p-1022;
    const uint64_t bits = bits_of(x * (is_tiny ? 0x1p54 : 1.0)) + (ONE_BITS - ROOT_HALF_BITS), exponent = bits >> 52;
    const double k = of_bits(exponent | 0x4330000000000000u) - (is_tiny ? 0x1p52 + 1077.0 : 0x1p52 + 1023.0);
    return (parts){k, of_bits((bits & MANTISSA) + ROOT_HALF_BITS) - 1.0, of_bits((2046u - exponent) << 52)};
}

INLINE double log_of_parts(double k, double f, double low) {
    const double half = 0.5 * f * f, s = f / (2.0 + f), z = s * s;
    return k * LN2_HIGH - ((half - (s * (half + z * log_polynomial(z)) + (k * LN2_LOW + low))) - f);
}

/* The value `f` of a logarithm of x, unless x is next to the end of its domain. */
INLINE double in_domain(double f, double x) {
    return x > 0.0 ? (x < INFINITY ? f : INFINITY) : (x == 0.0 ? -INFINITY : NAN);
}

INLINE double vector_log(double x) {
    const parts p = parts_of(x);
    return in_domain(log_of_parts(p.k, p.f, 0.0), x);
}

/* log(high + low), of which low is a rounding error */
INLINE double log_of_sum(double high, double low) {
    const parts p = parts_of(high);
    const double moved = high > 0x1p60 ? 0.0 : low * p.scale, f = p.f + moved;
    return log_of_parts(p.k, f, moved - (f - p.f));
}

INLINE double vector_log1p(double x) {
    const wide y = sum(1.0, x);
    return copysign(in_domain(log_of_sum(y.high, y.low), 1.0 + x), x);
}

/* k log(2) + log(1 + f) in another base; one: 1 / log(base), two: log(2) / log(base), in two parts each */
INLINE double log_in_base(double x, wide one, wide two) {
    const parts p = parts_of(x);
    const double half = 0.5 * p.f * p.f, s = p.f / (2.0 + p.f), z = s * s;
    const double high = upper(p.f - half), low = ((p.f - high) - half) + s * (half + z * log_polynomial(z));
    const wide all = ordered_sum(p.k * two.high, high * one.high);
    return in_domain(all.high + (all.low + (p.k * two.low + ((high + low) * one.low + low * one.high))), x);
}

INLINE double vector_log2(double x) {
    return log_in_base(x, (wide){0x1.7154760000000p+0, 0x1.4ae0bf85ddf44p-26}, (wide){1.0, 0.0});
}

INLINE double vector_log10(double x) {
    return log_in_base(
        x, (wide){0x1.bcb7b10000000p-2, 0x1.49b9438ca9aaep-28}, (wide){0x1.34413509f7800p-2, 0x1.fef311f12b358p-46}
    );
}

/* log(1 + exp(x)) */
INLINE double vector_softplus(double x) {
    const wide y = ordered_sum(1.0, vector_exp(-fabs(x)));
    return (x > 0.0 ? x : 0.0) + log_of_sum(y.high, y.low);
}

INLINE double vector_log_sigmoid(double x) { return -vector_softplus(-x); }

/* log(x + √(x² + 1)); far out, log(2x) */
INLINE double vector_asinh(double x) {
    const double y = fabs(x);
    const int is_far = y > 0x1p28;
    const wide more = ordered_sum(y, y * y / (1.0 + sqrt(y * y + 1.0))), all = sum(1.0, more.high);
    const double f = log_of_sum(is_far ? y : all.high, is_far ? 0.0 : all.low + more.low);
    return copysign(y < INFINITY ? f + (is_far ? LN2 : 0.0) : y, x);
}

/* log(x + √(x² - 1)) */
INLINE double vector_acosh(double x) {
    const int is_far = x > 0x1p28;
    const double y = x - 1.0;
    const wide yy = product(y, y), inside = sum(2.0 * y, yy.high);
    const wide root = square_root((wide){inside.high, inside.low + yy.low});
    const wide more = sum(y, root.high), all = sum(1.0, more.high);
    const double f = log_of_sum(is_far ? x : all.high, is_far ? 0.0 : all.low + (more.low + root.low));
    return x >= 1.0 ? (x < INFINITY ? f + (is_far ? LN2 : 0.0) : x) : NAN;
}

/* ½ log((1 + x) / (1 - x)); near 0, the series in x itself */
INLINE double vector_atanh(double x) {
    const double y = fabs(x), z = y * y;
    const wide more = quotient((wide){2.0 * y, 0.0}, ordered_sum(1.0, -y)), all = sum(1.0, more.high);
    const double near = y + 0.5 * (y * z * log_polynomial(z)), f = 0.5 * log_of_sum(all.high, all.low + more.low);
    return copysign(y < 0.17 ? near : y < 1.0 ? f : y == 1.0 ? INFINITY : NAN, x);
}

/* ---- trigonometric functions. x = n π/2 + r, with π/2 in four parts; n times each of the first three is exact. */

INLINE int is_common(double x) { return !(fabs(x) > 1e6); }

typedef struct { double r, rest; uint64_t quarter; } angle;

INLINE angle angle_of(double x) {
    const double shifted = x * 0x1.45f306dc9c883p-1 + SHIFT, n = shifted - SHIFT;
    const wide a = sum(x - n * 0x1.921fb54400000p+0, -(n * 0x1.0b4611a600000p-34));
    const wide b = sum(a.high, -(n * 0x1.3198a2e000000p-69));
    const double low = (a.low + b.low) - n * 0x1.b839a252049c1p-104, r = b.high + low;
    return (angle){r, (b.high - r) + low, bits_of(shifted)};
}

INLINE double sin_of(angle t) {
    const double z = t.r * t.r;
    return t.r + (t.r * z * sin_polynomial(z) + t.rest * (1.0 - 0.5 * z));
}

INLINE double cos_of(angle t) {
    const double z = t.r * t.r, half = 0.5 * z, w = 1.0 - half;
    return w + (((1.0 - w) - half) + (z * z * cos_polynomial(z) - t.r * t.rest));
}

INLINE int is_odd(uint64_t n) { return of_bits(n << 63 | ONE_BITS) < 0.0; }
INLINE double negated_if(uint64_t n, double x) { return of_bits(bits_of(x) ^ n << 63); }     /* where n is odd */

INLINE double vector_sin(double x) {
    const angle t = angle_of(x);
    return x == 0.0 ? x : negated_if(t.quarter >> 1, is_odd(t.quarter) ? cos_of(t) : sin_of(t));
}

INLINE double vector_cos(double x) {
    const angle t = angle_of(x);
    return negated_if((t.quarter + 1) >> 1, is_odd(t.quarter) ? sin_of(t) : cos_of(t));
}

INLINE double vector_tan(double x) {
    const angle t = angle_of(x);
    const double z = t.r * t.r;
    const wide f = ordered_sum(t.r, t.r * z * tan_polynomial(z) + t.rest * (1.0 + z));
    return x == 0.0 ? x : is_odd(t.quarter) ? rounded(quotient((wide){-1.0, 0.0}, f)) : f.high;
}

/* far out, by the C library */
static double any_sin(double x) { return is_common(x) ? vector_sin(x) : sin(x); }
static double any_cos(double x) { return is_common(x) ? vector_cos(x) : cos(x); }
static double any_tan(double x) { return is_common(x) ? vector_tan(x) : tan(x); }

/* ---- their inverses */

/* arctan(t), and rest; |t| ≤ √2 - 1 */
INLINE double atan_near_zero(double t, double rest) {
    const double z = t * t;
    return t + (t * z * atan_polynomial(z) + rest);
}

/* arctan(x) = π/4 + arctan(t) = π/2 - arctan(1 / x), where t = (x - 1) / (x + 1), and 1 / (x + 1) = (1 - t) / 2 */
INLINE double vector_atan(double x) {
    const double y = fabs(x);
    const double step = y > 0x1.3504f333f9de6p+1 ? 2.0 : y > 0x1.a827999fcef34p-2 ? 1.0 : 0.0;
    const wide less = sum(y, -step), more = sum(y, 1.0);
    const double t = (step == 2.0 ? -1.0 : less.high) / (step == 2.0 ? y : step == 1.0 ? more.high : 1.0);
    const double rest = step == 1.0 ? (less.low - t * more.low) * (0.5 - 0.5 * t) : 0.0;
    return copysign(step * QUARTER_PI + atan_near_zero(t, rest + step * QUARTER_PI_LOW), x);
}

/* The smaller of |x| and |y| divided by the larger is the tangent of an angle up to π/4 */
INLINE double vector_atan2(double y, double x) {
    const double a = fabs(x), b = fabs(y), more = a > b ? a : b, less = a > b ? b : a;
    const double scale = more > 0x1p1000 ? 0.25 : 1.0, huge = less == INFINITY ? 1.0 : 0.0;
    const double large = more == INFINITY || more == 0.0 ? 1.0 : more * scale;
    const double small = more == INFINITY ? huge : less * scale;
    const double step = small > 0x1.a827999fcef34p-2 * large ? 1.0 : 0.0;
    const wide top = sum(small, -step * large), bottom = sum(large, step * small);
    const double t = top.high / bottom.high, rest = (top.low - t * bottom.low) / bottom.high;
    const double right = b > a ? 2.0 - step : step, quarters = copysign(1.0, x) < 0.0 ? 4.0 - right : right;
    const double turns = copysign(b > a ? -1.0 : 1.0, b > a ? -x : x);
    const double base = quarters == 3.0 ? 0x1.2d97c7f3321d2p+1 : quarters * QUARTER_PI;
    const double base_low = quarters == 3.0 ? 0x1.a79394c9e8a0ap-54 : quarters * QUARTER_PI_LOW;
    const double f = base + atan_near_zero(t * turns, rest * turns + base_low);
    return x != x || y != y ? NAN : copysign(f, y);
}

/* arcsin(x), and above ½: π/2 - 2 arcsin(√((1 - x) / 2)) */
INLINE double vector_asin(double x) {
    const double y = fabs(x);
    const int is_far = y > 0.5;
    const double z = is_far ? 0.5 * (1.0 - y) : y * y, s = is_far ? sqrt(z) : y, more = s * z * asin_polynomial(z);
    return copysign(is_far ? 2.0 * QUARTER_PI - (2.0 * s - (2.0 * QUARTER_PI_LOW - 2.0 * more)) : s + more, x);
}

INLINE double vector_acos(double x) {
    const double y = fabs(x);
    const int is_far = y > 0.5;
    const double z = is_far ? 0.5 * (1.0 - y) : y * y, s = is_far ? sqrt(z) : x, more = s * z * asin_polynomial(z);
    const double near = 2.0 * QUARTER_PI - (s - (2.0 * QUARTER_PI_LOW - more)), right = 2.0 * (s + more);
    const double left = 4.0 * QUARTER_PI - (2.0 * s - (4.0 * QUARTER_PI_LOW - 2.0 * more));
    return is_far ? (x > 0.0 ? right : left) : near;
}

/* ---- error functions. exp(y²) erfc(y) (1 + 2y) is nearly constant: M. M. Shepherd and J. G. Laframboise, Chebyshev
   approximation of (1 + 2x) exp(x²) erfc(x) in 0 ≤ x < ∞ (1981). */

INLINE double erf_near_zero(double x) { return x + x * erf_polynomial(x * x); }        /* |x| ≤ 0.8 */

/* erfc(y), for y between 0.65 and 27.3. t and the quotient of f by 1 + 2y share a division; the quotient is corrected by
   its remainder. */
INLINE double erfc_above(double y) {
    const double a = upper(y), beside = y + 4.0;
    const wide below = ordered_sum(2.0 * y, 1.0);
    const double inverse = 1.0 / (beside * below.high), t = (y - 4.0) * (below.high * inverse), part = beside * inverse;
    const wide f = ordered_sum(0x1.3ba5916e9fd7fp+0, t * erfc_polynomial(t));
    const double ratio = f.high * part;
    const wide back = product(ratio, below.high);
    const double low = (((f.high - back.high) - back.low) + (f.low - ratio * below.low)) * part;
    const exponential e = exponential_of(-a * a, -(y - a) * (y + a));
    return scaled(ratio + (low + ratio * (e.r + e.more)), e.k, 1.0);
}

INLINE double vector_erf(double x) {
    const double y = fabs(x) > 6.0 ? 6.0 : fabs(x);             /* erf(6) is 1; and denormals would be slow */
    return copysign(y < 0.8 ? erf_near_zero(y) : 1.0 - erfc_above(y), x);
}

INLINE double vector_erfc(double x) {
    const double y = fabs(x) > 27.3 ? 27.3 : fabs(x), far = erfc_above(y);
    const wide near = ordered_sum(1.0, -x);
    return y < 0.65 ? near.high + (near.low - x * erf_polynomial(x * x)) : x > 0.0 ? far : 2.0 - far;
}

/* ---- powers. For the cube root, x = 2^(3j) m, and t is nearly the cube root of m: a step of Halley's method. */

INLINE double vector_cbrt(double x) {
    const parts p = parts_of(fabs(x));
    const double third = p.k * 0x1.5555555555555p-2 + SHIFT, left = p.k - 3.0 * (third - SHIFT);
    const double power = left == 1.0 ? 2.0 : left == -1.0 ? 0.5 : 1.0, m = (1.0 + p.f) * power;
    const double root = left == 1.0 ? 0x1.428a2f98d728bp+0 : left == -1.0 ? 0x1.965fea53d6e3dp-1 : 1.0;
    const double t = upper(root * cbrt_polynomial(p.f));
    const wide cube = product(t * t, t);
    const double rest = (m - cube.high) - cube.low, f = (t + t * rest / (m + 2.0 * cube.high)) * power_of_two(third);
    return x == 0.0 || !(fabs(x) < INFINITY) ? x : copysign(f, x);
}

INLINE double vector_hypot(double x, double y) {
    const double a = fabs(x), b = fabs(y), more = a > b ? a : b;
    const double scale = more > 0x1p500 ? 0x1p-600 : more < 0x1p-400 ? 0x1p600 : 1.0;
    const double back = more > 0x1p500 ? 0x1p600 : more < 0x1p-400 ? 0x1p-600 : 1.0;
    const double f = sqrt((a * scale) * (a * scale) + (b * scale) * (b * scale)) * back;
    return a == INFINITY || b == INFINITY ? INFINITY : f;
}

/* log(x) with some 64 bits: s and 2 artanh(s) in two parts each */
INLINE wide long_log(double x) {
    const parts p = parts_of(x);
    const double sum2 = 2.0 + p.f, rest2 = p.f - (sum2 - 2.0), inverse = 1.0 / sum2, upper2 = upper(sum2);
    const double s = upper(p.f * inverse), s_low = ((p.f - s * upper2) - s * ((sum2 - upper2) + rest2)) * inverse;
    const double z = s * s, z_low = s_low * (2.0 * s + s_low), zz = z + z_low;
    const wide c = ordered_sum(0x1.5555555555555p-1, 0x1.5555555555555p-55 + zz * long_log_polynomial(zz));
    const wide cz = product(z, c.high);
    const double t = upper(cz.high), t_low = (cz.high - t) + (cz.low + (z * c.low + z_low * c.high));
    const wide a = ordered_sum(p.k * LN2_HIGH, 2.0 * s), b = ordered_sum(a.high, s * t);
    const double low = a.low + b.low + (p.k * LN2_LOW + (2.0 * s_low + (s * t_low + s_low * (t + t_low))));
    return ordered_sum(b.high, low);
}

INLINE double vector_pow(double x, double y) {
    const double a = fabs(x), b = fabs(y) > 1e21 ? copysign(1e21, y) : y;
    const wide l = long_log(a), exponent = product(b, l.high);
    const double low = fabs(exponent.high) < 1000.0 ? exponent.low + b * l.low : 0.0;
    const double at_0 = y > 0.0 ? 0.0 : INFINITY, at_infinity = y > 0.0 ? INFINITY : 0.0;
    const double size = a == 0.0 ? at_0 : a == INFINITY ? at_infinity : exp_of_sum(exponent.high, low);
    /* the parity of y: halves of integers have no fraction, or ½ */
    const double whole = fabs(b) > 0x1p53 ? 0x1p53 : fabs(b), half = 0.5 * whole;
    const double fraction = whole > 0x1p52 ? 0.0 : fabs(whole - ((whole + 0x1p52) - 0x1p52));
    const double parity = fabs(half - ((half + 0x1p52) - 0x1p52));
    const double of_fraction = a == 0.0 ? size : a == INFINITY ? size : NAN;
    const double below_0 = fraction > 0.0 ? of_fraction : parity > 0.0 ? -size : size;
    const double f = copysign(1.0, x) < 0.0 ? below_0 : size;
    return y == 0.0 ? 1.0 : x == 1.0 ? 1.0 : x != x ? x : y != y ? y : f;
}
