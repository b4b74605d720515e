"""The film of a computation as plain data: its steps, and the numbers that each of them shows.

pass_film.py makes the film of one forward and one backward pass, training_film.py that of a training; player.py puts
a film on a page.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Line: TypeAlias = Literal["value", "gradient", "local derivative", "constant"]


class Slot(NamedTuple):
    """A place for a number in the picture.

    Attributes:
        part: The id of a part of the picture, as graph/drawing.py gives it: the box of a Value or of a folded
            module, a constant, or the local derivative on an edge.
        line: Which of the numbers there.
    """

    part: str
    line: Line


class Shown(NamedTuple):
    """The content of a slot from a step on.

    Attributes:
        slot: The slot.
        text: Its text; None if nothing is known yet.
        number: The number that the text stands for, to all digits; None if it stands for several.
    """

    slot: Slot
    text: str | None
    number: float | None = None


@dataclass
class Step:
    """One step of a film.

    Attributes:
        phase: "start", "forward", "backward", "update" or "end".
        says: The sentence about it.
        lit: The ids of the parts of the picture that it is about.
        near: The ids of the parts that take part.
        shows: The slots whose content changes.
        total: The end of the sentence, where contributions to a gradient add up.
        lines: More sentences, one for each parameter in an update.
        losses: How many of the film's losses are known.
    """

    phase: str
    says: str
    lit: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    shows: list[Shown] = field(default_factory=list)
    total: str = ""
    lines: list[str] = field(default_factory=list)
    losses: int = 0


@dataclass
class Film:
    """The film of a computation.

    Attributes:
        steps: Its steps.
        losses: The losses of a training, before each update and after the last; none in the film of one pass.
    """

    steps: list[Step]
    losses: list[float] = field(default_factory=list)
