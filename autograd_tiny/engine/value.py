# cython: embedsignature.format=clinic
"""`Value`: a number that remembers how it was computed.

Forward. Arithmetic on Values computes numbers and, beside each result, records its operands and the local
derivative with respect to each: for f = x * y these are x with ∂f/∂x = y, and y with ∂f/∂y = x. These records
form the computation graph, which leads from every result back to the leaves that it was computed from.

Backward. The chain rule says: the gradient of an operand is the gradient of the result times the local
derivative between them, summed over all results that the operand was used in.

To read it: the fields of `Value`, below; one operation, `Value.__mul__` → `mul` → `binary`; then backward.py.
Every other operation follows the same pattern, and most are written from the rows of calculus/operations.py.

This file is ordinary Python and runs as it is. Cython compiles the same file to machine code; value.pxd says
which names are C numbers then. B. Speelpenning, Compiling Fast Partial Derivatives of Functions Given by
Algorithms (1980); A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Number, Real

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any, TypeAlias

# Up to `class Value` a reader may skip everything: this is about where names come from. `cython.compiled` is
# True in the compiled file only. Otherwise pure_cython.py stands in for Cython, and its hints (no_gc, cclass,
# cast …) do nothing.
try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.calculus import ieee
    from cython.cimports.autograd_tiny.engine import state
    from cython.cimports.autograd_tiny.engine.state import State
    from cython.cimports.autograd_tiny.engine.threads import keep_for_ever
    from cython.cimports.autograd_tiny.engine.node_memory import (
        attributes_of, doubles, identity_hash, label_of, release, running_scope, running_block, scope_in_block,
        scope_outside_blocks, set_label, set_running, set_up,
    )
else:
    from . import pure_cython as cython, state
    from ..calculus import ieee
    from .pure_cython import (
        attributes_of, doubles, identity_hash, label_of, release, running_scope, running_block, scope_in_block,
        scope_outside_blocks, set_label, set_running,
    )
    from .state import State
from ..boundary.arguments import conversion_error, describe, is_other_kind
from ..boundary.arrays import (
    as_array, dtype_of_objects, elementwise, in_an_array, is_array, is_labelled, numpy_wants_an_array, way_out,
)
from ..boundary.text import printable, quoted
from ..calculus.floats import FLOATS
from ..calculus.ieee_float import IEEEFloat
from ..calculus.operations import OPERATIONS, Operation
from .micrograd import Sealed, refuse_operands, refuse_step, step_back
# <written: imports> by `make written`
from ..calculus.operations import (
    ABS, ACOS, ACOSH, ADD, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CEIL, CLIP, COS, COSH, DIGAMMA, DIV, ELU,
    EQUAL, ERF, ERFC, ERFINV, EXP, EXP2, EXPM1, FLOOR, FLOOR_DIVIDE, FMOD, GELU, GREATER, GREATER_EQUAL,
    HYPOT, LEAF, LEAKY_RELU, LESS, LESS_EQUAL, LGAMMA, LOG, LOG10, LOG1P, LOG2, LOGADDEXP, LOG_SIGMOID,
    MAXIMUM, MINIMUM, MISH, MOD, MUL, NEG, NORM_CDF, NORM_PDF, POLYGAMMA, POW, RELU, ROUND, SIGMOID, SIGN,
    SILU, SIN, SINH, SOFTPLUS, SQRT, SUB, TAN, TANH, TRUNC, XLOGY,
)
# </written: imports>

Operand: TypeAlias = "Value | float"
Numbers: TypeAlias = "list[float]"      # an array of C doubles when compiled
AnyLabel: TypeAlias = "str"             # arguments whose type is checked here, for a better error than Cython's
AnyNumber: TypeAlias = "float"

PI, INF, NAN = 3.141592653589793, 1e999, 1e999 - 1e999
ONLY = {0}, {1}, {2}                    # the frozen places of a Fan in which there is one


@cython.no_gc           # graphs have no cycles, so the garbage collector need not look at them
@cython.final
@cython.cclass
class Fan:
    """The operands of a node that has many, and the local derivative with respect to each."""

    __slots__ = ("any_value", "frozen", "local_grads", "operands", "size", "wanted")
    operands: tuple[Any, ...]
    size: int
    local_grads: Numbers    # at first the numbers of the operands, which the operation replaces
    any_value: bool         # whether any of the operands is a Value,
    wanted: bool            # and requires a gradient
    frozen: Any             # the places to which no gradient flows, or None; perhaps shared: see `freeze`

    def __dealloc__(self) -> None:
        release(self.local_grads)


@cython.binding(False)          # so that Value.exp(1.5) is a TypeError: a method reads the memory of a Value
@cython.embedsignature(True)
@cython.no_gc
@cython.final
@cython.cclass
class Value:
    """A number that remembers how it was computed.

    Value(2.0) is a leaf: an input or a parameter. Arithmetic on Values, and their methods, give new ones.
    Other attributes can be set freely; a cycle of references through one of them is never freed.

    Args:
        data: A real number.
        label: A name for pictures.
        requires_grad: False for a number that training does not change.
        _op, _children: Of micrograd, where they make a result; here only operations do.

    Raises:
        TypeError: data is not a real number, label not a str, or _op or _children is given.
    """

    __slots__ = (
        "_number", "_grad", "operation", "left", "right", "dleft", "dright", "scope",
        "_needs_grad", "_has_grad", "_place", "_waiting", "__dict__", "__weakref__",
    )
    made_at: str = ""       # the line of the user's code, for what was computed inside detect_anomaly()
    _number: float          # the number: `.data` (not _data, which numpy.ma would take for the array in a masked one)
    _grad: float            # the derivative of the output with respect to it, after output.backward(): `.grad`
    operation: Operation    # what it was computed by: a row of the calculus
    left: Any               # its operands, Values or plain numbers; a Fan if there are more than two
    right: Any
    dleft: float            # the local derivatives: of this number with respect to each operand
    dright: float
    scope: str              # the module that computed it, as "mlp.layer1"; "" outside of any
    _needs_grad: int        # whether a gradient flows to it, and on: 1 to the left, 2 to the right, 3 to both,
                            # 4 to neither, as from floor(x)
    _has_grad: bool         # whether a backward pass has reached it
    _place: int             # for the walks of backward.py
    _waiting: int

    def __init__(
        self, data: Any, label: AnyLabel = "", _op: Any = None, *, requires_grad: bool = True, _children: Any = None
    ) -> None:
        if _op is not None or _children is not None:
            refuse_operands()
        start(self, LEAF, plain_float(data))
        self._needs_grad = 1 if requires_grad else 0
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, got {describe(label)}")
        if label:
            set_label(self, label)

    # ---- what can be set

    @property
    def data(self) -> float:
        """The number. Setting it leaves the results that were computed from it as they are."""
        return seen(self)

    @data.setter
    def data(self, data: Any) -> None:
        x = plain_float(data)
        if state.comparisons_switched:
            on_write = state.current().on_write
            if on_write is not None:
                on_write(self)
        self._number = x

    @property
    def grad(self) -> float:
        """The derivative of the output with respect to it, after output.backward(); set to None, it is cleared."""
        return self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = 0.0 if grad is None else plain_float(grad)
        if grad is None:
            self._has_grad = False

    @property
    def label(self) -> str:
        """A name for pictures."""
        found: str = label_of(self)
        return found

    @label.setter
    def label(self, label: AnyLabel) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, got {describe(label)}")
        set_label(self, label)

    # ---- arithmetic with a Value or a number on the other side

    def __add__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else add(self, other)

    def __radd__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else add(other, self)

    def __sub__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else sub(self, other)

    def __rsub__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else sub(other, self)

    def __mul__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else mul(self, other)

    def __rmul__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else mul(other, self)

    def __truediv__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else div(self, other)

    def __rtruediv__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else div(other, self)

    def __pow__(self, other: object, modulus: None = None) -> Value:
        other = operand(other)
        return NotImplemented if other is None or modulus is not None else pow(self, other)

    def __rpow__(self, other: object, modulus: None = None) -> Value:
        other = operand(other)
        return NotImplemented if other is None or modulus is not None else pow(other, self)

    def __mod__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else dispatch(MOD, (self, other))

    def __rmod__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else dispatch(MOD, (other, self))

    def __floordiv__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else dispatch(FLOOR_DIVIDE, (self, other))

    def __rfloordiv__(self, other: object) -> Value:
        other = operand(other)
        return NotImplemented if other is None else dispatch(FLOOR_DIVIDE, (other, self))

    def __divmod__(self, other: object) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> tuple[Value, Value]:
        return other // self, other % self

    def __floor__(self) -> Value:
        return self.floor()

    def __ceil__(self) -> Value:
        return self.ceil()

    def __trunc__(self) -> Value:
        return self.trunc()

    def __round__(self, ndigits: Any = None) -> Value:
        return self.round(ndigits or 0)

    def __neg__(self) -> Value:
        return unary(NEG, -self._number, self, -1.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return unary(ABS, ieee.fabs(self._number), self, sign_of(self._number))

    # ---- the chain rule

    def backward(self, seed: AnyNumber = 1.0) -> None:
        """Put the derivative of this number with respect to every Value it was computed from into `.grad`.

        Leaves add it to what their `.grad` holds already; results in between are cleared first.

        Args:
            seed: The gradient to start with.

        Raises:
            RuntimeError: Nothing here requires a gradient.
        """
        if not self._needs_grad:
            raise RuntimeError(
                f"{self!r} requires no gradient: it was computed under no_grad(), or from constants only"
            )
        backward_pass(self, plain_float(seed), True, ())

    # ---- comparisons look at the numbers; == between Values asks whether they are the same node

    def __lt__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self._number < compared(self, other)

    def __le__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self._number <= compared(self, other)

    def __gt__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self._number > compared(self, other)

    def __ge__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self._number >= compared(self, other)

    def __eq__(self, other: object) -> bool:
        if type(other) is Value:
            if self is other:               # nan is not equal to itself: NumPy's nanmean and nanmax find it so
                return not is_nan(self)
            if state.comparisons_switched:
                identity_decides(self, other)
            return False
        other = operand(other)
        return NotImplemented if other is None else self._number == compared(self, other)

    def __hash__(self) -> int:
        if state.comparisons_switched:
            identity_decides(self, self)
        found: int = identity_hash(self)
        return found

    def __bool__(self) -> bool:
        if state.comparisons_switched:
            state.ask_to_use(self, "decision")
        return self._number != 0.0

    # ---- out of the graph, by name only: a gradient is never lost by accident

    def item(self) -> float:
        """The number, as a float."""
        return seen(self)

    def detach(self) -> Value:
        """A new leaf with the same number, through which no gradient flows."""
        return Value(seen(self), requires_grad=False)

    def conjugate(self) -> Value:
        return self                         # it is real: NumPy asks in var, std and norm

    def __float__(self) -> float:
        state.ask_to_use(self, "float")
        raise conversion_error(self, "float", "gradient")

    def __int__(self) -> int:
        return int(self.__float__())

    def __index__(self) -> int:
        state.ask_to_use(self, "index")
        raise conversion_error(self, "index", "gradient")

    def __format__(self, spec: str) -> str:
        return format(self._number, spec) if spec else repr(self)

    def __repr__(self) -> str:
        parts = [repr(self._number)]
        if self.label:
            parts.append(f"label={quoted(self.label)}")
        if self.op:
            parts.append(f"op={quoted(self.op)}")
        if self._has_grad:
            parts.append(f"grad={self._grad!r}")
        if not self._needs_grad:
            parts.append("requires_grad=False")
        return printable(f"Value({', '.join(parts)})")

    def __copy__(self) -> Value:
        """Another node over the same operands, with the same attributes. (For deepcopy and pickle: copying.py.)"""
        node: Value = make(self.operation, self._number, self.operands, self.local_grads)
        for name, value in attributes_of(self).items():
            setattr(node, name, value)
        return restore(node, self._grad, self.reached, self.requires_grad, self.scope)

    # ---- how it was computed

    @property
    def op(self) -> str:
        """The sign of the operation that computed it, "+" or "tanh"; "" for a leaf."""
        return self.operation.sign

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The Values and plain numbers that it was computed from, in the order in which they were written."""
        if type(self.left) is Fan:
            return self.left.operands
        return (self.left, self.right)[: len(self.operation.operands)]

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands as Values: a plain number becomes a constant, a new one at each look."""
        return tuple([
            x if type(x) is Value else Value(x, requires_grad=False) for x in self.operands
        ])

    @property
    def local_grads(self) -> tuple[float, ...]:
        """The derivative of this number with respect to each of its parents, as recorded in the forward pass."""
        if type(self.left) is Fan:
            fan: Fan = self.left
            return tuple([fan.local_grads[i] for i in range(fan.size)])
        return (self.dleft, self.dright)[: len(self.operation.operands)]

    @property
    def flows(self) -> tuple[bool, ...]:
        """For each operand, whether a gradient flows to it: not if it required none, nor from floor or the like."""
        if type(self.left) is Fan:
            fan: Fan = self.left
            frozen = fan.frozen or ()
            return tuple([wants_gradient(fan.operands[i]) and i not in frozen for i in range(fan.size)])
        return (self._needs_grad & 1 != 0, self._needs_grad & 2 != 0)[: len(self.operation.operands)]

    @property
    def reached(self) -> bool:
        """Whether a backward pass has reached it, so that `.grad` means something."""
        return bool(self._has_grad)

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient flows here; can be set on a leaf, to freeze a parameter."""
        return bool(self._needs_grad)

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self.operation is not LEAF:
            raise RuntimeError(
                f"requires_grad can be set on leaves only, and {self!r} was computed: use detach()"
            )
        self._needs_grad = 1 if wanted else 0

    @property
    def _prev(self) -> set[Value]:                                         # micrograd's names
        return set(self.parents)

    @property
    def _op(self) -> str:
        return self.op

    @property
    def _backward(self) -> Callable[[], None]:
        return partial(step_back, self, receive)

    @_backward.setter
    def _backward(self, function: Any) -> None:
        refuse_step(self)

    # <written: methods> by `make written`, from the rows of calculus/operations.py

    def exp(self) -> Value:
        """e to the power x."""
        x = self._number
        f = ieee.exp(x)
        return unary(EXP, f, self, f)

    def expm1(self) -> Value:
        """e to the power x, minus 1; precise near 0."""
        x = self._number
        f = ieee.expm1(x)
        return unary(EXPM1, f, self, ieee.exp(x))

    def exp2(self) -> Value:
        """2 to the power x."""
        x = self._number
        f = ieee.exp2(x)
        derivative = (
            2.0 * ieee.log(2.0) * ieee.exp2(x - 1.0 if f == INF else 0.0) if f == INF
            else ieee.log(2.0) * f
        )
        return unary(EXP2, f, self, derivative)

    def log(self) -> Value:
        """The natural logarithm; -inf at 0, nan below."""
        x = self._number
        f = ieee.log(x)
        return unary(LOG, f, self, ieee.divide(1.0, x))

    def log1p(self) -> Value:
        """The natural logarithm of 1 + x; precise near 0."""
        x = self._number
        f = ieee.log1p(x)
        return unary(LOG1P, f, self, ieee.divide(1.0, 1.0 + x))

    def log2(self) -> Value:
        """The logarithm to base 2; -inf at 0, nan below."""
        x = self._number
        f = ieee.log2(x)
        return unary(LOG2, f, self, ieee.divide(ieee.divide(1.0, ieee.log(2.0)), x))

    def log10(self) -> Value:
        """The logarithm to base 10; -inf at 0, nan below."""
        x = self._number
        f = ieee.log10(x)
        return unary(LOG10, f, self, ieee.divide(ieee.divide(1.0, ieee.log(10.0)), x))

    def sqrt(self) -> Value:
        """The square root; nan below 0."""
        x = self._number
        f = ieee.sqrt(x)
        return unary(SQRT, f, self, ieee.divide(0.5, f))

    def cbrt(self) -> Value:
        """The cube root, also of negative numbers."""
        x = self._number
        f = ieee.cbrt(x)
        derivative = (
            INF if x == 0.0
            else 0.0 if ieee.fabs(x) == INF
            else ieee.divide(ieee.divide(f, 1.0 if x == 0.0 else x), 3.0)
        )
        return unary(CBRT, f, self, derivative)

    def sin(self) -> Value:
        """The sine of x radians."""
        x = self._number
        f = ieee.sin(x)
        return unary(SIN, f, self, ieee.cos(x))

    def cos(self) -> Value:
        """The cosine of x radians."""
        x = self._number
        f = ieee.cos(x)
        return unary(COS, f, self, -ieee.sin(x))

    def tan(self) -> Value:
        """The tangent of x radians."""
        x = self._number
        f = ieee.tan(x)
        return unary(TAN, f, self, 1.0 + f * f)

    def asin(self) -> Value:
        """The angle in radians whose sine is x; nan outside [-1, 1]."""
        x = self._number
        f = ieee.asin(x)
        derivative = ieee.divide(1.0, ieee.sqrt(1.0 - x * x if ieee.fabs(x) < 0.5 else (1.0 - x) * (1.0 + x)))
        return unary(ASIN, f, self, derivative)

    def acos(self) -> Value:
        """The angle in radians whose cosine is x; nan outside [-1, 1]."""
        x = self._number
        f = ieee.acos(x)
        derivative = (
            ieee.divide(-1.0, ieee.sqrt(1.0 - x * x if ieee.fabs(x) < 0.5 else (1.0 - x) * (1.0 + x)))
        )
        return unary(ACOS, f, self, derivative)

    def atan(self) -> Value:
        """The angle in radians whose tangent is x."""
        x = self._number
        f = ieee.atan(x)
        derivative = (
            ieee.divide(1.0, 1.0 + clip_of(x, -1000000000.0, 1000000000.0) * clip_of(x, -1000000000.0, 1000000000.0))
            if ieee.fabs(x) < 1000000000.0
            else ieee.divide(ieee.divide(1.0, maximum_of(ieee.fabs(x), 1.0)), maximum_of(ieee.fabs(x), 1.0))
        )
        return unary(ATAN, f, self, derivative)

    def sinh(self) -> Value:
        """The hyperbolic sine."""
        x = self._number
        f = ieee.sinh(x)
        return unary(SINH, f, self, ieee.cosh(x))

    def cosh(self) -> Value:
        """The hyperbolic cosine."""
        x = self._number
        f = ieee.cosh(x)
        return unary(COSH, f, self, ieee.sinh(x))

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        x = self._number
        f = ieee.tanh(x)
        derivative = 1.0 - f * f if ieee.fabs(x) < 0.5 else 4.0 * sigmoid_of(2.0 * x) * sigmoid_of(-2.0 * x)
        return unary(TANH, f, self, derivative)

    def asinh(self) -> Value:
        """The inverse hyperbolic sine."""
        x = self._number
        f = ieee.asinh(x)
        return unary(ASINH, f, self, ieee.divide(1.0, ieee.hypot(x, 1.0)))

    def acosh(self) -> Value:
        """The inverse hyperbolic cosine; nan below 1."""
        x = self._number
        f = ieee.acosh(x)
        return unary(ACOSH, f, self, ieee.divide(1.0, ieee.sqrt(x - 1.0) * ieee.sqrt(x + 1.0)))

    def atanh(self) -> Value:
        """The inverse hyperbolic tangent; ±inf at ±1, nan outside."""
        x = self._number
        f = ieee.atanh(x)
        derivative = ieee.divide(1.0, 1.0 - x * x if ieee.fabs(x) < 0.5 else (1.0 - x) * (1.0 + x))
        return unary(ATANH, f, self, derivative)

    def erf(self) -> Value:
        """The error function, 2/√π ∫₀ˣ exp(-t²) dt."""
        x = self._number
        f = ieee.erf(x)
        return unary(ERF, f, self, ieee.divide(2.0, ieee.sqrt(PI)) * ieee.exp(-x * x))

    def erfc(self) -> Value:
        """1 - erf(x), precise where that is small."""
        x = self._number
        f = ieee.erfc(x)
        return unary(ERFC, f, self, ieee.divide(-2.0, ieee.sqrt(PI)) * ieee.exp(-x * x))

    def norm_pdf(self) -> Value:
        """The density of the standard normal distribution, exp(-x²/2) / √(2π)."""
        x = self._number
        f = ieee.divide(ieee.exp(-0.5 * x * x), ieee.sqrt(2.0 * PI))
        return unary(NORM_PDF, f, self, (0.0 if f == 0.0 else -x) * f)

    def norm_cdf(self) -> Value:
        """The probability that a standard normal variable is below x."""
        x = self._number
        f = 0.5 * ieee.erfc(-x * ieee.sqrt(0.5))
        return unary(NORM_CDF, f, self, norm_pdf_of(x))

    def erfinv(self) -> Value:
        """The inverse of the error function; ±inf at ±1, nan outside."""
        x = self._number
        f = ieee.erfinv(x)
        return unary(ERFINV, f, self, ieee.divide(ieee.sqrt(PI), 2.0) * ieee.exp(f * f))

    def lgamma(self) -> Value:
        """The logarithm of the absolute value of the gamma function."""
        x = self._number
        f = ieee.lgamma(x)
        return unary(LGAMMA, f, self, digamma_of(x))

    def digamma(self) -> Value:
        """The derivative of lgamma, Γ′(x) / Γ(x)."""
        x = self._number
        f = ieee.polygamma(0.0, x)
        return unary(DIGAMMA, f, self, ieee.polygamma(1.0, x))

    def sigmoid(self) -> Value:
        """The logistic function 1 / (1 + exp(-x)), for any x without overflow."""
        x = self._number
        f = ieee.divide(1.0, 1.0 + ieee.exp(-x)) if x >= 0.0 else ieee.divide(ieee.exp(x), 1.0 + ieee.exp(x))
        derivative = (
            ieee.divide(0.5, 1.0 + ieee.cosh(x if ieee.fabs(x) < 0.125 else 0.0)) if ieee.fabs(x) < 0.125
            else f * sigmoid_of(-x) if x > 0.0
            else f * (1.0 - f)
        )
        return unary(SIGMOID, f, self, derivative)

    def log_sigmoid(self) -> Value:
        """log(sigmoid(x)), for any x without overflow."""
        x = self._number
        f = -ieee.log1p(ieee.exp(-x)) if x > 0.0 else x - ieee.log1p(ieee.exp(x))
        return unary(LOG_SIGMOID, f, self, sigmoid_of(-x))

    def relu(self) -> Value:
        """x where it is positive, else 0; derivative 0 at 0."""
        x = self._number
        f = 0.0 if x <= 0.0 else x
        return unary(RELU, f, self, 0.0 if x <= 0.0 else 1.0)

    def softplus(self) -> Value:
        """log(1 + exp(x)), a smooth relu, for any x without overflow."""
        x = self._number
        f = x + ieee.log1p(ieee.exp(-x)) if x > 0.0 else ieee.log1p(ieee.exp(x))
        return unary(SOFTPLUS, f, self, sigmoid_of(x))

    def silu(self) -> Value:
        """x · sigmoid(x), also called swish."""
        x = self._number
        f = (0.0 if x == -INF else x) * sigmoid_of(x)
        derivative = (
            sigmoid_of(x) + x * ieee.divide(0.5, 1.0 + ieee.cosh(x if ieee.fabs(x) < 0.125 else 0.0))
            if ieee.fabs(x) < 0.125
            else sigmoid_of(x) * (1.0 + (0.0 if ieee.fabs(x) == INF else x) * sigmoid_of(-x))
        )
        return unary(SILU, f, self, derivative)

    def mish(self) -> Value:
        """x · tanh(softplus(x)) (D. Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019)."""
        x = self._number
        f = (0.0 if x == -INF else x) * ieee.tanh(softplus_of(x))
        derivative = (
            ieee.tanh(softplus_of(x))
            + (0.0 if ieee.fabs(x) == INF else x) * sigmoid_of(x)
            * (4.0 * sigmoid_of(2.0 * softplus_of(x)) * sigmoid_of(-2.0 * softplus_of(x)))
        )
        return unary(MISH, f, self, derivative)

    def gelu(self) -> Value:
        """x times the probability that a standard normal variable is below x (exact, by erfc)."""
        x = self._number
        f = (0.0 if x == -INF else x) * norm_cdf_of(x)
        return unary(GELU, f, self, norm_cdf_of(x) + (0.0 if ieee.fabs(x) > 40.0 else x) * norm_pdf_of(x))

    def sign(self) -> Value:
        """1, 0 or -1; derivative 0."""
        x = self._number
        f = 1.0 if x > 0.0 else -1.0 if x < 0.0 else x
        return flat(unary(SIGN, f, self, 0.0))

    def floor(self) -> Value:
        """The largest integer that is not above x; derivative 0."""
        x = self._number
        f = ieee.floor(x)
        return flat(unary(FLOOR, f, self, 0.0))

    def ceil(self) -> Value:
        """The smallest integer that is not below x; derivative 0."""
        x = self._number
        f = ieee.ceil(x)
        return flat(unary(CEIL, f, self, 0.0))

    def trunc(self) -> Value:
        """x without its fractional part; derivative 0."""
        x = self._number
        f = ieee.trunc(x)
        return flat(unary(TRUNC, f, self, 0.0))

    def round(self, decimals: Any = 0) -> Value:
        """The integer nearest to x, the even one of two; derivative 0."""
        if decimals:
            answer: Value = rounded(self, decimals)
            return answer
        x = self._number
        f = ieee.rint(x)
        return flat(unary(ROUND, f, self, 0.0))

    arcsin, arccos, arctan, arcsinh, arccosh, arctanh, rint = asin, acos, atan, asinh, acosh, atanh, round

    def atan2(self, x: Any) -> Any:
        """The angle in radians of the point (x, y), between -π and π."""
        return dispatch(ATAN2, (self, x))

    def hypot(self, other: Any) -> Any:
        """√(x² + y²) without overflow."""
        return dispatch(HYPOT, (self, other))

    def polygamma(self, x: Any) -> Any:
        """The derivative of order n of the digamma function: 1 for the trigamma function."""
        return dispatch(POLYGAMMA, (self, x))

    def leaky_relu(self, negative_slope: Any = 0.01) -> Any:
        """x where it is positive, else negative_slope · x."""
        return dispatch(LEAKY_RELU, (self, negative_slope))

    def elu(self, alpha: Any = 1.0) -> Any:
        """x where it is positive, else alpha · (exp(x) - 1)."""
        return dispatch(ELU, (self, alpha))

    def mod(self, other: Any) -> Any:
        """x modulo y, the remainder of x // y, with the sign of y."""
        return dispatch(MOD, (self, other))

    def fmod(self, other: Any) -> Any:
        """The remainder of x / y with the sign of x, as in C."""
        return dispatch(FMOD, (self, other))

    def floor_divide(self, other: Any) -> Any:
        """The largest integer that is not above x / y; derivative 0."""
        return dispatch(FLOOR_DIVIDE, (self, other))

    def maximum(self, other: Any) -> Any:
        """The larger of two; at a tie each gets half of the gradient."""
        return dispatch(MAXIMUM, (self, other))

    def minimum(self, other: Any) -> Any:
        """The smaller of two; at a tie each gets half of the gradient."""
        return dispatch(MINIMUM, (self, other))

    def greater(self, other: Any) -> Any:
        """1 where x > y, else 0: a comparison that stays in the graph; derivative 0."""
        return dispatch(GREATER, (self, other))

    def greater_equal(self, other: Any) -> Any:
        """1 where x >= y, else 0; derivative 0."""
        return dispatch(GREATER_EQUAL, (self, other))

    def less(self, other: Any) -> Any:
        """1 where x < y, else 0; derivative 0."""
        return dispatch(LESS, (self, other))

    def less_equal(self, other: Any) -> Any:
        """1 where x <= y, else 0; derivative 0."""
        return dispatch(LESS_EQUAL, (self, other))

    def equal(self, other: Any) -> Any:
        """1 where the numbers x and y are equal, else 0; derivative 0."""
        return dispatch(EQUAL, (self, other))

    def xlogy(self, other: Any) -> Any:
        """x · log(y), and 0 where x is 0: a term of an entropy."""
        return dispatch(XLOGY, (self, other))

    def logaddexp(self, other: Any) -> Any:
        """log(exp(x) + exp(y)), for any x and y without overflow."""
        return dispatch(LOGADDEXP, (self, other))

    arctan2, remainder = atan2, mod

    # </written: methods>

    def clip(self, low: Any = None, high: Any = None) -> Any:
        """The value, limited to [low, high]; None is no bound on that side."""
        return dispatch(CLIP, (self, -INF if low is None else low, INF if high is None else high))

    # ---- for NumPy, which looks for these names on the elements of an array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy's functions of numbers, called with a Value itself: np.hypot(1.0, v)."""
        return apply_ufunc(ufunc, method, inputs, kwargs)

    @property
    def dtype(self) -> Any:
        """That of an array of Values, which NumPy wants to know of a sum or a norm."""
        return dtype_of_objects()

    def fabs(self) -> Value:
        """Its absolute value."""
        return abs(self)

    def square(self) -> Value:
        """Its square."""
        return mul(self, self)

    def reciprocal(self) -> Value:
        """1 / x."""
        return div(1.0, self)

    def deg2rad(self) -> Value:
        """An angle in degrees, in radians."""
        return mul(self, PI / 180.0)

    def rad2deg(self) -> Value:
        """An angle in radians, in degrees."""
        return mul(self, 180.0 / PI)

    def logical_xor(self, other: object) -> bool:
        """Whether one of two numbers is 0, and the other is not."""
        return bool(self) != bool(other)

    radians, degrees = deg2rad, rad2deg


