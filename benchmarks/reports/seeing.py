"""Pictures and explanations."""
from __future__ import annotations

from typing import Any

from measuring.processes import Case, Worker, missing
from measuring.tables import Row, table


def seeing() -> str:
    kinds: dict[Case, str] = {
        ("explain", "100"): "`explain`, 2^100 paths (10^30)",
        ("explain", "10000"): "`explain`, 2^10,000 paths",
        ("draw", "10"): "`draw`, layout included", ("draw", "200"): "`draw`",
        ("draw", "10000"): "`draw`, layers folded",
        ("play", "10"): "`play`, layout included", ("play", "200"): "`play`",
        ("play", "10000"): "`play`, layers folded",
        ("diagnose", "1000"): "`diagnose`, 784-64-10, 1,000 samples",
    }

    def found(engine: str, kind: Case) -> dict[str, Any]:
        worker = Worker("seeing", (engine, *kind))
        result: dict[str, Any] = worker.ask("result")
        worker.close()
        return result

    def row(kind: Case) -> Row:
        each = {engine: found(engine, kind) for engine in ("native", "pure") if not missing(engine)}
        times: Row = [1e3 * each[name]["seconds"] if name in each else missing(name)
                      for name in ("native", "pure")]
        any_one = each["pure"]
        return [kinds[kind], any_one["nodes"], *times, any_one["bytes"]]

    head = ["what", "nodes", "native", "pure", "bytes"]
    return f"""\
## seeing: pictures and explanations, in milliseconds

By the clock on the wall, since a layout program runs in a process of its own. The graph of 10^30 paths: `x`
doubled and halved 100 times. 10,000 nodes: the loss of one sample in a network 64-128-10, with its layers as boxes
(depth=2). Bytes: the size of the text of an explanation, of the SVG of a picture, of the page of a film or a diagnosis.

{table(head, [row(kind) for kind in kinds])}
"""
