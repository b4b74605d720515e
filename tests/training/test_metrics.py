"""Metrics: what accuracy counts, by hand, and the losses and functions of one's own as metrics."""
import math

import numpy as np
import pytest
from references.networks.training import X, Y, mlp, same

from autograd_tiny import Value, evaluate, fit, nn, optim
from autograd_tiny.nn import losses
from autograd_tiny.training.metrics import named_metrics

SCORES = np.array([-2.0, -0.3, -0.0, 0.3, 0.4, 0.6, 0.9, 3.0])
ZEROS_AND_ONES = np.array([0, 1, 0, 0, 1, 1, 0, 1])
SIGNS = 2 * ZEROS_AND_ONES - 1
ROWS = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [-1.0, -2.0, -3.0], [0.5, 0.5, 0.2], [1.0, 2.0, 9.0]])
LABELS = np.array([0, 2, 0, 1, 2])


def as_given(x):
    """A model whose outputs are its inputs, so that a test can write the scores."""
    return list(x) if len(x) > 1 else x[0]


def measured(scores, y, loss, *metrics, **options):
    x = scores if scores.ndim == 2 else scores[:, None]
    return evaluate(as_given, x, y, loss, metrics, **options)


def many(array):
    """Samples enough for a tape to be recorded."""
    return np.concatenate([array] * 30)


# ---- accuracy

@pytest.mark.parametrize("again", [np.asarray, many])
@pytest.mark.parametrize("loss,y,hits", [
    ("binary_cross_entropy", ZEROS_AND_ONES, (SCORES > 0) == (ZEROS_AND_ONES > 0)),
    ("hinge", SIGNS, (SCORES > 0) == (SIGNS > 0)),
    ("mse", ZEROS_AND_ONES, (SCORES > 0.5) == (ZEROS_AND_ONES > 0)),
    ("mse", SIGNS, (SCORES > 0) == (SIGNS > 0)),
    (lambda o, t: (o - t) ** 2, ZEROS_AND_ONES, (SCORES > 0.5) == (ZEROS_AND_ONES > 0)),
    (lambda o, t: (o - t) ** 2, SIGNS, (SCORES > 0) == (SIGNS > 0)),
], ids=["logits", "hinge", "numbers 0 and 1", "numbers -1 and 1", "own 0 and 1", "own -1 and 1"])
def test_of_one_output_the_side_of_the_middle_is_the_answer(loss, y, hits, again):
    assert 0 < hits.mean() < 1
    same(measured(again(SCORES), again(y), loss, "accuracy")["accuracy"], hits.mean())


@pytest.mark.parametrize("again", [np.asarray, many])
@pytest.mark.parametrize("loss", ["cross_entropy", "multiclass_hinge"])
def test_of_several_outputs_the_largest_is_the_answer(loss, again):
    one_hot = np.eye(3)[LABELS]
    for y in LABELS, one_hot, LABELS[:, None], LABELS.astype(float):
        same(measured(again(ROWS), again(y), loss, "accuracy")["accuracy"], 3 / 5)
    same(measured(again(ROWS), again(one_hot), "mse", "accuracy")["accuracy"], 3 / 5)


def test_of_equal_outputs_the_first_is_the_answer():
    assert measured(np.zeros((2, 2)), np.array([0, 1]), "cross_entropy", "accuracy")["accuracy"] == 0.5


def test_classes_that_may_all_be_true_are_counted_one_by_one():
    scores, y = np.array([[1.0, -1.0], [-2.0, -3.0]]), np.array([[1, 1], [0, 0]])
    assert measured(scores, y, "binary_cross_entropy", "accuracy")["accuracy"] == 0.75


def test_accuracy_weighs_its_samples():
    weights = np.array([1.0, 0.0, 2.0, 3.0, 4.0])
    found = measured(ROWS, LABELS, "cross_entropy", "accuracy", sample_weight=weights)
    same(found["accuracy"], (1 + 2 + 4) / 10)


