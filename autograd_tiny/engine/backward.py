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
    from cython.cimports.autograd_tiny.engine.value import Fan, Value
    from cython.cimports.autograd_tiny.engine.walk_memory import (
        Branches, borrow, collector_is_on, drop, give_back, new_branches, pause_collector, pop, push, reserve,
        resume_collector, set_gradient, set_gradients,
    )
else:
    from . import pure_cython as cython, state
    from ..boundary.collector import without_collector
    from .pure_cython import (
        Branches, borrow, drop, give_back, new_branches, pop, push, reserve, set_gradient, set_gradients,
    )
    from .value import Fan, Value
from ..calculus.operations import LEAF
from .value import set_backward_pass

Numbers: TypeAlias = "list[float]"      # an array of C doubles when compiled

clock = 1               # counts the Values that all walks have met,
walk = 1                # and this is where it stood when the present walk began: see find_adjoints


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

    The adjoint of a node is at index node._place - walk: the first walk gives a place to each node that it
    meets. Places go on where the walk before ended, so a place less than `walk` is an old one, and nothing
    in the nodes needs to be cleaned up.
    """
    global walk
    walk = clock
    first: Value | None = output if output._needs_grad else None
    node: Value | None = first
    later: Branches = new_branches()        # to come back to; a None ends the walk
    try:
        meet(output)
        while node is not None:
            node = next_to_count(node, later)

        # the last memory that is needed, so that no error can leave some gradients set and others not
        reserve(later, clock - walk)
        adjoints = borrow(clock - walk)
        accumulate(output, seed, adjoints, keep)
        node = first
        while node is not None:
            node = next_to_propagate(node, adjoints, keep, later)
        set_gradients()
    finally:
        drop(later)

    found: Numbers = []
    for node in wanted:
        found.append(adjoints[node._place - walk] if node._place >= walk else 0.0)
    give_back(adjoints)
    return tuple(found)


def meet(value: Value) -> bool:
    """Count one more result that `value` was used in; True if it is the first, and value has operands."""
    global clock
    if not value._needs_grad:
        return False
    if value._place >= walk:
        value._waiting += 1
        return False
    value._place = clock
    clock += 1
    value._waiting = 1
    return value.operation is not LEAF


def next_to_count(node: Value, later: Branches) -> Value | None:
    """Meet the operands of `node`; return the one to continue with, or a branch put off for later."""
    left_is_new = right_is_new = False
    if node._needs_grad & 1 and type(node.left) is Value:
        left_is_new = meet(cython.cast(Value, node.left))
    elif type(node.left) is Fan:
        meet_all(node.left, later)
    if node._needs_grad & 2 and type(node.right) is Value:
        right_is_new = meet(cython.cast(Value, node.right))
    if left_is_new and right_is_new:
        push(later, node.right)
    following: Value | None = cython.cast(      # compiled, a cast saves the check of its type
        Value, node.left if left_is_new else node.right if right_is_new else pop(later)
    )
    return following


def meet_all(fan: Fan, later: Branches) -> None:
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen) and meet(each):
            push(later, each)


def accumulate(value: Value, contribution: float, adjoints: Numbers, keep: bool) -> bool:
    """Add one contribution to the adjoint of `value`. True if it was the last, and value can propagate it."""
    if not value._needs_grad:
        return False
    i = value._place - walk
    adjoints[i] += contribution
    value._waiting -= 1
    if value._waiting > 0:
        return False
    is_leaf = value.operation is LEAF
    if keep:
        set_gradient(value, value._grad + adjoints[i] if is_leaf else adjoints[i])
    return not is_leaf


def next_to_propagate(
    node: Value, adjoints: Numbers, keep: bool, later: Branches
) -> Value | None:
    """Contribute the adjoint of `node` times the local derivative to each operand: the chain rule."""
    left_is_complete = right_is_complete = False
    adjoint = adjoints[node._place - walk]
    if node._needs_grad & 1 and type(node.left) is Value:
        contribution = contribution_of(node, adjoint, node.dleft)
        left_is_complete = accumulate(cython.cast(Value, node.left), contribution, adjoints, keep)
    elif type(node.left) is Fan:
        propagate_to_all(node, adjoint, adjoints, keep, later)
    if node._needs_grad & 2 and type(node.right) is Value:
        contribution = contribution_of(node, adjoint, node.dright)
        right_is_complete = accumulate(cython.cast(Value, node.right), contribution, adjoints, keep)
    if left_is_complete and right_is_complete:
        push(later, node.right)
    following: Value | None = cython.cast(
        Value, node.left if left_is_complete else node.right if right_is_complete else pop(later)
    )
    return following


def contribution_of(node: Value, adjoint: float, local_grad: float) -> float:
    """The adjoint times a local derivative; 0 for an operand that was not selected, also if the adjoint is infinite."""
    product = adjoint * local_grad
    if product != product and node.operation.selects and local_grad == 0.0:
        return 0.0
    return product


def propagate_to_all(
    node: Value, adjoint: float, adjoints: Numbers, keep: bool, later: Branches
) -> None:
    fan: Fan = node.left
    for i in range(fan.size):
        each = fan.operands[i]
        if type(each) is Value and (fan.frozen is None or i not in fan.frozen):
            contribution = contribution_of(node, adjoint, fan.local_grads[i])
            if accumulate(each, contribution, adjoints, keep):
                push(later, each)


set_backward_pass(sweep)
