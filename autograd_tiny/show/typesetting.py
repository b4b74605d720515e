"""Formulas as text and in LaTeX: names, numbers, sums, products, powers and calls, with the brackets they need.

Nothing is simplified here; formulas.py does that, and decides which formula to write.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from .names import plain

# precedences: an operator that binds more tightly has a higher one
LOOSE, MINUS, SUMMED, DIVIDED, MULTIPLIED, RAISED, ATOM = range(7)
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


@dataclass(frozen=True)
class Formula:
    """A formula as text and in LaTeX, with as much of its structure as a formula around it needs.

    Attributes:
        text: As text, "2·x".
        latex: In LaTeX, for math mode.
        precedence: How tightly its outermost operator binds.
        number: Its value, if it is a number.
        without_minus: The rest of it, if it begins with a minus sign.
        numerator: The factors of a product, or the numerator of a fraction.
        denominator: The denominator of a fraction.
    """

    text: str
    latex: str
    precedence: int = ATOM
    number: float | None = None
    without_minus: Formula | None = None
    numerator: tuple[Formula, ...] = ()
    denominator: tuple[Formula, ...] = ()

    def within(self, precedence: int) -> Formula:
        """Itself, in brackets if it binds less tightly than that."""
        if self.precedence >= precedence:
            return self
        return Formula(f"({self.text})", rf"\left({self.latex}\right)")


EMPTY = Formula("", "")
DOTS = Formula("…", r"\cdots")
PI = Formula("π", r"\pi")


# ---- names and numbers

def name(text: str) -> Formula:
    """A label, which counts as one symbol unless it looks like a formula.

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
    r"""A name in LaTeX: x, w_{11}, \mathrm{net\_h1}. Characters that are special in LaTeX are escaped."""
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
    """A text with the special characters of LaTeX's math mode escaped."""
    return "".join(SPECIAL.get(character, character) for character in text)


def number(x: float, text: str) -> Formula:
    """A number, which has this text."""
    if text.startswith("−"):
        return negated(number(-x, text[1:]))
    return Formula(text, latex_number(text), number=float(x))


def latex_number(text: str) -> str:
    """A number as names.readable writes it, in LaTeX."""
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    if mantissa in ("inf", "nan"):
        return r"\infty" if mantissa == "inf" else r"\mathrm{nan}"
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


# ---- operators

def negated(term: Formula) -> Formula:
    """−term; of −term, the term."""
    if term.without_minus:
        return term.without_minus
    inside = term.within(DIVIDED)
    number = None if term.number is None else -term.number
    return Formula(f"−{inside.text}", f"-{inside.latex}", MINUS, number, term)


def negation(term: Formula) -> Formula:
    """−term, also if that has a minus sign already: −(−a)."""
    if not term.without_minus:
        return negated(term)
    inside = term.within(ATOM)
    return Formula(f"−{inside.text}", f"-{inside.latex}", MINUS, without_minus=term)


def summed(terms: Sequence[Formula]) -> Formula:
    """The sum of the terms."""
    return reduce(lambda total, term: _joined(total, "+", "+", term.within(DIVIDED), SUMMED), terms)


def difference(left: Formula, right: Formula) -> Formula:
    """left − right."""
    return _joined(left, "−", "-", right.within(DIVIDED), SUMMED)


def comparison(left: Formula, sign: str, right: Formula) -> Formula:
    """left < right, for one of the signs in COMPARISONS."""
    return _joined(left, sign, COMPARISONS[sign], right.within(MINUS), LOOSE)


def _joined(left: Formula, sign: str, latex_sign: str, right: Formula, precedence: int) -> Formula:
    left = left.within(MINUS)
    return Formula(f"{left.text} {sign} {right.text}", f"{left.latex} {latex_sign} {right.latex}", precedence)


def multiplied(factors: Sequence[Formula]) -> Formula:
    """The product of the factors; a minus sign of the first one stands before the product."""
    if len(factors) == 1:
        return factors[0]
    if factors[0].without_minus:
        return negated(multiplied((factors[0].without_minus, *factors[1:])))
    bound = [factor.within(MULTIPLIED) for factor in factors]
    text, latex = "·".join(each.text for each in bound), r" \cdot ".join(each.latex for each in bound)
    return Formula(text, latex, MULTIPLIED, numerator=tuple(factors))


def divided(top: Formula, bottom: Formula) -> Formula:
    """top / bottom; a minus sign of the top stands before the fraction."""
    if top.without_minus:
        return negated(divided(top.without_minus, bottom))
    text = f"{top.within(MULTIPLIED).text}/{bottom.within(RAISED).text}"
    latex = rf"\frac{{{top.latex}}}{{{bottom.latex}}}"
    return Formula(text, latex, DIVIDED, numerator=(top,), denominator=(bottom,))


def raised(base: Formula, exponent: Formula) -> Formula:
    """base to the power exponent."""
    base = base.within(ATOM)
    is_short = exponent.number is not None and re.fullmatch(r"−?\d{1,2}", exponent.text)
    upper = exponent.text.translate(SUPERSCRIPTS) if is_short else f"^{exponent.within(ATOM).text}"
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
