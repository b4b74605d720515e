"""The plots of chapter 11."""
from random import Random

from autograd_tiny import fit, nn, optim
from autograd_tiny.course.figures.loss_curves import ILL
from autograd_tiny.course.figures.what_goes_wrong import arriving_and_losses, four_rates, learned, one_step

X, Y = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 1, 1, 0]


def test_learning_is_drawn_beside_what_was_learned():
    model = nn.MLP(2, [3, 1], rng=Random(0))
    history = fit(
        model, X, Y, "binary_cross_entropy", optim.SGD(model.parameters(), lr=0.1), epochs=3, metrics=["accuracy"],
        progress=False,
    )
    titles = [ax.get_title() for ax in learned(model, X, Y, history).figure.axes]
    assert "What it has learned" in titles and "Loss and metrics" in titles


def test_one_step_is_compared_with_the_loss_before_it():
    (ax,) = one_step([0.01, 0.1, 1.0], [0.9, 0.5, 2.0], before=1.0).figure.axes
    curve, before = ax.get_lines()
    assert list(curve.get_ydata()) == [0.9, 0.5, 2.0] and set(before.get_ydata()) == {1.0}


def test_of_four_rates_the_curves_of_the_first_three_are_drawn():
    model, x = nn.MLP(1, [2, 1], rng=Random(0)), [[-1.0], [0.0], [1.0]]
    runs = {lr: (model, [1.0, 1.0 - lr], None) for lr in (0.001, 0.01, 0.1, 0.5)}
    left, right = four_rates(runs, x, [0.0, 1.0, 0.0]).figure.axes
    assert [line.get_label() for line in left.get_lines()] == ["lr=0.001", "lr=0.01", "lr=0.1", "lr=0.5"]
    assert left.get_lines()[-1].get_color() == ILL and len(right.get_lines()) == 1 + 3


def test_the_gradients_of_a_network_have_the_colour_of_its_losses():
    left, right = arriving_and_losses(
        {"sigmoid": [1e-4, 1e-2, 1.0], "relu": [0.5, 0.6, 0.7]}, {"sigmoid": [0.7, 0.7], "relu": [0.6, 0.1]}
    ).figure.axes
    assert [line.get_color() for line in left.get_lines()] == [line.get_color() for line in right.get_lines()]
    assert list(left.get_lines()[0].get_xdata()) == [1, 2, 3]
