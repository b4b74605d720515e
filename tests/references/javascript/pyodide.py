"""The package in Pyodide, CPython as WebAssembly, under Node. CI installs it; elsewhere PYODIDE names its folder."""
import os
import subprocess
import textwrap
from pathlib import Path

from references.javascript.node import program
from references.optional import missing

ROOT = Path(__file__).parents[3]
PROGRAM = """
import { loadPyodide } from "PYODIDE/pyodide.mjs";

const python = await loadPyodide({ jsglobals: globalThis });
python.mountNodeFS("/package", "ROOT");
python.runPython("import sys; sys.path.insert(0, '/package'); sys.dont_write_bytecode = True");
let code = "";
for await (const part of process.stdin) code += part;
try {
  await python.runPythonAsync(code);
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
"""


def in_pyodide(code):
    """What a program prints that runs in Pyodide, where neither NumPy nor any other library is installed."""
    folder = os.environ.get("PYODIDE", "")
    if not folder:
        missing("PYODIDE names no folder with pyodide.mjs: npm install pyodide")
    script = PROGRAM.replace("PYODIDE", Path(folder).resolve().as_posix()).replace("ROOT", ROOT.as_posix())
    done = subprocess.run(
        [program(), "--input-type=module", "-e", script], input=textwrap.dedent(code), capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout
