/* Runs the groups of a plan (see grouping.py) over rows of samples: forward, in reverse, and for tangents.

   A row holds one number for each sample of a block, next to each other, so that every loop here is over
   samples and uses the vector unit. Rows are W numbers apart. n of these count; loops that only fill rows run
   to the next multiple of PARTS, and the numbers there are never looked at. With W = 1 a row is one number, and
   loops run over the instructions of a group instead. Sums over samples go into PARTS partial sums, in an order
   that depends neither on the processor nor on the number of threads.

   s: the scalars; r: the rows; of_s, a: the adjoints of scalars and of rows; t: the tangents of rows.

   dots.h has dots and layers of them, takes.h takes of one of several values, formulas.h all other operations, of
   which long.h runs those with long formulas. */
#pragma once

#include "dots.h"
#include "long.h"
#include "takes.h"

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

/* MACRO_0 or MACRO_1, as FLAG says */
#define PICK(MACRO, FLAG) PICK_NOW(MACRO, FLAG)
#define PICK_NOW(MACRO, FLAG) MACRO##_##FLAG

/* DO(J, …) for each operand J of 1, 2 or 3 */
#define EACH_OPERAND_1(DO, ...) DO(0, __VA_ARGS__)
#define EACH_OPERAND_2(DO, ...) EACH_OPERAND_1(DO, __VA_ARGS__) DO(1, __VA_ARGS__)
#define EACH_OPERAND_3(DO, ...) EACH_OPERAND_2(DO, __VA_ARGS__) DO(2, __VA_ARGS__)

#define SENT(NAME, ADJOINT, DERIVATIVE) sent(SELECTS_##NAME, ADJOINT, DERIVATIVE)
#define PUSHED(NAME, TANGENT, DERIVATIVE) pushed(SELECTS_##NAME, TANGENT, DERIVATIVE)

/* ---- operations with short formulas over rows: a function for each, since compilers take long for long functions.
   WHOLE: n is whole parts where W > 1; compilers leave out the rest of the loop only if they see it. */

#define WHOLE n = whole_parts(n);

#define FORWARD_0(NAME, COUNT) \
    ROW_FUNCTION void forward_##NAME( \
        const int32_t *p, int64_t c, const number *r, number *out, int64_t n, int64_t W \
    ) { \
        WHOLE \
        EACH_INSTRUCTION { \
            ROWS_##COUNT \
            number *f = out + k * W; \
            EACH_SAMPLE f[i] = value_##NAME(SAMPLES_##COUNT); \
        } \
    }