def test_accuracy_of_soft_targets_is_that_of_their_largest():
    soft = 0.8 * np.eye(3)[LABELS] + 0.2 / 3
    same(measured(ROWS, soft, "cross_entropy", "accuracy")["accuracy"], 3 / 5)


@pytest.mark.parametrize("y", [np.linspace(0, 1, 8), np.arange(8.0), np.full(8, 2.0)])
def test_accuracy_of_numbers_that_are_no_classes_is_refused(y):
    with pytest.raises(ValueError, match=r"accuracy and f1 take classes, 0 and 1 or -1 and 1, but y has"):
        measured(SCORES, y, "mse", "accuracy")


def test_validation_of_one_class_takes_the_labels_from_training():
    """Targets 1 alone could be of 0 and 1, or of -1 and 1: those for training tell."""
    w = Value(1.0)
    x = np.array([[0.3], [0.7], [-0.2]])
    for y, expected in ([0.0, 1.0, 0.0], 1 / 3), ([-1.0, 1.0, -1.0], 2 / 3):
        history = fit(
            lambda row: w * row[0], x, y, "mse", optim.SGD([w], lr=0.0), validation_data=(x, [1.0, 1.0, 1.0]),
            metrics=["accuracy"], progress=False,
        )
        same(history["val_accuracy"], [expected])


# ---- losses and functions as metrics

@pytest.mark.parametrize("again", [np.asarray, many])
@pytest.mark.parametrize("name", [name for name, spec in losses.LOSSES.items() if spec.targets == "numbers"])
def test_a_loss_by_name_is_a_metric(name, again):
    y = np.linspace(-1, 1, len(SCORES))
    expected = np.mean([losses.LOSSES[name].loss(o, t) for o, t in zip(SCORES, y, strict=True)])
    found = measured(again(SCORES), again(y), "squared_error", name)
    assert list(found) == ["loss", name]
    same(found[name], expected)


@pytest.mark.parametrize("again", [np.asarray, many])
def test_losses_of_classes_are_metrics(again):
    found = measured(again(ROWS), again(LABELS), "cross_entropy", "multiclass_hinge", "cross_entropy")
    hinge = [sum(max(0.0, 1 + s - row[y]) for j, s in enumerate(row) if j != y)
             for row, y in zip(ROWS, LABELS, strict=True)]
    same(found["multiclass_hinge"], np.mean(hinge))
    same(found["cross_entropy"], found["loss"])


@pytest.mark.parametrize("again", [np.asarray, many])
def test_functions_of_a_sample_are_metrics(again):
    def squared(outputs, target):
        return (outputs - target) ** 2

    def close(outputs, target):
        return abs(outputs - target) < 0.5

    def by_math(outputs, target):
        return math.sqrt(abs(outputs)) + target

    found = measured(again(SCORES), again(ZEROS_AND_ONES), "mse", squared, close, by_math)
    same(found["squared"], np.mean((SCORES - ZEROS_AND_ONES) ** 2))
    same(found["close"], np.mean(np.abs(SCORES - ZEROS_AND_ONES) < 0.5))
    same(found["by_math"], np.mean(np.sqrt(np.abs(SCORES)) + ZEROS_AND_ONES))


@pytest.mark.parametrize("again", [np.asarray, many])
def test_a_function_sees_all_outputs_and_targets_of_a_sample(again):
    def product(outputs, target):
        return outputs[0] * target[1] + len(outputs) + len(target)

    y = np.c_[LABELS, 2 * LABELS, 3 * LABELS].astype(float)
    same(measured(again(ROWS), again(y), "mse", product)["product"], np.mean(ROWS[:, 0] * y[:, 1] + 6))


def test_a_metric_may_answer_with_a_value():
    found = measured(SCORES, ZEROS_AND_ONES, "mse", _as_value)
    same(found["_as_value"], SCORES.mean())


