# What is a C number in value.py when it is compiled.
cimport cython

# <written: declarations> by `make written`
cdef object ABS, ACOS, ACOSH, ADD, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CEIL, CLIP, COS, COSH, DIGAMMA
cdef object DIV, ELU, EQUAL, ERF, ERFC, ERFINV, EXP, EXP2, EXPM1, FLOOR, FLOOR_DIVIDE, FMOD, GELU, GREATER
cdef object GREATER_EQUAL, HYPOT, LEAF, LEAKY_RELU, LESS, LESS_EQUAL, LGAMMA, LOG, LOG10, LOG1P, LOG2
cdef object LOGADDEXP, LOG_SIGMOID, MAXIMUM, MINIMUM, MISH, MOD, MUL, NEG, NORM_CDF, NORM_PDF, POLYGAMMA
cdef object POW, RELU, ROUND, SIGMOID, SIGN, SILU, SIN, SINH, SOFTPLUS, SQRT, SUB, TAN, TANH, TRUNC, XLOGY

cdef double clip_of(double x, double y, double z) noexcept
cdef double digamma_of(double x) noexcept
cdef double maximum_of(double x, double y) noexcept
cdef double minimum_of(double x, double y) noexcept
cdef double norm_cdf_of(double x) noexcept
cdef double norm_pdf_of(double x) noexcept
cdef double sigmoid_of(double x) noexcept
cdef double sign_of(double x) noexcept
cdef double softplus_of(double x) noexcept
# </written: declarations>


cdef class Fan:
    cdef readonly tuple operands
    cdef readonly Py_ssize_t size
    cdef double *local_grads
    cdef bint any_value, wanted
    cdef set frozen


cdef class Value:
    cdef double _number
    cdef double _grad
    cdef long long _place
    cdef int _waiting
    cdef unsigned char _needs_grad
    cdef unsigned char _has_grad
    cdef readonly object operation
    cdef readonly object left
    cdef readonly double dleft
    cdef readonly object right
    cdef readonly double dright
    cdef readonly object scope
    cdef void *attributes
    cdef object __weakref__


cdef double PI, INF, NAN
cdef tuple ONLY
cdef object backward_pass

cdef Value add(object left, object right)
cdef Value sub(object left, object right)
cdef Value mul(object left, object right)
cdef Value div(object left, object right)
cdef Value pow(object left, object right)

cdef Value unary(object operation, double data, Value left, double dleft)
cdef Value binary(object operation, double data, object left, double dleft, object right, double dright)
cdef object nary(object operation, double data, Fan fan)
cdef Value flat(Value node)
cdef int freeze(Fan fan, object place) except -1
cdef void start(Value node, object operation, double data) noexcept
cdef Value finished(Value node)
cpdef Fan fan_of(tuple operands)
cpdef Value make(object operation, double data, object operands, object local_grads)
cpdef void receive(Value node, double contribution) noexcept
cpdef Value restore(Value node, double grad, bint has_grad, bint needs_grad, str scope)

@cython.locals(any_value=cython.bint)
cpdef object dispatch(object operation, tuple operands)
cpdef object dispatch_others(object operation, tuple operands)

cpdef object operand(object x)
cpdef object required(object x)
cpdef double plain_float(object x) except? -1.25
cdef double number(object x) except? -1.25
cdef double seen(Value value) except? -1.25
cdef bint is_nan(Value value) except -1
cdef double compared(Value value, object other) except? -1.25
cdef bint wants_gradient(object x) noexcept

cpdef object current_scope()
