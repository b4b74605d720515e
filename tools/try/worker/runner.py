"""Runs the visitor's code in the browser as a notebook runs a cell, and tells the page what comes out of it.

`start` gets a function of JavaScript that takes each output: a kind, a text, and more where the kind has it.
"""
from __future__ import annotations

import ast
import base64
import builtins
import io
import linecache
import os
import re
import shutil
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import Any

MOST_CHARACTERS = 100_000       # of printed text in one run, and of one result
MOST_PICTURES = 40
MOST_HTML = 20_000_000          # characters
MOST_FILES, MOST_BYTES = 20, 10_000_000             # of the files that a run writes, and of each
QUICK_WRITES, WRITES_PER_SECOND = 100, 25           # written text goes to the page at once, unless there is too much
ABSENT = {"numpy": "NumPy", "matplotlib": "Matplotlib", "sklearn": "scikit-learn", "torch": "PyTorch", "jax": "JAX",
          "pandas": "pandas", "scipy": "SciPy", "IPython": "IPython", "micrograd": "micrograd", "tqdm": "tqdm",
          "seaborn": "seaborn", "tensorflow": "TensorFlow", "graphviz": "graphviz", "PIL": "Pillow"}
EXTRAS = {"matplotlib": "plot", "sklearn": "sklearn", "torch": "torch", "jax": "jax", "PIL": "film"}  # of autograd_tiny
HERE = "autograd_tiny and Python's standard library"        # what can be imported
SHELL = re.compile(r"\s*(?:[!%]|(?:python3? -m )?(?:pip3?|conda|git|cd) +[\w.~/-])")     # a line for a terminal
NO_SHELL = ("This page runs Python only, without a terminal and its commands. "
            f"{HERE} are here; nothing can be installed.")
NO_LOOP = "This page runs no event loop: await, async for and asyncio.run() do not work here."
TOO_LARGE = "This graph is too large to be laid out here: draw a part of it, or print its .tree."
ABOVE = "A cell above defines it. Run the cells above first, with “Run all to here”."
SHOW = "__show__"               # the function to which a run gives the results of its statements

STYLE = """
body { padding: 2px 0; overflow-x: auto; }
svg { display: block; max-width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.7rem; text-align: left; vertical-align: top; }
.picture { overflow-x: auto; }
.hint { display: none; margin: 0; color: var(--quiet); font-size: 0.875rem; }
.picture::-webkit-scrollbar { height: 10px; }
.picture::-webkit-scrollbar-thumb { background: var(--line); border-radius: 5px; }
"""
NATURAL_WIDTH = re.compile(r'\s*(?:<[?!][^>]*>\s*)*<svg\b[^>]*?\bwidth="(\d+(?:\.\d+)?)(pt|px)?"')
NARROW = 300                    # pixels: what fits on a phone
GUESS = re.compile(r"\. Did you mean: '\w+'\?")

LOAD = re.compile(r": await pyodide_js\.loadPackage\([^)]*\)")      # in errors: such packages are not on this page

Post = Callable[..., None]


class Output:
    """The outputs of one run, bounded."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.begin()

    def begin(self) -> None:
        self._waiting: list[tuple[str, str]] = []
        self._tokens, self._then = float(QUICK_WRITES), time.monotonic()
        self._left, self._lost, self._pictures = MOST_CHARACTERS, 0, 0

    def write(self, stream: str, text: str) -> None:
        shown = text[: self._left]
        self._lost += len(text) - len(shown)
        if not shown:
            return
        self._left -= len(shown)
        self._waiting.append((stream, shown))
        now = time.monotonic()
        self._tokens = min(QUICK_WRITES, self._tokens + (now - self._then) * WRITES_PER_SECOND)
        self._then = now
        if self._tokens >= 1:
            self._tokens -= 1
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        together: list[list[str]] = []
        for stream, text in waiting:
            if together and together[-1][0] == stream:
                together[-1].append(text)
            else:
                together.append([stream, text])
        for stream, *texts in together:
            self._post(stream, "".join(texts))

    def rich(self, kind: str, text: str, title: str = "", height: int = 0) -> None:
        self.flush()
        self._pictures += 1
        if self._pictures > MOST_PICTURES:
            if self._pictures == MOST_PICTURES + 1:
                self._post("note", f"Only the first {MOST_PICTURES} pictures of a run are shown.")
        elif len(text) > MOST_HTML:
            self._post("note", f"An output of {len(text) / 1e6:.0f} MB is too large to be shown here.")
        else:
            self._post(kind, text, title, height)

    @property
    def has_pictures(self) -> bool:
        return self._pictures > 0

    def file(self, name: str, contents: bytes) -> None:
        self.flush()
        self._post("file", base64.b64encode(contents).decode(), name, len(contents))

    def note(self, text: str) -> None:
        self.flush()
        self._post("note", text)

    def install(self, text: str) -> None:
        self.flush()
        self._post("install", text)

    def lacking(self, library: str) -> None:
        self.flush()
        self._post("lacking", library)

    def error(self, text: str, cell: str, line: int) -> None:
        self.flush()
        self._post("error", text[:MOST_CHARACTERS], cell, line)

    def end(self) -> None:
        self.flush()
        if self._lost:
            self._post("note", f"{self._lost:,} more characters were printed; only the first {MOST_CHARACTERS:,} "
                               "are shown.")


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr."""

    def __init__(self, output: Output, name: str) -> None:
        self._output, self._name = output, name

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        pass


