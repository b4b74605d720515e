"""The rows of the calculus: every primitive operation, its value and its local derivatives, as text.

`x`, `y`, `z` are the operands and `f` is the value just computed. An operation of any number of operands calls
them `xs` (dot: `xs`, `ys`, `bias`; take: `xs`, `index`) and gives a list of derivatives for each such group. One text
serves everybody: evaluated on floats it gives numbers, on `Value`s a derivative that can be differentiated again;
printed, it is the engine's Python code, the tape's C code and the table of operations.

Adding an operation takes a row here, a reference in tests/references/operations.py, and the public name in
autograd_tiny/__init__.pyi. `make written` then writes the engine's code for it.

Where a derivative is a convention, the row follows PyTorch and its note says so. The formulas are from
M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), chapters 4 and 7, arranged so
that no digits are lost: sigmoid never overflows, the derivative of asin stays precise near 1.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

from ..boundary.text import printable, quoted
from .formulas import Namespace, compiled


class Operation:
    """One primitive operation: a row of the calculus.

    Attributes:
        name: Its name in Python code, "mul".
        sign: Its symbol in pictures, "*".
        operands: The names of its operands, ("x", "y"); the plural ("xs",) stands for any number of them.
        value: The formula of its value.
        derivatives: The formulas of its local derivatives, one for each name in operands.
        note: The domain, or the convention where a derivative is one.
        summary: The first line of its documentation; empty for an operator, and for a part of other formulas.
        parameters: The parameters of its function and its method, with defaults: "x alpha=1.0".
        numpy_name: Its name in NumPy, where that differs.
        is_nary: Whether it takes any number of operands.
        selects: Whether it chooses among its operands, as relu and where do: a local derivative of 0 then sends
            exactly 0, whatever arrives, also infinity or nan.
        flat: For each name in operands, whether the local derivative is 0 everywhere, as that of floor and of a
            comparison: then no gradient flows to the operand at all, and none on to what it was computed from.
        activation: Whether nn.ACTIVATIONS has it, so that networks find it by its name.
        on_values: The engine's function for operands of which one is a Value; the engine's files register it here.
    """

    __slots__ = (
        "activation", "derivatives", "flat", "is_nary", "name", "note", "numpy_name", "on_values", "operands",
        "parameters", "selects", "sign", "summary", "value",
    )
    on_values: Callable[..., Any]
    compiled = staticmethod(compiled)           # how a formula becomes a function

    def __init__(
        self, name: str, sign: str, operands: str, value: str, *derivatives: str, note: str = "",
        summary: str = "", parameters: str = "", numpy_name: str = "", selects: bool = False,
        activation: bool = False,
    ) -> None:
        self.name = name
        self.sign = sign
        self.operands = tuple(operands.split())
        self.value = value
        self.derivatives = derivatives
        self.flat = tuple([derivative == "0" or derivative.startswith("[0 for") for derivative in derivatives])
        self.note = note
        self.summary = summary
        self.parameters = tuple((parameters or operands).split())
        self.numpy_name = numpy_name
        self.is_nary = "xs" in self.operands
        self.selects = selects
        self.activation = activation

    def flat_operands(self, operands: Sequence[Any]) -> Sequence[bool]:
        """For each of the operands, whether no gradient ever flows to it: see `flat`."""
        if not self.is_nary:
            return self.flat or [False] * len(operands)
        groups = zip(self.flat, self.grouped(operands), strict=True)
        return [is_flat for is_flat, group in groups for _ in group]

    def contribution(self, adjoint: float, local_grad: float) -> float:
        """Adjoint times local derivative: what the chain rule adds to the adjoint of an operand."""
        return 0.0 if self.selects and local_grad == 0 else adjoint * local_grad

    def evaluate(self, namespace: Namespace, operands: Sequence[Any]) -> Any:
        """The value at the operands."""
        return _value_of(self, namespace)(*self.grouped(operands))

    def differentiate(
        self, namespace: Namespace, operands: Sequence[Any], f: Any, wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        """The local derivatives at the operands.

        Args:
            namespace: The implementations of the functions in the formulas.
            operands: As many as the operation takes, in order.
            f: The value at these operands.
            wanted: For which operands; the others get 0, unless the operation takes any number of them.

        Returns:
            One derivative for each operand.
        """
        functions = _derivatives_of(self, namespace)
        if self.is_nary:
            arguments = (*self.grouped(operands), f)
            return [derivative for function in functions for derivative in function(*arguments)]
        if wanted is None:
            return [function(*operands, f) for function in functions]
        pairs = zip(functions, wanted, strict=True)
        return [function(*operands, f) if want else 0 for function, want in pairs]

    def grouped(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The operands, one item for each of the names: those of dot, x₁…xₙ y₁…yₙ b, as three lists.

        Those of take, x₁…xₙ and the index, are two lists.
        """
        if self.operands == ("xs", "ys", "bias"):
            n = len(operands) // 2
            return operands[:n], operands[n : 2 * n], operands[2 * n :]
        if self.operands == ("xs", "index"):
            return operands[:-1], operands[-1:]
        return (operands,) if self.is_nary else operands

    def __repr__(self) -> str:
        return printable(f"<Operation {self.name}: {self.value}>")

    def __reduce__(self) -> Any:
        return operation_named, (self.name,)


