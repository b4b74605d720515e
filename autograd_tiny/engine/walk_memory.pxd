# Memory for the walks of backward.py, kept from one walk to the next: room for adjoints, and branches to come back to.
from autograd_tiny.engine.value cimport Value

cdef inline void set_gradient(Value value, double gradient) noexcept:
    value._grad = gradient
    value._has_grad = True

cdef inline void set_gradients() noexcept:
    """They are set."""

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

    /* ---- Branches to come back to, the last one first. The graph keeps them alive. */

    typedef struct {
        Py_ssize_t size, room;
        PyObject **nodes;
    } branches, *Branches;

    static branches *spare_branches;

    static int make_room(branches *later, Py_ssize_t n) {
        PyObject **nodes = (PyObject **)realloc(later->nodes, (size_t)n * sizeof(PyObject *));
        if (!nodes) {
            PyErr_NoMemory();
            return -1;
        }
        later->nodes = nodes;
        later->room = n;
        return 0;
    }

    static inline int push(branches *later, PyObject *node) {
        if (later->size == later->room && make_room(later, 2 * later->room + 64) < 0) return -1;
        later->nodes[later->size++] = node;
        return 0;
    }

    static inline PyObject *pop(branches *later) {
        PyObject *node = later->nodes[--later->size];
        Py_INCREF(node);
        return node;
    }

    /* Room for n nodes above the None that ends a walk. */
    static int reserve(branches *later, Py_ssize_t n) {
        later->size = 0;
        if (n >= later->room && make_room(later, n + 1) < 0) return -1;
        return push(later, Py_None);
    }

    static branches *new_branches(void) {
        branches *later = spare_branches;
        spare_branches = NULL;
        if (!later) later = (branches *)calloc(1, sizeof(branches));
        if (later && reserve(later, 63) == 0) return later;
        free(later);
        if (!PyErr_Occurred()) PyErr_NoMemory();
        return NULL;
    }

    static void drop(branches *later) {
        if (!spare_branches && later->room <= (Py_ssize_t)MOST_KEPT) {
            spare_branches = later;
        } else {
            free(later->nodes);
            free(later);
        }
    }
    """
    ctypedef struct branches:
        pass
    ctypedef branches *Branches
    Branches new_branches() except NULL
    int reserve(Branches later, Py_ssize_t n) except -1
    int push(Branches later, object node) except -1
    object pop(Branches later)
    void drop(Branches later) noexcept
    double *borrow(Py_ssize_t n) except NULL
    void give_back(double *numbers)
    bint collector_is_on "PyGC_IsEnabled"() noexcept
    bint pause_collector "PyGC_Disable"() noexcept
    bint resume_collector "PyGC_Enable"() noexcept
