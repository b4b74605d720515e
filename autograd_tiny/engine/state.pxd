# What is a C number in state.py when it is compiled.
cdef class State:
    cdef readonly tuple blocks
    cdef long long known_at
    cdef readonly bint recording
    cdef readonly str scope
    cdef readonly object scope_block
    cdef readonly object on_result
    cdef readonly object on_detached
    cdef readonly object on_gradient
    cdef readonly object on_comparison
    cdef readonly object on_branch
    cdef readonly object on_identity
    cdef readonly object on_read
    cdef readonly object on_write

cdef set results_switched, scopes_switched, comparisons_switched
cdef long long last_ending
cdef State NO_BLOCKS

cpdef State current()
cpdef object ask_to_use(object value, str use)
