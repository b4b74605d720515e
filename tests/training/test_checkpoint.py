"""Checkpoints: a training that is saved and loaded in the middle goes on bit for bit; files that do not fit."""
import json
import random

import numpy as np
import pytest
from references.networks.training import Straight, X, Y, mlp, numbers, with_dropout
from references.optional import needed

from autograd_tiny import Value, fit, load_checkpoint, nn, optim, save_checkpoint

safetensors = needed("safetensors.numpy", "save")
x, y = np.tile(X, (3, 1)), np.tile(Y, 3)        # enough for a tape in each training

OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, 0.05),
    "momentum": lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True),
    "adagrad": lambda p: optim.Adagrad(p, lr_decay=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, momentum=0.5, centered=True),
    "adam": lambda p: optim.Adam(p, 0.02, amsgrad=True),
    "adamw": lambda p: optim.AdamW([{"params": p[:3], "lr": 0.1}, {"params": p[3:], "betas": (0.5, 0.9)}]),
}
SCHEDULES = {
    "none": lambda o: None,
    "step": lambda o: optim.StepLR(o, 2, gamma=0.5),
    "milestones": lambda o: optim.MultiStepLR(o, [1, 3]),
    "cycle": lambda o: optim.OneCycleLR(o, 0.05, 6, cycle_momentum=type(o) is not optim.Adagrad),
    "plateau": lambda o: optim.ReduceLROnPlateau(o, patience=0, threshold=0.5),
    "lambda": lambda o: optim.LambdaLR(o, lambda t: 0.9**t),
    "warm-up": lambda o: optim.WarmupLR(optim.CosineAnnealingLR(o, 5), 2),
}


class Training:
    """All that a training consists of, new."""

    def __init__(self, optimizer="adam", schedule="none", rng=None):
        self.model = with_dropout(Straight)
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.schedule = SCHEDULES[schedule](self.optimizer)
        self.rng = np.random.default_rng(rng)

    @property
    def parts(self):
        return self.model, self.optimizer, self.schedule, self.rng

    def train(self, epochs):
        history = fit(
            self.model, x, y, "mse", self.optimizer, epochs, 16, schedule=self.schedule, seed=self.rng,
            validation_data=(X, Y), progress=False,
        )
        return history.to_dict()

    def state(self):
        optimizer = self.optimizer.state_dict()
        plain = {name: entry.tolist() if isinstance(entry, np.ndarray) else entry for name, entry in optimizer.items()}
        schedule = None if self.schedule is None else self.schedule.state_dict()
        return numbers(self.model).tolist(), plain, schedule, self.rng.bit_generator.state


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.safetensors"


@pytest.mark.parametrize(("optimizer", "schedule"), [
    *((optimizer, "step") for optimizer in OPTIMIZERS), *(("momentum", schedule) for schedule in SCHEDULES),
])
def test_a_training_goes_on_bit_for_bit(optimizer, schedule, path):
    whole, first, second = (Training(optimizer, schedule, seed) for seed in (5, 5, 6))
    expected = whole.train(5)
    first.train(2)
    save_checkpoint(path, *first.parts)
    load_checkpoint(path, *second.parts)
    assert second.state() == first.state()
    rest = second.train(3)
    assert second.state() == whole.state()
    assert rest == {name: column[2:] for name, column in expected.items()}


