"""A tape as a file in C and its header; parts.py writes the statements."""
from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import PurePath
from typing import NamedTuple

from ....boundary.arguments import describe
from ....boundary.files import file_name
from ....boundary.text import quoted
from .. import names
from ..files import MARK, SourceFile, SourceKind, write_sources
from ..source import Source, check_operations
from .language import Library
from .loops import Flow
from .parts import ARRAYS, Body, Part
from .reserved import is_reserved

START = f"/* {MARK}.\n"
C, HEADER = SourceKind("a file in C", START, [".c"]), SourceKind("a header", START, [".h"])


class Options(NamedTuple):
    """How a tape is written; see Exported.to_c."""

    name: str
    frozen: bool
    gradients: Sequence[int]


def write_c(
    source: Source, path: str | PathLike[str], name: str | None, frozen: bool, gradients: Sequence[int], overwrite: bool
) -> None:
    """Write a file in C, and its header beside it; see Exported.to_c."""
    (_, source_path), (_, header_path) = files_of(path)
    options = Options(_name(name, source_path), frozen, gradients)
    code, header = as_c(source, options)
    write_sources([SourceFile(source_path, C, code), SourceFile(header_path, HEADER, header)], overwrite)


def files_of(path: str | PathLike[str]) -> tuple[tuple[SourceKind, str], tuple[SourceKind, str]]:
    """The kinds and the names of both files, for the name of the first."""
    name = file_name(path)
    return (C, name), (HEADER, f"{name.removesuffix('.c')}.h")


def _name(name: object, path: str) -> str:
    """The name of the function: the one that was given, or one made from that of the file."""
    if name is None:
        found = names.identifier(PurePath(path).stem, (), "f")
        return f"{found}_" if is_reserved(found) else found
    if not isinstance(name, str):
        raise TypeError(f"name: the name of a function is expected, got {describe(name)}")
    if names.identifier(name, ()) != name:
        raise ValueError(f"name: {quoted(name)} cannot be the name of a function in C")
    if is_reserved(name):
        raise ValueError(f"name: {quoted(name)} cannot be the name of a function here: in C it means something else")
    return name


def as_c(source: Source, options: Options) -> tuple[str, str]:
    """The texts of a file in C and of its header."""
    check_operations(source.program, "C")
    library = Library(source.dtype)
    writer = _File(source, options, library)
    functions = [writer.values(), writer.batch(), *(writer.gradient(k) for k in options.gradients)]
    return writer.code(functions), writer.header()


