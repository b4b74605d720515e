"""The self-test: its solutions pass, and likely wrong answers get the hint that helps."""
from math import exp, sqrt, tanh

from references.course.exercises import judge_mistakes, judge_solutions

CHAPTER = "self_test"


def test_solutions_pass():
    judge_solutions(CHAPTER)


def softmax(z):
    powers = [exp(each - max(z)) for each in z]
    return [power / sum(powers) for power in powers]


def averaged(v, g, beta):
    return beta * v + (1 - beta) * g


def adam(x, m, v, g, t, corrected=True, root=sqrt, sign=-1):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if corrected else (m, v)
    return x + sign * 0.001 * m_hat / (root(v_hat) + 1e-8), m, v


def averages_swapped(x, m, v, g, t):
    m, v = 0.999 * m + 0.001 * g, 0.9 * v + 0.1 * g * g
    return x - 0.001 * m / (1 - 0.999**t) / (sqrt(v / (1 - 0.9**t)) + 1e-8), m, v


def engine(mul):
    class Value:
        def __init__(self, data, _children=()):
            self.data, self.grad, self._prev, self._backward = data, 0.0, _children, lambda: None

        def __add__(self, other):
            out = Value(self.data + other.data, (self, other))

            def _backward():
                self.grad += out.grad
                other.grad += out.grad

            out._backward = _backward
            return out

        def __mul__(self, other):
            out = Value(self.data * other.data, (self, other))
            out._backward = lambda: mul(self, other, out)
            return out

        def backward(self):
            order = []

            def visit(value):
                if value not in order:
                    for operand in value._prev:
                        visit(operand)
                    order.append(value)

            visit(self)
            self.grad = 1.0
            for value in reversed(order):
                value._backward()

    return Value


def overwriting(a, b, out):
    a.grad = b.data * out.grad
    b.grad = a.data * out.grad


def own_factor(a, b, out):
    a.grad += a.data * out.grad
    b.grad += b.data * out.grad


def without_the_chain(a, b, out):
    a.grad += b.data
    b.grad += a.data


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [([-2, 3], "add at branches"), ([3, 4], "wrong order"), ([-12, 3], "are multiplied"), ([4, -2], "one path")],
        [([2, 5], "other way round"), ([10, 2], "at once"), ([5, 1], "two"), ([1, 2], "five")],
        [(list("abcde"), "forward pass"), (list("ecdba"), "d has not yet"), (list("edbca"), "c has not yet"),
         (list("edcb"), "Each of the five")],
        [(lambda t: 1 - tanh(t) ** 2, "already"), (lambda t: t * (1 - t), "sigmoid"), (lambda t: 1 - t, "square"),
         (lambda t: t**2, "the slope is 1")],
        [(3.0, "h(1 - h)"), (0.375, "multiplied by"), (-0.75, "o - 1"), (0.25, "w2")],
        [("a", "sum over j"), ("c", "layer l"), ("d", "multiplied")],
        [([1, 31.25, 1000], "left over"), ([1000, 32, 1], "other way"), ([1, 31, 1000], "left over"),
         ([1000, 31, 1000], "single update")],
        [(lambda z, c: softmax(z), "probabilities"),
         (lambda z, c: [(i == c) - p for i, p in enumerate(softmax(z))], "sign"),
         (lambda z, c: [p * (1 - p) for p in softmax(z)], "p(1 - p)"),
         (lambda z, c: [exp(each) - (i == c) for i, each in enumerate(z)], "divided by their sum"),
         (lambda z, c: [exp(each) / sum(map(exp, z)) - (i == c) for i, each in enumerate(z)], "OverflowError")],
        [(lambda x, v, g, lr, beta: (x + lr * (beta * v + g), beta * v + g), "subtracted"),
         (lambda x, v, g, lr, beta: (x - lr * averaged(v, g, beta), averaged(v, g, beta)), "enters it whole"),
         (lambda x, v, g, lr, beta: (x - lr * g, beta * v + g), "without momentum"),
         (lambda x, v, g, lr, beta: (x - lr * v, beta * v + g), "new velocity"),
         (lambda x, v, g, lr, beta: (beta * v + g, x - lr * (beta * v + g)), "weight comes first"),
         (lambda x, v, g, lr, beta: (x, v), "newest gradient")],
        [(lambda x, m, v, g, t: adam(x, m, v, g, t, corrected=False), "bias correction is missing"),
         (lambda x, m, v, g, t: adam(x, m, v, g, t, sign=1), "subtracted"),
         (lambda x, m, v, g, t: adam(x, m, v, g, t, root=float), "root"),
         (lambda x, m, v, g, t: averages_swapped(x, m, v, g, t), "m, the average of g")],
        [(1.5e-5, "rounded"), (0.5**8, "less than one half"), (2, "not added"), (0.25, "one unit"),
         (1, "largest slope")],
        [(engine(overwriting), "overwrites"), (engine(own_factor), "__mul__"), (engine(without_the_chain), "__mul__"),
         (object, "")],
    ])
