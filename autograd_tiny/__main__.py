"""The command line: `autograd-tiny "x=a+b; y=b+c; x*y" a=-1 b=3 c=4`, or `python -m autograd_tiny …`."""
from __future__ import annotations

import argparse
import io
import json
import math
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import count, zip_longest
from typing import NoReturn

from . import __version__, engine_kind
from .calculus.operations import DOT, LEAF, NEG, reference_table
from .engine.graph import topological_order
from .engine.value import Value
from .expression import CONSTANTS, FUNCTIONS, ExpressionError, constant, parse, subscripted

WIDTH = 80                  # of the table, in characters, unless its names and numbers need more
OPERATION_WIDTH = 28        # of its second column, likewise
GAP = "  "                  # between columns
ALIGN = str.ljust, str.ljust, str.rjust, str.ljust, str.rjust
NO_BREAK = "\xa0"           # a space at which no line is broken

OPTION = re.compile(r"-h|--|--([a-z]+|max-nodes)(=.*)?")
EPILOG = f"""\
example:
  autograd-tiny "x=a+b; y=b+c; x*y" a=-1 b=3 c=4 --svg f.svg

Statements are separated by ; or by new lines. The last one is the output; it is
called f if it has no name. Where x is assigned twice, x means what was assigned
last, as in Python; the second is shown as x₂. Results without a name are shown
as v₁, v₂ and so on. A value can be computed: a=1/3.

An expression has numbers, names, + - * / **, comparisons (1 or 0), the constants
{", ".join(CONSTANTS)} (unless a name of yours is the same), and the functions
{textwrap.fill(", ".join(FUNCTIONS), 79)}.
Those of many numbers take lists: max([a, b]), dot([a, b], [c, d]).

--json prints {{"output": name, "nodes": [...]}}. A node has a name, an operation
("leaf" for an input), a value, operands, and a gradient: the derivative of the
output by it. An operand has the name of a node and a local_gradient, or else it
is a plain number and has a value. A number that is not finite is the string
"NaN", "Infinity" or "-Infinity".

The exit code is 0, or 2 after an error, which is one line on standard error."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say, by default those of the process; SystemExit with code 2 on an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")        # a terminal without the letter ∂ shows a ?
    parser = argument_parser()
    try:
        try:
            run(parser, sys.argv[1:] if argv is None else argv)
        finally:
            print(end="", flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # Python will flush once more
        if not isinstance(error, BrokenPipeError):                          # that is: nobody reads on
            parser.error(f"cannot print: {error.strerror}")
    return 0


def run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    """Differentiate the expression; draw and print what comes out."""
    options = parser.parse_intermixed_args(protected(argv))
    try:
        inputs = given(options.values)
        output = parse(options.expression, **inputs)
    except ExpressionError as error:
        parser.error(str(error))
    output.backward()
    nodes = sorted(topological_order(*inputs.values(), output), key=lambda node: node is output)
    try:
        text = explained(nodes, options.explain) if options.explain else ""
        name_the_unnamed(nodes)
        write_files(output, options)
    except (ImportError, OSError, RuntimeError, ValueError) as error:   # no graphviz, no folder, too large
        parser.error(str(error))
    print(text or (as_json(nodes) if options.json else table(nodes)))


# ---- arguments

class Parser(argparse.ArgumentParser):
    """Errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def argument_parser() -> Parser:
    parser = Parser(
        prog="autograd-tiny", allow_abbrev=False, epilog=EPILOG,
        description="Compute an expression, and its gradient by every number that went into it.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("expression", help='what to compute, as "x=a+b; x*c"')
    parser.add_argument(
        "values", nargs="*", default=[], metavar="name=value", help="a number for each of its names, as a=-1"
    )
    parser.add_argument("--svg", metavar="FILE", type=file_name(".svg"), help="draw the graph as SVG")
    parser.add_argument("--png", metavar="FILE", type=file_name(".png"), help="draw the graph as PNG")
    parser.add_argument(
        "--max-nodes", metavar="N", type=int, default=500, help="the most boxes in a picture, by default 500"
    )
    parser.add_argument(
        "--play", metavar="FILE", type=file_name(".html"), help="film both passes, for a browser, as HTML"
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument(
        "--explain", metavar="NAME", help="print the chain rule from the output to this name, not the table"
    )
    printed.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--operations", action="version", version=reference_table(), help="print a table of all operations"
    )
    parser.add_argument(
        "--version", action="version", version=f"autograd_tiny {__version__}, {engine_kind()} engine"
    )
    return parser


def protected(argv: Sequence[str]) -> list[str]:
    """The arguments, with a space before one like "-a*b": argparse would take it for an option."""
    return [f" {word}" if word.startswith("-") and not OPTION.fullmatch(word) else word for word in argv]


def file_name(ending: str) -> Callable[[str], str]:
    """A check for argparse."""

    def checked(word: str) -> str:
        if not word.lower().endswith(ending):
            raise argparse.ArgumentTypeError(f"the name of a {ending} file is expected, got {word!r}")
        return word.strip()

    return checked


def given(words: Sequence[str]) -> dict[str, Value]:
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

def name_the_unnamed(nodes: Sequence[Value]) -> None:
    """Label the nodes without a label v₁, v₂, …, in the graph itself, so that a picture agrees."""
    taken = {node.label for node in nodes}
    labels = (label for i in count(1) if (label := subscripted("v", i)) not in taken)
    for node in nodes:
        if not node.label:
            node.label = next(labels)


def write_files(output: Value, options: argparse.Namespace) -> None:
    """Write the pictures and the film of the graph that are wanted."""
    if options.svg or options.png:
        from .show.draw import draw

        picture = draw(output, max_nodes=options.max_nodes)
        for file in filter(None, (options.svg, options.png)):
            picture.save(file)
    if options.play:
        from .show.film.player import play

        play(output, max_nodes=options.max_nodes).save(options.play)


def explained(nodes: Sequence[Value], name: str) -> str:
    """Why the gradient of the node with this name is what it is. ValueError if there is none.

    Results that have no name remain so, unless one of them is meant: steps of arithmetic are not shown then.
    """
    from .show.explanation.explanation import explain

    if name not in {node.label for node in nodes}:
        name_the_unnamed(nodes)
    found = [node for node in nodes if node.label == name]
    if not found:
        known = ", ".join(node.label for node in nodes)
        raise ValueError(f"--explain: nothing is called {name!r}; there are {known}")
    return str(explain(nodes[-1], found[0]))


def as_json(nodes: Sequence[Value]) -> str:
    """The nodes, the output last, as --help says."""
    return json.dumps({
        "output": nodes[-1].label,
        "nodes": [
            {
                "name": node.label,
                "operation": node.operation.name,
                "value": strict(node.data),
                "gradient": strict(node.grad),
                "operands": [
                    {"name": x.label, "local_gradient": strict(slope)} if isinstance(x, Value)
                    else {"value": strict(x)}
                    for x, slope in zip(node.operands, node.local_grads, strict=True)
                ],
            }
            for node in nodes
        ],
    }, indent=2, allow_nan=False)


def strict(number: float) -> float | str:
    """A number that is not finite by its name in JavaScript; JSON has none."""
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def table(nodes: Sequence[Value]) -> str:
    """A row for each node: its name, operation, value, local gradients and gradient."""
    rows = [("name", "operation", "value", f"local{NO_BREAK}gradients", f"∂{nodes[-1].label}/∂name")]
    rows += [
        (node.label, formula(node), f"{node.data:.6g}", local_gradients(node), f"{node.grad:.6g}")
        for node in nodes
    ]
    widths = column_widths(rows)
    return "\n".join(line for row in rows for line in lines(row, widths))


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """As wide as the widest cell, but for the operations and local gradients, which may break at spaces."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in cell.split(" ")) for column in columns]
    room = WIDTH - widths[0] - widths[2] - widths[4] - 4 * len(GAP)
    widths[1] = max(least[1], min(widths[1], OPERATION_WIDTH, room - least[3]))
    widths[3] = max(least[3], min(widths[3], room - widths[1]))
    return widths


def lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row: more than one where a cell is wider than its column."""
    cells = [
        textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False)
        for cell, width in zip(row, widths, strict=True)
    ]
    for each in zip_longest(*cells, fillvalue=""):
        padded = [align(cell, width) for align, cell, width in zip(ALIGN, each, widths, strict=True)]
        yield GAP.join(padded).replace(NO_BREAK, " ").rstrip()


