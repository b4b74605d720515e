"""The tape: a computation graph recorded once, and replayed over whole batches.

    >>> from autograd_tiny.tape import record
    >>> tape = record(lambda x, y: x * y, 2.0, 3.0)
    >>> tape([[2.0, 3.0], [4.0, 5.0]]).tolist()
    [6.0, 20.0]

tape.py describes the pipeline and is the place to begin; then, in the order of a compiler: recording.py with
branch_guard.py, moved_parameters.py and randomness.py, which say what can't be recorded; program.py, lowering.py,
grouping.py, batches.py, and an executor: numpy_executor.py, or native_executor.pyx with the folder kernels. listing.py,
serialization.py and arguments.py serve them. derivatives/ makes programs of derivatives from programs.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tape import Tape as Tape, record as record


def __getattr__(name: str) -> object:
    """Tape and record, which need NumPy, when they are first used: pages use modules in this folder without it."""
    if name not in ("Tape", "record"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import tape

    return getattr(tape, name)
