"""The arguments of fit, evaluate and predict: those that do not fit are refused, and nothing changes."""
import math
import random
from fractions import Fraction

import numpy as np
import pytest
from references.networks.training import numbers, same

from autograd_tiny import EarlyStopping, Value, evaluate, fit, nn, optim, predict

N = 40
RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (N, 2))
Y = X[:, 0] * X[:, 1]
ZEROS_AND_ONES = (Y > 0).astype(int)
LABELS = ZEROS_AND_ONES + (X[:, 0] > 0.5)
WITH_NAN = np.where(np.arange(N)[:, None] == 3, [[0.0, math.nan]], X)
WITH_INFINITY = np.where(np.arange(2 * N).reshape(N, 2) == 10, -math.inf, X)


def mlp(nouts=(3, 1)):
    return nn.MLP(2, nouts, "tanh", rng=random.Random(1))


def state_of(model, optimizer):
    """All that an error is not to change, to the bit."""
    its = {name: np.asarray(entry).tolist() for name, entry in optimizer.state_dict().items()}
    numbers = [(p.data, p.grad, p.requires_grad, p.label) for p in model.parameters()]
    return numbers, its, model.training


def refused(error, match, nouts=(3, 1), x=X, y=Y, loss="mse", optimizer=None, check=True, **options):
    """fit refuses that, and nothing has changed: no parameter, no optimizer, at most a seed was drawn."""
    model = mlp(nouts)
    adam = optim.Adam(model.parameters())
    target = np.eye(nouts[-1])[LABELS[:8] % nouts[-1]] if nouts[-1] > 1 else Y[:8]
    fit(model, X[:8], target, "mse", adam, progress=False)
    before = state_of(model, adam)
    random.seed(11)
    allowed = [random.getstate()]
    random.getrandbits(64)
    allowed.append(random.getstate())
    random.seed(11)
    with pytest.raises(error, match=match) as raised:
        fit(model, x, y, loss, optimizer or adam, **({"epochs": 3, "progress": False} | options))
    assert state_of(model, adam) == before
    assert random.getstate() in allowed
    return raised


# ---- X

BAD_X = {
    "another length": (X[:-1], ValueError, r"39 samples in X, but y has the shape \(40,\)"),
    "too few columns": (X[:, :1], ValueError, "layer1 takes 2 inputs, got 1"),
    "too many columns": (np.c_[X, X], ValueError, "layer1 takes 2 inputs, got 4"),
    "nan": (WITH_NAN, ValueError, r"X\[3, 1\] is nan"),
    "infinity": (WITH_INFINITY, ValueError, r"X\[5, 0\] is -inf"),
    "one-dimensional": (X[:, 0], ValueError, r"\(samples, inputs\), got \(40,\).*X\.reshape\(-1, 1\)"),
    "three-dimensional": (X[:, :, None], ValueError, r"\(samples, inputs\), got \(40, 2, 1\)"),
    "a number": (0.5, ValueError, r"\(samples, inputs\), got \(\)"),
    "no samples": (X[:0], ValueError, r"X is empty.*\(0, 2\)"),
    "an empty list": ([], ValueError, r"\(samples, inputs\), got \(0,\)"),
    "no columns": (X[:, :0], ValueError, r"X is empty.*\(40, 0\)"),
    "rows of several lengths": ([[1.0, 2.0], [1.0]] * 20, ValueError, "X: rows of equal length"),
    "strings": ([["1", "2"]] * N, TypeError, "X.*real numbers are expected"),
    "complex numbers": (X + 0j, TypeError, "X: real numbers are expected.*complex"),
    "None": (None, (TypeError, ValueError), "X"),
    "None among numbers": ([[None, 1.0]] * N, TypeError, "X: real numbers are expected, got None"),
    "Values": ([[Value(1.0), 2.0]] * N, TypeError, r"X: real numbers.*got Value.*v\.data"),
    "numbers beyond a float": ([[10**400, 1]] * N, (ValueError, TypeError), "X"),
}


@pytest.mark.parametrize("name", BAD_X)
def test_inputs_that_do_not_fit_are_refused(name):
    x, error, match = BAD_X[name]
    refused(error, match, x=x)


