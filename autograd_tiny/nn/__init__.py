"""Neurons, layers and networks: a network is a function of its inputs and of its parameters."""
from . import init, losses
from ..functions import log_softmax, softmax
from .activations import ACTIVATIONS
from .files import load, save
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential
from .losses import L1, L2
from .module import Module
from .network import Network

__all__ = [
    "ACTIVATIONS", "L1", "L2", "MLP", "Activation", "Dropout", "Layer", "Maxout", "Module", "Network",
    "Neuron", "Sequential", "init", "load", "log_softmax", "losses", "save", "softmax",
]
