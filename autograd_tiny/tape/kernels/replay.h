/* Runs the groups of a plan (see grouping.py) over rows of samples: forward, in reverse, and for tangents.

   A row holds one number for each sample of a block, next to each other, so that every loop here is over
   samples and uses the vector unit. Rows are W numbers apart. n of these count; loops that only fill rows run
   to the next multiple of PARTS, and the numbers there are never looked at. With W = 1 a row is one number, and
   loops run over the instructions of a group instead. Sums over samples go into PARTS partial sums, in an order
   that depends neither on the processor nor on the number of threads.

   s: the scalars; r: the rows; of_s, a: the adjoints of scalars and of rows; t: the tangents of rows.

   dots.h has dots and layers of them, takes.h takes of one of several values; kernels.h, written by
   calculus/c_kernels.py, has all other operations. */
#pragma once

#include "dots.h"
#include "takes.h"

#define PI 3.141592653589793

/* ---- functions of lists in formulas */

INLINE double largest(const number *xs, int64_t n) {
    double best = xs[0];
    for (int64_t k = 0; k < n; k++) if (xs[k] > best || xs[k] != xs[k]) best = xs[k];
    return best;
}

INLINE double smallest(const number *xs, int64_t n) {
    double best = xs[0];
    for (int64_t k = 0; k < n; k++) if (xs[k] < best || xs[k] != xs[k]) best = xs[k];
    return best;
}

INLINE double sum_of(const number *xs, int64_t n) {
    double total = 0.0;
    for (int64_t k = 0; k < n; k++) total += xs[k];
    return total;
}

INLINE double product_of(const number *xs, int64_t n) {
    double product = 1.0;
    for (int64_t k = 0; k < n; k++) product *= xs[k];
    return product;
}

INLINE void products_of_others(const number *xs, int64_t n, number *out) {
    double before = 1.0, after = 1.0;
    for (int64_t k = 0; k < n; k++) { out[k] = before; before *= xs[k]; }
    for (int64_t k = n - 1; k >= 0; k--) { out[k] *= after; after *= xs[k]; }
}

INLINE void shares(const number *flags, int64_t n, number *out) {
    double total = sum_of(flags, n), divisor = total + (double)(total == 0.0);
    for (int64_t k = 0; k < n; k++) out[k] = flags[k] / divisor;
}

/* Long formulas, which call functions of vector_math.h, have a function of rows each: they are used in several places.
   n is 1 or a multiple of PARTS. They compute in doubles. A simd loop computes both sides of every choice. */
#define ROW_FUNCTION static __attribute__((noinline))
#define EACH_OF_ROW \
    for (int64_t part = 0; part < n; part += PARTS) \
        _Pragma("omp simd") for (int64_t i = part; i < part + PARTS; i++)

#include "special.h"
#include "vector_math.h"

ROW_FUNCTION int are_common(const double *x, int64_t n) {
    int64_t rare = 0;
    for (int64_t i = 0; i < n; i++) rare += is_common(x[i]) ? 0 : 1;
    return rare == 0;
}

#include "kernels.h"

/* ---- the chain rule: what arrives times the local derivative. An operand that was not selected is sent nothing. */

INLINE number sent(int selects, number adjoint, number derivative) {
    return selects && derivative == 0.0 ? 0.0 : adjoint * derivative;
}

INLINE number pushed(int selects, number tangent, number derivative) {
    return is_none(tangent) || (selects && derivative == 0.0) ? NONE : tangent * derivative + ZERO;
}

/* the same for rows of derivatives, of one instruction on many samples or of many instructions on one */
ROW_FUNCTION void send_row(int selects, number *to, const number *adjoints, const double *derivatives, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += sent(selects, adjoints[i], derivatives[i]);
}

ROW_FUNCTION void push_row(int selects, number *to, const number *tangents, const double *derivatives, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += pushed(selects, tangents[i], derivatives[i]);
}

ROW_FUNCTION void send_each(
    int selects, number *a, const int32_t *places, const number *adjoints, const double *derivatives, int64_t n
) {
    for (int64_t i = 0; i < n; i++) a[places[i]] += sent(selects, adjoints[i], derivatives[i]);
}