@pytest.mark.parametrize("name", sorted(BAD_X.keys() - {"another length"}))
@pytest.mark.parametrize("function", [predict, lambda model, x: evaluate(model, x, Y, "mse")])
def test_predict_and_evaluate_refuse_the_same_inputs(function, name):
    x, error, match = BAD_X[name]
    model = mlp()
    before = [p.data for p in model.parameters()]
    with pytest.raises(error, match=match):
        function(model, x)
    assert [p.data for p in model.parameters()] == before and model.training


def test_evaluate_refuses_another_length():
    with pytest.raises(ValueError, match=r"39 samples in X, but y has the shape \(40,\)"):
        evaluate(mlp(), X[:-1], Y, "mse")


@pytest.mark.parametrize("x", [
    np.array([[1, 0], [0, 1]], dtype=bool), np.array([[1, 0], [0, 1]], dtype=np.uint8),
    [[Fraction(1), Fraction(0)], [0, True]], ((1.0, 0.0), (0.0, 1.0)), np.eye(2, dtype=np.float16),
    np.asfortranarray(np.eye(2)), np.eye(4)[::3, ::3],
])
def test_real_numbers_of_any_kind_are_inputs(x):
    model = mlp()
    assert predict(model, x).tolist() == predict(model, [[1.0, 0.0], [0.0, 1.0]]).tolist()


def test_arguments_are_neither_changed_nor_kept():
    x, y, weights = X.copy(), Y.copy(), np.ones(N)
    for array in x, y, weights:
        array.flags.writeable = False
    model = mlp()
    fit(model, x, y, "mse", epochs=3, sample_weight=weights, validation_data=(x, y), progress=False)
    assert (x == X).all() and (y == Y).all()


# ---- y

BAD_Y = {
    "another length": ("mse", 1, Y[:-1], ValueError, r"40 samples in X, but y has the shape \(39,\)"),
    "a number": ("mse", 1, 0.5, ValueError, r"40 samples in X, but y has the shape \(\)"),
    "None": ("mse", 1, None, (TypeError, ValueError), "y"),
    "nan": ("mse", 1, np.r_[Y[:-1], math.nan], ValueError, r"y\[39\] is nan"),
    "infinity": ("mse", 1, np.r_[math.inf, Y[1:]], ValueError, r"y\[0\] is inf"),
    "nan labels": ("cross_entropy", 3, np.r_[LABELS[:-1], math.nan], ValueError, r"y\[39\] is nan"),
    "two columns for one output": ("mse", 1, np.c_[Y, Y], ValueError, r"1 output.*shape \(40, 2\)"),
    "one column for two outputs": ("mse", 2, Y, ValueError, r"2 outputs, but y has the shape \(40,\)"),
    "three axes": ("mse", 1, Y[:, None, None], ValueError, r"\(40, 1, 1\)"),
    "rows of several lengths": ("mse", 2, [[1.0, 2.0], [1.0]] * 20, ValueError, "y: rows of equal length"),
    "strings": ("cross_entropy", 2, ["a", "b"] * 20, TypeError, r"y: .* strings, such as .*return_inverse"),
    "strings in an array": ("cross_entropy", 2, np.array(["a", "b"] * 20), TypeError, "y: .*got strings"),
    "strings as objects": ("hinge", 1, np.array(["a", "b"] * 20, object), TypeError, "y: .*got strings.*'a'"),
    "complex numbers": ("mse", 1, Y + 0j, TypeError, "y: real numbers.*complex"),
    "label too large": ("cross_entropy", 3, LABELS + 1, ValueError, r"y has the label 3,.*3 outputs.*0 to 2"),
    "label below 0": ("multiclass_hinge", 3, LABELS - 1, ValueError, r"y has the label -1\b.*0 to 2"),
    "label between": ("cross_entropy", 3, LABELS + 0.5, ValueError, r"y has the label \d\.5"),
    "labels for one output": ("cross_entropy", 1, ZEROS_AND_ONES, ValueError, "binary_cross"),
    "one class only": ("cross_entropy", 1, 0 * ZEROS_AND_ONES, ValueError, "binary_cross_entropy"),
    "no probabilities": ("cross_entropy", 3, np.ones((N, 3)), ValueError, "sum to 1"),
    "below 0": ("cross_entropy", 2, np.tile([1.5, -0.5], (N, 1)), ValueError, "probability"),
    "other classes": ("cross_entropy", 3, np.eye(2)[ZEROS_AND_ONES], ValueError, r"3 outputs.*\(40, 2\)"),
    "hinge of 0 and 1": ("hinge", 1, ZEROS_AND_ONES, ValueError, r"hinge takes.*1 and -1.*y has 0.*2\*y - 1"),
    "hinge of 2": ("hinge", 1, 2 * ZEROS_AND_ONES - 2, ValueError, "hinge takes.*1 and -1"),
    "hinge of two outputs": ("hinge", 2, np.ones((N, 2)), ValueError, "hinge takes one output"),
    "-1 and 1": (
        "binary_cross_entropy", 1, 2 * ZEROS_AND_ONES - 1, ValueError, "between 0 and 1, but y has -1",
    ),
    "above 1": ("binary_cross_entropy", 1, LABELS, ValueError, "between 0 and 1, but y has 2"),
}


