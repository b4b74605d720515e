"""The estimators: scikit-learn's own checks of them, its networks as reference, and its tools around them."""
import math
import pickle
import random
import subprocess
import sys
import warnings

import numpy as np
import pytest
import scipy.sparse
import sklearn.neural_network as reference
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import compute_sample_weight
from sklearn.utils.estimator_checks import parametrize_with_checks

from autograd_tiny import engine_kind, nn, optim
from autograd_tiny.boundary.libraries import install
from autograd_tiny.sklearn import MLPClassifier, MLPRegressor
from autograd_tiny.training import fit as train

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS, SPECIES = load_iris(return_X_y=True)
IRIS = StandardScaler().fit_transform(IRIS)
NAMES = load_iris().target_names[SPECIES]
TWO = SPECIES[:100]
LENGTHS, WIDTHS = IRIS[:, :2], IRIS[:, 2:]
INDICATORS = np.c_[SPECIES > 0, IRIS[:, 0] > 0, IRIS[:, 1] > 1].astype(int)
WEIGHTS = np.random.default_rng(2).uniform(0, 2, 150)


@pytest.mark.skipif(engine_kind() == "pure", reason="they check an interface, for a minute with the pure engine")
@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


# ---- beside scikit-learn's networks: all samples are one batch, so that the order does not matter

def assert_same_training(ours, theirs, x, y, atol=1e-12, weights=None):
    ours.fit(x, y, weights)
    theirs.fit(x, y, weights)
    assert_same_state(ours, theirs, x, atol)


def assert_same_state(ours, theirs, x, atol=1e-12):
    for name in "n_iter_", "out_activation_", "n_layers_", "n_outputs_", "t_", "n_features_in_":
        assert getattr(ours, name) == getattr(theirs, name), name
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


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
@pytest.mark.parametrize("y", [LENGTHS[:, 0], LENGTHS], ids=["one output", "two outputs"])
def test_early_stopping_of_a_regressor_looks_at_r2_of_the_held_out_samples(y, weights):
    ours, theirs = both("MLPRegressor", early_stopping=True, max_iter=300, n_iter_no_change=5, tol=1e-3)
    assert_same_training(ours, theirs, WIDTHS, y, weights=weights)
    assert ours.n_iter_ < 300
    np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_, rtol=1e-9)


# ---- weights

@pytest.mark.parametrize(("kind", "x", "y"), [
    ("MLPClassifier", IRIS, SPECIES), ("MLPClassifier", IRIS[:100], TWO), ("MLPClassifier", IRIS, INDICATORS),
    ("MLPRegressor", WIDTHS, LENGTHS), ("MLPRegressor", WIDTHS, LENGTHS[:, 0]),
], ids=["three classes", "two classes", "independent labels", "two outputs", "one output"])
def test_weights_count_as_in_scikit_learn(kind, x, y):
    for weights in WEIGHTS[: len(x)], (np.arange(len(x)) % 3 > 0) * 2.0, np.ones(len(x), int):
        ours, theirs = both(kind, alpha=2.0, n_iter_no_change=100)
        assert_same_training(ours, theirs, x, y, weights=weights)
        if kind == "MLPClassifier":         # of regressors scikit-learn has the mean over the outputs
            np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-12)


def test_weights_of_held_out_samples_count():
    ours, theirs = both("MLPClassifier", early_stopping=True, max_iter=200, n_iter_no_change=5)
    assert_same_training(ours, theirs, IRIS[:100], TWO, weights=WEIGHTS[:100])
    np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_, rtol=1e-12)


def test_a_weight_of_2_is_a_sample_that_is_there_twice():
    settings = {"solver": "sgd", "learning_rate_init": 0.05, "max_iter": 20, "random_state": 1}
    twice = MLPClassifier(**settings).fit(np.vstack([IRIS, IRIS[:50]]), np.r_[SPECIES, SPECIES[:50]])
    weighted = MLPClassifier(**settings).fit(IRIS, SPECIES, 1.0 + (SPECIES == 0))
    np.testing.assert_allclose(numbers(weighted), numbers(twice), rtol=0, atol=1e-12)


