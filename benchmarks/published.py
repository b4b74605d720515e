"""The figures in the README and in the documentation: `python benchmarks/published.py` writes them from results.md.

Each table stands between two comments, as <!-- tape --> and <!-- /tape -->; TABLES says which function makes it. A
test fails when a table differs from results.md. Rows whose engine or peer was not measured are left out.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.md")
UNITS = ("ns", "µs", "ms", "s")

Row = Callable[[], list[str]]


# ---- reading the results

class NotMeasuredError(LookupError):
    """The results do not have this number."""


class Results:
    """The tables of a report, by the name of their section and the title of their first column."""

    def __init__(self, report: str) -> None:
        introduction, *sections = report.split("\n## ")
        self.machine = " ".join(introduction.rstrip().split("\n\n")[-1].split())
        self.tables: dict[str, list[list[list[str]]]] = {}
        for section in sections:
            tables = re.findall(r"(?:^\|.*\n?)+", section, re.M)
            self.tables[section.partition(":")[0]] = [
                [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
                for table in tables
            ]

    def table(self, section: str, title: str = "") -> list[list[str]]:
        """The rows of a table: first the titles of its columns, then a line of dashes."""
        for table in self.tables.get(section, []):
            if not title or table[0][0] == title:
                return table
        raise NotMeasuredError(f"{section} {title}")

    def cell(self, section: str, row: str, column: str, title: str = "") -> str:
        """The number in a cell, without the target beside it.

        row: its first cell, and its second one after a " | ". column: its title; of two with one title, the second
        has " 2" at its end.
        """
        head, _, *rows = self.table(section, title)
        place = head.index(column.removesuffix(" 2"))
        if column.endswith(" 2"):
            place = head.index(column.removesuffix(" 2"), place + 1)
        wanted = row.split(" | ")
        for cells in rows:
            if cells[: len(wanted)] == wanted:
                found = cells[place].partition(" (")[0]
                if re.fullmatch(r"[\d.,]+( %)?", found):
                    return found
        raise NotMeasuredError(f"{section}: {row}, {column}")

    def time(self, section: str, row: str, column: str, unit: str, title: str = "") -> str:
        """A time with its unit: from 10,000 on the next larger one."""
        found = self.cell(section, row, column, title)
        number, place = float(found.replace(",", "")), UNITS.index(unit)
        if number < 10_000:
            return f"{found} {unit}"
        while number >= 10_000 and place < len(UNITS) - 1:
            number, place = number / 1000, place + 1
        return f"{number:,.{0 if number >= 100 else 1 if number >= 10 else 2}f} {UNITS[place]}"


# ---- rows

def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    """A table in Markdown, without the rows that were not measured; a first cell like the one above it is "…"."""
    lines = [[*head], ["---", *["---:"] * (len(head) - 1)]]
    above = ""
    for row in rows:
        try:
            what, *numbers = row()
        except NotMeasuredError:
            continue
        lines.append(["…" if what == above else what, *numbers])
        above = what
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class Comparison:
    """Rows that compare one measurement of ours with one of a peer.

    Args:
        its: The results.
        section, title: The table, and the title of its first column where the section has several.
        ours, column, unit: Our row, and the column and unit of the times.
        faster: The column with the ratio, in the row of the peer.
    """

    def __init__(
        self, its: Results, section: str, ours: str, column: str, unit: str, faster: str, title: str = ""
    ) -> None:
        self.its, self.section, self.title = its, section, title
        self.ours, self.column, self.unit, self.faster = ours, column, unit, faster

    def __call__(self, what: str, peers: dict[str, str], column: str = "", faster: str = "") -> list[Row]:
        """Rows: what is compared, our time, the time of a peer under the name for it, and the ratio."""
        return [partial(self._row, what, *peer, column or self.column, faster or self.faster) for peer in peers.items()]

    def _row(self, what: str, peer: str, name: str, column: str, faster: str) -> list[str]:
        ours, theirs = (
            self.its.time(self.section, row, column, self.unit, self.title) for row in (self.ours, peer)
        )
        return [what, ours, f"{name} {theirs}", self.its.cell(self.section, peer, faster, self.title)]


def against_micrograd(its: Results, what: str, ours: str) -> Row:
    """A row for moons, where the ratio stands in our own row."""
    return lambda: [
        what, its.time("moons", ours, BOTH, "ms"), f"micrograd {its.time('moons', 'micrograd', BOTH, 'ms')}",
        its.cell("moons", ours, "times as fast as micrograd"),
    ]


NODE_BYTES = "the tape's bytes"
COMPARED = ("what", "autograd_tiny", "peer", "times as fast")
PARTITION = "rows in the partition"
BOTH, GRADIENT = "forward + backward", "value + gradient"
NATIVE_FASTER, TAPE_FASTER = "native is as many times faster", "the tape is as many times faster"
JITTED_FASTER = "native jitted is as many times faster"
OUR_MLP, SAME_GRAPH = "with the MLP of autograd_tiny", "with the MLP of micrograd"
TORCH = {"torch float64": "PyTorch", "torch float32": "PyTorch, float32"}
PROBLEMS = {
    "gradient of Rosenbrock's function, n = 100": "gradient of Rosenbrock's function, n = 100",
    "Hessian of Rosenbrock's function, n = 30": "its Hessian, n = 30",
    "Jacobian of 100 numbers by 3": "Jacobian of a map from 3 to 100 numbers",
}


def comparisons(its: Results) -> dict[str, Comparison]:
    """The measurements of ours that several tables compare with others."""
    return {
        "chain": Comparison(its, "chain", "native", BOTH, "ns", NATIVE_FASTER),
        "moons": Comparison(its, "tape-moons", "tape", GRADIENT, "µs", TAPE_FASTER),
        "digits": Comparison(its, "tape-digits", "tape", GRADIENT, "µs", TAPE_FASTER),
        "mnist 32": Comparison(its, "tape-mnist", "tape", GRADIENT, "µs", TAPE_FASTER, "batch 32"),
        "mnist 256": Comparison(its, "tape-mnist", "tape", GRADIENT, "µs", TAPE_FASTER, "batch 256"),
        "large": Comparison(its, "tape-one-sample", "tape", "per operation", "ns", TAPE_FASTER, "large"),
        "small": Comparison(its, "tape-one-sample", "tape", "per operation", "ns", TAPE_FASTER, "small"),
        "options": Comparison(its, "tape-options", "tape", "price + derivatives", "ns", TAPE_FASTER),
        **{
            name: Comparison(its, "tape-gpt", row, GRADIENT, "µs", "the tape of 32 is as many times faster")
            for name, row in (("gpt", "tape | 32"), ("gpt float32", "tape float32 | 32"))
        },
        "epoch": Comparison(its, "training-digits", "native", "an epoch", "ms", NATIVE_FASTER),
        **{
            title: Comparison(its, "derivatives", "native", "time", "µs", NATIVE_FASTER, title)
            for title in PROBLEMS
        },
        **{
            f"jitted {title}": Comparison(its, "derivatives", "native jitted", "time", "µs", JITTED_FASTER, title)
            for title in PROBLEMS
        },
    }


# ---- tables

def summary(its: Results) -> str:
    """The README's table: what the package is for, and where others are faster."""
    ours = comparisons(its)
    gradient = "gradient of Rosenbrock's function, n = 100"
    return table(COMPARED, [
        against_micrograd(its, "micrograd's demo: one loss and its gradient", f"native, {OUR_MLP}"),
        *ours["moons"](
            "the same, recorded on a tape", {"micrograd": "micrograd", "torch float64": "PyTorch, vectorised"}
        ),
        *ours["chain"]("a chain of scalar operations, per operation", {"torch": "PyTorch"}),
        *ours["gpt"](
            "a small GPT on a tape, for a name", {"torch float64 | 32": "PyTorch, vectorised"},
        ),
        *ours["options"](
            "Black and Scholes' price and 5 derivatives, an option", {"JAX jitted": "JAX, compiled"}
        ),
        *ours["epoch"]("training on scikit-learn's digits, an epoch", {"scikit-learn": "scikit-learn"}),
        *ours["mnist 256"]("a tape of the network 784-64-10, batch of 256", {"torch float32": "PyTorch, float32"}),
        *ours[gradient](gradient, {"JAX jitted": "JAX, compiled"}),
        *ours[f"jitted {gradient}"]("the same, recorded by jit", {"JAX jitted": "JAX, compiled"}),
    ])


