"""What all networks have in common: parameters with names, two modes, numbers that can be read and set."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from .. import vectors
from ..engine import Value, change_scope, kind, leave_scope, path_of


class Module:
    """Something with parameters that can be trained, as torch.nn.Module in small.

    A subclass says what it computes in `forward`. Whatever Values and modules it holds in its attributes,
    also in lists, tuples, dicts and arrays of them, are its parameters and its parts: `self.w = [Value(0.5)]`
    makes a parameter w[0], `self.layers = [a, b]` makes the parts layer1 and layer2. A Value without a label
    gets its place as label, so that pictures show "layer1.neuron2.w[0]"; the Values that a call computes
    carry the same names as their scope.

    name: what the owner calls it, and the scope of what it computes; the class's name, if nothing else.
    training: True in training, False in use; see train and eval.
    """

    name: str = ""
    training: bool = True
    _place: tuple[str | None, str] = (None, "")         # the scope around its last call, and its own there

    def __setattr__(self, attribute: str, held: Any) -> None:
        object.__setattr__(self, attribute, held)
        if attribute == "name":
            object.__setattr__(self, "_place", (None, ""))
        for place, part in _named(attribute, held):
            if isinstance(part, Module):
                part._called(place)
            elif not part.label:
                part.label = place

    def _called(self, place: str) -> None:
        """Take the name that an owner gives. Labels that somebody has chosen stay."""
        for name, parameter in self.named_parameters():
            if parameter.label == name:
                parameter.label = f"{place}.{name}"
        if not self.name:
            self.name = place

    def __call__(self, *inputs: Any) -> Any:
        """What `forward` computes."""
        before = self._enter()
        try:
            return self.forward(*inputs)
        finally:
            leave_scope(before)

    def _enter(self) -> str:
        """Make this module the scope of what is computed now; returns the scope around it.

        The path is kept, since most calls come from where the last one came from.
        """
        around, path = self._place
        before = change_scope(path)
        if before is not around:
            path = path_of(before, self.name or type(self).__name__.lower())
            object.__setattr__(self, "_place", (before, path))
            change_scope(path)
        return before

    def forward(self, *inputs: Any) -> Any:
        """The outputs for some inputs. Subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(self, x): define what it computes")

    # ---- parameters

    def parameters(self) -> list[Value]:
        """The Values that training changes, each once."""
        found: list[Value] = []
        for _, part in _members(self):
            if isinstance(part, Module):
                found += part.parameters()
            else:
                found.append(part)
        return list(dict.fromkeys(found))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The same with their places: ("layer1.neuron2.w[0]", Value)."""
        found: dict[Value, str] = {}
        for place, part in _members(self):
            if isinstance(part, Module):
                for name, parameter in part.named_parameters():
                    found.setdefault(parameter, f"{place}.{name}")
            else:
                found.setdefault(part, place)
        return [(name, parameter) for parameter, name in found.items()]

    def parts(self) -> list[tuple[str, Module]]:
        """The modules that it is made of, with their names."""
        found = (_named(place, held, just_parts=True) for place, held in vars(self).items())
        return [part for parts in found for part in parts]

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
        """The parameters by name, Values in lists of lists, regular like an array."""
        found: dict[str, Any] = {}
        for attribute, held in vars(self).items():
            found |= _tensors(attribute, held)
        return found

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """The numbers of all parameters, as arrays by name. For an MLP "layer1.w" is (nout, nin)."""
        return {name: _numbers(held) for name, held in self.tensors().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set all parameters to what state_dict gave.

        ValueError that lists every name that is missing or unknown, and every shape that does not fit;
        TypeError for what is not numeric. Nothing has changed then.
        """
        ours, numbers, problems = self.tensors(), [], []
        for name, held in ours.items():
            if name not in state:
                problems.append(f"{name} is missing")
                continue
            given, shape = _real(name, state[name]), np.shape(_numbers(held))
            if given.shape != shape:
                problems.append(f"{name} has the shape {given.shape}, {shape} is expected")
            numbers.append(given.ravel())
        problems += [f"{name} is unknown" for name in state if name not in ours]
        if problems:
            raise ValueError(f"these weights do not fit {type(self).__name__}: {'; '.join(problems)}")
        values = [x for held in ours.values() for x in _flat(held)]
        vectors.write(values, np.concatenate(numbers) if numbers else np.empty(0))

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


