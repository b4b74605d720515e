# What is a C number in program.py when it is compiled.
cimport cython

cpdef object instruction_of(object operation, tuple operands)
@cython.locals(x=Py_ssize_t, largest="unsigned char")
cdef int _append_largest(list instructions, bytearray properties) except -1
@cython.locals(k=Py_ssize_t, x=Py_ssize_t)
cdef int _mark_operands(bytearray marks, Py_ssize_t first, list instructions, bint by_gradients) except -1
@cython.locals(
    x=Py_ssize_t, rate="unsigned char", level=Py_ssize_t, depends="unsigned char", opcodes=list, sizes=list, slots=list,
    levels=list, depending=bytearray, found=dict,
)
cdef int _append_columns(list instructions, bytearray rates, dict known, object columns) except -1