def engine(its: Results) -> str:
    """Eager code: both engines, memory, long graphs, and the import."""
    chain = comparisons(its)["chain"]
    added = "median difference of 40 pairs"

    def imported(engine: str) -> Row:
        return lambda: [
            f"{its.table('import')[0][2]}, {engine} engine", its.time("import", engine, added, "ms"), "", ""
        ]

    return table(COMPARED, [
        against_micrograd(its, "micrograd's demo: one loss and its gradient", f"native, {OUR_MLP}"),
        against_micrograd(its, "micrograd's demo with the pure engine", f"pure, {OUR_MLP}"),
        against_micrograd(its, "the same graph node for node: micrograd's MLP on our `Value`", f"native, {SAME_GRAPH}"),
        against_micrograd(its, "the same graph node for node, with the pure engine", f"pure, {SAME_GRAPH}"),
        *chain(
            "a chain of 40,000 operations, per operation",
            {"micrograd": "micrograd", "torch": "PyTorch, tensors of one number", "xad": "XAD, a tape in C++"},
        ),
        lambda: [
            "memory per node, after the forward pass", f"{its.cell('memory', 'native', 'after forward')} bytes",
            f"micrograd {its.cell('memory', 'micrograd', 'after forward')} bytes", "",
        ],
        lambda: [
            "time per node at 10,000,000 nodes, over that at 100,000",
            its.cell("scaling", "native | ratio", "together"), "", "",
        ],
        imported("native"), imported("pure"),
    ])


