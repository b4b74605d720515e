/* What an executor hands to the kernels: a plan, as grouping.py makes it, and the functions that run it. */
#pragma once

#include <stdint.h>

/* The numbers in rows, among the scalars and in the arrays of samples. The kernels are compiled once for each of the
   two types, so that the table below has pointers to void in their place. */
#ifdef SINGLE
  typedef float number;
#else
  typedef double number;
#endif

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
    double index;
} fault;

/* The kernels for one target and one precision: see batches.h. Capsules named TABLE hold them, in the modules of this
   folder. */
typedef struct {
    void (*prepare)(const plan *p, void *s, void *work, fault *wrong);
    void (*finish)(const plan *p, const void *s, void *of_s, void *work);
    void (*values)(
        const plan *p, const void *s, const void *x, int64_t B, void *out, int64_t W, void *work, fault *wrong);
    double (*adjoints)(
        const plan *p, const void *s, const void *x, int64_t B, const void *weights, double weight,
        void *of_s, int64_t W, void *work, fault *wrong);
    void (*input_adjoints)(
        const plan *p, const void *s, const void *x, int64_t B, void *out, void *gradients, int64_t W,
        void *work, fault *wrong);
    void (*tangents)(
        const plan *p, const void *s, const void *x, const void *directions, int64_t B, void *out,
        void *changes, int64_t W, void *work, fault *wrong);
} kernels;

#define TABLE "autograd_tiny.tape.kernels"
