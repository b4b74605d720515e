"""The command line: `autograd-tiny "x=a+b; y=b+c; x*y" a=-1 b=3 c=4`, or `python -m autograd_tiny …`.

It runs without NumPy; pictures, films and explanations are imported when they are asked for. The language of the
expressions is in expression.py.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import count, zip_longest
from typing import TYPE_CHECKING, NoReturn

from . import __version__, engine_kind
from .boundary.text import printable
from .calculus.operations import DOT, LEAF, NEG, TAKE, reference_table
from .engine.graph import topological_order
from .engine.value import Value
from .expression import CONSTANTS, FUNCTIONS, ExpressionError, constant, parse, subscripted

if TYPE_CHECKING:
    from .boundary.files import FileKind

TABLE_WIDTH = 80            # characters, unless the names and numbers need more
OPERATION_WIDTH = 28        # of the column of operations, likewise
GAP = "  "                  # between columns
ALIGN = str.ljust, str.ljust, str.rjust, str.ljust, str.rjust
NO_BREAK = "\xa0"           # a space at which no line is broken

FILM = ".html", ".htm", ".svg", ".gif", ".webp", ".mp4"      # endings, as in show/reel/saving.py
OPTION = re.compile(r"-h|--|--([a-z]+|max-nodes)(=.*)?")
EPILOG = f"""\
example:
  autograd-tiny "x=a+b; y=b+c; x*y" a=-1 b=3 c=4 --svg f.svg

Statements are separated by ; or by line breaks. The last one is the output; it
is called f unless it has a name. A name may be assigned again, as in Python: the
second x is shown as x₂. Results without a name are shown as v₁, v₂ and so on.
The value of an input may be an expression without names: a=1/3.

An expression has numbers, names, + - * / **, comparisons (1 or 0), the constants
{", ".join(CONSTANTS)} (unless a name of yours is the same), and these functions:
{textwrap.fill(", ".join(FUNCTIONS), 79)}.
Functions of many numbers take lists: max([a, b]), dot([a, b], [c, d]).

--json prints {{"output": name, "nodes": [...]}}. Each node has a name, an operation
("leaf" for an input), a value, a gradient (the derivative of the output with
respect to it) and operands. An operand is either a node, given by its name and
local_gradient, or a plain number, given by its value. Numbers that are not
finite are the strings "NaN", "Infinity" and "-Infinity".

The exit code is 0, or 2 after an error. An error is one line on standard error."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments; by default those of the process.

    Returns:
        0, the exit code.

    Raises:
        SystemExit: With code 2 after an error; with code 0 after --help, --version and --operations.
    """
    parser = argument_parser()
    try:
        try:
            run(parser, sys.argv[1:] if argv is None else argv)
        finally:
            print(end="", flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # or the flush at exit fails again
        if not isinstance(error, BrokenPipeError):                          # a reader that stopped, such as head
            parser.error(f"cannot print: {error.strerror}")
    return 0


def run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    """Compute and differentiate the expression, write the files and print the result."""
    options = parser.parse_intermixed_args(protect_expressions(argv))
    try:
        inputs = parse_inputs(options.values)
        output = parse(options.expression, **inputs)
    except ExpressionError as error:
        parser.error(str(error))
    output.backward()
    nodes = sorted(topological_order(*inputs.values(), output), key=lambda node: node is output)
    try:
        explanation = explained(nodes, options.explain) if options.explain else ""
        label_results(nodes)
        check_exports(inputs, options)
        write_files(output, options)
        export(output, inputs, options)
    except (ImportError, OSError, RuntimeError, ValueError) as error:   # no Graphviz, no folder, too large
        parser.error(str(error))
    print(printable(explanation or (as_json(nodes) if options.json else table(nodes))))


# ---- arguments

class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def argument_parser() -> Parser:
    parser = Parser(
        prog="autograd-tiny", allow_abbrev=False, epilog=printable(EPILOG),
        description="Compute an expression and its derivative with respect to each input.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("expression", help='the expression, such as "x=a+b; x*c"')
    add("values", nargs="*", default=[], metavar="name=value", help="the value of an input, such as a=-1")
    add("--svg", metavar="FILE", type=file_name(".svg"), help="draw the computation graph as SVG")
    add("--png", metavar="FILE", type=file_name(".png"), help="draw the computation graph as PNG")
    add("--play", metavar="FILE", type=file_name(*FILM),
        help="write a film of the forward and the backward pass as HTML, SVG, GIF, WebP or MP4, by the file's ending")
    add("--explore", metavar="FILE", type=file_name(".html"),
        help="write a page with a slider on each input as HTML")
    add("--c", metavar="FILE", type=str.strip,
        help="write the expression and its derivatives in C (.c), with a header beside it")
    add("--js", metavar="FILE", type=str.strip,
        help="write the expression and its derivatives as a module of JavaScript (.js, .mjs)")
    add("--onnx", metavar="FILE", type=str.strip,
        help="write the expression as an ONNX model of its inputs (.onnx)")
    add("--max-nodes", metavar="N", type=int, default=500,
        help="draw, film and explore graphs of up to N nodes (default: 500)")
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--explain", metavar="NAME",
                         help="print the derivative with respect to NAME by the chain rule, instead of the table")
    printed.add_argument("--json", action="store_true", help="print JSON instead of the table")
    add("--operations", action="version", version=printable(reference_table()),
        help="print a table of all operations and exit")
    add("--version", action=Version, nargs=0, help="print the versions of what runs, and exit")
    return parser


class Version(argparse.Action):
    """Prints what a report of a bug needs; only this loads NumPy and the kernels."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import platform

        try:
            from .tape.batches import simd

            kernels = f"kernels {simd() or 'NumPy'}"
        except (ImportError, ValueError) as error:      # no NumPy; AUTOGRAD_TINY_SIMD names none
            kernels = f"no kernels: {error}"
        print(printable(
            f"autograd_tiny {__version__}, {engine_kind()} engine, {kernels}\n"
            f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
        ))
        parser.exit()


