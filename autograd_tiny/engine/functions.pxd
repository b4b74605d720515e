# What is a C number in functions.py when it is compiled.
# <written: names> by `make written`
cdef object ABS, ACOS, ACOSH, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CLIP, COS, COSH, DOT, ELU, EQUAL, ERF
cdef object ERFC, EXP, EXPM1, GELU, GREATER, GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS, LESS_EQUAL, LOG
cdef object LOG10, LOG1P, LOG2, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, MISH, PROD, RELU, SIGMOID
cdef object SIGN, SILU, SIN, SINH, SOFTPLUS, SQRT, SUM, TAN, TANH, WHERE
# </written: names>
cpdef tuple elements_of(object values)
