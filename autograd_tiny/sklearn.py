"""Networks as scikit-learn's estimators, for its pipelines, grid searches and cross-validation.

Labels become numbers, a random_state becomes weights and a seed, alpha becomes a penalty: the rest is `fit`.

Arguments mean what they mean for sklearn.neural_network, with these exceptions. solver: "sgd" (its momentum
is Nesterov's), "adam", "rmsprop" or "adagrad". activation: also those of nn.ACTIVATIONS. alpha: a last batch
that is smaller has the same penalty as the others. early_stopping: the held-out samples of a classifier have
the proportions of its classes; a regressor looks at their loss, not at R². verbose: a bar. There is no
sample_weight, no partial_fit and no warm_start.

With the same random_state training begins at the same weights as scikit-learn's, and goes the same way where
all samples are one batch. (Its Adam adds eps elsewhere, which shows in the sixth digit or so.)
"""
from __future__ import annotations

import warnings
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from . import nn, optim
from .boundary.arguments import boolean, integer, nonnegative
from .nn.layers import as_list
from .nn.losses import l2
from .training import fit as train
from .training.data import Array

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin, is_classifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:
    raise ImportError(
        'these estimators take scikit-learn, 1.6 or later: pip install "autograd_tiny[sklearn]"'
    ) from None

__all__ = ["MLPClassifier", "MLPRegressor"]

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}     # scikit-learn's names that are not ours
SOLVERS = ("sgd", "adagrad", "rmsprop", "adam")                 # adamw is missing: alpha is the decay here