@pytest.mark.parametrize("name", BAD_Y)
def test_targets_that_do_not_fit_are_refused(name):
    loss, nout, y, error, match = BAD_Y[name]
    refused(error, match, (3, nout), y=y, loss=loss)


@pytest.mark.parametrize("name", BAD_Y)
def test_evaluate_refuses_the_same_targets(name):
    loss, nout, y, error, match = BAD_Y[name]
    with pytest.raises(error, match=match):
        evaluate(mlp((3, nout)), X, y, loss)


@pytest.mark.parametrize("y", [["b", "a"] * 20, np.array([1, "a"] * 20, object), [2, "a"] * 20])
def test_the_advice_for_labels_that_are_strings_works(y):
    """Also where numbers are among them, which np.unique can't order as they are."""
    advice = str(refused(TypeError, "number the classes", (3, 2), y=y, loss="cross_entropy").value)
    numbers = eval(advice.partition(", as ")[2].removesuffix(" does"), {"np": np, "y": y})
    assert sorted(set(numbers.tolist())) == [0, 1] and (numbers[::2] == numbers[0]).all()


def test_a_string_among_the_labels_is_shown_as_it_was_written():
    raised = refused(TypeError, "y: .*got strings", (3, 2), y=["a", "b"] * 20, loss="cross_entropy")
    assert "such as 'a':" in str(raised.value)


@pytest.mark.parametrize("loss,y", [
    ("cross_entropy", LABELS.astype(float)), ("cross_entropy", LABELS[:, None]),
    ("cross_entropy", LABELS.astype(np.uint8)), ("cross_entropy", np.full((N, 3), 1 / 3)),
    ("multiclass_hinge", LABELS.tolist()), ("mse", np.eye(3, dtype=bool)[LABELS]),
])
def test_targets_of_several_outputs(loss, y):
    assert math.isfinite(evaluate(mlp((3, 3)), X, y, loss)["loss"])


@pytest.mark.parametrize("loss,y", [
    ("hinge", 2 * ZEROS_AND_ONES - 1), ("hinge", (2.0 * ZEROS_AND_ONES - 1)[:, None]),
    ("binary_cross_entropy", ZEROS_AND_ONES.astype(bool)), ("binary_cross_entropy", np.full(N, 0.3)),
    ("mse", Y[:, None]), ("mse", ZEROS_AND_ONES), ("mse", Y.astype(np.float32)),
])
def test_targets_of_one_output(loss, y):
    assert math.isfinite(evaluate(mlp(), X, y, loss)["loss"])


# ---- sample_weight, validation_data

@pytest.mark.parametrize("weights,error,match", [
    (np.ones(N - 1), ValueError, r"sample_weight: one for each of 40 samples, got shape \(39,\)"),
    (np.ones((N, 1)), ValueError, r"sample_weight.*\(40, 1\)"),
    (1.0, ValueError, r"sample_weight.*\(\)"),
    (-np.ones(N), ValueError, "sample_weight: numbers of 0 or more"),
    (np.zeros(N), ValueError, "sample_weight.*not all of them zero"),
    (np.full(N, math.nan), ValueError, r"sample_weight\[0\] is nan"),
    (np.full(N, 1e308), ValueError, "sample_weight: their sum is too large"),
    ([], ValueError, r"sample_weight: one for each of 40 samples, got shape \(0,\)"),
    (["a"] * N, TypeError, "sample_weight"),
])
def test_weights_that_do_not_fit_are_refused(weights, error, match):
    refused(error, match, sample_weight=weights)
    with pytest.raises(error, match=match):
        evaluate(mlp(), X, Y, "mse", sample_weight=weights)


