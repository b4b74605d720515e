# What is a C number in lowering.py when it is compiled.
cimport cython

cdef object ADD, DIV, DOT, LEAF, MEAN, MUL, NEG, POW, SUB, SUM, TAKE
cdef set ABSORBED
cdef Py_ssize_t NONE_YET


cdef class Draft:
    cdef readonly Py_ssize_t inputs, parameters
    cdef readonly bytearray rates
    cdef readonly list operations, operands
    cdef readonly dict constants
    cdef dict _slot_of_constant
    cdef object _slots_of_results

    cpdef Py_ssize_t constant(self, double x) except -1
    cpdef Py_ssize_t append(self, object operation, tuple operands) except -1
    @cython.locals(known=dict, key=tuple)
    cpdef Py_ssize_t result(self, object operation, tuple operands) except -1
    cdef Py_ssize_t _new_result(self, object operation, tuple operands) except -1


@cython.locals(x=Py_ssize_t, latest="unsigned char")
cdef unsigned char latest_rate(tuple operands, bytearray rates) except? 255
@cython.locals(
    k=Py_ssize_t, begin=Py_ssize_t, end=Py_ssize_t, size=Py_ssize_t, slots=list, places=list, operands=tuple,
)
cdef list _drafted(Draft draft, object graph, list leaves)
@cython.locals(slot=Py_ssize_t, x=Py_ssize_t, uses=list, last=Py_ssize_t, operations=list, last_first=list,
               operands=list)
cdef list _selected(Draft draft, object outputs, dict dots)
@cython.locals(x=Py_ssize_t, y=Py_ssize_t, rate="unsigned char", rates=bytearray, operands=tuple)
cdef bint _may_become_a_dot(Py_ssize_t slot, Draft draft, list uses) except -1
@cython.locals(rate="unsigned char", bias=Py_ssize_t, bias_of_root=Py_ssize_t, neuron=Py_ssize_t)
cdef object _fuse(Py_ssize_t root, Draft draft, list uses, dict dots, list last_first)
@cython.locals(slot=Py_ssize_t, sign=double, is_root=bint, terms=list, addends=list)
cdef list _terms(Py_ssize_t root, Draft draft, list uses)
@cython.locals(operands=tuple, x=Py_ssize_t, y=Py_ssize_t)
cdef bint _taken_apart(Py_ssize_t slot, double sign, Draft draft, list terms, list addends) except -1
cdef bint _product(tuple operands, double sign, Draft draft, list terms) except -1
@cython.locals(x=Py_ssize_t)
cdef bint _varies(tuple term, unsigned char rate, Draft draft) except -1
cdef tuple _factors(tuple term, Draft draft)
@cython.locals(slot=Py_ssize_t, operands=tuple)
cdef Py_ssize_t _bias(list terms, Draft draft, dict dots) except -1
cdef tuple _operands_of_dot(list products, Py_ssize_t bias)
@cython.locals(slot=Py_ssize_t, x=Py_ssize_t, first=Py_ssize_t, operands=tuple, moved=tuple)
cdef object _assembled(Draft draft, list selected, dict dots, object outputs)
cdef Py_ssize_t _new_slot(Py_ssize_t slot, list new_slots, list constants, Draft draft) except? -1
