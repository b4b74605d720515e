# What is a C number in reductions.py when it is compiled.
cimport cython
from autograd_tiny.engine.value cimport Fan

cdef object DOT, LOGSUMEXP, MAX, MEAN, MIN, PROD, SUM, TAKE
cdef double INF

cpdef object sum(Fan fan)
cpdef object mean(Fan fan)
cpdef object prod(Fan fan)
cpdef object max(Fan fan)
cpdef object min(Fan fan)
cdef object extreme(object operation, double sign, Fan fan)
@cython.locals(n=cython.Py_ssize_t)
cpdef object dot(Fan fan)
cpdef object logsumexp(Fan fan)
@cython.locals(place=cython.Py_ssize_t)
cpdef object take(Fan fan)
@cython.locals(n=cython.Py_ssize_t, place=cython.Py_ssize_t, index=cython.double)
cdef Py_ssize_t place_of(Fan fan) except -1
cdef int check_not_empty(Fan fan) except -1