@cache
def _value_of(operation: Operation, namespace: Namespace) -> Callable[..., Any]:
    return operation.compiled(operation.value, operation.operands, namespace)


@cache
def _derivatives_of(operation: Operation, namespace: Namespace) -> list[Callable[..., Any]]:
    return [operation.compiled(text, (*operation.operands, "f"), namespace) for text in operation.derivatives]


def operation_named(name: str) -> Operation:
    """The operation with this name, by which pickled graphs find theirs. LookupError if there is none."""
    for operation in OPERATIONS:
        if operation.name == name:
            return operation
    raise LookupError(f"no operation is named {quoted(name)}")


# ---- the rows

LEAF = Operation("leaf", "", "", "")

ADD = Operation("add", "+", "x y", "x + y", "1", "1")
SUB = Operation("sub", "-", "x y", "x - y", "1", "-1")
MUL = Operation("mul", "*", "x y", "x * y", "y", "x")
DIV = Operation("div", "/", "x y", "x / y", "1 / y", "-f / y")
POW = Operation(
    "pow", "**", "x y", "x ** y",
    # beyond 2⁵³ every y is even, and y - 1, which is odd, is rounded to an even number
    "where((x < 0) * (where(y > 0, y - 1, -y) >= 9007199254740992), -y, y)"
    " * where(y == 0, where(abs(x) > 1e-308, x, 1), x) ** (y - 1)",
    "f * where(x > 0, log(where(x > 0, x, 1)), where(x == 0, where(y >= 0, 0, -inf), nan))",
    note="nan for x < 0 and fractional y; d/dy is 0 at x = 0, y ≥ 0, and inf where f overflows; "
    "d/dx for y < ½ less precise, as (y - 1)·log(x)",
)
NEG = Operation("neg", "neg", "x", "-x", "-1")
ABS = Operation(
    "abs", "abs", "x", "abs(x)", "sign(x)", note="derivative 0 at 0",
    summary="The absolute value; derivative 0 at 0.",
)

