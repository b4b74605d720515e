"""What a person looks at."""
from .draw import draw