def tape(its: Results) -> str:
    """Value and gradient on a tape."""
    ours = comparisons(its)

    def single(precision: str, batch: str) -> list[Row]:
        """The tape that takes parameters as an array, in both precisions."""
        def cells() -> list[str]:
            row = f"{precision} | {batch}"
            tape, torch = (its.time("tape-float32", row, name, "µs") for name in ("tape, replay alone", "torch"))
            ratio = its.cell("tape-float32", row, TAPE_FASTER)
            what = f"784-64-10, parameters in an array, {precision}, batch of {batch}"
            return [what, tape, f"PyTorch {torch}", ratio]

        return [cells]

    of_moons = {
        "micrograd": "micrograd", "torch float64": "PyTorch, vectorised over the batch",
        "numpy": "NumPy, both passes written by hand", "jax": "JAX, compiled",
    }
    return table(COMPARED, [
        *ours["moons"]("micrograd's demo, 2-16-16-1, 100 points", of_moons),
        *ours["digits"]("digits, 64-32-10, batch of 32", TORCH),
        *ours["mnist 32"]("784-64-10, batch of 32", TORCH),
        *ours["mnist 256"]("784-64-10, batch of 256", TORCH),
        *(row for precision in ("float64", "float32") for batch in ("32", "256") for row in single(precision, batch)),
        *ours["gpt"](
            "a small GPT, batch of 32, for a name",
            {"plain Python | 1": "the same code in plain Python", "torch float64 | 32": "PyTorch, vectorised"},
        ),
        *ours["gpt float32"](
            "the same in float32", {"torch float32 | 32": "PyTorch, float32"}
        ),
        *ours["options"](
            "Black and Scholes' price and 5 derivatives, 100,000 options, for one", {"JAX jitted": "JAX, compiled"}
        ),
        *ours["large"](
            "100,000 mixed operations, one sample, per operation", {"casadi": "CasADi's virtual machine"}
        ),
        *ours["small"](
            "60 mixed operations, 1,000 samples, per operation", {"c": "C, written out line by line"}
        ),
    ])


