"""What a person looks at."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .draw import draw
from .picture import Picture

_LATER = {                      # name → module
    "diagnose": "report", "explain": "explanation", "network_diagram": "diagram", "play": "player",
}

if TYPE_CHECKING:
    from .diagram import network_diagram
    from .explanation import explain
    from .player import play
    from .report import diagnose

__all__ = ["Picture", "diagnose", "draw", "explain", "network_diagram", "play"]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return found
