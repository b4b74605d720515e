"""The estimators: scikit-learn's own checks of them, its networks as reference, and its tools around them."""
import math
import pickle
import random
import subprocess
import sys
import warnings

import numpy as np
import pytest
import sklearn.neural_network as reference
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from autograd_tiny import nn, optim
from autograd_tiny.sklearn import MLPClassifier, MLPRegressor
from autograd_tiny.training import fit as train

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS, SPECIES = load_iris(return_X_y=True)
IRIS = StandardScaler().fit_transform(IRIS)
NAMES = load_iris().target_names[SPECIES]
TWO = SPECIES[:100]
LENGTHS, WIDTHS = IRIS[:, :2], IRIS[:, 2:]


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


# ---- beside scikit-learn's networks: all samples are one batch, so that the order does not matter

def assert_same_training(ours, theirs, x, y, atol=1e-12):
    ours.fit(x, y)
    theirs.fit(x, y)
    assert ours.n_iter_ == theirs.n_iter_ and ours.out_activation_ == theirs.out_activation_
    pairs = zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True)
    for mine, other in pairs:
        np.testing.assert_allclose(mine, other, rtol=0, atol=atol)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=0, atol=10 * atol)


def both(kind, **arguments):
    arguments = {
        "hidden_layer_sizes": (6,), "solver": "sgd", "learning_rate_init": 0.05, "max_iter": 40,
        "random_state": 3, **arguments,
    }
    ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[kind]
    return ours(**arguments), getattr(reference, kind)(**arguments)


@pytest.mark.parametrize("arguments", [
    {}, {"activation": "logistic"}, {"activation": "tanh", "alpha": 0.0}, {"activation": "identity"},
    {"alpha": 5.0}, {"hidden_layer_sizes": (5, 4)}, {"hidden_layer_sizes": 7}, {"hidden_layer_sizes": ()},
    {"max_iter": 1}, {"n_iter_no_change": 2, "tol": 0.01},
], ids=str)
@pytest.mark.parametrize("labels", [SPECIES, TWO], ids=["three classes", "two classes"])
def test_a_classifier_trains_as_scikit_learns_does(labels, arguments):
    ours, theirs = both("MLPClassifier", **arguments)
    assert_same_training(ours, theirs, IRIS[: len(labels)], labels)
    mine, other = ours.predict_proba(IRIS), theirs.predict_proba(IRIS)
    np.testing.assert_allclose(mine, other, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-12)
    assert ours.loss_ == ours.loss_curve_[-1]


def test_a_classifier_without_momentum_trains_as_scikit_learns_does():
    assert_same_training(*both("MLPClassifier", momentum=0.0), IRIS, SPECIES)


@pytest.mark.parametrize("y", [LENGTHS[:, 0], LENGTHS], ids=["one output", "two outputs"])
def test_a_regressor_trains_as_scikit_learns_does(y):
    assert_same_training(*both("MLPRegressor", alpha=1.0), WIDTHS, y)


def test_adam_differs_by_no_more_than_where_eps_is_added():
    ours, theirs = both("MLPClassifier", solver="adam")
    assert_same_training(ours, theirs, IRIS, SPECIES, atol=1e-4)


def test_a_loss_that_creeps_down_by_less_than_tol_ends_training():
    ours, theirs = both("MLPClassifier", learning_rate_init=0.001, max_iter=200, tol=0.01)
    assert_same_training(ours, theirs, IRIS, SPECIES)
    assert ours.n_iter_ < 200 and ours.loss_curve_[0] - ours.loss_ > 0.01


def test_a_loss_that_swings_is_compared_to_the_best_so_far():
    ours, theirs = both("MLPRegressor", learning_rate_init=0.5, max_iter=200, n_iter_no_change=4)
    assert_same_training(ours, theirs, WIDTHS, LENGTHS[:, 0])
    swings = np.diff(ours.loss_curve_[-6:])
    assert ours.n_iter_ < 200 and swings.min() < -ours.tol and swings.max() > 0.0


def test_early_stopping_brings_back_the_network_that_was_best_on_held_out_samples():
    ours, theirs = both("MLPClassifier", early_stopping=True, max_iter=200, n_iter_no_change=5)
    assert_same_training(ours, theirs, IRIS[:100], TWO)
    assert ours.n_iter_ < 200
    assert ours.history_["val_accuracy"] == theirs.validation_scores_
    assert ours.history_.best_epoch == 1 + np.argmax(theirs.validation_scores_)


