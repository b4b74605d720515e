/* Runs groups of instructions (see schedule.py) over rows of samples.

   A row holds one number for each sample of a block, next to each other, so that every loop here is over
   samples and uses the vector unit. Rows are W numbers apart. n of these count; loops that only fill rows run
   to the next multiple of 8, and what they find or leave there is never looked at. With W = 1 a row is one
   number, and loops run over the instructions of a group instead. Sums over samples go into 8 partial sums, in
   an order that depends neither on the processor nor on the number of threads. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if !defined(__GNUC__)
  #error "the native tape needs the vector types of gcc or clang; without it tapes run on NumPy"
#endif
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
  #define FOR_THIS_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
  #define FOR_THIS_PROCESSOR
#endif
#if defined(__clang__)
  #define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
  #define INDEPENDENT _Pragma("GCC ivdep")
  #pragma GCC diagnostic ignored "-Wpsabi"
#endif
#define INLINE static inline __attribute__((always_inline))
#define PI 3.141592653589793

typedef double vec __attribute__((vector_size(64), aligned(8), may_alias));

typedef struct {                    /* see Group in schedule.py; count: its length */
    int64_t opcode, count, first, size, weights, at, wanted[2], layer, begin, stride, column;
} group;

typedef struct {
    const group *once, *sample;
    int64_t onces, samples;         /* how many groups */
    const int32_t *places, *copied, *outputs;
    int64_t inputs, copies, results, rows, scratch;
} schedule;

/* ---- the lists in formulas */

INLINE double largest(const double *xs, int64_t n) {
    double best = xs[0];
    for (int64_t k = 0; k < n; k++) if (xs[k] > best || xs[k] != xs[k]) best = xs[k];
    return best;
}

INLINE double smallest(const double *xs, int64_t n) {
    double best = xs[0];
    for (int64_t k = 0; k < n; k++) if (xs[k] < best || xs[k] != xs[k]) best = xs[k];
    return best;
}

INLINE double sum_of(const double *xs, int64_t n) {
    double total = 0.0;
    for (int64_t k = 0; k < n; k++) total += xs[k];
    return total;
}

INLINE double product_of(const double *xs, int64_t n) {
    double product = 1.0;
    for (int64_t k = 0; k < n; k++) product *= xs[k];
    return product;
}

INLINE void products_of_others(const double *xs, int64_t n, double *out) {
    double before = 1.0, after = 1.0;
    for (int64_t k = 0; k < n; k++) { out[k] = before; before *= xs[k]; }
    for (int64_t k = n - 1; k >= 0; k--) { out[k] *= after; after *= xs[k]; }
}

INLINE void shares(const double *flags, int64_t n, double *out) {
    double total = sum_of(flags, n);
    for (int64_t k = 0; k < n; k++) out[k] = flags[k] / total;
}

#include "kernels.h"

/* ---- sums over samples */

INLINE double together(const double *t) {
    return ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7]));
}

INLINE double sum_over(const double *x, int64_t n) {
    double t[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) for (int l = 0; l < 8; l++) t[l] += x[i + l];
    for (int l = 0; i + l < n; l++) t[l] += x[i + l];
    return together(t);
}

INLINE double dot_over(const double *x, const double *y, int64_t n) {
    double t[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) for (int l = 0; l < 8; l++) t[l] += x[i + l] * y[i + l];
    for (int l = 0; i + l < n; l++) t[l] += x[i + l] * y[i + l];
    return together(t);
}

INLINE void add_times(double *to, double factor, const double *x, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += factor * x[i];
}

INLINE void add_products(double *to, const double *x, const double *y, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += x[i] * y[i];
}

/* ---- a layer: M sums over the same K rows. Tiles of the result stay in registers. */

INLINE void layer_tile(
    const int J, int64_t K, const double *w, int64_t along, int64_t across, const double *x, const int32_t *xs,
    double *to, const int32_t *tos, int64_t m, int64_t W
) {
    vec t[8];
    for (int j = 0; j < J; j++) t[j] = *(vec *)(to + (tos ? tos[m + j] : m + j) * W);
    for (int64_t k = 0; k < K; k++) {
        const vec each = *(const vec *)(x + (xs ? xs[k] : k) * W);
        for (int j = 0; j < J; j++) t[j] += w[k * along + (m + j) * across] * each;
    }
    for (int j = 0; j < J; j++) *(vec *)(to + (tos ? tos[m + j] : m + j) * W) = t[j];
}

