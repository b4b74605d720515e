# A film of backpropagation
from autograd_tiny import Value, play

a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
x = a + b
y = b + c
f = x * y
x.label, y.label, f.label = "x", "y", "f"
f.backward()

play(f)            # first the values come in, then the gradients go back
