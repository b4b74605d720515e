"""The parameters of a training: which of them move, and what remains of those that overflow."""
import math
from contextlib import nullcontext

import numpy as np
import pytest
from references.networks.training import Branching, Straight, X, Y, by_hand, mlp, numbers, same

from autograd_tiny import Value, fit, nn, optim
from autograd_tiny.nn import losses


# ---- parameters that do not move

@pytest.mark.parametrize("wrap", [Straight, Branching])
@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.05}, {"penalty": nn.L2(1.0)}])
def test_a_frozen_parameter_is_not_moved(wrap, options):
    ours, theirs = wrap(mlp()), mlp()
    for model in ours, theirs:
        for p in model.parameters()[:5]:
            p.requires_grad = False
    optimizer = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    with (pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()):
        fit(ours, X, Y, "mse", optimizer, 3, 8, seed=1, progress=False, **options)
    assert numbers(ours)[:5].tolist() == numbers(mlp())[:5].tolist()
    assert (numbers(ours)[5:] != numbers(mlp())[5:]).all()
    other = optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    by_hand(theirs, Y, losses.mean_squared_error, other, 3, 8, seed=1, **options)
    same(numbers(ours), numbers(theirs))
    assert [p.requires_grad for p in ours.parameters()] == [False] * 5 + [True] * (len(numbers(ours)) - 5)


@pytest.mark.parametrize("wrap", [Straight, Branching])
@pytest.mark.parametrize("samples", [1, 40])
@pytest.mark.parametrize("frozen", ["all", "those of the optimiser", "those that the loss has"])
def test_with_everything_frozen_there_is_nothing_to_train(frozen, samples, wrap):
    """PyTorch raises at backward()."""
    model, other = wrap(mlp()), Value(1.0)
    trained = [*model.parameters()[:3], other] if frozen != "all" else model.parameters()
    for p in trained[:3] if frozen != "all" else trained:
        p.requires_grad = False
    if frozen == "those of the optimiser":
        other.requires_grad = False
    before = numbers(model).tolist()
    with pytest.raises(ValueError, match=r"frozen.*requires_grad=True"):
        fit(model, X[:samples], Y[:samples], "mse", optim.SGD(trained), progress=False)
    assert numbers(model).tolist() == before


def test_a_frozen_parameter_may_have_any_gradient():
    w, z = Value(1.0), Value(0.0)
    z.requires_grad = False

    def model(x):
        return w * x[0] + z**0.5

    before = w.data
    fit(model, np.tile(X, (10, 1)), np.tile(Y, 10), "mse", optim.SGD([w, z]), progress=False)
    assert w.data != before and z.data == 0.0


def test_parameters_may_be_frozen_and_freed_in_the_course_of_training():
    model = mlp()
    first, last = model.parameters()[0], model.parameters()[-1]
    first.requires_grad = False
    seen = []

    def turn(epoch, logs):
        seen.append((first.data, last.data))
        if epoch == 2:
            first.requires_grad, last.requires_grad = True, False

    fit(model, X, Y, "mse", "adam", 4, 8, callbacks=[turn], progress=False)
    (a1, b1), (a2, b2), (a3, b3), (a4, b4) = seen
    assert mlp().parameters()[0].data == a1 == a2 != a3 != a4
    assert len({b1, b2}) == 2 and b2 == b3 == b4


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.05}, {"penalty": nn.L2(0.1)}])
def test_an_optimizer_over_a_part_moves_that_part_only(options):
    ours, theirs = mlp(), mlp()
    one, other = (optim.SGD(m.layers[1].parameters(), lr=0.1, momentum=0.9) for m in (ours, theirs))
    fit(ours, X, Y, "mse", one, 3, 8, seed=1, progress=False, **options)
    by_hand(theirs, Y, losses.mean_squared_error, other, 3, 8, seed=1, **options)
    hidden = len(ours.layers[0].parameters())
    assert numbers(ours)[:hidden].tolist() == numbers(mlp())[:hidden].tolist()
    assert (numbers(ours)[hidden:] != numbers(mlp())[hidden:]).all()
    same(numbers(ours), numbers(theirs))


def test_tied_parameters_move_together():
    def tied():
        model = mlp((2, 2, 1))
        model.layers[1].neurons[0].w = model.layers[0].neurons[0].w
        return model

    ours, theirs = tied(), tied()
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters(), lr=0.1), 3, 8, seed=1, progress=False)
    by_hand(theirs, Y, losses.mean_squared_error, optim.SGD(theirs.parameters(), lr=0.1), 3, 8, seed=1)
    same(numbers(ours), numbers(theirs))
    assert ours.layers[1].neurons[0].w[0] is ours.layers[0].neurons[0].w[0]


# ---- parameters that are not finite

def test_parameters_that_are_not_finite_are_refused():
    model = mlp()
    model.parameters()[3].data = math.nan
    with pytest.raises(ValueError, match=r"the parameter layer1\.neuron2\.w\[0\] is nan"):
        fit(model, X, Y, "mse", progress=False)


@pytest.mark.parametrize("epochs", [1, 5])
@pytest.mark.parametrize("samples", [4, 120])
def test_an_update_that_overflows_leaves_finite_parameters(samples, epochs):
    """The loss and its gradient are finite, but not the parameters that a large rate leads to."""
    w = Value(1.0, "w")
    with pytest.raises(FloatingPointError):
        fit(lambda row: w * row[0], np.full((samples, 1), 1e10), np.zeros(samples), "mse",
            optim.SGD([w], lr=1e300), epochs, None, progress=False)
    assert math.isfinite(w.data)


def test_a_training_that_diverges_leaves_finite_parameters():
    model = mlp(activation="relu")
    with pytest.raises(FloatingPointError, match="epoch"):
        fit(model, 10 * X, Y, "mse", optim.SGD(model.parameters(), lr=10.0), 1000, 8, seed=1, progress=False)
    assert np.isfinite(numbers(model)).all()
