# cython: binding=False
"""The native executor of a plan: the C functions in the folder kernels, for Python. See Executor in batches.py."""
cimport cython
from cpython.buffer cimport PyBUF_C_CONTIGUOUS, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free

import numpy as np

from autograd_tiny.calculus.formulas import index_error
from autograd_tiny.tape.kernels import targets
from autograd_tiny.tape.program import SampleIndexError

cdef extern from "native_executor.h" nogil:
    ctypedef struct group:
        pass
    ctypedef struct c_plan "plan":
        const group *once
        const group *sample
        int64_t onces, samples
        const int32_t *places
        const int32_t *copied
        const int32_t *outputs
        int64_t inputs, copies, results, rows, scratch
    ctypedef struct fault:
        int64_t sample, count
        double index
    ctypedef struct kernels:
        void (*prepare)(const c_plan *p, void *s, void *work, fault *wrong) noexcept nogil
        void (*finish)(const c_plan *p, const void *s, void *of_s, void *work) noexcept nogil
        void (*values)(
            const c_plan *p, const void *s, const void *x, int64_t B, void *out, int64_t W,
            void *work, fault *wrong) noexcept nogil
        double (*adjoints)(
            const c_plan *p, const void *s, const void *x, int64_t B, const void *weights, double weight,
            void *of_s, int64_t W, void *work, fault *wrong) noexcept nogil
        void (*input_adjoints)(
            const c_plan *p, const void *s, const void *x, int64_t B, void *out, void *gradients, int64_t W,
            void *work, fault *wrong) noexcept nogil
        void (*tangents)(
            const c_plan *p, const void *s, const void *x, const void *directions, int64_t B, void *out,
            void *changes, int64_t W, void *work, fault *wrong) noexcept nogil
    const char *TABLE
    ctypedef struct memory:
        Py_ssize_t size
        void *numbers
    const char *FINGERPRINT
    memory *allocate(Py_ssize_t size)
    memory *of_numbers(void *numbers)
    memory *exchange(memory **place, memory *found)

CACHE = 2**18           # bytes of the rows of a block, and as many adjoints: half of a second-level cache
ROOM = 2**27            # where the cache can't hold them anyway: 128 MiB, and as much again
WIDTHS = (128, 64, 32, 16, 8)
LINE = 64               # bytes that rows are filled to: PARTS of rows.h

cdef const kernels *of_doubles
cdef const kernels *of_floats
cdef str target
fingerprint = ""        # of the sources, those of the kernels too; batches.py compares it with those that are there


def use(str name):
    """Run the kernels for a target, one of targets.available(), in executors that are made from now on."""
    global of_doubles, of_floats, fingerprint, target
    module = targets.module(name)
    of_doubles = <const kernels *>PyCapsule_GetPointer(module.doubles, TABLE)
    of_floats = <const kernels *>PyCapsule_GetPointer(module.floats, TABLE)
    fingerprint = module.fingerprint if module.fingerprint == FINGERPRINT.decode() else ""
    target = name


def in_use():
    """The name of the target."""
    return target


use(targets.choose())


cdef void *pointer(object array, Py_ssize_t size, Py_ssize_t itemsize, bint writable=False) except NULL:
    """The beginning of an array, which must have so many elements; the caller holds on to it."""
    cdef Py_buffer buffer
    PyObject_GetBuffer(array, &buffer, PyBUF_C_CONTIGUOUS | (PyBUF_WRITABLE if writable else 0))
    cdef bint fits = buffer.len == size * itemsize and buffer.itemsize == itemsize
    cdef void *found = buffer.buf
    PyBuffer_Release(&buffer)
    if not fits:
        raise ValueError(
            f"an array of {size} numbers of {itemsize} bytes is expected, got {array.dtype} {array.shape}"
        )
    return found


cdef int refuse(fault wrong) except -1:
    """SampleIndexError if an index was wrong."""
    if wrong.sample >= 0:
        raise SampleIndexError(wrong.sample, str(index_error(wrong.index, wrong.count)))
    return 0