@pytest.mark.parametrize("labels", [SPECIES, NAMES], ids=["numbers", "strings"])
@pytest.mark.parametrize("balanced", [True, False])
def test_weights_of_classes_are_weights_of_their_samples(labels, balanced):
    x, y = IRIS[:120], labels[:120]         # 50, 50, 20
    known = np.unique(labels).tolist()
    of_class = [120 / (3 * 50), 120 / (3 * 50), 120 / (3 * 20)] if balanced else [3.0, 0.0, 0.5]
    given = "balanced" if balanced else dict(zip(known, of_class, strict=True))
    settings = {"max_iter": 10, "random_state": 1, "batch_size": 30}
    samples = np.array(of_class)[SPECIES[:120]]
    ours = MLPClassifier(class_weight=given, **settings).fit(x, y)
    assert (numbers(ours) == numbers(MLPClassifier(**settings).fit(x, y, samples))).all()
    ours = MLPClassifier(class_weight=given, **settings).fit(x, y, WEIGHTS[:120])
    assert (numbers(ours) == numbers(MLPClassifier(**settings).fit(x, y, samples * WEIGHTS[:120]))).all()


def test_weights_of_independent_labels_are_those_of_scikit_learn():
    settings = {"max_iter": 5, "random_state": 1}
    for given in "balanced", [{0: 1.0, 1: 2.0}, {0: 0.5, 1: 1.0}, {0: 1.0, 1: 1.0}]:
        ours = MLPClassifier(class_weight=given, **settings).fit(IRIS, INDICATORS)
        samples = compute_sample_weight(given, INDICATORS)
        assert (numbers(ours) == numbers(MLPClassifier(**settings).fit(IRIS, INDICATORS, samples))).all()


# ---- independent labels

@pytest.mark.parametrize("arguments", [{}, {"alpha": 3.0, "activation": "tanh"}, {"hidden_layer_sizes": ()}], ids=str)
def test_independent_labels_are_learnt_as_in_scikit_learn(arguments):
    ours, theirs = both("MLPClassifier", **arguments)
    assert_same_training(ours, theirs, IRIS, INDICATORS)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-12)
    np.testing.assert_allclose(ours.predict_proba(IRIS), theirs.predict_proba(IRIS), rtol=0, atol=1e-12)
    assert ours.classes_.tolist() == theirs.classes_.tolist() == [0, 1, 2]
    assert ours.predict(IRIS).dtype.kind == "i" and ours.score(IRIS, INDICATORS) == theirs.score(IRIS, INDICATORS)


def test_early_stopping_of_independent_labels_counts_the_samples_that_are_all_right():
    ours, theirs = both("MLPClassifier", early_stopping=True, max_iter=200, n_iter_no_change=5)
    assert_same_training(ours, theirs, IRIS, INDICATORS)
    assert ours.validation_scores_ == theirs.validation_scores_


def test_a_sparse_indicator_matrix_is_one():
    model = MLPClassifier(max_iter=3, random_state=0)
    dense = clone(model).fit(IRIS, INDICATORS)
    for form in scipy.sparse.csr_matrix, scipy.sparse.csc_array:
        assert (numbers(clone(model).fit(IRIS, form(INDICATORS))) == numbers(dense)).all()


# ---- sparse inputs

@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_sparse_inputs_give_the_numbers_of_dense_ones(kind, form):
    sparse = scipy.sparse.random_array((60, 8), density=0.3, rng=np.random.default_rng(1)).asformat(form)
    y = np.arange(60) % 3
    model = kind(max_iter=4, random_state=0, early_stopping=True, batch_size=10)
    one, other = clone(model).fit(sparse, y), clone(model).fit(sparse.toarray(), y)
    assert (numbers(one) == numbers(other)).all()
    assert (one.predict(sparse) == other.predict(sparse.toarray())).all()
    assert one.score(sparse, y) == other.score(sparse.toarray(), y)


# ---- rates

