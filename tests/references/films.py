"""Graphs to film."""
from autograd_tiny import Value


def example_a():
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    return f
