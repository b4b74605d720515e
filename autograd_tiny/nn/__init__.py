"""Neurons, layers and networks: a network is a function of its inputs and of its parameters."""
from ..engine.functions import log_softmax, softmax
from . import init, losses
from .activations import ACTIVATIONS
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential
from .losses import L1, L2
from .module import Module
from .network import Network
from .serialization import load, save

__all__ = [
    "ACTIVATIONS", "L1", "L2", "MLP", "Activation", "Dropout", "Layer", "Maxout", "Module", "Network",
    "Neuron", "Sequential", "init", "load", "log_softmax", "losses", "save", "softmax",
]
