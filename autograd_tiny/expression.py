"""Expressions as text: `parse("x = a + b; y = b + c; x * y", a=-1, b=3, c=4)` returns a Value.

Python's parser turns the text into a syntax tree, and _Interpreter evaluates the kinds of nodes that it knows. No text
is ever run as code.
"""
from __future__ import annotations

import ast
import keyword
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import signature
from typing import Any, TypeAlias

from .boundary.arguments import describe
from .boundary.text import SUPERSCRIPTS, quoted, shortened
from .calculus import operations as ops
from .calculus.definition import unknown_function
from .calculus.operations import Operation
from .engine import functions
from .engine.value import Value, apply

Number: TypeAlias = "Value | float"
Step: TypeAlias = tuple[Callable[..., Any], Sequence[ast.expr]]

MAX_LENGTH = 100_000        # of a text, in characters
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(functions, name)
    for name in functions.__all__
    if name not in ("softmax", "log_softmax")       # they return a list
}
OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: ops.ADD, ast.Sub: ops.SUB, ast.Mult: ops.MUL, ast.Div: ops.DIV, ast.Pow: ops.POW,
    ast.USub: ops.NEG, ast.Gt: ops.GREATER, ast.GtE: ops.GREATER_EQUAL, ast.Lt: ops.LESS,
    ast.LtE: ops.LESS_EQUAL, ast.Eq: ops.EQUAL,
}
GRAMMAR = "an expression has numbers, names, + - * / **, comparisons and functions"
HINTS: dict[type[object], str] = {
    ast.AnnAssign: "a quotient is written x/y",
    ast.Assign: "one name is assigned to at a time, as x = a + b",
    ast.Attribute: "names and functions stand alone, as x or relu(x), not after a dot",
    ast.BitOr: "an absolute value is written abs(x)",
    ast.BitXor: "a power is written x**2",
    ast.Call: "a function is called by its name alone, as relu(x)",
    ast.Compare: "two numbers are compared at a time, by > >= < <= or ==",
    ast.IfExp: "a choice is written where(condition, x, y)",
    ast.List: "a list can only be an argument, as in max([x, y]); round brackets group, as in (x + 1)*2",
    ast.Set: "round brackets group, as in (x + 1)*2",
    ast.Subscript: "a name has no index: write x1",
    ast.Tuple: "a number has a point and no commas, as 1234.5",
    str: "an expression has no quotes",
}
COMPREHENSIONS = ast.DictComp, ast.GeneratorExp, ast.ListComp, ast.SetComp
HINTS |= dict.fromkeys(COMPREHENSIONS, "the numbers of a list are written out, as in sum([x, y])")
OF_NUMBERS = ast.Name, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call        # what may be a number, beside constants
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class ExpressionError(ValueError):
    """The text of an expression, or the values for it, cannot be used; the message is one line."""


def parse(text: str, /, **values: Number) -> Value:
    """Compute the Value that a text describes.

    The text is in Python's notation: statements on separate lines or separated by `;`. Each is `name = expression`
    (or `+=` and the like); the last one is the output and may be an expression alone. An expression has numbers,
    names, + - * / **, comparisons (1 or 0) and the functions of this package that return a number, with lists where
    they take sequences: `max([a, b])`. The constants pi, e, inf and nan are known, unless a name of yours is the
    same. All numbers are floats, so 10**10**10 is inf.

    Names become labels. A name that is assigned again has its new value from there on, and the second x is labelled
    x₂. An output without a name is called f.

    Args:
        text: The statements.
        values: A number or a Value for each free name. A number becomes a new leaf; a Value is used itself, and gets
            the name as its label if it has none.

    Returns:
        The output.

    Raises:
        ExpressionError: The text cannot be read or computed, a name has no value, or a value is not used.
        TypeError: The text is not a str, or a value is not a number.
    """
    interpreter = _Interpreter(text, values)
    if not interpreter.statements:
        raise ExpressionError("there is no expression in the text")
    for statement in interpreter.statements:
        output = interpreter.execute(statement, is_last=statement is interpreter.statements[-1])
    for name in interpreter.unused:
        raise _not_used(name)
    return output


