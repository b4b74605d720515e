# What is a C number in numbering.py when it is compiled.
cimport cython
from autograd_tiny.engine.value cimport Fan, Value
from autograd_tiny.engine.walk_memory cimport Walk

cdef object LEAF


cdef class NumberedGraph:
    cdef readonly list nodes, operations, sizes, operands, numbers, leaves, roots


cpdef NumberedGraph numbered(list roots)
@cython.locals(start="long long", root=Value, node=Value, walk=Walk, graph=NumberedGraph, nodes=list)
cdef NumberedGraph walked(list roots)
@cython.locals(number=Py_ssize_t)
cdef Py_ssize_t number_in(Walk walk, Value node) noexcept
@cython.locals(i="long long", fan=Fan)
cdef int push_operands(Value node, long long start, Walk walk) except -1
cdef int push_new(object operand, long long start, Walk walk) except -1
@cython.locals(i="long long", fan=Fan, before=Py_ssize_t)
cdef int append_operands(Value node, long long start, NumberedGraph graph, Walk walk) except -1
cdef int append_operand(object operand, long long start, NumberedGraph graph, Walk walk) except -1
