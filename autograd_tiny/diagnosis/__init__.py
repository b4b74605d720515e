"""Measurements inside a model, layer by layer over many samples, and findings: problems that they show.

Start with measure.py. It takes these steps:

    arguments.py             check the model, its samples, its loss and its optimizer
    measurements.py          outputs and gradients of all units for all samples, on a tape or sample by sample
      layers.py              find the layers of the model in the computation graph of one sample
        activations.py       name the activation of each unit
      net_input_gradients.py compute gradients with respect to net inputs by a modified program of the tape
    summary.py               reduce the measurements of each layer to a few statistics and histograms
    findings.py              detect problems, and advise
      thresholds.py          the thresholds, with their sources, which the playground shares
      wording.py             the sentences about units and gradients, which the playground shares
    results.py               the dataclasses that hold the results

The method: X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks
(2010).
"""