EXP = Operation("exp", "exp", "x", "exp(x)", "f", summary="e to the power x.")
EXPM1 = Operation(
    "expm1", "expm1", "x", "expm1(x)", "exp(x)", summary="e to the power x, minus 1; precise near 0."
)
EXP2 = Operation(
    "exp2", "exp2", "x", "exp2(x)",
    "where(f == inf, 2 * log(2) * exp2(where(f == inf, x - 1, 0)), log(2) * f)",      # finite up to 1024.5
    summary="2 to the power x.",
)
LOG = Operation(
    "log", "log", "x", "log(x)", "1 / x", note="-inf at 0, nan below",
    summary="The natural logarithm; -inf at 0, nan below.",
)
LOG1P = Operation(
    "log1p", "log1p", "x", "log1p(x)", "1 / (1 + x)", note="-inf at -1, nan below",
    summary="The natural logarithm of 1 + x; precise near 0.",
)
LOG2 = Operation(
    "log2", "log2", "x", "log2(x)", "1 / log(2) / x", note="-inf at 0, nan below",
    summary="The logarithm to base 2; -inf at 0, nan below.",
)
LOG10 = Operation(
    "log10", "log10", "x", "log10(x)", "1 / log(10) / x", note="-inf at 0, nan below",
    summary="The logarithm to base 10; -inf at 0, nan below.",
)
SQRT = Operation(
    "sqrt", "sqrt", "x", "sqrt(x)", "0.5 / f", note="derivative inf at 0, nan below",
    summary="The square root; nan below 0.",
)

CBRT = Operation(
    "cbrt", "cbrt", "x", "cbrt(x)",
    "where(x == 0, inf, where(abs(x) == inf, 0, f / where(x == 0, 1, x) / 3))", note="derivative inf at 0",
    summary="The cube root, also of negative numbers.",
)

