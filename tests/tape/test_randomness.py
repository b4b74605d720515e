"""A function that draws random numbers is refused, also when two calls of it happen not to show it."""
import random
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn, record

rng = random.Random(1)
generator = np.random.default_rng(1)
here = {"rng": random.Random(2), "many": [np.random.RandomState(3)]}
NEVER = 1e-300          # the probability of what changes the result


class Noise(nn.Module):
    """Draws for each input, and almost never changes one."""

    def __init__(self, source):
        self.source = source

    def forward(self, x):
        return [v * (2.0 if self.source.random() < NEVER else 1.0) for v in x]


class GlobalNoise(nn.Module):
    def forward(self, x):
        return [v + (1.0 if generator.random() < NEVER else 0.0) for v in x]


class Callable:
    def __init__(self, function):
        self.function = function

    def __call__(self, x):
        return self.function(x)


def drawn_by(source):
    return lambda x: x * 2.0 if source.random() < NEVER else x * 3.0


def with_default(x, source=random.Random(4)):  # noqa: B008
    return x * (source.random() < NEVER) + x


def through_another(x):
    return drawn_by(rng)(x)


DRAWS = {
    "random": lambda x: x * (2.0 if random.random() < NEVER else 3.0),
    "gauss": lambda x: x * (2.0 if random.gauss(0, 1) > 1e3 else 3.0),
    "shuffle": lambda x: at.sum(random.sample([x, x, x], 3)),
    "NumPy's own": lambda x: x * float(np.random.rand() >= 0.0),
    "a global Random": lambda x: x * (2.0 if rng.random() < NEVER else 3.0),
    "a global Generator": lambda x: x * float(generator.normal() < 1e3),
    "in a comprehension": lambda x: at.sum([x * (rng.random() > NEVER) for _ in range(3)]),
    "in a dict": lambda x: x * (here["rng"].random() > NEVER),
    "a RandomState": lambda x: x * (here["many"][0].rand() > NEVER),
    "in a closure": drawn_by(random.Random(5)),
    "a Generator in a closure": drawn_by(np.random.default_rng(5)),
    "a default": with_default,
    "a partial": partial(lambda source, x: drawn_by(source)(x), random.Random(6)),
    "a bound method": Callable(drawn_by(random.Random(7))).__call__,
    "an object that is called": Callable(drawn_by(random.Random(8))),
    "a function in between": through_another,
}


@pytest.mark.parametrize("f", DRAWS.values(), ids=DRAWS)
def test_draws_that_never_show_are_refused(f):
    with pytest.raises(ValueError, match=r"draws random|same everywhere"):
        record(f, 0.5)


@pytest.mark.parametrize("source", [random.Random(1), np.random.default_rng(1), random, np.random])
def test_modules_of_ones_own_that_draw(source):
    model = nn.Sequential(nn.Layer(2, 2), nn.Sequential(Noise(source)), nn.Layer(2, 1))
    for f in (model, lambda x: model(x) * 2.0, lambda x: nn.Sequential(GlobalNoise())(x)[0]):
        with pytest.raises(ValueError, match="draws random"):
            record(f, [1.0, 2.0])


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("p", [1e-300, 0.1, 0.999])
def test_dropout_in_training_mode_is_refused_by_name(p, check):
    inner = nn.Sequential(nn.Layer(2, 2), nn.Dropout(p))
    for seed in range(5):
        random.seed(seed)
        for model in (inner, nn.Sequential(nn.Layer(2, 2), inner, nn.Layer(2, 1)), nn.Dropout(p, random.Random(seed))):
            for f in (model, lambda x, model=model: model(x)):
                with pytest.raises(ValueError, match=rf"^Dropout\({p:g}\), in the scope .*eval\(\)"):
                    record(f, [1.0, 2.0], check=check)


def test_dropout_in_evaluation_mode_is_recorded():
    model = nn.Sequential(nn.Layer(2, 2), nn.Dropout(0.5), nn.Layer(2, 1)).eval()
    tape = record(model, [1.0, 2.0])
    assert tape([1.0, 2.0])[0] == pytest.approx(model([1.0, 2.0]).data, rel=1e-14)
    assert record(nn.Sequential(nn.Layer(2, 1), nn.Dropout(0.0)), [1.0, 2.0]).parameters


def test_a_module_outside_of_recording_draws_as_before():
    random.seed(0)
    dropout = nn.Dropout(0.5)
    assert {Value.item(v) for v in dropout([Value(1.0)] * 20)} == {0.0, 2.0}


def test_parameters_that_are_drawn_at_the_first_call_only():
    """As layers that learn the number of their inputs from the first sample."""
    layers = []

    def f(x):
        if not layers:
            layers.append(nn.Layer(len(x), 1))
        return layers[0](x)

    tape = record(f, [1.0, 2.0])
    assert tape.parameters == tuple(layers[0].parameters())


def test_another_thread_may_draw_meanwhile():
    """As the threads of Dask's workers do, of which some record while others draw."""
    calls = []

    def f(x):
        calls.append(x)
        if len(calls) == 2:
            other = threading.Thread(target=random.random)
            other.start()
            other.join()
        return x * 2.0

    assert record(f, 1.0)([3.0]) == [6.0] and len(calls) == 3


def test_a_generator_that_is_made_anew_with_a_seed_is_a_constant():
    assert record(lambda x: x * random.Random(3).random(), 1.0)([2.0]) == [2.0 * random.Random(3).random()]


def test_generators_that_are_only_there():
    unused = random.Random(1), random.SystemRandom(), np.random.default_rng(2)
    assert record(lambda x: x * float(len(unused)), 1.0)([2.0]).tolist() == [6.0]


def test_things_that_contain_themselves_are_searched_once():
    around = [random.Random(1)]
    around.append(around)
    cyclic = Callable(None)
    cyclic.function = lambda x: x * (cyclic is not None) * len(around)
    assert record(cyclic, 1.0)([2.0]).tolist() == [4.0]


def test_numpys_generators_are_not_loaded_to_look_for_them():
    program = """
import sys, autograd_tiny as at
at.record(lambda x: x * 2.0, 1.0)
print("numpy.random" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
