# What is a C number in vectors.py when it is compiled.
from autograd_tiny.engine.value cimport Value

cdef object LEAF

cpdef list leaves_if_all_values(list values)
cpdef tuple _only_values(object values)
cpdef void copy_numbers(tuple values, double[::1] into)
cpdef void copy_gradients(tuple values, double[::1] into)
cpdef void set_numbers(tuple values, const double[::1] numbers)
cpdef void accumulate(tuple values, const double[::1] gradients)
cpdef void clear_gradients(tuple values)
cpdef void replace_gradients(tuple values, const double[::1] gradients)
cpdef bint all_trainable(tuple values)
