"""Frames around the modules that are not folded, and the order of the boxes inside."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...engine.value import Value
from ..dot_language import Digraph, escaped, in_tooltip
from ..names import plain
from ..theme import Palette
from .folding import Fold
from .module_paths import prefixes
from .scene import Box, Scene

FRAME = {"style": "rounded", "labeljust": "l", "margin": "8", "fontsize": "11"}


class Frames:
    """The frames of a picture: subgraphs of dot, one for each module that is not folded.

    The edges follow all the boxes: those into boxes in frames first, then the others.

    Attributes:
        sideways: Whether the computation goes from left to right or back; dot then stacks the contents of a frame
            upward.
    """

    def __init__(self, scene: Scene, graph: Digraph, colours: Palette, sideways: bool) -> None:
        self.scene = scene
        self.graph = graph
        self.look = FRAME | {"color": colours.line, "fontcolor": colours.quiet}
        self.sideways = sideways
        self.frames: dict[str, Digraph] = {}        # by the paths of the modules
        self.edges_inside, self.edges_outside = Digraph(), Digraph()

    def edges_to(self, box: Box) -> Digraph:
        """The graph for the edges that lead to a box."""
        return self.edges_inside if self.scene.module_around(box) else self.edges_outside

    def frame(self, path: str) -> Digraph:
        """The frame of a module, made when it is first needed; outside of all modules, the whole graph."""
        if not path:
            return self.graph
        for module in prefixes(path):
            if module not in self.frames:
                label, tooltip = escaped(plain(module.rpartition(".")[2])), in_tooltip(plain(module))
                look = self.look | {"label": label, "tooltip": tooltip}
                self.frames[module] = Digraph(f"cluster_{len(self.frames)}", graph_attr=look)
        return self.frames[path]

    def close(self) -> None:
        """Put the frames into each other, the last ones, which are the innermost, first; then add the edges."""
        if self.sideways:
            for graph in (*self.frames.values(), self.edges_inside):
                graph.body.reverse()
        self.keep_order_of_folds()
        if self.frames:
            self.keep_order_of_leaves()
        for path, frame in reversed(self.frames.items()):
            self.frames.get(path.rpartition(".")[0], self.graph).subgraph(frame)
            frame.body.clear()              # the copies of many nested ones would fill the memory
        self.graph.body += self.edges_inside.body + self.edges_outside.body

    def keep_order_of_folds(self) -> None:
        """Folded modules beside each other, such as the neurons of a layer, stay in their order."""
        if any(isinstance(box, Value) and self.scene.module_around(box) for box in self.scene.boxes):
            return                          # boxes that are not folded need the room, and the second search
        beside: dict[tuple[str, frozenset[Box]], list[Fold]] = {}
        for fold in self.scene.folding.folds.values():
            key = self.scene.module_around(fold), frozenset(self.scene.sources(fold))
            beside.setdefault(key, []).append(fold)
        for (module, sources), folds in beside.items():
            if len(folds) > 1 and sources.isdisjoint(folds):
                folds.sort(key=_number, reverse=self.sideways)
                self.skip_second_search()
                self.chain(module, folds)

    def keep_order_of_leaves(self) -> None:
        """The leaves that a single operation in a frame uses stay in their order."""
        operations = [box for box in self.scene.boxes if isinstance(box, Value) and box.operands]
        uses = Counter(source for operation in operations for source in self.scene.sources(operation))
        for operation in operations:
            module, sources = self.scene.module_around(operation), self.scene.sources(operation)
            own = [
                x for x in sources
                if isinstance(x, Value) and not x.operands and uses[x] == 1 and self.scene.module_around(x) == module
            ]
            if module and len(own) > 1:
                self.chain(module, own[::-1] if self.sideways else own)
                if any(self.scene.is_bundle(source, len(places)) for source, places in sources.items()):
                    self.skip_second_search()

    def skip_second_search(self) -> None:
        """Keep dot from a second search for fewer crossings, which would undo the order."""
        self.graph.attr(remincross="false")

    def chain(self, module: str, boxes: Sequence[Box]) -> None:
        """Place boxes beside each other, in this order."""
        names = " -> ".join(map(self.scene.id_of, boxes))
        self.frame(module).body.append(f"\t{{ rank=same; {names} [style=invis] }}\n")


def _number(fold: Fold) -> int:
    """12 of neuron12."""
    return int("0" + re.split(r"\D", fold.path)[-1][-9:])