class _Perceptron(BaseEstimator):  # type: ignore[misc]
    """What classifier and regressor share: their arguments, and the training.

    After fit: model_, the nn.MLP, and history_, its History; n_features_in_, n_iter_, loss_, loss_curve_ and
    out_activation_ as in scikit-learn; coefs_, (inputs, outputs) for each layer, and intercepts_ are copies.
    """

    _metrics: tuple[str, ...] = ()              # for early stopping, and which of them it looks at
    _monitor = "val_loss"

    def __init__(
        self, hidden_layer_sizes: Any = (16,), activation: str = "relu", *, solver: str = "adam",
        alpha: float = 0.0001, batch_size: Any = "auto", learning_rate_init: float = 0.001,
        max_iter: int = 200, shuffle: bool = True, random_state: Any = None, tol: float = 1e-4,
        verbose: bool = False, early_stopping: bool = False, validation_fraction: float = 0.1,
        n_iter_no_change: int = 10, momentum: float = 0.9,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.momentum = momentum

    def _train(self, X: Array, y: Array, outputs: int, loss: str) -> None:
        """Make a network and train it; only then is the estimator fitted."""
        rng = check_random_state(self.random_state)
        model = self._network(X.shape[1], outputs, rng)
        held_out = None
        if boolean("early_stopping", self.early_stopping):
            X, X_held, y, y_held = train_test_split(
                X, y, test_size=nonnegative("validation_fraction", self.validation_fraction, below=1.0),
                random_state=rng, stratify=y if is_classifier(self) else None,
            )
            held_out = X_held, y_held
        automatic = isinstance(self.batch_size, str) and self.batch_size == "auto"
        batch = min(200 if automatic else integer("batch_size", self.batch_size), len(X))
        self.history_ = train.fit(
            model, X, y, loss, self._optimizer(model), integer("max_iter", self.max_iter), batch,
            validation_data=held_out, shuffle=boolean("shuffle", self.shuffle), seed=rng.randint(2**31 - 1),
            penalty=self._penalty(batch), progress=bool(self.verbose), **self._end(),
        )
        if not self.history_.stopped:
            warnings.warn(
                f"training has not converged after max_iter={self.max_iter} epochs", ConvergenceWarning,
                stacklevel=3,
            )
        self._keep(model)

    def _network(self, inputs: int, outputs: int, rng: np.random.RandomState) -> nn.MLP:
        """With the weights at which scikit-learn's networks begin for the same random_state."""
        hidden = [integer("hidden_layer_sizes", each) for each in as_list(self.hidden_layer_sizes)]
        sizes = [inputs, *hidden, outputs]
        given = self.activation
        activation = ACTIVATIONS.get(given, given) if isinstance(given, str) else given
        model = nn.MLP(inputs, sizes[1:], activation, init="zeros")
        start = {}
        for k, (fan_in, fan_out) in enumerate(pairwise(sizes), 1):
            bound = np.sqrt((2.0 if activation == "sigmoid" else 6.0) / (fan_in + fan_out))
            start[f"layer{k}.w"] = rng.uniform(-bound, bound, (fan_in, fan_out)).T
            start[f"layer{k}.b"] = rng.uniform(-bound, bound, fan_out)
        model.load_state_dict(start)
        return model

    def _optimizer(self, model: nn.MLP) -> optim.Optimizer:
        rate = nonnegative("learning_rate_init", self.learning_rate_init)
        if self.solver not in SOLVERS:
            raise ValueError(f"solver {self.solver!r} is not known; there are {', '.join(SOLVERS)}")
        if self.solver == "sgd":
            momentum = nonnegative("momentum", self.momentum)
            return optim.SGD(model.parameters(), rate, momentum, nesterov=momentum > 0)
        optimizer = optim.named(self.solver, model.parameters())
        optimizer.lr = rate
        return optimizer

    def _end(self) -> dict[str, Any]:
        """The arguments of `fit` that say when to end: on held-out samples, or on a loss that stays."""
        tol, patience = nonnegative("tol", self.tol), integer("n_iter_no_change", self.n_iter_no_change)
        if not self.early_stopping:
            return {"callbacks": [_Plateau(tol, patience)]}
        stopping = train.EarlyStopping(patience + 1, self._monitor, tol)
        return {"metrics": self._metrics, "early_stopping": stopping}

    def _penalty(self, batch: int) -> Any:
        """½·alpha·Σ w², without the biases, shared among the samples of a batch: scikit-learn's scale."""
        strength = nonnegative("alpha", self.alpha) / (2 * batch)
        if strength == 0.0:
            return None
        return lambda model: strength * l2(
            [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
        )

    def _keep(self, model: nn.MLP) -> None:
        numbers = model.state_dict()
        self.model_ = model
        self.coefs_ = [array.T for name, array in numbers.items() if name.endswith("w")]
        self.intercepts_ = [array for name, array in numbers.items() if name.endswith("b")]
        self.loss_curve_ = self.history_["loss"]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else nan      # interrupted in its first epoch
        self.n_iter_ = len(self.history_)

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self, "model_")
        return train.predict(self.model_, validate_data(self, X, dtype=np.float64, reset=False))


class _Plateau:
    """Ends training when more than `patience` epochs in a row were no better than the best by tol.

    EarlyStopping measures from where it last counted a step forward; scikit-learn from the best so far, so
    that a loss that creeps down ends training too.
    """

    def __init__(self, tol: float, patience: int) -> None:
        self.tol, self.patience = tol, patience
        self.best, self.waited = inf, 0

    def __call__(self, epoch: int, logs: dict[str, float]) -> bool:
        self.waited = self.waited + 1 if logs["loss"] > self.best - self.tol else 0
        self.best = min(self.best, logs["loss"])
        return self.waited > self.patience


class MLPClassifier(ClassifierMixin, _Perceptron):  # type: ignore[misc]
    """A network for classes, which may be numbers or strings: classes_ has them in order.

    It has one output for two classes, trained by binary_cross_entropy, else one for each, by cross_entropy.
    The arguments are those of sklearn.neural_network.MLPClassifier; the module says where they differ.
    """

    _metrics = ("accuracy",)
    _monitor = "val_accuracy"

    def fit(self, X: Any, y: Any) -> MLPClassifier:
        """Train on X (samples, inputs) and labels (samples,).

        ConvergenceWarning where max_iter ended it. ValueError, TypeError for arguments and data that don't
        fit, such as one class only; FloatingPointError where training diverges.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, labels = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y has one class only, {classes[0]!r}: two at least are expected")
        binary = len(classes) == 2
        self._train(
            X, labels, 1 if binary else len(classes), "binary_cross_entropy" if binary else "cross_entropy"
        )
        self.classes_, self.out_activation_ = classes, "logistic" if binary else "softmax"
        return self

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample."""
        places = self._scores(X).argmax(axis=1)
        predicted: Array = self.classes_[places]
        return predicted

    def predict_proba(self, X: Any) -> Array:
        """(samples, classes): the probability of each class, in the order of classes_."""
        scores = self._scores(X)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))     # softmax, which can't overflow
        probabilities: Array = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def _scores(self, X: Any) -> Array:
        """A score for each class: with one logit it is 0 and the logit, as sigmoid(z) is softmax(0, z)[1]."""
        outputs = self._outputs(X)
        return outputs if outputs.ndim == 2 else np.column_stack([np.zeros(len(outputs)), outputs])


class MLPRegressor(RegressorMixin, MultiOutputMixin, _Perceptron):  # type: ignore[misc]
    """A network for numbers, one or several for each sample, trained by half_squared_error.

    The arguments are those of sklearn.neural_network.MLPRegressor; the module says where they differ. loss_
    is the sum over several outputs, and tol is about that; scikit-learn shows the mean, with our gradient.
    """

    def fit(self, X: Any, y: Any) -> MLPRegressor:
        """Train on X (samples, inputs) and y, (samples,) or (samples, outputs): see MLPClassifier.fit."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self._train(X, y, 1 if y.ndim == 1 else y.shape[1], "half_squared_error")
        self.out_activation_ = "identity"
        return self

    def predict(self, X: Any) -> Array:
        """(samples,) for one output, else (samples, outputs)."""
        return self._outputs(X)
