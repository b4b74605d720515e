"""Between updates: metrics, validation, callbacks, early stopping."""
import numpy as np
import pytest
from references.networks.training import Batches, N, Straight, X, Y, with_dropout, mlp, numbers, same

from autograd_tiny import EarlyStopping, Value, evaluate, fit, greater, nn, optim


# ---- metrics and validation

def largest_error(outputs, target):
    """A metric of one's own."""
    return abs(outputs - target)


class Doubled:
    """A metric that is an object."""

    def __call__(self, outputs, target):
        return 2.0 * (outputs - target)


def test_metrics_and_validation_are_those_of_the_model_after_the_epoch():
    model = mlp()
    other, other_y = X[::-2] * 0.5, Y[::-2] - 0.1
    known = []

    def look(epoch, logs):
        known.append([evaluate(model, x, y, "mse", ["mae", largest_error, Doubled()])
                      for x, y in ((X, Y), (other, other_y))])

    history = fit(
        model, X, Y, "mse", "adam", 4, 8, validation_data=(other, other_y), callbacks=[look],
        metrics=["mae", largest_error, Doubled()], penalty=nn.L2(0.3), progress=False,
    )
    assert history.names == [
        "loss", "mae", "largest_error", "Doubled", "val_loss", "val_mae", "val_largest_error", "val_Doubled",
    ]
    for name in "mae", "largest_error", "Doubled":
        same(history[name], [train[name] for train, _ in known])
        same(history[f"val_{name}"], [val[name] for _, val in known])
    same(history["val_loss"], [val["loss"] for _, val in known])
    errors = [model(x).data - t for x, t in zip(other.tolist(), other_y, strict=True)]
    same(history["val_loss"][-1], np.mean(np.square(errors)))
    same(history["val_mae"][-1], np.mean(np.abs(errors)))
    same(history["val_Doubled"][-1], 2 * np.mean(errors))


def test_validation_drops_nothing():
    model = with_dropout(Straight)
    logs = fit(model, X, Y, "mse", epochs=3, seed=1, validation_data=(X, Y), metrics=["mse"], progress=False)
    model.eval()
    expected = np.mean([(model(x).data - t) ** 2 for x, t in zip(X.tolist(), Y, strict=True)])
    for name in "val_loss", "mse", "val_mse":
        assert logs[name][-1] == pytest.approx(expected, rel=1e-12)


def test_metrics_may_come_from_a_generator_and_names_must_differ():
    history = fit(mlp(), X, Y, "mse", metrics=(name for name in ["mae"]), progress=False)
    assert history.names == ["loss", "mae"]

    def lr(o, t):
        return o - t

    model = mlp()
    optimizer = optim.SGD(model.parameters())
    with pytest.raises(ValueError, match="same name: loss, lr, lr"):
        fit(
            model, X, Y, "mse", optimizer, metrics=[lr], schedule=optim.StepLR(optimizer, 1), progress=False
        )


# ---- callbacks

class Both:
    """A callback after updates and epochs."""

    def __init__(self, seen):
        self.seen = seen

    def on_epoch_end(self, epoch, logs):
        self.seen.append(("epoch", epoch, logs))

    def on_batch_end(self, update, logs):
        self.seen.append(("batch", update, logs))


def test_callbacks_are_called_in_order_with_what_was_found():
    seen, calls = [], []
    history = fit(
        mlp(), X, Y, "mse", epochs=2, batch_size=20, validation_data=(X, Y),
        callbacks=[Both(seen), lambda epoch, logs: calls.append((epoch, logs))], progress=False,
    )
    order = [(what, count) for what, count, _ in seen]
    assert order == [
        ("batch", 1), ("batch", 2), ("epoch", 1), ("batch", 3), ("batch", 4), ("epoch", 2),
    ]
    assert [epoch for epoch, _ in calls] == [1, 2]
    for k, (_, logs) in enumerate(calls):
        assert logs == {name: history[name][k] for name in ("loss", "val_loss")}
    assert [logs for what, _, logs in seen if what == "epoch"] == [logs for _, logs in calls]
    batches = [logs["loss"] for what, _, logs in seen if what == "batch"]
    same(history["loss"], [np.mean(batches[:2]), np.mean(batches[2:])])


