"""Optimisers, schedules of their learning rate, and clipping of gradients.

Names, arguments, defaults and formulas are those of torch.optim. Read optimizers.py first.
"""
from .clipping import clip_grad_norm_, clip_grad_value_, clip_norm, clip_value
from .optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop, named
from .schedules import CosineAnnealingLR, ExponentialLR, LinearLR, LRScheduler, StepLR, WarmupLR

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LinearLR",
    "Optimizer", "RMSprop", "StepLR", "WarmupLR", "clip_grad_norm_", "clip_grad_value_", "clip_norm",
    "clip_value", "named",
]
