"""Networks that leave as ONNX models: how fast they are in onnxruntime."""
from __future__ import annotations

from measuring.processes import Case, missing
from measuring.tables import Row, table
from measuring.times import check_agreement, measure

NAMES = {"moons": "2-16-16-1", "mnist": "784-64-10"}
ENGINES = "onnxruntime", "torch", "native"


def export_onnx() -> str:
    def row(network: str, batch: int, dtype: str) -> Row:
        cases: list[Case] = [(engine, network, str(batch), dtype) for engine in ENGINES]
        times, results = measure("export-onnx", cases, processes=2, turns=3)
        check_agreement(results, 1e-9 if dtype == "float64" else 1e-3)
        named: Row = [NAMES[network], dtype, batch]
        if len(times) < len(cases):
            return [*named, *(missing(engine) or "" for engine in ENGINES)]
        onnx, torch, tape = (1e6 * times[case].forward for case in cases)
        return [*named, onnx, torch, tape, torch / onnx, tape / onnx]

    head = [
        "network", "precision", "batch", "onnxruntime", "torch", "tape", "as many times as fast as torch",
        "as the tape",
    ]
    rows = [
        row(network, batch, dtype) for network in NAMES for dtype in ("float64", "float32") for batch in (1, 100, 1000)
    ]
    return f"""\
## export-onnx: the outputs of a network, in microseconds a call

The model that `nn.to_onnx` writes, in onnxruntime, against torch in inference mode and the tape, which reads its
parameters from their Values at each call. Samples are arrays of the precision. One thread each.

{table(head, rows)}
"""
