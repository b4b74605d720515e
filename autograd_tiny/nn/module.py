"""What all networks have in common: parameters with names, two modes, numbers that can be read and set."""
from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from .. import vectors
from ..engine.value import Value, call_in_scope, current_scope, scope_inside
from .parameters import merged, named, numbers_of, parameters_in, put_numbers, tensors_at

OWN_FIELDS = {"name", "training", "_place", "_notes"}      # of a module itself


class Module:
    """Something with parameters that can be trained, as torch.nn.Module in small.

    A subclass says what it computes in `forward`. Whatever Values and modules it holds in its attributes,
    also in lists, tuples, dicts and arrays of them, are its parameters and its parts: `self.w = [Value(0.5)]`
    makes a parameter w[0], `self.layers = [a, b]` makes the parts layer1 and layer2. A Value without a label
    gets its place as label, so that pictures show "layer1.neuron2.w[0]"; the Values that a call computes
    carry the same names as their scope. What `forward` notes in an attribute is no parameter.

    name: what the owner calls it, and the scope of what it computes; the class's name, if nothing else.
    training: True in training, False in use; see train and eval.
    """

    name: str = ""
    training: bool = True
    _place: tuple[str | None, str] = (None, "")         # the scope around its last call, and its own there
    _notes: frozenset[str] = frozenset()                # attributes that were set by a call

    def __setattr__(self, attribute: str, held: Any) -> None:
        object.__setattr__(self, attribute, held)
        if attribute == "name":
            object.__setattr__(self, "_place", (None, ""))
        is_running = self._place[1] and f"{current_scope()}.".startswith(f"{self._place[1]}.")
        if is_running:
            object.__setattr__(self, "_notes", self._notes | {attribute})
            return
        if attribute in self._notes:
            object.__setattr__(self, "_notes", self._notes - {attribute})
        for place, part in named(attribute, held):
            if isinstance(part, Module):
                part._called(place)
            elif not part.label:
                part.label = place

    def __delattr__(self, attribute: str) -> None:
        object.__delattr__(self, attribute)
        object.__setattr__(self, "_notes", self._notes - {attribute})

    def held(self) -> dict[str, Any]:
        """Its attributes, but for what calls have noted there."""
        others = {name: held for name, held in vars(self).items() if name not in OWN_FIELDS}
        return {name: held for name, held in others.items() if name not in self._notes} if self._notes else others

    def _called(self, place: str) -> None:
        """Take the name that an owner gives. Labels that somebody has chosen stay."""
        for name, parameter in self.named_parameters():
            if parameter.label == name:
                parameter.label = f"{place}.{name}"
        if not self.name:
            self.name = place

    __call__ = call_in_scope        # forward(*inputs), whose results get the scope of the module

    def _scope_inside(self, outer: str) -> str:
        """The scope of what it computes when it is called in another one; remembered for the next call."""
        scope = scope_inside(outer, self.name or type(self).__name__.lower())
        object.__setattr__(self, "_place", (outer, scope))
        self.parts()
        return scope

    def forward(self, *inputs: Any) -> Any:
        """The outputs for some inputs. Subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(self, x): define what it computes")

    # ---- parameters

    def parameters(self) -> list[Value]:
        """The Values that training changes, each once."""
        found: list[Value] = []
        for held in self.held().values():
            found += parameters_in(held)
        return found if len({*found}) == len(found) else list(dict.fromkeys(found))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The same with their places: ("layer1.neuron2.w[0]", Value)."""
        found: dict[Value, str] = {}
        for attribute, held in self.held().items():
            for place, part in named(attribute, held):
                if isinstance(part, Module):
                    for name, parameter in part.named_parameters():
                        found.setdefault(parameter, f"{place}.{name}")
                else:
                    found.setdefault(part, place)
        return [(name, parameter) for parameter, name in found.items()]

    def parts(self) -> list[tuple[str, Module]]:
        """The modules that it is made of, with their names."""
        found = (named(attribute, held, values=False) for attribute, held in self.held().items())
        parts = [part for parts in found for part in parts]
        for place, part in parts:
            if not part.name:                   # it was put into a list after that became an attribute
                part._called(place)
        return parts

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward pass adds its own."""
        vectors.zero_gradients(self.parameters())

    # ---- modes

    def train(self, mode: bool = True) -> Module:
        """Go into the mode for training, with all parts: Dropout leaves units out. Returns the module."""
        object.__setattr__(self, "training", bool(mode))
        for _, part in self.parts():
            part.train(mode)
        return self

    def eval(self) -> Module:
        """Go into the mode for use: the same as train(False)."""
        return self.train(False)

    # ---- numbers

    def tensors(self) -> dict[str, Any]:
        """The parameters by name, Values in lists of lists, regular like an array.

        ValueError if two have the same name.
        """
        return merged(tensors_at(attribute, held) for attribute, held in self.held().items())

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """The numbers of all parameters, as arrays by name. For an MLP "layer1.w" is (nout, nin)."""
        return {name: numbers_of(tensor) for name, tensor in self.tensors().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set all parameters to what state_dict gave.

        ValueError that lists every name that is missing or unknown, and every shape that does not fit;
        TypeError for what is not numeric. Nothing has changed then.
        """
        put_numbers(self.tensors(), state, type(self).__name__)

    # ---- how it shows

    def describe(self) -> str:
        """What it is, on one line, without its parts."""
        return type(self).__name__

    def shown_parts(self) -> list[tuple[str, Module]]:
        """Those of its parts that repr shows as branches."""
        return self.parts()

    def __repr__(self) -> str:
        head, *rest = _tree(self)
        return "\n".join([f"{head} parameters", *rest])


def scope_of(module: Module) -> str:
    """The scope of what it has computed last, or would be called in a call by itself."""
    return module._place[1] or module.name or type(module).__name__.lower()


def _tree(module: Module) -> list[str]:
    """The lines of repr: parts that follow each other and look the same stand on one."""
    lines = [f"{module.describe()}: {len(module.parameters()):,}"]
    parts = [(name, _tree(part)) for name, part in module.shown_parts()]
    if parts:                                   # beside them, the parameters that are in none
        own = {name: numbers_of(x).size for name, x in module.tensors().items() if "." not in name}
        parts += [(name, [f"{count:,}"]) for name, count in own.items()]
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part[1])]
    for k, run in enumerate(runs):
        (first, (head, *rest)), last = run[0], run[-1][0]
        branch, trunk = ("└── ", "    ") if k == len(runs) - 1 else ("├── ", "│   ")
        lines.append(branch + (f"{first}: {head}" if len(run) == 1 else f"{first} … {last}: {head} each"))
        lines += [trunk + line for line in rest]
    return lines
