"""A page whose state is in Python, too: a widget, where the library anywidget is installed.

The widget is the page in its frame, and the state goes back and forth as text: host.js and widget.js are the two ends.
Without the library a notebook shows the page as any other.
"""
from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import Any

from ...boundary.libraries import missing
from .page import Page

HERE = Path(__file__).parent


class LivePage(Page):
    """A page that tells its state to the notebook that shows it, and follows where the notebook sets one.

    JupyterLab, Notebook, VS Code, Colab and marimo know such widgets; they need the library anywidget. A page that is
    saved begins in the state that it has then.
    """

    def __init__(self, title: str, body: str, *, style: str = "", script: str = "", height: int = 640) -> None:
        super().__init__(title, body, style=style, script=script, height=height)
        self._widget: Any = None
        self._first = ""                # the state for a widget that is yet to be made

    @property
    def widget(self) -> Any:
        """The page as a widget, for the containers of ipywidgets and for marimo.

        Raises:
            ImportError: The library anywidget is missing.
        """
        if self._widget is None:
            self._widget = _widget_class()(
                html=self._html, title=self.title, height=self.height, state=self._first
            )
        return self._widget

    @property
    def state(self) -> str:
        """The state that the page has told, as JSON; "" before it has told one."""
        return self._first if self._widget is None else str(self._widget.state)

    @state.setter
    def state(self, text: str) -> None:
        self._first = text
        if self._widget is not None:
            self._widget.state = text

    def _document(self) -> str:
        """The page as it is in the notebook: host.js finds the state here."""
        kept = f' data-state="{html.escape(self.state)}"' if self.state else ""
        return self._html.replace("<html", f"<html{kept}", 1)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """The widget where there can be one; beside it the page, for viewers without a kernel."""
        try:
            data, metadata = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        except ImportError:
            return {}
        return data | {"text/plain": repr(self)}, metadata

    def _display_(self) -> Any:
        """For marimo: the widget, or else the page."""
        try:
            return self.widget
        except ImportError:
            return _AsHtml(self)


class _AsHtml:
    """A page that marimo shows as HTML."""

    def __init__(self, page: Page) -> None:
        self._repr_html_ = page._repr_html_


@cache
def _widget_class() -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise missing("anywidget", "a page whose numbers come back to Python", "widget") from error
    modules = [HERE.joinpath(name).read_text(encoding="utf-8") for name in ("notebook.js", "widget.js")]
    texts = {name: traitlets.Unicode().tag(sync=True) for name in ("html", "title", "state")}
    traits = texts | {"height": traitlets.Int().tag(sync=True), "_esm": "\n".join(modules)}
    return type("PageWidget", (anywidget.AnyWidget,), traits)
