"""Sums over partitions: against one array, with workers that come, go and are killed; errors; memory."""
import logging
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize

import autograd_tiny as at
from autograd_tiny import Value, evaluate, fit, nn, optim, predict, record, vectors
from references.optional import needed
from references.tapes import close

dask, da, dd = needed("dask", "dask"), needed("dask.array", "dask"), needed("dask.dataframe", "dask")
distributed, pd = needed("distributed", "dask"), needed("pandas", "dask")

from dask.callbacks import Callback  # noqa: E402

from autograd_tiny.dask import GROUP, PartitionError, map_rows, value, value_and_grad  # noqa: E402
from references import partitions as made  # noqa: E402

# older versions warn of it, and the tests mean it
pytestmark = [
    pytest.mark.doors,                  # make test-all runs it, once
    pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler"),
]

SIZES = (40, 0, 129, 1, *[50] * (2 * GROUP - 1), 7)       # three groups of partitions; one has no rows, one has one
W = [Value(0.3, "w"), Value(-0.2, "v"), Value(0.1, "b")]
TAPE = record(lambda x, y: at.tanh(W[0] * x + W[1] * y + W[2]) * y, 1.0, 2.0, parameters=W)
SEVERAL = record(lambda x, y: [W[0] * x * x * y, at.sin(W[1] * x) * y, y * y * x], 1.0, 2.0, parameters=W)
A = made.made(SIZES)
X = made.partitions(SIZES)
WEIGHTS = np.random.default_rng(1).uniform(0, 2, len(A))
FRAME = pd.DataFrame({"y": A[:, 1], "weight": WEIGHTS, "x": A[:, 0]})


def bits(found):
    """A value and a gradient, so that equal means bit for bit."""
    return found[0].hex(), found[1].tobytes()


def sum_by_hand(tape, parts, weights=None):
    """The sum in the order that the module promises: groups of 16 partitions, then groups of their sums."""
    found = [
        tape.value_and_grad(part, 1.0 if weights is None else each) if len(part) else None
        for part, each in zip(parts, weights or parts, strict=True)
    ]
    while len(found) > 1:
        found = [
            reduce(lambda a, b: (a[0] + b[0], a[1] + b[1]), [x for x in found[k : k + 16] if x], (0.0, 0.0))
            for k in range(0, len(found), 16)
        ]
    return found[0]


def in_parts(array, sizes=SIZES):
    return np.split(array, np.cumsum(sizes)[:-1])


EXPECTED = sum_by_hand(TAPE, in_parts(A))
EXPECTED = EXPECTED[0] / len(A), EXPECTED[1] / len(A)


# ---- against one array

def test_the_mean_is_that_of_the_tape_and_bit_for_bit_a_sum_in_order():
    found = value_and_grad(TAPE, X)
    assert bits(found) == bits(EXPECTED)
    whole = TAPE.value_and_grad(A)
    close(found[0], whole[0])
    close(found[1], whole[1])


@pytest.mark.parametrize("threads", [1, 3])
def test_one_partition_gives_what_the_tape_does_with_any_number_of_threads(threads):
    x = da.from_array(A, chunks=-1)
    assert bits(value_and_grad(TAPE, x, 1.0, threads=threads)) == bits(TAPE.value_and_grad(A, 1.0))
    close(value(TAPE, x, threads=threads), TAPE(A).mean())
    np.testing.assert_array_equal(map_rows(TAPE, x, "hessian", threads=threads).compute(), TAPE.hessian(A))


def test_weights_are_an_array_a_dask_array_or_a_number():
    weighted = sum_by_hand(TAPE, in_parts(A), in_parts(WEIGHTS))
    of_dask = da.from_array(WEIGHTS, chunks=(SIZES,))
    for weights in WEIGHTS, [*WEIGHTS], of_dask, of_dask.rechunk(100):
        assert bits(value_and_grad(TAPE, X, weights)) == bits(weighted)
        close(value(TAPE, X, weights), weighted[0])
    close(weighted[1], TAPE.value_and_grad(A, WEIGHTS)[1])
    close(value_and_grad(TAPE, X, 2.0)[1], TAPE.value_and_grad(A, 2.0)[1])
    assert value_and_grad(TAPE, X, 0)[0] == 0.0


