"""Module, the base class of all networks: named parameters, two modes, and parameters as arrays.

parameters.py searches the attributes of a module. layers.py and network.py have the modules to build with.

**How a call works.** `Module.__call__` is `call_in_scope` of engine/value.py, a compiled function, so that a call
costs no Python frame beside that of `forward`. It makes the module's scope the current one, calls
`forward(*inputs)` and restores the scope before. Every Value that `forward` computes records this scope, as in
"mlp.layer1.neuron2". A module's scope is its name inside the scope that is current where it is called. Building
that text for each call would be slow, so the module remembers in `_place` the outer scope of its last call, and
its own scope there. Only if a call comes from another outer scope does `call_in_scope` ask `_scope_inside` for a
new one, which also gives names to parts that were appended to a list since.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from itertools import groupby
from typing import Any

from .. import vectors
from ..boundary.late_numpy import np
from ..boundary.text import one_line, printable, shortened
from ..engine.state import noted, scope_inside, switched
from ..engine.value import Value, call_in_scope, current_scope
from .parameters import array_of, load_arrays, merge, named_in, parameters_in, tensors_in

OWN_FIELDS = {"name", "training", "_place", "_notes"}      # of a module itself


class Module:
    """Base class of networks and of their parts, a small torch.nn.Module.

    A subclass computes its outputs in `forward`, which a call of the module runs. The Values and modules in its
    attributes, also inside lists, tuples, dicts and object arrays, are its parameters and its parts:
    `self.w = [Value(0.5)]` registers a parameter w[0], `self.layers = [a, b]` the parts layer1 and layer2. An
    attribute that is set during a call, such as an activation kept for inspection, is not registered.

    A parameter without a label gets its name as label, so that pictures show "layer1.neuron2.w[0]". The Values
    that a call computes have the names of the modules as scope.

    Attributes:
        name: The name under which another module holds this one, such as "layer1"; "" for the outermost.
        training: True in training mode, False in evaluation mode; see train and eval.
    """

    name: str = ""
    _place: tuple[str | None, str] = (None, "")         # outer scope of the last call, and own scope there
    _notes: frozenset[str] = frozenset()                # attributes that were set during a call

    def __init_subclass__(cls, **arguments: Any) -> None:
        """A class with a `__call__` of its own stores attributes during a call as one with `forward` does."""
        super().__init_subclass__(**arguments)
        own = vars(cls).get("__call__")
        if callable(own):
            cls.__call__ = _noting_calls(own)  # type: ignore[method-assign]

    def __setattr__(self, attribute: str, held: Any) -> None:
        object.__setattr__(self, attribute, held)
        if attribute == "name":
            object.__setattr__(self, "_place", (None, ""))
        in_scope = self._place[1] and f"{current_scope()}.".startswith(f"{self._place[1]}.")
        if in_scope or any(module is self for module in noted("called")):
            object.__setattr__(self, "_notes", self._notes | {attribute})
            return
        if attribute in self._notes:
            object.__setattr__(self, "_notes", self._notes - {attribute})
        for name, part in named_in(attribute, held):
            if isinstance(part, Module):
                part._receive_name(name)
            elif not part.label:
                part.label = name

    def __delattr__(self, attribute: str) -> None:
        object.__delattr__(self, attribute)
        object.__setattr__(self, "_notes", self._notes - {attribute})

    def _receive_name(self, name: str) -> None:
        """Take the name that an owner gives, and put it before the parameters' labels unless a user chose these."""
        for own_name, parameter in self.named_parameters():
            if parameter.label == own_name:
                parameter.label = f"{name}.{own_name}"
        if not self.name:
            self.name = name

    def _registered(self) -> dict[str, Any]:
        """The attributes that are searched for parameters and parts."""
        found = {name: held for name, held in vars(self).items() if name not in OWN_FIELDS}
        return {name: held for name, held in found.items() if name not in self._notes} if self._notes else found

    # ---- calls

    __call__ = call_in_scope        # the docstring of this file explains it

    def _scope_inside(self, outer: str) -> str:
        """The scope of a call from the scope `outer`, which is remembered for the next call."""
        scope = scope_inside(outer, self.name or type(self).__name__.lower())
        object.__setattr__(self, "_place", (outer, scope))
        self.parts()                            # gives them names, which their scopes are made of
        return scope

    def forward(self, *inputs: Any) -> Any:
        """Compute the outputs. Subclasses define it.

        Args:
            *inputs: The arguments of the call, for most modules a list of Values or numbers.

        Returns:
            The outputs, for most modules a list of Values, or a Value where there is only one.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward(self, x): define what it computes")

    # ---- parameters

    def parameters(self) -> list[Value]:
        """The Values that training changes, each once, in the order of the attributes."""
        found: list[Value] = []
        for held in self._registered().values():
            found += parameters_in(held)
        return found if len({*found}) == len(found) else list(dict.fromkeys(found))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters with their names, such as ("layer1.neuron2.w[0]", Value(…))."""
        found: dict[Value, str] = {}
        self._add_named_parameters(found, "")
        return [(name, parameter) for parameter, name in found.items()]

    def _add_named_parameters(self, found: dict[Value, str], prefix: str) -> None:
        """Add the parameters to those found, each with its name behind the prefix."""
        for attribute, held in self._registered().items():
            for name, part in named_in(attribute, held):
                if isinstance(part, Module):
                    part._add_named_parameters(found, f"{prefix}{name}.")
                else:
                    found.setdefault(part, prefix + name)

    def parts(self) -> list[tuple[str, Module]]:
        """The modules directly inside this one, with their names."""
        found = (named_in(attribute, held, modules_only=True) for attribute, held in self._registered().items())
        parts = [part for parts in found for part in parts]
        for name, part in parts:
            if not part.name:                   # appended to a list after the list became an attribute
                part._receive_name(name)
        return parts

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to 0: backward passes add to them."""
        vectors.zero_gradients(self.parameters())

    # ---- modes

    @property
    def training(self) -> bool:
        """Whether it is in training mode: that of a fit, evaluate or predict that runs here, or else its own."""
        for modules, training in reversed(noted("modes")):
            if id(self) in modules:
                return bool(training)
        return bool(vars(self).get("training", True))

    @training.setter
    def training(self, mode: bool) -> None:
        vars(self)["training"] = bool(mode)

    def train(self, mode: bool = True) -> Module:
        """Switch this module and all its parts to training mode, where Dropout is active.

        Args:
            mode: False switches to evaluation mode instead.

        Returns:
            The module itself.
        """
        self.training = mode
        for _, part in self.parts():
            part.train(mode)
        return self

    def eval(self) -> Module:
        """Switch to evaluation mode: train(False)."""
        return self.train(False)

    # ---- parameters as arrays

    def tensors(self) -> dict[str, Any]:
        """The parameters as tensors by name: a Value, or rectangular nested lists of Values.

        Raises:
            ValueError: Two of them have the same name.
        """
        return merge(tensors_in(attribute, held) for attribute, held in self._registered().items())

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """The numbers of all parameters, copied.

        Returns:
            Arrays of float64 by name. A Layer has "w" (nout, nin) and "b" (nout,); an MLP "layer1.w", ….

        Raises:
            ValueError: Two parameters have the same name.
        """
        return {name: array_of(tensor) for name, tensor in self.tensors().items()}

    def _own_sizes(self) -> dict[str, int]:
        """How many numbers each tensor has that is in no part."""
        own = merge(tensors_in(name, held, of_modules=False) for name, held in self._registered().items())
        return {name: array_of(tensor).size for name, tensor in own.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set all parameters to the numbers of a state_dict.

        Args:
            state: Arrays, or nested lists, with the names and shapes that state_dict returns.

        Raises:
            ValueError: Names are missing or unknown, or shapes do not fit; the first few are listed.
            TypeError: An entry is not numeric. After an error nothing has changed.
        """
        load_arrays(self.tensors(), state, type(self).__name__)

    # ---- display

    def describe(self) -> str:
        """A summary on one line, without the parts."""
        return shortened(type(self).__name__)

    def shown_parts(self) -> list[tuple[str, Module]]:
        """The parts that repr shows as branches."""
        return self.parts()

    def __repr__(self) -> str:
        head, *rest = _tree(self)
        return printable("\n".join([f"{head} parameters", *rest]))


