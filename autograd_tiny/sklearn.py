"""MLPClassifier and MLPRegressor: networks as estimators of scikit-learn, for its pipelines and searches.

An estimator turns labels into numbers, random_state into initial weights and a seed, and alpha into a penalty; then
it calls `fit` of training/fit.py.

**Differences from sklearn.neural_network.** The arguments have the same meaning, except for these. solver: "sgd"
(whose momentum is Nesterov's), "adam", "rmsprop" or "adagrad". activation: also those of nn.ACTIVATIONS. alpha: a
smaller last batch has the same penalty as the others. early_stopping: the samples held out for a classifier have
the proportions of its classes. class_weight is there, as in other classifiers. verbose: shows a bar. Sparse X becomes
a dense array as a whole.

With the same random_state the initial weights are those of scikit-learn, and where all samples are one batch, so are
all that follow. (Its Adam adds eps in another place, which changes about the sixth digit.)
"""
from __future__ import annotations

from inspect import signature
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from . import nn, optim
from .boundary.arguments import boolean, integer, nonnegative
from .boundary.foreign import check_nothing_lost
from .boundary.libraries import missing
from .boundary.text import quoted, some_of
from .boundary.warning import warn
from .engine.functions import equal, greater, prod
from .nn.layers import as_list
from .nn.losses import binary_cross_entropy, l2
from .training import fit as train
from .training.data import Array, weights_of
from .training.improvement import AfterEpoch as _AfterEpoch

try:
    from scipy.sparse import issparse
    from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin, is_classifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state, column_or_1d, compute_class_weight, compute_sample_weight
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise missing("scikit-learn", "autograd_tiny.sklearn", "sklearn") from error

__all__ = ["MLPClassifier", "MLPRegressor"]

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}     # scikit-learn's names → those of nn.ACTIVATIONS
SPARSE = ("csr", "csc")                                         # formats that need no conversion before toarray()
SOLVERS = ("sgd", "adagrad", "rmsprop", "adam")                 # without adamw: alpha is the weight decay here


