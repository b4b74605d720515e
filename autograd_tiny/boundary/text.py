"""Text that people see: harmless names that are not too long, and letters that an output stream can encode.

Names come from outside: labels, scopes, names of units, functions and files. Whatever shows one uses `one_line` or
`shortened`. Whatever returns a text to print uses `printable`.
"""
from __future__ import annotations

import sys
from codecs import lookup
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache

LONGEST_SHOWN = 60          # characters of a name or a repr in a message
MOST_LISTED = 8             # names in a message

# in the output of this package, and in labels
IN_ASCII = {
    "…": "...", "∂": "d", "·": "*", "×": "x", "÷": "/", "−": "-", "—": "-", "±": "+-", "→": "->", "↑": "^", "↓": "v",
    "≠": "!=", "≈": "~", "≤": "<=", "≥": ">=", "∞": "inf", "√": "sqrt", "∫": "integral", "π": "pi", "\ufffd": "?",
    "├": "|", "└": "`", "│": "|", "─": "-", "\xa0": " ", "\u2003": " ",
    **dict(zip("▁▂▃▄▅▆▇█", ".:-=+*%#", strict=True)), **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
}
SUPERSCRIPTS = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹ˣ", "-0123456789x", strict=True))


# ---- names

def one_line(text: object) -> str:
    """A text on one line, in which control characters, lone surrogates and the like are replaced by U+FFFD."""
    text = str(text)
    if not (text.isascii() and text.isprintable()):
        text = text.translate(_harmful())
    return " ".join(text.split())


@cache
def _harmful() -> dict[int, str]:
    """What a terminal obeys, what XML and UTF-8 cannot hold, and what changes the direction of a text."""
    spaces = ord("\t"), ord("\n"), ord("\r")
    ranges = (
        range(0x20), range(0x7F, 0xA0), range(0x202A, 0x202F), range(0x2066, 0x206A), range(0xD800, 0xE000),
        range(0xFFFE, 0x10000),
    )
    return {code: "\ufffd" for each in ranges for code in each if code not in spaces}


def shortened(text: object, most: int = LONGEST_SHOWN) -> str:
    """A text on one line, cut in the middle if it is longer than `most` characters."""
    line, half = one_line(text), most // 2
    return line if len(line) <= most else f"{line[: half - 1]}…{line[-half:]}"


def quoted(x: object) -> str:
    """The repr of an object for a message."""
    return shortened(repr(x))


def some_of(names: Collection[object], sign: str = ", ", most: int = LONGEST_SHOWN) -> str:
    """Names for a message, the first few of many: "a, b, … and 10 more". most: the characters of each."""
    first = [shortened(name, most) for name, _ in zip(names, range(MOST_LISTED), strict=False)]
    more = len(names) - len(first)
    return sign.join([*first, *([f"… and {more:,} more"] if more else [])])


# ---- what sys.stdout can print

def printable(text: str, spelled: Callable[[str], str] | None = None) -> str:
    """A text in which the characters that sys.stdout cannot encode are spelled otherwise.

    print() raises UnicodeEncodeError for one of them, and an object does not know who will print its text. So, as in
    SymPy, the text of an object depends on sys.stdout: in UTF-8 it is what it is.

    Args:
        text: The text.
        spelled: The spelling of one character in a text that is read as UTF-8, such as SVG; by default in ASCII.
    """
    encoding = _encoding()
    if _can_encode(text, encoding) and not (spelled and encoding[:3] != "utf"):
        return text
    if spelled:
        return "".join(character if character.isascii() else spelled(character) for character in text)
    return "".join(run if _can_encode(run, encoding) else _in_ascii(run) for run in _runs(text))


def as_entity(character: str) -> str:
    """A character as in HTML, SVG and the language of dot."""
    return f"&#{ord(character)};"


def _encoding() -> str:
    try:
        return lookup(sys.stdout.encoding).name
    except (AttributeError, TypeError, ValueError, LookupError):        # no such stream; one without an encoding
        return "utf-8"


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _runs(text: str) -> Iterable[str]:
    """The characters, but superscripts that belong together in one piece."""
    run = ""
    for character in text:
        if character in SUPERSCRIPTS:
            run += character
            continue
        if run:
            yield run
        run = ""
        yield character
    if run:
        yield run


def _in_ascii(run: str) -> str:
    if run[0] in SUPERSCRIPTS:
        return "^" + "".join(map(SUPERSCRIPTS.__getitem__, run))
    return IN_ASCII.get(run) or run.encode("ascii", "backslashreplace").decode()


# ---- tables

def aligned(rows: Sequence[Sequence[str]], numbers: Collection[int] = (), gap: str = "  ") -> list[str]:
    """The rows of a table as lines.

    Args:
        rows: The cells; a row may have less of them than others.
        numbers: The columns that end at the right.
        gap: What stands between columns.
    """
    table = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[k]) for row in table if k < len(row)) for k in range(max(map(len, table), default=0))]
    return [
        gap.join(
            cell.rjust(widths[k]) if k in numbers else cell.ljust(widths[k]) for k, cell in enumerate(row)
        ).rstrip()
        for row in table
    ]
