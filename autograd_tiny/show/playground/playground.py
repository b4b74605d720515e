"""playground: a page on which a network learns before one's eyes."""
from __future__ import annotations

import html
import inspect
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from ... import optim
from ...boundary.arguments import describe
from ...diagnosis import thresholds
from ...diagnosis.wording import WORDINGS
from ...engine.value import Value
from ...nn.activations import ACTIVATIONS
from ...nn.module import Module
from ..page.linking import script
from ..page.widget import LivePage
from .data_sets import DATA_SETS
from .layers import as_data, network_of, page_layers, places_in
from .samples import page_samples

MOMENTUM = 0.9
OPERATIONS = {                          # that the page evaluates or differentiates
    "abs", "add", "clip", "dot", "equal", "greater_equal", "logsumexp", "max", "mul", "pow", "relu", "softplus", "sub",
    "sum", "take", *(ACTIVATIONS.keys() - {"linear"}),
}


class Playground(LivePage):
    """The page of `playground`, which a notebook shows, and `save` writes to a file.

    Attributes:
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook, in pixels.
        widget: The page as a widget, if anywidget is installed.
    """

    def __init__(self, title: str, data: dict[str, Any], model: Module | None = None) -> None:
        self._model = model
        super().__init__(
            title, _file("playground.html").format(title=html.escape(title)),
            style=_file("../page/page.css") + _file("playground.css"),
            script=script(Path(__file__).with_name("playground.js"), data, OPERATIONS), height=1500,
        )

    @property
    def model(self) -> Any:
        """The network as it stands in the page, with its weights; a new one each time.

        In a notebook with anywidget the page tells it whenever training stops, or something is changed. It is a copy of
        the network that the page was given, or a Sequential if its layers were changed since.

        Raises:
            LookupError: The page was given no network, and has told none.
        """
        told = json.loads(self.state) if self.state else {}
        if not told and self._model is None:
            raise LookupError(
                "the page has told no network yet: show it in a notebook where anywidget is installed, or use its "
                "button `Copy weights as JSON`"
            )
        is_given = not told or told["isGiven"]
        found = deepcopy(self._model) if self._model is not None and is_given else network_of(told["layers"])
        if told:
            for parameter, number in zip(found.parameters(), told["numbers"], strict=True):
                parameter.data = number
        return found


def playground(model: Module | None = None, X: Any = None, y: Any = None, loss: Any = None) -> Playground:
    """A page on which a network learns, and everything about it can be changed.

    playground() begins with XOR and a small network; playground(model, X, y) with your own. The page computes in
    the browser, with the same calculus: from the same start it takes the same updates as `fit`, in the same order. It
    hands back a link that repeats everything, a program in Python, and the weights as JSON for model.load_state_dict.

    D. Smilkov and others, Direct-Manipulation Visualization of Deep Networks (2017).

    Args:
        model: A network with 2 inputs: Neuron, Layer, MLP, Maxout, or a Sequential of these and of activations. It
            stays as it is: the page trains a copy.
        X: Its samples (samples, 2).
        y: Their targets (samples,), as `fit` takes them for the loss.
        loss: A loss of the page: "binary_cross_entropy", "hinge", "cross_entropy", "multiclass_hinge", "squared_error",
            "half_squared_error", "absolute_error" or "huber"; by default one that goes with the outputs and y.

    Returns:
        A Playground: a page that a notebook shows, and that `save` writes to a file.

    Raises:
        TypeError: model is no such network, or X or y is missing.
        ValueError: The model has not 2 inputs, or X, y and the loss do not fit it or the page.
    """
    if model is None:
        given = [name for name, each in {"X": X, "y": y, "loss": loss}.items() if each is not None]
        if given:
            raise TypeError(f"playground() makes its own data and network: {', '.join(given)} needs a model before it")
        return Playground("Playground", playground_data())
    if not isinstance(model, Module):
        raise TypeError(f"model: a Module is expected, such as nn.MLP(2, [8, 1]), got {describe(model)}")
    if X is None or y is None:
        raise TypeError("playground(model, X, y) needs samples and their targets")
    return Playground(f"Playground: {model.describe()}", page_data(model, X, y, loss), deepcopy(model))