def _as_value(outputs, target):
    return Value(1.0) * outputs


@pytest.mark.parametrize("loss,y", [
    ("mse", ZEROS_AND_ONES), ("binary_cross_entropy", ZEROS_AND_ONES), ("hinge", SIGNS),
])
def test_a_metric_sees_the_targets_as_they_were_given(loss, y):
    def target(outputs, target):
        return target

    same(measured(SCORES, y, loss, target)["target"], np.mean(y))


class Named:
    def __call__(self, outputs, target):
        return outputs


@pytest.mark.parametrize("metrics,names", [
    ([], []), (["accuracy"], ["accuracy"]), (["mae", _as_value], ["mae", "_as_value"]), (("mse",), ["mse"]),
    ([Named()], ["Named"]),
])
def test_metrics_have_names(metrics, names):
    assert list(named_metrics(metrics)) == names


@pytest.mark.parametrize("metrics,error,match", [
    ("accuracy", TypeError, r"\['accuracy'\]"), (_as_value, TypeError, "a list is expected"),
    (["acc"], ValueError, "'acc'.*accuracy.*mse.*hinge"), ([3], TypeError, "int 3"),
    ([Named], TypeError, r"got the class Named: write Named\("), ([lambda o: o], TypeError, r"\(outputs, target\)"),
    (["mse", "mse"], ValueError, "two are called 'mse'"), ([lambda o, t: o] * 2, ValueError, "<lambda>"),
])
def test_metrics_that_are_not_known_are_refused(metrics, error, match):
    with pytest.raises(error, match=match):
        named_metrics(metrics)


def test_a_metric_may_not_be_called_loss():
    def loss(outputs, target):
        return 0.0

    with pytest.raises(ValueError, match="'loss'"):
        named_metrics([loss])


def test_metrics_record_no_graph():
    model = nn.MLP(1, [1])
    kept = []

    def keep(outputs, target):
        kept.append(outputs)
        return 0.0

    evaluate(model, SCORES[:, None], ZEROS_AND_ONES, "mse", [keep])
    assert all(isinstance(x, float) for x in kept) and len(kept) == len(SCORES)


# ---- metrics of a trained network

def test_accuracy_of_one_class_alone():
    model = mlp()
    fit(model, X, np.sign(Y), "mse", progress=False)
    whole = evaluate(model, X, np.sign(Y), "hinge", ["accuracy"])["accuracy"]
    parts = [evaluate(model, X[chosen], np.sign(Y)[chosen], "hinge", ["accuracy"])["accuracy"] * chosen.sum()
             for chosen in (Y > 0, Y < 0)]
    assert sum(parts) == pytest.approx(whole * len(X))
    with pytest.raises(ValueError, match="the label 1 only"):
        evaluate(model, X[Y > 0], np.ones((Y > 0).sum()), "mse", ["accuracy"])


def test_a_metric_may_decide_by_its_numbers():
    model = mlp()
    near = lambda o, t: 1.0 if abs(o - t) < 0.5 else 0.0  # noqa: E731
    near.__name__ = "near"
    history = fit(model, X, Y, "mse", epochs=3, metrics=[near], progress=False)
    expected = np.mean([abs(model(x).data - t) < 0.5 for x, t in zip(X.tolist(), Y, strict=True)])
    assert history["near"][-1] == expected


def test_a_metric_may_do_what_only_floats_do():
    model = mlp()
    ratio = lambda o, t: (o - t).as_integer_ratio()[0] > 0  # noqa: E731
    ratio.__name__ = "above"
    expected = np.mean([model(x).data > t for x, t in zip(X.tolist(), Y, strict=True)])
    few = evaluate(model, X, Y, "mse", [ratio])
    many = evaluate(model, np.tile(X, (5, 1)), np.tile(Y, 5), "mse", [ratio])
    assert few["above"] == many["above"] == pytest.approx(expected)