class _Estimator(BaseEstimator):  # type: ignore[misc]
    """The arguments and the training of both estimators; MLPClassifier documents them."""

    _plan_of_model: tuple[list[int], Any]       # its sizes and its activation
    _optimizer: optim.Optimizer
    _after_epoch: _AfterEpoch
    loss_curve_: list[float]

    def __init__(
        self, hidden_layer_sizes: Any = (16,), activation: str = "relu", *, solver: str = "adam",
        alpha: float = 0.0001, batch_size: Any = "auto", learning_rate: str = "constant",
        learning_rate_init: float = 0.001, power_t: float = 0.5, max_iter: int = 200, shuffle: bool = True,
        random_state: Any = None, tol: float = 1e-4, verbose: bool = False, warm_start: bool = False,
        early_stopping: bool = False, validation_fraction: float = 0.1, n_iter_no_change: int = 10,
        momentum: float = 0.9, dtype: Any = "float64",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.momentum = momentum
        self.dtype = dtype

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle. Arguments that there were not yet have their defaults."""
        arguments = signature(type(self)).parameters
        super().__setstate__({**{name: argument.default for name, argument in arguments.items()}, **state})

    def _continues(self, incremental: bool) -> bool:
        """Whether training goes on with the network that is there."""
        return hasattr(self, "_optimizer") and (incremental or boolean("warm_start", self.warm_start))

    def _train(
        self, X: Array, y: Array, weights: Array | None, outputs: int, loss: Any, metric: Any, incremental: bool
    ) -> None:
        """Train a network, for one epoch if incremental. The estimator changes only if that succeeds.

        metric: What early stopping monitors on held-out samples; higher is better.
        """
        rng, continues = check_random_state(self.random_state), self._continues(incremental)
        plan = self._plan(X.shape[1], outputs)
        if continues and plan != self._plan_of_model:
            raise ValueError(f"training goes on with a network of {self._plan_of_model}, but the arguments say {plan}")
        model = self.model_ if continues else self._network(*plan, rng)
        optimizer = self._optimizer if incremental and continues else self._new_optimizer(model)
        held_out = None
        if boolean("early_stopping", self.early_stopping):
            if incremental:
                raise ValueError("partial_fit trains for one epoch, which early_stopping=True can't end earlier")
            X, y, weights, held_out = self._split(X, y, weights, rng)
        batch_size = self._batch_size(len(X))
        after_epoch = _AfterEpoch(
            self, optimizer, len(X), _monitor(metric) if self.early_stopping else "loss",
            self._after_epoch if continues else None,
        )
        before = model.state_dict(), optimizer.state_dict()
        try:
            history = train.fit(
                model, X, y, loss, optimizer, 1 if incremental else integer("max_iter", self.max_iter), batch_size,
                validation_data=held_out, shuffle=boolean("shuffle", self.shuffle), seed=rng.randint(2**31 - 1),
                penalty=self._penalty(batch_size, weights), progress=bool(self.verbose), sample_weight=weights,
                callbacks=[after_epoch], dtype=self.dtype, **self._early_stopping(metric),
            )
        except BaseException:
            model.load_state_dict(before[0])
            optimizer.load_state_dict(before[1])
            raise
        if not history.stopped and not incremental:
            warn(f"training has not converged after max_iter={self.max_iter} epochs", ConvergenceWarning, stacklevel=4)
        self._plan_of_model, self._optimizer, self._after_epoch = plan, optimizer, after_epoch
        self._set_fitted(model, history, continues)

    def _split(
        self, X: Array, y: Array, weights: Array | None, rng: np.random.RandomState
    ) -> tuple[Array, Array, Array | None, tuple[Array, ...]]:
        """The samples for training, and those that are held out."""
        fraction = nonnegative("validation_fraction", self.validation_fraction, below=1.0)
        stratify = y if is_classifier(self) and y.ndim == 1 else None
        arrays = (X, y) if weights is None else (X, y, weights)
        try:
            parts = train_test_split(*arrays, test_size=fraction, random_state=rng, stratify=stratify)
        except ValueError:
            parts = []
        if not parts or len(parts[1]) < 2:
            each = "" if stratify is None else f" and for each of {len(np.unique(y))} classes in both parts"
            raise ValueError(
                f"early_stopping holds out validation_fraction={fraction:g} of {len(X)} samples, which does not "
                f"suffice for two samples{each}: give a larger fraction, or more samples"
            )
        return parts[0], parts[2], None if weights is None else parts[4], tuple(parts[1::2])

    def _batch_size(self, samples: int) -> int:
        is_auto = isinstance(self.batch_size, str) and self.batch_size == "auto"
        return min(200 if is_auto else integer("batch_size", self.batch_size), samples)

    def _plan(self, inputs: int, outputs: int) -> tuple[list[int], Any]:
        """The sizes of inputs and layers, and the activation."""
        hidden = [integer("hidden_layer_sizes", each) for each in as_list(self.hidden_layer_sizes)]
        activation = self.activation
        if isinstance(activation, str):
            activation = ACTIVATIONS.get(activation, activation)
        return [inputs, *hidden, outputs], activation

    def _network(self, sizes: list[int], activation: Any, rng: np.random.RandomState) -> nn.MLP:
        """A new network, with the initial weights of scikit-learn's for the same random_state."""
        model = nn.MLP(sizes[0], sizes[1:], activation, init="zeros")
        initial = {}
        for k, (fan_in, fan_out) in enumerate(pairwise(sizes), 1):
            bound = np.sqrt((2.0 if activation == "sigmoid" else 6.0) / (fan_in + fan_out))
            initial[f"layer{k}.w"] = rng.uniform(-bound, bound, (fan_in, fan_out)).T
            initial[f"layer{k}.b"] = rng.uniform(-bound, bound, fan_out)
        model.load_state_dict(initial)
        return model

    def _new_optimizer(self, model: nn.MLP) -> optim.Optimizer:
        rate = nonnegative("learning_rate_init", self.learning_rate_init)
        if self.solver not in SOLVERS:
            raise ValueError(f"solver {quoted(self.solver)} is not known; there are {', '.join(SOLVERS)}")
        if self.solver == "sgd":
            momentum = nonnegative("momentum", self.momentum)
            return optim.SGD(model.parameters(), rate, momentum, nesterov=momentum > 0)
        optimizer = optim.named(self.solver, model.parameters())
        optimizer.lr = rate
        return optimizer

    def _early_stopping(self, metric: Any) -> dict[str, Any]:
        """The arguments of `fit` that restore the best epoch on held-out samples; _AfterEpoch ends training."""
        if not self.early_stopping:
            return {}
        never = integer("max_iter", self.max_iter) + 1
        return {"metrics": [metric], "early_stopping": train.EarlyStopping(never, _monitor(metric), mode="max")}

    def _penalty(self, batch_size: int, weights: Array | None) -> Any:
        """alpha/(2·total weight of a batch) · Σ w² over all weights but no biases, as in scikit-learn."""
        mean_weight = 1.0 if weights is None else float(weights.mean())
        strength = nonnegative("alpha", self.alpha) / (2 * batch_size * mean_weight)
        if strength == 0.0:
            return None
        return lambda model: strength * l2(
            [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
        )

    def _set_fitted(self, model: nn.MLP, history: train.History, continues: bool) -> None:
        state = model.state_dict()
        self.model_, self.history_ = model, history
        self.coefs_ = [array.T for name, array in state.items() if name.endswith("w")]
        self.intercepts_ = [array for name, array in state.items() if name.endswith("b")]
        self.loss_curve_ = [*(self.loss_curve_ if continues else []), *history["loss"]]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else nan      # nan: interrupted in its first epoch
        self.n_iter_, self.t_ = len(history), self._after_epoch.seen
        self.n_layers_, self.n_outputs_ = len(self.coefs_) + 1, len(self.intercepts_[-1])
        self.validation_scores_ = history[self._after_epoch.monitor] if self.early_stopping else None
        self.best_loss_ = None if self.early_stopping else min(self.loss_curve_, default=inf)
        self.best_validation_score_ = max(self.validation_scores_ or (), default=None)

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self, "model_")
        check_nothing_lost(X, "X")
        X = validate_data(self, X, dtype=np.float64, accept_sparse=SPARSE, reset=False)
        return train.predict(self.model_, _dense(X), dtype=self.dtype)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class MLPClassifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """A multilayer perceptron as a classifier of scikit-learn.

    For two classes it has one output and is trained by binary_cross_entropy, else an output for each class and
    cross_entropy. Of independent labels, where y is an indicator matrix of zeros and ones, each has an output, and the
    loss is the sum of their binary_cross_entropy. The docstring of the module has the differences from
    sklearn.neural_network.MLPClassifier.

    Args:
        hidden_layer_sizes: Units of each hidden layer; a number for a single layer.
        activation: Activation of the hidden layers: "identity", "logistic", or a name in nn.ACTIVATIONS.
        solver: The optimiser: "sgd", "adam", "rmsprop" or "adagrad".
        alpha: Strength of the penalty, alpha/2 · Σ w² over the weights, divided by the total sample_weight of a batch.
        batch_size: Samples in an update; "auto" is 200, or all if there are fewer.
        learning_rate: "constant"; or of "sgd" "invscaling", learning_rate_init / t^power_t after t samples, or
            "adaptive", a fifth wherever training would end, until it is below 1e-6.
        learning_rate_init: The first learning rate.
        power_t: The exponent of "invscaling".
        max_iter: Largest number of epochs.
        shuffle: Whether each epoch takes the samples in a new order.
        random_state: Seed or numpy.random.RandomState, of weights, order and held-out samples.
        tol: Smallest improvement of the loss (or of the held-out score) that counts.
        verbose: Whether to show a bar.
        warm_start: Whether fit continues from the network of the last fit, instead of a new one.
        early_stopping: Whether some samples are held out, whose accuracy (of a regressor: R²) ends training. The
            network gets back its best epoch.
        validation_fraction: Fraction of the samples to hold out.
        n_iter_no_change: Epochs without an improvement after which training ends.
        momentum: Momentum of "sgd".
        dtype: "float64" or "float32": the precision of training and of outputs, as for `fit`.
        class_weight: Weights of the classes that multiply sample_weight: a dict by label, or "balanced", the
            reciprocal of how often they occur; of independent labels a list of such dicts, or "balanced". None for
            equal weights. A regressor has no such argument.

    Attributes:
        model_: The network, an nn.MLP.
        history_: The History of the last call of fit or partial_fit.
        classes_: The labels in order, numbers or strings.
        coefs_, intercepts_: Copies of the weights (inputs, outputs) and biases (outputs,) of each layer.
        n_features_in_, n_iter_, n_layers_, n_outputs_, t_, out_activation_: As in scikit-learn.
        loss_, loss_curve_, best_loss_, validation_scores_, best_validation_score_: As in scikit-learn.
    """

    def __init__(
        self, hidden_layer_sizes: Any = (16,), activation: str = "relu", *, solver: str = "adam",
        alpha: float = 0.0001, batch_size: Any = "auto", learning_rate: str = "constant",
        learning_rate_init: float = 0.001, power_t: float = 0.5, max_iter: int = 200, shuffle: bool = True,
        random_state: Any = None, tol: float = 1e-4, verbose: bool = False, warm_start: bool = False,
        early_stopping: bool = False, validation_fraction: float = 0.1, n_iter_no_change: int = 10,
        momentum: float = 0.9, dtype: Any = "float64", class_weight: Any = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes, activation, solver=solver, alpha=alpha, batch_size=batch_size,
            learning_rate=learning_rate, learning_rate_init=learning_rate_init, power_t=power_t, max_iter=max_iter,
            shuffle=shuffle, random_state=random_state, tol=tol, verbose=verbose, warm_start=warm_start,
            early_stopping=early_stopping, validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change, momentum=momentum, dtype=dtype,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPClassifier:
        """Train a new network, or with warm_start continue.

        Args:
            X: Inputs (samples, inputs), dense or sparse.
            y: Labels (samples,), numbers or strings, or an indicator matrix (samples, labels) of zeros and ones.
            sample_weight: Weights (samples,), 0 or more.

        Returns:
            The estimator itself.

        Raises:
            TypeError, ValueError: An argument or data that do not fit, such as one class only.
            FloatingPointError: Training diverged. The estimator is as it was.

        Warns:
            ConvergenceWarning: max_iter ended training.
        """
        return self._fit(X, y, sample_weight, None, incremental=False)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> MLPClassifier:
        """Train for one epoch, from the network and the state of the optimiser that are there.

        Args:
            X: Inputs (samples, inputs), dense or sparse.
            y: Labels, as for fit, of some of the classes.
            sample_weight: Weights (samples,), 0 or more.
            classes: All labels that any call will have; needed in the first call.

        Returns:
            The estimator itself.

        Raises:
            TypeError, ValueError, FloatingPointError: As fit; or no classes in the first call, or unknown labels.
        """
        return self._fit(X, y, sample_weight, classes, incremental=True)

    def _fit(self, X: Any, y: Any, sample_weight: Any, classes: Any, incremental: bool) -> MLPClassifier:
        reset = not self._continues(incremental)
        _check_samples(X, y)
        X, y = validate_data(
            self, X, y, dtype=np.float64, accept_sparse=SPARSE, multi_output=True, reset=reset
        )
        X, y = _dense(X), _dense(y)
        found = _distinct(y)
        check_classification_targets(y)
        if type_of_target(y).startswith("multilabel"):
            known = self._known(np.arange(y.shape[1]), True, classes, incremental)
            outputs, activation, targets = len(known), "logistic", (y != 0).astype(float)
            loss: Any = _sum_of_binary_cross_entropies
            metric: Any = all_right
        else:
            y = column_or_1d(y, warn=True)
            known = self._known(found, False, classes, incremental)
            outputs, activation, targets = len(known), "softmax", np.searchsorted(known, y)
            loss, metric = "cross_entropy", "accuracy"
            if len(known) == 2:
                outputs, activation, loss = 1, "logistic", "binary_cross_entropy"
        weights = self._weights(sample_weight, y, known, targets, incremental)
        self._train(X, targets, weights, outputs, loss, metric, incremental)
        self.classes_, self.out_activation_ = known, activation
        return self

    def _known(self, found: Array, are_independent: bool, classes: Any, incremental: bool) -> Array:
        """All classes. ValueError if those that were found do not fit them."""
        known = None if classes is None else _distinct(np.asarray(classes))
        if self._continues(incremental):
            if are_independent != self._are_independent or (known is not None and not _equal(known, self.classes_)):
                raise ValueError("classes: they are others than in the calls before")
            known = self.classes_
            if not incremental and not _equal(found, known):
                raise ValueError(
                    f"warm_start: y has the classes {some_of(found.tolist())}, but had {some_of(known.tolist())}"
                )
        elif known is None:
            if incremental:
                raise ValueError("classes: the first call of partial_fit needs all labels, as np.unique(all_labels)")
            known = found
        if len(known) < 2:
            raise ValueError(f"y has one class only, {quoted(known.tolist()[0])}: two at least are expected")
        unknown = np.setdiff1d(found, known).tolist()
        if unknown:
            raise ValueError(
                f"y has the label {quoted(unknown[0])}, which is not among the classes {some_of(known.tolist())}"
            )
        return known

    def _weights(
        self, sample_weight: Any, y: Array, known: Array, targets: Array, incremental: bool
    ) -> Array | None:
        """A weight for each sample, from sample_weight and class_weight; None if all are equal."""
        weights = weights_of(sample_weight, len(y))
        if self.class_weight is None:
            return weights
        if incremental and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' takes all samples, so that partial_fit can't have it: give the weights as a "
                "dict, those of sklearn.utils.compute_class_weight"
            )
        if targets.ndim == 2:
            of_classes: Array = compute_sample_weight(self.class_weight, targets.astype(int))
        else:
            of_classes = compute_class_weight(self.class_weight, classes=known, y=y)[targets]
        return of_classes if weights is None else of_classes * weights

    @property
    def _are_independent(self) -> bool:
        """Whether each class may be right or wrong by itself."""
        return len(self.intercepts_[-1]) > 1 and self.out_activation_ == "logistic"

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample, or the labels that are more probable than not.

        Args:
            X: Inputs (samples, inputs), dense or sparse.

        Returns:
            Labels (samples,); of independent ones an indicator matrix (samples, labels).
        """
        outputs = self._outputs(X)
        if self._are_independent:
            return (outputs > 0.0).astype(int)
        predicted: Array = self.classes_[_logits(outputs).argmax(axis=1)]
        return predicted

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class.

        Args:
            X: Inputs (samples, inputs), dense or sparse.

        Returns:
            Probabilities (samples, classes), in the order of classes_.
        """
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of the probability of each class, which is finite where the probability is rounded to 0.

        Args:
            X: Inputs (samples, inputs), dense or sparse.

        Returns:
            Logarithms (samples, classes), in the order of classes_.
        """
        outputs = self._outputs(X)
        if self._are_independent:
            return -np.logaddexp(0.0, -outputs)
        logits = _logits(outputs)
        logits -= logits.max(axis=1, keepdims=True)
        found: Array = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, MultiOutputMixin, _Estimator):  # type: ignore[misc]
    """A multilayer perceptron as a regressor of scikit-learn, with one output or several.

    It is trained by half_squared_error. loss_ is the sum over the outputs, and so is the loss that tol compares;
    scikit-learn has the mean there, with the same gradient as here. The docstring of the module has the other
    differences from sklearn.neural_network.MLPRegressor; arguments and attributes are those of MLPClassifier, without
    class_weight and classes_.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Train a new network, or with warm_start continue.

        Args:
            X: Inputs (samples, inputs), dense or sparse.
            y: Targets (samples,) or (samples, outputs).
            sample_weight: Weights (samples,), 0 or more.

        Returns:
            The estimator itself. Errors and the warning are those of MLPClassifier.fit.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Train for one epoch, from the network and the state of the optimiser that are there.

        Args:
            X, y, sample_weight: As for fit.

        Returns:
            The estimator itself. Errors are those of MLPClassifier.partial_fit.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> MLPRegressor:
        _check_samples(X, y)
        X, y = validate_data(
            self, X, y, dtype=np.float64, accept_sparse=SPARSE, multi_output=True, y_numeric=True,
            reset=not self._continues(incremental),
        )
        y = _dense(y)
        outputs = 1 if y.ndim == 1 else y.shape[1]
        self._train(_dense(X), y, weights_of(sample_weight, len(y)), outputs, "half_squared_error", "r2", incremental)
        self.out_activation_ = "identity"
        return self

    def predict(self, X: Any) -> Array:
        """The outputs.

        Args:
            X: Inputs (samples, inputs), dense or sparse.

        Returns:
            Numbers (samples,) for one output, else (samples, outputs).
        """
        return self._outputs(X)


# ---- labels and outputs

def _dense(array: Any) -> Array:
    """The array itself, or a sparse one in full."""
    found: Array = array.toarray() if issparse(array) else array
    return found


def _check_samples(X: Any, y: Any) -> None:
    """Errors as of check_nothing_lost: scikit-learn makes arrays of anything."""
    check_nothing_lost(X, "X")
    check_nothing_lost(y, "y")


def _distinct(labels: Array) -> Array:
    """Each label once, in order. TypeError where there is none."""
    try:
        return np.unique(labels)
    except TypeError:
        raise TypeError("y: labels that are all numbers, or all strings, are expected, got both") from None


def _equal(one: Array, other: Array) -> bool:
    return len(one) == len(other) and bool((one == other).all())


def _logits(outputs: Array) -> Array:
    """A logit for each class. A single output z stands for 0 and z, as sigmoid(z) = softmax(0, z)[1]."""
    return outputs if outputs.ndim == 2 else np.column_stack([np.zeros(len(outputs)), outputs])


def _sum_of_binary_cross_entropies(logits: Any, targets: Any) -> Any:
    return len(logits) * binary_cross_entropy(logits, targets)


def all_right(logits: Any, targets: Any) -> Any:
    """1 if all independent labels of a sample are predicted right, else 0: scikit-learn's accuracy of these."""
    return prod([equal(greater(z, 0.0), t) for z, t in zip(logits, targets, strict=True)])


def _monitor(metric: Any) -> str:
    """The name of a metric of the held-out samples in the History."""
    return f"val_{metric if isinstance(metric, str) else metric.__name__}"
