"""The progress bar: what it shows, and that nothing depends on it."""
import gc
import io
import sys
import threading
import warnings

import pytest
from references.networks.training import X, Y, mlp
from tqdm import tqdm

from autograd_tiny import fit
from autograd_tiny.training import progress
from autograd_tiny.training.progress import Progress


def test_progress_writes_to_the_error_stream_only(capsys):
    fit(mlp(), X, Y, "mse", epochs=3, progress=True)
    out, err = capsys.readouterr()
    assert not out and "epoch 3/3" in err and "loss=" in err
    fit(mlp(), X, Y, "mse", epochs=3, progress=False)
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_the_current_epoch_and_the_numbers_of_the_last(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    fit(mlp(), X, Y, "mse", epochs=3, batch_size=None, metrics=["mae"], seed=0)
    frames = capsys.readouterr().err.split("\r")
    running = [frame for frame in frames if "epoch 2/3" in frame]
    assert running and all("loss=" in frame and "mae=" in frame for frame in running)
    assert "100%" in frames[-1] and "epoch 3/3" in frames[-1]


# ---- streams on which it can't be drawn

class Fails(io.StringIO):
    """A stream whose writes fail from the n-th on."""

    def __init__(self, error, after=0):
        super().__init__()
        self.error, self.left = error, after

    def write(self, text):
        self.left -= 1
        if self.left < 0:
            raise self.error
        return super().write(text)


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


def detached():
    stream = io.TextIOWrapper(io.BytesIO())
    stream.detach()
    return stream


STREAMS = {
    "none": lambda: None, "closed": closed, "detached": detached, "no stream": object,
    "full": lambda: Fails(OSError(28, "No space left on device")), "gone": lambda: Fails(BrokenPipeError(32, "gone")),
    "full after a while": lambda: Fails(OSError(28, "No space left on device"), 5),
    "of a few letters": lambda: io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict"),
    "of a surprise": lambda: Fails(RuntimeError("stream"), 3),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_training_goes_on_without_a_bar_where_it_cannot_be_drawn(kind, monkeypatch):
    def κ(outputs, targets):
        return outputs - targets

    expected, complaints = fit(mlp(), X, Y, "mse", epochs=3, metrics=[κ], seed=0, progress=False), []
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", STREAMS[kind]())
        found = fit(mlp(), X, Y, "mse", epochs=3, metrics=[κ], seed=0, progress=True)
        gc.collect()                                        # tqdm closes a bar when it is deleted
    assert found.to_dict() == expected.to_dict() and complaints == []
    other = threading.Thread(target=lambda: [*tqdm(range(3), file=io.StringIO())])
    other.start()
    other.join(60)
    assert not other.is_alive(), "tqdm's lock is free"


def test_the_names_in_a_bar_are_harmless(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    with Progress(True, 1, 1) as bar:
        bar.end_epoch(1, {"a\x1b[2J\n\ud800": 1.0})
    assert "a\ufffd[2J" in capsys.readouterr().err


# ---- what belongs to the process

def test_threads_that_train_leave_the_warnings_of_the_process_alone(monkeypatch):
    """catch_warnings in one thread takes back the filters that another has set meanwhile."""
    filters, seen = warnings.filters[:], []
    original = warnings.catch_warnings.__enter__
    monkeypatch.setattr(warnings.catch_warnings, "__enter__", lambda self: seen.append(1) or original(self))
    options = {"epochs": 3, "progress": True}
    threads = [threading.Thread(target=fit, args=(mlp(), X, Y, "mse"), kwargs=options) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [] and warnings.filters == filters
