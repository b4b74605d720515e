"""How a Value was computed, and its local derivatives, as formulas to read: as text and in LaTeX.

The formulas of the derivatives are the texts in ops.py, with the operands' names in them, in the case that
holds for the numbers at hand, and simplified as in a textbook: 1·a is a, and 2·x^(2 − 1) is 2·x.
"""
from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from math import isclose, nan
from typing import TypeAlias

from ..calculus.floats import FLOATS
from ..calculus.formulas import compiled
from ..calculus.operations import (
    CLIP, DOT, ELU, LEAKY_RELU, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, POW, PROD, RELU, SUM, WHERE,
    Operation,
)
from ..engine.value import Value
from .names import plain

Namer: TypeAlias = "Callable[[Value | float], str]"         # what a formula calls an operand

MOST = 4                                                    # terms, of a sum or product of many
LOOSE, MINUS, SUMMED, DIVIDED, MULTIPLIED, RAISED, ATOM = range(7)    # ranks: what binds more is later
KINKED = {RELU, LEAKY_RELU, ELU, MAXIMUM, MINIMUM, WHERE, CLIP, MAX, MIN}
NUMBERLIKE = r"[−+-]?([\d.,]+(e[−+-]?\d+)?(/[\d.,]+)?|inf|nan|∞)"
SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
COMPARISONS = {">": ">", ">=": r"\ge", "<": "<", "<=": r"\le", "==": "="}
KNOWN_TO_LATEX = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "max", "min"}
SPECIAL = {
    "\\": r"{\backslash}", "{": r"\{", "}": r"\}", "_": r"\_", "$": r"\$", "%": r"\%", "&": r"{\&}",
    "#": r"\#", "^": r"{\wedge}", "~": r"{\sim}", " ": r"\ ", "-": r"\text{-}", "−": r"\text{-}",
    "<": "{<}", ">": "{>}", "·": r"{\cdot}", "→": r"{\to}", "…": r"{\ldots}", "'": r"{\prime}",
}


def value_formula(result: Value, said: Namer) -> str:
    """How a Value was computed, in names: "a + b", "sigmoid(s)", "x²"; "" for a leaf.

    said: what the formula calls an operand, a Value or a number. Of many terms some are left out: "…".
    """
    return Formulas(said).value(result).text


def value_latex(result: Value, said: Namer) -> str:
    """The same in LaTeX, for math mode."""
    return Formulas(said).value(result).latex


def slope_formula(result: Value, place: int, said: Namer) -> str:
    """The local derivative of a Value by one of its operands, in names: "o·(1 − o)", "2·x", "1".

    The number itself for an operation that has no formulas, such as one that a user has defined.
    """
    return Formulas(said).slope(result, place).text


def slope_latex(result: Value, place: int, said: Namer) -> str:
    """The same in LaTeX, for math mode."""
    return Formulas(said).slope(result, place).latex


@dataclass(frozen=True)
class Formula:
    """A formula as it is written, and as much of its structure as the next one around it needs.

    rank: how tightly it holds together. number: if it is one. opposite: if it begins with a minus sign, what
    is behind that. above, below: the factors of a product, or of a fraction.
    """

    text: str
    latex: str
    rank: int = ATOM
    number: float | None = None
    opposite: Formula | None = None
    above: tuple[Formula, ...] = ()
    below: tuple[Formula, ...] = ()

    def within(self, rank: int) -> Formula:
        """Itself, in brackets if it doesn't hold together as tightly as rank."""
        return self if self.rank >= rank else Formula(f"({self.text})", rf"\left({self.latex}\right)")


NOTHING = Formula("", "")
DOTS = Formula("…", r"\cdots")
PI = Formula("π", r"\pi")


# ---- what a formula is put together from

