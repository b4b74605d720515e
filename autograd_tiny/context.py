"""What holds while a block of code runs: no_grad() and scope()."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any

from .engine import enter_scope, leave_scope, set_recording


class no_grad(ContextDecorator):
    """Compute without recording, as torch.no_grad: results are leaves that require no gradient.

    `with no_grad(): …`, or `@no_grad` above a function. Other threads go on recording.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        self._before: list[bool] = []

    def _recreate_cm(self) -> no_grad:
        """One for each call of a decorated function, which may run in several threads."""
        return no_grad()

    def __enter__(self) -> None:
        self._before.append(set_recording(False))

    def __exit__(self, *exception: object) -> None:
        set_recording(self._before.pop())


class scope(ContextDecorator):
    """Mark the Values made in this block as belonging to a part of the program: `v.scope == "name"`.

    Scopes nest: "mlp" around "layer1" gives "mlp.layer1". Modules set their own while they run.
    TypeError if the name is not a str.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a scope is a str, got {type(name).__name__}")
        self.name = name
        self._before: list[str] = []

    def _recreate_cm(self) -> scope:
        return scope(self.name)

    def __enter__(self) -> None:
        self._before.append(enter_scope(self.name))

    def __exit__(self, *exception: object) -> None:
        leave_scope(self._before.pop())
