# What is a C number in several_operands.py when it is compiled.
cdef double PI, INF, NAN
# <written: declarations> by `make written`
cdef object ATAN2, CLIP, ELU, EQUAL, FLOOR_DIVIDE, FMOD, GREATER, GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS
cdef object LESS_EQUAL, LOGADDEXP, MAXIMUM, MINIMUM, MOD, POLYGAMMA, WHERE, XLOGY

cpdef object atan2(object left, object right)
cpdef object hypot(object left, object right)
cpdef object polygamma(object left, object right)
cpdef object leaky_relu(object left, object right)
cpdef object elu(object left, object right)
cpdef object mod(object left, object right)
cpdef object fmod(object left, object right)
cpdef object floor_divide(object left, object right)
cpdef object maximum(object left, object right)
cpdef object minimum(object left, object right)
cpdef object greater(object left, object right)
cpdef object greater_equal(object left, object right)
cpdef object less(object left, object right)
cpdef object less_equal(object left, object right)
cpdef object equal(object left, object right)
cpdef object xlogy(object left, object right)
cpdef object logaddexp(object left, object right)
cpdef object where(object first, object second, object third)
cpdef object clip(object first, object second, object third)
cdef double maximum_of(double x, double y) noexcept
cdef double minimum_of(double x, double y) noexcept
cdef double mod_of(double x, double y) noexcept
cdef double round_of(double x) noexcept
cdef double sigmoid_of(double x) noexcept
cdef double sign_of(double x) noexcept
# </written: declarations>
