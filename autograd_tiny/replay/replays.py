"""Replays: a function recorded for one structure of its arguments, and its derivatives as further programs.

A replay has a program and says how its outputs become an answer. The replay of a derivative is made of it when it is
first wanted, by tape/derivatives, and kept beside it. Answers have the structures that transforms/functional.py gives.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..calculus.formulas import WrongIndexError, index_error, position
from ..calculus.operations import TAKE
from ..engine.value import Value
from ..tape.batches import BatchRunner
from ..tape.derivatives.jacobians import JacobianRunner
from ..tape.derivatives.reverse_program import jacobian_program, sum_program, vjp_program
from ..tape.numpy_executor import Array
from ..tape.program import Program, SampleIndexError
from ..transforms.call import Argnums, name_of, place_of
from ..transforms.pytree import Structure, flatten, size

Assemble = Callable[[Array], Any]       # makes an answer of the outputs


class Runner(Protocol):
    """Computes outputs (outputs,) for one sample (1, inputs)."""

    def one(self, parameters: tuple[Value, ...], x: Array) -> Array: ...


class Inputs(NamedTuple):
    """The arguments of the recorded call.

    Attributes:
        fun: The function, for messages.
        places: How many arguments there are by position.
        structures: Of each argument by position; None for a static one.
        slots: The inputs of the program that each of them is.
        names: Of all inputs.
        indices: Those among the inputs by which values are taken, and how many each chooses from.
        whole: Why there is no derivative by an argument, by its place: it has arrays of integers.
    """

    fun: Any
    places: int
    structures: list[Structure | None]
    slots: list[range]
    names: list[str]
    indices: dict[int, int]
    whole: dict[int, str]

    def wanted(self, argnums: Argnums) -> tuple[list[int], Structure]:
        """The inputs to differentiate with respect to, and the structure of the argument, or of a tuple of several."""
        several = isinstance(argnums, Sequence)
        chosen: Sequence[Any] = argnums if isinstance(argnums, Sequence) else [argnums]
        found = [place_of(each, range(self.places), self.fun) for each in chosen]
        if len({*found}) < len(found):
            raise ValueError(f"argnums={argnums} names an argument of {name_of(self.fun)} twice")
        structures = []
        for place in found:
            structure = self.structures[place]
            if structure is None:
                raise ValueError(f"argument {place} of {name_of(self.fun)} is static: there is no derivative by it")
            if place in self.whole:
                raise TypeError(self.whole[place])
            structures.append(structure)
        slots = [slot for place in found for slot in self.slots[place]]
        return slots, Structure(tuple, structures, found) if several else structures[0]

    def explained(self, error: WrongIndexError, x: Array) -> WrongIndexError:
        """The error for a wrong index among the numbers (1, inputs) of the arguments, with its name."""
        for slot, count in self.indices.items():
            try:
                position(x.item(slot), count)
            except WrongIndexError:
                return index_error(x.item(slot), count, self.names[slot])
        return error.of_no_sample() if isinstance(error, SampleIndexError) else error


def indices_among_inputs(program: Program) -> dict[int, int]:
    """The inputs by which values are taken, and how many each chooses from at least."""
    counts: dict[int, int] = {}
    for operation, operands in program.instructions:
        index, count = operands[-1], len(operands) - 1
        if operation is TAKE and 0 <= index < program.inputs:
            counts[index] = min(count, counts.get(index, count))
    return counts


class Replay:
    """A program for one structure of the arguments.

    Attributes:
        inputs: The arguments.
        parameters: The Values that are read at each call.
        derived: The replays of derivatives, by what they were made with.
    """

    def __init__(
        self, inputs: Inputs, parameters: tuple[Value, ...], program: Program | Callable[[], Program],
        assemble: Assemble, runner: Runner | None = None, result: Structure | None = None,
    ) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.derived: dict[Any, Replay] = {}
        self._made, self._assemble, self._result = program, assemble, result
        self._runner: Runner = BatchRunner(self._written) if runner is None else runner
        self._run = self._runner.one

    def answer(self, x: Array) -> Any:
        """The answer for the numbers (1, inputs) of the arguments."""
        try:
            return self._assemble(self._run(self.parameters, x))
        except WrongIndexError as error:
            raise self.inputs.explained(error, x) from None

    @cached_property
    def _written(self) -> Program:
        return self._made if isinstance(self._made, Program) else self._made()

    @cached_property
    def _flat(self) -> tuple[Program, Structure]:
        """A program of the numbers of the answer in their order in the pytree, and its structure."""
        program = self._written
        if self._result is not None:
            return program, self._result
        count = len(program.outputs)
        order, structure = flatten(self._assemble(np.arange(count, dtype=float)), "the answer")
        outputs = [program.outputs[int(k)] for k in order]
        if outputs != program.outputs:
            program = Program(program.inputs, program.parameters, program.constants, program.instructions, outputs)
        return program, structure

    @property
    def program(self) -> Program:
        """The program of the numbers of the answer."""
        return self._flat[0]

    @property
    def result(self) -> Structure:
        """The structure of the answer."""
        return self._flat[1]

    def tangents(self, x: Array, direction: Array) -> tuple[Array, Array]:
        """The numbers of the answer, and their changes along a direction (1, inputs) of the arguments."""
        out, changes = np.empty((2, 1, len(self.program.outputs)))
        try:
            self._tangents.run("tangents", self.parameters, 1, x, out, changes, direction)
        except WrongIndexError as error:
            raise self.inputs.explained(error, x) from None
        return out[0], changes[0]

    @cached_property
    def _tangents(self) -> BatchRunner:
        is_mine = isinstance(self._runner, BatchRunner) and self.program is self._written
        return self._runner if is_mine else BatchRunner(self.program)       # type: ignore[return-value]

    def with_derivatives(self, how: tuple[Any, ...]) -> Replay:
        """The replay of a derivative: how[0] names it, the rest are its options."""
        found = self.derived.get(how)
        if found is None:
            name, *options = how
            found = self.derived[how] = DERIVATIVES[name](self, *options)
        return found

    def check_number(self) -> None:
        """TypeError unless the function returns one number."""
        if not self.result.is_number:
            raise TypeError(
                f"grad is for functions that return one number, and {name_of(self.inputs.fun)} returned "
                f"{self.result.describe()}: use jacobian, or return their sum"
            )


# ---- derivatives

def _gradient(replay: Replay, argnums: Argnums, values: bool = False) -> Replay:
    replay.check_number()
    wanted, structure = replay.inputs.wanted(argnums)
    program = jacobian_program(replay.program, wanted, values=values)
    assert program is not None
    gradient = assembler(structure, derivatives=True)
    assemble = (lambda out: (out.item(0), gradient(out[1:]))) if values else gradient
    return Replay(replay.inputs, replay.parameters, program, assemble)


def _elementwise_gradient(replay: Replay, argnums: Argnums) -> Replay:
    wanted, structure = replay.inputs.wanted(argnums)
    program = sum_program(replay.program, wanted)
    return Replay(replay.inputs, replay.parameters, program, assembler(structure, derivatives=True))


def _jacobian(replay: Replay, argnums: Argnums) -> Replay:
    (wanted, structure), program = replay.inputs.wanted(argnums), replay.program
    runner = JacobianRunner(program, wanted)

    def written() -> Program:
        found = runner.program or jacobian_program(program, wanted)
        assert found is not None
        return found

    assemble = jacobian_assembler(replay.result, structure)
    return Replay(replay.inputs, replay.parameters, written, assemble, runner)


def _hessian(replay: Replay, argnums: Argnums) -> Replay:
    return _jacobian(replay.with_derivatives(("jacobian", argnums)), argnums)


def _derivative(replay: Replay, n: int, argnums: int) -> Replay:
    _, structure = replay.inputs.wanted(argnums)
    if not structure.is_number:
        raise TypeError(
            f"derivative is for functions of one number, and {name_of(replay.inputs.fun)} was called with "
            f"{structure.describe()}: use grad or jacobian"
        )
    for _ in range(n):
        replay = replay.with_derivatives(("jacobian", argnums))
    return replay


def _products(replay: Replay, of_hessian: bool) -> Replay:
    """The derivatives of Σ cotangentᵢ · outputᵢ, or the products of the Hessian with a vector; more inputs behind."""
    program = replay.program
    if of_hessian:
        replay.check_number()
        gradient = jacobian_program(program)
        assert gradient is not None
        program = gradient
    structures = [each for each in replay.inputs.structures if each is not None]
    everything = Structure(tuple, structures, range(len(structures)))
    return Replay(
        replay.inputs, replay.parameters, vjp_program(program), assembler(everything, derivatives=True)
    )


DERIVATIVES: dict[str, Callable[..., Replay]] = {
    "grad": _gradient, "value_and_grad": partial(_gradient, values=True), "elementwise_grad": _elementwise_gradient,
    "jacobian": _jacobian, "hessian": _hessian, "derivative": _derivative,
    "vjp": partial(_products, of_hessian=False), "hvp": partial(_products, of_hessian=True),
}


# ---- answers

def assembler(structure: Structure, derivatives: bool = False) -> Assemble:
    """Makes a pytree of this structure of its numbers; see Structure.unflatten."""
    if structure.rebuild is None and structure.labelled is None:
        shape = structure.shape
        return (lambda out: out.item(0)) if shape is None else (lambda out: out.reshape(shape))
    if set(structure.leaf_shapes) <= {None} and structure.rebuild in (list, tuple) and _is_flat(structure):
        return lambda out: structure.rebuild(out.tolist())      # type: ignore[misc]
    parts = _parts(structure)

    def leaves(out: Array) -> Iterator[Any]:
        for part, shape in parts:
            yield out.item(part.start) if shape is None else out[part].reshape(shape).copy()

    return lambda out: structure.with_leaves(leaves(out), derivatives)


def _is_flat(structure: Structure) -> bool:
    return all(child.rebuild is None for child in structure.children)


def jacobian_assembler(result: Structure, argument: Structure) -> Assemble:
    """Makes a Jacobian, (numbers of the result, numbers of the argument), a pytree as unflatten_jacobian does."""
    rows, columns = _parts(result), _parts(argument)
    if len(rows) == len(columns) == 1 and result.rebuild is None and argument.rebuild is None:
        (_, a), (_, b) = rows[0], columns[0]
        if a is None and b is None:
            return lambda out: out.item(0)
        if result.labelled is None and argument.labelled is None:
            shape = (a or ()) + (b or ())
            return lambda out: out.reshape(shape)
    height, width = (sum(map(size, each.leaf_shapes)) for each in (result, argument))

    def block(matrix: Array, row: Any, column: Any) -> Any:
        (i, a), (j, b) = row, column
        return matrix.item(i.start, j.start) if a is None and b is None else (
            matrix[i, j].reshape((a or ()) + (b or ())).copy()
        )

    def assemble(out: Array) -> Any:
        matrix = out.reshape(height, width)
        return result.with_leaves(iter([
            argument.with_leaves(iter([block(matrix, row, column) for column in columns])) for row in rows
        ]))

    return assemble


def _parts(structure: Structure) -> list[tuple[slice, Any]]:
    """The place of each leaf among the numbers, and its shape."""
    ends = list(accumulate(map(size, structure.leaf_shapes), initial=0))
    return [(slice(a, b), shape) for (a, b), shape in zip(pairwise(ends), structure.leaf_shapes, strict=True)]