class Runner:
    """Python as the visitor sees it: the names that earlier cells of a chapter left, and the code of all runs."""

    def __init__(self, post: Post) -> None:
        self.output = Output(post)
        self._reserve = bytes(1_000_000)            # where the memory is full, room to say so
        self.home = os.getcwd()
        self._forget()
        sys.stdout, sys.stderr = Stream(self.output, "out"), Stream(self.output, "err")
        sys.stdin = sys.__stdin__ = Keyboard()      # type: ignore[misc]
        builtins.input = no_keyboard
        builtins.display = self.display             # type: ignore[attr-defined]
        setattr(builtins, SHOW, self._result)
        warnings.formatwarning = warning_text
        self.runs: dict[str, int] = {}              # how often each cell ran
        self.lacked: dict[str, str] = {}            # names that cells of the course could not make, and the library

    def _forget(self) -> None:
        """Drop all names and files, so that a program shows its author what it shows everybody else."""
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main
        os.chdir(self.home)
        for entry in os.scandir():
            shutil.rmtree(entry) if entry.is_dir(follow_symlinks=False) else os.remove(entry)

    def run(self, source: str, cell: str, is_course: bool = False, above: Iterable[str] = ()) -> str:
        """Run one cell. The value of its last line is shown, unless it is None, and pictures and pages of all lines.

        Args:
            source: The code.
            cell: What tracebacks call it.
            is_course: It is a cell of the course, which keeps the names of those before it, and may need a library
                that is not here. All other code begins without names.
            above: The code of cells of the course that stand above and have not run.

        Returns:
            "fine", "error", "lacking" for a cell of the course that needs such a library, or "full" where the memory
            is full: after that Python cannot be trusted.
        """
        if not is_course:
            self._forget()
        self.output.begin()
        name = self._remember(source, cell)
        self.main.__dict__.pop("__warningregistry__", None)         # each run warns anew
        before = files()
        try:
            tree = showing(ast.parse(source, name))
            exec(compile(tree, name, "exec", dont_inherit=True), self.main.__dict__)
        except SystemExit as error:
            if error.code not in (None, 0):
                self.output.write("err", f"SystemExit: {error.code}\n")
        except MemoryError:
            self._reserve = b""
            return "full"
        except BaseException as error:
            library = lacking(error)
            if isinstance(error, NameError):
                library = self.lacked.get(error.name, "")
            if is_course and library in ABSENT:
                self.lacked.update(dict.fromkeys(assigned(source), library))
                self.output.lacking(ABSENT[library])
                return "lacking"
            self._show(error, above)
            return "error"
        finally:
            self._offer(before)
            self.output.end()
        return "fine"

    def _file(self, cell: str) -> str:
        """The file that the code of the cell's latest run seems to be from."""
        return f"{cell}, run {self.runs[cell]}"

    def _remember(self, source: str, cell: str) -> str:
        """A name for the file of this run; functions of earlier runs keep their lines."""
        self.runs[cell] = self.runs.get(cell, 0) + 1
        name = self._file(cell)
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        FILES[name] = cell
        return name

    # ---- results

    def display(self, *values: Any) -> None:
        """Show values as a notebook does."""
        for value in values:
            self._display(value)

    def _result(self, value: Any, is_last: bool) -> None:
        """Take the value of a statement: of the last one any is shown, of the others pictures and pages."""
        if value is not None and is_last:
            self.main.__dict__["_"] = value
            self._display(value)
        elif type(value).__module__.startswith("autograd_tiny.show."):
            self._display(value)

    def _offer(self, before: dict[str, tuple[int, int]]) -> None:
        """Let the visitor have the files that are new since then; an SVG is shown where no other picture is."""
        written = [path for path, state in files().items() if before.get(path) != state]
        for path in written[:MOST_FILES]:
            name = os.path.basename(path)
            try:
                with open(path, "rb") as file:
                    contents = file.read(MOST_BYTES + 1)
            except OSError:
                continue
            if len(contents) > MOST_BYTES:
                self.output.note(f"{name!r} is too large to be downloaded here: the limit is 10 MB.")
                continue
            if name.endswith(".svg") and not self.output.has_pictures:
                self.output.rich("page", in_a_page(name, contents.decode(errors="replace")), name, 60)
            self.output.file(name, contents)
        if len(written) > MOST_FILES:
            self.output.note(f"Only the first {MOST_FILES} files of a run are offered.")

    def _display(self, value: Any) -> None:
        page = sys.modules.get("autograd_tiny.show.page.page")
        if page is not None and isinstance(value, page.Page):
            self.output.rich("page", value.html, value.title, value.height)
            return
        kinds = dict(_rich(value))
        title = str(getattr(value, "title", "") or type(value).__name__)
        for kind in "text/html", "image/svg+xml":
            if kind in kinds:
                self.output.rich("page", in_a_page(title, kinds[kind]), title, 60)
                return
        if "text/markdown" in kinds:
            self.output.rich("markdown", kinds["text/markdown"])
            return
        text = repr(value)
        self.output.write("out", f"{text[:MOST_CHARACTERS]}{'…' if len(text) > MOST_CHARACTERS else ''}\n")

    # ---- errors

    def _show(self, error: BaseException, above: Iterable[str]) -> None:
        """The traceback with the visitor's lines only; Python's own words for the rest."""
        cell, line, library, name = "", 0, lacking(error), ""
        if isinstance(error, NameError) and not any(error.name in assigned(source) for source in above):
            name = public(error.name)
            library = lacking(unimported(name))
        if isinstance(error.__cause__, TooLargeError):
            error = RuntimeError(TOO_LARGE).with_traceback(error.__traceback__)
        report = traceback.TracebackException.from_exception(error, compact=True)
        is_film = any("/autograd_tiny/show/reel/" in frame.filename for frame in report.stack)
        if library:             # the error behind it says the same
            report.__cause__ = report.__context__ = None
        for part in _parts(report, set()):
            part.stack[:] = [frame for frame in part.stack if frame.filename in FILES]
        if isinstance(error, SyntaxError) and error.filename in FILES:
            cell, line = FILES[error.filename], error.lineno or 0
            report.filename = cell
        elif report.stack:
            cell, line = FILES[report.stack[-1].filename], report.stack[-1].lineno or 0
        for part in _parts(report, set()):
            for frame in part.stack:
                is_now = frame.filename == self._file(FILES[frame.filename])
                frame.filename = FILES[frame.filename] + ("" if is_now else ", as it was in an earlier run")
        text = LOAD.sub("", "".join(report.format()).rstrip())
        if isinstance(error, NameError) and any(error.name in assigned(source) for source in above):
            text = f"{GUESS.sub('', text)}\n\n{ABOVE}"
        elif name:
            said = str(unimported(name) or f"autograd_tiny has it: from autograd_tiny import {name}")
            text = f"{GUESS.sub('', text)}\n\n{LOAD.sub('', said)}"
        elif said := out_of_place(error):
            text = f"{text}\n\n{said}"
        self.output.error(text, cell, line)
        if is_film and isinstance(error, ImportError):
            self.output.install(advice_on_films())
        elif library:
            self.output.install(advice(library))


