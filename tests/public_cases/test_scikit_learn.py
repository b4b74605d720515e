"""scikit-learn: reports about its estimators, and about how they go on with a training.

Each case is written for this package. Where numbers are compared, they are those of the fixed or documented behaviour.
"""
import numpy as np
import pytest
from sklearn.metrics import r2_score

from autograd_tiny import evaluate
from autograd_tiny.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(120, 3))
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
SEVERAL = np.c_[X[:, 0] > 0, X[:, 1] > 0, X[:, 2] > 0].astype(int)


def numbers(model):
    return np.concatenate([array.ravel() for array in model.coefs_ + model.intercepts_])


def test_a_class_may_be_missing_in_the_first_part():
    """6994: partial_fit crashed at the first sample of a class that the first part did not have."""
    model = MLPClassifier(random_state=0)
    model.partial_fit([[1.0], [2.0], [3.0]], ["a", "b", "c"], classes=["a", "b", "c", "d"])
    model.partial_fit([[4.0]], ["d"])
    assert model.classes_.tolist() == ["a", "b", "c", "d"] and model.predict_proba([[1.0]]).shape == (1, 4)


def test_independent_labels_are_learnt_in_parts():
    """12505: partial_fit did not take an indicator matrix; an epoch of it is an epoch of fit."""
    parts = MLPClassifier(random_state=1, shuffle=False)
    for _ in range(3):
        parts.partial_fit(X, SEVERAL, classes=[0, 1, 2])
    whole = MLPClassifier(random_state=1, shuffle=False, max_iter=3).fit(X, SEVERAL)
    assert (numbers(parts) == numbers(whole)).all()


def test_a_part_may_have_some_of_the_classes_with_warm_start_too():
    """11758: with warm_start=True, partial_fit refused parts that lacked a class."""
    model = MLPClassifier(random_state=0, warm_start=True).partial_fit(X, Y, classes=[0, 1, 2])
    before = numbers(model)
    model.partial_fit(X[:1], Y[:1])
    assert (numbers(model) != before).any()


def test_warm_start_with_other_classes_is_refused_by_name():
    """7976: an error about shapes."""
    model = MLPClassifier(random_state=0, warm_start=True, max_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match="warm_start: y has the classes 0, 1, but had 0, 1, 2"):
        model.fit(X[Y < 2], Y[Y < 2])


def test_warm_start_trains_for_max_iter_epochs_and_goes_on():
    """18269: a second fit with warm_start ended after one epoch. 13656: many short ones are one long one."""
    arguments = {"solver": "sgd", "momentum": 0.0, "random_state": 0, "shuffle": False, "n_iter_no_change": 99}
    short, long = MLPRegressor(max_iter=5, warm_start=True, **arguments), MLPRegressor(max_iter=15, **arguments)
    for _ in range(3):
        assert short.fit(X, X[:, 0]).n_iter_ == 5
    long.fit(X, X[:, 0])
    np.testing.assert_allclose(numbers(short), numbers(long), rtol=1e-13)
    assert len(short.loss_curve_) == 15


@pytest.mark.parametrize("samples", [20, 99, 120])
def test_a_network_that_diverges_says_so_with_samples_held_out_too(samples):
    """29504, 17925: "Input contains NaN", from the score of the samples held out, with early_stopping=True only."""
    for early_stopping in False, True:
        model = MLPRegressor(solver="sgd", learning_rate_init=1e150, early_stopping=early_stopping, random_state=0)
        with pytest.raises(FloatingPointError, match=r"epoch 2.*The learning rate may be too high"):
            model.fit(X[:samples], X[:samples, 0])


@pytest.mark.parametrize("estimator", [MLPClassifier, MLPRegressor])
def test_what_early_stopping_found_is_there_or_none(estimator):
    """24411, 24683: attributes were missing, depending on early_stopping."""
    plain = estimator(max_iter=4, random_state=0).fit(X, Y)
    assert plain.best_loss_ == min(plain.loss_curve_) and plain.n_iter_ == len(plain.loss_curve_) == 4
    assert (plain.validation_scores_, plain.best_validation_score_) == (None, None)
    stopping = estimator(max_iter=4, random_state=0, early_stopping=True).fit(X, Y)
    assert stopping.best_validation_score_ == max(stopping.validation_scores_) and stopping.best_loss_ is None


def test_labels_may_be_strings_where_training_ends_early():
    """33760: isnan was asked of the predictions."""
    names = np.where(X[:, 0] > 0, "spam", "ham")
    model = MLPClassifier(max_iter=3, early_stopping=True, random_state=0).fit(X, names)
    assert {*model.predict(X)} <= {"spam", "ham"} and len(model.validation_scores_) == 3


def test_partial_fit_says_that_it_can_not_end_early():
    """25693: AttributeError after a fit with early_stopping."""
    model = MLPRegressor(max_iter=2, early_stopping=True, random_state=0).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="partial_fit trains for one epoch, which early_stopping=True can't end"):
        model.partial_fit(X, X[:, 0])


def test_each_fit_has_max_iter_epochs():
    """8713: with warm_start and max_iter=1, every later fit went on without an end."""
    model = MLPClassifier(max_iter=1, warm_start=True, random_state=0)
    assert [model.fit(X, Y).n_iter_ for _ in range(3)] == [1, 1, 1] and len(model.loss_curve_) == 3


