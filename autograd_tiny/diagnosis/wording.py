"""The sentences of findings that the playground has in common with `diagnose`."""
from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any, NamedTuple

from .results import Finding


class Wording(NamedTuple):
    """A kind of finding, and its sentences with the names of numbers in them."""

    kind: str
    text: str
    advice: str

    def finding(self, severity: str, where: str, **values: Any) -> Finding:
        """The finding, with numbers in its sentences."""
        return Finding(severity, self.kind, where, self.text.format(**values), self.advice.format(**values))


_FLOW = (
    "from {last} back to {first} the gradient with respect to the net inputs goes from {at_last:.2g} to {at_first:.2g}"
)
_GUESSING = "it is {loss:.3g}, {times} that of the best constant prediction"
_SMALLER_OUTPUTS = (
    "if the model is untrained, make its outputs smaller: inputs with a mean of 0 and a standard deviation of 1, "
    "smaller initial weights (xavier_uniform); otherwise try a lower learning rate"
)
_UPDATE, _USUAL = "an update changes the weights by {ratio:.2g} of their size", "about {usual:.6g} is usual"
_RATE = "learning rate than lr={lr:.6g}: {better:.1g} would change them by {usual:.6g}"
WORDINGS = {
    "worse_than_guessing": Wording("worse than guessing", _GUESSING, _SMALLER_OUTPUTS),
    "worse_than_guessing_by_outputs": Wording(
        "worse than guessing", _GUESSING + "; the outputs have a standard deviation of {spread:.3g}", _SMALLER_OUTPUTS,
    ),
    "probabilities_as_logits": Wording(
        "probabilities as logits",
        "the outputs come from {squashed}, but {loss_name} takes logits, which have no bounds",
        "let the last layer be linear, and apply {squashed} to what predict returns",
    ),
    "inputs_not_scaled": Wording(
        "inputs not scaled",
        "{count} of {columns} columns are far from a mean of 0 and a standard deviation of 1: column {worst} has a "
        "mean of {mean:.3g} and a standard deviation of {deviation:.3g}, and is an input of {first}",
        "scale them: (X - X.mean(axis=0)) / X.std(axis=0)",
    ),
    "learning_rate_high": Wording("learning rate too high", f"{_UPDATE}; {_USUAL}", f"a lower {_RATE}"),
    "learning_rate_high_in_others": Wording(
        "learning rate too high", f"{_UPDATE} (and by more than {{limit:.0%}} in {{others}}); {_USUAL}",
        f"a lower {_RATE}",
    ),
    "learning_rate_low": Wording(
        "learning rate too low", f"{_UPDATE}, and those of other layers by less; {_USUAL}",
        f"unless training is nearly finished, a higher {_RATE}",
    ),
    "alike": Wording(
        "alike",
        "all {units} units have the same outputs and the same gradients, so they stay copies of one another",
        'start with random weights: init="xavier_uniform"',
    ),
    "dead": Wording(
        "dead", "{dead} of {units} ReLU units are 0 for all {samples} samples (dead){which}",
        "lower the learning rate, initialise with he_normal and biases of 0, or use leaky_relu: no gradient reaches "
        "the weights of a dead unit",
    ),
    "dead_behind_zeros": Wording(
        "dead", "{dead} of {units} ReLU units are 0 for all samples, and {zero_layer} outputs only 0",
        "fix {zero_layer} first",
    ),
    "saturated": Wording(
        "saturated",
        "most outputs are saturated: {shares}. There the derivative is below {limit:.0%} of its maximum, and hardly "
        "any gradient passes through", "make the inputs or the initial weights smaller (xavier_uniform), or use relu",
    ),
    "vanishing": Wording(
        "vanishing", f"{_FLOW}, {{times}} smaller: it vanishes", "initialise with he_normal, or use fewer layers",
    ),
    "vanishing_squashed": Wording(
        "vanishing", f"{_FLOW}, {{times}} smaller: it vanishes",
        "use relu instead of sigmoid or tanh, initialise with xavier_uniform (he_normal for relu), or use fewer layers",
    ),
    "exploding": Wording(
        "exploding", f"{_FLOW}, {{times}} larger: it explodes",
        "initialise with he_normal or xavier_uniform, so that weights are smaller in wide layers; clip_norm=1.0 bounds "
        "the steps",
    ),
}


def times(factor: float) -> str:
    """A factor: 1,234 times, or 10^12 times."""
    return f"{factor:,.0f} times" if factor < 1e6 else f"10^{log10(factor):.0f} times"


def listed(names: Sequence[str], most: int = 4) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