@pytest.mark.parametrize("data,error,match", [
    (X, TypeError, r"validation_data: \(X, y\) or \(X, y, weights\)"),
    ((X,), TypeError, r"validation_data: \(X, y\) or"),
    ((X, Y, Y, Y), TypeError, r"validation_data: \(X, y\) or"),
    (0.2, TypeError, r"validation_data: \(X, y\) or"),
    ((X, Y, np.ones(N - 1)), ValueError, r"validation weights: one for each of 40 samples, got shape \(39,\)"),
    ((X, Y, -np.ones(N)), ValueError, "validation weights: numbers of 0 or more"),
    ((X[:, :1], Y), ValueError, "validation X has 1 columns?, X has 2"),
    ((X, Y[:-1]), ValueError, r"40 samples.*validation y has the shape \(39,\)"),
    ((X[:0], Y[:0]), ValueError, "validation X is empty"),
    ((WITH_NAN, Y), ValueError, r"validation X\[3, 1\] is nan"),
    ((X, np.r_[math.nan, Y[1:]]), ValueError, r"validation y\[0\] is nan"),
    ((X, np.c_[Y, Y]), ValueError, r"validation y has the shape \(40, 2\)"),
    ((X, ["a"] * N), TypeError, "validation y: .*got strings"),
])
def test_validation_data_that_do_not_fit_are_refused(data, error, match):
    refused(error, match, validation_data=data)


def test_samples_of_validation_are_counted_as_such():
    raised = refused(ValueError, "validation", validation_data=(X, Y[:-1]))
    assert "samples in validation X" in str(raised.value)


def test_validation_labels_are_those_of_the_loss():
    refused(ValueError, "validation y has the label [67]", (3, 3), y=LABELS, loss="cross_entropy",
            validation_data=(X, LABELS + 5))
    refused(ValueError, "validation y has 0", y=2 * ZEROS_AND_ONES - 1, loss="hinge",
            validation_data=(X, ZEROS_AND_ONES))


# ---- the other arguments

KNOWN_LOSSES = ["cross_entropy", "mse", "hinge"]


class Callback:
    """A callback, right as an object."""

    def on_epoch_end(self, epoch, logs):
        pass


class CallbackOfLogs:
    """One with a method of another form."""

    def on_batch_end(self, logs):
        pass