def protect_expressions(argv: Sequence[str]) -> list[str]:
    """The arguments, with a space before an expression like "-a*b", which argparse would take for an option."""
    return [f" {word}" if word.startswith("-") and not OPTION.fullmatch(word) else word for word in argv]


def file_name(*endings: str) -> Callable[[str], str]:
    """The type of an argument that names a file with one of these endings."""
    known = " or ".join(filter(None, (", ".join(endings[:-1]), endings[-1])))

    def checked(word: str) -> str:
        if not word.strip().lower().endswith(endings):
            raise argparse.ArgumentTypeError(f"the name of a {known} file is expected, got {word!r}")
        return word.strip()

    return checked


def parse_inputs(words: Sequence[str]) -> dict[str, Value]:
    """The inputs in words like "a=-1"."""
    inputs: dict[str, Value] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or not name.isidentifier():
            raise ExpressionError(f"a value is written name=number, got {word!r}")
        if name in inputs:
            raise ExpressionError(f"{name} has two values")
        try:
            inputs[name] = Value(constant(text), name)
        except ExpressionError as error:
            raise ExpressionError(f"{word!r}: {error}") from None
    return inputs


# ---- results

def label_results(nodes: Sequence[Value]) -> None:
    """Label the nodes without a label v₁, v₂, …, in the graph itself, so that the pictures have these names, too."""
    taken = {node.label for node in nodes}
    labels = (label for i in count(1) if (label := subscripted("v", i)) not in taken)
    for node in nodes:
        if not node.label:
            node.label = next(labels)


def write_files(output: Value, options: argparse.Namespace) -> None:
    """Write the pictures, the film and the page that are asked for."""
    if options.svg or options.png:
        from .show.draw import draw

        picture = draw(output, max_nodes=options.max_nodes)
        for file in filter(None, (options.svg, options.png)):
            try:
                picture.save(file)
            except RuntimeError as error:       # no layout program draws it
                problem = "; ".join(str(error).splitlines())
                raise RuntimeError(f"{problem}. --play f.html and --explore f.html need no such program") from error
    if options.play:
        from .show.film.player import play

        play(output, max_nodes=options.max_nodes).save(options.play)
    if options.explore:
        from .show.explore.explorer import explore

        explore(output, max_nodes=options.max_nodes).save(options.explore)


EXPORTS = ("c", "js", "onnx")


def check_exports(inputs: dict[str, Value], options: argparse.Namespace) -> None:
    """Look for what is in the way of files in other languages, before the first file is written."""
    for name in EXPORTS:
        path = getattr(options, name)
        if path is None:
            continue
        if not inputs:
            raise ValueError(f"--{name}: the expression has no inputs to be a function of")
        try:
            for kind, each in exported_files(name, path):
                kind.check(each)
        except FileExistsError as error:
            raise ValueError(
                f"--{name}: {error.filename!r} is there, and --{name} did not write it: choose another name, or move "
                "that file away"
            ) from None
        except ValueError as error:
            raise ValueError(f"--{name}: {str(error).removeprefix('path: ')}") from None


def exported_files(name: str, path: str) -> Sequence[tuple[FileKind, str]]:
    """The files that an option writes, each with its kind. ImportError if it needs a library that is missing."""
    if name == "c":
        from .tape.export.c.file import files_of

        return files_of(path)
    if name == "js":
        from .tape.export.javascript.module import MODULE

        return [(MODULE, path)]
    from .calculus.onnx.graph import MODEL, library

    library()
    return [(MODEL, path)]


