"""A right engine as readers write it, as text, and changes that plant one fault each."""
from typing import NamedTuple

RIGHT = '''
import math


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = tuple(_children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __neg__(self):
        out = Value(-self.data, (self,), "neg")

        def _backward():
            self.grad += -out.grad
        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += -1.0 * out.grad
        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,), f"**{n}")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, (self, other), "/")

        def _backward():
            self.grad += 1 / other.data * out.grad
            other.grad += -self.data / other.data**2 * out.grad
        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value(other) - self

    def __rtruediv__(self, other):
        return Value(other) / self

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += 1 / self.data * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,), "relu")

        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        out = Value(s, (self,), "sigmoid")

        def _backward():
            self.grad += s * (1 - s) * out.grad
        out._backward = _backward
        return out

    def backward(self):
        order, visited = [], set()

        def visit(node):
            if node not in visited:
                visited.add(node)
                for child in node._prev:
                    visit(child)
                order.append(node)
        visit(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()

    def zero_grad(self):
        self.grad = 0.0
        for child in self._prev:
            child.zero_grad()
'''

BACKWARD = RIGHT[RIGHT.index("        order, visited = [], set()"):RIGHT.index("    def zero_grad")]
CLEARING = BACKWARD[BACKWARD.index("        for node in order:"):BACKWARD.index("        self.grad = 1.0")]
TANH = "self.grad += (1 - t**2) * out.grad"
SIGMOID = "self.grad += s * (1 - s) * out.grad"
POW = "self.grad += n * self.data ** (n - 1) * out.grad"
EXP = "self.grad += out.data * out.grad"
RELU = "self.grad += (out.data > 0) * out.grad"
DIV = "other.grad += -self.data / other.data**2 * out.grad"
MUL = "self.grad += other.data * out.grad"
MUL_OUT = 'out = Value(self.data * other.data, (self, other), "*")'
TANH_OUT = 'out = Value(t, (self,), "tanh")'


class Planted(NamedTuple):
    """A fault: what is changed in the right engine, and how its sentence begins."""

    name: str
    old: str
    new: str
    sentence: str


def _walk(body):
    return "".join(f"        {line}\n" for line in body.strip("\n").split("\n"))


