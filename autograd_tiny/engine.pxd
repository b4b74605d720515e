# What is a C number in engine.py when it is compiled.
cimport cython


cdef class Fan:
    cdef readonly tuple operands
    cdef readonly Py_ssize_t size
    cdef double *slopes
    cdef set frozen


cdef class Value:
    cdef public double data
    cdef public double grad
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


cdef object ABS, ACOS, ACOSH, ADD, ASIN, ASINH, ATAN, ATAN2, ATANH, CLIP, COS, COSH, DIV, DOT, ELU
cdef object EQUAL, ERF, ERFC, EXP, EXPM1, GELU, GREATER, GREATER_EQUAL, HYPOT, LEAF, LEAKY_RELU, LESS
cdef object LESS_EQUAL, LOG, LOG1P, LOG2, LOG10, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, MUL, NEG
cdef object POW, PROD, RELU, SIGMOID, SIGN, SILU, SIN, SINH, SOFTPLUS, SQRT, SUB, SUM, TAN, TANH, WHERE
cdef double PI, INFINITY, NAN
cdef object comparison_guard, branch_guard, result_guard, gradient_guard
cdef int PAUSED, WATCHED
cdef long long walk, clock

cdef tuple sweep(Value output, double seed, bint keep, tuple wanted)
cdef tuple undisturbed(Value output, double seed, bint keep, tuple wanted)
cdef tuple find_adjoints(Value output, double seed, bint keep, tuple wanted)
cdef bint meet(Value value) noexcept
@cython.locals(left_is_new=cython.bint, right_is_new=cython.bint)
cdef Value next_to_count(Value node, list later)
cdef int meet_all(Fan fan, list later) except -1
@cython.locals(i="long long")
cdef bint receive(Value value, double gradient, double *adjoints, bint keep) noexcept
@cython.locals(left_is_ready=cython.bint, right_is_ready=cython.bint, sent=cython.double)
cdef Value next_to_pass_on(Value node, double *adjoints, bint keep, list later)
@cython.locals(sent=cython.double)
cdef int pass_on_to_all(Fan fan, double adjoint, double *adjoints, bint keep, list later) except -1

cdef Value add(object left, object right)
cdef Value sub(object left, object right)
cdef Value mul(object left, object right)
cdef Value div(object left, object right)
cdef Value pow(object left, object right)

cpdef object where(object condition, object x, object y)
cpdef object sum(object values)
cpdef object mean(object values)
cpdef object prod(object values)
cpdef object max(object values)
cpdef object min(object values)
cdef object extreme(object operation, double sign, Fan fan)
@cython.locals(n=cython.Py_ssize_t, first=tuple, second=tuple)
cpdef object dot(object xs, object ys, object bias=*)
cpdef object logsumexp(object values)

cdef Value unary(object operation, double data, Value left, double dleft)
cdef Value binary(object operation, double data, object left, double dleft, object right, double dright)
cdef Value unrecorded(double data)
cdef Value watched(object operation, double data, object operands, object slopes)
@cython.locals(any_value=cython.bint, wanted=cython.bint)
cdef object nary(object operation, double data, Fan fan)
cdef void start(Value node, object operation, double data) noexcept
cdef Fan fanned(object values)
cdef Fan fanned_some(object values)

cpdef object operand(object x)
cpdef object required(object x)
cpdef double plain_float(object x) except? -1.25
cdef double number(object x) except? -1.25
cdef double compared(Value value, object other) except? -1.25
cdef bint wants_gradient(object x) noexcept
cdef double signum(double x) noexcept
cdef double logistic(double x) noexcept
