"""A plan as a pure function over the arrays of any library that follows the array API: JAX's, PyTorch's, NumPy's.

Nothing is written into an array: each group of a plan makes a new one, a piece, with a row for each of its results; its
operands are gathered from the pieces before it. So a library can differentiate the function, compile it, or map it over
another axis. Which elements of which pieces a group reads is known beforehand, and decided here once.

grouping.py makes the plan; numpy_executor.py runs the same groups, but writes into arrays and has passes of its own for
derivatives. library.py says what a library has to offer.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ....calculus.c_kernels import TAKES
from ....calculus.operations import DOT, TAKE, Operation
from ...grouping import DOTS, Group, Index, Plan
from .library import Library
from .deep_runs import Instruction, Tables, in_runs, split_dot

Pieces: TypeAlias = "list[Any]"
SCALARS, ROWS = range(2)            # the two spaces of places: see grouping.py


class Part(NamedTuple):
    """Elements of a piece.

    Attributes:
        space, piece: Which one.
        which: The number of an index array among those of the program, or a slice; None for all elements in order.
    """

    space: int
    piece: int
    which: int | slice | None


class Gather(NamedTuple):
    """Elements of several pieces, one part after the other, then in another order.

    Attributes:
        parts: From the pieces.
        order: The number of the index array that puts them in order; None if they are.
        shape: Of the result, in front of the axes of the batch.
    """

    parts: tuple[Part, ...]
    order: int | None
    shape: tuple[int, ...]


class Run(NamedTuple):
    """One call of the function.

    Attributes:
        library: Computes.
        indices: The index arrays of the program, as arrays of the library.
        spaces: The pieces so far: those of scalars, which have no batch, and those of rows.
        batch: The shape of a batch: () for one sample.
    """

    library: Library
    indices: Sequence[Any]
    spaces: tuple[Pieces, Pieces]
    batch: tuple[int, ...]

    def gather(self, gather: Gather, rows: bool) -> Any:
        """The elements, (*shape, *batch) where rows are computed, else (*shape,); scalars are repeated for a batch."""
        library, batch = self.library, self.batch if rows else ()
        parts = [self._part(part, batch) for part in gather.parts]
        found = parts[0] if len(parts) == 1 else library.concat(parts)
        if gather.order is not None:
            found = library.take(found, self.indices[gather.order])
        return found if len(gather.shape) == 1 else found.reshape((*gather.shape, *found.shape[1:]))

    def _part(self, part: Part, batch: tuple[int, ...]) -> Any:
        found = self.spaces[part.space][part.piece]
        if isinstance(part.which, slice):
            found = found[part.which]
        elif part.which is not None:
            found = self.library.take(found, self.indices[part.which])
        if part.space == SCALARS and batch:
            found = self.library.broadcast(found.reshape((-1, *[1] * len(batch))), (found.shape[0], *batch))
        return found


class ArrayProgram:
    """The function of a plan.

    Args:
        plan: The plan.
        in_loops: Whether many small groups in a row become one loop, a DeepRun.

    Attributes:
        indices: Its index arrays; a Run has them as arrays of its library.
        constants: The numbers of the constants.
    """

    def __init__(self, plan: Plan, in_loops: bool = False) -> None:
        self.indices: list[Index] = []
        self.constants, self.parameters, self.inputs = plan.constants, plan.parameters, plan.inputs
        build = Builder(self.indices, plan, in_loops)
        build.leaves(SCALARS, len(plan.constants), carries=False)
        build.leaves(SCALARS, plan.parameters, carries=True)
        once, per_sample = plan.groups()
        self.once = build.steps(once, SCALARS)
        build.leaves(ROWS, plan.inputs, carries=True)
        self.copied = build.copies(plan.copied)
        self.per_sample = build.steps(per_sample, ROWS)
        self.outputs = build.gather([(ROWS, plan.outputs)])

    def __call__(self, library: Library, indices: Sequence[Any], constants: Any, parameters: Any, x: Any) -> Any:
        """The outputs.

        Args:
            library: Computes.
            indices, constants: These attributes as arrays of the library.
            parameters: An array (parameters,).
            x: An array (inputs, *batch).

        Returns:
            An array (outputs, *batch).
        """
        run = Run(library, indices, ([constants, parameters], []), tuple(x.shape[1:]))
        for step in self.once:
            run.spaces[SCALARS].append(step(run, False))
        run.spaces[ROWS].append(x)
        if self.copied is not None:
            run.spaces[ROWS].append(run.gather(self.copied, True))
        for step in self.per_sample:
            run.spaces[ROWS].append(step(run, True))
        return run.gather(self.outputs, True)


class Builder:
    """Decides where the numbers of a plan are: in which piece, and where there."""

    def __init__(self, indices: list[Index], plan: Plan, in_loops: bool) -> None:
        self._indices, self.plan, self._in_loops = indices, plan, in_loops
        sizes = plan.scalars, plan.rows
        self._piece = tuple([np.full(size, -1) for size in sizes])
        self._offset = tuple([np.zeros(size, np.int64) for size in sizes])
        self.carries = tuple([np.zeros(size, bool) for size in sizes])      # whether it may have a tangent
        self._sizes: tuple[list[int], list[int]] = ([], [])                 # of the pieces
        self._known: dict[bytes, int] = {}

    def leaves(self, space: int, count: int, carries: bool) -> None:
        """The next places of a space are a piece of its own."""
        begin = int((self._piece[space] >= 0).sum())
        self.piece(space, np.arange(begin, begin + count), np.full(count, carries))

    def copies(self, copied: Index) -> Gather | None:
        """The scalars that are also rows, as the next piece of rows; None if there are none."""
        if not len(copied):
            return None
        begin = int((self._piece[ROWS] >= 0).sum())
        self.piece(ROWS, begin + np.arange(len(copied)), self.carries[SCALARS][copied])
        return self.gather([(SCALARS, copied)])

    def piece(
        self, space: int, places: Index, carries: Any, offsets: Index | None = None, size: int | None = None
    ) -> None:
        """The results in these places are the next piece, or these elements of it."""
        self._piece[space][places] = len(self._sizes[space])
        self._offset[space][places] = np.arange(len(places)) if offsets is None else offsets
        self.carries[space][places] = carries
        self._sizes[space].append(len(places) if size is None else size)

    def index(self, array: Index) -> int:
        """The number of an index array; equal ones have the same."""
        key = array.tobytes()
        if key not in self._known:
            self._known[key] = len(self._indices)
            self._indices.append(np.ascontiguousarray(array, np.int64))
        return self._known[key]

    def gather(self, wanted: Sequence[tuple[int, Index]]) -> Gather:
        """How to get at these places: places in spaces, one array after the other along the first axis."""
        arrays = [places for _, places in wanted]
        if len(wanted) == 1 and arrays[0].shape == (1,):
            (space, places), = wanted
            piece = int(self._piece[space][places[0]])
            return Gather((Part(space, piece, self._which(self._offset[space][places], space, piece)),), None, (1,))
        shape = (sum(len(places) for places in arrays), *arrays[0].shape[1:])
        pieces = np.concatenate([self._piece[space][places].ravel() * 2 + space for space, places in wanted])
        offsets = np.concatenate([self._offset[space][places].ravel() for space, places in wanted])
        found, inverse = np.unique(pieces, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        parts = [
            Part(key % 2, key // 2, self._which(offsets[inverse == number], key % 2, key // 2))
            for number, key in enumerate(found.tolist())
        ]
        in_order = (order == np.arange(len(order))).all()
        return Gather(tuple(parts), None if in_order else self.index(np.argsort(order)), shape)

    def _which(self, offsets: Index, space: int, piece: int) -> int | slice | None:
        first, count = int(offsets[0]), len(offsets)
        if not (offsets == first + np.arange(count)).all():
            return self.index(offsets)
        return None if count == self._sizes[space][piece] else slice(first, first + count)

    def steps(self, groups: Sequence[Group], space: int) -> list[Step]:
        found: list[Step] = []
        for is_run, members in in_runs(groups) if self._in_loops else [(False, groups)]:
            if is_run:
                found.append(self._deep_run(members, space))
            else:
                found += [step for group in members for step in self._steps_of(group, space)]
        return found

    def _deep_run(self, groups: Sequence[Group], space: int) -> Step:
        """Groups as one loop."""
        instructions = [each for group in groups for each in self._instructions(group, space)]
        results = {each.result: number for number, each in enumerate(instructions) if each.result >= 0}
        used = [
            [place for each in instructions for where, place in zip(each.spaces, each.operands, strict=True)
             if where == wanted and place >= 0 and not (where == space and place in results)]
            for wanted in (SCALARS, ROWS)
        ]
        before = [np.array([*dict.fromkeys(places)], np.int64) for places in used]
        gather = self.gather([(where, places) for where, places in enumerate(before) if len(places)])
        local = [{place: k for k, place in enumerate(places.tolist())} for places in before]
        local[ROWS] = {place: k + len(before[SCALARS]) for place, k in local[ROWS].items()}
        local[space] |= {place: number + gather.shape[0] for place, number in results.items()}
        tables, carried = self._tables(instructions, local, gather.shape[0])
        members = np.array([*results.values()])
        self.piece(space, np.array([*results]), carried[members], members, len(instructions))
        return DeepRun(gather, tables)

    def _tables(
        self, instructions: Sequence[Instruction], local: Sequence[dict[int, int]], first: int
    ) -> tuple[Tables, Any]:
        """The tables of a loop, and whether each result may have a tangent; `first` numbers are from before it."""
        shape = len(instructions), max(len(each.operands) for each in instructions)
        which, operands, carries = np.empty(shape[0], np.int32), np.zeros(shape, np.int32), np.zeros(shape, bool)
        table: dict[tuple[Operation, int], int] = {}
        for number, (operation, spaces, places, _) in enumerate(instructions):
            which[number] = table.setdefault((operation, len(places)), len(table))
            flat = operation.flat_operands(places)
            for k, (where, place) in enumerate(zip(spaces, places, strict=True)):
                found = operands[number, k] = first + number - 1 if place < 0 else local[where][place]
                may = carries[found - first].any() if found >= first else self.carries[where][place]
                carries[number, k] = may and not flat[k]
        selects = np.array([operation.selects for operation, _ in table])[which]
        return Tables(tuple(table), which, operands, carries, selects), carries.any(axis=1)

    def _instructions(self, group: Group, space: int) -> Iterator[Instruction]:
        operands = self.plan.operands(group).T.tolist()
        operation = {DOTS: DOT, TAKES: TAKE}.get(group.opcode) or self.plan.operations[group.opcode]
        spaces = (space,) * group.size
        if operation is DOT:
            spaces = (SCALARS,) * group.weights + spaces[group.weights : -1] + (SCALARS,)
        elif operation is TAKE and group.weights > 0:
            spaces = (SCALARS,) * group.weights + (space,)
        for result, each in enumerate(operands, group.first):
            if operation is DOT:
                yield from split_dot(spaces, each, result)
            else:
                yield Instruction(operation, spaces, tuple(each), result)

    def _steps_of(self, group: Group, space: int) -> Iterator[Step]:
        places = group.first + np.arange(group.length)
        operands = self.plan.operands(group)
        is_reached = bool(group.by_parameters | group.by_inputs)
        if group.opcode == DOTS:
            step: Step = self._layer(group, operands, space) if group.layer >= 0 else self._dots(group, operands, space)
            carries = self._dot_carries(group, operands, space)
            self.piece(space, places, carries)
            yield step
        elif group.opcode == TAKES:
            taken = SCALARS if group.weights > 0 else space
            carries = self.carries[taken][operands[:-1]].any(axis=0)
            yield Take(self.gather([(taken, operands[:-1])]), self.gather([(space, operands[-1])]))
            self.piece(space, places, carries)
        else:
            yield from self._elementwise(self.plan.operations[group.opcode], operands, places, space, is_reached)

    def _elementwise(
        self, operation: Operation, operands: Index, places: Index, space: int, is_reached: bool
    ) -> Iterator[Step]:
        """One step for each set of operands that may have tangents: the others must not send 0 · inf."""
        flat = np.array(operation.flat_operands([*operands]), bool)
        carries = self.carries[space][operands] & ~flat[:, np.newaxis] & is_reached
        if (carries == carries[:, :1]).all():
            patterns, which = carries[:, :1], np.zeros(len(places), np.int64)
        else:
            patterns, which = np.unique(carries, axis=1, return_inverse=True)
        for number, pattern in enumerate(patterns.T.tolist()):
            members = np.flatnonzero(which.ravel() == number)
            yield Elementwise(operation, tuple([self.gather([(space, x[members])]) for x in operands]), tuple(pattern))
            self.piece(space, places[members], any(pattern))

    def _dot_carries(self, group: Group, operands: Index, space: int) -> Any:
        n, half = group.weights, group.size // 2
        in_scalars = np.zeros(group.size, bool)
        in_scalars[:n] = in_scalars[2 * half] = True
        spaces = np.where(in_scalars, SCALARS, space).tolist()
        return np.any([self.carries[where][x] for where, x in zip(spaces, operands, strict=True)], axis=0)

    def _layer(self, group: Group, operands: Index, space: int) -> Step:
        n = group.weights
        return Layer(
            self.gather([(SCALARS, operands[:n])]), self.gather([(space, operands[n : 2 * n, 0])]),
            self.gather([(SCALARS, operands[2 * n])]),
        )

    def _dots(self, group: Group, operands: Index, space: int) -> Step:
        n, half = group.weights, group.size // 2
        weights, left, rows, right, (bias,) = np.split(operands, [n, half, half + n, 2 * half])
        return Dots(
            self.gather([(SCALARS, weights)]) if n else None, self.gather([(space, rows)]) if n else None,
            self.gather([(space, left)]) if half > n else None, self.gather([(space, right)]) if half > n else None,
            self.gather([(SCALARS, bias)]),
        )


# ---- the four kinds of groups: see numpy_executor.py

class Elementwise(NamedTuple):
    """Instructions of one operation but dot and take; and which operands may have tangents."""

    operation: Operation
    operands: tuple[Gather, ...]
    carries: tuple[bool, ...]

    def __call__(self, run: Run, rows: bool) -> Any:
        library = run.library
        operands = [run.gather(gather, rows) for gather in self.operands]
        return library.apply(self.operation, [
            x if carries else library.detached(x) for x, carries in zip(operands, self.carries, strict=True)
        ])


class Layer(NamedTuple):
    """Dots of weights with the same rows: a product of matrices."""

    weights: Gather
    rows: Gather
    bias: Gather

    def __call__(self, run: Run, rows: bool) -> Any:
        weights, bias = run.gather(self.weights, False), run.gather(self.bias, False)
        x = run.gather(self.rows, rows)
        return run.library.product(weights.T, x) + _upright(bias, x)


class Dots(NamedTuple):
    """Sums of products: of weights with rows, and of left with right factors."""

    weights: Gather | None
    rows: Gather | None
    left: Gather | None
    right: Gather | None
    bias: Gather

    def __call__(self, run: Run, rows: bool) -> Any:
        bias, terms = run.gather(self.bias, False), []
        if self.weights is not None and self.rows is not None:
            x = run.gather(self.rows, rows)
            weights = run.gather(self.weights, False)
            terms.append(weights.reshape((*weights.shape, *[1] * (len(x.shape) - 2))) * x)
        if self.left is not None and self.right is not None:
            terms.append(run.gather(self.left, rows) * run.gather(self.right, rows))
        if not terms:
            batch = run.batch if rows else ()
            return run.library.broadcast(bias.reshape((-1, *[1] * len(batch))), (bias.shape[0], *batch))
        sums = [term[0] if term.shape[0] == 1 else run.library.sum(term) for term in terms]
        total = sums[0] if len(sums) == 1 else sums[0] + sums[1]
        return total + _upright(bias, total)


class Take(NamedTuple):
    """Values at an index; nan where there is none."""

    values: Gather
    at: Gather

    def __call__(self, run: Run, rows: bool) -> Any:
        index = run.gather(self.at, rows)
        is_scalar = all(part.space == SCALARS for part in self.values.parts)
        values = run.gather(self.values, rows and not is_scalar)
        if rows and is_scalar:
            values = values.reshape((*values.shape, *[1] * len(run.batch)))
        return run.library.item(values, index)


def _upright(x: Any, like: Any) -> Any:
    """x (n,) with axes of length 1 for those of a batch."""
    return x.reshape((-1, *[1] * (len(like.shape) - 1)))


class DeepRun(NamedTuple):
    """Many small groups in one loop."""

    before: Gather
    tables: Tables

    def __call__(self, run: Run, rows: bool) -> Any:
        return run.library.loop(self.tables, run.gather(self.before, rows))


Step: TypeAlias = Elementwise | Layer | Dots | Take | DeepRun
