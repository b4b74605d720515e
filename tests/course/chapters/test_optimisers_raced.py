"""Chapter 9: its solutions pass, and likely wrong answers get the hint that helps."""
import pytest
from references.course.exercises import judge_mistakes, judge_solutions

from autograd_tiny import Value
from autograd_tiny.course import exercises

CHAPTER = "optimisers_raced"


def test_solutions_pass():
    judge_solutions(CHAPTER)


# ---- rules as readers write them: `step` gets the gradient, the memory and the number of the step

def rolling(step):
    """A rule with one memory, b. step(g, b, lr, mu) returns the new b, and what is subtracted from x."""
    def rule(gradient, x, steps, lr, mu):
        path, b = [], 0.0
        for _ in range(steps):
            b, change = step(gradient(x), b, lr, mu)
            x = x - change
            path.append(x)
        return path
    return rule


def scaling(step):
    """A rule with one memory, v, and the options of RMSProp."""
    def rule(gradient, x, steps, lr, alpha, eps):
        path, v = [], 0.0
        for t in range(1, steps + 1):
            g = gradient(x)
            v, denominator = step(g, v, t, alpha, eps)
            x -= lr * g / denominator
            path.append(x)
        return path
    return rule


def adam(new_m, new_v, hats, denominator, sign=-1):
    def rule(gradient, x, steps, lr, beta1, beta2, eps):
        path, m, v = [], 0.0, 0.0
        for t in range(1, steps + 1):
            g = gradient(x)
            m, v = new_m(m, g, beta1, beta2), new_v(v, g, beta1, beta2)
            m_hat, v_hat = hats(m, v, t, beta1, beta2)
            x += sign * lr * m_hat / denominator(v_hat, eps)
            path.append(x)
        return path
    return rule


def m_of(m, g, beta1, beta2):
    return beta1 * m + (1 - beta1) * g


def v_of(v, g, beta1, beta2):
    return beta2 * v + (1 - beta2) * g * g


def hats_of(m, v, t, beta1, beta2):
    return m / (1 - beta1**t), v / (1 - beta2**t)


def root(v, eps):
    return v**0.5 + eps


def kept(gradient, x, steps, lr, beta1, beta2, eps):
    path, m, v = [], 0.0, 0.0
    for t in range(1, steps + 1):
        g = gradient(x)
        m, v = hats_of(m_of(m, g, beta1, beta2), v_of(v, g, beta1, beta2), t, beta1, beta2)
        x -= lr * m / root(v, eps)
        path.append(x)
    return path


def ball(gradient, x, steps, lr, mu):
    path, v = [], 0.0
    for _ in range(steps):
        v = mu * v - lr * gradient(x + mu * v)
        x += v
        path.append(x)
    return path


def right(gradient, x, steps, lr, mu):
    """Momentum as some write it, with the learning rate in the sum."""
    path, v = [], 0.0
    for _ in range(steps):
        v = mu * v - lr * gradient(x)
        x += v
        path.append(x)
    return path


def nine_tenths(gradient, x, steps, lr, mu):
    return right(gradient, x, steps, lr, 0.9)


def with_the_start(gradient, x, steps, lr, mu):
    return [x, *right(gradient, x, steps, lr, mu)]


def too_early(gradient, x, steps, lr, mu):
    return [x, *right(gradient, x, steps, lr, mu)[:-1]]


def only_the_end(gradient, x, steps, lr, mu):
    return right(gradient, x, steps, lr, mu)[-1]


def without_return(gradient, x, steps, lr, mu):
    right(gradient, x, steps, lr, mu)


def of_values(gradient, x, steps, lr, mu):
    return [Value(each) for each in right(gradient, x, steps, lr, mu)]


PLAIN = rolling(lambda g, b, lr, mu: (b, lr * g))
LOOKING_AHEAD = rolling(lambda g, b, lr, mu: (mu * b + g, lr * (g + mu * (mu * b + g))))


