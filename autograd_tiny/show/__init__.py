"""What a person looks at."""
from .draw import draw
from .picture import Picture

__all__ = ["Picture", "draw"]
