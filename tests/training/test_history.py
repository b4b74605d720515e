"""The History of a training, and how it is displayed."""
import copy
import pickle

import numpy as np
import pytest

from autograd_tiny import History, fit, nn, optim

X = np.linspace(-1, 1, 50)[:, None]


def history():
    found = History(["loss", "val_loss"])
    for epoch in 1, 2, 3:
        found.append({"loss": 1 / epoch, "val_loss": 2.0})
    return found


def test_a_column_is_a_list_of_floats():
    found = history()
    assert found["loss"] == [1.0, 0.5, 1 / 3] and found["val_loss"] == [2.0, 2.0, 2.0]
    assert found.names == list(found) == ["loss", "val_loss"]
    assert len(found) == 3 and "loss" in found and "accuracy" not in found


def test_numbers_of_numpy_become_floats():
    found = History()
    found.append({"loss": np.float32(0.5)})
    assert type(found["loss"][0]) is float


def test_a_name_that_was_not_recorded_is_listed_with_the_others():
    with pytest.raises(KeyError, match=r"'accuracy' was not recorded; there are loss, val_loss"):
        history()["accuracy"]


@pytest.mark.parametrize("logs", [{}, {"loss": 1.0}, {"loss": 1.0, "val_loss": 1.0, "mse": 1.0}])
def test_an_epoch_has_all_names_or_is_refused(logs):
    found = history()
    with pytest.raises(ValueError, match="loss, val_loss"):
        found.append(logs)
    assert len(found) == 3


def test_a_history_without_epochs_is_a_history():
    found = History()
    assert len(found) == 0 and found and found["loss"] == [] and found.names == ["loss"]
    assert found.stopped == "" and found.best_epoch is None
    assert repr(found) == "<History of 0 epochs>"


def test_to_dict_is_a_copy():
    found = history()
    plain = found.to_dict()
    assert plain == {"loss": [1.0, 0.5, 1 / 3], "val_loss": [2.0] * 3}
    plain["loss"].append(9.0)
    assert len(found["loss"]) == 3


def test_to_frame_has_a_row_for_each_epoch_from_1():
    pandas = pytest.importorskip("pandas")
    frame = history().to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.index.tolist() == [1, 2, 3] and frame.index.name == "epoch"
    assert frame["loss"].tolist() == [1.0, 0.5, 1 / 3] and list(frame) == ["loss", "val_loss"]
    frame.loc[1, "loss"] = 7.0
    assert history()["loss"][0] == 1.0
    assert History().to_frame().shape == (0, 1)


def test_a_frame_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        history().to_frame()


def test_repr_has_the_last_epoch_and_why_it_ended():
    found = history()
    assert repr(found) == "<History of 3 epochs: loss 0.3333, val_loss 2>"
    found.stopped = "interrupted in epoch 4"
    assert repr(found) == "<History of 3 epochs: loss 0.3333, val_loss 2; interrupted in epoch 4>"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_are_their_own(again):
    found = history()
    found.stopped, found.best_epoch = "a callback ended it", 2
    copied = again(found)
    assert copied.to_dict() == found.to_dict()
    assert (copied.stopped, copied.best_epoch) == (found.stopped, found.best_epoch)
    copied.append({"loss": 1.0, "val_loss": 1.0})
    assert len(found) == 3


def test_it_plots_itself():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    try:
        assert history().plot() is not None
        assert "<svg" in history()._repr_svg_()
        assert History()._repr_svg_() is None
    finally:
        pyplot.close("all")


@pytest.mark.parametrize("options,names", [
    ({}, ["loss"]),
    ({"metrics": ["mae"]}, ["loss", "mae"]),
    ({"validation_data": (X, X[:, 0])}, ["loss", "val_loss"]),
    ({"metrics": ["mae"], "validation_data": (X, X[:, 0])}, ["loss", "mae", "val_loss", "val_mae"]),
])
def test_fit_records_the_numbers_that_were_asked_for(options, names):
    found = fit(nn.MLP(1, [1]), X, X[:, 0], "mse", epochs=4, progress=False, **options)
    assert found.names == names and len(found) == 4
    assert all(len(found[name]) == 4 for name in names)
    assert found.stopped == "" and found.best_epoch is None


def test_fit_records_the_learning_rate_of_each_epoch_with_a_schedule():
    model = nn.MLP(1, [1])
    optimizer = optim.SGD(model.parameters(), lr=0.4)
    found = fit(
        model, X, X[:, 0], "mse", optimizer, 3, schedule=optim.ExponentialLR(optimizer, 0.5), progress=False,
        validation_data=(X, X[:, 0]),
    )
    assert found.names == ["loss", "val_loss", "lr"]
    assert found["lr"] == [0.4, 0.2, 0.1]