class Hooks:
    """A callback with every hook, as those of Keras are written."""

    def __init__(self, model, seen):
        self.model, self.seen = model, seen

    def note(self, hook, count, logs):
        self.seen.append((hook, count, logs, numbers(self.model).tolist()))

    def on_train_begin(self, logs=None):
        self.note("train begin", None, logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.note("epoch begin", epoch, logs)

    def on_batch_end(self, batch, logs=None):
        self.note("batch end", batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self.note("epoch end", epoch, logs)

    def on_train_end(self, logs=None):
        self.note("train end", None, logs)


def test_every_hook_is_called_in_its_turn_with_the_parameters_of_then():
    model, seen = mlp(), []
    before = numbers(model).tolist()
    history = fit(
        model, X, Y, "mse", epochs=2, batch_size=20, validation_data=(X, Y), callbacks=[Hooks(model, seen)],
        progress=False,
    )
    assert [(hook, count) for hook, count, *_ in seen] == [
        ("train begin", None), ("epoch begin", 1), ("batch end", 1), ("batch end", 2), ("epoch end", 1),
        ("epoch begin", 2), ("batch end", 3), ("batch end", 4), ("epoch end", 2), ("train end", None),
    ]
    logs = [logs for hook, _, logs, _ in seen if hook != "batch end"]
    last = {name: history[name][-1] for name in history}
    assert logs == [{}, {}, {name: history[name][0] for name in history}, {}, last, last]
    parameters = [numbers for *_, numbers in seen]
    assert parameters[0] == parameters[1] == before and parameters[3] == parameters[4] == parameters[5]
    assert parameters[-1] == parameters[-2] == numbers(model).tolist() != parameters[5]


def test_at_the_end_of_training_the_best_epoch_is_back():
    model, seen = mlp(), []
    history = fit(
        model, X, Y, "mse", optim.SGD(model.parameters(), lr=1.5), 30, None, early_stopping=2,
        callbacks=[Hooks(model, seen)], progress=False,
    )
    hook, _, logs, last = seen[-1]
    assert hook == "train end" and history.best_epoch < len(history)
    assert last == numbers(model).tolist() and logs == {"loss": history["loss"][-1]}


def test_the_end_of_training_is_called_after_an_interrupt_but_not_after_an_error():
    for error, hooks in ((KeyboardInterrupt, ["train begin", "epoch begin", "train end"]),
                         (OSError, ["train begin", "epoch begin"])):
        model, seen = mlp(), []

        def fail(update, logs, error=error):
            raise error

        with pytest.raises((UserWarning, OSError), match=r"interrupted in epoch 1|^$"):
            fit(model, X, Y, "mse", callbacks=[Hooks(model, seen), Batches(fail)], progress=False)
        assert [hook for hook, *_ in seen if hook != "batch end"] == hooks
        if error is KeyboardInterrupt:
            assert seen[-1][2] == {}


def test_parameters_that_a_callback_sets_at_the_beginning_are_trained():
    class Start:
        def on_train_begin(self, logs):
            for p in model.parameters():
                p.data = 0.0

    model = mlp()
    history = fit(model, X, Y, "mse", batch_size=None, callbacks=[Start()], progress=False)
    same(history["loss"][0], np.mean(Y**2))


def test_callbacks_see_the_parameters_as_they_are_now():
    ours, theirs = mlp(), mlp()
    seen, expected = [], []
    look = lambda count, logs: seen.append(numbers(ours).tolist())  # noqa: E731
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters()), 3, 8, shuffle=False, progress=False,
        callbacks=[Batches(look), look])
    optimizer = optim.SGD(theirs.parameters())
    for _ in range(3):
        for start in range(0, N, 8):
            fit(theirs, X[start:start + 8], Y[start:start + 8], "mse", optimizer, progress=False)
            expected.append(numbers(theirs).tolist())
        expected.append(expected[-1])
    same(seen, expected)


@pytest.mark.parametrize("batches", [False, True])
@pytest.mark.parametrize("samples", [4, N])
def test_parameters_that_a_callback_changes_are_used(samples, batches):
    model = mlp()
    before = numbers(model).tolist()

    def back(count, logs):
        for p, number in zip(model.parameters(), before, strict=True):
            p.data = number

    history = fit(
        model, X[:samples], Y[:samples], "mse", optim.SGD(model.parameters(), lr=0.1), 3, None,
        callbacks=[Batches(back) if batches else back], progress=False,
    )
    assert numbers(model).tolist() == before
    assert history["loss"] == [history["loss"][0]] * 3


@pytest.mark.parametrize("samples", [4, N])
def test_a_callback_may_change_parameters_that_the_optimizer_does_not_have(samples):
    """The optimizer has the last layer; the callback sets the other to 0, which leaves the last bias."""
    model = mlp()
    hidden, last = model.layers

    def clear(epoch, logs):
        for p in hidden.parameters():
            p.data = 0.0

    history = fit(
        model, X[:samples], Y[:samples], "mse", optim.SGD(last.parameters(), lr=0.0), 4, None,
        callbacks=[clear], progress=False,
    )
    same(history["loss"][1:], [np.mean((last.neurons[0].b.data - Y[:samples]) ** 2)] * 3)


