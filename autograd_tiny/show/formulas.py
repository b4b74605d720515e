"""How a Value was computed, and its local derivatives, as formulas to read: as text and in LaTeX.

The formulas of the local derivatives are those of calculus/operations.py: with the operands' names in them, in
the case that applies to the operands' numbers, and simplified as in a textbook: 1·a is a, and 2·x^(2 − 1) is 2·x.
typesetting.py puts the parts together.
"""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import isclose
from typing import TypeAlias, TypeVar

from ..calculus.floats import FLOATS
from ..calculus.operations import (
    CLIP, DOT, ELU, LEAKY_RELU, LOGSUMEXP, MAX, MAXIMUM, MEAN, MIN, MINIMUM, PROD, RELU, SIGMOID, SUM, TAKE, TANH,
    WHERE,
)
from ..engine.custom import FormulaOperation
from ..engine.value import Value
from .typesetting import (
    COMPARISONS, DOTS, EMPTY, MINUS, PI, Formula, called, comparison, difference, divided, multiplied, name, negated,
    negation, number, raised, summed,
)

Operand = TypeVar("Operand")
Namer: TypeAlias = "Callable[[Value | float], str]"     # the name of an operand, or the text of a number

MAX_TERMS = 4                                           # that are shown, of a sum or product of many
LONGEST_WRITTEN = 60                                    # characters of an operation of a user that is written out
# The same derivatives as the rows have, which state them so that no digits are lost far from 0.
TEXTBOOK = {SIGMOID: "f * (1 - f)", TANH: "1 - f * f"}
KINKED = {RELU, LEAKY_RELU, ELU, MAXIMUM, MINIMUM, WHERE, CLIP, MAX, MIN, TAKE}


def value_formula(result: Value, namer: Namer) -> str:
    """How a Value was computed, in names: "a + b", "sigmoid(s)", "x²"; "" for a leaf.

    Of many terms some are left out: "…". An operation that a user has defined by a formula is written out.
    """
    return Formulas(namer).value(result).text


def value_latex(result: Value, namer: Namer) -> str:
    """The same in LaTeX, for math mode."""
    return Formulas(namer).value(result).latex


def local_derivative_formula(result: Value, place: int, namer: Namer) -> str:
    """The local derivative of a Value with respect to one of its operands: "o·(1 − o)", "2·x", "1".

    The number itself for an operation without formulas, one of Python functions.
    """
    return Formulas(namer).local_derivative(result, place).text


def local_derivative_latex(result: Value, place: int, namer: Namer) -> str:
    """The same in LaTeX, for math mode."""
    return Formulas(namer).local_derivative(result, place).latex


