"""The thresholds of findings, with their sources. The playground has them, too."""

# A sigmoid or tanh is saturated where its derivative is below this share of its maximum: beyond ±4.4 and ±2.2.
SATURATED = 0.05
# the derivative as a share of its maximum, c₀ + c₁·a + c₂·a² of the output a: 4a(1 − a), and 1 − a²
RELATIVE_DERIVATIVES = {"sigmoid": (0.0, 4.0, -4.0), "tanh": (1.0, 0.0, -1.0)}

# Above one half, most of the gradient is lost on its way through the layer, as in Glorot and Bengio (2010).
SATURATED_SHARE = 0.5
# Networks that learn well have a few ReLUs that are 0 for all samples; A. Karpathy's notes for CS231n mention
# up to 40 % where the learning rate is too high.
DEAD_SHARE = 0.2
FEW_SAMPLES = 20        # a ReLU that is 0 for fewer samples than this may well be alive
# The gradient is a hundred times smaller, or larger, at the first layer than at the last: with one learning
# rate for both, one of them does not learn.
VANISHING, EXPLODING = 1e-2, 1e2
# CS231n: an update should change the weights by about a thousandth of their size. A hundred times less is far
# off; a hundred times more would be too, but small networks with a ratio of 0.1 were seen to learn well.
USUAL_UPDATE, LOW_UPDATE, HIGH_UPDATE = 1e-3, 1e-5, 0.15
# Initialisers assume inputs with a mean of 0 and a standard deviation of 1 (Y. LeCun and others, Efficient
# BackProp, 1998, section 4.3). This is ten times off.
UNSCALED = 10.0
# The outputs of an untrained model may well have a loss several times that of the best constant prediction.
WORSE_THAN_GUESSING = 10.0
# kinds that may cause the others
CAUSES = "nonfinite", "probabilities as logits", "inputs not scaled", "learning rate too high"
