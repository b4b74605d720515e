"""The methods of a tape that need an optional library: what they say without it, and that nothing loads it before."""
import subprocess
import sys

import pytest

from autograd_tiny import record

tape = record(lambda x: 2.0 * x, 1.0)
PACKAGE = "autograd_tiny.tape.export.arrays"


@pytest.mark.parametrize(("method", "module", "command"), [
    ("to_jax", "jax_function", 'needs the library jax: pip install "jax>=0.6"'),
    ("to_torch", "torch_module", 'needs the library torch: pip install "torch>=2.4"'),
])
def test_a_library_that_is_missing_is_named(monkeypatch, method, module, command):
    monkeypatch.setitem(sys.modules, f"{PACKAGE}.{module}", None)
    with pytest.raises(ImportError, match=command):
        getattr(tape, method)()


def test_recording_and_replaying_load_none_of_them():
    code = """
import sys
from autograd_tiny import record
record(lambda x: 2.0 * x, 1.0)([[1.0]])
print(*{"jax", "torch", "onnx", "dask", "array_api_compat"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
