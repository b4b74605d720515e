/* For native_executor.pyx: the kernels in the folder of that name, and memory for them. */
#include <stdint.h>
#include <stdlib.h>

#include "fingerprint.h"
#include "kernels/plan.h"

/* Memory to work in. The numbers begin at a cache line, and a pointer to their memory precedes them. */

typedef struct {
    int64_t size;               /* in bytes */
    void *numbers;
} memory;

static memory *allocate(int64_t size) {
    memory *found = (memory *)calloc(1, (size_t)size + 192);
    if (!found) return 0;
    found->size = size;
    found->numbers = (void *)(((uintptr_t)found + 127) & ~(uintptr_t)63);
    ((memory **)found->numbers)[-1] = found;
    return found;
}

/* What was at a place, which is found there from now on. Other threads may do the same at once. */
static memory *exchange(memory **place, memory *found) {
#ifdef Py_GIL_DISABLED
    return (memory *)_Py_atomic_exchange_ptr(place, found);
#else
    memory *before = *place;
    *place = found;
    return before;
#endif
}

static memory *of_numbers(void *numbers) {
    return ((memory **)numbers)[-1];
}
