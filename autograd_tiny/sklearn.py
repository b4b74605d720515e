"""MLPClassifier and MLPRegressor: networks as estimators of scikit-learn, for its pipelines and searches.

An estimator turns labels into numbers, random_state into initial weights and a seed, and alpha into a penalty; then
it calls `fit` of training/fit.py.

**Differences from sklearn.neural_network.** The arguments have the same meaning, except for these. solver: "sgd"
(whose momentum is Nesterov's), "adam", "rmsprop" or "adagrad". activation: also those of nn.ACTIVATIONS. alpha: a
smaller last batch has the same penalty as the others. early_stopping: the samples held out for a classifier have
the proportions of its classes, and a regressor monitors their loss instead of R². verbose: shows a bar. There is no
sample_weight, no partial_fit and no warm_start.

With the same random_state the initial weights are those of scikit-learn, and where all samples are one batch, so are
all that follow. (Its Adam adds eps in another place, which changes about the sixth digit.)
"""
from __future__ import annotations

import warnings
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from . import nn, optim
from .boundary.arguments import boolean, integer, nonnegative
from .boundary.text import quoted
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

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}     # scikit-learn's names → those of nn.ACTIVATIONS
SOLVERS = ("sgd", "adagrad", "rmsprop", "adam")                 # without adamw: alpha is the weight decay here


class _Estimator(BaseEstimator):  # type: ignore[misc]
    """The arguments and the training of both estimators; MLPClassifier documents them."""

    _metrics: tuple[str, ...] = ()              # for early stopping
    _monitor = "val_loss"                       # the number that early stopping monitors

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
        """Train a new network. The estimator is fitted only if that succeeds."""
        rng = check_random_state(self.random_state)
        model = self._network(X.shape[1], outputs, rng)
        held_out = None
        if boolean("early_stopping", self.early_stopping):
            X, X_held_out, y, y_held_out = train_test_split(
                X, y, test_size=nonnegative("validation_fraction", self.validation_fraction, below=1.0),
                random_state=rng, stratify=y if is_classifier(self) else None,
            )
            held_out = X_held_out, y_held_out
        batch_size = self._batch_size(len(X))
        self.history_ = train.fit(
            model, X, y, loss, self._optimizer(model), integer("max_iter", self.max_iter), batch_size,
            validation_data=held_out, shuffle=boolean("shuffle", self.shuffle), seed=rng.randint(2**31 - 1),
            penalty=self._penalty(batch_size), progress=bool(self.verbose), **self._stopping(),
        )
        if not self.history_.stopped:
            warnings.warn(
                f"training has not converged after max_iter={self.max_iter} epochs", ConvergenceWarning,
                stacklevel=3,
            )
        self._set_fitted(model)

    def _batch_size(self, samples: int) -> int:
        is_auto = isinstance(self.batch_size, str) and self.batch_size == "auto"
        return min(200 if is_auto else integer("batch_size", self.batch_size), samples)

    def _network(self, inputs: int, outputs: int, rng: np.random.RandomState) -> nn.MLP:
        """With the initial weights of scikit-learn's networks for the same random_state."""
        hidden = [integer("hidden_layer_sizes", each) for each in as_list(self.hidden_layer_sizes)]
        sizes = [inputs, *hidden, outputs]
        activation = self.activation
        if isinstance(activation, str):
            activation = ACTIVATIONS.get(activation, activation)
        model = nn.MLP(inputs, sizes[1:], activation, init="zeros")
        initial = {}
        for k, (fan_in, fan_out) in enumerate(pairwise(sizes), 1):
            bound = np.sqrt((2.0 if activation == "sigmoid" else 6.0) / (fan_in + fan_out))
            initial[f"layer{k}.w"] = rng.uniform(-bound, bound, (fan_in, fan_out)).T
            initial[f"layer{k}.b"] = rng.uniform(-bound, bound, fan_out)
        model.load_state_dict(initial)
        return model

    def _optimizer(self, model: nn.MLP) -> optim.Optimizer:
        rate = nonnegative("learning_rate_init", self.learning_rate_init)
        if self.solver not in SOLVERS:
            raise ValueError(f"solver {quoted(self.solver)} is not known; there are {', '.join(SOLVERS)}")
        if self.solver == "sgd":
            momentum = nonnegative("momentum", self.momentum)
            return optim.SGD(model.parameters(), rate, momentum, nesterov=momentum > 0)
        optimizer = optim.named(self.solver, model.parameters())
        optimizer.lr = rate
        return optimizer

    def _stopping(self) -> dict[str, Any]:
        """The arguments of `fit` that end training: early stopping on held-out samples, or a plateau of the loss."""
        tol, patience = nonnegative("tol", self.tol), integer("n_iter_no_change", self.n_iter_no_change)
        if not self.early_stopping:
            return {"callbacks": [_PlateauCallback(tol, patience)]}
        stopping = train.EarlyStopping(patience + 1, self._monitor, tol)
        return {"metrics": self._metrics, "early_stopping": stopping}

    def _penalty(self, batch_size: int) -> Any:
        """alpha/(2·batch_size) · Σ w² over all weights but no biases, as in scikit-learn."""
        strength = nonnegative("alpha", self.alpha) / (2 * batch_size)
        if strength == 0.0:
            return None
        return lambda model: strength * l2(
            [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
        )

    def _set_fitted(self, model: nn.MLP) -> None:
        state = model.state_dict()
        self.model_ = model
        self.coefs_ = [array.T for name, array in state.items() if name.endswith("w")]
        self.intercepts_ = [array for name, array in state.items() if name.endswith("b")]
        self.loss_curve_ = self.history_["loss"]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else nan      # nan: interrupted in its first epoch
        self.n_iter_ = len(self.history_)

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self, "model_")
        return train.predict(self.model_, validate_data(self, X, dtype=np.float64, reset=False))