@pytest.mark.parametrize("options,error,words", [
    ({"loss": "mean_square"}, ValueError, ["'mean_square'", *KNOWN_LOSSES]),
    ({"loss": None}, TypeError, ["loss", "None"]),
    ({"loss": 3}, TypeError, ["loss", "3"]),
    ({"optimizer": "sgdm"}, ValueError, ["'sgdm'", "sgd", "adam", "rmsprop", "adagrad", "adamw"]),
    ({"optimizer": optim.SGD}, TypeError, ["optimizer", "SGD"]),
    ({"optimizer": 0.1}, TypeError, ["optimizer", "0.1"]),
    ({"metrics": ["acc"]}, ValueError, ["'acc'", "accuracy", *KNOWN_LOSSES]),
    ({"metrics": "accuracy"}, TypeError, ["metrics", "['accuracy']"]),
    ({"metrics": [3]}, TypeError, ["metrics", "3"]),
    ({"metrics": ["mse", "mse"]}, ValueError, ["metrics", "'mse'"]),
    ({"metrics": ["accuracy"]}, ValueError, ["accuracy", "classes"]),
    ({"epochs": 0}, ValueError, ["epochs", "0"]),
    ({"epochs": -1}, ValueError, ["epochs", "-1"]),
    ({"epochs": 2.0}, TypeError, ["epochs", "2.0"]),
    ({"epochs": True}, TypeError, ["epochs", "True"]),
    ({"batch_size": 0}, ValueError, ["batch_size", "0"]),
    ({"batch_size": -8}, ValueError, ["batch_size", "-8"]),
    ({"batch_size": 8.0}, TypeError, ["batch_size", "8.0"]),
    ({"batch_size": True}, TypeError, ["batch_size", "True"]),
    ({"batch_size": "8"}, TypeError, ["batch_size", "'8'"]),
    ({"threads": 0}, ValueError, ["threads", "0"]),
    ({"threads": 1.5}, TypeError, ["threads", "1.5"]),
    ({"threads": None}, TypeError, ["threads", "None"]),
    ({"reduction": "avg"}, ValueError, ["reduction", "'avg'", "mean", "sum"]),
    ({"reduction": None}, ValueError, ["reduction", "None"]),
    ({"penalty": lambda model: 0.5}, TypeError, ["penalty", "0.5"]),
    ({"penalty": 0.01}, TypeError, ["penalty", "0.01"]),
    ({"clip_norm": -1.0}, ValueError, ["clip_norm", "-1"]),
    ({"clip_norm": math.nan}, ValueError, ["clip_norm", "nan"]),
    ({"clip_norm": "1"}, TypeError, ["clip_norm", "'1'"]),
    ({"clip_value": -1.0}, ValueError, ["clip_value", "-1"]),
    ({"clip_value": True}, TypeError, ["clip_value", "True"]),
    ({"schedule": 0.9}, TypeError, ["schedule", "0.9"]),
    ({"early_stopping": 0}, ValueError, ["early_stopping", "0"]),
    ({"early_stopping": True}, TypeError, ["early_stopping", "True"]),
    ({"early_stopping": 2.5}, TypeError, ["early_stopping", "2.5"]),
    ({"early_stopping": "3"}, TypeError, ["early_stopping", "'3'"]),
    ({"early_stopping": EarlyStopping(2, "val_loss")}, ValueError, ["early_stopping", "val_loss", "loss"]),
    ({"early_stopping": EarlyStopping(2, "accuracy")}, ValueError, ["early_stopping", "accuracy"]),
    ({"callbacks": [3]}, TypeError, ["callbacks", "3"]),
    ({"callbacks": 3}, TypeError, ["callbacks", "3"]),
    ({"callbacks": [Callback]}, TypeError, ["callbacks", "the class Callback", "write Callback(…)"]),
    ({"callbacks": Callback}, TypeError, ["callbacks", "the class Callback"]),
    ({"callbacks": [EarlyStopping]}, TypeError, ["callbacks", "the class EarlyStopping"]),
    ({"callbacks": [EarlyStopping(3)]}, TypeError, ["callbacks", "EarlyStopping", "early_stopping=…"]),
    ({"callbacks": [optim.StepLR(optim.SGD([Value(1.0)]), 1)]}, TypeError, ["callbacks", "StepLR", "schedule=…"]),
    ({"callbacks": [Callback(), lambda logs: None]}, TypeError, ["callbacks", "<lambda>", "(epoch, logs)"]),
    ({"callbacks": [CallbackOfLogs()]}, TypeError, ["callbacks", "CallbackOfLogs.on_batch_end", "(update, logs)"]),
    ({"callbacks": [None]}, TypeError, ["callbacks", "None"]),
    ({"early_stopping": EarlyStopping}, TypeError, ["early_stopping", "the class EarlyStopping"]),
    ({"early_stopping": {"patience": 3}}, TypeError, ["early_stopping", "EarlyStopping(…)", "patience"]),
    ({"schedule": optim.StepLR}, TypeError, ["schedule", "the class StepLR"]),
    ({"penalty": nn.L2}, TypeError, ["penalty", "the class L2", "write L2(…)"]),
    ({"penalty": lambda: 0.0}, TypeError, ["penalty", "<lambda>", "(model)"]),
    ({"loss": optim.SGD}, TypeError, ["loss", "the class SGD"]),
    ({"loss": lambda outputs: outputs}, TypeError, ["loss", "<lambda>", "(outputs, target)"]),
    ({"metrics": [Callback]}, TypeError, ["metrics", "the class Callback"]),
    ({"seed": "x"}, TypeError, ["seed", "x"]),
    ({"seed": 1.5}, TypeError, ["seed", "1.5"]),
    ({"seed": -1}, ValueError, ["seed", "-1"]),
], ids=lambda x: ", ".join(f"{k}={v}".split(" at ")[0][:30] for k, v in x.items()) if type(x) is dict else "")
def test_arguments_that_are_not_known_are_refused(options, error, words):
    said = str(refused(error, ".", **options).value)
    for word in words:
        assert word in said, said


@pytest.mark.parametrize("options,match", [({"patience": 0}, "patience"), ({"patience": 1.5}, "patience"), (
    {"patience": 1, "min_delta": -0.1}, "min_delta"), ({"patience": 1, "min_delta": math.nan}, "min_delta")])
def test_early_stopping_checks_its_arguments(options, match):
    with pytest.raises((TypeError, ValueError), match=match):
        EarlyStopping(**options)


