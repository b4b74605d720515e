"""A picture of a computation, which is there in words too."""
from __future__ import annotations

from functools import cached_property

from ..picture import IN_WORDS, Picture
from .mermaid import mermaid
from .scene import Scene
from .table import Table
from .text_tree import MOST_LINES, tree


class GraphPicture(Picture):
    """A picture of a computation, which is there in words too: as a tree, as a table, and for Mermaid.

    `save` writes the whole tree to a file that ends in .txt, and what Mermaid draws to one that ends in .mmd.
    """

    suffixes = (*Picture.suffixes, *IN_WORDS)

    def __init__(self, source: str, scene: Scene, rankdir: str) -> None:
        super().__init__(source, scene.title())
        self.scene = scene
        self.rankdir = rankdir

    @cached_property
    def tree(self) -> str:
        """The computation as a tree for a terminal: below each value what it was made from.

        Of a large one the first MOST_LINES lines; a file has all.
        """
        return tree(self.scene, MOST_LINES)

    @cached_property
    def mermaid(self) -> str:
        """The same picture for Markdown: between ```mermaid and ``` GitHub, GitLab and Jupyter draw it."""
        return mermaid(self.scene, self.rankdir)

    @cached_property
    def table(self) -> Table:
        """A row for each node, also inside of folded modules; it prints, and Jupyter shows it."""
        return Table(self.scene)

    def _as(self, suffix: str) -> bytes:
        if suffix == ".mmd":
            return self.mermaid.encode()
        if suffix == ".txt":
            return f"{tree(self.scene)}\n".encode()
        return super()._as(suffix)
