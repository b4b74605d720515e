# For the compiled engine, `ieee` is the C library itself: the functions of ieee.py under the same names.
from libc.math cimport (
    acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, ceil, cos, cosh, erf, erfc, exp, exp2, expm1, fabs, floor,
    fmod, hypot, isnan, lgamma, log, log10, log1p, log2, pow, rint, sin, sinh, sqrt, tan, tanh, trunc,
)

cdef extern from "special.h" nogil:
    double polygamma(double order, double x) noexcept
    double erfinv(double x) noexcept

cdef inline double divide(double x, double y) noexcept nogil:
    return x / y