class _File:
    """The pieces of the two files."""

    def __init__(self, source: Source, options: Options, library: Library) -> None:
        self.source, self.options, self.library = source, options, library
        self.program, self.name = source.program, options.name
        self.macro = options.name.upper()
        self.workspace = 1
        self.has_array = bool(self.program.parameters)
        self.numbers = source.numbers()

    # ---- functions

    def heads(self) -> list[str]:
        """The declarations of the functions."""
        real, p = self.library.real, "" if self.options.frozen else f"const {self.library.real} *p, "
        by_p = "" if self.options.frozen else f"{real} *by_p, "
        return [
            f"int {self.name}(const {real} *x, {p}{real} *out, {real} *work)",
            f"int {self.name}_batch(const {real} *x, long samples, {p}{real} *out, {real} *work)",
            *(
                f"int {self._gradient_name(k)}(const {real} *x, {p}{real} *value, {real} *by_x, {by_p}{real} *work)"
                for k in self.options.gradients
            ),
        ]

    def _gradient_name(self, k: int) -> str:
        several = len(self.options.gradients) > 1
        return f"{self.name}_grad_{k}" if several else f"{self.name}_grad"

    def values(self) -> str:
        body = Body(self.program, None, self.library, self._frozen())
        results = [f"out[{k}] = {text};" for k, text in enumerate(body.outputs)]
        return self._function(self.heads()[0], f"{self.name}_part", body, [], results)

    def batch(self) -> str:
        """A loop over f."""
        counts = self.program.inputs, len(self.program.outputs)
        p = "" if self.options.frozen else "p, "
        call = f"{self.name}(x + {counts[0]} * i, {p}out + {counts[1]} * i, work)"
        lines = ["for (long i = 0; i < samples; i++) {", f"    if ({call}) return 1;", "}", "return 0;"]
        return _braced(self.heads()[1], lines)

    def gradient(self, k: int) -> str:
        program = self.program.of_output(k)
        flow = Flow(program, inputs=True, parameters=not self.options.frozen)
        body = Body(program, flow, self.library, self._frozen())
        zeros = [
            f"for (long i = 0; i < {count}; i++) {array}[i] = 0;"
            for array, count in (("by_x", program.inputs), ("by_p", program.parameters))
            if array.replace("by_", "g") in body.direct and count
        ]
        if body.shift:
            zeros.append(f"for (long i = {body.shift}; i < {2 * body.shift}; i++) work[i] = 0;")
        head = self.heads()[2 + [*self.options.gradients].index(k)]
        return self._function(head, f"{self._gradient_name(k)}_part", body, zeros, [f"*value = {body.outputs[0]};"])

    def _frozen(self) -> list[float] | None:
        return self.numbers if self.options.frozen else None

    def _function(self, head: str, prefix: str, body: Body, zeros: Sequence[str], results: Sequence[str]) -> str:
        """A function that calls the parts of its body, and these parts before it."""
        self.workspace = max(self.workspace, body.workspace)
        if len(body.parts) == 1:
            text = "\n".join(body.parts[0].lines)
            for array, argument in (("gx", "by_x"), ("gp", "by_p"), ("w", "work")):
                text = _renamed(text, array, argument)
            if self.options.frozen:
                text = _renamed(text, "p", f"{self.name}_parameters")
            results = [_renamed(each, "w", "work") for each in results]
            return _braced(head, [*self._unused(head, text, zeros, results), *zeros, *text.splitlines(), *results,
                                  "return 0;"])
        before = len(body.parts) // 2           # the parts without a reverse pass
        calls = [self._call(prefix, k, part) for k, part in enumerate(body.parts)]
        results = [_renamed(each, "w", "work") for each in results]
        lines = [*calls[:before], *zeros, *calls[before:], *results, "return 0;"]
        parts = [self._part(prefix, k, part) for k, part in enumerate(body.parts)]
        return "\n".join([*parts, _braced(head, [*self._unused(head, "\n".join(lines), (), ()), *lines])])

    def _call(self, prefix: str, k: int, part: Part) -> str:
        arguments = {"x": "x", "w": "work", "gx": "by_x", "gp": "by_p",
                     "p": f"{self.name}_parameters" if self.options.frozen else "p"}
        call = f"{prefix}_{k + 1}({', '.join(arguments[each] for each in part.arrays)})"
        return f"if ({call}) return 1;" if part.may_fail else f"{call};"

    def _part(self, prefix: str, k: int, part: Part) -> str:
        parameters = ", ".join(ARRAYS[each] for each in part.arrays) or "void"
        kind = "int" if part.may_fail else "void"
        lines = [*part.lines, "return 0;"] if part.may_fail else part.lines
        return _braced(f"PART {kind} {prefix}_{k + 1}({parameters})", lines)

    def _unused(self, head: str, *texts: str | Sequence[str]) -> list[str]:
        """Statements that tell compilers of arguments that are not used."""
        text = "\n".join(each if isinstance(each, str) else "\n".join(each) for each in texts)
        return [f"(void){each};" for each in ("x", "p", "by_x", "by_p", "work")
                if f"*{each}," in head.replace(")", ",") and not _has_word(text, each)]

    # ---- the texts of the files

    def code(self, functions: Sequence[str]) -> str:
        library, used = self.library, "\n".join(functions)
        pieces = [self._comment(), "#include <math.h>\n", self._declarations(), self._macros(used)]
        if self.has_array and (not self.options.frozen or _has_word(used, f"{self.name}_parameters")):
            numbers = ", ".join(map(library.number, self.numbers))
            kind = "static const" if self.options.frozen else "const"
            lines = textwrap.fill(numbers, 110, initial_indent="    ", subsequent_indent="    ")
            pieces.append(f"{kind} {library.real} {self.name}_parameters[{len(self.numbers)}] = {{\n{lines}\n}};\n")
        pieces += [_table(indices, name) for indices, name in library.tables.items()]
        return "\n".join([*pieces, *library.functions.values(), *functions])

    def _macros(self, used: str) -> str:
        text = f"typedef {self.library.real} real;\n"
        everything = used + "".join(self.library.functions.values())
        if _has_word(everything, "RESTRICT"):
            text += (
                "#if defined(__GNUC__)\n#define RESTRICT __restrict__\n#elif defined(__cplusplus)\n#define RESTRICT\n"
                "#else\n#define RESTRICT restrict\n#endif\n"
            )
        if _has_word(used, "PART"):
            # Not inlined: compilers take long over long functions. And not vectorised by pairing lines, which takes GCC
            # long, and makes such code slower.
            text += (
                "#if defined(__GNUC__)\n#define PART static __attribute__((noinline))\n#else\n#define PART static\n"
                "#endif\n#if defined(__GNUC__) && !defined(__clang__)\n"
                '#pragma GCC optimize ("no-tree-slp-vectorize")\n#endif\n'
            )
        return text

    def header(self) -> str:
        guard = f"AUTOGRAD_TINY_{self.name}_H"      # the name as it is: in capitals, f and F are one
        return f"{self._comment()}\n#ifndef {guard}\n#define {guard}\n\n{self._declarations()}\n#endif\n"

    def _declarations(self) -> str:
        counts = {
            "INPUTS": self.program.inputs, "PARAMETERS": self.program.parameters,
            "OUTPUTS": len(self.program.outputs), "WORKSPACE": self.workspace,
        }
        lines = [f"#define {self.macro}_{key} {count}" for key, count in counts.items()]
        heads = [f"{head};" for head in self.heads()]
        if self.has_array and not self.options.frozen:
            heads.insert(0, f"extern const {self.library.real} {self.name}_parameters[{self.program.parameters}];")
        return "\n".join([*lines, "", "#ifdef __cplusplus", 'extern "C" {', "#endif", *heads, "#ifdef __cplusplus", "}",
                          "#endif", ""])

    def _comment(self) -> str:
        return START + "\n".join(["", *_description(self), "*/", ""])


