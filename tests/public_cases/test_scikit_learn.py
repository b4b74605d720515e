"""scikit-learn: reports about its estimators, and about how they go on with a training.

Each case is written for this package. Where numbers are compared, they are those of the fixed or documented behaviour.
"""
import numpy as np
import pytest

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
