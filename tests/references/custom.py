"""Operations of a user's own, in a module where copies find them again."""
import math
import autograd_tiny as at
from autograd_tiny import operation


@operation(lambda x, f: 3 * x**2)
def cube(x):
    """x to the third."""
    return x**3


@operation(lambda x, y, f: at.cos(x) * y, lambda x, y, f: at.sin(x))
def wave(x, y):
    return math.sin(x) * y
