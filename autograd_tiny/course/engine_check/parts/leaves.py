"""The number itself: a leaf, before anything is computed with it."""
from __future__ import annotations

from operator import attrgetter
from typing import Any

from ..examination import shown
from ..trial import Trials, number_of


def fault_of_leaves(made: Any, name: str, trials: Trials) -> str | None:
    """What is wrong with Value(3.0), in a sentence; None if it is as it should be."""
    for number in (3.0, 2.5):
        leaf, error = trials.ask(f"{name}({number})", made, number)
        if error:
            return f"{name}({number}) raises {error}. The constructor has to need no more than the number."
        for attribute, right in (("data", number), ("grad", 0.0)):
            given, error = trials.ask(f"{name}({number}).{attribute}", attrgetter(attribute), leaf)
            if error:
                return f"{name}({number}) has no `{attribute}`: reading it raises {error}."
            found = number_of(given)
            if found != right and not (attribute == "grad" and given is None):
                return f"Right after {name}({number}) its {attribute} is {shown(found, right)[0]}, {right:g} is right."
    if trials.ask(f"setting the .grad of a {name}", _shares_gradient, made)[0]:
        return "All Values share one gradient: a.grad = 5 changes b.grad. Set self.grad in __init__, not in the class."
    return None


def _shares_gradient(made: Any) -> bool:
    a, b = made(2.0), made(3.0)
    a.grad = 5.0
    return number_of(b.grad) == 5.0
