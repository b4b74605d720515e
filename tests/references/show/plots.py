"""What tests of plots read off the Axes, and the checks that hold for every plot."""
import builtins

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest


def drawn(ax):
    """The Axes, once all of the figure has been drawn: matplotlib warns of some faults only then."""
    ax.figure.canvas.draw()
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts]


def captions(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def check_that_only_users_show_a_figure(call, monkeypatch):
    """call: a plot, as a function of its `ax`."""
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("plt.show() was called"))
    assert plt.fignum_exists(call(None).figure.number)      # so that a notebook and plt.show() find it
    given = plt.subplots()[1]
    before = plt.get_fignums()
    assert call(given) is given and plt.get_fignums() == before
    drawn(given)


def check_the_error_without_matplotlib(call, monkeypatch):
    real = builtins.__import__

    def absent(name, *rest):
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match=r'needs the library matplotlib: pip install "\S+\[plot\]"'):
        call(None)
