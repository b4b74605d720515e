"""Models as fit sees them: functions, modules, and the modes of all their parts."""
import threading
from contextlib import nullcontext

import numpy as np
import pytest
from references.networks.training import Branching, Straight, X, Y, with_dropout, same

from autograd_tiny import Value, diagnose, evaluate, fit, nn, optim, predict
from autograd_tiny.training.model import evaluation_mode, modules_of, training_mode


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


@pytest.mark.parametrize("first_to_end", ["training", "evaluation"])
def test_a_model_that_is_trained_and_used_at_the_same_time_keeps_its_mode(first_to_end):
    """Two threads, of which neither sees the mode of the other; the model is in evaluation mode before and after."""
    model = with_dropout(Straight)
    model.eval()
    parts = modules_of(model)
    begun, ended = threading.Barrier(2, timeout=60), threading.Event()
    seen = []

    def block(manager, expected, ends_first):
        with manager(parts):
            begun.wait()
            seen.append({part.training for part in parts} == {expected})
            if not ends_first:
                ended.wait(60)
                seen.append({part.training for part in parts} == {expected})
        if ends_first:
            ended.set()

    threads = [
        threading.Thread(target=block, args=(training_mode, True, first_to_end == "training")),
        threading.Thread(target=block, args=(evaluation_mode, False, first_to_end == "evaluation")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True, True, True]
    assert not any(part.training for part in parts)


def test_predictions_in_a_callback_and_in_its_thread_are_those_of_evaluation_mode():
    model = with_dropout(Straight)
    found = []

    def look(epoch, logs):
        found.append((predict(model, X[:5]).tolist(), model.training))
        thread = threading.Thread(target=lambda: found.append((predict(model, X[:5]).tolist(), model.training)))
        thread.start()
        thread.join()

    model.eval()
    fit(model, X[:20], Y[:20], "mse", epochs=1, callbacks=[look], progress=False)
    (here, training_here), (there, training_there) = found
    assert here == there == predict(model, X[:5]).tolist()
    assert (training_here, training_there, model.training) == (True, False, False)


def test_a_mode_that_a_callback_sets_is_that_of_the_model_afterwards():
    model = with_dropout(Straight)
    fit(model, X[:20], Y[:20], "mse", callbacks=[lambda epoch, logs: model.eval() and None], progress=False)
    assert not model.training and not any(part.training for _, part in model.parts())


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


# ---- what a model may return for a sample

class Returning(nn.Module):
    """A model whose outputs are a function of two Values."""

    def __init__(self, function):
        self.w, self.b, self.function = Value(0.5), Value(0.1), function

    def forward(self, x):
        return self.function(self.w * x[0], self.b + x[1])


X_2 = np.linspace(-1, 1, 240).reshape(120, 2)
FORMS = {
    "a Value": lambda a, b: a, "an array of no dimensions": lambda a, b: np.array(a, object),
    "a list of one": lambda a, b: [a], "an array of one": lambda a, b: np.array([a]),
    "a list": lambda a, b: [a, b], "a tuple": lambda a, b: (a, b), "an array": lambda a, b: np.array([a, b]),
    "numbers among them": lambda a, b: [a, 0.5],
}


@pytest.mark.parametrize("samples", [2, 120])
@pytest.mark.parametrize("function", FORMS.values(), ids=FORMS)
def test_outputs_may_have_any_of_these_forms(function, samples):
    x, model = X_2[:samples], Returning(function)
    expected = [[each.data if type(each) is Value else each for each in np.ravel(np.array(model(row), object))]
                for row in x.tolist()]
    outputs = predict(model, x)
    np.testing.assert_allclose(outputs.reshape(samples, -1), expected, rtol=1e-14)
    assert evaluate(model, x, outputs + 1.0, "mse", ["mae"]) == {"loss": pytest.approx(1.0), "mae": pytest.approx(1.0)}
    assert len(fit(model, x, outputs, "mse", progress=False)) == 1
    assert diagnose(model, x, outputs, "mse").loss >= 0.0


@pytest.mark.parametrize("samples", [2, 120])
@pytest.mark.parametrize("function", [
    lambda a, b: None, lambda a, b: "a", lambda a, b: {"a": a}, lambda a, b: (each for each in (a, b)),
    lambda a, b: [a, [b]], lambda a, b: np.array([[a]]), lambda a, b: 1j, lambda a, b: [a, None],
], ids=["None", "text", "dict", "generator", "nested", "matrix", "complex", "None in a list"])
def test_others_are_refused_before_training(function, samples):
    x, y, model = X_2[:samples], np.zeros(samples), Returning(function)
    for run in fit, evaluate, diagnose:
        with pytest.raises(TypeError, match=r"model: it returns a Value or a list of Values for a sample, got"):
            run(model, x, y, "mse", **({"progress": False} if run is fit else {}))


@pytest.mark.parametrize("samples", [2, 120])
def test_a_loss_of_ones_own_takes_any_outputs(samples):
    model = Returning(lambda a, b: {"a": a, "b": b})
    history = fit(model, X_2[:samples], np.zeros(samples), lambda o, t: o["a"] ** 2 + o["b"] ** 2, progress=False)
    assert len(history) == 1


@pytest.mark.parametrize("samples", [3, 120])
def test_as_many_numbers_for_each_sample(samples):
    x = X_2[-samples:].copy()
    x[1, 0] = -5.0
    with pytest.raises(ValueError, match="got 1 for sample 0 and 2 for sample 1"):
        predict(lambda row: row[:1] if row[0] > -2 else row, x)


@pytest.mark.parametrize("model", [lambda a, b: a, lambda: 0.0])
def test_a_model_is_called_with_one_list(model):
    for run in predict, lambda model, x: evaluate(model, x, x[:, 0], "mse"):
        with pytest.raises(TypeError, match=r"model: function .*<lambda> is called with one argument"):
            run(model, X_2)
