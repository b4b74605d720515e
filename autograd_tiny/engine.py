"""The engine: `Value`, a number that remembers how it was computed, and `backward()`.

Forward. Arithmetic on Values computes numbers and, beside each result, notes its operands and the local
derivative along each: for f = x * y these are x with ∂f/∂x = y, and y with ∂f/∂y = x. The notes form a
graph that leads from every result back to the leaves it was made from.

Backward. The chain rule says: the gradient of an operand is the gradient of the result times the local
derivative between them, summed over all results that the operand went into. `backward()` walks the graph
from the output to the leaves in such an order that each gradient is complete before it is passed on.

To read it: the fields of `Value`; one operation, `Value.__mul__` → `mul` → `binary`; then `backward` and
`find_adjoints`, in the middle of the file. All the other operations follow the same pattern.

This file is ordinary Python and runs as it is. Cython compiles the same file to machine code; engine.pxd
says which names are C numbers then. B. Speelpenning, Compiling Fast Partial Derivatives of Functions
Given by Algorithms (1980); A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, TypeAlias

# Up to `class Value` a reader may skip everything: this is about where names come from. `cython.compiled` is
# True in the compiled file only. Otherwise uncompiled.py stands in for Cython, and its hints (no_gc, cclass,
# cast …) do nothing.
try:
    import cython
except ImportError:
    from . import uncompiled as cython
if cython.compiled:
    from cython.cimports.autograd_tiny import ieee
    from cython.cimports.autograd_tiny.native import (
        attributes_of, borrow, conditions, current_scope, doubles, give_back, pause_collector, release,
        resume_collector, set_conditions, set_up, switch_scope,
    )
else:
    from . import ieee
    from . import uncompiled as cython
    from .uncompiled import (
        attributes_of, borrow, conditions, current_scope, doubles, give_back, one_walk_at_a_time,
        pause_collector, release, resume_collector, set_conditions, switch_scope,
    )
from .ops import (
    ABS, ACOS, ACOSH, ADD, ASIN, ASINH, ATAN, ATAN2, ATANH, CLIP, COS, COSH, DIV, DOT, ELU, EQUAL, ERF,
    ERFC, EXP, EXPM1, GELU, GREATER, GREATER_EQUAL, HYPOT, LEAF, LEAKY_RELU, LESS, LESS_EQUAL, LOG,
    LOG1P, LOG2, LOG10, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, MUL, NEG, POW, PROD, RELU, SIGMOID,
    SIGN, SILU, SIN, SINH, SOFTPLUS, SQRT, SUB, SUM, TAN, TANH, WHERE, Operation,
)

Operand: TypeAlias = "Value | float"
Branches: TypeAlias = "list[Value | None]"
Numbers: TypeAlias = "list[float]"      # an array of C doubles when compiled
AnyValue: TypeAlias = "Value"           # arguments whose type we check ourselves, for a better error
AnyLabel: TypeAlias = "str"             # than Cython's
AnyNumber: TypeAlias = "float"

PI = 3.141592653589793
INFINITY = 1e999
NAN = INFINITY - INFINITY
PAUSED, WATCHED = 1, 2                  # the conditions that may hold: inside no_grad(), detect_anomaly()
result_guard: Any = None                # asked about each result while WATCHED, and about each backward pass
gradient_guard: Any = None              # before it begins: see anomaly.py
comparison_guard: Any = None            # asked about comparisons that mislead: see differentiation.py
branch_guard: Any = None                # asked about all of them while a tape is recorded: see branches.py
clock = 1               # counts the Values that all walks through graphs have met,
walk = 1                # and this is where it stood when the present walk began: see find_adjoints


@cython.no_gc           # graphs have no cycles, so the garbage collector need not look at them
@cython.final
@cython.cclass
class Fan:
    """The operands of a node that has many, and the local derivative along each."""

    __slots__ = ("frozen", "operands", "size", "slopes")
    operands: tuple[Any, ...]
    size: int
    slopes: Numbers
    frozen: Any             # the places of Values that required no gradient; None if there are none

    def __dealloc__(self) -> None:
        release(self.slopes)


@cython.no_gc
@cython.final
@cython.cclass
class Value:
    """A number that remembers how it was computed.

    Value(2.0) is a leaf: an input or a parameter. Arithmetic on Values, and their methods, give new ones.
    label: a name for pictures. requires_grad: False for a number that stays as it is in training.
    Other attributes can be set freely; a cycle of references through one of them is never freed.
    TypeError unless data is a real number and label a str.
    """

    __slots__ = (
        "data", "grad", "operation", "left", "right", "dleft", "dright", "scope",
        "_needs_grad", "_has_grad", "_place", "_waiting", "__dict__", "__weakref__",
    )
    label: str = ""
    made_at: str = ""       # the user's line of code, for what was made inside detect_anomaly()
    data: float             # the number
    grad: float             # the derivative of the output by it, after output.backward()
    operation: Operation    # what it was made by: a row of ops.py
    left: Any               # its operands, Values or plain numbers; a Fan where there are many
    right: Any
    dleft: float            # the local derivatives: of this number by the operands
    dright: float
    scope: str              # the module that made it, as "mlp.layer1"; "" outside of any
    _needs_grad: int        # whether a gradient is to flow here, and on: 1 to the left, 2 to the right, 3
    _has_grad: bool          # whether a backward pass has put a gradient here
    _place: int              # for the walks of backward(): see find_adjoints
    _waiting: int

    def __init__(self, data: Any, label: AnyLabel = "", *, requires_grad: bool = True) -> None:
        start(self, LEAF, plain_float(data))
        self._needs_grad = 1 if requires_grad else 0
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, got {kind(label)}")
        if label:
            self.label = label

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

    def __neg__(self) -> Value:
        return unary(NEG, -self.data, self, -1.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return unary(ABS, ieee.fabs(self.data), self, signum(self.data))

    # ---- functions of one operand, all in one pattern: the value, and the local derivative

    def exp(self) -> Value:
        y = ieee.exp(self.data)
        return unary(EXP, y, self, y)

    def expm1(self) -> Value:
        return unary(EXPM1, ieee.expm1(self.data), self, ieee.exp(self.data))

    def log(self) -> Value:
        return unary(LOG, ieee.log(self.data), self, ieee.divide(1.0, self.data))

    def log1p(self) -> Value:
        return unary(LOG1P, ieee.log1p(self.data), self, ieee.divide(1.0, 1.0 + self.data))

    def log2(self) -> Value:
        return unary(LOG2, ieee.log2(self.data), self, ieee.divide(1.0 / ieee.log(2.0), self.data))

    def log10(self) -> Value:
        return unary(LOG10, ieee.log10(self.data), self, ieee.divide(1.0 / ieee.log(10.0), self.data))

    def sqrt(self) -> Value:
        y = ieee.sqrt(self.data)
        return unary(SQRT, y, self, ieee.divide(0.5, y))

    def sin(self) -> Value:
        return unary(SIN, ieee.sin(self.data), self, ieee.cos(self.data))

    def cos(self) -> Value:
        return unary(COS, ieee.cos(self.data), self, -ieee.sin(self.data))

    def tan(self) -> Value:
        y = ieee.tan(self.data)
        return unary(TAN, y, self, 1.0 + y * y)

    def asin(self) -> Value:
        x = self.data
        return unary(ASIN, ieee.asin(x), self, ieee.divide(1.0, ieee.sqrt((1.0 - x) * (1.0 + x))))

    def acos(self) -> Value:
        x = self.data
        return unary(ACOS, ieee.acos(x), self, ieee.divide(-1.0, ieee.sqrt((1.0 - x) * (1.0 + x))))

    def atan(self) -> Value:
        x = self.data
        return unary(ATAN, ieee.atan(x), self, 1.0 / (1.0 + x * x))

    def sinh(self) -> Value:
        return unary(SINH, ieee.sinh(self.data), self, ieee.cosh(self.data))

    def cosh(self) -> Value:
        return unary(COSH, ieee.cosh(self.data), self, ieee.sinh(self.data))

    def tanh(self) -> Value:
        y = ieee.tanh(self.data)
        return unary(TANH, y, self, 1.0 - y * y)

    def asinh(self) -> Value:
        x = self.data
        return unary(ASINH, ieee.asinh(x), self, 1.0 / ieee.hypot(x, 1.0))

    def acosh(self) -> Value:
        x = self.data
        slope = ieee.divide(1.0, ieee.sqrt(x - 1.0) * ieee.sqrt(x + 1.0))
        return unary(ACOSH, ieee.acosh(x), self, slope)

    def atanh(self) -> Value:
        x = self.data
        return unary(ATANH, ieee.atanh(x), self, ieee.divide(1.0, (1.0 - x) * (1.0 + x)))

    def erf(self) -> Value:
        x = self.data
        return unary(ERF, ieee.erf(x), self, 2.0 / ieee.sqrt(PI) * ieee.exp(-x * x))

    def erfc(self) -> Value:
        x = self.data
        return unary(ERFC, ieee.erfc(x), self, -2.0 / ieee.sqrt(PI) * ieee.exp(-x * x))

    def sign(self) -> Value:
        return unary(SIGN, signum(self.data), self, 0.0)

    arcsin, arccos, arctan = asin, acos, atan               # what NumPy calls them
    arcsinh, arccosh, arctanh = asinh, acosh, atanh

    # ---- activation functions

    def sigmoid(self) -> Value:
        y = logistic(self.data)
        return unary(SIGMOID, y, self, y * (1.0 - y))

    def relu(self) -> Value:
        x = self.data
        return unary(RELU, 0.0 if x <= 0.0 else x, self, 0.0 if x <= 0.0 else 1.0)

    def softplus(self) -> Value:
        x = self.data
        y = x + ieee.log1p(ieee.exp(-x)) if x > 0.0 else ieee.log1p(ieee.exp(x))
        return unary(SOFTPLUS, y, self, logistic(x))

    def silu(self) -> Value:
        x = self.data
        y = logistic(x)
        return unary(SILU, x * y, self, y * (1.0 + x * logistic(-x)))

    def gelu(self) -> Value:
        x = self.data
        share = 0.5 * ieee.erfc(-x * ieee.sqrt(0.5))        # of a normal distribution, below x
        density = ieee.exp(-0.5 * x * x) / ieee.sqrt(2.0 * PI)
        return unary(GELU, x * share, self, share + x * density)

    def leaky_relu(self, negative_slope: Operand = 0.01) -> Any:
        slope = negative_slope
        return leaky_relu(self, slope) if is_operand(slope) else deferred(LEAKY_RELU, (self, slope))

    def elu(self, alpha: Operand = 1.0) -> Any:
        return elu(self, alpha) if is_operand(alpha) else deferred(ELU, (self, alpha))

    # ---- functions of several operands (defined below, since a number may come first)

    def atan2(self, x: Operand) -> Any:
        return atan2(self, x) if is_operand(x) else deferred(ATAN2, (self, x))

    def hypot(self, other: Operand) -> Any:
        return hypot(self, other) if is_operand(other) else deferred(HYPOT, (self, other))

    def maximum(self, other: Operand) -> Any:
        return maximum(self, other) if is_operand(other) else deferred(MAXIMUM, (self, other))

    def minimum(self, other: Operand) -> Any:
        return minimum(self, other) if is_operand(other) else deferred(MINIMUM, (self, other))

    def clip(self, low: Operand | None = None, high: Operand | None = None) -> Any:
        low, high = -INFINITY if low is None else low, INFINITY if high is None else high
        known = is_operand(low) and is_operand(high)
        return clip(self, low, high) if known else deferred(CLIP, (self, low, high))

    def greater(self, other: Operand) -> Any:
        return greater(self, other) if is_operand(other) else deferred(GREATER, (self, other))

    def greater_equal(self, other: Operand) -> Any:
        return greater_equal(self, other) if is_operand(other) else deferred(GREATER_EQUAL, (self, other))

    def less(self, other: Operand) -> Any:
        return less(self, other) if is_operand(other) else deferred(LESS, (self, other))

    def less_equal(self, other: Operand) -> Any:
        return less_equal(self, other) if is_operand(other) else deferred(LESS_EQUAL, (self, other))

    def equal(self, other: Operand) -> Any:
        return equal(self, other) if is_operand(other) else deferred(EQUAL, (self, other))

    arctan2 = atan2

    # ---- comparisons look at the numbers; == between Values asks whether they are the same node

    def __lt__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self.data < compared(self, other)

    def __le__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self.data <= compared(self, other)

    def __gt__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self.data > compared(self, other)

    def __ge__(self, other: object) -> bool:
        other = operand(other)
        return NotImplemented if other is None else self.data >= compared(self, other)

    def __eq__(self, other: object) -> bool:
        if type(other) is Value:
            if self is not other and comparison_guard is not None and self.data == number(other):
                comparison_guard(self, other)
            return self is other
        other = operand(other)
        return NotImplemented if other is None else self.data == compared(self, other)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __bool__(self) -> bool:
        if branch_guard is not None:
            branch_guard(self)
        return self.data != 0.0

    # ---- out of the graph, by name only: a gradient is never lost by accident

    def item(self) -> float:
        """The number, as a float."""
        return self.data

    def detach(self) -> Value:
        """A new leaf with the same number, through which no gradient flows."""
        return Value(self.data, requires_grad=False)

    def conjugate(self) -> Value:
        """The number itself, which is real: NumPy asks for it in var, std and norm."""
        return self

    def __float__(self) -> float:
        raise TypeError(
            f"a plain number made of {self!r} would lose its gradient: write v.data or v.item(), "
            "autograd_tiny.exp(v), sin(v), … instead of the functions in math, and give an array that is to "
            "hold Values dtype=object"
        )

    def __int__(self) -> int:
        return int(self.__float__())

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        said = [repr(self.data)]
        if self.label:
            said.append(f"label={self.label!r}")
        if self.op:
            said.append(f"op={self.op!r}")
        if self._has_grad:
            said.append(f"grad={self.grad!r}")
        if not self._needs_grad:
            said.append("requires_grad=False")
        return f"Value({', '.join(said)})"

    # ---- copies: see copying.py

    def __reduce__(self) -> Any:
        from .copying import taken_apart
        return taken_apart(self)

    def __copy__(self) -> Value:
        from .copying import twin
        return twin(self)

    # ---- how it was made

    @property
    def op(self) -> str:
        """The sign of the operation that made it, "+" or "tanh"; "" for a leaf."""
        return self.operation.sign

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What it was made from, in order: Values and plain numbers, as written."""
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
        """The derivative of this number by each of its parents, as recorded in the forward pass."""
        if type(self.left) is Fan:
            fan: Fan = self.left
            return tuple([fan.slopes[i] for i in range(fan.size)])
        return (self.dleft, self.dright)[: len(self.operation.operands)]

    @property
    def flows(self) -> tuple[bool, ...]:
        """For each operand, whether it required a gradient when this number was computed."""
        if type(self.left) is Fan:
            fan: Fan = self.left
            frozen = fan.frozen or ()
            return tuple([wants_gradient(fan.operands[i]) and i not in frozen for i in range(fan.size)])
        return (self._needs_grad & 1 != 0, self._needs_grad & 2 != 0)[: len(self.operation.operands)]

    @property
    def reached(self) -> bool:
        """Whether a backward pass has come by here, so that `.grad` says something."""
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

    # ---- the chain rule

    def backward(self, seed: AnyNumber = 1.0) -> None:
        """Put the derivative of this number with respect to every Value it came from into `.grad`.

        Leaves add it to what their `.grad` holds already; results in between are cleared first. seed is
        the gradient to start with. RuntimeError if nothing here requires a gradient.
        """
        if not self._needs_grad:
            raise RuntimeError(
                f"{self!r} requires no gradient: it was computed under no_grad(), or from constants only"
            )
        sweep(self, plain_float(seed), True, ())


