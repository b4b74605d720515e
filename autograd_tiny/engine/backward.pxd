# What is a C number in backward.py when it is compiled.
cimport cython
from autograd_tiny.engine.value cimport Fan, Value
from autograd_tiny.engine.walk_memory cimport Walk

cdef object LEAF
cdef long long start, clock

cpdef tuple sweep(Value output, double seed, bint keep, tuple wanted)
@cython.locals(met=Py_ssize_t, i=Py_ssize_t, adjoints="double *")
cdef tuple find_adjoints(Value output, double seed, bint keep, tuple wanted)
cdef bint meet(Value value, Walk walk) noexcept
@cython.locals(left_is_new=cython.bint, right_is_new=cython.bint)
cdef Value next_to_count(Value node, Walk walk)
@cython.locals(i="long long")
cdef int meet_all(Fan fan, Walk walk) except -1
@cython.locals(i="long long")
cdef bint accumulate(Value value, double contribution, double *adjoints, bint keep, Walk walk) noexcept
@cython.locals(left_is_complete=cython.bint, right_is_complete=cython.bint, contribution=cython.double)
cdef Value next_to_propagate(Value node, double *adjoints, bint keep, Walk walk)
@cython.locals(product=cython.double)
cdef double contribution_of(Value node, double adjoint, double local_grad) except? -1
@cython.locals(contribution=cython.double, fan=Fan, i="long long")
cdef int propagate_to_all(Value node, double adjoint, double *adjoints, bint keep, Walk walk) except -1
