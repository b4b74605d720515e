/* The formulas of operations: kernels.h, which calculus/c_kernels.py writes, and what it calls. */
#pragma once

#include "rows.h"
#include "special.h"
#include "vector_math.h"

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

#include "kernels.h"

/* ---- functions of rows

   Long formulas, which call functions of vector_math.h, are functions of rows. They compute in doubles whatever a
   tape's precision is, so each target has them once, in a file of its own: see functions.h.

   rows: of the operands, and behind these, for a derivative, of the value. n is 1 or a multiple of PARTS. */

typedef void row_function(const double *const *rows, double *out, int64_t n);

typedef struct {
    row_function *value, *derivatives[3];       /* NULL where a formula is short */
} row_functions;

extern HIDDEN const row_functions row_functions_of[];       /* by opcode */
