"""Context managers: no_grad() and scope()."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .state import scope_inside, switched
from .value import current_scope


class no_grad(switched):
    """Compute without recording, as torch.no_grad: results are leaves that require no gradient.

    `with no_grad(): …`, or `@no_grad` above a function. It is in effect in its thread or asyncio task only.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(recording=False)


class scope(switched):
    """Mark the Values made in this block as belonging to a part of the program: `v.scope == "name"`.

    Scopes nest: "mlp" around "layer1" gives "mlp.layer1". Modules set their own while they run.

    Args:
        name: What to call the part.

    Raises:
        TypeError: The name is not a str.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a scope is a str, got {type(name).__name__}")
        super().__init__()
        self.name = name

    def changes(self) -> dict[str, Any]:
        """The path of the scope inside the current one."""
        return {"scope": scope_inside(current_scope(), self.name)}
