"""Losses against PyTorch's, eagerly and on tapes. references/networks/losses.py made the numbers."""
import json
import math
import re
from collections import defaultdict
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sklearn.metrics

from autograd_tiny import Value, gradients, nn, record
from autograd_tiny.engine import functions
from autograd_tiny.nn import losses

REFERENCES = json.loads(Path(__file__).parents[1].joinpath("references/networks/losses.json").read_text("utf-8"))
OF_DIFFERENCES = [
    "mean_squared_error", "squared_error", "half_squared_error", "mean_absolute_error", "absolute_error", "huber",
]
OF_CLASSES = ["cross_entropy", "multiclass_hinge"]
LOSSES = [*OF_DIFFERENCES, "binary_cross_entropy", "hinge", *OF_CLASSES]
WRONG = (TypeError, ValueError)

every_loss = pytest.mark.parametrize("name", LOSSES)


def as_list(x):
    return x if isinstance(x, list) else [x]


def values(numbers):
    """Values in the places of numbers."""
    return [Value(x) for x in numbers] if isinstance(numbers, list) else Value(numbers)


def number(x):
    return x.data if type(x) is Value else x


def one_hot(label, n):
    return [float(k == label) for k in range(n)]


def as_numbers(target, outputs):
    """The target as numbers that an input of a tape can hold."""
    return one_hot(target, len(outputs)) if type(target) is int else target


def close(name, found, expected):
    """Differences are exact, and their sums relatively precise; logarithms and hinges round beside a 1."""
    atol = 0.0 if name in OF_DIFFERENCES else 1e-12
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=atol)


def value_and_gradient(name, outputs, target):
    outputs = values(outputs)
    loss = getattr(losses, name)(outputs, target)
    assert type(loss) is Value
    return loss.data, [*gradients(loss, as_list(outputs))]


def batches(name):
    """The cases by the shape of a sample, each with a batch for a tape: outputs, then target."""
    found = defaultdict(list)
    for case in REFERENCES[name]:
        outputs, target = case["outputs"], as_numbers(case["target"], case["outputs"])
        found[np.shape(outputs)].append((outputs, target, case))
    for cases in found.values():
        samples = np.array([[*as_list(outputs), *as_list(target)] for outputs, target, _ in cases])
        expected = [np.array([case[of] for *_, case in cases]) for of in ("value", "gradient")]
        yield cases[0][:2], samples, expected[0], expected[1].reshape(len(samples), -1)


# ---- against PyTorch

@every_loss
def test_values_and_gradients_are_those_of_torch(name):
    for case in REFERENCES[name]:
        value, gradient = value_and_gradient(name, case["outputs"], case["target"])
        close(name, value, case["value"])
        close(name, gradient, as_list(case["gradient"]))


@every_loss
def test_backward_fills_the_gradients(name):
    case = REFERENCES[name][0]
    outputs = values(case["outputs"])
    getattr(losses, name)(outputs, case["target"]).backward()
    close(name, [o.grad for o in as_list(outputs)], as_list(case["gradient"]))


@every_loss
def test_targets_may_be_values(name):
    for case in REFERENCES[name]:
        target = values(as_numbers(case["target"], case["outputs"]))
        value, gradient = value_and_gradient(name, case["outputs"], target)
        close(name, value, case["value"])
        close(name, gradient, as_list(case["gradient"]))


@every_loss
def test_plain_numbers_are_enough(name):
    for case in REFERENCES[name]:
        loss = getattr(losses, name)(case["outputs"], case["target"])
        close(name, number(loss), case["value"])


@pytest.mark.parametrize("form", [tuple, np.array])
@pytest.mark.parametrize("name", [name for name in LOSSES if name != "hinge"])
def test_tuples_and_arrays_are_samples_too(name, form):
    case = next(each for each in REFERENCES[name] if len(as_list(each["outputs"])) > 2)
    target = as_numbers(case["target"], case["outputs"])
    for outputs in (case["outputs"], values(case["outputs"])):
        close(name, number(getattr(losses, name)(form(outputs), form(target))), case["value"])