def test_a_negative_rate_is_refused_where_it_is_set():
    model = mlp()
    with pytest.raises(ValueError, match=r"lr.*-0\.1"):
        optim.SGD(model.parameters(), lr=-0.1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"lr.*-0\.1"):
        optimizer.lr = -0.1
    assert optimizer.lr == 0.1


def test_a_schedule_of_another_optimizer_is_refused():
    other = optim.SGD(mlp().parameters(), lr=0.5)
    schedule = optim.ExponentialLR(other, 0.5)
    refused(ValueError, "schedule.*another optimiser", schedule=schedule)
    assert other.lr == 0.5 and schedule.last_step == 0
    with pytest.raises(ValueError, match=r"schedule.*another optimiser"):
        fit(mlp(), X, Y, "mse", "sgd", schedule=schedule, progress=False)


def test_an_optimizer_for_other_parameters_is_refused():
    other = mlp()
    before = [p.data for p in other.parameters()]
    refused(ValueError, "depends on none of the parameters", optimizer=optim.SGD(other.parameters(), lr=0.1))
    assert [p.data for p in other.parameters()] == before


@pytest.mark.parametrize("model,error,match", [
    (nn.Sequential(nn.Activation("tanh")), ValueError, "parameters"),
    (nn.Sequential(nn.Dropout(0.5)), ValueError, "parameters"),
    (lambda x: x, TypeError, r"parameters\(\)"),
    ([1, 2], TypeError, r"model.*\[1, 2\]"),
    (None, TypeError, "model.*None"),
    ("mlp", TypeError, "model.*'mlp'"),
])
def test_a_model_without_parameters_is_refused(model, error, match):
    with pytest.raises(error, match=match):
        fit(model, X, X, "mse", progress=False)


@pytest.mark.parametrize("loss,match", [
    (lambda o, t: 0.5, r"one Value, got float 0\.5"), (lambda o, t: [o, o], "one Value, got list"),
    (lambda o, t: None, "one Value, got None"),
    (lambda o, t: Value(1.0), "depends on none of the parameters"),
    (lambda o, t: Value(o.data - t), "depends on none of the parameters"),
])
def test_a_loss_that_is_no_value_of_the_parameters_is_refused(loss, match):
    refused((TypeError, ValueError), match, loss=loss)


def test_an_error_in_a_loss_or_a_penalty_of_your_own_comes_through():
    def fails(*arguments):
        raise KeyError("mine")

    refused(KeyError, "mine", loss=fails)
    refused(KeyError, "mine", penalty=fails)


@pytest.mark.parametrize("many", [1, 4])
@pytest.mark.parametrize("metric,error,match", [
    ("hinge", ValueError, "1 and -1"), ("cross_entropy", (TypeError, ValueError), "cross_entropy"),
    ("binary_cross_entropy", ValueError, "between 0 and 1"), (lambda o: o, TypeError, "argument"),
    (lambda o, t: [o, t], ValueError, "one number"), (lambda o, t: "much", TypeError, "much"),
], ids=["hinge", "cross_entropy", "binary_cross_entropy", "one argument", "two numbers", "no number"])
def test_a_metric_that_does_not_fit_is_refused_before_training(metric, error, match, many):
    y = np.where(np.arange(N) == 0, 1.0, 3.0)           # the first sample would do
    refused(error, match, x=np.tile(X, (many, 1)), y=np.tile(y, many), metrics=[metric])


def test_a_message_shows_what_was_written_and_not_all_of_it():
    raised = refused(TypeError, "validation_data", validation_data=np.zeros((1000, 2)))
    assert len(str(raised.value)) < 200


# ---- validation: a part that is held out, and weights of it

WEIGHTS = RNG.uniform(0.0, 2.0, N)
WITH_WEIGHTS = {"sample_weight": None}, {"sample_weight": WEIGHTS}


def split_at(samples, fraction):
    return math.floor(samples * (1 - fraction))     # as keras.src.trainers.data_adapters has it