FILES: dict[str, str] = {}          # the cell that a file of a traceback is


def _parts(report: traceback.TracebackException | None, seen: set[int]) -> Iterator[traceback.TracebackException]:
    """A report and those of the errors behind it."""
    if report is not None and id(report) not in seen:
        seen.add(id(report))
        yield report
        for other in (report.__cause__, report.__context__, *(report.exceptions or ())):
            yield from _parts(other, seen)


def lacking(error: BaseException | None) -> str:
    """The library that is not here, if that is behind an error; or "" """
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name and not is_here(name := error.name.split(".")[0]):
            return name
        error = error.__cause__ or error.__context__
    return ""


def is_here(module: str) -> bool:
    return module in sys.modules or find_spec(module) is not None


def public(name: str) -> str:
    """A name that was not defined, if autograd_tiny has it; or "" """
    import autograd_tiny

    return name if name in autograd_tiny._PUBLIC else ""


def unimported(name: str) -> ImportError | None:
    """Why a public name cannot be imported here; None where it can."""
    import autograd_tiny

    try:
        getattr(autograd_tiny, name or "Value")     # which is always there
    except ImportError as error:
        return error
    return None


def out_of_place(error: BaseException) -> str:
    """What to say of code that is meant for a terminal, for a notebook, or for an event loop; or "" """
    if isinstance(error, SyntaxError) and error.filename in FILES:
        if SHELL.match(error.text or ""):
            return NO_SHELL
        return NO_LOOP if "outside" in error.msg and re.search("await|async", error.msg) else ""
    return NO_LOOP if isinstance(error, RuntimeError) and "stack switch" in str(error) else ""


