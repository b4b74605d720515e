/* The native executor: runs the groups of a plan (see grouping.py) over rows of samples.

   A row holds one number for each sample of a block, next to each other, so that every loop here is over
   samples and uses the vector unit. Rows are W numbers apart. n of these count; loops that only fill rows run
   to the next multiple of 8, and the numbers there are never looked at. With W = 1 a row is one number, and
   loops run over the instructions of a group instead. Sums over samples go into 8 partial sums, in an order
   that depends neither on the processor nor on the number of threads.

   s: the scalars; r: the rows; of_s, a: the adjoints of scalars and of rows; t: the tangents of rows.

   dots.h has dots and layers of them, takes.h takes of one of several values; kernels.h, written by calculus/c_kernels.py, has all other operations. */
#include "dots.h"
#include "takes.h"

#define PI 3.141592653589793

typedef struct {
    const group *once, *sample;
    int64_t onces, samples;         /* how many groups */
    const int32_t *places, *copied, *outputs;
    int64_t inputs, copies, results, rows, scratch;
} plan;

/* ---- functions of lists in formulas */

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
    double total = sum_of(flags, n), divisor = total + (double)(total == 0.0);
    for (int64_t k = 0; k < n; k++) out[k] = flags[k] / divisor;
}

#include "special.h"
#include "kernels.h"

/* ---- the chain rule: what arrives times the local derivative. An operand that was not selected is sent nothing. */

INLINE double sent(int selects, double adjoint, double derivative) {
    return selects && derivative == 0.0 ? 0.0 : adjoint * derivative;
}

INLINE double pushed(int selects, double tangent, double derivative) {
    return is_none(tangent) || (selects && derivative == 0.0) ? NONE : tangent * derivative + 0.0;
}

/* ---- all groups of a plan */

/* where the row of operand j of instruction k begins */
#define PLACE(k, j) (p[(j) * c + (k)] * W)
#define EACH_INSTRUCTION for (int64_t k = 0; k < c; k++)
#define EACH_SAMPLE INDEPENDENT for (int64_t i = 0; i < n; i++)

/* The operands of instruction k: their rows; one sample in these; the numbers that the rows are where W = 1. */
#define ROWS_1 const double *x = r + PLACE(k, 0);
#define ROWS_2 ROWS_1 const double *y = r + PLACE(k, 1);
#define ROWS_3 ROWS_2 const double *z = r + PLACE(k, 2);
#define SAMPLES_1 x[i]
#define SAMPLES_2 x[i], y[i]
#define SAMPLES_3 x[i], y[i], z[i]
#define NUMBERS_1 r[PLACE(k, 0)]
#define NUMBERS_2 NUMBERS_1, r[PLACE(k, 1)]
#define NUMBERS_3 NUMBERS_2, r[PLACE(k, 2)]

/* For operations of many operands: all operands of one sample side by side, their derivatives behind them. */
#define GATHER for (int64_t j = 0; j < g->size; j++) scratch[j] = r[PLACE(k, j) + i];
#define EACH_DERIVATIVE(NAME) \
    GATHER \
    derivatives_##NAME(scratch, g->size, out[k * W + i], scratch + g->size); \
    for (int64_t j = 0; j < g->size; j++)

