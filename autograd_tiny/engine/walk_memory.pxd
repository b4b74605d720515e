# Memory for the walks of backward.py and numbering.py, kept from one walk to the next: room for adjoints, branches to
# come back to and, where there is no GIL, what keeps the walks of several threads apart.
from autograd_tiny.engine.threads cimport add_to
from autograd_tiny.engine.value cimport Value

cdef inline void set_gradient(Value value, double gradient) noexcept:
    value._grad = gradient
    value._has_grad = True

cdef inline void add_gradient(Value value, double gradient) noexcept:
    add_to(&value._grad, gradient)
    value._has_grad = True

cdef inline void set_gradients() noexcept:
    """They are set."""

cdef extern from *:
    """
    #include <limits.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <string.h>

    #if defined(_MSC_VER)
      #define ONE_PER_THREAD __declspec(thread)
    #else
      #define ONE_PER_THREAD __thread
    #endif

    #define MOST_KEPT ((Py_ssize_t)1 << 20)     /* numbers, or branches */

    typedef struct {
        PyObject *node;
        Py_ssize_t place;
    } noted_place;

    typedef struct {
        /* branches to come back to, the last one first; the graph keeps them alive */
        PyObject **nodes;
        Py_ssize_t size, room;
        double *adjoints;
        Py_ssize_t room_for_adjoints;
    #ifdef Py_GIL_DISABLED
        int64_t number;             /* of this walk, in the nodes that it has claimed */
        int slot;                   /* -1: none was free */
        int failed;                 /* there was no memory */
        Py_ssize_t met, room_for_waiting;
        int *waiting;               /* of each node that it has met, by place */
        noted_place *notes;         /* the places of the nodes that it could not claim: a hash table, */
        Py_ssize_t noted, mask;     /* which has mask + 1 entries */
    #endif
    } walk, *Walk;

    static int make_room(walk *w, Py_ssize_t n) {
        PyObject **nodes = (PyObject **)realloc(w->nodes, (size_t)n * sizeof(PyObject *));
        if (!nodes) {
            PyErr_NoMemory();
            return -1;
        }
        w->nodes = nodes;
        w->room = n;
        return 0;
    }

    static inline int push(walk *w, PyObject *node) {
        if (w->size == w->room && make_room(w, 2 * w->room + 64) < 0) return -1;
        w->nodes[w->size++] = node;
        return 0;
    }

    static inline PyObject *pop(walk *w) {
        PyObject *node = w->nodes[--w->size];
        Py_INCREF(node);
        return node;
    }

    /* Room for n branches above the None that ends a walk. */
    static int reserve(walk *w, Py_ssize_t n) {
        w->size = 0;
        if (n >= w->room && make_room(w, n + 1) < 0) return -1;
        return push(w, Py_None);
    }

    /* Room for n adjoints, all zero. New memory costs page faults. */
    static double *adjoints_of(walk *w, Py_ssize_t n) {
        if (!w->adjoints || w->room_for_adjoints < n) {
            free(w->adjoints);
            w->room_for_adjoints = n;
            if (!(w->adjoints = (double *)malloc((size_t)(n + 1) * sizeof(double)))) {
                PyErr_NoMemory();
                return NULL;
            }
        }
        memset(w->adjoints, 0, (size_t)(n + 1) * sizeof(double));
        return w->adjoints;
    }

    static void free_adjoints(walk *w) {
        free(w->adjoints);
        w->adjoints = NULL;
    }

    static void free_branches(walk *w) {
        free(w->nodes);
        w->nodes = NULL;
        w->room = 0;
    }

    #ifndef Py_GIL_DISABLED

    static walk *spare;

    static walk *new_walk(int claims) {
        walk *w = spare;
        (void)claims;
        spare = NULL;                       /* a walk that begins during this one takes memory of its own */
        if (!w) w = (walk *)calloc(1, sizeof(walk));
        if (w && reserve(w, 63) == 0) return w;
        free(w);
        if (!PyErr_Occurred()) PyErr_NoMemory();
        return NULL;
    }

    static void end_walk(walk *w) {
        if (w->room_for_adjoints > MOST_KEPT) free_adjoints(w);
        if (w->room > MOST_KEPT) free_branches(w);
        if (!spare) {
            spare = w;
        } else {
            free_adjoints(w);
            free_branches(w);
            free(w);
        }
    }

    #define collector_is_on PyGC_IsEnabled
    #define pause_collector PyGC_Disable
    #define resume_collector PyGC_Enable
    #define count_use(w, node, owner, place) 0
    #define place_of(w, node, owner, place) -1
    #define met_in(w) 0
    #define is_last_use(w, i) 0
    #define mark_of(w, i) 0
    #define set_mark(w, i, mark) ((void)(mark))

    #else

    /* ---- Without a GIL, walks of several threads may meet in one graph, as in leaves that many graphs share.

       A walk claims the nodes that it meets: it writes its number into `_place`, and the node's place among those that
       it has met into `_waiting`. A node that belongs to another walk that is still running is left alone; its place is
       noted in a table of this walk. So no walk ever waits for another, and only graphs that share nodes need tables.

       A number says which of the slots below the walk is in; no two walks have the same one. The walk is running while
       its slot holds its number. Memory is kept in the slots, too. */

    #define SLOTS 64

    static struct {
        int64_t number;             /* of the walk that is running; 0: none */
        int64_t walks;              /* that have been here */
        int taken;
        walk memory;
        char apart[128];            /* threads that write to one cache line wait for each other */
    } slots[SLOTS];

    static int is_running(int64_t number) {
        return number > 0 && _Py_atomic_load_int64(&slots[number % SLOTS].number) == number;
    }

    static walk *taken_slot(int claims) {
        static ONE_PER_THREAD int latest;
        for (int k = 0; claims && k < SLOTS; k++) {
            int s = (latest + k) % SLOTS, expected = 0;
            if (_Py_atomic_load_int(&slots[s].taken)) continue;
            if (!_Py_atomic_compare_exchange_int(&slots[s].taken, &expected, 1)) continue;
            latest = s;
            slots[s].memory.slot = s;
            slots[s].memory.number = ++slots[s].walks * SLOTS + s;
            _Py_atomic_store_int64(&slots[s].number, slots[s].memory.number);
            return &slots[s].memory;
        }
        walk *w = (walk *)calloc(1, sizeof(walk));
        if (w) {
            w->slot = -1;
            w->number = -1;         /* it claims nothing */
        }
        return w;
    }

    static void end_walk(walk *w) {
        int s = w->slot;
        if (s < 0 || w->room_for_adjoints > MOST_KEPT) free_adjoints(w);
        if (s < 0 || w->room > MOST_KEPT) free_branches(w);
        if (s < 0 || w->room_for_waiting > MOST_KEPT) {
            free(w->waiting);
            w->waiting = NULL;
            w->room_for_waiting = 0;
        }
        if (s < 0 || w->mask >= MOST_KEPT) {
            free(w->notes);
            w->notes = NULL;
            w->mask = 0;
        } else if (w->noted) {
            memset(w->notes, 0, (size_t)(w->mask + 1) * sizeof(noted_place));
        }
        if (s < 0) {
            free(w);
        } else {
            _Py_atomic_store_int64(&slots[s].number, 0);
            _Py_atomic_store_int(&slots[s].taken, 0);
        }
    }

    static walk *new_walk(int claims) {
        walk *w = taken_slot(claims);
        if (!w) {
            PyErr_NoMemory();
            return NULL;
        }
        w->met = w->noted = w->failed = 0;
        if (reserve(w, 63) == 0) return w;
        end_walk(w);
        return NULL;
    }

    static noted_place *note_of(walk *w, PyObject *node) {
        size_t i = (size_t)(((uint64_t)(uintptr_t)node >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20);
        while (w->notes[i & (size_t)w->mask].node && w->notes[i & (size_t)w->mask].node != node) i++;
        return &w->notes[i & (size_t)w->mask];
    }

    static int note(walk *w, PyObject *node, Py_ssize_t place) {
        if (2 * w->noted >= w->mask) {              /* the table is half full, or there is none */
            noted_place *old = w->notes;
            Py_ssize_t entries = old ? w->mask + 1 : 0, more = entries ? 4 * entries : 256;
            noted_place *notes = (noted_place *)calloc((size_t)more, sizeof(noted_place));
            if (!notes) return -1;
            w->notes = notes;
            w->mask = more - 1;
            for (Py_ssize_t i = 0; i < entries; i++) if (old[i].node) *note_of(w, old[i].node) = old[i];
            free(old);
        }
        noted_place *found = note_of(w, node);
        found->node = node;
        found->place = place;
        w->noted++;
        return 0;
    }

    static inline Py_ssize_t place_of(walk *w, PyObject *node, long long *owner, int *place) {
        if (_Py_atomic_load_int64_relaxed((int64_t *)owner) == w->number) return *place;
        if (!w->noted) return -1;
        noted_place *found = note_of(w, node);
        return found->node ? found->place : -1;
    }

    static int more_waiting(walk *w) {
        Py_ssize_t n = 2 * w->room_for_waiting + 64;
        int *waiting = n <= INT_MAX ? (int *)realloc(w->waiting, (size_t)n * sizeof(int)) : NULL;
        if (!waiting) return -1;
        w->waiting = waiting;
        w->room_for_waiting = n;
        return 0;
    }

    static int count_use(walk *w, PyObject *node, long long *owner, int *place) {
        Py_ssize_t i = place_of(w, node, owner, place);
        if (i >= 0) {
            w->waiting[i]++;
            return 0;
        }
        i = w->met;
        int64_t before = _Py_atomic_load_int64((int64_t *)owner);
        if (i == w->room_for_waiting && more_waiting(w) < 0) {
            w->failed = 1;
            return 0;
        }
        if (w->slot >= 0 && !is_running(before)
                && _Py_atomic_compare_exchange_int64((int64_t *)owner, &before, w->number)) {
            *place = (int)i;
        } else if (note(w, node, i) < 0) {
            w->failed = 1;
            return 0;
        }
        w->waiting[i] = 1;
        w->met++;
        return 1;
    }

    static inline int is_last_use(walk *w, Py_ssize_t i) {
        return --w->waiting[i] <= 0;
    }

    static inline int mark_of(walk *w, Py_ssize_t i) {
        return w->waiting[i];
    }

    static inline void set_mark(walk *w, Py_ssize_t i, Py_ssize_t mark) {
        w->waiting[i] = (int)mark;
    }

    /* how many nodes were met; MemoryError if there was no room for all */
    static Py_ssize_t met_in(walk *w) {
        if (!w->failed) return w->met;
        PyErr_NoMemory();
        return -1;
    }

    /* Nothing runs in the midst of a walk that could disturb it: the collector need not wait. */
    #define collector_is_on() 0
    #define pause_collector() 0
    #define resume_collector() 0

    #endif
    """
    ctypedef struct walk:
        pass
    ctypedef walk *Walk
    Walk new_walk(bint claims) except NULL
    void end_walk(Walk w) noexcept
    int reserve(Walk w, Py_ssize_t n) except -1
    int push(Walk w, object node) except -1
    object pop(Walk w)
    double *adjoints_of(Walk w, Py_ssize_t n) except NULL
    bint collector_is_on() noexcept
    bint pause_collector() noexcept
    bint resume_collector() noexcept
    bint count_use(Walk w, object node, long long *owner, int *place) noexcept
    Py_ssize_t place_of(Walk w, object node, long long *owner, int *place) noexcept
    Py_ssize_t met_in(Walk w) except -1
    bint is_last_use(Walk w, Py_ssize_t i) noexcept
    int mark_of(Walk w, Py_ssize_t i) noexcept
    void set_mark(Walk w, Py_ssize_t i, Py_ssize_t mark) noexcept

cdef inline bint is_first_use(Walk walk, Value value) noexcept:
    """Count one more result that a Value was used in. Without a GIL only; so are the others here."""
    return count_use(walk, value, &value._place, &value._waiting)

cdef inline Py_ssize_t place_in(Walk walk, Value value) noexcept:
    """The place of a Value among those that this walk has met; -1 if it has not."""
    return place_of(walk, value, &value._place, &value._waiting)
