"""Training: a time is the median of whole trainings."""
from __future__ import annotations

import sys
from statistics import median
from typing import Any

from measuring.processes import GIB, Case, Worker, available, available_memory, missing, seconds_of
from measuring.tables import Row, at_least, table
from measuring.times import check_agreement

PROGRAM = "from workloads.training import moons; moons({engine!r})['train']()"


class Trainings:
    """The results of an engine's trainings, without the first one, which was to warm up."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.found = found[1:]

    def __getitem__(self, name: str) -> float:
        """The median: of "seconds", "accuracy", …"""
        return float(median(each[name] for each in self.found))

    @property
    def loss(self) -> float:
        """The median of the losses of the last epoch."""
        return float(median(each["losses"][-1] for each in self.found))


def trainings(workload: str, turns: dict[Case, int]) -> dict[Case, Trainings]:
    """Let the cases train in turns: each as often as turns says, and once before to warm up."""
    workers = {case: Worker(workload, case) for case in available([*turns])}
    found: dict[Case, list[dict[str, Any]]] = {case: [] for case in workers}
    for turn in range(1 + max(turns.values())):
        for case, worker in workers.items():
            if turn <= turns[case]:
                found[case].append(worker.ask("train"))
    for worker in workers.values():
        worker.close()
    return {case: Trainings(each) for case, each in found.items()}


def check_losses(found: dict[Case, Trainings], epochs: int, precision: float) -> None:
    """Stop unless all had the same losses in the first epochs of the last training that all of them ran."""
    last = min(len(each.found) for each in found.values()) - 1
    losses = {case: each.found[last]["losses"][:epochs] for case, each in found.items()}
    check_agreement({case: {"numbers": numbers} for case, numbers in losses.items()}, precision)


def training_moons() -> str:
    native, reference, torch = ("native",), ("micrograd",), ("torch",)
    turns: dict[Case, int] = {native: 15, ("pure",): 5, reference: 3, torch: 15}
    targets = {reference: 1000, torch: 3}
    found = trainings("training-moons", turns)
    check_losses(found, turns[reference], 1e-9)
    check_losses({case: each for case, each in found.items() if case != reference}, 100, 1e-6)

    programs: dict[Case, list[float]] = {case: [] for case in found if case != reference}
    for _ in range(5):
        for case, times in programs.items():
            print(f"training-moons: a program, {case[0]}", file=sys.stderr)
            times.append(seconds_of(case[0], PROGRAM.format(engine=case[0])))
    whole = {case: median(times) for case, times in programs.items()}

    def times_as_fast(case: Case, times: dict[Case, float]) -> object:
        if case == native or native not in times:
            return ""
        ratio = times.get(case, found[case]["seconds"]) / times[native]
        return at_least(targets[case], ratio) if case in targets else ratio

    def row(case: Case) -> Row:
        if case not in found:
            return [case[0], missing(case[0])]
        loops = {each: trained["seconds"] for each, trained in found.items()}
        program: object = 1e3 * whole[case] if case in whole else ""
        end: Row = [f"{found[case].loss:.5f}", found[case]["accuracy"]] if case in whole else []
        return [
            case[0], 1e3 * loops[case], times_as_fast(case, loops), program, times_as_fast(case, whole), *end,
        ]

    head = [
        "engine", "fit, or the loop", "native is as many times faster", "the whole program",
        "native's is as many times faster", "last loss", "accuracy",
    ]
    return f"""\
## training-moons: 100 epochs of micrograd's demo, in milliseconds

MLP 2-16-16-1, all 100 points in each update, hinge loss and L2 penalty, a learning rate that falls from 1 to 0.1.
native and pure: one call of `fit`, which records a tape first; the others: a loop, torch's vectorised over the points,
in float64. All begin with the same weights, and their losses agree. micrograd: 100 times the median of its
epochs 2 to {1 + turns[reference]}, so its loss at the end is not known. The whole program: `python -c`, from
the start of the process to its end, imports and data included, by the clock on the wall; of micrograd, the
loop alone.