# ---- making nodes

def unary(operation: Operation, data: float, left: Value, dleft: float) -> Value:
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = left
    node.dleft = dleft
    node._needs_grad = 1 if left._needs_grad else 0
    return finished(node) if state.results_switched else node


def binary(
    operation: Operation, data: float, left: Operand, dleft: float, right: Operand, dright: float
) -> Value:
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = left
    node.dleft = dleft
    node.right = right
    node.dright = dright
    node._needs_grad = (1 if wants_gradient(left) else 0) + (2 if wants_gradient(right) else 0)
    return finished(node) if state.results_switched else node


def nary(operation: Operation, data: float, fan: Fan) -> Any:
    """A node of many operands; if they are all plain numbers, the answer is a plain number too."""
    if not fan.any_value:
        return data
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = fan
    node._needs_grad = 1 if fan.wanted else 0
    return finished(node) if state.results_switched else node


def flat(node: Value) -> Value:
    """A node whose local derivatives are 0 everywhere: nothing flows to its operands, where a 0 could meet infinity."""
    if node._needs_grad:
        node._needs_grad = 4
    return node


def freeze(fan: Fan, place: Any) -> None:
    """Let nothing flow to the operand at a place."""
    if fan.frozen is None:
        fan.frozen = ONLY[place] if place < 3 else {place}
    elif place not in fan.frozen:
        fan.frozen = fan.frozen | {place}