def formula(node: Value) -> str:
    """How a node was computed, from the names of its operands: "x * y", "max([a, b])"; "" for a leaf."""
    operation = node.operation
    words = [x.label if isinstance(x, Value) else f"{x:.6g}" for x in node.operands]
    if operation is LEAF:
        return ""
    if operation is NEG:
        return f"-{words[0]}"
    if operation is DOT:
        xs, ys, bias = operation.grouped(words)
        words = [f"[{', '.join(xs)}]", f"[{', '.join(ys)}]", *bias]
    elif operation.is_nary:
        words = [f"[{', '.join(words)}]"]
    elif not operation.sign.isidentifier():
        return f" {operation.sign} ".join(f"({word})" if word.startswith("-") else word for word in words)
    return f"{operation.name}({', '.join(words)})"


def local_gradients(node: Value) -> str:
    """∂f/∂x for each operand x of f; where x is an operand twice, both paths: ∂f/∂x = 3 + 3."""
    slopes: dict[str, list[str]] = {}
    for x, slope in zip(node.operands, node.local_grads, strict=True):
        if isinstance(x, Value):
            slopes.setdefault(x.label, []).append(f"{slope:.6g}")
    texts = [f"∂{node.label}/∂{name} = {' + '.join(each)}" for name, each in slopes.items()]
    return ", ".join(text.replace(" ", NO_BREAK) for text in texts)


if __name__ == "__main__":
    sys.exit(main())