class Formulas:
    """Formulas with the names that a namer gives."""

    def __init__(self, namer: Namer) -> None:
        self.namer = namer

    def number(self, x: float) -> Formula:
        """A number, as the namer writes it."""
        return number(x, self.namer(x))

    def operand(self, x: Value | float) -> Formula:
        """The name of an operand, or its number."""
        if type(x) is not Value:
            return self.number(x)  # type: ignore[arg-type]
        text, data = self.namer(x), self.data_of(x)
        return self.number(data) if text == self.namer(data) else name(text)

    def data_of(self, x: Value) -> float:
        """The number of a Value: its own, or one that was recorded earlier, in a subclass."""
        return x.data

    # ---- how a Value was computed

    def value(self, result: Value) -> Formula:
        """How it was computed; the empty formula for a leaf."""
        operation = result.operation
        if not operation.operands:
            return EMPTY
        if operation.is_nary:
            return self._of_many(result)
        operands = [self.operand(x) for x in result.operands]
        match operation.sign, operands:
            case "+", [_, _]:
                return summed(operands)
            case "-", [left, right]:
                return difference(left, right)
            case "*", [_, _]:
                return multiplied(operands)
            case "/", [left, right]:
                return divided(left, right)
            case "**", [left, right]:
                return raised(left, right)
            case "neg", [only]:
                return negation(only)
            case sign, [left, right] if sign in COMPARISONS:
                return comparison(left, sign, right)
        if type(operation) is FormulaOperation:
            written = _LocalDerivative(self, result, 0).translate(_parsed(operation.value))
            if len(written.text) <= LONGEST_WRITTEN:
                return written
        return called(operation.name, operands)

    def _of_many(self, result: Value) -> Formula:
        operation, operands = result.operation, result.operands
        if operation is DOT:
            xs, ys, bias = operation.grouped(operands)
            products = _few([*zip(xs, ys, strict=True)], lambda pair: multiplied([*map(self.operand, pair)]))
            return summed([*products, *map(self.operand, bias)] or [self.number(0.0)])
        if operation is TAKE:
            return called("take", [*_few(operands[:-1], self.operand), self.operand(operands[-1])])
        terms = _few(operands, self.operand)
        if operation is PROD:
            return multiplied(terms)
        if operation is SUM or operation is MEAN:
            total = summed(terms)
            return total if operation is SUM else divided(total, self.number(float(len(operands))))
        return called(operation.name, terms)

    # ---- its local derivatives

    def local_derivative(self, result: Value, place: int) -> Formula:
        """The derivative of result with respect to its operand in this place."""
        recorded = result.local_grads[place]
        if not result.operation.derivatives:
            return self.number(recorded)
        found = _LocalDerivative(self, result, place).formula()
        is_stale = found.number is not None and found.number != recorded       # a number has changed since
        return self.number(recorded) if is_stale else found

    def reason(self, result: Value, place: int) -> str:
        """Why a local derivative of an operation with a kink has its value: "a < 0"; "" for other operations.

        It is "" too if the operands' numbers are no longer those that the local derivative was computed from.
        """
        return _LocalDerivative(self, result, place).reason() if result.operation in KINKED else ""

    # ---- simplified arithmetic

    def plus(self, left: Formula, right: Formula) -> Formula:
        """left + right, simplified."""
        if left.number is not None and right.number is not None:
            return self.number(left.number + right.number)
        if 0 in (left.number, right.number):
            return right if left.number == 0 else left
        return difference(left, right.without_minus) if right.without_minus else summed((left, right))

    def times(self, *factors: Formula) -> Formula:
        """The product of the factors, simplified: their numbers become one, in front."""
        coefficient, numerator, denominator = 1.0, list[Formula](), list[Formula]()
        left = [*reversed(factors)]
        while left:
            factor = left.pop()
            if factor.without_minus:
                coefficient, factor = -coefficient, factor.without_minus
            if factor.number is not None:
                coefficient *= factor.number
            elif factor.numerator:
                left += reversed(factor.numerator)
                denominator += factor.denominator
            else:
                numerator.append(factor)
        if coefficient == 0:
            return self.number(0.0)
        below = [part for each in denominator for part in _factors(each)]
        return self._quotient(coefficient, self._powers(numerator), self._powers(below))

    def _quotient(self, coefficient: float, numerator: list[Formula], denominator: list[Formula]) -> Formula:
        """A number times the quotient of two products."""
        if not numerator and not denominator:
            return self.number(coefficient)
        is_written = not numerator or abs(coefficient) != 1
        found = multiplied([self.number(abs(coefficient)), *numerator] if is_written else numerator)
        if denominator:
            found = divided(found, multiplied(denominator))
        return negated(found) if coefficient < 0 else found

    def _powers(self, factors: Iterable[Formula]) -> list[Formula]:
        """x·y·x as x²·y."""
        counts = Counter(factors)
        return [raised(each, self.number(n)) if n > 1 else each for each, n in counts.items()]

    def over(self, top: Formula, bottom: Formula) -> Formula:
        """top / bottom, simplified."""
        if bottom.without_minus:
            return self.over(negated(top), bottom.without_minus)
        if bottom.number == 1 or top.number == 0:
            return top
        return self.times(top, divided(self.number(1.0), bottom))

    def power(self, base: Formula, exponent: Formula) -> Formula:
        """base to the power exponent, simplified."""
        if exponent.number == 1:
            return base
        return self.number(1.0) if exponent.number == 0 else raised(base, exponent)


