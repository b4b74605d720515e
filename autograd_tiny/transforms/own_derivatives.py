"""Functions that bring their own derivatives: grad and the like ask these instead of differentiating a call of them.

replay/jit.py has such functions: those that were recorded.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class OwnDerivatives:
    """A function that has a way of its own to its derivatives."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function; it also takes Values and dual numbers, as any function does."""
        raise NotImplementedError

    def transformed(self, transform: Callable[..., Any], *options: Any, **named: Any) -> Callable[..., Any]:
        """The function that transform(self, *options, **named) is to be."""
        raise NotImplementedError

    def product(
        self, transform: Callable[..., Any], primals: Sequence[Any], vector: Any, has_aux: bool = False
    ) -> Any:
        """The result of transform(self, …) at these arguments, or None if it has no way of its own to that one."""
        raise NotImplementedError
