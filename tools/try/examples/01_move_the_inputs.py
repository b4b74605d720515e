# f = (a+b)(b+c)
from autograd_tiny import Value, explore

a, b, c = Value(-1.0, label="a"), Value(3.0, label="b"), Value(4.0, label="c")
f = (a + b) * (b + c)
f.label = "f"
f.backward()

print("∂f/∂a, ∂f/∂b, ∂f/∂c =", a.grad, b.grad, c.grad)
explore(f)
