/* Dots over rows of samples, and layers of dots. See replay.h, which includes this file, for rows and names. */
#pragma once

#include "rows.h"

enum { SCALARS = 1, ROWS = 2, FACTORS = 4 };    /* bits of wanted, see grouping.py */
enum { SUMMED = 32 };                           /* samples in one sum of add_weights */

/* ---- a layer: M dots over the same K rows. A tile of the result, J times PARTS numbers, stays in registers; each is
   added up in the same order whatever J is. */

#if VECTOR == 64
  #define EACH_TILE(DO) DO(8) DO(4) DO(1)
#elif VECTOR == 32
  #define EACH_TILE(DO) DO(4) DO(1)
#else
  #define EACH_TILE(DO) DO(2) DO(1)
#endif

INLINE void layer_tile(
    const int J, int64_t K, const number *w, int64_t along, int64_t across, const number *x, const int32_t *xs,
    number *to, const int32_t *tos, int64_t m, int64_t W
) {
    vec t[J][VECTORS];
    for (int j = 0; j < J; j++) load(t[j], to + (tos ? tos[m + j] : m + j) * W);
    for (int64_t k = 0; k < K; k++) {
        vec each[VECTORS];
        load(each, x + (xs ? xs[k] : k) * W);
        for (int j = 0; j < J; j++) add_to(t[j], w[k * along + (m + j) * across], each);
    }
    for (int j = 0; j < J; j++) store(to + (tos ? tos[m + j] : m + j) * W, t[j]);
}

/* to[m] += Σₖ w[k * along + m * across] · x[k], all of them rows; tos, xs: their places, NULL for 0, 1, 2 … */
INLINE void add_layer(
    int64_t M, int64_t K, const number *w, int64_t along, int64_t across,
    const number *x, const int32_t *xs, number *to, const int32_t *tos, int64_t n, int64_t W
) {
    int64_t m = 0;
    #define TILE(J) for (; m + J <= M; m += J) for (int64_t i = 0; i < n; i += PARTS) \
        layer_tile(J, K, w, along, across, x + i, xs, to + i, tos, m, W);
    EACH_TILE(TILE)
    #undef TILE
}

INLINE void weights_tile(
    const int J, int64_t n, const number *g, int64_t W, const number *x, int64_t apart, number *dw,
    int64_t stride
) {
    vec t[J][VECTORS];
    for (int j = 0; j < J; j++) for (int v = 0; v < VECTORS; v++) t[j][v] = (vec){0};
    for (int64_t i = 0; i < n; i++) {
        vec each[VECTORS];
        load(each, x + i * apart);
        for (int j = 0; j < J; j++) add_to(t[j], g[j * W + i], each);
    }
    for (int j = 0; j < J; j++) {
        vec sum[VECTORS];
        load(sum, dw + j * stride);
        for (int v = 0; v < VECTORS; v++) sum[v] += t[j][v];
        store(dw + j * stride, sum);
    }
}

/* dw[m * stride + k] += Σᵢ g[m][i] · x[i][k]: g has rows, x columns; K is a multiple of PARTS. A few samples have a sum
   of their own, since long sums of floats lose digits. */
INLINE void add_weights(
    int64_t M, int64_t K, int64_t n, const number *g, int64_t W, const number *x, int64_t apart, number *dw,
    int64_t stride
) {
    for (int64_t k = 0; k < K; k += PARTS) {
        int64_t m = 0;
        #define TILE(J) for (; m + J <= M; m += J) for (int64_t i = 0; i < n; i += SUMMED) \
            weights_tile( \
                J, n - i < SUMMED ? n - i : SUMMED, g + m * W + i, W, x + i * apart + k, apart, \
                dw + m * stride + k, stride);
        EACH_TILE(TILE)
        #undef TILE
    }
}

/* ---- the operands of a group of dots */

typedef struct {
    int64_t count, products, factors;       /* how many dots; in each, weights · rows and left · right */
    const int32_t *weights, *left, *rows, *right, *bias;    /* places: those of dot m at [k * count + m] */
    const int32_t *shared;                  /* in a layer: the rows of all dots */
} dots;

INLINE dots dots_of(const group *g, const int32_t *places) {
    const int64_t c = g->count, K = g->weights, L = (g->size - 1) / 2 - K;
    const int32_t *p = places + g->at;
    return (dots){
        c, K, L, p, p + K * c, p + (K + L) * c, p + (2 * K + L) * c, p + 2 * (K + L) * c, places + g->layer
    };
}

/* In a layer: weight k of dot m is w[m * stride + k]. If they don't stand like that among the scalars, they are
   gathered in scratch; spare is the rest of it. */
typedef struct {
    const number *w;
    int64_t stride;
    number *spare;
} layer_weights;

INLINE layer_weights weights_of(const group *g, const dots *d, const number *s, number *scratch) {
    const int64_t c = d->count, K = d->products;
    if (g->begin >= 0) return (layer_weights){s + g->begin, g->stride, scratch};
    for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++) scratch[m * K + k] = s[d->weights[k * c + m]];
    return (layer_weights){scratch, K, scratch + c * K};
}

/* ---- forward */

