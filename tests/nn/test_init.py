"""Initialisers: their moments and bounds, their names, and the seeds of micrograd."""
import math
import random
import statistics

import numpy as np
import pytest

from autograd_tiny import nn
from autograd_tiny.nn import init

DRAWS = 20_000
FAN_IN, FAN_OUT = 30, 18                # 6 / 48 = 1 / 8
SQRT2 = math.sqrt(2.0)
GENERATORS = {"random.Random": random.Random, "numpy": np.random.default_rng}
UNIFORM = {                             # (low, high)
    "uniform": (init.uniform(), (-1.0, 1.0)),
    "uniform of 2 to 5": (init.uniform(2.0, 5.0), (2.0, 5.0)),
    "xavier_uniform": (init.xavier_uniform(), (-math.sqrt(1 / 8), math.sqrt(1 / 8))),
    "xavier_uniform, gain 5/3": (init.xavier_uniform(5 / 3), (-5 / math.sqrt(72), 5 / math.sqrt(72))),
    "he_uniform": (init.he_uniform(), (-math.sqrt(6 / 30), math.sqrt(6 / 30))),
    "he_uniform, gain 1": (init.he_uniform(1.0), (-math.sqrt(3 / 30), math.sqrt(3 / 30))),
}
NORMAL = {                              # (mean, standard deviation)
    "normal": (init.normal(), (0.0, 1.0)),
    "normal about 4": (init.normal(4.0, 0.5), (4.0, 0.5)),
    "xavier_normal": (init.xavier_normal(), (0.0, math.sqrt(2 / 48))),
    "xavier_normal, gain 2": (init.xavier_normal(2.0), (0.0, 2 * math.sqrt(2 / 48))),
    "he_normal": (init.he_normal(), (0.0, SQRT2 / math.sqrt(30))),
    "he_normal, gain 1": (init.he_normal(1.0), (0.0, 1 / math.sqrt(30))),
}
NAMES = {
    "uniform": init.uniform(-1.0, 1.0), "normal": init.normal(0.0, 1.0),
    "zeros": init.constant(0.0), "ones": init.constant(1.0),
    "xavier_uniform": init.xavier_uniform(1.0), "glorot_uniform": init.xavier_uniform(1.0),
    "xavier_normal": init.xavier_normal(1.0), "glorot_normal": init.xavier_normal(1.0),
    "he_uniform": init.he_uniform(SQRT2), "kaiming_uniform": init.he_uniform(SQRT2),
    "he_normal": init.he_normal(SQRT2), "kaiming_normal": init.he_normal(SQRT2),
}
RANDOM = [name for name in NAMES if name not in ("zeros", "ones")]
every_generator = pytest.mark.parametrize("generator", GENERATORS.values(), ids=GENERATORS)


def draws(draw, rng, n=DRAWS):
    return [draw(rng, FAN_IN, FAN_OUT) for _ in range(n)]


def weights(layer):
    return [w.data for neuron in layer.neurons for w in neuron.w]


# ---- moments and bounds: five standard errors of 20,000 draws, at fixed seeds

@every_generator
@pytest.mark.parametrize("draw, bounds", UNIFORM.values(), ids=UNIFORM)
def test_a_uniform_initialiser_fills_its_interval_evenly(draw, bounds, generator):
    found, (low, high) = draws(draw, generator(1)), bounds
    width = high - low
    assert low <= min(found) < low + 0.002 * width and high - 0.002 * width < max(found) <= high
    assert statistics.fmean(found) == pytest.approx((low + high) / 2, abs=5 * width / math.sqrt(12 * DRAWS))
    assert statistics.pvariance(found) == pytest.approx(width**2 / 12, rel=5 * math.sqrt(0.8 / DRAWS))
    assert {*map(type, found)} == {float}


@every_generator
@pytest.mark.parametrize("draw, moments", NORMAL.values(), ids=NORMAL)
def test_a_normal_initialiser_has_its_mean_and_deviation(draw, moments, generator):
    found, (mean, std) = draws(draw, generator(2)), moments
    assert statistics.fmean(found) == pytest.approx(mean, abs=5 * std / math.sqrt(DRAWS))
    assert statistics.pvariance(found) == pytest.approx(std**2, rel=5 * math.sqrt(2 / DRAWS))
    within = [sum(abs(x - mean) < k * std for x in found) / DRAWS for k in (1, 2, 3)]
    assert within == pytest.approx([0.6827, 0.9545, 0.9973], abs=0.017)
    assert 3.3 * std < max(found) - mean < 6 * std and 3.3 * std < mean - min(found) < 6 * std
    assert {*map(type, found)} == {float}


@every_generator
def test_a_constant_is_the_same_everywhere(generator):
    assert {*draws(init.constant(-0.75), generator(3), 10)} == {-0.75}


@every_generator
@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_gives_the_same_numbers(name, generator):
    first, again, other = (
        weights(nn.Layer(4, 3, init=name, rng=generator(seed))) for seed in (5, 5, 6)
    )
    assert first == again
    assert len({*first, *other}) == 24


