# What is a C number in functions.py when it is compiled.
# <written: names> by `make written`
cdef object ABS, ACOS, ACOSH, ASIN, ASINH, ATAN, ATAN2, ATANH, CLIP, COS, COSH, DOT, ELU, EQUAL, ERF, ERFC
cdef object EXP, EXPM1, GELU, GREATER, GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS, LESS_EQUAL, LOG, LOG10
cdef object LOG1P, LOG2, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, PROD, RELU, SIGMOID, SIGN, SILU, SIN
cdef object SINH, SOFTPLUS, SQRT, SUM, TAN, TANH, WHERE
# </written: names>
cpdef tuple elements_of(object values)