# ---- the chain rule: one walk to count, one walk to pass the gradients on

def sweep(output: Value, seed: float, keep: bool, wanted: tuple[Any, ...]) -> tuple[float, ...]:
    """Find the adjoints of all Values that output was made from, and return those of the ones wanted.

    The adjoint of a Value is the derivative of output with respect to it; with keep, it goes into `.grad`.
    """
    if conditions() & WATCHED:
        gradient_guard(output, seed)
    if cython.compiled:                     # the GIL is held all the way
        return undisturbed(output, seed, keep, wanted)
    with one_walk_at_a_time:                # the marks in the nodes are for one walk only
        return undisturbed(output, seed, keep, wanted)


def undisturbed(output: Value, seed: float, keep: bool, wanted: tuple[Any, ...]) -> tuple[float, ...]:
    """The same, while the garbage collector waits: it could run finalizers that walk through graphs too."""
    collector_was_on = pause_collector()
    try:
        return find_adjoints(output, seed, keep, wanted)
    finally:
        if collector_was_on:
            resume_collector()


def find_adjoints(output: Value, seed: float, keep: bool, wanted: tuple[Any, ...]) -> tuple[float, ...]:
    """The two walks of the sweep, without recursion.

    With dictionaries for what is noted in the nodes here, they would be:

        for each node below output, once:                   # first walk
            for each operand: waiting[operand] += 1
        adjoint[output] = seed
        for each node below output, when waiting[node] == 0:    # second walk
            for each operand, and the local derivative along it:
                adjoint[operand] += adjoint[node] * local derivative
                waiting[operand] -= 1

    For f = a * a, then g = f + a, the first walk counts the results that each is waiting for: 1 for f, which
    is g, and 3 for a: g, and f twice. The second begins with 1 for g. g sends 1 to f and 1 to a; f is ready,
    since nobody else sends it anything, and sends its own adjoint times a, twice, to a. Now a is ready.

    The adjoint of a node is at index node._place - walk: the first walk gives a place to each node that it
    meets. Places go on where the walk before ended, so a place less than `walk` is an old one, and nothing
    in the nodes needs to be cleaned up.
    """
    global walk
    walk = clock
    first: Value | None = output if output._needs_grad else None
    node: Value | None = first
    later: Branches = [None]                # branches to come back to; the None ends the walk
    meet(output)
    while node is not None:
        node = next_to_count(node, later)

    adjoints = borrow(clock - walk)
    later = [None]
    receive(output, seed, adjoints, keep)
    node = first
    while node is not None:
        node = next_to_pass_on(node, adjoints, keep, later)

    found: Numbers = []
    for node in wanted:
        found.append(adjoints[node._place - walk] if node._place >= walk else 0.0)
    give_back(adjoints)
    return tuple(found)