@pytest.mark.parametrize(("kind", "x", "y"), [
    ("MLPClassifier", IRIS, SPECIES), ("MLPRegressor", WIDTHS, LENGTHS[:, 0]),
], ids=["classifier", "regressor"])
@pytest.mark.parametrize("arguments", [
    {"learning_rate": "adaptive", "tol": 0.01, "n_iter_no_change": 2, "max_iter": 300},
    {"learning_rate": "adaptive", "tol": 0.02, "n_iter_no_change": 1, "momentum": 0.0, "max_iter": 300},
    {"learning_rate": "adaptive", "early_stopping": True, "n_iter_no_change": 3, "max_iter": 200},
    {"learning_rate": "invscaling", "max_iter": 30}, {"learning_rate": "invscaling", "power_t": 0.1, "momentum": 0.5},
    {"learning_rate": "invscaling", "power_t": 0.0}, {"learning_rate": "constant"},
], ids=str)
def test_the_learning_rate_falls_as_in_scikit_learn(kind, x, y, arguments):
    arguments = {"learning_rate_init": 0.3 if kind == "MLPClassifier" else 0.1, **arguments}
    ours, theirs = both(kind, **arguments)
    if arguments.get("early_stopping") and kind == "MLPClassifier":
        x, y = x[:100], y[:100]         # scikit-learn holds out the proportions of two classes, but not of three
    assert_same_training(ours, theirs, x, y, atol=1e-9)
    assert ours._optimizer.lr == pytest.approx(theirs._optimizer.learning_rate, rel=1e-12)
    if arguments["learning_rate"] == "adaptive":
        assert ours._optimizer.lr < 0.1


def test_the_rate_of_another_solver_is_constant():
    model = MLPClassifier(learning_rate="invscaling", max_iter=3, random_state=0).fit(IRIS, SPECIES)
    assert model._optimizer.lr == 0.001


# ---- going on

def test_warm_start_goes_on_as_in_scikit_learn():
    for kind, x, y in ("MLPClassifier", IRIS, SPECIES), ("MLPClassifier", IRIS, INDICATORS), (
        "MLPRegressor", WIDTHS, LENGTHS[:, 0]
    ):
        ours, theirs = both(kind, warm_start=True, max_iter=10)
        for _ in range(3):
            assert_same_training(ours, theirs, x, y)
        assert len(ours.loss_curve_) == len(theirs.loss_curve_) == 30 and len(ours.history_) == 10
        ours.set_params(warm_start=False, max_iter=4), theirs.set_params(warm_start=False, max_iter=4)
        assert_same_training(ours, theirs, x, y)
        assert len(ours.loss_curve_) == len(theirs.loss_curve_) == 4


def test_warm_start_remembers_the_best_loss_as_scikit_learn_does():
    ours, theirs = both("MLPClassifier", warm_start=True, max_iter=25, tol=0.02, n_iter_no_change=8)
    for _ in range(4):
        assert_same_training(ours, theirs, IRIS, SPECIES)
    assert ours.n_iter_ < 25


def test_partial_fit_is_an_epoch_as_in_scikit_learn():
    ours, theirs = both("MLPClassifier", warm_start=False)
    for epoch in range(6):
        x, y = (IRIS[:100], TWO) if epoch % 2 else (IRIS[50:], SPECIES[50:])
        weights = WEIGHTS[:100] if epoch > 3 else None
        classes = [0, 1, 2] if epoch == 0 else None
        assert ours.partial_fit(x, y, weights, classes=classes) is ours
        theirs.partial_fit(x, y, weights, classes=classes)
        assert_same_state(ours, theirs, IRIS)
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-12)
    ours.set_params(max_iter=5), theirs.set_params(max_iter=5)
    assert_same_training(ours, theirs, IRIS, SPECIES)       # starts again
    ours.partial_fit(IRIS, SPECIES), theirs.partial_fit(IRIS, SPECIES)
    assert_same_state(ours, theirs, IRIS)                   # with the momentum of fit


@pytest.mark.parametrize(("y", "rate"), [
    (LENGTHS[:, 0], "adaptive"), (LENGTHS[:, 0], "invscaling"), (LENGTHS, "constant"),
])
def test_partial_fit_of_a_regressor_is_an_epoch_as_in_scikit_learn(y, rate):
    ours, theirs = both("MLPRegressor", learning_rate=rate, n_iter_no_change=1, tol=0.1)
    for _ in range(8):
        ours.partial_fit(WIDTHS, y), theirs.partial_fit(WIDTHS, y)
        assert_same_state(ours, theirs, WIDTHS)
    assert ours._optimizer.lr == pytest.approx(theirs._optimizer.learning_rate)
    assert (ours._optimizer.lr < 0.05) == (rate != "constant")