SIN = Operation("sin", "sin", "x", "sin(x)", "cos(x)", summary="The sine of x radians.")
COS = Operation("cos", "cos", "x", "cos(x)", "-sin(x)", summary="The cosine of x radians.")
TAN = Operation("tan", "tan", "x", "tan(x)", "1 + f * f", summary="The tangent of x radians.")
ASIN = Operation(
    "asin", "asin", "x", "asin(x)", "1 / sqrt(where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x)))",
    note="nan outside [-1, 1]",
    summary="The angle in radians whose sine is x; nan outside [-1, 1].", numpy_name="arcsin",
)
ACOS = Operation(
    "acos", "acos", "x", "acos(x)", "-1 / sqrt(where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x)))",
    note="nan outside [-1, 1]",
    summary="The angle in radians whose cosine is x; nan outside [-1, 1].", numpy_name="arccos",
)
ATAN = Operation(
    "atan", "atan", "x", "atan(x)",
    "where(abs(x) < 1e9, 1 / (1 + clip(x, -1e9, 1e9) * clip(x, -1e9, 1e9)),"      # x² may overflow beyond
    " 1 / maximum(abs(x), 1) / maximum(abs(x), 1))",
    summary="The angle in radians whose tangent is x.", numpy_name="arctan",
)
ATAN2 = Operation(
    "atan2", "atan2", "x y", "atan2(x, y)",
    "where(hypot(x, y) == 0, 0, y / hypot(x, y) / hypot(x, y))",
    "where(hypot(x, y) == 0, 0, -x / hypot(x, y) / hypot(x, y))",
    note="the angle of the point (y, x); derivatives 0 at the origin",
    summary="The angle in radians of the point (x, y), between -π and π.",
    parameters="y x", numpy_name="arctan2",
)
SINH = Operation("sinh", "sinh", "x", "sinh(x)", "cosh(x)", summary="The hyperbolic sine.")
COSH = Operation("cosh", "cosh", "x", "cosh(x)", "sinh(x)", summary="The hyperbolic cosine.")
TANH = Operation(
    "tanh", "tanh", "x", "tanh(x)",
    "where(abs(x) < 0.5, 1 - f * f, 4 * sigmoid(2 * x) * sigmoid(-2 * x))", summary="The hyperbolic tangent.",
    activation=True,
)
ASINH = Operation(
    "asinh", "asinh", "x", "asinh(x)", "1 / hypot(x, 1)",
    summary="The inverse hyperbolic sine.", numpy_name="arcsinh",
)
ACOSH = Operation(
    "acosh", "acosh", "x", "acosh(x)", "1 / (sqrt(x - 1) * sqrt(x + 1))", note="nan below 1",
    summary="The inverse hyperbolic cosine; nan below 1.", numpy_name="arccosh",
)
ATANH = Operation(
    "atanh", "atanh", "x", "atanh(x)", "1 / where(abs(x) < 0.5, 1 - x * x, (1 - x) * (1 + x))",
    note="±inf at ±1, nan outside",
    summary="The inverse hyperbolic tangent; ±inf at ±1, nan outside.", numpy_name="arctanh",
)
HYPOT = Operation(
    "hypot", "hypot", "x y", "hypot(x, y)",
    # where |x| > |y| as a root, since the derivative of x / f is 1 / f - x² / f³, which cancels
    "where(abs(x) > abs(y), sign(x) * sqrt(maximum(1 - y / f * (y / f), 0.25)), x / f)",
    "where(abs(y) > abs(x), sign(y) * sqrt(maximum(1 - x / f * (x / f), 0.25)), y / f)",
    note="derivatives nan at the origin",
    summary="√(x² + y²) without overflow.",
)
ERF = Operation(
    "erf", "erf", "x", "erf(x)", "2 / sqrt(pi) * exp(-x * x)",
    note="far from 0 the derivative is relatively less precise, as x²",
    summary="The error function, 2/√π ∫₀ˣ exp(-t²) dt.",
)
ERFC = Operation(
    "erfc", "erfc", "x", "erfc(x)", "-2 / sqrt(pi) * exp(-x * x)",
    note="far from 0 the derivative is relatively less precise, as x²",
    summary="1 - erf(x), precise where that is small.",
)
NORM_PDF = Operation(
    "norm_pdf", "norm_pdf", "x", "exp(-0.5 * x * x) / sqrt(2 * pi)", "where(f == 0, 0, -x) * f",
    note="far from 0 relatively less precise, as x²",
    summary="The density of the standard normal distribution, exp(-x²/2) / √(2π).",
)
NORM_CDF = Operation(
    "norm_cdf", "norm_cdf", "x", "0.5 * erfc(-x * sqrt(0.5))", "norm_pdf(x)",
    note="far from 0 relatively less precise, as x²; 0 below -38.5, where its logarithm is -inf",
    summary="The probability that a standard normal variable is below x.",
)
ERFINV = Operation(
    "erfinv", "erfinv", "x", "erfinv(x)", "sqrt(pi) / 2 * exp(f * f)",
    note="±inf at ±1, nan outside; next to ±1 the derivative is relatively less precise, as f²",
    summary="The inverse of the error function; ±inf at ±1, nan outside.",
)
LGAMMA = Operation(
    "lgamma", "lgamma", "x", "lgamma(x)", "digamma(x)",
    note="inf at 0, -1, -2, …; near its zeros an absolute error of 1e-15",
    summary="The logarithm of the absolute value of the gamma function.",
)
DIGAMMA = Operation(
    "digamma", "digamma", "x", "polygamma(0, x)", "polygamma(1, x)",
    note="nan at -1, -2, …; near its zeros an absolute error of 1e-15",
    summary="The derivative of lgamma, Γ′(x) / Γ(x).",
)
POLYGAMMA = Operation(
    "polygamma", "polygamma", "x y", "polygamma(x, y)", "nan", "polygamma(x + 1, y)",
    note="x: the order, up to 170, by which there is no derivative; within n + 8 ulp, below 0 relative to its terms",
    summary="The derivative of order n of the digamma function: 1 for the trigamma function.", parameters="n x",
)