def meet(value: Value) -> bool:
    """One more result that `value` went into; True if it is the first, and value has operands."""
    global clock
    if not value._needs_grad:
        return False
    if value._place >= walk:
        value._waiting += 1
        return False
    value._place = clock
    clock += 1
    value._waiting = 1
    return value.operation is not LEAF


def next_to_count(node: Value, later: Branches) -> Value | None:
    """Meet the operands of `node`; return the one to go on with, or a branch put off for later."""
    left_is_new = right_is_new = False
    if node._needs_grad & 1 and type(node.left) is Value:
        left_is_new = meet(cython.cast(Value, node.left))
    elif type(node.left) is Fan:
        meet_all(node.left, later)
    if node._needs_grad & 2 and type(node.right) is Value:
        right_is_new = meet(cython.cast(Value, node.right))
    if left_is_new and right_is_new:
        later.append(node.right)
    following: Value | None = cython.cast(      # compiled, a cast saves the check of its type
        Value, node.left if left_is_new else node.right if right_is_new else later.pop()
    )
    return following


def meet_all(fan: Fan, later: Branches) -> None:
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen) and meet(each):
            later.append(each)


def receive(value: Value, gradient: float, adjoints: Numbers, keep: bool) -> bool:
    """Add what one result sends back. True if all have sent theirs, and value can pass it on."""
    if not value._needs_grad:
        return False
    i = value._place - walk
    adjoints[i] += gradient
    value._waiting -= 1
    if value._waiting > 0:
        return False
    is_leaf = value.operation is LEAF
    if keep:
        value.grad = value.grad + adjoints[i] if is_leaf else adjoints[i]
        value._has_grad = True
    return not is_leaf