def test_output_at_and_columns_in_several_chunks():
    at_other = [0.5, 1.5, -2.0]
    found = value_and_grad(SEVERAL, X.rechunk((100, 1)), output=1, at=at_other)
    expected = SEVERAL.value_and_grad(A, output=1, at=at_other)
    close(found[0], expected[0])
    close(found[1], expected[1])
    close(value(SEVERAL, X, output=1, at=at_other), expected[0])
    assert [w.data for w in W] == [0.3, -0.2, 0.1] and [w.grad for w in W] == [0.0] * 3


def test_a_dataframe_goes_by_the_names_of_its_columns():
    frame = dd.from_pandas(FRAME, npartitions=5)
    positive, there = frame[frame.x > 0], FRAME.x.to_numpy() > 0        # their numbers of rows are not known
    for found, expected in (
        (value_and_grad(TAPE, frame), TAPE.value_and_grad(A)),
        (value_and_grad(TAPE, frame, frame.weight), TAPE.value_and_grad(A, WEIGHTS)),
        (value_and_grad(TAPE, positive), TAPE.value_and_grad(A[there])),
        (value_and_grad(TAPE, positive, positive.weight), TAPE.value_and_grad(A[there], WEIGHTS[there])),
        (value_and_grad(TAPE, positive[["x", "y"]].to_dask_array()), TAPE.value_and_grad(A[there])),
    ):
        close(found[0], expected[0])
        close(found[1], expected[1])
    close(map_rows(TAPE, positive).compute(), TAPE(A[there]))


def test_partitions_without_rows_count_nothing():
    frame = dd.from_pandas(FRAME.assign(number=range(len(A))), npartitions=4)
    first = frame[frame.number < 10]                    # three of four partitions are empty
    close(value_and_grad(TAPE, first)[1], TAPE.value_and_grad(A[:10])[1])
    with pytest.raises(ValueError, match="one row at least is expected, got 0 rows"):
        value_and_grad(TAPE, frame[frame.x > 1e9])
    with pytest.raises(ValueError, match="got 0 rows"):
        value(TAPE, X[:0], 3.0)


def test_a_tape_in_single_precision_adds_up_in_double_precision():
    tape = TAPE.astype("float32")
    found = value_and_grad(tape, X)
    assert found[1].dtype == np.float32
    by_hand = sum_by_hand(tape, in_parts(A))
    np.testing.assert_allclose(found[1], TAPE.value_and_grad(A)[1], rtol=0, atol=1e-6)
    assert found[0] == by_hand[0] / len(A) and map_rows(tape, X, "jacobian").dtype == np.float32


def test_a_tape_of_one_input_takes_a_column():
    tape = record(lambda x: at.exp(W[0] * x), 1.0)
    close(value_and_grad(tape, X[:, 0])[0], np.exp(0.3 * A[:, 0]).mean())
    frame = dd.from_pandas(FRAME, npartitions=3)
    close(value(tape, frame.x), np.exp(0.3 * A[:, 0]).mean())


@pytest.mark.parametrize("tape", [TAPE, SEVERAL], ids=["one output", "several"])
@pytest.mark.parametrize("method", ["values", "input_gradients", "jacobian", "hessian"])
def test_results_for_each_row_have_the_partitions_of_x(tape, method):
    found = map_rows(tape, X, method)
    expected = getattr(tape, method)(A) if method != "values" else tape(A)
    assert found.chunks[0] == SIZES and found.shape == expected.shape
    np.testing.assert_array_equal(found.compute(), expected)
    assert found.mean(axis=0).compute().shape == expected.shape[1:]


def test_results_for_each_row_are_those_at_the_time_of_the_call():
    before = SEVERAL.input_gradients(A, 1)
    found = map_rows(SEVERAL, X, "input_gradients", 1)
    other = map_rows(SEVERAL, X, at=[1.0, 2.0, 3.0])
    W[1].data = 7.0
    try:
        np.testing.assert_array_equal(found.compute(), before)
    finally:
        W[1].data = -0.2
    assert other.compute()[0, 0] == A[0, 0] * A[0, 0] * A[0, 1]