/* to[m] += Σₖ w[k * along + m * across] · x[k], all of them rows; tos, xs: their places, NULL for 0, 1, 2 … */
INLINE void add_layer(
    int64_t M, int64_t K, const double *w, int64_t along, int64_t across,
    const double *x, const int32_t *xs, double *to, const int32_t *tos, int64_t n, int64_t W
) {
    int64_t m = 0;
    #define TILES(J) for (; m + J <= M; m += J) for (int64_t i = 0; i < n; i += 8) \
        layer_tile(J, K, w, along, across, x + i, xs, to + i, tos, m, W);
    TILES(8) TILES(4) TILES(1)
    #undef TILES
}

INLINE void weights_tile(
    const int J, int64_t n, const double *g, int64_t W, const double *x, int64_t apart, double *dw,
    int64_t stride
) {
    vec t[8];
    for (int j = 0; j < J; j++) t[j] = *(vec *)(dw + j * stride);
    for (int64_t i = 0; i < n; i++) {
        const vec each = *(const vec *)(x + i * apart);
        for (int j = 0; j < J; j++) t[j] += g[j * W + i] * each;
    }
    for (int j = 0; j < J; j++) *(vec *)(dw + j * stride) = t[j];
}

/* dw[m * stride + k] += Σᵢ g[m][i] · x[i][k]: g has rows, x columns; K is a multiple of 8 */
INLINE void add_weights(
    int64_t M, int64_t K, int64_t n, const double *g, int64_t W, const double *x, int64_t apart, double *dw,
    int64_t stride
) {
    for (int64_t k = 0; k < K; k += 8) {
        int64_t m = 0;
        #define TILES(J) for (; m + J <= M; m += J) \
            weights_tile(J, n, g + m * W, W, x + k, apart, dw + m * stride + k, stride);
        TILES(8) TILES(4) TILES(1)
        #undef TILES
    }
}

/* ---- sums: forward, reverse, tangents */

typedef struct {
    const int32_t *weights, *left, *rows, *right, *bias;    /* the places of all operands, count of each */
} sums;

INLINE int64_t factors(const group *g) { return (g->size - 1) / 2 - g->weights; }

INLINE sums sums_of(const group *g, const int32_t *p) {
    const int64_t c = g->count, w = g->weights, l = factors(g);
    return (sums){p, p + w * c, p + (w + l) * c, p + (2 * w + l) * c, p + 2 * (w + l) * c};
}

INLINE const double *weights_of(const group *g, const sums *p, const double *s, double *scratch) {
    if (g->begin >= 0) return s + g->begin;
    for (int64_t k = 0; k < g->weights; k++) for (int64_t m = 0; m < g->count; m++)
        scratch[m * g->weights + k] = s[p->weights[k * g->count + m]];
    return scratch;
}

INLINE int64_t stride_of(const group *g) {
    return g->begin >= 0 ? g->stride : g->weights;
}

INLINE void sums_forward(
    const group *g, const int32_t *places, const double *s, double *r, int64_t n, int64_t W, double *scratch
) {
    const sums p = sums_of(g, places + g->at);
    const int32_t *rows = places + g->layer;
    const int64_t c = g->count, K = g->weights, L = factors(g);
    double *out = r + g->first * W;
    if (g->layer >= 0) {
        const double *w = weights_of(g, &p, s, scratch);
        const int64_t stride = stride_of(g);
        if (W > 1) {
            for (int64_t m = 0; m < c; m++) for (int64_t i = 0; i < n; i++) out[m * W + i] = s[p.bias[m]];
            add_layer(c, K, w, 1, stride, r, rows, out, 0, n, W);
            return;
        }
        double *x = scratch + (g->begin < 0 ? c * K : 0);
        for (int64_t k = 0; k < K; k++) x[k] = r[rows[k]];
        for (int64_t m = 0; m < c; m++) out[m] = s[p.bias[m]] + dot_over(w + m * stride, x, K);
        return;
    }
    if (W == 1 && c >= K + L) {
        for (int64_t m = 0; m < c; m++) out[m] = s[p.bias[m]];
        for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++)
            out[m] += s[p.weights[k * c + m]] * r[p.rows[k * c + m]];
        for (int64_t l = 0; l < L; l++) for (int64_t m = 0; m < c; m++)
            out[m] += r[p.left[l * c + m]] * r[p.right[l * c + m]];
        return;
    }
    for (int64_t m = 0; m < c; m++) {
        double *to = out + m * W;
        for (int64_t i = 0; i < n; i++) to[i] = s[p.bias[m]];
        for (int64_t k = 0; k < K; k++)
            add_times(to, s[p.weights[k * c + m]], r + p.rows[k * c + m] * W, n);
        for (int64_t l = 0; l < L; l++)
            add_products(to, r + p.left[l * c + m] * W, r + p.right[l * c + m] * W, n);
    }
}

