"""The scripts in examples/ that use several processes: they find the numbers that their data were made from."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from references.optional import needed

ROOT = Path(__file__).parents[2]


def printed(script):
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / script], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_dask_finds_the_volatility():
    needed("distributed", "dask")
    lines = printed("past_one_machine_dask.py").splitlines()
    assert [float(x) for x in re.findall(r"[\d.]+", lines[0])] == pytest.approx([0.02, 0.3, 0.5], abs=3e-3)
    assert lines[1].startswith("deltas from 0.0")
