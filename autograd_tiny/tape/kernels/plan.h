/* What an executor hands to the kernels: a plan, as grouping.py makes it, and the functions that run it. */
#pragma once

#include <stdint.h>

#ifndef NUMBER
  #define NUMBER double
#endif
typedef NUMBER number;              /* in rows, among the scalars, and in the arrays of samples */

typedef struct {                    /* see Group in grouping.py; count: its length */
    int64_t opcode, count, first, size, weights, at, wanted[2], layer, begin, stride, column;
} group;

typedef struct {
    const group *once, *sample;
    int64_t onces, samples;         /* how many groups */
    const int32_t *places, *copied, *outputs;
    int64_t inputs, copies, results, rows, scratch;
} plan;

typedef struct {                    /* an index that means none of `count` values, see takes.h */
    int64_t sample, count;          /* sample: -1 if there was none */
    number index;
} fault;

/* The kernels for one target: see batches.h. A capsule named TABLE holds them, in each module of this folder. */
typedef struct {
    void (*prepare)(const plan *p, number *s, number *work, fault *wrong);
    void (*finish)(const plan *p, const number *s, number *of_s, number *work);
    void (*values)(
        const plan *p, const number *s, const number *x, int64_t B, number *out, int64_t W, number *work, fault *wrong);
    double (*adjoints)(
        const plan *p, const number *s, const number *x, int64_t B, const number *weights, double weight,
        number *of_s, int64_t W, number *work, fault *wrong);
    void (*input_adjoints)(
        const plan *p, const number *s, const number *x, int64_t B, number *out, number *gradients, int64_t W,
        number *work, fault *wrong);
    void (*tangents)(
        const plan *p, const number *s, const number *x, const number *directions, int64_t B, number *out,
        number *changes, int64_t W, number *work, fault *wrong);
} kernels;

#define TABLE "autograd_tiny.tape.kernels"