# ---- on workers

@pytest.fixture(scope="module")
def cluster():
    """Two processes with two threads each."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as found:
        yield found


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster) as found:
        scaled(cluster, found, 2)
        yield found


def scaled(cluster, client, workers):
    cluster.scale(workers)
    made.until(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == workers)


def test_a_worker_that_is_killed_in_the_middle_of_a_sum_changes_no_bit(client, tmp_path):
    x = made.partitions(SIZES, gate=20, folder=str(tmp_path))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(value_and_grad, TAPE, x)
        made.until(Path(tmp_path, "waits").exists)
        victim = int(Path(tmp_path, "waits").read_text())
        assert victim in client.run(os.getpid).values()
        os.kill(victim, signal.SIGKILL)
        Path(tmp_path, "go").touch()
        found = running.result()
    assert bits(found) == bits(EXPECTED)
    where = [line.rpartition(" ")[2] for line in Path(tmp_path, "notes").read_text().splitlines() if "made 20 " in line]
    assert where[0] == str(victim) and len({*where}) == 2       # it was begun there, and made again elsewhere


def test_an_error_names_the_partition_and_keeps_its_cause(client):
    x = da.where(da.arange(len(A), chunks=(SIZES,))[:, None] == 150, np.inf, X)
    for compute in (
        lambda: value_and_grad(TAPE, x, check_finite=True), lambda: value(TAPE, x, check_finite=True),
        lambda: map_rows(TAPE, x, check_finite=True).compute(),
    ):
        with pytest.raises(PartitionError, match=r"^in partition 2 of X, rows 40 to 168: ValueError: X\[110") as caught:
            compute()
        assert (caught.value.partition, caught.value.rows) == (2, (40, 169))
        assert type(caught.value.__cause__) is ValueError


@pytest.mark.parametrize("compute", [
    lambda: value_and_grad(TAPE, X), lambda: map_rows(TAPE, X, "jacobian").sum().compute()
], ids=["sum", "rows"])
def test_a_tape_travels_to_a_worker_once(client, tmp_path, compute):
    """Whatever the number of partitions: the arguments of a call note where they are unpickled."""
    from autograd_tiny import dask as ours

    class Noted(ours.Call):
        def __setstate__(self, state):
            made.noted(str(tmp_path), "loaded")
            self.__dict__ |= state

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ours, "Call", Noted)
        compute()
    lines = Path(tmp_path, "notes").read_text().splitlines()
    workers = {str(pid) for pid in client.run(os.getpid).values()}
    there = [line.rpartition(" ")[2] for line in lines]
    assert all(there.count(pid) <= 1 for pid in workers) and workers & {*there}


def test_a_logistic_regression_has_the_parameters_that_it_has_in_memory(client):
    b = [Value(0.0, name) for name in ("b0", "b1", "b2")]
    tape = record(
        lambda x, y, t: nn.losses.binary_cross_entropy([b[0] + b[1] * x + b[2] * y], [t]), 0.5, 0.5, 1.0, parameters=b
    )
    labels = (A @ [1.0, -2.0] + np.random.default_rng(5).logistic(size=len(A)) > 0.3).astype(float)
    rows = np.column_stack([A, labels])
    x = da.from_array(rows, chunks=(100, 3)).persist()
    found = scipy.optimize.minimize(lambda p: value_and_grad(tape, x, at=p), np.zeros(3), jac=True)
    expected = scipy.optimize.minimize(lambda p: tape.value_and_grad(rows, at=p), np.zeros(3), jac=True)
    assert found.success
    np.testing.assert_allclose(found.x, expected.x, rtol=0, atol=1e-8)


def test_the_result_does_not_depend_on_workers_and_threads(cluster, client):
    found = set()
    for scheduler in "synchronous", "threads":
        for workers in 1, 3:
            with dask.config.set(scheduler=scheduler, num_workers=workers):
                found.add(bits(value_and_grad(TAPE, X)))
    for workers in 2, 4, 1:
        scaled(cluster, client, workers)
        found.add(bits(value_and_grad(TAPE, X)))
    found.add(bits(value_and_grad(TAPE, client.persist(X))))
    assert found == {bits(EXPECTED)}


def test_a_network_is_trained_over_the_partitions_as_in_memory():
    """The loop of docs/how-to/go-past-one-machine.md, over all rows and then over each partition."""
    def trained(update):
        model = nn.MLP(2, [3, 1], activation="tanh", rng=np.random.default_rng(3))
        tape = record(
            lambda x, t: (model(x) - t) ** 2, [0.5, -0.5], 1.0, parameters=model.parameters()
        )
        optimizer = optim.Adam(model.parameters(), lr=0.05)
        losses = []
        for _ in range(3):
            losses += update(tape, optimizer)
        return losses, vectors.read(model.parameters()), map_rows(record(model, [0.5, -0.5]), x[:, :2]).compute()

    def step(found, tape, optimizer):
        vectors.set_gradients(tape.parameters, found[1])
        optimizer.step()
        return found[0]

    rows = np.column_stack([A, np.sin(A[:, 0]) * A[:, 1]])
    x = da.from_array(rows, chunks=(500, 3))
    parts = [rows[k : k + 500] for k in range(0, len(rows), 500)]
    over_all = trained(lambda *its: [step(value_and_grad(its[0], x), *its)])
    for found, expected in (
        (over_all, trained(lambda *its: [step(its[0].value_and_grad(rows), *its)])),
        (trained(lambda *its: [step(value_and_grad(its[0], x.blocks[k]), *its) for k in range(len(parts))]),
         trained(lambda *its: [step(its[0].value_and_grad(part), *its) for part in parts])),
    ):
        for mine, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, other, rtol=0, atol=1e-10)
    assert over_all[0][-1] < over_all[0][0]
    close(value(TAPE, X.blocks[[0, 2]]), TAPE.value_and_grad(np.concatenate([A[:40], A[40:169]]))[0])


# ---- what is held at once

class Held(Callback):
    """The most rows that the results of tasks have together, and the most partitions that a task depends on."""

    def __init__(self):
        super().__init__()
        self.rows = self.partitions = 0
        self.blocks = set()

    def _start_state(self, graph, state):
        self.dependencies = state["dependencies"]

    def _posttask(self, key, result, graph, state, worker):
        if isinstance(result, np.ndarray) and result.ndim == 2:
            self.blocks.add(key)
        self.partitions = max(self.partitions, len(self.blocks & set(self.dependencies[key])))
        held = [x for x in state["cache"].values() if isinstance(x, np.ndarray)]
        self.rows = max(self.rows, sum(len(x) for x in held))


def test_no_task_takes_more_than_a_partition_and_none_is_kept():
    x = da.random.default_rng(1).normal(size=(100 * 64, 2), chunks=(100, 2)) + 1.0
    with dask.config.set(scheduler="synchronous"):
        with Held() as held:
            value_and_grad(TAPE, x, da.ones(100 * 64, chunks=100))
        assert held.partitions == 1 and held.rows <= 300       # a partition and its weights, and those before the sum
        with Held() as held:
            map_rows(TAPE, x, "input_gradients").sum(axis=0).compute()
        assert held.partitions <= 4 and held.rows <= 200


# ---- errors

@pytest.mark.parametrize("call, error, message", [
    (lambda: value_and_grad(np.sin, X), TypeError, r"a tape is expected first, as record\(…\) makes them, got ufunc"),
    (lambda: value_and_grad(TAPE, A), TypeError, "a dask array or dataframe is expected, got ndarray"),
    (lambda: value_and_grad(TAPE, dask.delayed(A)), TypeError, "a dask array or dataframe is expected, got Delayed"),
    (lambda: value_and_grad(TAPE, X[:, 0]), ValueError, r"X has 2 columns \(x, y\)"),
    (lambda: value_and_grad(TAPE, X[:, [0, 1, 1]]), ValueError, r"X has 2 columns \(x, y\)"),
    (lambda: value_and_grad(TAPE, X, output=1), ValueError, "output=1, but the tape has one output"),
    (lambda: value_and_grad(TAPE, X, threads=0), ValueError, "threads: an integer of 1 or more is expected"),
    (lambda: value_and_grad(TAPE, X, at=[1.0]), ValueError, "at: 3 numbers are expected"),
    (lambda: value_and_grad(TAPE, X, WEIGHTS[1:]), ValueError, "weights: one for each of 1727 samples"),
    (lambda: value_and_grad(TAPE, X, da.ones(3)), ValueError, r"one for each of 1,727 rows is expected, got 3"),
    (lambda: value_and_grad(TAPE, X, X), ValueError, "weights: one for each row is expected"),
    (lambda: value_and_grad(TAPE, *[dd.from_pandas(FRAME, 2)] * 2), ValueError, "weights: one for each row is"),
    (lambda: value_and_grad(TAPE, X, at=da.ones(3)), TypeError, r"at is a Dask collection: .* or pass at.compute\(\)"),
    (lambda: value_and_grad(TAPE, X, "x"), TypeError, "weights: real numbers are expected"),
    (lambda: map_rows(TAPE, X, "hvp"), ValueError, "method 'hvp' is not known; there are values, input_gradients"),
    (lambda: map_rows(SEVERAL, X, "values", 1), ValueError, "values is of all outputs"),
    (lambda: map_rows(SEVERAL, X, "input_gradients", 3), ValueError, "output=3, but the tape has the outputs 0 to 2"),
    (lambda: map_rows(TAPE, A), TypeError, "a dask array or dataframe is expected"),
])
def test_wrong_arguments_are_errors_before_anything_runs(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_wrong_columns_are_named():
    frame = dd.from_pandas(FRAME.rename(columns={"x": "X"}), npartitions=2)
    with pytest.raises(ValueError, match="no column x of the inputs x, y, got y, weight, X: rename its columns"):
        value_and_grad(TAPE, frame)
    twice = dd.from_pandas(FRAME[["x", "y", "y"]], npartitions=2)
    with pytest.raises(ValueError, match="several columns y"):
        map_rows(TAPE, twice)
    text = dd.from_pandas(FRAME.assign(x="one"), npartitions=2)
    with pytest.raises(PartitionError, match=r"in partition [01] of X: TypeError: X: real numbers are expected"):
        value(TAPE, text)


def test_a_mask_is_an_error_of_its_partition():
    masked = da.ma.masked_greater(X, 9.0), da.ma.masked_equal(X, made.rows(0, 1)[0, 1])
    close(value(TAPE, masked[0]), TAPE.value_and_grad(A)[0])        # it masks nothing
    for call in (lambda: value(TAPE, masked[1]), lambda: map_rows(TAPE, masked[1]).compute()):
        with pytest.raises(PartitionError, match="in partition 0 of X, rows 0 to 39: ValueError: X has masked numbers"):
            call()


def test_weights_that_do_not_go_with_partitions_of_unknown_size_are_errors():
    frame = dd.from_pandas(FRAME, npartitions=5)
    x = frame[["x", "y"]].to_dask_array()
    with pytest.raises(ValueError, match=r"sizes are known, which X.compute_chunk_sizes\(\) finds"):
        value_and_grad(TAPE, frame, WEIGHTS)
    with pytest.raises(ValueError, match="weights have 2 partitions, and X has 5"):
        value_and_grad(TAPE, x, frame.weight.repartition(npartitions=2))
    with pytest.raises(PartitionError, match=r"partition \d of X: ValueError: weights: one for each of \d+ samples"):
        value_and_grad(TAPE, x, frame[frame.x > 0].weight)
    with pytest.raises(PartitionError, match=r"X\[\d+\] has no weight, but nan: those of a dataframe are found"):
        value_and_grad(TAPE, frame, frame[frame.x > 0].weight)


def test_weights_of_a_dataframe_are_found_by_its_index():
    frame = dd.from_pandas(FRAME, npartitions=5)
    expected = TAPE.value_and_grad(A, WEIGHTS)
    elsewhere = dd.from_pandas(FRAME.weight.sample(frac=1.0, random_state=0), npartitions=2)
    for weights in frame.weight, frame.weight.repartition(npartitions=2), elsewhere:
        close(value_and_grad(TAPE, frame, weights)[1], expected[1])
    tape = record(lambda x: at.exp(W[0] * x), 1.0)
    close(value(tape, frame.x, frame.weight), tape.value_and_grad(A[:, :1], WEIGHTS)[0])
    close(value(tape, frame.x.rename("other").to_frame("x"), frame.weight * 0.0), 0.0)


@pytest.mark.filterwarnings("ignore:The inplace keyword")         # by Dask itself
def test_a_file_is_read_once_for_rows_and_weights(tmp_path):
    """Also where Dask reads some columns in other partitions than all of them."""
    dd.from_pandas(FRAME.assign(text="a"), npartitions=7).to_parquet(tmp_path / "prices")
    frame = dd.read_parquet(tmp_path / "prices")
    close(value_and_grad(TAPE, frame, frame.weight)[1], TAPE.value_and_grad(A, WEIGHTS)[1])
    table = made.partitions((50, 50), folder=str(tmp_path))
    close(value(TAPE, table, abs(table[:, 0])), TAPE.value_and_grad(part := made.made((50, 50)), abs(part[:, 0]))[0])
    assert len(Path(tmp_path, "notes").read_text().splitlines()) == 2


def test_nan_passes_through_unless_it_is_asked_for():
    x = da.from_array(np.array([[np.nan, 1.0], [1.0, 2.0]]), chunks=(1, 2))
    assert np.isnan(value(TAPE, x)) and np.isnan(value_and_grad(TAPE, x)[1]).all()
    large = record(lambda x, y: W[0] * x * y, 1.0, 2.0, parameters=[W[0]])
    most = da.from_array(np.full((2, 2), [1e308, 1.0]), chunks=(1, 2))
    assert value_and_grad(large, most, 3.0)[1] == [np.inf]
    with pytest.raises(FloatingPointError, match="a gradient is inf, and check_finite=True"):
        value_and_grad(large, most, 1.0, check_finite=True)


def test_an_operation_of_the_users_own_that_workers_cannot_import_is_an_error_that_says_so(client):
    here = {"__name__": "only_here"}
    exec("def cube(x):\n    return x**3", here)
    cube = at.operation(lambda x, f: 3 * x**2)(here["cube"])
    sys.modules["only_here"] = type(sys)("only_here")
    sys.modules["only_here"].cube = cube
    try:
        tape = record(lambda x, y: W[0] * cube(x) * y, 1.0, 2.0, parameters=[W[0]])
        with dask.config.set(scheduler="threads"):
            close(value(tape, X), 0.3 * (A[:, 0] ** 3 * A[:, 1]).mean())
        with pytest.raises(PartitionError, match="operation of your own that a worker can't import"):
            value(tape, X)
    finally:
        del sys.modules["only_here"]
    tape = record(lambda x, y: W[0] * at.operation("cube(x) = x**3")(x) * y, 1.0, 2.0, parameters=[W[0]])
    close(value(tape, X), 0.3 * (A[:, 0] ** 3 * A[:, 1]).mean())        # one of formulas goes along


def test_fit_and_predict_say_what_to_call_instead():
    model = nn.MLP(2, [1])
    message = r"X is a Dask collection: autograd_tiny.dask.value_and_grad and map_rows .* pass X.compute\(\)"
    for call in (
        lambda: fit(model, X, X[:, 0], "squared_error"), lambda: predict(model, X),
        lambda: evaluate(model, X, X[:, 0], "squared_error"),
    ):
        with pytest.raises(TypeError, match=message):
            call()
    with pytest.raises(TypeError, match="y is a Dask collection"):
        fit(model, A, X[:, 0], "squared_error")


def test_an_error_can_be_pickled():
    error = pickle.loads(pickle.dumps(PartitionError("ValueError: no", 3, (10, 20))))
    assert str(error) == "in partition 3 of X, rows 10 to 19: ValueError: no" and error.rows == (10, 20)


def test_without_dask_the_error_names_it_and_the_package_does_without():
    code = "import sys; sys.modules['dask'] = None; import autograd_tiny; import autograd_tiny.dask"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "autograd_tiny.dask needs the library dask" in done.stderr
    code = "import sys, autograd_tiny as at; [getattr(at, name) for name in at.__all__]; print('dask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