def _few(operands: Sequence[Operand], written: Callable[[Operand], Formula]) -> list[Formula]:
    """The formulas of the operands; of many, the first few and the last, with dots between them."""
    if len(operands) <= MAX_TERMS:
        return [*map(written, operands)]
    return [*map(written, operands[: MAX_TERMS - 1]), DOTS, written(operands[-1])]


def _factors(formula: Formula) -> tuple[Formula, ...]:
    """The factors of a product; a fraction is one itself."""
    return (formula,) if formula.denominator or not formula.numerator else formula.numerator


class _LocalDerivative:
    """One local derivative: the formula in the row of the operation, with the operands of a Value."""

    def __init__(self, formulas: Formulas, result: Value, place: int) -> None:
        self.formulas, self.result, self.place = formulas, result, place
        self.operation = result.operation
        groups = self.operation.grouped(result.operands) if self.operation.is_nary else ()
        self.groups = dict(zip(self.operation.operands, groups, strict=bool(groups)))
        self.row, self.index = _position(groups, place)     # which of xs, ys, bias; the place in it
        self.element = ""                                   # the formula's name for the operand in this place
        self.conditions: list[ast.expr] = []                # of the cases that were chosen

    def formula(self) -> Formula:
        return self.translate(_parsed(TEXTBOOK.get(self.operation) or self.operation.derivatives[self.row]))

    def reason(self) -> str:
        """Which condition decided the case of the formula, or which operand is the largest."""
        if self.is_outdated():
            return ""
        if self.operation is MAX or self.operation is MIN:
            return self.selected_operands()
        if self.operation is TAKE:
            index = self.formulas.operand(self.result.operands[-1])
            is_named = index.number is None and index.text
            return f"{index.text if is_named else 'the index'} is {self.numbers[-1]:g}"
        self.formula()
        decisive = self.conditions[-1:]                     # where() in where(): the last decides
        if self.operation is CLIP:                          # a product, or a sum, of conditions
            is_nonzero = bool(self.recorded)
            decisive = [each for each in self.conditions if bool(self.evaluated(each)) == is_nonzero]
        return " and ".join(filter(None, map(self.relation, decisive)))

    def is_outdated(self) -> bool:
        """Whether a number has changed since the local derivative was computed, or is nan."""
        numbers, data = self.numbers, self.data
        return not isclose(self.operation.evaluate(FLOATS, numbers), data) or not isclose(
            self.operation.differentiate(FLOATS, numbers, data)[self.place], self.recorded
        )

    def selected_operands(self) -> str:
        """Which operand is the largest, or the smallest."""
        extreme = "largest" if self.operation is MAX else "smallest"
        places = [k for k, x in enumerate(self.numbers) if x == self.data]
        if len(places) > 2:
            return f"{len(places)} operands are the {extreme}"
        names = [self.formulas.operand(self.result.operands[k]).within(MINUS).text for k in places]
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} the {extreme}" if names else ""

    def relation(self, condition: ast.expr) -> str:
        """How the two sides of a condition compare; "" if one is nan."""
        match condition:
            case ast.Compare(left=left, comparators=[right]):
                x, y = self.evaluated(left), self.evaluated(right)
                sign = "<" if x < y else ">" if x > y else "=" if x == y else ""
                sides = [self.translate(side).within(MINUS).text for side in (left, right)]
                return f" {sign} ".join(sides) if sign else ""
        flag = self.result.operands[0]                      # of where(flag, y, z)
        if type(flag) is Value and flag.operation.sign in COMPARISONS and not flag.label:
            return _LocalDerivative(self.formulas, flag, 0).relation(_parsed(flag.operation.value))
        formula = self.translate(condition)
        if formula.number is not None:
            return f"the condition is {formula.text}"
        return f"{formula.within(MINUS).text} {'≠' if self.evaluated(condition) else '='} 0"

    # ---- numbers

    @property
    def numbers(self) -> list[float]:
        """Those of the operands."""
        return [self.formulas.data_of(x) if type(x) is Value else float(x) for x in self.result.operands]

    @property
    def data(self) -> float:
        return self.formulas.data_of(self.result)

    @property
    def recorded(self) -> float:
        """The local derivative, as the forward pass recorded it."""
        return self.result.local_grads[self.place]

    def evaluated(self, formula: ast.expr) -> float:
        function = self.operation.compiled(ast.unparse(formula), (*self.operation.operands, "f"), FLOATS)
        return float(function(*self.numbers, self.data))

    # ---- from the row's syntax tree to a formula

    def translate(self, node: ast.expr) -> Formula:
        match node:
            case ast.Constant(value=float() | int() as number):
                return self.formulas.number(float(number))
            case ast.Name(id=name):
                return self.named(name)
            case ast.UnaryOp(op=ast.USub(), operand=inside):
                return negated(self.translate(inside))
            case ast.BinOp(left=left, op=operator, right=right):
                return self.arithmetic(operator, self.translate(left), self.translate(right))
            case ast.Compare():
                self.conditions.append(node)
                return self.formulas.number(self.evaluated(node))
            case ast.ListComp(elt=element, generators=[ast.comprehension(target=ast.Name(id=name))]):
                self.element = name
                return self.translate(element)
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                return self.translate(yes if self.holds(condition) else no)
            case ast.Call(func=ast.Name(id="len")):
                return self.formulas.number(float(len(self.groups["xs"])))
            case ast.Call(func=ast.Name(id="one_hot")):
                return self.formulas.number(self.recorded)
            case ast.Call(func=ast.Name(id="shares")):
                return self.share()
            case ast.Call(func=ast.Name(id="products_of_others")):
                return self.product_of_others()
            case ast.Call(func=ast.Name(id=function), args=operands):
                return called(function, [self.translate(x) for x in operands])
        raise NotImplementedError(ast.unparse(node))

    def named(self, name: str) -> Formula:
        """The meaning of a name in the row."""
        if name == "pi":
            return PI
        if name in ("inf", "nan"):
            return self.formulas.number(float(name))
        if name == "f":
            return self.formulas.operand(self.result)
        if name in self.groups:
            return self.formulas.operand(self.groups[name][self.index])
        place = self.place if name == self.element else self.operation.operands.index(name)
        return self.formulas.operand(self.result.operands[place])

    def arithmetic(self, operator: ast.operator, left: Formula, right: Formula) -> Formula:
        match operator:
            case ast.Add():
                return self.formulas.plus(left, right)
            case ast.Sub():
                return self.formulas.plus(left, negated(right))
            case ast.Mult():
                return self.formulas.times(left, right)
            case ast.Div():
                return self.formulas.over(left, right)
        return self.formulas.power(left, right)

    def holds(self, condition: ast.expr) -> bool:
        """Whether a condition holds for the operands' numbers."""
        self.conditions.append(condition)
        return bool(self.evaluated(condition))

    def share(self) -> Formula:
        """The share of one operand: among the weights e^x, or among those that are the largest."""
        if self.operation is not LOGSUMEXP:
            return self.formulas.number(self.recorded)
        x, f = self.formulas.operand(self.result.operands[self.place]), self.formulas.operand(self.result)
        return called("exp", [self.formulas.plus(x, negated(f))])

    def product_of_others(self) -> Formula:
        operands = self.result.operands
        if len(operands) <= MAX_TERMS + 1:
            others = [self.formulas.operand(x) for k, x in enumerate(operands) if k != self.place]
            return self.formulas.times(*others)
        x = self.numbers[self.place]
        if x == 0 or not isclose(self.data / x, self.recorded):          # the product may have overflowed
            return self.formulas.number(self.recorded)
        return self.formulas.over(self.formulas.operand(self.result), self.formulas.operand(operands[self.place]))


def _position(groups: Iterable[Sequence[Value | float]], place: int) -> tuple[int, int]:
    """Which group the operand in this place belongs to, and its place in the group; (place, 0) without groups."""
    for row, group in enumerate(groups):
        if place < len(group):
            return row, place
        place -= len(group)
    return place, 0


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
