"""Counts and lists in words: "2 paths", "1,000 paths", "a, b and c"."""
from __future__ import annotations

from collections.abc import Sequence

from .paths import Count

MAX_LISTED = 6          # words


def counted(n: Count, noun: str) -> str:
    """1 path, 2 paths, 1,000 paths."""
    if n == 1:
        return f"1 {noun}"
    return f"{with_commas(n)} {noun[:-1] + 'ves' if noun.endswith('leaf') else noun + 's'}"


def with_commas(n: Count) -> str:
    """A count with its digits in threes."""
    return f"{n:,}" if isinstance(n, int) and n < 10**60 else str(n)


def listed(words: Sequence[str]) -> str:
    """a, b and c; of many the first few, and the number of the others."""
    if len(words) > MAX_LISTED:
        return f"{', '.join(words[:MAX_LISTED - 1])} and {len(words) - MAX_LISTED + 1} others"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