SIGMOID = Operation(
    "sigmoid", "sigmoid", "x", "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))",
    "where(abs(x) < 0.125, 0.5 / (1 + cosh(where(abs(x) < 0.125, x, 0))), where(x > 0, f * sigmoid(-x), f * (1 - f)))",
    summary="The logistic function 1 / (1 + exp(-x)), for any x without overflow.", activation=True,
)
LOG_SIGMOID = Operation(
    "log_sigmoid", "log_sigmoid", "x", "where(x > 0, -log1p(exp(-x)), x - log1p(exp(x)))", "sigmoid(-x)",
    summary="log(sigmoid(x)), for any x without overflow.", activation=True,
)
RELU = Operation(
    "relu", "relu", "x", "where(x <= 0, 0, x)", "where(x <= 0, 0, 1)", note="derivative 0 at 0",
    summary="x where it is positive, else 0; derivative 0 at 0.", selects=True, activation=True,
)
LEAKY_RELU = Operation(
    "leaky_relu", "leaky_relu", "x y", "where(x > 0, x, y * x)",
    "where(x > 0, 1, y)", "where(x > 0, 0, x)",
    note="y: the derivative below 0, by default 0.01; derivative y at 0",
    summary="x where it is positive, else negative_slope · x.", parameters="x negative_slope=0.01", activation=True,
)
ELU = Operation(
    "elu", "elu", "x y", "where(x > 0, x, y * expm1(x))",
    "where(x > 0, 1, y * exp(where(x > 0, 0, x)))", "where(x > 0, 0, expm1(where(x > 0, 0, x)))",
    note="y: minus the limit at -inf, by default 1; derivative y at 0",
    summary="x where it is positive, else alpha · (exp(x) - 1).", parameters="x alpha=1.0", activation=True,
)
SOFTPLUS = Operation(
    "softplus", "softplus", "x", "where(x > 0, x + log1p(exp(-x)), log1p(exp(x)))", "sigmoid(x)",
    summary="log(1 + exp(x)), a smooth relu, for any x without overflow.", activation=True,
)
SILU = Operation(
    "silu", "silu", "x", "where(x == -inf, 0, x) * sigmoid(x)",
    # next to 0 as a sum, in whose third derivative nothing cancels
    "where(abs(x) < 0.125, sigmoid(x) + x * (0.5 / (1 + cosh(where(abs(x) < 0.125, x, 0)))),"
    " sigmoid(x) * (1 + where(abs(x) == inf, 0, x) * sigmoid(-x)))",
    note="below -708 less precise, and -0 below -745.13, as sigmoid(x) is denormal there, and then 0",
    summary="x · sigmoid(x), also called swish.", activation=True,
)
MISH = Operation(
    "mish", "mish", "x", "where(x == -inf, 0, x) * tanh(softplus(x))",
    "tanh(softplus(x)) + where(abs(x) == inf, 0, x) * sigmoid(x)"
    " * (4 * sigmoid(2 * softplus(x)) * sigmoid(-2 * softplus(x)))",
    note="below -708 less precise, and -0 below -745.13, as softplus(x) is denormal there, and then 0",
    summary="x · tanh(softplus(x)) (D. Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019).",
    activation=True,
)
GELU = Operation(
    "gelu", "gelu", "x", "where(x == -inf, 0, x) * norm_cdf(x)",
    "norm_cdf(x) + where(abs(x) > 40, 0, x) * norm_pdf(x)",
    note="exact, not the tanh approximation; far below 0 relatively less precise, as x²",
    summary="x times the probability that a standard normal variable is below x (exact, by erfc).", activation=True,
)

