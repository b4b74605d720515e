# An engine as in a textbook
from autograd_tiny import draw
from autograd_tiny.textbook import Value

a, b = Value(2.0), Value(-3.0)
c = a * b + b**2
c.backward()

print("∂c/∂a =", a.grad)
print("∂c/∂b =", b.grad)
draw(c)