def start(node: Value, operation: Operation, data: float) -> None:
    """Set what every new node has. (C memory comes zeroed; a Python slot has to be set.)"""
    node._number = data
    node.operation = operation
    node.scope = current_scope() if state.scopes_switched else scope_outside_blocks()
    if not cython.compiled:
        node._grad = node.dleft = node.dright = 0.0
        node.left = node.right = None
        node._has_grad = False
        node._needs_grad = node._place = node._waiting = 0


def finished(node: Value) -> Value:
    """Apply the open blocks to a new node: detect_anomaly() checks it, no_grad() detaches it from its operands."""
    here = state.current()
    if here.on_result is not None:
        here.on_result(node)
    if here.on_detached is not None and not here.recording:
        here.on_detached(node)
    if not here.recording:
        node.operation = LEAF
        node.left = node.right = None
        node.dleft = node.dright = 0.0
        node._needs_grad = 0
    return node


def fan_of(operands: tuple[Operand, ...]) -> Fan | None:
    """A Fan of these operands, with their numbers as local derivatives; None if one is no Value, float or int."""
    fan: Fan = Fan.__new__(Fan)
    fan.operands = operands
    fan.size = len(operands)
    fan.local_grads = doubles(fan.size)
    if not cython.compiled:
        fan.any_value = fan.wanted = False
        fan.frozen = None
    for i in range(fan.size):
        x = operands[i]
        if type(x) is Value:
            fan.local_grads[i] = cython.cast(Value, x)._number
            fan.any_value = True
            if cython.cast(Value, x)._needs_grad:
                fan.wanted = True
            elif fan.frozen is None:
                fan.frozen = {i}
            else:
                fan.frozen.add(i)
        elif type(x) is float or type(x) is int:
            fan.local_grads[i] = float(x)
        else:
            return None
    return fan