/* the adjoint of the result times the local derivative is added to the adjoint of operand J */
#define REVERSE_0(J, NAME, COUNT) \
    ROW_FUNCTION void reverse_##NAME##_##J( \
        const int32_t *p, int64_t c, const number *r, const number *out, const number *adjoints, number *a, \
        int64_t n, int64_t W \
    ) { \
        WHOLE \
        EACH_INSTRUCTION { \
            ROWS_##COUNT \
            const number *f = out + k * W, *d = adjoints + k * W; \
            number *to = a + PLACE(k, J); \
            EACH_SAMPLE to[i] += SENT(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
        } \
    }
/* the tangent of operand J times the local derivative is added to the tangent of the result */
#define TANGENT_0(J, NAME, COUNT) \
    ROW_FUNCTION void tangent_##NAME##_##J( \
        const int32_t *p, int64_t c, const number *r, const number *out, const number *t, number *tangents, \
        int64_t n, int64_t W \
    ) { \
        EACH_INSTRUCTION { \
            ROWS_##COUNT \
            const number *f = out + k * W, *d = t + PLACE(k, J); \
            number *to = tangents + k * W; \
            EACH_SAMPLE to[i] += PUSHED(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
        } \
    }
#define FORWARD_1(NAME, COUNT)
#define REVERSE_1(J, NAME, COUNT)
#define TANGENT_1(J, NAME, COUNT)
#define DERIVATIVE(J, NAME, COUNT) \
    PICK(REVERSE, LONG_derivative_##NAME##_##J)(J, NAME, COUNT) \
    PICK(TANGENT, LONG_derivative_##NAME##_##J)(J, NAME, COUNT)
#define DO(OPCODE, NAME, COUNT) \
    PICK(FORWARD, LONG_value_##NAME)(NAME, COUNT) EACH_OPERAND_##COUNT(DERIVATIVE, NAME, COUNT)
EACH_OF_FEW(DO)
#undef DO

/* ---- all groups of a plan */

/* For operations of many operands: all operands of one sample side by side, their derivatives behind them. */
#define GATHER for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i];
#define EACH_DERIVATIVE(NAME) \
    GATHER \
    derivatives_##NAME(scratch, g->size, out[k * W + i], scratch + g->size); \
    for (int64_t j = 0; j < g->size; j++)

/* whether all indices mean a value */
ROW_FUNCTION int replay_forward(
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
            else forward_##NAME(p, c, r, out, n, W);
        #define COMPUTE_1(NAME, COUNT) long_forward(g, COUNT, p, r, out, n, W);
        #define DO(OPCODE, NAME, COUNT) case OPCODE: PICK(COMPUTE, LONG_value_##NAME)(NAME, COUNT) break;
        EACH_OF_FEW(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                GATHER \
                out[k * W + i] = value_##NAME(scratch, g->size, scratch + g->size); \
            } break;
        EACH_OF_MANY(DO)
        #undef DO
        }
    }
    return 1;
}

/* by: 0 for derivatives with respect to parameters, 1 with respect to inputs */
ROW_FUNCTION void replay_reverse(
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
        #define SEND_0(J, NAME, COUNT) \
            if (W == 1) EACH_INSTRUCTION \
                a[PLACE(k, J)] += SENT(NAME, adjoints[k], derivative_##NAME##_##J(NUMBERS_##COUNT, out[k])); \
            else reverse_##NAME##_##J(p, c, r, out, adjoints, a, n, W);
        #define SEND_1(J, NAME, COUNT) long_reverse(g, COUNT, J, SELECTS_##NAME, p, r, out, adjoints, a, n, W);
        #define SEND(J, NAME, COUNT) \
            if (wanted >> J & 1) { PICK(SEND, LONG_derivative_##NAME##_##J)(J, NAME, COUNT) }
        #define DO(OPCODE, NAME, COUNT) case OPCODE: EACH_OPERAND_##COUNT(SEND, NAME, COUNT) break;
        EACH_OF_FEW(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                EACH_DERIVATIVE(NAME) a[PLACE(k, j) + i] += SENT(NAME, adjoints[k * W + i], scratch[g->size + j]); \
            } break;
        EACH_OF_MANY(DO)
        #undef DO
        }
    }
}

ROW_FUNCTION void replay_tangent(
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
        #define PUSH_0(J, NAME, COUNT) tangent_##NAME##_##J(p, c, r, out, t, tangents, n, W);
        #define PUSH_1(J, NAME, COUNT) long_tangent(g, COUNT, J, SELECTS_##NAME, p, r, out, t, tangents, n, W);
        #define PUSH(J, NAME, COUNT) \
            if (wanted >> J & 1) { PICK(PUSH, LONG_derivative_##NAME##_##J)(J, NAME, COUNT) }
        #define DO(OPCODE, NAME, COUNT) case OPCODE: EACH_OPERAND_##COUNT(PUSH, NAME, COUNT) break;
        EACH_OF_FEW(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                EACH_DERIVATIVE(NAME) \
                    tangents[k * W + i] += PUSHED(NAME, t[PLACE(k, j) + i], scratch[g->size + j]); \
            } break;
        EACH_OF_MANY(DO)
        #undef DO
        }
    }
}
