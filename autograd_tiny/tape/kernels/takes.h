/* Takes: of some values the one at an index. See replay.h, which includes this file, for rows and names.

   The operands of a take are its n values and the index, a row. The values are scalars if weights is n, else rows.
   The adjoints of scalars are added sample by sample, in order: so their sums do not depend on the width of a block. */
#pragma once

#include "dots.h"

/* which of n values an index means, from 0; negative ones count from the end; -1 for none */
INLINE int64_t place_of(number index, int64_t n) {
    if (!(index >= -(number)n && index < (number)n)) return -1;
    const int64_t k = (int64_t)index;
    if ((number)k != index) return -1;
    return k < 0 ? k + n : k;
}

#define EACH_TAKE \
    const int64_t c = g->count, values = g->size - 1; \
    const int32_t *p = places + g->at; \
    for (int64_t k = 0; k < c; k++) { \
        const number *index = r + p[values * c + k] * W; \
        const int64_t result = (g->first + k) * W; \
        for (int64_t i = 0; i < n; i++) { \
            const int64_t which = place_of(index[i], values);
#define TAKEN p[which * c + k]
#define END_OF_TAKES }}

/* whether all indices mean a value */
ROW_FUNCTION int takes_forward(
    const group *g, const int32_t *places, const number *s, number *r, int64_t n, int64_t W, fault *wrong
) {
    EACH_TAKE
        if (which < 0) {
            *wrong = (fault){i, values, index[i]};
            return 0;
        }
        r[result + i] = g->weights ? s[TAKEN] : r[TAKEN * W + i];
    END_OF_TAKES
    return 1;
}

ROW_FUNCTION void takes_reverse(
    const group *g, const int32_t *places, const number *r, number *of_s, number *a, int64_t n, int64_t W
) {
    EACH_TAKE
        *(g->weights ? of_s + TAKEN : a + TAKEN * W + i) += a[result + i];
    END_OF_TAKES
}

/* the tangents of the results are those of the values; scalars have none */
ROW_FUNCTION void takes_tangent(
    const group *g, const int32_t *places, const number *r, number *t, int64_t n, int64_t W
) {
    EACH_TAKE
        t[result + i] = g->weights ? NONE : t[TAKEN * W + i];
    END_OF_TAKES
}