ROW_FUNCTION void push_each(
    int selects, number *to, const number *t, const int32_t *places, const double *derivatives, int64_t n
) {
    for (int64_t i = 0; i < n; i++) to[i] += pushed(selects, t[places[i]], derivatives[i]);
}

/* ---- all groups of a plan */

/* where the row of operand j of instruction k begins */
#define PLACE(k, j) (p[(j) * c + (k)] * W)
#define EACH_INSTRUCTION for (int64_t k = 0; k < c; k++)
#define EACH_SAMPLE INDEPENDENT for (int64_t i = 0; i < n; i++)

/* The operands of instruction k: their rows; one sample in these; the numbers that the rows are where W = 1. */
#define ROWS_1 const number *x = r + PLACE(k, 0);
#define ROWS_2 ROWS_1 const number *y = r + PLACE(k, 1);
#define ROWS_3 ROWS_2 const number *z = r + PLACE(k, 2);
#define SAMPLES_1 x[i]
#define SAMPLES_2 x[i], y[i]
#define SAMPLES_3 x[i], y[i], z[i]
#define NUMBERS_1 r[PLACE(k, 0)]
#define NUMBERS_2 NUMBERS_1, r[PLACE(k, 1)]
#define NUMBERS_3 NUMBERS_2, r[PLACE(k, 2)]

/* The same rows as operands of a function of rows: of doubles. Where W = 1, MOST instructions make such a row: their
   operands, and `out`. Of a FEW each is computed by itself. */
enum { FEW = 2, MOST = 128 };   /* MOST: the widest rows, see WIDTHS in native_executor.pyx */

#ifdef SINGLE
  #define DOUBLES(X) X##_doubles
  #define WIDEN(X) double DOUBLES(X)[MOST]; widen(DOUBLES(X), X, n);
  #define RESULTS(ROW) double results[MOST];
  #define KEEP(ROW) narrow(ROW, results, n);
#else
  #define DOUBLES(X) X
  #define WIDEN(X)
  #define RESULTS(ROW) double *results = ROW;
  #define KEEP(ROW)
#endif
#define WIDEN_1 WIDEN(x)
#define WIDEN_2 WIDEN_1 WIDEN(y)
#define WIDEN_3 WIDEN_2 WIDEN(z)
#define DOUBLES_1 DOUBLES(x)
#define DOUBLES_2 DOUBLES_1, DOUBLES(y)
#define DOUBLES_3 DOUBLES_2, DOUBLES(z)
#define EACH_PART for (int64_t k = 0, m; k < c && (m = c - k < MOST ? c - k : MOST); k += MOST)
#define TAKE(X, J) double DOUBLES(X)[MOST]; take(DOUBLES(X), r, p + J * c + k, m);
#define TAKE_1 TAKE(x, 0)
#define TAKE_2 TAKE_1 TAKE(y, 1)
#define TAKE_3 TAKE_2 TAKE(z, 2)
#define TAKE_RESULTS double DOUBLES(f)[MOST]; widen(DOUBLES(f), out + k, m); fill_up(DOUBLES(f), m);