SIGN = Operation(
    "sign", "sign", "x", "where(x > 0, 1, where(x < 0, -1, x))", "0", summary="1, 0 or -1; derivative 0.",
    selects=True,
)
FLOOR = Operation(
    "floor", "floor", "x", "floor(x)", "0", summary="The largest integer that is not above x; derivative 0.",
    selects=True,
)
CEIL = Operation(
    "ceil", "ceil", "x", "ceil(x)", "0", summary="The smallest integer that is not below x; derivative 0.",
    selects=True,
)
TRUNC = Operation(
    "trunc", "trunc", "x", "trunc(x)", "0", summary="x without its fractional part; derivative 0.", selects=True
)
ROUND = Operation(
    "round", "round", "x", "rint(x)", "0",
    summary="The integer nearest to x, the even one of two; derivative 0.", numpy_name="rint", selects=True,
)
MOD = Operation(
    "mod", "%", "x y",
    "fmod(x, y) + where(fmod(x, y) * sign(y) < 0, y, 0)",
    "1", "-round((x - f) / y)", note="nan for y = 0; derivatives those beside the jumps",
    summary="x modulo y, the remainder of x // y, with the sign of y.", numpy_name="remainder",
)
FMOD = Operation(
    "fmod", "fmod", "x y", "fmod(x, y)", "1", "-round((x - f) / y)",
    note="nan for y = 0; derivatives those beside the jumps",
    summary="The remainder of x / y with the sign of x, as in C.",
)
FLOOR_DIVIDE = Operation(
    "floor_divide", "//", "x y",
    "where(y == 0, x / y, where(abs(y) == inf, 0 * x - (x * y < 0), rint((x - mod(x, y)) / y)))", "0", "0",
    summary="The largest integer that is not above x / y; derivative 0.", selects=True,
)
MAXIMUM = Operation(
    "maximum", "max", "x y", "where(x >= y, x, where(y > x, y, x + y))",
    "where(x == y, 0.5, where(x < y, 0, 1))", "where(x == y, 0.5, where(x > y, 0, 1))",
    note="half each at a tie; nan if either is nan",
    summary="The larger of two; at a tie each gets half of the gradient.", selects=True,
)
MINIMUM = Operation(
    "minimum", "min", "x y", "where(x <= y, x, where(y < x, y, x + y))",
    "where(x == y, 0.5, where(x > y, 0, 1))", "where(x == y, 0.5, where(x < y, 0, 1))",
    note="half each at a tie; nan if either is nan",
    summary="The smaller of two; at a tie each gets half of the gradient.", selects=True,
)
GREATER = Operation(
    "greater", ">", "x y", "x > y", "0", "0", note="1 or 0",
    summary="1 where x > y, else 0: a comparison that stays in the graph; derivative 0.", selects=True,
)
GREATER_EQUAL = Operation(
    "greater_equal", ">=", "x y", "x >= y", "0", "0", note="1 or 0",
    summary="1 where x >= y, else 0; derivative 0.", selects=True,
)
LESS = Operation(
    "less", "<", "x y", "x < y", "0", "0", note="1 or 0", summary="1 where x < y, else 0; derivative 0.",
    selects=True,
)
LESS_EQUAL = Operation(
    "less_equal", "<=", "x y", "x <= y", "0", "0", note="1 or 0",
    summary="1 where x <= y, else 0; derivative 0.", selects=True,
)
EQUAL = Operation(
    "equal", "==", "x y", "x == y", "0", "0", note="1 or 0",
    summary="1 where the numbers x and y are equal, else 0; derivative 0.", selects=True,
)
WHERE = Operation(
    "where", "where", "x y z", "where(x, y, z)", "0", "where(x, 1, 0)", "where(x, 0, 1)",
    note="y where x is not 0, else z; a nan derivative in the other branch still gives nan (0 * nan)",
    summary="x where the condition is non-zero, else y. The gradient goes to the one chosen.",
    parameters="condition x y", selects=True,
)
CLIP = Operation(
    "clip", "clip", "x y z", "minimum(maximum(x, y), z)",
    "(x >= y) * (x <= z)", "(x < y) * (y < z)", "(x > z) + (x <= z) * (z < y)",
    note="x between y and z; derivative 1 at the bounds",
    summary="x, limited to [low, high]; None is no bound on that side.",
    parameters="x low=None high=None", selects=True,
)

