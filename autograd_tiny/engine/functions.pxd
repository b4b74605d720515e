# What is a C number in functions.py when it is compiled.
# <written: names> by `make written`
cdef object ABS, ACOS, ACOSH, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CEIL, CLIP, COS, COSH, DIGAMMA, DOT
cdef object ELU, EQUAL, ERF, ERFC, ERFINV, EXP, EXP2, EXPM1, FLOOR, FLOOR_DIVIDE, FMOD, GELU, GREATER
cdef object GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS, LESS_EQUAL, LGAMMA, LOG, LOG10, LOG1P, LOG2, LOGADDEXP
cdef object LOGSUMEXP, LOG_SIGMOID, MAX, MAXIMUM, MEAN, MIN, MINIMUM, MISH, MOD, NORM_CDF, NORM_PDF
cdef object POLYGAMMA, PROD, RELU, ROUND, SIGMOID, SIGN, SILU, SIN, SINH, SOFTPLUS, SQRT, SUM, TAKE, TAN
cdef object TANH, TRUNC, WHERE, XLOGY
# </written: names>
cpdef tuple elements_of(object values)
