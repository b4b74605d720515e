/* Rows of numbers, and the vectors in which they are worked through: as wide as the target's registers.

   Nothing that is computed depends on that width. Loops over samples treat each sample alone, sums over samples go
   into PARTS partial sums in any case, and nothing is multiplied and added with a single rounding. */
#pragma once

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

#if !defined(__GNUC__) && !defined(__clang__)           /* clang-cl is clang without __GNUC__ */
  #error "the native tape needs the vector types of gcc or clang; without them tapes run on NumPy"
#endif
#if defined(__clang__)
  #define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
  #pragma clang diagnostic ignored "-Wpass-failed"      /* of loops that call the C library */
#else
  #define INDEPENDENT _Pragma("GCC ivdep")
#endif
#define INLINE static inline __attribute__((always_inline))
#define ROW_FUNCTION static __attribute__((noinline, unused))
#define HIDDEN __attribute__((visibility("hidden")))        /* shared by the files of one module */

#if defined(__AVX512F__)
  #define VECTOR 64                 /* bytes in a vector */
#elif defined(__AVX2__)
  #define VECTOR 32
#else
  #define VECTOR 16                 /* SSE2, NEON */
#endif
typedef number vec __attribute__((vector_size(VECTOR), aligned(sizeof(number)), may_alias));

enum {
    LANES = VECTOR / sizeof(number),
    PARTS = 64 / sizeof(number),    /* the partial sums of a sum; rows are filled to a multiple of it */
    VECTORS = PARTS / LANES,        /* that make up the PARTS */
};

#ifdef SINGLE
  typedef int32_t number_bits;      /* as many as a number has */
#else
  typedef int64_t number_bits;
#endif
#define ZERO ((number)0.0)          /* a literal would make doubles of floats */

INLINE int64_t whole_parts(int64_t n) { return (n + PARTS - 1) & ~(int64_t)(PARTS - 1); }

INLINE void load(vec *to, const number *from) {
    for (int v = 0; v < VECTORS; v++) to[v] = *(const vec *)(from + v * LANES);
}

INLINE void store(number *to, const vec *from) {
    for (int v = 0; v < VECTORS; v++) *(vec *)(to + v * LANES) = from[v];
}

INLINE void add_to(vec *sums, number factor, const vec *each) {
    for (int v = 0; v < VECTORS; v++) sums[v] += factor * each[v];
}

/* ---- sums over samples */

INLINE number together(const vec *sums, const number *x, const number *y, int64_t n) {
    number t[PARTS];
    memcpy(t, sums, sizeof t);
    for (int l = 0; l < n; l++) t[l] += y ? x[l] * y[l] : x[l];
    for (int half = PARTS / 2; half; half /= 2) for (int l = 0; l < half; l++) t[l] += t[l + half];
    return t[0];
}

INLINE number sum_over(const number *x, int64_t n) {
    vec t[VECTORS] = {{0}};
    int64_t i = 0;
    for (; i + PARTS <= n; i += PARTS) {
        vec a[VECTORS];
        load(a, x + i);
        for (int v = 0; v < VECTORS; v++) t[v] += a[v];
    }
    return together(t, x + i, 0, n - i);
}

INLINE number dot_over(const number *x, const number *y, int64_t n) {
    vec t[VECTORS] = {{0}};
    int64_t i = 0;
    for (; i + PARTS <= n; i += PARTS) {
        vec a[VECTORS], b[VECTORS];
        load(a, x + i);
        load(b, y + i);
        for (int v = 0; v < VECTORS; v++) t[v] += a[v] * b[v];
    }
    return together(t, x + i, y + i, n - i);
}

/* of a batch, in double precision also of floats */
#ifdef SINGLE
INLINE double total_over(const number *x, const number *y, int64_t n) {
    double t[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) for (int l = 0; l < 8; l++) t[l] += (double)x[i + l] * y[i + l];
    for (int l = 0; l < n - i; l++) t[l] += (double)x[i + l] * y[i + l];
    for (int half = 4; half; half /= 2) for (int l = 0; l < half; l++) t[l] += t[l + half];
    return t[0];
}
#else
  #define total_over dot_over
#endif

INLINE void add_times(number *to, number factor, const number *x, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += factor * x[i];
}

INLINE void add_products(number *to, const number *x, const number *y, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += x[i] * y[i];
}
