"""The parameters inside a module's attributes: found, named, and read and written as arrays.

An attribute may be a Value or a module, or a list, tuple, dict or object array of them, nested at will. Here a
"tensor" is a Value, or rectangular nested lists of Values. module.py calls all of this.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any, TypeAlias

from .. import vectors
from ..boundary.arrays import is_array
from ..boundary.foreign import numbers_of
from ..boundary.late_numpy import np
from ..boundary.text import quoted, shortened, some_of
from ..calculus.operations import LEAF
from ..engine.functions import relu
from ..engine.value import Value

Array: TypeAlias = "np.ndarray[Any, Any]"
WITHOUT_PARAMETERS = {type(None), bool, int, float, str, FunctionType, type(relu)}   # most attributes are of these


def is_parameter(held: Any) -> bool:
    """Whether it is a leaf: a Value that was not computed."""
    return type(held) is Value and held.operation is LEAF


def has_parameters(held: Any) -> bool:
    """Whether it has a method parameters(), as a module has; an operation of the user's own has another attribute."""
    return callable(getattr(held, "parameters", None))


# ---- finding

def parameters_in(held: Any) -> list[Value]:
    """The parameters in the value of an attribute, in order; one may be there twice."""
    kind = type(held)
    if kind is Value:
        return [held] if held.operation is LEAF else []
    if kind in WITHOUT_PARAMETERS:
        return []
    if kind is not list:
        if has_parameters(held):
            return list(held.parameters())
        held = elements_of(held)
    leaves = vectors.leaves_if_all_values(held)
    return leaves if leaves is not None else [each for x in held for each in parameters_in(x)]


def elements_of(held: Any) -> list[Any]:
    """The elements of a container as a list; [] for anything else."""
    if isinstance(held, dict):
        return [*held.values()]
    if is_array(held) and held.dtype == object:
        elements: list[Any] = held.tolist()
        return elements
    return [*held] if isinstance(held, list | tuple) else []


def named_in(name: str, held: Any, modules_only: bool = False) -> Iterator[tuple[str, Any]]:
    """The outermost modules and the parameters in the value of an attribute, each with its name."""
    if has_parameters(held) or (not modules_only and is_parameter(held)):
        yield name, held
    else:
        for inner_name, x in named_elements(name, held, modules_only):
            yield from named_in(inner_name, x, modules_only)


def named_elements(name: str, held: Any, modules_only: bool = False) -> list[tuple[str, Any]]:
    """The elements of a container, each with its name; [] for anything else. modules_only skips single Values.

    In a list `layers`, modules are called layer1, layer2, …, and anything else layers[0], layers[1], ….
    """
    if isinstance(held, dict):
        return [(f"{name}.{key}", x) for key, x in held.items() if not (modules_only and type(x) is Value)]
    if is_array(held) and held.dtype == object:
        held = held.tolist()
    if not isinstance(held, list | tuple):
        return []
    singular = name.removesuffix("s")
    return [
        (f"{singular}{i + 1}" if has_parameters(x) else f"{name}[{i}]", x)
        for i, x in enumerate(held) if not (modules_only and type(x) is Value)
    ]


# ---- tensors

def tensors_in(name: str, held: Any, of_modules: bool = True) -> dict[str, Any]:
    """The parameters in the value of an attribute as tensors by name, each as large as possible."""
    if hasattr(held, "tensors"):
        inside = held.tensors() if of_modules else {}
        return {f"{name}.{inner_name}": tensor for inner_name, tensor in inside.items()}
    if is_array(held) and held.dtype == object:
        held = held.tolist()
    if is_parameter(held) or (isinstance(held, list | tuple) and _is_rectangular(held)):
        return {name: held}
    return merge(tensors_in(inner_name, x, of_modules) for inner_name, x in named_elements(name, held))


def merge(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """All tensors in one dict. ValueError if two have the same name."""
    merged: dict[str, Any] = {}
    for part in parts:
        for name, tensor in part.items():
            if name in merged:
                raise ValueError(f"two parameters are called {quoted(name)}: rename one of the attributes")
            merged[name] = tensor
    return merged


def array_of(tensor: Any) -> Array:
    """The numbers of a tensor, as an array of its shape."""
    if type(tensor) is Value:
        return np.array(tensor.data)
    if all(type(x) is Value for x in tensor):
        row: Array = vectors.read(tensor, np.empty(len(tensor)))
        return row
    return np.stack([array_of(row) for row in tensor])


def load_arrays(tensors: Mapping[str, Any], state: Mapping[str, Any], owner: str) -> None:
    """Set tensors to the arrays of the same names; errors as of Module.load_state_dict."""
    arrays, problems = [], []
    for name, tensor in tensors.items():
        if name not in state:
            problems.append(f"{shortened(name)} is missing")
            continue
        given, shape = numbers_of(state[name], shortened(name)), np.shape(array_of(tensor))
        if given.shape != shape:
            problems.append(f"{shortened(name)} has the shape {given.shape}, {shape} is expected")
        arrays.append(given.ravel())
    problems += [f"{shortened(name)} is unknown" for name in state if name not in tensors]
    if problems:
        raise ValueError(f"these weights do not fit {owner}: {some_of(problems, '; ', 150)}")
    values = [x for tensor in tensors.values() for x in _flatten(tensor)]
    vectors.write(values, np.concatenate(arrays) if arrays else np.empty(0))


def _is_rectangular(held: list[Any] | tuple[Any, ...]) -> bool:
    """Whether nested lists of parameters have the shape of an array."""
    if not held or all(map(is_parameter, held)):
        return bool(held)
    if not all(isinstance(row, list | tuple) and _is_rectangular(row) for row in held):
        return False
    return len({np.shape(array_of(row)) for row in held}) == 1


def _flatten(tensor: Any) -> list[Value]:
    return [tensor] if type(tensor) is Value else [x for row in tensor for x in _flatten(row)]
