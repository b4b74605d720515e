"""Neural networks: modules, activations, losses, penalties, initialisers, and models in files.

Read module.py first: what a module is. Then layers.py, or network.py for graphs of any shape.
"""
from ..engine.functions import log_softmax, softmax
from . import init, losses
from .activations import ACTIVATIONS
from .embedding import Embedding
from .layers import MLP, Activation, Dropout, Layer, Maxout, Neuron, Sequential, flatten
from .losses import L1, L2
from .module import Module
from .network import Network
from .onnx_file import to_onnx
from .serialization import load, save
from .state_dicts import from_state_dict
from .torch_modules import from_torch

__all__ = [
    "ACTIVATIONS", "L1", "L2", "MLP", "Activation", "Dropout", "Embedding", "Layer", "Maxout", "Module", "Network",
    "Neuron", "Sequential", "flatten", "from_state_dict", "from_torch", "init", "load", "log_softmax", "losses", "save",
    "softmax", "to_onnx",
]
