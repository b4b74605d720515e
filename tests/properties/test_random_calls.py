"""Random calls of public names, also with what does not fit: errors, but no look into memory of something else."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_tiny import engine_kind

PROGRAM = Path(__file__).parents[1] / "references" / "programs" / "random_calls.py"


@pytest.mark.skipif(engine_kind() != "native", reason="plain Python does not crash")
@pytest.mark.parametrize("seed", range(3))
def test_random_calls_do_not_crash(seed):
    found = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(PROGRAM), str(seed), "700"],
        capture_output=True, text=True, check=False, cwd=PROGRAM.parents[3],
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parents[3])},
    )
    assert (found.returncode, found.stdout) == (0, "native did not crash\n"), found.stderr
