"""The methods of Tape that write it in another language, or make a function of another library of it.

Each imports its module when it is called.
"""
from __future__ import annotations

from .source import Source


class Exported:
    """Tape inherits these methods."""

    def _source(self) -> Source:
        """What is exported."""
        raise NotImplementedError