@pytest.mark.parametrize("integer", [np.int64, np.uint8])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_a_label_may_come_from_an_array(name, integer):
    case = next(each for each in REFERENCES[name] if type(each["target"]) is int)
    assert getattr(losses, name)(values(case["outputs"]), integer(case["target"])).data == pytest.approx(
        case["value"], rel=1e-12
    )


@pytest.mark.parametrize("kind", [int, float, np.int64, np.float64])
def test_the_sign_of_a_hinge_may_be_any_kind_of_number(kind):
    assert losses.hinge(Value(0.25), kind(-1)).data == 1.25


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_that_of_torch(name):
    for case in REFERENCES[name]:
        xs = values(case["outputs"])
        found = getattr(functions, name)(xs)
        np.testing.assert_allclose([y.data for y in found], case["value"], rtol=1e-12, atol=1e-300)
        jacobian = [gradients(y, xs) for y in found]
        np.testing.assert_allclose(jacobian, case["gradient"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_on_a_tape_is_that_of_torch(name):
    cases = defaultdict(list)
    for case in REFERENCES[name]:
        cases[len(case["outputs"])].append(case)
    for n, same_length in cases.items():
        tape = record(getattr(functions, name), [0.5 - 0.25 * k for k in range(n)])
        samples = np.array([case["outputs"] for case in same_length])
        expected = [np.array([case[of] for case in same_length]) for of in ("value", "gradient")]
        np.testing.assert_allclose(tape(samples), expected[0], rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(tape.jacobian(samples), expected[1], rtol=1e-12, atol=1e-12)


# ---- on a tape

@every_loss
def test_a_recorded_loss_is_right_at_every_other_sample(name):
    for example, samples, value, gradient in batches(name):
        tape = record(getattr(losses, name), *example)
        found, by_inputs = tape.values_and_input_gradients(samples)
        close(name, found, value)
        close(name, by_inputs[:, : gradient.shape[1]], gradient)


@every_loss
def test_a_loss_of_parameters_is_recorded_with_the_target_as_inputs(name):
    for (outputs, target), samples, value, gradient in batches(name):
        outputs, target = values(outputs), values(target)
        tape = record(getattr(losses, name)(outputs, target), as_list(target))
        n = len(as_list(outputs))
        assert {*tape.parameters} == {*as_list(outputs)} and len(tape.inputs) == samples.shape[1] - n
        for row, expected, by_outputs in zip(samples, value, gradient, strict=True):
            for output, number in zip(as_list(outputs), row[:n], strict=True):
                output.data, output.grad = float(number), 0.0
            close(name, tape.backward(row[None, n:]), expected)
            close(name, [output.grad for output in as_list(outputs)], by_outputs)


# ---- conventions

@pytest.mark.parametrize("name", OF_CLASSES)
def test_a_label_is_a_one_hot_target(name):
    for case in REFERENCES[name]:
        outputs, label = case["outputs"], case["target"]
        if type(label) is int:
            by_label = value_and_gradient(name, outputs, label)
            by_one_hot = value_and_gradient(name, outputs, one_hot(label, len(outputs)))
            close(name, by_one_hot[0], by_label[0])
            close(name, by_one_hot[1], by_label[1])


def test_losses_of_differences_are_multiples_of_each_other():
    outputs, target = [0.5, -1.0, 2.0, 4.0], [1.0, 1.0, -1.0, 4.0]
    squares, distances = 0.25 + 4.0 + 9.0, 0.5 + 2.0 + 3.0
    expected = {
        "squared_error": squares, "mean_squared_error": squares / 4, "half_squared_error": squares / 2,
        "absolute_error": distances, "mean_absolute_error": distances / 4,
    }
    for name, number in expected.items():
        assert getattr(losses, name)(values(outputs), target).data == number


@pytest.mark.parametrize(("name", "delta"), [("huber_half", 0.5), ("huber_five", 5.0)])
def test_the_delta_of_a_huber_loss_is_that_of_torch(name, delta):
    for case in REFERENCES[name]:
        outputs = values(case["outputs"])
        loss = losses.huber(outputs, case["target"], delta)
        close("huber", loss.data, case["value"])
        close("huber", gradients(loss, as_list(outputs)), as_list(case["gradient"]))


@pytest.mark.parametrize("error", [0.5, -0.5, 0.0, -0.0])
def test_where_its_parts_meet_a_huber_loss_has_one_derivative(error):
    assert value_and_gradient("huber", error, 0.0) == (error**2 / 2, [error])
    o = Value(error)
    loss = losses.huber(o, 0.0, delta=0.5)
    assert (loss.data, *gradients(loss, [o])) == (error**2 / 2, error)


def test_a_huber_loss_of_a_large_error_does_not_overflow():
    assert value_and_gradient("huber", 1e300, -1e300) == (2e300, [1.0])
    assert value_and_gradient("huber", -math.inf, 0.0) == (math.inf, [-1.0])


@pytest.mark.parametrize(("delta", "error"), [(0.0, ValueError), (-1.0, ValueError), (math.nan, ValueError),
                                              (math.inf, ValueError), ("1", TypeError), (None, TypeError)])
def test_the_delta_of_a_huber_loss_is_a_number_above_0(delta, error):
    with pytest.raises(error, match="delta: a "):
        losses.huber(Value(1.0), 0.0, delta)


def test_a_percentage_error_is_that_of_scikit_learn():
    rng = np.random.default_rng(3)
    for size in (1, 2, 5):
        outputs, targets = rng.normal(size=(2, size))
        outputs[0], targets[-1] = targets[0], outputs[-1] * 1e-20
        expected = sklearn.metrics.mean_absolute_percentage_error(targets, outputs)
        value, gradient = value_and_gradient("mean_absolute_percentage_error", outputs.tolist(), targets.tolist())
        assert value == pytest.approx(expected, rel=1e-14)
        scale = np.maximum(np.abs(targets), np.finfo(float).eps) * size
        np.testing.assert_allclose(gradient, np.sign(outputs - targets) / scale, rtol=1e-14)
    assert value_and_gradient("mean_absolute_percentage_error", 0.0, 0.0) == (0.0, [0.0])


def test_a_percentage_error_of_a_target_0_is_finite_on_a_tape_too():
    tape = record(losses.mean_absolute_percentage_error, [0.5, 1.0], [1.0, 2.0])
    samples = [[0.5, 1.0, 0.0, 2.0], [3.0, -1.0, -0.0, 4.0], [0.0, 0.0, 0.0, 0.0]]
    expected = [value_and_gradient("mean_absolute_percentage_error", row[:2], row[2:])[0] for row in samples]
    np.testing.assert_allclose(tape(samples), expected, rtol=1e-15)
    assert tape(samples)[2] == 0.0 and np.isfinite(tape(samples)).all()


@pytest.mark.parametrize("form", [float, Value])
@pytest.mark.parametrize("t", [0.0, 1e-9, 0.1, 0.5, 0.9, 1.0])
@mpmath.workdps(50)
def test_a_binary_cross_entropy_keeps_its_digits_however_certain_the_logit(t, form):
    """softplus(z) - t·z loses those of a small loss, and sigmoid(z) - t those of its derivative."""
    for z in [sign * size for size in (0.0, 1e-300, 1e-5, 1.0, 4.0, 20.0, 37.0, 700.0, 1e15) for sign in (1.0, -1.0)]:
        no, yes = (1 / (1 + mpmath.exp(sign * mpmath.mpf(z))) for sign in (1, -1))
        of_no, of_yes = (mpmath.log1p(mpmath.exp(sign * mpmath.mpf(z))) for sign in (1, -1))
        above, below = (1 - mpmath.mpf(t)) * yes, t * no
        x, target = Value(z), form(t)
        loss = losses.binary_cross_entropy(x, target)
        slope = gradients(loss, x, create_graph=True)
        assert loss.data == pytest.approx(float(t * of_yes + (1 - mpmath.mpf(t)) * of_no), rel=4e-16, abs=0.0)
        assert slope.data == pytest.approx(float(above - below), rel=0.0, abs=4e-16 * float(above + below))
        assert gradients(slope, x) == pytest.approx(float(yes * no), rel=1e-15, abs=0.0)
        assert form is float or gradients(loss, target) == -z


def test_a_tape_of_binary_cross_entropy_has_the_same_digits():
    tape = record(lambda row: losses.binary_cross_entropy(row[0], row[1]), [0.3, 0.2])
    rows = [[z, t] for z in (-40.0, -1.0, 0.0, 20.0, 37.0) for t in (0.0, 0.3, 1.0)]
    expected = [losses.binary_cross_entropy(Value(z), t).data for z, t in rows]
    np.testing.assert_allclose(tape(rows), expected, rtol=4e-16)


@pytest.mark.parametrize("target", [1.0, -1.0])
def test_at_its_kink_a_hinge_has_a_subgradient(target):
    value, (gradient,) = value_and_gradient("hinge", target, target)
    assert value == 0.0 and min(0.0, -target) <= gradient <= max(0.0, -target)
    tape = record(losses.hinge, 0.5, 1.0)
    assert tape([[target, target]]).tolist() == [0.0]
    assert tape.input_gradients([[target, target]])[0, 0] == gradient


def test_at_its_kinks_a_multiclass_hinge_has_a_subgradient():
    scores = [2.0, 1.0, 1.0]
    value, gradient = value_and_gradient("multiclass_hinge", scores, 0)
    assert value == 0.0 and -2.0 <= gradient[0] <= 0.0
    assert all(0.0 <= g <= 1.0 for g in gradient[1:]) and sum(gradient) == 0.0
    tape = record(losses.multiclass_hinge, [0.5, 0.0, 3.0], [0.0, 1.0, 0.0])
    assert tape.input_gradients([[*scores, 1.0, 0.0, 0.0]])[0, :3].tolist() == gradient


# ---- penalties

def test_l1_and_l2():
    numbers = [0.5, -2.0, 0.0, 3.0]
    for penalty, value, derivatives in [
        (losses.l1, 5.5, [1.0, -1.0, 0.0, 1.0]), (losses.l2, 13.25, [1.0, -4.0, 0.0, 6.0]),
    ]:
        parameters = values(numbers)
        found = penalty(parameters)
        assert found.data == value
        assert [*gradients(found, parameters)] == derivatives


@pytest.mark.parametrize("penalty, of_parameters", [("L1", "l1"), ("L2", "l2")])
def test_penalties_of_a_model_are_as_strong_as_asked(penalty, of_parameters):
    model = nn.MLP(2, [3, 1])
    found = getattr(losses, penalty)(0.25)(model)
    expected = getattr(losses, of_parameters)(model.parameters()).data
    assert type(found) is Value and found.data == pytest.approx(0.25 * expected, rel=1e-14)
    assert expected > 0.0


# ---- bad input

BAD = {     # name: loss, outputs, target, a pattern of the message
    "a target too few": ("squared_error", [1.0, 2.0], [1.0], "2.*1|1.*2"),
    "a target too many": ("mean_squared_error", [1.0, 2.0], [1.0, 2.0, 3.0], "2.*3|3.*2"),
    "other lengths, half": ("half_squared_error", [1.0, 2.0], [1.0, 2.0, 3.0], "2.*3|3.*2"),
    "other lengths, absolute": ("absolute_error", [1.0, 2.0, 4.0], [1.0, 2.0], "2.*3|3.*2"),
    "other lengths, mean absolute": ("mean_absolute_error", [1.0, 2.0, 4.0], [1.0, 2.0], "2.*3|3.*2"),
    "other lengths, binary": ("binary_cross_entropy", [1.0, 2.0], [1.0], "2.*1|1.*2"),
    "other lengths, probabilities": ("cross_entropy", [1.0, 2.0, 3.0], [0.5, 0.5], "2.*3|3.*2"),
    "other lengths, one-hot": ("multiclass_hinge", [1.0, 2.0, 3.0], [0.0, 1.0], "2.*3|3.*2"),
    "one number for two outputs": ("mean_squared_error", [1.0, 2.0], 1.0, ""),
    "two numbers for one output": ("mean_squared_error", 1.0, [1.0, 2.0], ""),
    "no outputs": ("mean_squared_error", [], [], ""),
    "no outputs, mean absolute": ("mean_absolute_error", [], [], ""),
    "no outputs, binary": ("binary_cross_entropy", [], [], ""),
    "no classes": ("cross_entropy", [], 0, ""),
    "no classes, hinge": ("multiclass_hinge", [], 0, ""),
    "a label that is too large": ("cross_entropy", [1.0, 2.0, 3.0], 3, "3"),
    "a label that is negative": ("cross_entropy", [1.0, 2.0, 3.0], -1, "-1"),
    "a label between two": ("cross_entropy", [1.0, 2.0, 3.0], 1.5, r"1\.5"),
    "a label in words": ("cross_entropy", [1.0, 2.0, 3.0], "cat", "cat|str"),
    "a label too large for a hinge": ("multiclass_hinge", [1.0, 2.0, 3.0], 3, "3"),
    "a negative label of a hinge": ("multiclass_hinge", [1.0, 2.0, 3.0], -1, "-1"),
    "a label of a hinge between two": ("multiclass_hinge", [1.0, 2.0, 3.0], 0.5, r"0\.5"),
    "probabilities that sum to 1.2": ("cross_entropy", [1.0, 2.0], [0.6, 0.6], r"1\.2|0\.6"),
    "a negative probability": ("cross_entropy", [1.0, 2.0], [1.5, -0.5], r"1\.5|-0\.5"),
    "a probability nan": ("cross_entropy", [1.0, 2.0], [math.nan, 1.0], "nan"),
    "two classes are right": ("multiclass_hinge", [1.0, 2.0, 3.0], [1.0, 1.0, 0.0], ""),
    "half a class is right": ("multiclass_hinge", [1.0, 2.0], [0.5, 0.5], r"0\.5"),
    "more than certain": ("binary_cross_entropy", [1.0, 2.0], [0.5, 1.5], r"1\.5"),
    "less than impossible": ("binary_cross_entropy", 1.0, -0.1, r"-0\.1"),
    "a sign for a probability": ("binary_cross_entropy", 1.0, -1, "-1"),
    "nan for a probability": ("binary_cross_entropy", 1.0, math.nan, "nan"),
    "a class for a sign": ("hinge", 1.0, 0, "0"),
    "half a sign": ("hinge", 1.0, 0.5, r"0\.5"),
    "nan for a sign": ("hinge", 1.0, math.nan, "nan"),
    "a hinge of two outputs": ("hinge", [1.0, 2.0], 1.0, ""),
    "a string for outputs": ("mean_squared_error", "ab", [1.0, 2.0], "ab|str"),
    "a string for a target": ("mean_squared_error", [1.0, 2.0], "ab", "ab|str"),
    "None for outputs": ("squared_error", None, 1.0, "None"),
    "None for a target": ("squared_error", 1.0, None, "None"),
    "None for a sign": ("hinge", 1.0, None, "None"),
    "None for a label": ("cross_entropy", [1.0, 2.0], None, "None"),
}


@pytest.mark.parametrize("name, outputs, target, named", BAD.values(), ids=BAD)
def test_bad_input_is_refused_by_name(name, outputs, target, named):
    with pytest.raises(WRONG) as caught:
        getattr(losses, name)(outputs, target)
    assert str(caught.value) and re.search(named, str(caught.value))
    if type(outputs) is not str and outputs is not None:
        with pytest.raises(WRONG):
            getattr(losses, name)(values(outputs), target)


# ---- by name

@every_loss
def test_a_loss_has_its_own_name(name):
    assert losses.loss_spec(name).loss is getattr(losses, name)


def test_short_names():
    assert losses.loss_spec("mse").loss is losses.mean_squared_error
    assert losses.loss_spec("mae").loss is losses.mean_absolute_error
    assert losses.loss_spec("mape").loss is losses.mean_absolute_percentage_error


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="cross_entrpy") as caught:
        losses.loss_spec("cross_entrpy")
    for name in [*LOSSES, "mse", "mae"]:
        assert name in str(caught.value)


def test_a_penalty_is_displayed_as_it_was_written():
    assert repr(nn.L1(0.5)) == "L1(0.5)" and repr(nn.L2(1e-4)) == "L2(0.0001)"


# ---- labels that are inputs of a tape

@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.multiclass_hinge])
def test_a_label_may_be_an_input_of_a_tape(loss):
    tape = record(lambda z, y: loss(z, y), [0.3, -1.2, 2.0], 1)
    for label in range(3):
        scores = [Value(x) for x in (0.5, 0.25, -0.75)]
        expected = loss(scores, label)
        row = [0.5, 0.25, -0.75, label]
        assert math.isclose(tape(row)[0], expected.data, rel_tol=1e-15)
        found = tape.input_gradients(row)[0]
        assert np.allclose(found[:3], gradients(expected, scores), rtol=1e-14, atol=1e-16) and found[3] == 0.0
    with pytest.raises(IndexError, match="sample 0: index 3 is out of range"):
        tape([0.0, 0.0, 0.0, 3.0])
    with pytest.raises(IndexError, match="an index is an integer"):
        loss([Value(1.0), Value(2.0)], Value(0.5))


