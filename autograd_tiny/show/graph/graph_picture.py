"""The picture of a computation that draw() returns: for a layout program, and as text."""
from __future__ import annotations

from functools import cached_property, partial

from ...boundary.text import printable
from ...boundary.warning import warn
from ..picture import TEXT_SUFFIXES, Picture
from .drawing import dot_source
from .highlight import Highlight
from .mermaid import as_code, mermaid, too_large
from .scene import Scene
from .table import Table
from .text_tree import MOST_LINES, tree


class GraphPicture(Picture):
    """A picture of a computation, which is there as text too: as a tree, as a table, and for Mermaid.

    All of them show the numbers of the moment when draw() was called. `save` writes the whole tree to a file that
    ends in .txt, and the flowchart for Mermaid to one that ends in .mmd.

    Attributes:
        title: A description for screen readers.
    """

    suffixes = (*Picture.suffixes, *TEXT_SUFFIXES)

    def __init__(
        self, scene: Scene, rankdir: str, theme: str, color: str | None, highlight: Highlight | None
    ) -> None:
        super().__init__(partial(dot_source, scene, rankdir, color=color, highlight=highlight), scene.title(), theme)
        self.scene = scene
        self.rankdir = rankdir

    @property
    def tree(self) -> str:
        """The computation as a tree for a terminal: below each value its operands.

        Of a large one the first 200 lines; a file has all.
        """
        return printable(tree(self.scene, MOST_LINES))

    @property
    def mermaid(self) -> str:
        """The same picture for Markdown: between ```mermaid and ``` GitHub, GitLab and Jupyter draw it.

        A warning says so where it has more edges than they draw.
        """
        return printable(self._flowchart(), as_code)

    def _flowchart(self) -> str:
        text = mermaid(self.scene, self.rankdir)
        refused = too_large(self.scene, text)
        if refused:
            warn(refused, stacklevel=3)
        return text

    @cached_property
    def table(self) -> Table:
        """A row for each node, also inside of folded modules; it prints, and Jupyter shows it."""
        return Table(self.scene)

    def _as(self, suffix: str) -> bytes:
        if suffix == ".mmd":
            return self._flowchart().encode()
        if suffix == ".txt":
            return f"{tree(self.scene)}\n".encode()
        return super()._as(suffix)
