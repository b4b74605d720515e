"""Settings that hold while a block of code runs: `no_grad()`, `scope()`, `detect_anomaly()`, recording a tape.

Each of these is a context manager, `switched`, with the changes that it makes inside its block. A block is in effect
from where it begins until it ends, in its context (see Python's contextvars): in its thread or asyncio task, and in
tasks that are started inside it. Other threads and tasks are not affected. Blocks that overlap, as those of suspended
generators may, need not end in the order in which they began: leaving a block ends that block and no other.

The engine looks up its context only if a block that could concern it is open in any context. Three sets of open
blocks tell. Without such a block the engine pays nothing more.

Ctrl-C may interrupt anywhere, also while a block begins or ends. So a block is ended by whichever comes first: its
regular end, the `except` around its beginning, or the finalizer of its context manager. Each step of that is a single
operation of Python, which neither an interrupt nor another thread can divide.
"""
from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.engine.threads import another
    from cython.cimports.cpython.contextvars import get_value
else:
    from . import pure_cython as cython
    from .pure_cython import another, get_value

results_switched: set[Block] = set()        # the blocks that are open, anywhere, and concern new results,
scopes_switched: set[Block] = set()         # the scopes of new Values,
comparisons_switched: set[Block] = set()    # or comparisons, and other looks at their numbers
_open_blocks: set[Block] = set()            # all of them
last_ending: Any = another()                # another one whenever a block has ended
LOOKS = frozenset(("on_comparison", "on_branch", "on_identity", "on_read", "on_write"))


@cython.final
@cython.cclass
class State:
    """What is in effect in a context: the changes of all its open blocks, where inner ones override outer ones."""

    __slots__ = (
        "blocks", "known_at", "on_branch", "on_comparison", "on_detached", "on_gradient", "on_identity", "on_read",
        "on_result", "on_write", "recording", "scope", "scope_block",
    )
    blocks: tuple[Any, ...]     # the innermost last
    known_at: Any               # the last ending when these were last known to be open
    recording: bool             # whether results remember how they were computed: not so inside no_grad()
    on_result: Any              # called with each new result; may raise
    on_detached: Any            # called with each that will not remember how it was computed, before it forgets it
    on_gradient: Any            # called with output and seed before a backward pass; may raise
    on_comparison: Any          # called with the operands of a comparison that misleads; may raise
    on_branch: Any              # called with the operands when any comparison or bool() decides, and with use="float"
                                # or "index" when one is to be made of a Value; may raise
    on_identity: Any            # called with two Values that are compared as nodes, or twice the one hashed; may raise
    on_read: Any                # called with a Value and its number when .data is read; gives the number to see
    on_write: Any               # called with a Value when .data is set; may raise
    scope: str                  # of new Values, unless a module runs that was called inside scope_block
    scope_block: Any            # the innermost block that sets a scope; None if there is none

    def __init__(self, blocks: tuple[Any, ...]) -> None:
        self.known_at = last_ending
        self.blocks = blocks
        self.recording = True
        self.scope = ""
        self.scope_block = self.on_result = self.on_detached = self.on_gradient = self.on_comparison = None
        self.on_branch = self.on_identity = self.on_read = self.on_write = None
        for block in blocks:
            changes: dict[str, Any] = block.changes
            self.recording = changes.get("recording", self.recording)
            self.on_result = changes.get("on_result", self.on_result)
            self.on_detached = changes.get("on_detached", self.on_detached)
            self.on_gradient = changes.get("on_gradient", self.on_gradient)
            self.on_comparison = changes.get("on_comparison", self.on_comparison)
            self.on_branch = changes.get("on_branch", self.on_branch)
            self.on_identity = changes.get("on_identity", self.on_identity)
            self.on_read = changes.get("on_read", self.on_read)
            self.on_write = changes.get("on_write", self.on_write)
            if "scope" in changes:
                self.scope = changes["scope"]
                self.scope_block = block


class Block:
    """One run through a block of code.

    Attributes:
        changes: Fields of State by name, and anything else that is stored for `noted`.
        is_open: Whether it has not ended.
    """

    __slots__ = ("changes", "is_open")

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes
        self.is_open = True


NO_BLOCKS: State = State(())
_current: ContextVar[State] = ContextVar("autograd_tiny.state", default=NO_BLOCKS)


def current() -> State:
    """The state in effect here."""
    found: State = get_value(_current)
    if found.known_at != last_ending and found.blocks:
        now = last_ending                   # another thread may end a block while this one looks
        still_open = tuple([block for block in found.blocks if block.is_open])
        if len(still_open) == len(found.blocks):
            found.known_at = now
        else:
            found = State(still_open) if still_open else NO_BLOCKS
            _current.set(found)
    return found


def begin(block: Block) -> None:
    """Put a block into effect from here on, in this context."""
    changes = block.changes
    _open_blocks.add(block)
    if not changes.get("recording", True) or changes.get("on_result") is not None:
        results_switched.add(block)
    if "scope" in changes:
        scopes_switched.add(block)
    if not changes.keys().isdisjoint(LOOKS):
        comparisons_switched.add(block)
    _current.set(State((*current().blocks, block)))


def end(block: Block) -> None:
    """End a block, wherever it began."""
    global last_ending
    block.is_open = False
    last_ending = another()
    for blocks in (results_switched, scopes_switched, comparisons_switched, _open_blocks):
        blocks.discard(block)
    current()                               # forgets it, if this is where it began


class switched:
    """A context manager that changes fields of State for its block.

    It may be entered any number of times, also at once. When it is freed, its blocks end.
    """

    _blocks: list[Block] = []               # noqa: RUF012 (of one whose __init__ fails)

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._blocks: list[Block] = []

    def changes(self) -> dict[str, Any]:
        """The changes of a block that begins now."""
        return self._changes

    def __enter__(self) -> None:
        block = Block(self.changes())
        self._blocks.append(block)
        try:
            begin(block)
        except BaseException:
            end(block)
            raise

    def __exit__(self, *exception: object) -> None:
        still_open = [block for block in self._blocks if block.is_open]
        if not still_open:
            raise RuntimeError("this block was not entered, or it has ended already: write `with` before it")
        here = [block for block in still_open if block in current().blocks]
        block = (here or still_open)[-1]        # of several, that of this context
        end(block)
        self._blocks.remove(block)

    def __del__(self) -> None:
        for block in self._blocks:
            end(block)


def scope_inside(outer: str, name: str) -> str:
    """The path of a scope inside another."""
    return outer + "." + name if outer else name


def engine_kind() -> str:
    """"native" if the compiled engine runs, "pure" if its files run as they are."""
    return "native" if cython.compiled else "pure"


def noted(name: str) -> list[Any]:
    """The values stored under a name by the open blocks, outermost first."""
    return [block.changes[name] for block in current().blocks if name in block.changes]


def recording() -> bool:
    """Whether operations are recorded here."""
    return current().recording


def watching() -> bool:
    """Whether a callback is registered for new results, as inside detect_anomaly()."""
    return current().on_result is not None


def ask_to_use(value: Any, use: str) -> None:
    """Tell those who watch that a Value decides, or what is made of it: a "decision", a "float" or an "index"."""
    on_branch = current().on_branch
    if on_branch is not None:
        on_branch(value, use=use)