def test_partial_fit_of_independent_labels():
    ours, theirs = both("MLPClassifier")
    for _ in range(3):
        ours.partial_fit(IRIS, INDICATORS, classes=[0, 1, 2]), theirs.partial_fit(IRIS, INDICATORS, classes=[0, 1, 2])
        assert_same_state(ours, theirs, IRIS)


def test_partial_fit_keeps_the_state_of_the_optimiser():
    one = MLPClassifier(random_state=0, max_iter=4, shuffle=False, n_iter_no_change=50).fit(IRIS, SPECIES)
    other = MLPClassifier(random_state=0, shuffle=False)
    for _ in range(4):
        other.partial_fit(IRIS, SPECIES, classes=[0, 1, 2])
    assert (numbers(one) == numbers(other)).all() and other.n_iter_ == 1 and other.t_ == 600
    again = pickle.loads(pickle.dumps(other)).partial_fit(IRIS, SPECIES)
    assert (numbers(again) == numbers(other.partial_fit(IRIS, SPECIES))).all()


def test_a_training_that_goes_on_and_diverges_leaves_the_estimator_as_it_was():
    model = MLPRegressor(solver="sgd", max_iter=3, warm_start=True, random_state=0, batch_size=30).fit(WIDTHS, LENGTHS)
    before, curve, state = numbers(model), [*model.loss_curve_], repr(model._optimizer.state_dict())
    far = LENGTHS * 1e200
    for go_on in model.fit, model.partial_fit:
        with pytest.raises(FloatingPointError):
            go_on(WIDTHS, far)
        assert (numbers(model) == before).all() and model.loss_curve_ == curve
        assert repr(model._optimizer.state_dict()) == state
        np.testing.assert_array_equal(model.model_.state_dict()["layer1.w"].T, model.coefs_[0])


# ---- logarithms of probabilities

@pytest.mark.parametrize("y", [SPECIES, TWO, INDICATORS], ids=["three classes", "two classes", "independent labels"])
def test_logarithms_of_probabilities_are_those_of_scikit_learn_and_finite_far_away(y):
    ours, theirs = both("MLPClassifier")
    assert_same_training(ours, theirs, IRIS[: len(y)], y)
    np.testing.assert_allclose(ours.predict_log_proba(IRIS), theirs.predict_log_proba(IRIS), rtol=1e-9, atol=1e-12)
    far = 1e6 * np.vstack([np.eye(4), -np.eye(4)])
    logarithms = ours.predict_log_proba(far)
    assert np.isfinite(logarithms).all() and logarithms.min() < -1e5
    np.testing.assert_allclose(ours.predict_proba(far), np.exp(logarithms))


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
    first, again, other, drawn, drawn_next = seeds      # those for None come from NumPy's generator, whatever its state
    assert first == again != other and drawn != drawn_next


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


@pytest.mark.parametrize("samples", [20, 99, 100, 150])
def test_with_samples_held_out_it_diverges_in_the_same_way_at_any_size(samples):
    model = MLPRegressor(solver="sgd", learning_rate_init=1e150, early_stopping=True, random_state=0)
    with pytest.raises(FloatingPointError, match=r"epoch 2, update 1.*learning rate may be too high"):
        model.fit(WIDTHS[:samples], LENGTHS[:samples])


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


@pytest.mark.parametrize(("arguments", "match"), [
    ({"learning_rate": "falling"}, "learning_rate 'falling' is not known; there are constant, invscaling, adaptive"),
    ({"solver": "sgd", "learning_rate": "invscaling", "power_t": -1}, "power_t"),
])
def test_a_rate_that_is_not_known_is_refused(arguments, match):
    for kind in MLPClassifier, MLPRegressor:
        with pytest.raises(ValueError, match=match):
            kind(**arguments).fit(IRIS, SPECIES)


