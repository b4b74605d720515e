"""Initialisers: their moments and bounds, their names, the default by activation, and the seeds of micrograd."""
import math
import random
import statistics

import numpy as np
import pytest

from autograd_tiny import nn, record
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
    for name in [*NAMES, *(["by_activation", "micrograd"] if argument == "init" else [])]:
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


# ---- by activation, the default

HE = ("relu", "leaky_relu", "elu", "softplus", "log_sigmoid", "silu", "mish", "gelu")
GLOROT = ("linear", "tanh", "sigmoid")
MAKERS = {                              # makes a unit with (fan_in, fan_out) = (5, 3), or (5, 1)
    "Layer": (lambda activation, **options: nn.Layer(5, 3, activation, **options), 3),
    "Neuron": (lambda activation, **options: nn.Neuron(5, activation, **options), 1),
    "Network": (lambda activation, **options: nn.Network(
        [(x, "h") for x in "abcde"] + [("h", o) for o in "xyz"], activation=activation, **options,
    ), 3),
}


def test_every_activation_has_its_initialiser():
    assert {*HE, *GLOROT} == nn.ACTIVATIONS.keys()


@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_like_relu_is_a_function_that_halves_the_second_moment_of_wide_inputs(name):
    """E[f(z)²] / E[z²] for z in N(0, 1000²): He's condition, 1/2 for relu. 0 and 1 for those that get Glorot's."""
    z = 1000.0 * np.random.default_rng(4).normal(size=DRAWS)
    halved = np.mean([float(nn.ACTIVATIONS[name](x)) ** 2 for x in z.tolist()]) / np.mean(z**2)
    assert halved == pytest.approx(0.5 if name in HE else 1.0 if name == "linear" else 0.0, abs=0.02)