FAULTS = (
    # ---- accumulating
    Planted("mul overwrites on its left", MUL, MUL.replace("+=", "="), "`__mul__` overwrites where it should add: at "),
    Planted("mul overwrites on its right", "other.grad += self.data *", "other.grad = self.data *",
            "`__mul__` overwrites where it should add: at f = b*b with b = 3, b.grad = 3, 6 is right."),
    Planted("add overwrites", "            self.grad += out.grad\n", "            self.grad = out.grad\n",
            "`__add__` overwrites where it should add: at x = a + b, f = x + a with "),
    Planted("tanh overwrites", TANH, TANH.replace("+=", "="),
            "`tanh` overwrites where it should add: at x = a.tanh(), "),
    # ---- the walk
    Planted("no topological order", BACKWARD, _walk("""
visited = set()
def visit(node):
    if node not in visited:
        visited.add(node)
        node._backward()
        for child in node._prev:
            visit(child)
self.grad = 1.0
visit(self)"""), "`backward` has no topological order: x passes its gradient on before all contributions have "
            "arrived: at "),
    Planted("breadth first", BACKWARD, _walk("""
queue, visited = [self], {self}
self.grad = 1.0
while queue:
    node = queue.pop(0)
    node._backward()
    for child in node._prev:
        if child not in visited:
            visited.add(child)
            queue.append(child)"""), "`backward` has no topological order: x passes its gradient on before "),
    Planted("recursion", BACKWARD, _walk("""
def visit(node):
    node._backward()
    for child in node._prev:
        visit(child)
self.grad = 1.0
visit(self)"""), "`backward` visits a shared result once for each way to it, and x passes its gradient on several "
            "times: at "),
    Planted("queue without a set", BACKWARD, _walk("""
queue = [self]
self.grad = 1.0
while queue:
    node = queue.pop(0)
    node._backward()
    queue.extend(node._prev)"""), "`backward` visits a shared result once for each way to it, "),
    Planted("recursion with a seed each", BACKWARD, _walk("""
self.grad = 1.0
self._backward()
for child in self._prev:
    child.backward()"""), "`backward` gives every Value the gradient 1, where only the output begins with it: at "),
    Planted("order not reversed", "reversed(order)", "order",
            "`backward` goes through the operations in the order in which they were computed; it has to be "
            "reversed: at "),
    Planted("one step only", "        for node in reversed(order):\n            node._backward()",
            "        self._backward()",
            "`backward` stops after the last operation; it has to go on to all those before it: at "),
    Planted("no seed", "        self.grad = 1.0\n", "", "`backward` doesn't begin with 1, "),
    Planted("another seed", "self.grad = 1.0", "self.grad = self.data", "`backward` doesn't begin with 1, "),
    Planted("no step", "            node._backward()\n\n    def zero", "            node._backward\n\n    def zero",
            "`backward` sends no gradient to the operands (does it call `_backward`?): at "),
    Planted("equal numbers are one node", "        order, visited = [], set()\n",
            "        order, visited = [], type('Seen', (list,), {'add': list.append, '__contains__': lambda self, "
            "node: "
            "any(each.data == node.data for each in self)})()\n",
            "`backward` takes Values with the same number for one (`in` compares them by ==): at "),
    # ---- a second pass
    Planted("the order outlives a call", f"    def backward(self):\n{BACKWARD}",
            "    def backward(self, order=[], visited=set()):\n"
            + BACKWARD.replace("        order, visited = [], set()\n", "").replace(CLEARING, ""),
            "`backward` sends on gradients of an earlier graph, too (a list or a set that outlives a call?): after "),
    Planted("nodes stay visited", "if node not in visited:\n                visited.add(node)",
            "if not hasattr(node, 'seen'):\n                node.seen = True",
            "`backward` goes through a result in the first pass only: after "),
    Planted("the seed is added", f"{CLEARING}        self.grad = 1.0\n", "        self.grad += 1.0\n",
            "`backward` adds 1 to the gradient of the output, which it should set to 1: "),
    Planted("leaves are cleared, results are not", CLEARING, CLEARING.replace("if node._prev", "if not node._prev"),
            "`backward` is wrong when it is called a second time: at "),
    Planted("zero_grad stops at the output", "        for child in self._prev:\n            child.zero_grad()\n",
            "        if self._prev: self.grad = 1.0\n", "`zero_grad` leaves gradients: at "),
    # ---- values
    Planted("sub the wrong way round", "self.data - other.data", "other.data - self.data",
            "`__sub__` takes its operands in the wrong order: at f = a - b with a = 2, b = 3, f.data = 1, -1 is "
            "right."),
    Planted("rsub is sub", "return Value(other) - self", "return self - other",
            "`__rsub__` takes its operands in the wrong order: at f = 2 - a with a = "),
    Planted("div the wrong way round", "self.data / other.data,", "other.data / self.data,",
            "`__truediv__` takes its operands in the wrong order: at f = a/b with a = 2, b = 3, f.data = 1.5, "
            "0.666667 is"),
    Planted("rtruediv is truediv", "return Value(other) / self", "return self / other",
            "`__rtruediv__` takes its operands in the wrong order: at f = 2/a "),
    Planted("data as an integer", "self.data = data", "self.data = int(data)",
            "Right after Value(2.5) its data is 2, 2.5 is right."),
    Planted("a plain number", TANH_OUT, "return t",
            "`tanh` returns a plain float where a Value is expected, at f = a.tanh()"),
    Planted("nothing returned",
            "            self.grad += s * (1 - s) * out.grad\n        out._backward = _backward\n        return out",
            "            self.grad += s * (1 - s) * out.grad\n        out._backward = _backward",
            "`sigmoid` returns None where a Value is expected, at f = a.sigmoid() with a = 0.5: is `return out` "
            "missing?"),
    Planted("an operand is changed", MUL_OUT, "self.data *= other.data; out = Value(self.data, (self, other))",
            "`__mul__` changes its operand: at f = a*b with a = 2, b = 3, a.data = 6 afterwards, 2 is right."),
    Planted("one gradient for all", "self.grad = 0.0\n        self._backward", "self._backward",
            "Value(3.0) has no `grad`: reading it raises AttributeError"),
    # ---- derivatives
    Planted("sub's derivatives exchanged", "self.grad += 1.0 * out.grad\n            other.grad += -1.0 * out.grad",
            "self.grad += -1.0 * out.grad\n            other.grad += 1.0 * out.grad",
            "`__sub__` gives each operand the derivative of the other one: at f = a - b with a = 2, b = 3, a.grad = "
            "-1, 1"),
    Planted("sub without a sign", "other.grad += -1.0 * out.grad", "other.grad += 1.0 * out.grad",
            "`__sub__` has the derivatives of a sum, 1 and 1, instead of 1 and -1: at f = a - b "),
    Planted("div without a sign", DIV, DIV.replace("-self", "self"),
            "`__truediv__` forgets the minus sign of d(x/y)/dy "),
    Planted("div without a square", DIV, DIV.replace("**2", ""), "`__truediv__` forgets the square of d(x/y)/dy "),
    Planted("mul by the factor itself",
            "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad",
            "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad",
            "`__mul__` multiplies by the factor itself instead of the other one: at f = a*b with a = 2, b = 3, "
            "a.grad = 2, 3"),
    Planted("pow keeps its exponent", POW, POW.replace("(n - 1)", "n"),
            "`__pow__` forgets to lower the exponent: n*x**n instead of n*x**(n-1): at f = a**3 with a = 2, a.grad "
            "= 24, 12"),
    Planted("pow without its factor", POW, POW.replace("n * self", "self"), "`__pow__` forgets the factor n: "),
    Planted("relu at 0", RELU, RELU.replace("out.data > 0", "self.data >= 0"),
            "`relu` has the derivative 1 at 0, where it is 0 by convention: at f = a.relu() with a = 0, a.grad = 1, "
            "0 is"),
    Planted("relu of negative numbers", RELU, "self.grad += out.grad",
            "`relu` lets gradients through where its input is negative, where the derivative is 0: at f = a.relu() "
            "with a = -1.5"),
    Planted("tanh from its input", TANH, TANH.replace("t**2", "self.data**2"),
            "`tanh` takes its derivative from its input x, 1 - x**2, instead of its own value t, 1 - t**2: at f = "
            "a.tanh() "
            "with a = 0.5, a.grad = 0.75, 0.786448 is right."),
    Planted("sigmoid as tanh", SIGMOID, SIGMOID.replace("s * (1 - s)", "(1 - s**2)"),
            "`sigmoid` has the derivative of tanh"),
    Planted("exp as a power", EXP, "self.grad += self.data * math.exp(self.data - 1) * out.grad",
            "`exp` has the derivative of a power, x*e**(x-1), where its own value is right: at "),
    Planted("neg without a sign", "self.grad += -out.grad", "self.grad += out.grad",
            "`__neg__` has the wrong sign in its derivative: at f = -a with a = 2, a.grad = 1, -1 is right."),
    Planted("twice the derivative", TANH, TANH.replace("(1 -", "2 * (1 -"), "`tanh` has 2 times its derivative: at "),
    Planted("_backward is called", "out._backward = _backward\n        return out\n\n    def exp",
            "out._backward = _backward()\n        return out\n\n    def exp",
            "`tanh` makes `backward` raise TypeError: 'NoneType' object is not callable (`_backward` is None: store "
            "the "
            "function, `out._backward = _backward`, without parentheses), at f = a.tanh() with a = 0.5."),
    Planted("_backward is not stored", "out._backward = _backward\n        return out\n\n    def exp",
            "return out\n\n    def exp", "`tanh` sends no gradient back (is `out._backward` set?): at f = a.tanh() "),
    Planted("gradients at once", "out._backward = _backward\n        return out\n\n    def exp",
            "out._backward = _backward\n        out.grad = 1.0\n        _backward()\n        return out\n\n    def exp",
            "`tanh` sends gradients before backward() is called, where `_backward` is only to be stored: right after "),
    Planted("a closure made in a loop",
            "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad\n"
            "        out._backward = _backward",
            "pass\n        steps = []\n        for x, local in ((self, other.data), (other, self.data)):\n"
            "            def step():\n                x.grad += local * out.grad\n            steps.append(step)\n"
            "        out._backward = lambda: [step() for step in steps]",
            "`__mul__` sends all gradients to one operand (functions that are made in a loop all see the last value"),
    # ---- chains
    Planted("tanh without the chain rule", TANH, TANH.replace(" * out.grad", ""),
            "`tanh` forgets the factor out.grad of the chain rule: at x = a.tanh(), f = x*c with a = 0.5, c = 4, "
            "a.grad = 0.786448, 3.14579 is right."),
    Planted("mul without the chain rule", MUL, MUL.replace(" * out.grad", ""),
            "`__mul__` forgets the factor out.grad of the chain rule: at x = a*b, f = x*c "),
    Planted("mul forgets its operands", MUL_OUT, MUL_OUT.replace("self, other", ""),
            "`__mul__` forgets what it was computed from (its operands in `_prev`): at x = a + b, f = x*c "),
    Planted("mul forgets its left operand", MUL_OUT, MUL_OUT.replace("(self, other)", "(other,)"),
            "`__mul__` forgets what it was computed from (its operands in `_prev`): at x = a + b, f = x*c "),
)


def engine(*faults, source=RIGHT):
    """The class with some faults, or None if they exclude each other."""
    for fault in faults:
        if source.count(fault.old) != 1:
            return None
        source = source.replace(fault.old, fault.new)
    names = {}
    exec(source, names)
    return names["Value"]
