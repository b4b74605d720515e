"""Parameter groups: the options of an optimiser, for all of its parameters or for some of them, as in torch.optim."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Generic, TypeVar, overload

from ..boundary.arguments import describe, nonnegative
from ..boundary.text import quoted
from ..engine.value import Value

T = TypeVar("T")


class Option(Generic[T]):
    """An option of a class of optimisers, such as lr or momentum.

    optimizer.lr reads it from the first group, and optimizer.lr = 0.1 sets it in all of them.

    Args:
        check: Returns the option in its plain type, or raises an error with the name it is given.
    """

    def __init__(self, check: Callable[[str, Any], T]) -> None:
        self.check = check
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, optimizer: None, owner: type) -> Option[T]: ...
    @overload
    def __get__(self, optimizer: Any, owner: type) -> T: ...
    def __get__(self, optimizer: Any, owner: type) -> Option[T] | T:
        if optimizer is None:
            return self
        found: T = optimizer.param_groups[0][self.name]
        return found

    def __set__(self, optimizer: Any, given: T) -> None:
        checked = [group.with_option(self.name, given) for group in optimizer.param_groups]
        for group, options in zip(optimizer.param_groups, checked, strict=True):
            group.options = options


def below_1(name: str, given: Any) -> float:
    """A number from 0 to below 1."""
    return nonnegative(name, given, below=1.0)


def two_below_1(name: str, given: Any) -> tuple[float, float]:
    """A pair of such numbers."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(f"{name}: a pair of numbers is expected, as (0.9, 0.999), got {describe(given)}")
    return below_1(f"{name}[0]", given[0]), below_1(f"{name}[1]", given[1])


class ParamGroup(MutableMapping[str, Any]):
    """Some parameters of an optimiser and their options, as a dict: group["lr"] = 0.1 is checked and sets one.

    "params" are the parameters, which can't be replaced.

    Args:
        kind: The class of the optimiser, which says what options there are.
        params: The parameters.
        start: The place of the first of them among all parameters of the optimiser.
        given: The options by name.

    Raises:
        TypeError, ValueError: An option of another type, out of its range, or not known.
    """

    def __init__(self, kind: type[Any], params: tuple[Value, ...], start: int, given: Mapping[str, Any]) -> None:
        self.kind, self.params, self.place = kind, params, slice(start, start + len(params))
        self.options = self._checked(given)

    def with_option(self, name: str, given: Any) -> dict[str, Any]:
        """The options with another one, checked."""
        return self._checked({**self.options, name: given})

    def _checked(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known: dict[str, Option[Any]] = self.kind._options()
        for name in given:
            if name not in known:
                raise ValueError(f"{quoted(name)} is no option of {self.kind.__name__}; there are {', '.join(known)}")
        options = {name: option.check(name, given[name]) for name, option in known.items()}
        self.kind._check_options(options)
        return options

    def __getitem__(self, name: str) -> Any:
        return self.params if name == "params" else self.options[name]

    def __setitem__(self, name: str, given: Any) -> None:
        self.options = self.with_option(name, given)

    def __delitem__(self, name: str) -> None:
        raise TypeError("an option of a parameter group can be set, but not removed")

    def __iter__(self) -> Iterator[str]:
        return iter(["params", *self.options])

    def __len__(self) -> int:
        return 1 + len(self.options)

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in self.options.items() if value is not False]
        return f"{len(self.params)} parameters, {', '.join(shown)}"


def groups_of(parameters: Any) -> list[Mapping[str, Any]]:
    """What the user passed as dicts with "params": several groups, or one of all parameters.

    Raises:
        TypeError: Neither Values nor dicts, or both.
        ValueError: No groups, or one without "params".
    """
    if isinstance(parameters, Mapping) and "params" in parameters:
        raise TypeError("parameters: a list of groups is expected, got one group: write [{…}]")
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"parameters: Values are expected, as in model.parameters() or [w, b], got {describe(parameters)}"
        )
    each = list(parameters)
    if not any(isinstance(group, Mapping) for group in each):
        return [{"params": each}]
    for group in each:
        if not isinstance(group, Mapping):
            raise TypeError(f"parameters: a list of dicts, or of Values, is expected, got {describe(group)} among them")
        if "params" not in group:
            raise ValueError(f'parameters: a group needs "params", its Values, got {describe(group)}')
    return each


def checked_parameters(parameters: Iterable[Value]) -> tuple[Value, ...]:
    """The parameters as a tuple. TypeError, ValueError unless each is a leaf and there once."""
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"parameters: Values are expected, as in model.parameters() or [w, b], got {describe(parameters)}"
        )
    each = tuple(parameters)
    for p in each:
        if type(p) is not Value:
            raise TypeError(f"parameters: Values are expected, got {describe(p)} among them")
        if p.op:
            raise ValueError(f"parameters: {p!r} was computed; leaves are expected, made by Value(…)")
    if not each:
        raise ValueError("parameters: one Value at least is expected, got none")
    check_once(each)
    return each


def check_once(parameters: tuple[Value, ...]) -> None:
    """ValueError if a parameter is there twice."""
    if len(set(map(id, parameters))) < len(parameters):
        places = Counter(map(id, parameters))
        twice = next(p for p in parameters if places[id(p)] > 1)
        raise ValueError(f"parameters: {twice!r} is there twice; give each once")