XLOGY = Operation(
    "xlogy", "xlogy", "x y", "where(x == 0, where(y != y, y, 0), x * log(y))",
    "log(where((x == 0) * (y <= 0), 1, y))", "x / where((x == 0) * (y == 0), 1, y)",
    note="0 at x = 0, also for y = 0; the derivatives are 0 there",
    summary="x · log(y), and 0 where x is 0: a term of an entropy.",
)
LOGADDEXP = Operation(
    "logaddexp", "logaddexp", "x y",
    "where(x == y, x + log(2), maximum(x, y) + log1p(exp(-abs(x - y))))",
    "where(f == -inf, 0, sigmoid(x - y))", "where(f == -inf, 0, sigmoid(y - x))",
    note="near 0 an absolute error of 2e-16; derivatives 0 where both are -inf, nan where both are inf",
    summary="log(exp(x) + exp(y)), for any x and y without overflow.",
)

SUM = Operation(
    "sum", "sum", "xs", "sum(xs)", "[1 for x in xs]", note="precise relative to the sum of all |x|",
    summary="x₁ + x₂ + … as one node; 0.0 for no values.",
)
MEAN = Operation(
    "mean", "mean", "xs", "sum(xs) / len(xs)", "[1 / len(xs) for x in xs]",
    note="precise relative to the mean of all |x|",
    summary="The arithmetic mean as one node; ValueError for no values.",
)
PROD = Operation(
    "prod", "prod", "xs", "prod(xs)", "products_of_others(xs)", note="of n factors within n ulp",
    summary="x₁ · x₂ · … as one node; 1.0 for no values.",
)
MAX = Operation(
    "max", "max", "xs", "max(xs)", "shares([(x == f) + (x != x) for x in xs])",
    note="shared equally at a tie; nan if any is nan",
    summary="The largest as one node, nan if any is nan; ties share the gradient. ValueError for no values.",
    selects=True,
)
MIN = Operation(
    "min", "min", "xs", "min(xs)", "shares([(x == f) + (x != x) for x in xs])",
    note="shared equally at a tie; nan if any is nan",
    summary="The smallest as one node, nan if any is nan; ties share the gradient. ValueError for no values.",
    selects=True,
)
DOT = Operation(
    "dot", "dot", "xs ys bias",
    "sum([x * y for x, y in zip(xs, ys)]) + sum(bias)", "ys", "xs", "[1 for b in bias]",
    note="the bias may be left out",
    summary="x₁y₁ + x₂y₂ + … + bias as one node: the net input of a neuron. ValueError for unequal lengths.",
)
LOGSUMEXP = Operation(
    "logsumexp", "logsumexp", "xs",
    "where(abs(max(xs)) == inf, max(xs), max(xs) + log(sum([exp(x - m) for m in [max(xs)] for x in xs])))",
    "shares([exp(x - m) for m in [where(abs(max(xs)) == inf, 0, max(xs))] for x in xs])",
    note="near 0 an absolute error of 2e-16; derivatives 0 where all are -inf, nan for x = inf",
    summary="log(e^x₁ + e^x₂ + …) as one node, without overflow. ValueError for no values.",
)
TAKE = Operation(
    "take", "take", "xs index", "item(xs, index)", "one_hot(xs, index)", "[0 for i in index]",
    note="the x at an integer index, counted from 0, or from the end if it is negative; an error for any other",
    summary="The value at an integer index, which may be a Value; the gradient goes to that value alone.",
    selects=True,
)


OPERATIONS: list[Operation] = [row for row in globals().values() if isinstance(row, Operation)]

# For executors alone, which compute operations of users in steps: x is the value, and z its derivative by y. The true
# function of x, y and z has other derivatives, so this is none of the operations.
LINKED = Operation("linked", "linked", "x y z", "x", "0", "z", "0")


def reference_table() -> str:
    """All operations as a Markdown table: name, value, local derivatives, conventions."""
    lines = ["| operation | value f | local derivatives | notes |", "|---|---|---|---|"]
    for row in OPERATIONS[1:]:
        derivatives = "<br>".join(f"`{text}`" for text in row.derivatives)
        lines.append(f"| {row.name} | `{row.value}` | {derivatives} | {row.note} |")
    return "\n".join(lines)
