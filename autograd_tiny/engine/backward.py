"""The chain rule, backward: from an output to everything that it was computed from.

Two walks through the graph, without recursion: one counts, for every Value, the results that it was used in;
the other propagates the gradients from the output to the leaves, and leaves a Value only when the contributions of
all those results have arrived. `find_adjoints` is the heart of it.

R. E. Wengert, A Simple Automatic Derivative Evaluation Program (1964); S. Linnainmaa, The representation of the
cumulative rounding error of an algorithm as a Taylor expansion of the local rounding errors (1970); A. Griewank and
A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any, TypeAlias

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.engine import state
    from cython.cimports.autograd_tiny.engine.threads import FREE_THREADED
    from cython.cimports.autograd_tiny.engine.value import Fan, Value
    from cython.cimports.autograd_tiny.engine.walk_memory import (
        Walk, add_gradient, adjoints_of, collector_is_on, end_walk, is_first_use, is_last_use, met_in, new_walk,
        pause_collector, place_in, pop, push, reserve, resume_collector, set_gradient, set_gradients,
    )
else:
    from . import pure_cython as cython, state
    from ..boundary.collector import without_collector
    from .pure_cython import (
        FREE_THREADED, Walk, add_gradient, adjoints_of, end_walk, is_first_use, is_last_use, met_in, new_walk,
        place_in, pop, push, reserve, set_gradient, set_gradients,
    )
    from .value import Fan, Value
from ..calculus.operations import LEAF
from .value import set_backward_pass

Numbers: TypeAlias = "list[float]"      # an array of C doubles when compiled

clock = 1               # counts the Values that all walks have met,
start = 1               # and this is where it stood when the present walk began: see find_adjoints


def sweep(output: Value, seed: float, keep: bool, wanted: tuple[Any, ...]) -> tuple[float, ...]:
    """The adjoints of all Values that output was computed from; returns those of the ones wanted.

    The adjoint of a Value is the derivative of output with respect to it; with keep, it goes into `.grad`. The
    garbage collector waits meanwhile: it could run finalizers that walk through graphs, too.
    """
    if state.results_switched:
        on_gradient = state.current().on_gradient
        if on_gradient is not None:
            on_gradient(output, seed)
    if not cython.compiled:     # other threads run meanwhile; _place and _waiting serve one walk at a time
        return without_collector(find_adjoints, output, seed, keep, wanted)
    collector_was_on = collector_is_on()
    try:
        pause_collector()
        return find_adjoints(output, seed, keep, wanted)
    finally:
        if collector_was_on:
            resume_collector()


def find_adjoints(output: Value, seed: float, keep: bool, wanted: tuple[Any, ...]) -> tuple[float, ...]:
    """The two walks of the sweep.

    With dictionaries instead of fields in the nodes, they would be:

        for each node below output, once:                       # first walk
            for each operand: waiting[operand] += 1
        adjoint[output] = seed
        for each node below output, when waiting[node] == 0:    # second walk
            for each operand, and the local derivative with respect to it:
                adjoint[operand] += adjoint[node] * local derivative
                waiting[operand] -= 1

    For f = a * a, then g = f + a, the first walk counts the results that each Value is waiting for: 1 for f, which
    is g, and 3 for a: g, and f twice. The second begins with 1 for g. g contributes 1 to f and 1 to a; f is
    complete, since it was used nowhere else, and contributes its own adjoint times a, twice, to a. Now a is.

    The adjoint of a node is at index node._place - start: the first walk gives a place to each node that it
    meets. Places go on where the walk before ended, so a place less than `start` is an old one, and nothing
    in the nodes needs to be cleaned up.

    Compiled for a CPython without a GIL, where threads walk at the same time, possibly through the same nodes, all
    this is the same, but places and counts are those of one walk: walk_memory.pxd keeps them.
    """
    global start
    start = clock
    first: Value | None = output if output._needs_grad else None
    node: Value | None = first
    found: Numbers = []
    walk: Walk = new_walk(True)             # has the branches to come back to; a None ends it
    try:
        meet(output, walk)
        while node is not None:
            node = next_to_count(node, walk)

        # the last memory that is needed, so that no error can leave some gradients set and others not
        met = met_in(walk) if FREE_THREADED else clock - start
        reserve(walk, met)
        adjoints = adjoints_of(walk, met)
        accumulate(output, seed, adjoints, keep, walk)
        node = first
        while node is not None:
            node = next_to_propagate(node, adjoints, keep, walk)
        set_gradients()

        for node in wanted:
            i = place_in(walk, node) if FREE_THREADED else node._place - start
            found.append(adjoints[i] if i >= 0 else 0.0)
    finally:
        end_walk(walk)
    return tuple(found)


def meet(value: Value, walk: Walk) -> bool:
    """Count one more result that `value` was used in; True if it is the first, and value has operands."""
    global clock
    if not value._needs_grad:
        return False
    if FREE_THREADED:
        return is_first_use(walk, value) and value.operation is not LEAF
    if value._place >= start:
        value._waiting += 1
        return False
    value._place = clock
    clock += 1
    value._waiting = 1
    return value.operation is not LEAF


def next_to_count(node: Value, walk: Walk) -> Value | None:
    """Meet the operands of `node`; return the one to continue with, or a branch put off for later."""
    left_is_new = right_is_new = False
    if node._needs_grad & 1 and type(node.left) is Value:
        left_is_new = meet(cython.cast(Value, node.left), walk)
    elif type(node.left) is Fan:
        meet_all(node.left, walk)
    if node._needs_grad & 2 and type(node.right) is Value:
        right_is_new = meet(cython.cast(Value, node.right), walk)
    if left_is_new and right_is_new:
        push(walk, node.right)
    following: Value | None = cython.cast(      # compiled, a cast saves the check of its type
        Value, node.left if left_is_new else node.right if right_is_new else pop(walk)
    )
    return following


def meet_all(fan: Fan, walk: Walk) -> None:
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen) and meet(each, walk):
            push(walk, each)


def accumulate(value: Value, contribution: float, adjoints: Numbers, keep: bool, walk: Walk) -> bool:
    """Add one contribution to the adjoint of `value`. True if it was the last, and value can propagate it."""
    if not value._needs_grad:
        return False
    if FREE_THREADED:
        i = place_in(walk, value)
        if i < 0:                           # a leaf whose requires_grad another thread has just set
            return False
        adjoints[i] += contribution
        if not is_last_use(walk, i):
            return False
    else:
        i = value._place - start
        adjoints[i] += contribution
        value._waiting -= 1
        if value._waiting > 0:
            return False
    is_leaf = value.operation is LEAF
    if keep and is_leaf:
        add_gradient(value, adjoints[i])
    elif keep:
        set_gradient(value, adjoints[i])
    return not is_leaf


def next_to_propagate(
    node: Value, adjoints: Numbers, keep: bool, walk: Walk
) -> Value | None:
    """Contribute the adjoint of `node` times the local derivative to each operand: the chain rule."""
    left_is_complete = right_is_complete = False
    adjoint = adjoints[place_in(walk, node) if FREE_THREADED else node._place - start]
    if node._needs_grad & 1 and type(node.left) is Value:
        contribution = contribution_of(node, adjoint, node.dleft)
        left_is_complete = accumulate(cython.cast(Value, node.left), contribution, adjoints, keep, walk)
    elif type(node.left) is Fan:
        propagate_to_all(node, adjoint, adjoints, keep, walk)
    if node._needs_grad & 2 and type(node.right) is Value:
        contribution = contribution_of(node, adjoint, node.dright)
        right_is_complete = accumulate(cython.cast(Value, node.right), contribution, adjoints, keep, walk)
    if left_is_complete and right_is_complete:
        push(walk, node.right)
    following: Value | None = cython.cast(
        Value, node.left if left_is_complete else node.right if right_is_complete else pop(walk)
    )
    return following


def contribution_of(node: Value, adjoint: float, local_grad: float) -> float:
    """The adjoint times a local derivative; 0 for an operand that was not selected, also if the adjoint is infinite."""
    product = adjoint * local_grad
    if product != product and node.operation.selects and local_grad == 0.0:
        return 0.0
    return product


def propagate_to_all(
    node: Value, adjoint: float, adjoints: Numbers, keep: bool, walk: Walk
) -> None:
    fan: Fan = node.left
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen):
            contribution = contribution_of(node, adjoint, fan.local_grads[i])
            if accumulate(each, contribution, adjoints, keep, walk):
                push(walk, each)


set_backward_pass(sweep)
