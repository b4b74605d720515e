"""Optimizer, the base class of the optimisers: parameters in groups, and a state that is kept between steps.

All parameters are one array x, their gradients another, g, both of shape (parameters,), and so are the arrays of the
state, which have the names of torch.optim. groups.py has groups and their options, optimizers.py the update rules.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from .. import vectors
from ..boundary.arguments import describe, integer, nonnegative
from ..boundary.foreign import as_numpy
from ..boundary.late_numpy import is_installed, np
from ..boundary.text import quoted
from ..engine.value import Value
from ..vectors import Array
from .arithmetic import Cell
from .groups import Option, ParamGroup, check_once, checked_parameters, groups_of

Parameters: TypeAlias = Iterable[Value] | Iterable[Mapping[str, Any]]
SIGNED = {"momentum_buffer", "grad_avg", "exp_avg"}         # all other arrays are sums of squares, or counts


class Optimizer:
    """Base class of the optimisers: parameters, options such as the learning rate, and a state between steps.

    Groups of parameters may have options of their own, as in SGD([{"params": a, "lr": 0.1}, {"params": b}], lr=0.01).

    A parameter with requires_grad=False is frozen: it does not move, and its state and its step count stay as
    they are. A parameter that no backward pass has reached has the gradient 0.

    Args:
        parameters: Leaves to move, such as model.parameters(); or groups, dicts with such "params" and with options.
        options: The options of all groups that have none of their own.

    Attributes:
        parameters: The leaves of all groups, as a tuple.
        param_groups: The groups, each a dict; group["lr"] may be set at any time, and so may other options.
        lr: The learning rate of the first group. Setting it sets that of all groups.
        steps: Number of steps taken.

    Raises:
        TypeError: A parameter that is not a Value, or an option of another type.
        ValueError: A Value that was computed, or is there twice; no parameters; an option out of its range.
    """

    lr = Option(nonnegative)
    _has_numpy = True                           # whether it was installed when the optimiser was made
    _room: Array | None = None                  # (4, parameters): their numbers and gradients, and scratch

    def __init__(self, parameters: Parameters, options: Mapping[str, Any]) -> None:
        self.parameters: tuple[Value, ...] = ()
        self.param_groups: list[ParamGroup] = []
        self.steps = 0
        self._defaults = dict(options)
        self._state: dict[str, Array] = {}
        self._cells: dict[Value, tuple[dict[str, Cell], int]] = {}      # the same without NumPy, and the steps missed
        self._has_numpy = is_installed()
        self._missed: Array | None = None       # for each, the steps in which it was frozen; None: no steps
        for group in groups_of(parameters):
            self.add_param_group(group)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add parameters, whose step count and state begin at 0.

        Args:
            group: A dict with "params" and with options; by default, those that the optimiser was made with.

        Raises:
            TypeError, ValueError: As for a new optimiser. Nothing has changed then.
        """
        if not isinstance(group, Mapping):
            raise TypeError(f'group: a dict is expected, as {{"params": [w, b]}}, got {describe(group)}')
        options = {**self._defaults, **group}
        params = checked_parameters(options.pop("params", ()))
        check_once(self.parameters + params)
        n = len(self.parameters)
        added = ParamGroup(type(self), params, n, options)
        if not self._has_numpy:
            self._cells |= {p: ({}, self.steps) for p in params}
        elif self.steps:
            earlier = np.zeros(n) if self._missed is None else self._missed
            self._missed = np.append(earlier, np.full(len(params), float(self.steps)))
        self._state = {
            name: np.append(array, np.full(len(params), self._initial(name, added.options)))
            for name, array in self._state.items()
        }
        self.param_groups.append(added)
        self.parameters += params

    @classmethod
    def _options(cls) -> dict[str, Option[Any]]:
        """The options of a class by name, those of its base classes first."""
        found = [each for kind in reversed(cls.__mro__) for each in vars(kind).values() if isinstance(each, Option)]
        return {option.name: option for option in found}

    @staticmethod
    def _check_options(options: Mapping[str, Any]) -> None:
        """ValueError for options of a group that exclude each other."""

    @staticmethod
    def _state_of(options: Mapping[str, Any]) -> list[str]:
        """The names of the arrays (parameters,) that a group with these options needs."""
        return []

    @staticmethod
    def _initial(name: str, options: Mapping[str, Any]) -> float:
        """The number that an array of the state begins with."""
        return 0.0

    def _arrays(self) -> dict[str, Array]:
        """The state, with arrays that are new because an option was set."""
        if not self._has_numpy:
            raise RuntimeError(f"this {type(self).__name__} was made before NumPy was installed: make a new one")
        for group in self.param_groups:
            for name in self._state_of(group.options):
                if name not in self._state:
                    self._state[name] = np.concatenate([
                        np.full(len(each.params), self._initial(name, each.options)) for each in self.param_groups
                    ])
        return self._state

    def step(self) -> None:
        """Move the parameters by one step, along their current gradients."""
        if not self._has_numpy:
            self._step_one_by_one()
            return
        numbers, gradients, *_ = self._rooms()
        vectors.read(self.parameters, numbers)
        vectors.read_gradients(self.parameters, gradients)
        try:
            self.update(numbers, gradients, vectors.read_trainable(self.parameters))
            vectors.write(self.parameters, numbers)
        except KeyboardInterrupt:               # before the update, or after it: parameters and state belong together
            vectors.write(self.parameters, numbers)
            raise

    def _rooms(self) -> Array:
        if self._room is None or self._room.shape[1] != len(self.parameters):
            self._room = np.empty((4, len(self.parameters)))
        return self._room

    def _step_one_by_one(self) -> None:
        """The same without NumPy: the update rule, for one parameter after the other."""
        numbers, cells = list[float](), dict[Value, tuple[dict[str, Cell], int]]()
        for group in self.param_groups:
            for p in group.params:
                before, missed = self._cells[p]
                state = {name: Cell(self._initial(name, group.options)) for name in self._state_of(group.options)}
                state |= {name: Cell(cell.number) for name, cell in before.items()}
                change = 0.0
                if p.requires_grad:
                    t, scratch = self.steps + 1 - missed, (Cell(0.0), Cell(0.0))
                    change = self._change(Cell(p.data), Cell(p.grad), state, scratch, t, group.options).number
                numbers.append(p.data - change)
                cells[p] = state, missed + (not p.requires_grad)
        end = numbers, cells, self.steps + 1
        try:
            self._take(*end)
        except KeyboardInterrupt:               # in the midst: parameters and state belong together
            self._take(*end)
            raise

    def _take(self, numbers: list[float], cells: dict[Value, tuple[dict[str, Cell], int]], steps: int) -> None:
        for p, number in zip(self.parameters, numbers, strict=True):
            p.data = number
        self._cells, self.steps = cells, steps

    def zero_grad(self) -> None:
        """Set the gradients of the parameters to 0: backward passes add to them."""
        vectors.zero_gradients(self.parameters)

    def update(self, numbers: Array, gradients: Array, trainable: Array | None = None) -> None:
        """One step on arrays (parameters,), in the order of `parameters`; no Value changes.

        Args:
            numbers: The parameters in float64, changed in place.
            gradients: Their gradients in float64, which stay as they are.
            trainable: Bools, False for a frozen parameter; None if all are trainable.

        Raises:
            TypeError: Not an array, or one of another dtype.
            ValueError: Another shape, or numbers that are read-only. After an error, or Ctrl-C, nothing has changed.
        """
        self._check("numbers", numbers, np.float64)
        self._check("gradients", gradients, np.float64)
        if not numbers.flags.writeable:
            raise ValueError("numbers: an array that may be written is expected")
        if trainable is not None:
            self._check("trainable", trainable, np.bool_)
        before = numbers.copy(), self.steps, self._missed, {name: x.copy() for name, x in self._arrays().items()}
        try:
            with np.errstate(all="ignore"):     # overflow is for the caller to find, without NumPy's warnings
                self._move(numbers, gradients, trainable)
        except BaseException:
            numbers[:], self.steps, self._missed, self._state = before
            raise

    def _move(self, x: Array, g: Array, trainable: Array | None) -> None:
        arrays = self._arrays()
        for group in self.param_groups:
            moving: Any = group.place
            if trainable is not None:
                moving = group.place.start + np.flatnonzero(trainable[group.place])
            state = {name: array[moving] for name, array in arrays.items()}
            here = x[moving]
            scratch = [array[: len(here)] for array in self._rooms()[2:]]
            x[moving] -= self._change(here, g[moving], state, scratch, self._step_number(moving), group.options)
            if trainable is not None:           # else these are parts of the arrays themselves
                for name, array in state.items():
                    arrays[name][moving] = array
        if trainable is not None and not trainable.all():
            self._missed = (0.0 if self._missed is None else self._missed) + ~trainable
        self.steps += 1

    def _step_number(self, moving: Any) -> Array | int:
        """The t of the next step; an array where some parameters were frozen in earlier steps."""
        t = self.steps + 1
        return t if self._missed is None else t - self._missed[moving]

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        """The update rule.

        Args:
            x: The parameters (n,); not changed.
            g: Their gradients (n,); not changed.
            state: The arrays (n,) of the state by name, to be updated in place.
            scratch: Two arrays (n,) for intermediate results.
            t: The number of the step, from 1; an array (n,) where some parameters were frozen in earlier steps.
            options: The options of the group.

        Returns:
            The array to subtract from x.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update rule: define _change")

    def state_dict(self) -> dict[str, Any]:
        """The options of the groups, the number of steps and the arrays of the state, all copied.

        Returns:
            A dict of plain data and of arrays (parameters,), for load_state_dict.
        """
        needed = dict.fromkeys(name for group in self.param_groups for name in self._state_of(group.options))
        missed = np.zeros(len(self.parameters)) if self._missed is None else self._missed
        return {
            "optimizer": type(self).__name__,
            "param_groups": [{"params": len(group.params), **group.options} for group in self.param_groups],
            "steps": self.steps,
            "missed": missed.copy(),
            **{name: self._arrays()[name].copy() for name in needed},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state_dict. Its options replace those of this optimiser.

        Args:
            state: A state_dict of the same class, for groups of as many parameters. Lists may stand for arrays.

        Raises:
            TypeError: The state is not a dict.
            ValueError: It is one of another optimiser, or an entry is missing, unknown or out of its range. After
                an error nothing has changed.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"the dict from state_dict() is expected, got {describe(state)}")
        try:
            restored = self._restored(state)
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        for group, of_state in zip(self.param_groups, restored.param_groups, strict=True):
            group.options = of_state.options
        restored.param_groups = self.param_groups       # so that whoever holds a group holds it still
        self.__dict__.update(restored.__dict__)

    def _restored(self, state: Mapping[str, Any]) -> Optimizer:
        """A new optimiser of the same class and parameters, in that state."""
        name = type(self).__name__
        if state.get("optimizer") != name:
            raise ValueError(f"the state of {name} is expected, got one of {quoted(state.get('optimizer'))}")
        kind: Any = type(self)
        restored: Optimizer = kind(self._groups_in(state))
        arrays = restored._arrays()
        check_names(state, ["optimizer", "param_groups", "steps", "missed", *arrays])
        restored.steps = integer("steps", state["steps"], least=0)
        for name in arrays:
            arrays[name] = restored._array(name, state[name])
        missed = restored._array("missed", state["missed"])
        if (missed > restored.steps).any() or (missed % 1 != 0).any():
            raise ValueError(f"missed: whole numbers up to {restored.steps}, the number of steps, are expected")
        restored._missed = missed if missed.any() else None
        restored._defaults = self._defaults
        return restored

    def _groups_in(self, state: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The groups of a state with the parameters of this optimiser."""
        given = state.get("param_groups")
        if not isinstance(given, list) or not all(isinstance(group, Mapping) for group in given):
            raise ValueError(f"param_groups: a list of dicts is expected, got {describe(given)}")
        sizes, here = [group.get("params") for group in given], [len(group.params) for group in self.param_groups]
        if sizes != here:
            raise ValueError(f"param_groups: groups of {here} parameters are expected, got {describe(sizes)}")
        names = list(self._options())
        for group in given:
            check_names(group, ["params", *names])
        return [{**group, "params": own.params} for group, own in zip(given, self.param_groups, strict=True)]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle, also what was pickled before there were groups."""
        if "param_groups" not in state:
            options = {name: state["_lr" if name == "lr" else name] for name in self._options()}
            kind: Any = type(self)
            fresh = kind(state["parameters"], **options)
            state = {**fresh.__dict__, **{name: state[name] for name in ("steps", "_state", "_missed")}}
        self.__dict__.update(state)

    def _array(self, name: str, given: Any) -> Array:
        """An entry of a state as a new array of floats. ValueError for anything else."""
        n = len(self.parameters)
        try:
            array = np.array(as_numpy(given, name))
        except ValueError:                      # rows of different lengths
            array = np.empty(0, object)
        if array.dtype.kind not in "fiu" or array.shape != (n,):
            raise ValueError(f"{name}: {n} numbers are expected, one for each parameter, got {describe(given)}")
        if not np.isfinite(array).all() or (name not in SIGNED and (array < 0).any()):
            sort = "finite numbers" if name in SIGNED else "finite numbers, 0 or more,"
            raise ValueError(f"{name}: {sort} are expected, got {describe(given)}")
        return array.astype(float, copy=False)

    def _check(self, argument: str, given: Any, dtype: type) -> None:
        if not isinstance(given, np.ndarray) or given.dtype != dtype:
            raise TypeError(f"{argument}: an array of {np.dtype(dtype)} is expected, got {describe(given)}")
        if given.shape != (len(self.parameters),):
            raise ValueError(f"{argument}: shape ({len(self.parameters)},) is expected, got {given.shape}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'; '.join(map(repr, self.param_groups))})"


def check_names(state: Mapping[str, Any], expected: Sequence[str]) -> None:
    """ValueError unless a state has exactly the expected entries."""
    missing = [name for name in expected if name not in state]
    unknown = [name for name in state if name not in expected]
    if missing or unknown:
        raise ValueError(
            f"state: the entries {', '.join(expected)} are expected; missing {missing}, unknown {unknown}"
        )
