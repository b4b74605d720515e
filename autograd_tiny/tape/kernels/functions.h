/* The functions of rows of all operations with long formulas, and a table of them: see formulas.h. */
#pragma once

#include "formulas.h"

/* A simd loop computes both sides of every choice. */
#define EACH_OF_ROW \
    for (int64_t part = 0; part < n; part += PARTS) \
        _Pragma("omp simd") for (int64_t i = part; i < part + PARTS; i++)

static int are_common(const double *x, int64_t n) {
    int64_t rare = 0;
    for (int64_t i = 0; i < n; i++) rare += is_common(x[i]) ? 0 : 1;
    return rare == 0;
}

#include "row_functions.h"
