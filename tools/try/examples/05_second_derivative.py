# A second derivative
from autograd_tiny import grad, sin


def f(x):
    return x**3 * sin(x)


first = grad(f)
second = grad(first)
for x in 0.0, 0.5, 1.0, 1.5:
    print(f"f({x}) = {f(x):8.5f}   f' = {first(x):8.5f}   f'' = {second(x):8.5f}")