def next_to_pass_on(
    node: Value, adjoints: Numbers, keep: bool, later: Branches
) -> Value | None:
    """Send each operand the adjoint of `node` times the local derivative: the chain rule."""
    left_is_ready = right_is_ready = False
    adjoint = adjoints[node._place - walk]
    if node._needs_grad & 1 and type(node.left) is Value:
        sent = adjoint * node.dleft
        left_is_ready = receive(cython.cast(Value, node.left), sent, adjoints, keep)
    elif type(node.left) is Fan:
        pass_on_to_all(node.left, adjoint, adjoints, keep, later)
    if node._needs_grad & 2 and type(node.right) is Value:
        sent = adjoint * node.dright
        right_is_ready = receive(cython.cast(Value, node.right), sent, adjoints, keep)
    if left_is_ready and right_is_ready:
        later.append(node.right)
    following: Value | None = cython.cast(
        Value, node.left if left_is_ready else node.right if right_is_ready else later.pop()
    )
    return following


def pass_on_to_all(
    fan: Fan, adjoint: float, adjoints: Numbers, keep: bool, later: Branches
) -> None:
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen):
            sent = adjoint * fan.slopes[i]
            if receive(each, sent, adjoints, keep):
                later.append(each)


def gradients(
    output: AnyValue, inputs: Value | Iterable[Value], seed: AnyNumber = 1.0, create_graph: bool = False
) -> Any:
    """The derivatives of output with respect to inputs, as torch.autograd.grad: no `.grad` changes.

    inputs: a Value (the answer is one number) or a sequence of Values (the answer is a tuple), leaves or
    results in between; 0.0 for one that output does not depend on. With create_graph=True the answers
    are Values, which can be differentiated again and drawn.

    TypeError for anything but Values, ValueError for an input that requires no gradient, RuntimeError
    with create_graph if a number has changed since the forward pass.
    """
    if type(output) is not Value:
        raise TypeError(f"the gradients of a Value are expected, got {kind(output)}")
    if isinstance(inputs, Value):
        return gradients(output, (inputs,), seed, create_graph)[0]
    if not isinstance(inputs, Iterable):
        raise TypeError(f"gradients with respect to Values are expected, got {kind(inputs)}")
    wanted: tuple[Any, ...] = tuple(inputs)
    for each in wanted:
        if type(each) is not Value:
            raise TypeError(f"gradients with respect to Values are expected, got {kind(each)}")
        if not each.requires_grad:
            raise ValueError(f"a gradient with respect to {each!r} is wanted, but it requires none")
    if create_graph:
        from .differentiable import gradient_graph
        return gradient_graph(output, wanted, plain_float(seed))
    return sweep(output, plain_float(seed), False, wanted)