/* of a layer, from m on: added up in the same order as for many samples, so that the sums are the same */
INLINE void dots_of_one_sample(
    const int J, const dots *d, const layer_weights *l, const number *s, const number *r, number *out, int64_t m
) {
    const number *w = l->w + m * l->stride;
    number t[8];
    for (int j = 0; j < J; j++) t[j] = s[d->bias[m + j]];
    for (int64_t k = 0; k < d->products; k++) {
        const number x = r[d->shared[k]];
        for (int j = 0; j < J; j++) t[j] += w[j * l->stride + k] * x;
    }
    for (int j = 0; j < J; j++) out[m + j] = t[j];
}

INLINE void layer_forward(
    const group *g, const dots *d, const number *s, const number *r, number *out, int64_t n, int64_t W,
    number *scratch
) {
    const layer_weights l = weights_of(g, d, s, scratch);
    const int64_t c = d->count, K = d->products;
    if (W > 1) {
        for (int64_t m = 0; m < c; m++) for (int64_t i = 0; i < n; i++) out[m * W + i] = s[d->bias[m]];
        add_layer(c, K, l.w, 1, l.stride, r, d->shared, out, 0, n, W);
        return;
    }
    int64_t m = 0;
    #define TILES(J) for (; m + J <= c; m += J) dots_of_one_sample(J, d, &l, s, r, out, m);
    TILES(8) TILES(1)
    #undef TILES
}

ROW_FUNCTION void dots_forward(
    const group *g, const int32_t *places, const number *s, number *r, int64_t n, int64_t W, number *scratch
) {
    const dots d = dots_of(g, places);
    const int64_t c = d.count, K = d.products, L = d.factors;
    number *out = r + g->first * W;
    if (g->layer >= 0) {
        layer_forward(g, &d, s, r, out, n, W, scratch);
        return;
    }
    if (W == 1 && c >= K + L) {
        for (int64_t m = 0; m < c; m++) out[m] = s[d.bias[m]];
        for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++)
            out[m] += s[d.weights[k * c + m]] * r[d.rows[k * c + m]];
        for (int64_t l = 0; l < L; l++) for (int64_t m = 0; m < c; m++)
            out[m] += r[d.left[l * c + m]] * r[d.right[l * c + m]];
        return;
    }
    for (int64_t m = 0; m < c; m++) {
        number *to = out + m * W;
        for (int64_t i = 0; i < n; i++) to[i] = s[d.bias[m]];
        for (int64_t k = 0; k < K; k++)
            add_times(to, s[d.weights[k * c + m]], r + d.rows[k * c + m] * W, n);
        for (int64_t l = 0; l < L; l++)
            add_products(to, r + d.left[l * c + m] * W, r + d.right[l * c + m] * W, n);
    }
}

/* ---- reverse. padded: n, or the next multiple of PARTS */

/* a of the rows += the weights times the adjoints of the dots */
INLINE void layer_row_adjoints(
    const dots *d, const layer_weights *l, const number *adjoint, number *a, int64_t padded, int64_t W
) {
    const int64_t c = d->count, K = d->products;
    if (W > 1) {
        add_layer(K, c, l->w, l->stride, 1, adjoint, 0, a, d->shared, padded, W);
        return;
    }
    for (int64_t k = 0; k < K; k++) l->spare[k] = a[d->shared[k]];
    for (int64_t m = 0; m < c; m++) add_times(l->spare, adjoint[m], l->w + m * l->stride, K);
    for (int64_t k = 0; k < K; k++) a[d->shared[k]] = l->spare[k];
}

/* of_s of the weights += the rows times the adjoints of the dots, summed over samples: whole vectors of weights
   first, of rows turned into columns; then the others. x: the samples themselves, where a row of inputs lies as a
   column; or NULL */
INLINE void layer_weight_adjoints(
    const group *g, const dots *d, const layer_weights *l, const number *r, const number *adjoint, number *of_s,
    int64_t n, int64_t W, const number *x, int64_t inputs, number *scratch
) {
    const int64_t c = d->count, K = d->products, stride = l->stride;
    const int64_t whole = W > 1 && n > 1 ? K - K % PARTS : 0;
    number *dw = g->begin >= 0 ? of_s + g->begin : scratch, *spare = l->spare;
    if (g->begin < 0) memset(dw, 0, (size_t)(c * K) * sizeof(number));
    if (whole && g->column >= 0 && x) {
        add_weights(c, whole, n, adjoint, W, x + g->column, inputs, dw, stride);
    } else if (whole) {
        for (int64_t k = 0; k < whole; k++) for (int64_t i = 0; i < n; i++)
            spare[i * whole + k] = r[d->shared[k] * W + i];
        add_weights(c, whole, n, adjoint, W, spare, whole, dw, stride);
    }
    if (W == 1) {
        for (int64_t k = 0; k < K; k++) spare[k] = r[d->shared[k]];
        for (int64_t m = 0; m < c; m++) add_times(dw + m * stride, adjoint[m], spare, K);
    } else for (int64_t m = 0; m < c; m++) for (int64_t k = whole; k < K; k++)
        dw[m * stride + k] += dot_over(adjoint + m * W, r + d->shared[k] * W, n);
    if (g->begin < 0) for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++)
        of_s[d->weights[k * c + m]] += dw[m * K + k];
}

