"""Pages as widgets: the state that the page tells is in Python, and where anywidget is missing all is as it was."""
import json
import sys

import pytest
from references.optional import needed

from autograd_tiny import explore
from autograd_tiny.show.page.widget import LivePage, _widget_class

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def page():
    needed("anywidget", "widget")
    return explore("a*b + inf", a=2, b=3)


@pytest.fixture
def without_anywidget(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    _widget_class.cache_clear()
    yield
    _widget_class.cache_clear()


def test_a_notebook_gets_the_widget_and_a_viewer_without_a_kernel_the_page(page):
    data, _ = page._repr_mimebundle_()
    assert data[VIEW]["model_id"] == page.widget.model_id
    assert data["text/plain"] == repr(page)
    assert page.widget.html == page.html and page._display_() is page.widget


def test_the_numbers_that_a_reader_set_are_in_python(page):
    assert page.values == {"a": 2.0, "b": 3.0}
    page.widget.state = json.dumps({"values": {"a": "0.1", "b": "-Infinity"}, "chosen": "b"})
    assert page.values == {"a": 0.1, "b": float("-inf")}


def test_python_moves_the_sliders(page):
    page.widget.state = json.dumps({"values": {"a": "0.5", "b": "3"}, "chosen": "b"})
    page.values = {"b": float("nan")}
    assert json.loads(page.widget.state) == {"values": {"a": "0.5", "b": "NaN"}, "chosen": "b"}
    with pytest.raises(ValueError, match="there is no leaf 'c' with a slider; there are a, b"):
        page.values = {"a": 1.0, "c": 1.0}
    with pytest.raises(TypeError):
        page.values = {"a": "1"}
    assert page.values["a"] == 0.5


def test_without_anywidget_the_page_is_shown_as_any_other(without_anywidget):
    page = explore("a*b", a=2, b=3)
    assert page._repr_mimebundle_() == {}
    assert page._display_()._repr_html_() == page._repr_html_()
    assert page.values == {"a": 2.0, "b": 3.0}
    with pytest.raises(ImportError, match=r'needs the library anywidget: pip install "\S+\[widget\]"'):
        page.values = {"a": 1.0}


def test_a_state_that_is_set_before_the_widget_is_there_is_its_first():
    needed("anywidget", "widget")
    page = LivePage("a page", "<p>body</p>")
    page.state = "first"
    assert page.widget.state == page.state == "first"
