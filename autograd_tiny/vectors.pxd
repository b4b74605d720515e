# What is a C number in vectors.py when it is compiled.
from autograd_tiny.engine.value cimport Value

cdef object LEAF

cpdef list leaves_if_all_values(list values)
cdef void check_values(tuple values) except *
cdef void check(tuple values, const double[::1] numbers) except *
cpdef void copy_numbers(tuple values, double[::1] into) except *
cpdef void copy_gradients(tuple values, double[::1] into) except *
cpdef void set_numbers(tuple values, const double[::1] numbers) except *
cpdef void accumulate(tuple values, const double[::1] gradients) except *
cpdef void clear_gradients(tuple values) except *
cpdef void replace_gradients(tuple values, const double[::1] gradients) except *
cpdef bint all_trainable(tuple values) except? True
