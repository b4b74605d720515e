"""tqdm: reports about streams that a progress bar cannot write to. Right is that training ends as without a bar."""
import io
import sys
import threading

import pytest
from references.networks.training import X, Y, mlp
from tqdm import tqdm

from autograd_tiny import fit


def losses(**options):
    return fit(mlp(), X, Y, "mse", epochs=3, seed=0, **options)["loss"]


class Stream(io.StringIO):
    """A stream whose writes raise an error."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        raise self.error


@pytest.mark.parametrize("stream", [
    lambda: None,
    lambda: Stream(OSError(5, "Input/output error")),
    lambda: Stream(ValueError("I/O operation on closed file")),
    lambda: Stream(UnicodeEncodeError("charmap", "█", 0, 1, "character maps to <undefined>")),
    lambda: Stream(OSError(28, "No space left on device")),
], ids=["no console", "gone", "closed", "of few letters", "full"])
def test_training_needs_no_stream(monkeypatch, stream):
    """1654, 1593, 794: sys.stderr is None under pythonw and in programs without a console. 1036: it is gone."""
    expected = losses(progress=False)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream())
        assert losses(progress=True) == expected


def test_standard_output_plays_no_part(monkeypatch):
    """1248: a stdout that is None, or closed, is no reason to fail on stderr."""
    monkeypatch.setattr(sys, "stdout", None)
    assert len(losses(progress=True)) == 3


def test_an_error_in_the_stream_leaves_no_lock_behind(monkeypatch):
    """940: a lock that an error left taken stops the bars of all other threads for good."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", Stream(OSError(28, "No space left on device")))
        losses(progress=True)
    other = threading.Thread(target=lambda: [*tqdm(range(3), file=io.StringIO())], daemon=True)
    other.start()
    other.join(60)
    assert not other.is_alive()
