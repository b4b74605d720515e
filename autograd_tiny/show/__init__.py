"""What a person looks at."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .draw import draw
from .picture import Picture

_LATER = {"diagnose": "report", "explain": "explanation", "play": "player"}        # name → module

if TYPE_CHECKING:
    from .explanation import explain
    from .player import play
    from .report import diagnose

__all__ = ["Picture", "diagnose", "draw", "explain", "play"]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return found