def make(
    operation: Operation, data: float, operands: Sequence[Operand], local_grads: Sequence[float]
) -> Value:
    """A node from its parts: for operations that users define, and for copies."""
    if operation is LEAF:
        return Value(data)
    if len(operands) != len(local_grads):
        raise ValueError(f"{len(operands)} local derivatives, one for each operand, expected, got {len(local_grads)}")
    if operation.is_nary or len(operands) > 2:
        fan = fan_of(tuple([required(x) for x in operands]))
        assert fan is not None
        for i in range(fan.size):
            fan.local_grads[i] = local_grads[i]
        for place, is_flat in enumerate(operation.flat_operands(operands) if any(operation.flat) else ()):
            if is_flat:
                freeze(fan, place)
        node: Value = nary(operation, data, fan)
        return node
    if len(operands) == 2:
        left, right = required(operands[0]), required(operands[1])
        node = binary(operation, data, left, local_grads[0], right, local_grads[1])
        return flat(node) if operation.flat and all(operation.flat) else node
    if operands and type(operands[0]) is Value:
        node = unary(operation, data, operands[0], local_grads[0])
        return flat(node) if operation.flat and operation.flat[0] else node
    return Value(data, requires_grad=False)


def restore(node: Value, grad: float, has_grad: bool, needs_grad: bool, scope: str) -> Value:
    """Give a copy the fields that `make` does not set."""
    node._grad = grad
    node._has_grad = has_grad
    if node.operation is LEAF or not needs_grad:
        node._needs_grad = 1 if needs_grad else 0
    node.scope = scope
    return node


