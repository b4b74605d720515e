"""Makes optimizers.json: what torch.optim and torch.nn.utils do, in float64.

    python tests/references/networks/optimizers.py
"""
from __future__ import annotations

import json
import platform
from pathlib import Path

import torch
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
STEPS = 100
# The targets are so far away that no optimiser converges in 100 steps: near a minimum, large steps oscillate and
# amplify a difference in the last bit of the start to 1e-5, so that nothing could be compared.
SAMPLES = [([0.15, -0.6], 2.1), ([0.55, 0.2], -1.5), ([-0.4, 0.45], 0.6), ([0.05, 0.85], -3.3)]
START = [[[0.41, -0.73], [-0.28, 0.95]], [0.13, -0.37], [0.88, -0.54], 0.21]        # W, b, v, c

OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.03}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.05, "momentum": 0.7, "nesterov": True, "weight_decay": 0.02}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.2, "lr_decay": 0.05}),
    ("Adagrad", {"lr": 0.1, "weight_decay": 0.04, "initial_accumulator_value": 0.3, "eps": 1e-3}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.003, "alpha": 0.9, "eps": 1e-4}),
    ("RMSprop", {"lr": 0.005, "momentum": 0.6}),
    ("RMSprop", {"lr": 0.005, "centered": True}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.95, "momentum": 0.5, "centered": True, "weight_decay": 0.03}),
    ("Adam", {}),
    ("Adam", {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-4}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "betas": [0.0, 0.5], "amsgrad": True, "weight_decay": 0.02}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.05, "betas": [0.7, 0.9], "weight_decay": 0.2, "eps": 1e-6, "amsgrad": True}),
]
FROZEN = [      # W in the first 30 steps, and v from the 40th to the 69th
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.5}),
    ("Adagrad", {"lr": 0.2, "lr_decay": 0.05, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.005, "momentum": 0.6, "centered": True}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.3}),
]
GROUPED = [     # W and b have options of their own, v and c the defaults
    ("SGD", {"lr": 0.05}, {"lr": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}, {"momentum": 0.0, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05}, {"momentum": 0.8, "nesterov": True}),
    ("Adagrad", {"lr": 0.2, "initial_accumulator_value": 0.1}, {"lr_decay": 0.05, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.005}, {"alpha": 0.9, "momentum": 0.6, "centered": True}),
    ("Adam", {"lr": 0.02, "amsgrad": True}, {"betas": [0.8, 0.95], "amsgrad": False}),
    ("AdamW", {"lr": 0.05}, {"lr": 0.02, "weight_decay": 0.3}),
]
CONSTANT = ("ConstantLR", {"factor": 1.0})
SCHEDULES = [
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 30, "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.93}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.9, "end_factor": 0.05, "total_iters": 60}),
    ("CosineAnnealingLR", {"T_max": 100}),
    ("CosineAnnealingLR", {"T_max": 30, "eta_min": 0.004}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("MultiStepLR", {"milestones": [5, 12, 40]}),
    ("MultiStepLR", {"milestones": [30, 7, 7, 0], "gamma": 0.5}),
    ("MultiStepLR", {"milestones": []}),
]
ONE_CYCLES = [
    ("SGD", {"momentum": 0.9}, {"max_lr": 0.1, "total_steps": 101}),
    ("SGD", {}, {"max_lr": [0.1, 0.02], "epochs": 3, "steps_per_epoch": 7}),
    ("SGD", {"momentum": 0.5}, {"max_lr": 1.0, "total_steps": 40, "cycle_momentum": False, "three_phase": True}),
    ("Adam", {}, {"max_lr": 0.05, "total_steps": 60, "three_phase": True, "anneal_strategy": "linear"}),
    ("AdamW", {"betas": [0.9, 0.99]}, {
        "max_lr": 0.05, "total_steps": 55, "pct_start": 0.45, "anneal_strategy": "linear", "base_momentum": 0.7,
        "max_momentum": 0.9, "div_factor": 10.0, "final_div_factor": 50.0}),
    ("RMSprop", {}, {"max_lr": 0.05, "total_steps": 30, "pct_start": 0.0}),
    ("SGD", {}, {"max_lr": 0.05, "total_steps": 30, "pct_start": 1.0}),
    ("SGD", {}, {"max_lr": 0.05, "total_steps": 1}),
    ("SGD", {}, {"max_lr": 0.05, "total_steps": 2}),
    ("Adagrad", {}, {"max_lr": 0.05, "total_steps": 20, "cycle_momentum": False}),
]
PLATEAUS = [
    {},
    {"patience": 0, "threshold": 0.0},
    {"patience": 2, "factor": 0.5, "cooldown": 4},
    {"patience": 1, "mode": "max", "threshold": 0.05},
    {"patience": 1, "mode": "max", "threshold": 0.1, "threshold_mode": "abs", "min_lr": 0.003},
    {"patience": 1, "threshold": 0.1, "threshold_mode": "abs", "min_lr": [0.01, 1e-5], "cooldown": 1},
    {"patience": 1, "eps": 1e-3, "factor": 0.3},
    {"patience": 0, "factor": 0.0},
]
LOSSES = [      # falling, swinging, flat, not finite, negative, rising
    *(2.0 * 0.9**k for k in range(15)), *(0.4 + 0.1 * (-1) ** k for k in range(10)), *[0.3] * 15,
    float("nan"), 0.2, float("inf"), 0.2, *(-0.1 * k for k in range(8)), *(-0.7 + 0.03 * k for k in range(25)),
]
CLIPPED = [[0.3, -0.4], [30.0, -40.0, 0.0], [0.0, 0.0], [1e-9, 2e-9], [1e100, -3.0], [5.0]]


def loss(parameters: list[torch.Tensor]) -> torch.Tensor:
    """A small network with a hidden layer, and a wave in c: not convex."""
    w, b, v, c = parameters
    x = torch.tensor([x for x, _ in SAMPLES])
    y = torch.tensor([y for _, y in SAMPLES])
    outputs = torch.tanh(x @ w.T + b) @ v + c
    return ((outputs - y) ** 2).mean() + 0.1 * torch.sin(3 * c)


def numbers(parameters: list[torch.Tensor]) -> list[float]:
    return torch.cat([p.detach().reshape(-1) for p in parameters]).tolist()


def trajectory(name: str, options: dict, freezes: bool = False, of_first: dict | None = None) -> list[list[float]]:
    """The parameters after 0, 10, 20 … 100 steps. of_first: options of W and b, which are then a group."""
    parameters = [torch.tensor(p, requires_grad=True) for p in START]
    groups = [{"params": parameters[:2], **(of_first or {})}, {"params": parameters[2:]}]
    optimizer = getattr(torch.optim, name)(parameters if of_first is None else groups, foreach=False, **options)
    found = [numbers(parameters)]
    for step in range(STEPS):
        optimizer.zero_grad()
        loss(parameters).backward()
        if freezes:
            for frozen, first, end in (parameters[0], 0, 30), (parameters[2], 40, 70):
                if first <= step < end:
                    frozen.grad = None
        optimizer.step()
        if (step + 1) % 10 == 0:
            found.append(numbers(parameters))
    return found


def rates(name: str, options: dict, warmup: dict | None) -> list[float]:
    """The learning rate at the steps 0 to 100."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    after = getattr(lr_scheduler, name)(optimizer, **options)
    schedule = after
    if warmup:
        rising = lr_scheduler.LinearLR(optimizer, **warmup)
        schedule = lr_scheduler.SequentialLR(optimizer, [rising, after], [warmup["total_iters"]])
    found = []
    for _ in range(STEPS + 1):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def two_groups(name: str, options: dict) -> torch.optim.Optimizer:
    """An optimiser of two parameters, each in a group; the second has half the rate."""
    first, second = ([torch.zeros(1, requires_grad=True)] for _ in range(2))
    groups = [{"params": first}, {"params": second, "lr": 0.05}]
    return getattr(torch.optim, name)(groups, lr=0.1, **options)


def one_cycle(name: str, options: dict, given: dict) -> dict:
    """The rates of both groups, and the momentum or the first beta, at each step of the cycle."""
    optimizer = two_groups(name, options)
    schedule = lr_scheduler.OneCycleLR(optimizer, **given)
    found: dict[str, list] = {"rates": [], "momenta": []}
    for step in range(schedule.total_steps):
        found["rates"].append([group["lr"] for group in optimizer.param_groups])
        found["momenta"].append([
            group["betas"][0] if "betas" in group else group.get("momentum") for group in optimizer.param_groups
        ])
        optimizer.step()
        if step + 1 < schedule.total_steps:
            schedule.step()
    return {"name": name, "options": options, "given": given, **found}


def plateau(given: dict) -> dict:
    """The rates of both groups after each of LOSSES."""
    optimizer = two_groups("SGD", {})
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, **given)
    rates = []
    for number in LOSSES:
        schedule.step(number)
        rates.append([group["lr"] for group in optimizer.param_groups])
    return {"given": given, "rates": rates}


def clipped(gradients: list[float], how: str, limit: float) -> dict:
    """The clipped gradients, each of a parameter of its own."""
    parameters = [torch.zeros(1, requires_grad=True) for _ in gradients]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = torch.tensor([g])
    norm = getattr(torch.nn.utils, f"clip_grad_{how}_")(parameters, limit)
    return {
        "gradients": gradients, "how": how, "limit": limit, "norm": None if norm is None else norm.item(),
        "clipped": [p.grad.item() for p in parameters],
    }


def written(cases: list[dict]) -> str:
    """A line for each case, so that changes can be read."""
    return "[\n" + ",\n".join(json.dumps(each, allow_nan=False) for each in cases) + "\n]"


def main() -> None:
    parts = {
        "optimizers": [
            {"name": name, "options": options, "freezes": freezes,
             "every_10th": trajectory(name, options, freezes)}
            for cases, freezes in ((OPTIMIZERS, False), (FROZEN, True)) for name, options in cases
        ],
        "groups": [
            {"name": name, "options": options, "of_first": of_first,
             "every_10th": trajectory(name, options, of_first=of_first)}
            for name, options, of_first in GROUPED
        ],
        "schedules": [
            {"name": name, "options": options, "warmup": warmup, "rates": rates(name, options, warmup)}
            for warmup in (None, {"total_iters": 12}, {"total_iters": 5, "start_factor": 0.01})
            for name, options in ([CONSTANT] if warmup else []) + SCHEDULES
        ],
        "one_cycles": [one_cycle(*case) for case in ONE_CYCLES],
        "plateaus": [plateau(given) for given in PLATEAUS],
        "clipping": [
            clipped(gradients, how, limit)
            for how in ("norm", "value") for limit in (0.25, 1.0, 10.0) for gradients in CLIPPED
        ],
    }
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    lines = [f'"versions": {json.dumps(versions)}', f'"samples": {json.dumps(SAMPLES)}']
    lines.append(f'"losses": {json.dumps([str(number) for number in LOSSES])}')
    lines += [f'"{name}": {written(cases)}' for name, cases in parts.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