def functions(its: Results) -> str:
    """Elementary functions by the element."""
    _, _, *rows = its.tables.get("functions", [[[], []]])[0]

    def row(cells: list[str]) -> Row:
        name, tape, peer, ratio = cells
        return lambda: [f"`{name}`", f"{tape} ns", f"{peer} ns", ratio.partition(" (")[0]]

    return table(("", "tape", "NumPy, SciPy", "ratio"), [row(cells) for cells in rows])


def activations(its: Results) -> str:
    """The network of micrograd's demo with other activations."""
    def row(name: str) -> Row:
        return lambda: [
            name, *[its.time("tape-activations", name, column, "µs") for column in ("tape", "torch")],
            its.cell("tape-activations", name, TAPE_FASTER),
        ]

    names = "relu", "tanh", "gelu", "silu", "softplus"
    return table(("activation", "tape", "PyTorch, eager", "times as fast"), [row(name) for name in names])


def javascript(its: Results) -> str:
    """Tapes in JavaScript."""
    _, _, *rows = its.tables.get("export-javascript", [[[], []]])[0]

    def row(job: str) -> Row:
        def cells() -> list[str]:
            native, node = (its.time("export-javascript", job, name, "µs") for name in ("native tape", "tape.js"))
            return [job, native, node, its.cell("export-javascript", job, "times as long")]

        return cells

    return table(("value and gradient", "native tape", "tape.js", "times as long"), [row(cells[0]) for cells in rows])


def c_language(its: Results) -> str:
    """Tapes in C."""
    value_and_gradient = Comparison(
        its, "export-c", "to_c", GRADIENT, "µs", "to_c is as many times faster", "10,000 mixed operations, 1 sample"
    )
    peers = {"CasADi's generated C": "CasADi's C", "native tape": "the tape itself"}

    def compilation() -> list[str]:
        ours, theirs = (
            its.cell("export-c", row, "compilation, seconds", "10,000 mixed operations, 1 sample")
            for row in ("to_c", "CasADi's generated C")
        )
        return ["compiling it by cc -O3", f"{ours} s", f"CasADi's C {theirs} s", ""]

    rows = value_and_gradient("10,000 mixed operations, one sample", peers)
    return table(("what", "`to_c`", "peer", "times as fast"), [*rows, compilation])


def onnx(its: Results) -> str:
    """Networks in onnxruntime."""
    def row(name: str) -> Row:
        return lambda: [
            name.replace(" | ", ", "),
            *(its.time("export-onnx", name, column, "µs") for column in ("onnxruntime", "torch", "tape")),
        ]

    _, _, *rows = its.tables.get("export-onnx", [[[], []]])[0]
    head = "network, precision, batch", "onnxruntime", "PyTorch", "tape"
    return table(head, [row(" | ".join(cells[:3])) for cells in rows])


def jax(its: Results) -> str:
    """Tapes as functions of JAX."""
    _, _, *rows = its.tables.get("export-jax", [[[], []]])[0]

    def row(job: str) -> Row:
        return lambda: [
            job, *(its.time("export-jax", job, column, "ms") for column in ("native tape", "jax")),
            its.cell("export-jax", job, "times as long"), f"{its.cell('export-jax', job, 'compiling, s')} s",
        ]

    head = "value and gradient", "native tape", "`to_jax`, jitted", "times as long", "compiling"
    return table(head, [row(cells[0]) for cells in rows])


def dask(its: Results) -> str:
    """Sums over the partitions of a dask array."""
    def row(workers: str, faster: bool) -> Row:
        return lambda: [
            workers, its.time("dask", workers, GRADIENT, "s", "workers"),
            its.cell("dask", workers, "times as fast as one", "workers") if faster else "",
        ]

    return table(("workers", "value and gradient", "times as fast"), [row("1", False), row("2", True)])


def dask_added(its: Results) -> str:
    """What Dask adds to a partition."""
    columns = "tape alone", "added", "added 2"

    def row(rows: str) -> Row:
        return lambda: [rows, *(its.time("dask", rows, name, "ms", PARTITION) for name in columns)]

    head = PARTITION, "the tape alone", "added by Dask's threads", "added by a worker"
    return table(head, [row(rows) for rows in ("1,000", "100,000", "500,000")])


