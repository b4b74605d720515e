"""Optimisers, schedules of their learning rate, and clipping of gradients.

Names, arguments, defaults and formulas are those of torch.optim. Read optimizer.py first.
"""
from .clipping import clip_grad_norm_, clip_grad_value_, clip_norm, clip_value
from .optimizer import Optimizer
from .optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, named
from .plateau import ReduceLROnPlateau
from .schedules import (
    CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, LRScheduler, MultiStepLR, OneCycleLR, StepLR, WarmupLR,
)

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR",
    "MultiStepLR", "OneCycleLR", "Optimizer", "RMSprop", "ReduceLROnPlateau", "StepLR", "WarmupLR",
    "clip_grad_norm_", "clip_grad_value_", "clip_norm", "clip_value", "named",
]
