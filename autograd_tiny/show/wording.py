"""Counts in words: "2 paths", "1,000 paths"."""
from __future__ import annotations

from .paths import Count


def counted(n: Count, noun: str) -> str:
    """1 path, 2 paths, 1,000 paths."""
    if n == 1:
        return f"1 {noun}"
    return f"{with_commas(n)} {noun[:-1] + 'ves' if noun.endswith('leaf') else noun + 's'}"


def with_commas(n: Count) -> str:
    """A count with its digits in threes."""
    return f"{n:,}" if isinstance(n, int) and n < 10**60 else str(n)