# ---- making nodes

def unary(operation: Operation, data: float, left: Value, dleft: float) -> Value:
    if conditions():
        return unrecorded(data) if conditions() == PAUSED else watched(operation, data, (left,), (dleft,))
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = left
    node.dleft = dleft
    node._needs_grad = 1 if left._needs_grad else 0
    return node


def binary(
    operation: Operation, data: float, left: Operand, dleft: float, right: Operand, dright: float
) -> Value:
    if conditions():
        if conditions() == PAUSED:
            return unrecorded(data)
        return watched(operation, data, (left, right), (dleft, dright))
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = left
    node.dleft = dleft
    node.right = right
    node.dright = dright
    node._needs_grad = (1 if wants_gradient(left) else 0) + (2 if wants_gradient(right) else 0)
    return node


def nary(operation: Operation, data: float, fan: Fan) -> Any:
    """A node of many operands; where they are all plain numbers, the answer is one too."""
    any_value = wanted = False
    for i in range(fan.size):
        if type(fan.operands[i]) is Value:
            any_value = True
            if wants_gradient(fan.operands[i]):
                wanted = True
            elif fan.frozen is None:
                fan.frozen = {i}
            else:
                fan.frozen.add(i)
    if not any_value:
        return data
    if conditions():
        if conditions() == PAUSED:
            return unrecorded(data)
        return watched(operation, data, fan.operands, [fan.slopes[i] for i in range(fan.size)])
    node: Value = Value.__new__(Value)
    start(node, operation, data)
    node.left = fan
    node._needs_grad = 1 if wanted else 0
    return node


def unrecorded(data: float) -> Value:
    """A result without its history, inside no_grad()."""
    node: Value = Value.__new__(Value)
    start(node, LEAF, data)
    return node


def watched(
    operation: Operation, data: float, operands: Sequence[Operand], slopes: Sequence[float]
) -> Value:
    """A result inside detect_anomaly(), which may raise; its history is made even if no_grad() holds, too."""
    before: int = conditions()
    set_conditions(0)
    try:
        node = make(operation, data, operands, slopes)
        result_guard(node)
    finally:
        set_conditions(before)
    return unrecorded(data) if before & PAUSED else node


def start(node: Value, operation: Operation, data: float) -> None:
    """What every new node begins with. (C memory comes zeroed; a Python slot has to be set.)"""
    node.data = data
    node.operation = operation
    node.scope = current_scope()
    if not cython.compiled:
        node.grad = node.dleft = node.dright = 0.0
        node.left = node.right = None
        node._has_grad = False
        node._needs_grad = node._place = node._waiting = 0