def assigned(source: str) -> set[str]:
    """The names that code assigns; none where it cannot be read."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except SyntaxError:
        return set()
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imported = {alias.asname or alias.name for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names}
    return stored | defined | imported


def advice(library: str) -> str:
    """What to say where a library is lacking; NumPy comes with the package."""
    from autograd_tiny.boundary.libraries import DISTRIBUTION, install

    if library not in ABSENT:           # it may be a slip of the pen, which nobody should install
        rest = "though it is a part of Python" if library in sys.stdlib_module_names else f"which has {HERE}"
        return f"{library} is not on this page, {rest}. With {DISTRIBUTION} on your computer you can use any library"
    others = "" if library == "numpy" else f" {library.lower()}"
    how = install(EXTRAS[library]) if library in EXTRAS else f"pip install {DISTRIBUTION}{others}"
    return f"{ABSENT[library]} is not on this page. On your computer: {how}"


def advice_on_films() -> str:
    """What to say where a film is saved as a file that needs libraries."""
    from autograd_tiny.boundary.libraries import install

    here = "On this page a film is saved as .html or .svg."
    return f"{here} For .gif, .webp and .mp4, on your computer: {install('film')}"


class TooLargeError(Exception):
    """Graphviz has too little memory or stack for a graph."""


def showing(tree: ast.Module) -> ast.Module:
    """The code, which now gives the value of each statement that is an expression to the function SHOW."""
    for statement in tree.body:
        is_last = statement is tree.body[-1]
        if not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Starred):     # no code
            continue
        if is_last or not isinstance(statement.value, ast.Constant):
            function = ast.Name(SHOW, ast.Load())
            call = ast.Call(function, [statement.value, ast.Constant(is_last)], [])
            statement.value = ast.fix_missing_locations(ast.copy_location(call, statement.value))
    return tree


def files() -> dict[str, tuple[int, int]]:
    """The files of the working folder: when each was written, and its size."""
    try:
        with os.scandir() as entries:
            found = [(os.path.abspath(entry.path), entry.stat()) for entry in entries if entry.is_file()]
    except OSError:
        return {}
    return {path: (state.st_mtime_ns, state.st_size) for path, state in sorted(found)}


def warning_text(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning, which names the visitor's cell as tracebacks do."""
    return f"{FILES.get(filename, filename)}, line {lineno}: {category.__name__}: {message}\n"


def no_keyboard(*_: object) -> str:
    """In the place of input()."""
    raise RuntimeError("input() and sys.stdin cannot ask here: write the value into the code")


class Keyboard(io.TextIOBase):
    """sys.stdin, which nobody can type into."""

    encoding = "utf-8"
    read = readline = readlines = __next__ = no_keyboard    # type: ignore[assignment]

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """It stays open for what comes next."""


def _rich(value: Any) -> Iterator[tuple[str, str]]:
    """The forms that a value has beside its repr."""
    if isinstance(value, type):
        return
    methods = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_", "text/markdown": "_repr_markdown_"}
    bundle = getattr(value, "_repr_mimebundle_", None)
    if callable(bundle):
        found = bundle()
        data = found[0] if isinstance(found, tuple) else found
        yield from ((kind, text) for kind, text in (data or {}).items() if kind in methods and isinstance(text, str))
    for kind, name in methods.items():
        method = getattr(value, name, None)
        if callable(method):
            text = method()
            if isinstance(text, str):
                yield kind, text


def in_a_page(title: str, body: str) -> str:
    """A document around HTML or an SVG, in which no script of theirs runs.

    An SVG fits the page, but becomes no smaller than half its size: beyond that, it scrolls.
    """
    from autograd_tiny.show.page.page import Page

    style, natural = STYLE, NATURAL_WIDTH.match(body)
    if natural:
        least = float(natural[1]) * (4 / 3 if natural[2] == "pt" else 1) / 2
        style += f"svg {{ min-width: {least:.0f}px; }}\n"
        style += f"@media (width < {least:.0f}px) {{ .hint {{ display: block; }} }}\n"
        attributes = 'tabindex="0" role="region" aria-label="A wide picture, which scrolls"' if least > NARROW else ""
        body = f'<div class="picture" {attributes}>{body}</div><p class="hint">Scroll sideways to see the rest.</p>'
    return Page(title, body, style=style).html


def start(post: Post, lay_out: Callable[[str], str]) -> Callable[..., str]:
    """Make Python ready for the visitor. Returns the function that runs a cell."""
    runner = Runner(post)
    import autograd_tiny

    def laid_out(source: str) -> str:
        try:
            return lay_out(source)
        except Exception as error:
            if re.match("RangeError|RuntimeError|RecursionError", str(error)) or isinstance(error, RecursionError):
                raise TooLargeError(TOO_LARGE) from None
            raise

    autograd_tiny.set_layout(laid_out)
    from autograd_tiny import Value

    x = Value(2.0)          # the first gradient loads what it needs now, and not while the visitor waits
    (x * x).backward()
    return runner.run