{table(head, [row(case) for case in turns])}
"""


def training_digits() -> str:
    title = "## training-digits: scikit-learn's digits, a network 64-64-10\n\n"
    if missing("scikit-learn"):
        return title + "Left out: scikit-learn is not installed.\n"
    native, pure, sklearn = ("native",), ("pure",), ("scikit-learn",)
    double, single = ("torch", "float64"), ("torch", "float32")
    found = trainings("training-digits", {native: 5, pure: 5, sklearn: 5, double: 5, single: 5})
    check_losses({case: each for case, each in found.items() if case in (native, pure, double)}, 30, 1e-6)
    check_losses(found, 30, 0.05)

    def row(case: Case) -> Row:
        name = " ".join(case)
        if case not in found:
            return [name, missing(case[0])]
        each = found[case]
        compared: list[Row] = [
            [each[key] / found[native][key]] if native in found and case != native else [""]
            for key in ("seconds", "until")
        ]
        return [
            name, 1e3 / 30 * each["seconds"], *compared[0], each["epochs"], 1e3 * each["until"], *compared[1],
            f"{each.loss:.4f}", f"{100 * each['accuracy']:.1f} %",
        ]

    head = [
        "engine", "an epoch", "native is as many times faster", "epochs to 97 %", "time to 97 %",
        "native is as many times faster", "loss in epoch 30", "accuracy after 30",
    ]
    return title + f"""\
In milliseconds; Adam with a rate of 0.003, batches of 32, 1,347 digits to train and 450 to test. Medians of
five trainings, each with other weights and another order of the samples, the same for all engines. An epoch:
a thirtieth of 30 epochs without a test; with `fit`, everything that the call does. To 97 %: with a test after each
epoch, by `validation_data` and a callback, which measures the test loss and the training accuracy, too.
scikit-learn: MLPClassifier, `partial_fit` for each epoch. Accuracy: of the test.

{table(head, [row(case) for case in (native, pure, sklearn, double, single)])}
"""


def training_mnist() -> str:
    native, double, single = ("native",), ("torch", "float64"), ("torch", "float32")
    title = "## training-mnist: an epoch of 60,000 samples, a network 784-64-10, in seconds\n\n"
    if available_memory() < 4 * GIB:
        return title + "Left out: it needs 4 GiB of free memory.\n"
    if missing("native"):
        return title + f"Left out: native is {missing('native')}.\n"
    found = trainings("training-mnist", {native: 5, double: 5, single: 5})
    check_losses({case: each for case, each in found.items() if case != single}, 1, 1e-9)
    check_losses(found, 1, 1e-3)

    def row(case: Case) -> Row:
        name = " ".join(case)
        if case not in found:
            return [name, missing(case[0])]
        each = found[case]
        against: object = ""
        if case != native:
            ratio = each["seconds"] / found[native]["seconds"]
            against = at_least(1.3, ratio) if case == double else ratio
        recording: object = f"{each['recording']:.3f}" if case == native else ""
        return [
            name, f"{each['seconds']:.3f}", against, recording, f"{each.loss:.5f}",
            f"{100 * each['accuracy']:.2f} %",
        ]

    head = ["engine", "an epoch", "native is as many times faster", "recording", "loss", "accuracy"]
    return title + f"""\
Made-up images of ten classes: a template for each class, and noise. SGD with a learning rate of 0.01, batches of 32
in the same random order for all. native: one call of `fit` for one epoch, recording included. Recording, beside it:
`record` for this loss, with its check, which `fit` leaves out for modules of the package. torch: the samples of a
batch are indexed from a tensor. One thread. The loss is the mean over the epoch, the accuracy that on the training
data afterwards.

{table(head, [row(case) for case in (native, double, single)])}
"""


def initial_weights() -> str:
    title = "## initial-weights: how far five epochs lead from the weights at the start\n\n"
    if missing("scikit-learn"):
        return title + "Left out: scikit-learn is not installed.\n"
    networks = [("8", "64"), ("28", "64"), ("8", "64,64,64")]
    starts: dict[str, Case] = {             # U(-1, 1) is that of init="micrograd"
        "MLP's default": ("native", "by_activation"), 'MLP, init="micrograd"': ("native", "uniform"),
        "PyTorch's default": ("torch", "default"),
    }
    turns = {(*start, *network): 10 for start in starts.values() for network in networks}
    found = trainings("initial-weights", turns)

    def row(name: str, start: Case) -> Row:
        cells: Row = [name]
        for network in networks:
            if (each := found.get((*start, *network))) is None:
                return [name, missing(start[0])]
            after = [median(epochs) for epochs in zip(*(run["accuracies"] for run in each.found), strict=True)]
            cells += [f"{100 * after[0]:.1f} %", f"{100 * after[-1]:.1f} %"]
        return cells

    head = ["weights at the start"]
    for name in ("64-64-10", "784-64-10", "64-64-64-64-10"):
        head += [f"{name}, epoch 1", "epoch 5"]
    return title + f"""\
Accuracy of the test: scikit-learn's digits, 1,347 to train and 450 to test, relu, SGD with a rate of 0.1, batches of
32. Medians of ten trainings, each from another seed. For 784 inputs the images are enlarged to 28 × 28.

{table(head, [row(name, start) for name, start in starts.items()])}
"""