def fanned(values: Iterable[Operand]) -> Fan:
    """A Fan for these operands, its slopes still to be filled in."""
    fan: Fan = Fan.__new__(Fan)
    fan.operands = tuple(values)
    for each in fan.operands:
        if type(each) is not Value and type(each) is not float:
            fan.operands = tuple([required(one) for one in fan.operands])
            break
    fan.size = len(fan.operands)
    if not cython.compiled:
        fan.frozen = None
    fan.slopes = doubles(fan.size)
    return fan


def fanned_some(values: Iterable[Operand]) -> Fan:
    """The same, of one operand at least."""
    fan: Fan = fanned(values)
    if fan.size == 0:
        raise ValueError("at least one Value or number is expected, got none")
    return fan


def make(
    operation: Operation, data: float, operands: Sequence[Operand], slopes: Sequence[float]
) -> Value:
    """A node from its parts: for operations that users define, and for copies."""
    if operation.is_nary or len(operands) > 2:
        fan = fanned(operands)
        for i in range(fan.size):
            fan.slopes[i] = slopes[i]
        made: Value = nary(operation, data, fan)
        return made
    if len(operands) == 2:
        return binary(operation, data, required(operands[0]), slopes[0], required(operands[1]), slopes[1])
    if operands and type(operands[0]) is Value:
        return unary(operation, data, operands[0], slopes[0])
    return Value(data, requires_grad=False)


def restore(value: Value, grad: float, has_grad: bool, needs_grad: bool, scope: str) -> Value:
    """Give a copied Value what its operands do not say."""
    node: Value = value
    node.grad = grad
    node._has_grad = has_grad
    if node.operation is LEAF or not needs_grad:
        node._needs_grad = 1 if needs_grad else 0
    node.scope = scope
    return node


# ---- operations of two operands: Values, or a number in either place
# (The names are those of the operations; pow, sum, max and min hide Python's own in this file.)

