"""The plots of chapter 8: images, scores, losses, weights, and which digits are taken for which."""
from random import Random

import matplotlib.pyplot as plt
import numpy as np

from autograd_tiny import nn
from autograd_tiny.boundary.colours import DARK, LIGHT
from autograd_tiny.course.figures import a_classifier as figures


def test_images_are_ink_on_paper_under_their_titles():
    pixels = np.eye(64)[:3]
    plot = figures.images(pixels, ["a 1 as 8\n(0.93)", 2, "3"])
    assert [ax.get_title() for ax in plot.figure.axes] == ["a 1 as 8\n(0.93)", "2", "3"] and "\n" not in plot.title
    for k, ax in enumerate(plot.figure.axes):
        [image] = ax.images
        assert image.get_array().tolist() == pixels[k].reshape(8, 8).tolist()
        assert image.to_rgba(np.array([0.0, 1.0]))[:, :3].tolist() == [[1, 1, 1], [0, 0, 0]]


def test_scores_have_a_bar_for_each_class():
    logits, probabilities = figures.scores([1.0, -2.0], [0.95, 0.05]).figure.axes
    assert [bar.get_height() for bar in logits.patches] == [1.0, -2.0]
    assert [bar.get_height() for bar in probabilities.patches] == [0.95, 0.05]


class History(dict):
    def __len__(self):
        return len(self["val_loss"])


def test_validation_losses_are_drawn_by_epoch():
    [ax] = figures.validation_losses({"a": History(val_loss=[3.0, 2.0]), "b": History(val_loss=[3.0, 1.0])}).figure.axes
    assert [line.get_xydata().tolist() for line in ax.get_lines()] == [[[1, 3.0], [2, 2.0]], [[1, 3.0], [2, 1.0]]]
    assert [each.get_text() for each in ax.get_legend().get_texts()] == ["a", "b"]


def test_weights_and_confusion_are_those_of_the_package_and_shown_once():
    weights = figures.weights(nn.Layer(64, 10, "linear", rng=Random(0)), columns=5)
    assert len(weights.figure.axes[0].images) == 10
    confusion = figures.confusion([0, 1, 1], [0, 1, 0])
    assert [text.get_text() for text in confusion.figure.axes[0].texts] == ["1", "0", "1", "1"]
    assert f"light-dark({LIGHT.ink},{DARK.ink})" in confusion.svg and plt.get_fignums() == []


def test_heat_maps_have_scales_of_their_own_and_let_the_page_through_at_0():
    plot = figures.heat_maps({"ink": np.eye(8), "moved": np.full((8, 8), 0.25)})
    images = [ax.images[0] for ax in plot.figure.axes[:2]]
    assert [image.get_clim() for image in images] == [(0, 1), (0, 0.25)]
    assert images[0].to_rgba(np.array([0.0, 1.0]))[:, 3].tolist() == [0, 1]