@every_generator
@pytest.mark.parametrize("make, fan_out", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_the_default_is_he_uniform_before_functions_like_relu_and_else_glorot_uniform(name, make, fan_out, generator):
    rng, bound = generator(12), math.sqrt(6 / 5) if name in HE else math.sqrt(6 / (5 + fan_out))
    expected = [rng.uniform(-bound, bound) for _ in range(5)]
    for options in ({}, {"init": "by_activation"}, {"init": init.by_activation(name)}):
        unit = make(name, rng=generator(12), **options)
        assert [p.data for p in unit.parameters()][:5] == pytest.approx(expected, rel=1e-13, abs=0.0)


def test_the_default_of_an_mlp_is_that_of_each_of_its_layers_the_last_one_included():
    """U(-a, a) has the variance a²/3: 2/fan_in of He's (2015), 2/(fan_in + fan_out) of Glorot's (2010)."""
    found = nn.MLP(100, [200, 100, 50], rng=random.Random(0)).layers
    for layer, variance in zip(found, [2 / 100, 2 / 200, 2 / 150], strict=True):
        drawn = weights(layer)
        assert max(map(abs, drawn)) <= math.sqrt(3 * variance)
        assert statistics.pvariance(drawn) == pytest.approx(variance, rel=5 * math.sqrt(0.8 / len(drawn)))
        assert {neuron.b.data for neuron in layer.neurons} == {0.0}
    squashed = nn.MLP(2, [3, 1], "tanh", "relu", rng=random.Random(0)).layers
    assert squashed[1].neurons[0].w[0].data == nn.Layer(3, 1, rng=after(random.Random(0), 6)).neurons[0].w[0].data


def after(rng, draws):
    for _ in range(draws):
        rng.random()
    return rng


@pytest.mark.parametrize("make", [
    lambda: nn.Layer(4, 3, lambda x: x * x, rng=random.Random(1)),
    lambda: nn.Layer(4, 3, nonlin=False, rng=random.Random(1)),
    lambda: nn.Maxout(4, 3, rng=random.Random(1)).pieces[0],
], ids=["a function of one's own", "nonlin=False", "Maxout"])
def test_glorot_uniform_is_for_all_that_is_not_known_to_be_like_relu(make):
    assert weights(make()) == weights(nn.Layer(4, 3, init="glorot_uniform", rng=random.Random(1)))


def test_before_an_activation_that_is_a_module_the_initialiser_is_told_of_it():
    found = nn.Layer(4, 3, "linear", init=init.by_activation("gelu"), rng=random.Random(1))
    assert weights(found) == weights(nn.Layer(4, 3, init="he_uniform", rng=random.Random(1)))
    with pytest.raises(ValueError, match="'relux' is not known"):
        init.by_activation("relux")


def test_each_unit_of_a_network_has_the_default_of_its_own_activation():
    edges = [("x", "h"), ("y", "h"), ("h", "o"), ("x", "o"), ("h", "p")]
    net = nn.Network(edges, activation="tanh", activations={"o": "relu"}, init="by_activation", rng=random.Random(2))
    rng = random.Random(2)
    bounds = {"h": math.sqrt(6 / 4), "o": math.sqrt(6 / 2), "p": math.sqrt(6 / 2)}
    expected = [rng.uniform(-bounds[b], bounds[b]) for a, b in net.w]
    assert [w.data for w in net.w.values()] == pytest.approx(expected, rel=1e-13, abs=0.0)


def second_moments(name, width, init="by_activation", depth=10):
    """E[z²] of the net inputs of each layer, over samples, units and networks, with 1,024 weights a layer or more."""
    activation, found = record(nn.ACTIVATIONS[name], 0.5), []
    for seed in range(max(1, 1024 // width**2)):
        rng = np.random.default_rng(seed)
        model = nn.MLP(width, [width] * depth, name, init=init, rng=rng).state_dict()
        x, of_network = rng.normal(size=(width, 20)), []
        for k in range(1, depth + 1):
            z = model[f"layer{k}.w"] @ x
            x = activation(z.ravel()).reshape(z.shape)
            of_network.append(np.mean(z**2))
        found.append(of_network)
    return np.mean(found, axis=0)


@pytest.mark.parametrize("width", [4, 16, 64])
@pytest.mark.parametrize("name", nn.ACTIVATIONS)
def test_through_ten_layers_net_inputs_neither_explode_nor_vanish(name, width):
    """In wide layers q → gain² E[f(√q z)²], z in N(0, 1): silu's falls to 0.044, softplus's grows to 7.8."""
    found = second_moments(name, width)
    assert found.min() > 0.02 and found.max() < 30


def test_with_weights_of_micrograd_they_explode_in_wide_layers():
    assert second_moments("relu", 64, "micrograd")[-1] > 1e8


# ---- micrograd

def test_the_seeds_of_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1], init="micrograd")
    after = random.random()
    random.seed(1337)
    expected = []
    for nin, nout in [(2, 16), (16, 16), (16, 1)]:
        for _ in range(nout):
            expected += [random.uniform(-1, 1) for _ in range(nin)] + [0.0]
    assert len(expected) == 337 and [p.data for p in model.parameters()] == expected
    assert random.random() == after


@pytest.mark.parametrize("make", [
    lambda: nn.Neuron(3, init="micrograd"), lambda: nn.Layer(3, 1, init="micrograd"),
    lambda: nn.MLP(3, [1], init="micrograd"), lambda: nn.Maxout(3, 1, 1, init="micrograd"),
    lambda: nn.Network([(x, "o") for x in "abc"], init="micrograd"),
], ids=["Neuron", "Layer", "MLP", "Maxout", "Network"])
def test_everything_takes_the_weights_of_micrograd(make):
    random.seed(3)
    found = [p.data for p in make().parameters()]
    random.seed(3)
    assert found == [*(random.uniform(-1, 1) for _ in range(3)), 0.0]


def test_the_first_weights_of_micrograds_demo():
    random.seed(1337)
    first = nn.MLP(2, [16, 16, 1], init="micrograd").parameters()[:6]
    assert [p.data for p in first] == [
        0.23550571390294128, 0.06653114721000164, 0.0, -0.26830328150124894, 0.1715747078045431, 0.0,
    ]


@pytest.mark.parametrize("name", ["micrograd", "by_activation"])
def test_what_is_for_weights_is_not_for_biases(name):
    with pytest.raises(ValueError, match=f"bias_init: '{name}' is not known; there are uniform"):
        nn.Layer(2, 3, bias_init=name)