def constant(text: str) -> float:
    """Compute an expression without free names, such as "-1", "1/3" or "2*pi".

    Args:
        text: The expression.

    Returns:
        Its value.

    Raises:
        ExpressionError: The text is no such expression.
    """
    interpreter = _Interpreter(text, {})
    match interpreter.statements:
        case [ast.Expr(value=expression)]:
            return float(interpreter.compute(expression))
    raise ExpressionError(f"a number is expected, got {_cut(text)}")


def subscripted(name: str, index: int) -> str:
    """The label x₂ for x and 2: no name in a text can be equal to it."""
    return name + str(index).translate(SUBSCRIPTS)


class _Interpreter:
    """The statements of a text, and the values of its names so far."""

    def __init__(self, text: str, values: Mapping[str, Number]) -> None:
        if not isinstance(text, str):
            raise TypeError(f"the text of an expression is expected, got {describe(text)}")
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"the text has {len(text)} characters, more than {MAX_LENGTH} are not read")
        # indentation has no meaning here
        self.text = "\n".join(line.strip() for line in re.sub("#.*", "", text).split("\n"))
        self.text = re.sub(rf"({NUMBER})(?={KEYWORD})", r"\1 ", self.text)      # 1or 2 makes the parser warn
        self.statements = _statements(self.text)
        self.names: dict[str, Value] = {}
        self.assignments = Counter[str]()           # how often each name has been assigned
        self.unused: dict[str, None] = {}           # given names that the text has not used yet
        self.lists: set[ast.expr] = set()           # the lists that are arguments of functions
        for given, number in values.items():
            name = unicodedata.normalize("NFKC", given)     # as Python's parser does: two kinds of µ are one
            self.assign(name, number)
            self.unused[name] = None

    def execute(self, statement: ast.stmt, is_last: bool) -> Value:
        """Compute the expression of a statement and assign it to its name."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=expression):
                pass
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=right):
                left = ast.copy_location(ast.Name(name), target)
                expression = ast.copy_location(ast.BinOp(left, op, right), statement)
            case ast.Expr(value=expression) if is_last:
                name = "f"
            case ast.Expr():
                raise ExpressionError(f"{self.shown(statement)} has no effect: give it a name, as x = …")
            case _:
                raise self.refused(statement)
        return self.assign(name, self.compute(expression))

    def assign(self, name: str, number: Number) -> Value:
        """Give a name its value, and the value its label if it has none."""
        if name in self.unused:
            raise _not_used(name)
        value = number if isinstance(number, Value) else Value(number)
        self.assignments[name] += 1
        if not value.label:
            count = self.assignments[name]
            value.label = name if count == 1 else subscripted(name, count)
        self.names[name] = value
        return value

    def compute(self, expression: ast.expr) -> Number:
        """The value of an expression, without recursion, so that it may be nested to any depth.

        The tree is first written in Polish notation, each function before its operands. Read from the end, each
        function finds its operands on top of a stack (J. Łukasiewicz, 1924).
        """
        polish = []
        waiting = [expression]
        while waiting:
            function, operands = self.step(waiting.pop())
            polish.append((function, len(operands)))
            waiting.extend(reversed(operands))
        results: list[Any] = []
        for function, count in reversed(polish):
            results.append(function(*[results.pop() for _ in range(count)]))
        number: Number = results.pop()
        return number

    def step(self, node: ast.expr) -> Step:
        """The function that computes a node of the tree, and the nodes of its operands."""
        match node:
            case ast.Constant(value=int() | float() as written) if not isinstance(written, bool):
                return partial(_as_float, written), []
            case ast.Name(id=name):
                number = self.value_of(name)
                return lambda: number, []
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return lambda number: number, [x]
            case ast.UnaryOp(op=op, operand=x) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x]
            case ast.BinOp(left=x, op=op, right=y) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x, y]
            case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x, y]
            case ast.List(elts=elements) if node in self.lists:
                return lambda *numbers: numbers, elements
            case ast.Call(func=ast.Name(id=name)):
                arguments = self.arguments(node, name)
                return partial(self.call, node, name, list(arguments)), list(arguments.values())
        raise self.refused(node)

    def value_of(self, name: str) -> Number:
        """The value of a name, or of a constant."""
        if name in self.names:
            self.unused.pop(name, None)
            return self.names[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            raise ExpressionError(f"{name} is a function: write {name}(…)")
        raise ExpressionError(_without_value(name, self.names))

    def arguments(self, node: ast.Call, name: str) -> dict[str, ast.expr]:
        """The arguments of a call by the names of the parameters, after a check of which are lists."""
        if name not in FUNCTIONS:
            if name in self.names or name in CONSTANTS:
                product = self.source(node).replace("(", "*(", 1)
                raise ExpressionError(f"{shortened(name)} is a number: a product is written {shortened(product)}")
            raise ExpressionError(unknown_function(name, FUNCTIONS))
        declared = signature(FUNCTIONS[name])
        takes_list = {key: str(x.annotation).startswith("Iterable") for key, x in declared.parameters.items()}
        usage = f"{name}({', '.join(f'[{key}]' if takes_list[key] else key for key in takes_list)})"
        if [*takes_list.values()] == [True] and len(node.args) > 1 and all(map(_may_be_number, node.args)):
            usage = shortened(f"{name}([{', '.join(map(self.source, node.args))}])")
        keywords = {each.arg or "**": each.value for each in node.keywords}
        try:
            if len(keywords) < len(node.keywords):
                raise TypeError("an argument is given twice")
            given: dict[str, ast.expr] = declared.bind(*node.args, **keywords).arguments
        except TypeError as error:
            decimal = _decimal(self.source(node))
            raise ExpressionError(decimal or f"{self.shown(node)}: {shortened(error)}; write {usage}") from None
        for key, argument in given.items():
            if isinstance(argument, ast.List) != takes_list[key]:
                raise self.misfit(node, argument)
        self.lists.update(x for x in given.values() if isinstance(x, ast.List))
        return given

    def misfit(self, node: ast.Call, argument: ast.expr) -> ExpressionError:
        """The error for an argument that is a list where a number is expected, or the other way round."""
        match argument:
            case ast.List(elts=[element]):
                wanted, instead = "number", self.source(element)
            case ast.List():
                return ExpressionError(f"{self.shown(node)}: a number is expected, got the list {self.shown(argument)}")
            case ast.Tuple(elts=elements) | ast.Set(elts=elements):
                wanted, instead = "list", f"[{', '.join(map(self.source, elements))}]"
            case _ if _may_be_number(argument):
                wanted, instead = "list", f"[{self.source(argument)}]"
            case _:
                return self.refused(argument)
        given = [("", each) for each in node.args] + [(f"{each.arg}=", each.value) for each in node.keywords]
        written = ", ".join(key + (instead if each is argument else self.source(each)) for key, each in given)
        call = shortened(f"{self.source(node.func)}({written})")
        return ExpressionError(f"{self.shown(node)}: a {wanted} is expected; write {call}")

    def call(self, node: ast.Call, name: str, keys: Sequence[str], *arguments: Any) -> Number:
        """Call a function; it raises ValueError for an empty list, or for two of different lengths."""
        try:
            result: Number = FUNCTIONS[name](**dict(zip(keys, arguments, strict=True)))
        except (IndexError, ValueError) as error:
            raise ExpressionError(f"{self.shown(node)}: {error}") from None
        return result

    def refused(self, node: ast.AST) -> ExpressionError:
        """The error for a node that an expression cannot have."""
        match node:
            case ast.BinOp(op=ast.BitXor()) | ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call()):
                explained = _explained(self.source(node))
            case ast.Tuple():
                explained = _decimal(self.source(node))
            case _:
                explained = ""
        written = type(node.value) if isinstance(node, ast.Constant) else type(getattr(node, "op", node))
        return ExpressionError(explained or f"{self.shown(node)} is not allowed: {HINTS.get(written, GRAMMAR)}")

    def shown(self, node: ast.AST) -> str:
        """The text of a node for a message."""
        return _cut(self.source(node))

    def source(self, node: ast.AST) -> str:
        """The text of a node, as it was written."""
        return ast.get_source_segment(self.text, node) or ""


def _statements(text: str) -> list[ast.stmt]:
    """The syntax tree of each statement."""
    warned_of = _WARNED_OF.search(text)
    if warned_of:
        rest = text[warned_of.start() :]
        raise ExpressionError(_explained(text) or _explained(rest) or f"{_cut(rest)} is not allowed: {GRAMMAR}")
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        line = (error.text or text).rstrip()
        rest = line[max((error.offset or 0) - 1, 0) :]
        place = f"at {_cut(rest)}" if rest else f"at the end of {_cut(line)}"
        raise ExpressionError(_explained(text) or f"{error.msg} {place}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError(f"{_cut(text)} is nested too deeply: give its parts names, as x = …") from None
    except ValueError as error:                             # a null character, for example
        raise ExpressionError(f"{_cut(text)}: {error}") from None


def _may_be_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float)
    return isinstance(node, OF_NUMBERS)


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:                                   # an int of more than 308 digits
        return math.inf


def _not_used(name: str) -> ExpressionError:
    return ExpressionError(f"{shortened(name)} has a value, but the expression does not use it")


def _cut(text: str) -> str:
    """A text for a message: in quotes, on one line, cut if it is long."""
    return quoted(" ".join(text.split()))


# ---- how mathematics is written elsewhere

KEYWORD = rf"(?:{'|'.join(keyword.kwlist)})\b"
SUPERSCRIPT_DIGITS = {ord(each): digit for each, digit in SUPERSCRIPTS.items()}
SUPERSCRIPT = f"[{''.join(SUPERSCRIPTS)}]"
NUMBER = (                      # atomic: 1e5 is never read as 1, and e5
    r"(?<![\w.])(?>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+"
    r"|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][+-]?[0-9_]+)?)"
)
WORD = rf"(?!{KEYWORD})(?:(?!{SUPERSCRIPT})[\w.])+"
GROUP = r"\([^()]*\)"
LEFT, RIGHT = rf"({GROUP}|{WORD})?\s*", rf"\s*({GROUP}|{WORD})?"
KNOWN = "|".join(sorted(FUNCTIONS, key=len, reverse=True))
# a pattern, its meaning, and how that is written here
NOTATIONS: list[tuple[str, str, str | Callable[[re.Match[str]], str]]] = [
    (rf"(?m)^({WORD})\([^()=]*\)\s*=(?!=)", "a result with a name", r"\1 ="),
    (rf"\b({KNOWN})[ \t]+({WORD})", "a function", r"\1(\2)"),
    (rf"({NUMBER})(?!{KEYWORD})((?!{SUPERSCRIPT})[^\W\d](?:(?!{SUPERSCRIPT})\w)*)", "a product", r"\1*\2"),
    (r"\b((?:sin|cos|tan)h?)⁻¹", "an inverse function", r"a\1"),
    (rf"\b({KNOWN})({SUPERSCRIPT}+)({GROUP})", "the power of a function", r"\1\3**\2"),
    (rf"\b({KNOWN})({SUPERSCRIPT}+)\s*({WORD})", "the power of a function", r"\1(\3)**\2"),
    (rf"({GROUP}|{WORD})?({SUPERSCRIPT}+)", "a power", r"\1**\2"),
    (rf"{LEFT}\^\s*(-?(?:{GROUP}|{WORD}))?", "a power", r"\1**\2"),
    (rf"{LEFT}[×·⋅∙∗•]{RIGHT}", "a product", r"\1*\2"),
    (rf"{LEFT}[÷∕⁄]{RIGHT}", "a quotient", r"\1/\2"),
    (rf"{LEFT}[−–—‐‑]{RIGHT}", "a minus sign", r"\1-\2"),
    (rf"{LEFT}≤{RIGHT}", "a comparison", r"\1<=\2"), (rf"{LEFT}≥{RIGHT}", "a comparison", r"\1>=\2"),
    (r"∞", "infinity", "inf"),
    (rf"√\s*({GROUP})", "a square root", r"sqrt\1"), (rf"√\s*({WORD})?", "a square root", r"sqrt(\1)"),
    (rf"∛\s*({GROUP})", "a cube root", r"cbrt\1"), (rf"∛\s*({WORD})?", "a cube root", r"cbrt(\1)"),
    (r"\|([^|\n;]+)\|", "an absolute value", r"abs(\1)"),
    (r"(?<![\w.])([0-9]+)\s+([0-9][0-9.]*)", "a number", r"\1\2"),
    (r"([0-9.]+)\s*%(?=\s*(?:$|[)*/;]))", "a percentage", r"\1/100"),
    (rf"({GROUP}|{WORD})[ \t]+({WORD})", "a product", r"\1*\2"), (rf"({GROUP})({WORD})", "a product", r"\1*\2"),
    (rf"({NUMBER}|{GROUP}|\))\s*({GROUP})", "a product", r"\1*\2"),
    (rf"({NUMBER}|\))\s*\(", "a product", r"\1*("),
    ("[！-～¼½¾⅐-⅞]", "it", lambda found: unicodedata.normalize("NFKC", found[0]).replace("⁄", "/")),
]
MOST_EXPLAINED = 500            # characters; in a longer text, the parser's own words have to do
# Python's parser warns of some numbers that touch a word, and of backslashes; and warnings belong to the whole process
_WARNED_OF = re.compile(rf"{NUMBER}[^\W\d]|\\(?!\n)")
OTHER_NAMES = {
    "π": "pi", "Pi": "pi", "PI": "pi", "E": "e", "infinity": "inf", "Infinity": "inf", "oo": "inf", "Inf": "inf",
    "NaN": "nan",
}


def _explained(text: str) -> str:
    """How the first notation from elsewhere in a text is written here; "" if there is none."""
    text = text[:MOST_EXPLAINED]
    for pattern, meaning, replacement in NOTATIONS:
        found = re.search(pattern, text)
        if found:
            here = found.expand(replacement) if isinstance(replacement, str) else replacement(found)
            here = shortened(here.translate(SUPERSCRIPT_DIGITS))
            return f"{_cut(found[0])} is not allowed: {meaning} is written {here}"
    return f"{_cut(text)} is not allowed: {HINTS[str]}" if re.search(r"[\"'`“”„‘’]", text) else ""


def _decimal(text: str) -> str:
    """How a number with a comma is written here; "" if there is none."""
    found = re.search(r"(?<![\w.])([0-9]+),([0-9]+)(?![\w.])", text)
    if not found:
        return ""
    thousands = f", or {found[1]}{found[2]}" if len(found[2]) == 3 else ""
    return f"{_cut(found[0])} is not allowed: a decimal number is written {found[1]}.{found[2]}{thousands}"


def _without_value(name: str, known: Mapping[str, Value]) -> str:
    """What to do about a name without a value."""
    said, function = f"{shortened(name)} has no value", next((f for f in FUNCTIONS if name.startswith(f)), "")
    if "·" in name:                             # Python allows it in names
        return _explained(name)
    if name in OTHER_NAMES:
        return f"{said}: write {OTHER_NAMES[name]}, or give it one, as {name}=1"
    if function and name.removeprefix(function) in known:
        return f"{said}: a function is written {function}({shortened(name.removeprefix(function))})"
    if len(name) > 1 and all(letter in known for letter in name):
        return f"{said}: give it one, as {shortened(name)}=1; a product is written {shortened('*'.join(name))}"
    return f"{said}: give it one, as {shortened(name)}=1"