@cython.final
cdef class NativeExecutor:
    """Runs a plan over blocks of samples; see Executor for the methods.

    dtype: Of the numbers in all arrays, float64 or float32.
    """

    cdef const kernels *kernels
    cdef Py_ssize_t itemsize        # of a number
    cdef c_plan plan
    cdef object arrays              # whose memory the plan points to
    cdef readonly Py_ssize_t width, scalars
    cdef memory *spare              # kept for the next run
    name = "native"

    def __init__(self, plan, dtype=np.float64):
        self.itemsize = np.dtype(dtype).itemsize
        self.kernels = of_doubles if self.itemsize == sizeof(double) else of_floats
        table = np.ascontiguousarray(plan.table, np.int64)
        places, copied, outputs = (
            np.append(x, 0).astype(np.int32) for x in (plan.places, plan.copied, plan.outputs)
        )
        self.arrays = table, places, copied, outputs
        self.plan.once = <const group *>pointer(table, table.size, sizeof(int64_t))
        self.plan.onces, self.plan.samples = plan.once, len(table) - plan.once
        self.plan.sample = self.plan.once + self.plan.onces
        self.plan.places = <const int32_t *>pointer(places, places.size, sizeof(int32_t))
        self.plan.copied = <const int32_t *>pointer(copied, copied.size, sizeof(int32_t))
        self.plan.outputs = <const int32_t *>pointer(outputs, outputs.size, sizeof(int32_t))
        self.plan.inputs, self.plan.copies = plan.inputs, len(plan.copied)
        self.plan.results, self.plan.rows = len(plan.outputs), plan.rows
        self.scalars = plan.scalars
        least, row = LINE // self.itemsize, plan.rows * self.itemsize
        fitting = [w for w in WIDTHS if w >= least and row * w <= CACHE]
        self.width = fitting[0] if fitting else least if row * least <= ROOM else 1
        _, length, _, size, weights, _, _, _, layer, begin, *_ = table.T
        scratch = np.where(layer < 0, 4 * size, (np.where(begin < 0, length, 0) + self.width) * weights)
        self.plan.scratch = int(scratch.max(initial=0))

    def __dealloc__(self):
        free(self.spare)

    cdef void *given(self, object array, Py_ssize_t size) except NULL:
        """The numbers of an array, to be read."""
        return pointer(array, size, self.itemsize)

    cdef void *room(self, object array, Py_ssize_t size) except NULL:
        """The numbers of an array, to be written."""
        return pointer(array, size, self.itemsize, True)

    cdef void *borrow(self, Py_ssize_t width) except NULL:
        """Memory to work in: that of another run, if it is large enough."""
        cdef Py_ssize_t size = (2 * self.plan.rows * width + self.plan.scratch) * self.itemsize
        cdef memory *found = exchange(&self.spare, NULL)
        if found is NULL or found.size < size:
            free(found)
            found = allocate(size)
            if found is NULL:
                raise MemoryError
        return found.numbers

    cdef void give_back(self, void *numbers) noexcept:
        free(exchange(&self.spare, of_numbers(numbers)))

    cdef Py_ssize_t width_for(self, Py_ssize_t samples) noexcept:
        return 1 if samples == 1 else self.width

    def prepare(self, scalars):
        cdef void *s = self.room(scalars, self.scalars)
        cdef void *work = self.borrow(1)
        cdef fault wrong = fault(-1, 0, 0.0)
        with nogil:
            self.kernels.prepare(&self.plan, s, work, &wrong)
        self.give_back(work)
        if wrong.sample >= 0:
            raise index_error(wrong.index, wrong.count)

    def finish(self, scalars, adjoints):
        cdef const void *s = self.given(scalars, self.scalars)
        cdef void *of_s = self.room(adjoints, self.scalars)
        cdef void *work = self.borrow(1)
        with nogil:
            self.kernels.finish(&self.plan, s, of_s, work)
        self.give_back(work)

    def values(self, scalars, x, out):
        cdef Py_ssize_t B = len(x), W = self.width_for(B)
        cdef const void *s = self.given(scalars, self.scalars)
        cdef const void *samples = self.given(x, B * self.plan.inputs)
        cdef void *to = self.room(out, B * self.plan.results)
        cdef void *work = self.borrow(W)
        cdef fault wrong = fault(-1, 0, 0.0)
        with nogil:
            self.kernels.values(&self.plan, s, samples, B, to, W, work, &wrong)
        self.give_back(work)
        refuse(wrong)

    def adjoints(self, scalars, x, weights, adjoints):
        cdef Py_ssize_t B = len(x), W = self.width_for(B)
        cdef const void *s = self.given(scalars, self.scalars)
        cdef const void *samples = self.given(x, B * self.plan.inputs)
        cdef const void *each = NULL
        cdef double weight = 0.0
        if isinstance(weights, float):
            weight = weights
        else:
            each = self.given(weights, B)
        cdef void *of_s = self.room(adjoints, self.scalars)
        cdef void *work = self.borrow(W)
        cdef double total
        cdef fault wrong = fault(-1, 0, 0.0)
        with nogil:
            total = self.kernels.adjoints(&self.plan, s, samples, B, each, weight, of_s, W, work, &wrong)
        self.give_back(work)
        refuse(wrong)
        return total

    def input_adjoints(self, scalars, x, out, gradients):
        cdef Py_ssize_t B = len(x), W = self.width_for(B)
        cdef const void *s = self.given(scalars, self.scalars)
        cdef const void *samples = self.given(x, B * self.plan.inputs)
        cdef void *to = self.room(out, B)
        cdef void *found = self.room(gradients, B * self.plan.inputs)
        cdef void *work = self.borrow(W)
        cdef fault wrong = fault(-1, 0, 0.0)
        with nogil:
            self.kernels.input_adjoints(&self.plan, s, samples, B, to, found, W, work, &wrong)
        self.give_back(work)
        refuse(wrong)

    def tangents(self, scalars, x, out, changes, directions):
        cdef Py_ssize_t B = len(x), W = self.width_for(B)
        cdef const void *s = self.given(scalars, self.scalars)
        cdef const void *samples = self.given(x, B * self.plan.inputs)
        cdef const void *along = self.given(directions, B * self.plan.inputs)
        cdef void *to = self.room(out, B * self.plan.results)
        cdef void *found = self.room(changes, B * self.plan.results)
        cdef void *work = self.borrow(W)
        cdef fault wrong = fault(-1, 0, 0.0)
        with nogil:
            self.kernels.tangents(&self.plan, s, samples, along, B, to, found, W, work, &wrong)
        self.give_back(work)
        refuse(wrong)