/* x: the samples themselves, where a row of inputs lies as a column; or NULL */
INLINE void sums_reverse(
    const group *g, int64_t wanted, const int32_t *places, const double *s, const double *r, double *of_s,
    double *a, int64_t n, int64_t padded, int64_t W, const double *x, int64_t inputs, double *scratch
) {
    const sums p = sums_of(g, places + g->at);
    const int32_t *rows = places + g->layer;
    const int64_t c = g->count, K = g->weights, L = factors(g);
    const double *adjoint = a + g->first * W;
    if (wanted & 1) for (int64_t m = 0; m < c; m++) of_s[p.bias[m]] += sum_over(adjoint + m * W, n);
    if (g->layer >= 0) {
        const double *w = weights_of(g, &p, s, scratch);
        const int64_t stride = stride_of(g);
        double *spare = scratch + (g->begin < 0 ? c * K : 0);
        if (wanted & 2) {
            if (W > 1) add_layer(K, c, w, stride, 1, adjoint, 0, a, rows, padded, W);
            else {
                memset(spare, 0, (size_t)K * sizeof(double));
                for (int64_t m = 0; m < c; m++) add_times(spare, adjoint[m], w + m * stride, K);
                for (int64_t k = 0; k < K; k++) a[rows[k]] += spare[k];
            }
        }
        if (wanted & 1) {
            const int64_t whole = W > 1 && n > 1 ? K & ~(int64_t)7 : 0;
            double *dw = g->begin >= 0 ? of_s + g->begin : scratch;
            if (g->begin < 0) memset(dw, 0, (size_t)(c * K) * sizeof(double));
            if (whole && g->column >= 0 && x) {
                add_weights(c, whole, n, adjoint, W, x + g->column, inputs, dw, stride);
            } else if (whole) {
                for (int64_t k = 0; k < whole; k++) for (int64_t i = 0; i < n; i++)
                    spare[i * whole + k] = r[rows[k] * W + i];
                add_weights(c, whole, n, adjoint, W, spare, whole, dw, stride);
            }
            if (W == 1) {
                for (int64_t k = 0; k < K; k++) spare[k] = r[rows[k]];
                for (int64_t m = 0; m < c; m++) add_times(dw + m * stride, adjoint[m], spare, K);
            } else for (int64_t m = 0; m < c; m++) for (int64_t k = whole; k < K; k++)
                dw[m * stride + k] += dot_over(adjoint + m * W, r + rows[k] * W, n);
            if (g->begin < 0) for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++)
                of_s[p.weights[k * c + m]] += dw[m * K + k];
        }
        return;
    }
    for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++) {
        const double *row = r + p.rows[k * c + m] * W;
        const int64_t weight = p.weights[k * c + m];
        if (wanted & 1) of_s[weight] += W == 1 ? adjoint[m] * row[0] : dot_over(adjoint + m * W, row, n);
        if (wanted & 2) add_times(a + p.rows[k * c + m] * W, s[weight], adjoint + m * W, padded);
    }
    if (wanted & 4) for (int64_t l = 0; l < L; l++) for (int64_t m = 0; m < c; m++) {
        const int64_t left = p.left[l * c + m] * W, right = p.right[l * c + m] * W;
        add_products(a + left, adjoint + m * W, r + right, padded);
        add_products(a + right, adjoint + m * W, r + left, padded);
    }
}

INLINE void sums_tangent(
    const group *g, const int32_t *places, const double *s, const double *r, double *t, int64_t n, int64_t W,
    double *scratch
) {
    const sums p = sums_of(g, places + g->at);
    const int32_t *rows = places + g->layer;
    const int64_t c = g->count, K = g->weights, L = factors(g);
    double *out = t + g->first * W;
    memset(out, 0, (size_t)(c * W) * sizeof(double));
    if (g->layer >= 0 && W > 1) {
        add_layer(c, K, weights_of(g, &p, s, scratch), 1, stride_of(g), t, rows, out, 0, n, W);
        return;
    }
    for (int64_t m = 0; m < c; m++) {
        double *to = out + m * W;
        for (int64_t k = 0; k < K; k++) add_times(to, s[p.weights[k * c + m]], t + p.rows[k * c + m] * W, n);
        for (int64_t l = 0; l < L; l++) {
            const int64_t left = p.left[l * c + m] * W, right = p.right[l * c + m] * W;
            add_products(to, t + left, r + right, n);
            add_products(to, r + left, t + right, n);
        }
    }
}