def test_early_stopping_of_a_regressor_looks_at_the_held_out_loss():
    model = MLPRegressor(
        (8,), early_stopping=True, learning_rate_init=0.05, max_iter=300, n_iter_no_change=4, random_state=0,
    ).fit(WIDTHS, LENGTHS[:, 0])
    losses = model.history_["val_loss"]
    assert model.n_iter_ < 300 and model.history_.best_epoch < model.n_iter_
    assert model.n_iter_ - model.history_.best_epoch == 5
    assert losses[model.history_.best_epoch - 1] <= min(losses) + model.tol


@pytest.mark.parametrize("load", [load_iris, load_digits])
def test_accuracy_is_that_of_scikit_learns_networks(load):
    x, y = load(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    x, x_test, y, y_test = train_test_split(x, y, random_state=0, stratify=y)
    arguments = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.05, "max_iter": 30, "random_state": 1}
    ours = MLPClassifier(**arguments).fit(x, y).score(x_test, y_test)
    theirs = reference.MLPClassifier(**arguments).fit(x, y).score(x_test, y_test)
    assert ours > 0.9 and abs(ours - theirs) < 0.03


# ---- promises of the estimators

def numbers(model):
    return np.concatenate([array.ravel() for array in model.coefs_ + model.intercepts_])


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_the_same_random_state_gives_the_same_numbers(kind):
    settings = {"batch_size": 20, "max_iter": 4, "early_stopping": True}
    one, again, other = (numbers(kind(random_state=s, **settings).fit(IRIS, SPECIES)) for s in (5, 5, 6))
    assert (one == again).all() and (one != other).any()
    state = np.random.RandomState(5)
    first, second = (numbers(kind(random_state=state, **settings).fit(IRIS, SPECIES)) for _ in range(2))
    assert (first == one).all() and (second != one).any()


def test_the_order_of_the_samples_comes_from_the_random_state(monkeypatch):
    seeds, fit = [], train.fit
    monkeypatch.setattr(train, "fit", lambda *a, seed, **b: seeds.append(seed) or fit(*a, seed=seed, **b))
    for random_state in 1, 1, 2, None, None:
        MLPClassifier(random_state=random_state, max_iter=1).fit(IRIS, SPECIES)
    assert seeds[0] == seeds[1] and len({*seeds}) == 4


def test_a_random_state_leaves_the_other_generators_alone():
    before = random.getstate(), np.random.get_state()[1].tolist()
    MLPClassifier(random_state=0, max_iter=1, early_stopping=True).fit(IRIS, SPECIES)
    assert before == (random.getstate(), np.random.get_state()[1].tolist())


def test_shuffle_decides_whether_the_order_changes():
    def trained(shuffle):
        model = MLPClassifier(random_state=0, batch_size=20, max_iter=3, shuffle=shuffle)
        return numbers(model.fit(IRIS, SPECIES))

    theirs = reference.MLPClassifier(
        (16,), random_state=0, batch_size=30, max_iter=3, shuffle=False, solver="sgd"
    ).fit(IRIS, SPECIES)
    ours = MLPClassifier(random_state=0, batch_size=30, max_iter=3, shuffle=False, solver="sgd")
    np.testing.assert_allclose(numbers(ours.fit(IRIS, SPECIES)), numbers(theirs), rtol=0, atol=1e-12)
    assert (trained(True) != trained(False)).any()


def test_labels_may_be_strings():
    by_name = MLPClassifier(random_state=0, max_iter=60, learning_rate_init=0.05).fit(IRIS, NAMES)
    by_number = clone(by_name).fit(IRIS, SPECIES)
    assert by_name.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert (by_name.predict(IRIS) == by_name.classes_[by_number.predict(IRIS)]).all()
    assert by_name.score(IRIS, NAMES) > 0.9
    assert set(MLPClassifier(max_iter=2).fit(IRIS[:100], NAMES[:100]).predict(IRIS)) <= set(NAMES[:100])


def test_the_probabilities_are_finite_far_from_the_samples():
    model = MLPClassifier(random_state=0, max_iter=20).fit(IRIS[:100], TWO)
    probabilities = model.predict_proba(1e6 * np.vstack([np.eye(4), -np.eye(4)]))
    np.testing.assert_array_equal(np.sort(probabilities, axis=1), [[0.0, 1.0]] * 8)
    assert set(probabilities[:, 1]) == {0.0, 1.0}


def test_the_network_is_there_with_its_history():
    model = MLPClassifier((5,), max_iter=3, random_state=0).fit(IRIS, SPECIES)
    assert isinstance(model.model_, nn.MLP) and len(model.history_) == model.n_iter_ == 3
    np.testing.assert_array_equal(model.coefs_[0], model.model_.state_dict()["layer1.w"].T)
    np.testing.assert_array_equal(model.intercepts_[1], model.model_.state_dict()["layer2.b"])
    assert model.n_features_in_ == 4 and model.out_activation_ == "softmax"


