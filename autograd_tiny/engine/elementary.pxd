# What is a C number in elementary.py when it is compiled.
# <written: declarations> by `make written`
cdef object ATAN2, CLIP, ELU, EQUAL, GREATER, GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS, LESS_EQUAL, MAXIMUM
cdef object MINIMUM, WHERE

cpdef object atan2(object left, object right)
cpdef object hypot(object left, object right)
cpdef object leaky_relu(object left, object right)
cpdef object elu(object left, object right)
cpdef object maximum(object left, object right)
cpdef object minimum(object left, object right)
cpdef object greater(object left, object right)
cpdef object greater_equal(object left, object right)
cpdef object less(object left, object right)
cpdef object less_equal(object left, object right)
cpdef object equal(object left, object right)
cpdef object where(object first, object second, object third)
cpdef object clip(object first, object second, object third)
cdef double maximum_of(double x, double y) noexcept
cdef double minimum_of(double x, double y) noexcept
# </written: declarations>
