"""A page of HTML that needs no network and no other file: of a film, or of a report."""
from __future__ import annotations

import hashlib
import html
import json
import os
from base64 import b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...boundary.files import file_name, write_file
from ...boundary.text import as_entity, one_line, printable, quoted
from ..theme import CSS

# a page may use its own styles and the scripts that it was written with, and load nothing
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src {}; img-src data:; base-uri 'none'; form-action 'none'"
)


class Page:
    """A page that a notebook shows in a frame of its own, and that `save` writes to a file.

    Attributes:
        title: The title of the page.
        height: The height of the frame in a notebook at first, in pixels; then it fits what is in it.
    """

    def __init__(
        self, title: str, body: str, *, style: str = "", script: str = "", height: int = 640
    ) -> None:
        self.title = title
        self.height = height
        scripts = [_file("frame.js"), *([script] if script else [])]
        policy = POLICY.format(" ".join(map(_source_of, scripts)))
        first, *others = (f"<script>{each}</script>\n" for each in scripts)
        self._html = (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(title)}</title>\n<style>\n{CSS}{style}</style>\n{first}</head>\n"
            f"<body>\n{body}\n{''.join(others)}</body>\n</html>\n"
        )

    @property
    def html(self) -> str:
        """The whole document."""
        return printable(self._document(), as_entity)

    def _document(self) -> str:
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file. An error leaves an earlier file as it was, and no unfinished one.

        Args:
            path: A file name that ends in .html or .htm.

        Returns:
            The path.

        Raises:
            ValueError: The name ends in something else.
            FileNotFoundError: The folder does not exist.
        """
        path = Path(file_name(path))
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a file that ends in .html is expected, got {quoted(str(path))}")
        write_file(path, self._document().encode())
        return path

    def _repr_html_(self) -> str:
        """In a frame: neither its styles nor its scripts reach the notebook around it."""
        return (
            f'<iframe srcdoc="{html.escape(self._document())}" sandbox="allow-scripts" loading="lazy" '
            f'title="{html.escape(self.title)}" '
            f'style="width: 100%; height: {self.height}px; border: 0"></iframe><script>{_file("notebook.js")}</script>'
        )

    def __repr__(self) -> str:
        return printable(f"<{type(self).__name__}: {one_line(self.title)}>")


def _source_of(script: str) -> str:
    """The source of scripts, for a policy, that is this one script and no other."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def as_script(data: Any) -> str:
    """Data as a JavaScript expression that is safe inside a <script> element: no </script> in it ends it early.

    Numbers that are not finite become NaN, Infinity and -Infinity, which JSON lacks and JavaScript has.
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
