"""Packs Python's library and the package for the page, in the Python that runs there.

build.mjs calls `pack`, in Pyodide under Node. The modules that most visitors need are compiled, so that they load
quickly; all others stay source, which is smaller.
"""
import importlib.util
import io
import json
import py_compile
import sys
import tempfile
import zipfile
from pathlib import Path

SITE = "/lib/python3.14/site-packages"
LIBRARY = "/lib/python314.zip/"
# parts of the library that have no use in a browser: servers, databases, other programs, rare encodings
UNUSED = (
    "__phello__", "_pyio", "_pyrepl", "antigravity", "cProfile", "ctypes/macholib", "curses", "dbm",
    "encodings/", "ensurepip", "ftplib", "http/server", "http/cookiejar", "idlelib", "imaplib", "mailbox",
    "multiprocessing", "netrc", "pdb", "poplib", "pydoc_data", "smtplib", "socketserver", "sqlite3", "tkinter",
    "turtledemo", "unittest/mock", "venv", "webbrowser", "wsgiref", "xml/dom", "xml/sax", "xmlrpc",
)
USED = {"_pyrepl/__init__.py", "_pyrepl/pager.py"}         # by help()
ENCODINGS = {
    "__init__", "aliases", "ascii", "base64_codec", "cp1252", "cp437", "hex_codec", "idna", "latin_1", "iso8859_1",
    "iso8859_15", "punycode", "raw_unicode_escape", "rot_13", "undefined", "unicode_escape", "utf_16", "utf_16_be",
    "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7", "utf_8", "utf_8_sig",
}
# a typical visit: the modules that it imports are those that visitors wait for
VISIT = """
import ast, builtins, linecache, math, random, statistics, time, traceback, types
from autograd_tiny import Value, draw, explain, explore, play, grad, sin
from autograd_tiny.course import check_engine, exercises
a, b = Value(2.0, label="a"), Value(3.0, label="b")
f = (a * b + sin(a)).tanh()
f.backward()
print(draw(f).source, explain(f, a), play(f).html, explore(f).html, grad(grad(lambda x: x**3))(2.0), exercises(1))
"""
SUFFIXES = {".py", ".js", ".css", ".html", ".toml", ".json", ".h"}


def compiled(source: bytes, name: str) -> bytes:
    """The bytes of a .pyc that is used without a look at its source."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "source.py")
        path.write_bytes(source)
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        found = py_compile.compile(str(path), f"{path}c", dfile=name, doraise=True, invalidation_mode=unchecked)
        return Path(found).read_bytes()


def visited() -> set[str]:
    """The files of the modules that a visit imports."""
    sys.path.insert(0, "/source")
    exec(VISIT, {"print": lambda *_: None})
    return {module.__spec__.origin for module in list(sys.modules.values()) if getattr(module, "__spec__", None)}


def library(archive: str, hot: set[str]) -> bytes:
    """The library as a ZIP that is not compressed: the page is served with all of it compressed at once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for entry in sorted(old.infolist(), key=lambda each: each.filename):
            name = entry.filename
            if entry.is_dir() or not name.endswith(".py") or _is_unused(name):
                continue
            data = old.read(entry)
            if f"{LIBRARY}{name}" in hot:
                data, name = compiled(data, f"{LIBRARY}{name}"), f"{name}c"
            new.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def _is_unused(name: str) -> bool:
    folder, _, module = name.removesuffix(".py").rpartition("/")
    return name.startswith(UNUSED) and name not in USED and not (folder == "encodings" and module in ENCODINGS)


def package(folder: str, hot: set[str]) -> bytes:
    """The files of the package as one: the length of a list, the list of paths and sizes as JSON, the files."""
    files: dict[str, bytes] = {}
    root = Path(folder)
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root.parent))
        if path.suffix not in SUFFIXES or not path.is_file() or "__pycache__" in name:
            continue
        data = files[name] = path.read_bytes()
        if str(path) in hot:
            cached = importlib.util.cache_from_source(name)
            files[cached] = compiled(data, f"{SITE}/{name}")
    index = json.dumps({name: len(data) for name, data in files.items()}).encode()
    return len(index).to_bytes(4, "little") + index + b"".join(files.values())


def pack(archive: str, folder: str, output: str) -> None:
    """Write `library.zip` and `package.bin` into a folder."""
    hot = visited()
    Path(output, "library.zip").write_bytes(library(archive, hot))
    Path(output, "package.bin").write_bytes(package(folder, hot))
