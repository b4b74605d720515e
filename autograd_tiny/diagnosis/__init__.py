"""What goes on inside of a model, layer by layer, over samples: activations, gradients, updates, illnesses.

    layers.py    which layers a model has, found in the graph of one sample
    subject.py   the model, its samples, its loss and its optimizer, checked
    samples.py   what units give and what arrives there, for all samples: on a tape, or one by one
    opening.py   a tape that is opened at net inputs, for the gradients that arrive there
    summary.py   the few numbers, and the histograms, that say it of a layer
    findings.py  the illnesses, with their thresholds and what to try
    study.py     all of it together: `measure`

X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks (2010),
looked at networks in this way.
"""
from .findings import USUAL_UPDATE
from .measure import measure
from .results import Finding, Histogram, LayerReport, Measured
from .summary import SATURATED

__all__ = ["SATURATED", "USUAL_UPDATE", "Finding", "Histogram", "LayerReport", "Measured", "measure"]