def name(text: str) -> Formula:
    """A name that somebody has chosen; it holds together unless it looks like a formula.

    One that looks like a number has brackets wherever it stands.
    """
    text = plain(text)
    if re.fullmatch(NUMBERLIKE, text):
        return Formula(f"({text})", rf"\left({latex_name(text)}\right)")
    rest, count = text, 1
    while count:
        rest, count = re.subn(r"\([^()]*\)|\[[^\[\]]*\]", "", rest)
    if not re.fullmatch(r"[^\s()\[\]+\-−*/·×÷^=<>|&,;]+", rest):
        return Formula(text, latex_name(text), LOOSE)
    return Formula(text, latex_name(text), RAISED if text[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" else ATOM)


def latex_name(text: str) -> str:
    r"""A name in LaTeX: x, w_{11}, \mathrm{net\_h1}. What has a meaning in LaTeX means itself."""
    match = re.fullmatch(r"(.+?)([0-9]*)([₀-₉]*)", text, re.DOTALL)
    is_letter = match and re.fullmatch("[A-Za-z]", match[1])
    if not match or not (is_letter or match[3]):
        return rf"\mathrm{{{escaped(text)}}}"
    stem, digits, subscript = match[1], match[2], match[3].translate(DIGITS)
    if not is_letter:
        stem, digits = rf"\mathrm{{{escaped(stem + digits)}}}", ""
    index = ",".join(filter(None, [digits, subscript]))
    return f"{stem}_{{{index}}}" if index else stem


def escaped(text: str) -> str:
    """A text that means itself in LaTeX's math mode."""
    return "".join(SPECIAL.get(character, character) for character in text)


def latex_number(text: str) -> str:
    """A number as names.readable writes it, in LaTeX."""
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    if mantissa in ("inf", "nan"):
        return r"\infty" if mantissa == "inf" else r"\mathrm{nan}"
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def opposite(term: Formula) -> Formula:
    """The term with the other sign."""
    if term.opposite:
        return term.opposite
    inside = term.within(DIVIDED)
    number = None if term.number is None else -term.number
    return Formula(f"−{inside.text}", f"-{inside.latex}", MINUS, number, term)


def summed(terms: Sequence[Formula]) -> Formula:
    """The sum of the terms, as they are."""
    return reduce(lambda total, term: _joined(total, "+", "+", term.within(DIVIDED)), terms)


def difference(left: Formula, right: Formula) -> Formula:
    """left − right, as they are."""
    return _joined(left, "−", "-", right.within(DIVIDED))


def _joined(left: Formula, sign: str, latex_sign: str, right: Formula) -> Formula:
    left = left.within(MINUS)
    return Formula(f"{left.text} {sign} {right.text}", f"{left.latex} {latex_sign} {right.latex}", SUMMED)


def multiplied(factors: Sequence[Formula]) -> Formula:
    """The product of the factors, as they are."""
    if factors[0].opposite and len(factors) > 1:
        return opposite(multiplied((factors[0].opposite, *factors[1:])))
    if len(factors) == 1:
        return factors[0]
    bound = [factor.within(MULTIPLIED) for factor in factors]
    text, latex = "·".join(each.text for each in bound), r" \cdot ".join(each.latex for each in bound)
    return Formula(text, latex, MULTIPLIED, above=tuple(factors))


def divided(top: Formula, bottom: Formula) -> Formula:
    """top / bottom, as they are."""
    if top.opposite:
        return opposite(divided(top.opposite, bottom))
    text = f"{top.within(MULTIPLIED).text}/{bottom.within(RAISED).text}"
    latex = rf"\frac{{{top.latex}}}{{{bottom.latex}}}"
    return Formula(text, latex, DIVIDED, above=(top,), below=(bottom,))


def raised(base: Formula, exponent: Formula) -> Formula:
    """base to the power exponent, as they are."""
    base = base.within(ATOM)
    short = exponent.number is not None and re.fullmatch(r"−?\d{1,2}", exponent.text)
    upper = exponent.text.translate(SUPERSCRIPTS) if short else f"^{exponent.within(ATOM).text}"
    return Formula(base.text + upper, f"{{{base.latex}}}^{{{exponent.latex}}}", RAISED)


def called(function: str, operands: Sequence[Formula]) -> Formula:
    """A function of the operands."""
    text, latex = ", ".join(each.text for each in operands), ", ".join(each.latex for each in operands)
    if function == "abs" and "|" not in text:
        return Formula(f"|{text}|", rf"\left|{latex}\right|")
    if function == "sqrt":
        return Formula(f"sqrt({text})", rf"\sqrt{{{latex}}}")
    known = function in KNOWN_TO_LATEX
    command = rf"\{function}" if known else rf"\operatorname{{{escaped(plain(function))}}}"
    return Formula(f"{plain(function)}({text})", rf"{command}\left({latex}\right)")


def _ends(n: int) -> Sequence[int]:
    """The places of the operands that are shown, of so many."""
    return range(n) if n <= MOST else (*range(MOST - 1), n - 1)


def shortened(terms: Sequence[Formula], n: int) -> list[Formula]:
    """The terms that are shown, of n, with dots for the others."""
    return [*terms] if n <= MOST else [*terms[:-1], DOTS, terms[-1]]


class Formulas:
    """Formulas in the words of a namer."""

    def __init__(self, said: Namer) -> None:
        self.said = said

    def number(self, x: float) -> Formula:
        """A number, as the namer writes it."""
        text = self.said(x)
        if text.startswith("−"):
            positive = Formula(text[1:], latex_number(text[1:]), number=-x)
            return opposite(positive)
        return Formula(text, latex_number(text), number=float(x))

    def operand(self, x: Value | float) -> Formula:
        """What stands for an operand: a name, or a number."""
        if type(x) is not Value:
            return self.number(x)  # type: ignore[arg-type]
        text, data = self.said(x), self.data_of(x)
        return self.number(data) if text == self.said(data) else name(text)

    def data_of(self, x: Value) -> float:
        """The number of a Value: its own, or one that was recorded earlier, in a subclass."""
        return x.data

    # ---- how a Value was computed

    def value(self, result: Value) -> Formula:
        """How it was computed; nothing for a leaf."""
        operation = result.operation
        if not operation.operands:
            return NOTHING
        if operation.is_nary:
            return self._of_many(operation, result)
        operands = [self.operand(x) for x in result.operands]
        match operation.sign, operands:
            case "+", _:
                return summed(operands)
            case "-", [left, right]:
                return difference(left, right)
            case "*", _:
                return multiplied(operands)
            case "/", [left, right]:
                return divided(left, right)
            case "**", [left, right]:
                return raised(left, right)
            case "neg", [only]:
                return opposite(only) if not only.opposite else _joined_minus(only)
            case sign, [left, right] if sign in COMPARISONS:
                left, right = left.within(MINUS), right.within(MINUS)
                latex = f"{left.latex} {COMPARISONS[sign]} {right.latex}"
                return Formula(f"{left.text} {sign} {right.text}", latex, LOOSE)
        return called(operation.name, operands)

    def _of_many(self, operation: Operation, result: Value) -> Formula:
        if operation is DOT:
            xs, ys, bias = operation.grouped(result.operands)
            kept = _ends(len(xs))
            terms = [multiplied([self.operand(xs[k]), self.operand(ys[k])]) for k in kept]
            return summed([*shortened(terms, len(xs)), *map(self.operand, bias)] or [self.number(0.0)])
        operands = result.operands
        terms = shortened([self.operand(operands[k]) for k in _ends(len(operands))], len(operands))
        if operation is PROD:
            return multiplied(terms)
        if operation is SUM or operation is MEAN:
            total = summed(terms)
            return total if operation is SUM else divided(total, self.number(float(len(operands))))
        return called(operation.name, terms)

    # ---- its local derivatives

    def slope(self, result: Value, place: int) -> Formula:
        """The derivative of result by its operand in this place."""
        recorded = result.local_grads[place]
        operation = result.operation
        if not operation.derivatives:
            return self.number(recorded)
        found = _Slope(self, result, place).formula()
        stale = found.number is not None and found.number != recorded      # a number has changed since
        return self.number(recorded) if stale else found

    def reason(self, result: Value, place: int) -> str:
        """Why the slope is what it is, of an operation with a kink: "a < 0"; "" of others.

        It is "" too if the numbers at hand are not those of the slope any more.
        """
        return _Slope(self, result, place).reason() if result.operation in KINKED else ""

    def plus(self, left: Formula, right: Formula) -> Formula:
        """left + right, simplified."""
        if left.number is not None and right.number is not None:
            return self.number(left.number + right.number)
        if 0 in (left.number, right.number):
            return right if left.number == 0 else left
        return difference(left, right.opposite) if right.opposite else summed((left, right))

    def times(self, *factors: Formula) -> Formula:
        """The product of the factors, simplified: their numbers become one, in front."""
        number, above, below = 1.0, list[Formula](), list[Formula]()
        left = [*reversed(factors)]
        while left:
            factor = left.pop()
            if factor.opposite:
                number, factor = -number, factor.opposite
            if factor.number is not None:
                number *= factor.number
            elif factor.above:
                left += reversed(factor.above)
                below += factor.below
            else:
                above.append(factor)
        return self._quotient(number, above, self._bottom(below))

    def _bottom(self, factors: Sequence[Formula]) -> list[Formula]:
        """The factors below a fraction bar, without products of products."""
        flat = [part for each in factors for part in (each.above if not each.below else ()) or (each,)]
        return self._powers(flat)

    def _quotient(self, number: float, above: list[Formula], below: list[Formula]) -> Formula:
        """A number times the quotient of two products."""
        if not above and not below:
            return self.number(number)
        parts = self._powers(above)
        found = multiplied([self.number(abs(number)), *parts] if not parts or abs(number) != 1 else parts)
        if below:
            found = divided(found, multiplied(below))
        return opposite(found) if number < 0 else found

    def _powers(self, factors: Iterable[Formula]) -> list[Formula]:
        """x·y·x as x²·y."""
        counts = Counter(factors)
        return [raised(each, self.number(n)) if n > 1 else each for each, n in counts.items()]

    def over(self, top: Formula, bottom: Formula) -> Formula:
        """top / bottom, simplified."""
        if bottom.opposite:
            return self.over(opposite(top), bottom.opposite)
        if bottom.number == 1:
            return top
        if top.number == 0:
            return top
        return self.times(top, divided(self.number(1.0), bottom))

    def power(self, base: Formula, exponent: Formula) -> Formula:
        """base to the power exponent, simplified."""
        if exponent.number == 1:
            return base
        return self.number(1.0) if exponent.number == 0 else raised(base, exponent)


def _joined_minus(term: Formula) -> Formula:
    """−(−a), as it was written."""
    inside = term.within(ATOM)
    return Formula(f"−{inside.text}", f"-{inside.latex}", MINUS, opposite=term)


class _Slope:
    """One local derivative: a text of ops.py is read, with what its names stand for."""

    def __init__(self, formulas: Formulas, result: Value, place: int) -> None:
        self.write, self.result, self.place = formulas, result, place
        self.operation = result.operation
        groups = self.operation.grouped(result.operands) if self.operation.is_nary else ()
        self.group, self.index = 0, place               # of n-ary operations: which of xs, ys, bias
        for group in groups:
            if self.index < len(group):
                break
            self.group, self.index = self.group + 1, self.index - len(group)
        self.groups = dict(zip(self.operation.operands, groups, strict=bool(groups)))
        self.element = ""                               # what the formula calls the operand in this place
        self.conditions: list[ast.expr] = []            # that were met

    def formula(self) -> Formula:
        text = self.operation.derivatives[self.group if self.groups else self.place]
        return self.read(_parsed(text))

    def reason(self) -> str:
        """What decided which case of the formula holds, or which operand is the largest."""
        numbers, f = self.numbers, self.write.data_of(self.result)
        slope = self.result.local_grads[self.place]
        if not isclose(self.operation.evaluate(FLOATS, numbers), f) or not isclose(
            self.operation.differentiate(FLOATS, numbers, f)[self.place], slope
        ):
            return ""                                   # a number has changed since, or is nan
        if self.operation is MAX or self.operation is MIN:
            return self.chosen()
        self.formula()
        decisive = self.conditions[-1:]                 # where() in where(): the last decides
        if self.operation is CLIP:                      # a product, or a sum, of conditions
            decisive = [each for each in self.conditions if bool(self.decided(each)) == bool(slope)]
        return " and ".join(filter(None, map(self.relation, decisive)))

    def chosen(self) -> str:
        """Which operand is the largest, or the smallest."""
        operands, what = self.result.operands, "largest" if self.operation is MAX else "smallest"
        places = [k for k, x in enumerate(self.numbers) if x == self.write.data_of(self.result)]
        if len(places) > 2:
            return f"{len(places)} operands are the {what}"
        names = [self.write.operand(operands[k]).within(MINUS).text for k in places]
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} the {what}" if names else ""

    def relation(self, condition: ast.expr) -> str:
        """How the two sides of a condition compare; "" if one is nan."""
        match condition:
            case ast.Compare(left=left, comparators=[right]):
                x, y = self.decided(left), self.decided(right)
                sign = "<" if x < y else ">" if x > y else "=" if x == y else ""
                sides = [self.read(side).within(MINUS).text for side in (left, right)]
                return f" {sign} ".join(sides) if sign else ""
        flag, number = self.result.operands[0], self.decided(condition)          # of where(flag, y, z)
        if type(flag) is Value and flag.operation.sign in COMPARISONS and not flag.label:
            return _Slope(self.write, flag, 0).relation(_parsed(flag.operation.value))
        said = self.read(condition)
        if said.number is not None:
            return f"the condition is {said.text}"
        return f"{said.within(MINUS).text} {'≠' if number else '='} 0"

    def read(self, node: ast.expr) -> Formula:
        match node:
            case ast.Constant(value=float() | int() as number):
                return self.write.number(float(number))
            case ast.Name(id=what):
                return self.named(what)
            case ast.UnaryOp(op=ast.USub(), operand=inside):
                return opposite(self.read(inside))
            case ast.BinOp(left=left, op=sign, right=right):
                return self.arithmetic(sign, self.read(left), self.read(right))
            case ast.Compare():
                self.conditions.append(node)
                return self.write.number(self.decided(node))
            case ast.ListComp(elt=element, generators=[ast.comprehension(target=ast.Name(id=each))]):
                self.element = each
                return self.read(element)
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                return self.read(yes if self.holds(condition) else no)
            case ast.Call(func=ast.Name(id="len")):
                return self.write.number(float(len(self.groups["xs"])))
            case ast.Call(func=ast.Name(id="shares")):
                return self.share()
            case ast.Call(func=ast.Name(id="products_of_others")):
                return self.product_of_others()
            case ast.Call(func=ast.Name(id=function), args=operands):
                return called(function, [self.read(x) for x in operands])
        raise NotImplementedError(ast.unparse(node))

    def named(self, what: str) -> Formula:
        if what == "f":
            return self.write.operand(self.result)
        if what == "pi":
            return PI
        if what == "nan":
            return self.write.number(nan)
        if what in self.groups:
            return self.write.operand(self.groups[what][self.index])
        place = self.place if what == self.element else self.operation.operands.index(what)
        return self.write.operand(self.result.operands[place])

    def arithmetic(self, sign: ast.operator, left: Formula, right: Formula) -> Formula:
        write = self.write
        match sign:
            case ast.Add():
                return write.plus(left, right)
            case ast.Sub():
                return write.plus(left, opposite(right))
            case ast.Mult():
                return write.times(left, right)
            case ast.Div():
                return write.over(left, right)
            case _:
                return write.power(left, right)

    def holds(self, condition: ast.expr) -> bool:
        """Whether a condition holds for the numbers at hand."""
        if self.operation is POW and ast.unparse(condition) == "y > 0":
            return True                 # below 0 the row has the same in other words, for the last digit
        self.conditions.append(condition)
        return bool(self.decided(condition))

    def decided(self, condition: ast.expr) -> float:
        decide = compiled(ast.unparse(condition), (*self.operation.operands, "f"), FLOATS)
        return float(decide(*self.numbers, self.write.data_of(self.result)))

    @property
    def numbers(self) -> list[float]:
        """Those of the operands."""
        return [self.write.data_of(x) if type(x) is Value else float(x) for x in self.result.operands]

    def share(self) -> Formula:
        """The part of one operand: of the weights e^x, or of those that are the largest."""
        if self.operation is not LOGSUMEXP:
            return self.write.number(self.result.local_grads[self.place])
        x, f = self.write.operand(self.result.operands[self.place]), self.write.operand(self.result)
        return called("exp", [self.write.plus(x, opposite(f))])

    def product_of_others(self) -> Formula:
        operands = self.result.operands
        if len(operands) <= MOST + 1:
            others = [self.write.operand(x) for k, x in enumerate(operands) if k != self.place]
            return self.write.times(*others)
        x, slope = self.numbers[self.place], self.result.local_grads[self.place]
        if x == 0 or not isclose(self.write.data_of(self.result) / x, slope):      # the product may have overflowed
            return self.write.number(slope)
        return self.write.over(self.write.operand(self.result), self.write.operand(operands[self.place]))


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