def _description(file: _File) -> Iterable[str]:
    """What the functions take and give."""
    name, macro, program, source = file.name, file.macro, file.program, file.source
    outputs = len(program.outputs)
    yield from _paragraph(
        f"{name}(x, {'' if file.options.frozen else 'p, '}out, work) computes {_count(outputs, 'output')} of one "
        f"sample. {name}_batch does that for samples that stand one after the other in x, and so do the outputs in "
        "out; samples: how many there are."
    )
    for k in file.options.gradients:
        by_p = "" if file.options.frozen else f", and to by_p ({macro}_PARAMETERS numbers) those by the parameters"
        yield from _paragraph(
            f"{file._gradient_name(k)} computes output {k}, counted from 0, and its derivatives: it writes to *value "
            f"the output, to by_x ({macro}_INPUTS numbers) its derivatives by the inputs{by_p}."
        )
    yield from _paragraph(
        f"work: room for {macro}_WORKSPACE numbers, which must not be shared by threads. Arrays must not overlap. "
        "All functions return 0, or 1 if an index was out of range; then the results mean nothing."
    )
    yield f"x, the inputs ({program.inputs}):"
    yield from _listed(source.inputs)
    frozen, given = file.options.frozen, f"; {name}_parameters has their numbers"
    given = "" if not program.parameters else " as they were when this was written" if frozen else given
    yield f"{'The' if frozen else 'p, the'} parameters ({program.parameters}){given}:"
    yield from _listed(source.names())
    yield f"out, the outputs ({outputs}), in the order in which they were recorded."


def _count(number: int, noun: str) -> str:
    return f"the {noun}" if number == 1 else f"the {number} {noun}s"


def _paragraph(text: str) -> list[str]:
    return [*textwrap.wrap(text, 110), ""]


def _listed(labels: Sequence[str]) -> list[str]:
    """Names with their positions."""
    return [*(f"    {line}" for line in names.listed(labels) or ["none"]), ""]


def _table(indices: Sequence[int], name: str) -> str:
    kind = "unsigned short" if max(indices) < 2**16 else "unsigned long"
    numbers = textwrap.fill(", ".join(map(str, indices)), 110, initial_indent="    ", subsequent_indent="    ")
    return f"static const {kind} {name}[{len(indices)}] = {{\n{numbers}\n}};\n"


def _braced(head: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{head} {{", *(f"    {line}" for line in lines), "}", ""])


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"\b{word}\b", text) is not None


def _renamed(text: str, word: str, other: str) -> str:
    return re.sub(rf"\b{word}\b", other, text)