@pytest.mark.parametrize(("solver", "kind"), [("adagrad", optim.Adagrad), ("rmsprop", optim.RMSprop)])
def test_the_solver_is_one_of_optim(solver, kind, monkeypatch):
    rates = set()
    update = kind.update
    monkeypatch.setattr(kind, "update", lambda self, *given: rates.add(self.lr) or update(self, *given))
    model = MLPClassifier(solver=solver, learning_rate_init=0.03, max_iter=30, random_state=0)
    model.fit(IRIS, SPECIES)
    assert rates == {0.03} and model.loss_ < model.loss_curve_[0]


def test_a_column_of_targets_is_one_output():
    model = MLPRegressor(max_iter=5, random_state=0)
    column, flat = (clone(model).fit(WIDTHS, y).predict(WIDTHS) for y in (LENGTHS[:, :1], LENGTHS[:, 0]))
    assert column.shape == (150,) and (column == flat).all()


def test_pipelines_searches_and_cross_validation_take_them():
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((8,), random_state=0, max_iter=40))
    grid = {"mlpclassifier__learning_rate_init": [0.0001, 0.05]}
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(load_iris().data, NAMES)
    assert search.best_params_ == {"mlpclassifier__learning_rate_init": 0.05}
    assert search.score(load_iris().data, NAMES) > 0.9
    assert cross_val_score(search.best_estimator_, load_iris().data, NAMES, cv=3).min() > 0.8


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_pickle_predicts_the_same(kind):
    model = kind(max_iter=3, early_stopping=True).fit(IRIS, SPECIES)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(IRIS), model.predict(IRIS))
    assert again.history_.to_dict() == model.history_.to_dict()


def test_verbose_shows_a_bar(capsys):
    MLPClassifier(max_iter=2, verbose=True).fit(IRIS, SPECIES)
    assert "epoch 2/2" in capsys.readouterr().err
    MLPClassifier(max_iter=2).fit(IRIS, SPECIES)
    assert capsys.readouterr() == ("", "")


# ---- errors and warnings

def test_training_that_max_iter_ends_warns():
    with pytest.warns(ConvergenceWarning, match="max_iter=3") as caught:
        MLPClassifier(max_iter=3).fit(IRIS, SPECIES)
    assert caught[0].filename == __file__


def test_training_that_converged_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = MLPClassifier(max_iter=12, tol=10.0).fit(IRIS, SPECIES)
    assert model.n_iter_ == 12


def test_an_interrupted_training_keeps_its_network(monkeypatch):
    def interrupted(self, *given):
        raise KeyboardInterrupt

    monkeypatch.setattr(optim.Adam, "update", interrupted)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        model = MLPClassifier().fit(IRIS, SPECIES)
    assert model.n_iter_ == 0 and math.isnan(model.loss_) and model.predict(IRIS).shape == (150,)


def test_a_training_that_diverges_leaves_the_estimator_unfitted():
    model = MLPRegressor(solver="sgd", learning_rate_init=1e200)
    with pytest.raises(FloatingPointError, match="epoch 2"):
        model.fit(WIDTHS, LENGTHS)
    with pytest.raises(NotFittedError):
        model.predict(WIDTHS)


@pytest.mark.parametrize(("arguments", "error"), [
    ({"hidden_layer_sizes": (4, 0)}, ValueError), ({"hidden_layer_sizes": "16"}, TypeError),
    ({"activation": "step"}, ValueError), ({"activation": ["relu"]}, TypeError),
    ({"solver": "lbfgs"}, ValueError), ({"alpha": -0.1}, ValueError), ({"batch_size": 0}, ValueError),
    ({"batch_size": "all"}, TypeError), ({"learning_rate_init": -0.1}, ValueError),
    ({"max_iter": 0}, ValueError), ({"shuffle": "no"}, TypeError), ({"tol": math.nan}, ValueError),
    ({"early_stopping": "no"}, TypeError), ({"early_stopping": True, "validation_fraction": 2}, ValueError),
    ({"n_iter_no_change": 0}, ValueError), ({"solver": "sgd", "momentum": "much"}, TypeError),
], ids=str)
def test_an_argument_that_does_not_fit_is_named(arguments, error):
    with pytest.raises(error, match=[*arguments][-1]):
        MLPClassifier(**arguments).fit(IRIS, SPECIES)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="one class only"):
        MLPClassifier().fit(IRIS, ["setosa"] * 150)


def test_without_scikit_learn_the_import_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None; import autograd_tiny.sklearn"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode and 'pip install "autograd_tiny[sklearn]"' in result.stderr.splitlines()[-1]
