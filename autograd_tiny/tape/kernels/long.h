/* Operations with long formulas: those of rows of doubles, see formulas.h. See replay.h, which includes this file, for
   rows and names. Where W = 1, the operands of many instructions stand side by side in such a row; of a FEW each is
   computed by itself. */
#pragma once

#include "dots.h"
#include "formulas.h"

enum { FEW = 2, MOST = 128 };   /* MOST: the widest rows, see WIDTHS in native_executor.pyx */

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

/* ---- rows of doubles */

typedef struct {
    const double *rows[4];
    double made[4][MOST];       /* rows that are not there as they are needed */
} double_rows;

ROW_FUNCTION void widen(double *to, const number *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

ROW_FUNCTION void narrow(number *to, const double *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

ROW_FUNCTION void fill_up(double *row, int64_t n) {
    for (int64_t i = n; i < whole_parts(n); i++) row[i] = row[0];
}

/* row j is one of n numbers */
INLINE void give(double_rows *to, int j, const number *row, int64_t n) {
#ifdef SINGLE
    widen(to->made[j], row, n);
    to->rows[j] = to->made[j];
#else
    (void)n;
    to->rows[j] = row;
#endif
}

/* row j is of n numbers at places, or next to each other; n may be any number up to MOST */
INLINE void collect(double_rows *to, int j, const number *numbers, const int32_t *places, int64_t n) {
    double *row = to->made[j];
    if (places) for (int64_t i = 0; i < n; i++) row[i] = numbers[places[i]];
    else widen(row, numbers, n);
    fill_up(row, n);
    to->rows[j] = row;
}

/* ---- groups of one operation of `count` operands */

INLINE int is_side_by_side(const group *g, int64_t W) { return W == 1 && g->count > FEW; }

/* The operands of instruction k; where they stand side by side, of m instructions from k on. */
INLINE void operands_of(
    double_rows *to, const group *g, int count, const int32_t *p, const number *r, int64_t k, int64_t m, int64_t n,
    int64_t W
) {
    for (int j = 0; j < count; j++, p += g->count) {
        if (is_side_by_side(g, W)) collect(to, j, r, p + k, m);
        else give(to, j, r + p[k] * W, n);
    }
}

/* the derivatives of instruction k or of m from k on, with respect to operand j; out: the values of all */
INLINE void derivatives_of(
    double *derivatives, const group *g, int count, int j, const int32_t *p, const number *r, const number *out,
    int64_t k, int64_t m, int64_t n, int64_t W
) {
    double_rows x;
    operands_of(&x, g, count, p, r, k, m, n, W);
    if (is_side_by_side(g, W)) collect(&x, count, out + k, 0, m);
    else give(&x, count, out + k * W, n);
    row_functions_of[g->opcode].derivatives[j](x.rows, derivatives, is_side_by_side(g, W) ? whole_parts(m) : n);
}

#define EACH_PART \
    for (int64_t k = 0, c = g->count, step = is_side_by_side(g, W) ? MOST : 1, m; \
        k < c && (m = c - k < step ? c - k : step); k += step)

ROW_FUNCTION void long_forward(
    const group *g, int count, const int32_t *p, const number *r, number *out, int64_t n, int64_t W
) {
    row_function *function = row_functions_of[g->opcode].value;
    double_rows x;
    double results[MOST];
    EACH_PART {
        operands_of(&x, g, count, p, r, k, m, n, W);
        if (is_side_by_side(g, W)) {
            function(x.rows, results, whole_parts(m));
            narrow(out + k, results, m);
        } else {
#ifdef SINGLE
            function(x.rows, results, n);
            narrow(out + k * W, results, n);
#else
            function(x.rows, out + k * W, n);
#endif
        }
    }
}

ROW_FUNCTION void long_reverse(
    const group *g, int count, int j, int selects, const int32_t *p, const number *r, const number *out,
    const number *adjoints, number *a, int64_t n, int64_t W
) {
    const int32_t *places = p + j * g->count;
    double derivatives[MOST];
    EACH_PART {
        derivatives_of(derivatives, g, count, j, p, r, out, k, m, n, W);
        if (is_side_by_side(g, W)) send_each(selects, a, places + k, adjoints + k, derivatives, m);
        else send_row(selects, a + places[k] * W, adjoints + k * W, derivatives, n);
    }
}

ROW_FUNCTION void long_tangent(
    const group *g, int count, int j, int selects, const int32_t *p, const number *r, const number *out,
    const number *t, number *tangents, int64_t n, int64_t W
) {
    const int32_t *places = p + j * g->count;
    double derivatives[MOST];
    EACH_PART {
        derivatives_of(derivatives, g, count, j, p, r, out, k, m, n, W);
        if (is_side_by_side(g, W)) push_each(selects, tangents + k, t, places + k, derivatives, m);
        else push_row(selects, tangents + k * W, t + places[k] * W, derivatives, n);
    }
}