def test_a_rate_that_a_callback_sets_is_used():
    model = mlp()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    seen = []

    def stop_moving(epoch, logs):
        seen.append(numbers(model).tolist())
        optimizer.lr = 0.0

    fit(model, X, Y, "mse", optimizer, 4, callbacks=[stop_moving], progress=False)
    assert seen[0] == seen[3] != numbers(mlp()).tolist()


def test_a_callback_that_returns_true_ends_training():
    calls = []

    def second(epoch, logs):
        calls.append(epoch)
        return epoch == 2

    history = fit(mlp(), X, Y, "mse", epochs=9, callbacks=[second], progress=False)
    assert calls == [1, 2] and len(history) == 2
    assert "callback" in history.stopped and "2" in history.stopped


def test_a_callback_may_answer_with_a_bool_of_numpy():
    history = fit(mlp(), X, Y, "mse", epochs=5, callbacks=[lambda e, logs: np.bool_(True)], progress=False)
    assert len(history) == 1


def test_only_true_ends_training():
    history = fit(
        mlp(), X, Y, "mse", epochs=3, progress=False,
        callbacks=[lambda epoch, logs: 1, lambda epoch, logs: "yes", lambda epoch, logs: logs],
    )
    assert len(history) == 3 and history.stopped == ""


def test_each_callback_has_logs_of_its_own():
    history = fit(
        mlp(), X, Y, "mse", epochs=3, progress=False, callbacks=[lambda epoch, logs: logs.clear()] * 2,
    )
    assert len(history["loss"]) == 3


@pytest.mark.parametrize("samples", [4, N])
@pytest.mark.parametrize("batches", [False, True])
def test_an_exception_in_a_callback_leaves_the_last_parameters(samples, batches):
    ours, theirs = mlp(), mlp()
    x, y = X[:samples], Y[:samples]

    def fails(count, logs):
        if count == 3:
            raise RuntimeError("the callback itself")

    with pytest.raises(RuntimeError, match="the callback itself"):
        fit(ours, x, y, "mse", epochs=30, batch_size=None, progress=False,
            callbacks=[Batches(fails) if batches else fails])
    fit(theirs, x, y, "mse", epochs=3, batch_size=None, progress=False)
    same(numbers(ours), numbers(theirs))


# ---- early stopping

def validated(values, **options):
    """Train p, to which a callback assigns `values`; val_loss is |p| in each epoch."""
    p = Value(float(values[0]))

    def guide(epoch, logs):
        if epoch < len(values):
            p.data = float(values[epoch])

    return p, fit(
        lambda x: p * x[0], np.ones((2, 1)), np.zeros(2), "mean_absolute_error", optim.SGD([p], lr=0.0),
        len(values), validation_data=(np.ones((2, 1)), np.zeros(2)), callbacks=[guide], progress=False,
        **options,
    )


def test_early_stopping_restores_the_best_parameters():
    p, history = validated([5, 3, 2, 4, 2.5, 9, 1], early_stopping=3)
    assert history["val_loss"] == [5, 3, 2, 4, 2.5, 9]
    assert history.best_epoch == 3 and p.data == 2.0
    assert "val_loss" in history.stopped and "3" in history.stopped


def test_early_stopping_restores_the_best_parameters_after_all_epochs():
    p, history = validated([5, 3, 2, 4], early_stopping=3)
    assert len(history) == 4 and history.best_epoch == 3 and p.data == 2.0 and history.stopped == ""


def test_without_restoring_the_last_parameters_stay():
    p, history = validated([5, 2, 4, 3, 1], early_stopping=EarlyStopping(2, restore_best=False))
    assert len(history) == 4 and history.best_epoch is None
    assert p.data == 1.0            # the callback after the last epoch has set it


def test_a_small_improvement_is_none():
    p, history = validated([5, 4.9, 4.8, 4.7], early_stopping=EarlyStopping(2, min_delta=0.5))
    assert len(history) == 3 and history.best_epoch == 1 and p.data == 5.0


def test_early_stopping_may_look_at_the_loss_or_a_metric():
    _, history = validated([5, 1, 2, 3, 4], early_stopping=EarlyStopping(1, monitor="loss"))
    assert len(history) == 3
    _, history = validated([5, 1, 2, 3, 4], early_stopping=EarlyStopping(1, "val_mse"), metrics=["mse"])
    assert len(history) == 3 and history.best_epoch == 2


def test_without_validation_early_stopping_looks_at_the_loss():
    model = mlp()
    still = optim.SGD(model.parameters(), lr=0.0)
    history = fit(model, X, Y, "mse", still, 9, None, early_stopping=2, progress=False)
    assert len(history) == 3 and history.best_epoch == 1


