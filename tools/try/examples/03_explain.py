# Explain a gradient
from autograd_tiny import Value, explain, sin

x = Value(0.5, label="x")
y = x * sin(x**2)
y.label = "y"

explain(y, x)      # every path from y back to x, and their sum