def receive(node: Value, contribution: float) -> None:
    """Add to the gradient of a Value, as a backward pass does."""
    node._grad = node._grad + contribution
    node._has_grad = True


backward_pass: Any = None               # `sweep` of backward.py


def set_backward_pass(function: Callable[..., Any]) -> None:
    """Register the backward pass; backward.py calls this, since it imports Value."""
    global backward_pass
    backward_pass = function


# ---- operations of two operands: Values, or a number in either place
# (The names are those of the operations; pow hides Python's own in this file.)

# <written: arithmetic> by `make written`, from the rows of calculus/operations.py

def add(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x + y
    return binary(ADD, f, left, 1.0, right, 1.0)


def sub(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x - y
    return binary(SUB, f, left, 1.0, right, -1.0)


def mul(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x * y
    return binary(MUL, f, left, y, right, x)


def div(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.divide(x, y)
    return binary(DIV, f, left, ieee.divide(1.0, y), right, ieee.divide(-f, y))


def pow(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.pow(x, y)
    by_x = (
        (-y if x < 0.0 and (y - 1.0 if y > 0.0 else -y) >= 9007199254740992.0 else y)
        * ieee.pow((x if ieee.fabs(x) > 1e-308 else 1.0) if y == 0.0 else x, y - 1.0)
    )
    by_y = (
        f * (ieee.log(x if x > 0.0 else 1.0) if x > 0.0 else (0.0 if y >= 0.0 else -INF) if x == 0.0 else NAN)
    )
    return binary(POW, f, left, by_x, right, by_y)


def clip_of(x: float, y: float, z: float) -> float:
    f: float = minimum_of(maximum_of(x, y), z)
    return f


def digamma_of(x: float) -> float:
    f: float = ieee.polygamma(0.0, x)
    return f


def maximum_of(x: float, y: float) -> float:
    f: float = x if x >= y else y if y > x else x + y
    return f


def minimum_of(x: float, y: float) -> float:
    f: float = x if x <= y else y if y < x else x + y
    return f


def norm_cdf_of(x: float) -> float:
    f: float = 0.5 * ieee.erfc(-x * ieee.sqrt(0.5))
    return f


def norm_pdf_of(x: float) -> float:
    f: float = ieee.divide(ieee.exp(-0.5 * x * x), ieee.sqrt(2.0 * PI))
    return f


def sigmoid_of(x: float) -> float:
    f: float = (
        ieee.divide(1.0, 1.0 + ieee.exp(-x)) if x >= 0.0
        else ieee.divide(ieee.exp(x), 1.0 + ieee.exp(x))
    )
    return f


def sign_of(x: float) -> float:
    f: float = 1.0 if x > 0.0 else -1.0 if x < 0.0 else x
    return f


def softplus_of(x: float) -> float:
    f: float = x + ieee.log1p(ieee.exp(-x)) if x > 0.0 else ieee.log1p(ieee.exp(x))
    return f

# </written: arithmetic>


# ---- an operation by its row, on operands of any type

def dispatch(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """Apply an operation to Values, plain numbers, arrays, or numbers of another kind, such as dual numbers.
    Raises:
        TypeError: An operand is none of these.
    """
    if operation.is_nary:
        fan = fan_of(operands)
        return dispatch_others(operation, operands) if fan is None else operation.on_values(fan)
    any_value = False
    for x in operands:
        if type(x) is Value:
            any_value = True
        elif type(x) is not float and type(x) is not int:
            return dispatch_others(operation, operands)
    if any_value:
        return operation.on_values(*operands)
    return float(operation.evaluate(FLOATS, [float(x) for x in operands]))


def dispatch_others(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """The same if not all of the operands are Values, floats and ints."""
    if IEEEFloat in map(type, operands):
        found = dispatch(operation, tuple([float(x) if type(x) is IEEEFloat else x for x in operands]))
        return IEEEFloat(found) if type(found) is float else found
    others = [type(x) for x in operands if is_other_kind(x)]
    for x in operands:
        if is_array(x) or is_labelled(x):
            return elementwise(partial(apply, operation), operands, bool(others) or Value in map(type, operands))
    if others:
        return others[0].apply_operation(operation, operands)
    return dispatch(operation, tuple([required(x) for x in operands]))


def apply(operation: Operation, *operands: Any) -> Any:
    """dispatch, with the operands one by one."""
    return dispatch(operation, operands)


def rounded(x: Any, decimals: Any) -> Any:
    """x rounded to so many decimals, as NumPy's round does it: scaled by a power of ten, rounded, and scaled back."""
    if not hasattr(decimals, "__index__"):
        raise TypeError(f"round: an integer of decimals is expected, got {describe(decimals)}")
    places = operator.index(decimals)
    if not -300 <= places <= 300:
        raise ValueError(f"round: decimals between -300 and 300 are expected, got {places}")
    if places < 0:
        scale = 10.0**-places
        return dispatch(MUL, (dispatch(ROUND, (dispatch(DIV, (x, scale)),)), scale))
    scale = 10.0**places
    return dispatch(DIV, (dispatch(ROUND, (dispatch(MUL, (x, scale)),)), scale))


# ---- NumPy's functions of numbers

ARITHMETIC = {"add": ADD, "subtract": SUB, "multiply": MUL, "divide": DIV, "power": POW}
OPERATORS = {               # NumPy's answer is True or False, as Python's is, and no node
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "equal": operator.eq, "not_equal": operator.ne,
    "logical_and": lambda x, y: bool(x) and bool(y), "logical_or": lambda x, y: bool(x) or bool(y),
    "logical_xor": lambda x, y: bool(x) != bool(y), "divmod": divmod,
}
PREDICATES = ("isfinite", "isinf", "isnan", "signbit")
ROW_OF_UFUNC = ARITHMETIC | {row.numpy_name or row.name: row for row in OPERATIONS if not row.is_nary} | {
    "absolute": ABS, "fabs": ABS, "float_power": POW, "negative": NEG,
    "expit": SIGMOID, "log_expit": LOG_SIGMOID, "ndtr": NORM_CDF, "gammaln": LGAMMA, "psi": DIGAMMA,    # of SciPy
}


def apply_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function of NumPy's, called with a Value or a dual number: the row of its name, or NumPy's loop over objects.

    Raises:
        TypeError: There is neither.
    """
    name = ufunc.__name__
    operands = tuple([plain(x) for x in inputs])
    numbers = [is_number(x) for x in operands]
    if method == "__call__" and not kwargs and (all(numbers) or not (name in ARITHMETIC or name in OPERATORS)):
        if name in OPERATORS:
            return OPERATORS[name](*operands)
        if name in PREDICATES:
            bool(operands[0])                   # a tape that is being recorded refuses to decide by a number
            return ufunc(operands[0].data)
        if name in ROW_OF_UFUNC:
            found = dispatch(ROW_OF_UFUNC[name], operands)
            return in_an_array(found) if numpy_wants_an_array() else found
    for x in kwargs.get("out", ()):
        if is_number(x):
            raise TypeError(f"NumPy's {name}: out= is an array, got {describe(x)}")
    objects = [in_an_array(operands[i]) if numbers[i] else operands[i] for i in range(len(inputs))]
    try:
        found = ufunc(*objects, **kwargs) if method == "__call__" else getattr(ufunc, method)(*objects, **kwargs)
    except (AttributeError, TypeError) as error:
        raise TypeError(way_out(f"NumPy's {name}")) from error
    return in_an_array(found) if not is_array(found) and numpy_wants_an_array() else found


# ---- numbers and operands

def operand(x: object) -> Operand | None:
    """x if it is a Value or a Python number, a float for any other real number, None for anything else."""
    if type(x) is Value or type(x) is float or type(x) is int:
        return x
    return float(x) if isinstance(x, float) or is_operand(x) else None  # type: ignore[arg-type]


def is_operand(x: object) -> bool:
    """Whether x is a Value or a number; NumPy's bool is one too, as Python's is."""
    return type(x) is Value or isinstance(x, Real) or (
        getattr(getattr(x, "dtype", None), "kind", "") == "b" and getattr(x, "ndim", 1) == 0
    )


def plain(x: Any) -> Any:
    """x, but a float for a number of NumPy's, and an array for a list."""
    found = operand(x)
    return found if found is not None else as_array(x) if isinstance(x, list | tuple) else x


def is_number(x: object) -> bool:
    """Whether x is a Value, a float, an int, or of a type that `dispatch` knows by its apply_operation."""
    kind = type(x)
    return kind is Value or kind is float or kind is int or is_other_kind(x)


def plain_float(x: object) -> float:
    """The float in a real number. TypeError for anything else, a Value too."""
    if type(x) is float:
        return x
    if type(x) is Value or not is_operand(x):
        raise TypeError(f"a plain float is expected, got {describe(x)}")
    return float(x)  # type: ignore[arg-type]


def required(x: object) -> Operand:
    """The operand in an argument of a function. TypeError if it is neither a Value nor a number."""
    found = operand(x)
    if found is None:
        raise TypeError(f"a Value or a number is expected, got {describe(x)}")
    return found


def number(x: Operand) -> float:
    """The number in an operand."""
    if type(x) is Value:
        value: Value = x
        return value._number
    return float(x)


def seen(value: Value) -> float:
    """The number that code outside of the engine sees; tape/moved_parameters.py shows another one."""
    if state.comparisons_switched:
        on_read = state.current().on_read
        if on_read is not None:
            found: float = on_read(value, value._number)
            return found
    return value._number


def compared(value: Value, other: Operand) -> float:
    """The number to compare with."""
    x = number(other)
    if state.comparisons_switched:
        here = state.current()
        if here.on_branch is not None:
            here.on_branch(value, other)
        if here.on_comparison is not None and (x != x or value._number != value._number):
            here.on_comparison(value, other)
    return x


def is_nan(value: Value) -> bool:
    """Whether its number is nan. A tape that is being recorded refuses to decide by that."""
    if state.comparisons_switched:
        bool(value)
    return value._number != value._number


def identity_decides(value: Value, other: Value) -> None:
    """Tell those who watch that two Values are compared as nodes, or that one of them is hashed."""
    here = state.current()
    if here.on_identity is not None:
        here.on_identity(value, other)
    if here.on_comparison is not None and value is not other and value._number == other._number:
        here.on_comparison(value, other)


def wants_gradient(x: Operand) -> bool:
    if type(x) is Value:
        value: Value = x
        return value._needs_grad != 0
    return False


def user_attributes(value: Value) -> dict[str, Any]:
    """The attributes that users have set on a Value, the label included."""
    given: dict[str, Any] = attributes_of(value)
    return given


# ---- scopes

def current_scope() -> str:
    """The scope of a new Value: that of the running module, or of the innermost block scope(…)."""
    if not state.scopes_switched:
        found: str = scope_outside_blocks()
        return found
    here: State = state.current()
    inside: str = scope_in_block(here.scope_block, here.scope)
    return inside


def call_in_scope(module: Any, *inputs: Any) -> Any:
    """module.forward(*inputs), whose results get the module's scope."""
    here = current_scope()
    outer, scope = module._place            # of its last call, and mostly of this one
    if outer is not here:
        scope = module._scope_inside(here)
    scope_before, block_before = running_scope(), running_block()
    try:
        try:
            set_running(scope, state.current().scope_block if state.scopes_switched else None)
            return module.forward(inputs[0]) if len(inputs) == 1 else module.forward(*inputs)
        finally:
            set_running(scope_before, block_before)
    finally:
        if not cython.compiled:             # again: Ctrl-C may have interrupted the first
            set_running(scope_before, block_before)


# ---- the implementations of the rows for Values

ADD.on_values, SUB.on_values, MUL.on_values = operator.add, operator.sub, operator.mul
DIV.on_values, POW.on_values = operator.truediv, operator.pow
NEG.on_values, ABS.on_values = operator.neg, operator.abs
for _row in OPERATIONS:
    if len(_row.operands) == 1 and hasattr(Value, _row.name):
        _row.on_values = getattr(Value, _row.name)

Number.register(Value)                  # np.isscalar(v) asks that

if cython.compiled:
    for _row in OPERATIONS:             # every node refers to one
        keep_for_ever(_row)
    # set_up replaces what allocates and frees Values: this one, which tells where the attributes are in a
    # node, was allocated in the old way, and must never be freed in the new one
    never_freed = Value.__new__(Value)
    set_up(Value, never_freed, cython.address(cython.cast(Value, never_freed).attributes), Sealed, __name__)