def test_of_an_accuracy_more_is_better():
    b = Value(-1.0)
    x, y = np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 0.0])
    values = [-1.0, 1.0, -1.0, -1.0, 1.0]

    def guide(epoch, logs):
        b.data = values[epoch] if epoch < len(values) else 0.0

    history = fit(
        lambda row: b * row[0], x, y, "binary_cross_entropy", optim.SGD([b], lr=0.0), 5, metrics=["accuracy"],
        validation_data=(x, y), callbacks=[guide], early_stopping=EarlyStopping(2, "val_accuracy"),
        progress=False,
    )
    assert history["val_accuracy"] == [0.25, 0.75, 0.25, 0.25]
    assert history.best_epoch == 2 and b.data == 1.0


def test_early_stopping_on_a_metric_of_ones_own_asks_what_is_better():
    def right(o, t):
        return greater(o * t, 0.0)

    def trained(mode):
        model = mlp()
        stopping = EarlyStopping(2, "right", mode=mode)
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        history = fit(
            model, X, np.sign(Y), "mse", optimizer, 40, metrics=[right], early_stopping=stopping, seed=0,
            progress=False,
        )
        return history["right"][history.best_epoch - 1], history["right"]

    with pytest.raises(ValueError, match="mode='min' or 'max'"):
        trained(None)
    best, noted = trained("max")
    assert best == max(noted)
    best, noted = trained("min")
    assert best == min(noted)
    with pytest.raises(ValueError, match="'min' or 'max' is expected, got 'best'"):
        EarlyStopping(2, mode="best")


def test_an_interrupt_restores_the_best_parameters_too():
    def interrupts(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    model, best = mlp(), []
    with pytest.warns(UserWarning, match="interrupted in epoch 3"):
        history = fit(
            model, X, Y, "mse", optim.SGD(model.parameters(), lr=0.1), 9, None, progress=False,
            early_stopping=5, callbacks=[lambda *_: best.append(numbers(model).tolist()), interrupts],
        )
    assert history.best_epoch in (2, 3)
    assert numbers(model).tolist() == best[history.best_epoch - 1]


def test_an_interrupt_in_a_callback_keeps_the_epoch_in_the_history():
    def interrupt(epoch, logs):
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="those of epoch 1"):
        history = fit(
            mlp(), X, Y, "mse", epochs=5, early_stopping=3, callbacks=[interrupt], progress=False
        )
    assert len(history) == history.best_epoch == 1


# ---- the parameters that come back are those with the best loss

@pytest.mark.parametrize("options", [
    {}, {"batch_size": 7}, {"reduction": "sum"}, {"sample_weight": np.linspace(0, 2, N)}, {"penalty": nn.L2(0.05)},
    {"metrics": ["mae"]}, {"validation_data": (X[::3], Y[::3])},
], ids=["all at once", "batches", "sum", "weights", "penalty", "metrics", "validation"])
@pytest.mark.parametrize("wrap", [Straight, with_dropout])
def test_on_the_training_loss_early_stopping_brings_back_the_best_parameters(wrap, options):
    """With a rate at which the loss goes up and down; the loss in the History is that before the updates."""
    model = with_dropout(Straight) if wrap is with_dropout else Straight(mlp())
    rate = 1.0 if "batch_size" in options else 0.05 if "reduction" in options else 1.5
    sgd = optim.SGD(model.parameters(), lr=rate)
    weights = {name: options[name] for name in ("reduction", "sample_weight") if name in options}
    penalty, after = options.get("penalty"), []

    def objective():
        extra = penalty(model).data if penalty else 0.0
        return evaluate(model, X, Y, "mse", **weights)["loss"] + extra

    history = fit(
        model, X, Y, "mse", sgd, 25, options.pop("batch_size", None), seed=1, progress=False, **options,
        early_stopping=EarlyStopping(25, "loss"), callbacks=[lambda *_: after.append(objective())],
    )
    assert len(history) == 25 and np.argmin(after) + 1 == history.best_epoch != 25
    same(objective(), min(after))


@pytest.mark.parametrize("samples", [1, 99, 100])
def test_an_oscillation_comes_back_at_its_best(samples):
    x, y, w = np.ones((samples, 1)), np.zeros(samples), Value(3.0)
    sizes = []
    history = fit(
        lambda row: w * row[0], x, y, "mse", optim.SGD([w], lr=1.1), 20, None, early_stopping=3, progress=False,
        callbacks=[lambda *_: sizes.append(abs(w.data))],
    )
    assert history.best_epoch == 1 and abs(w.data) == min(sizes) and len(history) == 4
    assert evaluate(lambda row: w * row[0], x, y, "mse")["loss"] == pytest.approx(w.data**2, rel=1e-12)
