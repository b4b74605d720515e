"""Hugging Face datasets, OpenUSD and cockpit: reports about the modes of files that take the place of others."""
import os
import stat

import pytest

from autograd_tiny import Value, draw, nn, record

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes as POSIX has them")
X = Value(2.0, "x")
WRITERS = {
    "model.safetensors": lambda path: nn.save(nn.Neuron(1), path), "f.svg": lambda path: draw(X * X).save(path),
    "tape.json": lambda path: record(X * X, [X]).save(path),
}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    """A path, and a function that saves to it."""
    if request.param.endswith("safetensors"):
        pytest.importorskip("safetensors")
    return tmp_path / request.param, WRITERS[request.param]


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_new_file_may_be_read_by_those_whom_the_umask_lets(written, mask):
    """datasets 2065, cockpit 18193: only its owner could read it. OpenUSD 1604: bits of the mask beyond 0o666."""
    path, save = written
    before = os.umask(mask)
    try:
        save(path)
    finally:
        os.umask(before)
    assert mode(path) == 0o666 & ~mask


def test_a_private_file_stays_private(written):
    """The same the other way round: 0600 became 0644."""
    path, save = written
    path.touch()
    path.chmod(0o600)
    save(path)
    assert mode(path) == 0o600 and path.stat().st_size > 0