ROW_FUNCTION void widen(double *to, const number *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

ROW_FUNCTION void narrow(number *to, const double *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

ROW_FUNCTION void fill_up(double *row, int64_t n) {
    for (int64_t i = n; i < whole_parts(n); i++) row[i] = row[0];
}

ROW_FUNCTION void take(double *to, const number *from, const int32_t *places, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = from[places[i]];
    fill_up(to, n);
}

/* MACRO_0 or MACRO_1, as FLAG says */
#define PICK(MACRO, FLAG) PICK_NOW(MACRO, FLAG)
#define PICK_NOW(MACRO, FLAG) MACRO##_##FLAG

/* For operations of many operands: all operands of one sample side by side, their derivatives behind them. */
#define GATHER for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i];
#define EACH_DERIVATIVE(NAME) \
    GATHER \
    derivatives_##NAME(scratch, g->size, out[k * W + i], scratch + g->size); \
    for (int64_t j = 0; j < g->size; j++)

/* whether all indices mean a value */
static int replay_forward(
    const group *groups, int64_t length, const int32_t *places, const number *s, number *r, int64_t n, int64_t W,
    number *scratch, fault *wrong
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : whole_parts(n);
    for (const group *g = groups; g < groups + length; g++) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count;
        number *out = r + g->first * W;
        switch (g->opcode) {
        case 0: dots_forward(g, places, s, r, n, W, scratch); break;
        case TAKES: if (!takes_forward(g, places, s, r, samples, W, wrong)) return 0; break;
        #define COMPUTE_0(NAME, COUNT) \
            if (W == 1) EACH_INSTRUCTION out[k] = value_##NAME(NUMBERS_##COUNT); \
            else EACH_INSTRUCTION { \
                ROWS_##COUNT \
                number *f = out + k * W; \
                EACH_SAMPLE f[i] = value_##NAME(SAMPLES_##COUNT); \
            }
        #define COMPUTE_1(NAME, COUNT) \
            if (W == 1 && c > FEW) EACH_PART { \
                TAKE_##COUNT \
                double results[MOST]; \
                rows_value_##NAME(DOUBLES_##COUNT, results, whole_parts(m)); \
                narrow(out + k, results, m); \
            } else EACH_INSTRUCTION { \
                ROWS_##COUNT \
                WIDEN_##COUNT \
                RESULTS(out + k * W) \
                rows_value_##NAME(DOUBLES_##COUNT, results, n); \
                KEEP(out + k * W) \
            }
        #define COMPUTE(NAME, COUNT) PICK(COMPUTE, LONG_value_##NAME)(NAME, COUNT)
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(NAME, 1) break;
        EACH_1(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(NAME, 2) break;
        EACH_2(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(NAME, 3) break;
        EACH_3(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                GATHER \
                out[k * W + i] = value_##NAME(scratch, g->size, scratch + g->size); \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
    return 1;
}

/* by: 0 for derivatives with respect to parameters, 1 with respect to inputs */
static void replay_reverse(
    const group *groups, int64_t length, const int32_t *places, const number *s, const number *r, number *of_s,
    number *a, int64_t n, int64_t W, int by, const number *columns, int64_t inputs, number *scratch
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : whole_parts(n);
    for (const group *g = groups + length - 1; g >= groups; g--) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count, wanted = g->wanted[by];
        const number *out = r + g->first * W, *adjoints = a + g->first * W;
        if (!wanted) continue;
        switch (g->opcode) {
        case 0:
            dots_reverse(g, wanted, places, s, r, of_s, a, samples, n, W, columns, inputs, scratch);
            break;
        case TAKES: takes_reverse(g, places, r, of_s, a, samples, W); break;
        /* the adjoint of the result times the local derivative is added to the adjoint of operand J */
        #define SENT(NAME, ADJOINT, DERIVATIVE) sent(SELECTS_##NAME, ADJOINT, DERIVATIVE)
        #define SEND_0(J, NAME, COUNT) \
            if (wanted >> J & 1) { \
                if (W == 1) EACH_INSTRUCTION \
                    a[PLACE(k, J)] += SENT(NAME, adjoints[k], derivative_##NAME##_##J(NUMBERS_##COUNT, out[k])); \
                else EACH_INSTRUCTION { \
                    ROWS_##COUNT \
                    const number *f = out + k * W, *d = adjoints + k * W; \
                    number *to = a + PLACE(k, J); \
                    EACH_SAMPLE to[i] += SENT(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
                } \
            }
        #define SEND_1(J, NAME, COUNT) \
            if (wanted >> J & 1) { \
                double derivatives[MOST]; \
                if (W == 1 && c > FEW) EACH_PART { \
                    TAKE_##COUNT \
                    TAKE_RESULTS \
                    rows_derivative_##NAME##_##J(DOUBLES_##COUNT, DOUBLES(f), derivatives, whole_parts(m)); \
                    send_each(SELECTS_##NAME, a, p + J * c + k, adjoints + k, derivatives, m); \
                } else EACH_INSTRUCTION { \
                    ROWS_##COUNT \
                    const number *f = out + k * W; \
                    WIDEN_##COUNT \
                    WIDEN(f) \
                    rows_derivative_##NAME##_##J(DOUBLES_##COUNT, DOUBLES(f), derivatives, n); \
                    send_row(SELECTS_##NAME, a + PLACE(k, J), adjoints + k * W, derivatives, n); \
                } \
            }
        #define SEND(J, NAME, COUNT) PICK(SEND, LONG_derivative_##NAME##_##J)(J, NAME, COUNT)
        #define DO(OPCODE, NAME) case OPCODE: SEND(0, NAME, 1) break;
        EACH_1(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: SEND(0, NAME, 2) SEND(1, NAME, 2) break;
        EACH_2(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: SEND(0, NAME, 3) SEND(1, NAME, 3) SEND(2, NAME, 3) break;
        EACH_3(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                EACH_DERIVATIVE(NAME) a[PLACE(k, j) + i] += SENT(NAME, adjoints[k * W + i], scratch[g->size + j]); \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
}

static void replay_tangent(
    const group *groups, int64_t length, const int32_t *places, const number *s, const number *r, number *t,
    int64_t n, int64_t W, number *scratch
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : whole_parts(n);
    for (const group *g = groups; g < groups + length; g++) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count, wanted = g->wanted[1];
        const number *out = r + g->first * W;
        number *tangents = t + g->first * W;
        if (g->opcode != 0) fill_with_none(tangents, c * W);
        switch (g->opcode) {
        case 0: dots_tangent(g, places, s, r, t, n, W, scratch); break;
        case TAKES: takes_tangent(g, places, r, t, samples, W); break;
        /* the tangent of operand J times the local derivative is added to the tangent of the result */
        #define PUSHED(NAME, TANGENT, DERIVATIVE) pushed(SELECTS_##NAME, TANGENT, DERIVATIVE)
        #define PUSH_0(J, NAME, COUNT) \
            if (wanted >> J & 1) EACH_INSTRUCTION { \
                ROWS_##COUNT \
                const number *f = out + k * W, *d = t + PLACE(k, J); \
                number *to = tangents + k * W; \
                EACH_SAMPLE to[i] += PUSHED(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
            }
        #define PUSH_1(J, NAME, COUNT) \
            if (wanted >> J & 1) { \
                double derivatives[MOST]; \
                if (W == 1 && c > FEW) EACH_PART { \
                    TAKE_##COUNT \
                    TAKE_RESULTS \
                    rows_derivative_##NAME##_##J(DOUBLES_##COUNT, DOUBLES(f), derivatives, whole_parts(m)); \
                    push_each(SELECTS_##NAME, tangents + k, t, p + J * c + k, derivatives, m); \
                } else EACH_INSTRUCTION { \
                    ROWS_##COUNT \
                    const number *f = out + k * W; \
                    WIDEN_##COUNT \
                    WIDEN(f) \
                    rows_derivative_##NAME##_##J(DOUBLES_##COUNT, DOUBLES(f), derivatives, n); \
                    push_row(SELECTS_##NAME, tangents + k * W, t + PLACE(k, J), derivatives, n); \
                } \
            }
        #define PUSH(J, NAME, COUNT) PICK(PUSH, LONG_derivative_##NAME##_##J)(J, NAME, COUNT)
        #define DO(OPCODE, NAME) case OPCODE: PUSH(0, NAME, 1) break;
        EACH_1(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: PUSH(0, NAME, 2) PUSH(1, NAME, 2) break;
        EACH_2(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: PUSH(0, NAME, 3) PUSH(1, NAME, 3) PUSH(2, NAME, 3) break;
        EACH_3(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                EACH_DERIVATIVE(NAME) \
                    tangents[k * W + i] += PUSHED(NAME, t[PLACE(k, j) + i], scratch[g->size + j]); \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
}
