# What runs underneath the compiled Value: the memory of nodes, and the scope of the module that is running.
# Only value.py may include this: its C variables exist once in each module that does.
from libc.stdlib cimport calloc
from libc.stdlib cimport free as release

cdef inline double *doubles(Py_ssize_t n) except NULL:
    """Room for n numbers, all zero."""
    cdef double *room = <double *>calloc(n + 1, sizeof(double))
    if room is NULL:
        raise MemoryError
    return room

cdef extern from *:
    """
    #include <stddef.h>
    #include <stdint.h>

    #ifdef _WIN32
      #include <malloc.h>
    #else
      #include <sys/mman.h>
    #endif

    #if defined(_MSC_VER)
      #define PER_THREAD __declspec(thread)
    #elif defined(__GLIBC__)    /* it has some room for variables that are reached without a call */
      #define PER_THREAD __thread __attribute__((tls_model("initial-exec")))
    #else
      #define PER_THREAD __thread
    #endif

    /* ---- The module that is running in each thread: the scope of what it computes, and the block scope(…) inside
       which it was called. Both are NULL outside of modules, the block also where there is none. */

    static PER_THREAD struct {
        PyObject *scope, *block;
    } running;
    static PyObject *no_scope, *label_name;

    static inline PyObject *new_reference(PyObject *x) {
        Py_INCREF(x);
        return x;
    }

    static inline PyObject *scope_outside_blocks(void) {
        return new_reference(running.scope && !running.block ? running.scope : no_scope);
    }

    static inline PyObject *scope_in_block(PyObject *block, PyObject *otherwise) {
        PyObject *here = running.block ? running.block : Py_None;
        return new_reference(running.scope && here == block ? running.scope : otherwise);
    }

    static inline PyObject *running_scope(void) {
        return new_reference(running.scope ? running.scope : Py_None);
    }

    static inline PyObject *running_block(void) {
        return new_reference(running.block ? running.block : Py_None);
    }

    static inline void set_running(PyObject *scope, PyObject *block) {
        PyObject *scope_before = running.scope, *block_before = running.block;
        running.scope = scope == Py_None ? NULL : new_reference(scope);
        running.block = block == Py_None ? NULL : new_reference(block);
        Py_XDECREF(scope_before);
        Py_XDECREF(block_before);
    }

    /* ---- Memory for nodes.
       They live in blocks of 2 MiB, a huge page where the system has them: a graph of ten million nodes
       costs few page faults. A block goes back to the system when its last node is freed; the last few
       empty blocks are kept for the next graph. All of this needs the GIL: without one, nodes come from Python's own
       allocator, which has memory for each thread. */

    #ifndef Py_GIL_DISABLED

    #define BLOCK_SIZE ((size_t)1 << 21)
    #define BLOCKS_KEPT 8

    typedef struct block {
        struct block *next, *previous;  /* among the blocks with room */
        char *freed;                    /* places that were used and are free, each pointing to the next */
        char *untouched;                /* from here on nothing has been used */
        size_t used;
    } block;

    static block *roomy;
    static size_t node_size, empty_blocks;

    static int is_full(block *b) {
        return !b->freed && b->untouched + node_size > (char *)b + BLOCK_SIZE;
    }

    static void add_to_roomy(block *b) {
        b->previous = NULL;
        b->next = roomy;
        if (roomy) roomy->previous = b;
        roomy = b;
    }

    static void take_from_roomy(block *b) {
        if (b->next) b->next->previous = b->previous;
        if (b->previous) b->previous->next = b->next; else roomy = b->next;
    }

    static block *map_block(void) {
    #ifdef _WIN32
        return (block *)_aligned_malloc(BLOCK_SIZE, BLOCK_SIZE);
    #elif defined(__EMSCRIPTEN__)   /* its munmap cannot give back a part of what mmap gave */
        return (block *)aligned_alloc(BLOCK_SIZE, BLOCK_SIZE);
    #else
        char *start = (char *)mmap(NULL, 2 * BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == (char *)MAP_FAILED) return NULL;
        char *aligned = (char *)(((uintptr_t)start + BLOCK_SIZE - 1) & ~(uintptr_t)(BLOCK_SIZE - 1));
        if (aligned > start) munmap(start, (size_t)(aligned - start));
        munmap(aligned + BLOCK_SIZE, (size_t)(start + BLOCK_SIZE - aligned));
      #ifdef MADV_HUGEPAGE
        madvise(aligned, BLOCK_SIZE, MADV_HUGEPAGE);
      #endif
        return (block *)aligned;
    #endif
    }

    static void unmap_block(block *b) {
    #ifdef _WIN32
        _aligned_free(b);
    #elif defined(__EMSCRIPTEN__)
        free(b);
    #else
        munmap((void *)b, BLOCK_SIZE);
    #endif
    }

    static void make_empty(block *b) {
        b->freed = NULL;
        b->untouched = (char *)(b + 1) + (16 - sizeof(block) % 16) % 16;
        b->used = 0;
        empty_blocks++;
    }

    static PyObject *allocate_node(PyTypeObject *type, Py_ssize_t unused) {
        block *b = roomy;
        char *place;
        (void)unused;
        if (!b) {
            if (!(b = map_block())) return PyErr_NoMemory();
            make_empty(b);
            add_to_roomy(b);
        }
        if (b->freed) {
            place = b->freed;
            b->freed = *(char **)place;
        } else {
            place = b->untouched;
            b->untouched += node_size;
        }
        if (b->used++ == 0) empty_blocks--;
        if (is_full(b)) take_from_roomy(b);
        memset(place, 0, node_size);
        Py_SET_TYPE((PyObject *)place, type);
        Py_SET_REFCNT((PyObject *)place, 1);
        return (PyObject *)place;
    }

    static void free_node(void *place) {
        block *b = (block *)((uintptr_t)place & ~(uintptr_t)(BLOCK_SIZE - 1));
        if (is_full(b)) add_to_roomy(b);
        *(char **)place = b->freed;
        b->freed = (char *)place;
        if (--b->used == 0) {
            make_empty(b);
            if (empty_blocks > BLOCKS_KEPT) {
                take_from_roomy(b);
                unmap_block(b);
                empty_blocks--;
            }
        }
    }

    #endif

    /* ---- What CPython does for an ordinary class and Cython leaves out for a `no_gc` one: attributes
       in a dictionary that is made when the first is set, and a bound on the depth of deallocation, so
       that freeing a chain of ten million nodes does not overflow the C stack. */

    #ifdef Py_GIL_DISABLED
      #define PER_RUN PER_THREAD
    #else
      #define PER_RUN           /* one thread at a time: a plain variable is quicker */
    #endif

    static destructor deallocate_one;
    static PER_RUN int depth;
    static PER_RUN PyObject *postponed;

    static void deallocate_node(PyObject *node) {
        if (depth >= 100) {                        /* wait in a list that is linked through the nodes: */
            *(PyObject **)(node + 1) = postponed;  /* their first field, data, is no longer needed */
            postponed = node;
            return;
        }
        depth++;
        for (;;) {
            Py_CLEAR(*(PyObject **)((char *)node + Py_TYPE(node)->tp_dictoffset));
            deallocate_one(node);
            if (depth > 1 || !postponed) break;
            node = postponed;
            postponed = *(PyObject **)(node + 1);
        }
        depth--;
    }

    static int set_up(PyObject *type, PyObject *sample, void *dict, PyObject *metaclass, PyObject *module) {
        PyTypeObject *t = (PyTypeObject *)type;
        no_scope = PyUnicode_InternFromString("");
        label_name = PyUnicode_InternFromString("label");
        Py_INCREF(sample);                         /* it came from elsewhere and must never be freed */
    #ifndef Py_GIL_DISABLED
        node_size = (size_t)t->tp_basicsize;
        t->tp_alloc = allocate_node;
        t->tp_free = free_node;
    #endif
        t->tp_dictoffset = (char *)dict - (char *)sample;
        deallocate_one = t->tp_dealloc;
        t->tp_dealloc = deallocate_node;
        Py_SET_TYPE(type, (PyTypeObject *)new_reference(metaclass));
        PyType_Modified(t);
        return PyDict_SetItemString(t->tp_dict, "__module__", module);  /* or that of the metaclass would show */
    }

    static PyObject **dict_of(PyObject *node) {
        return (PyObject **)((char *)node + Py_TYPE(node)->tp_dictoffset);
    }

    static PyObject *attributes_of(PyObject *node) {
        PyObject *dict = *dict_of(node);
        return dict ? PyDict_Copy(dict) : PyDict_New();
    }

    #ifdef Py_GIL_DISABLED

    /* CPython takes the same lock of the node when it sets the first attribute of another name. */
    static PyObject *label_of(PyObject *node) {
        PyObject *dict, *label = NULL;
        int found = 0;
        Py_BEGIN_CRITICAL_SECTION(node);
        dict = *dict_of(node);
        if (dict) found = PyDict_GetItemRef(dict, label_name, &label);
        Py_END_CRITICAL_SECTION();
        return found ? label : new_reference(no_scope);
    }

    static int set_label(PyObject *node, PyObject *label) {
        PyObject **dict = dict_of(node);
        int failed;
        Py_BEGIN_CRITICAL_SECTION(node);
        failed = !*dict && !(*dict = PyDict_New());
        if (!failed) failed = PyDict_SetItem(*dict, label_name, label);
        Py_END_CRITICAL_SECTION();
        return failed ? -1 : 0;
    }

    #else

    static PyObject *label_of(PyObject *node) {
        PyObject *dict = *dict_of(node), *label = dict ? PyDict_GetItemWithError(dict, label_name) : NULL;
        return new_reference(label ? label : no_scope);
    }

    static int set_label(PyObject *node, PyObject *label) {
        PyObject **dict = dict_of(node);
        if (!*dict && !(*dict = PyDict_New())) return -1;
        return PyDict_SetItem(*dict, label_name, label);
    }

    #endif
    """
    object scope_outside_blocks()
    object scope_in_block(object block, object otherwise)
    object running_scope()
    object running_block()
    void set_running(object scope, object block) noexcept
    Py_hash_t identity_hash "_Py_HashPointer"(object x) noexcept
    int set_up(object type, object sample, void *dict, object metaclass, object module) except -1
    dict attributes_of(object value)
    object label_of(object value)
    int set_label(object value, object label) except -1
