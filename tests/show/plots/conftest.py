"""No test of a plot leaves a figure behind."""
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")
