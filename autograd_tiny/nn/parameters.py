"""What a module holds: Values and modules, in lists, tuples, dicts and arrays, by name and as numbers."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..calculus.operations import LEAF
from ..engine.functions import relu
from ..engine.value import Value

Array = np.ndarray[Any, Any]
HOLDING_NONE = {type(None), bool, int, float, str, FunctionType, type(relu)}    # what most attributes are


def inside(place: str, held: Any, values: bool = True) -> list[tuple[str, Any]]:
    """What lies in a dict, list, tuple or array that stands at a place, each with its own; nothing in others.

    `layers` has layer1, layer2, … if these are modules (they have parameters), else layers[0], layers[1].
    values=False: but for single Values.
    """
    if isinstance(held, dict):
        return [(f"{place}.{key}", x) for key, x in held.items() if values or type(x) is not Value]
    if isinstance(held, np.ndarray) and held.dtype == object:
        held = held.tolist()
    if not isinstance(held, list | tuple):
        return []
    single = place.removesuffix("s")
    return [
        (f"{single}{i + 1}" if hasattr(x, "parameters") else f"{place}[{i}]", x)
        for i, x in enumerate(held) if values or type(x) is not Value
    ]


def is_parameter(held: Any) -> bool:
    """Whether it is a Value that was not computed."""
    return type(held) is Value and held.operation is LEAF


def parameters_in(held: Any) -> list[Value]:
    """The parameters in what an attribute holds; those of modules in their own order."""
    kind = type(held)
    if kind is Value:
        return [held] if held.operation is LEAF else []
    if kind in HOLDING_NONE:
        return []
    if kind is not list:
        if hasattr(held, "parameters"):
            return list(held.parameters())
        held = elements_of(held)
    leaves = vectors.leaves_if_all_values(held)
    return leaves if leaves is not None else [each for x in held for each in parameters_in(x)]


def elements_of(held: Any) -> list[Any]:
    """What lies in a container, as a list; [] for what is none."""
    if isinstance(held, dict):
        return [*held.values()]
    if isinstance(held, np.ndarray) and held.dtype == object:
        elements: list[Any] = held.tolist()
        return elements
    return [*held] if isinstance(held, list | tuple) else []


def named(place: str, held: Any, values: bool = True) -> Iterator[tuple[str, Any]]:
    """The parameters and modules in what stands at a place. values=False: the modules alone."""
    if hasattr(held, "parameters") or (values and is_parameter(held)):
        yield place, held
    else:
        for name, x in inside(place, held, values):
            yield from named(name, x, values)


def tensors_at(place: str, held: Any) -> dict[str, Any]:
    """The parameters in what stands at a place, in as few arrays (lists of lists) as they make."""
    if hasattr(held, "tensors"):
        return {f"{place}.{name}": tensor for name, tensor in held.tensors().items()}
    if isinstance(held, np.ndarray) and held.dtype == object:
        held = held.tolist()
    if is_parameter(held) or (isinstance(held, list | tuple) and _is_regular(held)):
        return {place: held}
    return merged(tensors_at(name, x) for name, x in inside(place, held))


def merged(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """All entries in one dict; ValueError if two have the same name."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, tensor in part.items():
            if name in found:
                raise ValueError(f"two parameters are called {name!r}: rename one of the attributes")
            found[name] = tensor
    return found


def numbers_of(tensor: Any) -> Array:
    """The numbers of a tensor, an array of its shape."""
    if type(tensor) is Value:
        return np.array(tensor.data)
    if all(type(x) is Value for x in tensor):
        found: Array = vectors.read(tensor)
        return found
    return np.stack([numbers_of(row) for row in tensor])


def put_numbers(tensors: Mapping[str, Any], state: Mapping[str, Any], owner: str) -> None:
    """Set the parameters to the arrays of the same names; see Module.load_state_dict."""
    numbers, problems = [], []
    for name, tensor in tensors.items():
        if name not in state:
            problems.append(f"{name} is missing")
            continue
        given, shape = _real(name, state[name]), np.shape(numbers_of(tensor))
        if given.shape != shape:
            problems.append(f"{name} has the shape {given.shape}, {shape} is expected")
        numbers.append(given.ravel())
    problems += [f"{name} is unknown" for name in state if name not in tensors]
    if problems:
        raise ValueError(f"these weights do not fit {owner}: {'; '.join(problems)}")
    values = [x for tensor in tensors.values() for x in _flat(tensor)]
    vectors.write(values, np.concatenate(numbers) if numbers else np.empty(0))


def _is_regular(held: list[Any] | tuple[Any, ...]) -> bool:
    """Whether lists of parameters are as long as each other, at every depth, as the rows of an array."""
    if not held or all(map(is_parameter, held)):
        return bool(held)
    if not all(isinstance(row, list | tuple) and _is_regular(row) for row in held):
        return False
    return len({np.shape(numbers_of(row)) for row in held}) == 1


def _flat(tensor: Any) -> list[Value]:
    return [tensor] if type(tensor) is Value else [x for row in tensor for x in _flat(row)]


def _real(name: str, given: Any) -> Array:
    array = np.asarray(given)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: an array of numbers is expected, got {describe(given)}")
    return array.astype(float)