def test_likely_wrong_answers_get_the_hint_that_helps():
    judge_mistakes(CHAPTER, [
        [(PLAIN, "steps of SGD"), (rolling(lambda g, b, lr, mu: (b, lr * (mu * b + g))), "steps of SGD"),
         (rolling(lambda g, b, lr, mu: (mu * b + (1 - mu) * g, lr * (mu * b + (1 - mu) * g))), "so its b is a sum"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, lr * b)), "the step before"),
         (rolling(lambda g, b, lr, mu: (b + g, lr * (b + g))), "keeps all"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, -lr * (mu * b + g))), "uphill"),
         (LOOKING_AHEAD, "next exercise"), (nine_tenths, "mu = 0.5"), (with_the_start, "not among them"),
         (too_early, "after its step"), (only_the_end, "6 numbers in a list"), (without_return, "returns nothing"),
         (of_values, "a Value"), (right(lambda x: x, 1.0, 3, 0.1, 0.9), "a function momentum(gradient"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, lr * (mu * b + g) / 2)), "b becomes mu·b + g")],
        [(PLAIN, "steps of SGD"), (right, "plain momentum"), (ball, "the place ahead"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, lr * (g + mu * b))), "the new one belongs there"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, -lr * (g + mu * (mu * b + g)))), "uphill"),
         (rolling(lambda g, b, lr, mu: (mu * b + g, lr * (g + mu * b + g))), "with the new b")],
        [(scaling(lambda g, v, t, alpha, eps: (v + g**2, (v + g**2)**0.5 + eps)), "AdaGrad's sum"),
         (scaling(lambda g, v, t, alpha, eps: (alpha * v + g**2, (alpha * v + g**2)**0.5 + eps)), "takes g² whole"),
         (scaling(lambda g, v, t, a, eps: ((1 - a) * v + a * g**2, ((1 - a) * v + a * g**2)**0.5 + eps)), "swapped"),
         (scaling(lambda g, v, t, a, eps: (v_of(v, g, 0, a), (v_of(v, g, 0, a) + eps)**0.5)), "under the root"),
         (scaling(lambda g, v, t, a, eps: (v_of(v, g, 0, a), v_of(v, g, 0, a) + eps)), "root is missing"),
         (scaling(lambda g, v, t, a, eps: (v_of(v, g, 0, a), root(v_of(v, g, 0, a) / (1 - a**t), eps))), "as Adam"),
         (scaling(lambda g, v, t, a, eps: (m_of(v, abs(g), a, 0), root(m_of(v, abs(g), a, 0), eps))), "not its square"),
         (scaling(lambda g, v, t, alpha, eps: (v, 1.0)), "In each step v becomes")],
        [([0.1, 1.0], "other order"), ([1e-4, 1e-4], "step of SGD"), ([1.0, 0.316], "without its correction"),
         ([10, 1], "quotients"), ([0.1, 0.1], "a hundredth"), ([1.0, 2.0], "RMSProp is right"),
         ([3.0, 0.1], "Adam is right"), ([5.0, 7.0], "Compute v first"), ([1.0], "got 1")],
        [(adam(m_of, v_of, lambda m, v, *_: (m, v), root), "bias is missing"),
         (adam(m_of, v_of, lambda m, v, t, b1, b2: (m, v / (1 - b2**t)), root), "m is not corrected"),
         (adam(m_of, v_of, lambda m, v, t, b1, b2: (m / (1 - b1**t), v), root), "v is not corrected"),
         (adam(m_of, v_of, lambda m, v, t, b1, b2: (m / (1 - b1), v / (1 - b2)), root), "The power grows"),
         (adam(m_of, v_of, hats_of, lambda v, eps: (v + eps)**0.5), "under the root"),
         (adam(m_of, v_of, hats_of, lambda v, eps: v + eps), "root is missing"),
         (adam(m_of, v_of, hats_of, root, sign=1), "uphill"), (kept, "corrected again"),
         (adam(lambda m, g, b1, b2: m_of(m, g, b2, b1), lambda v, g, b1, b2: v_of(v, g, b2, b1),
               lambda m, v, t, b1, b2: hats_of(m, v, t, b2, b1), root), "swapped"),
         (adam(m_of, v_of, lambda m, v, t, b1, b2: (m / (1 - b1 ** (t - 1)), v), root), "t is 1"),
         (adam(m_of, lambda v, g, b1, b2: g * g, hats_of, root), "in this order")],
        [([3.8, 3.9], "other order"), ([3.8, 3.8], "AdamW is right"), ([3.9, 3.9], "Adam is right"),
         ([4, 3.8], "λx was added"), ([3.9, 3.95], "the factor x"), ([3.9, 4], "moves x"), ([1, 2], "AdamW: its")],
    ])


def test_another_way_to_write_momentum_is_right_too():
    assert exercises(9).check(1, right)


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("answer", [None, 3, "b", Value(1.0), [], [[1], [2]], object(), lambda: 1, len, float, {}])
def test_anything_else_gets_a_sentence(number, answer):
    verdict = exercises(9).check(number, answer)
    assert not verdict and str(verdict).startswith(f"Exercise {number}: ")
