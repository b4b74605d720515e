/* Batches, a block of samples after the other, through the groups of a plan: the methods of Executor in batches.py. */
#pragma once

#include "replay.h"

/* x: B samples, one after the other. work: rows, adjoints or tangents of these, scratch. wrong: where an index was, if
   its sample is not -1; the other results mean nothing then. */

INLINE number *adjoints_in(const plan *p, number *work, int64_t W) { return work + p->rows * W; }
INLINE number *scratch_in(const plan *p, number *work, int64_t W) { return work + 2 * p->rows * W; }

static void turn(const number *x, int64_t n, int64_t columns, number *rows, int64_t W) {
    for (int64_t k = 0; k < columns; k += 8) for (int64_t j = k; j < columns && j < k + 8; j++)
        for (int64_t i = 0; i < n; i++) rows[j * W + i] = x[i * columns + j];
}

static void copy_scalars(const plan *p, const number *s, number *work, int64_t W) {
    for (int64_t k = 0; k < p->copies; k++)
        for (int64_t i = 0; i < W; i++) work[(p->inputs + k) * W + i] = s[p->copied[k]];
}

static void prepare(const plan *p, void *s, void *work, fault *wrong) {
    replay_forward(p->once, p->onces, p->places, s, s, 1, 1, work, wrong);
}

static void finish(const plan *p, const void *s, void *of_s, void *work) {
    replay_reverse(p->once, p->onces, p->places, s, s, of_s, of_s, 1, 1, 0, 0, 0, work);
}

static int block_forward(
    const plan *p, const number *s, const number *x, int64_t n, int64_t W, number *work, fault *wrong
) {
    if (W == 1) memcpy(work, x, (size_t)p->inputs * sizeof(number));
    else turn(x, n, p->inputs, work, W);
    return replay_forward(p->sample, p->samples, p->places, s, work, n, W, scratch_in(p, work, W), wrong);
}

static void values(
    const plan *p, const void *scalars, const void *samples, int64_t B, void *results, int64_t W, void *memory,
    fault *wrong
) {
    const number *s = scalars, *x = samples;
    number *out = results, *work = memory;
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return;
        }
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->results; k++)
            out[(b + i) * p->results + k] = work[p->outputs[k] * W + i];
    }
}

/* factors: one for each sample; or NULL, and each has the same one */
static double adjoints(
    const plan *p, const void *scalars, const void *samples, int64_t B, const void *factors, double factor,
    void *of_scalars, int64_t W, void *memory, fault *wrong
) {
    const number *s = scalars, *x = samples, *weights = factors;
    const number weight = (number)factor;
    number *of_s = of_scalars, *work = memory;
    double total = 0.0;
    number *a = adjoints_in(p, work, W);
    const number *output = work + p->outputs[0] * W;
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        number *seed = a + p->outputs[0] * W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return 0.0;
        }
        memset(a + p->inputs * W, 0, (size_t)((p->rows - p->inputs) * W) * sizeof(number));
        for (int64_t i = 0; i < n; i++) seed[i] = weights ? weights[b + i] : weight;
        total += total_over(seed, output, n);
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
    const plan *p, const void *scalars, const void *samples, int64_t B, void *results, void *of_inputs, int64_t W,
    void *memory, fault *wrong
) {
    const number *s = scalars, *x = samples;
    number *out = results, *gradients = of_inputs, *work = memory;
    number *a = adjoints_in(p, work, W);
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        number *seed = a + p->outputs[0] * W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return;
        }
        for (int64_t i = 0; i < n; i++) out[b + i] = work[p->outputs[0] * W + i];
        memset(a, 0, (size_t)(p->rows * W) * sizeof(number));
        for (int64_t i = 0; i < n; i++) seed[i] = 1.0;
        replay_reverse(
            p->sample, p->samples, p->places, s, work, 0, a, n, W, 1, 0, 0, scratch_in(p, work, W)
        );
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->inputs; k++)
            gradients[(b + i) * p->inputs + k] = a[k * W + i];
    }
}

static void tangents(
    const plan *p, const void *scalars, const void *samples, const void *along, int64_t B, void *results,
    void *of_results, int64_t W, void *memory, fault *wrong
) {
    const number *s = scalars, *x = samples, *directions = along;
    number *out = results, *changes = of_results, *work = memory;
    number *t = adjoints_in(p, work, W);
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return;
        }
        turn(directions + b * p->inputs, n, p->inputs, t, W);
        for (int64_t i = 0; i < p->inputs * W; i++) if (t[i] == 0.0) t[i] = NONE;
        fill_with_none(t + p->inputs * W, p->copies * W);
        replay_tangent(p->sample, p->samples, p->places, s, work, t, n, W, scratch_in(p, work, W));
        for (int64_t i = 0; i < n; i++) for (int64_t k = 0; k < p->results; k++) {
            out[(b + i) * p->results + k] = work[p->outputs[k] * W + i];
            changes[(b + i) * p->results + k] = t[p->outputs[k] * W + i] + ZERO;     /* NONE: 0 */
        }
    }
}

#ifdef SINGLE
  #define KERNELS kernels_of_floats
#else
  #define KERNELS kernels_of_doubles
#endif
extern HIDDEN const kernels KERNELS;
const kernels KERNELS = {prepare, finish, values, adjoints, input_adjoints, tangents};
