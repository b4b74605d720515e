"""Models as fit sees them: functions, modules, and the modes of all their parts."""
from contextlib import nullcontext

import numpy as np
import pytest
from references.networks.training import Branching, Straight, X, Y, with_dropout, same

from autograd_tiny import Value, evaluate, fit, nn, optim, predict


def test_a_function_is_a_model_if_an_optimizer_has_its_parameters():
    w, b = Value(0.0), Value(0.0)
    line = lambda x: w * x[0] + b  # noqa: E731
    x = np.linspace(-1, 1, 50)[:, None]
    history = fit(line, x, 3 * x[:, 0] - 1, "mse", optim.SGD([w, b], lr=0.3), 60, None, progress=False)
    assert w.data == pytest.approx(3.0, abs=1e-4) and b.data == pytest.approx(-1.0, abs=1e-4)
    assert history["loss"][-1] < 1e-8
    same(predict(line, x), w.data * x[:, 0] + b.data)


@pytest.mark.parametrize("wrap", [Straight, Branching])
def test_modes_are_restored_part_by_part(wrap):
    model = with_dropout(wrap)
    model.inside.layers[1].eval()
    model.inside.layers[3].eval()

    def modes(module):
        return [module.training] + [x for _, part in module.parts() for x in modes(part)]

    before = modes(model)
    assert {*before} == {True, False}
    with (pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()):
        fit(model, X, Y, "mse", epochs=3, validation_data=(X, Y), progress=False)
    assert modes(model) == before
    predict(model, X)
    evaluate(model, X, Y, "mse")
    assert modes(model) == before

    def failing(epoch, logs):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fit(model, X[:3], Y[:3], "mse", callbacks=[failing], progress=False)
    with pytest.raises(ValueError, match="inputs"):
        predict(model, X[:, :1])
    assert modes(model) == before


@pytest.mark.parametrize("many", [1, 5])
def test_predict_and_evaluate_drop_nothing(many):
    model = with_dropout(Straight)
    x, y = np.tile(X, (many, 1)), np.tile(Y, many)
    model.eval()
    expected = [model(row).data for row in x.tolist()]
    model.train()
    same(predict(model, x), expected)
    assert evaluate(model, x, y, "mse")["loss"] == pytest.approx(np.mean((expected - y) ** 2), rel=1e-12)
    assert model.training and all(part.training for _, part in model.parts())


def test_a_model_that_is_no_module_may_hold_a_dropout():
    inner = nn.Sequential(nn.Layer(2, 8), nn.Dropout(0.5), nn.Layer(8, 1, "linear"))

    def model(x):
        return inner(x)

    model.parameters = inner.parameters
    for x in (X, np.tile(X, (10, 1))):
        assert predict(model, x).tolist() == predict(model, x).tolist()
        assert predict(model, x) == pytest.approx(predict(inner, x), rel=1e-12)