/* whether all indices mean a value */
FOR_THIS_PROCESSOR
static int replay_forward(
    const group *groups, int64_t number, const int32_t *places, const double *s, double *r, int64_t n, int64_t W,
    double *scratch, fault *wrong
) {
    const int64_t samples = n;
    n = W == 1 ? 1 : (n + 7) & ~(int64_t)7;
    for (const group *g = groups; g < groups + number; g++) {
        const int32_t *p = places + g->at;
        const int64_t c = g->count;
        double *out = r + g->first * W;
        switch (g->opcode) {
        case 0: dots_forward(g, places, s, r, n, W, scratch); break;
        case TAKES: if (!takes_forward(g, places, s, r, samples, W, wrong)) return 0; break;
        #define COMPUTE(VALUE, COUNT) \
            if (W == 1) EACH_INSTRUCTION out[k] = VALUE(NUMBERS_##COUNT); \
            else EACH_INSTRUCTION { \
                ROWS_##COUNT \
                double *f = out + k * W; \
                EACH_SAMPLE f[i] = VALUE(SAMPLES_##COUNT); \
            }
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(value_##NAME, 1) break;
        EACH_1(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(value_##NAME, 2) break;
        EACH_2(DO)
        #undef DO
        #define DO(OPCODE, NAME) case OPCODE: COMPUTE(value_##NAME, 3) break;
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
            dots_reverse(g, wanted, places, s, r, of_s, a, samples, n, W, columns, inputs, scratch);
            break;
        case TAKES: takes_reverse(g, places, r, of_s, a, samples, W); break;
        /* the adjoint of the result times the local derivative is added to the adjoint of operand J */
        #define SENT(NAME, ADJOINT, DERIVATIVE) sent(SELECTS_##NAME, ADJOINT, DERIVATIVE)
        #define SEND(J, NAME, COUNT) \
            if (wanted >> J & 1) { \
                if (W == 1) EACH_INSTRUCTION \
                    a[PLACE(k, J)] += SENT(NAME, adjoints[k], derivative_##NAME##_##J(NUMBERS_##COUNT, out[k])); \
                else EACH_INSTRUCTION { \
                    ROWS_##COUNT \
                    const double *f = out + k * W, *d = adjoints + k * W; \
                    double *to = a + PLACE(k, J); \
                    EACH_SAMPLE to[i] += SENT(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
                } \
            }
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
        if (g->opcode != 0) fill_with_none(tangents, c * W);
        switch (g->opcode) {
        case 0: dots_tangent(g, places, s, r, t, n, W, scratch); break;
        case TAKES: takes_tangent(g, places, r, t, samples, W); break;
        /* the tangent of operand J times the local derivative is added to the tangent of the result */
        #define PUSHED(NAME, TANGENT, DERIVATIVE) pushed(SELECTS_##NAME, TANGENT, DERIVATIVE)
        #define PUSH(J, NAME, COUNT) \
            if (wanted >> J & 1) EACH_INSTRUCTION { \
                ROWS_##COUNT \
                const double *f = out + k * W, *d = t + PLACE(k, J); \
                double *to = tangents + k * W; \
                EACH_SAMPLE to[i] += PUSHED(NAME, d[i], derivative_##NAME##_##J(SAMPLES_##COUNT, f[i])); \
            }
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

/* ---- memory to work in: the numbers begin at a cache line, and a pointer to their memory precedes them */

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

/* ---- batches. x: B samples, one after the other. work: rows, adjoints or tangents of these, scratch. wrong: where an
   index was, if its sample is not -1; the other results mean nothing then. */

INLINE double *adjoints_in(const plan *p, double *work, int64_t W) { return work + p->rows * W; }
INLINE double *scratch_in(const plan *p, double *work, int64_t W) { return work + 2 * p->rows * W; }

static void turn(const double *x, int64_t n, int64_t columns, double *rows, int64_t W) {
    for (int64_t k = 0; k < columns; k += 8) for (int64_t j = k; j < columns && j < k + 8; j++)
        for (int64_t i = 0; i < n; i++) rows[j * W + i] = x[i * columns + j];
}

static void copy_scalars(const plan *p, const double *s, double *work, int64_t W) {
    for (int64_t k = 0; k < p->copies; k++)
        for (int64_t i = 0; i < W; i++) work[(p->inputs + k) * W + i] = s[p->copied[k]];
}

static void prepare(const plan *p, double *s, double *work, fault *wrong) {
    replay_forward(p->once, p->onces, p->places, s, s, 1, 1, work, wrong);
}

static void finish(const plan *p, const double *s, double *of_s, double *work) {
    replay_reverse(p->once, p->onces, p->places, s, s, of_s, of_s, 1, 1, 0, 0, 0, work);
}

static int block_forward(
    const plan *p, const double *s, const double *x, int64_t n, int64_t W, double *work, fault *wrong
) {
    if (W == 1) memcpy(work, x, (size_t)p->inputs * sizeof(double));
    else turn(x, n, p->inputs, work, W);
    return replay_forward(p->sample, p->samples, p->places, s, work, n, W, scratch_in(p, work, W), wrong);
}

static void values(
    const plan *p, const double *s, const double *x, int64_t B, double *out, int64_t W, double *work,
    fault *wrong
) {
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

/* weights: one for each sample; or NULL, and each has the same one */
static double adjoints(
    const plan *p, const double *s, const double *x, int64_t B, const double *weights, double weight,
    double *of_s, int64_t W, double *work, fault *wrong
) {
    double total = 0.0, *a = adjoints_in(p, work, W);
    const double *output = work + p->outputs[0] * W;
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        double *seed = a + p->outputs[0] * W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return 0.0;
        }
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
    const plan *p, const double *s, const double *x, int64_t B, double *out, double *gradients, int64_t W,
    double *work, fault *wrong
) {
    double *a = adjoints_in(p, work, W);
    copy_scalars(p, s, work, W);
    for (int64_t b = 0; b < B; b += W) {
        const int64_t n = B - b < W ? B - b : W;
        double *seed = a + p->outputs[0] * W;
        if (!block_forward(p, s, x + b * p->inputs, n, W, work, wrong)) {
            wrong->sample += b;
            return;
        }
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
    const plan *p, const double *s, const double *x, const double *directions, int64_t B, double *out,
    double *changes, int64_t W, double *work, fault *wrong
) {
    double *t = adjoints_in(p, work, W);
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
            changes[(b + i) * p->results + k] = t[p->outputs[k] * W + i] + 0.0;      /* NONE: 0 */
        }
    }
}