def processors(its: Results) -> str:
    """Tapes with each kind of vector instructions."""
    head = ("value and gradient", "AVX-512", "AVX2", "all other processors", "NumPy's rows")
    rows = "avx512f", "avx2", "default", "NumPy's rows"

    def row(work: str) -> Row:
        def cells() -> list[str]:
            found = []
            for name in rows:
                try:
                    found.append(its.time("tape-simd", name, GRADIENT, "µs", work))
                except NotMeasuredError:
                    found.append("")
            if not any(found):
                raise NotMeasuredError(work)
            return [work, *found]

        return cells

    networks = "moons, batch 100", "digits, batch 32", "mnist, batch 32", "mnist, batch 256"
    return table(head, [row(each) for each in (*networks, "mixed operations, batch 1,000")])


def tape_costs(its: Results) -> str:
    """The value alone, and what the gradient adds to it."""
    def row(what: str, section: str, unit: str, title: str = "") -> Row:
        return lambda: [
            what, its.time(section, "tape", "value alone", unit, title),
            its.time(section, "tape", GRADIENT, unit, title), its.cell(section, "tape", "ratio", title),
        ]

    return table(("tape", "value alone", "value and gradient", "ratio"), [
        row("micrograd's demo, 100 points", "tape-moons", "µs"),
        row("digits, 64-32-10, batch of 32", "tape-digits", "µs"),
        row("784-64-10, batch of 32", "tape-mnist", "µs", "batch 32"),
        row("784-64-10, batch of 256", "tape-mnist", "µs", "batch 256"),
        row("100,000 mixed operations, one sample", "tape-one-sample", "ns", "large"),
        row("60 mixed operations, a sample of 1,000", "tape-one-sample", "ns", "small"),
    ])


def recording(its: Results) -> str:
    """What it takes to record a chain."""
    def row(nodes: str) -> Row:
        def cells() -> list[str]:
            time = its.time("tape-recording", f"native | {nodes}", "time", "ns")
            try:
                kept = f"{its.cell('tape-recording', f'native | {nodes}', NODE_BYTES)} bytes"
            except NotMeasuredError:
                kept = ""
            return [nodes, time, kept]

        return cells

    sizes = ["1,000", "10,000", "100,000", "1,000,000", "10,000,000"]
    return table(("nodes of the graph", "time per node", "the tape's memory per node"), [row(n) for n in sizes])


def values(its: Results) -> str:
    """Many Values and an array."""
    def row(engine: str) -> Row:
        return lambda: [engine, *[its.time("tape-parameters", engine, column, "µs") for column in ("read", "add")]]

    return table(("50,000 Values", "`vectors.read`", "`vectors.add_gradients`"), [row("native"), row("pure")])


def training(its: Results) -> str:
    """Whole calls of fit, and the loops of others."""
    epoch = comparisons(its)["epoch"]
    loop = Comparison(its, "training-moons", "native", "fit, or the loop", "ms", NATIVE_FASTER)
    mnist = Comparison(its, "training-mnist", "native", "an epoch", "s", NATIVE_FASTER)
    until = Comparison(its, "training-digits", "native", "time to 97 %", "ms", f"{NATIVE_FASTER} 2")
    peers = {"scikit-learn": "scikit-learn", **TORCH}

    def accuracy(peer: str, name: str) -> list[str]:
        ours, theirs = (its.cell("training-digits", row, "accuracy after 30") for row in ("native", peer))
        return ["… accuracy on the test set after 30 epochs", ours, f"{name} {theirs}", ""]

    return table(COMPARED, [
        *loop("micrograd's demo, 100 epochs", {"micrograd": "micrograd's loop", "torch": "PyTorch, vectorised"}),
        *loop(
            "… from the start of Python to its end", {"torch": "PyTorch"}, "the whole program",
            "native's is as many times faster",
        ),
        *epoch("digits, 64-64-10, batch of 32, Adam: an epoch", peers),
        *until("… until 97 % of the test set are right", peers),
        *[partial(accuracy, peer, name) for peer, name in peers.items()],
        *mnist("784-64-10, 60,000 samples, batch of 32, SGD: an epoch", TORCH),
        lambda: ["… recording it, with the check", its.time("training-mnist", "native", "recording", "s"), "", ""],
    ])


