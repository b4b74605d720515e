"""Recording a tape of a chain that has been computed already."""
from __future__ import annotations

from importlib import import_module

from .chain import Engine, chain_of
from .timing import Answers, Phases, clock, repetitions, resident


def recording(engine: str, operations: str) -> Answers:
    """A tape of a chain that has been computed already."""
    record = import_module("autograd_tiny").record
    small, *leaves = chain_of(Engine(engine), 10)
    record(small, leaves)               # loads what recording needs
    output, *leaves = chain_of(Engine(engine), int(operations))

    def bytes_per_operation() -> dict[str, float]:
        before, start = resident("VmRSS"), clock()
        tape = record(output, leaves)
        seconds = clock() - start
        after, peak = resident("VmRSS"), resident("VmHWM")
        per = int(operations)
        return {
            "tape": (after - before) / per, "peak": (peak - before) / per, "instructions": len(tape),
            "seconds": seconds,
        }

    def times() -> list[Phases]:
        return repetitions(lambda: record(output, leaves), lambda _: None)

    return {"times": times, "bytes": bytes_per_operation, "result": lambda: None}
