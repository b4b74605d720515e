"""Progress bars: by widgets or as text, and over what takes long."""
import sys

import pytest
from tqdm import tqdm

from autograd_tiny.boundary import bars


@pytest.mark.parametrize("widgets", [True, False])
def test_a_notebook_has_a_bar_of_widgets_if_they_are_installed(widgets, monkeypatch):
    notebook = type(sys)("tqdm.notebook")
    notebook.tqdm = lambda total: f"a bar of widgets for {total} updates"
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", type(sys)("zmqshell"))
    monkeypatch.setattr("tqdm.notebook", notebook, raising=False)
    monkeypatch.setitem(sys.modules, "tqdm.notebook", notebook)
    monkeypatch.setitem(sys.modules, "ipywidgets", type(sys)("ipywidgets") if widgets else None)
    bar = bars.new_bar(total=5)
    if widgets:
        assert bar == "a bar of widgets for 5 updates"
    else:
        assert type(bar) is tqdm
        bar.close()


def test_what_is_quick_has_no_bar(capsys):
    assert list(bars.with_bar(range(3), "counting")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_what_takes_long_has_a_bar_unless_it_is_not_wanted(capsys, monkeypatch):
    monkeypatch.setattr(bars, "PATIENCE", -1.0)
    assert list(bars.with_bar(range(3), "counting")) == [0, 1, 2]
    assert "counting" in capsys.readouterr().err
    assert list(bars.with_bar(range(3), "counting", wanted=False)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_a_loop_that_ends_early_leaves_no_bar_behind(monkeypatch):
    monkeypatch.setattr(bars, "PATIENCE", -1.0)
    for x in bars.with_bar(range(5), "counting"):
        if x == 2:
            break
    assert not tqdm._instances