class _PlateauCallback:
    """Ends training when more than `patience` epochs in a row did not improve the best loss by tol.

    EarlyStopping compares to the last loss that counted as an improvement, but scikit-learn to the best loss of all:
    so a loss that falls by less than tol in each epoch ends training here.
    """

    def __init__(self, tol: float, patience: int) -> None:
        self.tol, self.patience = tol, patience
        self.best, self.waited = inf, 0

    def __call__(self, epoch: int, logs: dict[str, float]) -> bool:
        self.waited = self.waited + 1 if logs["loss"] > self.best - self.tol else 0
        self.best = min(self.best, logs["loss"])
        return self.waited > self.patience


class MLPClassifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """A multilayer perceptron as a classifier of scikit-learn.

    For two classes it has one output and is trained by binary_cross_entropy, else an output for each class and
    cross_entropy. The docstring of the module has the differences from sklearn.neural_network.MLPClassifier.

    Args:
        hidden_layer_sizes: Units of each hidden layer; a number for a single layer.
        activation: Activation of the hidden layers: "identity", "logistic", or a name in nn.ACTIVATIONS.
        solver: The optimiser: "sgd", "adam", "rmsprop" or "adagrad".
        alpha: Strength of the penalty, alpha/2 · Σ w² over the weights, divided by the batch size.
        batch_size: Samples in an update; "auto" is 200, or all if there are fewer.
        learning_rate_init: Learning rate, constant.
        max_iter: Largest number of epochs.
        shuffle: Whether each epoch takes the samples in a new order.
        random_state: Seed or numpy.random.RandomState, of weights, order and held-out samples.
        tol: Smallest improvement of the loss (or of the held-out score) that counts.
        verbose: Whether to show a bar.
        early_stopping: Whether some samples are held out, on which accuracy (a regressor: the loss) ends training.
        validation_fraction: Fraction of the samples to hold out.
        n_iter_no_change: Epochs without an improvement after which training ends.
        momentum: Momentum of "sgd".

    Attributes:
        model_: The network, an nn.MLP.
        history_: Its History.
        classes_: The labels in order, numbers or strings.
        coefs_, intercepts_: Copies of the weights (inputs, outputs) and biases (outputs,) of each layer.
        n_features_in_, n_iter_, loss_, loss_curve_, out_activation_: As in scikit-learn.
    """

    _metrics = ("accuracy",)
    _monitor = "val_accuracy"

    def fit(self, X: Any, y: Any) -> MLPClassifier:
        """Train a new network.

        Args:
            X: Inputs (samples, inputs).
            y: Labels (samples,), numbers or strings.

        Returns:
            The estimator itself.

        Raises:
            TypeError, ValueError: An argument or data that do not fit, such as one class only.
            FloatingPointError: Training diverged.

        Warns:
            ConvergenceWarning: max_iter ended training.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, labels = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y has one class only, {quoted(classes[0])}: two at least are expected")
        binary = len(classes) == 2
        self._train(
            X, labels, 1 if binary else len(classes), "binary_cross_entropy" if binary else "cross_entropy"
        )
        self.classes_, self.out_activation_ = classes, "logistic" if binary else "softmax"
        return self

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample.

        Args:
            X: Inputs (samples, inputs).

        Returns:
            Labels (samples,).
        """
        indices = self._logits(X).argmax(axis=1)
        predicted: Array = self.classes_[indices]
        return predicted

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class.

        Args:
            X: Inputs (samples, inputs).

        Returns:
            Probabilities (samples, classes), in the order of classes_.
        """
        logits = self._logits(X)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))     # softmax, without overflow
        probabilities: Array = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def _logits(self, X: Any) -> Array:
        """A logit for each class. A single output z stands for 0 and z, as sigmoid(z) = softmax(0, z)[1]."""
        outputs = self._outputs(X)
        return outputs if outputs.ndim == 2 else np.column_stack([np.zeros(len(outputs)), outputs])


class MLPRegressor(RegressorMixin, MultiOutputMixin, _Estimator):  # type: ignore[misc]
    """A multilayer perceptron as a regressor of scikit-learn, with one output or several.

    It is trained by half_squared_error. loss_ is the sum over the outputs, and so is the loss that tol compares;
    scikit-learn has the mean there, with the same gradient as here. The docstring of the module has the other
    differences from sklearn.neural_network.MLPRegressor; arguments and attributes are those of MLPClassifier, without
    classes_.
    """

    def fit(self, X: Any, y: Any) -> MLPRegressor:
        """Train a new network.

        Args:
            X: Inputs (samples, inputs).
            y: Targets (samples,) or (samples, outputs).

        Returns:
            The estimator itself. Errors and the warning are those of MLPClassifier.fit.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self._train(X, y, 1 if y.ndim == 1 else y.shape[1], "half_squared_error")
        self.out_activation_ = "identity"
        return self

    def predict(self, X: Any) -> Array:
        """The outputs.

        Args:
            X: Inputs (samples, inputs).

        Returns:
            Numbers (samples,) for one output, else (samples, outputs).
        """
        return self._outputs(X)