def test_a_loop_of_ones_own_goes_on_bit_for_bit(path):
    def train(model, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            sum(nn.losses.squared_error(model(row), t) for row, t in zip(X.tolist(), Y, strict=True)).backward()
            optimizer.step()

    (one, its), (other, theirs) = ((model, optim.Adam(model.parameters())) for model in (mlp(), mlp(seed=2)))
    one.parameters()[3].requires_grad = other.parameters()[3].requires_grad = False
    train(one, its, 4)
    save_checkpoint(path, one, its)
    load_checkpoint(path, other, theirs)
    train(one, its, 4)
    train(other, theirs, 4)
    assert numbers(one).tolist() == numbers(other).tolist()


def test_the_model_alone_can_be_read_from_a_checkpoint(path):
    model = mlp()
    save_checkpoint(path, model, optim.Adam(model.parameters()))
    for read in nn.load(path), nn.load(path, into=mlp(seed=4)):
        assert numbers(read).tolist() == numbers(model).tolist()
    other = mlp(seed=3)
    load_checkpoint(path, other)
    assert numbers(other).tolist() == numbers(model).tolist()


def test_saving_changes_nothing(path):
    training = Training("momentum", "cycle", 3)
    training.train(1)
    before = training.state()
    save_checkpoint(path, *training.parts)
    assert training.state() == before


# ---- what does not fit

def saved(path, *, without=()):
    training = Training("momentum", "step", 7)
    training.train(1)
    parts = zip(("model", "optimizer", "schedule", "rng"), training.parts, strict=True)
    save_checkpoint(path, *(None if name in without else part for name, part in parts))


def check_refused(path, match, *parts, error=ValueError):
    """Nothing has changed after the error."""
    training = Training("momentum", "step", 1)
    training.train(2)
    parts = parts or training.parts
    before = training.state()
    with pytest.raises(error, match=match):
        load_checkpoint(path, *[part(training) if callable(part) and not isinstance(part, nn.Module) else part
                                for part in parts])
    assert training.state() == before


@pytest.mark.parametrize("missing", ["optimizer", "schedule", "rng"])
def test_a_part_that_was_not_saved_is_named(missing, path):
    saved(path, without=(missing,))
    check_refused(path, f"training.safetensors: it was saved without {missing}")


@pytest.mark.parametrize(("parts", "match"), [
    ((mlp(),), "these weights do not fit MLP"),
    ((lambda t: t.model, lambda t: optim.Adam(t.optimizer.parameters)), "state of Adam is expected, got one of 'SGD'"),
    ((lambda t: t.model, lambda t: optim.SGD(t.optimizer.parameters[:-1])), "param_groups: groups of"),
    ((lambda t: t.model, lambda t: t.optimizer, lambda t: optim.StepLR(t.optimizer, 3)), "step_size: 3 here, but 2"),
])
def test_parts_of_another_kind_leave_everything_as_it_was(parts, match, path):
    saved(path)
    check_refused(path, match, *parts)


@pytest.mark.parametrize(("parts", "error", "match"), [
    ((None,), TypeError, "model: one of class Module is expected, got None"),
    ((lambda t: [1],), TypeError, "model: one of class Module"),
    ((lambda t: t.model, "sgd"), TypeError, "optimizer: one of class Optimizer"),
    ((lambda t: t.model, None, 3), TypeError, "schedule: "),
    ((lambda t: t.model, None, None, random.Random(1)), TypeError, "rng: one of class Generator"),
    ((lambda t: t.model, None, None, np.random.Generator(np.random.MT19937())), TypeError, "default_rng.*got MT19937"),
    ((lambda t: t.model, lambda t: t.optimizer, lambda t: optim.StepLR(optim.SGD([Value(0.0)]), 3)), ValueError,
     "schedule: it belongs to another optimiser"),
])
def test_arguments_are_checked_before_anything_is_read_or_written(parts, error, match, path):
    saved(path)
    check_refused(path, match, *parts, error=error)
    contents = path.read_bytes()
    training = Training()
    with pytest.raises(error, match=match):
        save_checkpoint(path, *[part(training) if callable(part) else part for part in parts])
    assert path.read_bytes() == contents


def test_a_model_alone_is_no_checkpoint(path):
    nn.save(with_dropout(Straight), path)
    check_refused(path, "it is no checkpoint: save_checkpoint writes one")
    safetensors.save_file({"model.w": np.ones(3)}, path, {"kind": "checkpoint"})
    check_refused(path, "it is no checkpoint")
    path.write_bytes(b"")
    check_refused(path, "damaged")
    path.unlink()
    check_refused(path, "No such file", error=FileNotFoundError)


def with_states(path, change):
    """Write the file again, with other JSON."""
    with safetensors.safe_open(path, framework="numpy") as file:
        arrays, metadata = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    metadata["states"] = change(metadata["states"])
    safetensors.save_file(arrays, path, metadata)


def changed(part, **entries):
    def change(text):
        states = json.loads(text)
        states[part] |= entries
        return json.dumps(states)
    return change


DAMAGES = {
    "no JSON": lambda text: "{", "a list": lambda text: "[]", "a number": lambda text: "3", "null": lambda text: "null",
    "a part that is a list": lambda text: '{"optimizer": [1]}', "a part that is text": lambda text: '{"rng": "x"}',
    "nested deep": lambda text: "[" * 100_000, "a large number": lambda text: '{"rng": ' + "9" * 5000 + "}",
    "steps": changed("optimizer", steps=-1), "groups": changed("optimizer", param_groups={}),
    "more groups": changed("optimizer", param_groups=[{"params": 1}] * 1000),
    "an unknown entry": changed("optimizer", momentum_buffers=[]),
    "a buffer": changed("optimizer", momentum_buffer=[1]),
    "the schedule's step": changed("schedule", last_step="3"), "base_lrs": changed("schedule", base_lrs=None),
    "another generator": changed("rng", bit_generator="MT19937"), "no state": changed("rng", state=None),
    "a state of text": changed("rng", state={"state": "1", "inc": 1}),
    "half a state": changed("rng", state={"state": 1}),
    "a state of floats": changed("rng", state={"state": 0.5, "inc": 1}),
    "a state too large": changed("rng", state={"state": 2**200, "inc": 1}),
    "a negative state": changed("rng", state={"state": -1, "inc": -1}),
    "a large rest": changed("rng", uinteger=2**70), "a rest of text": changed("rng", has_uint32="x"),
    "a negative rest": changed("rng", uinteger=-1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_states_that_are_damaged_leave_everything_as_it_was(damage, path):
    saved(path)
    with_states(path, DAMAGES[damage])
    check_refused(path, r"training.safetensors: ")


def test_an_interrupt_leaves_everything_as_it_was(path, monkeypatch):
    saved(path)
    load = optim.StepLR.load_state_dict

    def interrupted(self, state):
        monkeypatch.setattr(optim.StepLR, "load_state_dict", load)
        load(self, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(optim.StepLR, "load_state_dict", interrupted)
    check_refused(path, "^$", error=KeyboardInterrupt)


def test_a_function_in_a_state_is_not_written(path):
    class Own(optim.StepLR):
        def state_dict(self):
            return {**super().state_dict(), "function": print}

    optimizer = optim.SGD(mlp().parameters())
    with pytest.raises(TypeError, match="not JSON serializable"):
        save_checkpoint(path, mlp(), optimizer, Own(optimizer, 3))
    assert not path.exists()
