# Memory for the walks of backward.py: room for adjoints, kept from one walk to the next.
cdef extern from *:
    """
    #include <stddef.h>
    #include <stdlib.h>
    #include <string.h>

    /* ---- Room for the adjoints of a walk: kept for the next one, since new memory costs page faults. */

    #define MOST_KEPT ((size_t)1 << 20)     /* numbers */

    typedef struct {
        size_t size;
        double numbers[1];
    } room;

    static room *spare;

    static double *borrow(Py_ssize_t n) {
        room *r = spare;
        size_t bytes = (size_t)(n + 1) * sizeof(double);
        spare = NULL;                       /* a walk that begins during this one takes room of its own */
        if (!r || r->size < (size_t)n) {
            free(r);
            if (!(r = (room *)malloc(sizeof(room) + bytes))) {
                PyErr_NoMemory();
                return NULL;
            }
            r->size = (size_t)n;
        }
        memset(r->numbers, 0, bytes);
        return r->numbers;
    }

    static void give_back(double *numbers) {
        room *r = (room *)((char *)numbers - offsetof(room, numbers));
        if (spare || r->size > MOST_KEPT) free(r); else spare = r;
    }
    """
    double *borrow(Py_ssize_t n) except NULL
    void give_back(double *numbers)
    bint collector_is_on "PyGC_IsEnabled"() noexcept
    bint pause_collector "PyGC_Disable"() noexcept
    bint resume_collector "PyGC_Enable"() noexcept
