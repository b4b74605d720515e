"""A process of Node that runs the JavaScript of tapes: many requests, one after the other."""
from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
from references.optional import missing

from autograd_tiny.tape.export import javascript

RUNTIME = Path(javascript.__file__).with_name("tape.js")


class JavaScriptError(Exception):
    """An error that was thrown in JavaScript."""


def program() -> str:
    """The path of Node."""
    found = shutil.which("node")
    if found is None:
        missing("there is no Node on this machine")
    return found


class Node:
    """The process. Each method is a request, see serve.mjs."""

    def __init__(self, runtime: Path = RUNTIME) -> None:
        serve = Path(__file__).with_name("serve.mjs")
        self.process = subprocess.Popen(
            [program(), str(serve), runtime.as_uri()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )

    def __call__(self, do: str, **request: Any) -> Any:
        """The answer, with arrays for the numbers in it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {key: encoded(x) if isinstance(x, np.ndarray) else x for key, x in request.items() if x is not None}
        self.process.stdin.write(json.dumps({"do": do, **asked}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise JavaScriptError(answer["error"])
        return {key: x if key in ("file", "found") else decoded(x) for key, x in answer.items()}

    def call(self, path: Path, name: str, *operands: Any) -> Any:
        """What a function of a module returns, or a constant."""
        sent = [f"base64:{encoded(x)}" if isinstance(x, np.ndarray) else x for x in operands]
        return numbers_in(self("call", path=path.as_uri(), name=name, operands=sent)["found"])

    def close(self) -> None:
        self.process.communicate()


def encoded(numbers: Any) -> str:
    return b64encode(np.ascontiguousarray(numbers, float).tobytes()).decode()


def decoded(text: str) -> Any:
    return np.frombuffer(b64decode(text), float)


def numbers_in(found: Any) -> Any:
    """The arrays in an answer."""
    if not isinstance(found, dict):
        return found
    if found.keys() == {"numbers"}:
        return decoded(found["numbers"])
    return {key: numbers_in(x) for key, x in found.items()}


def text_of(tape: Any, folder: Path) -> str:
    """The file of a tape."""
    path = folder / "tape.json"
    tape.save(path)
    return path.read_text(encoding="utf-8")