def _noting_calls(call: Callable[..., Any]) -> Callable[..., Any]:
    """A `__call__` that a subclass defines, during which the module counts as running."""
    @wraps(call)
    def noting(self: Module, *inputs: Any, **named: Any) -> Any:
        with switched(called=self):
            return call(self, *inputs, **named)

    return noting


def scope_of(module: Module) -> str:
    """The scope of its last call; of one that was never called, the scope of a call outside of all others."""
    return module._place[1] or module.name or type(module).__name__.lower()


def _tree(module: Module) -> list[str]:
    """The lines of repr; adjacent parts that look the same share one."""
    lines = [f"{one_line(module.describe())}: {len(module.parameters()):,}"]
    parts = [(shortened(name), _tree(part)) for name, part in module.shown_parts()]
    if parts:                                   # beside them, the parameters that are in none
        parts += [(shortened(name), [f"{count:,}"]) for name, count in module._own_sizes().items()]
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part[1])]
    for k, run in enumerate(runs):
        (first, (head, *rest)), last = run[0], run[-1][0]
        branch, trunk = ("└── ", "    ") if k == len(runs) - 1 else ("├── ", "│   ")
        lines.append(branch + (f"{first}: {head}" if len(run) == 1 else f"{first} … {last}: {head} each"))
        lines += [trunk + line for line in rest]
    return lines
