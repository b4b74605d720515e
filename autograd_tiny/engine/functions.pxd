# What is a C number in functions.py when it is compiled.
# <written: names> by `make written`
cdef object ABS, ACOS, ACOSH, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CEIL, CLIP, COS, COSH, DOT, ELU
cdef object EQUAL, ERF, ERFC, EXP, EXPM1, FLOOR, FLOOR_DIVIDE, FMOD, GELU, GREATER, GREATER_EQUAL, HYPOT
cdef object LEAKY_RELU, LESS, LESS_EQUAL, LOG, LOG10, LOG1P, LOG2, LOGADDEXP, LOGSUMEXP, LOG_SIGMOID, MAX
cdef object MAXIMUM, MEAN, MIN, MINIMUM, MISH, MOD, NORM_CDF, NORM_PDF, PROD, RELU, ROUND, SIGMOID, SIGN
cdef object SILU, SIN, SINH, SOFTPLUS, SQRT, SUM, TAN, TANH, TRUNC, WHERE, XLOGY
# </written: names>
cpdef tuple elements_of(object values)