def derivatives(its: Results) -> str:
    """Derivatives of functions that loop over single numbers."""
    peers = {"HIPS/autograd": "HIPS/autograd", "JAX": "JAX", "JAX jitted": "JAX, compiled"}
    ours = comparisons(its)
    compiled = {"JAX jitted": "JAX, compiled"}

    def minimised(method: str) -> Row:
        return lambda: [
            f"SciPy's {method} of Rosenbrock's function, n = 10: recorded by jit",
            its.time("minimisation", method, "native", "µs"),
            f"JAX, compiled {its.time('minimisation', method, 'JAX', 'µs')}",
            its.cell("minimisation", method, NATIVE_FASTER),
        ]

    return table(COMPARED, [
        *[
            row for title, what in PROBLEMS.items()
            for row in (*ours[title](what, peers), *ours[f"jitted {title}"](f"{what}: recorded by jit", compiled))
        ],
        minimised("BFGS"), minimised("L-BFGS-B"),
    ])


def cheap_gradient(its: Results) -> str:
    """A gradient costs a small multiple of its function, whatever the number of inputs."""
    def row(n: str) -> Row:
        return lambda: [
            n, *[its.time("cheap gradient", f"native | {n}", column, "µs") for column in ("function", "gradient")],
            its.cell("cheap gradient", f"native | {n}", "ratio"),
        ]

    sizes = ["10", "100", "1,000", "10,000"]
    return table(("inputs", "the function in plain Python", "its gradient", "ratio"), [row(n) for n in sizes])


def seeing(its: Results) -> str:
    """Pictures and explanations."""
    _, _, *rows = its.tables.get("seeing", [[[], []]])[0]

    def row(cells: list[str]) -> Row:
        what, nodes, native, pure, size = cells
        kilobytes = f"{float(size.replace(',', '')) / 1000:,.0f} kB"
        return lambda: [what, nodes, f"{native} ms", f"{pure} ms", kilobytes]

    return table(("what", "nodes", "native", "pure", "size"), [row(cells) for cells in rows])


def pages(its: Results) -> str:
    """Pages that one can touch, with a sentence; nothing before they are measured."""
    _, _, *rows = its.tables.get("pages", [[[], []]])[0]
    if not rows:
        return ""

    def row(cells: list[str]) -> Row:
        what, size, *times = (cell.partition(" (")[0] for cell in cells)
        return lambda: [what, f"{float(size.replace(',', '')) / 1000:,.0f} kB", *[f"{each} ms" for each in times]]

    head = ("page", "size", "made in", "first paint", "script of a frame", "the longest")
    return f"Pages that one can touch, in headless Chromium:\n\n{table(head, [row(cells) for cells in rows])}"


TABLES: dict[str, dict[str, Callable[[Results], str]]] = {
    "README.md": {"speed": summary},
    "docs/reference/speed.md": {
        "machine": lambda its: f"One run: {its.machine}", "engine": engine, "tape": tape, "tape costs": tape_costs,
        "functions": functions, "activations": activations, "processors": processors,
        "c": c_language, "javascript": javascript, "jax": jax, "onnx": onnx, "dask": dask, "dask added": dask_added,
        "recording": recording, "values": values, "training": training, "derivatives": derivatives,
        "cheap gradient": cheap_gradient, "seeing": seeing, "pages": pages,
    },
}


# ---- writing them

def up_to_date(file: str, its: Results) -> str:
    """The text of a file, with its tables from the results. ValueError for a table without a place."""
    text = ROOT.joinpath(file).read_text(encoding="utf-8")
    for name, make in TABLES[file].items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{file}: one place for the table is expected, between {begin.strip()} and {end}")
        before, rest = text.split(begin)
        text = f"{before}{begin}{make(its)}\n{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    its = Results(RESULTS.read_text(encoding="utf-8"))
    for file in TABLES:
        ROOT.joinpath(file).write_text(up_to_date(file, its), encoding="utf-8")


if __name__ == "__main__":
    main()