ROW_FUNCTION void dots_reverse(
    const group *g, int64_t wanted, const int32_t *places, const number *s, const number *r, number *of_s,
    number *a, int64_t n, int64_t padded, int64_t W, const number *x, int64_t inputs, number *scratch
) {
    const dots d = dots_of(g, places);
    const int64_t c = d.count, K = d.products, L = d.factors;
    const number *adjoint = a + g->first * W;
    if (wanted & SCALARS) for (int64_t m = 0; m < c; m++) of_s[d.bias[m]] += sum_over(adjoint + m * W, n);
    if (g->layer >= 0) {
        const layer_weights l = weights_of(g, &d, s, scratch);
        if (wanted & ROWS) layer_row_adjoints(&d, &l, adjoint, a, padded, W);
        if (wanted & SCALARS) layer_weight_adjoints(g, &d, &l, r, adjoint, of_s, n, W, x, inputs, scratch);
        return;
    }
    for (int64_t k = 0; k < K; k++) for (int64_t m = 0; m < c; m++) {
        const int64_t row = d.rows[k * c + m] * W, weight = d.weights[k * c + m];
        if (wanted & SCALARS)
            of_s[weight] += W == 1 ? adjoint[m] * r[row] : dot_over(adjoint + m * W, r + row, n);
        if (wanted & ROWS) add_times(a + row, s[weight], adjoint + m * W, padded);
    }
    if (wanted & FACTORS) for (int64_t l = 0; l < L; l++) for (int64_t m = 0; m < c; m++) {
        const int64_t left = d.left[l * c + m] * W, right = d.right[l * c + m] * W;
        add_products(a + left, adjoint + m * W, r + right, padded);
        add_products(a + right, adjoint + m * W, r + left, padded);
    }
}

/* ---- tangents. One of -0 is none at all: a number that does not change along this direction sends nothing on, not
   even through an infinite derivative. Products are never -0, since 0 is added to them. */

#define NONE (-ZERO)

INLINE int is_none(number tangent) {
    number_bits bits, none = (number_bits)1 << (8 * sizeof bits - 1);
    memcpy(&bits, &tangent, sizeof bits);
    return bits == none;
}

INLINE void fill_with_none(number *t, int64_t n) {
    for (int64_t i = 0; i < n; i++) t[i] = NONE;
}

INLINE void push_times(number *to, number factor, const number *t, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += is_none(t[i]) ? NONE : factor * t[i] + ZERO;
}

INLINE void push_products(number *to, const number *t, const number *x, int64_t n) {
    INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += is_none(t[i]) ? NONE : t[i] * x[i] + ZERO;
}

INLINE int are_finite(const layer_weights *l, int64_t c, int64_t K) {
    number zero = ZERO;
    for (int64_t m = 0; m < c; m++) for (int64_t k = 0; k < K; k++) zero += ZERO * l->w[m * l->stride + k];
    return zero == 0.0;
}

/* of finite weights: the sums of all products, where any of the rows has a tangent */
INLINE void layer_tangent(
    const dots *d, const layer_weights *l, const number *t, number *out, int64_t n, int64_t W
) {
    const int64_t c = d->count, K = d->products;
    number *any = l->spare;                             /* 0 where none of the rows has one */
    memset(out, 0, (size_t)(c * W) * sizeof(number));
    add_layer(c, K, l->w, 1, l->stride, t, d->shared, out, 0, n, W);
    memset(any, 0, (size_t)n * sizeof(number));
    for (int64_t k = 0; k < K; k++) {
        const number *row = t + d->shared[k] * W;
        INDEPENDENT for (int64_t i = 0; i < n; i++) any[i] = is_none(row[i]) ? any[i] : 1.0;
    }
    for (int64_t m = 0; m < c; m++)
        INDEPENDENT for (int64_t i = 0; i < n; i++) out[m * W + i] = any[i] == 0.0 ? NONE : out[m * W + i];
}

ROW_FUNCTION void dots_tangent(
    const group *g, const int32_t *places, const number *s, const number *r, number *t, int64_t n, int64_t W,
    number *scratch
) {
    const dots d = dots_of(g, places);
    const int64_t c = d.count, K = d.products, L = d.factors;
    number *out = t + g->first * W;
    if (g->layer >= 0 && W > 1) {
        const layer_weights l = weights_of(g, &d, s, scratch);
        if (are_finite(&l, c, K)) {
            layer_tangent(&d, &l, t, out, n, W);
            return;
        }
    }
    fill_with_none(out, c * W);
    for (int64_t m = 0; m < c; m++) {
        number *to = out + m * W;
        for (int64_t k = 0; k < K; k++) push_times(to, s[d.weights[k * c + m]], t + d.rows[k * c + m] * W, n);
        for (int64_t l = 0; l < L; l++) {
            const int64_t left = d.left[l * c + m] * W, right = d.right[l * c + m] * W;
            push_products(to, t + left, r + right, n);
            push_products(to, t + right, r + left, n);
        }
    }
}