def export(output: Value, inputs: dict[str, Value], options: argparse.Namespace) -> None:
    """Write the files in other languages that are asked for."""
    if all(getattr(options, name) is None for name in EXPORTS):
        return
    from .tape.tape import record

    tape = record(output, [*inputs.values()])
    if options.c is not None:
        tape.to_c(options.c)
    if options.js is not None:
        tape.to_javascript(options.js)
    if options.onnx is not None:
        tape.to_onnx(options.onnx)


def explained(nodes: Sequence[Value], name: str) -> str:
    """The derivative of the output, the last node, with respect to the node of that name, by the chain rule."""
    from .show.explanation.explanation import explain

    if name not in {node.label for node in nodes}:      # otherwise results without a label stay hidden
        label_results(nodes)
    node = next((node for node in nodes if node.label == name), None)
    if node is None:
        known = ", ".join(node.label for node in nodes)
        raise ValueError(f"--explain: nothing is called {name!r}; there are {known}")
    return str(explain(nodes[-1], node))


def as_json(nodes: Sequence[Value]) -> str:
    """The nodes, the output last, in the form that --help describes."""
    return json.dumps({
        "output": nodes[-1].label,
        "nodes": [
            {
                "name": node.label,
                "operation": node.operation.name,
                "value": strict(node.data),
                "gradient": strict(node.grad),
                "operands": [
                    {"name": x.label, "local_gradient": strict(local_grad)} if isinstance(x, Value)
                    else {"value": strict(x)}
                    for x, local_grad in zip(node.operands, node.local_grads, strict=True)
                ],
            }
            for node in nodes
        ],
    }, indent=2, allow_nan=False)


def strict(number: float) -> float | str:
    """The number, or JavaScript's name for one that is not finite: JSON has none."""
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


# ---- the table

def table(nodes: Sequence[Value]) -> str:
    """A row for each node: its name, operation, value, local derivatives and gradient."""
    rows = [("name", "operation", "value", f"local{NO_BREAK}derivatives", f"∂{nodes[-1].label}/∂name")]
    rows += [
        (node.label, formula(node), f"{node.data:.6g}", local_derivatives(node), f"{node.grad:.6g}")
        for node in nodes
    ]
    widths = column_widths(rows)
    return "\n".join(line for row in rows for line in wrapped(row, widths))


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The width of the widest cell; less for operations and local derivatives, whose lines may break at spaces."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    longest_word = [max(len(word) for cell in column for word in cell.split(" ")) for column in columns]
    room = TABLE_WIDTH - widths[0] - widths[2] - widths[4] - 4 * len(GAP)
    widths[1] = max(longest_word[1], min(widths[1], OPERATION_WIDTH, room - longest_word[3]))
    widths[3] = max(longest_word[3], min(widths[3], room - widths[1]))
    return widths


def wrapped(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row: several if a cell is wider than its column."""
    cells = [
        textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False)
        for cell, width in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*cells, fillvalue=""):
        aligned = [align(text, width) for align, text, width in zip(ALIGN, line, widths, strict=True)]
        yield GAP.join(aligned).replace(NO_BREAK, " ").rstrip()


def formula(node: Value) -> str:
    """The operation on the names of its operands: "x * y", "max([a, b])"; "" for a leaf."""
    operation = node.operation
    words = [x.label if isinstance(x, Value) else f"{x:.6g}" for x in node.operands]
    if operation is LEAF:
        return ""
    if operation is NEG:
        return f"-{words[0]}"
    if operation is DOT:
        xs, ys, bias = operation.grouped(words)
        words = [f"[{', '.join(xs)}]", f"[{', '.join(ys)}]", *bias]
    elif operation is TAKE:
        words = [f"[{', '.join(words[:-1])}]", words[-1]]
    elif operation.is_nary:
        words = [f"[{', '.join(words)}]"]
    elif not operation.sign.isidentifier():
        return f" {operation.sign} ".join(f"({word})" if word.startswith("-") else word for word in words)
    return f"{operation.name}({', '.join(words)})"


def local_derivatives(node: Value) -> str:
    """∂f/∂x for each operand x of f; for one that is an operand twice, both terms: ∂f/∂x = 3 + 3."""
    terms: dict[str, list[str]] = {}
    for x, local_grad in zip(node.operands, node.local_grads, strict=True):
        if isinstance(x, Value):
            terms.setdefault(x.label, []).append(f"{local_grad:.6g}")
    texts = [f"∂{node.label}/∂{name} = {' + '.join(each)}" for name, each in terms.items()]
    return ", ".join(text.replace(" ", NO_BREAK) for text in texts)


if __name__ == "__main__":
    sys.exit(main())
