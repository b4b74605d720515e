# What differs where CPython runs without a GIL (PEP 703), and several threads are in here at once.
# Its C variables exist once in each module that includes it.
cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>

    #ifdef Py_GIL_DISABLED
      #define FREE_THREADED 1
    #else
      #define FREE_THREADED 0
    #endif

    /* No contribution is lost when two threads add to one number at once. */
    static inline void add_to(double *number, double x) {
    #ifdef Py_GIL_DISABLED
        uint64_t *bits = (uint64_t *)(void *)number, before = _Py_atomic_load_uint64(bits), after;
        double sum;
        do {                        /* what is found there, if it is not what was expected, is in `before` then */
            memcpy(&sum, &before, sizeof sum);
            sum += x;
            memcpy(&after, &sum, sizeof sum);
        } while (!_Py_atomic_compare_exchange_uint64(bits, &before, after));
    #else
        *number += x;
    #endif
    }

    /* A number that was never given before. */
    static inline long long another(void) {
        static int64_t last;
    #ifdef Py_GIL_DISABLED
        return 1 + _Py_atomic_add_int64(&last, 1);
    #else
        return ++last;
    #endif
    }

    /* Nothing counts its references from now on: threads that all count those of one object wait for each other. */
    static inline void keep_for_ever(PyObject *x) {
        (void)x;
    #ifdef Py_GIL_DISABLED
        if (_Py_IsOwnedByCurrentThread(x)) Py_SET_REFCNT(x, PY_SSIZE_T_MAX);
    #endif
    }
    """
    const bint FREE_THREADED
    void add_to(double *number, double x) noexcept
    long long another() noexcept
    void keep_for_ever(object x) noexcept