def test_a_batch_may_be_larger_than_the_data():
    """5670: a warning about the default."""
    sizes = [MLPClassifier(batch_size=size, max_iter=2, random_state=0).fit(X, Y).loss_ for size in (120, 500, "auto")]
    assert sizes[0] == sizes[1] == sizes[2]


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_a_class_whose_samples_weigh_nothing_stays_a_class(class_weight):
    """25380, 32941: the class was lost, or the balanced weights were infinite."""
    weights = np.where(Y == 2, 0.0, 1.0)
    model = MLPClassifier(max_iter=3, class_weight=class_weight, random_state=0).fit(X, Y, sample_weight=weights)
    found = model.predict_proba(X)
    assert model.classes_.tolist() == [0, 1, 2] and found.shape == (120, 3) and np.isfinite(found).all()


def test_samples_without_weight_are_as_good_as_absent():
    """16298. The two trainings draw no random numbers: each epoch is one batch, in order."""
    arguments = {"solver": "sgd", "batch_size": 120, "shuffle": False, "max_iter": 5, "alpha": 0.0, "random_state": 0}
    whole = MLPRegressor(**arguments).fit(X, X[:, 0], sample_weight=np.r_[np.ones(80), np.zeros(40)])
    part = MLPRegressor(**arguments).fit(X[:80], X[:80, 0])
    np.testing.assert_allclose(numbers(whole), numbers(part), rtol=1e-12)


def test_probabilities_far_outside_of_the_data_sum_to_1():
    """Saturated outputs: e^z overflows from 710 on, and log of a probability of 0 would be -inf."""
    model = MLPClassifier(max_iter=2, random_state=0).fit(X, Y)
    assert np.allclose(model.predict_proba(1e6 * X).sum(axis=1), 1.0)
    assert np.isfinite(model.predict_log_proba(1e6 * X)).all()


def test_a_constant_target_and_a_single_sample():
    """16857, 17266: R² of a constant target is 1 if it is met, else 0. 11435: of a single sample it is nan."""
    def r2(outputs, targets):
        return evaluate(lambda x: x[0] * 1.0, np.reshape(outputs, (-1, 1)), targets, "mse", metrics=["r2"])["r2"]

    assert r2([-1.0] * 4, [-1.0] * 4) == 1.0
    assert r2([-1.0, -1.0, -1.0, -1.0 + 2.0**-52], [-1.0] * 4) == 0.0
    assert np.isnan(r2([1.0], [1.0]))
    # torchmetrics 1573: 82685 for a target that is nearly constant; R² is never above 1
    nearly, outputs = [-5.1608, -5.1609, -5.1608, -5.1608], [-3.9865, -5.4648, -5.0238, -4.3899]
    assert r2(outputs, nearly) == pytest.approx(r2_score(nearly, outputs), rel=1e-9)


def test_f1_without_a_true_positive_is_0():
    """26864, 26965: it was 1 with zero_division=1. Without any positive it is 0, the default."""
    def f1(outputs, targets):
        return evaluate(
            lambda x: x[0] * 1.0, np.reshape(outputs, (-1, 1)), targets, "binary_cross_entropy", metrics=["f1"],
        )["f1"]

    assert [f1([1, -1], [0, 1]), f1([-1, 1], [0, 1]), f1([-1, -1], [0, 1]), f1([-1, -1], [0, 0])] == [0, 1, 0, 0]


def test_training_goes_on_over_a_plateau():
    """9456: it ended after two epochs without an improvement, whatever was wanted."""
    assert MLPRegressor(max_iter=40, tol=0.0, n_iter_no_change=100, random_state=0).fit(X, X[:, 0]).n_iter_ == 40


def test_a_seed_is_enough_for_the_same_numbers():
    """15266: other users of the global generator changed them."""
    first = MLPClassifier(max_iter=3, random_state=0).fit(X, Y)
    np.random.random(7)
    assert (numbers(first) == numbers(MLPClassifier(max_iter=3, random_state=0).fit(X, Y))).all()


def test_predictions_have_the_shape_of_the_targets():
    """3939: (n, 1) for (n,). As in scikit-learn, one column of targets gives (n,) too."""
    shapes = [MLPRegressor(max_iter=2).fit(X, y).predict(X).shape for y in (X[:, 0], X[:, :1], X)]
    assert shapes == [(120,), (120,), (120, 3)]


def test_the_rate_falls_only_on_plateaus():
    """15596: by one low loss early on, it fell for ever. Training ends at the smallest rate."""
    arguments = {"solver": "sgd", "learning_rate": "adaptive", "max_iter": 400, "tol": 1e-3, "n_iter_no_change": 2}
    model = MLPRegressor(random_state=0, **arguments).fit(X, X[:, 0])
    assert model.n_iter_ < 400 and model.loss_curve_[-1] == pytest.approx(min(model.loss_curve_), rel=1e-2)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_names_of_columns_cause_no_warning_in_training(early_stopping, recwarn):
    """24873: the score on the samples held out warned of data without names."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=["a", "b", "c"])
    model = MLPClassifier(max_iter=3, early_stopping=early_stopping, random_state=0).fit(table, Y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert not [warning for warning in recwarn if "feature names" in str(warning.message)]