def _members(module: Module) -> Iterator[tuple[str, Any]]:
    """The parts and parameters that a module holds, with their places."""
    for attribute, held in vars(module).items():
        yield from _named(attribute, held)


def _named(place: str, held: Any, just_parts: bool = False) -> Iterator[tuple[str, Any]]:
    """The parts and parameters in what an attribute holds; just_parts: without the parameters."""
    if type(held) is Value:
        if not just_parts and not held.operands:
            yield place, held
    elif isinstance(held, Module):
        yield place, held
    elif isinstance(held, dict):
        for key, inside in held.items():
            yield from _named(f"{place}.{key}", inside, just_parts)
    elif isinstance(held, list | tuple):
        for i, inside in enumerate(held):
            if not (just_parts and type(inside) is Value):
                is_part = isinstance(inside, Module)
                name = f"{place.removesuffix('s')}{i + 1}" if is_part else f"{place}[{i}]"
                yield from _named(name, inside, just_parts)
    elif isinstance(held, np.ndarray) and held.dtype == object:
        yield from _named(place, held.tolist(), just_parts)


def _is_parameter(held: Any) -> bool:
    return type(held) is Value and not held.operands


def _tensors(place: str, held: Any) -> dict[str, Any]:
    """The parameters in what an attribute holds, in as few regular arrays as they make."""
    if isinstance(held, Module):
        return {f"{place}.{name}": inside for name, inside in held.tensors().items()}
    if isinstance(held, np.ndarray):
        held = held.tolist() if held.dtype == object else None
    if _is_parameter(held) or (isinstance(held, list | tuple) and _is_regular(held)):
        return {place: held}
    found: dict[str, Any] = {}
    if isinstance(held, dict):
        for key, inside in held.items():
            found |= _tensors(f"{place}.{key}", inside)
    elif isinstance(held, list | tuple):
        for i, inside in enumerate(held):
            is_part = isinstance(inside, Module)
            name = f"{place.removesuffix('s')}{i + 1}" if is_part else f"{place}[{i}]"
            found |= _tensors(name, inside)
    return found


def _is_regular(held: list[Any] | tuple[Any, ...]) -> bool:
    """Whether lists of parameters are as long as each other, at every depth, as the rows of an array."""
    if not held or all(map(_is_parameter, held)):
        return bool(held)
    if not all(isinstance(row, list | tuple) and _is_regular(row) for row in held):
        return False
    return len({np.shape(_numbers(row)) for row in held}) == 1


def _flat(held: Any) -> list[Value]:
    return [held] if type(held) is Value else [x for inside in held for x in _flat(inside)]


def _numbers(held: Any) -> np.ndarray[Any, Any]:
    if type(held) is Value:
        return np.array(held.data)
    if all(type(x) is Value for x in held):
        found: np.ndarray[Any, Any] = vectors.read(held)
        return found
    return np.stack([_numbers(row) for row in held])


def _real(name: str, given: Any) -> np.ndarray[Any, Any]:
    array = np.asarray(given)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: an array of numbers is expected, got {kind(given)}")
    return array.astype(float)


def _tree(module: Module) -> list[str]:
    """The lines of repr: parts that follow each other and look the same stand on one."""
    lines = [f"{module.describe()}: {len(module.parameters()):,}"]
    parts = [(name, _tree(part)) for name, part in module.shown_parts()]
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part[1])]
    for k, run in enumerate(runs):
        (first, (head, *rest)), last = run[0], run[-1][0]
        branch, trunk = ("└── ", "    ") if k == len(runs) - 1 else ("├── ", "│   ")
        lines.append(branch + (f"{first}: {head}" if len(run) == 1 else f"{first} … {last}: {head} each"))
        lines += [trunk + line for line in rest]
    return lines
