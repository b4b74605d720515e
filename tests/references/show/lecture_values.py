"""Value classes that readers write in the way of micrograd and its lecture: right ones, odd ones and wrong ones."""
import math


class Base:
    """data, grad, _op, label; children as a set, as micrograd keeps them."""

    keep = set

    def __init__(self, data, children=(), op="", label=""):
        self.data, self.grad, self._op, self.label = data, 0, op, label
        self._prev = self.keep(children)
        self._backward = lambda: None

    def __repr__(self):
        return f"V({self.data})"

    def other(self, x):
        return x if isinstance(x, Base) else type(self)(x)

    def result(self, data, op, *edges):
        """A node of (operand, function that gives its local derivative)."""
        out = type(self)(data, [x for x, _ in edges], op)

        def send():
            for x, derivative in edges:
                x.grad += derivative() * out.grad

        out._backward = send
        return out


class V(Base):
    """Right, with subtraction and division as operations of their own."""

    def __add__(self, x):
        x = self.other(x)
        return self.result(self.data + x.data, "+", (self, lambda: 1.0), (x, lambda: 1.0))

    def __sub__(self, x):
        x = self.other(x)
        return self.result(self.data - x.data, "-", (self, lambda: 1.0), (x, lambda: -1.0))

    def __mul__(self, x):
        x = self.other(x)
        return self.result(self.data * x.data, "*", (self, lambda: x.data), (x, lambda: self.data))

    def __truediv__(self, x):
        x = self.other(x)
        return self.result(
            self.data / x.data, "/", (self, lambda: 1 / x.data), (x, lambda: -self.data / x.data**2)
        )

    def __pow__(self, n):
        return self.result(self.data**n, f"**{n}", (self, lambda: n * self.data ** (n - 1)))

    def __neg__(self):
        return self.result(-self.data, "-", (self, lambda: -1.0))

    def relu(self):
        return self.result(max(0, self.data), "ReLU", (self, lambda: float(self.data > 0)))

    def tanh(self):
        """By e²ˣ, which rounds otherwise than math.tanh."""
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        return self.result(t, "tanh", (self, lambda: 1 - t**2))

    def exp(self):
        out = self.result(math.exp(self.data), "exp", (self, lambda: out.data))
        return out

    def sinh2(self):
        """An operation that nobody else has."""
        return self.result(math.sinh(self.data) ** 2, "sinh2", (self, lambda: math.sinh(2 * self.data)))


class Ordered(V):
    """The same, with a tuple."""

    keep = tuple


class Children:
    """_children instead of _prev, methods instead of closures, slots, and no label."""

    __slots__ = ("_children", "_op", "data", "grad", "local")

    def __init__(self, data, children=(), op="", local=()):
        self.data, self.grad, self._children, self._op, self.local = data, None, children, op, local

    def __mul__(self, other):
        return Children(self.data * other.data, (self, other), "*", (other.data, self.data))

    def __rmul__(self, c):
        return Children(c * self.data, (c, self), "*", (self.data, c))

    def _backward(self):
        for child, d in zip(self._children, self.local, strict=True):
            if isinstance(child, Children):
                child.grad = (child.grad or 0.0) + d * self.grad


class Overwriting(Ordered):
    """Its steps set gradients where they should add."""

    def result(self, data, op, *edges):
        out = super().result(data, op, *edges)

        def send():
            for x, derivative in edges:
                x.grad = derivative() * out.grad

        out._backward = send
        return out


class Swapped(Ordered):
    """The local derivatives of its product are those of the other operand."""

    def __mul__(self, x):
        return self.result(self.data * x.data, "*", (self, lambda: self.data), (x, lambda: x.data))


class WrongSum(Ordered):
    """It subtracts where it should add."""

    def __add__(self, x):
        return self.result(self.data - x.data, "+", (self, lambda: 1.0), (x, lambda: 1.0))


# ---- programs for all of them

STEPS = [
    lambda x, y, c: x + y, lambda x, y, c: x * y, lambda x, y, c: (x - y) * 0.5, lambda x, y, c: x / (y * y + 1.0),
    lambda x, y, c: c - x, lambda x, y, c: c / (x * x + 1.0), lambda x, y, c: (x * 0.5).exp().tanh(),
    lambda x, y, c: x.relu() + c, lambda x, y, c: (c * x).tanh() ** 3,
]


def random_program(rng):
    """A random program of 30 steps on the numbers that it is given, Values of any class."""
    choices = [(rng.choice(STEPS), rng.random(), rng.random(), rng.uniform(-2, 2)) for _ in range(30)]

    def run(leaves):
        made = [*leaves]
        for step, i, j, c in choices:
            made.append(step(made[int(i * len(made))], made[int(j * len(made))], c))
            made.append(made[-1].tanh())
        return sum(made[-8:])

    return run