def add(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    return binary(ADD, x + y, left, 1.0, right, 1.0)


def sub(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    return binary(SUB, x - y, left, 1.0, right, -1.0)


def mul(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    return binary(MUL, x * y, left, y, right, x)


def div(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.divide(x, y)
    return binary(DIV, f, left, ieee.divide(1.0, y), right, ieee.divide(-f, y))


def pow(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.pow(x, y)
    if y == 0.0:
        by_x = 0.0
    elif y > 0.0:
        by_x = y * ieee.pow(x, y - 1.0)
    else:
        by_x = ieee.divide(y * f, x)                        # y - 1 would be rounded
    by_y = NAN if x < 0.0 else 0.0 if x == 0.0 and y >= 0.0 else f * ieee.log(x)
    return binary(POW, f, left, by_x, right, by_y)


def atan2(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    r = ieee.hypot(x, y)
    if r == 0.0:
        return binary(ATAN2, ieee.atan2(x, y), left, 0.0, right, 0.0)
    return binary(ATAN2, ieee.atan2(x, y), left, y / r / r, right, -x / r / r)


def hypot(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.hypot(x, y)
    return binary(HYPOT, f, left, ieee.divide(x, f), right, ieee.divide(y, f))


def maximum(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x >= y else y if y > x else x + y              # nan if one of them is nan
    by_x = 0.5 if x == y else 0.0 if x < y else 1.0
    by_y = 0.5 if x == y else 0.0 if x > y else 1.0
    return binary(MAXIMUM, f, left, by_x, right, by_y)


def minimum(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x <= y else y if y < x else x + y
    by_x = 0.5 if x == y else 0.0 if x > y else 1.0
    by_y = 0.5 if x == y else 0.0 if x < y else 1.0
    return binary(MINIMUM, f, left, by_x, right, by_y)


def leaky_relu(left: Operand, right: Operand) -> Value:
    x, slope = number(left), number(right)
    if x > 0.0:
        return binary(LEAKY_RELU, x, left, 1.0, right, 0.0)
    return binary(LEAKY_RELU, slope * x, left, slope, right, x)


def elu(left: Operand, right: Operand) -> Value:
    x, alpha = number(left), number(right)
    if x > 0.0:
        return binary(ELU, x, left, 1.0, right, 0.0)
    return binary(ELU, alpha * ieee.expm1(x), left, alpha * ieee.exp(x), right, ieee.expm1(x))


def greater(left: Operand, right: Operand) -> Value:
    return binary(GREATER, 1.0 if number(left) > number(right) else 0.0, left, 0.0, right, 0.0)


def greater_equal(left: Operand, right: Operand) -> Value:
    return binary(GREATER_EQUAL, 1.0 if number(left) >= number(right) else 0.0, left, 0.0, right, 0.0)


def less(left: Operand, right: Operand) -> Value:
    return binary(LESS, 1.0 if number(left) < number(right) else 0.0, left, 0.0, right, 0.0)


def less_equal(left: Operand, right: Operand) -> Value:
    return binary(LESS_EQUAL, 1.0 if number(left) <= number(right) else 0.0, left, 0.0, right, 0.0)


def equal(left: Operand, right: Operand) -> Value:
    return binary(EQUAL, 1.0 if number(left) == number(right) else 0.0, left, 0.0, right, 0.0)


# ---- operations of many operands

def where(condition: Operand, x: Operand, y: Operand) -> Any:
    fan = fanned((condition, x, y))
    chosen = number(fan.operands[0]) != 0.0
    fan.slopes[0] = 0.0
    fan.slopes[1] = 1.0 if chosen else 0.0
    fan.slopes[2] = 0.0 if chosen else 1.0
    return nary(WHERE, number(fan.operands[1] if chosen else fan.operands[2]), fan)


def clip(value: Operand, low: Operand, high: Operand) -> Any:
    fan = fanned((value, low, high))
    x, y, z = number(fan.operands[0]), number(fan.operands[1]), number(fan.operands[2])
    f = x if x >= y else y if y > x else x + y              # nan if one of them is nan
    f = f if f <= z else z if z < f else f + z
    fan.slopes[0] = 1.0 if x >= y and x <= z else 0.0
    fan.slopes[1] = 1.0 if x < y and y < z else 0.0
    fan.slopes[2] = 1.0 if x > z or (x <= z and z < y) else 0.0
    return nary(CLIP, f, fan)


def sum(values: Iterable[Operand]) -> Any:
    fan = fanned(values)
    total = 0.0
    for i in range(fan.size):
        total += number(fan.operands[i])
        fan.slopes[i] = 1.0
    return nary(SUM, total, fan)


def mean(values: Iterable[Operand]) -> Any:
    fan = fanned_some(values)
    total = 0.0
    for i in range(fan.size):
        total += number(fan.operands[i])
        fan.slopes[i] = 1.0 / fan.size
    return nary(MEAN, total / fan.size, fan)


def prod(values: Iterable[Operand]) -> Any:
    """The product; each slope is the product of all the others, found without dividing."""
    fan = fanned(values)
    before = after = 1.0
    for i in range(fan.size):
        fan.slopes[i] = before
        before *= number(fan.operands[i])
    for i in range(fan.size - 1, -1, -1):
        fan.slopes[i] *= after
        after *= number(fan.operands[i])
    return nary(PROD, before, fan)


def max(values: Iterable[Operand]) -> Any:
    return extreme(MAX, 1.0, fanned_some(values))


def min(values: Iterable[Operand]) -> Any:
    return extreme(MIN, -1.0, fanned_some(values))


def extreme(operation: Operation, sign: float, fan: Fan) -> Any:
    """The largest (sign = 1) or smallest (sign = -1) operand; nan if one is nan. Ties share the slope."""
    best = number(fan.operands[0])
    for i in range(fan.size):
        x = number(fan.operands[i])
        if x != x or sign * x > sign * best:
            best = x
    ties = 0.0
    for i in range(fan.size):
        x = number(fan.operands[i])
        fan.slopes[i] = 1.0 if x == best or x != x else 0.0
        ties += fan.slopes[i]
    for i in range(fan.size):
        fan.slopes[i] /= ties
    return nary(operation, best, fan)


def dot(xs: Iterable[Operand], ys: Iterable[Operand], bias: Operand | None = None) -> Any:
    """x₁y₁ + x₂y₂ + … + bias, the net input of a neuron, as one node."""
    first: tuple[Any, ...] = tuple(xs)
    second: tuple[Any, ...] = tuple(ys)
    n = len(first)
    if len(second) != n:
        raise ValueError(f"dot of two sequences of one length is expected, got {n} and {len(second)}")
    fan = fanned(first + second if bias is None else first + second + (bias,))
    total = 0.0
    for i in range(n):
        x, y = number(fan.operands[i]), number(fan.operands[n + i])
        total += x * y
        fan.slopes[i] = y
        fan.slopes[n + i] = x
    if bias is not None:
        total += number(fan.operands[2 * n])
        fan.slopes[2 * n] = 1.0
    return nary(DOT, total, fan)


def logsumexp(values: Iterable[Operand]) -> Any:
    """log(e^x₁ + e^x₂ + …), shifted by the largest so that nothing overflows."""
    fan = fanned_some(values)
    largest = number(fan.operands[0])
    for i in range(fan.size):
        x = number(fan.operands[i])
        if x > largest or x != x:
            largest = x
    total = 0.0
    for i in range(fan.size):
        fan.slopes[i] = ieee.exp(number(fan.operands[i]) - largest)
        total += fan.slopes[i]
    for i in range(fan.size):
        fan.slopes[i] = ieee.divide(fan.slopes[i], total)
    f = largest if ieee.fabs(largest) == INFINITY else largest + ieee.log(total)
    return nary(LOGSUMEXP, f, fan)


# ---- numbers and operands

def operand(x: object) -> Operand | None:
    """x if it is a Value or a Python number, a float for any other real number, None for the rest."""
    if type(x) is Value or type(x) is float or type(x) is int:
        return x
    return float(x) if is_operand(x) else None  # type: ignore[arg-type]


def is_operand(x: object) -> bool:
    """Whether x is a Value or a number; NumPy's bool is one too, as Python's is."""
    return type(x) is Value or isinstance(x, Real) or (
        getattr(getattr(x, "dtype", None), "kind", "") == "b" and getattr(x, "ndim", 1) == 0
    )


def plain_float(x: object) -> float:
    """The float in a real number; TypeError for anything else, a Value too."""
    if type(x) is float:
        return x
    if type(x) is Value or not is_operand(x):
        raise TypeError(f"a plain float is expected, got {kind(x)}")
    return float(x)  # type: ignore[arg-type]


def required(x: object) -> Operand:
    """The operand in an argument of a function; TypeError for what is neither a Value nor a number."""
    found = operand(x)
    if found is None:
        raise TypeError(f"a Value or a number is expected, got {kind(x)}")
    return found


def number(x: Operand) -> float:
    """The number in an operand."""
    if type(x) is Value:
        value: Value = x
        return value.data
    return float(x)


def compared(value: Value, other: Operand) -> float:
    """The number to compare with."""
    x = number(other)
    if branch_guard is not None:
        branch_guard(value, other)
    if comparison_guard is not None and (x != x or value.data != value.data):
        comparison_guard(value, other)
    return x


def wants_gradient(x: Operand) -> bool:
    if type(x) is Value:
        value: Value = x
        return value._needs_grad != 0
    return False


def signum(x: float) -> float:
    """1, -1 or 0; nan for nan."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def logistic(x: float) -> float:
    """1 / (1 + e^-x), by the formula that does not overflow for this x."""
    power: float = ieee.exp(-ieee.fabs(x))
    return 1.0 / (1.0 + power) if x >= 0.0 else power / (1.0 + power)


def given_attributes(value: Value) -> dict[str, Any]:
    """What users have set on a Value, its label included."""
    given: dict[str, Any] = attributes_of(value)
    return given


def deferred(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """An operation on operands of which one is no number known here: it may know itself what to do.

    TypeError if it does not. See functions.another_kind.
    """
    for x in operands:
        if hasattr(type(x), "apply_operation"):
            return type(x).apply_operation(operation, operands)
    return [required(x) for x in operands]


def kind(x: object) -> str:
    """How an error message calls what somebody passed: "str '3'"."""
    if x is None:
        return "None"
    shown = repr(x).partition("\n")[0]
    return f"{type(x).__name__} {shown if len(shown) <= 60 else shown[:57] + '…'}"


# ---- what is switched on while code runs

def set_recording(wanted: bool) -> bool:
    """Switch recording on or off, in this thread; the previous state. See context.no_grad."""
    return not switch(PAUSED, not wanted)


def recording() -> bool:
    """Whether operations are recorded: not so inside no_grad()."""
    return not conditions() & PAUSED


def set_watching(wanted: bool) -> bool:
    """Switch on or off that results are watched, in this thread; the previous state. See anomaly.py."""
    return switch(WATCHED, wanted)


def watching() -> bool:
    """Whether results are watched: so inside detect_anomaly()."""
    return bool(conditions() & WATCHED)


def switch(condition: int, wanted: bool) -> bool:
    """Say whether one of the conditions holds from now on; the previous state."""
    before: int = conditions()
    set_conditions(before | condition if wanted else before & ~condition)
    return before & condition != 0


def set_anomaly_guards(of_results: Any, of_gradients: Any) -> None:
    """While a thread is watched, call the one with each new result, and the other with the output and the
    seed of each backward pass before it begins: they may raise."""
    global result_guard, gradient_guard
    result_guard, gradient_guard = of_results, of_gradients


def set_comparison_guard(guard: Any) -> None:
    """Call this with both operands, when a comparison meets nan, and when == is asked of two Values that
    are not the same node and hold the same number: it may raise."""
    global comparison_guard
    comparison_guard = guard


def set_branch_guard(guard: Any) -> None:
    """Call this with the operands whenever a comparison or bool() is about to decide: it may raise."""
    global branch_guard
    branch_guard = guard


def enter_scope(name: str) -> str:
    """Mark new nodes with this name, inside the scope that holds now; returns the latter, to leave with."""
    before: str = current_scope()
    switch_scope(path_of(before, name))
    return before


def scope_now() -> str:
    """The scope that holds now."""
    here: str = current_scope()
    return here


def path_of(around: str, name: str) -> str:
    """What a scope inside another is called."""
    return around + "." + name if around else name


def change_scope(path: str) -> str:
    """Mark new nodes with this path, whatever holds now; returns the latter."""
    before: str = current_scope()
    switch_scope(path)
    return before


def leave_scope(before: str) -> None:
    """Back to the scope that enter_scope returned."""
    switch_scope(before)


def engine_kind() -> str:
    """"native" where the compiled engine runs, "pure" where this file runs as it is."""
    return "native" if cython.compiled else "pure"


if cython.compiled:
    # set_up replaces what allocates and frees Values: this one, which tells where the attributes are in a
    # node, was allocated in the old way, and must never be freed in the new one
    never_freed = Value.__new__(Value)
    set_up(Value, never_freed, cython.address(cython.cast(Value, never_freed).attributes))