@pytest.mark.parametrize("options", WITH_WEIGHTS, ids=["", "weights"])
@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.33, 0.5, 0.975, np.float32(0.5)])
def test_the_last_samples_are_held_out_before_the_others_are_shuffled(fraction, options):
    split, apart = mlp(), mlp()
    k = split_at(N, fraction)
    weights = options["sample_weight"]
    one = fit(
        split, X, Y, "mse", "adam", 3, 8, seed=4, validation_split=fraction, metrics=["mae"], progress=False, **options
    )
    held_out = (X[k:], Y[k:]) if weights is None else (X[k:], Y[k:], weights[k:])
    other = fit(
        apart, X[:k], Y[:k], "mse", "adam", 3, 8, seed=4, validation_data=held_out, metrics=["mae"], progress=False,
        sample_weight=None if weights is None else weights[:k],
    )
    assert one.to_dict() == other.to_dict() and (numbers(split) == numbers(apart)).all()
    assert one.names == ["loss", "mae", "val_loss", "val_mae"]


@pytest.mark.parametrize("kind", [list, lambda rows: [tuple(row) for row in rows], np.asfortranarray])
def test_samples_of_any_kind_are_split(kind):
    for model, x, y in ((mlp((4, 3)), kind(X.tolist()), LABELS.tolist()), (mlp((4, 3)), X, np.eye(3)[LABELS])):
        history = fit(model, x, y, "cross_entropy", seed=1, validation_split=0.25, progress=False)
        expected = evaluate(model, X[30:], LABELS[30:], "cross_entropy")["loss"]
        same(history["val_loss"][-1], expected)


def test_a_fraction_of_0_holds_out_nothing():
    assert fit(mlp(), X, Y, "mse", validation_split=0.0, progress=False).names == ["loss"]
    assert fit(mlp(), X, Y, "mse", validation_split=0, validation_data=(X, Y), progress=False).names[1] == "val_loss"


@pytest.mark.parametrize(("options", "error", "match"), [
    ({"validation_split": 0.5, "validation_data": (X, Y)}, ValueError, "give one of them"),
    ({"validation_split": 1.0}, ValueError, r"validation_split: a number in \[0, 1\)"),
    ({"validation_split": -0.1}, ValueError, "validation_split: a number in"),
    ({"validation_split": math.nan}, ValueError, "validation_split: a number in"),
    ({"validation_split": "0.1"}, TypeError, "validation_split: a number"),
    ({"validation_split": True}, TypeError, "validation_split: a number"),
    ({"validation_split": 0.99}, ValueError, "0.99 of 40 samples leaves no sample in one of the parts"),
    ({"validation_split": 0.5, "y": Y[:-1]}, ValueError, r"40 samples in X, but y has the shape \(39,\)"),
    ({"validation_split": 0.5, "y": ["a"] * N}, TypeError, "number the classes"),
    ({"validation_split": 0.5, "y": np.ma.masked_greater(Y, 0)}, ValueError, "y has masked numbers"),
    ({"validation_split": 0.5, "X": X[0]}, ValueError, r"X has the shape \(samples, inputs\), got \(2,\)"),
    ({"validation_split": 0.5, "X": 3}, ValueError, "X has the shape"),
    ({"validation_split": 0.5, "sample_weight": np.ones(20)}, ValueError, "one for each of 40 samples"),
    ({"validation_split": 0.5, "sample_weight": (np.arange(N) < 20) * 1.0}, ValueError, "validation weights.*not all"),
], ids=str)
def test_a_split_that_does_not_fit_changes_nothing(options, error, match):
    model = mlp()
    before, state = numbers(model), random.getstate()
    with pytest.raises(error, match=match):
        fit(model, **{"X": X, "y": Y, "loss": "mse", "progress": False, **options})
    assert (numbers(model) == before).all() and random.getstate() == state


@pytest.mark.parametrize("samples", [1, 2, 99, 100, 400])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_validation_is_weighted(samples, reduction):
    rng = np.random.default_rng(samples)
    x, y, weights = rng.normal(size=(samples, 2)), rng.normal(size=samples), rng.uniform(0.1, 2, samples)
    model = mlp()
    history = fit(
        model, X, Y, "mse", lr=0.01, validation_data=(x, y, weights), metrics=["mae"], reduction=reduction,
        progress=False,
    )
    errors = np.array([model(row).data for row in x.tolist()]) - y
    mean = np.average(errors**2, weights=weights)
    same(history["val_loss"][-1], mean if reduction == "mean" else mean * weights.sum())
    same(history["val_mae"][-1], np.average(np.abs(errors), weights=weights))


def test_weights_of_none_are_no_weights():
    one = fit(mlp(), X, Y, "mse", seed=1, validation_data=(X, Y, None), progress=False)
    assert one.to_dict() == fit(mlp(), X, Y, "mse", seed=1, validation_data=(X, Y), progress=False).to_dict()