def test_a_logit_of_minus_infinity_costs_nothing_where_the_label_is_another():
    tape = record(lambda z, y: losses.cross_entropy(z, y), [0.3, -1.2], 1)
    assert tape([0.0, -math.inf, 0.0])[0] == 0.0


def test_a_class_without_weight_may_have_an_infinite_score():
    """As for labels: 0 · inf counts as 0, whether the weights are numbers, Values, or inputs of a tape."""
    for name, scores, wanted in (
        ("cross_entropy", [1.0, 2.0, -math.inf], math.log1p(math.exp(-1.0))),
        ("multiclass_hinge", [0.0, 2.0, -math.inf], 0.0), ("multiclass_hinge", [2.5, 2.0, -math.inf], 1.5),
    ):
        loss = nn.losses.LOSSES[name].loss
        by_label = value_and_gradient(name, scores, 1)
        assert by_label[0] == pytest.approx(wanted, rel=1e-15) and all(map(math.isfinite, by_label[1]))
        for target in [0.0, 1.0, 0.0], [Value(0.0), Value(1.0), Value(0.0)], np.array([0, 1, 0]):
            assert value_and_gradient(name, scores, target) == by_label
        tape = record(lambda z, t, loss=loss: loss(z, t), [1.0, 3.0, 2.0], [0.0, 1.0, 0.0])
        row = [*scores, 0.0, 1.0, 0.0]
        assert tape([row])[0] == pytest.approx(by_label[0], rel=1e-15)
        assert tape.input_gradients([row])[0][:3] == pytest.approx(by_label[1], rel=1e-15)
        if name == "cross_entropy":                                             # the class wanted has no chance
            assert tape([[*scores, 0.0, 0.0, 1.0]])[0] == math.inf == value_and_gradient(name, scores, 2)[0]
    weights = [Value(0.0), Value(1.0), Value(0.0)]
    losses.cross_entropy([1.0, 2.0, 3.0], weights).backward()
    assert [w.grad for w in weights] == [-1.0, -2.0, -3.0]                      # by hand, also where the weight is 0


@pytest.mark.parametrize("name", ["cross_entropy", "multiclass_hinge"])
@pytest.mark.parametrize("label", [-1.0, -3.0, 3.0, 0.5, math.nan, -math.inf])
def test_a_label_that_is_a_value_or_an_input_of_a_tape_does_not_count_from_the_end(name, label):
    loss = getattr(nn.losses, name)
    with pytest.raises(IndexError):
        loss([0.1, 0.2, 0.3], Value(label))
    tape = record(lambda x, y: loss([x, 0.2, 0.3], y), 0.1, 2)
    assert tape([[0.1, 2.0]])[0] == pytest.approx(loss([Value(0.1), 0.2, 0.3], 2).data, rel=1e-15)
    for method in (tape, tape.input_gradients, tape.gradient()):
        with pytest.raises(IndexError, match=r"^sample 1: "):
            method([[0.1, 2.0], [0.1, label]])
