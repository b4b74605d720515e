"""Names from outside in source code: identifiers of another language, and texts that stay in comments and strings.

A label may be anything. Nothing of it reaches a file but ASCII letters, digits and underscores as an identifier, or
escapes that cannot end the comment or the string around them.
"""
from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from keyword import kwlist, softkwlist
from typing import NamedTuple

from ...boundary.text import shortened
from ..listing import told_apart

MOST = 40                           # characters of an identifier, before it is told apart from others
MOST_LISTED = 2000                  # lines of names in a comment
MOST_DIGITS = 15                    # of a number that counts, so that a float has it, too


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# of C99 and C++20, macros of their headers and of platforms, and functions that <math.h> may declare
C_KEYWORDS = words("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class co_await
    co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default delete do
    double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable
    namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast
    requires restrict return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq complex imaginary I INFINITY NAN NULL EOF HUGE_VAL linux unix i386 main errno assert size_t ptrdiff_t div
""") | {
    name + suffix for suffix in ("", "f", "l") for name in words("""
        abs acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs
        fdim finite floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn ldexp lgamma llrint llround
        log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder remquo rint
        round scalb scalbln scalbn signbit significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
    """)
} | words("fpclassify isfinite isnormal isgreater isless isunordered signgam matherr double_t float_t")
JAVASCRIPT_KEYWORDS = words("""
    abstract arguments async await boolean break byte case catch char class const continue debugger default delete do
    double else enum eval export extends false final finally float for function get goto if implements import in
    instanceof int interface let long native new null of package private protected public return set short static
    super switch synchronized this throw throws transient true try typeof undefined var void volatile while with yield
    NaN Infinity Math Number Object Array Float32Array Float64Array globalThis
""")
PYTHON_KEYWORDS = frozenset([*kwlist, *softkwlist])


def identifier(text: str, keywords: Collection[str], fallback: str = "x") -> str:
    """A text as an identifier of ASCII letters, digits and underscores; Greek letters are spelled.

    There are no two underscores in a row and none in front, which C++ reserves.

    Args:
        text: Any text.
        keywords: Words that are no identifiers in the language.
        fallback: For a text without a letter or digit, and in front of a digit.
    """
    name = re.sub("_+", "_", _spelled(text)).strip("_")[:MOST].rstrip("_")
    if not name or name[0].isdigit():
        name = f"{fallback}{'_' if name and fallback[-1:].isdigit() else ''}{name}"
    return f"{name}_" if name in keywords else name


def identifiers(
    texts: Iterable[str], keywords: Collection[str], fallback: str = "x", taken: Iterable[str] = ()
) -> list[str]:
    """An identifier for each text, all different; see `identifier`, and told_apart for how.

    A text that is an identifier itself comes before others that are spelled like it.

    Args:
        texts, keywords: See `identifier`.
        fallback: For a text without a letter or digit, with its position behind it; and in front of a digit.
        taken: Identifiers that mean something else already.
    """
    found, ranks = [], []
    for k, text in enumerate(texts):
        is_empty = not any(map(str.isalnum, _spelled(text)))
        name = f"{fallback}{k}" if is_empty else identifier(text, keywords, fallback)
        found.append(name)
        ranks.append(2 if is_empty else int(name != text))
    return told_apart(found, ranks, taken)


class Run(NamedTuple):
    """Labels in which a number counts up: w[3], w[4], w[5].

    Attributes:
        before, behind: The texts around the number.
        first: The number in the first label.
        length: How many labels there are.
    """

    before: str
    first: int
    behind: str
    length: int = 1

    def label(self, k: int) -> str:
        return f"{self.before}{self.first + k}{self.behind}"


def in_runs(labels: Iterable[str]) -> list[Run | str]:
    """Labels in their order, with a run in the place of three or more in which the last number counts up."""
    found: list[Run | str] = []
    for label in labels:
        each, last = _split_at_number(label), found[-1] if found else ""
        if isinstance(last, Run) and each == (last.before, last.first + last.length, last.behind, 1):
            found[-1] = last._replace(length=last.length + 1)
        else:
            found.append(each)
    return [part for run in found for part in ([run] if isinstance(run, str) else _unless_short(run))]


def _split_at_number(label: str) -> Run | str:
    """A label as a run of one; the label itself where no number in it can count."""
    number = re.search("[0-9]+", label[::-1])
    if number is None:
        return label
    begin, end = len(label) - number.end(), len(label) - number.start()
    digits = label[begin:end]
    if len(digits) > MOST_DIGITS or (digits[0] == "0" and digits != "0"):
        return label
    return Run(label[:begin], int(digits), label[end:])


def _unless_short(run: Run) -> Iterable[Run | str]:
    return [run] if run.length > 2 else map(run.label, range(run.length))


def listed(labels: Sequence[str]) -> list[str]:
    """Lines for a comment with the position and the text of each label: "7: b", "0 to 6: w[0] to w[6]"."""
    lines: list[str] = []
    place = 0
    for part in in_runs(labels):
        if len(lines) == MOST_LISTED:
            return [*lines, f"and {len(labels) - place} more"]
        if isinstance(part, str):
            lines.append(f"{place}: {in_comment(part)}")
            place += 1
        else:
            last = part.length - 1
            ends = f"{in_comment(part.label(0))} to {in_comment(part.label(last))}"
            lines.append(f"{place} to {place + last}: {ends}")
            place += part.length
    return lines


def in_comment(text: str) -> str:
    """A text inside a comment of C, C++ or JavaScript: itself if it is harmless, else a string with escapes.

    The comment may stand inside <script>, too.
    """
    text = shortened(text)
    if re.fullmatch(r"[\w.\[\]() -]+", text, re.ASCII):
        return text
    escaped = json.dumps(text)                  # ASCII, on one line, and with a quotation mark at the end
    for harmful, harmless in (("*/", r"*\/"), ("/*", r"/\*"), ("//", r"/\/"), ("??", r"?\?"), ("<", r"\u003c")):
        escaped = escaped.replace(harmful, harmless)
    return escaped


def in_string(text: str) -> str:
    """A text as a string literal of JavaScript, JSON and Python, also inside <script>."""
    return json.dumps(text).replace("<", r"\u003c")


def _spelled(text: str) -> str:
    """The beginning of a text in ASCII letters, digits and underscores."""
    return "".join(map(_in_ascii, unicodedata.normalize("NFKD", text[: 4 * MOST])))


def _in_ascii(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else "_"
    if unicodedata.combining(character):
        return ""
    name = unicodedata.name(character, "")
    spelled = re.match(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)", name)
    if not spelled:
        return "_"
    return spelled[2].capitalize() if spelled[1] == "CAPITAL" else spelled[2].lower()
