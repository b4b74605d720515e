"""The progress bar."""
from references.networks.training import X, Y, mlp

from autograd_tiny import fit
from autograd_tiny.training import progress


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