/* ---- all groups of a schedule. PLACE(k, j): where the row of operand j of instruction k begins. */

#define PLACE(k, j) (p[(j) * c + (k)] * W)
#define EACH_INSTRUCTION for (int64_t k = 0; k < c; k++)
#define EACH_NUMBER INDEPENDENT for (int64_t i = 0; i < n; i++)

#define X r[PLACE(k, 0)]
#define Y r[PLACE(k, 1)]
#define Z r[PLACE(k, 2)]

FOR_THIS_PROCESSOR
static void replay_forward(
    const group *groups, int64_t number, const int32_t *places, const double *s, double *r, int64_t n, int64_t W,
    double *scratch
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : (n + 7) & ~(int64_t)7;
    for (const group *g = groups; g < groups + number; g++) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count;
        double *out = r + g->first * W;
        switch (g->opcode) {
        case 0: sums_forward(g, places, s, r, n, W, scratch); break;
        #define DO(NUMBER, NAME) case NUMBER: \
            if (W == 1) EACH_INSTRUCTION out[k] = value_##NAME(X); \
            else EACH_INSTRUCTION { \
                const double *x = &X; double *f = out + k * W; \
                EACH_NUMBER f[i] = value_##NAME(x[i]); \
            } break;
        EACH_1(DO)
        #undef DO
        #define DO(NUMBER, NAME) case NUMBER: \
            if (W == 1) EACH_INSTRUCTION out[k] = value_##NAME(X, Y); \
            else EACH_INSTRUCTION { \
                const double *x = &X, *y = &Y; double *f = out + k * W; \
                EACH_NUMBER f[i] = value_##NAME(x[i], y[i]); \
            } break;
        EACH_2(DO)
        #undef DO
        #define DO(NUMBER, NAME) case NUMBER: \
            EACH_INSTRUCTION { \
                const double *x = &X, *y = &Y, *z = &Z; double *f = out + k * W; \
                EACH_NUMBER f[i] = value_##NAME(x[i], y[i], z[i]); \
            } break;
        EACH_3(DO)
        #undef DO
        #define DO(NUMBER, NAME) case NUMBER: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i]; \
                out[k * W + i] = value_##NAME(scratch, g->size, scratch + g->size); \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
}

/* by: 0 for derivatives by parameters, 1 by inputs */
FOR_THIS_PROCESSOR
static void replay_reverse(
    const group *groups, int64_t number, const int32_t *places, const double *s, const double *r, double *of_s,
    double *a, int64_t n, int64_t W, int by, const double *columns, int64_t inputs, double *scratch
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : (n + 7) & ~(int64_t)7;
    for (const group *g = groups + number - 1; g >= groups; g--) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count, wanted = g->wanted[by];
        const double *out = r + g->first * W, *adjoints = a + g->first * W;
        if (!wanted) continue;
        switch (g->opcode) {
        case 0:
            sums_reverse(g, wanted, places, s, r, of_s, a, samples, n, W, columns, inputs, scratch);
            break;
        #define SEND(J, SLOPE, SLOPES) \
            if (wanted >> J & 1) { \
                if (W == 1) EACH_INSTRUCTION { \
                    const double f = out[k]; a[PLACE(k, J)] += adjoints[k] * SLOPE; \
                } \
                else EACH_INSTRUCTION { \
                    const double *x = &X, *y = &Y_OR_X, *z = &Z_OR_X; \
                    const double *fs = out + k * W, *d = adjoints + k * W; \
                    double *to = a + PLACE(k, J); \
                    (void)x, (void)y, (void)z, (void)fs; \
                    EACH_NUMBER { const double f = fs[i]; (void)f; to[i] += d[i] * SLOPES; } \
                } \
            }
        #define Y_OR_X X
        #define Z_OR_X X
        #define DO(NUMBER, NAME) case NUMBER: \
            SEND(0, slope_##NAME##_0(X, f), slope_##NAME##_0(x[i], f)) break;
        EACH_1(DO)
        #undef DO
        #undef Y_OR_X
        #define Y_OR_X Y
        #define DO(NUMBER, NAME) case NUMBER: \
            SEND(0, slope_##NAME##_0(X, Y, f), slope_##NAME##_0(x[i], y[i], f)) \
            SEND(1, slope_##NAME##_1(X, Y, f), slope_##NAME##_1(x[i], y[i], f)) break;
        EACH_2(DO)
        #undef DO
        #undef Z_OR_X
        #define Z_OR_X Z
        #define DO(NUMBER, NAME) case NUMBER: \
            SEND(0, slope_##NAME##_0(X, Y, Z, f), slope_##NAME##_0(x[i], y[i], z[i], f)) \
            SEND(1, slope_##NAME##_1(X, Y, Z, f), slope_##NAME##_1(x[i], y[i], z[i], f)) \
            SEND(2, slope_##NAME##_2(X, Y, Z, f), slope_##NAME##_2(x[i], y[i], z[i], f)) break;
        EACH_3(DO)
        #undef DO
        #define DO(NUMBER, NAME) case NUMBER: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i]; \
                slopes_##NAME(scratch, g->size, out[k * W + i], scratch + g->size); \
                for (int64_t j = 0; j < g->size; j++) \
                    a[PLACE(k, j) + i] += adjoints[k * W + i] * scratch[g->size + j]; \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
}

FOR_THIS_PROCESSOR
static void replay_tangent(
    const group *groups, int64_t number, const int32_t *places, const double *s, const double *r, double *t,
    int64_t n, int64_t W, double *scratch
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : (n + 7) & ~(int64_t)7;
    for (const group *g = groups; g < groups + number; g++) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count, wanted = g->wanted[1];
        const double *out = r + g->first * W;
        double *tangents = t + g->first * W;
        if (g->opcode != 0) memset(tangents, 0, (size_t)(c * W) * sizeof(double));
        switch (g->opcode) {
        case 0: sums_tangent(g, places, s, r, t, n, W, scratch); break;
        #define PUSH(J, SLOPE) \
            if (wanted >> J & 1) EACH_INSTRUCTION { \
                const double *x = &X, *y = &Y_OR_X, *z = &Z_OR_X; \
                const double *fs = out + k * W, *d = t + PLACE(k, J); \
                double *to = tangents + k * W; \
                (void)x, (void)y, (void)z, (void)fs; \
                EACH_NUMBER { const double f = fs[i]; (void)f; to[i] += d[i] * SLOPE; } \
            }
        #undef Y_OR_X
        #undef Z_OR_X
        #define Y_OR_X X
        #define Z_OR_X X
        #define DO(NUMBER, NAME) case NUMBER: PUSH(0, slope_##NAME##_0(x[i], f)) break;
        EACH_1(DO)
        #undef DO
        #undef Y_OR_X
        #define Y_OR_X Y
        #define DO(NUMBER, NAME) case NUMBER: \
            PUSH(0, slope_##NAME##_0(x[i], y[i], f)) PUSH(1, slope_##NAME##_1(x[i], y[i], f)) break;
        EACH_2(DO)
        #undef DO
        #undef Z_OR_X
        #define Z_OR_X Z
        #define DO(NUMBER, NAME) case NUMBER: \
            PUSH(0, slope_##NAME##_0(x[i], y[i], z[i], f)) PUSH(1, slope_##NAME##_1(x[i], y[i], z[i], f)) \
            PUSH(2, slope_##NAME##_2(x[i], y[i], z[i], f)) break;
        EACH_3(DO)
        #undef DO
        #define DO(NUMBER, NAME) case NUMBER: \
            EACH_INSTRUCTION for (int64_t i = 0; i < samples; i++) { \
                for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i]; \
                slopes_##NAME(scratch, g->size, out[k * W + i], scratch + g->size); \
                for (int64_t j = 0; j < g->size; j++) \
                    tangents[k * W + i] += t[PLACE(k, j) + i] * scratch[g->size + j]; \
            } break;
        EACH_MANY(DO)
        #undef DO
        }
    }
}

#undef X
#undef Y
#undef Z

/* ---- memory to work in: numbers that begin at a cache line, and where they came from in the line before */

typedef struct {
    int64_t size;
    double *numbers;
} memory;

static memory *allocate(int64_t size) {
    memory *found = (memory *)calloc((size_t)size + 24, sizeof(double));
    if (!found) return 0;
    found->size = size;
    found->numbers = (double *)(((uintptr_t)found + 127) & ~(uintptr_t)63);
    *(memory **)(found->numbers - 1) = found;
    return found;
}

static memory *of_numbers(double *numbers) {
    return *(memory **)(numbers - 1);
}

/* ---- batches. x: B samples, one after the other. work: rows, adjoints or tangents of these, scratch. */

INLINE double *adjoints_in(const schedule *p, double *work, int64_t W) { return work + p->rows * W; }
INLINE double *scratch_in(const schedule *p, double *work, int64_t W) { return work + 2 * p->rows * W; }

static void turn(const double *x, int64_t n, int64_t columns, double *rows, int64_t W) {
    for (int64_t k = 0; k < columns; k += 8) for (int64_t j = k; j < columns && j < k + 8; j++)
        for (int64_t i = 0; i < n; i++) rows[j * W + i] = x[i * columns + j];
}

static void copy_scalars(const schedule *p, const double *s, double *work, int64_t W) {
    for (int64_t k = 0; k < p->copies; k++)
        for (int64_t i = 0; i < W; i++) work[(p->inputs + k) * W + i] = s[p->copied[k]];
}

static void prepare(const schedule *p, double *s, double *work) {
    replay_forward(p->once, p->onces, p->places, s, s, 1, 1, work);
}

static void finish(const schedule *p, const double *s, double *of_s, double *work) {
    replay_reverse(p->once, p->onces, p->places, s, s, of_s, of_s, 1, 1, 0, 0, 0, work);
}

static void block_forward(
    const schedule *p, const double *s, const double *x, int64_t n, int64_t W, double *work
) {
    if (W == 1) memcpy(work, x, (size_t)p->inputs * sizeof(double));
    else turn(x, n, p->inputs, work, W);
    replay_forward(p->sample, p->samples, p->places, s, work, n, W, scratch_in(p, work, W));
}

static void values(
    const schedule *p, const double *s, const double *x, int64_t B, double *out, int64_t W, double *work
) {
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        block_forward(p, s, x + b * p->inputs, n, W, work);
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->results; k++)
            out[(b + i) * p->results + k] = work[p->outputs[k] * W + i];
    }
}

/* weights: one for each sample; or NULL, and each has the same one */
static double adjoints(
    const schedule *p, const double *s, const double *x, int64_t B, const double *weights, double weight,
    double *of_s, int64_t W, double *work
) {
    double total = 0.0, *a = adjoints_in(p, work, W);
    const double *output = work + p->outputs[0] * W;
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        double *seed = a + p->outputs[0] * W;
        block_forward(p, s, x + b * p->inputs, n, W, work);
        memset(a + p->inputs * W, 0, (size_t)((p->rows - p->inputs) * W) * sizeof(double));
        for (int64_t i = 0; i < n; i++) seed[i] = weights ? weights[b + i] : weight;
        total += dot_over(seed, output, n);
        replay_reverse(
            p->sample, p->samples, p->places, s, work, of_s, a, n, W, 0, x + b * p->inputs, p->inputs,
            scratch_in(p, work, W)
        );
        for (int64_t k = 0; k < p->copies; k++)
            of_s[p->copied[k]] += sum_over(a + (p->inputs + k) * W, n);
    }
    return total;
}

static void input_adjoints(
    const schedule *p, const double *s, const double *x, int64_t B, double *out, double *gradients, int64_t W,
    double *work
) {
    double *a = adjoints_in(p, work, W);
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        double *seed = a + p->outputs[0] * W;
        block_forward(p, s, x + b * p->inputs, n, W, work);
        for (int64_t i = 0; i < n; i++) out[b + i] = work[p->outputs[0] * W + i];
        memset(a, 0, (size_t)(p->rows * W) * sizeof(double));
        for (int64_t i = 0; i < n; i++) seed[i] = 1.0;
        replay_reverse(
            p->sample, p->samples, p->places, s, work, 0, a, n, W, 1, 0, 0, scratch_in(p, work, W)
        );
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->inputs; k++)
            gradients[(b + i) * p->inputs + k] = a[k * W + i];
    }
}

static void tangents(
    const schedule *p, const double *s, const double *x, const double *directions, int64_t B, double *out,
    double *changes, int64_t W, double *work
) {
    double *t = adjoints_in(p, work, W);
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        block_forward(p, s, x + b * p->inputs, n, W, work);
        turn(directions + b * p->inputs, n, p->inputs, t, W);
        memset(t + p->inputs * W, 0, (size_t)(p->copies * W) * sizeof(double));
        replay_tangent(p->sample, p->samples, p->places, s, work, t, n, W, scratch_in(p, work, W));
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->results; k++) {
            out[(b + i) * p->results + k] = work[p->outputs[k] * W + i];
            changes[(b + i) * p->results + k] = t[p->outputs[k] * W + i];
        }
    }
}