@pytest.mark.parametrize(("x", "y", "k"), [(IRIS[::10], SPECIES[::10], 3), (IRIS[::25], SPECIES[::25], 3)])
def test_too_few_samples_to_hold_out_are_an_error_of_the_fraction(x, y, k):
    match = rf"holds out validation_fraction=0.1 of {len(x)} samples.*each of {k} classes in both parts: give a larger"
    with pytest.raises(ValueError, match=match):
        MLPClassifier(early_stopping=True).fit(x, y)
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 of 6 samples.*two samples: give"):
        MLPRegressor(early_stopping=True).fit(IRIS[:6], LENGTHS[:6])


def fitted(**arguments):
    return MLPClassifier(max_iter=2, random_state=0, **arguments).fit(IRIS, SPECIES)


@pytest.mark.parametrize(("act", "error", "match"), [
    (lambda: MLPClassifier().partial_fit(IRIS, SPECIES), ValueError, "the first call of partial_fit needs all labels"),
    (lambda: MLPClassifier().partial_fit(IRIS, SPECIES, classes=[0, 1]), ValueError,
     "the label 2, which is not among the classes 0, 1"),
    (lambda: MLPClassifier().partial_fit(IRIS, SPECIES, classes=[0]), ValueError, "one class only"),
    (lambda: fitted().partial_fit(IRIS, SPECIES, classes=[0, 1, 2, 3]), ValueError, "others than in the calls before"),
    (lambda: fitted().partial_fit(IRIS, SPECIES + 1), ValueError, "the label 3, which is not among the classes"),
    (lambda: fitted().partial_fit(IRIS, INDICATORS), ValueError, "others than in the calls before"),
    (lambda: fitted().partial_fit(IRIS[:, :2], SPECIES), ValueError, "2 features, but"),
    (lambda: fitted(warm_start=True).fit(IRIS[:100], TWO), ValueError, "warm_start: y has the classes 0, 1, but"),
    (lambda: fitted().set_params(hidden_layer_sizes=(4,)).partial_fit(IRIS, SPECIES), ValueError,
     r"goes on with a network of .*\[4, 16, 3\].* but the arguments say .*\[4, 4, 3\]"),
    (lambda: fitted().set_params(activation="tanh").partial_fit(IRIS, SPECIES), ValueError, "relu.*tanh"),
    (lambda: MLPClassifier(early_stopping=True).partial_fit(IRIS, SPECIES, classes=[0, 1, 2]), ValueError,
     "partial_fit trains for one epoch, which early_stopping"),
    (lambda: MLPClassifier(class_weight="balanced").partial_fit(IRIS, SPECIES, classes=[0, 1, 2]), ValueError,
     "class_weight='balanced' takes all samples"),
    (lambda: MLPClassifier(class_weight="even").fit(IRIS, SPECIES), ValueError, "class_weight.*balanced"),
    (lambda: MLPClassifier(class_weight={7: 2.0}).fit(IRIS, SPECIES), ValueError, "class"),
    (lambda: MLPClassifier(warm_start=1).fit(IRIS, SPECIES).fit(IRIS, SPECIES), TypeError, "warm_start: True or False"),
    (lambda: MLPClassifier().fit(IRIS, SPECIES, -WEIGHTS), ValueError, "sample_weight: numbers of 0 or more"),
    (lambda: MLPClassifier().fit(IRIS, SPECIES, WEIGHTS[:9]), ValueError, "sample_weight: one for each of 150"),
    (lambda: MLPClassifier().fit(IRIS, np.array([0, "a", 2] * 50, object)), TypeError, "all numbers, or all strings"),
    (lambda: MLPClassifier().fit(IRIS, np.c_[SPECIES, SPECIES]), ValueError, "1d array|multi"),
    (lambda: MLPRegressor().fit(IRIS, SPECIES).partial_fit(IRIS, LENGTHS), ValueError, r"\[4, 16, 1\].*\[4, 16, 2\]"),
])
def test_data_that_do_not_fit_are_refused(act, error, match):
    with pytest.raises(error, match=match):
        act()


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="one class only"):
        MLPClassifier().fit(IRIS, ["setosa"] * 150)


def test_without_scikit_learn_the_import_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None; import autograd_tiny.sklearn"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode and install("sklearn") in result.stderr.splitlines()[-1]
