# Tuples that are made and filled in C.
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.sequence cimport PySequence_Fast_GET_SIZE
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM

cdef extern from "Python.h":
    PyObject **PySequence_Fast_ITEMS(object sequence)

cdef inline void fill(tuple whole, Py_ssize_t start, PyObject **items, Py_ssize_t n) noexcept:
    cdef Py_ssize_t i
    for i in range(n):
        Py_INCREF(<object>items[i])
        PyTuple_SET_ITEM(whole, start + i, <object>items[i])

cdef inline tuple joined(object first, object second, object last):
    """The elements of both, lists or tuples, and the last unless it is None."""
    cdef Py_ssize_t n = PySequence_Fast_GET_SIZE(first), m = PySequence_Fast_GET_SIZE(second)
    cdef tuple whole = PyTuple_New(n + m + (last is not None))
    fill(whole, 0, PySequence_Fast_ITEMS(first), n)
    fill(whole, n, PySequence_Fast_ITEMS(second), m)
    if last is not None:
        Py_INCREF(last)
        PyTuple_SET_ITEM(whole, n + m, last)
    return whole
