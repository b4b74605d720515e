"""A page of HTML that needs nothing beside itself: no network, no other file."""
from __future__ import annotations

import html
import json
import os
from pathlib import Path
from typing import Any

from ..boundary.files import replacing
from .theme import CSS

# what a page may do: its own styles and scripts, and nothing from anywhere else
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


class Page:
    """A page that Jupyter shows in a frame of its own and `save` writes to a file.

    html: the whole document. title: what it shows, in plain words. height: of the frame, in pixels.
    """

    def __init__(
        self, title: str, body: str, *, style: str = "", script: str = "", height: int = 640
    ) -> None:
        self.title = title
        self.height = height
        script = f"<script>{script}</script>\n" if script else ""
        self.html = (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(title)}</title>\n<style>\n{CSS}{style}</style>\n</head>\n"
            f"<body>\n{body}\n{script}</body>\n</html>\n"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file that ends in .html; returns its path.

        ValueError for another ending, FileNotFoundError if the folder isn't there. An error leaves no file
        behind, and an earlier file as it was.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a file that ends in .html is expected, got {str(path)!r}")
        with replacing(path) as unfinished:
            unfinished.write_text(self.html, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        """A frame: neither its styles nor its scripts reach the notebook around it."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" loading="lazy" '
            f'title="{html.escape(self.title)}" '
            f'style="width: 100%; height: {self.height}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}>"


def as_script(data: Any) -> str:
    """Data as an expression of JavaScript that stays one wherever it stands: no </script> can end it early.

    Numbers that are not finite become NaN, Infinity and -Infinity, which JavaScript has.
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
