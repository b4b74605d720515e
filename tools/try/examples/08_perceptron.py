# Watch one unit learn
from autograd_tiny import perceptron

perceptron()       # place points; the rule of 1957 moves its line
