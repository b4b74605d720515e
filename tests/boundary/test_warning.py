"""A warning ends nothing, whatever sys.stderr is."""
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_tiny.boundary.warning import warn


@pytest.mark.parametrize("stream", [
    "None", "io.StringIO()", "closed", "io.TextIOWrapper(io.BytesIO(), encoding='ascii')",
])
def test_a_warning_that_cannot_be_written_is_lost(stream):
    """In a process of its own, since pytest shows warnings in its own way."""
    code = f"""
import io, sys
from autograd_tiny.boundary.warning import warn
closed = io.StringIO()
closed.close()
before, sys.stderr = sys.stderr, {stream}
warn("∂f/∂κ")
sys.stderr = before
print("fine")
"""
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_it_is_a_warning_like_any_other():
    def of_the_user():
        warn("look here", DeprecationWarning, stacklevel=2)

    with pytest.warns(DeprecationWarning, match="look here") as seen:
        of_the_user()
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[seen[0].lineno - 1]
    assert seen[0].filename == __file__ and line.strip() == "of_the_user()"
    with pytest.raises(DeprecationWarning, match="look here"):      # warnings are errors in these tests
        of_the_user()
