# What is a C number in backward.py when it is compiled.
cimport cython
from autograd_tiny.engine.value cimport Fan, Value
from autograd_tiny.engine.walk_memory cimport Branches

cdef object LEAF
cdef long long walk, clock

cpdef tuple sweep(Value output, double seed, bint keep, tuple wanted)
cdef tuple find_adjoints(Value output, double seed, bint keep, tuple wanted)
cdef bint meet(Value value) noexcept
@cython.locals(left_is_new=cython.bint, right_is_new=cython.bint)
cdef Value next_to_count(Value node, Branches later)
@cython.locals(i="long long")
cdef int meet_all(Fan fan, Branches later) except -1
@cython.locals(i="long long")
cdef bint accumulate(Value value, double contribution, double *adjoints, bint keep) noexcept
@cython.locals(left_is_complete=cython.bint, right_is_complete=cython.bint, contribution=cython.double)
cdef Value next_to_propagate(Value node, double *adjoints, bint keep, Branches later)
@cython.locals(product=cython.double)
cdef double contribution_of(Value node, double adjoint, double local_grad) except? -1
@cython.locals(contribution=cython.double, fan=Fan, i="long long")
cdef int propagate_to_all(Value node, double adjoint, double *adjoints, bint keep, Branches later) except -1
