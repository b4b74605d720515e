"""Several threads at once, on CPython with and without a GIL. The verdict does not depend on how they are scheduled.

What is promised to threads is in docs/explanation/threads.md. Numbers are such that sums are exact in any order.
"""
import subprocess
import sys
import threading

import pytest

import autograd_tiny as at
from autograd_tiny import Value, gradients
from autograd_tiny.engine.state import engine_kind

WORKERS = 4
ROUNDS = 150 if engine_kind() == "native" else 25


@pytest.fixture(autouse=True)
def switching_often():
    """So that threads meet in the midst of everything also where there is a GIL."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work, count=WORKERS):
    """work(k) by so many threads, which begin together; the first error of any."""
    ready, errors = threading.Barrier(count), []

    def run(k):
        try:
            ready.wait(60)
            work(k)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def polynomial(x, w, length):
    """Many nodes, of which each is used twice: x (1 + 2w) ** length, and so exact for w = 0.5."""
    a = x
    for _ in range(length):
        a = a + (a + a) * w
    return a


def test_separate_graphs():
    def work(k):
        for i in range(ROUNDS):
            x, w = Value(float(k + 1)), Value(0.5)
            f = polynomial(x, w, 20 + i % 7)
            f.backward()
            n = 20 + i % 7
            assert (f.data, x.grad, w.grad) == ((k + 1) * 2.0**n, 2.0**n, (k + 1) * n * 2.0**n)
            assert f.reached and f.grad == 1.0

    at_once(work)


def test_graphs_that_share_leaves_lose_no_contribution():
    shared = [Value(float(i % 3)) for i in range(50)]

    def work(k):
        for _ in range(ROUNDS):
            mine = Value(1.0)
            total = mine
            for each in shared:
                total = total + each * (k + 1.0) + mine
            total.backward()
            assert mine.grad == 51.0

    at_once(work)
    expected = ROUNDS * sum(range(1, WORKERS + 1))
    assert [each.grad for each in shared] == [expected] * 50


def test_one_leaf_that_all_add_to_loses_no_contribution():
    shared = Value(1.0)
    passes = 100 * ROUNDS

    def work(k):
        mine = shared * (k + 1.0)
        for _ in range(passes):
            mine.backward()

    at_once(work)
    assert shared.grad == passes * sum(range(1, WORKERS + 1))


LENGTH = 900
POWER = 2.0**LENGTH


def test_one_graph_differentiated_by_all():
    x, w = Value(1.0), Value(0.5)
    inner = polynomial(x, w, LENGTH)
    outputs = [inner * (k + 1.0) for k in range(WORKERS)]

    def work(k):
        for i in range(ROUNDS):
            if i % 2:
                outputs[k].backward()
            else:
                found = gradients(outputs[k], (x, w, inner))
                assert found == (POWER * (k + 1), LENGTH * POWER * (k + 1), k + 1.0)

    at_once(work)
    passes = ROUNDS // 2 * sum(range(1, WORKERS + 1))
    assert (x.grad, w.grad) == (POWER * passes, LENGTH * POWER * passes)


def test_one_output_differentiated_by_all():
    x = Value(1.0)
    f = polynomial(x, Value(0.5), LENGTH)
    at_once(lambda k: [f.backward() for _ in range(ROUNDS)])
    assert x.grad == POWER * ROUNDS * WORKERS


def test_nodes_are_freed_in_other_threads():
    """Each thread makes deep graphs and gives them to the next, which differentiates them and drops them."""
    baskets = [[] for _ in range(WORKERS)]

    def work(k):
        for i in range(ROUNDS // 5):
            x = Value(1.0)
            baskets[(k + 1) % WORKERS].append((x, polynomial(x, 0.5, 40 + i % 3)))
            if baskets[k]:
                x, f = baskets[k].pop()
                f.backward()
                assert x.grad == f.data
                del x, f

    at_once(work)


def test_a_deep_graph_is_freed_by_the_thread_that_drops_it_last():
    length = 50_000 if engine_kind() == "native" else 5_000
    for _ in range(3):
        held = []
        for _ in range(WORKERS):
            a = Value(1.0)
            for _ in range(length):
                a = a * 1.0
            held.append(a)
        del a
        at_once(lambda k, held=held: held.__setitem__(k, None))


def test_labels_and_attributes_are_set_at_once():
    for _ in range(ROUNDS):
        x = Value(1.0)

        def work(k, x=x):
            if k % 2:
                x.label = "x"
                assert x.label == "x"
            else:
                setattr(x, f"mine{k}", k)
                assert getattr(x, f"mine{k}") == k

        at_once(work, 3)
        assert (x.label, x.mine0, x.mine2) == ("x", 0, 2)


def test_blocks_that_begin_and_end_in_all_threads():
    x = Value(2.0)

    def work(k):
        for _ in range(ROUNDS):
            with at.scope(f"t{k}"):
                f = x * x
                with at.no_grad():
                    assert not (x * x).requires_grad
                assert (x * x).requires_grad and f.scope == f"t{k}"

    at_once(work)
    assert (x * x).scope == ""


def test_recording_at_once():
    w = Value(0.5)

    def f(x, y):
        return at.tanh(x * w) + y * y

    expected = at.record(f, 1.0, 2.0).listing()

    def work(k):
        for _ in range(ROUNDS // 10):
            assert at.record(f, 1.0, 2.0).listing() == expected

    at_once(work)


def test_the_same_graph_is_recorded_and_differentiated_at_once():
    x, w = Value(1.0), Value(0.5)
    f = polynomial(x, w, 10)
    expected = at.record(f, [x], [w]).listing()

    def work(k):
        for _ in range(ROUNDS // 3):
            if k % 2:
                assert gradients(f, x) == 1024.0
            else:
                assert at.record(f, [x], [w]).listing() == expected

    at_once(work)


def test_a_tape_is_replayed_by_all():
    np = pytest.importorskip("numpy")
    w = Value(0.5)
    tape = at.record(lambda x: polynomial(x, w, 4) * x, 1.0)
    batches = [np.arange(1.0, 20 + 30 * k) for k in range(WORKERS)]

    def work(k):
        samples = batches[k].reshape(-1, 1)
        for _ in range(ROUNDS):
            assert (tape(samples) == 16 * batches[k] ** 2).all()
            total = tape.backward(samples, weights=1.0)
            assert total == 16 * (batches[k] ** 2).sum()
            assert (tape.input_gradients(samples)[:, 0] == 32 * batches[k]).all()

    at_once(work)
    assert w.grad == ROUNDS * sum(64 * (x**2).sum() for x in batches)


def test_a_jitted_function_is_called_by_all():
    f = at.jit(lambda xs: at.sum([x * x for x in xs]))

    def work(k):
        for i in range(ROUNDS):
            n = 1 + (i + k) % 20                # more structures than recordings are kept
            assert f([2.0] * n) == 4.0 * n

    with pytest.warns(RuntimeWarning, match="was recorded for"):
        at_once(work)


def test_more_threads_than_usual():
    """More than there is room for that is kept for walks."""
    w = Value(0.5)

    def work(k):
        for _ in range(3):
            x = Value(1.0)
            assert gradients(polynomial(x, w, 30), x) == 2.0**30

    at_once(work, 100)


def test_the_import_leaves_the_gil_as_it_was():
    program = (
        "import sys, warnings; warnings.simplefilter('error'); before = getattr(sys, '_is_gil_enabled', bool)(); "
        "import autograd_tiny, autograd_tiny.vectors, autograd_tiny.tape.tape; "
        "x = autograd_tiny.Value(2.0); autograd_tiny.record(lambda x: x * x, 1.0)([[1.0]]); "
        "assert getattr(sys, '_is_gil_enabled', bool)() == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
