"""The scene of a computation whose numbers can be moved: each leaf has a name, and gradients are computed here."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ..graph.folding import Folding
from ..graph.scene import Scene


class ExploreScene(Scene):
    """The scene of a graph with one output.

    Attributes:
        output: The output.
        gradients: Its gradients, for all Values that require one, whatever `.grad` holds.
    """

    def __init__(self, output: Value, values: Sequence[Value], digits: int, folding: Folding) -> None:
        super().__init__([output], values, digits, folding)
        self.output = output
        self.gradients = {}
        if output.requires_grad:
            below = [value for value in values if value.requires_grad]
            self.gradients = dict(zip(below, gradients(output, below), strict=True))
        taken = set(self.names.values())
        fresh = (name for k in count() if (name := f"x{k or ''}") not in taken)
        self.names |= {value: next(fresh) for value in values if not self.names[value]}