def page_data(model: Module, X: Any, y: Any, loss: Any) -> dict[str, Any]:
    """What the page of a network is given."""
    layers, inputs = page_layers(model)
    if inputs != 2:
        raise ValueError(f"model: the page shows a plane, so a network has 2 inputs, got {inputs}")
    parameters = model.parameters()
    frozen = [parameter.label for parameter in parameters if not parameter.requires_grad]
    if frozen:
        raise ValueError(f"model: the page trains all parameters, but {frozen[0]} is frozen; set requires_grad=True")
    if len(parameters) != _count(layers, inputs):
        raise ValueError("model: some of its parameters are shared by several units, which the page does not know")
    samples = page_samples(X, y, loss, layers[-1].units, layers[-1].activation)
    return playground_data() | {
        "settings": {
            "data": "given", "init": "given", "test": 0.0, "batch": 32, "loss": samples.loss,
            "layers": [[layer.units, layer.activation] for layer in layers[:-1]], "output": layers[-1].activation,
        },
        "points": samples.points, "classes": samples.classes, "layers": as_data(layers),
        "numbers": [parameter.data for parameter in parameters], "tensors": places_in(model.tensors(), parameters),
    }


def _count(layers: list[Any], inputs: int) -> int:
    widths = [inputs, *(layer.units for layer in layers)]
    return sum(
        layer.pieces * layer.units * (width + layer.bias) for layer, width in zip(layers, widths, strict=False)
    )


def playground_data() -> dict[str, Any]:
    """What all pages are given."""
    return {
        "settings": {}, "points": [], "classes": [], "layers": None, "numbers": [], "tensors": {},
        "optimizers": _optimizers(),
        "sources": {name: _source(function) for name, function in DATA_SETS.items()},
        "findings": {
            "wordings": {name: wording._asdict() for name, wording in WORDINGS.items()},
            "saturatedShare": thresholds.SATURATED_SHARE, "deadShare": thresholds.DEAD_SHARE,
            "fewSamples": thresholds.FEW_SAMPLES, "vanishing": thresholds.VANISHING, "exploding": thresholds.EXPLODING,
            "highUpdate": thresholds.HIGH_UPDATE, "lowUpdate": thresholds.LOW_UPDATE,
            "usualUpdate": thresholds.USUAL_UPDATE, "unscaled": thresholds.UNSCALED,
            "worseThanGuessing": thresholds.WORSE_THAN_GUESSING, "causes": thresholds.CAUSES,
            "saturated": thresholds.SATURATED, "relativeDerivatives": thresholds.RELATIVE_DERIVATIVES,
        },
    }


def _optimizers() -> dict[str, dict[str, float]]:
    """The options of each optimiser, with the defaults of its class."""
    weight = [Value(0.0)]
    found: dict[str, optim.Optimizer] = {
        "sgd": optim.SGD(weight), "momentum": optim.SGD(weight, momentum=MOMENTUM), "adagrad": optim.Adagrad(weight),
        "rmsprop": optim.RMSprop(weight), "adam": optim.Adam(weight),
    }
    return {name: _numbers(each.param_groups[0].options) for name, each in found.items()}


def _numbers(options: dict[str, Any]) -> dict[str, float]:
    beta1, beta2 = options.get("betas", (0.0, 0.0))
    return {"beta1": beta1, "beta2": beta2} | {
        name: each for name, each in options.items() if isinstance(each, float) and name != "lr"
    }


def _source(function: Any) -> str:
    """A function of data_sets.py as a program has it: without types, which a reader may not know."""
    text = inspect.getsource(function).rstrip()
    return text.replace("(samples: int, noise: float, rng: Random) -> Points:", "(samples, noise, rng):")


def _file(name: str) -> str:
    return Path(__file__).parent.joinpath(name).read_text(encoding="utf-8")
