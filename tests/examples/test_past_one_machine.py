"""The scripts in examples/ that use several processes: they find the numbers that their data were made from."""
import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from references.optional import needed

pytestmark = pytest.mark.doors  # make test-all runs it, once

ROOT = Path(__file__).parents[2]


def started(*command, **variables):
    return subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )


def output_of(process):
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out


def printed(script):
    return output_of(started(ROOT / "examples" / script))


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def losses(out):
    """The losses that the steps of a training print: the same ones, wherever the rows are."""
    return [float(x) for x in re.findall(r"step \d+: (\S+)", out)]


def test_dask_finds_the_volatility():
    needed("distributed", "dask")
    lines = printed("past_one_machine_dask.py").splitlines()
    assert [float(x) for x in re.findall(r"[\d.]+", lines[0])] == pytest.approx([0.02, 0.3, 0.5], abs=3e-3)
    assert lines[1].startswith("deltas from 0.0")


@pytest.fixture(scope="module")
def expected_losses():
    """Those of the training of examples/past_one_machine_jax.py, on a tape in this process."""
    needed("jax", "jax")
    spec = importlib.util.spec_from_file_location("example", ROOT / "examples" / "past_one_machine_jax.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    tape, rows, found = example.tape_of_loss(), example.samples(0, 1), []
    p = np.array([x.data for x in tape.parameters])
    for _ in range(example.STEPS):
        loss, gradient = tape.value_and_grad(rows, at=p)
        p -= example.RATE * gradient
        found.append(loss)
    return pytest.approx(found[::13], abs=1e-11)


def test_jax_on_eight_devices(expected_losses):
    out = output_of(started(
        ROOT / "examples" / "past_one_machine_jax.py", XLA_FLAGS="--xla_force_host_platform_device_count=8"
    ))
    assert losses(out) == expected_losses and "on 8 devices" in out


def test_jax_in_two_processes(expected_losses):
    script, address = ROOT / "examples" / "past_one_machine_jax.py", f"127.0.0.1:{free_port()}"
    processes = [started(script, address, "2", str(k)) for k in range(2)]
    out, nothing = map(output_of, processes)
    assert losses(out) == expected_losses and "on 2 devices" in out and not losses(nothing)


def test_torch_in_two_processes(expected_losses):
    needed("torch", "torch")
    out = output_of(started(
        "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-addr=127.0.0.1", f"--master-port={free_port()}",
        ROOT / "examples" / "past_one_machine_torch.py",
    ))
    assert losses(out) == expected_losses and "in 2 processes" in out