@pytest.mark.parametrize("name", RANDOM)
def test_the_module_random_is_a_generator(name):
    random.seed(7)
    found = weights(nn.Layer(4, 3, init=name))
    random.seed(7)
    assert weights(nn.Layer(4, 3, init=name, rng=random)) == found
    assert weights(nn.Layer(4, 3, init=name, rng=random.Random(7))) == found


def test_constants_take_no_random_numbers():
    rng = random.Random(8)
    before = rng.getstate()
    nn.Layer(4, 3, init="zeros", bias_init="ones", rng=rng)
    assert rng.getstate() == before


# ---- names

@every_generator
@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_its_initialiser(name, generator):
    by_name = weights(nn.Layer(5, 4, init=name, rng=generator(9)))
    assert by_name == weights(nn.Layer(5, 4, init=NAMES[name], rng=generator(9)))


@pytest.mark.parametrize("argument", ["init", "bias_init"])
@pytest.mark.parametrize("make", [
    lambda **options: nn.Neuron(2, **options),
    lambda **options: nn.Layer(2, 3, **options),
    lambda **options: nn.MLP(2, [3, 1], **options),
], ids=["Neuron", "Layer", "MLP"])
def test_an_unknown_name_lists_the_known_ones(make, argument):
    with pytest.raises(ValueError, match="xaver_uniform") as caught:
        make(**{argument: "xaver_uniform"})
    for name in NAMES:
        assert name in str(caught.value)


@pytest.mark.parametrize("bad", [None, 0.1, True, ["uniform"]])
def test_an_initialiser_is_a_name_or_a_function(bad):
    with pytest.raises(TypeError):
        nn.Layer(2, 3, init=bad)


@pytest.mark.parametrize("make", [
    lambda: init.uniform(1.0, -1.0),
    lambda: init.uniform(math.nan, 1.0),
    lambda: init.uniform(-1.0, math.inf),
    lambda: init.normal(0.0, -1.0),
    lambda: init.normal(math.nan),
    lambda: init.constant(math.nan),
    lambda: init.xavier_uniform(-1.0),
    lambda: init.he_normal(math.inf),
])
def test_numbers_that_make_no_distribution(make):
    with pytest.raises(ValueError, match="got"):
        make()


@pytest.mark.parametrize("make", [init.constant, init.xavier_uniform, init.he_normal, init.normal])
def test_a_string_is_no_number(make):
    with pytest.raises(TypeError):
        make("1.0")


# ---- fan-in and fan-out

def test_every_weight_knows_the_fans_of_its_layer():
    asked = {"w": [], "b": []}

    def noting(which):
        def draw(rng, fan_in, fan_out):
            assert rng is generator
            asked[which].append((fan_in, fan_out))
            return float(len(asked[which]))
        return draw

    generator = random.Random(0)
    model = nn.MLP(3, [4, 2], init=noting("w"), bias_init=noting("b"), rng=generator)
    assert asked == {"w": [(3, 4)] * 12 + [(4, 2)] * 8, "b": [(3, 4)] * 4 + [(4, 2)] * 2}
    assert [w for layer in model.layers for w in weights(layer)] == [*map(float, range(1, 21))]
    assert [neuron.b.data for layer in model.layers for neuron in layer.neurons] == [*map(float, range(1, 7))]


@every_generator
def test_xavier_uniform_in_a_large_layer(generator):
    found = weights(nn.Layer(784, 64, init="xavier_uniform", rng=generator(10)))
    bound = math.sqrt(6 / (784 + 64))
    assert len(found) == 784 * 64
    assert 0.999 * bound < max(found) <= bound and -bound <= min(found) < -0.999 * bound


@every_generator
def test_he_in_a_large_layer(generator):
    found = weights(nn.Layer(784, 64, init="he_normal", rng=generator(11)))
    assert statistics.pstdev(found) == pytest.approx(math.sqrt(2 / 784), rel=5 / math.sqrt(2 * len(found)))
    found = weights(nn.Layer(784, 64, init="he_uniform", rng=generator(11)))
    bound = math.sqrt(6 / 784)
    assert 0.999 * bound < max(found) <= bound and -bound <= min(found) < -0.999 * bound


# ---- micrograd

def test_the_seeds_of_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    after = random.random()
    random.seed(1337)
    expected = []
    for nin, nout in [(2, 16), (16, 16), (16, 1)]:
        for _ in range(nout):
            expected += [random.uniform(-1, 1) for _ in range(nin)] + [0.0]
    assert len(expected) == 337 and [p.data for p in model.parameters()] == expected
    assert random.random() == after


def test_the_first_weights_of_micrograds_demo():
    random.seed(1337)
    first = nn.MLP(2, [16, 16, 1]).parameters()[:6]
    assert [p.data for p in first] == [
        0.23550571390294128, 0.06653114721000164, 0.0, -0.26830328150124894, 0.1715747078045431, 0.0,
    ]
